//! Samples to parts: closes parts and segments on media time, and knows nothing of sockets or clocks.
//!
//! One track leads (video, else audio). Parts are closed *before* the frame that would overrun the part
//! target; a frame too long for that (a gap, a slow camera) stays whole in its part while the declared time
//! runs on in further parts, so that no part is ever longer than the target or, unless it ends its segment,
//! shorter than 85 % of it. A frame is held back until the next one says how long it lasts.

mod epoch;
mod interleave;
mod lane;

use std::sync::Arc;
use std::time::Duration;

use kernel::Instant;

use self::epoch::Epoch;
use self::interleave::Interleave;
use self::lane::{Lane, Refused};
use crate::boxes::{self, Timed};
pub use crate::part::{Init, Output, Part, SegmentEnd};
use crate::sample::{Sample, Track, TrackId, Unit};

/// A segment with video is cut at the first keyframe after this much.
const SEGMENT_AT_LEAST_US: i64 = 1_000_000;
/// Until the first two keyframes have told the target duration, a segment is cut after this much.
const FIRST_SEGMENT_AT_MOST_US: i64 = 6_000_000;
/// Without video every frame is a keyframe; segments are cut by length alone.
const AUDIO_SEGMENT_US: i64 = 2_000_000;
/// The first group may be a short one; those that follow must fit into the target it fixes.
const TARGET_AT_LEAST_S: u32 = 2;
/// EXTINF is rounded to whole seconds before it is compared with the target duration (RFC 8216bis 4.4.3.1).
const ROUNDING_US: i64 = 499_000;
/// A longer hole is not filled with parts: the timeline breaks instead.
const LONGEST_FILLED_GAP_US: i64 = 10_000_000;
/// Audio this far past a video frame means that video has stopped: time goes on without it.
const VIDEO_MISSING_AFTER_US: i64 = 1_500_000;
/// RTMP counts whole milliseconds: a frame may last this much longer than the one before.
const JITTER_US: i64 = 2_000;

/// More than this does not wait for the end of its part, so that no source fills the memory: the part is cut, and its
/// segment with it. 334 ms of 100 Mbit/s are a quarter of it.
pub const PART_BYTES_AT_MOST: usize = 16 * 1024 * 1024;

/// Makes parts and segments of one show. Lives through its epochs.
#[derive(Debug)]
pub struct Packager {
    part_us: i64,
    target_s: Option<u32>,
    msn: u64,
    sequence: u32,
    begun: bool,
    epoch: Option<Epoch>,
    interleave: Interleave,
    dropped: u64,
    /// Taken since the last part was closed.
    waiting_bytes: usize,
    out: Vec<Output>,
}

impl Packager {
    /// Makes parts no longer than `part_target`.
    pub fn new(part_target: Duration) -> Self {
        Self {
            part_us: i64::try_from(part_target.as_micros()).unwrap_or(i64::MAX).clamp(100_000, 2_000_000),
            target_s: None,
            msn: 0,
            sequence: 0,
            begun: false,
            epoch: None,
            interleave: Interleave::default(),
            dropped: 0,
            waiting_bytes: 0,
            out: Vec::new(),
        }
    }

    /// Samples refused because their times did not increase or no keyframe came before them.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Takes the next unit and gives what became complete.
    pub fn on(&mut self, unit: &Unit) -> Vec<Output> {
        match unit {
            Unit::Tracks(tracks) => self.begin(tracks),
            Unit::Sample(sample) => self.sample(sample),
            Unit::End => self.flush(),
        }
        std::mem::take(&mut self.out)
    }

    fn begin(&mut self, tracks: &Arc<Vec<Track>>) {
        self.flush();
        let find = |id| tracks.iter().find(|track| track.id == id);
        let (lead, beside) = match (find(TrackId::Video), find(TrackId::Audio)) {
            (Some(video), audio) => (video, audio),
            (None, Some(audio)) => (audio, None),
            (None, None) => return,
        };
        match boxes::init(tracks) {
            Ok(bytes) => self.out.push(Output::Init(Init { epoch: lead.epoch, tracks: tracks.clone(), bytes })),
            Err(cause) => {
                tracing::warn!(%cause, stream.epoch = lead.epoch, "a track cannot be packaged");
                return;
            }
        }
        self.epoch = Some(Epoch::new(lead, beside, self.begun));
    }

    fn sample(&mut self, sample: &Arc<Sample>) {
        let Some(epoch) = self.epoch.as_ref().filter(|epoch| epoch.number == sample.epoch) else {
            self.dropped += 1;
            return;
        };
        let free = self.interleave.take(epoch, sample.clone());
        self.go_on(&free);
    }

    fn go_on(&mut self, samples: &[Arc<Sample>]) {
        for sample in samples {
            if self.epoch.as_ref().is_some_and(|epoch| epoch.lead.track == sample.track) {
                self.lead(sample);
            } else {
                self.beside(sample);
            }
        }
    }

    /// Audio beside video: waits in its lane until the video of the same time is cut.
    fn beside(&mut self, sample: &Arc<Sample>) {
        let Some(epoch) = &mut self.epoch else { return };
        let Some(lane) = &mut epoch.beside else { return };
        let taken = if self.waiting_bytes > PART_BYTES_AT_MOST { Err(Refused) } else { lane.take(sample.clone()) };
        let Ok(before) = taken else {
            self.dropped += 1;
            return;
        };
        self.waiting_bytes += sample.data.len();
        lane.ready.extend(before);
        let now_us = lane.us(sample.dts);
        let first_us = lane.ready.front().map_or(now_us, |timed| lane.us(timed.sample.dts));
        // Video has stopped: its last frame is let go, and audio carries the time.
        let video_us = match &epoch.lead.pending {
            Some(frame) => epoch.lead.us(frame.dts),
            None => epoch.part_start_us.unwrap_or(first_us),
        };
        if now_us - video_us <= VIDEO_MISSING_AFTER_US {
            return;
        }
        epoch.anchor.get_or_insert((now_us, sample.wall));
        if epoch.part_start_us.is_none() {
            epoch.part_start_us = Some(first_us);
            epoch.segment_start_us = first_us;
        }
        if let Some(frame) = epoch.lead.pending.take() {
            let until = epoch.lead.ticks(now_us).saturating_sub(frame.dts);
            let duration = u32::try_from(until).unwrap_or(u32::MAX);
            self.place(Timed { sample: frame, duration });
        }
        self.advance(now_us);
    }

    /// A frame of the leading track.
    fn lead(&mut self, sample: &Arc<Sample>) {
        let Some(epoch) = &mut self.epoch else { return };
        let is_key = sample.key || epoch.lead.track == TrackId::Audio;
        if epoch.lead.last_dts.is_none() && !is_key {
            self.dropped += 1;
            return;
        }
        let Ok(before) = epoch.lead.take(sample.clone()) else {
            self.dropped += 1;
            return;
        };
        let at_us = epoch.lead.us(sample.dts);
        epoch.anchor.get_or_insert((at_us, sample.wall));
        if epoch.part_start_us.is_none() {
            epoch.part_start_us = Some(at_us);
            epoch.segment_start_us = at_us;
        }
        let gap_us = at_us
            - before.as_ref().map_or(epoch.part_start_us.unwrap_or(at_us), |timed| epoch.lead.us(timed.sample.dts));
        if gap_us > LONGEST_FILLED_GAP_US {
            self.break_timeline(before, at_us);
        } else {
            if let Some(before) = before {
                self.place(before);
            }
            self.cut_before(at_us, is_key);
        }
        if self.waiting_bytes > PART_BYTES_AT_MOST {
            self.end_segment_at(at_us);
        }
        self.waiting_bytes += sample.data.len();
    }

    /// Ends the segment with what there is, and begins again at `at_us`.
    fn break_timeline(&mut self, before: Option<Timed>, at_us: i64) {
        self.settle_beside();
        if let (Some(mut timed), Some(epoch)) = (before, &mut self.epoch) {
            timed.duration = u32::try_from(epoch.lead.ticks(self.part_us)).unwrap_or(u32::MAX);
            epoch.lead.last_duration = timed.duration;
            self.place(timed);
        }
        self.close_rest();
        if let Some(epoch) = &mut self.epoch {
            epoch.part_start_us = Some(at_us);
            epoch.segment_start_us = at_us;
            epoch.discontinuity = self.begun;
        }
    }

    /// Puts a frame into the part it belongs to, closing parts as it goes.
    fn place(&mut self, timed: Timed) {
        let Some(epoch) = &mut self.epoch else { return };
        let start_us = epoch.lead.us(timed.sample.dts);
        let end_us = epoch.lead.us(timed.sample.dts + i64::from(timed.duration));
        self.advance(start_us);
        let part_us = self.part_us;
        let Some(epoch) = &mut self.epoch else { return };
        let Some(part_start_us) = epoch.part_start_us else { return };
        let limit_us = part_start_us + part_us;
        if end_us <= limit_us {
            let usual_us = end_us - start_us;
            epoch.lead.ready.push_back(timed);
            if is_long_enough(end_us - part_start_us, part_us) && end_us + usual_us > limit_us + JITTER_US {
                self.close_part(end_us);
            }
        } else if is_long_enough(start_us - part_start_us, part_us) {
            self.close_part(start_us);
            self.place(timed);
        } else {
            epoch.lead.ready.push_back(timed);
            self.close_part(limit_us);
        }
    }

    /// Closes the parts that end at or before `us`.
    fn advance(&mut self, us: i64) {
        while let Some(start_us) = self.epoch.as_ref().and_then(|epoch| epoch.part_start_us)
            && us >= start_us + self.part_us
        {
            self.close_part(start_us + self.part_us);
        }
    }

    /// Ends the segment before a keyframe at `at_us`, if it is time.
    fn cut_before(&mut self, at_us: i64, is_key: bool) {
        let Some(epoch) = &self.epoch else { return };
        if !is_key || epoch.lead.track == TrackId::Audio {
            return;
        }
        let length_us = at_us - epoch.segment_start_us;
        let is_empty = epoch.index == 0 && epoch.part_start_us.is_some_and(|start| start >= at_us);
        if is_empty || (length_us < SEGMENT_AT_LEAST_US && epoch.segment_independent) {
            return;
        }
        self.advance(at_us);
        self.end_segment_at(at_us);
    }

    fn end_segment_at(&mut self, at_us: i64) {
        let Some(epoch) = &self.epoch else { return };
        let msn = self.msn;
        if epoch.part_start_us.is_some_and(|start_us| start_us < at_us) {
            self.close_part(at_us);
        }
        if self.msn == msn {
            self.end_segment();
        }
    }

    fn close_part(&mut self, end_us: i64) {
        let Some(epoch) = &mut self.epoch else { return };
        let Some(start_us) = epoch.part_start_us else { return };
        self.waiting_bytes = 0;
        let lead: Vec<Timed> = epoch.lead.ready.drain(..).collect();
        let beside = epoch.beside.as_mut().map(|lane| lane.before(end_us));
        let frames = u32::try_from(lead.len()).unwrap_or(u32::MAX);
        let independent = match epoch.lead.track {
            TrackId::Video => lead.iter().any(|timed| timed.sample.key),
            TrackId::Audio => !lead.is_empty(),
        };
        let bytes = epoch.fragment(self.sequence, &lead, beside.as_deref().unwrap_or_default());
        self.sequence = self.sequence.wrapping_add(u32::from(!bytes.is_empty()));
        if epoch.index == 0 {
            epoch.segment_independent = independent;
        }
        let (anchor_us, anchor) = epoch.anchor.unwrap_or((start_us, Instant::EPOCH));
        self.out.push(Output::Part(Part {
            epoch: epoch.number,
            msn: self.msn,
            index: epoch.index,
            start_us: start_us + epoch.shift_s.unwrap_or(0) * 1_000_000,
            duration_us: end_us - start_us,
            independent,
            discontinuity: std::mem::take(&mut epoch.discontinuity),
            wall: Instant::from_micros(anchor.micros().saturating_add(start_us - anchor_us)),
            frames,
            bytes,
        }));
        self.begun = true;
        epoch.index += 1;
        epoch.part_start_us = Some(end_us);
        let at_most_us = match (self.target_s, epoch.lead.track) {
            (Some(target_s), _) => i64::from(target_s) * 1_000_000 + ROUNDING_US,
            (None, TrackId::Video) => FIRST_SEGMENT_AT_MOST_US,
            (None, TrackId::Audio) => AUDIO_SEGMENT_US,
        };
        if end_us - epoch.segment_start_us + self.part_us > at_most_us {
            self.end_segment();
        }
    }

    fn end_segment(&mut self) {
        let Some(epoch) = &mut self.epoch else { return };
        let Some(end_us) = epoch.part_start_us.filter(|_| epoch.index > 0) else { return };
        let duration_us = end_us - epoch.segment_start_us;
        // Rounded up from a quarter: keyframes that come a little later next time still fit.
        let measured = || u32::try_from((duration_us + 750_000) / 1_000_000).unwrap_or(0).max(TARGET_AT_LEAST_S);
        let target_s = *self.target_s.get_or_insert_with(measured);
        self.out.push(Output::SegmentEnd(SegmentEnd { msn: self.msn, duration_us, target_s }));
        self.msn += 1;
        epoch.index = 0;
        epoch.segment_start_us = end_us;
        epoch.segment_independent = false;
    }

    /// Lets everything go that waits, with the last known durations, and ends the segment.
    fn flush(&mut self) {
        let rest = std::mem::take(&mut self.interleave).rest();
        self.go_on(&rest);
        self.settle_beside();
        let Some(epoch) = &mut self.epoch else { return };
        if epoch.part_start_us.is_none()
            && let Some(lane) = &epoch.beside
            && let Some(first) = lane.ready.front().map(|timed| &timed.sample).or(lane.pending.as_ref())
        {
            let first_us = lane.us(first.dts);
            epoch.anchor = Some((first_us, first.wall));
            epoch.part_start_us = Some(first_us);
            epoch.segment_start_us = first_us;
        }
        if let Some(timed) = epoch.lead.give_up() {
            self.place(timed);
        }
        self.close_rest();
        self.epoch = None;
    }

    /// Lets the audio that waits go, with the usual duration.
    fn settle_beside(&mut self) {
        if let Some(lane) = self.epoch.as_mut().and_then(|epoch| epoch.beside.as_mut()) {
            let last = lane.give_up();
            lane.ready.extend(last);
        }
    }

    /// Closes parts until nothing waits in any lane, and ends the segment.
    fn close_rest(&mut self) {
        self.settle_beside();
        let Some(epoch) = &self.epoch else { return };
        let end_of = |lane: &Lane| lane.ready.back().map(|timed| lane.us(timed.sample.dts + i64::from(timed.duration)));
        let end_us = end_of(&epoch.lead).max(epoch.beside.as_ref().and_then(end_of));
        if let Some(end_us) = end_us {
            self.advance(end_us);
            if self.epoch.as_ref().and_then(|epoch| epoch.part_start_us).is_some_and(|start| start < end_us) {
                self.close_part(end_us);
            }
            self.let_late_go();
        }
        self.end_segment();
    }

    /// Counts what came after its time was cut: a last part of its own would have no length.
    fn let_late_go(&mut self) {
        let Some(epoch) = &mut self.epoch else { return };
        let late = epoch.beside.as_ref().map_or(0, |lane| lane.ready.len()) + epoch.lead.ready.len();
        self.dropped += u64::try_from(late).unwrap_or(u64::MAX);
        epoch.lead.ready.clear();
        if let Some(lane) = &mut epoch.beside {
            lane.ready.clear();
        }
    }
}

/// 85 % of the part target (RFC 8216bis 4.4.4.9).
fn is_long_enough(us: i64, part_us: i64) -> bool {
    us * 100 >= part_us * 85
}
