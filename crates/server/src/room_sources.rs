//! Where rooms reread what they show: the domains, asked for what holds now.

use std::collections::BTreeSet;
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
}

impl Domains {
    async fn all(&self, event: EventId) -> Result<Vec<Envelope>, SourceError> {
        let mut present = self.live.present(event).await?;
        if present.is_empty() {
            return Ok(present);
        }
        let now = self.clock.now();
        let mut shown: BTreeSet<ProductId> = self.on_the_page(event).await;
        for offer in self.offers.of_event(event, None, None, MOST_OFFERS).await? {
            shown.insert(offer.product);
            present.push(Envelope::of(&OfferChanged::from(&offer), now)?);
        }
        let shown: Vec<ProductId> = shown.into_iter().collect();
        for product in self.catalog.published_by_id(&shown).await? {
            // Last, since a room takes the stock of what it shows.
            if let Some(level) = level(self.db.read(), product.variant).await? {
                let (variant, product, available) = (level.variant, level.product, level.available());
                let changed = StockChanged { variant, product, available, version: level.version };
                present.push(Envelope::of(&changed, now)?);
            }
        }
        Ok(present)
    }

    /// Products that are pinned or on the air.
    async fn on_the_page(&self, event: EventId) -> BTreeSet<ProductId> {
        let Ok(show) = self.live.show(event).await else { return BTreeSet::new() };
        let on_air = show.items.iter().filter(|item| item.state == live::run::RunItemState::OnAir);
        show.event.pins.iter().copied().chain(on_air.filter_map(|item| item.product)).collect()
    }
}
