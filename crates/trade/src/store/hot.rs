//! The statements of the hot path: a batch of orders in one pass, each kind by one statement.

use std::collections::HashMap;

use kernel::Quantity;
use kernel::id::{CompanyId, ContactId, OfferId, OrderId};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, OnConflict};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Set, TryInsertResult,
};
use uuid::Uuid;

use super::entity::{claim, key, offer};
use crate::offer::{Offer, OfferState};
use crate::placing::Key;

/// Looks at offers and locks them in the order of their ids: two nodes that lock in different orders
/// would wait for each other.
pub async fn lock_offers(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = OfferId>,
) -> Result<HashMap<OfferId, Offer>, DbErr> {
    let rows = offer::Entity::find().filter(offer::Column::Id.is_in(ids)).order_by_asc(offer::Column::Id);
    let rows = rows.lock_exclusive().all(conn).await?;
    rows.into_iter().map(|row| Offer::try_from(row).map(|offer| (offer.id, offer))).collect()
}

/// What these buyers did under these keys; others may have used the same.
pub async fn keys<'a>(
    conn: &impl ConnectionTrait,
    keys: impl IntoIterator<Item = &'a str>,
    contacts: impl IntoIterator<Item = ContactId>,
) -> Result<HashMap<Key, (Uuid, OrderId)>, DbErr> {
    let rows = key::Entity::find().filter(key::Column::Key.is_in(keys)).filter(key::Column::Contact.is_in(contacts));
    let rows = rows.all(conn).await?;
    Ok(rows.into_iter().map(|row| ((row.key, row.contact), (row.body, OrderId::from_uuid(row.subject)))).collect())
}

/// What companies have ordered of offers.
pub async fn claims(
    conn: &impl ConnectionTrait,
    offers: &[OfferId],
    companies: &[CompanyId],
) -> Result<HashMap<(OfferId, CompanyId), Quantity>, DbErr> {
    if offers.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = claim::Entity::find()
        .filter(claim::Column::Offer.is_in(offers.iter().copied()))
        .filter(claim::Column::Company.is_in(companies.iter().copied()));
    let rows = rows.all(conn).await?;
    Ok(rows.into_iter().map(|row| ((row.offer, row.company), Quantity(row.quantity))).collect())
}

/// Takes pieces from several pools by one guarded UPDATE; returns how many pools had them.
///
/// Fewer than were asked for means that another writer was faster: the caller rolls back.
pub async fn take_pools(conn: &impl ConnectionTrait, taken: &[(OfferId, Quantity, OfferState)]) -> Result<u64, DbErr> {
    let is = |id: OfferId| Expr::col(offer::Column::Id).eq(id);
    let quantity = taken.iter().fold(CaseStatement::new(), |case, (id, n, _)| case.case(is(*id), n.0)).finally(0_i64);
    let state = taken.iter().fold(CaseStatement::new(), |case, (id, _, to)| case.case(is(*id), to.word()));
    let state = state.finally(Expr::col(offer::Column::State));
    let quantity: Expr = quantity.into();
    let update = offer::Entity::update_many()
        .col_expr(offer::Column::Remaining, Expr::col(offer::Column::Remaining).sub(quantity.clone()))
        .col_expr(offer::Column::State, state.into())
        .col_expr(offer::Column::Version, Expr::col(offer::Column::Version).add(1_i64))
        .filter(offer::Column::Id.is_in(taken.iter().map(|(id, ..)| *id)))
        .filter(offer::Column::State.eq(OfferState::Active.word()))
        .filter(Expr::col(offer::Column::Remaining).gte(quantity));
    Ok(update.exec(conn).await?.rows_affected)
}

/// Keeps keys that are new; returns how many were. Fewer than were given: another node was faster.
pub async fn keep_keys(conn: &impl ConnectionTrait, new: &[(&str, ContactId, Uuid, Uuid)]) -> Result<u64, DbErr> {
    let rows = new.iter().map(|(key, contact, body, subject)| key::ActiveModel {
        key: Set((*key).to_owned()),
        contact: Set(*contact),
        body: Set(*body),
        subject: Set(*subject),
    });
    let kept = key::Entity::insert_many(rows).on_conflict_do_nothing().exec_without_returning(conn).await?;
    Ok(if let TryInsertResult::Inserted(count) = kept { count } else { 0 })
}

/// Writes what companies have now ordered. The offers' locks keep others away meanwhile.
pub async fn keep_claims(conn: &impl ConnectionTrait, now: &[(OfferId, CompanyId, Quantity)]) -> Result<(), DbErr> {
    let rows = now.iter().map(|(offer, company, quantity)| claim::ActiveModel {
        offer: Set(*offer),
        company: Set(*company),
        quantity: Set(quantity.0),
    });
    let replace = OnConflict::columns([claim::Column::Offer, claim::Column::Company])
        .update_column(claim::Column::Quantity)
        .to_owned();
    if !now.is_empty() {
        claim::Entity::insert_many(rows).on_conflict(replace).exec_without_returning(conn).await?;
    }
    Ok(())
}
