//! A small encoder for tests: what OBS says, written byte by byte.

use bytes::{Bytes, BytesMut};
use media::rtmp::amf::{self, Value};
use media::rtmp::chunk::{ChunkReader, ChunkWriter, Message, kind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, ToSocketAddrs};

pub const AVCC: &str = "0164001fffe1001a6764001facd9405005bb0110000003001000000303c0f183196001000468ee0fcbfdf8f800";

pub fn video_header() -> Bytes {
    [vec![0x17, 0, 0, 0, 0], hex::decode(AVCC).unwrap()].concat().into()
}

pub fn audio_header() -> Bytes {
    Bytes::from_static(&[0xaf, 0, 0x11, 0x90])
}

pub fn picture(key: bool, size: u32) -> Bytes {
    let mut body = vec![if key { 0x17 } else { 0x27 }, 1, 0, 0, 0];
    body.extend_from_slice(&size.to_be_bytes());
    body.resize(body.len() + size as usize, 0x65);
    body.into()
}

pub fn sound() -> Bytes {
    Bytes::from_static(&[0xaf, 1, 1, 2, 3, 4])
}

/// The bytes an encoder sends, without waiting for any answer.
#[derive(Default)]
pub struct Script {
    pub bytes: BytesMut,
    writer: ChunkWriter,
}

impl Script {
    /// The handshake of the specification: no digest.
    pub fn new() -> Self {
        let mut script = Self::default();
        script.bytes.extend_from_slice(&[3]);
        script.bytes.extend_from_slice(&[0; 8]);
        script.bytes.extend_from_slice(&[7; 1528]);
        script.bytes.extend_from_slice(&[0; 1536]);
        script
    }

    pub fn publishing(name: &str) -> Self {
        let mut script = Self::new();
        let app = Value::Object(vec![
            ("app".to_owned(), Value::text("live")),
            ("type".to_owned(), Value::text("nonprivate")),
            ("tcUrl".to_owned(), Value::text("rtmp://localhost/live")),
        ]);
        script.command(&[Value::text("connect"), Value::Number(1.0), app]);
        script.writer.set_chunk_size(&mut script.bytes, 4096);
        script.command(&[Value::text("releaseStream"), Value::Number(2.0), Value::Null, Value::text(name)]);
        script.command(&[Value::text("FCPublish"), Value::Number(3.0), Value::Null, Value::text(name)]);
        script.command(&[Value::text("createStream"), Value::Number(4.0), Value::Null]);
        let publish = [Value::text("publish"), Value::Number(5.0), Value::Null, Value::text(name), Value::text("live")];
        script.command(&publish);
        script
    }

    pub fn command(&mut self, values: &[Value]) {
        self.message(kind::COMMAND, 0, amf::write_all(values));
    }

    pub fn message(&mut self, kind: u8, timestamp: u32, payload: Bytes) {
        self.writer.write(&mut self.bytes, &Message { kind, stream: 1, timestamp, payload });
    }

    pub fn metadata(&mut self, video: bool, audio: bool) {
        let mut members = vec![("duration".to_owned(), Value::Number(0.0))];
        if video {
            members.push(("videocodecid".to_owned(), Value::Number(7.0)));
        }
        if audio {
            members.push(("audiocodecid".to_owned(), Value::Number(10.0)));
        }
        let values = [Value::text("@setDataFrame"), Value::text("onMetaData"), Value::Object(members)];
        self.message(kind::DATA, 0, amf::write_all(&values));
    }

    /// A second of 25 fps video and 48 kHz audio from `start_ms`, the first picture a keyframe.
    pub fn second(&mut self, start_ms: u32) {
        for frame in 0..25 {
            self.message(kind::VIDEO, start_ms + frame * 40, picture(frame == 0, 2_000));
            self.message(kind::AUDIO, start_ms + frame * 40, sound());
        }
    }

    pub fn goodbye(&mut self) {
        self.command(&[Value::text("FCUnpublish"), Value::Number(6.0), Value::Null, Value::text("")]);
        self.command(&[Value::text("deleteStream"), Value::Number(7.0), Value::Null, Value::Number(1.0)]);
    }
}

/// A script on a socket, with the answers read back.
pub struct Encoder {
    pub socket: TcpStream,
    pub script: Script,
    handshake_left: usize,
    reader: ChunkReader,
}

impl Encoder {
    pub async fn connect(address: impl ToSocketAddrs, name: &str) -> Self {
        let socket = TcpStream::connect(address).await.unwrap();
        let mut encoder =
            Self { socket, script: Script::publishing(name), handshake_left: 1 + 2 * 1536, reader: ChunkReader::new() };
        encoder.send().await;
        encoder
    }

    /// Connects, publishes, sends the headers.
    pub async fn on_air(address: impl ToSocketAddrs, name: &str) -> Self {
        let mut encoder = Self::connect(address, name).await;
        assert_eq!(encoder.status().await.as_deref(), Some("NetStream.Publish.Start"));
        encoder.script.metadata(true, true);
        encoder.script.message(kind::VIDEO, 0, video_header());
        encoder.script.message(kind::AUDIO, 0, audio_header());
        encoder
    }

    pub async fn send(&mut self) {
        let bytes = self.script.bytes.split();
        self.socket.write_all(&bytes).await.unwrap();
    }

    /// The code of the next `onStatus`; `None` when the server closed.
    pub async fn status(&mut self) -> Option<String> {
        loop {
            while let Some(message) = self.reader.next_message().unwrap() {
                if message.kind == kind::COMMAND {
                    let values = amf::read_all(message.payload).unwrap();
                    if values[0].as_text() == Some("onStatus") {
                        return values[3].get("code").and_then(Value::as_text).map(str::to_owned);
                    }
                }
            }
            let mut bytes = [0; 4096];
            let read = self.socket.read(&mut bytes).await.unwrap_or(0);
            if read == 0 {
                return None;
            }
            let skipped = read.min(self.handshake_left);
            self.handshake_left -= skipped;
            self.reader.receive(&bytes[skipped..read]);
        }
    }

    pub async fn is_closed(&mut self) -> bool {
        while let Some(code) = self.status().await {
            eprintln!("server said {code}");
        }
        true
    }
}
