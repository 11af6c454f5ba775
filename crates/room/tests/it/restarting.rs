//! What a restart keeps, and how everybody learns of it.

use std::time::Duration;

use kernel::db::sea_orm::ConnectionTrait as _;
use kernel::db::sea_orm::sea_query::Query;
use kernel::testing::each_database;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::migrations;
use crate::server::Server;

#[tokio::test]
async fn a_restart_loses_no_control_value_and_no_question_and_starts_a_new_epoch() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db.clone()).await;
        let (mut ana, before) = server.join("ana").await;
        let product = Uuid::now_v7();
        server.hear("live.pin.changed", json!({"event": server.event, "version": 4, "products": [product]})).await;
        ana.send(json!({"op": "ask", "id": Uuid::now_v7(), "text": "¿MOQ?"})).await;
        ana.until(|frame| frame["op"] == "ack").await;
        ana.send(json!({"op": "chat", "id": Uuid::now_v7(), "text": "hola"})).await;
        ana.event("msg").await;
        server.rooms.shutdown().await;
        let bye = ana.until(|frame| frame["op"] == "bye").await;
        assert_eq!((bye["code"].as_u64(), bye["resume"].as_bool()), (Some(1012), Some(true)));
        assert!(bye["retry_ms"].as_u64().unwrap() >= 1000);
        assert_eq!(ana.closed().await, 1012);

        let again = Server::start_for(db, server.event, server.org).await;
        let (_, after) = again.join("ana").await;
        assert_ne!(after["e"], before["e"]);
        let snapshot = after["snap"].to_string();
        for kept in [r#""state":"live""#, &product.to_string(), "¿MOQ?", "hola"] {
            assert!(snapshot.contains(kept), "{kept} in {snapshot}");
        }
        assert_eq!(after["me"]["questions"].as_array().unwrap().len(), 1);
        again.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn a_line_that_was_held_before_the_restart_lapses_however_much_was_said_since() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db.clone()).await;
        let say = async |who: &str| {
            let line = json!({"id": Uuid::now_v7(), "text": "hola"});
            assert_eq!(server.call(who, "POST", "/api/v1/rooms/{event}/messages", line).await.0, 202);
        };
        server.call("desk", "PUT", "/api/v1/rooms/{event}/settings", json!({"pre_moderation": true})).await;
        say("ana").await;
        for _ in 0..60 {
            say("desk").await;
        }
        server.rooms.shutdown().await;
        let txn = db.write().await.unwrap();
        let long_ago = "UPDATE room_messages SET at = at - 600000000 WHERE state = 'held'";
        txn.execute_unprepared(long_ago).await.unwrap();
        txn.commit().await.unwrap();

        let again = Server::start_for(db, server.event, server.org).await;
        again.join("bo").await;
        let lapsed = async {
            loop {
                let said = again.call("desk", "GET", "/api/v1/rooms/{event}/transcript.csv", Value::Null).await.1;
                if said.as_str().unwrap().contains("lapsed") {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), lapsed).await.unwrap();
        again.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn those_who_wait_see_nothing_of_a_rehearsal() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        server.state("rehearsing", 20).await;
        let rehearsed = json!({"event": server.event, "version": 8, "products": [Uuid::now_v7()]});
        server.hear("live.pin.changed", rehearsed.clone()).await;
        let (_, seen) = server.join("ana").await;
        let seen = seen["snap"].to_string();
        assert!(seen.contains(r#""state":"scheduled""#), "{seen}");
        assert!(!seen.contains("rehearsing") && !seen.contains(&rehearsed["products"][0].to_string()), "{seen}");
        server.state("scheduled", 21).await;
        let product = Uuid::now_v7();
        server.hear("live.pin.changed", json!({"event": server.event, "version": 9, "products": [product]})).await;
        let (_, seen) = server.join("bo").await;
        assert!(seen["snap"].to_string().contains(&product.to_string()));
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn the_end_of_the_show_makes_open_questions_debts_and_an_inquiry_converts_one() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, _) = server.join("ana").await;
        let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
        for id in [first, second] {
            ana.send(json!({"op": "ask", "id": id, "text": "¿MOQ?"})).await;
            ana.until(|frame| frame["op"] == "ack").await;
        }
        let opened = json!({"inquiry": Uuid::now_v7(), "question": first, "event": server.event});
        server.hear("trade.inquiry.opened", opened.clone()).await;
        server.hear("trade.inquiry.opened", opened).await;
        server.state("ended", 4).await;
        server.state("live", 3).await;
        let (_, listed) = server.call("desk", "GET", "/api/v1/rooms/{event}/questions", Value::Null).await;
        let states: Vec<_> =
            listed["items"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
        assert_eq!(states, ["converted", "owed"]);
        ana.send(json!({"op": "chat", "id": Uuid::now_v7(), "text": "hola"})).await;
        let nack = ana.until(|frame| frame["op"] == "nack").await;
        assert_eq!(nack["problem"]["type"], "/problems/room-closed");
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn offers_and_stock_reach_the_page_and_an_older_version_never_overwrites() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, _) = server.join("ana").await;
        let (offer, product, variant) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let state = |left: i64, version: i64| {
            json!({"event": server.event, "offer": offer, "product": product, "variant": variant,
                "unit_price": {"micro": 87_500, "currency": "USD"}, "total": 100, "left": left, "per_company": 10,
                "starts_at": "2026-05-12T12:00:00Z", "ends_at": "2026-05-12T12:10:00Z", "state": "active",
                "version": version})
        };
        server.hear("trade.offer.state", state(60, 2)).await;
        let shown = ana.event("offer").await["d"].clone();
        assert_eq!((shown["left"].as_i64(), shown["ends_at"].as_i64()), (Some(60), Some(1_778_587_800_000)));
        server.hear("trade.offer.state", state(100, 1)).await;
        let stock = json!({"variant": variant, "product": product, "available": 7, "version": 3});
        server.hear("catalog.stock.changed", stock).await;
        let has = |frame: &Value| frame["st"].to_string().contains(&format!("stock:{variant}"));
        assert!(ana.until(has).await["st"].to_string().contains(r#"{"left":7}"#));
        let (_, snap) = server.call("nobody", "GET", "/api/v1/rooms/{event}/snapshot", Value::Null).await;
        let text = snap["snap"].to_string();
        assert!(text.contains(r#""left":60"#) && !text.contains(r#""left":100"#), "{text}");
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn what_was_said_before_messages_were_known_by_room_is_kept() {
    let all = migrations();
    let (_by_room, earlier) = all.split_last().unwrap();
    each_database(earlier, async |db| {
        let columns = ["id", "event", "participant", "name", "text", "lang", "state", "at"];
        let (id, event) = (Uuid::now_v7(), Uuid::now_v7());
        let said = Query::insert()
            .into_table("room_messages")
            .columns(columns)
            .values_panic([id.into(), event.into(), "guest:1".into(), "Ana".into(), "hola".into()].into_iter().chain([
                "es".into(),
                "visible".into(),
                7_i64.into(),
            ]))
            .to_owned();
        db.writing().execute(&said).await.unwrap();
        assert_eq!(db.migrate(&migrations()).await.unwrap(), 1);
        let kept = Query::select().columns(["id", "text", "crew"]).from("room_messages").to_owned();
        let kept = db.read().query_one(&kept).await.unwrap().unwrap();
        assert_eq!(kept.try_get::<Uuid>("", "id").unwrap(), id);
        assert_eq!(kept.try_get::<String>("", "text").unwrap(), "hola");
        assert!(!kept.try_get::<bool>("", "crew").unwrap());
    })
    .await;
}
