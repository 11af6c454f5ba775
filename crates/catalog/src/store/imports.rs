//! Parsed imports, kept until they are applied.

use kernel::Instant;
use kernel::id::{ImportId, OrgId, PersonId};
use sea_orm::entity::prelude::*;
use sea_orm::{QuerySelect as _, Set};

use super::entity::product_import::{ActiveModel, Column, Entity};

/// An import as it is kept.
pub struct Kept {
    pub id: ImportId,
    pub org: OrgId,
    pub by: Option<PersonId>,
    pub row_count: i64,
    pub finding_count: i64,
    /// JSON of the rows; empty once applied.
    pub rows: String,
    /// JSON of what applying it did.
    pub outcome: Option<String>,
    pub created_at: Instant,
}

pub async fn insert(conn: &impl ConnectionTrait, import: Kept) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(import.id),
        org: Set(import.org),
        by: Set(import.by),
        row_count: Set(import.row_count),
        finding_count: Set(import.finding_count),
        rows: Set(import.rows),
        outcome: Set(import.outcome),
        created_at: Set(import.created_at),
    };
    Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

pub async fn find(conn: &impl ConnectionTrait, org: OrgId, id: ImportId) -> Result<Option<Kept>, DbErr> {
    let row = Entity::find_by_id(id).filter(Column::Org.eq(org)).one(conn).await?;
    Ok(row.map(|row| Kept {
        id: row.id,
        org: row.org,
        by: row.by,
        row_count: row.row_count,
        finding_count: row.finding_count,
        rows: row.rows,
        outcome: row.outcome,
        created_at: row.created_at,
    }))
}

/// Marks an import applied; `false` when somebody else was faster.
pub async fn applied(conn: &impl ConnectionTrait, id: ImportId, outcome: &str) -> Result<bool, DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(outcome))
        .col_expr(Column::Rows, Expr::value(""))
        .filter(Column::Id.eq(id))
        .filter(Column::Outcome.is_null())
        .exec(conn)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Whether the import is there and was not applied.
pub async fn is_open(conn: &impl ConnectionTrait, id: ImportId) -> Result<bool, DbErr> {
    let found = Entity::find_by_id(id).select_only().column(Column::Outcome).into_tuple::<Option<String>>();
    Ok(found.one(conn).await?.is_some_and(|outcome| outcome.is_none()))
}

/// Deletes imports made before `then` that were not applied; returns how many.
pub async fn forget(conn: &impl ConnectionTrait, then: Instant) -> Result<u64, DbErr> {
    let open = Entity::delete_many().filter(Column::Outcome.is_null()).filter(Column::CreatedAt.lt(then));
    Ok(open.exec(conn).await?.rows_affected)
}
