//! The use cases' common ground.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::id::ProductId;
use kernel::{Blobs, Clock, Db, Outbox};
use tokio::sync::Semaphore;

/// Pictures decoded at once: each may take 256 MiB.
const DECODERS: usize = 2;
/// Sheets read at once: each may take as much, unpacked and as rows.
const READERS: usize = 2;

/// What others have promised buyers of products.
#[async_trait]
pub trait Promises: Send + Sync + 'static {
    /// Whether the product can be ordered somewhere now.
    async fn is_on_offer(&self, txn: &DatabaseTransaction, product: ProductId) -> Result<bool, DbErr>;
}

/// The catalogue's use cases. Cloning is cheap.
#[derive(Clone)]
pub struct Catalog {
    pub(crate) db: Db,
    pub(crate) outbox: Outbox,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) blobs: Blobs,
    pub(crate) decoders: Arc<Semaphore>,
    pub(crate) readers: Arc<Semaphore>,
    pub(crate) promises: Option<Arc<dyn Promises>>,
}

impl Catalog {
    pub fn new(db: Db, outbox: Outbox, clock: Arc<dyn Clock>, blobs: Blobs) -> Self {
        let (decoders, readers) = (Arc::new(Semaphore::new(DECODERS)), Arc::new(Semaphore::new(READERS)));
        Self { db, outbox, clock, blobs, decoders, readers, promises: None }
    }

    /// The catalogue, which asks `promises` before buyers lose sight of a product.
    #[must_use]
    pub fn keeping(self, promises: Arc<dyn Promises>) -> Self {
        Self { promises: Some(promises), ..self }
    }
}
