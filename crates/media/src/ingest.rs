//! From FLV tags with a 32-bit millisecond clock to tracks and samples with a clock that only goes up.
//!
//! No sockets and no time of its own. A new epoch begins with the first configuration, with a new one, and
//! when the encoder's clock jumps back by more than a second or ahead by more than ten.

mod clock;
mod refusal;

use std::collections::VecDeque;

use bytes::Bytes;
use kernel::Instant;

use self::clock::{AHEAD_AT_MOST_MS, Epoch, Raw, Standstill, WireClock};
pub use self::refusal::Refusal;
use crate::aac::AacConfig;
use crate::avc::AvcConfig;
use crate::flv::{self, AudioTag, VideoTag};
use crate::sample::{Codec, Sample, Track, TrackId, VIDEO_TIMESCALE};

/// How long samples of one track wait for the other track's configuration.
const WAIT_FOR_OTHER_MS: i64 = 1_000;
const HELD_AT_MOST: usize = 256;
const HELD_BYTES_AT_MOST: usize = 16 * 1024 * 1024;
/// Samples of the other track that still carry the old clock after a jump, before it is believed.
const STRAYS_AT_MOST: u32 = 100;
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A new epoch; `epoch` is still zero in these and in the samples that follow.
    Tracks(Vec<Track>),
    Sample(Sample),
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
    standstill: Standstill,
    epoch: Option<Epoch>,
    held: VecDeque<Raw>,
    held_bytes: usize,
    strays: u32,
    broken_samples: u64,
    steps: VecDeque<Step>,
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
                self.take(Raw { track: TrackId::Video, at_ms, cts_ms, key, wall, data })?;
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
                self.take(Raw { track: TrackId::Audio, at_ms, cts_ms: 0, key: true, wall, data })?;
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

    fn take(&mut self, raw: Raw) -> Result<(), Refusal> {
        if self.standstill.is_too_long(raw.at_ms, raw.wall) {
            return Err(Refusal::ClockStands);
        }
        if let Some(epoch) = &self.epoch
            && epoch.is_jump(&raw)
        {
            // After a jump the other track's last samples still carry the old clock.
            let is_young = epoch.last_ms - epoch.origin_ms < WAIT_FOR_OTHER_MS;
            if is_young && epoch.last_of(raw.track).is_none() && self.strays < STRAYS_AT_MOST {
                self.strays += 1;
                return Ok(());
            }
            self.epoch = None;
        }
        if self.epoch.is_some() {
            self.pass(raw);
            return Ok(());
        }
        self.hold(raw);
        if self.is_complete() {
            self.begin();
        }
        Ok(())
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
