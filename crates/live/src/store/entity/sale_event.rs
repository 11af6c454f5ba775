use kernel::id::{EventId, OrgId, RecordingId};
use kernel::{Instant, LocalizedText};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sale_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub org: OrgId,
    pub state: String,
    pub state_since: Instant,
    pub version: i64,
    pub title: LocalizedText,
    pub text: LocalizedText,
    pub languages: Json,
    pub markets: Json,
    pub hosts: Json,
    pub starts_at: Instant,
    pub time_zone: String,
    pub recording: Option<RecordingId>,
    pub pins: Json,
    pub pins_version: i64,
    pub is_pinned_by_hand: bool,
    pub sheet_version: i64,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
