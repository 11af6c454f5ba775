//! A passkey's public half.

use kernel::Instant;
use kernel::id::{PasskeyId, PersonId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PasskeyId,
    pub person_id: PersonId,
    pub credential_id: String,
    pub fixed: String,
    pub changing: String,
    pub transports: i32,
    pub name: String,
    pub created_at: Instant,
    pub last_used_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
