//! Sessions: begun by a password, a passkey or a link, kept in the database, rolled on while used, ended at any time.

use std::sync::Arc;
use std::time::Duration;

use kernel::actor::{Actor, Who};
use kernel::db::sea_orm::{ConnectionTrait, DbErr};
use kernel::id::{ContactId, PersonId};
use kernel::secret::{random_token, token_hash};
use kernel::{Clock, Db, Instant, Problem, Secret};

use crate::password::Passwords;
use crate::role::rights_of;
use crate::store;

/// How long a session lives without being used.
pub const LIFE: Duration = Duration::from_hours(30 * 24);
/// A session in use is rolled on at most this often, so that reading costs no write.
const ROLL_AFTER: Duration = Duration::from_hours(24);
/// When a session was last seen is known to this, likewise.
const SEEN_AFTER: Duration = Duration::from_mins(10);
/// What a request waits at most for such a note.
const NOTING: Duration = Duration::from_millis(200);

#[derive(Debug, thiserror::Error)]
pub enum LogInError {
    #[error("the e-mail address or the password is wrong")]
    Wrong,
    #[error("the session could not be stored")]
    Store(#[from] DbErr),
}

impl From<LogInError> for Problem {
    fn from(err: LogInError) -> Self {
        match err {
            LogInError::Wrong => Self::unauthorized("wrong-email-or-password"),
            LogInError::Store(cause) => Self::internal(&cause),
        }
    }
}

/// Whose a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionOf {
    Person(PersonId),
    Contact(ContactId),
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub hash: String,
    /// What the browser calls itself.
    pub device: Option<String>,
    pub created_at: Instant,
    /// Within a few minutes: it is not written at every request.
    pub last_seen_at: Instant,
    pub expires_at: Instant,
}

impl Session {
    /// What lists call it: enough of the hash to tell a person's sessions apart.
    pub fn id(&self) -> &str {
        self.hash.get(..16).unwrap_or_default()
    }
}

/// A session as found by its token.
pub struct Found {
    pub actor: Actor,
    /// Under which the database keeps it.
    pub hash: String,
    /// Whether it was rolled on just now, so that the cookie must be, too.
    pub rolled: bool,
}

#[derive(Clone)]
pub struct Sessions {
    db: Db,
    clock: Arc<dyn Clock>,
    passwords: Passwords,
}

impl Sessions {
    pub(crate) fn new(db: Db, clock: Arc<dyn Clock>, passwords: Passwords) -> Self {
        Self { db, clock, passwords }
    }

    /// Begins a session for whoever knows the password; the answer is the cookie's value.
    pub async fn log_in(
        &self,
        email: &str,
        password: Secret<String>,
        device: Option<&str>,
    ) -> Result<Secret<String>, LogInError> {
        let known = match mail::checked_email(email) {
            Ok(email) => store::password_of(self.db.read(), &email).await?,
            Err(_) => None,
        };
        let (person, hash) = known.unzip();
        let fits = self.passwords.check(hash.flatten(), password).await;
        match person {
            Some(person) if fits => Ok(self.begin(SessionOf::Person(person), device).await?),
            _ => Err(LogInError::Wrong),
        }
    }

    /// Begins a session for somebody whose identity is proven.
    pub async fn begin(&self, of: SessionOf, device: Option<&str>) -> Result<Secret<String>, DbErr> {
        let txn = self.db.write().await?;
        let token = self.begin_in(&txn, of, device).await?;
        txn.commit().await?;
        Ok(token)
    }

    /// As [`Self::begin`], in the caller's transaction.
    pub async fn begin_in(
        &self,
        txn: &impl ConnectionTrait,
        of: SessionOf,
        device: Option<&str>,
    ) -> Result<Secret<String>, DbErr> {
        let (token, now) = (random_token::<32>(), self.clock.now());
        store::insert_session(txn, &token_hash(token.expose()), of, device, now, now + LIFE).await?;
        Ok(token)
    }

    /// The actor behind a session cookie; `None` when it has ended or never was.
    pub async fn find(&self, token: &str) -> Result<Option<Found>, DbErr> {
        let (hash, now) = (token_hash(token), self.clock.now());
        let Some((of, session)) = store::session(self.db.read(), &hash, now).await? else { return Ok(None) };
        let actor = match of {
            SessionOf::Person(person) => self.person(person).await?,
            SessionOf::Contact(contact) => self.contact(contact).await?,
        };
        let Some(actor) = actor else { return Ok(None) };
        // Reading goes on when nothing can be written: the session is rolled on another time.
        let used = self.note_use(&hash, session.last_seen_at, session.expires_at, now).await;
        let rolled = used.unwrap_or_else(|cause| {
            tracing::warn!(%cause, "a session could not be rolled on");
            false
        });
        Ok(Some(Found { actor, hash, rolled }))
    }

    /// Tells whether the session was rolled on.
    async fn note_use(
        &self,
        hash: &str,
        last_seen_at: Instant,
        expires_at: Instant,
        now: Instant,
    ) -> Result<bool, DbErr> {
        if now.since(last_seen_at) > SEEN_AFTER {
            noted(store::touch_session(self.db.writing(), hash, now)).await;
        }
        Ok(is_to_be_rolled(expires_at, now)
            && store::roll_session(self.db.writing(), hash, expires_at, now + LIFE).await?)
    }

    /// A person's sessions, the newest first.
    pub async fn of(&self, person: PersonId) -> Result<Vec<Session>, DbErr> {
        store::sessions_of(self.db.read(), person, self.clock.now()).await
    }

    /// Ends the session of this person's that lists call so; false when there is none.
    pub async fn end_one(&self, person: PersonId, id: &str) -> Result<bool, DbErr> {
        let Some(session) = self.of(person).await?.into_iter().find(|session| session.id() == id) else {
            return Ok(false);
        };
        store::delete_session(self.db.writing(), &session.hash).await?;
        Ok(true)
    }

    /// Ends all of a person's sessions but the one with this hash.
    pub async fn end_others(&self, person: PersonId, hash: &str) -> Result<u64, DbErr> {
        store::delete_sessions_of(self.db.writing(), person, Some(hash)).await
    }

    /// Ends the session; ending one that is over is no failure.
    pub async fn end(&self, token: &str) -> Result<(), DbErr> {
        store::delete_session(self.db.writing(), &token_hash(token)).await
    }

    /// Removes what has run out.
    pub async fn sweep(&self) -> Result<u64, DbErr> {
        store::delete_ended(self.db.writing(), self.clock.now()).await
    }

    async fn person(&self, id: PersonId) -> Result<Option<Actor>, DbErr> {
        let person = store::person(self.db.read(), id).await?;
        Ok(person.map(|person| Actor {
            who: Who::Person(id),
            org: person.org,
            rights: rights_of(&person.roles),
            name: person.name,
        }))
    }

    async fn contact(&self, id: ContactId) -> Result<Option<Actor>, DbErr> {
        let found = store::contact(self.db.read(), id).await?;
        Ok(found.map(|contact| Actor {
            who: Who::Buyer { company: contact.company_id, contact: id },
            name: contact.name,
            ..Actor::anyone()
        }))
    }
}

/// Notes when something was last used, unless the writers' line is long: no answer waits for what is nice to know.
pub async fn noted(mark: impl Future<Output = Result<(), DbErr>>) {
    match tokio::time::timeout(NOTING, mark).await {
        Ok(Ok(())) => {}
        Ok(Err(cause)) => tracing::warn!(%cause, "a use could not be noted"),
        Err(_late) => tracing::debug!("a use is noted another time"),
    }
}

fn is_to_be_rolled(expires_at: Instant, now: Instant) -> bool {
    expires_at.since(now) + ROLL_AFTER < LIFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_rolls_once_a_day() {
        let begun = Instant::EPOCH;
        let expires_at = begun + LIFE;
        assert!(!is_to_be_rolled(expires_at, begun + ROLL_AFTER));
        assert!(is_to_be_rolled(expires_at, begun + ROLL_AFTER + Duration::from_secs(1)));
    }
}
