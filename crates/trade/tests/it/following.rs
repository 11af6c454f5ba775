use futures_util::future::join_all;
use trade::deals::Scope;
use trade::inquiries::NewInquiry;
use trade::inquiry::InquiryState;
use trade::ports::Letter;

use crate::world::{buyer_number, each_world, guest};

#[tokio::test]
async fn each_placed_order_gets_one_letter_in_the_buyers_language() {
    each_world(1000, async |world| {
        let offer = world.offer(1000).await;
        let (this, offer) = (&world, &offer);
        let placed = join_all((0..250).map(|n| async move { this.order(offer, n, 1, &n.to_string()).await })).await;
        assert!(placed.iter().all(Result::is_ok));
        assert_eq!(world.trade.orders.follow_up_due().await.unwrap(), 250);
        assert_eq!(world.trade.orders.follow_up_due().await.unwrap(), 0, "once");
        let late = world.order(offer, 0, 1, "late").await.unwrap();
        assert_eq!(world.trade.orders.follow_up_due().await.unwrap(), 1);
        let letters = world.letters.0.lock().unwrap();
        assert_eq!(letters.len(), 251);
        let last = letters.last().unwrap();
        assert_eq!((last.letter, last.lang.to_string()), (Letter::OrderPlaced, "es".to_owned()));
        assert!(last.facts.contains(&("number", late.number.clone())));
        assert!(last.page.starts_with("/deal/"));
    })
    .await;
}

#[tokio::test]
async fn more_orders_than_one_pass_takes_are_all_followed_up() {
    each_world(20_000, async |world| {
        let offer = world.offer(20_000).await;
        let (this, offer) = (&world, &offer);
        for lot in 0..11_u32 {
            let placed = (0..1000).map(|n| async move { this.order(offer, n, 1, &format!("{lot} {n}")).await });
            assert!(join_all(placed).await.iter().all(Result::is_ok));
        }
        // All within the last minute, which each pass looks at again.
        let passes = [10_000, 1000, 0];
        for expected in passes {
            assert_eq!(world.trade.orders.follow_up_due().await.unwrap(), expected);
        }
        assert_eq!(world.letters.0.lock().unwrap().len(), 11_000);
    })
    .await;
}

#[tokio::test]
async fn a_deal_link_shows_what_its_holder_may_see() {
    each_world(1000, async |world| {
        let offer = world.offer(1000).await;
        let deals = &world.trade.deals;
        let first = world.order(&offer, 1, 1, "a").await.unwrap();
        world.trade.orders.follow_up_due().await.unwrap();
        let second = world.order(&offer, 1, 2, "b").await.unwrap();
        world.order(&offer, 2, 3, "c").await.unwrap();
        let mailed = deals.token(first.contact);
        assert_eq!(mailed.expose().len(), 32, "128 bits");
        let scope = deals.scope(mailed.expose()).await.unwrap();
        assert_eq!(scope, Scope::Contact(first.contact));
        let deal = deals.read(scope).await.unwrap();
        let ids: Vec<_> = deal.orders.iter().map(|order| order.id).collect();
        assert_eq!(ids, [second.id, first.id], "projected or not");
        assert_eq!(deal.buyer.email, "ana1@juguetes.example");
        let answered = deals.order_token(first.id);
        let deal = deals.read(deals.scope(answered.expose()).await.unwrap()).await.unwrap();
        assert_eq!(deal.orders.len(), 1, "who only typed an address sees only what they made");
        let mut forged = answered.expose().clone();
        forged.replace_range(1..2, if forged.as_bytes()[1] == b'0' { "1" } else { "0" });
        let inquiry_of_order = answered.expose().replacen('o', "i", 1);
        for token in ["", "x", "0123456789abcdef0123456789abcdef", &forged, &inquiry_of_order, "oé"] {
            assert!(deals.scope(token).await.is_err(), "{token}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_inquiry_opens_once_and_moves_towards_a_quote() {
    each_world(10, async |world| {
        let inquiries = &world.trade.inquiries;
        let new = NewInquiry {
            event: Some(world.event),
            product: Some(world.product),
            question: Some(kernel::id::QuestionId::new()),
            quantity: Some(kernel::Quantity(480)),
            text: " 480 sets to Valencia? ".into(),
            buyer: buyer_number(1),
        };
        let code = |result: Result<trade::inquiry::Inquiry, trade::TradeError>| {
            kernel::Problem::from(result.unwrap_err()).code().to_owned()
        };
        let opened = inquiries.open(&new, "k", &guest()).await.unwrap();
        assert_eq!((opened.org, opened.text.as_str()), (world.org, "480 sets to Valencia?"));
        assert_eq!(inquiries.open(&new, "k", &guest()).await.unwrap(), opened);
        let other = NewInquiry { text: "and more?".into(), ..new.clone() };
        assert_eq!(code(inquiries.open(&other, "k", &guest()).await), "idempotency-key-reused");
        assert_eq!(code(inquiries.open(&other, "k2", &guest()).await), "question-has-inquiry");
        let empty = NewInquiry { text: " \u{7} ".into(), question: None, ..new.clone() };
        assert_eq!(code(inquiries.open(&empty, "k3", &guest()).await), "bad-field");
        let unknown = NewInquiry { product: Some(kernel::id::ProductId::new()), question: None, ..new.clone() };
        assert_eq!(code(inquiries.open(&unknown, "k4", &guest()).await), "no-such-product");
        let stranger = inquiries.open(&new, "k5", &kernel::Actor::anyone()).await;
        assert_eq!(code(stranger), "no-such-question", "only who asked, and the desk");
        let nowhere = NewInquiry { event: Some(kernel::id::EventId::new()), question: None, ..new.clone() };
        assert_eq!(code(inquiries.open(&nowhere, "k6", &guest()).await), "no-such-event");
        let to = async |state| inquiries.change(world.org, opened.id, state, "Li", "").await;
        assert_eq!(code(to(InquiryState::Quoted).await), "illegal-transition");
        for state in [InquiryState::Qualified, InquiryState::Quoting, InquiryState::Quoted, InquiryState::Won] {
            assert_eq!(to(state).await.unwrap().state, state);
        }
        let stranger = inquiries.change(kernel::id::OrgId::new(), opened.id, InquiryState::Lost, "x", "").await;
        assert_eq!(code(stranger), "no-such-inquiry");
        let letters = world.letters.0.lock().unwrap().clone();
        let [thanks, notice] = letters.as_slice() else { panic!("thanked once, told once: {letters:?}") };
        let says = |letter: &trade::ports::Dispatch, name: &str| {
            letter.facts.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap()
        };
        assert_eq!((thanks.letter, thanks.to.as_str()), (Letter::InquiryReceived, "ana1@juguetes.example"));
        assert_eq!(says(thanks, "product"), "LB-100 · Bloques magnéticos", "in the buyer's language");
        assert_eq!((notice.letter, notice.to.as_str()), (Letter::InquiryNotice, "li@ningbo.example"));
        assert!(thanks.name.is_empty() && thanks.facts.iter().all(|(name, _)| *name != "text"), "{thanks:?}");
        assert_eq!(says(notice, "text"), "480 sets to Valencia?");
        assert_eq!(says(notice, "product"), "LB-100 · Magnetic bricks", "in the seller's");
        assert_eq!((says(notice, "company"), says(notice, "quantity")), ("Juguetes 1".into(), "480".into()));
        let deal = world.trade.deals.read(Scope::Contact(opened.contact)).await.unwrap();
        assert_eq!(deal.inquiries.len(), 1);
        let list = inquiries.list(world.org, Some(InquiryState::Won), None, 9).await.unwrap();
        assert_eq!(list.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn money_has_the_digits_of_its_currency_in_letters_and_sheets() {
    each_world(1000, async |world| {
        let cases = [("JPY", 1_250_000_000, "JPY 1,250", "JPY 15,000"), ("KWD", 2_345_500, "KWD 2.3455", "KWD 28.146")];
        let mut orders = Vec::new();
        for (at, (code, micro, unit, total)) in cases.into_iter().enumerate() {
            let currency = code.parse().unwrap();
            let mut new = world.new_offer(100);
            new.unit_price = kernel::UnitPrice { micro, currency };
            let offer = world.activate(new).await;
            let order = world.order(&offer, at, 12, code).await.unwrap();
            world.trade.orders.follow_up_due().await.unwrap();
            let letter = world.letters.0.lock().unwrap().last().unwrap().clone();
            assert!(letter.facts.contains(&("unit_price", unit.to_owned())), "{:?}", letter.facts);
            assert!(letter.facts.contains(&("total", total.to_owned())), "{:?}", letter.facts);
            world.move_offer(&offer, trade::offer::OfferState::Ended).await.unwrap();
            orders.push(order);
        }
        let sheet = trade::export::rows(&orders, world.trade.orders.now()).unwrap();
        let sheet = String::from_utf8(sheet).unwrap();
        assert!(sheet.contains(",12,1250,15000,JPY,") && sheet.contains(",12,2.3455,28.146,KWD,"), "{sheet}");
    })
    .await;
}

#[tokio::test]
async fn a_mailbox_that_nobody_proved_to_read_is_written_to_seldom_and_without_their_words() {
    each_world(10, async |world| {
        let new = |text: &str| NewInquiry {
            event: None,
            product: None,
            question: None,
            quantity: None,
            text: text.into(),
            buyer: buyer_number(1),
        };
        let thanked = async |actor: &kernel::Actor, text: &str| {
            world.trade.inquiries.open(&new(text), text, actor).await.unwrap();
            let letters = std::mem::take(&mut *world.letters.0.lock().unwrap());
            assert!(letters.iter().any(|mail| mail.letter == Letter::InquiryNotice), "the firm is told");
            letters.into_iter().find(|mail| mail.letter == Letter::InquiryReceived)
        };
        let stranger = guest();
        for number in 0..5 {
            assert!(thanked(&stranger, &number.to_string()).await.is_some());
        }
        assert_eq!(thanked(&stranger, "more").await, None);
        world.clock.advance(std::time::Duration::from_mins(12));
        assert!(thanked(&stranger, "later").await.is_some());
        let opened = world.trade.inquiries.open(&new("later"), "later", &stranger).await.unwrap();
        let buyer = kernel::Who::Buyer { company: opened.company, contact: opened.contact };
        let buyer = kernel::Actor { who: buyer, ..kernel::Actor::anyone() };
        let letter = thanked(&buyer, "my own words").await.unwrap();
        assert!(letter.facts.contains(&("text", "my own words".to_owned())) && letter.name == "Ana Ruiz");
    })
    .await;
}

#[tokio::test]
async fn two_who_turn_a_question_into_an_inquiry_at_once_make_one() {
    each_world(10, async |world| {
        let question = kernel::id::QuestionId::new();
        let (world, guest) = (&world, &guest());
        let opened = (0..8).map(|buyer| async move {
            let new = NewInquiry {
                event: None,
                product: None,
                question: Some(question),
                quantity: None,
                text: "480 sets?".into(),
                buyer: buyer_number(buyer),
            };
            let opened = world.trade.inquiries.open(&new, "k", guest).await;
            opened.map_or_else(|err| kernel::Problem::from(err).code().to_owned(), |_| "201".to_owned())
        });
        let outcomes = crate::world::tally(join_all(opened).await);
        assert_eq!(outcomes, [("201".to_owned(), 1), ("question-has-inquiry".to_owned(), 7)].into());
    })
    .await;
}
