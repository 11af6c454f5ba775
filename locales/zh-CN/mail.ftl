# 邮件。每封信是一条消息：值是主题，`.text` 每行一段。
greeting = { $name }，您好！
greeting-unnamed = 您好！
footer = { $org } · 由 Livefair 发送
address-hint = 如果按钮无法点击，请在浏览器中打开以下网址：

fact-number = 订单号
fact-product = 产品
fact-quantity = 数量
fact-unit-price = 单价
fact-total = 总价
fact-reserved-until = 库存保留至
fact-reason = 原因
fact-text = 询盘内容
fact-company = 公司
fact-country = 国家
fact-buyer = 询盘人
fact-email = 邮箱
fact-question = 您的提问
fact-answer = 我们的答复

magic-link = { $org } 登录链接
    .title = 登录 { $org }
    .text = 请点击下方按钮登录。链接只能使用一次，30 分钟内有效。
    .action = 登录
    .note = 如果不是您本人操作，请忽略本邮件；没有这个链接，任何人都无法登录。

order-placed = 已收到您的订单 { $number }
    .title = 订单已提交
    .text =
        感谢您的订购，货物已为您预留。
        我们核对后会发邮件与您确认。
    .action = 查看订单
    .note = 本邮件不是发票；在我们确认之前，您无需付款。

order-confirmed = 您的订单 { $number } 已确认
    .title = 订单已确认
    .text =
        好消息：您的订单已经确认。
        后续步骤请见订单页面。
    .action = 查看订单
    .note = 如有不符之处，请直接回复本邮件。

order-cancelled = 您的订单 { $number } 已取消
    .title = 订单已取消
    .text = 该订单已取消，预留的货物已释放，您无需支付任何费用。
    .action = 查看订单
    .note = 如有疑问，请直接回复本邮件。

order-expired = 您的订单 { $number } 预留已到期
    .title = 订单已失效
    .text =
        我们未能按时确认您的订单，预留的货物已释放，您无需支付任何费用。
        如仍需要这些货物，请直接回复本邮件，我们会为您查询余量。
    .action = 查看订单
    .note = 让您久等了，非常抱歉。

inquiry-received = { $org } 已收到您的询盘
    .title = 已收到您的询盘
    .text =
        感谢您的关注。
        我们的销售人员会通过邮件答复您，通常在一个工作日之内。
    .action = 查看询盘
    .note = 如有图纸或目标价，欢迎直接回复本邮件发给我们。

inquiry-notice = { $company } 发来新询盘
    .title = 有买家询价
    .text = 买家正在等您的答复，一小时内回复往往最能促成订单。
    .action = 打开询盘
    .note = 已自动告知买家：询盘已收到。

question-answered = { $org } 答复了您的提问
    .title = 您的提问有了答复
    .text = 您在我们的直播中提了问题，答复如下。
    .action = 观看回放
    .note = 还有其他问题？请直接回复本邮件。
