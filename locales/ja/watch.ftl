# バイヤー向けページ：視聴、注文、一覧。

## 枠
skip = ライブへ移動
theme-language = 言語
close = 閉じる
cancel = 取り消す
retry = もう一度試す

## 一覧
index-title = ライブ一覧
index-coming = ライブ中・開催予定
index-past = 過去のライブ
index-more = もっと見る
index-empty = 予定されているライブはありません
index-empty-text = 次回の日程は出展者にお尋ねになるか、後日またご覧ください。

## 状態
state-live = ライブ中
state-soon = まもなく開始
state-interrupted = まもなく再開
state-ended = 終了
state-replay = 録画
state-cancelled = 中止
viewers = { $count ->
   *[other] { $shown }人が視聴中
}
starts-at = { $when }開始
starts-in = あと{ $span }
starts-now = まもなく始まります
add-to-calendar = カレンダーに追加
soon-text = 商品をご覧になり、今からご質問いただけます。すべて出展者に届きます。
interrupted-title = まもなく再開します
interrupted-text = 映像が止まっています。ご質問とご注文は続けられます。
ended-title = このライブは終了しました
ended-text = 録画を準備しています。ご質問と見積もりのご依頼は引き続き承ります。
archived-text = このライブの公開は終了しました。見積もりのご依頼は引き続き承ります。
cancelled-title = このライブは中止になりました
cancelled-text = 見積もりのご依頼は引き続き承ります。

## プレーヤー
player = ライブ映像
play = 再生
pause = 一時停止
unmute = 音声をオンにする
mute = 消音
fullscreen = 全画面
go-live = ライブに戻る
behind = { $seconds }秒遅れ
player-loading = 映像を読み込んでいます
player-failed = 映像を読み込めません
player-failed-text = 接続をご確認ください。ご質問とご注文は続けられます。

## 商品
products = 商品
products-empty = 商品はまだありません
products-empty-text = このライブの商品はまだ登録されていません。
pinned = ご紹介中の商品
now-showing = 説明中
price-from = { $shown }{ $unit }から
price-none = 価格はお問い合わせください
moq = 最小注文数
lead-time = 納期
days = { $count ->
   *[other] { $shown }日
}
pieces = { $shown }{ $unit }
carton = 梱包
carton-holds = 1箱{ $shown }{ $unit }
available = 在庫
more-tiers = 数量別価格
ask-quote = 見積もりを依頼
ask-about = この商品を質問
order-now = 今すぐ注文
offer-ends = 残り { $clock }
offer-starts = 開始まで { $clock }
offer-left = { $count ->
   *[other] 残り{ $shown }（全{ $total }）
}
offer-sold-out = 完売

## 質問とチャット
questions = 質問
questions-empty = 質問はまだありません
questions-empty-text = 価格、梱包、認証、納品などをお尋ねください。回答はここに残ります。
side = 質問とチャット
chat = チャット
seller = 出展者
chat-empty = まだ書き込みはありません
chat-empty-text = ご挨拶と、どちらからご覧かをお書きください。
ask-label = ご質問
ask-placeholder = 質問する
ask-placeholder-product = { $product }について質問
chat-label = メッセージ
chat-placeholder = 全員に送る
send = 送信
about = { $product }について
detach = 商品を付けずに質問
asked-by = { $name }さんの質問
you = あなた
answer-by = { $name }の回答
answered-on-air = ライブ内で回答済み
answer-private = あなたにのみ表示
waiting = 回答待ち
chat-held = 管理者が確認しています
chat-busy = 混雑中のため、この発言はスタッフにのみ表示されます
sending = 送信中
not-sent = 未送信
connecting = ルームに接続しています
link-away = ルームとの接続が切れました。書いた内容は保存され、復旧後に送信されます。
link-offline = オフラインです。書いた内容は保存され、接続後に送信されます。
link-closed = このルームは閉じられました
link-elsewhere = 同じライブを開いている画面が多すぎるため、この画面は一時停止しています。書いた内容は保存されています。
use-here = ここで使う
not-loaded = ページの一部を読み込めませんでした。
slow-mode = { $seconds }秒に1回送信できます

## 注文と見積もり
order-title = { $product }を注文
order-price = 単価
order-total = 合計
quantity = 数量
quantity-rule = { $moq }以上、{ $multiple }単位
quantity-least = { $moq }以上
quantity-left = 残り{ $left }
quantity-company = 1社{ $most }まで
your-details = お客様の情報
company = 会社名
your-name = お名前
email = メールアドレス
country = 国・地域
country-choose = 選択してください
details-kept = 次回のためにこの端末に保存します。確認書はメールでお送りします。
order-send = 注文する
order-done = ご注文を承りました
order-number = 注文番号
order-reserved = { $when }まで確保しています。出展者がメールで確認します。
order-see = 注文を見る
order-again = 応答がありませんでした。もう一度押してください。二重の注文にはなりません。
inquiry-title = 見積もりを依頼
inquiry-text = ご要望
inquiry-placeholder = 数量、梱包、送り先、認証、希望日など
inquiry-quantity = 数量（お分かりの場合）
inquiry-send = 出展者に送る
inquiry-done = 出展者に届きました
inquiry-see = 依頼を見る
inquiry-done-text = 回答は { $email } にお送りします。
required = ご記入ください
email-wrong = メールアドレスをご確認ください

## 注文ページ
deal-title = ご注文とご依頼
deal-greeting = { $name } 様
deal-intro = { $company } と { $seller } の進行中の内容です。
deal-seller = 出展者
deal-orders = 注文
deal-inquiries = 見積もり依頼
deal-empty = 進行中のものはありません
deal-empty-text = ご注文と見積もりのご依頼がここに表示されます。
deal-what = 商品
deal-how-much = 金額
deal-by-when = 期日
deal-next = 次の手順
deal-line = { $quantity } × { $product }
order-state-placed = 受付済み
order-state-confirmed = 確定
order-state-cancelled = 取消済み
order-state-expired = 期限切れ
next-placed = 出展者が { $when } までに確認します。
next-placed-open = 出展者がメールで確認します。
next-confirmed = 出展者が見積送り状をお送りします。
next-cancelled = お支払いはありません。商品の確保は解除されました。
next-expired = 確保の期限が過ぎました。ご入用の場合は改めてお問い合わせください。
inquiry-state = { $state ->
    [new] 受付済み
    [qualified] 確認中
    [quoting] 見積もり作成中
    [quoted] 見積もり済み
    [won] 注文済み
    [lost] 終了
   *[other] 進行中
}
order-cancel = 注文を取り消す
order-cancel-sure = 注文 { $number } を取り消しますか。確保はすぐに解除されます。
order-cancel-yes = 取り消す
order-keep = そのままにする
deal-link-wrong = このリンクは無効です
deal-link-wrong-text = コピーの際に途切れた可能性があります。メールから開き直してください。
placed-on = { $when } 受付
sent-on = { $when } 送信

## スクリプトなしのフォーム
form-title = 出展者に連絡する
form-help = 出展者がメールで回答します。
form-product = 商品
form-product-any = 全商品
form-sent = ありがとうございます。出展者に届きました。
form-not-sent = まだ送信されていません。
form-country-help = ES、USなど2文字の国コード

## Log-in link
sign-in-title = ログイン
sign-in-text = メールのリンクからお越しいただきました。ボタンを押すとログインできます。
sign-in-do = ログインする
sign-in-failed = このリンクは無効です。新しいリンクを取得してください。各リンクは30分間、1回のみ有効です。
