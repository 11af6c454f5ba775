//! A start on a migrated database until the first page is there, again and again; then what an idle server holds.
//!
//! `cargo run --release -p bench --bin idle`
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::time::{Duration, Instant};

use anyhow::ensure;
use bench::house::{House, HouseArgs};
use bench::http::Connection;
use bench::numbers::{Times, mib};
use clap::Parser;
use server::demo::seed;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    house: HouseArgs,
    #[arg(long, default_value_t = 10)]
    runs: usize,
    /// How long the server idles before its memory is read.
    #[arg(long, default_value_t = 30)]
    idle_s: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let mut house = House::make(&arguments.house, "")?;
    house.start().await?;
    let owner = house.owner().await?;
    let products = seed::catalogue(&owner).await?;
    let event = seed::event(&owner, &products).await?;
    let plan = serde_json::json!({"to": "scheduled", "from_version": 1});
    owner.post(&format!("/api/v1/events/{event}/transitions"), &plan).await?;
    bench::print_conditions("start to first page, and memory while nothing happens");
    println!("SQLite, migrated, the demo's 14 products and one planned show; the program is in the page cache\n");
    println!("{:<22} {:>5} {:>10} {:>8}", "first 200 of", "runs", "median ms", "max ms");
    for page in ["/".to_owned(), format!("/e/{event}")] {
        let mut times = Vec::new();
        for _ in 0..arguments.runs {
            house.kill()?;
            times.push(first_page(&mut house, &page).await?);
        }
        let times = Times::of(times);
        let name = if page == "/" { "the firm's home" } else { "the show's page" };
        println!("{name:<22} {:>5} {:>10.0} {:>8.0}", times.count(), times.at(50.0), times.at(100.0));
    }
    let before = house.usage()?;
    tokio::time::sleep(Duration::from_secs(arguments.idle_s)).await;
    let after = house.usage()?;
    println!(
        "\nidle for {} s: {:.0} MiB resident (peak {:.0}), {:.0} ms CPU",
        arguments.idle_s,
        mib(after.resident_bytes),
        mib(after.peak_bytes),
        after.since(before).as_secs_f64() * 1000.0
    );
    Ok(())
}

/// Starts the server and asks until the page is answered with 200.
async fn first_page(house: &mut House, page: &str) -> anyhow::Result<Duration> {
    let began = Instant::now();
    house.spawn()?;
    loop {
        if let Ok(mut connection) = Connection::open(house.http).await {
            let answer = connection.get(page).await?;
            ensure!(answer.status == 200, "{page} answered {}", answer.status);
            return Ok(began.elapsed());
        }
        ensure!(began.elapsed() < Duration::from_secs(30), "the server does not open");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
