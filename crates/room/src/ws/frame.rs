//! Frames as servers send them, and the codes they close with.

use bytes::{BufMut as _, Bytes, BytesMut};

/// Close codes (RFC 6455 7.4.1), and the room's own from 4000.
pub mod code {
    pub const NORMAL: u16 = 1000;
    pub const PROTOCOL: u16 = 1002;
    pub const UNSUPPORTED: u16 = 1003;
    pub const BAD_TEXT: u16 = 1007;
    pub const POLICY: u16 = 1008;
    pub const TOO_BIG: u16 = 1009;
    pub const RESTART: u16 = 1012;
    pub const TRY_LATER: u16 = 1013;
    pub const TOKEN: u16 = 4001;
    pub const BANNED: u16 = 4003;
    pub const CLOSED: u16 = 4004;
    pub const TOO_SLOW: u16 = 4008;
    pub const REPLACED: u16 = 4009;
}

pub(super) const TEXT: u8 = 0x1;
pub(super) const CLOSE: u8 = 0x8;
pub(super) const PING: u8 = 0x9;
pub(super) const PONG: u8 = 0xA;

/// A text frame, and where its payload starts.
pub fn text(payload: &str) -> Text {
    let bytes = encode(TEXT, payload.as_bytes());
    let start = bytes.len() - payload.len();
    Text { bytes, start }
}

/// One text frame, encoded once and shared by all who get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    bytes: Bytes,
    start: usize,
}

impl Text {
    /// Header and payload, as a socket wants them.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The payload alone, as an event stream wants it.
    pub fn payload(&self) -> &str {
        std::str::from_utf8(&self.bytes[self.start..]).unwrap_or_default()
    }
}

pub fn ping() -> Bytes {
    Bytes::from_static(&[0x80 | PING, 0])
}

pub fn pong(payload: &[u8]) -> Bytes {
    encode(PONG, payload)
}

/// A close frame; the reason is cut to what a control frame holds.
pub fn close(code: u16, reason: &str) -> Bytes {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    encode(CLOSE, &payload)
}

/// An unmasked, unfragmented frame (RFC 6455 5.2), as servers send them.
pub(super) fn encode(opcode: u8, payload: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(payload.len() + 10);
    out.put_u8(0x80 | opcode);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short @ 0..126), _) => out.put_u8(short),
        (_, Ok(medium)) => {
            out.put_u8(126);
            out.put_u16(medium);
        }
        _ => {
            out.put_u8(127);
            out.put_u64(payload.len() as u64);
        }
    }
    out.put_slice(payload);
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_reasons_are_cut_at_a_character() {
        let frame = close(1012, &"再见".repeat(40));
        assert!(frame.len() <= 127 && std::str::from_utf8(&frame[4..]).is_ok());
    }
}
