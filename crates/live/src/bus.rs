//! What `live` tells the bus.

use kernel::id::{EventId, OrgId, ProductId, RunItemId};
use kernel::{Event, Locale, LocalizedText};
use serde::{Deserialize, Serialize};

use crate::event::EventState;
use crate::run::RunItem;

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
    /// Empty when the product's name says it.
    pub title: LocalizedText,
    /// The run sheet's. An item that takes another's place starts with the version the other finishes with.
    pub version: i64,
}

impl Event for RunItemStarted {
    const NAME: &'static str = "live.run_item.started";
}

impl RunItemStarted {
    pub(crate) fn of(item: &RunItem, version: i64) -> Self {
        Self { event: item.event, item: item.id, product: item.product, title: item.title.clone(), version }
    }
}

/// An item left the air.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunItemFinished {
    pub event: EventId,
    pub item: RunItemId,
    pub product: Option<ProductId>,
    pub title: LocalizedText,
    /// The run sheet's.
    pub version: i64,
}

impl Event for RunItemFinished {
    const NAME: &'static str = "live.run_item.finished";
}

impl RunItemFinished {
    pub(crate) fn of(item: &RunItem, version: i64) -> Self {
        Self { event: item.event, item: item.id, product: item.product, title: item.title.clone(), version }
    }
}
