//! The web pages' files, built by `web/` and carried inside the program (read from disk in debug builds).
//! `cargo build` works without them: pages then say how to build them.

use axum::body::Body;
use axum::http::{HeaderMap, Response, StatusCode, header};
use axum::response::IntoResponse;
use kernel::Problem;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/packages/watch/dist"]
#[allow_missing = true]
pub struct Watch;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/packages/console/build"]
#[allow_missing = true]
pub struct Console;

/// Answers with a file; names with a content hash in them are kept for good.
pub fn file<E: RustEmbed>(path: &str, request: &HeaderMap) -> Response<Body> {
    let Some((file, encoding)) = best::<E>(path, request) else {
        return Problem::not_found("no-such-path").into_response();
    };
    let tag = format!("\"{}\"", hex::encode(&file.metadata.sha256_hash()[..12]));
    if request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, content_type(path))
        .header(header::CACHE_CONTROL, lifetime(path))
        .header(header::VARY, "accept-encoding")
        .header(header::ETAG, tag);
    if let Some(encoding) = encoding {
        response = response.header(header::CONTENT_ENCODING, encoding);
    }
    response.body(Body::from(file.data)).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// The file in the smallest form the reader takes: the build leaves `.br` and `.gz` beside it.
fn best<E: RustEmbed>(path: &str, request: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let takes = request.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("");
    for (coding, suffix) in [("br", "br"), ("gzip", "gz")] {
        if takes.contains(coding)
            && let Some(file) = E::get(&format!("{path}.{suffix}"))
        {
            return Some((file, Some(coding)));
        }
    }
    Some((E::get(path)?, None))
}

fn lifetime(path: &str) -> &'static str {
    if path.contains("/immutable/") || path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
