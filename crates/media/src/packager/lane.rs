//! One track's way into a part.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::boxes::Timed;
use crate::sample::{Codec, Sample, Track, TrackId};

/// One track's samples on their way into a part.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) track: TrackId,
    pub(super) timescale: u32,
    /// Waits for the next sample to say how long it lasts.
    pub(super) pending: Option<Arc<Sample>>,
    pub(super) last_duration: u32,
    pub(super) last_dts: Option<i64>,
    /// Where the sample ends that was given up before the next had come.
    given_until: i64,
    pub(super) ready: VecDeque<Timed>,
}

impl Lane {
    pub(super) fn new(track: &Track) -> Self {
        let usual = match track.codec {
            Codec::Avc => track.timescale / 30,
            Codec::Aac => 1024,
        };
        Self {
            track: track.id,
            timescale: track.timescale.max(1),
            pending: None,
            last_duration: usual,
            last_dts: None,
            given_until: i64::MIN,
            ready: VecDeque::new(),
        }
    }

    pub(super) fn us(&self, dts: i64) -> i64 {
        let us = (i128::from(dts) * 1_000_000).div_euclid(i128::from(self.timescale));
        i64::try_from(us).unwrap_or(if dts < 0 { i64::MIN / 4 } else { i64::MAX / 4 }).clamp(i64::MIN / 4, i64::MAX / 4)
    }

    pub(super) fn ticks(&self, us: i64) -> i64 {
        let ticks = (i128::from(us) * i128::from(self.timescale)).div_euclid(1_000_000);
        i64::try_from(ticks).unwrap_or(i64::MAX)
    }

    /// Takes a sample; gives back the one before, now that its duration is known.
    ///
    /// Decode times that do not increase are refused: `Err`.
    pub(super) fn take(&mut self, sample: Arc<Sample>) -> Result<Option<Timed>, Refused> {
        let overlaps = sample.dts < self.given_until || self.last_dts.is_some_and(|last| sample.dts <= last);
        if overlaps || self.us(sample.dts).abs() >= i64::MAX / 8 {
            return Err(Refused);
        }
        let next = sample.dts;
        self.last_dts = Some(next);
        let before = self.pending.replace(sample);
        Ok(before.map(|sample| {
            let duration = u32::try_from(next.saturating_sub(sample.dts)).unwrap_or(u32::MAX);
            self.last_duration = duration;
            Timed { sample, duration }
        }))
    }

    /// What begins before `end_us`. The sample that waits for its successor goes along: a part whose sound ends
    /// before its picture makes players believe that they lack its end.
    pub(super) fn before(&mut self, end_us: i64) -> Vec<Timed> {
        if self.pending.as_ref().is_some_and(|sample| self.us(sample.dts) < end_us) {
            let last = self.give_up();
            self.ready.extend(last);
        }
        let count = self.ready.iter().take_while(|timed| self.us(timed.sample.dts) < end_us).count();
        self.ready.drain(..count).collect()
    }

    /// Gives up the sample that waits, with the usual duration.
    pub(super) fn give_up(&mut self) -> Option<Timed> {
        let sample = self.pending.take()?;
        self.given_until = sample.dts.saturating_add(self.last_duration.into());
        Some(Timed { sample, duration: self.last_duration })
    }
}

/// A sample whose time does not fit.
pub(super) struct Refused;
