//! The way out: a trait, and its twin that keeps mails for tests and the demo.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use kernel::Instant;
use kernel::id::MailId;

use crate::{Address, Composed, Template};

/// A composed mail on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    pub id: MailId,
    /// The same at every try, so that a reader's program can tell a repeat.
    pub message_id: String,
    pub from: Address,
    pub to: Address,
    pub reply_to: Option<Address>,
    pub date: Instant,
    pub template: Template,
    pub body: Composed,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Trying again will not help.
    #[error("the mail was refused for good: {0}")]
    Refused(String),
    /// The server is away, busy, or does not let us in today.
    #[error("the mail was not taken: {0}")]
    Later(String),
}

/// Takes mails to a server.
pub trait Transport: Send + Sync + 'static {
    fn send<'a>(&'a self, mail: &'a Outgoing) -> BoxFuture<'a, Result<(), TransportError>>;

    /// Whether there is a server at all; without one, mails stay queued.
    fn is_configured(&self) -> bool {
        true
    }
}

/// Keeps what it is given, and refuses when told to.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    sent: Vec<Outgoing>,
    refusals: Vec<TransportError>,
}

impl Memory {
    pub fn sent(&self) -> Vec<Outgoing> {
        self.kept().sent.clone()
    }

    /// The next mail meets this instead.
    pub fn refuse_next(&self, refusal: TransportError) {
        self.kept().refusals.push(refusal);
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transport for Memory {
    fn send<'a>(&'a self, mail: &'a Outgoing) -> BoxFuture<'a, Result<(), TransportError>> {
        let mut kept = self.kept();
        let answer = if let Some(refusal) = kept.refusals.pop() {
            Err(refusal)
        } else {
            kept.sent.push(mail.clone());
            Ok(())
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Stands where no SMTP server is configured: mails wait in the queue, and the log says so.
#[derive(Clone, Copy, Debug, Default)]
pub struct Log;

impl Transport for Log {
    fn send<'a>(&'a self, _: &'a Outgoing) -> BoxFuture<'a, Result<(), TransportError>> {
        Box::pin(std::future::ready(Err(TransportError::Later("no SMTP server is configured".to_owned()))))
    }

    fn is_configured(&self) -> bool {
        false
    }
}
