//! A viewer of a room who comes back by themselves, as the watch page does: with the token and the place they had.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;

const TALK_EVERY: Duration = Duration::from_millis(150);
const BACK_AFTER: Duration = Duration::from_millis(200);

/// What a viewer has seen so far.
#[derive(Debug, Default)]
pub struct Seen {
    pub welcomes: usize,
    pub heard_since_welcome: bool,
    /// Own messages that were acknowledged.
    pub acknowledged: HashSet<String>,
    place: Option<(Value, Value)>,
}

/// Stays in the room until aborted.
pub async fn stay(url: String, token: String, talks: bool, seen: Arc<Mutex<Seen>>) {
    loop {
        let _lost = visit(&url, &token, talks, &seen).await;
        tokio::time::sleep(BACK_AFTER).await;
    }
}

/// One connection, to its end.
async fn visit(url: &str, token: &str, talks: bool, seen: &Mutex<Seen>) -> Option<()> {
    let mut request = url.into_client_request().ok()?;
    request.headers_mut().insert("sec-websocket-protocol", HeaderValue::from_static("room.v1.json"));
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.ok()?;
    let resume = seen.lock().unwrap().place.clone().map(|(e, s)| json!({"e": e, "s": s}));
    let join = json!({"op": "join", "token": token, "lang": "en", "resume": resume});
    socket.send(Message::text(join.to_string())).await.ok()?;
    let mut talk = tokio::time::interval(TALK_EVERY);
    loop {
        tokio::select! {
            _ = talk.tick(), if talks => {
                let id = uuid::Uuid::now_v7();
                socket.send(Message::text(json!({"op": "chat", "id": id, "text": "Hello"}).to_string())).await.ok()?;
            }
            message = socket.next() => if let Message::Text(text) = message?.ok()? {
                hear(&mut seen.lock().unwrap(), &serde_json::from_str(&text).unwrap());
            }
        }
    }
}

fn hear(seen: &mut Seen, message: &Value) {
    match message["op"].as_str() {
        Some("welcome") => {
            seen.welcomes += 1;
            seen.heard_since_welcome = false;
            seen.place = Some((message["e"].clone(), message["s"].clone()));
        }
        Some("ack") => {
            seen.acknowledged.insert(message["id"].as_str().unwrap().to_owned());
        }
        None if message["c"].is_null() => {
            seen.heard_since_welcome |= message["ev"].as_array().unwrap().iter().any(|event| event["k"] == "msg");
            seen.place = Some((message["e"].clone(), message["s"].clone()));
        }
        _ => {}
    }
}
