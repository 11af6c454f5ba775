use kernel::id::{EventId, ProductId, RunItemId};
use kernel::{Instant, LocalizedText};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "run_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RunItemId,
    pub event: EventId,
    pub position: i64,
    pub state: String,
    pub title: LocalizedText,
    pub product: Option<ProductId>,
    pub minutes: i64,
    pub started_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
