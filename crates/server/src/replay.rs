//! The door before replays: `media` plays any recording it has, `live` knows whose it is.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kernel::id::RecordingId;
use kernel::{Actor, Problem};
use live::{Audience, Live};

/// Lets through who may watch. What only the crew may see is kept by no cache.
pub async fn gate(State(live): State<Live>, actor: Actor, request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        return next.run(request).await;
    }
    let recording = request.uri().path().split('/').nth(2).and_then(|id| id.parse::<RecordingId>().ok());
    let audience = match recording {
        Some(recording) => live.audience_of_recording(&actor, recording).await,
        None => Ok(Audience::Nobody),
    };
    match audience {
        Ok(Audience::Everyone) => next.run(request).await,
        Ok(Audience::Crew) => {
            let mut response = next.run(request).await;
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
            response
        }
        Ok(Audience::Nobody) => Problem::not_found("no-such-recording").into_response(),
        Err(cause) => Problem::internal(&cause).into_response(),
    }
}
