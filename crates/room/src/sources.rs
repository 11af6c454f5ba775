//! Where rooms reread what they show. The server answers from the domains, so that rooms know none of them.

use futures_util::future::BoxFuture;
use kernel::Envelope;
use kernel::id::{EventId, ProductId};

/// Why a source gave no answer.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// What holds now, told as happenings.
pub trait Sources: Send + Sync + 'static {
    /// The newest happening of each kind that a room of this event shows: `live.event.state`, `live.pin.changed`,
    /// `live.run_item.started` or `finished`, `trade.offer.state`. Nothing when there is no such event, or none that
    /// people may see.
    fn present(&self, event: EventId) -> BoxFuture<'_, Result<Vec<Envelope>, SourceError>>;

    /// `catalog.stock.changed` of those of these products that people may see.
    fn stock(&self, products: Vec<ProductId>) -> BoxFuture<'_, Result<Vec<Envelope>, SourceError>>;
}
