//! The mail table.

use kernel::Instant;
use kernel::id::MailId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MailId,
    pub to_name: String,
    pub to_email: String,
    pub reply_to: Option<String>,
    pub locale: String,
    pub template: String,
    /// Hex of the sealed JSON; empty once the mail has ended.
    #[sea_orm(column_type = "Text")]
    pub sealed_values: String,
    /// `queued`, then `sent`, `failed` or `stale`.
    pub state: String,
    pub attempts: i32,
    pub due_at: Instant,
    pub created_at: Instant,
    pub ended_at: Option<Instant>,
    #[sea_orm(column_type = "Text", nullable)]
    pub failure: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
