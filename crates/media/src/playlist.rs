//! HLS playlists as text, and the rules of delivery directives: pure.
//!
//! Texts: draft-pantos-hls-rfc8216bis (clauses named below) and Apple's authoring specification. The same
//! playlist serves low-latency players and plain ones: parts are listed near the live edge only.

use std::collections::VecDeque;
use std::fmt::Write;
use std::time::Duration;

use kernel::Instant;

use crate::packager::{Output, Part};
use crate::sample::{Codec, Track, TrackId};

/// Parts are listed for this many target durations from the edge (4.4.4.9).
const PARTS_LISTED_TARGETS: i64 = 3;
/// Apple 14.3: three part targets behind the edge, computed, never rounded.
const HOLD_BACK_PARTS: i64 = 3;
/// CAN-SKIP-UNTIL is at least six target durations (4.4.3.8).
const SKIP_TARGETS: i64 = 6;
/// A request further ahead than this is refused (6.2.5.2).
const MSN_AHEAD: u64 = 2;

/// What a player asks for besides the playlist itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Directives {
    pub msn: Option<u64>,
    pub part: Option<u32>,
    pub skip: bool,
}

/// The directives make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the delivery directives make no sense")]
pub struct BadDirective;

impl Directives {
    /// Reads `_HLS_msn`, `_HLS_part` and `_HLS_skip` of a query string; other parameters are not ours.
    pub fn parse(query: &str) -> Result<Self, BadDirective> {
        let mut found = Self::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "_HLS_msn" if found.msn.is_none() => found.msn = Some(number(value)?),
                "_HLS_part" if found.part.is_none() => found.part = Some(number(value)?),
                "_HLS_skip" if !found.skip && (value == "YES" || value == "v2") => found.skip = true,
                _ if name.starts_with("_HLS_msn") || name.starts_with("_HLS_part") || name.starts_with("_HLS_skip") => {
                    return Err(BadDirective);
                }
                _ => {}
            }
        }
        if found.part.is_some() && found.msn.is_none() {
            return Err(BadDirective);
        }
        Ok(found)
    }

    pub fn is_blocking(self) -> bool {
        self.msn.is_some()
    }
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, BadDirective> {
    // `parse` alone would take a sign.
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadDirective);
    }
    text.parse().ok().ok_or(BadDirective)
}

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
    /// Keeps at least `window` of complete segments.
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
                duration_us: None,
            });
        }
        if let Some(segment) = self.segments.back_mut() {
            segment.parts.push(PartLine {
                duration_us: part.duration_us,
                independent: part.independent,
                gap: part.is_gap(),
            });
        }
    }

    /// Forgets segments that lie wholly before the window.
    fn forget(&mut self) {
        let mut length_us: i64 = self.segments.iter().map(Segment::length_us).sum();
        // A playlist may not fall under three target durations (6.2.2).
        let keep_us = self.window_us.max(3 * i64::from(self.target_s.unwrap_or(1)) * 1_000_000);
        while let Some(first) = self.segments.front()
            && length_us - first.length_us() >= keep_us
        {
            length_us -= first.length_us();
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

fn count(segment: &Segment) -> u32 {
    u32::try_from(segment.parts.len()).unwrap_or(u32::MAX)
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

/// How much a rendition weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub peak_bps: u64,
    pub average_bps: u64,
    /// Frames per 1,000 s.
    pub frame_rate_milli: Option<u64>,
}

/// The multivariant playlist: one muxed rendition at `uri`.
pub fn multivariant(tracks: &[Track], figures: Figures, uri: &str) -> String {
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:9\n");
    let mut attributes = format!(
        "BANDWIDTH={},AVERAGE-BANDWIDTH={},CODECS=\"{}\"",
        figures.peak_bps.max(1),
        figures.average_bps.max(1),
        codecs(tracks)
    );
    let video = tracks.iter().find(|track| track.id == TrackId::Video);
    if let Some(video) = video.filter(|video| video.width > 0 && video.height > 0) {
        let _ = write!(attributes, ",RESOLUTION={}x{}", video.width, video.height);
    }
    if let Some(rate) = figures.frame_rate_milli.filter(|_| video.is_some()) {
        let _ = write!(attributes, ",FRAME-RATE={}.{:03}", rate / 1000, rate % 1000);
    }
    line(&mut text, format_args!("#EXT-X-STREAM-INF:{attributes}\n{uri}"));
    text
}

/// RFC 6381 names of the tracks' codecs.
pub fn codecs(tracks: &[Track]) -> String {
    let names: Vec<String> = tracks.iter().map(codec).collect();
    names.join(",")
}

fn codec(track: &Track) -> String {
    match (track.codec, track.config.as_ref()) {
        (Codec::Avc, [_, profile, compatibility, level, ..]) => {
            format!("avc1.{profile:02x}{compatibility:02x}{level:02x}")
        }
        (Codec::Avc, _) => "avc1.42e01e".to_owned(),
        (Codec::Aac, [first, second, ..]) if first >> 3 == 31 => {
            format!("mp4a.40.{}", 32 + ((first & 7) << 3 | second >> 5))
        }
        (Codec::Aac, [first, ..]) => format!("mp4a.40.{}", first >> 3),
        (Codec::Aac, []) => "mp4a.40.2".to_owned(),
    }
}
