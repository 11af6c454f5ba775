//! The encoder's clock: unfolded, and counted from the start of an epoch.

use std::time::Duration;

use bytes::Bytes;
use kernel::Instant;

use crate::aac::AacConfig;
use crate::sample::{TrackId, VIDEO_TIMESCALE};

const BACK_AT_MOST_MS: i64 = 1_000;
pub(super) const AHEAD_AT_MOST_MS: i64 = 10_000;
/// An audio clock this many frames off is put right at once; below it, frames are counted.
const SNAP_FRAMES: i64 = 2;

/// A clock that does not move by this much stands still.
const MOVES_MS: i64 = 100;
/// Samples of a clock that stands still are taken for so long.
pub(super) const STANDS_AT_MOST: Duration = Duration::from_secs(10);
/// A longer pause between two samples is the line's, not the clock's.
const PAUSE_COUNTED: Duration = Duration::from_secs(1);

/// A sample before its epoch is known.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) track: TrackId,
    pub(super) at_ms: i64,
    pub(super) cts_ms: i32,
    pub(super) key: bool,
    pub(super) wall: Instant,
    pub(super) data: Bytes,
}

/// Where an epoch began, and where each track is in it.
#[derive(Debug, Default)]
pub(super) struct Epoch {
    pub(super) origin_ms: i64,
    /// The furthest either track has come.
    pub(super) last_ms: i64,
    pub(super) video_ms: Option<i64>,
    pub(super) audio_ms: Option<i64>,
    pub(super) video_dts: Option<i64>,
    pub(super) audio_dts: Option<i64>,
    pub(super) has_key: bool,
}

/// Unfolds the 32-bit clock, which wraps after 49.7 days.
#[derive(Debug, Default)]
pub(super) struct WireClock {
    last: Option<u32>,
    unfolded_ms: i64,
}

impl WireClock {
    pub(super) fn unfold(&mut self, timestamp: u32) -> i64 {
        let last = self.last.replace(timestamp);
        let step = timestamp.wrapping_sub(last.unwrap_or(timestamp)).cast_signed();
        if last.is_none() {
            self.unfolded_ms = i64::from(timestamp);
        }
        self.unfolded_ms += i64::from(step);
        self.unfolded_ms
    }
}

/// Notices a clock that stands still while samples come: no part of theirs would ever be complete.
#[derive(Debug, Default)]
pub(super) struct Standstill {
    at_ms: i64,
    last: Option<Instant>,
    stood: Duration,
}

impl Standstill {
    pub(super) fn is_too_long(&mut self, at_ms: i64, wall: Instant) -> bool {
        let pause = self.last.replace(wall).map_or(Duration::ZERO, |last| wall.since(last));
        if (at_ms - self.at_ms).abs() >= MOVES_MS {
            (self.at_ms, self.stood) = (at_ms, Duration::ZERO);
        } else {
            self.stood += pause.min(PAUSE_COUNTED);
        }
        self.stood >= STANDS_AT_MOST
    }
}

impl Epoch {
    pub(super) fn last_of(&self, track: TrackId) -> Option<i64> {
        match track {
            TrackId::Video => self.video_ms,
            TrackId::Audio => self.audio_ms,
        }
    }

    /// Back against its own track, which interleaving cannot explain, or ahead of everything.
    pub(super) fn is_jump(&self, raw: &Raw) -> bool {
        let last_ms = self.last_of(raw.track).unwrap_or(self.origin_ms);
        raw.at_ms < last_ms - BACK_AT_MOST_MS || raw.at_ms > self.last_ms + AHEAD_AT_MOST_MS
    }

    /// The wire clock in 90 kHz; pushed up by a tick where it stands still, with the picture kept in place.
    pub(super) fn video(&mut self, at_ms: i64, cts_ms: i32) -> (i64, i32) {
        let wire = (at_ms - self.origin_ms) * i64::from(VIDEO_TIMESCALE / 1000);
        let dts = wire.max(self.video_dts.map_or(0, |last| last + 1));
        self.video_dts = Some(dts);
        let shown = wire + i64::from(cts_ms) * i64::from(VIDEO_TIMESCALE / 1000);
        (dts, i32::try_from(shown - dts).unwrap_or_default())
    }

    /// Counts frames, so that rounding to milliseconds makes no gaps; real gaps stay.
    pub(super) fn audio(&mut self, at_ms: i64, config: &AacConfig) -> i64 {
        let wire = ((at_ms - self.origin_ms) * i64::from(config.sample_rate)).div_euclid(1000);
        let frame = i64::from(config.frame_length);
        let dts = match self.audio_dts {
            None => wire.max(0),
            Some(last) if (wire - (last + frame)).abs() < SNAP_FRAMES * frame => last + frame,
            Some(last) => wire.max(last + 1),
        };
        self.audio_dts = Some(dts);
        dts
    }
}
