//! Whether media comes as fast as time goes by.

use kernel::Instant;

use crate::sample::Sample;

/// Jitter is taken out by the earliest arrival within this long.
const SPAN_MS: i64 = 5_000;

/// Compares media time with arrival, within one epoch.
#[derive(Debug, Default)]
pub struct Pace {
    /// The least delay of the first whole span: how far apart the two clocks are when nothing is late.
    usual_ms: Option<i64>,
    now_ms: Option<i64>,
    span: Option<Span>,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    began: Instant,
    least_ms: i64,
}

impl Pace {
    pub fn sample(&mut self, sample: &Sample, timescale: u32) {
        let media_ms = sample.dts.saturating_mul(1000) / i64::from(timescale.max(1));
        let delay_ms = sample.wall.millis() - media_ms;
        match &mut self.span {
            Some(span) if sample.wall.millis() - span.began.millis() < SPAN_MS => {
                span.least_ms = span.least_ms.min(delay_ms);
            }
            full => {
                if let Some(full) = full {
                    self.usual_ms.get_or_insert(full.least_ms);
                    self.now_ms = Some(full.least_ms);
                }
                *full = Some(Span { began: sample.wall, least_ms: delay_ms });
            }
        }
    }

    /// How much later media comes than at first; negative when it comes earlier.
    pub fn behind_ms(&self) -> i64 {
        self.now_ms.unwrap_or_default() - self.usual_ms.unwrap_or_default()
    }
}
