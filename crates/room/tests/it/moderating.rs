//! What moderators do, and what others see of it.

use kernel::testing::each_database;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::migrations;
use crate::server::Server;

#[tokio::test]
async fn a_message_is_removed_and_restored_and_stays_in_the_transcript() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, _) = server.join("ana").await;
        let id = Uuid::now_v7();
        ana.send(json!({"op": "chat", "id": id, "text": "=cheap(shop)"})).await;
        let said = ana.event("msg").await;
        let path = format!("/api/v1/messages/{id}/decisions");
        let decide = async |who: &str, decision: &str| {
            server.call(who, "POST", &path, json!({ "decision": decision })).await.0.as_u16()
        };
        assert_eq!(decide("ana", "remove").await, 401);
        assert_eq!(decide("stranger", "remove").await, 404);
        assert_eq!(decide("desk", "remove").await, 200);
        assert_eq!(ana.event("gone").await["d"]["s"], said["s"]);
        assert_eq!(decide("desk", "remove").await, 409);
        let (_, table) = server.call("desk", "GET", "/api/v1/rooms/{event}/transcript.csv", Value::Null).await;
        let table = table.as_str().unwrap();
        assert!(table.contains("removed") && table.contains("'=cheap(shop)"), "{table}");
        assert_eq!(decide("desk", "restore").await, 200);
        ana.event("msg").await;
        let (status, _) = server.call("ana", "GET", "/api/v1/rooms/{event}/transcript.jsonl", Value::Null).await;
        assert_eq!(status, 401);
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn the_desk_hears_what_is_held_and_settings_reach_the_room() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let settings = json!({"slow_s": 5, "visible_chat_per_s": 10, "pre_moderation": true, "notice": "back soon"});
        let path = "/api/v1/rooms/{event}/settings";
        assert_eq!(server.call("desk", "PUT", path, settings.clone()).await.0, 204);
        assert_eq!(server.call("desk", "PUT", path, json!({"slow_s": 9999})).await.0, 422);
        assert_eq!(server.call("desk", "GET", path, Value::Null).await.1, settings);
        let (mut desk, _) = server.join("desk").await;
        desk.send(json!({"op": "desk", "on": true})).await;
        desk.until(|frame| frame["op"] == "desk").await;
        let (mut ana, welcome) = server.join("ana").await;
        let snapshot = welcome["snap"].to_string();
        assert!(snapshot.contains("back soon") && snapshot.contains(r#""seconds":5"#), "{snapshot}");
        let id = Uuid::now_v7();
        ana.send(json!({"op": "chat", "id": id, "text": "hola"})).await;
        assert_eq!(ana.until(|frame| frame["op"] == "ack").await["mark"], "held");
        let held = desk.event("msg").await;
        assert_eq!((held["l"].as_str(), held["d"]["state"].as_str()), (Some("desk"), Some("held")));
        server.call("desk", "PUT", path, json!({"pre_moderation": true})).await;
        ana.send(json!({"op": "chat", "id": Uuid::now_v7(), "text": "¿hola?"})).await;
        assert_eq!(ana.until(|frame| frame["op"] == "ack").await["mark"], "held", "until one is approved");
        let approve = json!({"decision": "approve"});
        assert_eq!(server.call("desk", "POST", &format!("/api/v1/messages/{id}/decisions"), approve).await.0, 200);
        assert_eq!(ana.event("msg").await["d"]["x"], "hola");
        let trusted = json!({"id": Uuid::now_v7(), "text": "gracias"});
        assert_eq!(server.call("ana", "POST", "/api/v1/rooms/{event}/messages", trusted).await.0, 202);
        assert_eq!(ana.event("msg").await["d"]["x"], "gracias");
        let participant = held["d"]["participant"].as_str().unwrap();
        let mute = format!("/api/v1/rooms/{{event}}/mutes/{participant}");
        assert_eq!(server.call("desk", "PUT", &mute, json!({"kind": "banned"})).await.0, 204);
        assert_eq!(ana.closed().await, 4003);
        assert_eq!(server.call("desk", "DELETE", &mute, Value::Null).await.0, 204);
        server.join("ana").await;
        server.rooms.shutdown().await;
    })
    .await;
}
