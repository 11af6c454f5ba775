# The console: pages for everyone who works at the firm.

## The house
product = Product
page-title = { $page } · Livefair
nav = Console
nav-shows = Shows
nav-catalogue = Catalogue
nav-deals = Deals
nav-settings = Settings
house = Livefair
language = Language
languages = Languages
language-missing = { $language } (missing)
skip = Skip to the page
offline = You are offline. What you see was true when the connection broke.
loading = Loading
stale = What you see is from before.
try-again = Try again
close = Close
go-back = Go back
save = Save
saved = Saved
add = Add
remove = Remove
more-of = More for { $title }
send = Send
all = All
choose = Choose
copy = Copy
copied = Copied
copy-what = Copy { $what }
state = State
actions = Actions
reason = Reason
name = Name
filter-empty = Nothing fits this filter.
page-next = Next page
page-first = First page
log-out = Log out
palette = Go to
palette-find = Page, show or product
palette-none = Nothing has this name.
palette-page = Page
palette-desk = Desk
error-title = This page did not open
error-text = Load it again. If it stays like this, tell the person who runs your server.
error-not-found = There is no such page
error-not-found-text = The address may be old, or the thing may have been removed.

## Refusals
refusal-offline = The server did not answer. Check your connection and try again.
refusal-log-in-needed = You are logged out. Log in again to go on.
refusal-right-missing = Your role does not allow this. Ask the owner of your firm for the right.
refusal-not-found = This does not exist, or no longer.
refusal-conflict = Somebody changed this meanwhile. Look at the present state, then try again.
refusal-version-conflict = Somebody changed this meanwhile. Look at the present state, then try again.
refusal-illegal-transition = The present state does not allow this step.
refusal-too-large = This is too large. Send a smaller file.
refusal-too-many-tries = Too many tries. Wait a minute, then try again.
refusal-server = The server could not do this. Nothing was changed; try again.
refusal-other = This was refused: { $detail }
refusal-wrong-email-or-password = E-mail or password is wrong.
refusal-wrong-set-up-code = This set-up code is not valid. Copy it again from the server's log.
refusal-set-up-already = This server is set up already. Log in.
refusal-event-not-ready = The show is not ready. See the checklist.
refusal-event-fixed = This cannot be changed any more while the show runs or after it.
refusal-item-shown = Buyers have seen this item; it stays on the run sheet.
refusal-event-not-running = The show is not running.
refusal-no-such-product = Only published products can be pinned or shown.
refusal-message-state = Somebody has decided on this line already.
refusal-email-taken = Somebody has this e-mail already.
refusal-last-owner = A firm needs an owner. Make somebody else owner first.
refusal-offer-already-active = An offer for this product is running already. End it first.
refusal-bad-field = Check this field: { $field }.
refusal-room-slow-down = Too fast. Wait a moment.
refusal-room-closed = The room is closed.
refusal-sku-taken = Another product has this SKU. Choose another one.
refusal-product-not-ready = A product needs a name and a price before buyers may see it.
refusal-out-of-stock = There are not enough pieces in stock for this.
refusal-hold-expired = The reservation of this order has run out.
refusal-picture-format-unknown = This is not a JPEG, PNG or WebP picture.
refusal-picture-too-large = This picture is too large. At most 8 MB.
refusal-sheet-unreadable = This file is not a CSV or XLSX sheet.

## Log-in and set-up
login-title = Log in
login-text = For the people of the firm. Buyers need no account.
login-do = Log in
login-passkey = Log in with a passkey
login-set-up = Set up this server
email = E-mail
password = Password
password-hint = At least 10 characters.
password-first = First password
setup-title = Set up your fair
setup-text = You become the owner. Others are added later.
setup-code = Set-up code
setup-code-hint = The server printed it when it started.
setup-do = Create the firm
org-name = Name of the firm
org-kind = Kind
org-kind-seller = Seller
org-kind-academy = Academy
org-kind-authority = Authority
country = Country
time-zone = Time zone
time-zone-hint = Shows are planned in this zone.
your-name = Your name

## Shows
show = Show
show-plan = Plan a show
show-plan-do = Save the plan
show-edit = Change the plan
show-watch = See it as a buyer
show-languages = Languages of the show
show-languages-hint = Buyers can choose among these. Each needs a title.
show-words = What it is about
show-title = Title
show-text = Description
show-text-hint = What buyers will see, and why it is worth their time.
show-no-language = Choose at least one language.
show-when = When it starts
show-starts = Start
show-when-fixed = The start stands once the show runs.
show-markets = Markets
show-markets-hint = The countries it is meant for. None chosen means everywhere.
show-hosts = Hosts
show-hosts-hint = Who is in front of the camera. Without a choice it is whoever plans the show.
fault-title = Write a title in this language.
fault-start = Choose a day and a time.
fault-start-past = This time has passed. Choose a later one.
fault-refused = The server does not take this. Change it and save again.
show-elsewhere = On your buyers' clocks
show-lacking = A title is missing in: { $languages }
shows-empty = Plan your first show
shows-empty-text = Give it a title and a start. Then add products, test your encoder and go live.
starts = Starts
starts-here = Where you are
when = When
when-all = All
when-coming = To come and on air
when-past = Past
show-state-draft = Draft
show-state-scheduled = Scheduled
show-state-rehearsing = Rehearsing
show-state-live = Live
show-state-interrupted = Interrupted
show-state-ended = Ended
show-state-processing = Preparing replay
show-state-replay = Replay
show-state-archived = Archived
show-state-cancelled = Cancelled
move-schedule = Schedule
move-schedule-text = Buyers will see the show and its start.
move-rehearse = Rehearse
move-rehearse-text = You can test everything. Buyers see nothing.
move-stop-rehearsal = Stop the rehearsal
move-stop-rehearsal-text = The show is scheduled again, as before.
move-go-live = Go live
move-go-live-text = Buyers see and hear you from this moment.
move-end = End the show
move-end-text = The picture stops for all viewers and running offers end. This cannot be undone.
move-cancel = Cancel the show
move-cancel-text = Buyers are told that it will not take place. This cannot be undone.
move-archive = Archive
move-archive-text = The replay is taken off the pages. Nothing is deleted.

## Run sheet
run-sheet = Run sheet
run-keys = Drag, or Alt with ↑ ↓
run-empty = No products yet
run-empty-text = Add the products in the order in which you will show them.
run-add = Product to add
run-minutes = Minutes
run-no-products = There are no published products yet.
run-up = Move { $title } up
run-down = Move { $title } down
run-moved = { $title } is now number { $place }.
run-total = { $count ->
    [one] 1 product
   *[other] { $count } products
}, { $minutes } min
minutes = { $count } min
item-on_air = On air
item-done = Shown
item-skipped = Skipped
item-start = Put on air
item-start-what = Put on air: { $title }
item-finish = Done
item-skip = Skip
item-skip-what = Skip { $title }
item-take-up = Take up again
item-take-up-what = Take up again: { $title }
item-remove-what = Remove { $title } from the run sheet
item-up = Up
item-down = Down
item-time = { $spent } of { $planned }
pin = Pin
unpin = Unpin
pinned = Pinned
pin-what = Pin { $title }
unpin-what = Unpin { $title }

## Stream
keys-title = Encoder and stream keys
keys-empty = No key yet. Make one for each encoder.
key-once = This key is shown once.
key-obs = In OBS: Settings › Stream › Service “Custom”.
key-server = Server
key-key = Stream key
key-settings = For Settings › Output (Advanced), Video and Audio:
key-kept = I have copied it
obs-resolution = Resolution
obs-fps = Frames per second
obs-encoder = Encoder
obs-rate = Rate control
obs-bitrate = Bitrate
obs-keyframe = Keyframe interval
obs-preset = CPU preset
obs-profile = Profile
obs-tune = Tune
obs-audio = Audio
key-label = Name of the encoder
key-make = Make a key
key-revoke = Revoke
key-revoke-what = Revoke { $label }
key-revoke-text = An encoder that uses “{ $label }” is cut off and cannot come back.
checklist = Ready to go live
ready-yes = ready
ready-no = not ready
ready-all = Everything is ready.
ready-all-draft = Everything is ready. Schedule the show, then you can go live.
ready-all-rehearsing = Everything is ready. Stop the rehearsal, then you can go live.
ready-left = { $count ->
    [one] One thing is left to do.
   *[other] { $count } things are left to do.
}
ready-run-sheet = Run sheet
mend-run-sheet = Add at least one product.
ready-title = Title
mend-title = Write the title in the first language of the show.
ready-products = Products are published
mend-products = Publish the products of the run sheet in the catalogue.
ready-stream-key = Stream key
mend-stream-key = Make a stream key below and enter it in your encoder.
ready-stream = Stream arrives
mend-stream = Start streaming in your encoder.
health-title = Stream health
health-picture = Picture
health-bitrate = Bitrate
health-kbps = { $shown } kbps
health-fps = Frame rate
health-fps-value = { $shown } fps
health-keyframe = Keyframe every
health-seconds = { $shown } s
health-sound = Sound
health-khz = { $shown } kHz
health-nothing = Nothing arrives yet. Start streaming in your encoder.
stream-state-live = Arriving
stream-state-silent = Silent, waiting for the encoder
stream-state-ended = Stopped
stream-state-idle = No stream
stream-warning-keyframes-rare = Keyframes are { $fact } ms apart. Set the keyframe interval to 2 s.
stream-warning-bitrate-high = The bitrate of { $fact } kbps is high for buyers on phones. Set 4,500 kbps.
stream-warning-no-audio = There is no sound. Check the microphone.
stream-warning-b-frames = B-frames delay the picture by { $fact } ms. Set at most 2, or none.
stream-warning-open-gop = Pictures lean on what came before a keyframe. Turn open GOP off.
stream-warning-frame-rate-low = Only { $fact } pictures a second arrive; there were more. Is the computer or the line overloaded?
stream-warning-clock-drift = The stream's clock is off by { $fact } ms. If this grows, lower the bitrate.
stream-warning-codec-unsupported = The encoder sends { $fact }. Set H.264 and AAC.
stream-warning-sample-rate-unsupported = The sound has { $fact } Hz. Set 48 kHz.
stream-warning-configuration-broken = The encoder's stream cannot be read. Restart it.

## Desk
desk-open = Open the desk
desk-of = Desk: { $show }
desk-parts = Parts of the desk
desk-part-run = Run sheet
desk-part-questions = Questions
desk-part-chat = Chat
desk-part-sales = Picture, sales
desk-since-start = { $time } since the planned start
link-connecting = Connecting
link-away = Connection lost, coming back
link-closed = Disconnected
viewers = { $count ->
    [one] 1 viewer
   *[other] { $shown } viewers
}
picture = The show as buyers see it
picture-waiting = Waiting for the picture
picture-none = No picture before the show
keys-help = Keyboard
key-j = Next question
key-k = Previous question
key-enter = Answer the chosen question
key-send = Send the answer
key-a = The chosen question was answered on air
key-t = Take the chosen question
key-x = Set the chosen question aside
key-o = Put the next item on air
key-s = Skip the next item
key-shift = Move the focused item of the run sheet
key-escape = Leave a field; close a dialog
key-p = Pin the product of the question, or the one on air
key-n = Show what is new
key-slash = Write in the chat
key-help = This help
waiting = { $count ->
    [one] 1 new
   *[other] { $shown } new
}
waiting-none = Nothing new
questions = Questions
questions-open = Open
questions-answered = Answered
questions-all = All
questions-none-open = No open questions
questions-none-answered = None answered yet
questions-none-all = No questions yet
questions-none-text = Questions from buyers appear here, the newest on top.
question-answered_on_air = Answered on air
question-answered_text = Answered
question-merged = Merged
question-dismissed = Set aside
question-converted = Inquiry
question-owed = Answer owed
question-on-air = Answered on air
question-take = I take it
question-dismiss = Set aside
question-same-as = Same as
question-merge = Merge
guest = Guest
private = Private
answer-in = Answer in { $language }
answer-public = Answer to all
answer-private = Answer privately
answer-only-asker = Only to the person who asked
chat = Chat
chat-say = Write as the firm
chat-none = Nobody has written yet.
chat-held = { $count ->
    [one] One line waits for you
   *[other] { $count } lines wait for you
}
chat-approve = Show it
chat-refuse = Keep it back
chat-remove = Remove the line of { $name }
chat-mute = Mute { $name }
chat-unmute = Let write again
chat-unmute-what = Let { $name } write again
chat-restore = Show again
chat-restore-what = Show the line of { $name } again
chat-removed = The line of { $name } was removed.
chat-muted = { $name } is muted.
chat-unmuted = { $name } may write again.
chat-muted-list = { $count ->
    [one] One person is muted
   *[other] { $count } people are muted
}
chat-removed-list = { $count ->
    [one] One line was removed
   *[other] { $count } lines were removed
}
room-settings = Room settings
room-slow = Slow mode
room-slow-hint = How long each viewer waits between two lines.
room-slow-off = Off
room-slow-every = { $shown } s
room-visible = Lines shown per second
room-visible-hint = From 1 to 50. Fewer are easier to read when many write.
room-pre-moderation = A guest’s first line waits for a moderator
room-notice = Notice to all
room-notice-hint = Stands above the chat until you empty it.
offers = Live offers
offers-none = No offer is running.
offer-new = Start an offer for
offer-price = Price per piece, { $currency }
offer-total = Pieces
offer-minutes = Minutes
offer-per-company = Most per company
no-limit = No limit
offer-start = Start the offer
offer-left = { $left } of { $total } left
offer-left-label = Pieces left
offer-sold-out = Sold out
offer-end = End
offer-end-what = End the offer for { $title }
price-bad = Write a price such as 2.35
orders-none-yet = Orders appear here as they come in.
order-line = { $quantity } × { $name }

## Catalogue
sku = SKU
picture-of = Picture
price-from = Price from
moq = MOQ
stock = Stock
search-products = Search by name or SKU
catalogue-empty = Bring in your products
catalogue-empty-text = Import a sheet with all of them, or add one by hand.
product-state-draft = Draft
product-state-published = Published
product-state-paused = Paused
product-state-retired = Retired
product-publish = Publish
product-pause = Pause
product-retire = Retire
product-add = Add a product
product-add-do = Save as a draft
product-words = Names and descriptions
product-name = Name
product-text = Description
product-text-hint = Material, size, age, certificates: what a buyer asks first.
unit = Unit
unit-piece = Piece
unit-set = Set
unit-pair = Pair
unit-box = Box
origin = Country of origin
origin-hint = Two letters, such as CN.
prices = Prices
currency = Currency
tier-from = From pieces
tier-price = Price per piece, { $currency }
tier-add = Add a price step
tier-remove = Remove the step from { $quantity } pieces
moq-long = Smallest order (MOQ)
multiple = Order in steps of
multiple-hint = Often the pieces in a carton.
lead-time = Lead time, days
carton = Export carton
carton-add = Add carton data
carton-leave-out = Leave out
carton-pieces = Pieces
carton-length-mm = Length, mm
carton-width-mm = Width, mm
carton-height-mm = Height, mm
carton-gross-g = Gross weight, g
fault-name = Write a name in at least one language.
fault-sku = Write a SKU.
fault-tiers = Two price steps start at the same quantity.
fault-multiple = The smallest order must be a whole number of steps.
faults = { $count ->
    [one] One field needs mending.
   *[other] { $count } fields need mending.
}
pictures = Pictures
pictures-none = No picture yet.
picture-number = Picture { $number }
picture-add = Add pictures
picture-hint = JPEG, PNG or WebP, at most 8 MB each.
uploading = Uploading
stock-uncounted = Made to order
stock-left = { $count ->
    [one] 1 piece
   *[other] { $shown } pieces
}
stock-delta = Pieces in or out
stock-delta-hint = 200 adds, -5 takes away.
stock-received = Received
stock-counted = Counted
stock-damaged = Damaged
stock-returned = Returned
stock-move = Enter
import = Import
import-text = Choose a CSV or XLSX sheet with one product per row. Nothing is changed before you have seen the result.
import-columns = Columns: sku, name_en, name_zh-CN, text_en, unit, moq, multiple, currency, min_1, price_1, min_2, price_2, lead_time_days, carton_pieces, origin, stock
import-file = Sheet
import-reading = Reading the sheet
import-report = { $count ->
    [one] 1 row is in order
   *[other] { $shown } rows are in order
}
import-mend = { $count ->
    [one] One cell needs mending. Correct it in the sheet and choose the sheet again.
   *[other] { $shown } cells need mending. Correct them in the sheet and choose the sheet again.
}
import-clean = Every cell is in order.
import-row = Row
import-column = Column
import-value = Value
import-reason = What is wrong
import-apply = { $count ->
    [one] Import 1 row
   *[other] Import { $count } rows
}
import-done = { $count ->
    [one] 1 row was imported.
   *[other] { $count } rows were imported.
}
import-missing = Is empty and must not be
import-unknown-column = Column is not known and is left out
import-column-twice = Column appears twice
import-sku-twice = SKU appears twice in the sheet
import-not-a-whole-number = Is not a whole number
import-too-large = Is too large
import-too-small = Is too small
import-bad-price = Is not a price
import-bad-prices = Price steps contradict each other
import-bad-value = Is not a valid value
import-unknown-currency = Currency is not known
import-carton-incomplete = Carton data is incomplete

## Deals
orders = Orders
orders-empty = No orders yet
orders-empty-text = Start an offer at the desk during a show; orders appear here.
order-number = Order
buyer = Buyer
quantity = Quantity
total = Total
placed-at = Placed
export = Export CSV
order-state-placed = Placed
order-state-confirmed = Confirmed
order-state-cancelled = Cancelled
order-state-expired = Expired
order-held-until = Held until { $time }
order-confirm = Confirm
order-confirm-what = Confirm order { $number }
order-confirm-text = { $company } is told by e-mail that you will deliver.
order-cancel = Cancel
order-cancel-what = Cancel order { $number }
order-cancel-text = { $company } is told by e-mail, and the pieces go back. This cannot be undone.
inquiries = Inquiries
inquiries-empty = No inquiries yet
inquiries-empty-text = Buyers ask for a quote from the show page; their inquiries appear here.
inquiry-about = { $name }, { $quantity } pieces
inquiry-write = Write an e-mail
inquiry-state-new = New
inquiry-state-qualified = Qualified
inquiry-state-quoting = Quoting
inquiry-state-info_requested = Waiting for the buyer
inquiry-state-quoted = Quoted
inquiry-state-won = Won
inquiry-state-lost = Lost
inquiry-state-spam = Spam
inquiry-to-qualified = It is serious
inquiry-to-quoting = Prepare a quote
inquiry-to-info_requested = Ask for details
inquiry-to-quoted = Quote was sent
inquiry-to-won = Won
inquiry-to-lost = Lost
inquiry-to-spam = Spam

## Settings
settings-org = Firm
settings-people = People
settings-tokens = API tokens
person-add = Add a person
roles = Roles
roles-of = Roles of { $name }
role-owner = Owner
role-producer = Producer
role-host = Host
role-cohost = Co-host
role-interpreter = Interpreter
role-moderator = Moderator
role-desk = Desk
role-sales = Sales
role-compliance = Compliance
role-examiner = Examiner
role-observer = Observer
tokens-text = For programs that work for you, such as your ERP. A token can do at most what you can do.
tokens-empty = No tokens
tokens-empty-text = Make one for each program, with only the rights it needs.
token-once = Copy this token now. It is shown once.
token-used = Last used { $time }
token-unused = Not used yet
token-make = Make a token
token-label = Name
token-label-hint = The program that will use it.
token-rights = What it may do
token-revoke-text = A program that uses “{ $label }” loses access at once.
right-manage_org = Manage the firm
right-see_people = See people
right-manage_catalog = Change products
right-manage_stock = Move stock
right-plan_events = Plan shows
right-go_live = Go live
right-run_show = Run the show
right-moderate = Moderate
right-answer = Answer questions
right-see_desk = See the desk
right-see_trade = See orders and inquiries
right-manage_trade = Make offers, confirm orders
right-decide_compliance = Decide compliance
right-speak = Speak on air
right-interpret = Interpret on air
right-examine = Examine
