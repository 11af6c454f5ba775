//! Who may publish and who may play: asked of whoever implements [`StreamGate`].

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use futures_util::future::BoxFuture;
use kernel::{Instant, Secret};
use serde::{Deserialize, Serialize};

/// The opaque name of a stream.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct StreamName(String);

impl StreamName {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}
impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Knows the keys and the audiences. Keys are compared in constant time behind it.
pub trait StreamGate: Send + Sync + 'static {
    fn publish(&self, key: &Secret<String>, from: IpAddr) -> BoxFuture<'_, Result<PublishGrant, Refused>>;

    fn play(&self, name: &StreamName, proof: Option<&str>) -> BoxFuture<'_, Result<PlayGrant, Refused>>;
}

/// What a key opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishGrant {
    pub name: StreamName,
    /// What the crew calls this source.
    pub label: String,
    /// Above it for 10 s, the crew is warned; 6,000 where nothing is said.
    pub max_bitrate_kbps: Option<u32>,
}

/// Playing is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayGrant {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the key is not known")]
    UnknownKey,
    #[error("the key is not valid now")]
    NotNow,
    #[error("too many wrong keys were tried")]
    TooManyTries,
    #[error("this is not allowed")]
    Forbidden,
    #[error("it could not be decided")]
    Unavailable,
}

const TRIES: usize = 5;
const WINDOW: Duration = Duration::from_mins(1);
/// An address that showed a right key is not shut out for so long: the studio's encoder comes back, whoever else
/// types wrong keys behind the same address.
const WELCOME_FOR: Duration = Duration::from_hours(12);
const ADDRESSES_AT_MOST: usize = 10_000;

/// Counts refused keys per address: five within a minute close the door for the rest of it.
///
/// IPv6 addresses count by their /64, which one customer holds whole.
#[derive(Debug, Default)]
pub struct Tries {
    failures: HashMap<IpAddr, VecDeque<Instant>>,
    welcome: HashMap<IpAddr, Instant>,
}

impl Tries {
    pub fn is_shut_out(&self, from: IpAddr, now: Instant) -> bool {
        let from = customer(from);
        if self.welcome.get(&from).is_some_and(|shown| now.since(*shown) < WELCOME_FOR) {
            return false;
        }
        self.failures
            .get(&from)
            .is_some_and(|failures| failures.iter().filter(|failure| now.since(**failure) < WINDOW).count() >= TRIES)
    }

    /// A right key came from there.
    pub fn succeeded(&mut self, from: IpAddr, now: Instant) {
        if self.welcome.len() >= ADDRESSES_AT_MOST {
            self.welcome.retain(|_, shown| now.since(*shown) < WELCOME_FOR);
        }
        let from = customer(from);
        if self.welcome.len() < ADDRESSES_AT_MOST || self.welcome.contains_key(&from) {
            self.welcome.insert(from, now);
        }
    }

    pub fn failed(&mut self, from: IpAddr, now: Instant) {
        if self.failures.len() >= ADDRESSES_AT_MOST {
            self.failures.retain(|_, failures| failures.back().is_some_and(|last| now.since(*last) < WINDOW));
        }
        let from = customer(from);
        // A crowd of addresses that fills the map within a minute is not remembered further.
        if self.failures.len() >= ADDRESSES_AT_MOST && !self.failures.contains_key(&from) {
            return;
        }
        let failures = self.failures.entry(from).or_default();
        failures.push_back(now);
        if failures.len() > TRIES {
            failures.pop_front();
        }
    }
}

/// What one customer holds: an IPv4 address, or a whole IPv6 /64.
pub(crate) fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// A gate with a fixed list of keys, open to every player: for tests and the demo.
#[derive(Debug, Default)]
pub struct FixedKeys(Vec<(Secret<String>, PublishGrant)>);

impl FixedKeys {
    pub fn new(keys: impl IntoIterator<Item = (Secret<String>, PublishGrant)>) -> Self {
        Self(keys.into_iter().collect())
    }
}

impl StreamGate for FixedKeys {
    fn publish(&self, key: &Secret<String>, _from: IpAddr) -> BoxFuture<'_, Result<PublishGrant, Refused>> {
        let grant = self
            .0
            .iter()
            .find(|(known, _)| kernel::secret::same(known.expose().as_bytes(), key.expose().as_bytes()))
            .map(|(_, grant)| grant.clone());
        Box::pin(std::future::ready(grant.ok_or(Refused::UnknownKey)))
    }

    fn play(&self, _name: &StreamName, _proof: Option<&str>) -> BoxFuture<'_, Result<PlayGrant, Refused>> {
        Box::pin(std::future::ready(Ok(PlayGrant {})))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_keys_in_a_minute_shut_an_address_out() {
        let mut tries = Tries::default();
        let from: IpAddr = "2001:db8::1".parse().unwrap();
        let neighbour: IpAddr = "2001:db8::ffff:1".parse().unwrap();
        for second in 0..5 {
            assert!(!tries.is_shut_out(from, Instant::from_millis(second * 1000)));
            tries.failed(from, Instant::from_millis(second * 1000));
        }
        assert!(tries.is_shut_out(neighbour, Instant::from_millis(5_000)));
        assert!(!tries.is_shut_out("192.0.2.1".parse().unwrap(), Instant::from_millis(5_000)));
        assert!(!tries.is_shut_out(from, Instant::from_millis(60_000)));
    }

    #[test]
    fn an_address_that_showed_a_right_key_is_not_shut_out_for_half_a_day() {
        let mut tries = Tries::default();
        let from: IpAddr = "192.0.2.1".parse().unwrap();
        tries.succeeded(from, Instant::EPOCH);
        let fails_at = |tries: &mut Tries, now| (0..TRIES).for_each(|_| tries.failed(from, now));
        let noon = Instant::EPOCH + WELCOME_FOR;
        fails_at(&mut tries, Instant::EPOCH);
        assert!(!tries.is_shut_out(from, Instant::EPOCH));
        fails_at(&mut tries, noon);
        assert!(tries.is_shut_out(from, noon));
    }
}
