//! The demo's buyers: a few people from Madrid, Osaka, Chicago and Lyon who greet, ask and order, over the public API.

use std::time::Duration;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::Show;
use super::client::Client;

struct Buyer {
    name: &'static str,
    company: &'static str,
    email: &'static str,
    country: &'static str,
    lang: &'static str,
    chat: &'static str,
    question: &'static str,
    orders: Option<u32>,
}

const BUYERS: [Buyer; 4] = [
    Buyer {
        name: "Ana Ortega",
        company: "Juguetes del Retiro S.L.",
        email: "ana@example.es",
        country: "ES",
        lang: "es",
        chat: "Hola desde Madrid",
        question: "¿La pintura cumple la norma EN 71-3?",
        orders: Some(48),
    },
    Buyer {
        name: "森 健一",
        company: "森教材株式会社",
        email: "mori@example.jp",
        country: "JP",
        lang: "ja",
        chat: "大阪から見ています",
        question: "カートンの寸法と重さを教えてください。",
        orders: None,
    },
    Buyer {
        name: "Denise Walker",
        company: "Lakeside School Supply",
        email: "denise@example.com",
        country: "US",
        lang: "en",
        chat: "Good morning from Chicago",
        question: "What is the lead time for 2,400 sets with our own box?",
        orders: Some(240),
    },
    Buyer {
        name: "Luc Moreau",
        company: "Éveil & Bois SARL",
        email: "luc@example.fr",
        country: "FR",
        lang: "en",
        chat: "Hello, joining from Lyon",
        question: "Can I mix blocks and rainbow stackers in one 20GP?",
        orders: None,
    },
];

/// Lets the buyers come one after another, until cancelled.
pub async fn keep_busy(base: String, show: Show, cancel: CancellationToken) {
    for buyer in &BUYERS {
        tokio::select! {
            () = cancel.cancelled() => return,
            visited = visit(&base, &show, buyer) => {
                if let Err(refusal) = visited {
                    tracing::warn!(buyer = buyer.name, "a demo buyer was refused: {refusal:#}");
                }
            }
        }
    }
}

async fn visit(base: &str, show: &Show, buyer: &Buyer) -> anyhow::Result<()> {
    let client = Client::new(base)?;
    let room = format!("/api/v1/rooms/{}", show.event);
    let joined = client.post(&format!("{room}/tokens"), &json!({"lang": buyer.lang, "name": buyer.name})).await?;
    let token = joined["token"].as_str().unwrap_or_default().to_owned();
    let id = || uuid::Uuid::now_v7().to_string();
    client.post_once(&format!("{room}/messages"), Some(&token), &json!({"id": id(), "text": buyer.chat})).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let asked = json!({"id": id(), "text": buyer.question, "product": show.products.first()});
    client.post_once(&format!("{room}/questions"), Some(&token), &asked).await?;
    tokio::time::sleep(Duration::from_secs(3)).await;
    if let (Some(quantity), Some(offer)) = (buyer.orders, &show.offer) {
        let order = json!({"quantity": quantity, "buyer": details(buyer)});
        client.post_once(&format!("/api/v1/offers/{offer}/orders"), None, &order).await?;
    } else {
        let inquiry = json!({
            "event": show.event, "product": show.products.first(), "text": buyer.question, "buyer": details(buyer)
        });
        client.post_once("/api/v1/inquiries", None, &inquiry).await?;
    }
    Ok(())
}

fn details(buyer: &Buyer) -> Value {
    json!({
        "company": buyer.company, "name": buyer.name, "email": buyer.email,
        "country": buyer.country, "lang": buyer.lang
    })
}
