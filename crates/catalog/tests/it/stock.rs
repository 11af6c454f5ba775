use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::stock::{self, StockChanged};
use kernel::id::VariantId;
use kernel::{Bus, Db, Instant, LocalBus, Outbox, Quantity};
use serde_json::json;

use crate::{House, each_house, migrations};

fn lines(of: &[(VariantId, i64)]) -> BTreeMap<VariantId, Quantity> {
    of.iter().map(|(variant, quantity)| (*variant, Quantity(*quantity))).collect()
}

async fn variant(house: &House, sku: &str) -> VariantId {
    house.bricks(sku).await["variant"].as_str().unwrap().parse().unwrap()
}

async fn held(db: &Db, of: &BTreeMap<VariantId, Quantity>) -> bool {
    let txn = db.write().await.unwrap();
    let taken = stock::hold(&txn, of, Instant::EPOCH).await.unwrap().is_some();
    if taken {
        txn.commit().await.unwrap();
    }
    taken
}

#[tokio::test]
async fn stock_is_held_sold_and_given_back() {
    kernel::testing::each_database(&migrations(), |db| async move {
        let house = House::on(db.clone());
        let (a, b) = (variant(&house, "A").await, variant(&house, "B").await);
        let of = lines(&[(a, 30), (b, 100)]);
        assert!(held(&db, &of).await);
        assert!(!held(&db, &lines(&[(a, 1), (b, 1)])).await, "b is all held, so neither is taken");
        let txn = db.write().await.unwrap();
        let levels = stock::allocate(&txn, &lines(&[(a, 20)]), Instant::EPOCH).await.unwrap().unwrap();
        assert_eq!((levels[0].held, levels[0].allocated, levels[0].available()), (10, 20, 70));
        let levels = stock::release(&txn, &lines(&[(a, 10)]), Instant::EPOCH).await.unwrap().unwrap();
        assert_eq!(levels[0].available(), 80);
        let levels = stock::deallocate(&txn, &lines(&[(a, 20)]), Instant::EPOCH).await.unwrap().unwrap();
        assert_eq!((levels[0].available(), levels[0].version), (100, 5));
        assert!(stock::release(&txn, &lines(&[(a, 1)]), Instant::EPOCH).await.unwrap().is_none());
        assert!(stock::hold(&txn, &lines(&[(a, 0)]), Instant::EPOCH).await.unwrap().is_none());
        assert!(stock::hold(&txn, &lines(&[(VariantId::new(), 1)]), Instant::EPOCH).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn many_buyers_at_once_never_take_what_is_not_there() {
    kernel::testing::each_database(&migrations(), |db| async move {
        let house = House::on(db.clone());
        let (a, b) = (variant(&house, "A").await, variant(&house, "B").await);
        let tasks: Vec<_> = (0..64_i64)
            .map(|n| {
                let db = db.clone();
                let of = if n % 3 == 0 { lines(&[(a, 3), (b, 2)]) } else { lines(&[(a, 3)]) };
                tokio::spawn(async move { held(&db, &of).await })
            })
            .collect();
        let mut taken = 0;
        for task in tasks {
            taken += i64::from(task.await.unwrap());
        }
        assert_eq!(taken, 33);
        let level = stock::level(db.read(), a).await.unwrap().unwrap();
        assert_eq!((level.held, level.available()), (99, 1));
    })
    .await;
}

#[tokio::test]
async fn a_receipt_adds_and_a_correction_leaves_what_is_promised() {
    kernel::testing::each_database(&migrations(), |db| async move {
        let house = Arc::new(House::on(db.clone()));
        let variant = variant(&house, "A").await;
        held(&db, &lines(&[(variant, 90)])).await;
        let path = format!("/api/v1/stock/{variant}/movements");
        let (status, refused) = house.crew("POST", &path, json!({"delta": -11, "reason": "counted"})).await;
        assert_eq!((status, &refused["available"]), (409, &json!(10)));
        let (status, level) = house.crew("POST", &path, json!({"delta": 50, "reason": "received"})).await;
        assert_eq!((status, &level["on_hand"], &level["available"]), (201, &json!(150), &json!(60)));
        assert_eq!(house.crew("POST", &path, json!({"delta": 0, "reason": "x"})).await.0, 422);
        assert_eq!(house.crew("POST", &path, json!({"delta": 5, "reason": " "})).await.0, 422);
        let (_, level) = house.crew("GET", &format!("/api/v1/stock/{variant}"), json!(null)).await;
        assert_eq!(level["held"], 90);
    })
    .await;
}

#[tokio::test]
async fn a_product_made_to_order_keeps_no_stock_until_some_is_received() {
    each_house(|house| async move {
        let mut new = crate::bricks("A");
        new.as_object_mut().unwrap().remove("stock");
        let product = house.crew("POST", "/api/v1/products", new).await.1;
        assert_eq!(product["available"], json!(null));
        let path = format!("/api/v1/stock/{}", product["variant"].as_str().unwrap());
        assert_eq!(house.crew("GET", &path, json!(null)).await.0, 404);
        assert_eq!(house.crew("POST", &format!("{path}/movements"), json!({"delta": -1, "reason": "x"})).await.0, 409);
        assert_eq!(
            house.crew("POST", &format!("{path}/movements"), json!({"delta": 7, "reason": "x"})).await.1["available"],
            7
        );
    })
    .await;
}

#[tokio::test]
async fn a_change_of_stock_is_told_with_what_is_left() {
    kernel::testing::each_database(&migrations(), |db| async move {
        let house = House::on(db.clone());
        let variant = variant(&house, "A").await;
        house
            .crew("POST", &format!("/api/v1/stock/{variant}/movements"), json!({"delta": 20, "reason": "received"}))
            .await;
        let bus = LocalBus::new();
        let mut listener = bus.listen();
        let told = Outbox::new(kernel::testing::clock()).relay_due(&db, &bus).await.unwrap();
        assert_eq!(told, 2);
        let mut last = None;
        for _ in 0..told {
            let Some(kernel::bus::Heard::Happening(envelope)) = listener.next().await else { unreachable!() };
            assert_eq!(envelope.name, "catalog.stock.changed");
            last = Some(envelope.read::<StockChanged>().unwrap());
        }
        assert_eq!(last.map(|event| (event.variant, event.available, event.version)), Some((variant, 120, 2)));
    })
    .await;
}

#[tokio::test]
async fn a_movement_under_a_key_is_made_once() {
    each_house(|house| async move {
        let path = format!("/api/v1/stock/{}/movements", variant(&house, "A").await);
        let under = |key: &'static str, body: serde_json::Value| {
            let mut request = crate::json("POST", &path, &body);
            request.headers_mut().insert("Idempotency-Key", key.parse().unwrap());
            let house = house.clone();
            async move { house.call(&house.crew, request).await }
        };
        let body = json!({"delta": 20, "reason": "received"});
        let answers = futures_util::future::join_all((0..8).map(|_| under("a", body.clone()))).await;
        for (status, level) in answers {
            assert_eq!((status, &level["on_hand"]), (201, &json!(120)), "{level}");
        }
        let (status, refused) = under("a", json!({"delta": 21, "reason": "received"})).await;
        assert_eq!((status, &refused["type"]), (422, &json!("/problems/idempotency-key-reused")));
        assert_eq!(under("b", body).await.1["on_hand"], 140);
        let mut without = crate::json("POST", &path, &json!({"delta": 1, "reason": "x"}));
        without.headers_mut().remove("Idempotency-Key");
        assert_eq!(house.call(&house.crew, without).await.1["type"], "/problems/idempotency-key-missing");
    })
    .await;
}
