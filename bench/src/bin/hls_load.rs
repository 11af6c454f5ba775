//! Low-latency HLS players on a real show: each waits in a blocking playlist request for the next part and then
//! fetches it. Late is who gets a part's playlist after the first who got it.
//!
//! `cargo run --release -p bench --bin hls_load -- --players 300 --seconds 20`
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bench::house::{House, HouseArgs, Picture, Show, Usage};
use bench::http::Connection;
use bench::numbers::{Times, count, mib};
use clap::Parser;
use tokio::task::JoinSet;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    house: HouseArgs,
    #[arg(long, default_value_t = 300)]
    players: usize,
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

/// When the first player got the playlist that names a part.
type Firsts = Arc<Mutex<HashMap<String, Instant>>>;

/// What one player saw.
#[derive(Default)]
struct Seen {
    parts: usize,
    bytes: usize,
    late: Vec<Duration>,
    fetches: Vec<Duration>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    ensure!(server::raise_file_limit() > arguments.players as u64 + 100, "too few files may be open");
    let mut house = House::make(&arguments.house, "")?;
    house.start().await?;
    let owner = house.owner().await?;
    let show = Show::go_live(&house, &owner, Picture::Phone).await?;
    bench::print_conditions("LL-HLS players with blocking reload, one connection each, HTTP/1.1");
    println!("640×360 at 1.5 Mbit/s, parts of 334 ms; the encoder runs on the same cores\n");
    let playlist = playlist(house.http, &show.event).await?;

    let (firsts, mut tasks) = (Firsts::default(), JoinSet::new());
    let (began, server) = (Instant::now(), house.usage()?);
    let until = began + Duration::from_secs(arguments.seconds);
    for _ in 0..arguments.players {
        tasks.spawn(play(house.http, playlist.clone(), Arc::clone(&firsts), until));
    }
    let mut all = Seen::default();
    while let Some(done) = tasks.join_next().await {
        let seen = done??;
        all.parts += seen.parts;
        all.bytes += seen.bytes;
        all.late.extend(seen.late);
        all.fetches.extend(seen.fetches);
    }
    let (took, used) = (began.elapsed().as_secs_f64(), house.usage()?);
    let (late, fetches) = (Times::of(all.late), Times::of(all.fetches));
    println!(
        "{:>7} {:>8} {:>8} {:>12} {:>12} {:>12} {:>12} {:>12}",
        "players", "parts/s", "MiB/s", "late p50 ms", "late p99 ms", "part p50 ms", "part p99 ms", "server CPU"
    );
    println!(
        "{:>7} {:>8.0} {:>8.1} {:>12.1} {:>12.1} {:>12.1} {:>12.1} {:>10.0} %",
        arguments.players,
        count(all.parts) / took,
        mib(all.bytes as u64) / took,
        late.at(50.0),
        late.at(99.0),
        fetches.at(50.0),
        fetches.at(99.0),
        used.since(server).as_secs_f64() / took * 100.0
    );
    let client = Usage::of("self")?;
    println!("server {:.0} MiB resident; client {:.1} s CPU", mib(used.resident_bytes), client.cpu.as_secs_f64());
    ensure!(all.parts > 0, "no part was played");
    Ok(())
}

/// The media playlist that the show's multivariant playlist names.
async fn playlist(host: SocketAddr, event: &str) -> anyhow::Result<String> {
    let answer = Connection::open(host).await?.get(&format!("/live/{event}/index.m3u8")).await?;
    ensure!(answer.status == 200, "the multivariant playlist answered {}", answer.status);
    let text = String::from_utf8(answer.body)?;
    let line = text.lines().find(|line| !line.starts_with('#') && !line.is_empty()).context("no rendition")?;
    Ok(if line.starts_with('/') { line.to_owned() } else { format!("/live/{event}/{line}") })
}

async fn play(host: SocketAddr, playlist: String, firsts: Firsts, until: Instant) -> anyhow::Result<Seen> {
    let folder = playlist.rsplit_once('/').context("the playlist has no folder")?.0;
    let mut connection = Connection::open(host).await?;
    let mut seen = Seen::default();
    let mut text = String::from_utf8(connection.get(&playlist).await?.body)?;
    while Instant::now() < until {
        let hint = hint(&text).context("the playlist hints at no part")?.to_owned();
        let (msn, part) = hint.trim_end_matches(".m4s").split_once('.').context("a part has two numbers")?;
        let answer = connection.get(&format!("{playlist}?_HLS_msn={msn}&_HLS_part={part}")).await?;
        let now = Instant::now();
        ensure!(answer.status == 200, "the playlist answered {}", answer.status);
        let first = *firsts.lock().expect("no player panics").entry(hint.clone()).or_insert(now);
        seen.late.push(now - first);
        text = String::from_utf8(answer.body)?;
        // At a segment's end the hinted part may not come: the next segment's first part is hinted instead.
        if !text.contains(&format!(r#"URI="{hint}""#)) {
            continue;
        }
        let answer = connection.get(&format!("{folder}/{hint}")).await?;
        if answer.status == 200 {
            seen.fetches.push(now.elapsed());
            seen.parts += 1;
            seen.bytes += answer.body.len();
        }
    }
    Ok(seen)
}

/// The part that the playlist says comes next.
fn hint(playlist: &str) -> Option<&str> {
    let line = playlist.lines().rev().find(|line| line.starts_with("#EXT-X-PRELOAD-HINT:TYPE=PART"))?;
    line.split_once(r#"URI=""#)?.1.split('"').next()
}
