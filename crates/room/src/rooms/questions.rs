//! What the desk does with questions: every change is one conditional update with its happening, committed before
//! anybody sees it.

use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::id::{AnswerId, InquiryId, PersonId, QuestionId};
use kernel::{Actor, Db, Problem, Right};

use super::{Rooms, participant};
use crate::events::QuestionMoved;
use crate::question::{Answer, Question, QuestionState};
use crate::room::Input;
use crate::store;

/// What a question shall become.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub assignee: Option<PersonId>,
    pub merged_into: Option<QuestionId>,
    pub inquiry: Option<InquiryId>,
    pub reason: Option<String>,
    /// The version the wish was made of; any if absent.
    pub from_version: Option<i64>,
}

/// Whether an inquiry may come of a question at this actor's wish: who asked it, and the desk it was put to.
pub async fn may_convert(db: &Db, actor: &Actor, id: QuestionId) -> Result<bool, DbErr> {
    let Some(question) = store::question(db.read(), id).await? else { return Ok(false) };
    if participant(actor).is_some_and(|asked| asked == question.participant) {
        return Ok(true);
    }
    let room = store::room(db.read(), question.event).await?;
    Ok(room.is_some_and(|room| actor.require(Right::Answer).is_ok_and(|org| org == room.org)))
}

impl Rooms {
    /// Questions of a room, for its crew.
    pub(crate) async fn questions(
        &self,
        actor: &Actor,
        event: kernel::id::EventId,
        states: &[QuestionState],
        after: Option<QuestionId>,
        limit: u64,
    ) -> Result<Vec<Question>, Problem> {
        self.crew_room(actor, event, Right::SeeDesk).await?;
        Ok(store::questions(self.0.db.read(), event, states, after, limit).await?)
    }

    /// Moves a question on a desk person's wish.
    pub(crate) async fn move_question(
        &self,
        actor: &Actor,
        id: QuestionId,
        to: QuestionState,
        wish: Wish,
    ) -> Result<Question, Problem> {
        let question = self.own_question(actor, id).await?;
        if matches!(to, QuestionState::AnsweredText | QuestionState::Owed) {
            return Err(Problem::conflict("question-state").detail("this state is not reached by hand"));
        }
        let mut wish = wish;
        match to {
            QuestionState::Assigned if wish.assignee.is_none() => wish.assignee = Some(actor.person()?),
            QuestionState::Merged => self.check_target(&question, wish.merged_into).await?,
            _ => {}
        }
        self.change(id, to, wish, None).await
    }

    async fn own_question(&self, actor: &Actor, id: QuestionId) -> Result<Question, Problem> {
        let unknown = || Problem::not_found("question-unknown");
        actor.require(Right::Answer)?;
        let question = store::question(self.0.db.read(), id).await?.ok_or_else(unknown)?;
        self.crew_room(actor, question.event, Right::Answer).await.map_err(|_foreign| unknown())?;
        Ok(question)
    }

    /// A question is merged into one of the same room that is open or answered.
    async fn check_target(&self, question: &Question, target: Option<QuestionId>) -> Result<(), Problem> {
        let bad = || Problem::unprocessable("question-merge-target");
        let target = target.filter(|target| *target != question.id).ok_or_else(bad)?;
        let target = store::question(self.0.db.read(), target).await?.ok_or_else(bad)?;
        let fits = !matches!(target.state, QuestionState::Merged | QuestionState::Dismissed);
        if fits && target.event == question.event { Ok(()) } else { Err(bad()) }
    }

    /// Answers a question in writing.
    pub(crate) async fn answer(
        &self,
        actor: &Actor,
        id: QuestionId,
        text: &str,
        lang: Option<String>,
        public: bool,
    ) -> Result<Question, Problem> {
        let question = self.own_question(actor, id).await?;
        let answer = Answer {
            id: AnswerId::new(),
            question: id,
            text: crate::room::sayable(text)?,
            lang: lang.unwrap_or_else(|| question.lang.clone()),
            by: actor.name.clone(),
            public: public && !question.private,
            at: self.now(),
        };
        let by = actor.person().ok();
        self.change(id, QuestionState::AnsweredText, Wish::default(), Some((answer, by))).await
    }

    /// Moves a question, commits, and shows it.
    pub(crate) async fn change(
        &self,
        id: QuestionId,
        to: QuestionState,
        wish: Wish,
        answer: Option<(Answer, Option<PersonId>)>,
    ) -> Result<Question, Problem> {
        let txn = self.0.db.write().await?;
        let question = self.change_in(&txn, id, to, wish).await?;
        let mut question = question;
        if let Some((answer, by)) = &answer {
            store::insert_answer(&txn, answer, *by).await?;
            question.answers.push(answer.clone());
        }
        txn.commit().await?;
        self.0.outbox.wake();
        if let Some(room) = self.opened(question.event) {
            let answer = answer.map(|(answer, _)| answer);
            room.on(Input::Moved { question: Box::new(question.clone()), answer });
        }
        Ok(question)
    }

    async fn change_in(
        &self,
        txn: &DatabaseTransaction,
        id: QuestionId,
        to: QuestionState,
        wish: Wish,
    ) -> Result<Question, Problem> {
        let mut question = store::question(txn, id).await?.ok_or_else(|| Problem::not_found("question-unknown"))?;
        let stale = wish.from_version.is_some_and(|version| version != question.version);
        if stale || !question.state.may_become(to) {
            let problem = Problem::conflict("question-state");
            return Err(problem.with("state", question.state).with("version", question.version));
        }
        question.state = to;
        question.version += 1;
        question.assignee = match to {
            QuestionState::New => None,
            _ => wish.assignee.or(question.assignee),
        };
        question.merged_into = wish.merged_into.or(question.merged_into);
        if let Some(target) = question.merged_into.filter(|_| to == QuestionState::Merged) {
            store::point_to(txn, id, target).await?; // who was merged into this one asks that one now
        }
        question.inquiry = wish.inquiry.or(question.inquiry);
        question.reason = wish.reason.or(question.reason);
        if !store::move_question(txn, &question, self.now()).await? {
            return Err(Problem::conflict("question-state"));
        }
        let moved = QuestionMoved { event: question.event, question: id, to, version: question.version };
        self.0.outbox.add(txn, &moved).await.map_err(kernel::db::sea_orm::DbErr::from)?;
        Ok(question)
    }
}
