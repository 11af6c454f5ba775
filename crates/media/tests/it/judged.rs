//! What ffprobe, which nobody here wrote, finds in the files.
//!
//! Without ffmpeg and ffprobe these tests say so and pass.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kernel::id::RecordingId;
use kernel::{Instant, ManualClock};
use media::gate::FixedKeys;
use media::packager::Packager;
use media::{
    Codec, Origin, OriginSettings, PublishGrant, RecorderSettings, Recorders, Replays, Sample, StreamName, Streams,
    Track, TrackId, Unit,
};
use tempfile::TempDir;

use crate::feed::{BEGAN, inits, package, parts};

/// The programs, if they are here.
fn programs() -> Option<(PathBuf, PathBuf)> {
    let find = |name: &str| Some(PathBuf::from("/usr/bin").join(name)).filter(|path| path.exists());
    let found = find("ffmpeg").zip(find("ffprobe"));
    if found.is_none() {
        eprintln!("SKIPPED: ffmpeg and ffprobe are not installed");
    }
    found
}

fn run(program: &Path, args: &[&str]) -> String {
    let done = Command::new(program).args(args).output().unwrap();
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success() && errors.is_empty(), "{errors}");
    String::from_utf8(done.stdout).unwrap()
}

/// Ten seconds of x264 with B-frames and AAC, as an encoder sends it over RTMP.
fn encoded(ffmpeg: &Path, dir: &Path) -> Vec<Unit> {
    let flv = dir.join("sent.flv");
    let video = "testsrc2=size=320x180:rate=30";
    let codecs = "-c:v libx264 -preset ultrafast -bf 2 -g 60 -keyint_min 60 -sc_threshold 0 -pix_fmt yuv420p -c:a aac";
    let mut args =
        vec!["-v", "error", "-f", "lavfi", "-i", video, "-f", "lavfi", "-i", "sine=440:sample_rate=44100", "-t", "10"];
    args.extend(codecs.split(' '));
    args.push(flv.to_str().unwrap());
    run(ffmpeg, &args);
    read_flv(&fs::read(flv).unwrap())
}

/// A reader of the FLV that ffmpeg writes, and of no other.
fn read_flv(flv: &[u8]) -> Vec<Unit> {
    let mut tracks = Vec::new();
    let mut samples = Vec::new();
    let mut rest = &flv[13..];
    while rest.len() > 11 {
        let number = |bytes: &[u8]| bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
        let size = number(&rest[1..4]);
        let ms = i64::try_from(number(&[rest[7], rest[4], rest[5], rest[6]])).unwrap();
        let (kind, body) = (rest[0], &rest[11..11 + size]);
        match (kind, body.get(1)) {
            (9, Some(0)) => {
                tracks.push(Track { config: Bytes::copy_from_slice(&body[5..]), ..crate::feed::video_track(1) });
            }
            (9, Some(1)) => {
                let cts = (i32::try_from(number(&body[2..5])).unwrap() << 8) >> 8;
                samples.push(sample(TrackId::Video, ms * 90, cts * 90, body[0] >> 4 == 1, ms, &body[5..]));
            }
            (8, Some(0)) => tracks.push(Track {
                config: Bytes::copy_from_slice(&body[2..]),
                codec: Codec::Aac,
                channels: 1,
                ..crate::feed::audio_track(1, 44_100)
            }),
            (8, Some(1)) => {
                // Counted by frames from where the first one is, as ingest does.
                let earlier = samples.iter().filter(|sample| sample.track == TrackId::Audio);
                let dts = earlier.clone().next_back().map_or(ms * 44_100 / 1000, |last| last.dts + 1024);
                samples.push(sample(TrackId::Audio, dts, 0, true, ms, &body[2..]));
            }
            _ => {}
        }
        rest = &rest[11 + size + 4..];
    }
    let samples = samples.into_iter().map(|sample| Unit::Sample(Arc::new(sample)));
    std::iter::once(Unit::Tracks(Arc::new(tracks))).chain(samples).collect()
}

fn sample(track: TrackId, dts: i64, cts: i32, key: bool, ms: i64, data: &[u8]) -> Sample {
    let wall = Instant::from_micros(BEGAN + ms * 1000);
    Sample { track, epoch: 1, dts, cts, key, wall, data: Bytes::copy_from_slice(data) }
}

/// Packages `units` and gives the file of all parts.
fn file_of(dir: &Path, units: &[Unit]) -> PathBuf {
    let mut packager = Packager::new(Duration::from_millis(334));
    let outputs = package(&mut packager, &[units, &[Unit::End]].concat());
    assert_eq!(packager.dropped(), 0);
    let mut file = inits(&outputs)[0].bytes.to_vec();
    for part in parts(&outputs) {
        file.extend_from_slice(&part.bytes);
    }
    let path = dir.join("made.mp4");
    fs::write(&path, file).unwrap();
    path
}

/// Times of the packets of a stream, as ffprobe reads them: pts and dts in ticks.
fn packets(ffprobe: &Path, file: &Path, stream: &str) -> Vec<(i64, i64)> {
    let args = ["-v", "error", "-select_streams", stream, "-show_entries", "packet=pts,dts", "-of", "csv=p=0"];
    let text = run(ffprobe, &[&args[..], &[file.to_str().unwrap()]].concat());
    text.lines()
        .map(|line| {
            let mut times = line.split(',').map(|time| time.parse().unwrap());
            (times.next().unwrap(), times.next().unwrap())
        })
        .collect()
}

fn sent(units: &[Unit], track: TrackId) -> Vec<(i64, i64)> {
    units
        .iter()
        .filter_map(|unit| if let Unit::Sample(sample) = unit { Some(sample) } else { None })
        .filter(|sample| sample.track == track)
        .map(|sample| (sample.dts + i64::from(sample.cts), sample.dts))
        .collect()
}

#[test]
fn ffprobe_finds_every_packet_at_its_time() {
    let Some((ffmpeg, ffprobe)) = programs() else { return };
    let dir = TempDir::new().unwrap();
    let units = encoded(&ffmpeg, dir.path());
    let file = file_of(dir.path(), &units);
    for (track, stream) in [(TrackId::Video, "v"), (TrackId::Audio, "a")] {
        let (sent, found) = (sent(&units, track), packets(&ffprobe, &file, stream));
        assert!(sent.len() >= 300, "{}", sent.len());
        assert_eq!(found, sent, "{track:?}: as sent, so the tracks keep their distance");
    }
    // And every frame decodes, each shown once.
    let args = ["-v", "error", "-select_streams", "v", "-show_entries", "frame=pts", "-of", "csv=p=0"];
    let frames = run(&ffprobe, &[&args[..], &[file.to_str().unwrap()]].concat());
    let mut shown: Vec<&str> =
        frames.lines().map(|line| line.trim_end_matches(',')).filter(|line| !line.is_empty()).collect();
    assert_eq!(shown.len(), 300);
    shown.dedup();
    assert_eq!(shown.len(), 300);
}

#[test]
fn ffprobe_finds_audio_alone_video_alone_and_a_gap() {
    let Some((ffmpeg, ffprobe)) = programs() else { return };
    let dir = TempDir::new().unwrap();
    let units = encoded(&ffmpeg, dir.path());
    for (track, stream) in [(TrackId::Video, "v"), (TrackId::Audio, "a")] {
        let alone: Vec<Unit> = units
            .iter()
            .filter_map(|unit| match unit {
                Unit::Tracks(tracks) => {
                    Some(Unit::Tracks(Arc::new(tracks.iter().filter(|one| one.id == track).cloned().collect())))
                }
                Unit::Sample(sample) => (sample.track == track).then(|| unit.clone()),
                Unit::End => None,
            })
            .collect();
        let file = file_of(dir.path(), &alone);
        assert_eq!(packets(&ffprobe, &file, stream), sent(&alone, track));
    }
    let with_gap: Vec<Unit> = units
        .iter()
        .filter(|unit| match unit {
            Unit::Sample(sample) => {
                sample.track == TrackId::Video || !(2_005 * 441 / 10..4_011 * 441 / 10).contains(&sample.dts)
            }
            _ => true,
        })
        .cloned()
        .collect();
    let file = file_of(dir.path(), &with_gap);
    assert_eq!(packets(&ffprobe, &file, "a"), sent(&with_gap, TrackId::Audio));
    assert_eq!(packets(&ffprobe, &file, "v"), sent(&with_gap, TrackId::Video));
}

/// A live show that has ended, and its recording, over HTTP.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ffprobe_plays_the_show_and_its_replay_from_the_network() {
    let Some((ffmpeg, ffprobe)) = programs() else { return };
    let dir = TempDir::new().unwrap();
    let units = encoded(&ffmpeg, dir.path());
    let clock = Arc::new(ManualClock::at(Instant::from_micros(BEGAN)));
    let streams = Streams::new(clock.clone());
    let gate = Arc::new(FixedKeys::default());
    let origin = Origin::new(streams.clone(), gate, OriginSettings::default(), clock.clone());
    let recorders = Recorders::new(RecorderSettings::new(dir.path().join("rec")), streams.clone(), clock);
    let routes = origin.routes().merge(Replays::new(recorders.dir()).routes());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });

    let (name, id) = (StreamName::new("fair"), RecordingId::new());
    let publishing =
        streams.publish(&PublishGrant { name: name.clone(), label: "x".into(), max_bitrate_kbps: None }).unwrap();
    recorders.start(&name, id).await.unwrap();
    let mut waiting = recorders.statuses();
    for units in units.chunks(100) {
        crate::feed::publish(&publishing, units.to_vec()).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    streams.end(&name);
    let safe = waiting.wait_for(|statuses| statuses.get(&id).is_some_and(|status| status.segments == 5));
    tokio::time::timeout(Duration::from_secs(10), safe).await.expect("in time").unwrap();
    recorders.stop(id).await.unwrap();

    for path in ["live/fair", &format!("replay/{id}")] {
        let url = PathBuf::from(format!("http://{address}/{path}/index.m3u8"));
        for (track, stream) in [(TrackId::Video, "v"), (TrackId::Audio, "a")] {
            let (ffprobe, url) = (ffprobe.clone(), url.clone());
            let found = tokio::task::spawn_blocking(move || packets(&ffprobe, &url, stream)).await.unwrap();
            assert_eq!(found, sent(&units, track), "{path} {track:?}");
        }
    }
}
