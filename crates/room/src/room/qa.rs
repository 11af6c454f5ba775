//! Questions and answers: committed first, then acknowledged and shown.

use kernel::id::{AnswerId, ProductId, QuestionId};
use kernel::{Instant, Problem};
use serde::Serialize;

use super::chat::{sayable, slow_down};
use super::{Asking, ConnId, Output, Outputs, Phase, Room};
use crate::protocol::{Lane, Server, encode};
use crate::question::{Answer, Question, QuestionState};
use crate::token::Pass;

/// Questions kept in memory; older ones are in the database.
const KEPT: usize = 2000;
/// Public questions in a snapshot.
const SHOWN: usize = 40;
/// Answers in a snapshot.
pub(super) const ANSWERS_SHOWN: usize = 10;

#[derive(Serialize)]
pub(super) struct Shown<'a> {
    id: QuestionId,
    n: &'a str,
    x: &'a str,
    o: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<ProductId>,
    state: QuestionState,
}

#[derive(Serialize)]
pub(super) struct ShownAnswer<'a> {
    id: AnswerId,
    question: QuestionId,
    x: &'a str,
    o: &'a str,
    by: &'a str,
    public: bool,
}

#[derive(Serialize)]
struct Mine<'a> {
    #[serde(flatten)]
    question: Shown<'a>,
    answers: Vec<ShownAnswer<'a>>,
}

#[derive(Serialize)]
struct DeskQuestion<'a> {
    #[serde(flatten)]
    question: Shown<'a>,
    participant: &'a str,
    private: bool,
    version: i64,
    assignee: Option<kernel::id::PersonId>,
    at_ms: Option<i64>,
    asked_at: i64,
}

pub(super) fn shown(question: &Question) -> Shown<'_> {
    Shown {
        id: question.id,
        n: &question.name,
        x: &question.text,
        o: &question.lang,
        product: question.product,
        state: question.state,
    }
}

pub(super) fn shown_answer(answer: &Answer) -> ShownAnswer<'_> {
    ShownAnswer {
        id: answer.id,
        question: answer.question,
        x: &answer.text,
        o: &answer.lang,
        by: &answer.by,
        public: answer.public,
    }
}

impl Room {
    pub(super) fn ask(&mut self, from: &Pass, conn: Option<ConnId>, ask: &Asking, now: Instant, out: &mut Outputs) {
        let id = ask.id;
        if let Some(known) = self.questions.get(&id) {
            if known.participant != from.participant {
                out.refuse(conn, id.uuid(), Problem::conflict("room-id-taken"));
            } else if let Some(conn) = conn {
                out.ack(conn, id.uuid(), None, None);
            }
            return;
        }
        if self.being_asked.contains(&id) {
            return; // its acknowledgement is on the way
        }
        let text = match self.may_ask(from, &ask.text, now) {
            Ok(text) => text,
            Err(problem) => return out.refuse(conn, id.uuid(), problem),
        };
        self.being_asked.insert(id);
        out.list.push(Output::Commit(Box::new(Question {
            id,
            event: self.event,
            participant: from.participant.clone(),
            name: from.name.clone(),
            text,
            lang: from.lang.clone(),
            product: ask.product,
            at_ms: ask.at_ms,
            private: ask.private,
            state: QuestionState::New,
            version: 1,
            assignee: None,
            merged_into: None,
            inquiry: None,
            reason: None,
            asked_at: now,
            answers: Vec::new(),
        })));
    }

    fn may_ask(&mut self, from: &Pass, text: &str, now: Instant) -> Result<String, Problem> {
        let text = sayable(text)?;
        self.may_write(from, &[Phase::Lobby, Phase::Open, Phase::DeskOnly], now)?;
        self.limits.may_ask(from, now).map_err(slow_down)?;
        Ok(text)
    }

    pub(super) fn asked(&mut self, question: Question, now: Instant, out: &mut Outputs) {
        self.being_asked.remove(&question.id);
        let ack = Server::Ack { id: question.id.uuid(), s: None, mark: None }.json();
        self.tell(&question.participant, &ack, out);
        if !self.questions.contains_key(&question.id) {
            self.moved(question, None, now, out);
        }
    }

    pub(super) fn not_asked(&mut self, id: QuestionId, participant: &str, problem: &Problem, out: &mut Outputs) {
        self.being_asked.remove(&id);
        self.tell(participant, &Server::Nack { id: Some(id.uuid()), problem }.json(), out);
    }

    /// Shows a question as it now stands, and the answer it got: to all if public, else to its asker.
    pub(super) fn moved(&mut self, question: Question, answer: Option<&Answer>, now: Instant, out: &mut Outputs) {
        if self.questions.get(&question.id).is_some_and(|known| known.version > question.version) {
            return;
        }
        let view = encode(&shown(&question));
        self.tell(&question.participant, &format!(r#"{{"op":"me","k":"q","d":{view}}}"#), out);
        if !question.private {
            self.add(Lane::Qa, "q", &view, now);
        }
        if let Some(answer) = answer {
            let view = encode(&shown_answer(answer));
            self.tell(&question.participant, &format!(r#"{{"op":"me","k":"a","d":{view}}}"#), out);
            if answer.public && !question.private {
                self.add(Lane::Qa, "a", &view, now);
            }
        }
        self.tell_desk("q", &encode(&desk_question(&question)));
        self.keep_question(question);
        self.forget_snapshots();
    }

    pub(super) fn keep_question(&mut self, question: Question) {
        let id = question.id;
        if !question.private {
            self.public_questions.retain(|other| *other != id);
            self.public_questions.push_back(id);
            if self.public_questions.len() > SHOWN {
                self.public_questions.pop_front();
            }
        }
        let asker = question.participant.clone();
        if self.questions.insert(id, question).is_none() {
            self.by_asker.entry(asker).or_default().push(id);
            self.question_order.push_back(id);
        }
        if self.question_order.len() > KEPT
            && let Some(oldest) = self.question_order.pop_front()
        {
            self.forget_question(oldest);
        }
    }

    fn forget_question(&mut self, id: QuestionId) {
        let Some(question) = self.questions.remove(&id) else { return };
        if let Some(mine) = self.by_asker.get_mut(&question.participant) {
            mine.retain(|other| *other != id);
            if mine.is_empty() {
                self.by_asker.remove(&question.participant);
            }
        }
        self.public_questions.retain(|other| *other != id);
    }

    /// What is addressed to a participant, whole.
    pub(super) fn mine(&self, participant: &str, now: Instant) -> String {
        let ids = self.by_asker.get(participant).into_iter().flatten();
        let questions: Vec<Mine<'_>> = ids
            .filter_map(|id| self.questions.get(id))
            .map(|question| Mine { question: shown(question), answers: self.answers_to(question).collect() })
            .collect();
        let mute = self.told_mute(participant, now);
        format!(r#"{{"participant":{},"questions":{},"mute":{mute}}}"#, encode(&participant), encode(&questions))
    }

    /// The answers a question's asker reads: its own, and those of the one it was merged into.
    fn answers_to<'a>(&'a self, question: &'a Question) -> impl Iterator<Item = ShownAnswer<'a>> {
        let target = question.merged_into.and_then(|target| self.questions.get(&target));
        let borrowed = target.into_iter().flat_map(|target| &target.answers);
        let own = question.answers.iter().map(shown_answer);
        own.chain(borrowed.map(|answer| ShownAnswer { question: question.id, ..shown_answer(answer) }))
    }
}

fn desk_question(question: &Question) -> DeskQuestion<'_> {
    DeskQuestion {
        question: shown(question),
        participant: &question.participant,
        private: question.private,
        version: question.version,
        assignee: question.assignee,
        at_ms: question.at_ms,
        asked_at: question.asked_at.millis(),
    }
}
