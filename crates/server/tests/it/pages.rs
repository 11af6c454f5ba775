//! The buyers' pages as a browser without scripts reads them.

use std::time::Duration;

use kernel::{Clock as _, SystemClock};
use serde_json::{Value, json};
use server::demo::client::Client;
use server::demo::seed::{self, Product};

use crate::house::{House, add_owner};

async fn product(owner: &Client, sku: &str) -> Product {
    let price = json!({"min_quantity": 24, "unit_price": {"micro": 7_900_000, "currency": "USD"}});
    let names = json!({"en": format!("Bricks {sku}"), "es": format!("Bloques {sku}")});
    let made = owner.post("/api/v1/products", &json!({"sku": sku, "names": names, "tiers": [price]})).await.unwrap();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    Product { id: text("id"), variant: text("variant") }
}

async fn act(owner: &Client, product: &Product, action: &str) {
    owner.post(&format!("/api/v1/products/{}/{action}", product.id), &json!({})).await.unwrap();
}

async fn schedule(owner: &Client, event: &str) {
    let path = format!("/api/v1/events/{event}");
    let version = owner.get(&path).await.unwrap()["version"].clone();
    let body = json!({"to": "scheduled", "from_version": version});
    owner.post(&format!("{path}/transitions"), &body).await.unwrap();
}

/// Where the words stand in the page, one after the other.
fn in_order(page: &str, words: &[&str]) -> bool {
    let mut rest = page;
    words.iter().all(|word| {
        rest.split_once(word).is_some_and(|(_, after)| {
            rest = after;
            true
        })
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_show_has_its_products_in_run_order_its_calendar_entry_and_a_language_that_stays() {
    let dir = tempfile::tempdir().unwrap();
    add_owner(dir.path());
    let house = House::open(dir.path()).await;
    let owner = house.owner().await;
    let mut products = Vec::new();
    for sku in ["LB-1", "LB-2", "LB-3"] {
        products.push(product(&owner, sku).await);
        act(&owner, products.last().unwrap(), "publish").await;
    }
    products.reverse();
    let event = seed::event(&owner, &products).await.unwrap();
    schedule(&owner, &event).await;
    act(&owner, &products[1], "pause").await;

    let page = house.get(&format!("/e/{event}?lang=es")).await;
    let kept = page.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(kept.starts_with("lf_lang=es;") && !kept.contains("HttpOnly"), "{kept}");
    let html = page.text().await.unwrap();
    assert!(in_order(&html, &["<h3>Bloques LB-3", "<h3>Bloques LB-1"]), "{html}");
    assert!(!html.contains("LB-2"), "what is no longer on sale is left out");

    let list =
        reqwest::Client::new().get(format!("{}/", house.base)).header("cookie", "lf_lang=es").send().await.unwrap();
    assert!(list.headers().get("set-cookie").is_none());
    assert!(list.text().await.unwrap().contains("<html lang=\"es\""));

    let calendar = house.get(&format!("/e/{event}/show.ics?lang=ja")).await;
    assert_eq!(calendar.headers()["content-type"], "text/calendar; charset=utf-8");
    let calendar = calendar.text().await.unwrap();
    assert!(in_order(&calendar, &["BEGIN:VEVENT\r\n", "SUMMARY:寧波", "END:VCALENDAR\r\n"]), "{calendar}");
    assert!(html.contains(&format!("\"calendar\":\"/e/{event}/show.ics?lang=es\"")));
    assert_eq!(house.get(&format!("/e/{}/show.ics", kernel::id::EventId::new())).await.status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_of_shows_begins_with_the_nearest_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    add_owner(dir.path());
    let house = House::open(dir.path()).await;
    let owner = house.owner().await;
    for number in 0..52_u64 {
        let starts_at = SystemClock.now() + Duration::from_hours(100 - number);
        let plan: Value = json!({"title": {"en": format!("Show {number:02}")}, "languages": ["en"], "markets": ["us"],
            "starts_at": starts_at, "time_zone": "Asia/Shanghai"});
        let event = owner.post("/api/v1/events", &plan).await.unwrap();
        schedule(&owner, event["id"].as_str().unwrap()).await;
    }
    let first = house.get("/").await.text().await.unwrap();
    assert!(in_order(&first, &["On the air", "Show 51", "Show 50", "Show 02", "href=\"/?from="]), "{first}");
    assert!(!first.contains("Show 01"));
    let (_, rest) = first.split_once("href=\"/?from=").unwrap();
    let (place, _) = rest.split_once('"').unwrap();
    let second = house.get(&format!("/?from={place}")).await.text().await.unwrap();
    assert!(in_order(&second, &["Show 01", "Show 00"]) && !second.contains("/?from="), "{second}");
    assert_eq!(house.get("/?from=x").await.status(), 400);
}
