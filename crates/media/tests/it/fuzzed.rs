//! Bytes from outside never panic: the fuzz targets' own functions, run briefly.

use std::fs;

use bytes::Bytes;
use media::packager::{Output, Packager};
use media::rtmp::amf::{self, Value};
use media::rtmp::chunk::kind;
use media::tape::Tape;

use crate::encoder::{AVCC, Script, audio_header, picture, sound, video_header};
use crate::feed::{BEGAN, Feed, package};

#[path = "../../../../fuzz/brief.rs"]
mod brief;
#[path = "../../../../fuzz/src/media.rs"]
mod entries;

use brief::{briefly, folder};

#[test]
fn sessions_from_their_chunks_to_a_playlist() {
    briefly("rtmp_session", entries::rtmp_session, 1_000);
}

#[test]
fn chunks() {
    briefly("rtmp_chunks", entries::rtmp_chunks, 10_000);
}

#[test]
fn amf_values() {
    briefly("amf", entries::amf, 20_000);
}

#[test]
fn tags_and_configurations() {
    briefly("flv", entries::flv, 20_000);
    briefly("avc", entries::avc, 20_000);
    briefly("aac", entries::aac, 20_000);
}

#[test]
fn torn_recordings() {
    briefly("tape", entries::tape, 300);
}

/// The seeds are valid input, made by the tests' own encoder.
#[test]
#[ignore = "writes the seeds anew"]
fn seeds_are_made() {
    let seed = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(folder("seeds", target)).unwrap();
        fs::write(folder("seeds", target).join(name), bytes).unwrap();
    };
    let session = |script: Script| [&[85][..], &script.bytes[3_073..]].concat();
    seed("rtmp_session", "both", &session(short_show(&[video_header(), audio_header()], true)));
    seed("rtmp_session", "sound-alone", &session(short_show(&[audio_header()], false)));
    seed("rtmp_session", "new-size", &session(new_size()));
    seed("rtmp_chunks", "both", &session(short_show(&[video_header(), audio_header()], true)));

    let object = Value::Object(vec![("list".to_owned(), Value::Array(vec![Value::Number(1.0), Value::text("two")]))]);
    seed("amf", "values", &amf::write_all(&[Value::text("connect"), object, Value::Boolean(true), Value::Null]));
    for (name, body) in [
        ("header", video_header()),
        ("picture", picture(true, 20)),
        ("extended", Bytes::from_static(b"\x91avc1\0\0\x42\0\0\0\x01\x65")),
        ("hevc", Bytes::from_static(b"\x90hvc1\x01")),
        ("sound-header", audio_header()),
        ("sound", sound()),
        ("extended-sound", Bytes::from_static(b"\x91mp4a\x07")),
    ] {
        seed("flv", name, &body);
    }
    let sample = [0, 0, 0, 2, 9, 16, 0, 0, 0, 1, 0x65];
    for (name, record) in [("high", AVCC), ("baseline", OTHER_AVCC), ("high-444", HIGH_444)] {
        let record = hex::decode(record).unwrap();
        seed("avc", name, &[&u16::try_from(record.len()).unwrap().to_be_bytes()[..], &record, &sample].concat());
    }
    seed("aac", "lc", &[0x11, 0x90]);
    seed("aac", "he", &[0x2b, 0x11, 0x88, 0x00]);
    seed("aac", "explicit-rate", &[0x17, 0x80, 0x56, 0x22, 0x10]);

    let (index, reel) = recorded();
    let halves =
        |index: &[u8], reel: &[u8]| [&u16::try_from(index.len()).unwrap().to_be_bytes()[..], index, reel].concat();
    seed("tape", "whole", &halves(&index, &reel));
    seed("tape", "torn", &halves(&index[..index.len() / 2], &reel[..reel.len() - 100]));
    seed("tape", "without-index", &halves(&[], &reel));
}

const OTHER_AVCC: &str = "0142c01effe100196742c01ed900a02ff970110000030001000003003c0f162e4801000568cb83cb20";
const HIGH_444: &str =
    "01f40028ffe1001b67f40028919b280f0044fc4e0220000003002000000641e30632c001000668ebe3c44844fff8f800";

/// Three seconds at a low rate, so that segments are cut.
fn short_show(headers: &[Bytes], has_video: bool) -> Script {
    let mut script = Script::publishing("secret");
    script.metadata(has_video, true);
    for header in headers {
        let kind = if header[0] == 0x17 { kind::VIDEO } else { kind::AUDIO };
        script.message(kind, 0, header.clone());
    }
    for frame in 0..30 {
        if has_video {
            script.message(kind::VIDEO, frame * 100, picture(frame % 10 == 0, 20));
        }
        script.message(kind::AUDIO, frame * 100, sound());
    }
    script.goodbye();
    script
}

fn new_size() -> Script {
    let mut script = Script::publishing("secret?token=abc");
    script.metadata(true, false);
    for (start, record) in [(0, AVCC), (1_000, OTHER_AVCC), (0, AVCC)] {
        let header = [vec![0x17, 0, 0, 0, 0], hex::decode(record).unwrap()].concat();
        script.message(kind::VIDEO, start, header.into());
        script.message(kind::VIDEO, start, picture(true, 30));
        script.message(kind::VIDEO, start + 40, picture(false, 200));
    }
    script.message(kind::VIDEO, 0x0100_0000, picture(true, 30));
    script
}

/// The index and the file of four seconds.
fn recorded() -> (Vec<u8>, Vec<u8>) {
    let dir = tempfile::tempdir().unwrap();
    let mut tape = Tape::open(dir.path(), kernel::Instant::from_micros(BEGAN)).unwrap();
    let mut packager = Packager::new(std::time::Duration::from_millis(334));
    for output in package(&mut packager, &Feed::both(4).units()) {
        if !matches!(&output, Output::Part(part) if part.msn > 1) {
            tape.on(&output).unwrap();
        }
    }
    drop(tape);
    let read = |name| fs::read(dir.path().join(name)).unwrap();
    (read("index.jsonl"), read("0.mp4"))
}
