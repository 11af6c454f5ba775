//! Questions and their answers.

use std::collections::HashMap;

use kernel::Instant;
use kernel::id::{EventId, PersonId, QuestionId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::entity::{answer, question};
use super::{do_nothing, inserted};
use crate::question::{Answer, Question, QuestionState};

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

/// Questions of a room, oldest first, in one state or all. Ids are the askers' own, so they order nothing.
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
        let Some(last) = question::Entity::find_by_id(after).one(conn).await? else { return Ok(Vec::new()) };
        let same_moment = question::Column::AskedAt.eq(last.asked_at).and(question::Column::Id.gt(after));
        query = query.filter(question::Column::AskedAt.gt(last.asked_at).or(same_moment));
    }
    let rows =
        query.order_by_asc(question::Column::AskedAt).order_by_asc(question::Column::Id).limit(limit).all(conn).await?;
    with_answers(conn, rows).await
}

/// Events with questions in one of these states.
pub async fn events_with_questions(
    conn: &impl ConnectionTrait,
    states: &[QuestionState],
) -> Result<Vec<EventId>, DbErr> {
    let query = question::Entity::find().select_only().column(question::Column::Event).distinct();
    let query = query.filter(question::Column::State.is_in(states.iter().map(|state| state.word())));
    query.into_tuple().all(conn).await
}

/// Points what was merged into `from` to where `from` itself goes.
pub async fn point_to(conn: &impl ConnectionTrait, from: QuestionId, to: QuestionId) -> Result<(), DbErr> {
    question::Entity::update_many()
        .col_expr(question::Column::MergedInto, Expr::value(to))
        .col_expr(question::Column::Version, Expr::col(question::Column::Version).add(1))
        .filter(question::Column::MergedInto.eq(from))
        .exec(conn)
        .await?;
    Ok(())
}

pub(super) async fn with_answers(
    conn: &impl ConnectionTrait,
    rows: Vec<question::Model>,
) -> Result<Vec<Question>, DbErr> {
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
