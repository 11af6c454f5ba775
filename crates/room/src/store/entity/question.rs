use kernel::Instant;
use kernel::id::{EventId, InquiryId, PersonId, ProductId, QuestionId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "room_questions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuestionId,
    pub event: EventId,
    pub participant: String,
    pub name: String,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    pub lang: String,
    pub product: Option<ProductId>,
    pub at_ms: Option<i64>,
    pub private: bool,
    pub state: String,
    pub version: i64,
    pub assignee: Option<PersonId>,
    pub merged_into: Option<QuestionId>,
    pub inquiry: Option<InquiryId>,
    pub reason: Option<String>,
    pub asked_at: Instant,
    pub changed_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
