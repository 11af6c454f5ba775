//! Every query of the mail table.

mod entity;
mod migration;

use std::time::Duration;

use kernel::Instant;
use kernel::id::MailId;
use sea_orm::prelude::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set, UpdateMany,
};

pub use entity::Model as QueuedMail;
use entity::{ActiveModel, Column, Entity};
pub use migration::migrations;

/// How long a worker has for one mail before another may take it.
const LEASE: Duration = Duration::from_mins(10);

/// A mail to be kept.
pub struct NewMail {
    pub id: MailId,
    pub to_name: String,
    pub to_email: String,
    pub reply_to: Option<String>,
    pub locale: String,
    pub template: &'static str,
    pub sealed_values: String,
    pub now: Instant,
}

pub async fn insert(conn: &impl ConnectionTrait, mails: Vec<NewMail>) -> Result<(), DbErr> {
    if mails.is_empty() {
        return Ok(());
    }
    Entity::insert_many(mails.into_iter().map(queued)).exec_without_returning(conn).await?;
    Ok(())
}

fn queued(mail: NewMail) -> ActiveModel {
    ActiveModel {
        id: Set(mail.id),
        to_name: Set(mail.to_name),
        to_email: Set(mail.to_email),
        reply_to: Set(mail.reply_to),
        locale: Set(mail.locale),
        template: Set(mail.template.to_owned()),
        sealed_values: Set(mail.sealed_values),
        state: Set("queued".to_owned()),
        attempts: Set(0),
        due_at: Set(mail.now),
        created_at: Set(mail.now),
        ended_at: Set(None),
        failure: Set(None),
    }
}

/// The mails that are due, the oldest first.
pub async fn due(conn: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<QueuedMail>, DbErr> {
    Entity::find()
        .filter(Column::State.eq("queued"))
        .filter(Column::DueAt.lte(now))
        .order_by_asc(Column::DueAt)
        .limit(limit)
        .all(conn)
        .await
}

/// Takes a mail for one try; false when another worker was quicker.
pub async fn claim(conn: &impl ConnectionTrait, mail: &QueuedMail, now: Instant) -> Result<bool, DbErr> {
    let claimed = waiting(mail.id)
        .col_expr(Column::DueAt, Expr::value(now + LEASE))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::DueAt.eq(mail.due_at))
        .filter(Column::Attempts.eq(mail.attempts))
        .exec(conn)
        .await?;
    Ok(claimed.rows_affected == 1)
}

/// Puts a mail off, after so many more tries than it had when it was taken.
pub async fn put_off(
    conn: &impl ConnectionTrait,
    mail: &QueuedMail,
    tries: i32,
    until: Instant,
    why: &str,
) -> Result<(), DbErr> {
    waiting(mail.id)
        .col_expr(Column::DueAt, Expr::value(until))
        .col_expr(Column::Attempts, Expr::value(mail.attempts + tries))
        .col_expr(Column::Failure, Expr::value(why))
        .exec(conn)
        .await?;
    Ok(())
}

/// Ends a mail in `state` and erases its values.
pub async fn end(
    conn: &impl ConnectionTrait,
    id: MailId,
    state: &str,
    now: Instant,
    why: Option<String>,
) -> Result<(), DbErr> {
    waiting(id)
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::SealedValues, Expr::value(""))
        .col_expr(Column::EndedAt, Expr::value(now))
        .col_expr(Column::Failure, Expr::value(why))
        .exec(conn)
        .await?;
    Ok(())
}

/// Forgets the mails that ended before then; tells how many.
pub async fn delete_ended(conn: &impl ConnectionTrait, before: Instant) -> Result<u64, DbErr> {
    Ok(Entity::delete_many().filter(Column::EndedAt.lt(before)).exec(conn).await?.rows_affected)
}

pub async fn state_of(conn: &impl ConnectionTrait, id: MailId) -> Result<Option<QueuedMail>, DbErr> {
    Entity::find_by_id(id).one(conn).await
}

fn waiting(id: MailId) -> UpdateMany<Entity> {
    Entity::update_many().filter(Column::Id.eq(id)).filter(Column::State.eq("queued"))
}
