//! Chat.

use kernel::Instant;
use kernel::id::{EventId, MessageId, OrgId};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entity::{message, room};
use super::inserted;
use crate::room::{Message, MessageState};

/// Ids are made by those who write, so another room may have the same.
const KEY: [message::Column; 2] = [message::Column::Id, message::Column::Event];

pub(super) fn message_of(row: message::Model) -> Option<Message> {
    Some(Message {
        id: row.id,
        event: row.event,
        participant: row.participant,
        name: row.name,
        crew: row.crew,
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
        crew: Set(message.crew),
    }
}

/// Saves messages; one that is there keeps the state a moderator may have given it, and only a held one lapses.
pub async fn save_messages(conn: &impl ConnectionTrait, messages: &[&Message]) -> Result<(), DbErr> {
    let (lapsed, said): (Vec<&Message>, Vec<&Message>) =
        messages.iter().copied().partition(|message| message.state == MessageState::Lapsed);
    if !said.is_empty() {
        let keep = OnConflict::columns(KEY).do_nothing().to_owned();
        let insert = message::Entity::insert_many(said.into_iter().map(row_of)).on_conflict(keep);
        inserted(insert.exec_without_returning(conn).await)?;
    }
    for message in lapsed {
        decide(conn, message, MessageState::Held).await?;
    }
    Ok(())
}

/// The message of this id in a room of `org`.
pub async fn message(conn: &impl ConnectionTrait, org: OrgId, id: MessageId) -> Result<Option<Message>, DbErr> {
    let rooms =
        Query::select().column(room::Column::Event).from(room::Entity).and_where(room::Column::Org.eq(org)).take();
    let own =
        message::Entity::find().filter(message::Column::Id.eq(id)).filter(message::Column::Event.in_subquery(rooms));
    Ok(own.one(conn).await?.and_then(message_of))
}

/// Gives a message its state, whether or not its batch has been saved; `false` when it has left the state `from`.
pub async fn decide(conn: &impl ConnectionTrait, message: &Message, from: MessageState) -> Result<bool, DbErr> {
    let replace = OnConflict::columns(KEY)
        .update_column(message::Column::State)
        .action_and_where(Expr::col((message::Entity, message::Column::State)).eq(from.word()))
        .to_owned();
    inserted(message::Entity::insert(row_of(message)).on_conflict(replace).exec_without_returning(conn).await)
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
