//! One publisher's RTMP session, sans-IO: bytes in, events and bytes out.
//!
//! Messages are read one event at a time, so that nothing behind `publish` is looked at before the key has
//! been judged. Until then media has no more room than commands, and only so many messages are listened to.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use kernel::Secret;
use rml_rtmp::handshake::{Handshake, HandshakeProcessResult, PeerType};

use super::amf::{self, AmfError, Value};
use super::chunk::{ChunkError, ChunkReader, ChunkWriter, Message, kind};

const WINDOW_BYTES: u32 = 2_500_000;
const CHUNK_SIZE: u32 = 4_096;
/// The one application.
const APP: &str = "live";
/// The message stream given to every publisher.
const STREAM: u32 = 1;
const MESSAGES_BEFORE_PUBLISH: u32 = 64;

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Wants to publish; answer with [`Session::accept`] or [`Session::refuse`].
    Publish {
        key: Secret<String>,
    },
    /// `onMetaData`: which tracks will come.
    Metadata {
        video: bool,
        audio: bool,
    },
    Video {
        timestamp: u32,
        body: Bytes,
    },
    Audio {
        timestamp: u32,
        body: Bytes,
    },
    /// The publisher said goodbye.
    Unpublish,
}

#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("this is no RTMP handshake")]
    Handshake,
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    #[error(transparent)]
    Amf(#[from] AmfError),
    #[error("a command came before connect")]
    NotConnected,
    #[error("the application is not `live`")]
    WrongApp,
    #[error("only publishing is served here")]
    NotAPublisher,
    #[error("it publishes already")]
    PublishesAlready,
    #[error("too many messages before publishing")]
    Chatter,
}

pub struct Session {
    handshake: Option<Box<Handshake>>,
    chunks: ChunkReader,
    writer: ChunkWriter,
    output: BytesMut,
    /// What follows `live/` in the application, for encoders given the key as part of the address.
    app_rest: Option<String>,
    stage: Stage,
    messages: u32,
    window: u32,
    received: u32,
    acknowledged: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Open,
    Asked,
    Publishing,
    Over,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("stage", &self.stage).finish_non_exhaustive()
    }
}

impl Default for Session {
    fn default() -> Self {
        Self::new()
    }
}

impl Session {
    pub fn new() -> Self {
        Self {
            handshake: Some(Box::new(Handshake::new(PeerType::Server))),
            chunks: ChunkReader::new(),
            writer: ChunkWriter::default(),
            output: BytesMut::new(),
            app_rest: None,
            stage: Stage::Open,
            messages: 0,
            window: WINDOW_BYTES,
            received: 0,
            acknowledged: 0,
        }
    }

    /// Takes bytes from the socket, in any portions.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<(), SessionError> {
        let Some(handshake) = &mut self.handshake else {
            self.chunks.receive(bytes);
            self.acknowledge(bytes.len());
            return Ok(());
        };
        match handshake.process_bytes(bytes) {
            Ok(HandshakeProcessResult::InProgress { response_bytes }) => self.output.put_slice(&response_bytes),
            Ok(HandshakeProcessResult::Completed { response_bytes, remaining_bytes }) => {
                self.output.put_slice(&response_bytes);
                self.handshake = None;
                self.chunks.receive(&remaining_bytes);
                self.acknowledge(remaining_bytes.len());
            }
            Err(_) => return Err(SessionError::Handshake),
        }
        Ok(())
    }

    /// Takes what is to be written to the socket.
    pub fn take_output(&mut self) -> Bytes {
        self.output.split().freeze()
    }

    /// The next event in what was received.
    pub fn next_event(&mut self) -> Result<Option<Event>, SessionError> {
        while self.stage != Stage::Over {
            let Some(message) = self.chunks.next_message()? else { return Ok(None) };
            if self.stage != Stage::Publishing {
                self.messages += 1;
                if self.messages > MESSAGES_BEFORE_PUBLISH {
                    return Err(SessionError::Chatter);
                }
            }
            if let Some(event) = self.on(message)? {
                return Ok(Some(event));
            }
        }
        Ok(None)
    }

    /// The key is good: media may come.
    pub fn accept(&mut self) {
        self.stage = Stage::Publishing;
        self.chunks.allow_media();
        let mut begin = BytesMut::new();
        begin.put_u16(0);
        begin.put_u32(STREAM);
        self.write(kind::USER_CONTROL, 0, begin.freeze());
        self.status("status", "NetStream.Publish.Start", "Publishing");
    }

    /// Says no; what comes afterwards is not looked at.
    pub fn refuse(&mut self, code: &str, description: &str) {
        self.stage = Stage::Over;
        self.status("error", code, description);
    }

    fn on(&mut self, message: Message) -> Result<Option<Event>, SessionError> {
        let is_publishing = self.stage == Stage::Publishing;
        let Message { kind, timestamp, mut payload, .. } = message;
        match kind {
            kind::AUDIO if is_publishing => return Ok(Some(Event::Audio { timestamp, body: payload })),
            kind::VIDEO if is_publishing => return Ok(Some(Event::Video { timestamp, body: payload })),
            kind::WINDOW_ACK_SIZE => {
                self.window = payload.try_get_u32().map_err(|_short| ChunkError::BadControl)?.max(1);
            }
            kind::USER_CONTROL => self.answer_ping(payload),
            kind::DATA | kind::DATA_AMF3 => return data(strip_amf3(kind, payload)),
            kind::COMMAND | kind::COMMAND_AMF3 => return self.command(strip_amf3(kind, payload)),
            _ => {}
        }
        Ok(None)
    }

    fn command(&mut self, payload: Bytes) -> Result<Option<Event>, SessionError> {
        let values = amf::read_all(payload)?;
        let Some(name) = values.first().and_then(Value::as_text) else { return Ok(None) };
        let transaction = values.get(1).and_then(Value::as_number).unwrap_or_default();
        if self.app_rest.is_none() && name != "connect" {
            return Err(SessionError::NotConnected);
        }
        match name {
            "connect" => self.connect(transaction, values.get(2))?,
            "releaseStream" | "FCPublish" => self.result(transaction, Value::Null, Value::Null),
            "createStream" => self.result(transaction, Value::Null, Value::Number(f64::from(STREAM))),
            "publish" => {
                if self.stage != Stage::Open {
                    return Err(SessionError::PublishesAlready);
                }
                self.stage = Stage::Asked;
                let name = values.get(3).and_then(Value::as_text).unwrap_or_default();
                return Ok(Some(Event::Publish { key: self.key(name) }));
            }
            "FCUnpublish" | "deleteStream" | "closeStream" if self.stage == Stage::Publishing => {
                self.stage = Stage::Over;
                self.status("status", "NetStream.Unpublish.Success", "Stopped");
                return Ok(Some(Event::Unpublish));
            }
            "play" | "play2" => return Err(SessionError::NotAPublisher),
            _ => {}
        }
        Ok(None)
    }

    fn connect(&mut self, transaction: f64, arguments: Option<&Value>) -> Result<(), SessionError> {
        let app = arguments.and_then(|it| it.get("app")).and_then(Value::as_text).unwrap_or_default();
        let app = without_query(app).trim_matches('/');
        let (first, rest) = app.split_once('/').unwrap_or((app, ""));
        if first != APP {
            return Err(SessionError::WrongApp);
        }
        self.app_rest = Some(rest.to_owned());
        self.write(kind::WINDOW_ACK_SIZE, 0, Bytes::copy_from_slice(&WINDOW_BYTES.to_be_bytes()));
        let mut bandwidth = BytesMut::new();
        bandwidth.put_u32(WINDOW_BYTES);
        bandwidth.put_u8(2); // dynamic
        self.write(kind::SET_PEER_BANDWIDTH, 0, bandwidth.freeze());
        self.writer.set_chunk_size(&mut self.output, CHUNK_SIZE);
        let properties = object([("fmsVer", Value::text("FMS/3,0,1,123")), ("capabilities", Value::Number(31.0))]);
        let information = object([
            ("level", Value::text("status")),
            ("code", Value::text("NetConnection.Connect.Success")),
            ("description", Value::text("Connected")),
            ("objectEncoding", Value::Number(0.0)),
        ]);
        self.result(transaction, properties, information);
        Ok(())
    }

    /// The stream name up to its query, or what the address said behind `live/`.
    fn key(&self, name: &str) -> Secret<String> {
        let name = without_query(name).trim_matches('/');
        let rest = self.app_rest.as_deref().unwrap_or_default();
        Secret::new(if name.is_empty() { rest } else { name }.to_owned())
    }

    fn result(&mut self, transaction: f64, first: Value, second: Value) {
        let values = [Value::text("_result"), Value::Number(transaction), first, second];
        self.write(kind::COMMAND, 0, amf::write_all(&values));
    }

    fn status(&mut self, level: &str, code: &str, description: &str) {
        let information = object([
            ("level", Value::text(level)),
            ("code", Value::text(code)),
            ("description", Value::text(description)),
        ]);
        let values = [Value::text("onStatus"), Value::Number(0.0), Value::Null, information];
        self.write(kind::COMMAND, STREAM, amf::write_all(&values));
    }

    fn answer_ping(&mut self, mut payload: Bytes) {
        if payload.len() >= 6 && payload.get_u16() == 6 {
            let mut pong = BytesMut::new();
            pong.put_u16(7);
            pong.put_slice(&payload[..4]);
            self.write(kind::USER_CONTROL, 0, pong.freeze());
        }
    }

    fn acknowledge(&mut self, size: usize) {
        self.received = self.received.wrapping_add(u32::try_from(size).unwrap_or(u32::MAX));
        if self.received.wrapping_sub(self.acknowledged) >= self.window {
            self.acknowledged = self.received;
            let payload = Bytes::copy_from_slice(&self.received.to_be_bytes());
            self.write(kind::ACKNOWLEDGEMENT, 0, payload);
        }
    }

    fn write(&mut self, kind: u8, stream: u32, payload: Bytes) {
        self.writer.write(&mut self.output, &Message { kind, stream, timestamp: 0, payload });
    }
}

/// AMF3 messages start with a format byte and then speak AMF0.
fn strip_amf3(kind: u8, mut payload: Bytes) -> Bytes {
    if matches!(kind, kind::COMMAND_AMF3 | kind::DATA_AMF3) && payload.first() == Some(&0) {
        payload.advance(1);
    }
    payload
}

/// Metadata, with or without the `@setDataFrame` before it. What else is in there does not matter, but
/// depth is an attack.
fn data(payload: Bytes) -> Result<Option<Event>, SessionError> {
    let values = match amf::read_all(payload) {
        Ok(values) => values,
        Err(AmfError::TooDeep) => return Err(AmfError::TooDeep.into()),
        Err(AmfError::Truncated | AmfError::UnknownType(_)) => return Ok(None),
    };
    let mut values = values.iter().skip_while(|value| value.as_text() == Some("@setDataFrame"));
    if values.next().and_then(Value::as_text) != Some("onMetaData") {
        return Ok(None);
    }
    let Some(metadata) = values.next() else { return Ok(None) };
    let names = |name: &str| metadata.get(name).is_some_and(|value| *value != Value::Null);
    let (video, audio) = (names("videocodecid"), names("audiocodecid"));
    Ok((video || audio).then_some(Event::Metadata { video, audio }))
}

fn without_query(name: &str) -> &str {
    name.split_once('?').map_or(name, |(name, _)| name)
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
