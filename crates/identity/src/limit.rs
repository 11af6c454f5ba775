//! Slowing down those who guess: so many tries at once, then one each so often, per key (GCRA, one moment a key).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kernel::{Instant, Problem};

/// Keys remembered at most, unless said otherwise; beyond that those at rest are forgotten first.
const MOST: usize = 20_000;
/// Bytes of a key that tell it from others; the longest e-mail address has 254.
const LONGEST: usize = 256;

/// A limit on how often one key may do something.
pub struct Limiter {
    burst: u32,
    every: Duration,
    most: usize,
    /// When each key would be at rest again.
    busy_until: Mutex<HashMap<String, Instant>>,
}

impl Limiter {
    pub fn new(burst: u32, every: Duration) -> Self {
        Self { burst, every, most: MOST, busy_until: Mutex::default() }
    }

    /// Remembers so many keys: for doors at which crowds knock.
    pub fn remembering(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Takes one turn, or says how long to wait.
    pub fn take(&self, key: &str, now: Instant) -> Result<(), Duration> {
        let key = remembered(key);
        let mut busy_until = self.busy_until.lock().unwrap_or_else(PoisonError::into_inner);
        if !busy_until.contains_key(key) {
            make_room(&mut busy_until, self.most, now);
        }
        let busy = busy_until.get(key).map_or(now, |until| (*until).max(now));
        let free_at = busy + self.every - self.every * self.burst;
        if free_at > now {
            return Err(free_at.since(now));
        }
        busy_until.insert(key.to_owned(), busy + self.every);
        Ok(())
    }

    /// Forgets the key's tries: it proved to be no guesser.
    pub fn forgive(&self, key: &str) {
        self.busy_until.lock().unwrap_or_else(PoisonError::into_inner).remove(remembered(key));
    }

    /// As [`Self::take`], with the refusal people read.
    pub fn check(&self, key: &str, now: Instant) -> Result<(), Problem> {
        self.take(key, now).map_err(|wait| {
            let started = u64::from(wait.subsec_nanos() > 0);
            Problem::slow_down("too-many-tries", wait.as_secs() + started)
        })
    }
}

/// As much of a key as is kept: whoever writes megabytes into a field of an address fills no memory with them.
fn remembered(key: &str) -> &str {
    &key[..key.floor_char_boundary(LONGEST)]
}

/// Looks through all keys, and frees a tenth of the room each time, so that it is seldom done.
fn make_room(busy_until: &mut HashMap<String, Instant>, most: usize, now: Instant) {
    if busy_until.len() < most {
        return;
    }
    busy_until.retain(|_, until| *until > now);
    let mut over = busy_until.len().saturating_sub(most - most.div_ceil(10));
    busy_until.retain(|_, _| {
        let stays = over == 0;
        over = over.saturating_sub(1);
        stays
    });
}

/// The limits of this domain.
pub struct Limits {
    pub log_in_by_address: Limiter,
    /// Strict, per address and e-mail: whoever guesses is slowed down, and keeps out nobody who comes from elsewhere.
    pub log_in_by_both: Limiter,
    /// Wide, per e-mail: for those who guess from many addresses.
    pub log_in_by_email: Limiter,
    pub password_by_person: Limiter,
    pub passkey_by_address: Limiter,
    pub link_by_address: Limiter,
    pub link_by_email: Limiter,
    pub guest_by_address: Limiter,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            log_in_by_address: Limiter::new(30, Duration::from_secs(4)),
            log_in_by_both: Limiter::new(6, Duration::from_secs(30)),
            log_in_by_email: Limiter::new(200, Duration::from_secs(5)),
            password_by_person: Limiter::new(6, Duration::from_secs(30)),
            passkey_by_address: Limiter::new(60, Duration::from_secs(2)),
            link_by_address: Limiter::new(20, Duration::from_secs(30)),
            link_by_email: Limiter::new(3, Duration::from_mins(5)),
            // A trade fair's hall is one address.
            guest_by_address: Limiter::new(300, Duration::from_secs(1)),
        }
    }
}

/// One key per subscriber: IPv6 by its /64, which one customer has to himself.
pub fn address_key(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(v4)) => v4.to_string(),
        Some(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_one_each_so_often() {
        let limiter = Limiter::new(3, Duration::from_secs(10));
        let at = |seconds: u64| Instant::EPOCH + Duration::from_secs(1_000 + seconds);
        let outcomes: Vec<_> = [0, 0, 0, 0, 5, 10, 10, 100, 100, 100, 100]
            .map(|second| limiter.take("a", at(second)).map_err(|wait| wait.as_secs()))
            .into_iter()
            .collect();
        let expected = [Ok(()), Ok(()), Ok(()), Err(10), Err(5), Ok(()), Err(10), Ok(()), Ok(()), Ok(()), Err(10)];
        assert_eq!(outcomes, expected);
        assert_eq!(limiter.take("b", at(0)), Ok(()));
        limiter.forgive("a");
        assert_eq!(limiter.take("a", at(100)), Ok(()));
    }

    #[test]
    fn the_memory_of_keys_is_bounded() {
        let limiter = Limiter::new(1, Duration::from_secs(10)).remembering(100);
        let remembered = || limiter.busy_until.lock().unwrap().len();
        for key in 0..100 {
            limiter.take(&key.to_string(), Instant::EPOCH).unwrap();
        }
        assert!(limiter.take("7", Instant::EPOCH).is_err(), "a known key needs no room");
        limiter.take("one more", Instant::EPOCH).unwrap();
        assert_eq!(remembered(), 91, "a tenth at once");
        limiter.take("later", Instant::EPOCH + Duration::from_secs(10)).unwrap();
        for key in 0..200 {
            limiter.take(&format!("new {key}"), Instant::EPOCH + Duration::from_secs(20)).unwrap();
            assert!(remembered() <= 100);
        }
    }

    #[test]
    fn neighbours_of_one_network_share_a_key() {
        let key = |text: &str| address_key(Some(text.parse().unwrap()));
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
