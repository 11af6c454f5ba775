//! What happened, told to whoever listens. In one process a broadcast; between nodes the same trait over NATS.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::Instant;
use crate::id::HappeningId;

/// Something that happened, as its domain says it: versioned JSON under a dotted name in the past tense
/// (`trade.order.placed`), or `domain.noun.state` when the payload is the new state.
pub trait Event: Serialize {
    const NAME: &'static str;
    const VERSION: u16 = 1;
}

/// One happening on its way. Delivered at least once: `id` tells a repeat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope {
    pub id: HappeningId,
    pub name: String,
    pub version: u16,
    pub at: Instant,
    /// JSON of the payload.
    pub payload: Arc<RawValue>,
}

impl Envelope {
    pub fn of<E: Event>(event: &E, at: Instant) -> Result<Self, serde_json::Error> {
        Ok(Self {
            id: HappeningId::new(),
            name: E::NAME.to_owned(),
            version: E::VERSION,
            at,
            payload: serde_json::value::to_raw_value(event)?.into(),
        })
    }

    /// Decodes the payload into the reader's own type, which names only the fields it needs.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.payload.get())
    }
}

/// Carries happenings. Implementations lose nothing silently: a listener that falls behind is told, and what a
/// consumer has not taken comes again.
pub trait Bus: Send + Sync + 'static {
    /// Hands the happening to all of today, in the order of the calls; done when every consumer has taken it.
    fn publish(&self, envelope: Envelope) -> BoxFuture<'static, Result<(), BusError>>;
    /// Listens from now on.
    fn listen(&self) -> Listener;
    /// Consumes from now on.
    fn consume(&self) -> Consumer;
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    #[error("the bus is away")]
    Away,
    /// Publish it again: whoever took it knows the repeat by its id or its version.
    #[error("a consumer has not taken the happening")]
    NotTaken,
}

/// A listener's end of the bus.
pub struct Listener(broadcast::Receiver<Envelope>);

/// What a listener hears.
#[derive(Debug)]
pub enum Heard {
    Happening(Envelope),
    /// So many were missed: read the state anew.
    Missed(u64),
}

impl Listener {
    /// The next happening; `None` when the bus has closed.
    pub async fn next(&mut self) -> Option<Heard> {
        match self.0.recv().await {
            Ok(envelope) => Some(Heard::Happening(envelope)),
            Err(broadcast::error::RecvError::Lagged(missed)) => Some(Heard::Missed(missed)),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

/// A listener on whom something durable depends: each happening comes until it was taken. One that is dropped without
/// having left (its task panicked) is still waited for: the outbox keeps what it has not taken until the next start.
pub struct Consumer {
    waiting: mpsc::Receiver<Delivery>,
    left: Arc<AtomicBool>,
}

impl Consumer {
    /// The next happening; `None` when the bus has closed.
    pub async fn next(&mut self) -> Option<Delivery> {
        self.waiting.recv().await
    }

    /// Wants nothing any more; what is told from now on need not be taken here.
    pub fn leave(self) {
        self.left.store(true, Ordering::Release);
    }
}

/// A happening in a consumer's hands; one that is dropped untaken comes again.
#[derive(Debug)]
pub struct Delivery {
    pub envelope: Envelope,
    taken: oneshot::Sender<()>,
}

impl Delivery {
    /// Says that what follows from the happening is kept.
    pub fn taken(self) {
        let _publisher_left = self.taken.send(());
    }
}

/// Happenings that may wait for one consumer within the process; more stay in the outbox.
const WAITING: usize = 1024;

/// The bus within one process.
#[derive(Clone)]
pub struct LocalBus {
    listeners: broadcast::Sender<Envelope>,
    consumers: Arc<Mutex<Vec<Door>>>,
}

/// The bus's end of a consumer.
struct Door {
    waiting: mpsc::Sender<Delivery>,
    left: Arc<AtomicBool>,
}

impl LocalBus {
    pub fn new() -> Self {
        Self { listeners: broadcast::channel(4096).0, consumers: Arc::default() }
    }

    /// Puts the happening before every consumer that has not left.
    fn deliver(&self, envelope: &Envelope) -> Vec<Result<oneshot::Receiver<()>, BusError>> {
        let mut consumers = self.consumers.lock().expect("nothing panics while delivering");
        consumers.retain(|consumer| !consumer.left.load(Ordering::Acquire));
        let hand_over = |consumer: &Door| {
            let (taken, answer) = oneshot::channel();
            let delivery = Delivery { envelope: envelope.clone(), taken };
            consumer.waiting.try_send(delivery).map(|()| answer).map_err(|_full_or_gone| BusError::NotTaken)
        };
        consumers.iter().map(hand_over).collect()
    }
}

impl Default for LocalBus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus for LocalBus {
    fn publish(&self, envelope: Envelope) -> BoxFuture<'static, Result<(), BusError>> {
        let handed = self.deliver(&envelope);
        // Nobody listening is not a failure.
        let _nobody = self.listeners.send(envelope);
        Box::pin(async move {
            for answer in handed {
                answer?.await.map_err(|_dropped| BusError::NotTaken)?;
            }
            Ok(())
        })
    }

    fn listen(&self) -> Listener {
        Listener(self.listeners.subscribe())
    }

    fn consume(&self) -> Consumer {
        let ((door, waiting), left) = (mpsc::channel(WAITING), Arc::<AtomicBool>::default());
        let consumer = Consumer { waiting, left: left.clone() };
        self.consumers.lock().expect("nothing panics while delivering").push(Door { waiting: door, left });
        consumer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Placed {
        quantity: u32,
        note: &'static str,
    }
    impl Event for Placed {
        const NAME: &'static str = "trade.order.placed";
    }

    #[derive(Deserialize)]
    struct WhatIRead {
        quantity: u32,
    }

    #[tokio::test]
    async fn a_listener_reads_into_its_own_type() {
        let bus = LocalBus::new();
        let mut listener = bus.listen();
        let placed = Placed { quantity: 24, note: "ignored by the reader" };
        bus.publish(Envelope::of(&placed, Instant::EPOCH).unwrap()).await.unwrap();
        let Some(Heard::Happening(envelope)) = listener.next().await else { unreachable!() };
        assert_eq!(envelope.name, "trade.order.placed");
        assert_eq!(envelope.read::<WhatIRead>().unwrap().quantity, 24);
    }

    #[tokio::test]
    async fn a_happening_is_published_when_every_consumer_has_taken_it() {
        let bus = LocalBus::new();
        let (mut one, mut other) = (bus.consume(), bus.consume());
        bus.consume().leave();
        let placed = Envelope::of(&Placed { quantity: 24, note: "" }, Instant::EPOCH).unwrap();
        let publishing = tokio::spawn(bus.publish(placed.clone()));
        one.next().await.unwrap().taken();
        assert!(!publishing.is_finished());
        let delivery = other.next().await.unwrap();
        assert_eq!(delivery.envelope.id, placed.id);
        drop(delivery);
        assert_eq!(publishing.await.unwrap(), Err(BusError::NotTaken));

        let publishing = bus.publish(placed);
        one.next().await.unwrap().taken();
        other.next().await.unwrap().taken();
        assert_eq!(publishing.await, Ok(()));
    }

    #[tokio::test]
    async fn a_consumer_that_died_is_waited_for() {
        let bus = LocalBus::new();
        drop(bus.consume());
        let placed = Envelope::of(&Placed { quantity: 24, note: "" }, Instant::EPOCH).unwrap();
        assert_eq!(bus.publish(placed).await, Err(BusError::NotTaken));
    }

    #[tokio::test]
    async fn a_listener_that_falls_behind_is_told() {
        let bus = LocalBus::new();
        let mut listener = bus.listen();
        for quantity in 0..5000 {
            bus.publish(Envelope::of(&Placed { quantity, note: "" }, Instant::EPOCH).unwrap()).await.unwrap();
        }
        assert!(matches!(listener.next().await, Some(Heard::Missed(missed)) if missed >= 900));
    }
}
