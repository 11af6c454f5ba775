//! Everything that reads a publisher's bytes, and the recovery of a torn recording.

use std::fs;
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kernel::Instant;
use media::aac::AacConfig;
use media::avc::AvcConfig;
use media::ingest::{Ingest, Step};
use media::packager::{Output, Packager};
use media::playlist::Playlist;
use media::rtmp::amf;
use media::rtmp::chunk::ChunkReader;
use media::rtmp::session::{Event, Session};
use media::{TrackId, Unit, boxes, flv, tape};

const PART_TARGET: Duration = Duration::from_millis(334);

/// Portions whose sizes the first bytes choose.
fn portions(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (size, rest) = bytes.split_first().map_or((1, bytes), |(size, rest)| (usize::from(*size).max(1) * 3, rest));
    rest.chunks(size)
}

/// Chunks of any shape, in portions of any size, make messages or a refusal.
pub fn rtmp_chunks(bytes: &[u8]) {
    let mut reader = ChunkReader::new();
    reader.allow_media();
    for portion in portions(bytes) {
        reader.receive(portion);
        loop {
            match reader.next_message() {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
}

/// AMF0 values are read or refused; what was read and written is read the same again.
pub fn amf(bytes: &[u8]) {
    let Ok(values) = amf::read_all(Bytes::copy_from_slice(bytes)) else { return };
    let written = amf::write_all(&values);
    let again = amf::read_all(written.clone()).expect("what was written can be read");
    assert_eq!(amf::write_all(&again), written);
}

/// The bodies of video and audio messages.
pub fn flv(bytes: &[u8]) {
    let bytes = Bytes::copy_from_slice(bytes);
    let _ = flv::video_tag(bytes.clone());
    let _ = flv::audio_tag(bytes);
}

/// A decoder configuration record with its sequence parameter set, and a sample read by it.
pub fn avc(bytes: &[u8]) {
    let (record, sample) = halves(bytes);
    let Ok(config) = AvcConfig::parse(&record) else { return };
    assert!(config.width > 0 && config.height > 0);
    let Ok(sample) = config.sample(sample) else { return };
    let again = AvcConfig::parse(&config.record).expect("the record travels on");
    assert_eq!(again.length_size, 4);
    assert_eq!(again.sample(sample.clone()).as_ref(), Ok(&sample));
}

/// An audio configuration.
pub fn aac(bytes: &[u8]) {
    let Ok(config) = AacConfig::parse(&Bytes::copy_from_slice(bytes)) else { return };
    assert!((1..=65_535).contains(&config.sample_rate) && config.channels > 0 && config.frame_length > 0);
}

/// A whole session: handshake, commands, every key accepted, tags into samples, samples into parts and a
/// playlist. Clocks only go up, and no part is too long.
pub fn rtmp_session(bytes: &[u8]) {
    let mut stranger = Session::new();
    let _ = stranger.receive(bytes).map(|()| stranger.next_event());

    let mut session = Session::new();
    let mut handshake = vec![0; 1 + 2 * 1536];
    handshake[0] = 3;
    session.receive(&handshake).expect("the handshake is good");
    let mut show = Show::new();
    for portion in portions(bytes) {
        if session.receive(portion).is_err() || !show.hear(&mut session) {
            break;
        }
    }
    show.end();
}

/// What becomes of a session's events.
struct Show {
    ingest: Ingest,
    epoch: u32,
    last_dts: [i64; 2],
    packager: Packager,
    playlist: Playlist,
    /// Where the next part belongs.
    next: (u64, u32),
}

impl Show {
    fn new() -> Self {
        Self {
            ingest: Ingest::new(),
            epoch: 0,
            last_dts: [-1; 2],
            packager: Packager::new(PART_TARGET),
            playlist: Playlist::new(PART_TARGET, Duration::from_secs(20)),
            next: (0, 0),
        }
    }

    /// False when the connection would be closed.
    fn hear(&mut self, session: &mut Session) -> bool {
        loop {
            let taken = match session.next_event() {
                Err(_) | Ok(Some(Event::Unpublish)) => return false,
                Ok(None) => return true,
                Ok(Some(Event::Publish { .. })) => {
                    session.accept();
                    Ok(())
                }
                Ok(Some(Event::Metadata { video, audio })) => {
                    self.ingest.expect(video, audio);
                    Ok(())
                }
                Ok(Some(Event::Video { timestamp, body })) => self.ingest.video(timestamp, body, Instant::EPOCH),
                Ok(Some(Event::Audio { timestamp, body })) => self.ingest.audio(timestamp, body, Instant::EPOCH),
            };
            if taken.is_err() {
                return false;
            }
            while let Some(step) = self.ingest.next_step() {
                self.step(step);
            }
        }
    }

    fn step(&mut self, step: Step) {
        let unit = match step {
            Step::Tracks(mut tracks) => {
                self.epoch += 1;
                self.last_dts = [-1; 2];
                for track in &mut tracks {
                    track.epoch = self.epoch;
                }
                boxes::init(&tracks).expect("what was accepted can be packaged");
                Unit::Tracks(Arc::new(tracks))
            }
            Step::Sample(mut sample) => {
                let last = &mut self.last_dts[usize::from(sample.track == TrackId::Audio)];
                assert!(sample.dts > *last, "{} after {last}", sample.dts);
                *last = sample.dts;
                sample.epoch = self.epoch;
                Unit::Sample(Arc::new(sample))
            }
        };
        self.package(&unit);
    }

    fn package(&mut self, unit: &Unit) {
        for output in self.packager.on(unit) {
            match &output {
                Output::Init(_) => {}
                Output::Part(part) => {
                    assert_eq!((part.msn, part.index), self.next);
                    assert!((1..=334_000).contains(&part.duration_us), "{}", part.duration_us);
                    self.next.1 += 1;
                }
                Output::SegmentEnd(end) => {
                    assert_eq!(end.msn, self.next.0);
                    assert!((end.duration_us + 500_000) / 1_000_000 <= i64::from(end.target_s), "{end:?}");
                    self.next = (end.msn + 1, 0);
                }
            }
            self.playlist.on(&output);
        }
    }

    fn end(&mut self) {
        let _ = self.playlist.render(true);
        self.package(&Unit::End);
        self.playlist.end();
        let _ = self.playlist.render(false);
    }
}

/// A recording torn in any way is recovered once, and its index then names only what is there.
pub fn tape(bytes: &[u8]) {
    let (index, reel) = halves(bytes);
    let mut walked = Cursor::new(&reel);
    let walk = boxes::walk(&mut walked).expect("memory can be read");
    assert!(walk.whole_bytes() <= reel.len() as u64);

    let dir = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).expect("a file");
    write("state.json", br#"{"state":"open","recovered":false,"began":"2026-05-12T12:00:00Z"}"#);
    write("index.jsonl", &index);
    write("0.mp4", &reel);
    let recovered = tape::recover(dir.path()).expect("nothing stands in the way").expect("it was open");
    assert_eq!(tape::recover(dir.path()).expect("it can be read"), None);
    let (lines, _) = tape::read_index(dir.path()).expect("it can be read");
    assert_eq!(lines.len() as u64, recovered.segments);
    let length = fs::metadata(dir.path().join("0.mp4")).map_or(0, |file| file.len());
    for line in &lines {
        assert!(line.epoch == 0 && line.offset.saturating_add(line.size) <= length, "{line:?} of {length}");
    }
    let _ = media::replay::render(&lines);
}

/// Two inputs in one, divided where the first two bytes say.
fn halves(bytes: &[u8]) -> (Bytes, Bytes) {
    let (size, rest) =
        bytes.split_first_chunk::<2>().map_or((0, bytes), |(size, rest)| (u16::from_be_bytes(*size), rest));
    let (first, second) = rest.split_at(usize::from(size).min(rest.len()));
    (Bytes::copy_from_slice(first), Bytes::copy_from_slice(second))
}
