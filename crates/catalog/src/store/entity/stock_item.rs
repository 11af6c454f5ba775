use kernel::id::{ProductId, VariantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub variant: VariantId,
    pub product: ProductId,
    pub on_hand: i64,
    pub allocated: i64,
    pub held: i64,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
