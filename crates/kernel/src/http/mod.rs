//! The HTTP edge that every domain shares: extractors whose refusals are [`Problem`]s, the language of a
//! request, keyset pages, idempotency keys, uploads.

mod extract;
mod page;
mod place;
mod upload;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

pub use extract::{IdempotencyKey, Json, Language, Path, Query, cookie, said};
pub use page::{Listed, Page};
pub use place::Place;
pub use upload::{FRAMING_BYTES, uploaded_file};

use crate::Problem;

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.facts.get("retry_after_s").and_then(serde_json::Value::as_u64);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let json = [(header::CONTENT_TYPE, "application/problem+json"), (header::CACHE_CONTROL, "no-store")];
        let mut response = (status, json, body).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Answers paths that do not exist.
#[expect(clippy::unused_async, reason = "axum calls it as a handler")]
pub async fn no_such_path() -> Problem {
    Problem::not_found("no-such-path")
}

/// Answers methods that a path does not take.
#[expect(clippy::unused_async, reason = "axum calls it as a handler")]
pub async fn no_such_method() -> Problem {
    Problem::new(405, "method-not-allowed")
}
