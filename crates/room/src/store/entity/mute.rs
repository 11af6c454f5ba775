use kernel::Instant;
use kernel::id::{EventId, PersonId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "room_mutes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: EventId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub participant: String,
    pub kind: String,
    pub until: Option<Instant>,
    pub by_person: Option<PersonId>,
    pub at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
