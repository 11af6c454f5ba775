//! API tokens: for programs, acting as the person who made them with some of that person's rights.

use std::sync::Arc;

use kernel::actor::{Actor, Right, Rights, Who};
use kernel::db::sea_orm::DbErr;
use kernel::id::{ApiTokenId, OrgId};
use kernel::secret::{random_token, token_hash};
use kernel::text::clean_line;
use kernel::{Clock, Db, Instant, Problem, Secret};

use crate::role::rights_of;
use crate::sessions::noted;
use crate::store;

/// What every token begins with, so that leaks are found by scanners.
pub const PREFIX: &str = "lf_pat_";

/// A token as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub id: ApiTokenId,
    pub name: String,
    pub rights: Vec<Right>,
    pub created_at: Instant,
    pub last_used_at: Option<Instant>,
    pub expires_at: Option<Instant>,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewApiToken {
    pub name: String,
    pub rights: Vec<Right>,
    pub expires_at: Option<Instant>,
}

#[derive(Clone)]
pub struct ApiTokens {
    db: Db,
    clock: Arc<dyn Clock>,
}

impl ApiTokens {
    pub(crate) fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock }
    }

    /// Makes a token of the actor's; its text is seen only now.
    pub async fn create(&self, actor: &Actor, new: NewApiToken) -> Result<(ApiToken, Secret<String>), Problem> {
        let (org, person) = (actor.require(Right::ManageOrg)?, actor.person()?);
        let name = clean_line(&new.name);
        if name.is_empty() || name.chars().count() > 80 {
            return Err(Problem::unprocessable("bad-field").with("field", "name"));
        }
        actor.may_grant(Rights::of(&new.rights))?;
        let text = Secret::new(format!("{PREFIX}{}", random_token::<32>().expose()));
        let token = ApiToken {
            id: ApiTokenId::new(),
            name,
            rights: Rights::of(&new.rights).iter().collect(),
            created_at: self.clock.now(),
            last_used_at: None,
            expires_at: new.expires_at,
        };
        store::insert_api_token(self.db.writing(), org, person, &token, &token_hash(text.expose())).await?;
        Ok((token, text))
    }

    pub async fn of(&self, org: OrgId) -> Result<Vec<ApiToken>, DbErr> {
        store::api_tokens_of(self.db.read(), org).await
    }

    /// Ends a token at once; false when there is none.
    pub async fn revoke(&self, org: OrgId, id: ApiTokenId) -> Result<bool, DbErr> {
        store::delete_api_token(self.db.writing(), org, id).await
    }

    /// The actor behind a token, and when it ends: the person's rights of today in the token's organisation, as far
    /// as the token reaches.
    pub async fn find(&self, text: &str) -> Result<Option<(Actor, Option<Instant>)>, DbErr> {
        let now = self.clock.now();
        let Some((org, person, token)) = store::api_token(self.db.read(), &token_hash(text)).await? else {
            return Ok(None);
        };
        if token.expires_at.is_some_and(|end| end <= now) {
            return Ok(None);
        }
        let Some(person) = store::person_in(self.db.read(), org, person).await? else { return Ok(None) };
        self.note_use(&token, now).await;
        let actor = Actor {
            who: Who::Person(person.id),
            org: person.org,
            rights: rights_of(&person.roles).within(Rights::of(&token.rights)),
            name: person.name,
        };
        Ok(Some((actor, token.expires_at)))
    }

    async fn note_use(&self, token: &ApiToken, now: Instant) {
        // Once an hour is enough to tell a token in use from one forgotten.
        if token.last_used_at.is_none_or(|last| now.since(last).as_secs() > 3600) {
            noted(store::touch_api_token(self.db.writing(), token.id, now)).await;
        }
    }
}
