//! Stock: the only statements that change it. Each is conditional, so that what is not there cannot be taken,
//! and takes all its rows in one pass (docs: group commit). They never begin a transaction.

use std::collections::BTreeMap;

use kernel::id::{HappeningId, PersonId, ProductId, VariantId};
use kernel::{Instant, Outbox, Quantity};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{CaseStatement, SimpleExpr};
use sea_orm::{ExprTrait, QueryOrder, QuerySelect, Set};

use super::entity::stock_item::{Column, Entity, Model};
use super::entity::stock_movement;
use crate::events::StockChanged;

/// A variant's stock after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    pub variant: VariantId,
    pub product: ProductId,
    pub on_hand: i64,
    pub allocated: i64,
    pub held: i64,
    pub version: i64,
}

impl Level {
    /// Pieces that may still be sold.
    pub const fn available(&self) -> i64 {
        self.on_hand - self.allocated - self.held
    }
}

impl From<Model> for Level {
    fn from(row: Model) -> Self {
        let Model { variant, product, on_hand, allocated, held, version } = row;
        Self { variant, product, on_hand, allocated, held, version }
    }
}

/// One variant's stock; `None` when it is made to order.
pub async fn level(conn: &impl ConnectionTrait, variant: VariantId) -> Result<Option<Level>, DbErr> {
    Ok(Entity::find_by_id(variant).one(conn).await?.map(Level::from))
}

/// The stock of several variants, locked in id order until the transaction ends (on SQLite the
/// transaction itself is the lock).
pub async fn levels_for_update(
    txn: &impl ConnectionTrait,
    variants: impl IntoIterator<Item = VariantId>,
) -> Result<BTreeMap<VariantId, Level>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Variant.is_in(variants))
        .order_by_asc(Column::Variant)
        .lock_exclusive()
        .all(txn)
        .await?;
    Ok(rows.into_iter().map(|row| (row.variant, row.into())).collect())
}

/// Holds pieces for somebody. `None` when any line asks for more than is available, or its variant keeps no
/// stock: then the caller rolls back, since other lines may have been taken.
pub async fn hold(
    txn: &impl ConnectionTrait,
    lines: &BTreeMap<VariantId, Quantity>,
    now: Instant,
) -> Result<Option<Vec<Level>>, DbErr> {
    change(txn, lines, &Kind { word: "hold", allocated: 0, held: 1 }, now).await
}

/// Gives held pieces back. `None` when fewer are held: then the caller rolls back.
pub async fn release(
    txn: &impl ConnectionTrait,
    lines: &BTreeMap<VariantId, Quantity>,
    now: Instant,
) -> Result<Option<Vec<Level>>, DbErr> {
    change(txn, lines, &Kind { word: "release", allocated: 0, held: -1 }, now).await
}

/// Turns held pieces into sold ones. `None` when fewer are held: then the caller rolls back.
pub async fn allocate(
    txn: &impl ConnectionTrait,
    lines: &BTreeMap<VariantId, Quantity>,
    now: Instant,
) -> Result<Option<Vec<Level>>, DbErr> {
    change(txn, lines, &Kind { word: "allocate", allocated: 1, held: -1 }, now).await
}

/// Gives sold pieces back, when a confirmed order is cancelled. `None` when fewer are sold.
pub async fn deallocate(
    txn: &impl ConnectionTrait,
    lines: &BTreeMap<VariantId, Quantity>,
    now: Instant,
) -> Result<Option<Vec<Level>>, DbErr> {
    change(txn, lines, &Kind { word: "deallocate", allocated: -1, held: 0 }, now).await
}

/// Keeps one `catalog.stock.changed` per level in the outbox.
pub async fn announce(txn: &impl ConnectionTrait, outbox: &Outbox, levels: &[Level]) -> Result<(), DbErr> {
    let events: Vec<StockChanged> = levels
        .iter()
        .map(|level| StockChanged {
            variant: level.variant,
            product: level.product,
            available: level.available(),
            version: level.version,
        })
        .collect();
    Ok(outbox.add_all(txn, &events).await?)
}

/// What a change does to the counters, per piece.
struct Kind {
    word: &'static str,
    allocated: i64,
    held: i64,
}

async fn change(
    txn: &impl ConnectionTrait,
    lines: &BTreeMap<VariantId, Quantity>,
    kind: &Kind,
    now: Instant,
) -> Result<Option<Vec<Level>>, DbErr> {
    if lines.is_empty() {
        return Ok(Some(Vec::new()));
    }
    if lines.values().any(|quantity| quantity.0 <= 0) {
        return Ok(None);
    }
    let asked = || -> SimpleExpr {
        let case = lines.iter().fold(CaseStatement::new(), |case, (variant, quantity)| {
            case.case(Expr::col(Column::Variant).eq(*variant), Expr::val(quantity.0))
        });
        case.finally(Expr::val(0_i64)).into()
    };
    let mut update = Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Variant.is_in(lines.keys().copied()));
    let counters = [(Column::Allocated, kind.allocated), (Column::Held, kind.held)];
    for (column, per_piece) in counters {
        update = match per_piece {
            1 => update.col_expr(column, Expr::col(column).add(asked())),
            -1 => update.col_expr(column, Expr::col(column).sub(asked())).filter(Expr::col(column).gte(asked())),
            _ => update,
        };
    }
    if kind.allocated + kind.held > 0 {
        let available = Expr::col(Column::OnHand).sub(Expr::col(Column::Allocated)).sub(Expr::col(Column::Held));
        update = update.filter(available.gte(asked()));
    }
    let mut levels: Vec<Level> = update.exec_with_returning(txn).await?.into_iter().map(Level::from).collect();
    if levels.len() != lines.len() {
        return Ok(None);
    }
    levels.sort_by_key(|level| level.variant);
    let movements = lines.iter().map(|(variant, quantity)| stock_movement::ActiveModel {
        id: Set(HappeningId::new()),
        variant: Set(*variant),
        kind: Set(kind.word.to_owned()),
        on_hand: Set(0),
        allocated: Set(kind.allocated * quantity.0),
        held: Set(kind.held * quantity.0),
        reason: Set(String::new()),
        by: Set(None),
        at: Set(now),
        key: Set(None),
    });
    stock_movement::Entity::insert_many(movements).exec_without_returning(txn).await?;
    Ok(Some(levels))
}

/// Who receives or corrects stock, and why.
pub(crate) struct Receipt<'a> {
    pub kind: &'static str,
    pub reason: &'a str,
    pub by: Option<PersonId>,
    pub at: Instant,
    /// The idempotency key, which makes a second such movement impossible.
    pub key: Option<&'a str>,
}

/// What was received (or corrected) of a variant under an idempotency key, and why.
pub(crate) async fn received_under(
    conn: &impl ConnectionTrait,
    variant: VariantId,
    key: &str,
) -> Result<Option<(i64, String)>, DbErr> {
    let row = stock_movement::Entity::find()
        .filter(stock_movement::Column::Variant.eq(variant))
        .filter(stock_movement::Column::Key.eq(key));
    Ok(row.one(conn).await?.map(|row| (row.on_hand, row.reason)))
}

/// Adds to (or takes from) what is on hand; the row is made when missing. `None` when what is promised would
/// no longer be there.
pub(crate) async fn receive(
    txn: &impl ConnectionTrait,
    variant: VariantId,
    product: ProductId,
    delta: i64,
    receipt: &Receipt<'_>,
) -> Result<Option<Level>, DbErr> {
    let left = Expr::col(Column::OnHand).sub(Expr::col(Column::Allocated)).sub(Expr::col(Column::Held));
    let changed = Entity::update_many()
        .col_expr(Column::OnHand, Expr::col(Column::OnHand).add(delta))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Variant.eq(variant))
        .filter(left.add(delta).gte(0_i64))
        .exec_with_returning(txn)
        .await?;
    let row = match changed.into_iter().next() {
        Some(row) => row,
        None if delta < 0 || Entity::find_by_id(variant).one(txn).await?.is_some() => return Ok(None),
        None => {
            let row = Model { variant, product, on_hand: delta, allocated: 0, held: 0, version: 1 };
            Entity::insert(active(&row)).exec_without_returning(txn).await?;
            row
        }
    };
    let movement = received(variant, delta, receipt);
    stock_movement::Entity::insert(movement).exec_without_returning(txn).await?;
    Ok(Some(row.into()))
}

/// Opens the stock of many new variants by two statements.
pub(crate) async fn open_many(
    txn: &impl ConnectionTrait,
    items: &[(VariantId, ProductId, i64)],
    receipt: &Receipt<'_>,
) -> Result<Vec<Level>, DbErr> {
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Model> = items
        .iter()
        .map(|(variant, product, on_hand)| Model {
            variant: *variant,
            product: *product,
            on_hand: *on_hand,
            allocated: 0,
            held: 0,
            version: 1,
        })
        .collect();
    Entity::insert_many(rows.iter().map(active)).exec_without_returning(txn).await?;
    let movements = items.iter().map(|(variant, _, on_hand)| received(*variant, *on_hand, receipt));
    stock_movement::Entity::insert_many(movements).exec_without_returning(txn).await?;
    Ok(rows.into_iter().map(Level::from).collect())
}

fn active(row: &Model) -> super::entity::stock_item::ActiveModel {
    super::entity::stock_item::ActiveModel {
        variant: Set(row.variant),
        product: Set(row.product),
        on_hand: Set(row.on_hand),
        allocated: Set(row.allocated),
        held: Set(row.held),
        version: Set(row.version),
    }
}

fn received(variant: VariantId, delta: i64, receipt: &Receipt<'_>) -> stock_movement::ActiveModel {
    stock_movement::ActiveModel {
        id: Set(HappeningId::new()),
        variant: Set(variant),
        kind: Set(receipt.kind.to_owned()),
        on_hand: Set(delta),
        allocated: Set(0),
        held: Set(0),
        reason: Set(receipt.reason.to_owned()),
        by: Set(receipt.by),
        at: Set(receipt.at),
        key: Set(receipt.key.map(str::to_owned)),
    }
}

/// The stock of several variants, for showing.
pub(crate) async fn levels(
    conn: &impl ConnectionTrait,
    variants: impl IntoIterator<Item = VariantId>,
) -> Result<BTreeMap<VariantId, Level>, DbErr> {
    let rows = Entity::find().filter(Column::Variant.is_in(variants)).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.variant, row.into())).collect())
}
