# Mails. Each letter is one message: its value is the subject, `.text` holds one paragraph a line.
greeting = Hello { $name },
greeting-unnamed = Hello,
footer = { $org } · sent with Livefair
address-hint = If the button does not work, open this address in your browser:

fact-number = Order
fact-product = Product
fact-quantity = Quantity
fact-unit-price = Unit price
fact-total = Total
fact-reserved-until = Reserved until
fact-reason = Reason
fact-text = Inquiry
fact-company = Company
fact-country = Country
fact-buyer = Asked by
fact-email = E-mail
fact-question = Your question
fact-answer = The answer

magic-link = Your sign-in link for { $org }
    .title = Sign in to { $org }
    .text = Use the button below to sign in. It works once, within 30 minutes.
    .action = Sign in
    .note = You did not ask for this? Then nothing needs to be done: without the link nobody gets in.

order-placed = We have your order { $number }
    .title = Your order is placed
    .text =
        Thank you for your order. The goods are set aside for you.
        We will check it and confirm it to you by mail.
    .action = View the order
    .note = This is not an invoice. Nothing is due before we confirm.

order-confirmed = Your order { $number } is confirmed
    .title = Your order is confirmed
    .text =
        Good news: we have confirmed your order.
        The next steps are on your order page.
    .action = View the order
    .note = If something is not right, just answer this mail.

order-cancelled = Your order { $number } is cancelled
    .title = Your order is cancelled
    .text = This order is cancelled, and the goods are no longer set aside. Nothing is due.
    .action = View the order
    .note = If you did not expect this, just answer this mail.

order-expired = The reservation of your order { $number } has ended
    .title = Your order has lapsed
    .text =
        We did not confirm your order in time, so the goods are no longer set aside. Nothing is due.
        Do you still need them? Answer this mail, and we will see what is left.
    .action = View the order
    .note = We are sorry that you waited in vain.

inquiry-received = { $org } has received your inquiry
    .title = We have your inquiry
    .text =
        Thank you for your interest.
        Somebody from our sales team will answer you by mail, usually within one working day.
    .action = View your inquiries
    .note = If you have drawings or a target price, send them as an answer to this mail.

inquiry-notice = New inquiry from { $company }
    .title = A buyer has asked for a price
    .text = Somebody is waiting for an answer. A reply within the hour is often what decides.
    .action = Open the inquiries
    .note = The buyer has been told that you have the inquiry.

question-answered = { $org } has answered your question
    .title = Your question is answered
    .text = You asked something during our live show. Here is the answer.
    .action = Watch it again
    .note = More questions? Just answer this mail.
