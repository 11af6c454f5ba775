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
async fn who_is_muted_or_too_fast_in_slow_mode_is_refused_and_the_desk_sees_who_is_silenced() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, welcome) = server.join("ana").await;
        let refused = async |viewer: &mut crate::server::Viewer| {
            viewer.send(json!({"op": "chat", "id": Uuid::now_v7(), "text": "hola"})).await;
            let told = viewer.until(|frame| frame["op"] == "ack" || frame["op"] == "nack").await;
            told["problem"]["type"].as_str().map(str::to_owned)
        };
        assert_eq!(refused(&mut ana).await, None);
        server.call("desk", "PUT", "/api/v1/rooms/{event}/settings", json!({"slow_s": 600})).await;
        assert_eq!(ana.event("slow").await["d"]["seconds"], 600);
        let (mut bo, _) = server.join("bo").await;
        assert_eq!(refused(&mut bo).await, None);
        assert_eq!(refused(&mut bo).await.as_deref(), Some("/problems/room-slow-down"));
        server.call("desk", "PUT", "/api/v1/rooms/{event}/settings", json!({"slow_s": 0})).await;

        let path = "/api/v1/rooms/{event}/mutes";
        let participant = welcome["me"]["participant"].as_str().unwrap();
        let one = format!("{path}/{participant}");
        assert_eq!(server.call("desk", "PUT", &one, json!({"kind": "muted", "minutes": 5})).await.0, 204);
        ana.until(|frame| frame["op"] == "me" && frame["d"]["kind"] == "muted").await;
        assert_eq!(refused(&mut ana).await.as_deref(), Some("/problems/room-muted"));
        let (_, silenced) = server.call("desk", "GET", path, Value::Null).await;
        assert_eq!((silenced.as_array().unwrap().len(), &silenced[0]["participant"]), (1, &json!(participant)));
        assert_eq!((&silenced[0]["name"], &silenced[0]["kind"]), (&json!("ana"), &json!("muted")));
        assert!(silenced[0]["until"].is_string(), "{silenced}");
        assert_eq!(server.call("ana", "GET", path, Value::Null).await.0, 401);
        assert_eq!(server.call("stranger", "GET", path, Value::Null).await.0, 404);
        assert_eq!(server.call("desk", "DELETE", &one, Value::Null).await.0, 204);
        ana.until(|frame| frame["op"] == "me" && frame["d"].is_null()).await;
        assert_eq!(refused(&mut ana).await, None);
        assert_eq!(server.call("desk", "GET", path, Value::Null).await.1, json!([]));
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn the_same_id_in_another_firms_room_is_another_message() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db.clone()).await;
        let other = Server::start(db).await;
        let message = json!({"id": Uuid::now_v7(), "text": "hola"});
        for room in [&server, &other] {
            let said = room.call("ana", "POST", "/api/v1/rooms/{event}/messages", message.clone()).await;
            assert_eq!(said.0, 202, "{}", said.1);
        }
        let path = format!("/api/v1/messages/{}/decisions", message["id"].as_str().unwrap());
        assert_eq!(other.call("desk", "POST", &path, json!({"decision": "remove"})).await.0, 200);
        for (room, state) in [(&server, "visible"), (&other, "removed")] {
            let (_, said) = room.call("desk", "GET", "/api/v1/rooms/{event}/transcript.csv", Value::Null).await;
            assert!(said.as_str().unwrap().contains(state), "{said}");
        }
        server.rooms.shutdown().await;
        other.rooms.shutdown().await;
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
        let (mut late, _) = server.join("desk").await;
        late.send(json!({"op": "desk", "on": true})).await;
        let waiting = late.until(|frame| frame["op"] == "desk").await["held"].clone();
        assert_eq!((waiting.as_array().unwrap().len(), &waiting[0]["id"]), (2, &json!(id)), "{waiting}");
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
