//! Queries on passkeys.

use kernel::Instant;
use kernel::id::{PasskeyId, PersonId};
use sea_orm::prelude::Expr;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::entity::passkey;
use crate::passkey::{Credential, Passkey};

pub async fn insert_passkey(conn: &impl ConnectionTrait, new: &Passkey, credential: Credential) -> Result<(), DbErr> {
    let row = passkey::Model {
        id: new.id,
        person_id: credential.person,
        credential_id: credential.id,
        fixed: credential.fixed,
        changing: credential.changing,
        transports: credential.transports,
        name: new.name.clone(),
        created_at: new.created_at,
        last_used_at: new.last_used_at,
    };
    passkey::Entity::insert(passkey::ActiveModel::from(row)).exec_without_returning(conn).await?;
    Ok(())
}

pub async fn passkeys_of(conn: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Passkey>, DbErr> {
    Ok(rows_of(conn, person).await?.into_iter().map(passkey_of).collect())
}

pub async fn credentials_of(conn: &impl ConnectionTrait, person: PersonId) -> Result<Vec<Credential>, DbErr> {
    Ok(rows_of(conn, person).await?.into_iter().map(credential_of).collect())
}

/// The credential that an authenticator named so.
pub async fn credential(conn: &impl ConnectionTrait, id: &str) -> Result<Option<Credential>, DbErr> {
    let found = passkey::Entity::find().filter(passkey::Column::CredentialId.eq(id)).one(conn).await?;
    Ok(found.map(credential_of))
}

/// Notes a use; false when the credential has changed since it was read.
pub async fn passkey_used(
    conn: &impl ConnectionTrait,
    read: &Credential,
    changing: &str,
    now: Instant,
) -> Result<bool, DbErr> {
    let used = passkey::Entity::update_many()
        .col_expr(passkey::Column::Changing, Expr::value(changing))
        .col_expr(passkey::Column::LastUsedAt, Expr::value(now))
        .filter(passkey::Column::CredentialId.eq(&read.id))
        .filter(passkey::Column::Changing.eq(&read.changing))
        .exec(conn)
        .await?;
    Ok(used.rows_affected == 1)
}

pub async fn rename_passkey(
    conn: &impl ConnectionTrait,
    person: PersonId,
    id: PasskeyId,
    name: &str,
) -> Result<bool, DbErr> {
    let rename = passkey::Entity::update_many().col_expr(passkey::Column::Name, Expr::value(name));
    let own = rename.filter(passkey::Column::Id.eq(id)).filter(passkey::Column::PersonId.eq(person));
    Ok(own.exec(conn).await?.rows_affected == 1)
}

pub async fn delete_passkey(conn: &impl ConnectionTrait, person: PersonId, id: PasskeyId) -> Result<bool, DbErr> {
    let delete = passkey::Entity::delete_many().filter(passkey::Column::Id.eq(id));
    let own = delete.filter(passkey::Column::PersonId.eq(person));
    Ok(own.exec(conn).await?.rows_affected == 1)
}

async fn rows_of(conn: &impl ConnectionTrait, person: PersonId) -> Result<Vec<passkey::Model>, DbErr> {
    let rows = passkey::Entity::find().filter(passkey::Column::PersonId.eq(person));
    rows.order_by_asc(passkey::Column::Id).all(conn).await
}

fn passkey_of(row: passkey::Model) -> Passkey {
    Passkey { id: row.id, name: row.name, created_at: row.created_at, last_used_at: row.last_used_at }
}

fn credential_of(row: passkey::Model) -> Credential {
    Credential {
        id: row.credential_id,
        person: row.person_id,
        fixed: row.fixed,
        changing: row.changing,
        transports: row.transports,
    }
}
