//! Adding, naming and removing passkeys, and logging in with one.

use std::sync::Arc;

use kernel::db::is_taken;
use kernel::db::sea_orm::DbErr;
use kernel::id::{PasskeyId, PersonId};
use kernel::{Clock, Db, Secret};
use serde_json::Value;

use crate::ceremony::{Adding, Answer, LoggingIn, RelyingParty, Waiting};
use crate::passkey::{self, Passkey, PasskeyError};
use crate::sessions::{SessionOf, Sessions};
use crate::store;

#[derive(Clone)]
pub struct Passkeys {
    db: Db,
    clock: Arc<dyn Clock>,
    sessions: Sessions,
    party: Arc<Option<RelyingParty>>,
    adding: Arc<Waiting<Adding>>,
    logging_in: Arc<Waiting<LoggingIn>>,
}

impl Passkeys {
    pub(crate) fn new(db: Db, clock: Arc<dyn Clock>, sessions: Sessions, party: Option<RelyingParty>) -> Self {
        Self { db, clock, sessions, party: Arc::new(party), adding: Arc::default(), logging_in: Arc::default() }
    }

    /// Whether browsers do passkeys at the configured address.
    pub fn work_here(&self) -> bool {
        self.party.is_some()
    }

    /// What the person's browser needs to make a passkey.
    pub async fn challenge(&self, id: PersonId) -> Result<Value, PasskeyError> {
        let party = self.party()?;
        let person = store::person(self.db.read(), id).await?.ok_or(PasskeyError::Wrong)?;
        let have = store::credentials_of(self.db.read(), id).await?;
        if have.len() >= passkey::MOST {
            return Err(PasskeyError::TooMany);
        }
        party.begin_adding(&self.adding, &person, &have, self.clock.now())
    }

    /// Keeps the passkey that the browser made.
    pub async fn add(&self, person: PersonId, name: &str, answer: &Value) -> Result<Passkey, PasskeyError> {
        let (name, now) = (passkey::checked_name(name)?, self.clock.now());
        let credential = self.party()?.finish_adding(&self.adding, person, answer, now)?;
        let passkey = Passkey { id: PasskeyId::new(), name, created_at: now, last_used_at: None };
        let inserted = store::insert_passkey(self.db.writing(), &passkey, credential).await;
        inserted.map_err(|err| if is_taken(&err) { PasskeyError::Taken } else { err.into() })?;
        Ok(passkey)
    }

    pub async fn of(&self, person: PersonId) -> Result<Vec<Passkey>, DbErr> {
        store::passkeys_of(self.db.read(), person).await
    }

    pub async fn rename(&self, person: PersonId, id: PasskeyId, name: &str) -> Result<(), PasskeyError> {
        let name = passkey::checked_name(name)?;
        let renamed = store::rename_passkey(self.db.writing(), person, id, &name).await?;
        renamed.then_some(()).ok_or(PasskeyError::NoSuchPasskey)
    }

    pub async fn remove(&self, person: PersonId, id: PasskeyId) -> Result<(), PasskeyError> {
        let removed = store::delete_passkey(self.db.writing(), person, id).await?;
        removed.then_some(()).ok_or(PasskeyError::NoSuchPasskey)
    }

    /// What a browser needs to log in with a passkey it has.
    pub fn log_in_challenge(&self) -> Result<Value, PasskeyError> {
        self.party()?.begin_log_in(&self.logging_in, self.clock.now())
    }

    /// Begins a session for whoever has the passkey; the answer is the cookie's value.
    pub async fn log_in(&self, answer: &Value, device: Option<&str>) -> Result<Secret<String>, PasskeyError> {
        let (party, now) = (self.party()?, self.clock.now());
        let answer = Answer::read(answer)?;
        let known = store::credential(self.db.read(), &answer.credential()).await?.ok_or(PasskeyError::Wrong)?;
        let changing = party.finish_log_in(&self.logging_in, &answer, &known, now)?;
        let txn = self.db.write().await?;
        // Two answers with one counter: the second finds it moved on.
        if !store::passkey_used(&txn, &known, &changing, now).await? {
            return Err(PasskeyError::Wrong);
        }
        let token = self.sessions.begin_in(&txn, SessionOf::Person(known.person), device).await?;
        txn.commit().await?;
        Ok(token)
    }

    fn party(&self) -> Result<&RelyingParty, PasskeyError> {
        self.party.as_ref().as_ref().ok_or(PasskeyError::NotHere)
    }
}
