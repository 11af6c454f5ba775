//! Questions at the desk, and what their askers and everybody else see of it.

use kernel::testing::each_database;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::migrations;
use crate::server::{Server, Viewer};

async fn ask(viewer: &mut Viewer, text: &str, private: bool) -> Uuid {
    let id = Uuid::new_v4(); // a client's own: it says nothing of the order
    viewer.send(json!({"op": "ask", "id": id, "text": text, "private": private})).await;
    viewer.until(|frame| frame["op"] == "ack" && frame["id"] == id.to_string()).await;
    id
}

async fn move_to(server: &Server, id: Uuid, wish: Value) -> (u16, Value) {
    let (status, got) = server.call("desk", "POST", &format!("/api/v1/questions/{id}/transitions"), wish).await;
    (status.as_u16(), got)
}

#[tokio::test]
async fn a_question_is_taken_handed_back_and_answered_on_air() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, _) = server.join("ana").await;
        let (mut bo, _) = server.join("bo").await;
        let id = ask(&mut ana, "¿MOQ?", false).await;
        let (status, taken) = move_to(&server, id, json!({"to": "assigned"})).await;
        assert_eq!((status, &taken["state"], &taken["version"]), (200, &json!("assigned"), &json!(2)), "{taken}");
        assert!(taken["assignee"].is_string());
        let (status, stale) = move_to(&server, id, json!({"to": "new", "from_version": 1})).await;
        assert_eq!((status, &stale["version"]), (409, &json!(2)), "somebody was faster");
        let back = json!({"to": "new", "from_version": 2, "reason": "for the factory"});
        let (_, back) = move_to(&server, id, back).await;
        assert_eq!((&back["assignee"], &back["reason"]), (&Value::Null, &json!("for the factory")));
        assert_eq!(move_to(&server, id, json!({"to": "answered_on_air"})).await.0, 200);
        bo.until(|frame| frame["ev"].to_string().contains("answered_on_air")).await;
        ana.until(|frame| frame["op"] == "me" && frame["d"]["state"] == "answered_on_air").await;
        assert_eq!(move_to(&server, id, json!({"to": "dismissed"})).await.0, 409);
        assert_eq!(move_to(&server, id, json!({"to": "owed"})).await.0, 409, "not by hand");
        let spam = ask(&mut bo, "buy at my shop", false).await;
        let (_, gone) = move_to(&server, spam, json!({"to": "dismissed", "reason": "spam"})).await;
        assert_eq!((&gone["state"], &gone["reason"]), (&json!("dismissed"), &json!("spam")));
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn who_asked_the_same_reads_the_same_answer_also_after_coming_back() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, _) = server.join("ana").await;
        let (mut bo, _) = server.join("bo").await;
        let (mut cy, _) = server.join("cy").await;
        let (a, b, c) = (
            ask(&mut ana, "¿MOQ?", false).await,
            ask(&mut bo, "How many at least?", false).await,
            ask(&mut cy, "Smallest order?", false).await,
        );
        assert_eq!(move_to(&server, a, json!({"to": "merged", "into": a})).await.0, 422, "into itself");
        assert_eq!(move_to(&server, a, json!({"to": "merged", "into": Uuid::now_v7()})).await.0, 422);
        let (_, merged) = move_to(&server, c, json!({"to": "merged", "into": b})).await;
        assert_eq!((&merged["state"], &merged["merged_into"]), (&json!("merged"), &json!(b)));
        assert_eq!(move_to(&server, b, json!({"to": "merged", "into": c})).await.0, 422, "into one that is merged");
        assert_eq!(move_to(&server, b, json!({"to": "merged", "into": a})).await.0, 200);
        let merged = json!({"id": b, "state": "merged"});
        cy.until(|frame| frame["ev"].to_string().contains(&merged.to_string())).await;
        let answer = json!({"text": "24 pieces", "public": true});
        assert_eq!(server.call("desk", "POST", &format!("/api/v1/questions/{a}/answers"), answer).await.0, 201);
        for (viewer, id) in [(&mut ana, a), (&mut bo, b), (&mut cy, c)] {
            let mine = viewer.until(|frame| frame["op"] == "me" && frame["k"] == "a").await;
            assert_eq!((&mine["d"]["question"], &mine["d"]["x"]), (&json!(id), &json!("24 pieces")));
            assert_eq!(mine["d"]["by"], "Li", "and who answered");
        }
        let told = cy.until(|frame| frame["ev"].to_string().contains("24 pieces")).await;
        let about: Vec<&Value> = told["ev"].as_array().unwrap().iter().map(|event| &event["d"]["id"]).collect();
        assert!(!about.contains(&&json!(b)) && !about.contains(&&json!(c)), "nothing takes it back: {told}");
        let (mut dee, _) = server.join("dee").await;
        let d = ask(&mut dee, "MOQ please", false).await;
        move_to(&server, d, json!({"to": "merged", "into": a})).await;
        let mine = dee.until(|frame| frame["op"] == "me" && frame["k"] == "a").await;
        assert_eq!(mine["d"]["question"], json!(d), "an answer that is already there is told at once");
        let (_, back) = server.join("cy").await;
        assert_eq!(back["me"]["questions"][0]["answers"][0]["x"], "24 pieces");
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_private_is_seen_by_its_asker_and_the_desk_alone() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, _) = server.join("ana").await;
        let (mut bo, _) = server.join("bo").await;
        let (mut desk, _) = server.join("desk").await;
        desk.send(json!({"op": "desk", "on": true})).await;
        desk.until(|frame| frame["op"] == "desk").await;
        let secret = ask(&mut ana, "¿Precio para 9000?", true).await;
        let at_desk = desk.event("q").await;
        assert_eq!((&at_desk["d"]["id"], &at_desk["d"]["private"]), (&json!(secret), &json!(true)));
        let open = ask(&mut bo, "Colours?", false).await;
        for (id, text) in [(secret, "0.80"), (open, "Red")] {
            let answer = json!({"text": text, "public": id == secret});
            assert_eq!(server.call("desk", "POST", &format!("/api/v1/questions/{id}/answers"), answer).await.0, 201);
        }
        let mine = ana.until(|frame| frame["op"] == "me" && frame["k"] == "a").await;
        assert_eq!((&mine["d"]["x"], &mine["d"]["public"]), (&json!("0.80"), &json!(false)));
        let mine = bo.until(|frame| frame["op"] == "me" && frame["k"] == "a").await;
        assert_eq!(mine["d"]["x"], "Red");
        let (_, others) = server.join("cy").await;
        let seen = others.to_string();
        assert!(!seen.contains("9000") && !seen.contains("0.80") && !seen.contains("Red"), "{seen}");
        assert!(seen.contains("Colours?"));
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn the_desk_reads_questions_page_by_page_in_the_order_they_were_asked() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let mut asked = Vec::new();
        for name in ["ana", "bo", "cy", "dee", "eli"] {
            let (mut viewer, _) = server.join(name).await;
            asked.push(json!(ask(&mut viewer, "¿MOQ?", false).await));
        }
        let mut read = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("/api/v1/rooms/{{event}}/questions?state=new&limit=2{after}");
            let (_, page) = server.call("desk", "GET", &path, Value::Null).await;
            read.extend(page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(read, asked);
        let unknown = server.call("desk", "GET", "/api/v1/rooms/{event}/questions?state=lost", Value::Null).await;
        assert_eq!(unknown.0, 400);
        server.rooms.shutdown().await;
    })
    .await;
}
