//! HLS playlists as text, and the rules of delivery directives: pure.
//!
//! Texts: draft-pantos-hls-rfc8216bis (clauses named below) and Apple's authoring specification. The same
//! playlist serves low-latency players and plain ones: parts are listed near the live edge only.

mod directives;
mod multivariant;
mod render;

use std::collections::VecDeque;
use std::time::Duration;

use kernel::Instant;

pub use self::directives::{BadDirective, Directives};
pub use self::multivariant::{Figures, codecs, multivariant};
pub(crate) use self::render::{date, line, seconds};
use crate::part::{Output, Part};

/// Parts are listed for this many target durations from the edge (4.4.4.9).
const PARTS_LISTED_TARGETS: i64 = 3;
/// Apple 14.3: three part targets behind the edge, computed, never rounded.
const HOLD_BACK_PARTS: i64 = 3;
/// CAN-SKIP-UNTIL is at least six target durations (4.4.3.8).
const SKIP_TARGETS: i64 = 6;
/// A request further ahead than this is refused (6.2.5.2).
const MSN_AHEAD: u64 = 2;

/// A window of more bytes is shortened, but for its last segments.
pub const WINDOW_BYTES_AT_MOST: u64 = 512 * 1024 * 1024;
const SEGMENTS_AT_LEAST: usize = 4;

/// When to answer a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Now,
    /// When the playlist has what was asked for.
    Later,
    /// Never: it is too far ahead.
    Refuse,
}

#[derive(Clone, Debug)]
struct Segment {
    msn: u64,
    epoch: u32,
    discontinuity: bool,
    wall: Instant,
    parts: Vec<PartLine>,
    bytes: u64,
    /// Known once it is complete.
    duration_us: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
struct PartLine {
    duration_us: i64,
    independent: bool,
    gap: bool,
}

impl Segment {
    fn length_us(&self) -> i64 {
        self.duration_us.unwrap_or_else(|| self.parts.iter().map(|part| part.duration_us).sum())
    }

    fn is_complete(&self) -> bool {
        self.duration_us.is_some()
    }
}

/// Another rendition of the same show, at its own live edge (4.4.5.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub uri: String,
    pub last_msn: u64,
    pub last_part: u32,
}

/// The media playlist of one rendition.
#[derive(Clone, Debug)]
pub struct Playlist {
    part_us: i64,
    window_us: i64,
    target_s: Option<u32>,
    segments: VecDeque<Segment>,
    discontinuities_gone: u64,
    ended: bool,
    /// The other renditions; none while audio is muxed and there is one rung.
    pub reports: Vec<Report>,
}

impl Playlist {
    /// Keeps at least `window` of complete segments, as long as it is not too heavy.
    pub fn new(part_target: Duration, window: Duration) -> Self {
        let us = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4);
        Self {
            part_us: us(part_target),
            window_us: us(window),
            target_s: None,
            segments: VecDeque::new(),
            discontinuities_gone: 0,
            ended: false,
            reports: Vec::new(),
        }
    }

    /// Takes what the packager made.
    pub fn on(&mut self, output: &Output) {
        match output {
            Output::Init(_) => {}
            Output::Part(part) => self.part(part),
            Output::SegmentEnd(end) => {
                self.target_s.get_or_insert(end.target_s);
                if let Some(segment) = self.segments.back_mut().filter(|segment| segment.msn == end.msn) {
                    segment.duration_us = Some(end.duration_us);
                }
                self.forget();
            }
        }
    }

    /// The show is over: the playlist changes no more.
    pub fn end(&mut self) {
        self.ended = true;
    }

    fn part(&mut self, part: &Part) {
        if self.segments.back().is_none_or(|segment| segment.msn != part.msn) {
            self.segments.push_back(Segment {
                msn: part.msn,
                epoch: part.epoch,
                discontinuity: part.discontinuity,
                wall: part.wall,
                parts: Vec::new(),
                bytes: 0,
                duration_us: None,
            });
        }
        if let Some(segment) = self.segments.back_mut() {
            segment.bytes += part.bytes.len() as u64;
            segment.parts.push(PartLine {
                duration_us: part.duration_us,
                independent: part.independent,
                gap: part.is_gap(),
            });
        }
    }

    /// Forgets segments that lie wholly before the window, and the oldest of one that has grown too heavy.
    fn forget(&mut self) {
        let mut length_us: i64 = self.segments.iter().map(Segment::length_us).sum();
        // A playlist may not fall under three target durations (6.2.2).
        let keep_us = self.window_us.max(3 * i64::from(self.target_s.unwrap_or(1)) * 1_000_000);
        let mut bytes: u64 = self.segments.iter().map(|segment| segment.bytes).sum();
        while let Some(first) = self.segments.front()
            && (length_us - first.length_us() >= keep_us
                || (bytes > WINDOW_BYTES_AT_MOST && self.segments.len() > SEGMENTS_AT_LEAST))
        {
            length_us -= first.length_us();
            bytes -= first.bytes;
            self.discontinuities_gone += u64::from(first.discontinuity);
            self.segments.pop_front();
        }
    }

    pub fn first_msn(&self) -> u64 {
        self.segments.front().map_or(0, |segment| segment.msn)
    }

    pub fn target(&self) -> Option<Duration> {
        self.target_s.map(|target_s| Duration::from_secs(target_s.into()))
    }

    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// The part that comes next: what the preload hint names.
    pub fn next_part(&self) -> (u64, u32) {
        match self.segments.back() {
            Some(open) if !open.is_complete() => (open.msn, count(open)),
            Some(last) => (last.msn + 1, 0),
            None => (0, 0),
        }
    }

    /// When a request with these directives is answered (6.2.5.2).
    pub fn answer(&self, wanted: Directives) -> Answer {
        let Some(mut msn) = wanted.msn else { return Answer::Now };
        if self.ended {
            return Answer::Now;
        }
        let (next_msn, next_part) = self.next_part();
        // The last complete segment is the one before `next_msn`.
        if msn > next_msn.saturating_add(MSN_AHEAD - 1) {
            return Answer::Refuse;
        }
        let Some(mut part) = wanted.part else {
            return if msn < next_msn { Answer::Now } else { Answer::Later };
        };
        let complete = self.segments.iter().find(|segment| segment.msn == msn && segment.is_complete());
        if complete.is_some_and(|segment| part >= count(segment)) {
            // A part beyond its segment is the first of the next.
            msn += 1;
            part = 0;
        }
        if msn < next_msn || (msn == next_msn && part < next_part) {
            return Answer::Now;
        }
        let made = if msn == next_msn { next_part } else { 0 };
        if part >= made.saturating_add(self.parts_ahead()) { Answer::Refuse } else { Answer::Later }
    }

    /// The advance part limit: three, or as many as cover three seconds of long parts.
    fn parts_ahead(&self) -> u32 {
        if self.part_us < 1_000_000 { 3 } else { u32::try_from(3_000_000 / self.part_us + 1).unwrap_or(3) }
    }
}

fn count(segment: &Segment) -> u32 {
    u32::try_from(segment.parts.len()).unwrap_or(u32::MAX)
}
