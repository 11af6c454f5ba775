//! `kill -9` during a show with orders, questions, chat, viewers and a recording: nothing acknowledged is lost, and
//! the viewers come back by themselves.

use std::collections::HashSet;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kernel::{Clock as _, SystemClock};
use serde_json::{Value, json};
use server::demo::client::Client;
use server::demo::seed::{self, Product};

use crate::house::{House, add_owner, all, free_port};
use crate::viewer::{Seen, stay};

/// How often the house is killed; `KILLS` raises it for a longer run.
const KILLS: usize = 3;
const VIEWERS: usize = 4;

/// What was acknowledged.
#[derive(Default)]
struct Kept {
    orders: Mutex<HashSet<String>>,
    questions: Mutex<HashSet<String>>,
    messages: Mutex<HashSet<String>>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_when_the_house_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    add_owner(dir.path());
    let ports = (free_port(), free_port());
    let mut house = House::open_on(dir.path(), ports, &[]).await;
    let owner = house.owner().await;
    let products = seed::catalogue(&owner).await.unwrap();
    let event = seed::event(&owner, &products).await.unwrap();
    let key = owner.post(&format!("/api/v1/events/{event}/stream-keys"), &json!({"label": "test"})).await.unwrap();
    let key = key["key"].as_str().unwrap().to_owned();
    let mut encoder = publish(&house.rtmp, &key);
    if encoder.is_some() {
        seed::go_live(&owner, &event).await.unwrap();
    } else {
        let scheduled = json!({"to": "scheduled", "from_version": 1});
        owner.post(&format!("/api/v1/events/{event}/transitions"), &scheduled).await.unwrap();
    }
    let offer = offer(&owner, &event, &products[0]).await;
    let (viewers, staying): (Vec<_>, Vec<_>) = watch(&owner, &house.base, &event).await.into_iter().unzip();

    let (kept, kills) = (Arc::new(Kept::default()), kills());
    for round in 0..kills {
        let crowd: Vec<_> =
            (0..6).map(|n| tokio::spawn(buy(house.base.clone(), offer.clone(), n, kept.clone()))).collect();
        let asking = tokio::spawn(ask(house.base.clone(), event.clone(), kept.clone()));
        tokio::time::sleep(Duration::from_millis(1200 + 300 * (round % 5) as u64)).await;
        house.kill();
        keep_messages(&kept, &viewers);
        for task in crowd {
            task.abort();
        }
        asking.abort();
        house = House::open_on(dir.path(), ports, &[]).await;
        all_are_back(&viewers, round + 2).await;
        if let Some(mut child) = encoder.take() {
            let _gone = child.kill();
            let _reaped = child.wait();
            encoder = publish(&house.rtmp, &key);
        }
    }
    staying.iter().for_each(tokio::task::JoinHandle::abort);

    let owner = house.owner().await;
    let orders = ids(&all(&owner, "/api/v1/orders").await);
    all_are_there("orders", &kept.orders, &orders, 3 * kills);
    let questions = ids(&all(&owner, &format!("/api/v1/rooms/{event}/questions")).await);
    all_are_there("questions", &kept.questions, &questions, kills);
    let transcript = owner.text(&format!("/api/v1/rooms/{event}/transcript.jsonl")).await.unwrap();
    let said: Vec<Value> = transcript.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    all_are_there("messages", &kept.messages, &ids(&said), kills);
    if let Some(mut child) = encoder {
        let _gone = child.kill();
        let _reaped = child.wait();
        the_recording_plays(dir.path());
    }
}

fn kills() -> usize {
    #[expect(clippy::disallowed_methods, reason = "a test learns how long to run from the one who runs it")]
    let wanted = std::env::var("KILLS");
    wanted.map_or(KILLS, |kills| kills.parse().expect("KILLS is a number"))
}

fn all_are_there(what: &str, acknowledged: &Mutex<HashSet<String>>, there: &HashSet<String>, least: usize) {
    let acknowledged = acknowledged.lock().unwrap();
    eprintln!("{} {what} acknowledged, {} kept", acknowledged.len(), there.len());
    assert!(acknowledged.len() >= least, "only {} {what} were acknowledged", acknowledged.len());
    assert!(acknowledged.is_subset(there), "lost {what}: {:?}", acknowledged.difference(there));
}

/// An offer that no run buys empty.
async fn offer(owner: &Client, event: &str, product: &Product) -> String {
    let (variant, now) = (&product.variant, SystemClock.now());
    let received = json!({"delta": 1_000_000, "reason": "received"});
    owner.post_once(&format!("/api/v1/stock/{variant}/movements"), None, &received).await.unwrap();
    let new = json!({
        "event": event, "variant": variant, "unit_price": {"micro": 6_900_000, "currency": "USD"},
        "total": 960_000, "min_quantity": 24, "starts_at": now, "ends_at": now + Duration::from_hours(2),
        "activate": true
    });
    let made = owner.post_once("/api/v1/offers", None, &new).await.unwrap();
    made["id"].as_str().unwrap().to_owned()
}

/// Viewers, the first of whom is the crew's and talks.
async fn watch(owner: &Client, base: &str, event: &str) -> Vec<(Arc<Mutex<Seen>>, tokio::task::JoinHandle<()>)> {
    let mut viewers = Vec::new();
    let guest = Client::new(base).unwrap();
    for number in 0..VIEWERS {
        let client = if number == 0 { owner } else { &guest };
        let joined = client.post(&format!("/api/v1/rooms/{event}/tokens"), &json!({"lang": "en"})).await.unwrap();
        let (token, seen) = (joined["token"].as_str().unwrap().to_owned(), Arc::new(Mutex::new(Seen::default())));
        let url = format!("{}/rooms/{event}", base.replace("http:", "ws:"));
        viewers.push((seen.clone(), tokio::spawn(stay(url, token, number == 0, seen))));
    }
    viewers
}

fn keep_messages(kept: &Kept, viewers: &[Arc<Mutex<Seen>>]) {
    kept.messages.lock().unwrap().extend(viewers[0].lock().unwrap().acknowledged.drain());
}

/// Every viewer has been welcomed so often, and has heard something said after it.
async fn all_are_back(viewers: &[Arc<Mutex<Seen>>], welcomes: usize) {
    let until = Instant::now() + Duration::from_secs(30);
    for seen in viewers {
        let back = || {
            let seen = seen.lock().unwrap();
            seen.welcomes >= welcomes && seen.heard_since_welcome
        };
        while !back() {
            assert!(Instant::now() < until, "a viewer did not come back: {:?}", seen.lock().unwrap());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn ids(items: &[Value]) -> HashSet<String> {
    items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect()
}

fn publish(server: &str, key: &str) -> Option<Child> {
    let child = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25"])
        .args(["-f", "lavfi", "-i", "sine=r=48000", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "0"])
        .args(["-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "flv"])
        .arg(format!("{server}/{key}"))
        .stderr(Stdio::null())
        .spawn();
    if child.is_err() {
        eprintln!("skipped the video half: ffmpeg is missing");
    }
    child.ok()
}

async fn buy(base: String, offer: String, n: usize, kept: Arc<Kept>) {
    let client = Client::new(&base).unwrap();
    loop {
        let buyer = json!({
            "company": format!("Company {n}"), "name": "Ana", "email": format!("ana{n}@example.com"),
            "country": "ES", "lang": "es"
        });
        let path = format!("/api/v1/offers/{offer}/orders");
        if let Ok(placed) = client.post_once(&path, None, &json!({"quantity": 24, "buyer": buyer})).await {
            kept.orders.lock().unwrap().insert(placed["order"]["id"].as_str().unwrap().to_owned());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn ask(base: String, event: String, kept: Arc<Kept>) {
    for n in 0.. {
        let client = Client::new(&base).unwrap();
        let room = format!("/api/v1/rooms/{event}");
        let joined = client.post(&format!("{room}/tokens"), &json!({"lang": "en", "name": format!("Guest {n}")})).await;
        let Ok(joined) = joined else { continue };
        let id = uuid::Uuid::now_v7().to_string();
        let asked = json!({"id": id, "text": format!("Question {n}?")});
        if client.post_once(&format!("{room}/questions"), joined["token"].as_str(), &asked).await.is_ok() {
            kept.questions.lock().unwrap().insert(id);
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
}

/// ffprobe counts frames in every part of the recording on disk.
fn the_recording_plays(data: &std::path::Path) {
    let mut files = Vec::new();
    let mut folders = vec![data.join("recordings")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "mp4") {
                files.push(path);
            }
        }
    }
    assert!(!files.is_empty(), "no recording");
    for file in files {
        if file.metadata().unwrap().len() < 4096 {
            continue;
        }
        let probed = Command::new("ffprobe")
            .args(["-v", "error", "-count_frames", "-select_streams", "v:0", "-show_entries", "stream=nb_read_frames"])
            .args(["-of", "csv=p=0"])
            .arg(&file)
            .output()
            .unwrap();
        let frames: usize = String::from_utf8_lossy(&probed.stdout).trim().trim_end_matches(',').parse().unwrap_or(0);
        assert!(frames > 0, "{} does not play: {}", file.display(), String::from_utf8_lossy(&probed.stderr));
    }
}
