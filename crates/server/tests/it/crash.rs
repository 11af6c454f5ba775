//! `kill -9` during a show with orders, questions and a recording: nothing acknowledged is lost.

use std::collections::HashSet;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use server::demo::client::Client;
use server::demo::seed;

use crate::house::{House, add_owner, all};

/// How often the house is killed; raised by hand for a longer run.
const KILLS: usize = 3;

/// What was acknowledged.
#[derive(Default)]
struct Kept {
    orders: Mutex<HashSet<String>>,
    questions: Mutex<HashSet<String>>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_when_the_house_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    add_owner(dir.path());
    let mut house = House::open(dir.path()).await;
    let owner = house.owner().await;
    let products = seed::catalogue(&owner).await.unwrap();
    let event = seed::event(&owner, &products).await.unwrap();
    let key = owner.post(&format!("/api/v1/events/{event}/stream-keys"), &json!({"label": "test"})).await.unwrap();
    let key = key["key"].as_str().unwrap().to_owned();
    let mut encoder = publish(&house.rtmp, &key);
    if encoder.is_some() {
        seed::go_live(&owner, &event).await.unwrap();
    }
    let offer = seed::offer(&owner, &event, &products).await.unwrap();

    let kept = Arc::new(Kept::default());
    for round in 0..KILLS {
        let crowd: Vec<_> =
            (0..6).map(|n| tokio::spawn(buy(house.base.clone(), offer.clone(), n, kept.clone()))).collect();
        let asking = tokio::spawn(ask(house.base.clone(), event.clone(), kept.clone()));
        tokio::time::sleep(Duration::from_millis(1200 + 300 * round as u64)).await;
        house.kill();
        for task in crowd {
            task.abort();
        }
        asking.abort();
        house = House::open(dir.path()).await;
        if let Some(mut child) = encoder.take() {
            let _gone = child.kill();
            let _reaped = child.wait();
            encoder = publish(&house.rtmp, &key);
        }
    }

    let owner = house.owner().await;
    let orders = ids(&all(&owner, "/api/v1/orders").await);
    let acknowledged = kept.orders.lock().unwrap().clone();
    assert!(acknowledged.len() > 3 * KILLS, "only {} orders were acknowledged", acknowledged.len());
    assert!(acknowledged.is_subset(&orders), "lost {:?}", acknowledged.difference(&orders));
    if encoder.is_some() {
        let questions = ids(&all(&owner, &format!("/api/v1/rooms/{event}/questions")).await);
        let acknowledged = kept.questions.lock().unwrap().clone();
        assert!(!acknowledged.is_empty());
        assert!(acknowledged.is_subset(&questions), "lost {:?}", acknowledged.difference(&questions));
        the_recording_plays(dir.path());
    }
    if let Some(mut child) = encoder {
        let _gone = child.kill();
        let _reaped = child.wait();
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
