//! How media and playlists are answered: types, lifetimes for caches, open to every page.
//!
//! Nothing here depends on who asks, so any HTTP cache may stand in front.

use std::future::{Ready, ready};

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use kernel::Problem;

use crate::window::{Missing, Text};

const PLAYLIST: HeaderValue = HeaderValue::from_static("application/vnd.apple.mpegurl");
const MEDIA: HeaderValue = HeaderValue::from_static("video/mp4");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const ANYONE: HeaderValue = HeaderValue::from_static("*");

/// How long caches may keep an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    Never,
    Seconds(u64),
    /// It never changes under this name.
    Immutable,
}

impl Keep {
    fn header(self) -> HeaderValue {
        match self {
            Self::Never => HeaderValue::from_static("no-store"),
            Self::Immutable => HeaderValue::from_static("public, max-age=3600, immutable"),
            Self::Seconds(seconds) => HeaderValue::try_from(format!("public, max-age={seconds}"))
                .unwrap_or(HeaderValue::from_static("no-store")),
        }
    }
}

/// A playlist, gzipped for those who take it.
pub fn playlist(text: Text, asked: &HeaderMap, keep: Keep) -> Response {
    let takes_gzip = takes_gzip(asked);
    let mut response = if takes_gzip && !text.gzip.is_empty() {
        let mut response = text.gzip.into_response();
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response
    } else {
        text.plain.into_response()
    };
    response.headers_mut().insert(CONTENT_TYPE, PLAYLIST);
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    open(response, keep)
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    asked
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
            let refused =
                weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse().is_ok_and(|q: f32| q <= 0.0));
            name.trim().eq_ignore_ascii_case("gzip") && !refused
        })
}

/// Media that never changes, of one or more pieces, without copying them together.
pub fn media(pieces: Vec<Bytes>) -> Response {
    let length: usize = pieces.iter().map(Bytes::len).sum();
    let body = Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, std::convert::Infallible>)));
    let mut response = body.into_response();
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response.headers_mut().insert(CONTENT_TYPE, MEDIA);
    open(response, Keep::Immutable)
}

/// A refusal. A missing thing may be asked for again after a second, by one cache for all.
pub fn refusal(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(problem).unwrap_or_default();
    let mut response = (status, body).into_response();
    response.headers_mut().insert(CONTENT_TYPE, PROBLEM);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    let keep = match status {
        StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND => Keep::Seconds(1),
        _ => Keep::Never,
    };
    open(response, keep)
}

impl From<Missing> for Problem {
    fn from(missing: Missing) -> Self {
        match missing {
            Missing::Gone => Self::not_found("media-not-found"),
            Missing::BadDirective => Self::bad_request("bad-delivery-directive"),
            Missing::TimedOut => Self::unavailable("media-not-ready"),
        }
    }
}

/// The answer to a browser that asks before it asks.
pub fn preflight() -> Ready<Response> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, range"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    ready(open(response, Keep::Never))
}

fn open(mut response: Response, keep: Keep) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, keep.header());
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANYONE);
    response
}
