//! Measures one source by its samples: rates, and what is wrong. Time is what the samples say.

use std::collections::VecDeque;
use std::time::Duration;

use kernel::Instant;

use crate::health::{AudioHealth, VideoHealth, Warning, WarningCode};
use crate::pace::Pace;
use crate::sample::{Codec, Sample, Track, TrackId, VIDEO_TIMESCALE};

/// Where a grant names no limit.
const BITRATE_AT_MOST_KBPS: u32 = 6_000;
/// A keyframe interval above this costs viewers their join time and some platforms refuse it.
const KEYFRAME_AT_MOST_MS: u32 = 4_000;
const HIGH_FOR: Duration = Duration::from_secs(10);
const NO_AUDIO_AFTER: Duration = Duration::from_secs(5);
/// What two or three B-frames cost is borne; a long chain of them is not.
const REORDERED_AT_MOST_MS: u32 = 200;
const DRIFT_AT_MOST_MS: i64 = 1_000;
/// Rates are means over this many whole seconds.
const WINDOW_SECONDS: i64 = 5;
/// Below this share of the best rate, in percent, frames are missing.
const FRAMES_AT_LEAST: u32 = 80;

/// Measures one source.
#[derive(Debug, Default)]
pub struct Meter {
    max_kbps: Option<u32>,
    tracks: Vec<Track>,
    seconds: VecDeque<Second>,
    first: Option<Instant>,
    last_audio: Option<Instant>,
    last_video: Option<Instant>,
    pictures: Pictures,
    pace: Pace,
    high_since: Option<Instant>,
    low_since: Option<Instant>,
    best_fps: u32,
}

#[derive(Debug, Default)]
struct Second {
    number: i64,
    video_bytes: u64,
    audio_bytes: u64,
    frames: u32,
}

/// What the last whole seconds add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Rates {
    video_kbps: u32,
    audio_kbps: u32,
    fps: u32,
}

/// How the pictures of an epoch lean on each other.
#[derive(Debug, Default)]
struct Pictures {
    last_key_dts: Option<i64>,
    last_key_pts: i64,
    last_dts: i64,
    keyframe_ms: u32,
    reordered_ms: u32,
    is_open: bool,
}

impl Pictures {
    fn sample(&mut self, sample: &Sample) {
        let shown = sample.dts + i64::from(sample.cts);
        self.last_dts = sample.dts;
        if sample.key {
            if let Some(last) = self.last_key_dts.replace(sample.dts) {
                self.keyframe_ms = video_ms(sample.dts - last);
            }
            self.last_key_pts = shown;
            self.reordered_ms = video_ms(sample.cts.into());
        } else if self.last_key_dts.is_some() {
            self.is_open |= shown < self.last_key_pts;
        }
    }

    /// The last interval, or the one that is open, if that is longer already.
    fn interval_ms(&self) -> u32 {
        let open_ms = self.last_key_dts.map_or(0, |key| video_ms(self.last_dts - key));
        self.keyframe_ms.max(open_ms)
    }
}

impl Meter {
    pub fn new(max_kbps: Option<u32>) -> Self {
        Self { max_kbps: max_kbps.or(Some(BITRATE_AT_MOST_KBPS)), ..Self::default() }
    }

    pub fn tracks(&mut self, tracks: &[Track]) {
        self.tracks = tracks.to_vec();
        self.pictures = Pictures::default();
        self.pace = Pace::default();
        self.best_fps = 0;
        self.low_since = None;
    }

    /// Counts a sample; true when a second is full and the figures have changed.
    pub fn sample(&mut self, sample: &Sample) -> bool {
        let number = second_of(sample.wall);
        self.first.get_or_insert(sample.wall);
        let is_new_second = self.seconds.back().is_none_or(|last| last.number < number);
        if is_new_second {
            self.watch(sample.wall);
            self.seconds.push_back(Second { number, ..Second::default() });
            self.forget_before(number);
        }
        if let Some(second) = self.seconds.back_mut() {
            second.count(sample);
        }
        match sample.track {
            TrackId::Video => {
                self.last_video = Some(sample.wall);
                self.pictures.sample(sample);
            }
            TrackId::Audio => self.last_audio = Some(sample.wall),
        }
        if let Some(track) = self.tracks.iter().find(|track| track.id == sample.track) {
            self.pace.sample(sample, track.timescale);
        }
        is_new_second
    }

    /// Looks at the whole seconds once each.
    fn watch(&mut self, now: Instant) {
        let rates = self.rates(second_of(now));
        let since = |is_so: bool, since: Option<Instant>| if is_so { since.or(Some(now)) } else { None };
        let kbps = rates.video_kbps.saturating_add(rates.audio_kbps);
        self.high_since = since(self.max_kbps.is_some_and(|max| kbps > max), self.high_since);
        self.best_fps = self.best_fps.max(rates.fps);
        self.low_since = since(rates.fps * 100 < self.best_fps * FRAMES_AT_LEAST, self.low_since);
    }

    fn forget_before(&mut self, number: i64) {
        while self.seconds.front().is_some_and(|second| second.number < number - WINDOW_SECONDS) {
            self.seconds.pop_front();
        }
    }

    /// Means over the whole seconds before `current`.
    fn rates(&self, current: i64) -> Rates {
        let whole =
            || self.seconds.iter().filter(|second| (current - WINDOW_SECONDS..current).contains(&second.number));
        let Some(first) = whole().map(|second| second.number).min() else { return Rates::default() };
        let seconds = u64::try_from(current - first).unwrap_or(1).max(1);
        let mean = |sum: u64| u32::try_from((sum + seconds / 2) / seconds).unwrap_or(u32::MAX);
        Rates {
            video_kbps: mean(whole().map(|second| second.video_bytes * 8 / 1000).sum()),
            audio_kbps: mean(whole().map(|second| second.audio_bytes * 8 / 1000).sum()),
            fps: mean(whole().map(|second| u64::from(second.frames)).sum()),
        }
    }

    pub fn video(&self, now: Instant) -> Option<VideoHealth> {
        let track = self.tracks.iter().find(|track| track.id == TrackId::Video)?;
        let rates = self.rates(second_of(now));
        Some(VideoHealth {
            codec: word(track.codec).to_owned(),
            width: track.width,
            height: track.height,
            fps: rates.fps,
            kbps: rates.video_kbps,
            keyframe_ms: self.pictures.keyframe_ms,
        })
    }

    pub fn audio(&self, now: Instant) -> Option<AudioHealth> {
        let track = self.tracks.iter().find(|track| track.id == TrackId::Audio)?;
        Some(AudioHealth {
            codec: word(track.codec).to_owned(),
            sample_rate: track.sample_rate,
            channels: track.channels,
            kbps: self.rates(second_of(now)).audio_kbps,
        })
    }

    pub fn warnings(&self, now: Instant) -> Vec<Warning> {
        let rates = self.rates(second_of(now));
        let is_long = |since: Option<Instant>| since.is_some_and(|since| now.since(since) >= HIGH_FOR);
        let interval_ms = self.pictures.interval_ms();
        let reordered_ms = self.pictures.reordered_ms;
        let behind_ms = self.pace.behind_ms();
        let kbps = rates.video_kbps.saturating_add(rates.audio_kbps);
        let all = [
            (interval_ms > KEYFRAME_AT_MOST_MS, WarningCode::KeyframesRare, interval_ms.to_string()),
            (is_long(self.high_since), WarningCode::BitrateHigh, kbps.to_string()),
            (self.lacks_audio(now), WarningCode::NoAudio, String::new()),
            (reordered_ms > REORDERED_AT_MOST_MS, WarningCode::BFrames, reordered_ms.to_string()),
            (self.pictures.is_open, WarningCode::OpenGop, String::new()),
            (is_long(self.low_since), WarningCode::FrameRateLow, rates.fps.to_string()),
            (behind_ms.abs() > DRIFT_AT_MOST_MS, WarningCode::ClockDrift, behind_ms.to_string()),
        ];
        all.into_iter().filter(|(is_so, ..)| *is_so).map(|(_, code, fact)| Warning { code, fact }).collect()
    }

    /// There is no sound, though there was time for it, or it stopped while pictures go on.
    fn lacks_audio(&self, now: Instant) -> bool {
        let is_old = |since: Instant| now.since(since) >= NO_AUDIO_AFTER;
        if !self.tracks.iter().any(|track| track.id == TrackId::Audio) {
            return self.first.is_some_and(is_old);
        }
        let heard = self.last_audio.or(self.first);
        heard.is_some_and(is_old) && self.last_video.is_some_and(|seen| !is_old(seen))
    }
}

impl Second {
    fn count(&mut self, sample: &Sample) {
        let bytes = sample.data.len() as u64;
        match sample.track {
            TrackId::Video => {
                self.video_bytes += bytes;
                self.frames += 1;
            }
            TrackId::Audio => self.audio_bytes += bytes,
        }
    }
}

fn second_of(now: Instant) -> i64 {
    now.millis().div_euclid(1000)
}

fn video_ms(ticks: i64) -> u32 {
    u32::try_from(ticks.saturating_mul(1000) / i64::from(VIDEO_TIMESCALE)).unwrap_or(0)
}

fn word(codec: Codec) -> &'static str {
    match codec {
        Codec::Avc => "h264",
        Codec::Aac => "aac",
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn video(ms: i64, key: bool, bytes: usize) -> Sample {
        Sample {
            track: TrackId::Video,
            epoch: 1,
            dts: ms * 90,
            cts: 0,
            key,
            wall: Instant::from_millis(1_000_000 + ms),
            data: Bytes::from(vec![0; bytes]),
        }
    }

    fn track() -> Track {
        Track {
            id: TrackId::Video,
            codec: Codec::Avc,
            timescale: 90_000,
            config: Bytes::new(),
            width: 1280,
            height: 720,
            channels: 0,
            sample_rate: 0,
            epoch: 1,
        }
    }

    /// 25 fps, 1 Mbit/s, a keyframe every `gop_ms`.
    fn measured(meter: &mut Meter, until_ms: i64, gop_ms: i64) -> Instant {
        meter.tracks(&[track()]);
        for ms in (0..=until_ms).step_by(40) {
            meter.sample(&video(ms, ms % gop_ms == 0, 5_000));
        }
        Instant::from_millis(1_000_000 + until_ms)
    }

    #[test]
    fn rates_are_means_of_whole_seconds() {
        let mut meter = Meter::new(None);
        let now = measured(&mut meter, 6_000, 2_000);
        let video = meter.video(now).unwrap();
        assert_eq!((video.fps, video.kbps, video.keyframe_ms), (25, 1_000, 2_000));
        assert_eq!((video.width, video.height, video.codec.as_str()), (1280, 720, "h264"));
        assert_eq!(meter.audio(now), None);
        // A stalled source sinks to zero by itself.
        assert_eq!(meter.video(now + Duration::from_secs(10)).unwrap().kbps, 0);
    }

    #[test]
    fn rare_keyframes_and_missing_audio_are_warned_of() {
        let mut meter = Meter::new(None);
        let now = measured(&mut meter, 4_000, 5_000);
        assert_eq!(meter.warnings(now), []);
        let now = measured(&mut meter, 10_000, 5_000);
        let codes: Vec<_> = meter.warnings(now).into_iter().map(|warning| (warning.code, warning.fact)).collect();
        assert_eq!(codes, [(WarningCode::KeyframesRare, "5000".to_owned()), (WarningCode::NoAudio, String::new())]);
    }

    #[test]
    fn a_bitrate_above_the_limit_is_warned_of_after_ten_seconds() {
        let is_high = |meter: &Meter, now| meter.warnings(now).iter().any(|it| it.code == WarningCode::BitrateHigh);
        let mut meter = Meter::new(Some(800));
        let now = measured(&mut meter, 9_000, 2_000);
        assert!(!is_high(&meter, now));
        let mut meter = Meter::new(Some(800));
        let now = measured(&mut meter, 12_000, 2_000);
        assert!(is_high(&meter, now));
        let mut meter = Meter::new(Some(1_200));
        let now = measured(&mut meter, 12_000, 2_000);
        assert!(!is_high(&meter, now));
    }

    fn codes(meter: &Meter, now: Instant) -> Vec<(WarningCode, String)> {
        meter.warnings(now).into_iter().map(|warning| (warning.code, warning.fact)).collect()
    }

    /// 25 fps with sound; `arrives` says when the picture at that time comes.
    fn with_sound(
        until_ms: i64,
        arrives: impl Fn(i64) -> Option<i64>,
        cts_ms: impl Fn(i64) -> i32,
    ) -> (Meter, Instant) {
        let audio = Track { id: TrackId::Audio, codec: Codec::Aac, timescale: 48_000, sample_rate: 48_000, ..track() };
        let mut meter = Meter::new(None);
        meter.tracks(&[track(), audio]);
        let mut now = Instant::EPOCH;
        for ms in (0..=until_ms).step_by(40) {
            let Some(arrived) = arrives(ms) else { continue };
            now = Instant::from_millis(1_000_000 + arrived);
            let picture = video(ms, ms % 2_000 == 0, 1_000);
            meter.sample(&Sample { cts: cts_ms(ms) * 90, wall: now, ..picture.clone() });
            meter.sample(&Sample { track: TrackId::Audio, dts: ms * 48, key: true, wall: now, ..picture });
        }
        (meter, now)
    }

    #[test]
    fn a_good_source_is_not_warned_of() {
        let (meter, now) = with_sound(60_000, Some, |ms| if ms % 120 == 0 { 80 } else { 40 });
        assert_eq!(codes(&meter, now), []);
    }

    #[test]
    fn sound_that_stops_under_the_picture_is_warned_of() {
        let (mut meter, _) = with_sound(10_000, Some, |_| 0);
        for ms in (10_040..15_000).step_by(40) {
            meter.sample(&video(ms, ms % 2_000 == 0, 1_000));
        }
        assert_eq!(codes(&meter, Instant::from_millis(1_014_960)), []);
        meter.sample(&video(15_000, false, 1_000));
        assert_eq!(codes(&meter, Instant::from_millis(1_015_000)), [(WarningCode::NoAudio, String::new())]);
    }

    #[test]
    fn long_chains_of_b_frames_are_warned_of_with_their_delay() {
        let (meter, now) = with_sound(5_000, Some, |_| 240);
        assert_eq!(codes(&meter, now), [(WarningCode::BFrames, "240".to_owned())]);
    }

    #[test]
    fn pictures_shown_before_the_keyframe_they_follow_are_warned_of() {
        let (meter, now) = with_sound(5_000, Some, |ms| if ms % 2_000 == 0 { 80 } else { 0 });
        assert_eq!(codes(&meter, now), [(WarningCode::OpenGop, String::new())]);
    }

    #[test]
    fn missing_frames_are_warned_of_after_ten_seconds() {
        let halved = |ms: i64| (ms < 20_000 || ms % 80 == 0).then_some(ms);
        let (meter, now) = with_sound(26_000, halved, |_| 0);
        assert_eq!(codes(&meter, now), []);
        let (meter, now) = with_sound(36_000, halved, |_| 0);
        assert_eq!(codes(&meter, now), [(WarningCode::FrameRateLow, "12".to_owned())]);
    }

    #[test]
    fn media_that_comes_ever_later_is_warned_of_and_jitter_is_not() {
        let (meter, now) = with_sound(60_000, |ms| Some(ms + (ms / 40 % 7) * 100), |_| 0);
        assert_eq!(codes(&meter, now), []);
        // The uplink takes a tenth less than comes in.
        let (meter, now) = with_sound(30_000, |ms| Some(ms * 11 / 10), |_| 0);
        let found = codes(&meter, now);
        assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [WarningCode::ClockDrift]);
        assert!((2_000..=3_000).contains(&found[0].1.parse().unwrap()), "{found:?}");
        let (meter, now) = with_sound(60_000, |ms| Some(ms * 9 / 10), |_| 0);
        assert!(
            codes(&meter, now).iter().any(|(code, fact)| *code == WarningCode::ClockDrift && fact.starts_with('-'))
        );
    }
}
