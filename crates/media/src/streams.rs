//! The streams there are, who feeds them, and whether anything flows.
//!
//! A stream outlives its sources: an encoder that reconnects goes on in the same show, in a new epoch.
//! Only [`Streams::end`] ends a show; the next source then begins a new one, under a new show id. A rehearsal
//! becomes a show by [`Streams::begin_show`]: the source stays, and what it sent before is not in the show.

mod publishing;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::{Clock, Instant};
use serde::Serialize;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

pub use self::publishing::Publishing;
use crate::bus::Bus;
use crate::gate::{PublishGrant, StreamName};
use crate::health::{Health, Warning, WarningCode};
use crate::meter::Meter;
use crate::sample::Unit;

/// Without a sample for this long a live stream is silent.
const SILENT_AFTER: Duration = Duration::from_secs(1);
/// A source that sent this lately is sending.
const SENDING: Duration = Duration::from_secs(2);
/// A source that took the place of one that was sending keeps it for this long, as long as it sends: two encoders
/// with one key, each coming back by itself, would take it from each other for ever.
const KEPT_PLACE: Duration = Duration::from_secs(30);
/// Take-overs are told for this long.
const CONTEST_TOLD: Duration = Duration::from_mins(1);
const CONTESTS_COUNTED: usize = 100;
/// A show that ended is known for this long, then its stream is forgotten.
const ENDED_KNOWN: Duration = Duration::from_mins(2);
const TICK: Duration = Duration::from_millis(250);
/// Changes kept for a listener that is slow; one that misses some reads [`Stream::health`].
const CHANGES_KEPT: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StreamState {
    /// No source has sent anything yet in this show.
    Idle,
    Live,
    /// Nothing came for a second; the show goes on.
    Silent,
    Ended,
}

/// A stream changed its state, or began a new show in the same; `at` is when the state began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamChange {
    pub name: StreamName,
    pub state: StreamState,
    pub at: Instant,
}

/// Every stream of this process. Clones share it.
#[derive(Clone)]
pub struct Streams {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    streams: Mutex<HashMap<StreamName, Arc<Stream>>>,
    changes: broadcast::Sender<StreamChange>,
}

/// One stream: its bus, its health and the show it is in.
#[derive(Debug)]
pub struct Stream {
    pub bus: Bus,
    name: StreamName,
    health: watch::Sender<Health>,
    feed: Mutex<Feed>,
    changes: broadcast::Sender<StreamChange>,
}

/// What changes as a stream is fed.
#[derive(Debug)]
struct Feed {
    state: StreamState,
    since: Instant,
    show_id: String,
    epoch: u32,
    source: Option<Source>,
    sources_so_far: u64,
    /// When another source took the place of one that was sending, or tried to.
    contests: VecDeque<Instant>,
    label: String,
    last_sample: Option<Instant>,
    meter: Meter,
    refusal: Option<Warning>,
}

#[derive(Debug)]
struct Source {
    number: u64,
    closed: CancellationToken,
    last_sample: Option<Instant>,
    /// Until then it keeps its place while it sends.
    keeps_place_until: Option<Instant>,
}

/// The stream's source has just replaced another and is sending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another source has just taken the stream over")]
pub struct PlaceKept;

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").finish_non_exhaustive()
    }
}

impl Streams {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let (changes, _) = broadcast::channel(CHANGES_KEPT);
        Self { shared: Arc::new(Shared { clock, streams: Mutex::default(), changes }) }
    }

    /// The stream of that name, made when there is none. Not for names that come from outside.
    pub fn stream(&self, name: &StreamName) -> Arc<Stream> {
        self.entry(&mut lock(&self.shared.streams), name)
    }

    /// The stream of that name if there is one: for names that come from outside.
    pub fn find(&self, name: &StreamName) -> Option<Arc<Stream>> {
        lock(&self.shared.streams).get(name).cloned()
    }

    pub fn all(&self) -> Vec<Arc<Stream>> {
        lock(&self.shared.streams).values().cloned().collect()
    }

    /// Every change of state from now on.
    pub fn changes(&self) -> broadcast::Receiver<StreamChange> {
        self.shared.changes.subscribe()
    }

    /// Makes the holder of `grant` the stream's source; the one before it is closed, unless it keeps its place.
    pub fn publish(&self, grant: &PublishGrant) -> Result<Publishing, PlaceKept> {
        let now = self.shared.clock.now();
        let mut streams = lock(&self.shared.streams);
        let stream = self.entry(&mut streams, &grant.name);
        // With the map still locked, so that the stream is not forgotten meanwhile.
        let (number, closed) = stream.take_over(grant, now)?;
        Ok(Publishing { stream, number, closed, clock: Arc::clone(&self.shared.clock) })
    }

    fn entry(&self, streams: &mut HashMap<StreamName, Arc<Stream>>, name: &StreamName) -> Arc<Stream> {
        let stream = streams.entry(name.clone()).or_insert_with(|| {
            Arc::new(Stream::new(name.clone(), self.shared.changes.clone(), self.shared.clock.now()))
        });
        Arc::clone(stream)
    }

    /// Closes the stream's source. It may come back.
    pub fn kick(&self, name: &StreamName) {
        if let Some(stream) = self.find(name) {
            lock(&stream.feed).close_source();
        }
    }

    /// Begins a new show with the source that is there, under a new show id and from its next keyframe on.
    /// Nothing sent so far is in it.
    pub fn begin_show(&self, name: &StreamName) {
        if let Some(stream) = self.find(name) {
            stream.begin_show();
        }
    }

    /// Ends the show: the source is closed, every sink hears [`Unit::End`].
    pub fn end(&self, name: &StreamName) {
        if let Some(stream) = self.find(name) {
            stream.end(self.shared.clock.now());
        }
    }

    /// Looks for streams that fell silent, and forgets those that ended.
    pub fn tick(&self, now: Instant) {
        lock(&self.shared.streams).retain(|_, stream| !stream.is_forgotten(now));
        for stream in self.all() {
            stream.tick(now);
        }
    }

    /// Ticks until cancelled. The RTMP server does so by itself.
    pub async fn watch(&self, cancel: CancellationToken) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while cancel.run_until_cancelled(ticks.tick()).await.is_some() {
            self.tick(self.shared.clock.now());
        }
    }
}

impl Stream {
    fn new(name: StreamName, changes: broadcast::Sender<StreamChange>, now: Instant) -> Self {
        Self {
            bus: Bus::new(),
            name,
            health: watch::Sender::new(Health::of_nothing(now)),
            feed: Mutex::new(Feed {
                state: StreamState::Idle,
                since: now,
                show_id: new_show_id(),
                epoch: 0,
                source: None,
                sources_so_far: 0,
                contests: VecDeque::new(),
                label: String::new(),
                last_sample: None,
                meter: Meter::default(),
                refusal: None,
            }),
            changes,
        }
    }

    pub fn name(&self) -> &StreamName {
        &self.name
    }

    /// Random, 128 bits in hex: the path of everything below the multivariant playlist.
    pub fn show_id(&self) -> String {
        lock(&self.feed).show_id.clone()
    }

    pub fn state(&self) -> StreamState {
        lock(&self.feed).state
    }

    pub fn health(&self) -> Health {
        self.health.borrow().clone()
    }

    fn is_forgotten(&self, now: Instant) -> bool {
        let feed = lock(&self.feed);
        feed.state == StreamState::Ended && feed.source.is_none() && now.since(feed.since) >= ENDED_KNOWN
    }

    fn take_over(&self, grant: &PublishGrant, now: Instant) -> Result<(u64, CancellationToken), PlaceKept> {
        let mut feed = lock(&self.feed);
        let is_contest = feed.source.as_ref().is_some_and(|source| source.is_sending(now));
        if is_contest {
            feed.contest(now);
        }
        if is_contest && feed.source.as_ref().is_some_and(|source| source.keeps_place(now)) {
            self.tell(&feed, now);
            return Err(PlaceKept);
        }
        if feed.close_source() {
            tracing::info!(stream.name = %self.name, "a new source takes the stream over");
        }
        if feed.state == StreamState::Ended {
            feed.show_id = new_show_id();
            feed.state = StreamState::Idle;
            feed.since = now;
            feed.last_sample = None;
        }
        feed.sources_so_far += 1;
        feed.label.clone_from(&grant.label);
        feed.meter = Meter::new(grant.max_bitrate_kbps);
        feed.refusal = None;
        let source = Source {
            number: feed.sources_so_far,
            closed: CancellationToken::new(),
            last_sample: None,
            keeps_place_until: is_contest.then(|| now + KEPT_PLACE),
        };
        let taken = (source.number, source.closed.clone());
        feed.source = Some(source);
        self.tell(&feed, now);
        Ok(taken)
    }

    fn begin_show(&self) {
        let mut feed = lock(&self.feed);
        self.bus.cut();
        feed.show_id = new_show_id();
        if matches!(feed.state, StreamState::Live | StreamState::Silent) {
            // Whoever follows shows hears of the new one.
            let _ = self.changes.send(StreamChange { name: self.name.clone(), state: feed.state, at: feed.since });
        }
    }

    fn end(&self, now: Instant) {
        let mut feed = lock(&self.feed);
        feed.close_source();
        if feed.state != StreamState::Ended {
            self.bus.push(Unit::End);
            self.turn(&mut feed, StreamState::Ended, now);
            self.tell(&feed, now);
        }
    }

    fn tick(&self, now: Instant) {
        let mut feed = lock(&self.feed);
        let Some(last) = feed.last_sample else { return };
        if feed.state == StreamState::Live && now.since(last) >= SILENT_AFTER {
            self.turn(&mut feed, StreamState::Silent, last);
        }
        if feed.state == StreamState::Silent {
            self.tell(&feed, now);
        }
    }

    fn turn(&self, feed: &mut Feed, state: StreamState, at: Instant) {
        feed.state = state;
        feed.since = at;
        tracing::info!(stream.name = %self.name, stream.state = ?state, "stream changed");
        // No listener is no failure.
        let _ = self.changes.send(StreamChange { name: self.name.clone(), state, at });
    }

    fn tell(&self, feed: &Feed, now: Instant) {
        let mut warnings = feed.meter.warnings(now);
        warnings.extend(feed.refusal.clone());
        warnings.extend(feed.contested(now));
        let health = Health {
            state: feed.state,
            since: feed.since,
            video: feed.meter.video(now),
            audio: feed.meter.audio(now),
            source: feed.label.clone(),
            warnings,
        };
        self.health.send_if_modified(|told| {
            let is_news = *told != health;
            *told = health;
            is_news
        });
    }
}

impl Feed {
    fn is_fed_by(&self, number: u64) -> bool {
        self.source.as_ref().is_some_and(|source| source.number == number)
    }

    fn contest(&mut self, now: Instant) {
        self.contests.push_back(now);
        if self.contests.len() > CONTESTS_COUNTED {
            self.contests.pop_front();
        }
    }

    fn contested(&self, now: Instant) -> Option<Warning> {
        let count = self.contests.iter().filter(|at| now.since(**at) < CONTEST_TOLD).count();
        (count > 0).then(|| Warning { code: WarningCode::SourceReplaced, fact: count.to_string() })
    }

    /// True when there was one.
    fn close_source(&mut self) -> bool {
        self.source.take().is_some_and(|source| {
            source.closed.cancel();
            true
        })
    }
}

impl Source {
    fn is_sending(&self, now: Instant) -> bool {
        self.last_sample.is_some_and(|last| now.since(last) < SENDING)
    }

    fn keeps_place(&self, now: Instant) -> bool {
        self.keeps_place_until.is_some_and(|until| now < until)
    }
}

fn new_show_id() -> String {
    kernel::secret::random_token::<16>().expose().clone()
}

/// Nothing that holds these locks leaves them half changed, so a poisoned one is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
