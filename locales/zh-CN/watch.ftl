# 买家页面：直播、订单、场次列表。

## 页面框架
skip = 跳到直播
theme-language = 语言
close = 关闭
cancel = 取消
retry = 重试

## 场次列表
index-title = 直播场次
index-coming = 直播中与即将开始
index-past = 往期直播
index-more = 更多直播
index-empty = 暂时没有直播安排
index-empty-text = 可以先联系卖家问下一场时间，或稍后再来看看。

## 直播状态
state-live = 直播中
state-soon = 即将开始
state-interrupted = 马上回来
state-ended = 已结束
state-replay = 回放
state-cancelled = 已取消
viewers = { $count ->
   *[other] { $shown } 人在看
}
starts-at = { $when } 开播
starts-in = 还有 { $span }
starts-now = 马上开播
add-to-calendar = 加入日历
soon-text = 先看看产品，现在就可以提问，每个问题卖家都会看。
interrupted-title = 马上回来
interrupted-text = 画面暂时中断，提问和下单照常进行。
ended-title = 本场直播已结束
ended-text = 回放正在准备。您仍然可以提问、询价。
archived-text = 本场直播已下线，您仍然可以询价。
cancelled-title = 本场直播已取消
cancelled-text = 您仍然可以询价。

## 播放器
player = 直播画面
play = 播放
pause = 暂停
unmute = 打开声音
mute = 静音
fullscreen = 全屏
go-live = 回到直播
behind = 延迟 { $seconds } 秒
player-loading = 画面加载中
player-failed = 画面无法加载
player-failed-text = 请检查网络。提问和下单照常进行。

## 产品
products = 产品
products-empty = 还没有产品
products-empty-text = 卖家还没有为本场添加产品。
pinned = 台上产品
now-showing = 正在讲解
price-from = { $shown } { $unit }起
price-none = 价格面议
moq = 起订量
lead-time = 交期
days = { $count ->
   *[other] { $shown } 天
}
pieces = { $shown } { $unit }
carton = 装箱
carton-holds = 每箱 { $shown } { $unit }
available = 现货
more-tiers = 阶梯价
ask-quote = 询价
ask-about = 问问这款
order-now = 立即下单
offer-ends = 优惠剩余 { $clock }
offer-starts = { $clock } 后开抢
offer-left = { $count ->
   *[other] 剩 { $shown } / 共 { $total }
}
offer-sold-out = 已售罄

## 提问与聊天
questions = 提问
questions-empty = 还没有人提问
questions-empty-text = 价格、包装、证书、交货都可以问，回答会留在这里。
side = 提问与聊天
chat = 聊天
seller = 卖家
chat-empty = 还没有人说话
chat-empty-text = 打个招呼，说说您从哪里收看。
ask-label = 您的问题
ask-placeholder = 提个问题
ask-placeholder-product = 问问{ $product }
chat-label = 您的留言
chat-placeholder = 对大家说
send = 发送
about = 关于{ $product }
detach = 不带产品提问
asked-by = { $name } 提问
you = 您
answer-by = { $name } 回答
answered-on-air = 已在直播中回答
answer-private = 仅您可见
waiting = 等待回答
chat-held = 管理员先看一下
chat-busy = 聊天太热闹，这条只有工作人员能看到
sending = 发送中
not-sent = 未发送
connecting = 正在进入直播间
link-away = 与直播间的连接断开了。您写的内容已保留，恢复后自动发送。
link-offline = 您已离线。您写的内容已保留，联网后自动发送。
link-closed = 直播间已关闭
link-elsewhere = 您打开的窗口过多，本窗口已暂停。您写的内容已保留。
use-here = 在此继续
not-loaded = 页面有一部分没有加载出来。
slow-mode = 每 { $seconds } 秒可发一条

## 下单与询价
order-title = 订购{ $product }
order-price = 单价
order-total = 合计
quantity = 数量
quantity-rule = 至少 { $moq }，按 { $multiple } 的倍数
quantity-least = 至少 { $moq }
quantity-left = 只剩 { $left }
quantity-company = 每家公司最多 { $most }
your-details = 您的信息
company = 公司
your-name = 姓名
email = 邮箱
country = 国家/地区
country-choose = 请选择
details-kept = 保存在本机，下次不用再填。确认函会发到您的邮箱。
order-send = 提交订单
order-done = 订单已提交
order-number = 订单号
order-reserved = 已为您保留到 { $when }，卖家会发邮件确认。
order-see = 查看订单
order-again = 没有收到回复。请再按一次，不会重复下单。
inquiry-title = 询价
inquiry-text = 您需要什么？
inquiry-placeholder = 数量、包装、目的地、证书、日期……
inquiry-quantity = 数量（知道就填）
inquiry-send = 发给卖家
inquiry-done = 卖家已收到您的询价
inquiry-see = 查看询价
inquiry-done-text = 回复会发到 { $email }。
required = 请填写这一项
email-wrong = 邮箱地址好像不对

## 订单页
deal-title = 您的订单与询价
deal-greeting = { $name }，您好：
deal-intro = 以下是 { $company } 与 { $seller } 正在进行的事项。
deal-seller = 卖家
deal-orders = 订单
deal-inquiries = 询价
deal-empty = 暂时没有进行中的事项
deal-empty-text = 订单和询价会显示在这里。
deal-what = 产品
deal-how-much = 金额
deal-by-when = 时间
deal-next = 下一步
deal-line = { $quantity } × { $product }
order-state-placed = 已提交
order-state-confirmed = 已确认
order-state-cancelled = 已取消
order-state-expired = 已过期
next-placed = 卖家会在 { $when } 前确认。
next-placed-open = 卖家会发邮件确认。
next-confirmed = 卖家会发来形式发票。
next-cancelled = 不产生任何费用，货物已释放。
next-expired = 保留时间已过。如仍需要，请再联系卖家。
inquiry-state = { $state ->
    [new] 已收到
    [qualified] 处理中
    [quoting] 正在报价
    [quoted] 已报价
    [won] 已下单
    [lost] 已关闭
   *[other] 进行中
}
order-cancel = 取消订单
order-cancel-sure = 确定取消订单 { $number } 吗？保留的货物会立即释放。
order-cancel-yes = 确定取消
order-keep = 先不取消
deal-link-wrong = 链接无效
deal-link-wrong-text = 可能复制时不完整，请从邮件里重新打开。
placed-on = 提交于 { $when }
sent-on = 发送于 { $when }

## 无脚本表单
form-title = 给卖家留言
form-help = 卖家会用邮件回复您。
form-product = 产品
form-product-any = 全部产品
form-sent = 谢谢，卖家已收到您的留言。
form-not-sent = 留言尚未发出。
form-country-help = 两位字母代码，如 ES、US

## Log-in link
sign-in-title = 登录
sign-in-text = 您通过邮件中的链接来到这里，点一下即可登录。
sign-in-do = 登录
sign-in-failed = 链接已失效，请重新获取。每个链接仅可使用一次，30 分钟内有效。
