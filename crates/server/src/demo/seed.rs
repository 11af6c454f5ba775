//! What the demo firm has: people, a catalogue in four languages, an event, an offer.

use std::time::Duration;

use anyhow::{Context as _, bail};
use kernel::{Clock as _, Instant, SystemClock};
use serde_json::{Value, json};

use super::client::Client;
use super::picture;
use crate::app::App;

/// A log-in of the demo. No password stands in the program outside of it.
pub struct LogIn {
    pub name: &'static str,
    pub email: &'static str,
    pub password: &'static str,
}

pub const OWNER: LogIn = LogIn { name: "Gu Weijun", email: "owner@example.com", password: "porcelain-and-cobalt" };
/// Answers questions.
pub const DESK: LogIn = LogIn { name: "Lin Yue", email: "desk@example.com", password: "jade-and-vermilion" };

/// A product as the seeding needs it.
pub struct Product {
    pub id: String,
    pub variant: String,
}

pub async fn people(app: &App) -> anyhow::Result<()> {
    app.create_owner("Ningbo Huamao Educational Toys", "CN", "Asia/Shanghai", &OWNER).await?;
    app.hire(&DESK, identity::Role::Desk, "Asia/Shanghai").await
}

/// Imports the sheet, draws the pictures, publishes; what is already there stays.
pub async fn catalogue(client: &Client) -> anyhow::Result<Vec<Product>> {
    let present = products(client).await?;
    if !present.is_empty() {
        return Ok(present);
    }
    let sheet = include_bytes!("products.csv").to_vec();
    let dry = client.upload("/api/v1/product-imports", "products.csv", sheet).await?;
    let id = dry["id"].as_str().with_context(|| format!("the sheet was refused: {dry}"))?;
    client.post(&format!("/api/v1/product-imports/{id}/apply"), &json!({})).await?;
    let products = products(client).await?;
    let drawing: Vec<_> =
        (0..products.len()).map(|at| tokio::task::spawn_blocking(move || picture::draw(at))).collect();
    for (product, picture) in products.iter().zip(drawing) {
        let picture = picture.await?;
        client.upload(&format!("/api/v1/products/{}/pictures", product.id), "product.jpg", picture).await?;
        client.post(&format!("/api/v1/products/{}/publish", product.id), &json!({})).await?;
    }
    Ok(products)
}

async fn products(client: &Client) -> anyhow::Result<Vec<Product>> {
    let listed = client.get("/api/v1/products?limit=100").await?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let product = |item: &Value| {
        let variant = text(&item["variant"]).or_else(|| text(&item["variant"]["id"]));
        Some(Product { id: text(&item["id"])?, variant: variant? })
    };
    Ok(listed["items"].as_array().into_iter().flatten().filter_map(product).collect())
}

/// Plans the Wednesday show and its run sheet.
pub async fn event(client: &Client, products: &[Product]) -> anyhow::Result<String> {
    let starts_at: Instant = SystemClock.now() + Duration::from_mins(5);
    let event = client
        .post(
            "/api/v1/events",
            &json!({
                "title": {
                    "en": "Learning toys from Ningbo, live from the showroom",
                    "zh-CN": "宁波益智教具 · 展厅直播专场",
                    "es": "Juguetes didácticos de Ningbo, en directo desde la sala de muestras",
                    "ja": "寧波の知育玩具・ショールームから生中継"
                },
                "text": {
                    "en": "Ask about materials, certificates, cartons and prices; the desk answers at once.",
                    "zh-CN": "材质、证书、装箱、价格，直播间随问随答。",
                    "es": "Pregunte por materiales, certificados, embalaje y precios; respondemos al momento.",
                    "ja": "素材・認証・梱包・価格、その場でお答えします。"
                },
                "languages": ["en", "zh-CN", "es", "ja"],
                "markets": ["us", "es", "jp"],
                "starts_at": starts_at,
                "time_zone": "Asia/Shanghai"
            }),
        )
        .await?;
    let id = event["id"].as_str().context("the event has no id")?.to_owned();
    for product in products.iter().take(6) {
        client
            .post(&format!("/api/v1/events/{id}/run_items"), &json!({"product": product.id, "target_minutes": 8}))
            .await?;
    }
    Ok(id)
}

/// Rehearses until the picture is there, then goes live and puts the first product on the air, which pins it.
pub async fn go_live(client: &Client, event: &str) -> anyhow::Result<()> {
    for to in ["scheduled", "rehearsing"] {
        transition(client, event, to).await?;
    }
    for attempt in 0.. {
        let readiness = client.get(&format!("/api/v1/events/{event}/readiness")).await?;
        if readiness["ready"] == json!(true) {
            break;
        }
        if attempt == 100 {
            bail!("the checklist stays red: {readiness}");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for to in ["scheduled", "live"] {
        transition(client, event, to).await?;
    }
    let items = client.get(&format!("/api/v1/events/{event}/run_items")).await?;
    let first = items["items"][0]["id"].as_str().or_else(|| items[0]["id"].as_str()).context("an empty run sheet")?;
    client.post(&format!("/api/v1/run_items/{first}/transitions"), &json!({"to": "on_air"})).await?;
    Ok(())
}

async fn transition(client: &Client, event: &str, to: &str) -> anyhow::Result<()> {
    let path = format!("/api/v1/events/{event}");
    let version = client.get(&path).await?["version"].clone();
    client.post(&format!("{path}/transitions"), &json!({"to": to, "from_version": version})).await.map(|_| ())
}

/// A live offer on the first product, for two hours.
pub async fn offer(client: &Client, event: &str, products: &[Product]) -> anyhow::Result<String> {
    let first = products.first().context("no product")?;
    let now = SystemClock.now();
    let offer = client
        .post_once(
            "/api/v1/offers",
            None,
            &json!({
                "event": event,
                "variant": first.variant,
                "unit_price": {"micro": 6_900_000, "currency": "USD"},
                "total": 2400,
                "per_company": 960,
                "min_quantity": 24,
                "starts_at": now,
                "ends_at": now + Duration::from_hours(2),
                "activate": true
            }),
        )
        .await?;
    Ok(offer["id"].as_str().context("the offer has no id")?.to_owned())
}
