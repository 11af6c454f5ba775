//! Live over HTTP, through the router.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt;
use kernel::{Instant, ManualClock, Secret};
use media::{Origin, OriginSettings, PlayGrant, PublishGrant, Refused, StreamGate, StreamName, Streams, Unit};
use tower::ServiceExt;

use crate::feed::{BEGAN, Feed, publish, settle};
use crate::rules;

/// Lets everyone play who knows the word, and everyone the public stream.
struct Door;

impl StreamGate for Door {
    fn publish(&self, _: &Secret<String>, _: std::net::IpAddr) -> BoxFuture<'_, Result<PublishGrant, Refused>> {
        Box::pin(std::future::ready(Err(Refused::UnknownKey)))
    }

    fn play(&self, name: &StreamName, proof: Option<&str>) -> BoxFuture<'_, Result<PlayGrant, Refused>> {
        let may = name.as_str() != "private" || proof == Some("word");
        Box::pin(std::future::ready(may.then_some(PlayGrant {}).ok_or(Refused::Forbidden)))
    }
}

pub struct Studio {
    pub streams: Streams,
    pub router: Router,
    pub name: StreamName,
    publishing: media::streams::Publishing,
    rest: Vec<Unit>,
}

pub struct Answer {
    pub status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub async fn get(router: &Router, path: &str) -> Answer {
    ask(router, path, None).await
}

async fn ask(router: &Router, path: &str, encoding: Option<&str>) -> Answer {
    let mut request = Request::get(path);
    if let Some(encoding) = encoding {
        request = request.header("accept-encoding", encoding);
    }
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let answer = Answer { status: head.status, headers: head.headers, body: body.collect().await.unwrap().to_bytes() };
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    answer
}

impl Studio {
    /// A stream named `name` that has sent `seconds` of a show.
    pub async fn after(name: &str, seconds: i64) -> Self {
        let clock = Arc::new(ManualClock::at(Instant::from_micros(BEGAN)));
        let streams = Streams::new(clock.clone());
        let origin = Origin::new(streams.clone(), Arc::new(Door), OriginSettings::default(), clock);
        let name = StreamName::new(name);
        let grant = PublishGrant { name: name.clone(), label: "studio".into(), max_bitrate_kbps: None };
        let publishing = streams.publish(&grant).unwrap();
        let rest = Feed::both(60).units();
        let mut studio = Self { streams, router: origin.routes(), name, publishing, rest };
        studio.send(seconds).await;
        studio
    }

    /// Sends the show up to `seconds`.
    pub async fn send(&mut self, seconds: i64) {
        let feed = Feed::both(60);
        let cut = self
            .rest
            .iter()
            .position(|unit| matches!(unit, Unit::Sample(sample) if feed.us(sample) >= seconds * 1_000_000));
        let units: Vec<Unit> = self.rest.drain(..cut.unwrap_or(0)).collect();
        publish(&self.publishing, units).await;
    }

    pub fn show(&self) -> String {
        self.streams.stream(&self.name).show_id()
    }

    fn path(&self, file: &str) -> String {
        format!("/live/{}/{}/v/{file}", self.name, self.show())
    }

    pub async fn get(&self, file: &str) -> Answer {
        get(&self.router, &self.path(file)).await
    }
}

#[tokio::test(start_paused = true)]
async fn a_viewer_finds_everything_the_playlists_name() {
    let studio = Studio::after("fair", 7).await;
    let multivariant = get(&studio.router, "/live/fair/index.m3u8").await;
    assert_eq!(multivariant.status, StatusCode::OK);
    assert_eq!(multivariant.header("content-type"), "application/vnd.apple.mpegurl");
    assert_eq!(multivariant.header("cache-control"), "public, max-age=1");
    let uri = multivariant.text().lines().last().unwrap();
    assert_eq!(uri, format!("{}/v/index.m3u8", studio.show()));
    assert!(multivariant.text().contains("FRAME-RATE=30.000"), "{}", multivariant.text());

    let playlist = get(&studio.router, &format!("/live/fair/{uri}")).await;
    assert_eq!(playlist.header("cache-control"), "public, max-age=1");
    let read = rules::check(playlist.text());
    let init = studio.get(read.segments[0].map.as_ref().unwrap()).await;
    assert_eq!((init.status, &init.body[4..8]), (StatusCode::OK, &b"ftyp"[..]));
    for segment in &read.segments {
        let mut whole = Vec::new();
        for part in &segment.parts {
            let part = studio.get(&part.uri).await;
            assert_eq!((part.status, part.header("content-type")), (StatusCode::OK, "video/mp4"));
            assert_eq!(part.header("cache-control"), "public, max-age=3600, immutable");
            assert_eq!(&part.body[4..8], b"moof");
            whole.extend_from_slice(&part.body);
        }
        if let Some(uri) = &segment.uri {
            let segment = studio.get(uri).await;
            assert_eq!(segment.header("content-length"), segment.body.len().to_string());
            assert!(whole.is_empty() || segment.body == whole, "a segment is its parts");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_blocking_reload_answers_when_its_part_is_there() {
    let mut studio = Studio::after("fair", 7).await;
    let (router, path) = (studio.router.clone(), studio.path("index.m3u8?_HLS_msn=3&_HLS_part=3"));
    let waiting = tokio::spawn(async move { get(&router, &path).await });
    settle().await;
    assert!(!waiting.is_finished());
    studio.send(8).await;
    let answer = waiting.await.unwrap();
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "public, max-age=12"));
    assert!(answer.text().contains("URI=\"3.3.m4s\""));
}

#[tokio::test(start_paused = true)]
async fn a_hinted_part_is_held_open_until_it_exists() {
    let mut studio = Studio::after("fair", 7).await;
    let hint = rules::check(studio.get("index.m3u8").await.text()).hint.unwrap();
    let (router, path) = (studio.router.clone(), studio.path(&hint));
    let waiting = tokio::spawn(async move { get(&router, &path).await });
    settle().await;
    assert!(!waiting.is_finished());
    studio.send(8).await;
    let part = waiting.await.unwrap();
    assert_eq!((part.status, &part.body[4..8]), (StatusCode::OK, &b"moof"[..]));
}

#[tokio::test(start_paused = true)]
async fn without_news_a_waiting_request_is_given_up() {
    let studio = Studio::after("fair", 7).await;
    let began = tokio::time::Instant::now();
    let answer = studio.get("index.m3u8?_HLS_msn=4").await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::SERVICE_UNAVAILABLE, "no-store"));
    assert_eq!(began.elapsed().as_secs(), 6, "three target durations");
    assert_eq!(studio.get("3.2.m4s").await.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(start_paused = true)]
async fn nonsense_is_refused_at_once() {
    let studio = Studio::after("fair", 7).await;
    for query in
        ["_HLS_part=1", "_HLS_msn=x", "_HLS_msn=99", "_HLS_msn=3&_HLS_part=99", "_HLS_skip=maybe", "_HLS_msn=%00"]
    {
        let answer = studio.get(&format!("index.m3u8?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(answer.header("cache-control"), "public, max-age=1");
        assert!(answer.text().contains("/problems/bad-delivery-directive"));
    }
    for file in [
        "99.m4s",
        "3.m4s",
        "0.99.m4s",
        "init-9.mp4",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "-1.m4s",
        "18446744073709551615.m4s",
        "x",
    ] {
        let answer = studio.get(file).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{file}");
        assert_eq!(answer.header("cache-control"), "public, max-age=1");
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    let other_show = format!("/live/fair/{}/v/index.m3u8", "0".repeat(32));
    let other_rendition = format!("/live/fair/{}/w/index.m3u8", studio.show());
    for path in [
        other_show.as_str(),
        other_rendition.as_str(),
        "/live/nobody/index.m3u8",
        "/live/%ff/index.m3u8",
        "/live/%ff/x/v/%ff",
    ] {
        assert_eq!(get(&studio.router, path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_private_show_asks_for_proof_at_its_first_playlist_only() {
    let studio = Studio::after("private", 7).await;
    let refused = get(&studio.router, "/live/private/index.m3u8").await;
    assert_eq!((refused.status, refused.header("cache-control")), (StatusCode::FORBIDDEN, "no-store"));
    let shown = get(&studio.router, "/live/private/index.m3u8?proof=word").await;
    assert_eq!((shown.status, shown.header("cache-control")), (StatusCode::OK, "no-store"));
    assert_eq!(studio.get("index.m3u8").await.status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn playlists_are_gzipped_for_those_who_take_it() {
    let studio = Studio::after("fair", 7).await;
    let path = studio.path("index.m3u8");
    let plain = ask(&studio.router, &path, Some("br, gzip;q=0")).await;
    assert_eq!(plain.header("content-encoding"), "");
    let gzip = ask(&studio.router, &path, Some("deflate, GZIP;q=0.5")).await;
    assert_eq!((gzip.header("content-encoding"), gzip.header("vary")), ("gzip", "accept-encoding"));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&gzip.body[..]), &mut text).unwrap();
    assert_eq!(text, plain.text());
}

#[tokio::test(start_paused = true)]
async fn the_first_playlist_waits_for_the_show_to_begin() {
    let mut studio = Studio::after("fair", 1).await;
    let router = studio.router.clone();
    let waiting = tokio::spawn(async move { get(&router, "/live/fair/index.m3u8").await });
    settle().await;
    assert!(!waiting.is_finished());
    studio.send(3).await;
    assert_eq!(waiting.await.unwrap().status, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn the_end_closes_the_playlist_and_the_next_show_has_another_path() {
    let studio = Studio::after("fair", 7).await;
    let first = studio.show();
    studio.streams.end(&studio.name);
    settle().await;
    let read = rules::read(studio.get("index.m3u8?_HLS_msn=4").await.text());
    assert!(read.ended);

    let grant = PublishGrant { name: studio.name.clone(), label: "studio".into(), max_bitrate_kbps: None };
    let publishing = studio.streams.publish(&grant).unwrap();
    publish(&publishing, Feed::both(5).units()).await;
    let next = get(&studio.router, "/live/fair/index.m3u8").await;
    assert!(!next.text().contains(&first));
    assert!(next.text().contains(&studio.show()));
    let before = get(&studio.router, &format!("/live/fair/{first}/v/index.m3u8")).await;
    assert!(rules::read(before.text()).ended, "who watched to the end may still read it");
}

#[tokio::test(start_paused = true)]
async fn a_show_that_ended_is_forgotten_after_a_while() {
    let studio = Studio::after("fair", 7).await;
    studio.streams.end(&studio.name);
    settle().await;
    assert_eq!(studio.get("index.m3u8").await.status, StatusCode::OK);
    tokio::time::sleep(Duration::from_mins(3)).await;
    settle().await;
    assert_eq!(studio.get("index.m3u8").await.status, StatusCode::NOT_FOUND);
}
