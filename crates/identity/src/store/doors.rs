//! Queries on what opens doors: sessions, API tokens, log-in links.

use kernel::Instant;
use kernel::actor::Right;
use kernel::id::{ApiTokenId, ContactId, OrgId, PersonId};
use sea_orm::prelude::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, Set};

use super::entity::{api_token, magic_link, session};
use crate::api_token::ApiToken;
use crate::sessions::{Session, SessionOf};

pub async fn insert_session(
    conn: &impl ConnectionTrait,
    hash: &str,
    of: SessionOf,
    device: Option<&str>,
    now: Instant,
    expires_at: Instant,
) -> Result<(), DbErr> {
    let (person_id, contact_id) = match of {
        SessionOf::Person(person) => (Some(person), None),
        SessionOf::Contact(contact) => (None, Some(contact)),
    };
    let row = session::Model {
        token_hash: hash.to_owned(),
        person_id,
        contact_id,
        created_at: now,
        expires_at,
        last_seen_at: Some(now),
        device: device.map(str::to_owned),
    };
    session::Entity::insert(session::ActiveModel::from(row)).exec_without_returning(conn).await?;
    Ok(())
}

/// Whose session it is and when it was begun, seen and will end; `None` once that has passed.
pub async fn session(
    conn: &impl ConnectionTrait,
    hash: &str,
    now: Instant,
) -> Result<Option<(SessionOf, Session)>, DbErr> {
    let found = session::Entity::find_by_id(hash.to_owned()).filter(session::Column::ExpiresAt.gt(now)).one(conn);
    let Some(row) = found.await? else { return Ok(None) };
    let person = row.person_id.map(SessionOf::Person);
    Ok(person.or(row.contact_id.map(SessionOf::Contact)).map(|of| (of, session_of(row))))
}

/// A person's sessions that run, the newest first.
pub async fn sessions_of(conn: &impl ConnectionTrait, of: PersonId, now: Instant) -> Result<Vec<Session>, DbErr> {
    let rows = session::Entity::find().filter(session::Column::PersonId.eq(of));
    let rows = rows.filter(session::Column::ExpiresAt.gt(now)).order_by_desc(session::Column::CreatedAt);
    Ok(rows.all(conn).await?.into_iter().map(session_of).collect())
}

fn session_of(row: session::Model) -> Session {
    Session {
        hash: row.token_hash,
        device: row.device,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at.unwrap_or(row.created_at),
        expires_at: row.expires_at,
    }
}

pub async fn touch_session(conn: &impl ConnectionTrait, hash: &str, now: Instant) -> Result<(), DbErr> {
    let touch = session::Entity::update_many().col_expr(session::Column::LastSeenAt, Expr::value(now));
    touch.filter(session::Column::TokenHash.eq(hash)).exec(conn).await?;
    Ok(())
}

/// Ends all of a person's sessions but one.
pub async fn delete_sessions_of(
    conn: &impl ConnectionTrait,
    person: PersonId,
    but: Option<&str>,
) -> Result<u64, DbErr> {
    let mut delete = session::Entity::delete_many().filter(session::Column::PersonId.eq(person));
    if let Some(hash) = but {
        delete = delete.filter(session::Column::TokenHash.ne(hash));
    }
    Ok(delete.exec(conn).await?.rows_affected)
}

/// Rolls a session on; false when another request has just done so, or it has been ended.
pub async fn roll_session(conn: &impl ConnectionTrait, hash: &str, from: Instant, to: Instant) -> Result<bool, DbErr> {
    let rolled = session::Entity::update_many()
        .col_expr(session::Column::ExpiresAt, Expr::value(to))
        .filter(session::Column::TokenHash.eq(hash))
        .filter(session::Column::ExpiresAt.eq(from))
        .exec(conn)
        .await?;
    Ok(rolled.rows_affected == 1)
}

pub async fn delete_session(conn: &impl ConnectionTrait, hash: &str) -> Result<(), DbErr> {
    session::Entity::delete_by_id(hash.to_owned()).exec(conn).await?;
    Ok(())
}

/// Removes sessions and links that have run out.
pub async fn delete_ended(conn: &impl ConnectionTrait, now: Instant) -> Result<u64, DbErr> {
    let sessions = session::Entity::delete_many().filter(session::Column::ExpiresAt.lte(now)).exec(conn).await?;
    let links = magic_link::Entity::delete_many().filter(magic_link::Column::ExpiresAt.lte(now)).exec(conn).await?;
    Ok(sessions.rows_affected + links.rows_affected)
}

pub async fn insert_api_token(
    conn: &impl ConnectionTrait,
    org: OrgId,
    person: PersonId,
    token: &ApiToken,
    hash: &str,
) -> Result<(), DbErr> {
    let row = api_token::Model {
        id: token.id,
        org_id: org,
        person_id: person,
        name: token.name.clone(),
        token_hash: hash.to_owned(),
        rights: serde_json::to_string(&token.rights).map_err(|e| DbErr::Json(e.to_string()))?,
        created_at: token.created_at,
        last_used_at: token.last_used_at,
        expires_at: token.expires_at,
    };
    api_token::Entity::insert(api_token::ActiveModel::from(row)).exec_without_returning(conn).await?;
    Ok(())
}

pub async fn api_tokens_of(conn: &impl ConnectionTrait, org: OrgId) -> Result<Vec<ApiToken>, DbErr> {
    let rows = api_token::Entity::find().filter(api_token::Column::OrgId.eq(org));
    let rows = rows.order_by_asc(api_token::Column::Id).all(conn).await?;
    Ok(rows.into_iter().map(token_of).collect())
}

/// The token with this hash, for which organisation and whose it is.
pub async fn api_token(conn: &impl ConnectionTrait, hash: &str) -> Result<Option<(OrgId, PersonId, ApiToken)>, DbErr> {
    let found = api_token::Entity::find().filter(api_token::Column::TokenHash.eq(hash)).one(conn).await?;
    Ok(found.map(|row| (row.org_id, row.person_id, token_of(row))))
}

pub async fn touch_api_token(conn: &impl ConnectionTrait, id: ApiTokenId, now: Instant) -> Result<(), DbErr> {
    let touch = api_token::Entity::update_many().col_expr(api_token::Column::LastUsedAt, Expr::value(now));
    touch.filter(api_token::Column::Id.eq(id)).exec(conn).await?;
    Ok(())
}

pub async fn delete_api_token(conn: &impl ConnectionTrait, org: OrgId, id: ApiTokenId) -> Result<bool, DbErr> {
    let delete = api_token::Entity::delete_many().filter(api_token::Column::Id.eq(id));
    let deleted = delete.filter(api_token::Column::OrgId.eq(org)).exec(conn).await?;
    Ok(deleted.rows_affected == 1)
}

fn token_of(row: api_token::Model) -> ApiToken {
    // A right that this program does not know grants nothing.
    let words: Vec<serde_json::Value> = serde_json::from_str(&row.rights).unwrap_or_default();
    let rights: Vec<Right> = words.into_iter().filter_map(|word| serde_json::from_value(word).ok()).collect();
    ApiToken {
        id: row.id,
        name: row.name,
        rights,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        expires_at: row.expires_at,
    }
}

pub async fn insert_magic_link(
    conn: &impl ConnectionTrait,
    hash: &str,
    contact: ContactId,
    now: Instant,
    expires_at: Instant,
) -> Result<(), DbErr> {
    let row = magic_link::ActiveModel {
        token_hash: Set(hash.to_owned()),
        contact_id: Set(contact),
        created_at: Set(now),
        expires_at: Set(expires_at),
        used_at: Set(None),
    };
    magic_link::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Uses a link up: whose it is, or `None` when it is used, over, or never was.
pub async fn use_magic_link(conn: &impl ConnectionTrait, hash: &str, now: Instant) -> Result<Option<ContactId>, DbErr> {
    let used = magic_link::Entity::update_many()
        .col_expr(magic_link::Column::UsedAt, Expr::value(now))
        .filter(magic_link::Column::TokenHash.eq(hash))
        .filter(magic_link::Column::UsedAt.is_null())
        .filter(magic_link::Column::ExpiresAt.gt(now))
        .exec(conn)
        .await?;
    if used.rows_affected == 0 {
        return Ok(None);
    }
    Ok(magic_link::Entity::find_by_id(hash.to_owned()).one(conn).await?.map(|link| link.contact_id))
}
