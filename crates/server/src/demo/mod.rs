//! `livefair demo`: a believable exporter of educational toys from Ningbo, with a show on the air.
//!
//! The demo is a client like any other: it seeds the firm through the public API, publishes through real
//! RTMP with ffmpeg, its buyers ask and order and its desk answers over HTTP. Only its two people are made from inside.

mod buyers;
pub mod client;
mod desk;
mod encoder;
mod picture;
mod script;
pub mod seed;

use anyhow::Context as _;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::cli::ServeArgs;
use crate::config::Config;
use crate::stdio;
use client::Client;
pub use seed::{LogIn, OWNER};

/// Runs the demo until Ctrl-C. Without `--data` everything lies in a folder that goes away with it.
pub async fn run(mut args: ServeArgs) -> anyhow::Result<()> {
    let scratch = tempfile::tempdir()?;
    if args.data.is_none() {
        args.data = Some(scratch.path().to_owned());
    }
    let config = Config::load(&args)?;
    crate::logs::start(&config.log)?;
    let cancel = crate::stop_signal();
    let app = App::start(&config, args.secret_key.as_deref()).await?;
    let served = app.serve(cancel.clone()).await?;
    let show = tokio::select! {
        prepared = prepare(&app, &config, &served, &cancel) => Some(prepared?),
        () = cancel.cancelled() => None,
    };
    if let Some(show) = show {
        announce(&served.shown, &served.rtmp_url, &show);
        let crowd = tokio::spawn(buyers::keep_busy(served.base.clone(), show.clone(), cancel.clone()));
        let crew = tokio::spawn(desk::work(served.base.clone(), show.clone(), cancel.clone()));
        cancel.cancelled().await;
        let _stopped = tokio::join!(crowd, crew);
        if let Some(child) = show.encoder.lock().await.take() {
            child.stop().await;
        }
    }
    served.done.await.context("the server ended badly")?
}

/// The show on the air and what its people need to know.
#[derive(Clone)]
pub struct Show {
    event: String,
    offer: Option<String>,
    products: Vec<String>,
    encoder: std::sync::Arc<tokio::sync::Mutex<Option<encoder::Encoder>>>,
}

async fn prepare(
    app: &App,
    config: &Config,
    served: &crate::app::Served,
    cancel: &CancellationToken,
) -> anyhow::Result<Show> {
    if !app.has_people().await? {
        seed::people(app).await?;
    }
    let client = Client::new(&served.base)?;
    client.log_in(OWNER.email, OWNER.password).await.context("the owner cannot log in")?;
    let products = seed::catalogue(&client).await.context("the catalogue could not be seeded")?;
    let event = seed::event(&client, &products).await.context("the event could not be planned")?;
    let key = client.post(&format!("/api/v1/events/{event}/stream-keys"), &json!({"label": "OBS"})).await?;
    let key = key["key"].as_str().context("no stream key")?.to_owned();
    let encoder = encoder::Encoder::start(config, &served.rtmp_url, &key, cancel.clone()).await?;
    if encoder.is_some() {
        seed::go_live(&client, &event).await.context("the show could not go live")?;
    }
    let offer = match &encoder {
        Some(_) => Some(seed::offer(&client, &event, &products).await.context("the offer could not start")?),
        None => None,
    };
    let encoder = std::sync::Arc::new(tokio::sync::Mutex::new(encoder));
    Ok(Show { event, offer, products: products.into_iter().map(|p| p.id).collect(), encoder })
}

fn announce(base: &str, rtmp: &str, show: &Show) {
    let picture =
        if show.offer.is_some() { "" } else { "\n  ffmpeg is missing, so the show waits for your encoder.\n" };
    stdio::line(&format!(
        "
Livefair demo: Ningbo Huamao Educational Toys

  the show      {base}/e/{event}
  the firm      {base}/
  the console   {base}/console/
  the desk      {base}/console/shows/{event}/desk
  log in as     {email}  password  {password}
  your own OBS  server {rtmp}, key from the console
{picture}
Ctrl-C stops it and everything it started.",
        event = show.event,
        email = OWNER.email,
        password = OWNER.password,
    ));
}
