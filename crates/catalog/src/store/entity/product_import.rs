use kernel::Instant;
use kernel::id::{ImportId, OrgId, PersonId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "product_import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportId,
    pub org: OrgId,
    pub by: Option<PersonId>,
    pub row_count: i64,
    pub finding_count: i64,
    #[sea_orm(column_type = "Text")]
    pub rows: String,
    #[sea_orm(column_type = "Text")]
    pub outcome: Option<String>,
    pub created_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
