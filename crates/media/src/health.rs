//! What the crew sees of a source: state, rates, and what is wrong with it.

use kernel::Instant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::streams::StreamState;

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
    /// No track, or nothing in it for a while.
    NoAudio,
    /// Pictures are shown so long after they are decoded; the fact is the milliseconds.
    BFrames,
    /// Pictures behind a keyframe are shown before it: who joins there cannot decode them.
    OpenGop,
    /// The fact is the frames per second now; the source sent more before.
    FrameRateLow,
    /// Media comes slower or faster than time goes by; the fact is how many milliseconds it is behind by now.
    ClockDrift,
    /// The source was refused; the fact is its codec.
    CodecUnsupported,
    /// The source was refused; the fact is its sample rate.
    SampleRateUnsupported,
    /// The source was refused; its sequence header says nothing that can be played.
    ConfigurationBroken,
    /// Another source took the stream over while this key's source was sending, or tried to; the fact is how often
    /// that was within the last minute.
    SourceReplaced,
    /// The show is not being recorded, because the disk is nearly full; it is again when there is room.
    RecordingDiskLow,
    /// The show is not being recorded, because it could not be written.
    RecordingFailed,
}

impl Health {
    /// What is told of a stream that no source has fed.
    pub fn of_nothing(since: Instant) -> Self {
        Self { state: StreamState::Idle, since, video: None, audio: None, source: String::new(), warnings: Vec::new() }
    }
}
