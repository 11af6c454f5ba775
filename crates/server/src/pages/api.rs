//! The API, asked from inside: same routes, same answers, no socket.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Request, header};
use kernel::Problem;
use serde_json::Value;
use tower::ServiceExt as _;

const LARGEST_ANSWER: usize = 4 * 1024 * 1024;

/// What says where a visitor comes from, where a trusted proxy adds it.
const FORWARDED_FOR: &str = "x-forwarded-for";

#[derive(Clone)]
pub struct Api {
    router: Router,
    from: Option<ConnectInfo<SocketAddr>>,
    forwarded: HeaderMap,
}

impl Api {
    pub fn new(router: Router) -> Self {
        Self { router, from: None, forwarded: HeaderMap::new() }
    }

    /// The same, asked from where this request comes: limits count by that.
    pub fn asked_by(&self, request: &Parts) -> Self {
        let values = request.headers.get_all(FORWARDED_FOR).iter();
        let forwarded = values.map(|value| (header::HeaderName::from_static(FORWARDED_FOR), value.clone())).collect();
        Self { router: self.router.clone(), from: request.extensions.get().copied(), forwarded }
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
        let mut request = request.body(body).map_err(|_ignored| Problem::bad_request("bad-form"))?;
        request.headers_mut().extend(self.forwarded.clone());
        if let Some(from) = self.from {
            request.extensions_mut().insert(from);
        }
        let Ok(response) = self.router.clone().oneshot(request).await;
        let status = response.status();
        let bytes = to_bytes(response.into_body(), LARGEST_ANSWER).await.map_err(|cause| Problem::internal(&cause))?;
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|cause| Problem::internal(&cause));
        }
        Err(serde_json::from_slice(&bytes).unwrap_or_else(|_| Problem::new(status.as_u16(), "refused")))
    }
}

#[cfg(test)]
mod tests {
    use axum::Json;
    use axum::routing::post;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn a_page_asks_from_where_its_visitor_asks() {
        let echo = async |ConnectInfo(from): ConnectInfo<SocketAddr>, headers: HeaderMap| {
            Json(json!([from.to_string(), headers[FORWARDED_FOR].to_str().unwrap()]))
        };
        let api = Api::new(Router::new().route("/echo", post(echo)));
        let from: SocketAddr = "127.0.0.1:4000".parse().unwrap();
        let mut request = Request::builder().header(FORWARDED_FOR, "203.0.113.7").body(()).unwrap();
        request.extensions_mut().insert(ConnectInfo(from));
        let asked = api.asked_by(&request.into_parts().0).post("/echo", "key", &json!({})).await.unwrap();
        assert_eq!(asked, json!(["127.0.0.1:4000", "203.0.113.7"]));
    }
}
