//! What flows from a source to every sink: tracks, samples, and the end.
//!
//! Within one epoch the configuration stands still and `dts` of each track strictly increases. A new
//! connection, a new configuration or a backward jump of the encoder's clock begins a new epoch.

use std::sync::Arc;

use bytes::Bytes;
use kernel::Instant;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrackId {
    Video,
    Audio,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    Avc,
    Aac,
}

/// Ticks per second of every video track.
pub const VIDEO_TIMESCALE: u32 = 90_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    pub id: TrackId,
    pub codec: Codec,
    /// Ticks per second: 90,000 for video, the sample rate for audio.
    pub timescale: u32,
    /// `AVCDecoderConfigurationRecord` or `AudioSpecificConfig` as sent, but for the size of NAL lengths.
    pub config: Bytes,
    /// Zero for audio.
    pub width: u16,
    pub height: u16,
    /// Zero for video.
    pub channels: u8,
    pub sample_rate: u32,
    pub epoch: u32,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Sample {
    pub track: TrackId,
    pub epoch: u32,
    /// Decoding time in the track's timescale, counted from the start of the epoch.
    pub dts: i64,
    /// Presentation minus decoding time, in the track's timescale.
    pub cts: i32,
    /// Whether a decoder may start here; true for every audio sample.
    pub key: bool,
    /// When it arrived.
    pub wall: Instant,
    /// NAL units behind 4-byte lengths, or one raw AAC frame.
    pub data: Bytes,
}

impl std::fmt::Debug for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sample")
            .field("track", &self.track)
            .field("epoch", &self.epoch)
            .field("dts", &self.dts)
            .field("cts", &self.cts)
            .field("key", &self.key)
            .field("size_bytes", &self.data.len())
            .finish_non_exhaustive()
    }
}

/// One step of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A new epoch begins with these tracks.
    Tracks(Arc<Vec<Track>>),
    Sample(Arc<Sample>),
    /// The show is over. A later show on the same bus begins with [`Unit::Tracks`].
    End,
}
