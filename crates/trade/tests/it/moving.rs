use std::time::Duration;

use kernel::Quantity;
use trade::Mover;
use trade::offer::{Offer, OfferChange, OfferState};
use trade::order::{Order, OrderState};
use trade::ports::Letter;

use crate::world::{World, each_world, outcome};

#[tokio::test]
async fn an_offer_holds_its_pool_in_the_stock_and_gives_back_what_is_left() {
    each_world(100, async |world| {
        let offer = world.offer(60).await;
        assert_eq!(world.stock().await, (100, 0, 60));
        world.order(&offer, 1, 10, "a").await.unwrap();
        let ended = world.move_offer(&offer, OfferState::Ended).await.unwrap();
        assert_eq!((ended.state, ended.left), (OfferState::Ended, Quantity(0)));
        assert_eq!(world.stock().await, (100, 0, 10), "the order keeps its pieces");
        world.audit(&offer).await;
        assert_eq!(outcome(world.order(&offer, 2, 1, "b").await), "offer-not-active");
    })
    .await;
}

#[tokio::test]
async fn an_offer_opens_only_with_stock_and_alone() {
    each_world(100, async |world| {
        let code = |result: Result<trade::offer::Offer, trade::TradeError>| {
            kernel::Problem::from(result.unwrap_err()).code().to_owned()
        };
        let big = world.draft(&world.new_offer(101)).await.unwrap();
        assert_eq!(code(world.move_offer(&big, OfferState::Active).await), "out-of-stock");
        let (first, second) = (world.offer(10).await, world.new_offer(10));
        let second = world.draft(&second).await.unwrap();
        assert_eq!(code(world.move_offer(&second, OfferState::Active).await), "offer-already-active");
        assert_eq!(code(world.move_offer(&first, OfferState::Active).await), "illegal-transition");
        world.move_offer(&first, OfferState::Withdrawn).await.unwrap();
        world.move_offer(&second, OfferState::Active).await.unwrap();
        assert_eq!(world.stock().await, (100, 0, 10));
        let mut late = world.new_offer(5);
        late.variant = kernel::id::VariantId::new();
        let unknown = world.draft(&late).await;
        assert_eq!(code(unknown), "no-such-variant");
    })
    .await;
}

#[tokio::test]
async fn the_sweeper_ends_offers_whose_window_is_over() {
    each_world(100, async |world| {
        let offer = world.offer(60).await;
        assert_eq!(world.trade.offers.end_due(world.trade.orders.now()).await.unwrap(), 0);
        world.clock.advance(Duration::from_hours(1));
        assert_eq!(world.trade.offers.end_due(world.trade.orders.now()).await.unwrap(), 1);
        assert_eq!(world.look(&offer).await.state, OfferState::Ended);
        assert_eq!(world.stock().await, (100, 0, 0));
        assert_eq!(world.trade.offers.end_due(world.trade.orders.now()).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_reservation_that_passes_expires_at_once_and_is_tidied_later() {
    each_world(100, async |world| {
        let mut new = world.new_offer(2);
        new.ends_at = new.starts_at + Duration::from_hours(72);
        let offer = world.activate(new).await;
        let order = world.order(&offer, 1, 2, "a").await.unwrap();
        world.clock.advance(Duration::from_hours(48));
        let now = world.trade.orders.now();
        let seen = world.trade.orders.of_firm(world.org, order.id).await.unwrap();
        assert_eq!((seen.state, seen.state_at(now)), (OrderState::Placed, OrderState::Expired));
        assert_eq!(outcome(world.trade.orders.confirm(world.org, order.id, "Li").await), "hold-expired");
        assert_eq!(outcome(world.trade.orders.cancel(order.id, Mover::Buyer, "").await), "hold-expired");
        let expired = trade::OrderFilter { state: Some(OrderState::Expired), ..Default::default() };
        assert_eq!(world.trade.orders.list(world.org, &expired, None, 9).await.unwrap().len(), 1);
        assert_eq!(world.look(&offer).await.state, OfferState::SoldOut);
        assert_eq!(world.trade.orders.expire_due(now).await.unwrap(), 1);
        assert_eq!(world.trade.orders.expire_due(now).await.unwrap(), 0);
        let reopened = world.look(&offer).await;
        assert_eq!((reopened.state, reopened.left), (OfferState::Active, Quantity(2)));
        world.audit(&offer).await;
        assert_eq!(outcome(world.order(&offer, 2, 2, "b").await), "201");
    })
    .await;
}

#[tokio::test]
async fn confirmed_pieces_are_sold_and_cancelled_ones_free() {
    each_world(100, async |world| {
        let offer = world.offer(60).await;
        let keep = world.order(&offer, 1, 10, "a").await.unwrap();
        let back = world.order(&offer, 2, 20, "b").await.unwrap();
        let keep = world.trade.orders.confirm(world.org, keep.id, "Li Wei").await.unwrap();
        assert_eq!((keep.state, keep.reserved_until), (OrderState::Confirmed, None));
        world.trade.orders.confirm(world.org, back.id, "Li Wei").await.unwrap();
        assert_eq!(world.stock().await, (100, 30, 30));
        let by_buyer = world.trade.orders.cancel(back.id, Mover::Buyer, "").await;
        assert_eq!(outcome(by_buyer), "illegal-transition", "a confirmed order is the firm's to cancel");
        let firm = Mover::Firm { org: world.org, name: "Li Wei" };
        let cancelled = world.trade.orders.cancel(back.id, firm, "the kiln broke").await.unwrap();
        assert_eq!(cancelled.state, OrderState::Cancelled);
        assert_eq!(world.stock().await, (100, 10, 50));
        assert_eq!(world.look(&offer).await.left, Quantity(50));
        world.audit(&offer).await;
        let again = world.trade.orders.cancel(back.id, firm, "").await;
        assert_eq!(outcome(again), "illegal-transition");
        let letters = world.letters.0.lock().unwrap();
        let said: Vec<Letter> = letters.iter().map(|mail| mail.letter).collect();
        assert_eq!(said, [Letter::OrderConfirmed, Letter::OrderConfirmed, Letter::OrderCancelled]);
        assert!(letters[2].facts.contains(&("reason", "the kiln broke".to_owned())));
    })
    .await;
}

#[tokio::test]
async fn an_order_cancelled_after_the_offer_frees_the_stock() {
    each_world(100, async |world| {
        let offer = world.offer(60).await;
        let order = world.order(&offer, 1, 10, "a").await.unwrap();
        world.move_offer(&offer, OfferState::Ended).await.unwrap();
        world.trade.orders.cancel(order.id, Mover::Buyer, "").await.unwrap();
        assert_eq!(world.stock().await, (100, 0, 0));
        world.audit(&offer).await;
    })
    .await;
}

#[tokio::test]
async fn an_offer_that_is_yet_to_start_changes_with_its_pool() {
    each_world(100, async |world| {
        let mut new = world.new_offer(60);
        new.starts_at = new.starts_at + Duration::from_mins(10);
        let offer = world.activate(new).await;
        let edit = async |change: OfferChange| world.trade.offers.edit(world.org, offer.id, &change, "Li Wei").await;
        let code =
            |refused: Result<Offer, trade::TradeError>| kernel::Problem::from(refused.unwrap_err()).code().to_owned();
        let total = |total| OfferChange { total: Some(Quantity(total)), ..OfferChange::default() };
        let larger = edit(total(90)).await.unwrap();
        assert_eq!((larger.total, larger.left, larger.version), (Quantity(90), Quantity(90), offer.version + 1));
        assert_eq!(world.stock().await, (100, 0, 90));
        assert_eq!(code(edit(total(101)).await), "out-of-stock");
        assert_eq!(edit(total(40)).await.unwrap().left, Quantity(40));
        assert_eq!(world.stock().await, (100, 0, 40));
        world.audit(&offer).await;
        let stale = OfferChange { version: Some(offer.version), ..total(50) };
        assert_eq!(code(edit(stale).await), "version-conflict");
        assert_eq!(code(edit(total(0)).await), "bad-field");
        let stranger = world.trade.offers.edit(kernel::id::OrgId::new(), offer.id, &total(50), "x").await;
        assert_eq!(code(stranger), "no-such-offer");
        world.clock.advance(Duration::from_mins(10));
        assert_eq!(code(edit(total(50)).await), "offer-fixed");
        assert_eq!(outcome(world.order(&offer, 1, 40, "a").await), "201");
    })
    .await;
}

/// What the stock must say: the pool of an open offer and what orders keep is held, what is confirmed is sold.
async fn the_ledgers_agree(world: &World, offer: &Offer, orders: &[Order]) {
    let mut kept = world.look(offer).await.left.0;
    let mut sold = 0;
    for order in orders {
        let order = world.trade.orders.of_firm(world.org, order.id).await.unwrap();
        match order.state {
            OrderState::Placed => kept += order.quantity.0,
            OrderState::Confirmed => sold += order.quantity.0,
            OrderState::Cancelled | OrderState::Expired => {}
        }
    }
    assert_eq!(world.stock().await, (500, sold, kept));
    world.audit(offer).await;
}

#[tokio::test]
async fn whatever_happens_to_orders_the_ledgers_agree() {
    each_world(500, async |world| {
        let mut new = world.new_offer(120);
        new.per_company = Some(Quantity(60));
        new.ends_at = new.starts_at + Duration::from_hours(200);
        let offer = world.activate(new).await;
        let mut orders: Vec<Order> = Vec::new();
        // A walk that any run repeats: each step is drawn from the one before (Knuth's MMIX).
        let mut drawn = 42_u64;
        let mut draw = |below: u64| {
            drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (drawn >> 33) % below
        };
        for step in 0..120 {
            let firm = Mover::Firm { org: world.org, name: "Li Wei" };
            let one = usize::try_from(draw(1 + orders.len() as u64)).unwrap();
            let one = orders.get(one).map(|order| order.id);
            let trade = &world.trade.orders;
            let _refused_or_not = match (draw(6), one) {
                (0 | 1, _) | (_, None) => {
                    let buyer = usize::try_from(draw(5)).unwrap();
                    let quantity = 1 + i64::try_from(draw(25)).unwrap();
                    let placed = world.order(&offer, buyer, quantity, &step.to_string()).await;
                    orders.extend(placed.iter().cloned());
                    placed.map(|_| ())
                }
                (2, Some(id)) => trade.confirm(world.org, id, "Li Wei").await.map(|_| ()),
                (3, Some(id)) => trade.cancel(id, firm, "").await.map(|_| ()),
                (4, Some(id)) => trade.cancel(id, Mover::Buyer, "").await.map(|_| ()),
                _ => {
                    world.clock.advance(Duration::from_hours(6));
                    trade.expire_due(trade.now()).await.map(|_| ())
                }
            };
            the_ledgers_agree(&world, &offer, &orders).await;
        }
        assert!(orders.len() > 20, "{}", orders.len());
        world.move_offer(&offer, OfferState::Ended).await.unwrap();
        the_ledgers_agree(&world, &offer, &orders).await;
    })
    .await;
}

#[tokio::test]
async fn pieces_made_to_order_leave_the_stock_alone_that_comes_later() {
    each_world(100, async |world| {
        let variant = world.made_to_order().await;
        let offer = world.activate(trade::offer::NewOffer { variant, ..world.new_offer(60) }).await;
        let before = world.order(&offer, 1, 10, "a").await.unwrap();
        world.catalog.move_stock(world.org, None, variant, 100, "received", "k").await.unwrap();
        // Somebody else holds of it.
        let txn = world.db.write().await.unwrap();
        let of = std::collections::BTreeMap::from([(variant, Quantity(30))]);
        catalog::stock::hold(&txn, &of, world.trade.orders.now()).await.unwrap().unwrap();
        txn.commit().await.unwrap();
        let stock = async || {
            let level = catalog::stock::level(world.db.read(), variant).await.unwrap().unwrap();
            (level.on_hand, level.allocated, level.held)
        };
        let after = world.order(&offer, 2, 20, "b").await.unwrap();
        let firm = Mover::Firm { org: world.org, name: "Li Wei" };
        world.trade.orders.confirm(world.org, before.id, "Li Wei").await.unwrap();
        assert_eq!(stock().await, (100, 0, 30));
        world.trade.orders.cancel(before.id, firm, "").await.unwrap();
        world.trade.orders.cancel(after.id, Mover::Buyer, "").await.unwrap();
        assert_eq!((stock().await, world.look(&offer).await.left), ((100, 0, 30), Quantity(60)));
        world.move_offer(&offer, OfferState::Ended).await.unwrap();
        assert_eq!(stock().await, (100, 0, 30), "its pool was never of the stock");
        world.audit(&offer).await;
    })
    .await;
}

#[tokio::test]
async fn what_buyers_may_not_see_is_not_offered() {
    use catalog::product::ProductAction::{Pause, Retire};
    each_world(100, async |world| {
        let code = |refused: catalog::CatalogError| kernel::Problem::from(refused).code().to_owned();
        let offer = world.offer(10).await;
        for action in [Pause, Retire] {
            let refused = world.catalog.act(world.org, world.product, action).await.unwrap_err();
            assert_eq!(code(refused), "product-on-offer");
        }
        world.move_offer(&offer, OfferState::Ended).await.unwrap();
        world.catalog.act(world.org, world.product, Pause).await.unwrap();
        let draft = world.draft(&world.new_offer(10)).await.unwrap();
        let refused = world.move_offer(&draft, OfferState::Active).await.unwrap_err();
        assert_eq!(kernel::Problem::from(refused).code(), "product-not-published");
    })
    .await;
}

#[tokio::test]
async fn an_offer_that_was_never_open_is_the_firms_alone() {
    each_world(100, async |world| {
        let draft = world.draft(&world.new_offer(10)).await.unwrap();
        world.move_offer(&draft, OfferState::Withdrawn).await.unwrap();
        assert_eq!(world.look(&draft).await.state, OfferState::Withdrawn);
        let opened = world.offer(10).await;
        world.move_offer(&opened, OfferState::Withdrawn).await.unwrap();
        let public = world.trade.offers.of_event(world.event, None, None, 9).await.unwrap();
        assert_eq!(public.iter().map(|offer| offer.id).collect::<Vec<_>>(), [opened.id]);
        let bus = kernel::LocalBus::new();
        let mut listener = kernel::Bus::listen(&bus);
        let told = world.outbox.relay_due(&world.db, &bus).await.unwrap();
        for _ in 0..told {
            let Some(kernel::bus::Heard::Happening(said)) = listener.next().await else { unreachable!() };
            assert!(!said.payload.get().contains(&draft.id.to_string()), "{}", said.payload.get());
        }
        assert!(told > 1);
    })
    .await;
}

#[tokio::test]
async fn all_that_has_lapsed_expires_and_each_buyer_is_told() {
    each_world(1000, async |world| {
        let offer = world.offer(205).await;
        for buyer in 0..205 {
            world.order(&offer, buyer, 1, "a").await.unwrap();
        }
        world.clock.advance(Duration::from_hours(49));
        assert_eq!(world.trade.orders.expire_due(world.trade.orders.now()).await.unwrap(), 205);
        assert_eq!(world.trade.orders.expire_due(world.trade.orders.now()).await.unwrap(), 0);
        let letters = world.letters.0.lock().unwrap();
        assert_eq!(letters.iter().filter(|mail| mail.letter == Letter::OrderExpired).count(), 205);
    })
    .await;
}
