//! The WebSocket door: checks the handshake, answers 101, and gives the bare socket to a shard.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use kernel::http::{Path, Place};
use kernel::id::EventId;
use kernel::{Actor, Problem};
use tokio::net::TcpStream;

use crate::rooms::Rooms;
use crate::ws::{SUBPROTOCOL, accept_key};

/// Opens a connection to a room. Who it is, the `join` message says.
pub(super) async fn upgrade(
    State(rooms): State<Rooms>,
    Path(event): Path<EventId>,
    _actor: Actor,
    mut request: Request,
) -> Response {
    let accept = match check(request.headers(), &rooms.node().allowed_origins) {
        Ok(accept) if request.method() == Method::GET => accept,
        Ok(_head) => return Problem::new(405, "method-not-allowed").into_response(),
        Err(refusal) => return *refusal,
    };
    let from = rooms.address(request.extensions());
    if !rooms.admits_one_more(from) {
        return Problem::unavailable("room-unavailable").with("retry_after_s", 1).into_response();
    }
    let room = match rooms.room(event).await {
        Ok(room) => room,
        Err(problem) => return problem.into_response(),
    };
    let offered = protocols(request.headers());
    let place = request.extensions().get::<Place>().cloned();
    let upgrading = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let taken = match upgrading.await {
            Ok(upgraded) => {
                socket_of(upgraded).and_then(|(socket, early)| rooms.shards().accept(socket, early, room, place))
            }
            Err(cause) => Err(std::io::Error::other(cause)),
        };
        if let Err(cause) = taken {
            tracing::debug!(%cause, "a connection did not come through the upgrade");
        }
    });
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    if offered {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    }
    response
}

/// RFC 6455 4.2.1, and the origin. The answer is the accept key.
fn check(headers: &HeaderMap, allowed: &[String]) -> Result<HeaderValue, Box<Response>> {
    let has = |name, token: &str| list(headers, name).any(|item| item.eq_ignore_ascii_case(token));
    if !has(header::UPGRADE, "websocket") || !has(header::CONNECTION, "upgrade") {
        let problem = Problem::new(426, "websocket-expected").into_response();
        return Err(Box::new(with(problem, header::UPGRADE, "websocket")));
    }
    if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
        let problem = Problem::new(426, "websocket-version").into_response();
        return Err(Box::new(with(problem, header::SEC_WEBSOCKET_VERSION, "13")));
    }
    if !is_allowed_origin(headers, allowed) {
        return Err(Box::new(Problem::forbidden("room-origin").into_response()));
    }
    let key = headers.get(header::SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok()).map(str::trim);
    let key = key.filter(|key| STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16));
    let accept = key.map(accept_key).and_then(|accept| accept.parse().ok());
    accept.ok_or_else(|| Box::new(Problem::bad_request("websocket-key").into_response()))
}

fn with(mut response: Response, name: header::HeaderName, value: &'static str) -> Response {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
    response
}

/// The items of a header that is a list.
fn list(headers: &HeaderMap, name: header::HeaderName) -> impl Iterator<Item = &str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

fn protocols(headers: &HeaderMap) -> bool {
    list(headers, header::SEC_WEBSOCKET_PROTOCOL).any(|offered| offered == SUBPROTOCOL)
}

/// Pages of this server and of the sites it is embedded in. Programs send no origin.
fn is_allowed_origin(headers: &HeaderMap, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let own = origin.split_once("://").map(|(_, authority)| authority);
    (own.is_some() && own == host) || allowed.iter().any(|other| other == origin)
}

/// The socket under an upgraded connection, and what the HTTP parser had already read of it.
fn socket_of(upgraded: Upgraded) -> std::io::Result<(std::net::TcpStream, Bytes)> {
    let (io, early) = match auto::upgrade::downcast::<TokioIo<TcpStream>>(upgraded) {
        Ok(parts) => (parts.io, parts.read_buf),
        Err(upgraded) => {
            let plain = upgraded.downcast::<TokioIo<TcpStream>>();
            let parts = plain.map_err(|_other| std::io::Error::other("the connection is not plain TCP"))?;
            (parts.io, parts.read_buf)
        }
    };
    Ok((io.into_inner().into_std()?, early))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn pages_of_other_sites_are_refused_unless_allowed() {
        let from = |origin| headers(&[("host", "fair.example:8443"), ("origin", origin)]);
        let allowed = ["https://shop.example".to_owned()];
        assert!(is_allowed_origin(&from("https://fair.example:8443"), &allowed));
        assert!(is_allowed_origin(&from("https://shop.example"), &allowed));
        assert!(!is_allowed_origin(&from("https://fair.example"), &allowed), "another port");
        assert!(!is_allowed_origin(&from("null"), &allowed));
        assert!(is_allowed_origin(&headers(&[("host", "fair.example")]), &[]), "a program");
    }

    #[test]
    fn a_wrong_version_is_told_the_right_one() {
        let old =
            headers(&[("upgrade", "WebSocket"), ("connection", "keep-alive, Upgrade"), ("sec-websocket-version", "8")]);
        let refusal = check(&old, &[]).unwrap_err();
        assert_eq!(refusal.status(), 426);
        assert_eq!(refusal.headers()["sec-websocket-version"], "13");
        assert_eq!(check(&HeaderMap::new(), &[]).unwrap_err().status(), 426);
    }

    #[test]
    fn a_key_is_sixteen_bytes() {
        let with = |key| {
            let all = [("upgrade", "websocket"), ("connection", "upgrade"), ("sec-websocket-version", "13")];
            check(&headers(&[&all[..], &[("sec-websocket-key", key)]].concat()), &[])
        };
        assert_eq!(with("dGhlIHNhbXBsZSBub25jZQ==").unwrap(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assert_eq!(with("short").unwrap_err().status(), 400);
        assert_eq!(with("dGhlIHNhbXBsZQ==").unwrap_err().status(), 400);
    }
}
