//! Queries on buyers' companies and contacts.

use kernel::Instant;
use kernel::id::{CompanyId, ContactId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _};

use super::entity::{company, contact};
use crate::buyers::BuyerDetails;

pub async fn contact_by_email(conn: &impl ConnectionTrait, email: &str) -> Result<Option<contact::Model>, DbErr> {
    contact::Entity::find().filter(contact::Column::Email.eq(email)).one(conn).await
}

pub async fn contact(conn: &impl ConnectionTrait, id: ContactId) -> Result<Option<contact::Model>, DbErr> {
    contact::Entity::find_by_id(id).one(conn).await
}

/// A contact with its company.
pub async fn contact_and_company(
    conn: &impl ConnectionTrait,
    id: ContactId,
) -> Result<Option<(contact::Model, company::Model)>, DbErr> {
    let Some(contact) = contact(conn, id).await? else { return Ok(None) };
    let company = company::Entity::find_by_id(contact.company_id).one(conn).await?;
    Ok(company.map(|company| (contact, company)))
}

pub async fn insert_company(
    conn: &impl ConnectionTrait,
    details: &BuyerDetails,
    now: Instant,
) -> Result<CompanyId, DbErr> {
    let id = CompanyId::new();
    let row = company::Model { id, name: details.company.clone(), country: details.country.clone(), created_at: now };
    company::Entity::insert(company::ActiveModel::from(row)).exec_without_returning(conn).await?;
    Ok(id)
}

/// `None` when somebody else has just made a contact with this address.
pub async fn insert_contact(
    conn: &impl ConnectionTrait,
    company: CompanyId,
    details: &BuyerDetails,
    now: Instant,
) -> Result<Option<ContactId>, DbErr> {
    let id = ContactId::new();
    let row = contact::Model {
        id,
        company_id: company,
        email: details.email.clone(),
        name: details.name.clone(),
        locale: details.locale.clone(),
        created_at: now,
    };
    let inserted = contact::Entity::insert(contact::ActiveModel::from(row))
        .on_conflict(OnConflict::column(contact::Column::Email).do_nothing().to_owned())
        .exec_without_returning(conn)
        .await?;
    Ok((inserted == 1).then_some(id))
}

pub async fn delete_company(conn: &impl ConnectionTrait, id: CompanyId) -> Result<(), DbErr> {
    company::Entity::delete_by_id(id).exec(conn).await?;
    Ok(())
}
