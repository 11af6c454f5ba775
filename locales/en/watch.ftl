# The buyers' pages: watch, deal, list of shows.

## Frame
skip = Skip to the show
theme-language = Language
close = Close
cancel = Cancel
retry = Try again

## List of shows
index-title = Shows
index-coming = On the air and to come
index-past = Past shows
index-more = More shows
index-empty = No show is planned yet
index-empty-text = Ask the seller for the next date, or come back soon.

## State of the show
state-live = Live
state-soon = Starts soon
state-interrupted = Back in a moment
state-ended = Ended
state-replay = Replay
state-cancelled = Cancelled
viewers = { $count ->
    [one] { $shown } watching
   *[other] { $shown } watching
}
starts-at = Starts { $when }
starts-in = in { $span }
starts-now = The show is about to start
add-to-calendar = Add to calendar
soon-text = Look through the products and ask already. The seller reads every question.
interrupted-title = Back in a moment
interrupted-text = The picture has stopped. Questions and orders go on.
ended-title = This show has ended
ended-text = The recording is being prepared. You can still ask and request quotes.
archived-text = This show is no longer available. You can still ask for quotes.
cancelled-title = This show was cancelled
cancelled-text = You can still ask for quotes.

## Player
player = Show
play = Play
pause = Pause
unmute = Turn sound on
mute = Mute
fullscreen = Full screen
go-live = Go to live
behind = { $seconds } s behind live
player-loading = The picture is loading
player-failed = The picture does not load
player-failed-text = Check your connection. Questions and orders go on.

## Products
products = Products
products-empty = No products yet
products-empty-text = The seller has not added products to this show.
pinned = On the table
now-showing = Now showing
price-from = from { $shown } { $unit }
price-none = Price on request
moq = Smallest order
lead-time = Lead time
days = { $count ->
    [one] { $shown } day
   *[other] { $shown } days
}
pieces = { $shown } { $unit }
carton = Carton
carton-holds = { $shown } { $unit }
available = In stock
more-tiers = Prices by quantity
ask-quote = Ask for a quote
ask-about = Ask about this
order-now = Order now
offer-ends = Offer ends in { $clock }
offer-starts = Offer starts in { $clock }
offer-left = { $count ->
    [one] { $shown } left of { $total }
   *[other] { $shown } left of { $total }
}
offer-sold-out = Sold out

## Questions and chat
questions = Questions
questions-empty = No questions yet
questions-empty-text = Ask about price, packing, certificates or delivery. The answer stays here.
side = Questions and chat
chat = Chat
seller = Seller
chat-empty = Nobody has written yet
chat-empty-text = Say hello, and where you are watching from.
ask-label = Your question
ask-placeholder = Ask a question
ask-placeholder-product = Ask about { $product }
chat-label = Your message
chat-placeholder = Write to everyone
send = Send
about = About { $product }
detach = Ask without the product
asked-by = { $name } asks
you = You
answer-by = { $name } answers
answered-on-air = Answered in the show
answer-private = Only for you
waiting = Waiting for an answer
chat-held = A moderator looks at it first
chat-busy = Busy room: only the team sees this line
sending = Sending
not-sent = Not sent
connecting = Connecting to the room
link-away = The connection to the room is lost. What you write is kept and sent when it is back.
link-offline = You are offline. What you write is kept and sent when you are back.
link-closed = This room is closed
link-elsewhere = This show is open in too many windows of yours, so this one has paused. What you write is kept.
use-here = Use it here
not-loaded = A part of the page did not load.
slow-mode = One message every { $seconds } s

## Order and inquiry
order-title = Order { $product }
order-price = Price
order-total = Total
quantity = Quantity
quantity-rule = At least { $moq }, in steps of { $multiple }
quantity-least = At least { $moq }
quantity-left = Only { $left } left
quantity-company = At most { $most } for each company
your-details = Your details
company = Company
your-name = Your name
email = E-mail
country = Country
country-choose = Choose
details-kept = Kept on this device for next time. The confirmation goes to your e-mail.
order-send = Place the order
order-done = Your order is placed
order-number = Order number
order-reserved = Reserved for you until { $when }. The seller confirms by e-mail.
order-see = See your order
order-again = We did not hear back. Press again: the order is made only once.
inquiry-title = Ask for a quote
inquiry-text = What do you need?
inquiry-placeholder = Quantity, packing, destination, certificates, date …
inquiry-quantity = Quantity, if you know it
inquiry-send = Send to the seller
inquiry-done = The seller has your request
inquiry-see = See your request
inquiry-done-text = The answer goes to { $email }.
required = Please fill this in
email-wrong = This does not look like an e-mail address

## Deal page
deal-title = Your orders and requests
deal-greeting = Dear { $name },
deal-intro = this is what { $company } has open with { $seller }.
deal-seller = the seller
deal-orders = Orders
deal-inquiries = Requests
deal-empty = Nothing is open
deal-empty-text = Orders and requests for quotes will stand here.
deal-what = What
deal-how-much = How much
deal-by-when = By when
deal-next = What is next
deal-line = { $quantity } × { $product }
order-state-placed = Placed
order-state-confirmed = Confirmed
order-state-cancelled = Cancelled
order-state-expired = Expired
next-placed = The seller confirms by { $when }.
next-placed-open = The seller confirms by e-mail.
next-confirmed = The seller sends the proforma invoice.
next-cancelled = Nothing is owed. The pieces are free again.
next-expired = The reservation has lapsed. Ask again if you still need the goods.
inquiry-state = { $state ->
    [new] Received
    [qualified] Being looked at
    [quoting] Quote in preparation
    [quoted] Quoted
    [won] Ordered
    [lost] Closed
   *[other] Open
}
order-cancel = Cancel the order
order-cancel-sure = Cancel order { $number }? The reservation is released at once.
order-cancel-yes = Yes, cancel it
order-keep = Keep it
deal-link-wrong = This link is not valid
deal-link-wrong-text = It may have been cut when it was copied. Open it from the e-mail again.
placed-on = Placed { $when }
sent-on = Sent { $when }

## Form without scripts
form-title = Write to the seller
form-help = The seller answers by e-mail.
form-product = Product
form-product-any = The whole range
form-sent = Thank you. The seller has your message.
form-not-sent = Nothing was sent yet.
form-country-help = Two letters, such as ES or US

## Log-in link
sign-in-title = Sign in
sign-in-text = You came by the link in our e-mail. One press and you are in.
sign-in-do = Sign in
sign-in-failed = This link no longer works. Ask for a new one; each works once, for 30 minutes.
