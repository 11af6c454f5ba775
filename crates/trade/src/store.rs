//! Every query of trade. Stores never begin a transaction, so that use cases compose.

mod entity;
mod hot;
mod migration;
mod rows;

use std::collections::HashMap;

use kernel::id::{CompanyId, ContactId, EventId, InquiryId, OfferId, OrderId, OrgId, ProductId, QuestionId};
use kernel::{Instant, LocalizedText, Money, Quantity};
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict, Query};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use sea_orm::{NotSet, QuerySelect as _, Set, TryInsertResult};
use uuid::Uuid;

use crate::inquiry::{Inquiry, InquiryState};
use crate::offer::{Offer, OfferState};
use crate::order::{Order, OrderState};
pub use hot::{claims, keep_claims, keep_keys, keys, lock_offers, take_pools};
pub use migration::migrations;

use entity::{buyer_order, claim, deal, inquiry, key, movement, offer, order, progress, transition};

// Offers

pub async fn insert_offer(conn: &impl ConnectionTrait, new: &Offer) -> Result<(), DbErr> {
    offer::Entity::insert(rows::offer(new)).exec_without_returning(conn).await?;
    Ok(())
}

/// An offer, locked until the transaction ends: orders of it wait (PostgreSQL; SQLite has one writer).
pub async fn lock_offer(conn: &impl ConnectionTrait, id: OfferId) -> Result<Option<Offer>, DbErr> {
    let row = offer::Entity::find_by_id(id).lock_exclusive().one(conn).await?;
    row.map(Offer::try_from).transpose()
}

/// An event's offers, newest first, after the offer `after`; what was never open only for the firm `crew`.
pub async fn offers_of(
    conn: &impl ConnectionTrait,
    event: EventId,
    crew: Option<OrgId>,
    after: Option<OfferId>,
    limit: u64,
) -> Result<Vec<Offer>, DbErr> {
    // A draft that was withdrawn never gave its pool back: it had none.
    let never_open = offer::Column::State.eq(OfferState::Withdrawn.word()).and(offer::Column::Remaining.gt(0));
    let mut seen = offer::Column::State.ne(OfferState::Draft.word()).and(never_open.not());
    if let Some(org) = crew {
        seen = seen.or(offer::Column::Org.eq(org));
    }
    let mut rows = offer::Entity::find().filter(offer::Column::Event.eq(event)).filter(seen);
    if let Some(after) = after {
        rows = rows.filter(offer::Column::Id.lt(after));
    }
    let rows = rows.order_by_desc(offer::Column::Id).limit(limit).all(conn).await?;
    rows.into_iter().map(Offer::try_from).collect()
}

/// What offers call their goods.
pub async fn offer_names(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = OfferId>,
) -> Result<HashMap<OfferId, LocalizedText>, DbErr> {
    let rows = offer::Entity::find().filter(offer::Column::Id.is_in(ids)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// Saves state, pool and version of an offer that the transaction has locked; `false` when it changed meanwhile.
pub async fn save_offer(conn: &impl ConnectionTrait, changed: &Offer, from_version: i64) -> Result<bool, DbErr> {
    let row = rows::offer(changed);
    let update = offer::Entity::update_many()
        .set(offer::ActiveModel {
            state: row.state,
            remaining: row.remaining,
            version: row.version,
            slot: row.slot,
            held: row.held,
            ..Default::default()
        })
        .filter(offer::Column::Id.eq(changed.id))
        .filter(offer::Column::Version.eq(from_version));
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// Saves all of an offer that the transaction has locked; `false` when it changed meanwhile.
pub async fn rewrite_offer(conn: &impl ConnectionTrait, changed: &Offer, from_version: i64) -> Result<bool, DbErr> {
    let update = offer::Entity::update_many()
        .set(offer::ActiveModel { id: NotSet, ..rows::offer(changed) })
        .filter(offer::Column::Id.eq(changed.id))
        .filter(offer::Column::Version.eq(from_version));
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// Whether another offer is open for the same variant and event.
pub async fn slot_is_taken(conn: &impl ConnectionTrait, wanted: &Offer) -> Result<bool, DbErr> {
    let slot = rows::slot(wanted.event, wanted.variant);
    Ok(offer::Entity::find().filter(offer::Column::Slot.eq(slot)).one(conn).await?.is_some())
}

/// Whether an offer of the product is open.
pub async fn is_on_offer(conn: &impl ConnectionTrait, product: ProductId) -> Result<bool, DbErr> {
    let open = offer::Entity::find().filter(offer::Column::Slot.is_not_null());
    Ok(open.filter(offer::Column::Product.eq(product)).one(conn).await?.is_some())
}

/// Open offers whose window has passed.
pub async fn offers_due(conn: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<OfferId>, DbErr> {
    let due = offer::Entity::find().filter(offer::Column::Slot.is_not_null()).filter(offer::Column::EndsAt.lte(now));
    Ok(due.limit(limit).all(conn).await?.into_iter().map(|row| row.id).collect())
}

// Orders

pub async fn insert_orders(conn: &impl ConnectionTrait, new: &[Order]) -> Result<(), DbErr> {
    order::Entity::insert_many(new.iter().map(rows::order)).exec_without_returning(conn).await?;
    Ok(())
}

pub async fn order(conn: &impl ConnectionTrait, id: OrderId) -> Result<Option<Order>, DbErr> {
    order::Entity::find_by_id(id).one(conn).await?.map(Order::try_from).transpose()
}

pub async fn orders(conn: &impl ConnectionTrait, ids: Vec<OrderId>) -> Result<Vec<Order>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = order::Entity::find().filter(order::Column::Id.is_in(ids)).order_by_desc(order::Column::Id);
    rows.all(conn).await?.into_iter().map(Order::try_from).collect()
}

/// Moves an order, if nobody moved it meanwhile.
pub async fn save_order(conn: &impl ConnectionTrait, changed: &Order, from: OrderState) -> Result<bool, DbErr> {
    let update = order::Entity::update_many()
        .set(order::ActiveModel {
            state: Set(changed.state.word().to_owned()),
            version: Set(changed.version),
            reserved_until: Set(changed.reserved_until),
            ..Default::default()
        })
        .filter(order::Column::Id.eq(changed.id))
        .filter(order::Column::State.eq(from.word()))
        .filter(order::Column::Version.eq(changed.version - 1));
    Ok(update.exec(conn).await?.rows_affected == 1)
}

/// Which orders of a firm.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// As people see it at `now`.
    pub state: Option<OrderState>,
    pub event: Option<EventId>,
    pub offer: Option<OfferId>,
}

/// A firm's orders, newest first, after the order `after`.
pub async fn orders_of(
    conn: &impl ConnectionTrait,
    org: OrgId,
    filter: &OrderFilter,
    now: Instant,
    after: Option<OrderId>,
    limit: u64,
) -> Result<Vec<Order>, DbErr> {
    let mut rows = order::Entity::find().filter(order::Column::Org.eq(org)).order_by_desc(order::Column::Id);
    if let Some(state) = filter.state {
        rows = rows.filter(seen_as(state, now));
    }
    if let Some(event) = filter.event {
        rows = rows.filter(order::Column::Event.eq(event));
    }
    if let Some(offer) = filter.offer {
        rows = rows.filter(order::Column::Offer.eq(offer));
    }
    if let Some(after) = after {
        rows = rows.filter(order::Column::Id.lt(after));
    }
    rows.limit(limit).all(conn).await?.into_iter().map(Order::try_from).collect()
}

/// What a firm's orders come to in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderSum {
    pub orders: i64,
    pub pieces: i64,
    pub total: Money,
}

/// What a firm's orders come to, by currency; those whose pieces are free again count for nothing.
pub async fn order_sums(
    conn: &impl ConnectionTrait,
    org: OrgId,
    event: Option<EventId>,
    now: Instant,
) -> Result<Vec<OrderSum>, DbErr> {
    // PostgreSQL sums big integers as decimals.
    let whole = |sum: Expr| sum.cast_as("bigint");
    let mut rows = order::Entity::find()
        .select_only()
        .column(order::Column::Currency)
        .column_as(order::Column::Id.count(), "orders")
        .column_as(whole(order::Column::Quantity.sum()), "pieces")
        .column_as(whole(order::Column::TotalMinor.sum()), "total")
        .filter(order::Column::Org.eq(org))
        .filter(seen_as(OrderState::Placed, now).or(seen_as(OrderState::Confirmed, now)));
    if let Some(event) = event {
        rows = rows.filter(order::Column::Event.eq(event));
    }
    let rows = rows.group_by(order::Column::Currency).order_by_asc(order::Column::Currency);
    let rows: Vec<(String, i64, i64, i64)> = rows.into_tuple().all(conn).await?;
    let sum = |(currency, orders, pieces, minor): (String, i64, i64, i64)| {
        Ok(OrderSum { orders, pieces, total: Money { minor, currency: rows::currency(&currency)? } })
    };
    rows.into_iter().map(sum).collect()
}

/// [`Order::state_at`] as a condition.
fn seen_as(state: OrderState, now: Instant) -> Expr {
    let stored = order::Column::State.eq(state.word());
    match state {
        OrderState::Placed => stored.and(order::Column::ReservedUntil.gt(now)),
        OrderState::Expired => {
            let lapsed = order::Column::State.eq(OrderState::Placed.word());
            stored.or(lapsed.and(order::Column::ReservedUntil.lte(now)))
        }
        OrderState::Confirmed | OrderState::Cancelled => stored,
    }
}

/// Reservations that have passed and were not tidied yet. Only placed orders have a time in that column.
/// The earliest come first, after `after`.
pub async fn orders_due(
    conn: &impl ConnectionTrait,
    now: Instant,
    after: Option<(Instant, OrderId)>,
    limit: u64,
) -> Result<Vec<(Instant, OrderId)>, DbErr> {
    use order::Column::{Id, ReservedUntil};
    let mut due = order::Entity::find().select_only().column(ReservedUntil).column(Id).filter(ReservedUntil.lte(now));
    if let Some((until, id)) = after {
        due = due.filter(ReservedUntil.gt(until).or(ReservedUntil.eq(until).and(Id.gt(id))));
    }
    due.order_by_asc(ReservedUntil).order_by_asc(Id).limit(limit).into_tuple().all(conn).await
}

/// Orders made after `after` that the projection by buyer lacks, oldest first.
pub async fn orders_unprojected(conn: &impl ConnectionTrait, after: OrderId, limit: u64) -> Result<Vec<Order>, DbErr> {
    use buyer_order::Column as Projected;
    let of = |column: Projected| Expr::col((buyer_order::Entity, column));
    let projected = Query::select()
        .expr(Expr::val(1))
        .from(buyer_order::Entity)
        .and_where(of(Projected::Contact).equals((order::Entity, order::Column::Contact)))
        .and_where(of(Projected::Order).equals((order::Entity, order::Column::Id)))
        .to_owned();
    let new = order::Entity::find().filter(order::Column::Id.gt(after)).filter(Expr::exists(projected).not());
    let rows = new.order_by_asc(order::Column::Id).limit(limit).all(conn).await?;
    rows.into_iter().map(Order::try_from).collect()
}

/// A buyer's orders made after `after`: a walk over the newest rows, for what the projection lacks.
pub async fn orders_after_by(
    conn: &impl ConnectionTrait,
    after: OrderId,
    contact: ContactId,
) -> Result<Vec<OrderId>, DbErr> {
    let rows = order::Entity::find().filter(order::Column::Id.gt(after)).filter(order::Column::Contact.eq(contact));
    Ok(rows.limit(200).all(conn).await?.into_iter().map(|row| row.id).collect())
}

// Ledgers

/// Pieces moved into (+) or out of (−) an offer's pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    pub offer: OfferId,
    pub order: Option<OrderId>,
    pub delta: i64,
    pub at: Instant,
}

pub async fn insert_movements(conn: &impl ConnectionTrait, moved: &[Movement]) -> Result<(), DbErr> {
    movement::Entity::insert_many(moved.iter().map(rows::movement)).exec_without_returning(conn).await?;
    Ok(())
}

/// The sum of an offer's movements: what its pool must hold.
pub async fn pool_by_movements(conn: &impl ConnectionTrait, id: OfferId) -> Result<i64, DbErr> {
    let rows = movement::Entity::find().filter(movement::Column::Offer.eq(id)).all(conn).await?;
    Ok(rows.iter().map(|row| row.delta).sum())
}

/// Frees a company's share of an offer with a limit.
pub async fn free_claim(
    conn: &impl ConnectionTrait,
    offer: OfferId,
    company: CompanyId,
    quantity: Quantity,
) -> Result<(), DbErr> {
    claim::Entity::update_many()
        .col_expr(claim::Column::Quantity, Expr::col(claim::Column::Quantity).sub(quantity.0))
        .filter(claim::Column::Offer.eq(offer))
        .filter(claim::Column::Company.eq(company))
        .filter(claim::Column::Quantity.gte(quantity.0))
        .exec(conn)
        .await?;
    Ok(())
}

/// A move that a person or the sweeper made.
#[derive(Clone, Debug)]
pub struct Transition<'a> {
    pub subject: Uuid,
    pub from: &'static str,
    pub to: &'static str,
    pub actor: &'a str,
    pub reason: &'a str,
    pub at: Instant,
}

pub async fn insert_transition(conn: &impl ConnectionTrait, made: Transition<'_>) -> Result<(), DbErr> {
    transition::Entity::insert(rows::transition(&made)).exec_without_returning(conn).await?;
    Ok(())
}

// Inquiries

pub async fn insert_inquiry(conn: &impl ConnectionTrait, new: &Inquiry) -> Result<(), DbErr> {
    inquiry::Entity::insert(rows::inquiry(new)).exec_without_returning(conn).await?;
    Ok(())
}

pub async fn inquiry(conn: &impl ConnectionTrait, id: InquiryId) -> Result<Option<Inquiry>, DbErr> {
    inquiry::Entity::find_by_id(id).one(conn).await?.map(Inquiry::try_from).transpose()
}

pub async fn inquiry_from(conn: &impl ConnectionTrait, question: QuestionId) -> Result<Option<InquiryId>, DbErr> {
    let row = inquiry::Entity::find().filter(inquiry::Column::Question.eq(question)).one(conn).await?;
    Ok(row.map(|row| row.id))
}

pub async fn inquiries_of(
    conn: &impl ConnectionTrait,
    org: OrgId,
    state: Option<InquiryState>,
    after: Option<InquiryId>,
    limit: u64,
) -> Result<Vec<Inquiry>, DbErr> {
    let mut rows = inquiry::Entity::find().filter(inquiry::Column::Org.eq(org)).order_by_desc(inquiry::Column::Id);
    if let Some(state) = state {
        rows = rows.filter(inquiry::Column::State.eq(state.word()));
    }
    if let Some(after) = after {
        rows = rows.filter(inquiry::Column::Id.lt(after));
    }
    rows.limit(limit).all(conn).await?.into_iter().map(Inquiry::try_from).collect()
}

pub async fn inquiries_by(conn: &impl ConnectionTrait, contact: ContactId) -> Result<Vec<Inquiry>, DbErr> {
    let rows = inquiry::Entity::find().filter(inquiry::Column::Contact.eq(contact));
    let rows = rows.order_by_desc(inquiry::Column::Id).limit(200).all(conn).await?;
    rows.into_iter().map(Inquiry::try_from).collect()
}

/// Moves an inquiry, if nobody moved it meanwhile.
pub async fn save_inquiry(conn: &impl ConnectionTrait, changed: &Inquiry, from: InquiryState) -> Result<bool, DbErr> {
    let update = inquiry::Entity::update_many()
        .set(inquiry::ActiveModel {
            state: Set(changed.state.word().to_owned()),
            version: Set(changed.version),
            ..Default::default()
        })
        .filter(inquiry::Column::Id.eq(changed.id))
        .filter(inquiry::Column::State.eq(from.word()))
        .filter(inquiry::Column::Version.eq(changed.version - 1));
    Ok(update.exec(conn).await?.rows_affected == 1)
}

// Keys outside the hot path

/// Keeps what is about to be done under a key; when the key was used before, what it did then.
pub async fn keep_key(
    conn: &impl ConnectionTrait,
    key: &str,
    contact: ContactId,
    body: Uuid,
    subject: Uuid,
) -> Result<Option<(Uuid, Uuid)>, DbErr> {
    if keep_keys(conn, &[(key, contact, body, subject)]).await? == 1 {
        return Ok(None);
    }
    let earlier = key::Entity::find_by_id((key.to_owned(), contact)).one(conn).await?;
    Ok(earlier.map(|row| (row.body, row.subject)))
}

// Deals

pub async fn open_deal(
    conn: &impl ConnectionTrait,
    token_hash: String,
    contact: ContactId,
    now: Instant,
) -> Result<(), DbErr> {
    let row = deal::ActiveModel { token_hash: Set(token_hash), contact: Set(contact), opened_at: Set(now) };
    deal::Entity::insert_many([row]).on_conflict_do_nothing().exec_without_returning(conn).await?;
    Ok(())
}

pub async fn deal_contact(conn: &impl ConnectionTrait, token_hash: String) -> Result<Option<ContactId>, DbErr> {
    Ok(deal::Entity::find_by_id(token_hash).one(conn).await?.map(|row| row.contact))
}

/// Adds orders to the projection by buyer, in the order of its key; returns how many were new.
pub async fn project(conn: &impl ConnectionTrait, orders: &[Order]) -> Result<u64, DbErr> {
    let mut pairs: Vec<_> = orders.iter().map(|order| (order.contact, order.id)).collect();
    pairs.sort_unstable();
    let rows =
        pairs.into_iter().map(|(contact, id)| buyer_order::ActiveModel { contact: Set(contact), order: Set(id) });
    let added = buyer_order::Entity::insert_many(rows).on_conflict_do_nothing().exec_without_returning(conn).await?;
    Ok(if let TryInsertResult::Inserted(count) = added { count } else { 0 })
}

pub async fn projected(conn: &impl ConnectionTrait, contact: ContactId) -> Result<Vec<OrderId>, DbErr> {
    let rows = buyer_order::Entity::find().filter(buyer_order::Column::Contact.eq(contact));
    let rows = rows.order_by_desc(buyer_order::Column::Order).limit(200).all(conn).await?;
    Ok(rows.into_iter().map(|row| row.order).collect())
}

/// How far a job has come through the orders.
pub async fn progress(conn: &impl ConnectionTrait, job: &str) -> Result<Option<OrderId>, DbErr> {
    Ok(progress::Entity::find_by_id(job.to_owned()).one(conn).await?.map(|row| row.order))
}

pub async fn save_progress(conn: &impl ConnectionTrait, job: &str, order: OrderId) -> Result<(), DbErr> {
    let row = progress::ActiveModel { job: Set(job.to_owned()), order: Set(order) };
    let replace = OnConflict::column(progress::Column::Job).update_column(progress::Column::Order).to_owned();
    progress::Entity::insert(row).on_conflict(replace).exec_without_returning(conn).await?;
    Ok(())
}

/// An offer's stored state, where a row says what no state is called.
fn unknown(what: &str, word: &str) -> DbErr {
    DbErr::Type(format!("{what} is not known: {word}"))
}

impl OfferState {
    fn stored(word: &str) -> Result<Self, DbErr> {
        Self::from_word(word).ok_or_else(|| unknown("an offer's state", word))
    }
}
