//! The API, asked from inside: same routes, same answers, no socket.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, header};
use kernel::Problem;
use serde_json::Value;
use tower::ServiceExt as _;

const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

#[derive(Clone)]
pub struct Api(Router);

impl Api {
    pub fn new(router: Router) -> Self {
        Self(router)
    }

    /// Asks as the visitor who sent `headers`.
    pub async fn get(&self, path: &str, headers: &HeaderMap) -> Result<Value, Problem> {
        let mut request = Request::builder().uri(path);
        if let Some(cookie) = headers.get(header::COOKIE) {
            request = request.header(header::COOKIE, cookie);
        }
        self.send(request, Body::empty()).await
    }

    /// Posts for a visitor without a session; the outer request has passed the same-site check.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Result<Value, Problem> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", key);
        self.send(request, Body::from(body.to_string())).await
    }

    async fn send(&self, request: axum::http::request::Builder, body: Body) -> Result<Value, Problem> {
        let request = request.body(body).map_err(|_ignored| Problem::bad_request("bad-form"))?;
        let Ok(response) = self.0.clone().oneshot(request).await;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), LARGEST_ANSWER).await.map_err(|cause| Problem::internal(&cause))?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|cause| Problem::internal(&cause));
        }
        Err(serde_json::from_slice(&bytes).unwrap_or_else(|_| Problem::new(status.as_u16(), "refused")))
    }
}
