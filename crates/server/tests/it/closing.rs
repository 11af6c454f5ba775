//! An orderly end: viewers are told when to come back, and find the room again by themselves.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use server::demo::client::Client;
use server::demo::seed;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::house::{House, add_owner};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn join(base: &str, event: &str) -> (Socket, Value) {
    let viewer = Client::new(base).unwrap();
    let name = json!({"lang": "en", "name": "Ana"});
    let joined = viewer.post(&format!("/api/v1/rooms/{event}/tokens"), &name).await.unwrap();
    let url = format!("{}/rooms/{event}", base.replace("http", "ws"));
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
    let join = json!({"op": "join", "token": joined["token"]});
    socket.send(Message::text(join.to_string())).await.unwrap();
    let welcome = next(&mut socket, "welcome").await;
    (socket, welcome)
}

async fn next(socket: &mut Socket, op: &str) -> Value {
    let wait = async {
        loop {
            let Message::Text(text) = socket.next().await.unwrap().unwrap() else { continue };
            let frame: Value = serde_json::from_str(&text).unwrap();
            if frame["op"] == op {
                return frame;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), wait).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn viewers_are_told_when_to_come_back_and_what_was_said_is_still_there() {
    let dir = tempfile::tempdir().unwrap();
    add_owner(dir.path());
    let house = House::open(dir.path()).await;
    let owner = house.owner().await;
    let products = seed::catalogue(&owner).await.unwrap();
    let event = seed::event(&owner, &products).await.unwrap();
    let (mut socket, welcome) = join(&house.base, &event).await;
    let line = json!({"op": "chat", "id": uuid::Uuid::now_v7(), "text": "said in the last moment"});
    socket.send(Message::text(line.to_string())).await.unwrap();
    next(&mut socket, "ack").await;

    house.ask_to_stop();
    let bye = next(&mut socket, "bye").await;
    assert_eq!((bye["code"].as_u64(), bye["resume"].as_bool()), (Some(1012), Some(true)));
    assert!(bye["retry_ms"].as_u64().unwrap() >= 1000);
    let closed = socket.next().await.unwrap().unwrap();
    assert!(matches!(&closed, Message::Close(Some(close)) if u16::from(close.code) == 1012), "{closed:?}");
    drop(socket);
    assert!(house.stopped().await.success());

    let again = House::open(dir.path()).await;
    let (_, back) = join(&again.base, &event).await;
    assert_ne!(back["e"], welcome["e"], "a new life of the room");
    let snapshot = back["snap"].to_string();
    assert!(snapshot.contains("said in the last moment") && snapshot.contains(r#""state":"draft""#), "{snapshot}");
}
