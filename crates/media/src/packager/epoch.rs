//! Where the packager is in an epoch, and the fragments it writes there.

use bytes::Bytes;
use kernel::Instant;

use super::lane::Lane;
use crate::boxes::{self, Run, Timed};
use crate::sample::{Sample, Track};

#[derive(Debug)]
pub(super) struct Epoch {
    pub(super) number: u32,
    pub(super) lead: Lane,
    /// Audio beside video.
    pub(super) beside: Option<Lane>,
    /// Whole seconds added to every time, so that a negative start fits an unsigned field and the
    /// tracks keep their distance exactly.
    pub(super) shift_s: Option<i64>,
    pub(super) anchor: Option<(i64, Instant)>,
    pub(super) part_start_us: Option<i64>,
    pub(super) index: u32,
    pub(super) segment_start_us: i64,
    pub(super) segment_independent: bool,
    pub(super) discontinuity: bool,
}

impl Epoch {
    pub(super) fn new(lead: &Track, beside: Option<&Track>, discontinuity: bool) -> Self {
        Self {
            number: lead.epoch,
            lead: Lane::new(lead),
            beside: beside.map(Lane::new),
            shift_s: None,
            anchor: None,
            part_start_us: None,
            index: 0,
            segment_start_us: 0,
            segment_independent: false,
            discontinuity,
        }
    }

    /// Whether picture and sound go side by side.
    pub(super) fn has_both(&self) -> bool {
        self.beside.is_some()
    }

    /// When a sample is decoded, in microseconds since the epoch began.
    pub(super) fn us(&self, sample: &Sample) -> i64 {
        let lane = self.beside.as_ref().filter(|lane| lane.track == sample.track).unwrap_or(&self.lead);
        lane.us(sample.dts)
    }

    /// The fragment of a part; empty when it has no samples.
    pub(super) fn fragment(&mut self, sequence: u32, lead: &[Timed], beside: &[Timed]) -> Bytes {
        let lanes = [(Some(&self.lead), lead), (self.beside.as_ref(), beside)];
        let first_us =
            lanes.iter().filter_map(|(lane, samples)| Some(lane.as_ref()?.us(samples.first()?.sample.dts))).min();
        let Some(first_us) = first_us else { return Bytes::new() };
        let shift_s =
            *self.shift_s.get_or_insert_with(|| (-first_us.min(0)).div_euclid(1_000_000) + i64::from(first_us < 0));
        let runs: Vec<Run<'_>> = lanes
            .iter()
            .filter_map(|(lane, samples)| {
                let lane = lane.as_ref()?;
                let shift = shift_s.saturating_mul(lane.timescale.into());
                // What starts before the first part of the epoch has no place in an unsigned field.
                let skip = samples.iter().take_while(|timed| timed.sample.dts.saturating_add(shift) < 0).count();
                let samples = &samples[skip..];
                let decode_time = samples.first()?.sample.dts.saturating_add(shift);
                Some(Run { track: lane.track, decode_time: u64::try_from(decode_time).unwrap_or(0), samples })
            })
            .collect();
        if runs.is_empty() {
            return Bytes::new();
        }
        boxes::fragment(sequence, &runs).unwrap_or_else(|cause| {
            tracing::error!(%cause, stream.epoch = self.number, "a part could not be written");
            Bytes::new()
        })
    }
}
