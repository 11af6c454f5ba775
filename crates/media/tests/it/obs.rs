//! What OBS says when it streams, chunk by chunk as its RTMP library writes it: commands one answer at a time,
//! a chunk size of 4,096 before `connect`, headers leaning on the one before, metadata as an array of twenty.

use bytes::{Buf, BufMut, BytesMut};
use media::health::WarningCode;
use media::rtmp::amf::{self, Value};
use media::rtmp::chunk::{ChunkReader, kind};
use media::{StreamState, TrackId, Unit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::encoder::{audio_header, picture, sound, video_header};
use crate::rtmp_server::{PATIENCE, Studio, name, samples, tracks};

/// Channels as OBS numbers them.
const CONTROL: u8 = 2;
const COMMANDS: u8 = 3;
const SOURCE: u8 = 4;
const CHUNK: u16 = 4096;

const FLASH: &str = "FMLE/3.0 (compatible; FMSc/1.0)";
/// What `videocodecid` says: a number, which for the newer codecs spells their four letters.
const H264: f64 = 7.0;
const HEVC: f64 = 1_752_589_105.0;
const AV1: f64 = 1_635_135_537.0;

struct Obs {
    socket: TcpStream,
    out: BytesMut,
    answers: ChunkReader,
    last_ms: u32,
    has_source_header: bool,
}

impl Obs {
    async fn connect(studio: &Studio) -> Self {
        let mut socket = TcpStream::connect(studio.address).await.unwrap();
        let mut hello = vec![3];
        hello.extend_from_slice(&[0, 0, 0, 1, 0, 0, 0, 0]);
        hello.resize(1 + 1536, 0x5a);
        socket.write_all(&hello).await.unwrap();
        let mut theirs = vec![0; 1 + 2 * 1536];
        timeout(PATIENCE, socket.read_exact(&mut theirs)).await.unwrap().unwrap();
        socket.write_all(&theirs[1..=1536]).await.unwrap();
        Self { socket, out: BytesMut::new(), answers: ChunkReader::new(), last_ms: 0, has_source_header: false }
    }

    /// Everything up to the answer to `publish`.
    async fn start(studio: &Studio, key: &str) -> (Self, Option<String>) {
        let mut obs = Self::connect(studio).await;
        obs.full(CONTROL, kind::SET_CHUNK_SIZE, 0, 0, &u32::from(CHUNK).to_be_bytes());
        let connect = Value::Object(vec![
            ("app".into(), Value::text("live")),
            ("type".into(), Value::text("nonprivate")),
            ("flashVer".into(), Value::text(FLASH)),
            ("swfUrl".into(), Value::text("rtmp://fair.example/live")),
            ("tcUrl".into(), Value::text("rtmp://fair.example/live")),
        ]);
        obs.full(
            COMMANDS,
            kind::COMMAND,
            0,
            0,
            &amf::write_all(&[Value::text("connect"), Value::Number(1.0), connect]),
        );
        obs.send().await;
        obs.result(1.0).await;
        for (number, command) in [(2.0, "releaseStream"), (3.0, "FCPublish")] {
            obs.command(&[Value::text(command), Value::Number(number), Value::Null, Value::text(key)]);
        }
        obs.command(&[Value::text("createStream"), Value::Number(4.0), Value::Null]);
        obs.send().await;
        let created = obs.result(4.0).await;
        let publish = [Value::text("publish"), Value::Number(5.0), Value::Null, Value::text(key), Value::text("live")];
        assert_eq!(created[3].as_number(), Some(1.0));
        obs.full(SOURCE, kind::COMMAND, 0, 1, &amf::write_all(&publish));
        obs.send().await;
        let code = obs.status().await;
        (obs, code)
    }

    async fn on_air(studio: &Studio, key: &str) -> Self {
        let (mut obs, code) = Self::start(studio, key).await;
        assert_eq!(code.as_deref(), Some("NetStream.Publish.Start"));
        obs.metadata(H264);
        obs.media(kind::AUDIO, 0, &audio_header());
        obs.media(kind::VIDEO, 0, &video_header());
        obs
    }

    fn metadata(&mut self, video: f64) {
        let numbers = [
            ("duration", 0.0),
            ("fileSize", 0.0),
            ("width", 1280.0),
            ("height", 720.0),
            ("videocodecid", video),
            ("videodatarate", 2500.0),
            ("framerate", 30.0),
            ("audiocodecid", 10.0),
            ("audiodatarate", 160.0),
            ("audiosamplerate", 48000.0),
            ("audiosamplesize", 16.0),
            ("audiochannels", 2.0),
        ];
        let mut body = amf::write_all(&[Value::text("@setDataFrame"), Value::text("onMetaData")]).to_vec();
        body.push(8);
        body.extend_from_slice(&20_u32.to_be_bytes());
        let mut member = |name: &str, value: &Value| {
            body.extend_from_slice(&u16::try_from(name.len()).unwrap().to_be_bytes());
            body.extend_from_slice(name.as_bytes());
            body.extend_from_slice(&amf::write_all(std::slice::from_ref(value)));
        };
        for (name, number) in numbers {
            member(name, &Value::Number(number));
        }
        for name in ["stereo", "2.1", "3.1", "4.0", "4.1", "5.1", "7.1"] {
            member(name, &Value::Boolean(name == "stereo"));
        }
        member("encoder", &Value::text("obs-output module (libobs version 31.0.0)"));
        body.extend_from_slice(&[0, 0, 9]);
        self.media(kind::DATA, 0, &body);
    }

    /// A second of 25 fps with sound. Video is split over chunks, since pictures are larger than one.
    fn second(&mut self, start_ms: u32) {
        for frame in 0..25 {
            let at = start_ms + frame * 40;
            self.media(kind::VIDEO, at, &picture(frame == 0, 9_000));
            self.media(kind::AUDIO, at, &sound());
        }
    }

    /// The first of a channel says everything, the next only what changes.
    fn media(&mut self, kind: u8, at_ms: u32, body: &[u8]) {
        if !self.has_source_header || at_ms < self.last_ms {
            self.has_source_header = true;
            self.full(SOURCE, kind, at_ms, 1, body);
        } else {
            self.chunks(SOURCE, 1, at_ms - self.last_ms, kind, None, body);
        }
        self.last_ms = at_ms;
    }

    fn command(&mut self, values: &[Value]) {
        self.chunks(COMMANDS, 1, 0, kind::COMMAND, None, &amf::write_all(values));
    }

    fn full(&mut self, channel: u8, kind: u8, at_ms: u32, stream: u32, body: &[u8]) {
        self.chunks(channel, 0, at_ms, kind, Some(stream), body);
    }

    fn chunks(&mut self, channel: u8, format: u8, time: u32, kind: u8, stream: Option<u32>, body: &[u8]) {
        self.out.put_u8(format << 6 | channel);
        self.out.put_uint(u64::from(time.min(0x00ff_ffff)), 3);
        self.out.put_uint(body.len() as u64, 3);
        self.out.put_u8(kind);
        if let Some(stream) = stream {
            self.out.put_u32_le(stream);
        }
        if time >= 0x00ff_ffff {
            self.out.put_u32(time);
        }
        let size = if channel == CONTROL { 128 } else { usize::from(CHUNK) };
        for (place, piece) in body.chunks(size).enumerate() {
            if place > 0 {
                self.out.put_u8(0xc0 | channel);
            }
            self.out.put_slice(piece);
        }
    }

    async fn send(&mut self) {
        let out = self.out.split();
        self.socket.write_all(&out).await.unwrap();
    }

    async fn answer(&mut self) -> Option<Vec<Value>> {
        loop {
            while let Some(message) = self.answers.next_message().unwrap() {
                if message.kind == kind::COMMAND {
                    return Some(amf::read_all(message.payload).unwrap());
                }
            }
            let mut bytes = BytesMut::with_capacity(4096);
            let read = timeout(PATIENCE, self.socket.read_buf(&mut bytes)).await.unwrap().unwrap_or(0);
            if read == 0 {
                return None;
            }
            self.answers.receive(bytes.chunk());
        }
    }

    /// OBS goes on when the answer with its number has come.
    async fn result(&mut self, number: f64) -> Vec<Value> {
        loop {
            let values = self.answer().await.expect("an answer");
            if values[0].as_text() == Some("_result") && values[1].as_number() == Some(number) {
                return values;
            }
        }
    }

    async fn status(&mut self) -> Option<String> {
        loop {
            let values = self.answer().await?;
            if values[0].as_text() == Some("onStatus") {
                return values[3].get("code").and_then(Value::as_text).map(str::to_owned);
            }
        }
    }

    fn stop(&mut self, key: &str) {
        self.command(&[Value::text("FCUnpublish"), Value::Number(6.0), Value::Null, Value::text(key)]);
        self.command(&[Value::text("deleteStream"), Value::Number(7.0), Value::Null, Value::Number(1.0)]);
    }
}

#[tokio::test]
async fn obs_streams_and_stops() {
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    let mut obs = Obs::on_air(&studio, "secret").await;
    for second in 0..3 {
        obs.second(second * 1_000);
    }
    obs.send().await;
    let tracks = tracks(&mut sink).await;
    assert_eq!((tracks.len(), tracks[0].width, tracks[1].sample_rate), (2, 1280, 48_000));
    let samples = samples(&mut sink, 150).await;
    let pictures = samples.iter().filter(|sample| sample.track == TrackId::Video);
    assert_eq!(pictures.clone().map(|it| it.dts).collect::<Vec<_>>(), (0..75).map(|it| it * 3_600).collect::<Vec<_>>());
    assert!(pictures.clone().all(|sample| sample.data.len() == 9_004));
    obs.stop("secret");
    obs.send().await;
    assert_eq!(obs.status().await.as_deref(), Some("NetStream.Unpublish.Success"));
    assert_eq!(obs.answer().await, None);
    assert_eq!(studio.streams.find(&name()).unwrap().health().warnings, []);
}

#[tokio::test]
async fn a_key_may_carry_a_question() {
    let studio = Studio::open().await;
    for key in ["secret?bandwidthtest=true", "secret?"] {
        let (_obs, code) = Obs::start(&studio, key).await;
        assert_eq!(code.as_deref(), Some("NetStream.Publish.Start"), "{key}");
    }
    let (_obs, code) = Obs::start(&studio, "?secret").await;
    assert_eq!(code.as_deref(), Some("NetStream.Publish.BadName"));
}

#[tokio::test]
async fn a_bandwidth_check_is_no_reason_to_close() {
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    let mut obs = Obs::on_air(&studio, "secret").await;
    obs.command(&[Value::text("_checkbw"), Value::Number(8.0), Value::Null]);
    obs.second(0);
    obs.send().await;
    assert_eq!(samples(&mut sink, 50).await.len(), 50);
}

#[tokio::test]
async fn hevc_and_av1_are_refused_with_what_to_set() {
    for (codec, fourcc, word) in [(HEVC, b"hvc1", "hevc"), (AV1, b"av01", "av1")] {
        let studio = Studio::open().await;
        let (mut obs, _) = Obs::start(&studio, "secret").await;
        obs.metadata(codec);
        obs.media(kind::AUDIO, 0, &audio_header());
        // A sequence start in the form of Enhanced RTMP.
        obs.media(kind::VIDEO, 0, &[&[0x90][..], fourcc, &[1, 2, 3]].concat());
        obs.send().await;
        let refused = obs.answer().await.unwrap();
        assert_eq!(refused[3].get("code").and_then(Value::as_text), Some("NetStream.Publish.Rejected"));
        let said = refused[3].get("description").and_then(Value::as_text).unwrap();
        assert!(said.starts_with("codec-unsupported") && said.contains("H.264"), "{said}");
        assert_eq!(obs.answer().await, None);
        let warnings = studio.streams.find(&name()).unwrap().health().warnings;
        assert_eq!((warnings[0].code, warnings[0].fact.as_str()), (WarningCode::CodecUnsupported, word));
    }
}

#[tokio::test]
async fn further_tracks_of_obs_are_passed_over() {
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    let mut obs = Obs::on_air(&studio, "secret").await;
    obs.media(kind::AUDIO, 0, b"\x95\x00mp4a\x01\x11\x90");
    obs.media(kind::VIDEO, 0, b"\x96\x00avc1\x01\x01\x64\x00\x1f");
    for frame in 0..25 {
        obs.media(kind::VIDEO, frame * 40, &picture(frame == 0, 300));
        obs.media(kind::VIDEO, frame * 40, b"\xa6\x01avc1\x01\x00\x00\x00\x00\x00\x00\x01\x65");
        obs.media(kind::AUDIO, frame * 40, &sound());
        obs.media(kind::AUDIO, frame * 40, b"\x95\x01mp4a\x01\x07");
    }
    obs.send().await;
    assert_eq!(tracks(&mut sink).await.len(), 2);
    let samples = samples(&mut sink, 50).await;
    assert_eq!(samples.iter().filter(|sample| sample.track == TrackId::Video).count(), 25);
}

#[tokio::test]
async fn obs_that_lost_its_connection_comes_back_into_the_same_show() {
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    let mut obs = Obs::on_air(&studio, "secret").await;
    obs.second(0);
    obs.send().await;
    assert_eq!(tracks(&mut sink).await[0].epoch, 1);
    samples(&mut sink, 50).await;
    let show = studio.streams.stream(&name()).show_id();
    drop(obs); // without a word
    let mut obs = Obs::on_air(&studio, "secret").await;
    obs.second(0);
    obs.send().await;
    assert_eq!(tracks(&mut sink).await[0].epoch, 2);
    let samples = samples(&mut sink, 50).await;
    assert_eq!((samples[0].epoch, samples[0].dts, samples[0].key), (2, 0, true));
    let stream = studio.streams.stream(&name());
    assert_eq!((stream.show_id(), stream.state()), (show, StreamState::Live));
}

#[tokio::test]
async fn a_second_obs_with_the_key_takes_over_and_the_first_comes_back_in_vain() {
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    let mut first = Obs::on_air(&studio, "secret").await;
    first.second(0);
    first.send().await;
    samples(&mut sink, 50).await;
    let mut second = Obs::on_air(&studio, "secret").await;
    assert_eq!(first.status().await.as_deref(), Some("NetStream.Publish.BadName"));
    assert_eq!(first.answer().await, None, "the first is closed");
    second.second(0);
    second.send().await;
    loop {
        match timeout(PATIENCE, sink.next()).await.unwrap().unwrap() {
            Unit::Sample(sample) if sample.epoch == 2 => break,
            Unit::End => panic!("the show goes on"),
            _ => {}
        }
    }
    let (mut first, code) = Obs::start(&studio, "secret").await;
    assert_eq!(code.as_deref(), Some("NetStream.Publish.BadName"));
    assert_eq!(first.answer().await, None);
    second.second(1_000);
    second.send().await;
    assert!(samples(&mut sink, 50).await.iter().all(|sample| sample.epoch == 2));
    let warnings = studio.streams.find(&name()).unwrap().health().warnings;
    assert!(warnings.iter().any(|it| it.code == WarningCode::SourceReplaced && it.fact == "2"), "{warnings:?}");
}

#[tokio::test]
async fn obs_whose_clock_passes_the_extended_mark_goes_on() {
    let studio = Studio::open().await;
    let mut sink = studio.listen();
    let mut obs = Obs::on_air(&studio, "secret").await;
    // 16,777,215 ms, after which every timestamp is written in a field of its own.
    obs.has_source_header = false;
    for second in 0..3 {
        obs.second(16_776_000 + second * 1_000);
        obs.has_source_header = false;
    }
    obs.send().await;
    let samples = samples(&mut sink, 150).await;
    let pictures: Vec<i64> = samples.iter().filter(|it| it.track == TrackId::Video).map(|it| it.dts).collect();
    assert!(pictures.windows(2).all(|pair| pair[1] - pair[0] == 3_600), "{pictures:?}");
    assert!(samples.iter().all(|sample| sample.epoch == 1));
}
