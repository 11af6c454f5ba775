//! ISO base media boxes: the initialisation segment, one fragment per part, and the walk over a file's
//! boxes that finds where its last whole fragment ends.
//!
//! Brand `iso6` and no `cmfc`: CMAF is one track per file, these files carry both.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use bytes::Bytes;
use mp4_atom::esds::{DecoderConfig, DecoderSpecific, EsDescriptor, SLConfig};
use mp4_atom::{
    Atom, Audio, Avc1, Avcc, Codec as SampleEntry, Decode, Dinf, Dref, Encode, Esds, Ftyp, Hdlr, Mdhd, Mdia, Mfhd,
    Minf, Moof, Moov, Mp4a, Mvex, Mvhd, Smhd, Stbl, Stco, Stsd, Tfdt, Tfhd, Tkhd, Traf, Trak, Trex, Trun, TrunEntry,
    Url, Visual, Vmhd,
};

use crate::sample::{Codec, Sample, Track, TrackId};

/// A sample that other samples may start from (depends on no other).
const SYNC: u32 = 0x0200_0000;
/// A sample that needs others, and is no place to start.
const NOT_SYNC: u32 = 0x0101_0000;
/// `mdat` size and kind.
const MDAT_HEADER_BYTES: usize = 8;
/// MPEG-4 Audio and "audio stream" of ISO/IEC 14496-1.
const OBJECT_AAC: u8 = 0x40;
const STREAM_AUDIO: u8 = 0x05;

/// Why boxes could not be written: the track's configuration is not what its codec says.
#[derive(Debug, thiserror::Error)]
#[error("the boxes of this track cannot be written: {0}")]
pub struct BoxError(#[from] mp4_atom::Error);

/// The `track_ID` a track has in every file: video 1, audio 2.
pub const fn track_number(track: TrackId) -> u32 {
    match track {
        TrackId::Video => 1,
        TrackId::Audio => 2,
    }
}

/// Writes `ftyp` and `moov` for `tracks`.
pub fn init(tracks: &[Track]) -> Result<Bytes, BoxError> {
    let ftyp =
        Ftyp { major_brand: b"iso6".into(), minor_version: 0, compatible_brands: vec![b"iso6".into(), b"mp41".into()] };
    let moov = Moov {
        mvhd: Mvhd { timescale: 1000, rate: 1.into(), volume: 1.into(), next_track_id: 3, ..Mvhd::default() },
        mvex: Some(Mvex { mehd: None, trex: tracks.iter().map(extends).collect() }),
        trak: tracks.iter().map(trak).collect::<Result<_, _>>()?,
        ..Moov::default()
    };
    let mut bytes = Vec::with_capacity(1024);
    ftyp.encode(&mut bytes)?;
    moov.encode(&mut bytes)?;
    Ok(bytes.into())
}

fn extends(track: &Track) -> Trex {
    Trex { track_id: track_number(track.id), default_sample_description_index: 1, ..Trex::default() }
}

fn trak(track: &Track) -> Result<Trak, BoxError> {
    let is_video = track.id == TrackId::Video;
    let handler = if is_video { b"vide" } else { b"soun" };
    Ok(Trak {
        tkhd: Tkhd {
            track_id: track_number(track.id),
            enabled: true,
            in_movie: true,
            volume: u8::from(!is_video).into(),
            width: track.width.into(),
            height: track.height.into(),
            ..Tkhd::default()
        },
        mdia: Mdia {
            mdhd: Mdhd { timescale: track.timescale, language: "und".into(), ..Mdhd::default() },
            hdlr: Hdlr { handler: handler.into(), name: String::new() },
            minf: Minf {
                vmhd: is_video.then(Vmhd::default),
                smhd: (!is_video).then(Smhd::default),
                dinf: Dinf { dref: Dref { entries: vec![Url::default().into()] } },
                stbl: Stbl {
                    stsd: Stsd { codecs: vec![sample_entry(track)?] },
                    stco: Some(Stco::default()),
                    ..Stbl::default()
                },
                ..Minf::default()
            },
        },
        ..Trak::default()
    })
}

fn sample_entry(track: &Track) -> Result<SampleEntry, BoxError> {
    Ok(match track.codec {
        Codec::Avc => Avc1 {
            visual: Visual { data_reference_index: 1, width: track.width, height: track.height, ..Visual::default() },
            avcc: Avcc::decode_body(&mut track.config.as_ref())?,
            ..Avc1::default()
        }
        .into(),
        Codec::Aac => Mp4a {
            audio: Audio {
                data_reference_index: 1,
                channel_count: track.channels.into(),
                sample_size: 16,
                sample_rate: u16::try_from(track.sample_rate).unwrap_or(0).into(),
            },
            esds: Esds {
                es_desc: EsDescriptor {
                    dec_config: DecoderConfig {
                        object_type_indication: OBJECT_AAC,
                        stream_type: STREAM_AUDIO,
                        dec_specific: Some(DecoderSpecific {
                            raw: track.config.to_vec(),
                            ..DecoderSpecific::default()
                        }),
                        ..DecoderConfig::default()
                    },
                    sl_config: SLConfig {},
                    ..EsDescriptor::default()
                },
            },
            btrt: None,
            taic: None,
        }
        .into(),
    })
}

/// A sample with the time until the next one of its track, in the track's timescale.
#[derive(Clone, Debug)]
pub struct Timed {
    pub sample: Arc<Sample>,
    pub duration: u32,
}

/// The samples of one track in one fragment.
#[derive(Debug)]
pub struct Run<'a> {
    pub track: TrackId,
    /// Decode time of the first sample, not negative.
    pub decode_time: u64,
    pub samples: &'a [Timed],
}

/// Writes one `moof` with a `traf` per run, and its `mdat`.
pub fn fragment(sequence: u32, runs: &[Run<'_>]) -> Result<Bytes, BoxError> {
    let mut moof = Moof { mfhd: Mfhd { sequence_number: sequence }, traf: runs.iter().map(traf).collect() };
    let mut measured = Vec::with_capacity(1024);
    moof.encode(&mut measured)?;
    let payload: usize = runs.iter().flat_map(|run| run.samples).map(|timed| timed.sample.data.len()).sum();

    // Offsets count from the first byte of the moof (default_base_is_moof).
    let mut offset = measured.len() + MDAT_HEADER_BYTES;
    for (traf, run) in moof.traf.iter_mut().zip(runs) {
        for trun in &mut traf.trun {
            trun.data_offset = Some(i32::try_from(offset).unwrap_or(i32::MAX));
        }
        offset += run.samples.iter().map(|timed| timed.sample.data.len()).sum::<usize>();
    }
    let mut bytes = Vec::with_capacity(measured.len() + MDAT_HEADER_BYTES + payload);
    moof.encode(&mut bytes)?;
    let mdat = u32::try_from(payload + MDAT_HEADER_BYTES).ok().ok_or(mp4_atom::Error::InvalidSize)?;
    bytes.extend_from_slice(&mdat.to_be_bytes());
    bytes.extend_from_slice(b"mdat");
    for timed in runs.iter().flat_map(|run| run.samples) {
        bytes.extend_from_slice(&timed.sample.data);
    }
    Ok(bytes.into())
}

fn traf(run: &Run<'_>) -> Traf {
    let is_video = run.track == TrackId::Video;
    let entries: Vec<TrunEntry> = run
        .samples
        .iter()
        .map(|timed| TrunEntry {
            duration: Some(timed.duration),
            size: Some(u32::try_from(timed.sample.data.len()).unwrap_or(u32::MAX)),
            flags: is_video.then_some(if timed.sample.key { SYNC } else { NOT_SYNC }),
            cts: is_video.then_some(timed.sample.cts.into()),
        })
        .collect();
    Traf {
        tfhd: Tfhd {
            track_id: track_number(run.track),
            default_base_is_moof: true,
            default_sample_flags: (!is_video).then_some(SYNC),
            ..Tfhd::default()
        },
        tfdt: Some(Tfdt { base_media_decode_time: run.decode_time }),
        trun: vec![Trun { data_offset: Some(0), samples: entries.into() }],
        ..Traf::default()
    }
}

/// The time a fragment covers on its first track, in microseconds of media time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start_us: i64,
    pub end_us: i64,
}

/// Reads the time a `moof` covers, given the `moov` that precedes it; `None` when it tells no time.
pub fn span(moov: &Moov, moof: &Moof) -> Option<Span> {
    let traf = moof.traf.iter().min_by_key(|traf| traf.tfhd.track_id)?;
    let trak = moov.trak.iter().find(|trak| trak.tkhd.track_id == traf.tfhd.track_id)?;
    let scale = i128::from(trak.mdia.mdhd.timescale.max(1));
    let start = i128::from(traf.tfdt.as_ref()?.base_media_decode_time);
    let length: i128 = traf
        .trun
        .iter()
        .flat_map(|trun| trun.samples.iter())
        .map(|entry| i128::from(entry.duration.unwrap_or(0)))
        .sum();
    let us = |ticks: i128| i64::try_from(ticks * 1_000_000 / scale).unwrap_or(i64::MAX);
    Some(Span { start_us: us(start), end_us: us(start + length) })
}

/// What a walk over a file's boxes found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// Bytes of `ftyp` and `moov`; 0 when they are not whole.
    pub init_bytes: u64,
    /// Offset and size of each whole fragment.
    pub fragments: Vec<(u64, u64)>,
}

impl Walk {
    /// Where the last whole fragment ends: everything after is torn.
    pub fn whole_bytes(&self) -> u64 {
        self.fragments.last().map_or(self.init_bytes, |(offset, size)| offset + size)
    }
}

/// Walks the boxes of a recording and stops before the first that is torn or unknown.
///
/// Reads headers only, so a file of any size costs a few bytes per box; never reads past `file`'s end.
pub fn walk(file: &mut (impl Read + Seek)) -> io::Result<Walk> {
    let end = file.seek(SeekFrom::End(0))?;
    let mut walk = Walk::default();
    let mut at = 0;
    let Some((b"ftyp", ftyp)) = header(file, at, end)?.as_ref().map(|(kind, size)| (kind, *size)) else {
        return Ok(walk);
    };
    at += ftyp;
    let Some((b"moov", moov)) = header(file, at, end)?.as_ref().map(|(kind, size)| (kind, *size)) else {
        return Ok(walk);
    };
    at += moov;
    walk.init_bytes = at;
    while let Some((kind, moof)) = header(file, at, end)? {
        if &kind != b"moof" {
            break;
        }
        let Some((kind, mdat)) = header(file, at + moof, end)? else { break };
        if &kind != b"mdat" {
            break;
        }
        walk.fragments.push((at, moof + mdat));
        at += moof + mdat;
    }
    Ok(walk)
}

/// The kind and whole size of the box at `at`; `None` when it does not end within the file.
fn header(file: &mut (impl Read + Seek), at: u64, end: u64) -> io::Result<Option<([u8; 4], u64)>> {
    let left = end.saturating_sub(at);
    if left < 8 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(at))?;
    let mut head = [0; 8];
    file.read_exact(&mut head)?;
    let [a, b, c, d, kind @ ..] = head;
    let mut size = u64::from(u32::from_be_bytes([a, b, c, d]));
    let mut least = 8;
    if size == 1 {
        if left < 16 {
            return Ok(None);
        }
        let mut large = [0; 8];
        file.read_exact(&mut large)?;
        size = u64::from_be_bytes(large);
        least = 16;
    }
    Ok((size >= least && size <= left).then_some((kind, size)))
}

/// Decodes the box of kind `T` that starts at `at`; `None` when the bytes are not one.
pub fn read<T: Decode>(file: &mut (impl Read + Seek), at: u64, size: u64) -> io::Result<Option<T>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes)?;
    Ok(T::decode(&mut bytes.as_slice()).ok())
}
