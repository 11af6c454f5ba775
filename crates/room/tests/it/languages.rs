//! Each viewer reads the titles of the show in their own language.

use kernel::testing::each_database;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::migrations;
use crate::server::Server;

async fn live(server: &Server) {
    let state = json!({"event": server.event, "org": server.org, "to": "live", "version": 4,
        "languages": ["en", "zh-CN", "es"]});
    server.hear("live.event.state", state).await;
}

fn item(server: &Server, version: i64) -> Value {
    json!({"event": server.event, "item": Uuid::now_v7(), "product": null, "version": version,
        "title": {"en": "Questions", "zh-CN": "问答", "es": "Preguntas"}})
}

#[tokio::test]
async fn a_title_reaches_everybody_in_their_language() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        live(&server).await;
        let (mut ana, welcome) = server.join_in("ana", "es-MX").await;
        let (mut wei, _) = server.join_in("wei", "zh").await;
        let (mut ken, _) = server.join_in("ken", "ja").await;
        server.hear("live.run_item.started", item(&server, 7)).await;
        let title = |event: Value| event["d"]["title"].as_str().unwrap().to_owned();
        let (es, zh, other) = (ana.event("item").await, wei.event("item").await, ken.event("item").await);
        assert_eq!(es["s"], zh["s"], "the same event");
        assert_eq!([title(es), title(zh), title(other)], ["Preguntas", "问答", "Questions"]);

        let (_, late) = server.join_in("late", "zh-CN").await;
        assert!(late["snap"].to_string().contains("问答"), "a snapshot speaks it, too");
        for (lang, text) in [("es", "Preguntas"), ("fr", "Questions")] {
            let path = format!("/api/v1/rooms/{{event}}/snapshot?lang={lang}");
            assert!(server.call("nobody", "GET", &path, Value::Null).await.1["snap"].to_string().contains(text));
        }
        let mut back = server.connect().await;
        let resume = json!({"e": welcome["e"], "s": welcome["s"]});
        let join = json!({"op": "join", "token": server.token("ana").await, "lang": "es", "resume": resume});
        back.send(join).await;
        assert_eq!(title(back.event("item").await), "Preguntas", "and so does the missing range");
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn who_reads_on_in_another_language_gets_the_room_in_it() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        live(&server).await;
        let (mut ana, _) = server.join_in("ana", "es").await;
        server.hear("live.run_item.started", item(&server, 7)).await;
        ana.event("item").await;
        ana.send(json!({"op": "set", "lang": "zh-CN"})).await;
        let welcome = ana.until(|frame| frame["op"] == "welcome").await;
        assert!(welcome["snap"].to_string().contains("问答"), "{welcome}");
        server.hear("live.run_item.started", item(&server, 9)).await;
        assert_eq!(ana.event("item").await["d"]["title"], "问答");
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn an_item_that_takes_anothers_place_stays_in_whatever_order_it_is_told() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, _) = server.join("ana").await;
        let (first, second) = (item(&server, 5), item(&server, 6));
        server.hear("live.run_item.started", first.clone()).await;
        ana.event("item").await;
        server.hear("live.run_item.started", second.clone()).await;
        let left = json!({"event": server.event, "item": first["item"], "product": null, "version": 6});
        server.hear("live.run_item.finished", left).await;
        assert_eq!(ana.event("item").await["d"]["item"], second["item"]);
        let (_, now) = server.join("bo").await;
        assert!(now["snap"].to_string().contains(second["item"].as_str().unwrap()));
        let over = json!({"event": server.event, "item": second["item"], "product": null, "version": 7});
        server.hear("live.run_item.finished", over).await;
        assert_eq!(ana.event("item").await["d"], json!({}));
        server.rooms.shutdown().await;
    })
    .await;
}
