use kernel::Instant;
use kernel::id::{EventId, MessageId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "room_messages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MessageId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: EventId,
    pub participant: String,
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub lang: String,
    pub state: String,
    pub at: Instant,
    pub crew: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
