//! The use cases' common ground.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kernel::id::OrgId;
use kernel::keys::Signer;
use kernel::{Clock, Db, Instant, Keys, Outbox};
use media::{Recorders, StreamName, Streams};

use crate::event::EventState;

/// When the state of an event was read, by its stream; `None`: there is no such event.
pub(crate) type Remembered = HashMap<StreamName, (Instant, Option<EventState>)>;

/// Who holds a show, as the house of people knows it.
#[async_trait::async_trait]
pub trait Hosts: Send + Sync {
    /// The name the firm trades under; `None` when it is not known.
    async fn name_of(&self, org: OrgId) -> Option<String>;
}

/// The use cases of `live`. Cloning is cheap.
#[derive(Clone)]
pub struct Live {
    pub(crate) db: Db,
    pub(crate) outbox: Outbox,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) streams: Streams,
    pub(crate) recorders: Recorders,
    pub(crate) proofs: Signer,
    pub(crate) hosts: Arc<dyn Hosts>,
    /// Where encoders send to: `rtmp://HOST/live`.
    pub(crate) server: Arc<str>,
    /// States read lately, so that playlists do not ask the database.
    pub(crate) states: Arc<Mutex<Remembered>>,
}

/// What `live` is made of.
pub struct Parts {
    pub db: Db,
    pub outbox: Outbox,
    pub clock: Arc<dyn Clock>,
    pub keys: Keys,
    pub streams: Streams,
    pub recorders: Recorders,
    pub hosts: Arc<dyn Hosts>,
    /// Where encoders send to: `rtmp://HOST/live`.
    pub rtmp_url: String,
}

impl Live {
    pub fn new(parts: Parts) -> Self {
        let Parts { db, outbox, clock, keys, streams, recorders, hosts, rtmp_url } = parts;
        Self {
            db,
            outbox,
            clock,
            streams,
            recorders,
            proofs: keys.signer("live preview"),
            hosts,
            server: rtmp_url.into(),
            states: Arc::default(),
        }
    }
}

/// The stream of an event.
pub(crate) fn stream_name(event: kernel::id::EventId) -> StreamName {
    StreamName::new(event.to_string())
}
