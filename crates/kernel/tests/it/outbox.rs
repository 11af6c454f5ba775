use kernel::testing::{clock, each_database};
use kernel::{Bus as _, Event, LocalBus, Outbox, bus::Heard};
use serde::Serialize;

#[derive(Serialize)]
struct Placed {
    number: u32,
}
impl Event for Placed {
    const NAME: &'static str = "trade.order.placed";
}

#[tokio::test]
async fn what_was_committed_is_told_once_and_in_order() {
    each_database(&kernel::outbox::migrations(), async |db| {
        let outbox = Outbox::new(clock());
        let bus = LocalBus::new();
        let mut listener = bus.listen();
        let txn = db.write().await.unwrap();
        outbox.add_all(&txn, &[Placed { number: 1 }, Placed { number: 2 }]).await.unwrap();
        txn.commit().await.unwrap();

        assert_eq!(outbox.relay_due(&db, &bus).await.unwrap(), 2);
        assert_eq!(outbox.relay_due(&db, &bus).await.unwrap(), 0);
        let mut heard = Vec::new();
        for _ in 0..2 {
            let Some(Heard::Happening(envelope)) = listener.next().await else { unreachable!() };
            heard.push(envelope.payload.get().to_owned());
        }
        assert_eq!(heard, [r#"{"number":1}"#, r#"{"number":2}"#]);
    })
    .await;
}

#[tokio::test]
async fn what_a_consumer_has_not_taken_comes_again() {
    each_database(&kernel::outbox::migrations(), async |db| {
        let outbox = Outbox::new(clock());
        let bus = LocalBus::new();
        let mut consumer = bus.consume();
        let txn = db.write().await.unwrap();
        outbox.add_all(&txn, &[Placed { number: 1 }, Placed { number: 2 }, Placed { number: 3 }]).await.unwrap();
        txn.commit().await.unwrap();

        let first = async {
            for number in 1..=3 {
                let delivery = consumer.next().await.unwrap();
                if number != 2 {
                    delivery.taken();
                }
            }
        };
        assert_eq!(tokio::join!(outbox.relay_due(&db, &bus), first).0.unwrap(), 2);
        let again = async {
            let delivery = consumer.next().await.unwrap();
            assert_eq!(delivery.envelope.payload.get(), r#"{"number":2}"#);
            delivery.taken();
        };
        assert_eq!(tokio::join!(outbox.relay_due(&db, &bus), again).0.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_rolled_back_is_never_told() {
    each_database(&kernel::outbox::migrations(), async |db| {
        let outbox = Outbox::new(clock());
        let txn = db.write().await.unwrap();
        outbox.add(&txn, &Placed { number: 1 }).await.unwrap();
        drop(txn);
        assert_eq!(outbox.relay_due(&db, &LocalBus::new()).await.unwrap(), 0);
    })
    .await;
}
