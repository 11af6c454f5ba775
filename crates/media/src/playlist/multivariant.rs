//! The multivariant playlist: what there is to choose from.

use std::fmt::Write;

use super::render::line;
use crate::sample::{Codec, Track, TrackId};

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
