//! The media playlist as text.

use std::fmt::Write;

use kernel::Instant;

use super::{HOLD_BACK_PARTS, PARTS_LISTED_TARGETS, Playlist, Report, SKIP_TARGETS, Segment};

impl Playlist {
    /// The playlist as text; `None` before the target duration is known.
    ///
    /// With `delta`, segments before the skip boundary are replaced by EXT-X-SKIP, if there are any.
    pub fn render(&self, delta: bool) -> Option<String> {
        let target_s = i64::from(self.target_s?);
        let mut text = String::with_capacity(4096);
        self.render_head(target_s, &mut text);
        let mut left_us: i64 = self.segments.iter().map(Segment::length_us).sum();
        let mut skipped = 0_u64;
        let mut epoch = None;
        let mut is_first = true;
        for segment in &self.segments {
            left_us -= segment.length_us();
            // Only what ends before the boundary is skipped.
            if delta && left_us >= SKIP_TARGETS * target_s * 1_000_000 {
                skipped += 1;
                epoch = Some(segment.epoch);
                continue;
            }
            if is_first && skipped > 0 {
                line(&mut text, format_args!("#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}"));
            }
            is_first = false;
            if segment.discontinuity {
                line(&mut text, format_args!("#EXT-X-DISCONTINUITY"));
            }
            if epoch != Some(segment.epoch) {
                line(&mut text, format_args!("#EXT-X-MAP:URI=\"init-{}.mp4\"", segment.epoch));
                epoch = Some(segment.epoch);
            }
            line(&mut text, format_args!("#EXT-X-PROGRAM-DATE-TIME:{}", date(segment.wall)));
            let lists_parts = left_us < PARTS_LISTED_TARGETS * target_s * 1_000_000 && !self.ended;
            segment.render(lists_parts, &mut text);
        }
        self.render_tail(&mut text);
        Some(text)
    }

    fn render_head(&self, target_s: i64, text: &mut String) {
        text.push_str("#EXTM3U\n#EXT-X-VERSION:9\n");
        line(text, format_args!("#EXT-X-TARGETDURATION:{target_s}"));
        line(
            text,
            format_args!(
                "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={}.0,PART-HOLD-BACK={}",
                SKIP_TARGETS * target_s,
                seconds(HOLD_BACK_PARTS * self.part_us),
            ),
        );
        line(text, format_args!("#EXT-X-PART-INF:PART-TARGET={}", seconds(self.part_us)));
        line(text, format_args!("#EXT-X-MEDIA-SEQUENCE:{}", self.first_msn()));
        line(text, format_args!("#EXT-X-DISCONTINUITY-SEQUENCE:{}", self.discontinuities_gone));
    }

    fn render_tail(&self, text: &mut String) {
        if self.ended {
            line(text, format_args!("#EXT-X-ENDLIST"));
            return;
        }
        let (msn, part) = self.next_part();
        line(text, format_args!("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{msn}.{part}.m4s\""));
        for Report { uri, last_msn, last_part } in &self.reports {
            line(text, format_args!("#EXT-X-RENDITION-REPORT:URI=\"{uri}\",LAST-MSN={last_msn},LAST-PART={last_part}"));
        }
    }
}

impl Segment {
    fn render(&self, lists_parts: bool, text: &mut String) {
        if lists_parts {
            for (index, part) in self.parts.iter().enumerate() {
                let independent = if part.independent { ",INDEPENDENT=YES" } else { "" };
                let gap = if part.gap { ",GAP=YES" } else { "" };
                line(
                    text,
                    format_args!(
                        "#EXT-X-PART:DURATION={},URI=\"{}.{index}.m4s\"{independent}{gap}",
                        seconds(part.duration_us),
                        self.msn
                    ),
                );
            }
        }
        if let Some(duration_us) = self.duration_us {
            if self.parts.iter().all(|part| part.gap) {
                text.push_str("#EXT-X-GAP\n");
            }
            line(text, format_args!("#EXTINF:{},\n{}.m4s", seconds(duration_us), self.msn));
        }
    }
}

pub(crate) fn line(text: &mut String, args: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = text.write_fmt(args);
    text.push('\n');
}

/// Microseconds as decimal seconds, exactly.
pub(crate) fn seconds(us: i64) -> String {
    let us = us.max(0);
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    let trimmed = text.trim_end_matches('0');
    if trimmed.ends_with('.') { format!("{trimmed}0") } else { trimmed.to_owned() }
}

/// A date with milliseconds, as players read it.
pub(crate) fn date(wall: Instant) -> String {
    format!("{:.3}", wall.timestamp())
}
