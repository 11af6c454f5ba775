use kernel::Instant;
use kernel::id::{EventId, HappeningId, PersonId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sale_event_audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HappeningId,
    pub event: EventId,
    pub from_state: String,
    pub to_state: String,
    pub version: i64,
    pub by: Option<PersonId>,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
