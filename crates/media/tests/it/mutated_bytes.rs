//! Bytes from outside never panic: valid input, mutated many times from a fixed start. The fuzz targets in
//! `fuzz/` go over the same functions without end.

use bytes::Bytes;
use kernel::Instant;
use media::aac::AacConfig;
use media::avc::AvcConfig;
use media::flv;
use media::ingest::Ingest;
use media::rtmp::amf::{self, Value};
use media::rtmp::chunk::{ChunkReader, kind};
use media::rtmp::session::{Event, Session};

use crate::encoder::{AVCC, Script, audio_header, picture, sound, video_header};

/// Marsaglia's xorshift: the same mutations on every machine.
struct Mutations(u64);

impl Mutations {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap()
    }

    fn of(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.next() % 8 {
            let place = self.next() % (bytes.len() + 1);
            match self.next() % 5 {
                0 => bytes.truncate(place),
                1 => bytes.insert(place, self.next().to_le_bytes()[0]),
                2 if place < bytes.len() => {
                    bytes.remove(place);
                }
                3 if place < bytes.len() => bytes[place] = [0, 1, 127, 128, 255][self.next() % 5],
                _ if place < bytes.len() => bytes[place] ^= 1 << (self.next() % 8),
                _ => {}
            }
        }
        bytes
    }
}

fn show() -> Vec<u8> {
    let mut script = Script::publishing("secret");
    script.metadata(true, true);
    script.message(kind::VIDEO, 0, video_header());
    script.message(kind::AUDIO, 0, audio_header());
    script.message(kind::VIDEO, 40, picture(true, 300));
    script.message(kind::AUDIO, 0x0100_0000, sound());
    script.goodbye();
    script.bytes.to_vec()
}

/// From the socket to samples.
fn ingest(bytes: &[u8]) {
    let mut session = Session::new();
    let mut ingest = Ingest::new();
    for portion in bytes.chunks(700) {
        if session.receive(portion).is_err() {
            return;
        }
        while let Ok(Some(event)) = session.next_event() {
            let is_good = match event {
                Event::Publish { .. } => {
                    session.accept();
                    true
                }
                Event::Metadata { video, audio } => {
                    ingest.expect(video, audio);
                    true
                }
                Event::Video { timestamp, body } => ingest.video(timestamp, body, Instant::EPOCH).is_ok(),
                Event::Audio { timestamp, body } => ingest.audio(timestamp, body, Instant::EPOCH).is_ok(),
                Event::Unpublish => false,
            };
            if !is_good {
                return;
            }
            while ingest.next_step().is_some() {}
        }
    }
}

#[test]
fn mutated_sessions_never_panic() {
    let show = show();
    let mut mutations = Mutations(0x1eaf);
    for _ in 0..500 {
        // The handshake takes anything: mutate behind it, or every second mutation is lost in it.
        let mut bytes = show[..3_073].to_vec();
        bytes.extend(mutations.of(&show[3_073..]));
        ingest(&bytes);
        ingest(&mutations.of(&show));
    }
}

#[test]
fn mutated_chunks_never_panic() {
    let chunks = &show()[3_073..];
    let mut mutations = Mutations(0xfa1e);
    for _ in 0..10_000 {
        let mut reader = ChunkReader::new();
        for portion in mutations.of(chunks).chunks(97) {
            reader.receive(portion);
            while let Ok(Some(_)) = reader.next_message() {}
        }
    }
}

#[test]
fn mutated_values_tags_and_configurations_never_panic() {
    let object = Value::Object(vec![("list".to_owned(), Value::Array(vec![Value::Number(1.0), Value::text("two")]))]);
    let values = amf::write_all(&[Value::text("connect"), object, Value::Boolean(true), Value::Null]);
    let record = hex::decode(AVCC).unwrap();
    let mut mutations = Mutations(0xbeef);
    for _ in 0..20_000 {
        let _ = amf::read_all(mutations.of(&values).into());
        let _ = flv::video_tag(mutations.of(&picture(true, 20)).into());
        let _ = flv::audio_tag(mutations.of(&sound()).into());
        let _ = AacConfig::parse(&mutations.of(&[0x2b, 0x11, 0x88, 0x00]).into());
        if let Ok(config) = AvcConfig::parse(&mutations.of(&record).into()) {
            let _ = config.sample(Bytes::from(mutations.of(&[0, 0, 0, 2, 9, 16, 0, 0, 0, 1, 0x65])));
        }
    }
}
