//! Where rooms reread what they show: the domains, asked for what holds now.

use std::sync::Arc;

use catalog::Catalog;
use catalog::stock::{StockChanged, level};
use futures_util::future::BoxFuture;
use kernel::id::{EventId, ProductId};
use kernel::{Clock, Db, Envelope};
use live::Live;
use room::{SourceError, Sources};
use trade::Offers;
use trade::events::OfferChanged;

/// Offers a room rereads, the newest; older ones have long been settled.
const MOST_OFFERS: u64 = 200;

pub struct Domains {
    pub db: Db,
    pub live: Live,
    pub catalog: Catalog,
    pub offers: Offers,
    pub clock: Arc<dyn Clock>,
}

impl Sources for Domains {
    fn present(&self, event: EventId) -> BoxFuture<'_, Result<Vec<Envelope>, SourceError>> {
        Box::pin(self.all(event))
    }

    fn stock(&self, products: Vec<ProductId>) -> BoxFuture<'_, Result<Vec<Envelope>, SourceError>> {
        Box::pin(self.levels(products))
    }
}

impl Domains {
    async fn all(&self, event: EventId) -> Result<Vec<Envelope>, SourceError> {
        let mut present = self.live.present(event).await?;
        if present.is_empty() {
            return Ok(present);
        }
        for offer in self.offers.of_event(event, None, None, MOST_OFFERS).await? {
            present.push(Envelope::of(&OfferChanged::from(&offer), self.clock.now())?);
        }
        Ok(present)
    }

    async fn levels(&self, products: Vec<ProductId>) -> Result<Vec<Envelope>, SourceError> {
        let mut levels = Vec::with_capacity(products.len());
        for product in self.catalog.published_by_id(&products).await? {
            if let Some(level) = level(self.db.read(), product.variant).await? {
                let (variant, product, available) = (level.variant, level.product, level.available());
                let changed = StockChanged { variant, product, available, version: level.version };
                levels.push(Envelope::of(&changed, self.clock.now())?);
            }
        }
        Ok(levels)
    }
}
