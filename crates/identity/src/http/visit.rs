//! What a request at the door brings besides its body, and the answers that set cookies.

use std::convert::Infallible;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use kernel::http::cookie;
use kernel::text::clean_line;
use kernel::{Problem, Secret};

use crate::limit::{Limiter, address_key};
use crate::who::{ClientAddress, GUEST, SESSION, Secure, set_cookie};
use crate::{Identity, guest, sessions};

pub type SetCookie = [(HeaderName, HeaderValue); 1];
/// 204 with the session's cookie, new or gone.
pub type Door = (StatusCode, SetCookie);

pub struct Visit {
    address: Option<IpAddr>,
    secure: bool,
    session: Option<String>,
    guest: Option<String>,
    /// What the browser calls itself.
    pub device: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self {
            address: parts.extensions.get().and_then(|ClientAddress(address)| *address),
            secure: parts.extensions.get().is_some_and(|Secure(secure)| *secure),
            session: cookie(&parts.headers, SESSION).map(str::to_owned),
            guest: cookie(&parts.headers, GUEST).map(str::to_owned),
            device: agent.map(|agent| clean_line(agent).chars().take(300).collect()),
        })
    }
}

impl Visit {
    /// Takes a turn at a limit on addresses.
    pub fn turn(&self, identity: &Identity, limiter: &Limiter) -> Result<(), Problem> {
        limiter.check(&address_key(self.address), identity.clock.now())
    }

    /// The key of a limit on tries from one address at one name.
    pub fn key_with(&self, name: &str) -> String {
        format!("{} {name}", address_key(self.address))
    }

    /// Lets in: the session that came along, if any, is over, and the new one replaces it.
    pub async fn enter(self, identity: &Identity, token: &Secret<String>) -> Result<Door, Problem> {
        self.end_session(identity).await?;
        Ok(self.door(token.expose(), sessions::LIFE.as_secs()))
    }

    /// Ends the session and takes its cookie away.
    pub async fn leave(self, identity: &Identity) -> Result<Door, Problem> {
        self.end_session(identity).await?;
        Ok(self.door("", 0))
    }

    /// The guest whom the cookie names.
    pub fn guest(&self, identity: &Identity) -> Option<guest::Guest> {
        identity.guests.read(self.guest.as_deref()?, identity.clock.now())
    }

    pub fn guest_cookie(&self, cookie: &str) -> SetCookie {
        [(header::SET_COOKIE, set_cookie(GUEST, cookie, guest::LIFE.as_secs(), self.secure))]
    }

    fn door(&self, token: &str, max_age_s: u64) -> Door {
        (StatusCode::NO_CONTENT, [(header::SET_COOKIE, set_cookie(SESSION, token, max_age_s, self.secure))])
    }

    async fn end_session(&self, identity: &Identity) -> Result<(), Problem> {
        if let Some(token) = &self.session {
            identity.sessions.end(token).await?;
        }
        Ok(())
    }
}
