//! The live window of one show: the last minute of parts, the playlist rendered once per part, and a
//! `watch` that wakes everyone who waits.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::packager::{Init, Output, Packager, Part, SegmentEnd};
use crate::playlist::{self, Answer, Directives, Figures, Playlist};
use crate::sample::Unit;

/// Segments stay this many target durations after they left the playlist (RFC 8216bis 6.2.2).
const LINGER_TARGETS: u64 = 3;
/// Without news for this many target durations a waiting request is given up (6.2.5.2).
const PATIENCE_TARGETS: u32 = 3;
/// Before the target duration is known.
const PATIENCE_AT_START: Duration = Duration::from_secs(10);
/// Segments whose weight tells the bandwidth.
const WEIGHED_SEGMENTS: usize = 30;

/// A text in both encodings, made once for all who ask.
#[derive(Clone, Debug)]
pub struct Text {
    pub plain: Bytes,
    pub gzip: Bytes,
}

impl Text {
    pub fn new(text: String) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        // Writing to memory cannot fail; an empty body would be refused by the player, not believed.
        let gzip = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
        Self { plain: text.into(), gzip: gzip.into() }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It is not there, and will not be.
    Gone,
    /// The directives point too far ahead.
    BadDirective,
    /// It did not come in time.
    TimedOut,
}

/// The live window of one show.
#[derive(Debug)]
pub struct Window {
    show_id: String,
    state: Mutex<State>,
    /// When somebody last asked for something of it.
    asked: Mutex<Instant>,
    /// Counts changes.
    news: watch::Sender<u64>,
}

#[derive(Debug)]
struct State {
    packager: Packager,
    playlist: Playlist,
    inits: BTreeMap<u32, Init>,
    kept: BTreeMap<u64, Kept>,
    full: Option<Text>,
    delta: Option<Text>,
    weights: VecDeque<Weight>,
    open: Weight,
}

#[derive(Debug, Default)]
struct Kept {
    parts: Vec<Bytes>,
    epoch: u32,
    is_complete: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    bytes: u64,
    frames: u64,
    us: u64,
}

impl Window {
    pub fn new(show_id: String, part_target: Duration, window: Duration) -> Self {
        Self {
            show_id,
            state: Mutex::new(State {
                packager: Packager::new(part_target),
                playlist: Playlist::new(part_target, window),
                inits: BTreeMap::new(),
                kept: BTreeMap::new(),
                full: None,
                delta: None,
                weights: VecDeque::new(),
                open: Weight::default(),
            }),
            asked: Mutex::new(Instant::now()),
            news: watch::Sender::new(0),
        }
    }

    pub fn show_id(&self) -> &str {
        &self.show_id
    }

    /// For how long nobody has asked for anything of it.
    pub fn unasked(&self) -> Duration {
        lock(&self.asked).elapsed()
    }

    /// Takes the next unit of the stream and wakes those who wait for what it completed; true when there was
    /// something.
    pub fn on(&self, unit: &Unit) -> bool {
        let has_news = lock(&self.state).on(unit);
        if has_news {
            self.news.send_modify(|count| *count += 1);
        }
        has_news
    }

    /// The multivariant playlist, once there is something to play.
    pub async fn multivariant(&self, uri: &str) -> Result<String, Missing> {
        self.wait(|state| state.multivariant(uri).map(Ok)).await
    }

    /// The media playlist these directives ask for, when it has it, and the target duration.
    pub async fn playlist(&self, wanted: Directives) -> Result<(Text, Duration), Missing> {
        self.wait(|state| {
            let target = state.playlist.target()?;
            match state.playlist.answer(wanted) {
                Answer::Refuse => Some(Err(Missing::BadDirective)),
                Answer::Later => None,
                Answer::Now => {
                    let text = if wanted.skip { state.delta.clone() } else { state.full.clone() };
                    Some(text.map(|text| (text, target)).ok_or(Missing::Gone))
                }
            }
        })
        .await
    }

    pub fn init(&self, epoch: u32) -> Result<Bytes, Missing> {
        lock(&self.state).inits.get(&epoch).map(|init| init.bytes.clone()).ok_or(Missing::Gone)
    }

    /// The parts of a complete segment.
    pub fn segment(&self, msn: u64) -> Result<Vec<Bytes>, Missing> {
        let state = lock(&self.state);
        let kept = state.kept.get(&msn).filter(|kept| kept.is_complete).ok_or(Missing::Gone)?;
        Ok(kept.parts.clone())
    }

    /// A part; held open when it is the one the playlist hints at.
    pub async fn part(&self, msn: u64, index: u32) -> Result<Bytes, Missing> {
        self.wait(|state| {
            let place = usize::try_from(index).unwrap_or(usize::MAX);
            let part = state.kept.get(&msn).and_then(|kept| kept.parts.get(place));
            match part {
                Some(bytes) if !bytes.is_empty() => Some(Ok(bytes.clone())),
                None if state.playlist.next_part() == (msn, index) && !state.playlist.has_ended() => None,
                _ => Some(Err(Missing::Gone)),
            }
        })
        .await
    }

    /// Looks now and after each change until `look` finds something, or patience ends.
    async fn wait<T>(&self, mut look: impl FnMut(&State) -> Option<Result<T, Missing>>) -> Result<T, Missing> {
        let mut news = self.news.subscribe();
        *lock(&self.asked) = Instant::now();
        loop {
            news.borrow_and_update();
            let patience = {
                let state = lock(&self.state);
                if let Some(found) = look(&state) {
                    return found;
                }
                state.playlist.target().map_or(PATIENCE_AT_START, |target| target * PATIENCE_TARGETS)
            };
            match tokio::time::timeout(patience, news.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => return Err(Missing::TimedOut),
            }
        }
    }
}

impl State {
    /// True when something became complete.
    fn on(&mut self, unit: &Unit) -> bool {
        let outputs = self.packager.on(unit);
        for output in &outputs {
            self.playlist.on(output);
            match output {
                Output::Init(init) => {
                    self.inits.insert(init.epoch, init.clone());
                }
                Output::Part(part) => self.keep(part),
                Output::SegmentEnd(end) => self.complete(*end),
            }
        }
        let is_over = matches!(unit, Unit::End);
        if is_over {
            self.playlist.end();
        }
        let has_news = is_over || outputs.iter().any(|output| !matches!(output, Output::Init(_)));
        if has_news {
            self.full = self.playlist.render(false).map(Text::new);
            self.delta = self.playlist.render(true).map(Text::new);
        }
        has_news
    }

    fn keep(&mut self, part: &Part) {
        let kept = self.kept.entry(part.msn).or_default();
        kept.epoch = part.epoch;
        kept.parts.push(part.bytes.clone());
        self.open.bytes += part.bytes.len() as u64;
        self.open.frames += u64::from(part.frames);
        self.open.us += u64::try_from(part.duration_us).unwrap_or(0);
    }

    fn complete(&mut self, end: SegmentEnd) {
        if let Some(kept) = self.kept.get_mut(&end.msn) {
            kept.is_complete = true;
        }
        self.weights.push_back(std::mem::take(&mut self.open));
        if self.weights.len() > WEIGHED_SEGMENTS {
            self.weights.pop_front();
        }
        let keep_from = self.playlist.first_msn().saturating_sub(LINGER_TARGETS);
        self.kept = self.kept.split_off(&keep_from);
        let oldest_epoch = self.kept.values().map(|kept| kept.epoch).min().unwrap_or(0);
        self.inits = self.inits.split_off(&oldest_epoch);
    }

    fn multivariant(&self, uri: &str) -> Option<String> {
        let epoch = self.kept.last_key_value()?.1.epoch;
        let init = self.inits.get(&epoch)?;
        self.full.as_ref()?;
        Some(playlist::multivariant(&init.tracks, self.figures(), uri))
    }

    fn figures(&self) -> Figures {
        let rate = |amount: u64, us: u64| amount.saturating_mul(1_000_000) / us.max(1);
        let sum = self.weights.iter().fold(Weight::default(), |sum, weight| Weight {
            bytes: sum.bytes + weight.bytes,
            frames: sum.frames + weight.frames,
            us: sum.us + weight.us,
        });
        Figures {
            peak_bps: self.weights.iter().map(|weight| rate(weight.bytes * 8, weight.us)).max().unwrap_or(0),
            average_bps: rate(sum.bytes * 8, sum.us),
            frame_rate_milli: (sum.frames > 0).then(|| rate(sum.frames * 1000, sum.us)),
        }
    }
}

/// Nothing that holds these locks leaves what they guard half changed, so a poisoned one is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
