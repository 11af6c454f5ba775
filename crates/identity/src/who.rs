//! Who is behind each request: the middleware that every route stands behind.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use kernel::http::cookie;
use kernel::id::PersonId;
use kernel::{Actor, Instant, Problem, Who};
use url::Url;

use crate::api_token::PREFIX;
use crate::{Identity, csrf, sessions};

pub const SESSION: &str = "lf_session";
pub const GUEST: &str = "lf_guest";

/// What the operator says of the world around.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where buyers find this house; mails link to it.
    pub public_url: Url,
    /// Other origins whose pages are ours, such as `https://www.example.com`.
    pub origins: Vec<String>,
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Settings {
    pub fn new(public_url: Url) -> Self {
        let origins = vec![public_url.origin().ascii_serialization()];
        Self { public_url, origins, trusted_proxies: Vec::new() }
    }
}

/// The address a request came from; `None` where the server does not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(None)))
    }
}

/// Whether cookies go out as `Secure`.
#[derive(Clone, Copy, Debug)]
pub struct Secure(pub bool);

/// Somebody who works here, logged in with a browser: what changes their own account. A program with an API token
/// may not: it would outlive the token.
#[derive(Clone, Debug)]
pub struct Own {
    pub person: PersonId,
    /// The hash of their session.
    pub session: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Own {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let person = parts.extensions.get::<Actor>().cloned().unwrap_or_else(Actor::anyone).person()?;
        let session = parts.extensions.get::<SessionHash>().ok_or_else(|| Problem::forbidden("session-needed"))?;
        Ok(Self { person, session: session.0.clone() })
    }
}

#[derive(Clone)]
struct SessionHash(String);

/// When the API token that asks ends; `None` for one that does not, and for everybody else.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenEnd(pub Option<Instant>);

impl<S: Send + Sync> FromRequestParts<S> for TokenEnd {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_default())
    }
}

/// Puts the [`Actor`] and the [`ClientAddress`] into the request, and refuses what another site may have forged.
/// For `axum::middleware::from_fn_with_state`.
pub async fn who(State(identity): State<Identity>, mut request: Request, next: Next) -> Response {
    if csrf::may_be_forged(&seen(&request), &identity.settings.origins) {
        return Problem::forbidden("cross-site").into_response();
    }
    let Resolved { actor, session, rolled, token_end } = match identity.resolve(request.headers()).await {
        Ok(found) => found,
        Err(problem) => return problem.into_response(),
    };
    let secure = identity.is_secure(&request);
    let address = identity.address(&request);
    let extensions = request.extensions_mut();
    extensions.insert(actor);
    extensions.insert(TokenEnd(token_end));
    if let Some(hash) = session {
        extensions.insert(SessionHash(hash));
    }
    extensions.insert(ClientAddress(address));
    extensions.insert(Secure(secure));
    let mut response = next.run(request).await;
    if let Some(token) = rolled
        && !is_for_everybody(response.headers())
        && !response
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .any(|set| set.as_bytes().starts_with(SESSION.as_bytes()))
    {
        let cookie = set_cookie(SESSION, &token, sessions::LIFE.as_secs(), secure);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether caches may hand the answer to others, and a cookie with it.
fn is_for_everybody(headers: &HeaderMap) -> bool {
    let said = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).any(|word| word.trim() == "public")
}

fn seen(request: &Request) -> csrf::Request<'_> {
    let headers = request.headers();
    csrf::Request {
        method: request.method(),
        uri: request.uri(),
        headers,
        // A token of ours decides alone, and the cookies beside it count for nothing.
        has_cookie: api_token(headers).is_none() && [SESSION, GUEST].iter().any(|name| cookie(headers, name).is_some()),
        has_bearer: headers.contains_key(header::AUTHORIZATION),
    }
}

fn api_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && token.starts_with(PREFIX)).then_some(token)
}

/// Who was found behind a request.
struct Resolved {
    actor: Actor,
    /// The hash of the session, if it is one.
    session: Option<String>,
    /// Its token when it was rolled on, so that the cookie must be, too.
    rolled: Option<String>,
    /// When the API token ends, if it is one and does.
    token_end: Option<Instant>,
}

impl From<Actor> for Resolved {
    fn from(actor: Actor) -> Self {
        Self { actor, session: None, rolled: None, token_end: None }
    }
}

impl Identity {
    /// An API token first, then the session, then the guest.
    async fn resolve(&self, headers: &HeaderMap) -> Result<Resolved, Problem> {
        if let Some(token) = api_token(headers) {
            let found = self.api_tokens.find(token).await?;
            let (actor, token_end) = found.ok_or_else(|| Problem::unauthorized("no-such-token"))?;
            return Ok(Resolved { token_end, ..actor.into() });
        }
        if let Some(token) = cookie(headers, SESSION)
            && let Some(found) = self.sessions.find(token).await?
        {
            let rolled = found.rolled.then(|| token.to_owned());
            return Ok(Resolved { actor: found.actor, session: Some(found.hash), rolled, token_end: None });
        }
        let guest = cookie(headers, GUEST).and_then(|cookie| self.guests.read(cookie, self.clock.now()));
        let actor = guest.map(|guest| Actor { who: Who::Guest(guest.id), name: guest.name, ..Actor::anyone() });
        Ok(actor.unwrap_or_else(Actor::anyone).into())
    }

    /// The peer, or whom a trusted proxy says it speaks for: the last address that is no trusted proxy's. What stands
    /// before an entry that is no address may be the client's own invention.
    fn address(&self, request: &Request) -> Option<IpAddr> {
        let peer = peer(request)?;
        let trusted = |address: &IpAddr| self.settings.trusted_proxies.contains(&address.to_canonical());
        if !trusted(&peer) {
            return Some(peer);
        }
        let lists = request.headers().get_all("x-forwarded-for").iter().map(|list| list.to_str().unwrap_or("?"));
        let hops: Vec<&str> = lists.flat_map(|list| list.split(',')).collect();
        let mut known = hops.into_iter().rev().map_while(hop_address);
        known.find(|hop| !trusted(hop)).or(Some(peer))
    }

    fn is_secure(&self, request: &Request) -> bool {
        let behind_tls = || {
            let trusted = peer(request).is_some_and(|peer| self.settings.trusted_proxies.contains(&peer));
            trusted && request.headers().get("x-forwarded-proto").is_some_and(|proto| proto == "https")
        };
        self.settings.public_url.scheme() == "https" || request.uri().scheme_str() == Some("https") || behind_tls()
    }
}

/// An address as proxies write it, some with the port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|hop| hop.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|at| at.ip()))
}

fn peer(request: &Request) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    Some(peer.ip().to_canonical())
}

/// A cookie of ours: not for scripts, not for other sites' requests.
pub fn set_cookie(name: &str, value: &str, max_age_s: u64, secure: bool) -> HeaderValue {
    let secure = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
