use kernel::id::{OrgId, ProductId, VariantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "variant")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VariantId,
    pub product: ProductId,
    pub org: OrgId,
    pub sku: String,
    pub unit: String,
    pub moq: i64,
    pub multiple: i64,
    pub lead_time_days: Option<i64>,
    pub carton: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
