//! A session, under the hash of its token.

use kernel::Instant;
use kernel::id::{ContactId, PersonId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    pub person_id: Option<PersonId>,
    pub contact_id: Option<ContactId>,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub last_seen_at: Option<Instant>,
    /// What the browser calls itself.
    pub device: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
