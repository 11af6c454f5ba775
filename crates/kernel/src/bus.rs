//! What happened, told to whoever listens. In one process a broadcast; between nodes the same trait over NATS.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use tokio::sync::broadcast;

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

/// Carries happenings. Implementations lose nothing silently: a listener that falls behind is told.
pub trait Bus: Send + Sync + 'static {
    /// Hands the happening to every listener of today.
    fn publish(&self, envelope: Envelope) -> BoxFuture<'_, Result<(), BusError>>;
    /// Listens from now on.
    fn listen(&self) -> Listener;
}

#[derive(Debug, thiserror::Error)]
pub enum BusError {
    #[error("the bus is away")]
    Away,
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

/// The bus within one process.
#[derive(Clone)]
pub struct LocalBus(broadcast::Sender<Envelope>);

impl LocalBus {
    pub fn new() -> Self {
        Self(broadcast::channel(4096).0)
    }
}

impl Default for LocalBus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus for LocalBus {
    fn publish(&self, envelope: Envelope) -> BoxFuture<'_, Result<(), BusError>> {
        // Nobody listening is not a failure: the outbox has kept the happening.
        let _nobody = self.0.send(envelope);
        Box::pin(std::future::ready(Ok(())))
    }

    fn listen(&self) -> Listener {
        Listener(self.0.subscribe())
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
    async fn a_listener_that_falls_behind_is_told() {
        let bus = LocalBus::new();
        let mut listener = bus.listen();
        for quantity in 0..5000 {
            bus.publish(Envelope::of(&Placed { quantity, note: "" }, Instant::EPOCH).unwrap()).await.unwrap();
        }
        assert!(matches!(listener.next().await, Some(Heard::Missed(missed)) if missed >= 900));
    }
}
