use kernel::Instant;
use kernel::id::{AnswerId, PersonId, QuestionId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "room_answers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AnswerId,
    pub question: QuestionId,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub lang: String,
    pub by_name: String,
    pub by_person: Option<PersonId>,
    pub public: bool,
    pub at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
