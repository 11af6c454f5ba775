use kernel::Instant;
use kernel::id::{EventId, OrgId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "room_rooms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: EventId,
    pub org: OrgId,
    /// The state of the event, as `live` says it.
    pub state: String,
    pub version: i64,
    /// JSON of `RoomSettings`.
    #[sea_orm(column_type = "Text")]
    pub settings: String,
    pub settings_version: i64,
    /// JSON of the show's languages, the first for those who read none of them.
    #[sea_orm(column_type = "Text")]
    pub languages: String,
    pub changed_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
