# Units of trade by their UN/ECE Recommendation 20 code, beside a count.

unit-h87 = 個
unit-set = セット
unit-pr = 組
unit-dzn = ダース
unit-st = 枚
unit-kgm = kg
unit-grm = g
unit-tne = t
unit-mtr = m
unit-mtk = m²
unit-ltr = L
unit-xbx = 箱
unit-xct = カートン
unit-xpk = パック
unit-xro = 巻
unit-xbg = 袋
