# Units of trade by their UN/ECE Recommendation 20 code, beside a count.

unit-h87 = { $count ->
    [one] piece
   *[other] pieces
}
unit-set = { $count ->
    [one] set
   *[other] sets
}
unit-pr = { $count ->
    [one] pair
   *[other] pairs
}
unit-dzn = { $count ->
    [one] dozen
   *[other] dozen
}
unit-st = { $count ->
    [one] sheet
   *[other] sheets
}
unit-kgm = kg
unit-grm = g
unit-tne = t
unit-mtr = m
unit-mtk = m²
unit-ltr = l
unit-xbx = { $count ->
    [one] box
   *[other] boxes
}
unit-xct = { $count ->
    [one] carton
   *[other] cartons
}
unit-xpk = { $count ->
    [one] pack
   *[other] packs
}
unit-xro = { $count ->
    [one] roll
   *[other] rolls
}
unit-xbg = { $count ->
    [one] bag
   *[other] bags
}
