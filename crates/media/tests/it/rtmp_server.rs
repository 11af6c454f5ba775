//! The RTMP server on real sockets: keys, take-over, patience, and ffmpeg as a publisher nobody here wrote.

use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use kernel::{Secret, SystemClock};
use media::gate::FixedKeys;
use media::health::WarningCode;
use media::rtmp::chunk::kind;
use media::{
    PlayGrant, PublishGrant, Refused, RtmpLimits, RtmpServer, Sample, StreamGate, StreamName, StreamState, Streams,
    Subscription, Track, TrackId, Unit,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::encoder::Encoder;

pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Studio {
    pub address: SocketAddr,
    pub streams: Streams,
    _running: DropGuard,
}

impl Studio {
    pub async fn open() -> Self {
        Self::limited(RtmpLimits::default()).await
    }

    async fn limited(limits: RtmpLimits) -> Self {
        let grant = PublishGrant { name: name(), label: "main camera".to_owned(), max_bitrate_kbps: None };
        Self::with(FixedKeys::new([("secret".to_owned().into(), grant)]), limits).await
    }

    async fn with(gate: impl StreamGate, limits: RtmpLimits) -> Self {
        let clock = Arc::new(SystemClock);
        let streams = Streams::new(clock.clone());
        let anywhere = "127.0.0.1:0".parse().unwrap();
        let server =
            RtmpServer::bind(anywhere, Arc::new(gate), streams.clone(), clock).await.unwrap().with_limits(limits);
        let address = server.local_addr().unwrap();
        let cancel = CancellationToken::new();
        tokio::spawn(server.run(cancel.clone()));
        Self { address, streams, _running: cancel.drop_guard() }
    }

    pub fn listen(&self) -> Subscription {
        self.streams.stream(&name()).bus.subscribe()
    }
}

pub fn name() -> StreamName {
    StreamName::new("stage")
}

async fn next(sink: &mut Subscription) -> Unit {
    timeout(PATIENCE, sink.next()).await.expect("a unit comes in time").expect("the bus is there")
}

pub async fn tracks(sink: &mut Subscription) -> Arc<Vec<Track>> {
    loop {
        if let Unit::Tracks(tracks) = next(sink).await {
            return tracks;
        }
    }
}

pub async fn samples(sink: &mut Subscription, count: usize) -> Vec<Arc<Sample>> {
    let mut samples = Vec::new();
    while samples.len() < count {
        if let Unit::Sample(sample) = next(sink).await {
            samples.push(sample);
        }
    }
    samples
}

#[tokio::test]
async fn the_right_key_publishes() {
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    let mut encoder = Encoder::on_air(studio.address, "secret?token=abc").await;
    encoder.script.second(0);
    encoder.send().await;
    let tracks = tracks(&mut sink).await;
    assert_eq!((tracks[0].width, tracks[0].height, tracks[1].sample_rate), (1280, 720, 48_000));
    assert_eq!(samples(&mut sink, 50).await.iter().filter(|it| it.track == TrackId::Video && it.key).count(), 1);
    let stream = studio.streams.find(&name()).unwrap();
    assert_eq!(stream.state(), StreamState::Live);
    assert_eq!(stream.health().source, "main camera");
    encoder.script.goodbye();
    encoder.send().await;
    assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Unpublish.Success"));
    assert!(encoder.is_closed().await);
}

#[tokio::test]
async fn a_wrong_key_hears_bad_name_and_the_sixth_try_hears_nothing() {
    let studio = Studio::open().await;
    for _ in 0..5 {
        let mut encoder = Encoder::connect(studio.address, "guess").await;
        assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Publish.BadName"));
        assert!(encoder.is_closed().await);
    }
    let mut socket = TcpStream::connect(studio.address).await.unwrap();
    assert_eq!(timeout(PATIENCE, socket.read(&mut [0; 16])).await.unwrap().unwrap_or(0), 0);
    assert!(studio.streams.all().is_empty());
}

/// Knows every key, and opens to none yet.
struct TooEarly;

impl StreamGate for TooEarly {
    fn publish(&self, _: &Secret<String>, _: IpAddr) -> BoxFuture<'_, Result<PublishGrant, Refused>> {
        Box::pin(std::future::ready(Err(Refused::NotNow)))
    }

    fn play(&self, _: &StreamName, _: Option<&str>) -> BoxFuture<'_, Result<PlayGrant, Refused>> {
        Box::pin(std::future::ready(Err(Refused::NotNow)))
    }
}

#[tokio::test]
async fn an_encoder_that_comes_too_early_may_go_on_trying() {
    let studio = Studio::with(TooEarly, RtmpLimits::default()).await;
    for _ in 0..8 {
        let mut encoder = Encoder::connect(studio.address, "secret").await;
        assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Publish.BadName"));
    }
}

/// Revokes its key as soon as it was asked.
#[derive(Default)]
struct Revoked(AtomicUsize);

impl StreamGate for Revoked {
    fn publish(&self, _: &Secret<String>, _: IpAddr) -> BoxFuture<'_, Result<PublishGrant, Refused>> {
        let is_first = self.0.fetch_add(1, Ordering::SeqCst) == 0;
        let grant = PublishGrant { name: name(), label: String::new(), max_bitrate_kbps: None };
        Box::pin(std::future::ready(is_first.then_some(grant).ok_or(Refused::UnknownKey)))
    }

    fn play(&self, _: &StreamName, _: Option<&str>) -> BoxFuture<'_, Result<PlayGrant, Refused>> {
        Box::pin(std::future::ready(Err(Refused::NotNow)))
    }
}

#[tokio::test]
async fn a_key_that_is_revoked_while_its_encoder_comes_in_lets_nobody_in() {
    let studio = Studio::with(Revoked::default(), RtmpLimits::default()).await;
    let mut encoder = Encoder::connect(studio.address, "secret").await;
    assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Publish.BadName"));
    assert!(encoder.is_closed().await);
}

#[tokio::test]
async fn wrong_keys_do_not_keep_the_encoder_of_the_same_address_out() {
    let studio = Studio::open().await;
    let mut encoder = Encoder::connect(studio.address, "secret").await;
    assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Publish.Start"));
    drop(encoder);
    for _ in 0..6 {
        let mut encoder = Encoder::connect(studio.address, "guess").await;
        assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Publish.BadName"));
    }
    let mut encoder = Encoder::connect(studio.address, "secret").await;
    assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Publish.Start"));
}

#[tokio::test]
async fn the_same_key_takes_over_within_the_same_show() {
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    let mut first = Encoder::on_air(studio.address, "secret").await;
    first.script.second(0);
    first.send().await;
    assert_eq!(tracks(&mut sink).await[0].epoch, 1);
    let show = studio.streams.stream(&name()).show_id();

    let mut second = Encoder::on_air(studio.address, "secret").await;
    assert!(timeout(PATIENCE, first.is_closed()).await.unwrap());
    second.script.second(0);
    second.send().await;
    assert_eq!(tracks(&mut sink).await[0].epoch, 2);
    assert!(samples(&mut sink, 50).await.iter().all(|sample| sample.epoch == 2));
    assert_eq!(studio.streams.stream(&name()).show_id(), show);
}

#[tokio::test]
async fn the_end_of_a_show_closes_its_source_and_the_next_source_begins_another() {
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    let mut encoder = Encoder::on_air(studio.address, "secret").await;
    encoder.script.second(0);
    encoder.send().await;
    samples(&mut sink, 50).await;
    let show = studio.streams.stream(&name()).show_id();
    studio.streams.end(&name());
    assert_eq!(next(&mut sink).await, Unit::End);
    assert!(timeout(PATIENCE, encoder.is_closed()).await.unwrap());
    let _next = Encoder::on_air(studio.address, "secret").await;
    assert_ne!(studio.streams.stream(&name()).show_id(), show);
}

#[tokio::test]
async fn another_codec_is_refused_with_its_reason_on_show() {
    let studio = Studio::open().await;
    let mut encoder = Encoder::connect(studio.address, "secret").await;
    assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Publish.Start"));
    encoder.script.message(kind::VIDEO, 0, bytes::Bytes::from_static(&[0x90, b'h', b'v', b'c', b'1', 1]));
    encoder.send().await;
    assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Publish.Rejected"));
    assert!(encoder.is_closed().await);
    let warnings = studio.streams.find(&name()).unwrap().health().warnings;
    assert_eq!((warnings[0].code, warnings[0].fact.as_str()), (WarningCode::CodecUnsupported, "hevc"));
}

#[tokio::test]
async fn garbage_closes_only_its_own_connection() {
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    let mut encoder = Encoder::on_air(studio.address, "secret").await;
    encoder.script.second(0);
    encoder.send().await;
    samples(&mut sink, 50).await;
    for garbage in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[3; 5_000], &[0xff; 10_000]] {
        let mut socket = TcpStream::connect(studio.address).await.unwrap();
        let _ = socket.write_all(garbage).await;
        let _ = socket.shutdown().await;
        let mut answer = Vec::new();
        let _ = timeout(PATIENCE, socket.read_to_end(&mut answer)).await.unwrap();
    }
    encoder.script.second(1_000);
    encoder.send().await;
    assert_eq!(samples(&mut sink, 50).await.len(), 50);
}

#[tokio::test]
async fn a_publisher_that_shows_no_key_sends_no_header_or_falls_silent_is_let_go() {
    let short = Duration::from_millis(150);
    let hasty = RtmpLimits { authorise: short, ..RtmpLimits::default() };
    let studio = Studio::limited(hasty).await;
    let mut socket = TcpStream::connect(studio.address).await.unwrap();
    assert_eq!(timeout(PATIENCE, socket.read(&mut [0; 16])).await.unwrap().unwrap_or(0), 0);

    let studio = Studio::limited(RtmpLimits { configure: short, ..RtmpLimits::default() }).await;
    let mut encoder = Encoder::connect(studio.address, "secret").await;
    assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Publish.Start"));
    assert!(timeout(PATIENCE, encoder.is_closed()).await.unwrap());

    let studio = Studio::limited(RtmpLimits { silence: short, ..RtmpLimits::default() }).await;
    let mut encoder = Encoder::on_air(studio.address, "secret").await;
    encoder.script.second(0);
    encoder.send().await;
    assert!(timeout(PATIENCE, encoder.is_closed()).await.unwrap());
}

#[tokio::test]
async fn a_publisher_that_stalls_for_a_fifth_of_the_limit_goes_on() {
    // 4 s of 20 s, scaled down ten times.
    assert_eq!(RtmpLimits::default().silence, Duration::from_secs(20));
    let studio = Studio::limited(RtmpLimits { silence: Duration::from_secs(2), ..RtmpLimits::default() }).await;
    let mut sink = studio.listen();
    let mut encoder = Encoder::on_air(studio.address, "secret").await;
    encoder.script.second(0);
    encoder.send().await;
    samples(&mut sink, 50).await;
    tokio::time::sleep(Duration::from_millis(400)).await;
    encoder.script.second(1_400);
    encoder.send().await;
    let after = samples(&mut sink, 50).await;
    assert!(after.iter().all(|sample| sample.epoch == 1));
}

#[tokio::test]
async fn places_are_bounded() {
    let studio = Studio::limited(RtmpLimits { connections: 1, ..RtmpLimits::default() }).await;
    let _encoder = Encoder::on_air(studio.address, "secret").await;
    let mut second = TcpStream::connect(studio.address).await.unwrap();
    assert_eq!(timeout(PATIENCE, second.read(&mut [0; 16])).await.unwrap().unwrap_or(0), 0);

    let studio = Studio::limited(RtmpLimits { connections_per_address: 1, ..RtmpLimits::default() }).await;
    let mut encoder = Encoder::on_air(studio.address, "secret").await;
    let mut second = TcpStream::connect(studio.address).await.unwrap();
    assert_eq!(timeout(PATIENCE, second.read(&mut [0; 16])).await.unwrap().unwrap_or(0), 0);
    encoder.script.goodbye();
    encoder.send().await;
    assert!(encoder.is_closed().await);
    assert_eq!(
        timeout(PATIENCE, Encoder::connect(studio.address, "secret").await.status()).await.unwrap().as_deref(),
        Some("NetStream.Publish.Start")
    );
}

/// `None`, said aloud, where there is no ffmpeg.
fn ffmpeg() -> Option<tokio::process::Command> {
    if std::process::Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).status().is_err() {
        eprintln!("SKIPPED: no ffmpeg on this machine");
        return None;
    }
    let mut command = tokio::process::Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin"]).kill_on_drop(true);
    Some(command)
}

/// Four seconds of test picture and tone: x264 with B-frames at 25 fps, AAC at 48 kHz.
fn four_seconds(command: &mut tokio::process::Command, address: SocketAddr, key: &str) {
    command
        .args(["-f", "lavfi", "-i", "testsrc=s=320x180:r=25", "-f", "lavfi", "-i", "sine=r=48000", "-t", "4"])
        .args(["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "50", "-pix_fmt", "yuv420p"])
        .args(["-c:a", "aac", "-ac", "2", "-f", "flv", &format!("rtmp://{address}/live/{key}")]);
}

#[tokio::test]
async fn every_sample_that_ffmpeg_sends_arrives() {
    let Some(mut command) = ffmpeg() else { return };
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    four_seconds(&mut command, studio.address, "secret?from=test");
    let mut child = command.spawn().unwrap();
    let tracks = tracks(&mut sink).await;
    assert_eq!((tracks[0].width, tracks[0].height, tracks[1].channels), (320, 180, 2));
    // 4 s of AAC are 187.5 frames, and one of priming.
    let samples = samples(&mut sink, 100 + 189).await;
    assert!(timeout(PATIENCE, child.wait()).await.unwrap().unwrap().success());
    assert_eq!(sink.take(), None);
    let of = |track| samples.iter().filter(move |sample| sample.track == track);
    let pictures: Vec<_> = of(TrackId::Video).collect();
    assert_eq!(pictures.len(), 100);
    assert_eq!(pictures.iter().filter(|it| it.key).count(), 2);
    assert!(pictures.windows(2).all(|pair| pair[1].dts > pair[0].dts));
    let shown: HashSet<i64> = pictures.iter().map(|it| it.dts + i64::from(it.cts)).collect();
    assert_eq!(shown.len(), 100);
    assert!(pictures.iter().any(|it| it.cts > 3_600), "B-frames were asked for");
    let sounds: Vec<_> = of(TrackId::Audio).collect();
    assert!(sounds.windows(2).all(|pair| pair[1].dts - pair[0].dts == 1024));
    assert_eq!(sink.lags(), 0);
}

#[tokio::test]
async fn ffmpeg_with_a_wrong_key_fails() {
    let Some(mut command) = ffmpeg() else { return };
    let studio = Studio::open().await;
    four_seconds(&mut command, studio.address, "guess");
    let output = timeout(PATIENCE, command.stderr(Stdio::piped()).output()).await.unwrap().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("key was refused"), "{said}");
}
