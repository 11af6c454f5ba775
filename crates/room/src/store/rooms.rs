//! A room itself: the state of its event, settings, control values, mutes; and all it starts with.

use std::collections::HashMap;

use kernel::id::{EventId, OrgId, PersonId};
use kernel::{Instant, Locale};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entity::{ctl, message, mute, question, room};
use super::messages::message_of;
use super::questions::with_answers;
use super::{do_nothing, inserted};
use crate::events::EventState;
use crate::protocol::encode;
use crate::room::{Ctl, Loaded, Message, MessageState, Mute, MuteKind, Phase};
use crate::settings::RoomSettings;

const LOADED_QUESTIONS: u64 = 2000;
const LOADED_VISIBLE: u64 = 50;
/// Held ones wait for a moderator, or lapse as soon as the room stands.
const LOADED_HELD: u64 = 1000;

/// A room's row.
#[derive(Clone, Debug)]
pub struct Known {
    pub org: OrgId,
    pub state: String,
    pub settings: RoomSettings,
    pub settings_version: i64,
    pub languages: Vec<Locale>,
}

pub async fn room(conn: &impl ConnectionTrait, event: EventId) -> Result<Option<Known>, DbErr> {
    let row = room::Entity::find_by_id(event).one(conn).await?;
    Ok(row.map(|row| Known {
        org: row.org,
        state: row.state,
        settings: serde_json::from_str(&row.settings).unwrap_or_default(),
        settings_version: row.settings_version,
        languages: serde_json::from_str(&row.languages).unwrap_or_default(),
    }))
}

/// Rooms whose show is ahead or under way.
pub async fn open_rooms(conn: &impl ConnectionTrait) -> Result<Vec<EventId>, DbErr> {
    let over = ["ended", "processing", "replay", "archived", "cancelled"];
    let rows = room::Entity::find().filter(room::Column::State.is_not_in(over)).all(conn).await?;
    Ok(rows.into_iter().map(|row| row.event).collect())
}

/// Keeps the state of an event; `false` when a newer one is known. The same one again is taken again: what follows
/// from it may not have been done.
pub async fn enter(conn: &impl ConnectionTrait, heard: &EventState, now: Instant) -> Result<bool, DbErr> {
    let row = room::ActiveModel {
        event: Set(heard.event),
        org: Set(heard.org),
        state: Set(heard.to.clone()),
        version: Set(heard.version),
        settings: Set(encode(&RoomSettings::default())),
        settings_version: Set(0),
        languages: Set(encode(&heard.languages)),
        changed_at: Set(now),
    };
    let insert = room::Entity::insert(row).on_conflict(do_nothing([room::Column::Event]));
    if inserted(insert.exec_without_returning(conn).await)? {
        return Ok(true);
    }
    let moved = room::Entity::update_many()
        .set(room::ActiveModel {
            state: Set(heard.to.clone()),
            version: Set(heard.version),
            languages: Set(encode(&heard.languages)),
            changed_at: Set(now),
            ..Default::default()
        })
        .filter(room::Column::Event.eq(heard.event))
        .filter(room::Column::Version.lte(heard.version))
        .exec(conn)
        .await?;
    Ok(moved.rows_affected > 0)
}

/// Replaces a room's settings; the new version.
pub async fn configure(conn: &impl ConnectionTrait, event: EventId, settings: &RoomSettings) -> Result<i64, DbErr> {
    let changed = room::Entity::update_many()
        .col_expr(room::Column::Settings, sea_orm::sea_query::Expr::value(encode(settings)))
        .col_expr(room::Column::SettingsVersion, sea_orm::sea_query::Expr::col(room::Column::SettingsVersion).add(1))
        .filter(room::Column::Event.eq(event))
        .exec_with_returning(conn)
        .await?;
    Ok(changed.first().map_or(0, |row| row.settings_version))
}

/// Keeps a control value; `false` when a newer one is known.
pub async fn show(conn: &impl ConnectionTrait, event: EventId, value: &Ctl, now: Instant) -> Result<bool, DbErr> {
    let row = ctl::ActiveModel {
        event: Set(event),
        key: Set(value.key.clone()),
        kind: Set(value.kind.clone()),
        version: Set(value.version),
        body: Set(value.body.to_string()),
        changed_at: Set(now),
    };
    let insert = ctl::Entity::insert(row).on_conflict(do_nothing([ctl::Column::Event, ctl::Column::Key]));
    if inserted(insert.exec_without_returning(conn).await)? {
        return Ok(true);
    }
    let moved = ctl::Entity::update_many()
        .set(ctl::ActiveModel {
            version: Set(value.version),
            body: Set(value.body.to_string()),
            changed_at: Set(now),
            ..Default::default()
        })
        .filter(ctl::Column::Event.eq(event))
        .filter(ctl::Column::Key.eq(&value.key))
        .filter(ctl::Column::Version.lt(value.version))
        .exec(conn)
        .await?;
    Ok(moved.rows_affected > 0)
}

/// What a room starts with.
pub async fn load(conn: &impl ConnectionTrait, event: EventId, known: &Known) -> Result<Loaded, DbErr> {
    let ctl = ctl::Entity::find().filter(ctl::Column::Event.eq(event)).all(conn).await?;
    let mutes = mute::Entity::find().filter(mute::Column::Event.eq(event)).all(conn).await?;
    let latest = question::Entity::find()
        .filter(question::Column::Event.eq(event))
        .order_by_desc(question::Column::AskedAt)
        .limit(LOADED_QUESTIONS)
        .all(conn)
        .await?;
    let mut questions = with_answers(conn, latest).await?;
    questions.reverse();
    let mut messages = latest_messages(conn, event, MessageState::Visible, LOADED_VISIBLE).await?;
    messages.extend(latest_messages(conn, event, MessageState::Held, LOADED_HELD).await?);
    messages.sort_by_key(|message| (message.at, message.id));
    Ok(Loaded {
        ctl: ctl
            .into_iter()
            .map(|row| Ctl { key: row.key, kind: row.kind, version: row.version, body: row.body.into() })
            .collect(),
        questions,
        messages,
        mutes: mutes.into_iter().filter_map(mute_of).collect(),
        settings: known.settings.clone(),
        settings_version: known.settings_version,
        phase: Some(Phase::of(&known.state)),
        languages: known.languages.clone(),
    })
}

async fn latest_messages(
    conn: &impl ConnectionTrait,
    event: EventId,
    state: MessageState,
    limit: u64,
) -> Result<Vec<Message>, DbErr> {
    let of_room = message::Entity::find().filter(message::Column::Event.eq(event));
    let in_state = of_room.filter(message::Column::State.eq(state.word())).order_by_desc(message::Column::At);
    Ok(in_state.limit(limit).all(conn).await?.into_iter().filter_map(message_of).collect())
}

fn mute_of(row: mute::Model) -> Option<(String, Mute)> {
    let kind = match row.kind.as_str() {
        "muted" => MuteKind::Muted,
        "banned" => MuteKind::Banned,
        "shadow" => MuteKind::Shadow,
        _ => return None,
    };
    Some((row.participant, Mute { kind, until: row.until }))
}

/// Somebody who is silenced.
#[derive(Clone, Debug)]
pub struct Silenced {
    pub participant: String,
    pub name: Option<String>,
    pub mute: Mute,
}

/// Who is silenced in a room now, by the name they wrote under.
pub async fn mutes(conn: &impl ConnectionTrait, event: EventId, now: Instant) -> Result<Vec<Silenced>, DbErr> {
    let rows =
        mute::Entity::find().filter(mute::Column::Event.eq(event)).order_by_asc(mute::Column::At).all(conn).await?;
    let mutes: Vec<(String, Mute)> =
        rows.into_iter().filter_map(mute_of).filter(|(_, mute)| mute.until.is_none_or(|until| now < until)).collect();
    let mut names = HashMap::new();
    for some in mutes.chunks(500) {
        let written = message::Entity::find()
            .select_only()
            .column(message::Column::Participant)
            .column_as(message::Column::Name.max(), "name")
            .filter(message::Column::Event.eq(event))
            .filter(message::Column::Participant.is_in(some.iter().map(|(participant, _)| participant)))
            .group_by(message::Column::Participant);
        names.extend(written.into_tuple::<(String, String)>().all(conn).await?);
    }
    let silenced = |(participant, mute)| Silenced { name: names.remove(&participant), participant, mute };
    Ok(mutes.into_iter().map(silenced).collect())
}

pub async fn silence(
    conn: &impl ConnectionTrait,
    event: EventId,
    participant: &str,
    mute: Option<Mute>,
    by: Option<PersonId>,
    now: Instant,
) -> Result<(), DbErr> {
    mute::Entity::delete_by_id((event, participant.to_owned())).exec(conn).await?;
    let Some(mute) = mute else { return Ok(()) };
    let kind = match mute.kind {
        MuteKind::Muted => "muted",
        MuteKind::Banned => "banned",
        MuteKind::Shadow => "shadow",
    };
    let row = mute::ActiveModel {
        event: Set(event),
        participant: Set(participant.to_owned()),
        kind: Set(kind.to_owned()),
        until: Set(mute.until),
        by_person: Set(by),
        at: Set(now),
    };
    mute::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}
