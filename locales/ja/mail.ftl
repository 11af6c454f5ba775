# メール。1 通が 1 メッセージで、値が件名、`.text` は 1 行 1 段落。
greeting = { $name } 様
greeting-unnamed = お客様
footer = { $org } · Livefair より送信
address-hint = ボタンが使えない場合は、次のアドレスをブラウザーで開いてください。

fact-number = 注文番号
fact-product = 商品
fact-quantity = 数量
fact-unit-price = 単価
fact-total = 合計
fact-reserved-until = 取り置き期限
fact-reason = 理由
fact-text = お問い合わせ内容
fact-company = 会社
fact-country = 国
fact-buyer = 担当者
fact-email = メール
fact-question = ご質問
fact-answer = 回答

magic-link = { $org } のログイン用リンク
    .title = { $org } にログイン
    .text = 下のボタンからログインしてください。リンクは 30 分間有効で、1 回だけ使えます。
    .action = ログイン
    .note = お心当たりがない場合は、このメールを破棄してください。リンクがなければ誰もログインできません。

order-placed = ご注文 { $number } を承りました
    .title = ご注文を承りました
    .text =
        ご注文ありがとうございます。商品を取り置きいたしました。
        内容を確認のうえ、メールで確定のご連絡を差し上げます。
    .action = 注文を見る
    .note = このメールは請求書ではありません。注文が確定するまで、お支払いは不要です。

order-confirmed = ご注文 { $number } が確定しました
    .title = ご注文が確定しました
    .text =
        ご注文が確定しましたので、お知らせいたします。
        今後の流れは注文ページでご確認ください。
    .action = 注文を見る
    .note = 内容に誤りがある場合は、このメールにご返信ください。

order-cancelled = ご注文 { $number } はキャンセルされました
    .title = ご注文のキャンセル
    .text = このご注文はキャンセルされ、商品の取り置きは解除されました。お支払いは不要です。
    .action = 注文を見る
    .note = お心当たりがない場合は、このメールにご返信ください。

order-expired = ご注文 { $number } の取り置き期限が過ぎました
    .title = ご注文の失効
    .text =
        期限までにご注文を確定できなかったため、商品の取り置きは解除されました。お支払いは不要です。
        引き続きご希望の場合は、このメールにご返信ください。在庫をお調べいたします。
    .action = 注文を見る
    .note = お待たせしたにもかかわらず、申し訳ございません。

inquiry-received = { $org } がお問い合わせを受け付けました
    .title = お問い合わせを受け付けました
    .text =
        お問い合わせいただき、ありがとうございます。
        営業担当者より、通常 1 営業日以内にメールでご返答いたします。
    .action = お問い合わせを見る
    .note = 図面やご希望の価格がございましたら、このメールへの返信でお送りください。

inquiry-notice = { $company } から新しいお問い合わせ
    .title = バイヤーからのお問い合わせ
    .text = お客様が回答をお待ちです。1 時間以内の返信が決め手になることが少なくありません。
    .action = お問い合わせを開く
    .note = お客様には受付のメールを送信済みです。

question-answered = { $org } がご質問に回答しました
    .title = ご質問への回答
    .text = ライブ配信中にいただいたご質問に、次のとおり回答いたします。
    .action = もう一度見る
    .note = ほかにもご質問がございましたら、このメールにご返信ください。
