//! Every query of `live`. They take the caller's connection and never begin a transaction.

mod entity;
pub mod migration;

use kernel::Instant;
use kernel::id::{EventId, HappeningId, OrgId, PersonId, RecordingId, RunItemId, StreamKeyId};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, DatabaseTransaction, NotSet, Order, QueryOrder, QuerySelect, Set};
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::entity::{run_item, sale_event, sale_event_audit, stream_key};
use crate::event::{Event, EventState, Plan};
use crate::listing::{Place, When};
use crate::run::{RunItem, RunItemState};

fn json(value: &impl Serialize) -> Result<Json, DbErr> {
    serde_json::to_value(value).map_err(|err| DbErr::Json(err.to_string()))
}

fn from_json<T: DeserializeOwned>(value: Json) -> Result<T, DbErr> {
    serde_json::from_value(value).map_err(|err| DbErr::Json(err.to_string()))
}

fn event_of(row: sale_event::Model) -> Result<Event, DbErr> {
    let state = EventState::from_word(&row.state);
    Ok(Event {
        id: row.id,
        org: row.org,
        state: state.ok_or_else(|| DbErr::Type("an event's state is unknown".to_owned()))?,
        state_since: row.state_since,
        version: row.version,
        plan: Plan {
            title: row.title,
            text: row.text,
            languages: from_json(row.languages)?,
            markets: from_json(row.markets)?,
            hosts: from_json(row.hosts)?,
            starts_at: row.starts_at,
            time_zone: row.time_zone,
        },
        recording: row.recording,
        pins: from_json(row.pins)?,
        pins_version: row.pins_version,
        is_pinned_by_hand: row.is_pinned_by_hand,
        sheet_version: row.sheet_version,
        updated_at: row.updated_at,
    })
}

fn event_row(event: &Event) -> Result<sale_event::ActiveModel, DbErr> {
    Ok(sale_event::ActiveModel {
        id: Set(event.id),
        org: Set(event.org),
        state: Set(event.state.word().to_owned()),
        state_since: Set(event.state_since),
        version: Set(event.version),
        title: Set(event.plan.title.clone()),
        text: Set(event.plan.text.clone()),
        languages: Set(json(&event.plan.languages)?),
        markets: Set(json(&event.plan.markets)?),
        hosts: Set(json(&event.plan.hosts)?),
        starts_at: Set(event.plan.starts_at),
        time_zone: Set(event.plan.time_zone.clone()),
        recording: Set(event.recording),
        pins: Set(json(&event.pins)?),
        pins_version: Set(event.pins_version),
        is_pinned_by_hand: Set(event.is_pinned_by_hand),
        sheet_version: Set(event.sheet_version),
        updated_at: Set(event.updated_at),
    })
}

pub async fn insert_event(conn: &impl ConnectionTrait, event: &Event) -> Result<(), DbErr> {
    sale_event::Entity::insert(event_row(event)?).exec_without_returning(conn).await?;
    Ok(())
}

pub async fn event(conn: &impl ConnectionTrait, id: EventId) -> Result<Option<Event>, DbErr> {
    sale_event::Entity::find_by_id(id).one(conn).await?.map(event_of).transpose()
}

/// As [`event`], and nobody else changes it before the transaction ends.
///
/// Whoever changes an event or its items begins here, so that what was read is still so and all wait in one order.
pub async fn hold_event(txn: &DatabaseTransaction, id: EventId) -> Result<Option<Event>, DbErr> {
    sale_event::Entity::find_by_id(id).lock_exclusive().one(txn).await?.map(event_of).transpose()
}

pub async fn events_by_id(conn: &impl ConnectionTrait, ids: &[EventId]) -> Result<Vec<Event>, DbErr> {
    let found = sale_event::Entity::find().filter(sale_event::Column::Id.is_in(ids.iter().copied())).all(conn).await?;
    found.into_iter().map(event_of).collect()
}

pub async fn event_of_recording(conn: &impl ConnectionTrait, id: RecordingId) -> Result<Option<Event>, DbErr> {
    let found = sale_event::Entity::find().filter(sale_event::Column::Recording.eq(id)).one(conn).await?;
    found.map(event_of).transpose()
}

/// Stores an event that was read as `before`; `false` when somebody has changed it since.
pub async fn update_event(conn: &impl ConnectionTrait, before: &Event, after: &Event) -> Result<bool, DbErr> {
    let mut row = event_row(after)?;
    row.id = NotSet;
    let done = sale_event::Entity::update_many()
        .set(row)
        .filter(sale_event::Column::Id.eq(before.id))
        .filter(sale_event::Column::Version.eq(before.version))
        .filter(sale_event::Column::PinsVersion.eq(before.pins_version))
        .filter(sale_event::Column::SheetVersion.eq(before.sheet_version))
        .exec(conn)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Events in any of `states`, the newest first.
pub async fn events(
    conn: &impl ConnectionTrait,
    org: Option<OrgId>,
    states: &[EventState],
    after: Option<EventId>,
    limit: u64,
) -> Result<Vec<Event>, DbErr> {
    let words = states.iter().map(|state| state.word());
    let mut find = sale_event::Entity::find()
        .filter(sale_event::Column::State.is_in(words))
        .order_by_desc(sale_event::Column::Id)
        .limit(limit);
    if let Some(org) = org {
        find = find.filter(sale_event::Column::Org.eq(org));
    }
    if let Some(after) = after {
        find = find.filter(sale_event::Column::Id.lt(after));
    }
    find.all(conn).await?.into_iter().map(event_of).collect()
}

/// Events in any of `states` by their start: the nearest first of what comes, the latest first of what is over.
pub async fn events_by_start(
    conn: &impl ConnectionTrait,
    states: &[EventState],
    when: When,
    after: Option<Place>,
    limit: u64,
) -> Result<Vec<Event>, DbErr> {
    use sale_event::Column::{Id, StartsAt, State};
    let order = if when == When::Coming { Order::Asc } else { Order::Desc };
    let mut find = sale_event::Entity::find()
        .filter(State.is_in(states.iter().map(|state| state.word())))
        .order_by(StartsAt, order.clone())
        .order_by(Id, order)
        .limit(limit);
    if let Some(Place { starts_at, id }) = after {
        let (later, same) = match when {
            When::Coming => (StartsAt.gt(starts_at), Id.gt(id)),
            When::Past => (StartsAt.lt(starts_at), Id.lt(id)),
        };
        find = find.filter(Condition::any().add(later).add(Condition::all().add(StartsAt.eq(starts_at)).add(same)));
    }
    find.all(conn).await?.into_iter().map(event_of).collect()
}

/// One move, kept for good.
pub struct Audit<'a> {
    pub event: &'a Event,
    pub from: EventState,
    pub by: Option<PersonId>,
    pub reason: &'a str,
    pub at: Instant,
}

pub async fn insert_audit(conn: &impl ConnectionTrait, audit: &Audit<'_>) -> Result<(), DbErr> {
    let row = sale_event_audit::ActiveModel {
        id: Set(HappeningId::new()),
        event: Set(audit.event.id),
        from_state: Set(audit.from.word().to_owned()),
        to_state: Set(audit.event.state.word().to_owned()),
        version: Set(audit.event.version),
        by: Set(audit.by),
        reason: Set(audit.reason.to_owned()),
        at: Set(audit.at),
    };
    sale_event_audit::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

fn item_of(row: run_item::Model) -> Result<RunItem, DbErr> {
    let state = RunItemState::from_word(&row.state);
    Ok(RunItem {
        id: row.id,
        event: row.event,
        position: row.position,
        state: state.ok_or_else(|| DbErr::Type("an item's state is unknown".to_owned()))?,
        title: row.title,
        product: row.product,
        minutes: row.minutes,
        started_at: row.started_at,
    })
}

fn item_row(item: &RunItem) -> run_item::ActiveModel {
    run_item::ActiveModel {
        id: Set(item.id),
        event: Set(item.event),
        position: Set(item.position),
        state: Set(item.state.word().to_owned()),
        title: Set(item.title.clone()),
        product: Set(item.product),
        minutes: Set(item.minutes),
        started_at: Set(item.started_at),
    }
}

/// The items of an event in their order.
pub async fn items(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<RunItem>, DbErr> {
    items_of(conn, &[event]).await
}

/// The items of several events, each in its order.
pub async fn items_of(conn: &impl ConnectionTrait, events: &[EventId]) -> Result<Vec<RunItem>, DbErr> {
    let rows = run_item::Entity::find()
        .filter(run_item::Column::Event.is_in(events.iter().copied()))
        .order_by_asc(run_item::Column::Position)
        .order_by_asc(run_item::Column::Id)
        .all(conn)
        .await?;
    rows.into_iter().map(item_of).collect()
}

pub async fn item(conn: &impl ConnectionTrait, id: RunItemId) -> Result<Option<RunItem>, DbErr> {
    run_item::Entity::find_by_id(id).one(conn).await?.map(item_of).transpose()
}

pub async fn insert_item(conn: &impl ConnectionTrait, item: &RunItem) -> Result<(), DbErr> {
    run_item::Entity::insert(item_row(item)).exec_without_returning(conn).await?;
    Ok(())
}

/// Stores an item. The caller has the event's row, so that nobody else does.
pub async fn update_item(conn: &impl ConnectionTrait, item: &RunItem) -> Result<(), DbErr> {
    let mut row = item_row(item);
    row.id = NotSet;
    run_item::Entity::update_many().set(row).filter(run_item::Column::Id.eq(item.id)).exec(conn).await?;
    Ok(())
}

/// Forgets an item. The caller has the event's row.
pub async fn delete_item(conn: &impl ConnectionTrait, id: RunItemId) -> Result<(), DbErr> {
    run_item::Entity::delete_by_id(id).exec(conn).await?;
    Ok(())
}

/// A stream key without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamKey {
    pub id: StreamKeyId,
    pub event: EventId,
    pub label: String,
    pub created_at: Instant,
}

fn key_of(row: stream_key::Model) -> StreamKey {
    StreamKey { id: row.id, event: row.event, label: row.label, created_at: row.created_at }
}

pub async fn insert_key(conn: &impl ConnectionTrait, key: &StreamKey, hash: String) -> Result<(), DbErr> {
    let row = stream_key::ActiveModel {
        id: Set(key.id),
        event: Set(key.event),
        hash: Set(hash),
        label: Set(key.label.clone()),
        created_at: Set(key.created_at),
        revoked_at: Set(None),
    };
    stream_key::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// The keys of an event that are not revoked.
pub async fn keys(conn: &impl ConnectionTrait, event: EventId) -> Result<Vec<StreamKey>, DbErr> {
    let rows = stream_key::Entity::find()
        .filter(stream_key::Column::Event.eq(event))
        .filter(stream_key::Column::RevokedAt.is_null())
        .order_by_asc(stream_key::Column::Id)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(key_of).collect())
}

/// The key with this hash, unless revoked.
pub async fn key_by_hash(conn: &impl ConnectionTrait, hash: &str) -> Result<Option<StreamKey>, DbErr> {
    let row = stream_key::Entity::find()
        .filter(stream_key::Column::Hash.eq(hash))
        .filter(stream_key::Column::RevokedAt.is_null())
        .one(conn)
        .await?;
    Ok(row.map(key_of))
}

/// Revokes a key; `false` when there is no such key in force.
pub async fn revoke_key(
    conn: &impl ConnectionTrait,
    event: EventId,
    key: StreamKeyId,
    now: Instant,
) -> Result<bool, DbErr> {
    let done = stream_key::Entity::update_many()
        .col_expr(stream_key::Column::RevokedAt, Expr::value(now))
        .filter(stream_key::Column::Id.eq(key))
        .filter(stream_key::Column::Event.eq(event))
        .filter(stream_key::Column::RevokedAt.is_null())
        .exec(conn)
        .await?;
    Ok(done.rows_affected == 1)
}
