use kernel::Instant;
use kernel::id::{HappeningId, PersonId, VariantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_movement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HappeningId,
    pub variant: VariantId,
    pub kind: String,
    pub on_hand: i64,
    pub allocated: i64,
    pub held: i64,
    #[sea_orm(column_type = "Text")]
    pub reason: String,
    pub by: Option<PersonId>,
    pub at: Instant,
    /// The idempotency key it was made under.
    pub key: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
