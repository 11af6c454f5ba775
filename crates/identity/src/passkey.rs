//! Passkeys: what is kept of one, and what may go wrong.

use kernel::id::{PasskeyId, PersonId};
use kernel::text::clean_line;
use kernel::{Instant, Problem};
use sea_orm::DbErr;

/// Passkeys a person may have.
pub const MOST: usize = 20;

/// A passkey as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    pub id: PasskeyId,
    pub name: String,
    pub created_at: Instant,
    pub last_used_at: Option<Instant>,
}

/// The public half of a passkey, in base64url. Nothing in it opens a door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// As the authenticator named it; unique.
    pub id: String,
    pub person: PersonId,
    /// The public key.
    pub fixed: String,
    /// The signature counter and whether the passkey is backed up.
    pub changing: String,
    pub transports: i32,
}

#[derive(Debug, thiserror::Error)]
pub enum PasskeyError {
    #[error("passkeys need a domain as public address, with HTTPS unless it is localhost")]
    NotHere,
    #[error("a passkey has a name of at most 60 characters")]
    BadName,
    #[error("this is not what a browser answers to a passkey challenge")]
    Unreadable,
    #[error("the challenge was used, has run out, or never was")]
    Over,
    #[error("the passkey was refused: {0}")]
    Refused(String),
    #[error("no known passkey gave this answer")]
    Wrong,
    #[error("a person has at most {MOST} passkeys")]
    TooMany,
    #[error("this passkey is known already")]
    Taken,
    #[error("there is no such passkey")]
    NoSuchPasskey,
    #[error("the passkey could not be stored")]
    Store(#[from] DbErr),
}

impl From<PasskeyError> for Problem {
    fn from(err: PasskeyError) -> Self {
        match &err {
            PasskeyError::NotHere => Self::conflict("passkeys-not-here").detail(err.to_string()),
            PasskeyError::BadName => Self::unprocessable("bad-field").with("field", "name").detail(err.to_string()),
            PasskeyError::Unreadable => Self::unprocessable("passkey-unreadable"),
            PasskeyError::Over => Self::conflict("passkey-challenge-over"),
            PasskeyError::Refused(_) => Self::unprocessable("passkey-refused").detail(err.to_string()),
            PasskeyError::Wrong => Self::unauthorized("passkey-unknown"),
            PasskeyError::TooMany => Self::conflict("passkeys-too-many").with("most", MOST),
            PasskeyError::Taken => Self::conflict("passkey-taken"),
            PasskeyError::NoSuchPasskey => Self::not_found("no-such-passkey"),
            PasskeyError::Store(cause) => Self::internal(cause),
        }
    }
}

/// The name, cleaned, or the refusal.
pub fn checked_name(name: &str) -> Result<String, PasskeyError> {
    let name = clean_line(name);
    if name.is_empty() || name.chars().count() > 60 { Err(PasskeyError::BadName) } else { Ok(name) }
}
