//! A full room: thousands of WebSocket viewers on a real server, a few of whom talk. Every viewer counts every
//! message; the time is from the sender's write to the viewer's read, by one clock.
//!
//! `cargo run --release -p bench --bin room_load -- --viewers 2000 --seconds 30`, and with `--storm` everybody loses
//! the connection, first while the server lives, then because it is killed.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bench::crowd::{Crowd, Viewer};
use bench::house::{House, HouseArgs, Picture, Show, Usage};
use bench::numbers::{Times, count, mib};
use clap::Parser;
use futures_util::stream::{StreamExt as _, TryStreamExt as _};
use serde_json::json;
use server::demo::client::Client;
use tokio::task::LocalSet;
use uuid::Uuid;

/// Viewers that connect at once while the room fills.
const AT_ONCE: usize = 64;
/// Messages said while the viewers are away.
const MISSED: usize = 10;

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    house: HouseArgs,
    #[arg(long, default_value_t = 2000)]
    viewers: usize,
    #[arg(long, default_value_t = 30)]
    seconds: u32,
    /// Chat messages a second, of all together; a room shows 10.
    #[arg(long, default_value_t = 10)]
    per_second: u32,
    /// Viewers who talk; each may say one message in two seconds.
    #[arg(long, default_value_t = 40)]
    talkers: usize,
    /// Also lets everybody lose the connection: cut off, and by a kill of the server.
    #[arg(long)]
    storm: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    LocalSet::new().run_until(run(Arguments::parse())).await
}

async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let files = server::raise_file_limit();
    ensure!(files > arguments.viewers as u64 + 100, "only {files} files may be open: raise `ulimit -Hn`");
    ensure!(arguments.talkers > 0 && arguments.talkers <= arguments.viewers, "the talkers are viewers too");
    let mut house = House::make(&arguments.house, "")?;
    house.start().await?;
    let owner = house.owner().await?;
    let show = Show::go_live(&house, &owner, Picture::Small).await?;
    bench::print_conditions("a room with one show on the air, all viewers on plain WebSockets");
    println!("server: SQLite, a small picture published over RTMP; client: one thread, {files} files may be open\n");

    let said = (arguments.per_second * arguments.seconds) as usize;
    let ids: Vec<Uuid> = (0..said + MISSED).map(|_| Uuid::now_v7()).collect();
    let crowd = Crowd::new(house.http, &show.event, &ids);
    let viewers = fill(&house, &crowd, &show.event, &arguments).await?;
    let delivered = talk(&house, &crowd, &viewers, &ids[..said], &arguments).await?;
    if arguments.storm {
        cut(&crowd, &viewers, &owner, &show.event, (said, &ids[said..])).await?;
        kill(&mut house, &crowd, viewers.len()).await?;
    }
    ensure!(delivered, "not everything was delivered");
    Ok(())
}

/// Everybody gets a token and comes in.
async fn fill(house: &House, crowd: &Rc<Crowd>, event: &str, arguments: &Arguments) -> anyhow::Result<Vec<Rc<Viewer>>> {
    let (client, path) = (Client::new(&house.base())?, format!("/api/v1/rooms/{event}/tokens"));
    let tokens = futures_util::stream::iter(0..arguments.viewers).map(|number| {
        let name = (number < arguments.talkers).then(|| format!("Guest {number}"));
        let (client, path) = (client.clone(), &path);
        async move {
            let joined = client.post(path, &json!({"lang": "en", "name": name})).await?;
            joined["token"].as_str().map(str::to_owned).context("no token")
        }
    });
    let tokens: Vec<String> = tokens.buffered(16).try_collect().await?;
    let began = Instant::now();
    let mut viewers = Vec::with_capacity(tokens.len());
    for token in tokens {
        let viewer = Viewer::new(crowd, token);
        tokio::task::spawn_local(Rc::clone(&viewer).stay());
        viewers.push(viewer);
        let most_waiting = viewers.len().saturating_sub(AT_ONCE);
        until(Duration::from_secs(10), || crowd.count.welcomed.get() >= most_waiting).await;
    }
    until(Duration::from_secs(30), || crowd.count.welcomed.get() == viewers.len()).await;
    let (welcomed, took) = (crowd.count.welcomed.get(), began.elapsed().as_secs_f64());
    println!("{welcomed} of {} viewers came in within {took:.1} s", viewers.len());
    ensure!(welcomed == viewers.len(), "the others did not: {}", crowd.last_problem.borrow());
    Ok(viewers)
}

/// The talkers talk in turn, evenly; tells whether everybody heard everything.
async fn talk(
    house: &House,
    crowd: &Rc<Crowd>,
    viewers: &[Rc<Viewer>],
    ids: &[Uuid],
    arguments: &Arguments,
) -> anyhow::Result<bool> {
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (server, client) = (house.usage()?, Usage::of("self")?);
    let (frames, bytes, began) = (crowd.count.frames.get(), crowd.count.bytes.get(), Instant::now());
    let mut beat = tokio::time::interval(Duration::from_secs(1) / arguments.per_second);
    for (place, id) in ids.iter().enumerate() {
        beat.tick().await;
        crowd.says(place);
        viewers[place % arguments.talkers].say(*id, &format!("How many cartons go into a container? ({place})"))?;
    }
    let wanted = ids.len() * viewers.len();
    until(Duration::from_secs(5), || crowd.count.heard.get() == wanted).await;
    let took = began.elapsed().as_secs_f64();
    let (server_then, client_then) = (house.usage()?, Usage::of("self")?);
    let heard = crowd.count.heard.get();
    let times = Times::of(crowd.waits.take());
    println!(
        "\n{:>7} {:>5} {:>10} {:>8} {:>8} {:>8} {:>8} {:>10} {:>9}",
        "viewers", "msg/s", "delivered", "p50 ms", "p95 ms", "p99 ms", "max ms", "frames/s", "MiB/s"
    );
    println!(
        "{:>7} {:>5} {:>9.3}% {:>8.1} {:>8.1} {:>8.1} {:>8.1} {:>10.0} {:>9.2}",
        viewers.len(),
        arguments.per_second,
        100.0 * count(heard) / count(wanted),
        times.at(50.0),
        times.at(95.0),
        times.at(99.0),
        times.at(100.0),
        count(crowd.count.frames.get() - frames) / took,
        mib((crowd.count.bytes.get() - bytes) as u64) / took,
    );
    println!(
        "deliveries {heard} of {wanted}, repeated {}, gaps {}, refused {}",
        crowd.count.repeated.get(),
        crowd.count.gaps.get(),
        crowd.count.refused.get()
    );
    if crowd.count.refused.get() > 0 {
        println!("last refusal: {}", crowd.last_problem.borrow());
    }
    println!(
        "in {took:.1} s: server {:.2} s CPU, {:.0} MiB resident; client {:.2} s CPU\n",
        server_then.since(server).as_secs_f64(),
        mib(server_then.resident_bytes),
        client_then.since(client).as_secs_f64()
    );
    Ok(heard == wanted)
}

/// Every connection is lost at once while the server lives; what is said meanwhile comes with the resume.
async fn cut(
    crowd: &Rc<Crowd>,
    viewers: &[Rc<Viewer>],
    owner: &Client,
    event: &str,
    (first, ids): (usize, &[Uuid]),
) -> anyhow::Result<()> {
    let (heard, resumed) = (crowd.count.heard.get(), crowd.count.resumed.get());
    storm_begins(crowd);
    for viewer in viewers {
        viewer.cut();
    }
    for (place, id) in ids.iter().enumerate() {
        crowd.says(first + place);
        owner.post(&format!("/api/v1/rooms/{event}/messages"), &json!({"id": id, "text": "Meanwhile"})).await?;
    }
    report("all connections cut, the server lives", crowd, viewers.len()).await?;
    let wanted = ids.len() * viewers.len();
    until(Duration::from_secs(5), || crowd.count.heard.get() - heard == wanted).await;
    let (heard, resumed) = (crowd.count.heard.get() - heard, crowd.count.resumed.get() - resumed);
    println!("  {resumed} resumed from their place; {heard} of {wanted} deliveries of what was said meanwhile\n");
    ensure!(heard == wanted, "what was said meanwhile did not reach everybody");
    Ok(())
}

/// The server is killed and started again; viewers find it by themselves.
async fn kill(house: &mut House, crowd: &Rc<Crowd>, viewers: usize) -> anyhow::Result<()> {
    storm_begins(crowd);
    let began = Instant::now();
    house.kill()?;
    until(Duration::from_secs(5), || crowd.count.welcomed.get() == 0).await;
    house.start().await?;
    println!("the server answers again {:.2} s after the kill", began.elapsed().as_secs_f64());
    report("kill -9 and start", crowd, viewers).await
}

fn storm_begins(crowd: &Crowd) {
    crowd.back.borrow_mut().clear();
    crowd.waits.borrow_mut().clear();
    crowd.storm.set(Some(Instant::now()));
}

async fn report(what: &str, crowd: &Crowd, viewers: usize) -> anyhow::Result<()> {
    until(Duration::from_secs(90), || crowd.back.borrow().len() >= viewers).await;
    let back = Times::of(crowd.back.borrow().iter().copied());
    let at = |percent| back.at(percent) / 1000.0;
    println!(
        "{what}: {} of {viewers} back; half after {:.2} s, 99 % after {:.2} s, the last after {:.2} s",
        back.count(),
        at(50.0),
        at(99.0),
        at(100.0)
    );
    ensure!(back.count() >= viewers, "not everybody came back: {}", crowd.last_problem.borrow());
    Ok(())
}

/// Waits until it is so, or the time is over.
async fn until(most: Duration, so: impl Fn() -> bool) {
    let end = Instant::now() + most;
    while !so() && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
