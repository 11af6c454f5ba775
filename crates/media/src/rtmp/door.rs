//! Who may come in: the limits, the places, and the addresses that tried too often.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::Clock;

use crate::gate::{StreamGate, Tries, customer};
use crate::streams::Streams;

/// How long a publisher may take, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub struct RtmpLimits {
    /// From the connection to a valid key.
    pub authorise: Duration,
    /// From the key to the first sequence header.
    pub configure: Duration,
    /// Without a sample.
    pub silence: Duration,
    pub connections: usize,
    /// So that one address cannot take every place. IPv6 addresses count by their /64.
    pub connections_per_address: usize,
}

impl Default for RtmpLimits {
    fn default() -> Self {
        Self {
            authorise: Duration::from_secs(10),
            configure: Duration::from_secs(10),
            silence: Duration::from_secs(20),
            connections: 512,
            connections_per_address: 32,
        }
    }
}

/// What every connection shares.
pub(super) struct Door {
    pub(super) gate: Arc<dyn StreamGate>,
    pub(super) streams: Streams,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tries: Mutex<Tries>,
    pub(super) places: Mutex<Places>,
    pub(super) limits: RtmpLimits,
}

/// Who is connected.
#[derive(Debug, Default)]
pub(super) struct Places {
    taken: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place that is given back when dropped.
pub(super) struct Place {
    door: Arc<Door>,
    from: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = lock(&self.door.places);
        places.taken -= 1;
        if let Some(taken) = places.by_address.get_mut(&self.from) {
            *taken -= 1;
            if *taken == 0 {
                places.by_address.remove(&self.from);
            }
        }
    }
}

impl Door {
    pub(super) fn new(gate: Arc<dyn StreamGate>, streams: Streams, clock: Arc<dyn Clock>, limits: RtmpLimits) -> Self {
        Self { gate, streams, clock, tries: Mutex::default(), places: Mutex::default(), limits }
    }

    /// A place for one more connection, unless all are taken or this address has its share.
    pub(super) fn place(door: &Arc<Self>, from: IpAddr) -> Option<Place> {
        let from = customer(from);
        let mut places = lock(&door.places);
        let by_address = places.by_address.get(&from).copied().unwrap_or(0);
        if places.taken >= door.limits.connections || by_address >= door.limits.connections_per_address {
            return None;
        }
        places.taken += 1;
        places.by_address.insert(from, by_address + 1);
        drop(places);
        Some(Place { door: Arc::clone(door), from })
    }

    pub(super) fn is_shut_out(&self, from: IpAddr) -> bool {
        lock(&self.tries).is_shut_out(from, self.clock.now())
    }

    pub(super) fn succeeded(&self, from: IpAddr) {
        lock(&self.tries).succeeded(from, self.clock.now());
    }

    pub(super) fn failed(&self, from: IpAddr) {
        lock(&self.tries).failed(from, self.clock.now());
    }
}

/// Nothing that holds these locks leaves them half changed, so a poisoned one is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
