//! What the catalogue tells the bus.

use kernel::Event;
use kernel::id::{ProductId, VariantId};
use serde::{Deserialize, Serialize};

/// How many may still be sold, absolute and versioned: applying it twice changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockChanged {
    pub variant: VariantId,
    pub product: ProductId,
    pub available: i64,
    pub version: i64,
}

impl Event for StockChanged {
    const NAME: &'static str = "catalog.stock.changed";
}
