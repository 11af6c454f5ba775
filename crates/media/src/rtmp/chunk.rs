//! RTMP chunks (specification 5.3): messages put together from chunk streams, and taken apart again.
//!
//! Each chunk stream assembles its own message, so interleaved messages do not mix. Sizes are judged at
//! the header, before anything is kept.

use std::collections::HashMap;

use bytes::{Buf, BufMut, Bytes, BytesMut};

const FIRST_CHUNK_SIZE: usize = 128;
const EXTENDED: u32 = 0x00ff_ffff;
const CHUNK_STREAMS_AT_MOST: usize = 64;
const MEDIA_AT_MOST: usize = 8 * 1024 * 1024;
const COMMAND_AT_MOST: usize = 64 * 1024;
/// Unfinished messages of one connection together, before and after its key is known.
const UNFINISHED_AT_FIRST: usize = 256 * 1024;
const UNFINISHED_AT_MOST: usize = 16 * 1024 * 1024;

/// Message types (specification 5.4, 6.1, 7.1).
pub mod kind {
    pub const SET_CHUNK_SIZE: u8 = 1;
    pub const ABORT: u8 = 2;
    pub const ACKNOWLEDGEMENT: u8 = 3;
    pub const USER_CONTROL: u8 = 4;
    pub const WINDOW_ACK_SIZE: u8 = 5;
    pub const SET_PEER_BANDWIDTH: u8 = 6;
    pub const AUDIO: u8 = 8;
    pub const VIDEO: u8 = 9;
    pub const DATA_AMF3: u8 = 15;
    pub const COMMAND_AMF3: u8 = 17;
    pub const DATA: u8 = 18;
    pub const COMMAND: u8 = 20;
    pub const AGGREGATE: u8 = 22;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub kind: u8,
    pub stream: u32,
    pub timestamp: u32,
    pub payload: Bytes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    #[error("a message of {0} bytes is too large")]
    TooLarge(usize),
    #[error("too many unfinished messages")]
    TooMuchUnfinished,
    #[error("too many chunk streams")]
    TooManyStreams,
    #[error("a chunk leans on a header that was never sent")]
    NoHeader,
    #[error("a new message begins inside another")]
    Unfinished,
    #[error("a control message is malformed")]
    BadControl,
}

/// Puts messages together from bytes that come in any portions.
#[derive(Debug)]
pub struct ChunkReader {
    input: BytesMut,
    lanes: HashMap<u32, Lane>,
    chunk_size: usize,
    media_at_most: usize,
    unfinished: usize,
    unfinished_at_most: usize,
    /// The chunk whose payload is being read, and how much of it is missing.
    current: Option<(u32, usize)>,
}

/// One chunk stream.
#[derive(Debug, Default)]
struct Lane {
    kind: u8,
    message_stream: u32,
    length: usize,
    timestamp: u32,
    delta: u32,
    /// The extended field of the last header, which following chunks repeat.
    extended: Option<u32>,
    payload: BytesMut,
    is_open: bool,
}

impl Default for ChunkReader {
    fn default() -> Self {
        Self::new()
    }
}

impl ChunkReader {
    /// Media counts as commands until [`ChunkReader::allow_media`].
    pub fn new() -> Self {
        Self {
            input: BytesMut::new(),
            lanes: HashMap::new(),
            chunk_size: FIRST_CHUNK_SIZE,
            media_at_most: COMMAND_AT_MOST,
            unfinished: 0,
            unfinished_at_most: UNFINISHED_AT_FIRST,
            current: None,
        }
    }

    /// Allows audio and video messages up to 8 MiB, once the publisher is known.
    pub fn allow_media(&mut self) {
        self.media_at_most = MEDIA_AT_MOST;
        self.unfinished_at_most = UNFINISHED_AT_MOST;
    }

    pub fn receive(&mut self, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
    }

    /// The next whole message; chunk size and abort are obeyed and not given out.
    pub fn next_message(&mut self) -> Result<Option<Message>, ChunkError> {
        loop {
            let (id, missing) = match self.current {
                Some(current) => current,
                None => match self.read_header()? {
                    Some(chunk) => chunk,
                    None => return Ok(None),
                },
            };
            let now = missing.min(self.input.len());
            let Some(lane) = self.lanes.get_mut(&id) else { return Err(ChunkError::NoHeader) };
            lane.payload.extend_from_slice(&self.input[..now]);
            self.input.advance(now);
            self.unfinished += now;
            if self.unfinished > self.unfinished_at_most {
                return Err(ChunkError::TooMuchUnfinished);
            }
            if now < missing {
                self.current = Some((id, missing - now));
                return Ok(None);
            }
            self.current = None;
            if lane.payload.len() >= lane.length {
                let message = lane.close();
                self.unfinished -= message.payload.len();
                if let Some(message) = self.obey(message)? {
                    return Ok(Some(message));
                }
            }
        }
    }

    /// Reads one chunk header; `None` when it is not whole yet, and then nothing was taken.
    fn read_header(&mut self) -> Result<Option<(u32, usize)>, ChunkError> {
        let mut rest = &self.input[..];
        let Some((format, id)) = basic_header(&mut rest) else { return Ok(None) };
        if !self.lanes.contains_key(&id) {
            // librtmp may open a chunk stream without a full header: its delta then counts from zero.
            if format > 1 {
                return Err(ChunkError::NoHeader);
            }
            if self.lanes.len() >= CHUNK_STREAMS_AT_MOST {
                return Err(ChunkError::TooManyStreams);
            }
        }
        let Some(header) = Header::read(&mut rest, format) else { return Ok(None) };
        let lane = self.lanes.entry(id).or_default();
        let Some(extended) = extended_field(&mut rest, &header, lane) else { return Ok(None) };
        if lane.is_open && format != 3 {
            return Err(ChunkError::Unfinished);
        }
        let (kind, length) = header.message.unwrap_or((lane.kind, lane.length));
        let at_most = match kind {
            kind::AUDIO | kind::VIDEO | kind::AGGREGATE => self.media_at_most,
            _ => COMMAND_AT_MOST,
        };
        if length > at_most {
            return Err(ChunkError::TooLarge(length));
        }
        if !lane.is_open {
            lane.open(format, &header, extended, (kind, length));
        }
        let taken = self.input.len() - rest.len();
        self.input.advance(taken);
        let missing = lane.length - lane.payload.len();
        Ok(Some((id, missing.min(self.chunk_size))))
    }

    fn obey(&mut self, message: Message) -> Result<Option<Message>, ChunkError> {
        match message.kind {
            kind::SET_CHUNK_SIZE => {
                let size = control_number(&message)? & 0x7fff_ffff;
                if size == 0 {
                    return Err(ChunkError::BadControl);
                }
                self.chunk_size = size as usize;
            }
            kind::ABORT => {
                if let Some(lane) = self.lanes.get_mut(&control_number(&message)?) {
                    self.unfinished -= lane.payload.len();
                    lane.payload = BytesMut::new();
                    lane.is_open = false;
                }
            }
            _ => return Ok(Some(message)),
        }
        Ok(None)
    }
}

impl Lane {
    fn open(&mut self, format: u8, header: &Header, extended: Option<u32>, (kind, length): (u8, usize)) {
        self.is_open = true;
        (self.kind, self.length) = (kind, length);
        if let Some(message_stream) = header.message_stream {
            self.message_stream = message_stream;
        }
        if format < 3 {
            self.extended = extended;
            let field = extended.unwrap_or(header.timestamp);
            // A full header's timestamp is also the delta of a message that follows without any (5.3.1.2.4).
            self.delta = field;
            if format == 0 {
                self.timestamp = field;
                return;
            }
        }
        self.timestamp = self.timestamp.wrapping_add(self.delta);
    }

    fn close(&mut self) -> Message {
        self.is_open = false;
        Message {
            kind: self.kind,
            stream: self.message_stream,
            timestamp: self.timestamp,
            payload: std::mem::take(&mut self.payload).freeze(),
        }
    }
}

struct Header {
    format: u8,
    timestamp: u32,
    message: Option<(u8, usize)>,
    message_stream: Option<u32>,
}

impl Header {
    fn read(rest: &mut &[u8], format: u8) -> Option<Self> {
        let mut header = Self { format, timestamp: 0, message: None, message_stream: None };
        if format < 3 {
            header.timestamp = u32::try_from(rest.try_get_uint(3).ok()?).ok()?;
        }
        if format < 2 {
            let length = usize::try_from(rest.try_get_uint(3).ok()?).ok()?;
            header.message = Some((rest.try_get_u8().ok()?, length));
        }
        if format == 0 {
            header.message_stream = Some(rest.try_get_u32_le().ok()?);
        }
        Some(header)
    }
}

/// Reads the extended timestamp where there is one; the outer `None` says that bytes are missing.
///
/// Chunks that follow repeat the field. Some senders leave it out there, so it is taken only where it
/// says the same again.
#[expect(clippy::option_option, reason = "missing bytes and a missing field are two things")]
fn extended_field(rest: &mut &[u8], header: &Header, lane: &Lane) -> Option<Option<u32>> {
    if header.format < 3 {
        return if header.timestamp == EXTENDED { rest.try_get_u32().ok().map(Some) } else { Some(None) };
    }
    let Some(expected) = lane.extended else { return Some(None) };
    let repeated = rest.get(..4)?;
    if repeated == expected.to_be_bytes() {
        rest.advance(4);
    }
    Some(Some(expected))
}

/// Format and chunk stream id (5.3.1.1).
fn basic_header(rest: &mut &[u8]) -> Option<(u8, u32)> {
    let first = rest.try_get_u8().ok()?;
    let id = match first & 0x3f {
        0 => 64 + u32::from(rest.try_get_u8().ok()?),
        1 => 64 + u32::from(rest.try_get_u16_le().ok()?),
        id => u32::from(id),
    };
    Some((first >> 6, id))
}

fn control_number(message: &Message) -> Result<u32, ChunkError> {
    message.payload.as_ref().try_get_u32().map_err(|_short| ChunkError::BadControl)
}

/// Writes messages as chunks, each with a full header.
#[derive(Debug)]
pub struct ChunkWriter {
    chunk_size: usize,
}

impl Default for ChunkWriter {
    fn default() -> Self {
        Self { chunk_size: FIRST_CHUNK_SIZE }
    }
}

impl ChunkWriter {
    /// Announces the new chunk size and uses it from then on.
    pub fn set_chunk_size(&mut self, output: &mut BytesMut, size: u32) {
        let payload = Bytes::copy_from_slice(&size.to_be_bytes());
        self.write(output, &Message { kind: kind::SET_CHUNK_SIZE, stream: 0, timestamp: 0, payload });
        self.chunk_size = size.max(1) as usize;
    }

    pub fn write(&self, output: &mut BytesMut, message: &Message) {
        let id = chunk_stream_of(message.kind);
        let is_extended = message.timestamp >= EXTENDED;
        output.put_u8(id);
        output.put_uint(u64::from(message.timestamp.min(EXTENDED)), 3);
        output.put_uint(message.payload.len() as u64, 3);
        output.put_u8(message.kind);
        output.put_u32_le(message.stream);
        let mut is_first = true;
        let mut rest = message.payload.as_ref();
        while is_first || !rest.is_empty() {
            if !is_first {
                output.put_u8(0xc0 | id);
            }
            if is_extended {
                output.put_u32(message.timestamp);
            }
            is_first = false;
            let (chunk, left) = rest.split_at(rest.len().min(self.chunk_size));
            output.put_slice(chunk);
            rest = left;
        }
    }
}

/// Two for control messages as the specification asks, the rest apart so that they could interleave.
fn chunk_stream_of(kind: u8) -> u8 {
    match kind {
        kind::SET_CHUNK_SIZE..=kind::SET_PEER_BANDWIDTH => 2,
        kind::AUDIO => 4,
        kind::VIDEO => 6,
        kind::DATA => 5,
        _ => 3,
    }
}
