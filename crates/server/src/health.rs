//! `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics` (Prometheus).

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use kernel::http::Json;
use kernel::{Db, Problem, Secret, secret};
use media::{Recorders, RecordingState};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sea_orm::ConnectionTrait as _;
use serde_json::json;

use crate::config::Config;

#[derive(Clone)]
pub struct Health {
    db: Db,
    metrics: PrometheusHandle,
    token: Option<Secret<String>>,
    is_behind_proxy: bool,
}

impl Health {
    pub fn new(db: Db, config: &Config) -> Self {
        let (token, is_behind_proxy) = (config.metrics_token.clone(), config.is_behind_proxy());
        Self { db, metrics: recorder(), token, is_behind_proxy }
    }

    pub fn routes(self) -> Router {
        Router::new()
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .with_state(self)
    }

    /// Folds what was measured since the last time: measurements would pile up until somebody reads them.
    pub fn upkeep(&self) {
        self.metrics.run_upkeep();
    }

    /// With a token, whoever shows it; without, this machine alone. Behind a proxy everybody seems to be this machine.
    fn may_measure(&self, from: Option<SocketAddr>, headers: &HeaderMap) -> bool {
        if let Some(token) = &self.token {
            let shown =
                headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
            return shown.is_some_and(|shown| secret::same(shown.as_bytes(), token.expose().as_bytes()));
        }
        let is_forwarded = FORWARDED.iter().any(|name| headers.contains_key(*name));
        !self.is_behind_proxy && !is_forwarded && from.is_some_and(|from| from.ip().to_canonical().is_loopback())
    }
}

/// Longer than any write that does not stand still.
const WRITES_WITHIN: Duration = Duration::from_secs(5);

/// What proxies add.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// The process-wide recorder; a second server in one process (tests) gets one of its own that nothing feeds.
fn recorder() -> PrometheusHandle {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _already_set = metrics::set_global_recorder(recorder);
    handle
}

/// How the recordings fare, and what room there is for them.
pub fn tell_recordings(recorders: &Recorders) {
    let states: Vec<RecordingState> = recorders.statuses().borrow().values().map(|status| status.state).collect();
    for (word, state) in [
        ("open", RecordingState::Open),
        ("sealed", RecordingState::Sealed),
        ("disk_low", RecordingState::DiskLow),
        ("failed", RecordingState::Failed),
    ] {
        let count = u32::try_from(states.iter().filter(|other| **other == state).count()).unwrap_or(u32::MAX);
        metrics::gauge!("livefair_recordings", "state" => word).set(count);
    }
    let has_room = if recorders.has_room() { 1.0 } else { 0.0 };
    metrics::gauge!("livefair_recordings_have_room").set(has_room);
}

async fn ready(State(health): State<Health>) -> Response {
    let database = health.db.ping().await.is_ok() && can_write(&health.db).await;
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({"ready": database, "database": database, "open_files_limit": crate::serve::raise_file_limit()});
    (status, Json(body)).into_response()
}

/// Whether writers get their turn: they wait apart from the readers.
async fn can_write(db: &Db) -> bool {
    let turn = db.writing().execute_unprepared("SELECT 1");
    tokio::time::timeout(WRITES_WITHIN, turn).await.is_ok_and(|answer| answer.is_ok())
}

/// Those who may not are not told that there is something.
async fn metrics(State(health): State<Health>, request: Request) -> Response {
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| *from);
    if !health.may_measure(from, request.headers()) {
        return Problem::not_found("no-such-path").into_response();
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], health.metrics.render()).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    async fn health(config: Config) -> Health {
        let dir = tempfile::tempdir().unwrap();
        let db = Db::open(&Db::file_url(&dir.path().join("fair.db"))).await.unwrap();
        Health::new(db, &config)
    }

    #[tokio::test]
    async fn figures_are_for_this_machine_and_for_those_with_the_token() {
        let here: Option<SocketAddr> = Some("127.0.0.1:4000".parse().unwrap());
        let mapped: Option<SocketAddr> = Some("[::ffff:127.0.0.1]:4000".parse().unwrap());
        let elsewhere: Option<SocketAddr> = Some("203.0.113.7:4000".parse().unwrap());
        let none = HeaderMap::new();
        let plain = health(Config::default()).await;
        assert!(plain.may_measure(here, &none) && plain.may_measure(mapped, &none));
        assert!(!plain.may_measure(elsewhere, &none) && !plain.may_measure(None, &none));
        let forwarded = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), HeaderValue::from_static("::1"))]);
        assert!(!plain.may_measure(here, &forwarded), "a proxy on this machine speaks for others");

        let proxied = Config { public_url: Some("https://fair.example".parse().unwrap()), ..Config::default() };
        assert!(!health(proxied).await.may_measure(here, &none));

        let guarded = Config { metrics_token: Some("0123456789abcdef".to_owned().into()), ..Config::default() };
        let guarded = health(guarded).await;
        let showing = |text| HeaderMap::from_iter([(header::AUTHORIZATION, HeaderValue::from_static(text))]);
        assert!(guarded.may_measure(elsewhere, &showing("Bearer 0123456789abcdef")));
        assert!(!guarded.may_measure(here, &none) && !guarded.may_measure(here, &showing("Bearer 0123456789abcdee")));
    }
}
