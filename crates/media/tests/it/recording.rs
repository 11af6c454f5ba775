//! Recordings: on the disk, after a kill, and played again.

use std::fs;
use std::io::{self, Cursor};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt;
use kernel::id::RecordingId;
use kernel::{Instant, ManualClock};
use media::boxes::{self, Walk};
use media::packager::Packager;
use media::recorder::Disk;
use media::tape::{self, Phase, Tape};
use media::{
    PublishGrant, RecordError, RecorderSettings, Recorders, RecordingState, Replays, StreamName, Streams, Unit,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::feed::{BEGAN, Feed, package, publish};

const PART: Duration = Duration::from_millis(334);

fn now() -> Instant {
    Instant::from_micros(BEGAN)
}

/// Records `units` as if the process were killed at their end.
fn tape_of(dir: &Path, units: &[Unit]) {
    let mut tape = Tape::open(dir, now()).unwrap();
    for output in package(&mut Packager::new(PART), units) {
        tape.on(&output).unwrap();
    }
}

#[test]
fn the_index_tells_every_segment_and_its_hash() {
    let dir = TempDir::new().unwrap();
    let mut units = Feed::both(7).units();
    units.push(Unit::End);
    tape_of(dir.path(), &units);
    let (lines, _) = tape::read_index(dir.path()).unwrap();
    let file = fs::read(dir.path().join("0.mp4")).unwrap();
    assert_eq!(lines.len(), 4);
    let mut at = lines[0].offset;
    for (place, line) in lines.iter().enumerate() {
        assert_eq!((line.msn, line.offset), (place as u64, at));
        at += line.size;
        let bytes = &file[usize::try_from(line.offset).unwrap()..usize::try_from(at).unwrap()];
        assert_eq!(line.sha256, hex::encode(Sha256::digest(bytes)));
    }
    assert_eq!(at, file.len() as u64);
    assert_eq!(lines[1].wall, lines[0].wall + Duration::from_secs(2));
    assert_eq!(lines.iter().map(|line| line.duration_us).sum::<i64>(), 7_000_000);
}

#[test]
fn a_changed_line_breaks_the_chain() {
    let dir = TempDir::new().unwrap();
    tape_of(dir.path(), &Feed::both(9).units());
    let path = dir.path().join("index.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(tape::read_index(dir.path()).unwrap().0.len(), 4);
    fs::write(&path, text.replacen("\"msn\":1", "\"msn\":7", 1)).unwrap();
    assert_eq!(tape::read_index(dir.path()).unwrap().0.len(), 2);
}

#[test]
fn a_recording_cut_anywhere_recovers_to_its_last_whole_part() {
    let whole = TempDir::new().unwrap();
    tape_of(whole.path(), &Feed::both(7).units());
    let file = fs::read(whole.path().join("0.mp4")).unwrap();
    let index = fs::read(whole.path().join("index.jsonl")).unwrap();
    let state = fs::read(whole.path().join("state.json")).unwrap();
    let walk = boxes::walk(&mut Cursor::new(&file)).unwrap();
    assert_eq!(walk.whole_bytes(), file.len() as u64);
    let (all, _) = tape::read_index(whole.path()).unwrap();

    for cut in (0..=file.len()).rev().step_by(61).chain(0..40) {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("0.mp4"), &file[..cut]).unwrap();
        // The index, too, may be torn.
        fs::write(dir.path().join("index.jsonl"), &index[..index.len() - cut % 3]).unwrap();
        fs::write(dir.path().join("state.json"), &state).unwrap();
        let recovered = tape::recover(dir.path()).unwrap().unwrap();

        let cut = cut as u64;
        let ends = walk.fragments.iter().map(|(offset, size)| offset + size);
        let whole =
            ends.filter(|end| *end <= cut).max().unwrap_or(if cut >= walk.init_bytes { walk.init_bytes } else { 0 });
        assert_eq!(recovered.cut_bytes, cut - whole, "cut at {cut}");
        let (lines, _) = tape::read_index(dir.path()).unwrap();
        assert_eq!(lines.len() as u64, recovered.segments);
        assert_eq!(lines.last().map_or(whole.min(walk.init_bytes), |line| line.offset + line.size), whole);
        for (line, before) in lines.iter().zip(&all).take(lines.len().saturating_sub(1)) {
            assert_eq!(line, before, "what was safe stays as it was");
        }
        let state = tape::read_state(dir.path()).unwrap().unwrap();
        assert!(state.recovered && state.state == Phase::Sealed);
        assert_eq!(tape::recover(dir.path()).unwrap(), None, "once");
    }
}

#[test]
fn a_recovered_tail_keeps_its_time() {
    let dir = TempDir::new().unwrap();
    // Killed in the fourth segment, two parts in.
    tape_of(dir.path(), &Feed::both(7).units());
    tape::recover(dir.path()).unwrap();
    let (lines, _) = tape::read_index(dir.path()).unwrap();
    assert_eq!(lines.len(), 4);
    assert_eq!((lines[3].dts_us, lines[3].duration_us), (6_000_000, 666_666));
    assert_eq!(lines[3].wall, lines[0].wall + Duration::from_secs(6));
}

#[test]
fn a_recording_that_goes_on_keeps_what_it_had() {
    let dir = TempDir::new().unwrap();
    tape_of(dir.path(), &Feed::both(5).units());
    let mut tape = Tape::open(dir.path(), now()).unwrap();
    for output in package(&mut Packager::new(PART), &[Feed::both(3).units(), vec![Unit::End]].concat()) {
        tape.on(&output).unwrap();
    }
    tape.seal().unwrap();
    let (lines, _) = tape::read_index(dir.path()).unwrap();
    let places: Vec<(u32, u64)> = lines.iter().map(|line| (line.epoch, line.msn)).collect();
    assert_eq!(places, [(0, 0), (0, 1), (0, 2), (1, 3), (1, 4)]);
    assert!(media::replay::render(&lines).contains("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"1/init.mp4\""));
}

/// Bytes of a small file, for breaking.
fn small_file() -> Vec<u8> {
    let dir = TempDir::new().unwrap();
    tape_of(dir.path(), &[Feed::both(3).units(), vec![Unit::End]].concat());
    fs::read(dir.path().join("0.mp4")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the bytes are, the walk ends, and stays within them.
    #[test]
    fn the_walk_survives_any_bytes(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40),
        sizes in prop::collection::vec((0_usize..40, prop::sample::select(vec![0_u32, 1, 7, 8, 16, u32::MAX])), 0..3),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = small_file();
        let walk = boxes::walk(&mut Cursor::new(&bytes)).unwrap();
        for (place, size) in sizes {
            let offset = usize::try_from(walk.fragments[place % walk.fragments.len()].0).unwrap();
            bytes[offset..offset + 4].copy_from_slice(&size.to_be_bytes());
        }
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        let Walk { init_bytes, fragments } = boxes::walk(&mut Cursor::new(&bytes)).unwrap();
        let mut at = init_bytes;
        for (offset, size) in &fragments {
            prop_assert_eq!(*offset, at);
            at += size;
            let _ = boxes::read::<mp4_atom::Moof>(&mut Cursor::new(&bytes), *offset, *size).unwrap();
        }
        prop_assert!(at <= bytes.len() as u64);

        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join("0.mp4"), &bytes).unwrap();
        fs::write(dir.path().join("state.json"), r#"{"state":"open","recovered":false,"began":"2026-05-12T12:00:00Z"}"#).unwrap();
        tape::recover(dir.path()).unwrap();
    }

    #[test]
    fn the_walk_survives_noise(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let walk = boxes::walk(&mut Cursor::new(&bytes)).unwrap();
        prop_assert!(walk.whole_bytes() <= bytes.len() as u64);
    }
}

/// A disk that has as much room as it is told.
struct FakeDisk(AtomicU64);

impl Disk for FakeDisk {
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Ok(self.0.load(Ordering::SeqCst))
    }
}

struct Studio {
    dir: TempDir,
    streams: Streams,
    recorders: Recorders,
    replays: Router,
    disk: Arc<FakeDisk>,
    name: StreamName,
}

impl Studio {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let clock = Arc::new(ManualClock::at(now()));
        let streams = Streams::new(clock.clone());
        let disk = Arc::new(FakeDisk(AtomicU64::new(10 << 30)));
        let settings = RecorderSettings::new(dir.path().join("rec"));
        let recorders = Recorders::with_disk(settings.clone(), streams.clone(), clock, disk.clone());
        let replays = Replays::new(settings.dir).routes();
        Self { dir, streams, recorders, replays, disk, name: StreamName::new("fair") }
    }

    async fn publish(&self, feed: &Feed) -> media::streams::Publishing {
        let grant = PublishGrant { name: self.name.clone(), label: "studio".into(), max_bitrate_kbps: None };
        let publishing = self.streams.publish(&grant).unwrap();
        publish(&publishing, feed.units()).await;
        publishing
    }

    /// Waits until the recording's status is as wanted.
    async fn until(&self, id: RecordingId, wanted: impl Fn(&media::RecordingStatus) -> bool) {
        let mut statuses = self.recorders.statuses();
        let seen = statuses.wait_for(|statuses| statuses.get(&id).is_some_and(&wanted));
        tokio::time::timeout(Duration::from_secs(20), seen).await.expect("in time").unwrap();
    }

    async fn get(&self, path: &str) -> (StatusCode, Bytes) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = self.replays.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
        (response.status(), response.into_body().collect().await.unwrap().to_bytes())
    }
}

#[tokio::test]
async fn a_recording_is_played_again_once_it_is_sealed() {
    let studio = Studio::new();
    let id = RecordingId::new();
    studio.recorders.start(&studio.name, id).await.unwrap();
    assert!(matches!(studio.recorders.start(&studio.name, id).await, Err(RecordError::AlreadyRunning)));
    let _publishing = studio.publish(&Feed::both(7)).await;
    studio.until(id, |status| status.segments >= 3).await;
    assert_eq!(studio.get(&format!("/replay/{id}/index.m3u8")).await.0, StatusCode::NOT_FOUND);
    studio.recorders.stop(id).await.unwrap();
    studio.until(id, |status| status.state == RecordingState::Sealed && status.lags == 0).await;
    assert!(matches!(studio.recorders.stop(id).await, Err(RecordError::NotRunning)));

    let (status, playlist) = studio.get(&format!("/replay/{id}/index.m3u8")).await;
    assert_eq!(status, StatusCode::OK);
    let playlist = String::from_utf8(playlist.to_vec()).unwrap();
    assert!(playlist.ends_with("#EXT-X-ENDLIST\n") && playlist.contains("#EXT-X-PLAYLIST-TYPE:VOD\n"));
    let mut bytes = studio.get(&format!("/replay/{id}/0/init.mp4")).await.1.to_vec();
    let uris: Vec<&str> = playlist.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(uris, ["0/0.m4s", "0/1.m4s", "0/2.m4s", "0/3.m4s"]);
    for uri in uris {
        let (status, segment) = studio.get(&format!("/replay/{id}/{uri}")).await;
        assert_eq!(status, StatusCode::OK);
        bytes.extend_from_slice(&segment);
    }
    let file = fs::read(studio.dir.path().join("rec").join(id.to_string()).join("0.mp4")).unwrap();
    assert!(bytes == file, "the replay is the recording, byte for byte");
}

#[tokio::test]
async fn a_recording_goes_on_though_whoever_began_it_has_left() {
    let studio = Studio::new();
    let id = RecordingId::new();
    {
        let mut beginning = std::pin::pin!(studio.recorders.start(&studio.name, id));
        assert!(futures_util::poll!(beginning.as_mut()).is_pending());
    }
    studio.until(id, |status| status.state == RecordingState::Open).await;
    studio.recorders.stop(id).await.unwrap();
    assert_eq!(studio.recorders.status(id).unwrap().state, RecordingState::Sealed);
}

#[tokio::test]
async fn a_recording_that_went_on_is_played_to_its_new_end() {
    let studio = Studio::new();
    let id = RecordingId::new();
    let segments = || async {
        let (status, playlist) = studio.get(&format!("/replay/{id}/index.m3u8")).await;
        let playlist = String::from_utf8(playlist.to_vec()).unwrap();
        (status, playlist.lines().filter(|line| !line.starts_with('#')).count())
    };
    let mut sealed = 0;
    for epoch in 1..=2 {
        studio.recorders.start(&studio.name, id).await.unwrap();
        let _publishing = studio.publish(&Feed { epoch, ..Feed::both(5) }).await;
        studio.until(id, |status| status.segments >= sealed + 2).await;
        studio.recorders.stop(id).await.unwrap();
        let now = studio.recorders.status(id).unwrap().segments;
        assert!(now > sealed);
        sealed = now;
        // The status counts what it was told; the last segment is told by the index.
        let played = segments().await;
        assert!(played.0 == StatusCode::OK && played.1 as u64 >= sealed, "{played:?} of {sealed}");
    }
}

#[tokio::test]
async fn a_recording_without_a_segment_is_none_to_play() {
    let studio = Studio::new();
    let id = RecordingId::new();
    assert!(!studio.recorders.is_playable(id).await.unwrap());
    studio.recorders.start(&studio.name, id).await.unwrap();
    studio.recorders.stop(id).await.unwrap();
    assert!(!studio.recorders.is_playable(id).await.unwrap());
    // What a writer left open is sealed.
    let id = RecordingId::new();
    tape_of(&studio.dir.path().join("rec").join(id.to_string()), &Feed::both(7).units());
    assert!(studio.recorders.is_playable(id).await.unwrap());
    assert_eq!(studio.get(&format!("/replay/{id}/index.m3u8")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn only_recordings_are_played() {
    let studio = Studio::new();
    let id = RecordingId::new();
    studio.recorders.start(&studio.name, id).await.unwrap();
    let _publishing = studio.publish(&Feed::both(5)).await;
    studio.until(id, |status| status.segments >= 2).await;
    studio.recorders.stop(id).await.unwrap();
    fs::write(studio.dir.path().join("secret.mp4"), "x").unwrap();
    let braced = format!("{{{id}}}");
    let simple = id.uuid().simple().to_string();
    for recording in ["..", "%2e%2e", "..%2f", "x", "%00", "%ff", &braced, &simple, &RecordingId::new().to_string()] {
        let (status, _) = studio.get(&format!("/replay/{recording}/index.m3u8")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{recording}");
    }
    for file in [
        "0/..%2findex.jsonl",
        "0/0.mp4",
        "0/99.m4s",
        "7/0.m4s",
        "..%2f..%2fsecret/init.mp4",
        "-1/init.mp4",
        "00/init.mp4",
    ] {
        let (status, _) = studio.get(&format!("/replay/{id}/{file}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{file}");
    }
}

#[tokio::test]
async fn a_full_disk_stops_the_recording_and_not_the_show() {
    let studio = Studio::new();
    let id = RecordingId::new();
    studio.recorders.start(&studio.name, id).await.unwrap();
    studio.disk.0.store(1 << 20, Ordering::SeqCst);
    let publishing = studio.publish(&Feed::both(7)).await;
    studio.until(id, |status| status.state == RecordingState::DiskLow).await;
    assert_eq!(studio.streams.stream(&studio.name).state(), media::StreamState::Live);
    drop(publishing);
    assert_eq!(studio.get(&format!("/replay/{id}/index.m3u8")).await.0, StatusCode::OK);
    let refused = studio.recorders.start(&studio.name, RecordingId::new()).await;
    assert!(matches!(refused, Err(RecordError::DiskLow)));
}

#[tokio::test]
async fn a_recording_that_stopped_for_want_of_room_goes_on_when_there_is_clearly_some() {
    let studio = Studio::new();
    let id = RecordingId::new();
    studio.disk.0.store(1 << 20, Ordering::SeqCst);
    assert!(matches!(studio.recorders.start(&studio.name, id).await, Err(RecordError::DiskLow)));
    assert_eq!(studio.recorders.status(id).unwrap().state, RecordingState::DiskLow);
    assert!(!studio.recorders.has_room());
    studio.disk.0.store(1 << 30, Ordering::SeqCst);
    assert!(!studio.recorders.resume(id).await.unwrap(), "it would stop again at once");
    studio.disk.0.store(2 << 30, Ordering::SeqCst);
    assert!(studio.recorders.resume(id).await.unwrap());
    assert_eq!(studio.recorders.status(id).unwrap().state, RecordingState::Open);
    assert!(!studio.recorders.resume(id).await.unwrap(), "once");
    assert!(!studio.recorders.resume(RecordingId::new()).await.unwrap());
}

#[tokio::test]
async fn a_recording_that_cannot_be_written_says_so_and_keeps_what_it_has() {
    let studio = Studio::new();
    let id = RecordingId::new();
    studio.recorders.start(&studio.name, id).await.unwrap();
    let first = studio.publish(&Feed::both(5)).await;
    studio.until(id, |status| status.segments >= 2).await;
    // The next file cannot be made.
    fs::write(studio.dir.path().join("rec").join(id.to_string()).join("1.mp4"), "x").unwrap();
    drop(first);
    let _second = studio.publish(&Feed { epoch: 2, ..Feed::both(5) }).await;
    studio.until(id, |status| status.state == RecordingState::Failed).await;
    assert_eq!(studio.streams.stream(&studio.name).state(), media::StreamState::Live);
    assert!(matches!(studio.recorders.stop(id).await, Err(RecordError::NotRunning)));
    assert!(studio.recorders.is_playable(id).await.unwrap());
    assert_eq!(studio.get(&format!("/replay/{id}/index.m3u8")).await.0, StatusCode::OK);
}

#[tokio::test]
async fn what_a_killed_process_left_is_sealed_at_the_next_start() {
    let studio = Studio::new();
    let id = RecordingId::new();
    tape_of(&studio.dir.path().join("rec").join(id.to_string()), &Feed::both(7).units());
    fs::create_dir(studio.dir.path().join("rec/lost+found")).unwrap();
    let recovered = studio.recorders.recover().await.unwrap();
    assert_eq!(recovered.iter().map(|(id, found)| (*id, found.segments)).collect::<Vec<_>>(), [(id, 4)]);
    assert_eq!(studio.get(&format!("/replay/{id}/index.m3u8")).await.0, StatusCode::OK);
    assert!(studio.recorders.recover().await.unwrap().is_empty());
}
