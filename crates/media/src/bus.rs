//! The bus of one stream: what a source pushes, every sink gets, starting at a keyframe.
//!
//! A push never waits. The bus keeps the last two groups of pictures; a sink that falls behind them goes
//! on at the newest keyframe and counts what it missed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::sample::{Track, TrackId, Unit};

/// Groups of pictures kept for late and slow sinks.
const GROUPS: usize = 2;
/// Kept even when two groups are shorter, so that a short keyframe interval does not make sinks lag.
const UNITS_AT_LEAST: usize = 512;
const UNITS_AT_MOST: usize = 16_384;
const BYTES_AT_MOST: usize = 32 * 1024 * 1024;

/// The bus of one stream.
#[derive(Debug)]
pub struct Bus {
    shared: Arc<Mutex<Ring>>,
    head: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Ring {
    entries: VecDeque<Entry>,
    /// Number of the first entry still kept.
    first: u64,
    bytes: usize,
    groups: usize,
    tracks: Option<Arc<Vec<Track>>>,
    shows_ended: u64,
    /// Who subscribes later gets nothing from before this entry.
    cut: u64,
}

#[derive(Debug)]
struct Entry {
    unit: Unit,
    /// What was in force when it was pushed.
    tracks: Option<Arc<Vec<Track>>>,
    shows_ended: u64,
    starts_group: bool,
}

impl Default for Bus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus {
    pub fn new() -> Self {
        Self { shared: Arc::default(), head: watch::Sender::new(0) }
    }

    /// Gives `unit` to every sink. Samples before the first tracks, and after the end, go nowhere.
    pub fn push(&self, unit: Unit) {
        let head = {
            let mut ring = lock(&self.shared);
            ring.push(unit);
            ring.head()
        };
        self.head.send_replace(head);
    }

    /// Follows the stream from its last keyframe: first the tracks, then what is kept, then what comes.
    pub fn subscribe(&self) -> Subscription {
        let ring = lock(&self.shared);
        let mut subscription = Subscription {
            shared: Arc::clone(&self.shared),
            head: self.head.subscribe(),
            next: ring.head(),
            pending: VecDeque::new(),
            tracks: None,
            shows_ended: ring.shows_ended,
            waits_for_key: false,
            lags: 0,
        };
        if ring.tracks.is_some() {
            subscription.start_at_last_key(&ring);
        }
        subscription
    }

    /// Hides what was pushed so far from every later sink: it begins at the next keyframe.
    pub fn cut(&self) {
        let mut ring = lock(&self.shared);
        ring.cut = ring.head();
    }

    /// The tracks of the show that is running.
    pub fn tracks(&self) -> Option<Arc<Vec<Track>>> {
        lock(&self.shared).tracks.clone()
    }
}

impl Ring {
    fn head(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    fn push(&mut self, unit: Unit) {
        if self.tracks.is_none() && !matches!(unit, Unit::Tracks(_)) {
            return;
        }
        match &unit {
            Unit::Tracks(tracks) => self.tracks = Some(Arc::clone(tracks)),
            Unit::Sample(sample) => self.bytes += sample.data.len(),
            Unit::End => {
                self.tracks = None;
                self.shows_ended += 1;
            }
        }
        let starts_group = self.starts_group(&unit);
        self.groups += usize::from(starts_group);
        self.entries.push_back(Entry {
            unit,
            tracks: self.tracks.clone(),
            shows_ended: self.shows_ended,
            starts_group,
        });
        while self.is_over_full() {
            self.drop_first();
        }
    }

    /// Whether a sink can start here: at a video keyframe, or anywhere when there is no video.
    fn starts_group(&self, unit: &Unit) -> bool {
        let Unit::Sample(sample) = unit else { return false };
        let has_video =
            self.tracks.as_ref().is_some_and(|tracks| tracks.iter().any(|track| track.id == TrackId::Video));
        sample.key && (sample.track == TrackId::Video || !has_video)
    }

    fn is_over_full(&self) -> bool {
        let kept = self.entries.len();
        kept > UNITS_AT_MOST || self.bytes > BYTES_AT_MOST || (kept > UNITS_AT_LEAST && self.groups > GROUPS)
    }

    fn drop_first(&mut self) {
        let Some(entry) = self.entries.pop_front() else { return };
        self.first += 1;
        self.groups -= usize::from(entry.starts_group);
        if let Unit::Sample(sample) = &entry.unit {
            self.bytes -= sample.data.len();
        }
    }

    fn entry(&self, number: u64) -> Option<&Entry> {
        self.entries.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }
}

/// One sink's place on a [`Bus`].
#[derive(Debug)]
pub struct Subscription {
    shared: Arc<Mutex<Ring>>,
    head: watch::Receiver<u64>,
    next: u64,
    pending: VecDeque<Unit>,
    /// The tracks this sink was last told.
    tracks: Option<Arc<Vec<Track>>>,
    shows_ended: u64,
    /// Nothing can be shown before a keyframe.
    waits_for_key: bool,
    lags: u64,
}

impl Subscription {
    /// The next unit; `None` once the bus is gone. Safe to cancel.
    pub async fn next(&mut self) -> Option<Unit> {
        loop {
            self.head.borrow_and_update();
            if let Some(unit) = self.take() {
                return Some(unit);
            }
            if self.head.changed().await.is_err() {
                return self.take();
            }
        }
    }

    /// The next unit if it is already there.
    pub fn take(&mut self) -> Option<Unit> {
        if let Some(unit) = self.pending.pop_front() {
            return Some(unit);
        }
        let shared = Arc::clone(&self.shared);
        let ring = lock(&shared);
        if self.next < ring.first {
            self.lags += 1;
            self.start_at_last_key(&ring);
            if let Some(unit) = self.pending.pop_front() {
                return Some(unit);
            }
        }
        while self.waits_for_key && matches!(ring.entry(self.next)?.unit, Unit::Sample(_)) {
            if ring.entry(self.next)?.starts_group {
                self.waits_for_key = false;
            } else {
                self.next += 1;
            }
        }
        let entry = ring.entry(self.next)?;
        self.next += 1;
        self.shows_ended = entry.shows_ended;
        if let Unit::Tracks(tracks) = &entry.unit {
            self.tracks = Some(Arc::clone(tracks));
        }
        Some(entry.unit.clone())
    }

    /// How often this sink fell behind and went on at a later keyframe.
    pub fn lags(&self) -> u64 {
        self.lags
    }

    /// Goes on at the newest keyframe, or at the head when none is kept, and tells the end and the tracks
    /// that were passed over.
    fn start_at_last_key(&mut self, ring: &Ring) {
        let last = ring.entries.iter().enumerate().rev().find(|(_, entry)| entry.starts_group);
        let (next, tracks, shows_ended) = match last.map(|(place, entry)| (ring.first + place as u64, entry)) {
            Some((number, entry)) if entry.shows_ended == ring.shows_ended && number >= ring.cut => {
                (number, entry.tracks.clone(), entry.shows_ended)
            }
            _ => (ring.head(), ring.tracks.clone(), ring.shows_ended),
        };
        self.waits_for_key = ring.cut > 0 && next == ring.head();
        self.next = next;
        if self.shows_ended != shows_ended {
            self.shows_ended = shows_ended;
            self.pending.push_back(Unit::End);
        }
        let is_known = match (&self.tracks, &tracks) {
            (Some(told), Some(tracks)) => Arc::ptr_eq(told, tracks),
            _ => false,
        };
        if let Some(tracks) = tracks.filter(|_| !is_known) {
            self.tracks = Some(Arc::clone(&tracks));
            self.pending.push_back(Unit::Tracks(tracks));
        }
    }
}

/// Nothing that holds the lock can leave the ring half changed, so a poisoned lock is still good.
fn lock(ring: &Mutex<Ring>) -> MutexGuard<'_, Ring> {
    ring.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use kernel::Instant;

    use super::*;
    use crate::sample::{Codec, Sample};

    fn tracks(epoch: u32) -> Unit {
        Unit::Tracks(Arc::new(vec![Track {
            id: TrackId::Video,
            codec: Codec::Avc,
            timescale: 90_000,
            config: Bytes::new(),
            width: 1280,
            height: 720,
            channels: 0,
            sample_rate: 0,
            epoch,
        }]))
    }

    fn sample(dts: i64, key: bool) -> Unit {
        Unit::Sample(Arc::new(Sample {
            track: TrackId::Video,
            epoch: 1,
            dts,
            cts: 0,
            key,
            wall: Instant::EPOCH,
            data: Bytes::from_static(&[0; 100]),
        }))
    }

    fn drain(subscription: &mut Subscription) -> Vec<Unit> {
        std::iter::from_fn(|| subscription.take()).collect()
    }

    #[tokio::test]
    async fn a_new_sink_starts_at_the_last_keyframe() {
        let bus = Bus::new();
        bus.push(sample(0, true)); // before any tracks: nowhere
        bus.push(tracks(1));
        for dts in 0..25 {
            bus.push(sample(dts, dts % 10 == 0));
        }
        let mut sink = bus.subscribe();
        assert_eq!(sink.next().await, Some(tracks(1)));
        assert_eq!(sink.next().await, Some(sample(20, true)));
        assert_eq!(drain(&mut sink).len(), 4);
        bus.push(sample(25, false));
        assert_eq!(sink.next().await, Some(sample(25, false)));
        drop(bus);
        assert_eq!(sink.next().await, None);
    }

    #[test]
    fn a_lagging_sink_goes_on_at_a_keyframe_and_counts_it() {
        let bus = Bus::new();
        bus.push(tracks(1));
        let mut sink = bus.subscribe();
        for dts in 0..2_000 {
            bus.push(sample(dts, dts % 50 == 0));
        }
        let units = drain(&mut sink);
        assert_eq!(units[..2], [tracks(1), sample(1_950, true)]);
        assert_eq!(units.len(), 51);
        assert_eq!(sink.lags(), 1);
    }

    #[test]
    fn a_lagging_sink_still_hears_of_the_end_and_of_new_tracks() {
        let bus = Bus::new();
        bus.push(tracks(1));
        let mut sink = bus.subscribe();
        assert_eq!(drain(&mut sink), [tracks(1)]);
        bus.push(sample(0, true));
        bus.push(Unit::End);
        bus.push(tracks(2));
        for dts in 0..2_000 {
            bus.push(sample(dts, dts % 50 == 0));
        }
        assert_eq!(drain(&mut sink)[..3], [Unit::End, tracks(2), sample(1_950, true)]);
    }

    #[test]
    fn a_sink_that_comes_after_the_end_waits_for_the_next_show() {
        let bus = Bus::new();
        bus.push(tracks(1));
        bus.push(sample(0, true));
        bus.push(Unit::End);
        assert!(bus.tracks().is_none());
        let mut sink = bus.subscribe();
        assert_eq!(sink.take(), None);
        bus.push(tracks(2));
        assert_eq!(sink.take(), Some(tracks(2)));
    }

    #[test]
    fn a_sink_that_comes_after_a_cut_starts_at_the_next_keyframe_and_the_others_go_on() {
        let bus = Bus::new();
        bus.push(tracks(1));
        let mut before = bus.subscribe();
        for dts in 0..15 {
            bus.push(sample(dts, dts % 10 == 0));
        }
        bus.cut();
        let mut after = bus.subscribe();
        for dts in 15..25 {
            bus.push(sample(dts, dts % 10 == 0));
        }
        assert_eq!(drain(&mut before).len(), 26);
        assert_eq!(
            drain(&mut after),
            [&[tracks(1)][..], &(20..25).map(|dts| sample(dts, dts == 20)).collect::<Vec<_>>()].concat()
        );
        assert_eq!(drain(&mut bus.subscribe())[1], sample(20, true));
        assert_eq!((before.lags(), after.lags()), (0, 0));
    }

    #[test]
    fn what_is_kept_is_bounded_without_keyframes() {
        let bus = Bus::new();
        bus.push(tracks(1));
        for dts in 0..40_000 {
            bus.push(sample(dts, false));
        }
        assert!(lock(&bus.shared).entries.len() <= UNITS_AT_MOST);
    }
}
