//! Durable orders a second through the whole server: `POST /api/v1/offers/{id}/orders` on 64 connections, each buyer
//! waiting for the answer before asking again. The relay, letters and projections run as they do for a firm. Ends
//! with a rush on an offer that is too small for all.
//!
//! `cargo run --release -p bench --bin orders_over_http -- --seconds 5`
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bench::house::{House, HouseArgs, Usage};
use bench::http::Connection;
use bench::numbers::{Times, count, mib};
use clap::Parser;
use kernel::{Clock as _, SystemClock};
use serde_json::{Value, json};
use server::demo::client::Client;
use server::demo::seed::{self, Product};
use tokio::task::JoinSet;
use uuid::Uuid;

/// Pieces to an order: every step of the demo's sheet divides it.
const STEP: usize = 2400;
/// Orders that the measured offer can serve.
const MANY: usize = 400_000;
/// Orders that the rush's offer can serve.
const RUSH: usize = 300;

/// All buyers come from one address here, so it may order as much as the setting can say.
const ONE_HALL: &str = "[trade]\nper_address_minute = 1000000\n";

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    house: HouseArgs,
    #[arg(long, default_value_t = 64)]
    connections: usize,
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut house = House::make(&arguments.house, ONE_HALL)?;
    house.start().await?;
    let owner = house.owner().await?;
    let products = seed::catalogue(&owner).await?;
    let event = seed::event(&owner, &products).await?;
    bench::print_conditions("durable orders a second through the whole server, closed loop over HTTP/1.1");
    println!("{} connections, one order each at a time; relay, letters and projections run", arguments.connections);
    println!("trade.per_address_minute = 1000000, since all buyers share one address; all else as installed\n");

    let offer = offer(&owner, &event, &products[0], MANY).await?;
    let (server, client, began) = (house.usage()?, Usage::of("self")?, Instant::now());
    let until = began + Duration::from_secs_f64(arguments.seconds.clamp(0.1, 60.0));
    let bought = buy(&house, &offer, arguments.connections, until).await?;
    let took = began.elapsed().as_secs_f64();
    let (server_then, client_then) = (house.usage()?, Usage::of("self")?);
    let orders = bought.waits.count();
    println!(
        "{:>9} {:>9} {:>9} {:>9} {:>16} {:>16}",
        "orders/s", "p50 ms", "p99 ms", "max ms", "server CPU", "client CPU"
    );
    println!(
        "{:>9.0} {:>9.2} {:>9.2} {:>9.2} {:>13.0} µs {:>13.0} µs   an order; server {:.0} MiB",
        count(orders) / took,
        bought.waits.at(50.0),
        bought.waits.at(99.0),
        bought.waits.at(100.0),
        server_then.since(server).as_secs_f64() * 1e6 / count(orders),
        client_then.since(client).as_secs_f64() * 1e6 / count(orders),
        mib(server_then.resident_bytes)
    );
    ensure!(left(&owner, &event, &offer).await? + orders * STEP == MANY * STEP, "the pool is not what was sold");

    let small = self::offer(&owner, &event, &products[1], RUSH).await?;
    let bought = buy(&house, &small, arguments.connections, Instant::now() + Duration::from_mins(1)).await?;
    let (sold, left) = (bought.waits.count(), left(&owner, &event, &small).await?);
    println!("\nrush: {} connections, {RUSH} orders fit: {sold} placed, {left} pieces left", arguments.connections);
    ensure!(sold == RUSH && left == 0, "{sold} of {RUSH} orders were placed, {left} pieces are left");
    Ok(())
}

struct Bought {
    waits: Times,
}

/// Everybody buys until then, or until nothing is left.
async fn buy(house: &House, offer: &str, connections: usize, until: Instant) -> anyhow::Result<Bought> {
    let path: Arc<str> = format!("/api/v1/offers/{offer}/orders").into();
    let mut tasks = JoinSet::new();
    for number in 0..connections {
        let (path, mut connection) = (Arc::clone(&path), Connection::open(house.http).await?);
        let order = json!({"quantity": STEP, "buyer": {
            "company": format!("Juguetes del Sol {number}"), "name": "Ana Ruiz",
            "email": format!("ana{number}@juguetes.example"), "country": "ES", "lang": "es"
        }});
        let body = order.to_string();
        tasks.spawn(async move {
            let mut waits = Vec::new();
            while Instant::now() < until {
                let asked = Instant::now();
                let answer = connection.post(&path, &Uuid::now_v7().to_string(), &body).await?;
                match answer.status {
                    201 => waits.push(asked.elapsed()),
                    409 => break,
                    other => anyhow::bail!("{other}: {}", String::from_utf8_lossy(&answer.body)),
                }
            }
            Ok(waits)
        });
    }
    let mut waits = Vec::new();
    while let Some(done) = tasks.join_next().await {
        waits.extend(done??);
    }
    Ok(Bought { waits: Times::of(waits) })
}

/// An open offer that serves so many orders, with the stock for it.
async fn offer(owner: &Client, event: &str, product: &Product, orders: usize) -> anyhow::Result<String> {
    let (now, variant, total) = (SystemClock.now(), &product.variant, orders * STEP);
    let received = json!({"delta": total, "reason": "received"});
    owner.post_once(&format!("/api/v1/stock/{variant}/movements"), None, &received).await?;
    let new = json!({
        "event": event, "variant": variant, "unit_price": {"micro": 6_900_000, "currency": "USD"},
        "total": total, "min_quantity": STEP, "starts_at": now, "ends_at": now + Duration::from_hours(1),
        "activate": true
    });
    let made = owner.post_once("/api/v1/offers", None, &new).await?;
    Ok(made["id"].as_str().context("the offer has no id")?.to_owned())
}

/// Pieces left in an offer's pool.
async fn left(owner: &Client, event: &str, offer: &str) -> anyhow::Result<usize> {
    let offers = owner.get(&format!("/api/v1/offers?event={event}")).await?;
    let items = offers["items"].as_array().or_else(|| offers.as_array()).context("no offers")?;
    let of = |item: &&Value| item["id"] == offer || item["offer"] == offer;
    let left = items.iter().find(of).and_then(|item| item["left"].as_u64()).context("the offer is gone")?;
    Ok(usize::try_from(left)?)
}
