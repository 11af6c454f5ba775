//! Players that know nothing of low latency: ffmpeg follows the plain playlist of a show while it is live, and
//! its replay, for several seconds and without a complaint about time.
//!
//! Without ffmpeg these tests say so and pass.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use kernel::SystemClock;
use kernel::id::RecordingId;
use media::gate::FixedKeys;
use media::{
    Origin, OriginSettings, PublishGrant, RecorderSettings, Recorders, Replays, RtmpServer, StreamName, StreamState,
    Streams,
};
use tokio::process::Command;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_mins(1);

struct House {
    rtmp: SocketAddr,
    http: SocketAddr,
    streams: Streams,
    recorders: Recorders,
    _dir: tempfile::TempDir,
}

impl House {
    async fn open() -> Self {
        let grant = PublishGrant { name: name(), label: "main".into(), max_bitrate_kbps: None };
        let gate = Arc::new(FixedKeys::new([("secret".to_owned().into(), grant)]));
        let clock = Arc::new(SystemClock);
        let streams = Streams::new(clock.clone());
        let anywhere = || "127.0.0.1:0".parse().unwrap();
        let server = RtmpServer::bind(anywhere(), gate.clone(), streams.clone(), clock.clone()).await.unwrap();
        let rtmp = server.local_addr().unwrap();
        tokio::spawn(server.run(CancellationToken::new()));
        let dir = tempfile::tempdir().unwrap();
        let recorders = Recorders::new(RecorderSettings::new(dir.path()), streams.clone(), clock.clone());
        let origin = Origin::new(streams.clone(), gate, OriginSettings::default(), clock);
        let listener = tokio::net::TcpListener::bind(anywhere()).await.unwrap();
        let http = listener.local_addr().unwrap();
        let routes = origin.routes().merge(Replays::new(recorders.dir()).routes());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { rtmp, http, streams, recorders, _dir: dir }
    }
}

fn name() -> StreamName {
    StreamName::new("fair")
}

fn ffmpeg() -> Option<Command> {
    if std::process::Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).status().is_err() {
        eprintln!("SKIPPED: no ffmpeg on this machine");
        return None;
    }
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-hide_banner"]).kill_on_drop(true);
    Some(command)
}

/// Plays `url` for `seconds` of media and tells how many pictures it decoded; any complaint fails.
async fn pictures_played(url: &str, seconds: u32) -> usize {
    let mut player = ffmpeg().unwrap();
    player.args(["-v", "warning", "-progress", "pipe:1", "-xerror", "-i", url, "-t", &seconds.to_string()]);
    player.args(["-fps_mode", "passthrough", "-f", "null", "-"]);
    let played = timeout(PATIENCE, player.output()).await.expect("it plays in time").unwrap();
    let said = String::from_utf8_lossy(&played.stderr).into_owned();
    // Version 5.1 reads the initialisation segment anew with every playlist, and then wonders why; any other
    // word counts.
    let is_known = |line: &&str| line.contains("duplicated MOOV") || line.contains("Last message repeated");
    let complaints: Vec<&str> = said.lines().filter(|line| !line.is_empty() && !is_known(line)).collect();
    assert!(played.status.success() && complaints.is_empty(), "{url}: {said}");
    let progress = String::from_utf8(played.stdout).unwrap();
    let frames = progress.lines().filter_map(|line| line.strip_prefix("frame=")).next_back();
    frames.unwrap().trim().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_player_follows_the_show_and_its_replay() {
    let Some(mut encoder) = ffmpeg() else { return };
    let house = House::open().await;
    encoder
        .args(["-v", "error", "-re", "-f", "lavfi", "-i", "testsrc=s=320x180:r=25"])
        .args(["-re", "-f", "lavfi", "-i", "sine=r=48000", "-t", "40"])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-pix_fmt", "yuv420p"])
        .args(["-c:a", "aac", "-ac", "2", "-f", "flv", &format!("rtmp://{}/live/secret", house.rtmp)]);
    let mut changes = house.streams.changes();
    let mut encoder = encoder.spawn().unwrap();
    let began = timeout(PATIENCE, changes.recv()).await.unwrap().unwrap();
    assert_eq!(began.state, StreamState::Live);
    // As when the crew goes live after a rehearsal.
    house.streams.begin_show(&name());
    let id = RecordingId::new();
    house.recorders.start(&name(), id).await.unwrap();

    let live = format!("http://{}/live/fair/index.m3u8", house.http);
    assert_eq!(pictures_played(&live, 6).await, 150);
    encoder.kill().await.unwrap();
    house.streams.end(&name());
    house.recorders.stop(id).await.unwrap();
    let replay = format!("http://{}/replay/{id}/index.m3u8", house.http);
    assert_eq!(pictures_played(&replay, 5).await, 125);
}
