# Units of trade by their UN/ECE Recommendation 20 code, beside a count.

unit-h87 = { $count ->
    [one] unidad
   *[other] unidades
}
unit-set = { $count ->
    [one] juego
   *[other] juegos
}
unit-pr = { $count ->
    [one] par
   *[other] pares
}
unit-dzn = { $count ->
    [one] docena
   *[other] docenas
}
unit-st = { $count ->
    [one] hoja
   *[other] hojas
}
unit-kgm = kg
unit-grm = g
unit-tne = t
unit-mtr = m
unit-mtk = m²
unit-ltr = l
unit-xbx = { $count ->
    [one] caja
   *[other] cajas
}
unit-xct = { $count ->
    [one] cartón
   *[other] cartones
}
unit-xpk = { $count ->
    [one] paquete
   *[other] paquetes
}
unit-xro = { $count ->
    [one] rollo
   *[other] rollos
}
unit-xbg = { $count ->
    [one] bolsa
   *[other] bolsas
}
