//! Questions and answers: committed first, then acknowledged and shown.

use kernel::id::{AnswerId, ProductId, QuestionId};
use kernel::{Instant, Problem};
use serde::Serialize;

use super::chat::{sayable, slow_down};
use super::{Asking, ConnId, MuteKind, Output, Outputs, Phase, Room};
use crate::protocol::{Lane, Server, encode};
use crate::question::{Answer, Question, QuestionState};
use crate::token::Pass;

/// Questions kept in memory; older ones are in the database.
const KEPT: usize = 2000;
/// Public questions in a snapshot.
const SHOWN: usize = 40;

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

/// A question that everybody shall read no longer.
#[derive(Serialize)]
struct Withdrawn {
    id: QuestionId,
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
        let shadowed = self.mute_of(&from.participant, now) == Some(MuteKind::Shadow);
        out.list.push(Output::Commit(Box::new(Question {
            id,
            event: self.event,
            participant: from.participant.clone(),
            name: from.name.clone(),
            text,
            lang: from.lang.clone(),
            product: ask.product,
            at_ms: ask.at_ms,
            private: ask.private || shadowed,
            // Who asks after the end is answered by mail, as those are whose question the end left open.
            state: if self.phase == Phase::DeskOnly { QuestionState::Owed } else { QuestionState::New },
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
        if question.is_public() {
            self.add(Lane::Qa, "q", &view, now);
        } else if !question.private {
            self.add(Lane::Qa, "q", &encode(&Withdrawn { id: question.id, state: question.state }), now);
        }
        if let Some(answer) = answer {
            self.tell_answer(&question, answer, out);
            if answer.public && question.is_public() {
                self.add(Lane::Qa, "a", &encode(&shown_answer(answer)), now);
            }
        }
        self.tell_desk("q", &encode(&desk_question(&question)));
        let (id, merged_into) = (question.id, question.merged_into);
        self.keep_question(question);
        self.forget_snapshots();
        match merged_into {
            Some(target) => self.merge(id, target, out),
            None => self.tell_same(id, answer, out),
        }
    }

    /// Who asked a question asks `target` from now on, with all whose question had been merged into it, and gets the
    /// answers that are there.
    fn merge(&mut self, id: QuestionId, target: QuestionId, out: &mut Outputs) {
        for question in self.questions.values_mut().filter(|question| question.merged_into == Some(id)) {
            question.merged_into = Some(target);
        }
        let answers = self.questions.get(&target).map(|target| target.answers.clone()).unwrap_or_default();
        self.tell_same(target, &answers, out);
    }

    /// Tells answers to those whose question was merged into the one they answer.
    fn tell_same<'a>(&self, target: QuestionId, answers: impl IntoIterator<Item = &'a Answer>, out: &mut Outputs) {
        for answer in answers {
            for same in self.questions.values().filter(|question| question.merged_into == Some(target)) {
                self.tell_answer(same, answer, out);
            }
        }
    }

    /// Tells an answer to who asked `question`.
    fn tell_answer(&self, question: &Question, answer: &Answer, out: &mut Outputs) {
        let view = encode(&ShownAnswer { question: question.id, ..shown_answer(answer) });
        self.tell(&question.participant, &format!(r#"{{"op":"me","k":"a","d":{view}}}"#), out);
    }

    pub(super) fn keep_question(&mut self, question: Question) {
        let id = question.id;
        self.public_questions.retain(|other| *other != id);
        if question.is_public() {
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
