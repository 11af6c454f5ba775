//! Group commit: many durable answers to a transaction.
//!
//! A commit waits for the disk, whatever it carries. So requests queue, one task takes what has gathered
//! meanwhile, runs it as one transaction, and answers everyone after the commit. Nothing waits for a batch to
//! fill: under load full batches form by themselves, and a lone request goes through alone.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::{mpsc, oneshot};

use crate::Db;

/// Requests that may wait before new ones are turned away.
pub const QUEUE: usize = 4096;
/// Requests to a transaction; more gain little and hold the database longer.
pub const BATCH: usize = 128;
/// How often a batch that asks for it runs again before it is given up.
const RUNS: usize = 8;

/// What the writer does with a batch. The shell is one for orders, holds and answers; this differs.
pub trait Batch: Send + Sync + 'static {
    type Request: Send + Sync + 'static;
    type Answer: Send + 'static;

    /// Runs the requests in the order of their arrival and gives an answer to each, in the same order.
    ///
    /// A refusal is an answer and writes nothing; an error undoes the whole batch. Must not begin or commit
    /// a transaction, and may be run again after a roll-back.
    fn run(
        &self,
        txn: &DatabaseTransaction,
        batch: &[Self::Request],
    ) -> impl Future<Output = Result<Vec<Self::Answer>, BatchError>> + Send;

    /// Called after each commit, before the answers go out.
    fn committed(&self) {}
}

#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// The rows changed between looking and writing: roll back and run again.
    #[error("another writer was faster")]
    Retry,
    #[error("the batch could not be stored")]
    Db(#[from] DbErr),
}

/// Why a request has no answer. It may be repeated under the same idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriterError {
    #[error("too many requests are waiting")]
    TooBusy,
    #[error("the database gave no answer")]
    Unavailable,
    /// The disk is full: waiting does not help.
    #[error("there is no room left to store it")]
    NoRoom,
}

struct Waiting<B: Batch> {
    request: B::Request,
    answer: oneshot::Sender<Result<B::Answer, WriterError>>,
}

/// The door to a writer task. The task ends when the last door is dropped and the queue is empty.
pub struct Writer<B: Batch>(mpsc::Sender<Waiting<B>>);

impl<B: Batch> Clone for Writer<B> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<B: Batch> std::fmt::Debug for Writer<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("waiting", &(self.0.max_capacity() - self.0.capacity())).finish()
    }
}

impl<B: Batch> Writer<B> {
    /// Starts the task with the usual queue and batch.
    pub fn start(db: Db, job: B) -> Self {
        Self::start_with(db, job, QUEUE, BATCH)
    }

    /// Starts the task with a queue of `queue` and at most `batch` requests to a transaction.
    pub fn start_with(db: Db, job: B, queue: usize, batch: usize) -> Self {
        let (door, waiting) = mpsc::channel(queue.max(1));
        tokio::spawn(work(db, job, waiting, batch.max(1)));
        Self(door)
    }

    /// Queues a request and waits for its durable answer.
    pub async fn submit(&self, request: B::Request) -> Result<B::Answer, WriterError> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Waiting { request, answer }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => WriterError::TooBusy,
            mpsc::error::TrySendError::Closed(_) => WriterError::Unavailable,
        })?;
        answered.await.unwrap_or(Err(WriterError::Unavailable))
    }
}

async fn work<B: Batch>(db: Db, job: B, mut queue: mpsc::Receiver<Waiting<B>>, limit: usize) {
    let mut gathered = Vec::with_capacity(limit);
    while queue.recv_many(&mut gathered, limit).await > 0 {
        #[expect(clippy::cast_precision_loss, reason = "a batch is small")]
        metrics::histogram!("livefair_kernel_writer_batch_requests").record(gathered.len() as f64);
        let (requests, answers): (Vec<_>, Vec<_>) = gathered.drain(..).map(|w| (w.request, w.answer)).unzip();
        let outcomes = run(&db, &job, &requests).await;
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            let _caller_left = answer.send(outcome);
        }
    }
}

/// Runs the batch; when it fails, runs its requests one by one, so that one cannot fail the others.
async fn run<B: Batch>(db: &Db, job: &B, requests: &[B::Request]) -> Vec<Result<B::Answer, WriterError>> {
    match attempt(db, job, requests).await {
        Outcome::Done(answers) => answers.into_iter().map(Ok).collect(),
        Outcome::Failed(_) if requests.len() > 1 => one_by_one(db, job, requests).await,
        Outcome::Failed(why) | Outcome::Unknown(why) => requests.iter().map(|_| Err(why)).collect(),
        Outcome::NotBegun => requests.iter().map(|_| Err(WriterError::Unavailable)).collect(),
    }
}

async fn one_by_one<B: Batch>(db: &Db, job: &B, requests: &[B::Request]) -> Vec<Result<B::Answer, WriterError>> {
    let mut outcomes = Vec::with_capacity(requests.len());
    for request in requests.chunks(1) {
        outcomes.push(match attempt(db, job, request).await {
            Outcome::Done(mut answers) => answers.pop().ok_or(WriterError::Unavailable),
            Outcome::Failed(why) | Outcome::Unknown(why) => Err(why),
            Outcome::NotBegun => break,
        });
    }
    outcomes.resize_with(requests.len(), || Err(WriterError::Unavailable));
    outcomes
}

enum Outcome<A> {
    Done(Vec<A>),
    /// Nothing was written.
    Failed(WriterError),
    /// There was no transaction to write in, and there is none for a smaller batch.
    NotBegun,
    /// The commit gave no answer: it may have happened. Repeating is the callers' choice, by their keys.
    Unknown(WriterError),
}

async fn attempt<B: Batch>(db: &Db, job: &B, requests: &[B::Request]) -> Outcome<B::Answer> {
    for _ in 0..RUNS {
        let txn = match db.write_batch().await {
            Ok(txn) => txn,
            Err(cause) => {
                tracing::error!(%cause, requests = requests.len(), "a batch could not begin");
                return Outcome::NotBegun;
            }
        };
        match AssertUnwindSafe(job.run(&txn, requests)).catch_unwind().await {
            Ok(Ok(answers)) if answers.len() == requests.len() => {
                if let Err(cause) = txn.commit().await {
                    tracing::error!(%cause, requests = requests.len(), "a batch could not be committed");
                    return Outcome::Unknown(why(&cause));
                }
                job.committed();
                return Outcome::Done(answers);
            }
            Ok(Ok(answers)) => {
                tracing::error!(answers = answers.len(), requests = requests.len(), "a batch is not fully answered");
                return undone(txn).await;
            }
            Ok(Err(BatchError::Retry)) => {
                metrics::counter!("livefair_kernel_writer_retries_total").increment(1);
                let _began_anew = undone::<B::Answer>(txn).await;
            }
            Ok(Err(BatchError::Db(cause))) => {
                let _reported = undone::<B::Answer>(txn).await;
                return failed(&cause);
            }
            // The hook has printed the panic.
            Err(_panic) => return undone(txn).await,
        }
    }
    tracing::error!(requests = requests.len(), "a batch lost against another writer every time");
    Outcome::Failed(WriterError::Unavailable)
}

fn failed<A>(cause: &DbErr) -> Outcome<A> {
    tracing::error!(%cause, "a batch failed");
    Outcome::Failed(why(cause))
}

fn why(cause: &DbErr) -> WriterError {
    if crate::problem::says_no_room(&cause.to_string()) { WriterError::NoRoom } else { WriterError::Unavailable }
}

async fn undone<A>(txn: DatabaseTransaction) -> Outcome<A> {
    if let Err(cause) = txn.rollback().await {
        tracing::warn!(%cause, "a batch could not be rolled back by hand");
    }
    Outcome::Failed(WriterError::Unavailable)
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Answers each number with itself; 13 fails, 7 panics, the first run of anything asks to be run again.
    #[derive(Clone, Default)]
    struct Echo {
        runs: Arc<AtomicUsize>,
        commits: Arc<AtomicUsize>,
        largest: Arc<AtomicUsize>,
    }

    impl Batch for Echo {
        type Request = u32;
        type Answer = u32;

        async fn run(&self, _: &DatabaseTransaction, batch: &[u32]) -> Result<Vec<u32>, BatchError> {
            self.largest.fetch_max(batch.len(), Ordering::SeqCst);
            if self.runs.fetch_add(1, Ordering::SeqCst) == 0 {
                return Err(BatchError::Retry);
            }
            if batch.contains(&28) {
                return Err(BatchError::Db(DbErr::Custom("database or disk is full".into())));
            }
            if batch.contains(&13) {
                return Err(BatchError::Db(DbErr::Custom("thirteen".into())));
            }
            assert!(!batch.contains(&7), "seven");
            Ok(batch.to_vec())
        }

        fn committed(&self) {
            self.commits.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn one_bad_request_does_not_fail_the_others() {
        crate::testing::each_database(&[], async |db| {
            let job = Echo::default();
            let writer = Writer::start(db, job.clone());
            let numbers = [1, 7, 2, 13, 28, 3];
            let answers = futures_util::future::join_all(numbers.map(|n| writer.submit(n))).await;
            let lost = Err(WriterError::Unavailable);
            assert_eq!(answers, [Ok(1), lost, Ok(2), lost, Err(WriterError::NoRoom), Ok(3)]);
            assert_eq!(job.largest.load(Ordering::SeqCst), 6, "they ran as one batch first");
            assert_eq!(job.commits.load(Ordering::SeqCst), 3);
            assert_eq!(writer.submit(4).await, Ok(4), "and the writer lives");
        })
        .await;
    }

    #[tokio::test]
    async fn a_batch_that_cannot_begin_is_not_tried_request_by_request() {
        crate::testing::each_database(&[], async |db| {
            db.clone().close().await.unwrap();
            assert!(matches!(attempt(&db, &Echo::default(), &[1, 2]).await, Outcome::NotBegun));
            let lost = Err(WriterError::Unavailable);
            assert_eq!(run(&db, &Echo::default(), &[1, 2]).await, [lost, lost]);
        })
        .await;
    }

    #[tokio::test]
    async fn a_full_queue_turns_away() {
        crate::testing::each_database(&[], async |db| {
            let writer = Writer::start_with(db, Echo::default(), 2, 2);
            let answers = futures_util::future::join_all((20..25).map(|n| writer.submit(n))).await;
            let busy = Err(WriterError::TooBusy);
            assert_eq!(answers, [Ok(20), Ok(21), busy, busy, busy]);
        })
        .await;
    }
}
