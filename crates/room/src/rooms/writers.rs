//! What writes for all rooms: questions by group commit, chat in batches.

use std::sync::Weak;
use std::time::Duration;

use kernel::db::sea_orm::DatabaseTransaction;
use kernel::db::writer::{Batch, BatchError};
use kernel::{Db, Outbox};
use tokio::sync::{mpsc, oneshot};

use super::handle::Handle;
use crate::events::QuestionAsked;
use crate::question::Question;
use crate::room::Message;
use crate::store;

/// How long chat is gathered before it is saved and its authors are told so.
const GATHER: Duration = Duration::from_millis(100);
const ROWS: usize = 500;
/// Chat that may wait for the database.
const WAITING: usize = 20_000;

/// Commits new questions, many to a transaction.
pub(super) struct Questions {
    pub(super) outbox: Outbox,
}

/// What became of a question.
#[derive(Clone, Debug)]
pub(crate) enum Kept {
    Kept,
    /// It had been kept before: a repeat.
    Known(Box<Question>),
}

impl Batch for Questions {
    type Request = Question;
    type Answer = Kept;

    async fn run(&self, txn: &DatabaseTransaction, batch: &[Question]) -> Result<Vec<Kept>, BatchError> {
        let mut answers = Vec::with_capacity(batch.len());
        let mut asked = Vec::new();
        for question in batch {
            if store::insert_question(txn, question).await? {
                asked.push(QuestionAsked::from(question));
                answers.push(Kept::Kept);
            } else {
                let known = store::question(txn, question.id).await?.ok_or(BatchError::Retry)?;
                answers.push(Kept::Known(Box::new(known)));
            }
        }
        self.outbox.add_all(txn, &asked).await.map_err(kernel::db::sea_orm::DbErr::from)?;
        Ok(answers)
    }

    fn committed(&self) {
        self.outbox.wake();
    }
}

/// The way of chat into the database. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Chat(mpsc::Sender<Line>);

enum Line {
    Said(Message, Weak<Handle>),
    /// Answers when all before it is saved.
    Saved(oneshot::Sender<()>),
}

impl Chat {
    /// Starts the task that saves. What could not be saved is tried again; meanwhile the queue fills.
    pub(super) fn start(db: Db) -> Self {
        let (lines, waiting) = mpsc::channel(WAITING);
        tokio::spawn(save_chat(db, waiting));
        Self(lines)
    }

    /// Whether so much waits that new chat is refused until the database recovers.
    pub(super) fn is_full(&self) -> bool {
        self.0.capacity() == 0
    }

    /// Saves a message, and tells its room when it is saved.
    pub(super) fn save(&self, message: Message, room: Weak<Handle>) {
        if self.0.try_send(Line::Said(message, room)).is_err() {
            metrics::counter!("livefair_room_chat_unsaved_total").increment(1);
        }
    }

    /// Waits until all that was said before is saved.
    pub(super) async fn saved(&self) {
        let (done, saved) = oneshot::channel();
        if self.0.send(Line::Saved(done)).await.is_ok() {
            let _the_task_is_gone = saved.await;
        }
    }
}

async fn save_chat(db: Db, mut waiting: mpsc::Receiver<Line>) {
    let mut gathered = Vec::with_capacity(ROWS);
    while let Some(first) = waiting.recv().await {
        let answer = gather(first, &mut waiting, &mut gathered).await;
        while let Err(cause) = save(&db, &gathered).await {
            tracing::warn!(%cause, rows = gathered.len(), "chat could not be saved; trying again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        for (id, room) in gathered.drain(..).map(|(message, room)| (message.id, room)) {
            if let Some(room) = room.upgrade() {
                room.saved(id);
            }
        }
        if let Some(answer) = answer {
            let _nobody_waits = answer.send(());
        }
    }
}

/// Takes lines until a batch is full, its time is up, or somebody waits for it.
async fn gather(
    first: Line,
    waiting: &mut mpsc::Receiver<Line>,
    gathered: &mut Vec<(Message, Weak<Handle>)>,
) -> Option<oneshot::Sender<()>> {
    let until = tokio::time::Instant::now() + GATHER;
    let mut next = Some(first);
    loop {
        match next {
            Some(Line::Said(message, room)) => gathered.push((message, room)),
            Some(Line::Saved(answer)) => return Some(answer),
            None => return None,
        }
        if gathered.len() >= ROWS {
            return None;
        }
        next = tokio::time::timeout_at(until, waiting.recv()).await.ok().flatten();
    }
}

async fn save(db: &Db, gathered: &[(Message, Weak<Handle>)]) -> Result<(), kernel::db::sea_orm::DbErr> {
    if gathered.is_empty() {
        return Ok(());
    }
    let messages: Vec<&Message> = gathered.iter().map(|(message, _)| message).collect();
    let txn = db.write().await?;
    store::save_messages(&txn, &messages).await?;
    txn.commit().await
}
