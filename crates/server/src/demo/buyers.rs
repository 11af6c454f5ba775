//! The demo's buyers: people from Madrid, Osaka, Chicago, Lyon and Singapore who greet, ask and order, over the public
//! API, round after round.

use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::Show;
use super::client::Client;
use super::script::{Act, Buyer, ROUND};

/// Between one act and the next: the first come quickly, so that the room is not empty for the first visitor.
const PACE_AT_FIRST: Duration = Duration::from_secs(3);
const PACE: [u64; 5] = [9, 6, 13, 7, 11];

/// Lets the buyers act one after another, until cancelled.
pub async fn keep_busy(base: String, show: Show, cancel: CancellationToken) {
    let mut round = 0;
    loop {
        for (at, (buyer, act)) in ROUND.iter().enumerate() {
            let pause = if round == 0 && at < 5 { PACE_AT_FIRST } else { Duration::from_secs(PACE[at % PACE.len()]) };
            tokio::select! {
                () = cancel.cancelled() => return,
                done = perform(&base, &show, buyer, act, round) => {
                    if let Err(refusal) = done {
                        tracing::debug!(buyer = buyer.name, "a demo buyer was refused: {refusal:#}");
                    }
                }
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
        round += 1;
    }
}

async fn perform(base: &str, show: &Show, buyer: &Buyer, act: &Act, round: u32) -> anyhow::Result<()> {
    let client = Client::new(base)?;
    let room = format!("/api/v1/rooms/{}", show.event);
    let id = uuid::Uuid::now_v7().to_string();
    match act {
        Act::Say(text) => {
            let token = join(&client, &room, buyer).await?;
            client.post_once(&format!("{room}/messages"), Some(&token), &json!({"id": id, "text": text})).await?;
        }
        Act::Ask(product, text) => {
            let token = join(&client, &room, buyer).await?;
            let asked = json!({"id": id, "text": text, "product": show.products.get(*product)});
            client.post_once(&format!("{room}/questions"), Some(&token), &asked).await?;
        }
        // The offer is for so many a company, and one request is enough.
        Act::Order(_) | Act::Inquire(..) if round > 0 => {}
        Act::Order(quantity) => {
            if let Some(offer) = &show.offer {
                let order = json!({"quantity": quantity, "buyer": details(buyer)});
                client.post_once(&format!("/api/v1/offers/{offer}/orders"), None, &order).await?;
            }
        }
        Act::Inquire(product, text) => {
            let inquiry = json!({
                "event": show.event, "product": show.products.get(*product), "text": text, "buyer": details(buyer)
            });
            client.post_once("/api/v1/inquiries", None, &inquiry).await?;
        }
    }
    Ok(())
}

async fn join(client: &Client, room: &str, buyer: &Buyer) -> anyhow::Result<String> {
    let joined = client.post(&format!("{room}/tokens"), &json!({"lang": buyer.lang, "name": buyer.name})).await?;
    Ok(joined["token"].as_str().unwrap_or_default().to_owned())
}

fn details(buyer: &Buyer) -> Value {
    json!({
        "company": buyer.company, "name": buyer.name, "email": buyer.email,
        "country": buyer.country, "lang": buyer.lang
    })
}
