//! `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics` (Prometheus).

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use kernel::Db;
use kernel::http::Json;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use serde_json::json;

#[derive(Clone)]
pub struct Health {
    db: Db,
    metrics: PrometheusHandle,
}

impl Health {
    pub fn new(db: Db) -> Self {
        Self { db, metrics: recorder() }
    }

    pub fn routes(self) -> Router {
        Router::new()
            .route("/healthz", get(|| async { "ok\n" }))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .with_state(self)
    }
}

/// The process-wide recorder; a second server in one process (tests) gets one of its own that nothing feeds.
fn recorder() -> PrometheusHandle {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let _already_set = metrics::set_global_recorder(recorder);
    handle
}

async fn ready(State(health): State<Health>) -> Response {
    let database = health.db.ping().await.is_ok();
    let status = if database { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({"ready": database, "database": database, "open_files_limit": crate::serve::raise_file_limit()});
    (status, Json(body)).into_response()
}

async fn metrics(State(health): State<Health>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], health.metrics.render()).into_response()
}
