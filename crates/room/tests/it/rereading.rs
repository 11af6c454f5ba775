//! A room that has missed something rereads what it shows.

use std::sync::Arc;

use kernel::db::sea_orm::{ConnectionTrait as _, Statement};
use kernel::id::{EventId, OrgId};
use kernel::testing::each_database;
use kernel::{Bus as _, LocalBus};
use room::NodeSettings;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::migrations;
use crate::server::{Present, Server, happening};

fn state(event: EventId, org: OrgId, to: &str, version: i64) -> kernel::Envelope {
    let state = json!({"event": event, "org": org, "to": to, "version": version, "languages": ["es"]});
    happening("live.event.state", &state)
}

/// Listens to a bus that closes at once.
async fn listen(server: &Server) {
    let bus = LocalBus::new();
    let consumer = bus.consume();
    drop(bus);
    server.rooms.clone().listen(consumer).await;
}

#[tokio::test]
async fn a_room_opens_from_what_holds_even_if_it_never_heard_of_its_event() {
    each_database(&migrations(), async |db| {
        let (event, org, present) = (EventId::new(), OrgId::new(), Arc::new(Present::default()));
        let server = Server::start_with(db, event, org, present.clone(), NodeSettings::default()).await;
        let token = json!({"lang": "es"});
        let path = "/api/v1/rooms/{event}/tokens";
        assert_eq!(server.call("ana", "POST", path, token.clone()).await.0, 404, "there is no such event");
        let (product, variant) = (Uuid::now_v7(), Uuid::now_v7());
        let pins = json!({"event": event, "version": 2, "products": [product]});
        let stock = json!({"variant": variant, "product": product, "available": 5, "version": 1});
        *present.0.lock().unwrap() = vec![
            state(event, org, "scheduled", 2),
            happening("live.pin.changed", &pins),
            happening("catalog.stock.changed", &stock),
        ];
        let (_, welcome) = server.join("ana").await;
        let snapshot = welcome["snap"].to_string();
        for shown in ["scheduled", &product.to_string(), &format!("stock:{variant}")] {
            assert!(snapshot.contains(shown), "{shown} in {snapshot}");
        }
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn what_comes_onto_the_page_brings_the_stock_it_has() {
    each_database(&migrations(), async |db| {
        let (event, org, present) = (EventId::new(), OrgId::new(), Arc::new(Present::default()));
        *present.0.lock().unwrap() = vec![state(event, org, "live", 3)];
        let server = Server::start_with(db, event, org, present.clone(), NodeSettings::default()).await;
        let (mut ana, _) = server.join("ana").await;
        let (product, variant) = (Uuid::now_v7(), Uuid::now_v7());
        let stock = |available: i64, version: i64| {
            json!({"variant": variant, "product": product, "available": available, "version": version})
        };
        server.hear("catalog.stock.changed", stock(9, 1)).await; // of nothing that is shown
        present.0.lock().unwrap().push(happening("catalog.stock.changed", &stock(7, 2)));
        let pin = |version: i64, products: &[Uuid]| json!({"event": event, "version": version, "products": products});
        server.hear("live.pin.changed", pin(1, &[product])).await;
        let left = |left: i64| move |frame: &Value| frame["st"].to_string().contains(&format!(r#"{{"left":{left}}}"#));
        ana.until(left(7)).await;
        server.hear("live.pin.changed", pin(2, &[])).await;
        server.hear("catalog.stock.changed", stock(3, 3)).await;
        present.0.lock().unwrap().push(happening("catalog.stock.changed", &stock(3, 3)));
        server.hear("live.pin.changed", pin(3, &[product])).await;
        ana.until(left(3)).await;
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn a_room_that_was_not_told_shows_what_holds_once_it_listens_again() {
    each_database(&migrations(), async |db| {
        let (event, org, present) = (EventId::new(), OrgId::new(), Arc::new(Present::default()));
        *present.0.lock().unwrap() = vec![state(event, org, "live", 3)];
        let server = Server::start_with(db, event, org, present.clone(), NodeSettings::default()).await;
        let (mut ana, _) = server.join("ana").await;
        let id = Uuid::now_v7();
        ana.send(json!({"op": "ask", "id": id, "text": "¿MOQ?"})).await;
        ana.until(|frame| frame["op"] == "ack").await;

        let offer = Uuid::now_v7();
        let pins = json!({"event": event, "version": 8, "products": []});
        let sold = json!({"event": event, "offer": offer, "product": Uuid::now_v7(), "variant": Uuid::now_v7(),
            "unit_price": {"micro": 1, "currency": "USD"}, "total": 9, "left": 0, "per_company": null,
            "min_quantity": 1, "starts_at": null, "ends_at": null, "state": "sold_out", "version": 12});
        let told = [
            state(event, org, "ended", 5),
            happening("live.pin.changed", &pins),
            happening("trade.offer.state", &sold),
        ];
        present.0.lock().unwrap().extend(told);
        listen(&server).await;

        let (_, now) = server.join("bo").await;
        let snapshot = now["snap"].to_string();
        for shown in [r#""state":"ended""#, r#""v":8"#, r#""state":"sold_out""#] {
            assert!(snapshot.contains(shown), "{shown} in {snapshot}");
        }
        ana.until(|frame| frame["op"] == "me" && frame["d"]["state"] == "owed").await;
        let (_, listed) = server.call("desk", "GET", "/api/v1/rooms/{event}/questions?state=owed", Value::Null).await;
        assert_eq!(listed["items"][0]["id"], id.to_string(), "what follows from the end followed");
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_at_or_after_the_end_is_owed_as_well() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db.clone()).await;
        server.state("ended", 4).await;
        let (mut ana, _) = server.join("ana").await;
        ana.send(json!({"op": "ask", "id": Uuid::now_v7(), "text": "¿MOQ?"})).await;
        ana.until(|frame| frame["op"] == "me" && frame["d"]["state"] == "owed").await;
        let states = async |server: &Server| {
            let (_, listed) = server.call("desk", "GET", "/api/v1/rooms/{event}/questions", Value::Null).await;
            let items = listed["items"].as_array().unwrap().clone();
            items.iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(states(&server).await, ["owed"]);
        server.rooms.shutdown().await;

        // As if it had been committed between the end and its sweep.
        let txn = db.write().await.unwrap();
        txn.execute_unprepared("UPDATE room_questions SET state = 'new'").await.unwrap();
        txn.commit().await.unwrap();
        let again = Server::start_with(db, server.event, server.org, Arc::default(), NodeSettings::default()).await;
        assert_eq!(states(&again).await, ["new"]);
        listen(&again).await;
        assert_eq!(states(&again).await, ["owed"]);
        again.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn offers_are_shown_and_reread_and_kept_nowhere_else() {
    each_database(&migrations(), async |db| {
        let (event, org, present) = (EventId::new(), OrgId::new(), Arc::new(Present::default()));
        *present.0.lock().unwrap() = vec![state(event, org, "live", 3)];
        let server = Server::start_with(db.clone(), event, org, present.clone(), NodeSettings::default()).await;
        let (mut ana, _) = server.join("ana").await;
        let offer = json!({"event": event, "offer": Uuid::now_v7(), "product": Uuid::now_v7(),
            "variant": Uuid::now_v7(), "unit_price": {"micro": 1, "currency": "USD"}, "total": 9, "left": 8,
            "per_company": null, "min_quantity": 1, "starts_at": null, "ends_at": null, "state": "active", "version": 2});
        server.hear("trade.offer.state", offer.clone()).await;
        assert_eq!(ana.event("offer").await["d"]["left"], 8);
        server.rooms.shutdown().await;
        let kept = "SELECT COUNT(*) AS n FROM room_ctl WHERE kind = 'offer'";
        let kept = Statement::from_string(db.read().get_database_backend(), kept);
        let row = db.read().query_one_raw(kept).await.unwrap().unwrap();
        assert_eq!(row.try_get::<i64>("", "n").unwrap(), 0, "an order costs the room no commit");
        present.0.lock().unwrap().push(happening("trade.offer.state", &offer));
        let again = Server::start_with(db, event, org, present, NodeSettings::default()).await;
        let (_, welcome) = again.join("bo").await;
        assert!(welcome["snap"].to_string().contains(r#""left":8"#), "{welcome}");
        again.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn the_end_of_a_show_that_came_while_the_server_was_down_is_caught_up_with() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db.clone()).await;
        let (mut ana, _) = server.join("ana").await;
        ana.send(json!({"op": "ask", "id": Uuid::now_v7(), "text": "¿MOQ?"})).await;
        ana.until(|frame| frame["op"] == "ack").await;
        server.rooms.shutdown().await;

        let present = Present(vec![state(server.event, server.org, "ended", 4)].into());
        let again = Server::start_with(db, server.event, server.org, present.into(), NodeSettings::default()).await;
        listen(&again).await;
        let (_, listed) = again.call("desk", "GET", "/api/v1/rooms/{event}/questions", Value::Null).await;
        assert_eq!(listed["items"][0]["state"], "owed");
        again.rooms.shutdown().await;
    })
    .await;
}
