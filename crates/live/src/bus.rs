//! What `live` tells the bus.

use kernel::id::{EventId, OrgId, ProductId, RunItemId};
use kernel::{Event, Locale, LocalizedText};
use serde::{Deserialize, Serialize};

use crate::event::EventState;

/// An event came to a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventStateChanged {
    pub event: EventId,
    pub org: OrgId,
    pub to: EventState,
    pub version: i64,
    pub languages: Vec<Locale>,
    pub title: LocalizedText,
}

impl Event for EventStateChanged {
    const NAME: &'static str = "live.event.state";
}

/// The pins are these now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinsChanged {
    pub event: EventId,
    pub version: i64,
    pub products: Vec<ProductId>,
}

impl Event for PinsChanged {
    const NAME: &'static str = "live.pin.changed";
}

/// An item went on the air.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunItemStarted {
    pub event: EventId,
    pub item: RunItemId,
    pub product: Option<ProductId>,
    /// In the event's default language; `None` when the product's name says it.
    pub title: Option<String>,
}

impl Event for RunItemStarted {
    const NAME: &'static str = "live.run_item.started";
}

/// An item left the air.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunItemFinished {
    pub event: EventId,
    pub item: RunItemId,
    pub product: Option<ProductId>,
    pub title: Option<String>,
}

impl Event for RunItemFinished {
    const NAME: &'static str = "live.run_item.finished";
}
