//! The demo's crew: a person at the desk who answers what the demo's buyers ask, and a host who moves through the run
//! sheet. Both work over the public API, as the console does. Questions of real visitors are left to real people.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Show;
use super::client::Client;
use super::script;
use super::seed::{DESK, LogIn, OWNER};

const LOOK: Duration = Duration::from_secs(2);
/// Reading a question and writing an answer takes a person a while.
const WRITING: Duration = Duration::from_secs(6);
/// A demo moves faster than its run sheet says.
const ON_THE_AIR: Duration = Duration::from_secs(90);

/// Works until cancelled. What is refused is tried again at the next look.
pub async fn work(base: String, show: Show, cancel: CancellationToken) {
    tokio::select! {
        () = cancel.cancelled() => {}
        () = answer_questions(&base, &show) => {}
        () = run_the_show(&base, &show) => {}
    }
}

async fn logged_in(base: &str, who: &LogIn) -> anyhow::Result<Client> {
    let client = Client::new(base)?;
    client.log_in(who.email, who.password).await?;
    Ok(client)
}

async fn answer_questions(base: &str, show: &Show) {
    let Some(client) = told(logged_in(base, &DESK).await) else { return std::future::pending().await };
    let mut seen = HashMap::new();
    loop {
        tokio::time::sleep(LOOK).await;
        told(look_at_questions(&client, show, &mut seen).await);
    }
}

/// Answers the oldest question that has been in view long enough.
async fn look_at_questions(client: &Client, show: &Show, seen: &mut HashMap<String, Instant>) -> anyhow::Result<()> {
    let asked = client.get(&format!("/api/v1/rooms/{}/questions?state=new&limit=100", show.event)).await?;
    for question in asked["items"].as_array().into_iter().flatten() {
        let (id, text) = (question["id"].as_str().unwrap_or_default(), question["text"].as_str().unwrap_or_default());
        let Some(answer) = script::answer_to(text) else { continue };
        if seen.entry(id.to_owned()).or_insert_with(Instant::now).elapsed() < WRITING {
            continue;
        }
        let body = json!({"text": answer, "lang": question["lang"], "public": true});
        client.post(&format!("/api/v1/questions/{id}/answers"), &body).await?;
        seen.remove(id);
        break;
    }
    Ok(())
}

async fn run_the_show(base: &str, show: &Show) {
    let Some(client) = told(logged_in(base, &OWNER).await) else { return std::future::pending().await };
    loop {
        tokio::time::sleep(ON_THE_AIR).await;
        told(show_the_next(&client, show).await);
    }
}

/// Puts the next item on the air, and on the table beside the product with the offer. After the last the sheet rests.
async fn show_the_next(client: &Client, show: &Show) -> anyhow::Result<()> {
    let event = format!("/api/v1/events/{}", show.event);
    let sheet = client.get(&format!("{event}/run_items")).await?;
    let items = sheet["items"].as_array().context("no run sheet")?;
    // Somebody else runs the show, or it is over.
    if client.get(&event).await?["state"] != json!("live") {
        return Ok(());
    }
    let Some(next) = items.iter().find(|item| item["state"] == json!("queued")) else { return Ok(()) };
    let id = next["id"].as_str().context("an item without an id")?;
    client.post(&format!("/api/v1/run_items/{id}/transitions"), &json!({"to": "on_air"})).await?;
    let mut products: Vec<&Value> = vec![&next["product"]];
    let offered = show.products.first().filter(|_| show.offer.is_some()).map(|product| json!(product));
    products.extend(offered.as_ref());
    let version = client.get(&format!("{event}/pins")).await?["version"].clone();
    client.put(&format!("{event}/pins"), &json!({"products": products, "version": version})).await?;
    Ok(())
}

/// A demo goes on when a step of it fails.
fn told<T>(done: anyhow::Result<T>) -> Option<T> {
    done.inspect_err(|refusal| tracing::debug!("the demo's crew was refused: {refusal:#}")).ok()
}
