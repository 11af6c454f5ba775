# Units of trade by their UN/ECE Recommendation 20 code, beside a count.

unit-h87 = 件
unit-set = 套
unit-pr = 双
unit-dzn = 打
unit-st = 张
unit-kgm = 公斤
unit-grm = 克
unit-tne = 吨
unit-mtr = 米
unit-mtk = 平方米
unit-ltr = 升
unit-xbx = 盒
unit-xct = 箱
unit-xpk = 包
unit-xro = 卷
unit-xbg = 袋
