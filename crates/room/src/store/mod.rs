//! Every query of rooms.

pub mod entity;
pub mod migration;

use std::collections::HashMap;

use kernel::Instant;
use kernel::id::{EventId, MessageId, OrgId, PersonId, QuestionId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder,
    QuerySelect,
};

use self::entity::{answer, ctl, message, mute, question, room};
use crate::question::{Answer, Question, QuestionState};
use crate::room::{Ctl, Loaded, Message, MessageState, Mute, MuteKind, Phase};
use crate::settings::RoomSettings;

const LOADED_QUESTIONS: u64 = 2000;
const LOADED_MESSAGES: u64 = 50;

/// A room's row.
#[derive(Clone, Debug)]
pub struct Known {
    pub org: OrgId,
    pub state: String,
    pub settings: RoomSettings,
    pub settings_version: i64,
}

pub async fn room(conn: &impl ConnectionTrait, event: EventId) -> Result<Option<Known>, DbErr> {
    let row = room::Entity::find_by_id(event).one(conn).await?;
    Ok(row.map(|row| Known {
        org: row.org,
        state: row.state,
        settings: serde_json::from_str(&row.settings).unwrap_or_default(),
        settings_version: row.settings_version,
    }))
}

/// Keeps the state of an event; `false` when a newer one is known. The same one again is taken again: what follows
/// from it may not have been done.
pub async fn enter(
    conn: &impl ConnectionTrait,
    event: EventId,
    org: OrgId,
    (state, version): (&str, i64),
    now: Instant,
) -> Result<bool, DbErr> {
    let row = room::ActiveModel {
        event: Set(event),
        org: Set(org),
        state: Set(state.to_owned()),
        version: Set(version),
        settings: Set(crate::protocol::encode(&RoomSettings::default())),
        settings_version: Set(0),
        changed_at: Set(now),
    };
    if inserted(
        room::Entity::insert(row).on_conflict(do_nothing([room::Column::Event])).exec_without_returning(conn).await,
    )? {
        return Ok(true);
    }
    let moved = room::Entity::update_many()
        .set(room::ActiveModel {
            state: Set(state.to_owned()),
            version: Set(version),
            changed_at: Set(now),
            ..Default::default()
        })
        .filter(room::Column::Event.eq(event))
        .filter(room::Column::Version.lte(version))
        .exec(conn)
        .await?;
    Ok(moved.rows_affected > 0)
}

/// Replaces a room's settings; the new version.
pub async fn configure(conn: &impl ConnectionTrait, event: EventId, settings: &RoomSettings) -> Result<i64, DbErr> {
    let changed = room::Entity::update_many()
        .col_expr(room::Column::Settings, sea_orm::sea_query::Expr::value(crate::protocol::encode(settings)))
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
    let mut messages: Vec<Message> = message::Entity::find()
        .filter(message::Column::Event.eq(event))
        .filter(message::Column::State.eq(MessageState::Visible.word()))
        .order_by_desc(message::Column::At)
        .limit(LOADED_MESSAGES)
        .all(conn)
        .await?
        .into_iter()
        .filter_map(message_of)
        .collect();
    messages.reverse();
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
    })
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

fn message_of(row: message::Model) -> Option<Message> {
    Some(Message {
        id: row.id,
        event: row.event,
        participant: row.participant,
        name: row.name,
        text: row.text,
        lang: row.lang,
        state: MessageState::of(&row.state)?,
        at: row.at,
    })
}

fn row_of(message: &Message) -> message::ActiveModel {
    message::ActiveModel {
        id: Set(message.id),
        event: Set(message.event),
        participant: Set(message.participant.clone()),
        name: Set(message.name.clone()),
        text: Set(message.text.clone()),
        lang: Set(message.lang.clone()),
        state: Set(message.state.word().to_owned()),
        at: Set(message.at),
    }
}

/// Saves messages; one that is there keeps the state a moderator may have given it.
pub async fn save_messages(conn: &impl ConnectionTrait, messages: &[Message]) -> Result<(), DbErr> {
    if messages.is_empty() {
        return Ok(());
    }
    let insert =
        message::Entity::insert_many(messages.iter().map(row_of)).on_conflict(do_nothing([message::Column::Id]));
    inserted(insert.exec_without_returning(conn).await)?;
    Ok(())
}

pub async fn message(conn: &impl ConnectionTrait, id: MessageId) -> Result<Option<Message>, DbErr> {
    Ok(message::Entity::find_by_id(id).one(conn).await?.and_then(message_of))
}

/// Gives a message its state, whether or not its batch has been saved.
pub async fn decide(conn: &impl ConnectionTrait, message: &Message) -> Result<(), DbErr> {
    let replace = OnConflict::column(message::Column::Id).update_column(message::Column::State).to_owned();
    message::Entity::insert(row_of(message)).on_conflict(replace).exec_without_returning(conn).await?;
    Ok(())
}

/// Messages of a room in the order they were said, from a moment on.
pub async fn messages_after(
    conn: &impl ConnectionTrait,
    event: EventId,
    after: Option<(Instant, MessageId)>,
    limit: u64,
) -> Result<Vec<Message>, DbErr> {
    let mut query = message::Entity::find().filter(message::Column::Event.eq(event));
    if let Some((at, id)) = after {
        query = query.filter(message::Column::At.gt(at).or(message::Column::At.eq(at).and(message::Column::Id.gt(id))));
    }
    let rows = query.order_by_asc(message::Column::At).order_by_asc(message::Column::Id).limit(limit).all(conn).await?;
    Ok(rows.into_iter().filter_map(message_of).collect())
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

/// Keeps a new question; `false` when its id is known.
pub async fn insert_question(conn: &impl ConnectionTrait, question: &Question) -> Result<bool, DbErr> {
    let row = question::ActiveModel {
        id: Set(question.id),
        event: Set(question.event),
        participant: Set(question.participant.clone()),
        name: Set(question.name.clone()),
        text: Set(question.text.clone()),
        lang: Set(question.lang.clone()),
        product: Set(question.product),
        at_ms: Set(question.at_ms),
        private: Set(question.private),
        state: Set(question.state.word().to_owned()),
        version: Set(question.version),
        assignee: Set(question.assignee),
        merged_into: Set(question.merged_into),
        inquiry: Set(question.inquiry),
        reason: Set(question.reason.clone()),
        asked_at: Set(question.asked_at),
        changed_at: Set(question.asked_at),
    };
    let insert = question::Entity::insert(row).on_conflict(do_nothing([question::Column::Id]));
    inserted(insert.exec_without_returning(conn).await)
}

pub async fn question(conn: &impl ConnectionTrait, id: QuestionId) -> Result<Option<Question>, DbErr> {
    let row = question::Entity::find_by_id(id).one(conn).await?;
    Ok(with_answers(conn, row.into_iter().collect()).await?.pop())
}

/// Stores a question's new state if nobody was faster; `question.version` is the new one.
pub async fn move_question(conn: &impl ConnectionTrait, question: &Question, now: Instant) -> Result<bool, DbErr> {
    let moved = question::Entity::update_many()
        .set(question::ActiveModel {
            state: Set(question.state.word().to_owned()),
            version: Set(question.version),
            assignee: Set(question.assignee),
            merged_into: Set(question.merged_into),
            inquiry: Set(question.inquiry),
            reason: Set(question.reason.clone()),
            changed_at: Set(now),
            ..Default::default()
        })
        .filter(question::Column::Id.eq(question.id))
        .filter(question::Column::Version.eq(question.version - 1))
        .exec(conn)
        .await?;
    Ok(moved.rows_affected == 1)
}

pub async fn insert_answer(conn: &impl ConnectionTrait, answer: &Answer, by: Option<PersonId>) -> Result<(), DbErr> {
    let row = answer::ActiveModel {
        id: Set(answer.id),
        question: Set(answer.question),
        text: Set(answer.text.clone()),
        lang: Set(answer.lang.clone()),
        by_name: Set(answer.by.clone()),
        by_person: Set(by),
        public: Set(answer.public),
        at: Set(answer.at),
    };
    answer::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

/// Questions of a room, oldest first, in one state or all.
pub async fn questions(
    conn: &impl ConnectionTrait,
    event: EventId,
    states: &[QuestionState],
    after: Option<QuestionId>,
    limit: u64,
) -> Result<Vec<Question>, DbErr> {
    let mut query = question::Entity::find().filter(question::Column::Event.eq(event));
    if !states.is_empty() {
        query = query.filter(question::Column::State.is_in(states.iter().map(|state| state.word())));
    }
    if let Some(after) = after {
        query = query.filter(question::Column::Id.gt(after));
    }
    let rows = query.order_by_asc(question::Column::Id).limit(limit).all(conn).await?;
    with_answers(conn, rows).await
}

pub async fn merged_into(conn: &impl ConnectionTrait, target: QuestionId) -> Result<Vec<Question>, DbErr> {
    let rows = question::Entity::find().filter(question::Column::MergedInto.eq(target)).limit(100).all(conn).await?;
    with_answers(conn, rows).await
}

async fn with_answers(conn: &impl ConnectionTrait, rows: Vec<question::Model>) -> Result<Vec<Question>, DbErr> {
    let mut answers: HashMap<QuestionId, Vec<Answer>> = HashMap::new();
    let ids: Vec<QuestionId> = rows.iter().map(|row| row.id).collect();
    for some in ids.chunks(500) {
        let found = answer::Entity::find()
            .filter(answer::Column::Question.is_in(some.iter().copied()))
            .order_by_asc(answer::Column::At)
            .all(conn)
            .await?;
        for row in found {
            answers.entry(row.question).or_default().push(Answer {
                id: row.id,
                question: row.question,
                text: row.text,
                lang: row.lang,
                by: row.by_name,
                public: row.public,
                at: row.at,
            });
        }
    }
    Ok(rows.into_iter().map(|row| question_of(row, &mut answers)).collect())
}

fn question_of(row: question::Model, answers: &mut HashMap<QuestionId, Vec<Answer>>) -> Question {
    Question {
        id: row.id,
        event: row.event,
        participant: row.participant,
        name: row.name,
        text: row.text,
        lang: row.lang,
        product: row.product,
        at_ms: row.at_ms,
        private: row.private,
        state: row.state.parse().unwrap_or(QuestionState::New),
        version: row.version,
        assignee: row.assignee,
        merged_into: row.merged_into,
        inquiry: row.inquiry,
        reason: row.reason,
        asked_at: row.asked_at,
        answers: answers.remove(&row.id).unwrap_or_default(),
    }
}

fn do_nothing<C: sea_orm::sea_query::IntoIden>(columns: impl IntoIterator<Item = C>) -> OnConflict {
    OnConflict::columns(columns).do_nothing().to_owned()
}

/// Whether an insert that may meet its own key wrote something.
fn inserted(outcome: Result<u64, DbErr>) -> Result<bool, DbErr> {
    match outcome {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(other) => Err(other),
    }
}
