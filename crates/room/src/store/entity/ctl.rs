use kernel::Instant;
use kernel::id::EventId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "room_ctl")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: EventId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub kind: String,
    pub version: i64,
    /// JSON of the whole value.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    pub changed_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
