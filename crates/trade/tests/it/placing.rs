use std::time::Duration;

use futures_util::future::join_all;
use kernel::{LocalBus, Quantity};
use trade::offer::{Offer, OfferState};
use trade::order::OrderState;

use crate::world::{World, each_world, outcome, tally};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_concurrent_buyers_share_a_pool_exactly() {
    each_world(500, async |world| {
        let offer = world.offer(100).await;
        let sizes = |buyer: usize| i64::try_from(buyer % 3 + 1).unwrap();
        let (world, offer) = (&world, &offer);
        let asks = (0..64).flat_map(|buyer| (0..4).map(move |n| (buyer, n)));
        let asks = asks.map(|(buyer, n)| async move {
            world.order(offer, buyer, sizes(buyer), &format!("{buyer}-{n}")).await.map(|order| order.quantity.0)
        });
        let results = join_all(asks).await;
        let sold: i64 = results.iter().flatten().sum();
        let left = world.look(offer).await;
        assert_eq!((sold, left.left, left.state), (100, Quantity(0), OfferState::SoldOut));
        assert!(results.iter().filter_map(|r| r.as_ref().err()).all(|e| e.to_string().ends_with("pieces are left")));
        world.audit(offer).await;
        assert_eq!(world.stock().await, (500, 0, 100), "the pool stays held in the stock until it is settled");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_makes_one_order_however_often_it_comes() {
    each_world(5000, async |world| {
        let offer = world.offer(5000).await;
        let (world, offer) = (&world, &offer);
        let again = |quantity: i64| {
            let keys = (0..100).flat_map(|key| (0..10).map(move |_| key));
            join_all(keys.map(move |key| async move {
                let made = world.order(offer, key, quantity, &format!("key-{key}")).await;
                (key, made)
            }))
        };
        let answers = again(2).await;
        let mut made = std::collections::BTreeMap::<usize, trade::order::Order>::new();
        for (key, answer) in answers {
            let order = answer.unwrap();
            assert_eq!(*made.entry(key).or_insert_with(|| order.clone()), order, "equal answers");
        }
        assert_eq!(made.len(), 100);
        assert_eq!(world.look(offer).await.left, Quantity(4800));
        let other = again(3).await.into_iter().map(|(_, answer)| outcome(answer));
        assert_eq!(tally(other), [("idempotency-key-reused".to_owned(), 1000)].into());
        assert_eq!(world.look(offer).await.left, Quantity(4800));
        world.audit(offer).await;
    })
    .await;
}

#[tokio::test]
async fn an_order_freezes_price_total_and_names() {
    each_world(100, async |world| {
        let offer = world.offer(50).await;
        let order = world.order(&offer, 1, 24, "a").await.unwrap();
        assert_eq!(order.total.to_string(), "USD 235.20");
        assert_eq!((order.sku.as_str(), order.name.as_str()), ("LB-100", "Bloques magnéticos"));
        assert_eq!(order.reserved_until, Some(order.placed_at + Duration::from_hours(48)));
        let kept = world.trade.orders.of_firm(world.org, order.id).await.unwrap();
        assert_eq!(kept, order);
        let stranger = world.trade.orders.of_firm(kernel::id::OrgId::new(), order.id).await;
        assert_eq!(outcome(stranger), "no-such-order");
    })
    .await;
}

#[tokio::test]
async fn refusals_say_what_would_be_accepted() {
    each_world(100, async |world| {
        let mut new = world.new_offer(50);
        (new.min_quantity, new.per_company) = (Quantity(10), Some(Quantity(30)));
        let offer = world.activate(new).await;
        let facts = async |buyer, quantity, key: &str| {
            let refused = world.order(&offer, buyer, quantity, key).await.unwrap_err();
            let problem = kernel::Problem::from(refused);
            (problem.status, problem.code().to_owned(), serde_json::to_string(&problem.facts).unwrap())
        };
        assert_eq!(facts(1, 9, "a").await, (422, "below-moq".into(), r#"{"moq":10}"#.into()));
        assert_eq!(facts(1, 31, "a").await, (409, "limit-reached".into(), r#"{"left":30}"#.into()));
        world.order(&offer, 1, 25, "a").await.unwrap();
        assert_eq!(facts(1, 10, "b").await, (409, "limit-reached".into(), r#"{"left":5}"#.into()));
        assert_eq!(facts(2, 30, "c").await, (409, "out-of-stock".into(), r#"{"available":25}"#.into()));
        world.clock.advance(Duration::from_hours(1));
        assert_eq!(facts(2, 10, "d").await.1, "offer-not-active");
    })
    .await;
}

#[tokio::test]
async fn a_companys_limit_holds_over_batches_and_opens_with_a_cancellation() {
    each_world(100, async |world| {
        let mut new = world.new_offer(50);
        new.per_company = Some(Quantity(5));
        let offer = world.activate(new).await;
        let (world, offer) = (&world, &offer);
        let orders = join_all((0..20).map(|n| async move { world.order(offer, 1, 1, &n.to_string()).await })).await;
        let first = orders.iter().flatten().next().unwrap().id;
        let expected = [("201".to_owned(), 5), ("limit-reached".to_owned(), 15)];
        assert_eq!(tally(orders.into_iter().map(outcome)), expected.into());
        world.trade.orders.cancel(first, trade::Mover::Buyer, "").await.unwrap();
        assert_eq!(outcome(world.order(offer, 1, 1, "again").await), "201");
        assert_eq!(outcome(world.order(offer, 1, 1, "more").await), "limit-reached");
    })
    .await;
}

#[tokio::test]
async fn the_bus_hears_of_orders_and_of_the_pool() {
    each_world(100, async |world| {
        let offer = world.offer(3).await;
        let bus = LocalBus::new();
        world.outbox.relay_due(&world.db, &bus).await.unwrap();
        let mut listener = kernel::Bus::listen(&bus);
        world.order(&offer, 1, 3, "a").await.unwrap();
        world.outbox.relay_due(&world.db, &bus).await.unwrap();
        let mut heard = Vec::new();
        for _ in 0..2 {
            let Some(kernel::bus::Heard::Happening(said)) = listener.next().await else { unreachable!() };
            heard.push((said.name.clone(), said.payload.get().to_owned()));
        }
        assert_eq!(heard[0].0, "trade.order.placed");
        assert!(!heard[0].1.contains('@'), "no address on the bus");
        let state: trade::events::OfferChanged = serde_json::from_str(&heard[1].1).unwrap();
        assert_eq!((state.left, state.state), (Quantity(0), OfferState::SoldOut));
        assert_eq!(state.multiple, Quantity(1));
        let stored = world.look(&offer).await;
        assert_eq!(state.version, stored.version, "the event tells the stored version");
        assert!(state.version > offer.version);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn placing_and_cancelling_at_once_loses_no_piece() {
    each_world(1000, async |world| {
        let offer = world.offer(60).await;
        let (world, offer) = (&world, &offer);
        let asks = (0..64).map(|buyer| async move {
            for n in 0..3 {
                if let Ok(order) = world.order(offer, buyer, 2, &format!("{buyer}-{n}")).await
                    && n % 2 == 0
                {
                    world.trade.orders.cancel(order.id, trade::Mover::Buyer, "").await.unwrap();
                }
            }
        });
        join_all(asks).await;
        let filter = trade::OrderFilter { state: Some(OrderState::Placed), ..trade::OrderFilter::default() };
        let placed = world.trade.orders.list(world.org, &filter, None, 1000).await.unwrap();
        let kept: i64 = placed.iter().map(|order| order.quantity.0).sum();
        let now: Offer = world.look(offer).await;
        assert_eq!(kept + now.left.0, 60);
        world.audit(offer).await;
    })
    .await;
}

#[tokio::test]
async fn two_nodes_never_sell_a_piece_twice() {
    each_world(500, async |world: World| {
        // A second writer on the same database, as another node has.
        let other = world.second_node();
        let offer = world.offer(100).await;
        let (world, offer, other) = (&world, &offer, &other);
        let asks = (0..200).map(|n| async move {
            let node = if n % 2 == 0 { &world.trade } else { other };
            let buyer = crate::world::buyer_number(n);
            node.orders.place(offer.id, Quantity(1), &buyer, &n.to_string()).await
        });
        let outcomes = tally(join_all(asks).await.into_iter().map(outcome));
        assert_eq!(outcomes, [("201".to_owned(), 100), ("out-of-stock".to_owned(), 100)].into());
        world.audit(offer).await;
    })
    .await;
}
