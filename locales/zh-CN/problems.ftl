# Sentences for refusals, by the code of the problem: what, why, how on.

## General
unknown = 没有成功。请再试一次；如果仍然不行，请告诉主办方。
internal = 服务器出错了。请稍后再试。
storage-full = 服务器空间已满，无法保存。请联系主办方清理空间后再试。
offline = 连不上服务器。请检查网络后重试。
try-again = 刚才有人同时修改。请再试一次。
too-busy = 现在太忙了。请几秒后再试。
too-many-tries = 尝试次数过多。请稍等再试。
version-conflict = 别人已修改过。请刷新后再改。
illegal-transition = 现在不能做这一步。请刷新查看最新状态。
bad-field = 有一项填写不正确。请改好再发。
bad-form = 表单没有完整送达。请再发一次。
bad-language = 这里没有这种语言。
bad-json = 请求无法读取。请刷新页面。
json-expected = 请求无法读取。请刷新页面。
bad-query = 网址不正确。请返回重试。
bad-page = 列表无法继续。请刷新。
no-such-path = 页面不存在。
method-not-allowed = 这里不能这样操作。
cross-site = 请求来自其他网站，已拒绝。
idempotency-key-missing = 请求缺少编号。请刷新页面。
idempotency-key-malformed = 请求编号有误。请刷新页面。
idempotency-key-reused = 同一请求已用其他内容发送过。请刷新页面。

## People and rights
log-in-needed = 请先登录。
right-missing = 您没有权限。请向公司负责人申请。
wrong-email-or-password = 邮箱或密码不对。
wrong-set-up-code = 初始化代码不对。请看服务器日志。
not-set-up = 服务器尚未初始化。
set-up-already = 服务器已初始化。请登录。
link-used-or-over = 链接已用过或已过期。请重新获取。
email-taken = 这个邮箱已被使用。
last-owner = 公司至少要有一位负责人。
no-such-person = 找不到此人。
no-such-org = 找不到这家公司。
no-org = 请先选择公司。
no-such-token = 找不到这个令牌。
session-needed = 此操作须由本人登录后进行，令牌不够。
wrong-password = 当前密码不对。
no-such-session = 此登录已结束。
no-such-passkey = 没有此通行密钥。
passkeys-not-here = 通行密钥需要使用 HTTPS 的域名地址。
passkeys-too-many = 通行密钥已达上限。请先移除一个。
passkey-challenge-over = 操作超时或已使用过。请重试。
passkey-taken = 此通行密钥已登记过。
passkey-refused = 此通行密钥无法在这里使用。请换一台设备。
passkey-unknown = 此通行密钥未登记。请用密码登录。
passkey-unreadable = 无法读取此通行密钥。请换一台设备。

## Catalogue
no-such-product = 这个产品已下架。
no-such-variant = 这个规格已下架。
no-such-picture = 找不到这张图片。
product-not-ready = 产品信息不全，还不能发布。
product-not-published = 买家还看不到这个产品，请先发布。
product-on-offer = 这个产品有进行中的优惠，请先结束优惠。
sku-taken = 这个 SKU 已被占用。
bad-price = 价格格式不对。请写数字，小数用点。
bad-prices = 阶梯价前后不一致。
bad-value = 有一个值不正确。
bad-movement = 不能这样调整库存。
no-stock-kept = 这个规格没有库存记录。
stock-promised = 库存已被进行中的优惠占用。
unknown-currency = 不认识这种货币。
amount-too-large = 金额太大。
carton-incomplete = 装箱数据请全部填写，或全部留空。
file-missing = 请先选择文件。
upload-unreadable = 文件没有完整上传。请再传一次。
picture-damaged = 图片已损坏。请换一张。
picture-format-unknown = 请使用 JPEG、PNG 或 WebP 图片。
picture-too-large = 图片文件太大。
picture-too-many-pixels = 图片像素太多。请缩小。
too-many-pictures = 这个产品的图片已达上限。
no-such-import = 找不到这次导入。
import-rejected = 表格有错误。请改正标出的单元格再上传。
sheet-unreadable = 表格无法读取。请用 CSV 或 XLSX。
sheet-too-large = 表格太大。请拆分。

## Shows
no-such-event = 找不到这场直播。
no-such-question = 找不到这个问题，或者你无权把它转成询价。
no-such-show = 找不到这场直播。
no-such-item = 找不到这个流程项目。
no-such-stream = 这里没有直播信号。
no-such-stream-key = 找不到这个推流密钥。
no-such-recording = 找不到这段回放。
event-fixed = 直播已进行，不能再改。
event-not-ready = 直播还没准备好。请看检查清单。
event-not-running = 直播没有进行。
item-shown = 买家已经看过这一项，它会留在流程表里。
too-many-items = 流程表已满。
too-many-pins = 最多置顶 3 个产品。
too-many-stream-keys = 推流密钥已够多。请先删除一个。
media-not-found = 没有找到画面。
media-not-ready = 画面还没有，开播后会出现。
playback-refused = 您不能观看。
bad-delivery-directive = 播放器请求有误。请刷新页面。

## Room
room-bad-message = 消息无法识别。请刷新页面。
room-closed = 聊天室现在不接收消息。
room-crew-only = 只有工作人员可以操作。
room-empty = 请先写点内容。
room-id-taken = 已经发送过。请刷新页面。
room-muted = 您暂时不能发言。
room-name-needed = 请先填写您的名字。
room-participant = 找不到这位参与者。
room-settings = 设置不正确。
room-slow-down = 您发得太快了。请稍等。
room-token = 进入凭证已失效。请刷新页面。
room-too-long = 内容太长。请缩短。
room-unavailable = 聊天室暂时无法保存。请稍后再试。
room-unknown = 找不到这个聊天室。
question-unknown = 找不到这个问题。
question-state = 问题状态已变。请刷新。
question-merge-target = 这些问题不能合并。
question-has-inquiry = 这个问题已转为询价。
message-unknown = 找不到这条消息。
message-state = 这条消息已处理。

## Trade
no-such-offer = 这个优惠已不存在。
offer-not-active = 优惠现在不开放。您可以改为询价。
offer-fixed = 特价已开始接单，不能再修改。请结束后重新开始一个。
offer-already-active = 这个产品已有进行中的优惠。
out-of-stock = 剩余数量不够。请减少数量，或改为询价。
below-moq = 起订量是 { $moq }。
not-a-multiple = 数量须为整包的倍数。请选最接近的倍数。
limit-reached = 贵公司已达到本优惠的限购数量。
price-on-request = 价格面议。请询价。
hold-expired = 保留已过期。如有余货请重新下单。
not-an-order = 找不到这个订单。
no-such-order = 找不到这个订单。
no-such-inquiry = 找不到这个询价。
deal-unknown = 链接无效。请从邮件里重新打开。
