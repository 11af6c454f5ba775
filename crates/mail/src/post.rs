//! The queue and its worker.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use kernel::db::sea_orm::{ConnectionTrait, DbErr};
use kernel::id::MailId;
use kernel::keys::{Keys, Sealer};
use kernel::{Clock, Db, Instant, Locale};
use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::letter::WORTH_MOST;
use crate::store::{self, NewMail, QueuedMail};
use crate::transport::{Outgoing, Transport, TransportError};
use crate::{Address, BadLetter, ComposeError, Composer, Letter, Template};

/// Waits between tries; after the last the mail has failed.
const WAITS: [Duration; 7] = [
    Duration::from_mins(1),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(6),
    Duration::from_hours(12),
    Duration::from_hours(24),
];
/// The wait after a try that a setting of ours kept from happening.
const UNTIL_MENDED: Duration = Duration::from_mins(30);
/// Mails looked at in one round, and how many of them travel at once.
const ROUND: u64 = 64;
const AT_ONCE: usize = 4;
/// How long it can be told what became of a mail.
const KEPT: Duration = Duration::from_hours(90 * 24);
/// A wake may be lost with its process; the queue is looked at this often anyway.
const LOOK: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error(transparent)]
    Letter(#[from] BadLetter),
    #[error("the mail could not be stored")]
    Store(#[from] DbErr),
}

impl From<PostError> for kernel::Problem {
    fn from(err: PostError) -> Self {
        Self::internal(&err)
    }
}

impl From<PostError> for DbErr {
    fn from(err: PostError) -> Self {
        match err {
            PostError::Store(cause) => cause,
            PostError::Letter(cause) => Self::Custom(cause.to_string()),
        }
    }
}

/// What one round of delivery did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    pub sent: usize,
    pub put_off: usize,
    pub failed: usize,
}

impl Round {
    fn tell(&self) {
        if *self != Self::default() {
            let Self { sent, put_off, failed } = self;
            tracing::info!(mail.sent = sent, mail.put_off = put_off, mail.failed = failed, "mails");
        }
    }
}

#[derive(Clone, Copy)]
enum Outcome {
    Sent,
    PutOff,
    Failed,
    TakenByAnother,
}

/// Queues letters and delivers them. Cloning is cheap; the clones are one post office.
#[derive(Clone)]
pub struct Post(Arc<Office>);

struct Office {
    db: Db,
    clock: Arc<dyn Clock>,
    sealer: Sealer,
    from: Address,
    transport: Arc<dyn Transport>,
    composer: Composer,
    news: Notify,
}

impl Post {
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        keys: &Keys,
        from: Address,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, ComposeError> {
        let (composer, sealer) = (Composer::new()?, keys.sealer("mail"));
        Ok(Self(Arc::new(Office { db, clock, sealer, from, transport, composer, news: Notify::new() })))
    }

    /// Keeps the letter in the caller's transaction: it is sent if and only if that commits.
    pub async fn queue(&self, txn: &impl ConnectionTrait, letter: Letter) -> Result<MailId, PostError> {
        let mail = self.sealed(&letter)?;
        let id = mail.id;
        store::insert(txn, vec![mail]).await?;
        Ok(id)
    }

    /// As [`Post::queue`] for many, by one statement.
    pub async fn queue_all(&self, txn: &impl ConnectionTrait, letters: Vec<Letter>) -> Result<(), PostError> {
        let mails: Vec<_> = letters.iter().map(|letter| self.sealed(letter)).collect::<Result<_, _>>()?;
        Ok(store::insert(txn, mails).await?)
    }

    fn sealed(&self, letter: &Letter) -> Result<NewMail, BadLetter> {
        letter.check()?;
        Ok(NewMail {
            id: MailId::new(),
            to_name: letter.to.name().to_owned(),
            to_email: letter.to.email().to_owned(),
            reply_to: letter.reply_to.as_ref().map(|address| address.email().to_owned()),
            locale: letter.locale.to_string(),
            template: letter.template.word(),
            sealed_values: hex::encode(self.0.sealer.seal(letter.values.to_string().as_bytes())),
            now: self.0.clock.now(),
        })
    }

    /// Says that a transaction with letters has committed.
    pub fn wake(&self) {
        self.0.news.notify_one();
    }

    /// Where a letter stands: `queued`, `sent`, `failed` or `stale`.
    pub async fn state_of(&self, id: MailId) -> Result<Option<String>, DbErr> {
        Ok(store::state_of(self.0.db.read(), id).await?.map(|mail| mail.state))
    }

    /// Tries what is due, once each. A mail whose worker died is due again ten minutes later.
    pub async fn deliver_due(&self, now: Instant) -> Result<Round, DbErr> {
        self.round(now, &CancellationToken::new()).await
    }

    /// As [`Post::deliver_due`]; once cancelled, what travels arrives, and nothing more sets out. A mail whose outcome
    /// cannot be kept does not break off the others, which would then be sent twice.
    async fn round(&self, now: Instant, cancel: &CancellationToken) -> Result<Round, DbErr> {
        let mut round = Round::default();
        if !self.0.transport.is_configured() {
            return Ok(round);
        }
        let due = stream::iter(store::due(self.0.db.read(), now, ROUND).await?);
        let due = due.take_while(|_| std::future::ready(!cancel.is_cancelled()));
        let outcomes = due.map(|mail| self.try_one(mail)).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
        let mut broken = None;
        for outcome in outcomes {
            match outcome {
                Ok(Outcome::Sent) => round.sent += 1,
                Ok(Outcome::PutOff) => round.put_off += 1,
                Ok(Outcome::Failed) => round.failed += 1,
                Ok(Outcome::TakenByAnother) => {}
                Err(cause) => broken = broken.or(Some(cause)),
            }
        }
        round.tell();
        broken.map_or(Ok(round), Err)
    }

    /// Forgets what ended long ago, with the names and addresses in it; tells how many.
    pub async fn sweep(&self) -> Result<u64, DbErr> {
        store::delete_ended(self.0.db.writing(), self.0.clock.now() - KEPT).await
    }

    /// Delivers until cancelled.
    pub async fn run(&self, cancel: CancellationToken) {
        if !self.0.transport.is_configured() {
            tracing::warn!("no SMTP server is configured: mails stay queued until there is one");
        }
        while !cancel.is_cancelled() {
            match self.round(self.0.clock.now(), &cancel).await {
                Ok(round) if round != Round::default() => continue,
                Ok(_) => {}
                Err(cause) => tracing::warn!(%cause, "the mail queue could not be kept; trying again"),
            }
            tokio::select! {
                () = cancel.cancelled() => return,
                () = self.0.news.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    async fn try_one(&self, mail: QueuedMail) -> Result<Outcome, DbErr> {
        let (db, id, now) = (self.0.db.writing(), mail.id, self.0.clock.now());
        if !store::claim(db, &mail, now).await? {
            return Ok(Outcome::TakenByAnother);
        }
        if now.since(mail.created_at) > Template::from_word(&mail.template).map_or(WORTH_MOST, Template::worth) {
            store::end(db, id, "stale", now, None).await?;
            return Ok(Outcome::Failed);
        }
        let Some(letter) = self.reopen(&mail) else {
            tracing::error!(mail.id = %id, "a queued mail does not open: was the installation's key changed?");
            // The key may come back, and nobody was asked to take the mail: this counts as no try.
            store::put_off(db, &mail, 0, now + UNTIL_MENDED, "the stored values do not open").await?;
            return Ok(Outcome::PutOff);
        };
        match self.send(id, letter, now).await {
            Ok(()) => {
                store::end(db, id, "sent", self.0.clock.now(), None).await?;
                Ok(Outcome::Sent)
            }
            Err(TransportError::Later(why)) if let Some(wait) = wait_after(mail.attempts) => {
                tracing::warn!(mail.id = %id, mail.attempt = mail.attempts + 1, "a mail was not taken; trying again later");
                store::put_off(db, &mail, 1, now + wait, &why).await?;
                Ok(Outcome::PutOff)
            }
            Err(TransportError::Later(why) | TransportError::Refused(why)) => {
                tracing::error!(mail.id = %id, mail.template = mail.template, "a mail could not be delivered");
                store::end(db, id, "failed", now, Some(why)).await?;
                Ok(Outcome::Failed)
            }
        }
    }

    async fn send(&self, id: MailId, letter: Letter, now: Instant) -> Result<(), TransportError> {
        let body = self.0.composer.compose(&letter).map_err(|e| TransportError::Refused(e.to_string()))?;
        let message_id = format!("<{id}@{}>", self.0.from.domain());
        let from = self.0.from.clone();
        let Letter { to, reply_to, template, .. } = letter;
        let mail = Outgoing { id, message_id, from, to, reply_to, date: now, template, body };
        self.0.transport.send(&mail).await
    }

    fn reopen(&self, mail: &QueuedMail) -> Option<Letter> {
        let opened = self.0.sealer.open(&hex::decode(&mail.sealed_values).ok()?)?;
        let values: Value = serde_json::from_slice(&opened).ok()?;
        let to = Address::new(&mail.to_name, &mail.to_email).ok()?;
        let locale = mail.locale.parse().unwrap_or_else(|_| Locale::english());
        let reply_to = mail.reply_to.as_deref().and_then(|email| Address::new("", email).ok());
        Some(Letter { to, reply_to, locale, template: Template::from_word(&mail.template)?, values })
    }
}

/// The wait after so many earlier tries; `None` after the last.
fn wait_after(earlier: i32) -> Option<Duration> {
    WAITS.get(usize::try_from(earlier).ok()?).copied()
}
