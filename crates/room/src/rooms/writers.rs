//! What writes for all rooms: questions by group commit, chat in batches.

use std::time::Duration;

use kernel::db::sea_orm::DatabaseTransaction;
use kernel::db::writer::{Batch, BatchError};
use kernel::{Db, Outbox};
use tokio::sync::mpsc;

use crate::events::QuestionAsked;
use crate::question::Question;
use crate::room::Message;
use crate::store;

/// How long chat is gathered before it is saved: what a crash may lose.
const GATHER: Duration = Duration::from_millis(250);
const ROWS: usize = 500;

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

/// Saves chat until the rooms are gone. What could not be saved is tried again; meanwhile the queue fills, and
/// when it is full chat is refused.
pub(super) async fn save_chat(db: Db, mut waiting: mpsc::Receiver<Message>) {
    let mut gathered = Vec::with_capacity(ROWS);
    while waiting.recv_many(&mut gathered, ROWS).await > 0 {
        if gathered.len() < ROWS {
            tokio::time::sleep(GATHER).await;
            while gathered.len() < ROWS
                && let Ok(message) = waiting.try_recv()
            {
                gathered.push(message);
            }
        }
        while let Err(cause) = save(&db, &gathered).await {
            tracing::warn!(%cause, rows = gathered.len(), "chat could not be saved; trying again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        gathered.clear();
    }
}

async fn save(db: &Db, messages: &[Message]) -> Result<(), kernel::db::sea_orm::DbErr> {
    let txn = db.write().await?;
    store::save_messages(&txn, messages).await?;
    txn.commit().await
}
