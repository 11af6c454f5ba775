//! Rates: how often one participant may write. A bucket is one number per participant and kind.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::Instant;

/// One of something per `every`, `burst` at once.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub every: Duration,
    pub burst: u32,
}

/// When each bucket would be full again (generic cell rate algorithm); a full one is not kept.
#[derive(Debug)]
pub struct Buckets {
    rate: Rate,
    full_at: HashMap<Arc<str>, Instant>,
}

/// How many buckets are kept before those that have filled up are thrown away.
const KEPT: usize = 10_000;

impl Buckets {
    pub fn new(rate: Rate) -> Self {
        Self { rate, full_at: HashMap::new() }
    }

    /// Takes one, or says how long to wait.
    pub fn take(&mut self, who: &Arc<str>, now: Instant) -> Result<(), Duration> {
        if self.full_at.len() >= KEPT {
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        let full_at = self.full_at.get(who).copied().unwrap_or(now).max(now);
        let least = full_at.since(now).saturating_sub(self.rate.every * (self.rate.burst - 1));
        if !least.is_zero() {
            return Err(least);
        }
        self.full_at.insert(Arc::clone(who), full_at + self.rate.every);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_at_once_then_one_every_two_seconds() {
        let mut chat = Buckets::new(Rate { every: Duration::from_secs(2), burst: 3 });
        let (ana, bo): (Arc<str>, Arc<str>) = ("ana".into(), "bo".into());
        let at = |ms| Instant::from_millis(ms);
        for _ in 0..3 {
            assert_eq!(chat.take(&ana, at(0)), Ok(()));
        }
        assert_eq!(chat.take(&ana, at(500)), Err(Duration::from_millis(1500)));
        assert_eq!(chat.take(&bo, at(500)), Ok(()), "another's bucket is untouched");
        assert_eq!(chat.take(&ana, at(2000)), Ok(()));
        assert!(chat.take(&ana, at(2000)).is_err());
        assert_eq!(chat.take(&ana, at(60_000)), Ok(()));
    }
}
