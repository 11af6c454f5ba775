//! What the crew sees of a source: state, rates, and what is wrong with it.

use std::collections::VecDeque;
use std::time::Duration;

use kernel::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::sample::{Codec, Sample, Track, TrackId};
use crate::streams::StreamState;

/// A keyframe interval above this costs viewers their join time and some platforms refuse it.
const KEYFRAME_AT_MOST_MS: u32 = 4_000;
const HIGH_FOR: Duration = Duration::from_secs(10);
const NO_AUDIO_AFTER: Duration = Duration::from_secs(5);
/// Rates are means over this many whole seconds.
const WINDOW_SECONDS: i64 = 5;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StreamHealth)]
pub struct Health {
    pub state: StreamState,
    pub since: Instant,
    pub video: Option<VideoHealth>,
    pub audio: Option<AudioHealth>,
    /// The grant's label; never an address.
    pub source: String,
    pub warnings: Vec<Warning>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StreamVideoHealth)]
pub struct VideoHealth {
    pub codec: String,
    pub width: u16,
    pub height: u16,
    pub fps: u32,
    pub kbps: u32,
    /// The last distance between two keyframes; zero before the second.
    pub keyframe_ms: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StreamAudioHealth)]
pub struct AudioHealth {
    pub codec: String,
    pub sample_rate: u32,
    pub channels: u8,
    pub kbps: u32,
}

/// A warning and the figure or word that explains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StreamWarning)]
pub struct Warning {
    pub code: WarningCode,
    pub fact: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StreamWarningCode)]
#[serde(rename_all = "kebab-case")]
pub enum WarningCode {
    /// The fact is the interval in milliseconds.
    KeyframesRare,
    /// The fact is the rate in kbit/s.
    BitrateHigh,
    NoAudio,
    /// The source was refused; the fact is its codec.
    CodecUnsupported,
    /// The source was refused; the fact is its sample rate.
    SampleRateUnsupported,
    /// The source was refused; its sequence header says nothing that can be played.
    ConfigurationBroken,
}

impl Health {
    pub(crate) fn of_nothing(since: Instant) -> Self {
        Self { state: StreamState::Idle, since, video: None, audio: None, source: String::new(), warnings: Vec::new() }
    }
}

/// Measures one source. Time is what the samples say.
#[derive(Debug, Default)]
pub struct Meter {
    max_kbps: Option<u32>,
    tracks: Vec<Track>,
    seconds: VecDeque<Second>,
    first: Option<Instant>,
    last_key_dts: Option<i64>,
    last_video_dts: i64,
    keyframe_ms: u32,
    high_since: Option<Instant>,
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

impl Meter {
    pub fn new(max_kbps: Option<u32>) -> Self {
        Self { max_kbps, ..Self::default() }
    }

    pub fn tracks(&mut self, tracks: &[Track]) {
        self.tracks = tracks.to_vec();
        self.last_key_dts = None;
        self.last_video_dts = 0;
    }

    /// Counts a sample; true when a second is full and the figures have changed.
    pub fn sample(&mut self, sample: &Sample) -> bool {
        let number = second_of(sample.wall);
        self.first.get_or_insert(sample.wall);
        let is_new_second = self.seconds.back().is_none_or(|last| last.number < number);
        if is_new_second {
            self.watch_bitrate(sample.wall);
            self.seconds.push_back(Second { number, ..Second::default() });
            self.forget_before(number);
        }
        if let Some(second) = self.seconds.back_mut() {
            let bytes = sample.data.len() as u64;
            match sample.track {
                TrackId::Video => {
                    second.video_bytes += bytes;
                    second.frames += 1;
                }
                TrackId::Audio => second.audio_bytes += bytes,
            }
        }
        if sample.track == TrackId::Video {
            self.last_video_dts = sample.dts;
            if sample.key
                && let Some(last) = self.last_key_dts.replace(sample.dts)
            {
                self.keyframe_ms = video_ms(sample.dts - last);
            }
        }
        is_new_second
    }

    fn watch_bitrate(&mut self, now: Instant) {
        let rates = self.rates(second_of(now));
        let is_high = self.max_kbps.is_some_and(|max| rates.video_kbps.saturating_add(rates.audio_kbps) > max);
        self.high_since = if is_high { self.high_since.or(Some(now)) } else { None };
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
            keyframe_ms: self.keyframe_ms,
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
        let mut warnings = Vec::new();
        let open_ms = self.last_key_dts.map_or(0, |key| video_ms(self.last_video_dts - key));
        let interval_ms = self.keyframe_ms.max(open_ms);
        if interval_ms > KEYFRAME_AT_MOST_MS {
            warnings.push(Warning { code: WarningCode::KeyframesRare, fact: interval_ms.to_string() });
        }
        if self.high_since.is_some_and(|since| now.since(since) >= HIGH_FOR) {
            let rates = self.rates(second_of(now));
            let kbps = rates.video_kbps.saturating_add(rates.audio_kbps);
            warnings.push(Warning { code: WarningCode::BitrateHigh, fact: kbps.to_string() });
        }
        let has_audio = self.tracks.iter().any(|track| track.id == TrackId::Audio);
        if !has_audio && self.first.is_some_and(|first| now.since(first) >= NO_AUDIO_AFTER) {
            warnings.push(Warning { code: WarningCode::NoAudio, fact: String::new() });
        }
        warnings
    }
}

fn second_of(now: Instant) -> i64 {
    now.millis().div_euclid(1000)
}

fn video_ms(ticks: i64) -> u32 {
    u32::try_from(ticks.saturating_mul(1000) / i64::from(crate::sample::VIDEO_TIMESCALE)).unwrap_or(0)
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
}
