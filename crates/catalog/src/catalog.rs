//! The use cases' common ground.

use std::sync::Arc;

use kernel::{Blobs, Clock, Db, Outbox};
use tokio::sync::Semaphore;

/// Pictures decoded at once: each may take 256 MiB.
const DECODERS: usize = 2;

/// The catalogue's use cases. Cloning is cheap.
#[derive(Clone)]
pub struct Catalog {
    pub(crate) db: Db,
    pub(crate) outbox: Outbox,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) blobs: Blobs,
    pub(crate) decoders: Arc<Semaphore>,
}

impl Catalog {
    pub fn new(db: Db, outbox: Outbox, clock: Arc<dyn Clock>, blobs: Blobs) -> Self {
        Self { db, outbox, clock, blobs, decoders: Arc::new(Semaphore::new(DECODERS)) }
    }
}
