//! Picture and sound in the order of their times.
//!
//! Encoders send both nearly in order, some with one a little behind. A part must hold both up to its end, so what is
//! ahead waits for the other track, but never long: a microphone that is silent must not hold up the picture.

use std::collections::VecDeque;
use std::sync::Arc;

use super::epoch::Epoch;
use crate::sample::{Sample, TrackId};

/// How far one track may run ahead before it goes on alone.
const WAIT_US: i64 = 250_000;
/// A track this far behind has stopped: nobody waits for it.
const STOPPED_US: i64 = 1_000_000;
/// A clock that stands still lets a track wait for ever; more than this does not.
const WAITING_AT_MOST: usize = 64;
const WAITING_BYTES_AT_MOST: usize = 8 << 20;

#[derive(Debug, Default)]
pub(super) struct Interleave {
    video: Queue,
    audio: Queue,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<(i64, Arc<Sample>)>,
    /// When the track's first and newest samples are, in microseconds.
    first_us: Option<i64>,
    newest_us: Option<i64>,
}

impl Interleave {
    /// Takes a sample of `epoch`, and gives what may go on.
    pub(super) fn take(&mut self, epoch: &Epoch, sample: Arc<Sample>) -> Vec<Arc<Sample>> {
        let at_us = epoch.us(&sample);
        let (own, other) = match sample.track {
            TrackId::Video => (&mut self.video, &mut self.audio),
            TrackId::Audio => (&mut self.audio, &mut self.video),
        };
        own.first_us.get_or_insert(at_us);
        own.newest_us = own.newest_us.max(Some(at_us));
        own.waiting.push_back((at_us, sample));
        if !epoch.has_both() {
            return self.rest();
        }
        let mut free = Vec::new();
        while let Some((at_us, _)) = own.waiting.front() {
            match other.waiting.front() {
                Some((other_us, _)) if other_us <= at_us => free.extend(other.next()),
                None if own.waits_for(other, *at_us) => break,
                Some(_) | None => free.extend(own.next()),
            }
        }
        free
    }

    /// Gives all that waits.
    pub(super) fn rest(&mut self) -> Vec<Arc<Sample>> {
        let mut rest: Vec<_> = self.video.waiting.drain(..).chain(self.audio.waiting.drain(..)).collect();
        rest.sort_by_key(|(at_us, _)| *at_us);
        rest.into_iter().map(|(_, sample)| sample).collect()
    }
}

impl Queue {
    fn next(&mut self) -> Option<Arc<Sample>> {
        self.waiting.pop_front().map(|(_, sample)| sample)
    }

    fn is_full(&self) -> bool {
        let bytes = || self.waiting.iter().map(|(_, sample)| sample.data.len()).sum::<usize>();
        self.waiting.len() > WAITING_AT_MOST || bytes() > WAITING_BYTES_AT_MOST
    }

    /// Whether a sample at `at_us` still waits for the other track.
    fn waits_for(&self, other: &Self, at_us: i64) -> bool {
        let heard_us = other.newest_us.or(self.first_us).unwrap_or(at_us);
        let ahead_us = self.newest_us.unwrap_or(at_us) - at_us;
        at_us - heard_us < STOPPED_US && ahead_us < WAIT_US && !self.is_full()
    }
}
