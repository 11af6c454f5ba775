//! What one connection still has to write. Nearly always nothing: the shared frame goes straight into the
//! socket. Only what the socket would not take waits here, within bounds.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use kernel::Instant;

/// Above this a connection gets control events only.
pub const LAGGING_BYTES: usize = 64 * 1024;
/// Above this it is closed.
pub const TOO_SLOW_BYTES: usize = 256 * 1024;

/// Where bytes go: a socket, or a test's stand-in.
pub trait Sink {
    /// Takes what it can now, without waiting.
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;
}

/// How a write went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrote {
    /// All is with the socket.
    All,
    /// Something waits: call [`Pending::drain`] when the socket can be written.
    Some,
    /// The peer reads too slowly: close it with 4008.
    TooSlow,
    /// The socket is gone.
    Gone,
}

/// What goes to all connections of a room in one round: whole frames, one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Round {
    pub full: Bytes,
    /// The same without chat, for those who lag.
    pub ctl_only: Bytes,
}

/// A connection's unwritten bytes.
#[derive(Debug)]
pub struct Pending {
    /// A socket that takes nothing for so long is closed.
    patience: Duration,
    chunks: VecDeque<Bytes>,
    bytes: usize,
    blocked_since: Option<Instant>,
    /// Chat was left out since the last time nothing waited.
    pub gap: bool,
}

impl Pending {
    pub fn new(patience: Duration) -> Self {
        Self { patience, chunks: VecDeque::new(), bytes: 0, blocked_since: None, gap: false }
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Writes a round, or keeps what the socket does not take.
    pub fn round(&mut self, round: &Round, sink: &impl Sink, now: Instant) -> Wrote {
        if self.bytes > LAGGING_BYTES {
            self.gap |= round.ctl_only.len() < round.full.len();
            return self.send(round.ctl_only.clone(), sink, now);
        }
        self.send(round.full.clone(), sink, now)
    }

    /// Writes whole frames, or keeps what the socket does not take.
    pub fn send(&mut self, mut frames: Bytes, sink: &impl Sink, now: Instant) -> Wrote {
        if self.chunks.is_empty() && !frames.is_empty() {
            match sink.try_write(&frames) {
                Ok(taken) => drop(frames.split_to(taken)),
                Err(refused) if refused.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return Wrote::Gone,
            }
        }
        if frames.is_empty() {
            return if self.chunks.is_empty() { Wrote::All } else { self.verdict(now) };
        }
        self.bytes += frames.len();
        self.chunks.push_back(frames);
        self.blocked_since.get_or_insert(now);
        self.verdict(now)
    }

    /// Writes what waits, as far as the socket takes it.
    pub fn drain(&mut self, sink: &impl Sink, now: Instant) -> Wrote {
        while let Some(front) = self.chunks.front_mut() {
            match sink.try_write(front) {
                Ok(0) => return Wrote::Gone,
                Ok(taken) => {
                    self.bytes -= taken;
                    self.blocked_since = Some(now);
                    drop(front.split_to(taken));
                    if front.is_empty() {
                        self.chunks.pop_front();
                    }
                }
                Err(refused) if refused.kind() == io::ErrorKind::WouldBlock => return self.verdict(now),
                Err(_) => return Wrote::Gone,
            }
        }
        self.chunks = VecDeque::new();
        self.blocked_since = None;
        Wrote::All
    }

    /// Whether what waits, waits too long.
    pub fn verdict(&self, now: Instant) -> Wrote {
        let blocked = self.blocked_since.is_some_and(|since| now.since(since) >= self.patience);
        match self.chunks.is_empty() {
            true => Wrote::All,
            false if blocked || self.bytes > TOO_SLOW_BYTES => Wrote::TooSlow,
            false => Wrote::Some,
        }
    }

    /// Throws away all but what has been begun: a partly written frame must be finished first.
    pub fn abandon(&mut self) {
        self.chunks.truncate(1);
        self.bytes = self.chunks.front().map_or(0, Bytes::len);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// A socket with room for so many bytes.
    #[derive(Default)]
    struct Wire {
        room: Cell<usize>,
        got: RefCell<Vec<u8>>,
    }
    impl Sink for Wire {
        fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.room.get());
            if taken == 0 {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            self.room.set(self.room.get() - taken);
            self.got.borrow_mut().extend_from_slice(&bytes[..taken]);
            Ok(taken)
        }
    }

    const BLOCKED_FOR: Duration = Duration::from_secs(10);
    const NOW: Instant = Instant::from_millis(1_000_000);

    fn round(size: usize) -> Round {
        Round { full: vec![b'f'; size].into(), ctl_only: vec![b'c'; size / 8].into() }
    }

    #[test]
    fn a_begun_frame_is_finished_before_the_next() {
        let (wire, mut pending) = (Wire::default(), Pending::new(BLOCKED_FOR));
        wire.room.set(3);
        assert_eq!(pending.send("first".into(), &wire, NOW), Wrote::Some);
        assert_eq!(pending.send("second".into(), &wire, NOW), Wrote::Some);
        wire.room.set(100);
        assert_eq!(pending.drain(&wire, NOW), Wrote::All);
        assert_eq!(wire.got.borrow().as_slice(), b"firstsecond");
        assert_eq!(pending.bytes(), 0);
    }

    #[test]
    fn a_lagging_reader_gets_control_events_only_and_is_then_closed() {
        let (wire, mut pending) = (Wire::default(), Pending::new(BLOCKED_FOR));
        let mut rounds = 0;
        while pending.round(&round(16 * 1024), &wire, NOW) == Wrote::Some {
            rounds += 1;
            assert!(pending.bytes() <= TOO_SLOW_BYTES + 16 * 1024);
            assert_eq!(pending.gap, rounds > 5, "round {rounds}");
        }
        assert!(rounds > 60, "control events alone last much longer: {rounds}");
    }

    #[test]
    fn a_reader_that_stops_is_closed_after_ten_seconds_and_one_that_goes_on_is_not() {
        let (wire, mut pending) = (Wire::default(), Pending::new(BLOCKED_FOR));
        assert_eq!(pending.round(&round(64), &wire, NOW), Wrote::Some);
        let later = NOW + BLOCKED_FOR;
        assert_eq!(pending.verdict(later - Duration::from_millis(1)), Wrote::Some);
        assert_eq!(pending.verdict(later), Wrote::TooSlow);
        wire.room.set(1);
        assert_eq!(pending.drain(&wire, later), Wrote::Some, "one byte was taken");
        assert_eq!(pending.verdict(later), Wrote::Some);
        pending.abandon();
        assert_eq!(pending.bytes(), 63);
    }
}
