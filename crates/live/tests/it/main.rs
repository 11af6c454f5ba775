//! Shows through their router, on both databases, with a stream fed by hand.
#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

mod events;
mod gate;
mod running;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use bytes::Bytes;
use catalog::Catalog;
use http_body_util::BodyExt;
use kernel::actor::Rights;
use kernel::bus::Heard;
use kernel::id::{OrgId, PersonId};
use kernel::{Actor, Blobs, Bus, Clock, Db, Keys, LocalBus, ManualClock, Outbox, Who};
use live::{Gate, Hosts, Live, Parts};
use media::streams::Publishing;
use media::{
    Codec, RecorderSettings, Recorders, RecordingState, RecordingStatus, Sample, StreamGate, Streams, Track, TrackId,
};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Every show is one firm's.
struct Firm;

#[async_trait::async_trait]
impl Hosts for Firm {
    async fn name_of(&self, _org: OrgId) -> Option<String> {
        Some("Ningbo Huamao".into())
    }
}

/// A disk that has as much room as it is told.
pub struct FakeDisk {
    free_bytes: AtomicU64,
    is_slow: AtomicBool,
}

impl FakeDisk {
    pub fn has(&self, free_bytes: u64) {
        self.free_bytes.store(free_bytes, Ordering::SeqCst);
    }

    /// From now on an answer takes a while.
    pub fn is_slow(&self) {
        self.is_slow.store(true, Ordering::SeqCst);
    }
}

impl media::recorder::Disk for FakeDisk {
    fn free_bytes(&self, _: &std::path::Path) -> std::io::Result<u64> {
        if self.is_slow.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(200));
        }
        Ok(self.free_bytes.load(Ordering::SeqCst))
    }
}

pub struct House {
    pub db: Db,
    pub clock: Arc<ManualClock>,
    pub live: Live,
    pub gate: Gate,
    pub streams: Streams,
    pub recorders: Recorders,
    pub disk: Arc<FakeDisk>,
    pub crew: Actor,
    router: Router,
    _folder: tempfile::TempDir,
}

fn migrations() -> Vec<kernel::db::Migration> {
    [kernel::outbox::migrations(), catalog::migrations(), live::migrations()].concat()
}

impl House {
    fn on(db: Db) -> Self {
        let clock = kernel::testing::clock();
        let outbox = Outbox::new(clock.clone());
        let folder = tempfile::tempdir().unwrap();
        let streams = Streams::new(clock.clone());
        let disk = Arc::new(FakeDisk { free_bytes: AtomicU64::new(10 << 30), is_slow: AtomicBool::new(false) });
        let settings = RecorderSettings::new(folder.path());
        let recorders = Recorders::with_disk(settings, streams.clone(), clock.clone(), disk.clone());
        let live = Live::new(Parts {
            db: db.clone(),
            outbox: outbox.clone(),
            clock: clock.clone(),
            keys: Keys::from_secret([7; 32]),
            streams: streams.clone(),
            recorders: recorders.clone(),
            hosts: Arc::new(Firm),
            rtmp_url: "rtmp://fair.example/live".into(),
        });
        let catalog = Catalog::new(db.clone(), outbox, clock.clone(), Blobs::memory());
        let routes = catalog::routes(catalog).merge(live::routes(live.clone()));
        let (router, _document) = routes.split_for_parts();
        let crew = crew_of(OrgId::new());
        Self { db, clock, gate: Gate(live.clone()), live, streams, recorders, disk, crew, router, _folder: folder }
    }

    pub async fn call(&self, actor: &Actor, method: &str, path: &str, body: Value) -> (u16, Value) {
        let request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(actor.clone());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    pub async fn crew(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.call(&self.crew, method, path, body).await
    }

    pub async fn public(&self, path: &str) -> (u16, Value) {
        self.call(&Actor::anyone(), "GET", path, Value::Null).await
    }

    pub async fn product(&self, sku: &str) -> String {
        let price = json!([{"min_quantity": 1, "unit_price": {"micro": 1_000_000, "currency": "USD"}}]);
        let new = json!({"sku": sku, "names": {"en": "Bricks", "zh-CN": "积木"}, "tiers": price});
        let (_, product) = self.crew("POST", "/api/v1/products", new).await;
        let id = product["id"].as_str().unwrap().to_owned();
        assert_eq!(self.crew("POST", &format!("/api/v1/products/{id}/publish"), Value::Null).await.0, 200);
        id
    }

    /// A draft that starts in 30 minutes.
    pub async fn draft(&self) -> String {
        let (status, event) =
            self.crew("POST", "/api/v1/events", plan(self.clock.now() + Duration::from_mins(30))).await;
        assert_eq!(status, 201, "{event}");
        event["id"].as_str().unwrap().to_owned()
    }

    /// Moves an event on its present version.
    pub async fn moved(&self, event: &str, to: &str) -> (u16, Value) {
        let path = format!("/api/v1/events/{event}");
        let version = self.crew("GET", &path, Value::Null).await.1["version"].clone();
        self.crew("POST", &format!("{path}/transitions"), json!({"to": to, "from_version": version})).await
    }

    pub async fn item(&self, event: &str, body: Value) -> String {
        let (status, item) = self.crew("POST", &format!("/api/v1/events/{event}/run_items"), body).await;
        assert_eq!(status, 201, "{item}");
        item["id"].as_str().unwrap().to_owned()
    }

    pub async fn key(&self, event: &str) -> Value {
        let (status, key) =
            self.crew("POST", &format!("/api/v1/events/{event}/stream-keys"), json!({"label": "OBS"})).await;
        assert_eq!(status, 201, "{key}");
        key
    }

    /// Lets an encoder in by a key and sends one keyframe.
    pub async fn publish(&self, key: &str) -> Publishing {
        let grant = self.gate.publish(&key.to_owned().into(), [127, 0, 0, 1].into()).await.unwrap();
        let publishing = self.streams.publish(&grant).unwrap();
        let config = Bytes::from_static(&[1, 66, 0, 30, 255, 225, 0, 0, 1, 0, 0]);
        publishing.tracks(vec![Track {
            id: TrackId::Video,
            codec: Codec::Avc,
            timescale: 90_000,
            config,
            width: 1280,
            height: 720,
            channels: 0,
            sample_rate: 0,
            epoch: 0,
        }]);
        self.frame(&publishing);
        publishing
    }

    pub fn frame(&self, publishing: &Publishing) {
        let wall = self.clock.now();
        let data = Bytes::from_static(&[0, 0, 0, 1, 0x65]);
        publishing.sample(Sample {
            track: TrackId::Video,
            epoch: 0,
            dts: wall.micros() / 11,
            cts: 0,
            key: true,
            wall,
            data,
        });
    }

    /// The same database in a program that has just begun.
    pub fn restarted(&self) -> Self {
        let mut again = Self::on(self.db.clone());
        again.crew = self.crew.clone();
        again.clock.set(self.clock.now());
        again
    }

    /// Waits until the recordings are in these states.
    pub async fn until_recordings(&self, wanted: &[RecordingState]) {
        let mut statuses = self.recorders.statuses();
        let are =
            |statuses: &BTreeMap<_, RecordingStatus>| statuses.values().map(|it| it.state).eq(wanted.iter().copied());
        tokio::time::timeout(Duration::from_secs(20), statuses.wait_for(are)).await.expect("in time").unwrap();
    }

    /// An event on the air, with one product on its run sheet.
    pub async fn on_air(&self) -> (String, String, Publishing) {
        let (event, product) = (self.draft().await, self.product("A").await);
        let item = self.item(&event, json!({"product": product})).await;
        assert_eq!(self.moved(&event, "scheduled").await.0, 200);
        let key = self.key(&event).await;
        let publishing = self.publish(key["key"].as_str().unwrap()).await;
        let (status, live) = self.moved(&event, "live").await;
        assert_eq!((status, &live["state"]), (200, &json!("live")), "{live}");
        (event, item, publishing)
    }

    /// Everything the outbox holds, by name and payload.
    pub async fn told(&self) -> Vec<(String, Value)> {
        let bus = LocalBus::new();
        let mut listener = bus.listen();
        let count = Outbox::new(self.clock.clone()).relay_due(&self.db, &bus).await.unwrap();
        let mut told = Vec::new();
        for _ in 0..count {
            let Some(Heard::Happening(envelope)) = listener.next().await else { unreachable!() };
            told.push((envelope.name.clone(), envelope.read().unwrap()));
        }
        told
    }

    pub async fn state(&self, event: &str) -> Value {
        self.crew("GET", &format!("/api/v1/events/{event}"), Value::Null).await.1["state"].clone()
    }
}

pub fn plan(starts_at: kernel::Instant) -> Value {
    json!({"title": {"en": "Learning toys", "zh-CN": "益智玩具"}, "text": {"en": "Live from Ningbo"},
        "languages": ["en", "zh-CN"], "markets": ["us", "de"], "starts_at": starts_at, "time_zone": "Asia/Shanghai"})
}

pub fn crew_of(org: OrgId) -> Actor {
    Actor { who: Who::Person(PersonId::new()), org: Some(org), rights: Rights::all(), name: "Li Na".into() }
}

pub async fn each_house<F: Future<Output = ()>>(test: impl Fn(Arc<House>) -> F) {
    kernel::testing::each_database(&migrations(), |db| test(Arc::new(House::on(db)))).await;
}
