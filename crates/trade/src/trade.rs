//! The parts that every use case of trade works with.

use std::sync::Arc;
use std::time::Duration;

use kernel::db::writer::Writer;
use kernel::{Clock, Db, Instant, Keys, Outbox};
use tokio::sync::Notify;

use crate::committer::Committer;
use crate::deals::Deals;
use crate::inquiries::Inquiries;
use crate::limits::Limits;
use crate::offers::Offers;
use crate::orders::Orders;
use crate::ports::{Buyers, Goods, Letters, Shows};

/// Who trade works with.
#[derive(Clone)]
pub struct Neighbours {
    pub goods: Arc<dyn Goods>,
    pub buyers: Arc<dyn Buyers>,
    pub letters: Arc<dyn Letters>,
    pub shows: Arc<dyn Shows>,
}

#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long a placed order keeps its pieces.
    pub reservation: Duration,
    /// Requests to a transaction of the hot path.
    pub batch: usize,
    /// Orders and inquiries a minute from one address; ten minutes of it at once.
    pub per_address_minute: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { reservation: Duration::from_hours(48), batch: kernel::db::writer::BATCH, per_address_minute: 60 }
    }
}

/// What the use cases share.
pub(crate) struct Base {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub outbox: Outbox,
    pub goods: Arc<dyn Goods>,
    pub buyers: Arc<dyn Buyers>,
    pub letters: Arc<dyn Letters>,
    pub shows: Arc<dyn Shows>,
    pub placed: Arc<Notify>,
}

impl Base {
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}

/// The use cases of trade. Cloning is cheap; the clones share the writer.
#[derive(Clone)]
pub struct Trade {
    pub offers: Offers,
    pub orders: Orders,
    pub inquiries: Inquiries,
    pub deals: Deals,
    pub(crate) limits: Arc<Limits>,
}

impl Trade {
    /// Starts the writer and gives the use cases.
    pub fn start(
        db: Db,
        clock: Arc<dyn Clock>,
        outbox: Outbox,
        keys: &Keys,
        neighbours: Neighbours,
        settings: Settings,
    ) -> Self {
        let placed = Arc::new(Notify::new());
        let job = Committer::new(clock.clone(), outbox.clone(), settings.reservation, placed.clone());
        let writer = Writer::start_with(db.clone(), job, kernel::db::writer::QUEUE, settings.batch);
        let Neighbours { goods, buyers, letters, shows } = neighbours;
        let base = Arc::new(Base { db, clock, outbox, goods, buyers, letters, shows, placed });
        let deals = Deals::new(base.clone(), keys);
        Self {
            offers: Offers::new(base.clone()),
            orders: Orders::new(base.clone(), writer, deals.clone()),
            inquiries: Inquiries::new(base, deals.clone()),
            deals,
            limits: Arc::new(Limits::new(settings.per_address_minute)),
        }
    }
}
