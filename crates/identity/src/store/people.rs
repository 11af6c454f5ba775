//! Queries on organisations, people and their roles.

use std::collections::BTreeMap;

use kernel::Instant;
use kernel::id::{OrgId, PersonId};
use sea_orm::prelude::Expr;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, ExprTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, Set, Value,
};

use super::entity::{api_token, first_run, membership, org, passkey, person, session};
use crate::org::{NewOrg, Org, OrgKind};
use crate::person::{NewPerson, Person, PersonChange};
use crate::role::Role;

pub async fn insert_org(conn: &impl ConnectionTrait, new: NewOrg, now: Instant) -> Result<Org, DbErr> {
    let row = org::Model {
        id: OrgId::new(),
        kind: new.kind.word().to_owned(),
        name: new.name,
        country: new.country,
        time_zone: new.time_zone,
        version: 0,
        created_at: now,
    };
    org::Entity::insert(org::ActiveModel::from(row.clone())).exec_without_returning(conn).await?;
    Ok(org_of(row))
}

pub async fn org(conn: &impl ConnectionTrait, id: OrgId) -> Result<Option<Org>, DbErr> {
    Ok(org::Entity::find_by_id(id).one(conn).await?.map(org_of))
}

pub async fn first_org(conn: &impl ConnectionTrait) -> Result<Option<Org>, DbErr> {
    Ok(org::Entity::find().order_by_asc(org::Column::Id).one(conn).await?.map(org_of))
}

pub async fn update_org(conn: &impl ConnectionTrait, org: &Org) -> Result<(), DbErr> {
    org::Entity::update_many()
        .col_expr(org::Column::Name, Expr::value(org.name.as_str()))
        .col_expr(org::Column::Country, Expr::value(org.country.as_str()))
        .col_expr(org::Column::TimeZone, Expr::value(org.time_zone.as_str()))
        .filter(org::Column::Id.eq(org.id))
        .exec(conn)
        .await?;
    Ok(())
}

/// Holds the organisation's row until the transaction ends.
pub async fn touch_org(conn: &impl ConnectionTrait, id: OrgId) -> Result<(), DbErr> {
    org::Entity::update_many()
        .col_expr(org::Column::Version, Expr::col(org::Column::Version).add(1))
        .filter(org::Column::Id.eq(id))
        .exec(conn)
        .await?;
    Ok(())
}

fn org_of(row: org::Model) -> Org {
    Org {
        id: row.id,
        kind: OrgKind::from_word(&row.kind),
        name: row.name,
        country: row.country,
        time_zone: row.time_zone,
        created_at: row.created_at,
    }
}

/// Whether this transaction is the one that makes the first owner.
pub async fn claim_first_run(conn: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let row = first_run::ActiveModel { id: Set(1) };
    let insert = first_run::Entity::insert(row)
        .on_conflict(OnConflict::column(first_run::Column::Id).do_nothing().to_owned())
        .exec_without_returning(conn);
    Ok(insert.await? == 1)
}

pub async fn is_anybody_here(conn: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(person::Entity::find().one(conn).await?.is_some())
}

pub async fn insert_person(
    conn: &impl ConnectionTrait,
    org: OrgId,
    new: NewPerson,
    password_hash: String,
    now: Instant,
) -> Result<Person, DbErr> {
    let row = person::Model {
        id: PersonId::new(),
        email: new.email,
        name: new.name,
        locale: new.locale,
        time_zone: new.time_zone,
        password_hash: Some(password_hash),
        created_at: now,
    };
    person::Entity::insert(person::ActiveModel::from(row.clone())).exec_without_returning(conn).await?;
    let roles = sorted(new.roles);
    insert_roles(conn, org, row.id, &roles).await?;
    Ok(person_of(row, Some(org), roles))
}

/// A person, with their roles in the first organisation they belong to.
pub async fn person(conn: &impl ConnectionTrait, id: PersonId) -> Result<Option<Person>, DbErr> {
    let Some(row) = person::Entity::find_by_id(id).one(conn).await? else { return Ok(None) };
    let roles = membership::Entity::find().filter(membership::Column::PersonId.eq(id));
    let roles = roles.order_by_asc(membership::Column::OrgId).all(conn).await?;
    let org = roles.first().map(|membership| membership.org_id);
    let roles = roles.iter().filter(|membership| Some(membership.org_id) == org);
    let roles = sorted(roles.filter_map(|membership| Role::from_word(&membership.role)).collect());
    Ok(Some(person_of(row, org, roles)))
}

/// A person as a member of this organisation.
pub async fn person_in(conn: &impl ConnectionTrait, org: OrgId, id: PersonId) -> Result<Option<Person>, DbErr> {
    let roles = roles_in(conn, org, id).await?;
    if roles.is_empty() {
        return Ok(None);
    }
    let row = person::Entity::find_by_id(id).one(conn).await?;
    Ok(row.map(|row| person_of(row, Some(org), sorted(roles))))
}

/// Who has this address, and the hash of their password.
pub async fn password_of(
    conn: &impl ConnectionTrait,
    email: &str,
) -> Result<Option<(PersonId, Option<String>)>, DbErr> {
    let found = person::Entity::find().filter(person::Column::Email.eq(email)).one(conn).await?;
    Ok(found.map(|row| (row.id, row.password_hash)))
}

/// Everyone of an organisation, in the order they came.
pub async fn people_of(conn: &impl ConnectionTrait, org: OrgId) -> Result<Vec<Person>, DbErr> {
    let mut roles: BTreeMap<PersonId, Vec<Role>> = BTreeMap::new();
    for row in membership::Entity::find().filter(membership::Column::OrgId.eq(org)).all(conn).await? {
        roles.entry(row.person_id).or_default().extend(Role::from_word(&row.role));
    }
    let rows = person::Entity::find().filter(person::Column::Id.is_in(roles.keys().copied()));
    let rows = rows.order_by_asc(person::Column::Id).all(conn).await?;
    let person = |row: person::Model| {
        let roles = sorted(roles.remove(&row.id).unwrap_or_default());
        person_of(row, Some(org), roles)
    };
    Ok(rows.into_iter().map(person).collect())
}

pub async fn roles_in(conn: &impl ConnectionTrait, org: OrgId, id: PersonId) -> Result<Vec<Role>, DbErr> {
    let rows = membership::Entity::find().filter(membership::Column::OrgId.eq(org));
    let rows = rows.filter(membership::Column::PersonId.eq(id)).all(conn).await?;
    Ok(rows.iter().filter_map(|row| Role::from_word(&row.role)).collect())
}

pub async fn owners_of(conn: &impl ConnectionTrait, org: OrgId) -> Result<u64, DbErr> {
    let owners = membership::Entity::find().filter(membership::Column::OrgId.eq(org));
    owners.filter(membership::Column::Role.eq(Role::Owner.word())).count(conn).await
}

pub async fn replace_roles(conn: &impl ConnectionTrait, org: OrgId, id: PersonId, roles: &[Role]) -> Result<(), DbErr> {
    let before = membership::Entity::delete_many().filter(membership::Column::OrgId.eq(org));
    before.filter(membership::Column::PersonId.eq(id)).exec(conn).await?;
    insert_roles(conn, org, id, &sorted(roles.to_vec())).await
}

async fn insert_roles(conn: &impl ConnectionTrait, org: OrgId, id: PersonId, roles: &[Role]) -> Result<(), DbErr> {
    let row = |role: Role| membership::ActiveModel {
        org_id: Set(org),
        person_id: Set(id),
        role: Set(role.word().to_owned()),
    };
    let rows: Vec<_> = roles.iter().copied().map(row).collect();
    if !rows.is_empty() {
        membership::Entity::insert_many(rows).exec_without_returning(conn).await?;
    }
    Ok(())
}

/// Writes what is given and no more, so that two who change different things at once both have their way.
pub async fn update_person(conn: &impl ConnectionTrait, id: PersonId, change: PersonChange) -> Result<(), DbErr> {
    let given = [
        (person::Column::Name, change.name.map(Value::from)),
        (person::Column::Locale, change.locale.map(Value::from)),
        (person::Column::TimeZone, change.time_zone.map(Value::from)),
    ];
    let given: Vec<_> = given.into_iter().filter_map(|(column, value)| Some((column, Expr::value(value?)))).collect();
    if given.is_empty() {
        return Ok(());
    }
    let update = person::Entity::update_many().filter(person::Column::Id.eq(id));
    given.into_iter().fold(update, |update, (column, value)| update.col_expr(column, value)).exec(conn).await?;
    Ok(())
}

/// Keeps another password; false when it is not `from` that is kept.
pub async fn replace_password(
    conn: &impl ConnectionTrait,
    id: PersonId,
    from: Option<&str>,
    to: &str,
) -> Result<bool, DbErr> {
    let replace = person::Entity::update_many().col_expr(person::Column::PasswordHash, Expr::value(to));
    let replaced = replace.filter(person::Column::Id.eq(id)).filter(match from {
        Some(from) => person::Column::PasswordHash.eq(from),
        None => person::Column::PasswordHash.is_null(),
    });
    Ok(replaced.exec(conn).await?.rows_affected == 1)
}

pub async fn set_password(conn: &impl ConnectionTrait, id: PersonId, to: &str) -> Result<(), DbErr> {
    let set = person::Entity::update_many().col_expr(person::Column::PasswordHash, Expr::value(to));
    set.filter(person::Column::Id.eq(id)).exec(conn).await?;
    Ok(())
}

/// Whether a person belongs to another organisation, too.
pub async fn is_elsewhere(conn: &impl ConnectionTrait, org: OrgId, id: PersonId) -> Result<bool, DbErr> {
    let others = membership::Entity::find().filter(membership::Column::PersonId.eq(id));
    Ok(others.filter(membership::Column::OrgId.ne(org)).one(conn).await?.is_some())
}

/// Takes a person out of an organisation, and all that opened doors with it. Somebody who belongs nowhere else is
/// forgotten.
pub async fn remove_person(conn: &impl ConnectionTrait, org: OrgId, id: PersonId) -> Result<(), DbErr> {
    let membership = membership::Entity::delete_many().filter(membership::Column::OrgId.eq(org));
    membership.filter(membership::Column::PersonId.eq(id)).exec(conn).await?;
    let tokens = api_token::Entity::delete_many().filter(api_token::Column::OrgId.eq(org));
    tokens.filter(api_token::Column::PersonId.eq(id)).exec(conn).await?;
    session::Entity::delete_many().filter(session::Column::PersonId.eq(id)).exec(conn).await?;
    if !is_elsewhere(conn, org, id).await? {
        passkey::Entity::delete_many().filter(passkey::Column::PersonId.eq(id)).exec(conn).await?;
        person::Entity::delete_by_id(id).exec(conn).await?;
    }
    Ok(())
}

fn sorted(mut roles: Vec<Role>) -> Vec<Role> {
    roles.sort_unstable();
    roles.dedup();
    roles
}

fn person_of(row: person::Model, org: Option<OrgId>, roles: Vec<Role>) -> Person {
    Person {
        id: row.id,
        name: row.name,
        email: row.email,
        locale: row.locale,
        time_zone: row.time_zone,
        created_at: row.created_at,
        roles,
        org,
    }
}
