//! From FLV tags with a 32-bit millisecond clock to tracks and samples with a clock that only goes up.
//!
//! No sockets and no time of its own. A new epoch begins with the first configuration, with a new one, and
//! when the encoder's clock jumps back by more than a second or ahead by more than ten.

use std::collections::VecDeque;

use bytes::Bytes;
use kernel::Instant;

use crate::aac::{AacConfig, AacError};
use crate::avc::{AvcConfig, AvcError};
use crate::flv::{self, AudioTag, FlvError, VideoTag};
use crate::health::{Warning, WarningCode};
use crate::sample::{Codec, Sample, Track, TrackId, VIDEO_TIMESCALE};

const BACK_AT_MOST_MS: i64 = 1_000;
const AHEAD_AT_MOST_MS: i64 = 10_000;
/// How long samples of one track wait for the other track's configuration.
const WAIT_FOR_OTHER_MS: i64 = 1_000;
const HELD_AT_MOST: usize = 256;
const HELD_BYTES_AT_MOST: usize = 16 * 1024 * 1024;
/// Samples of the other track that still carry the old clock after a jump, before it is believed.
const STRAYS_AT_MOST: u32 = 100;
/// An audio clock this many frames off is put right at once; below it, frames are counted.
const SNAP_FRAMES: i64 = 2;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A new epoch; `epoch` is still zero in these and in the samples that follow.
    Tracks(Vec<Track>),
    Sample(Sample),
}

/// Why a source cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Flv(#[from] FlvError),
    #[error(transparent)]
    Avc(#[from] AvcError),
    #[error(transparent)]
    Aac(#[from] AacError),
}

impl Refusal {
    pub fn warning(&self) -> Warning {
        let (code, fact) = match self {
            Self::Flv(FlvError::Unsupported(codec)) => (WarningCode::CodecUnsupported, codec.clone()),
            Self::Aac(AacError::NotAac(object)) => (WarningCode::CodecUnsupported, format!("mpeg4-audio-{object}")),
            Self::Aac(AacError::RateTooHigh(rate)) => (WarningCode::SampleRateUnsupported, rate.to_string()),
            other => (WarningCode::ConfigurationBroken, other.to_string()),
        };
        Warning { code, fact }
    }

    /// The stable word for logs and the encoder's message.
    pub fn code(&self) -> &'static str {
        match self.warning().code {
            WarningCode::CodecUnsupported => "codec-unsupported",
            WarningCode::SampleRateUnsupported => "sample-rate-unsupported",
            _ => "configuration-broken",
        }
    }
}

/// One source's way into samples.
#[derive(Debug, Default)]
pub struct Ingest {
    video: Option<AvcConfig>,
    audio: Option<AacConfig>,
    /// What the metadata says is coming; unknown until then.
    expects_video: Option<bool>,
    expects_audio: Option<bool>,
    clock: WireClock,
    epoch: Option<Epoch>,
    held: VecDeque<Raw>,
    held_bytes: usize,
    strays: u32,
    broken_samples: u64,
    steps: VecDeque<Step>,
}

/// A sample before its epoch is known.
#[derive(Debug)]
struct Raw {
    track: TrackId,
    at_ms: i64,
    cts_ms: i32,
    key: bool,
    wall: Instant,
    data: Bytes,
}

/// Where an epoch began, and where each track is in it.
#[derive(Debug, Default)]
struct Epoch {
    origin_ms: i64,
    /// The furthest either track has come.
    last_ms: i64,
    video_ms: Option<i64>,
    audio_ms: Option<i64>,
    video_dts: Option<i64>,
    audio_dts: Option<i64>,
    has_key: bool,
}

/// Unfolds the 32-bit clock, which wraps after 49.7 days.
#[derive(Debug, Default)]
struct WireClock {
    last: Option<u32>,
    unfolded_ms: i64,
}

impl WireClock {
    fn unfold(&mut self, timestamp: u32) -> i64 {
        let last = self.last.replace(timestamp);
        let step = timestamp.wrapping_sub(last.unwrap_or(timestamp)).cast_signed();
        if last.is_none() {
            self.unfolded_ms = i64::from(timestamp);
        }
        self.unfolded_ms += i64::from(step);
        self.unfolded_ms
    }
}

impl Ingest {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes what `onMetaData` says about which tracks will come.
    pub fn expect(&mut self, video: bool, audio: bool) {
        self.expects_video = Some(video);
        self.expects_audio = Some(audio);
    }

    /// Whether any track is configured yet.
    pub fn is_configured(&self) -> bool {
        self.video.is_some() || self.audio.is_some()
    }

    /// Samples left out because their NAL lengths made no sense.
    pub fn broken_samples(&self) -> u64 {
        self.broken_samples
    }

    pub fn next_step(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    /// Takes the body of a video message.
    pub fn video(&mut self, timestamp: u32, body: Bytes, wall: Instant) -> Result<(), Refusal> {
        match flv::video_tag(body)? {
            VideoTag::Header(record) => {
                let config = AvcConfig::parse(&record)?;
                if self.video.as_ref() != Some(&config) {
                    self.video = Some(config);
                    self.reconfigured(TrackId::Video);
                }
            }
            VideoTag::Frame { key, cts_ms, data } => {
                let Some(config) = &self.video else { return Ok(()) };
                let Ok(data) = config.sample(data) else {
                    self.broken_samples += 1;
                    return Ok(());
                };
                let at_ms = self.clock.unfold(timestamp);
                self.take(Raw { track: TrackId::Video, at_ms, cts_ms, key, wall, data });
            }
            VideoTag::Nothing => {}
        }
        Ok(())
    }

    /// Takes the body of an audio message.
    pub fn audio(&mut self, timestamp: u32, body: Bytes, wall: Instant) -> Result<(), Refusal> {
        match flv::audio_tag(body)? {
            AudioTag::Header(config) => {
                let config = AacConfig::parse(&config)?;
                if self.audio.as_ref() != Some(&config) {
                    self.audio = Some(config);
                    self.reconfigured(TrackId::Audio);
                }
            }
            AudioTag::Frame(data) if self.audio.is_some() => {
                let at_ms = self.clock.unfold(timestamp);
                self.take(Raw { track: TrackId::Audio, at_ms, cts_ms: 0, key: true, wall, data });
            }
            AudioTag::Frame(_) | AudioTag::Nothing => {}
        }
        Ok(())
    }

    /// Ends the epoch. What this track held under its old configuration goes with it.
    fn reconfigured(&mut self, track: TrackId) {
        self.epoch = None;
        self.held.retain(|raw| raw.track != track);
        self.held_bytes = self.held.iter().map(|raw| raw.data.len()).sum();
    }

    fn take(&mut self, raw: Raw) {
        if let Some(epoch) = &self.epoch
            && epoch.is_jump(&raw)
        {
            // After a jump the other track's last samples still carry the old clock.
            let is_young = epoch.last_ms - epoch.origin_ms < WAIT_FOR_OTHER_MS;
            if is_young && epoch.last_of(raw.track).is_none() && self.strays < STRAYS_AT_MOST {
                self.strays += 1;
                return;
            }
            self.epoch = None;
        }
        if self.epoch.is_some() {
            self.pass(raw);
            return;
        }
        self.hold(raw);
        if self.is_complete() {
            self.begin();
        }
    }

    fn hold(&mut self, raw: Raw) {
        // A jump while waiting: what is held belongs to a clock that is gone.
        if self.held.back().is_some_and(|last| (raw.at_ms - last.at_ms).abs() > AHEAD_AT_MOST_MS) {
            self.held.clear();
            self.held_bytes = 0;
        }
        self.held_bytes += raw.data.len();
        self.held.push_back(raw);
    }

    /// Whether both configurations are there, or the wait for the second is over.
    fn is_complete(&self) -> bool {
        let waits_for_video = self.video.is_none() && self.expects_video != Some(false);
        let waits_for_audio = self.audio.is_none() && self.expects_audio != Some(false);
        if !waits_for_video && !waits_for_audio {
            return true;
        }
        let waited_ms = match (self.held.front(), self.held.back()) {
            (Some(first), Some(last)) => last.at_ms - first.at_ms,
            _ => 0,
        };
        waited_ms >= WAIT_FOR_OTHER_MS || self.held.len() >= HELD_AT_MOST || self.held_bytes >= HELD_BYTES_AT_MOST
    }

    fn begin(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.held_bytes = 0;
        self.strays = 0;
        let Some(origin_ms) = held.iter().map(|raw| raw.at_ms).min() else { return };
        self.steps.push_back(Step::Tracks(self.tracks()));
        self.epoch = Some(Epoch { origin_ms, last_ms: origin_ms, ..Epoch::default() });
        for raw in held {
            self.pass(raw);
        }
    }

    fn tracks(&self) -> Vec<Track> {
        let video = self.video.as_ref().map(|config| Track {
            id: TrackId::Video,
            codec: Codec::Avc,
            timescale: VIDEO_TIMESCALE,
            config: config.record.clone(),
            width: config.width,
            height: config.height,
            channels: 0,
            sample_rate: 0,
            epoch: 0,
        });
        let audio = self.audio.as_ref().map(|config| Track {
            id: TrackId::Audio,
            codec: Codec::Aac,
            timescale: config.sample_rate,
            config: config.config.clone(),
            width: 0,
            height: 0,
            channels: config.channels,
            sample_rate: config.sample_rate,
            epoch: 0,
        });
        video.into_iter().chain(audio).collect()
    }

    fn pass(&mut self, raw: Raw) {
        let Some(epoch) = &mut self.epoch else { return };
        epoch.last_ms = epoch.last_ms.max(raw.at_ms);
        let (dts, cts) = match raw.track {
            TrackId::Video => {
                epoch.video_ms = Some(raw.at_ms);
                // A decoder can do nothing with what comes before the first keyframe.
                epoch.has_key |= raw.key;
                if !epoch.has_key {
                    return;
                }
                epoch.video(raw.at_ms, raw.cts_ms)
            }
            TrackId::Audio => {
                epoch.audio_ms = Some(raw.at_ms);
                let Some(config) = &self.audio else { return };
                (epoch.audio(raw.at_ms, config), 0)
            }
        };
        self.steps.push_back(Step::Sample(Sample {
            track: raw.track,
            epoch: 0,
            dts,
            cts,
            key: raw.key,
            wall: raw.wall,
            data: raw.data,
        }));
    }
}

impl Epoch {
    fn last_of(&self, track: TrackId) -> Option<i64> {
        match track {
            TrackId::Video => self.video_ms,
            TrackId::Audio => self.audio_ms,
        }
    }

    /// Back against its own track, which interleaving cannot explain, or ahead of everything.
    fn is_jump(&self, raw: &Raw) -> bool {
        let last_ms = self.last_of(raw.track).unwrap_or(self.origin_ms);
        raw.at_ms < last_ms - BACK_AT_MOST_MS || raw.at_ms > self.last_ms + AHEAD_AT_MOST_MS
    }

    /// The wire clock in 90 kHz; pushed up by a tick where it stands still, with the picture kept in place.
    fn video(&mut self, at_ms: i64, cts_ms: i32) -> (i64, i32) {
        let wire = (at_ms - self.origin_ms) * i64::from(VIDEO_TIMESCALE / 1000);
        let dts = wire.max(self.video_dts.map_or(0, |last| last + 1));
        self.video_dts = Some(dts);
        let shown = wire + i64::from(cts_ms) * i64::from(VIDEO_TIMESCALE / 1000);
        (dts, i32::try_from(shown - dts).unwrap_or_default())
    }

    /// Counts frames, so that rounding to milliseconds makes no gaps; real gaps stay.
    fn audio(&mut self, at_ms: i64, config: &AacConfig) -> i64 {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AVCC: &str = "0164001fffe1001a6764001facd9405005bb0110000003001000000303c0f183196001000468ee0fcbfdf8f800";
    const OTHER_AVCC: &str = "0142c01effe100196742c01ed900a02ff970110000030001000003003c0f162e4801000568cb83cb20";
    const WALL: Instant = Instant::EPOCH;

    fn header(hex: &str) -> Bytes {
        [vec![0x17, 0, 0, 0, 0], hex::decode(hex).unwrap()].concat().into()
    }

    fn picture(key: bool, cts_ms: i32) -> Bytes {
        let [_, a, b, c] = cts_ms.to_be_bytes();
        Bytes::from(vec![if key { 0x17 } else { 0x27 }, 1, a, b, c, 0, 0, 0, 1, 0x65])
    }

    const SOUND_HEADER: Bytes = Bytes::from_static(&[0xaf, 0, 0x11, 0x90]);
    const SOUND: Bytes = Bytes::from_static(&[0xaf, 1, 7]);

    fn with_both() -> Ingest {
        let mut ingest = Ingest::new();
        ingest.video(0, header(AVCC), WALL).unwrap();
        ingest.audio(0, SOUND_HEADER, WALL).unwrap();
        ingest
    }

    fn steps(ingest: &mut Ingest) -> Vec<Step> {
        std::iter::from_fn(|| ingest.next_step()).collect()
    }

    fn samples(ingest: &mut Ingest, track: TrackId) -> Vec<(i64, i32)> {
        steps(ingest)
            .into_iter()
            .filter_map(|step| match step {
                Step::Sample(sample) if sample.track == track => Some((sample.dts, sample.cts)),
                _ => None,
            })
            .collect()
    }

    fn epochs(steps: &[Step]) -> usize {
        steps.iter().filter(|step| matches!(step, Step::Tracks(_))).count()
    }

    #[test]
    fn both_tracks_begin_in_one_epoch_with_their_offset() {
        let mut ingest = Ingest::new();
        ingest.video(0, header(AVCC), WALL).unwrap();
        ingest.video(1_000, picture(true, 66), WALL).unwrap();
        assert_eq!(steps(&mut ingest), []); // audio may still come
        ingest.audio(1_023, SOUND_HEADER, WALL).unwrap();
        ingest.audio(1_023, SOUND, WALL).unwrap();
        let steps = steps(&mut ingest);
        let Step::Tracks(tracks) = &steps[0] else { panic!("{steps:?}") };
        assert_eq!(tracks.iter().map(|track| track.timescale).collect::<Vec<_>>(), [90_000, 48_000]);
        let Step::Sample(video) = &steps[1] else { panic!("{steps:?}") };
        let Step::Sample(audio) = &steps[2] else { panic!("{steps:?}") };
        assert_eq!((video.dts, video.cts, audio.dts), (0, 5_940, 23 * 48));
    }

    #[test]
    fn one_track_alone_begins_when_metadata_says_so_or_after_a_second() {
        let mut ingest = Ingest::new();
        ingest.expect(true, false);
        ingest.video(0, header(AVCC), WALL).unwrap();
        ingest.video(0, picture(true, 0), WALL).unwrap();
        assert_eq!(steps(&mut ingest).len(), 2);

        let mut ingest = Ingest::new();
        ingest.audio(0, SOUND_HEADER, WALL).unwrap();
        for frame in 0..40 {
            ingest.audio(frame * 21, SOUND, WALL).unwrap();
        }
        assert_eq!(steps(&mut ingest), []);
        ingest.audio(1_000, SOUND, WALL).unwrap();
        assert_eq!(steps(&mut ingest).len(), 42);
    }

    #[test]
    fn rounding_to_milliseconds_makes_no_audio_gaps_but_real_gaps_stay() {
        let mut ingest = with_both();
        ingest.expect(true, true);
        for frame in 0..500_u32 {
            let gap = if frame >= 400 { 2_000 } else { 0 };
            ingest.audio(frame * 1024 * 1000 / 48_000 + gap, SOUND, WALL).unwrap();
        }
        let dts: Vec<i64> = samples(&mut ingest, TrackId::Audio).into_iter().map(|(dts, _)| dts).collect();
        let steps: Vec<i64> = dts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(steps[..399].iter().all(|step| *step == 1024));
        assert!((steps[399] - (1024 + 96_000)).abs() <= 48, "{}", steps[399]);
        assert!(steps[400..].iter().all(|step| *step == 1024));
    }

    #[test]
    fn the_clock_wraps_without_a_new_epoch() {
        let mut ingest = with_both();
        for frame in 0..10_u32 {
            ingest.video((u32::MAX - 100).wrapping_add(frame * 40), picture(frame == 0, 0), WALL).unwrap();
        }
        let steps = steps(&mut ingest);
        assert_eq!((epochs(&steps), steps.len()), (1, 11));
        let Some(Step::Sample(last)) = steps.last() else { panic!() };
        assert_eq!(last.dts, 9 * 40 * 90);
    }

    #[test]
    fn a_jump_back_begins_one_new_epoch_and_drops_the_stragglers() {
        let mut ingest = with_both();
        ingest.video(60_000, picture(true, 0), WALL).unwrap();
        ingest.audio(60_010, SOUND, WALL).unwrap();
        ingest.audio(59_900, SOUND, WALL).unwrap(); // interleaving, no jump
        assert_eq!(epochs(&steps(&mut ingest)), 1);
        ingest.video(0, picture(true, 0), WALL).unwrap();
        ingest.audio(60_031, SOUND, WALL).unwrap(); // still the old clock
        ingest.audio(5, SOUND, WALL).unwrap();
        ingest.video(40, picture(false, 0), WALL).unwrap();
        let steps = steps(&mut ingest);
        assert_eq!((epochs(&steps), steps.len()), (1, 4));
    }

    #[test]
    fn a_new_configuration_begins_a_new_epoch_and_the_same_one_does_not() {
        let mut ingest = with_both();
        ingest.video(0, picture(true, 0), WALL).unwrap();
        ingest.video(40, header(AVCC), WALL).unwrap();
        ingest.video(40, picture(true, 0), WALL).unwrap();
        assert_eq!(epochs(&steps(&mut ingest)), 1);
        ingest.video(80, header(OTHER_AVCC), WALL).unwrap();
        ingest.video(80, picture(true, 0), WALL).unwrap();
        let steps = steps(&mut ingest);
        let Step::Tracks(tracks) = &steps[0] else { panic!() };
        assert_eq!((tracks[0].width, tracks[0].height), (640, 360));
    }

    #[test]
    fn pictures_before_the_first_keyframe_and_broken_ones_are_left_out() {
        let mut ingest = with_both();
        ingest.video(0, picture(false, 0), WALL).unwrap();
        ingest.video(40, picture(true, 0), WALL).unwrap();
        ingest.video(80, Bytes::from_static(&[0x27, 1, 0, 0, 0, 0, 0, 1, 0, 5]), WALL).unwrap();
        assert_eq!(samples(&mut ingest, TrackId::Video).len(), 1);
        assert_eq!(ingest.broken_samples(), 1);
    }

    #[test]
    fn refusals_carry_a_word_for_the_crew() {
        let refusal = Ingest::new().video(0, Bytes::from_static(&[0x90, b'h', b'v', b'c', b'1']), WALL).unwrap_err();
        assert_eq!((refusal.code(), refusal.warning().fact.as_str()), ("codec-unsupported", "hevc"));
        let refusal = Ingest::new().audio(0, Bytes::from_static(&[0xaf, 0, 0x10, 0x10]), WALL).unwrap_err();
        assert_eq!((refusal.code(), refusal.warning().fact.as_str()), ("sample-rate-unsupported", "96000"));
    }

    proptest! {
        /// Whatever the encoder's clock does, each track's dts goes strictly up within an epoch.
        #[test]
        fn dts_goes_strictly_up(tags in proptest::collection::vec((any::<bool>(), any::<u32>(), -500..500_i32, 0..5_u8), 1..200)) {
            let mut ingest = with_both();
            let mut clock = u32::MAX - 2_000;
            for (is_video, jump, cts, chance) in tags {
                clock = if chance == 0 { jump } else { clock.wrapping_add(jump % 60).wrapping_sub(10) };
                if is_video {
                    ingest.video(clock, picture(chance == 1, cts), WALL).unwrap();
                } else {
                    ingest.audio(clock, SOUND, WALL).unwrap();
                }
            }
            let mut last = [-1_i64, -1];
            for step in steps(&mut ingest) {
                match step {
                    Step::Tracks(_) => last = [-1, -1],
                    Step::Sample(sample) => {
                        let last = &mut last[usize::from(sample.track == TrackId::Audio)];
                        prop_assert!(sample.dts > *last, "{} after {}", sample.dts, last);
                        *last = sample.dts;
                    }
                }
            }
        }
    }
}
