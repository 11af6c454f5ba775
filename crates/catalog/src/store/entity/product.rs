use kernel::id::{OrgId, ProductId};
use kernel::{Instant, LocalizedText};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "product")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    pub org: OrgId,
    pub state: String,
    pub version: i64,
    pub names: LocalizedText,
    pub texts: LocalizedText,
    #[sea_orm(column_type = "Text")]
    pub search: String,
    pub origin: String,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
