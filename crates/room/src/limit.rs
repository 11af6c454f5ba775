//! Rates: how often one participant may write. A bucket is one number per participant and kind.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::Instant;

use crate::token::Pass;

/// One of something per `every`, `burst` at once.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub every: Duration,
    pub burst: u32,
}

impl Rate {
    /// The rate of so many together.
    pub fn times(self, many: u32) -> Self {
        Self { every: self.every / many.max(1), burst: self.burst.saturating_mul(many) }
    }
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
        let full_at = self.wait(who, now)?;
        self.full_at.insert(Arc::clone(who), full_at + self.rate.every);
        Ok(())
    }

    /// How long to wait for one, or when the bucket is full again.
    fn wait(&self, who: &Arc<str>, now: Instant) -> Result<Instant, Duration> {
        // None is emptier than empty: one that seems so was taken from before the clock was set back.
        let empty = now + self.rate.every * self.rate.burst;
        let full_at = self.full_at.get(who).copied().filter(|full_at| *full_at <= empty).unwrap_or(now).max(now);
        let least = full_at.since(now).saturating_sub(self.rate.every * (self.rate.burst - 1));
        if least.is_zero() { Ok(full_at) } else { Err(least) }
    }
}

/// The rates of one room: of each participant, and of each address whose people nobody knows.
#[derive(Debug)]
pub(crate) struct Limits {
    chat: Buckets,
    ask: Buckets,
    chat_via: Buckets,
    ask_via: Buckets,
}

/// An office behind one address writes as ten do; a name is made up in a moment, so it alone limits nobody.
const TOGETHER: u32 = 10;
const CHAT: Rate = Rate { every: Duration::from_secs(2), burst: 3 };
const ASK: Rate = Rate { every: Duration::from_secs(30), burst: 2 };

impl Default for Limits {
    fn default() -> Self {
        let [chat, ask] = [CHAT, ASK].map(Buckets::new);
        let [chat_via, ask_via] = [CHAT, ASK].map(|rate| Buckets::new(rate.times(TOGETHER)));
        Self { chat, ask, chat_via, ask_via }
    }
}

impl Limits {
    pub(crate) fn may_chat(&mut self, from: &Pass, now: Instant) -> Result<(), Duration> {
        take(&mut self.chat, &mut self.chat_via, from, now)
    }

    pub(crate) fn may_ask(&mut self, from: &Pass, now: Instant) -> Result<(), Duration> {
        take(&mut self.ask, &mut self.ask_via, from, now)
    }
}

fn take(own: &mut Buckets, via: &mut Buckets, from: &Pass, now: Instant) -> Result<(), Duration> {
    let who: Arc<str> = from.participant.as_str().into();
    own.wait(&who, now)?;
    if !from.known && !from.crew && !from.via.is_empty() {
        via.take(&from.via.as_str().into(), now)?;
    }
    own.take(&who, now)
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
        for _ in 0..3 {
            assert_eq!(chat.take(&ana, at(0)), Ok(()), "the clock was set back by a minute");
        }
        assert!(chat.take(&ana, at(0)).is_err());
    }

    #[test]
    fn an_office_behind_one_address_writes_as_ten_do_and_known_buyers_are_not_counted_in() {
        let event = kernel::id::EventId::new();
        let pass = |n: u32, known: bool| Pass {
            event,
            participant: format!("anyone:{n}"),
            name: "Ana".into(),
            lang: "es".into(),
            crew: false,
            known,
            via: "office".into(),
            expires: Instant::from_millis(1),
        };
        let (mut limits, now) = (Limits::default(), Instant::EPOCH);
        let spoken = (0..100).filter(|n| limits.may_chat(&pass(*n, false), now).is_ok()).count();
        assert_eq!(spoken, 30, "as many as ten people's bursts");
        assert_eq!(limits.may_chat(&pass(200, false), now), Err(Duration::from_millis(200)));
        assert_eq!(limits.may_chat(&pass(200, true), now), Ok(()));
        let elsewhere = Pass { via: "home".into(), ..pass(200, false) };
        assert_eq!(limits.may_chat(&elsewhere, now), Ok(()));
        let asked = (0..100).filter(|n| limits.may_ask(&pass(*n, false), now).is_ok()).count();
        assert_eq!(asked, 20);
    }
}
