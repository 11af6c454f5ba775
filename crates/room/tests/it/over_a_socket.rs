//! Viewers with an independent WebSocket client, over real sockets.

use std::time::Duration;

use kernel::testing::each_database;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::migrations;
use crate::server::Server;

#[tokio::test]
async fn a_question_is_asked_acknowledged_answered_and_read_by_all() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, welcome) = server.join("ana").await;
        assert_eq!(welcome["snap"]["ev"][0]["d"]["state"], "live");
        let (mut bo, _) = server.join("bo").await;
        let id = Uuid::now_v7();
        let ask = json!({"op": "ask", "id": id, "text": "¿MOQ?", "at_ms": 5_000});
        ana.send(ask.clone()).await;
        ana.until(|frame| frame["op"] == "ack" && frame["id"] == id.to_string()).await;
        ana.send(ask).await;
        ana.until(|frame| frame["op"] == "ack" && frame["id"] == id.to_string()).await;
        let asked = bo.event("q").await;
        assert_eq!((asked["d"]["x"].as_str(), asked["d"]["o"].as_str()), (Some("¿MOQ?"), Some("es")));

        let (status, listed) =
            server.call("desk", "GET", "/api/v1/rooms/{event}/questions?state=new", Value::Null).await;
        assert_eq!((status.as_u16(), listed["items"].as_array().unwrap().len()), (200, 1), "{listed}");
        let path = format!("/api/v1/questions/{id}/answers");
        let answer = json!({"text": "24 pieces", "public": true});
        assert_eq!(server.call("nobody", "POST", &path, answer.clone()).await.0, 401);
        assert_eq!(server.call("stranger", "POST", &path, answer.clone()).await.0, 404);
        assert_eq!(server.call("desk", "POST", &path, answer.clone()).await.0, 201);
        assert_eq!(server.call("desk", "POST", &path, answer).await.0, 409, "it is answered");
        assert_eq!(bo.event("a").await["d"]["x"], "24 pieces");
        ana.until(|frame| frame["op"] == "me" && frame["k"] == "a").await;
        let (_, again) = server.join("ana").await;
        assert_eq!(again["me"]["questions"][0]["answers"][0]["x"], "24 pieces");
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn chat_reaches_the_others_and_is_acknowledged_with_its_number() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, _) = server.join("ana").await;
        let (mut bo, _) = server.join("bo").await;
        let id = Uuid::now_v7();
        ana.send(json!({"op": "chat", "id": id, "text": "hola\u{202E}"})).await;
        let heard = bo.event("msg").await;
        assert_eq!((heard["d"]["n"].as_str(), heard["d"]["x"].as_str()), (Some("ana"), Some("hola")));
        let ack = ana.until(|frame| frame["op"] == "ack").await;
        assert_eq!(ack["s"], heard["s"]);
        assert_eq!(heard["d"]["c"], Value::Null, "a buyer");
        let answer = json!({"id": Uuid::now_v7(), "text": "bienvenida"});
        assert_eq!(server.call("desk", "POST", "/api/v1/rooms/{event}/messages", answer).await.0, 202);
        assert_eq!(bo.event("msg").await["d"]["c"], true, "the seller");
        let (_, late) = server.join("cy").await;
        assert_eq!(late["snap"].to_string().matches(r#""c":true"#).count(), 1);
        let (_, said) = server.call("desk", "GET", "/api/v1/rooms/{event}/transcript.csv", Value::Null).await;
        let said = said.as_str().unwrap();
        assert!(said.starts_with("\u{FEFF}at,") && said.contains(",Li,yes,") && said.contains(",ana,,"), "{said}");
        bo.until(|frame| frame["st"].as_array().is_some_and(|st| st.iter().any(|one| one["k"] == "cnt"))).await;
        ana.send(json!({"op": "dance"})).await;
        assert_eq!(ana.until(|frame| frame["op"] == "nack").await["problem"]["type"], "/problems/room-bad-message");
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn who_comes_back_gets_what_was_missed_in_one_frame() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, _) = server.join("ana").await;
        server.hear("live.pin.changed", json!({"event": server.event, "version": 1, "products": []})).await;
        let pins = ana.until(|frame| frame["ev"][0]["k"] == "pins").await;
        ana.0.close(None).await.unwrap();
        for version in 2..5 {
            server.hear("live.pin.changed", json!({"event": server.event, "version": version, "products": []})).await;
        }
        let mut back = server.connect().await;
        let resume = json!({"e": pins["e"], "s": pins["s"]});
        back.send(json!({"op": "join", "token": server.token("ana").await, "resume": resume})).await;
        let welcome = back.until(|_| true).await;
        assert_eq!((&welcome["snap"], &welcome["s"]), (&Value::Null, &pins["s"]), "{welcome}");
        let missed = back.until(|frame| frame["p"] == pins["s"]).await;
        if !missed["ev"].to_string().contains(r#""v":4"#) {
            back.until(|frame| frame["ev"].to_string().contains(r#""v":4"#)).await;
        }
        let mut lost = server.connect().await;
        let resume = json!({"e": "older", "s": 3});
        lost.send(json!({"op": "join", "token": server.token("ana").await, "resume": resume})).await;
        let welcome = lost.until(|_| true).await;
        assert!(welcome["snap"]["ev"].to_string().contains(r#""v":4"#), "an unknown epoch gets the snapshot");
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn an_event_stream_carries_the_same_frames_against_a_ticket_used_once() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let token = server.token("ana").await;
        let pass = room_ticket(&server, &token).await;
        let path = format!("/rooms/{}/events?ticket={pass}", server.event);
        let mut stream = server.stream(&path).await;
        let first = stream.next_data().await;
        assert!(first.contains(r#""op":"welcome""#), "{first}");
        server.hear("live.pin.changed", json!({"event": server.event, "version": 9, "products": []})).await;
        while !stream.next_data().await.contains(r#""v":9"#) {}
        assert_eq!(server.call("nobody", "GET", &path, Value::Null).await.0, 401, "the ticket is used");
        let message = json!({"id": Uuid::now_v7(), "text": "por aquí"});
        let (status, ack) = server.call("ana", "POST", "/api/v1/rooms/{event}/messages", message).await;
        let said = stream.until("por aquí").await;
        assert_eq!((status.as_u16(), &ack["s"], &ack["mark"]), (202, &said["ev"][0]["s"], &Value::Null));
        let question = json!({"id": Uuid::now_v7(), "text": "¿MOQ?"});
        assert_eq!(server.call("ana", "POST", "/api/v1/rooms/{event}/questions", question).await.0, 201);
        tokio::time::timeout(Duration::from_secs(10), server.rooms.shutdown()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_event_stream_resumes_from_its_place_and_says_why_it_ends() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let token = server.token("ana").await;
        let mut first = server.stream_with(&token, "").await;
        let welcome = first.until("welcome").await;
        server.hear("live.pin.changed", json!({"event": server.event, "version": 1, "products": []})).await;
        let pins = first.until("pins").await;
        drop(first);
        for version in 2..4 {
            server.hear("live.pin.changed", json!({"event": server.event, "version": version, "products": []})).await;
        }
        let place = format!("&e={}&s={}", pins["e"].as_str().unwrap(), pins["s"]);
        let mut back = server.stream_with(&token, &place).await;
        let again = back.until("welcome").await;
        assert_eq!((&again["e"], &again["snap"]), (&welcome["e"], &Value::Null));
        let missed = back.until("pins").await;
        assert_eq!(missed["p"], pins["s"]);
        if !missed.to_string().contains(r#""v":3"#) {
            back.until(r#""v":3"#).await;
        }

        let participant = again["me"]["participant"].as_str().unwrap();
        let mute = format!("/api/v1/rooms/{{event}}/mutes/{participant}");
        assert_eq!(server.call("desk", "PUT", &mute, json!({"kind": "banned"})).await.0, 204);
        assert_eq!(back.until("bye").await["code"], 4003);
        assert!(back.has_ended().await);
        let mut other = server.stream_with(&server.token("bo").await, "").await;
        other.until("welcome").await;
        server.state("archived", 9).await;
        other.until("archived").await;
        assert_eq!(other.until("bye").await["code"], 4004);
        assert!(other.has_ended().await);
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn what_came_after_a_place_is_for_those_who_may_join() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (_, welcome) = server.join("ana").await;
        let (e, s) = (welcome["e"].as_str().unwrap(), &welcome["s"]);
        let path = format!("/api/v1/rooms/{{event}}/log?epoch={e}&after={s}");
        assert_eq!(server.call("nobody", "GET", &path, Value::Null).await.0, 401);
        let (status, frame) = server.call_with(&server.token("ana").await, "GET", &path).await;
        assert_eq!((status.as_u16(), &frame["p"]), (200, s));
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn who_writes_without_a_token_writes_in_the_language_of_the_request_and_at_the_rate_of_their_address() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut bo, _) = server.join("bo").await;
        let path = "/api/v1/rooms/{event}/messages?lang=ja";
        let line = || json!({"id": Uuid::now_v7(), "text": "MOQ?"});
        assert_eq!(server.call("ana", "POST", path, line()).await.0, 202);
        assert_eq!(bo.event("msg").await["d"]["o"], "ja");
        let asked = async |guest: u32, address: &str| {
            let ask = json!({"id": Uuid::now_v7(), "text": "MOQ?"});
            let path = "/api/v1/rooms/{event}/questions";
            server.call_from(address, &format!("guest-{guest}"), path, &ask).await.as_u16()
        };
        for guest in 0..20 {
            assert_eq!(asked(guest, "203.0.113.7").await, 201);
        }
        assert_eq!(asked(20, "203.0.113.7").await, 429, "names are made up in a moment");
        assert_eq!(asked(20, "203.0.113.8").await, 201);
        server.rooms.shutdown().await;
    })
    .await;
}

async fn room_ticket(server: &Server, token: &str) -> String {
    let (status, got) = server.call_with(token, "POST", "/api/v1/rooms/{event}/tickets").await;
    assert_eq!(status, 200, "{got}");
    got["ticket"].as_str().unwrap().to_owned()
}
