# Sentences for refusals, by the code of the problem: what, why, how on.

## General
unknown = うまくいきませんでした。もう一度お試しになり、続く場合は主催者にお知らせください。
internal = サーバーで問題が起きました。しばらくしてからもう一度お試しください。
storage-full = サーバーの空き容量がなく、保存できません。主催者に連絡し、容量が確保されてからもう一度お試しください。
offline = サーバーに接続できません。接続を確認してもう一度お試しください。
try-again = ほかの人が同時に変更しました。もう一度お試しください。
too-busy = ただいま混み合っています。数秒後にもう一度お試しください。
too-many-tries = 試行回数が多すぎます。少し待ってからお試しください。
version-conflict = ほかの人が変更しました。読み込み直してから変更してください。
illegal-transition = 現在この操作はできません。ページを読み込み直して状態をご確認ください。
bad-field = 入力に誤りがあります。直してからもう一度送信してください。
bad-form = フォームが正しく届きませんでした。もう一度送信してください。
bad-language = この言語はここでは使えません。
bad-json = 要求を読み取れません。ページを読み込み直してください。
json-expected = 要求を読み取れません。ページを読み込み直してください。
bad-query = アドレスが正しくありません。戻ってお試しください。
bad-page = 一覧の続きを表示できません。読み込み直してください。
no-such-path = このページはありません。
method-not-allowed = ここではできません。
cross-site = 別のサイトからの要求のため受け付けませんでした。
idempotency-key-missing = 要求の識別番号がありません。ページを読み込み直してください。
idempotency-key-malformed = 要求の識別番号が正しくありません。ページを読み込み直してください。
idempotency-key-reused = 別の内容で送信済みです。ページを読み込み直してください。

## People and rights
log-in-needed = 先にログインしてください。
right-missing = 権限がありません。会社の管理者にご依頼ください。
wrong-email-or-password = メールアドレスまたはパスワードが違います。
wrong-set-up-code = 設定コードが違います。サーバーのログをご確認ください。
not-set-up = このサーバーはまだ設定されていません。
set-up-already = 設定は済んでいます。ログインしてください。
link-used-or-over = リンクは使用済みか期限切れです。新しいリンクをご依頼ください。
email-taken = このメールアドレスは使われています。
last-owner = 会社には少なくとも1人の所有者が必要です。
no-such-person = この人は見つかりません。
no-such-org = この会社は見つかりません。
no-org = 先に会社を選んでください。
no-such-token = このトークンは見つかりません。
session-needed = この操作には本人のログインが必要です。トークンではできません。
wrong-password = 現在のパスワードが違います。
no-such-session = このログインはすでに終わっています。
no-such-passkey = このパスキーはありません。
passkeys-not-here = パスキーには HTTPS のドメイン名のアドレスが必要です。
passkeys-too-many = パスキーが上限に達しています。先に一つ削除してください。
passkey-challenge-over = 時間切れか、使用済みです。もう一度お試しください。
passkey-taken = このパスキーは登録済みです。
passkey-refused = このパスキーはここでは使えません。別の端末をお試しください。
passkey-unknown = このパスキーは登録されていません。パスワードでログインしてください。
passkey-unreadable = このパスキーを読み取れません。別の端末をお試しください。

## Catalogue
no-such-product = この商品はなくなりました。
no-such-variant = この種類はなくなりました。
no-such-picture = この画像はなくなりました。
product-not-ready = 公開に必要な情報が足りません。
product-not-published = この商品はまだ公開されていません。先に公開してください。
product-on-offer = この商品は販売中です。先に販売を終了してください。
sku-taken = このSKUは別の商品で使われています。
bad-price = 価格が正しくありません。数字で、小数は点で入力してください。
bad-prices = 数量別価格に矛盾があります。
bad-value = 値が正しくありません。
bad-movement = この在庫の変更はできません。
no-stock-kept = この種類の在庫は管理されていません。
stock-promised = 在庫は実施中の販売に確保されています。
unknown-currency = この通貨は使えません。
amount-too-large = 金額が大きすぎます。
carton-incomplete = 梱包の情報はすべて入力するか、空にしてください。
file-missing = 先にファイルを選んでください。
upload-unreadable = ファイルが正しく届きませんでした。もう一度送信してください。
picture-damaged = 画像が壊れています。別のファイルを選んでください。
picture-format-unknown = JPEG、PNG、WebPの画像をお使いください。
picture-too-large = 画像ファイルが大きすぎます。
picture-too-many-pixels = 画像の画素数が多すぎます。小さくしてください。
too-many-pictures = 画像の枚数が上限です。
no-such-import = この取り込みはなくなりました。
import-rejected = 表に誤りがあります。示されたセルを直して、もう一度取り込んでください。
sheet-unreadable = 表を読み取れません。CSVまたはXLSXをお使いください。
sheet-too-large = 表が大きすぎます。分割してください。

## Shows
no-such-event = このライブは見つかりません。
no-such-question = この質問は見つからないか、見積依頼にできるのは質問者と担当者だけです。
no-such-show = このライブは見つかりません。
no-such-item = この進行項目は見つかりません。
no-such-stream = 配信されていません。
no-such-stream-key = この配信キーは見つかりません。
no-such-recording = この録画は見つかりません。
event-fixed = ライブが進んでいるため変更できません。
event-not-ready = ライブの準備ができていません。確認表をご覧ください。
event-not-running = ライブは行われていません。
item-shown = すでに放送した項目なので、進行表に残ります。
too-many-items = 進行表がいっぱいです。
too-many-pins = 固定できる商品は3つまでです。
too-many-stream-keys = 配信キーの数が上限です。先に1つ削除してください。
media-not-found = 映像が見つかりません。
media-not-ready = 映像はまだありません。配信が始まると表示されます。
playback-refused = 視聴できません。
bad-delivery-directive = プレーヤーの要求が正しくありません。ページを読み込み直してください。

## Room
room-bad-message = メッセージを認識できません。ページを読み込み直してください。
room-closed = 現在このルームには書き込めません。
room-crew-only = スタッフのみ操作できます。
room-empty = 先に内容をお書きください。
room-id-taken = 送信済みです。ページを読み込み直してください。
room-muted = 現在、書き込みが制限されています。
room-name-needed = 先にお名前をご記入ください。
room-participant = この参加者は見つかりません。
room-settings = この設定はできません。
room-slow-down = 送信が早すぎます。少しお待ちください。
room-token = 参加の期限が切れました。ページを読み込み直してください。
room-too-long = 文が長すぎます。短くしてください。
room-unavailable = 現在保存できません。しばらくしてからお試しください。
room-unknown = このルームは見つかりません。
question-unknown = この質問は見つかりません。
question-state = 質問の状態が変わりました。読み込み直してください。
question-merge-target = これらの質問は統合できません。
question-has-inquiry = この質問は見積もり依頼になっています。
message-unknown = このメッセージは見つかりません。
message-state = このメッセージは処理済みです。

## Trade
no-such-offer = この販売は終了しました。
offer-not-active = 現在この販売は行われていません。見積もりをご依頼ください。
offer-fixed = オファーはすでに注文を受けているため変更できません。終了してから新しく始めてください。
offer-already-active = この商品の販売はすでに行われています。
out-of-stock = ご希望の数量が残っていません。数量を減らすか、見積もりをご依頼ください。
below-moq = 最小注文数は{ $moq }です。
not-a-multiple = 数量は梱包単位の倍数でお願いします。
limit-reached = この販売の1社あたりの上限に達しました。
price-on-request = 価格はお問い合わせください。
hold-expired = 確保の期限が過ぎました。残りがあれば改めてご注文ください。
not-an-order = この注文は見つかりません。
no-such-order = この注文は見つかりません。
no-such-inquiry = この依頼は見つかりません。
deal-unknown = このリンクは無効です。メールから開き直してください。
