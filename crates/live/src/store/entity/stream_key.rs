use kernel::Instant;
use kernel::id::{EventId, StreamKeyId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stream_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StreamKeyId,
    pub event: EventId,
    pub hash: String,
    pub label: String,
    pub created_at: Instant,
    pub revoked_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
