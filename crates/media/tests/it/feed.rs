//! Streams made up for the tests of what comes after the bus.

use std::sync::Arc;

use bytes::Bytes;
use kernel::Instant;
use media::packager::{Init, Output, Packager, Part, SegmentEnd};
use media::{Codec, Sample, Track, TrackId, Unit};

/// Where the clock stood when the first frame came.
pub const BEGAN: i64 = 1_778_587_200_000_000;

/// An AVC configuration that decoders accept: 320x180, High profile.
pub const AVC_CONFIG: &[u8] = &[
    0x01, 0x64, 0x00, 0x0d, 0xff, 0xe1, 0x00, 0x1a, 0x67, 0x64, 0x00, 0x0d, 0xac, 0xd9, 0x41, 0x41, 0x9f, 0x9f, 0x01,
    0x10, 0x00, 0x00, 0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0xc0, 0xf1, 0x42, 0x99, 0x60, 0x01, 0x00, 0x06, 0x68,
    0xeb, 0xe3, 0xcb, 0x22, 0xc0, 0xfd, 0xf8, 0xf8, 0x00,
];

pub fn video_track(epoch: u32) -> Track {
    Track {
        id: TrackId::Video,
        codec: Codec::Avc,
        timescale: 90_000,
        config: Bytes::from_static(AVC_CONFIG),
        width: 320,
        height: 180,
        channels: 0,
        sample_rate: 0,
        epoch,
    }
}

pub fn audio_track(epoch: u32, sample_rate: u32) -> Track {
    Track {
        id: TrackId::Audio,
        codec: Codec::Aac,
        timescale: sample_rate,
        config: Bytes::from_static(&[0x12, 0x10]),
        width: 0,
        height: 0,
        channels: 2,
        sample_rate,
        epoch,
    }
}

/// One frame every `ticks` of 90,000 a second.
#[derive(Clone, Copy, Debug)]
pub struct Video {
    pub ticks: i64,
    /// Rounded to whole milliseconds, as RTMP does.
    pub in_ms: bool,
    pub key_every: usize,
    /// B-frames between two others.
    pub b_frames: usize,
    pub start: i64,
}

impl Default for Video {
    fn default() -> Self {
        Self { ticks: 3000, in_ms: false, key_every: 60, b_frames: 2, start: 0 }
    }
}

/// Frames of 1,024 samples.
#[derive(Clone, Copy, Debug)]
pub struct Audio {
    pub sample_rate: u32,
    pub start: i64,
}

impl Default for Audio {
    fn default() -> Self {
        Self { sample_rate: 44_100, start: 0 }
    }
}

/// What one epoch is made of.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    pub epoch: u32,
    pub video: Option<Video>,
    pub audio: Option<Audio>,
    pub seconds: i64,
    /// Stretches, in milliseconds, in which a track sends nothing.
    pub gaps: Vec<(TrackId, i64, i64)>,
}

impl Feed {
    pub fn both(seconds: i64) -> Self {
        Self { epoch: 1, video: Some(Video::default()), audio: Some(Audio::default()), seconds, gaps: Vec::new() }
    }

    pub fn tracks(&self) -> Arc<Vec<Track>> {
        let video = self.video.map(|_| video_track(self.epoch));
        let audio = self.audio.map(|audio| audio_track(self.epoch, audio.sample_rate));
        Arc::new(video.into_iter().chain(audio).collect())
    }

    /// Every sample in the order of sending.
    pub fn samples(&self) -> Vec<Sample> {
        let mut samples = Vec::new();
        if let Some(video) = self.video {
            samples.extend(self.video_samples(video));
        }
        if let Some(audio) = self.audio {
            samples.extend(self.audio_samples(audio));
        }
        samples.retain(|sample| {
            let at_ms = self.us(sample) / 1000;
            !self.gaps.iter().any(|(track, from, until)| *track == sample.track && (*from..*until).contains(&at_ms))
        });
        samples.sort_by_key(|sample| self.us(sample));
        samples
    }

    fn video_samples(&self, video: Video) -> Vec<Sample> {
        let count = self.seconds * 90_000 / video.ticks;
        let rounded = |ticks: i64| if video.in_ms { ticks / 90 * 90 } else { ticks };
        let at = |place: i64| rounded(video.start + place * video.ticks);
        (0..count)
            .map(|place| {
                let in_group = usize::try_from(place).unwrap() % video.key_every;
                // Decoding order I P B B P B B: a P is shown after the B-frames that follow it. Everything is
                // shown one frame late, so that no frame is shown before it is decoded.
                let group = video.b_frames + 1;
                let left = usize::try_from(count - place).unwrap().min(video.key_every - in_group);
                let ahead = match in_group.checked_sub(1).map(|n| n % group) {
                    _ if video.b_frames == 0 => 0,
                    None => 1,
                    Some(0) => left.min(group),
                    Some(_) => 0,
                };
                let shown = place + i64::try_from(ahead).unwrap();
                Sample {
                    track: TrackId::Video,
                    epoch: self.epoch,
                    dts: at(place),
                    cts: i32::try_from(at(shown) - at(place)).unwrap(),
                    key: in_group == 0,
                    wall: self.wall(at(place), 90_000),
                    data: Bytes::from(vec![0, 0, 0, 4, 0x65, 1, 2, 3]),
                }
            })
            .collect()
    }

    fn audio_samples(&self, audio: Audio) -> Vec<Sample> {
        let count = self.seconds * i64::from(audio.sample_rate) / 1024;
        (0..count)
            .map(|place| {
                let dts = audio.start + place * 1024;
                Sample {
                    track: TrackId::Audio,
                    epoch: self.epoch,
                    dts,
                    cts: 0,
                    key: true,
                    wall: self.wall(dts, audio.sample_rate.into()),
                    data: Bytes::from_static(&[0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c]),
                }
            })
            .collect()
    }

    fn wall(&self, dts: i64, scale: i64) -> Instant {
        Instant::from_micros(BEGAN + i64::from(self.epoch) * 3_600_000_000 + dts * 1_000_000 / scale)
    }

    pub fn us(&self, sample: &Sample) -> i64 {
        let scale = match sample.track {
            TrackId::Video => 90_000,
            TrackId::Audio => i64::from(self.audio.unwrap().sample_rate),
        };
        (sample.dts * 1_000_000).div_euclid(scale)
    }

    /// Tracks and samples, without an end.
    pub fn units(&self) -> Vec<Unit> {
        let samples = self.samples().into_iter().map(|sample| Unit::Sample(Arc::new(sample)));
        std::iter::once(Unit::Tracks(self.tracks())).chain(samples).collect()
    }
}

/// Everything a packager makes of `units`.
pub fn package(packager: &mut Packager, units: &[Unit]) -> Vec<Output> {
    units.iter().flat_map(|unit| packager.on(unit)).collect()
}

pub fn parts(outputs: &[Output]) -> Vec<Part> {
    outputs
        .iter()
        .filter_map(|output| if let Output::Part(part) = output { Some(part.clone()) } else { None })
        .collect()
}

pub fn ends(outputs: &[Output]) -> Vec<SegmentEnd> {
    outputs.iter().filter_map(|output| if let Output::SegmentEnd(end) = output { Some(*end) } else { None }).collect()
}

pub fn inits(outputs: &[Output]) -> Vec<Init> {
    outputs
        .iter()
        .filter_map(|output| if let Output::Init(init) = output { Some(init.clone()) } else { None })
        .collect()
}

/// A sample as a player finds it in the fragments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub track: u32,
    pub dts: i64,
    pub pts: i64,
    pub duration: u32,
    pub key: bool,
}

/// Reads the samples of fragments back, by the box decoder alone.
pub fn found(parts: &[Part]) -> Vec<Found> {
    use mp4_atom::{Decode, Moof};
    let mut found = Vec::new();
    for part in parts.iter().filter(|part| !part.is_gap()) {
        let moof = Moof::decode(&mut part.bytes.as_ref()).unwrap();
        for traf in moof.traf {
            assert!(traf.tfhd.default_base_is_moof);
            let mut dts = i64::try_from(traf.tfdt.unwrap().base_media_decode_time).unwrap();
            for entry in traf.trun.iter().flat_map(|trun| trun.samples.iter()) {
                let flags = entry.flags.or(traf.tfhd.default_sample_flags).unwrap();
                found.push(Found {
                    track: traf.tfhd.track_id,
                    dts,
                    pts: dts + entry.cts.unwrap_or(0),
                    duration: entry.duration.unwrap(),
                    key: flags == 0x0200_0000,
                });
                dts += i64::from(entry.duration.unwrap());
            }
        }
    }
    found
}

/// Publishes what a feed sends, as an encoder does: a little at a time, so that sinks keep up.
pub async fn publish(publishing: &media::streams::Publishing, units: impl IntoIterator<Item = Unit>) {
    for (place, unit) in units.into_iter().enumerate() {
        match unit {
            Unit::Tracks(tracks) => publishing.tracks(Vec::<Track>::clone(&tracks)),
            Unit::Sample(sample) => publishing.sample(Sample::clone(&sample)),
            Unit::End => {}
        }
        if place % 8 == 0 {
            settle().await;
        }
    }
    settle().await;
}

/// Lets every task that can go on go on.
pub async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}
