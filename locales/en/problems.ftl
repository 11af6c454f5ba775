# Sentences for refusals, by the code of the problem: what, why, how on.

## General
unknown = It did not work. Try again; if it stays so, tell the organiser.
internal = The server made a mistake. Try again in a moment.
storage-full = The server has no room left to save this. Tell the organiser, who must make room; then try again.
offline = The server cannot be reached. Check your connection and try again.
try-again = Others changed the same thing at that moment. Try again.
too-busy = Too much is going on right now. Try again in a few seconds.
too-many-tries = Too many tries. Wait a little, then try again.
version-conflict = Somebody else has changed this. Load it again and repeat your change.
illegal-transition = This step is not possible now. Load the page again to see where it stands.
bad-field = A field is not filled in as it should be. Correct it and send again.
bad-form = The form did not arrive whole. Send it again.
bad-language = This language is not known here.
bad-json = The request is not readable. Load the page again.
json-expected = The request is not readable. Load the page again.
bad-query = The address is not right. Go back and try again.
bad-page = This list cannot go on from here. Load it again.
no-such-path = This page does not exist.
method-not-allowed = This is not possible here.
cross-site = The request came from another site and was refused.
idempotency-key-missing = The request lacks its key. Load the page again.
idempotency-key-malformed = The request has a wrong key. Load the page again.
idempotency-key-reused = This was already sent with other content. Load the page again.

## People and rights
log-in-needed = Log in first.
right-missing = You may not do this. Ask the owner of your firm for the right.
wrong-email-or-password = E-mail or password is wrong.
wrong-set-up-code = The set-up code is wrong. It stands in the server's log.
not-set-up = This server is not set up yet.
set-up-already = This server is already set up. Log in.
link-used-or-over = This link was used or has expired. Ask for a new one.
email-taken = Somebody already has this e-mail address here.
last-owner = A firm needs at least one owner.
no-such-person = This person is not here.
no-such-org = This firm is not here.
no-org = Choose a firm first.
no-such-token = This token is not here.
session-needed = Log in as a person for this; a token is not enough.
wrong-password = This is not the present password.
no-such-session = This session is over already.
no-such-passkey = This passkey is not here.
passkeys-not-here = Passkeys need a named address with HTTPS.
passkeys-too-many = There are as many passkeys as one can have. Remove one first.
passkey-challenge-over = That took too long, or was used already. Try again.
passkey-taken = This passkey is known here already.
passkey-refused = This passkey cannot be used here. Try another device.
passkey-unknown = This passkey is not known here. Log in with your password.
passkey-unreadable = This passkey cannot be read. Try another device.

## Catalogue
no-such-product = This product is no longer here.
no-such-variant = This variant is no longer here.
no-such-picture = This picture is no longer here.
product-not-ready = The product lacks something before it can be published.
product-not-published = Buyers may not see this product. Publish it first.
product-on-offer = A live offer of this product runs. End the offer first.
sku-taken = Another product already has this SKU.
bad-price = A price is not right. Write digits, with a point before the decimals.
bad-prices = The price tiers do not fit together.
bad-value = A value is not right.
bad-movement = This stock movement is not possible.
no-stock-kept = No stock is kept for this variant.
stock-promised = The stock is promised to running offers.
unknown-currency = This currency is not known.
amount-too-large = The amount is too large.
carton-incomplete = Fill in all carton data or none.
file-missing = Choose a file first.
upload-unreadable = The file did not arrive whole. Send it again.
picture-damaged = The picture is damaged. Choose another file.
picture-format-unknown = Use a JPEG, PNG or WebP picture.
picture-too-large = The picture file is too large.
picture-too-many-pixels = The picture has too many pixels. Make it smaller.
too-many-pictures = This product has as many pictures as it may have.
no-such-import = This import is no longer here.
import-rejected = The sheet has mistakes. Correct the named cells and upload it again.
sheet-unreadable = The sheet cannot be read. Use CSV or XLSX.
sheet-too-large = The sheet is too large. Split it.

## Shows
no-such-event = This show is no longer here.
no-such-question = This question is not here, or it is not yours to turn into an inquiry.
no-such-show = This show is no longer here.
no-such-item = This item of the run sheet is no longer here.
no-such-stream = Nothing is being broadcast here.
no-such-stream-key = This stream key is no longer here.
no-such-recording = This recording is not here.
event-fixed = The show has gone on too far to change this.
event-not-ready = The show is not ready. See the checklist for what is missing.
event-not-running = The show is not running.
item-shown = Buyers have seen this item; it stays on the run sheet.
too-many-items = The run sheet is full.
too-many-pins = At most 3 products can be pinned.
too-many-stream-keys = There are enough stream keys. Remove one first.
media-not-found = The picture is not there.
media-not-ready = The picture is not there yet. It comes when the broadcast starts.
playback-refused = You may not watch this.
bad-delivery-directive = The player asked for something impossible. Load the page again.

## Room
room-bad-message = The message was not understood. Load the page again.
room-closed = The room does not take messages now.
room-crew-only = Only the team can do this.
room-empty = Write something first.
room-id-taken = This was already sent. Load the page again.
room-muted = You cannot write here at the moment.
room-name-needed = Tell us your name first.
room-participant = This participant is not here.
room-settings = These settings are not possible.
room-slow-down = You are writing too fast. Wait a moment.
room-token = Your place in the room has lapsed. Load the page again.
room-too-long = The text is too long. Shorten it.
room-unavailable = The room cannot save this now. Try again in a moment.
room-unknown = This room is not here.
question-unknown = This question is not here.
question-state = The question has already gone on. Load it again.
question-merge-target = These questions cannot be merged.
question-has-inquiry = This question already became a request for a quote.
message-unknown = This message is not here.
message-state = The message has already been decided.

## Trade
no-such-offer = This offer is no longer here.
offer-not-active = The offer is not open now. Ask for a quote instead.
offer-fixed = The offer takes orders already and cannot be changed. End it and start another.
offer-already-active = An offer already runs for this product.
out-of-stock = Fewer pieces are left than you asked for. Order fewer, or ask for a quote.
below-moq = The smallest order is { $moq }.
not-a-multiple = The quantity must fill whole packs. Choose the next multiple.
limit-reached = Your company has reached its limit for this offer.
price-on-request = The price is on request. Ask for a quote.
hold-expired = The reservation has lapsed. Order again if pieces are left.
not-an-order = This order is not here.
no-such-order = This order is not here.
no-such-inquiry = This request is not here.
deal-unknown = This link is not valid. Open it from the e-mail again.
