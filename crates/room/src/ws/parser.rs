//! An incremental parser of what clients send (RFC 6455 5).

use super::frame::{CLOSE, PING, PONG, TEXT, code};

/// The largest message a client may send.
pub const MAX_MESSAGE_BYTES: usize = 4096;

/// What a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    Text(String),
    Ping(Vec<u8>),
    Pong,
    /// A piece of a message that goes on.
    Fragment,
    /// The peer closes, with its code if it gave one.
    Close(Option<u16>),
}

/// Reads what a client sends, in whatever pieces it arrives.
///
/// An error is final and is the close code to answer with. Holds at most one message and one frame header.
#[derive(Debug, Default)]
pub struct Parser {
    raw: Vec<u8>,
    /// Text of a fragmented message so far.
    message: Option<Vec<u8>>,
}

struct Header {
    fin: bool,
    opcode: u8,
    mask: [u8; 4],
    start: usize,
    len: usize,
}

impl Parser {
    /// Takes the next bytes and appends to `out` what became whole.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Incoming>) -> Result<(), u16> {
        self.raw.extend_from_slice(bytes);
        let mut at = 0;
        let mut done = Ok(());
        while done.is_ok() {
            match self.header(at) {
                Ok(Some(header)) if self.raw.len() - at >= header.start + header.len => {
                    let payload = self.payload(at, &header);
                    at += header.start + header.len;
                    done = self.take(&header, payload, out);
                }
                Ok(_more_is_needed) => break,
                Err(code) => done = Err(code),
            }
        }
        self.raw.drain(..at);
        if self.raw.is_empty() {
            self.raw = Vec::new(); // an idle connection holds no buffer
        }
        done
    }

    /// The header at `at`; `None` when more bytes are needed to tell.
    fn header(&self, at: usize) -> Result<Option<Header>, u16> {
        let raw = &self.raw[at..];
        let [first, second, ..] = *raw else { return Ok(None) };
        let (fin, opcode) = (first & 0x80 != 0, first & 0x0F);
        self.check(first, second, fin, opcode)?;
        let (len, mask_at) = match second & 0x7F {
            126 => match raw.get(2..4) {
                Some(&[a, b]) => (u64::from(u16::from_be_bytes([a, b])), 4),
                _ => return Ok(None),
            },
            127 => match raw.get(2..10).and_then(|eight| <[u8; 8]>::try_from(eight).ok()) {
                Some(eight) => (u64::from_be_bytes(eight), 10),
                None => return Ok(None),
            },
            short => (u64::from(short), 2),
        };
        let so_far = if opcode < CLOSE { self.message.as_ref().map_or(0, Vec::len) } else { 0 };
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        if len.saturating_add(so_far) > MAX_MESSAGE_BYTES {
            return Err(code::TOO_BIG);
        }
        let Some(mask) = raw.get(mask_at..mask_at + 4).and_then(|four| four.try_into().ok()) else { return Ok(None) };
        Ok(Some(Header { fin, opcode, mask, start: mask_at + 4, len }))
    }

    fn check(&self, first: u8, second: u8, fin: bool, opcode: u8) -> Result<(), u16> {
        let reserved = first & 0x70 != 0;
        let masked = second & 0x80 != 0; // RFC 6455 5.1: clients mask
        if reserved || !masked {
            return Err(code::PROTOCOL);
        }
        match opcode {
            0 if self.message.is_some() => Ok(()),
            TEXT if self.message.is_none() => Ok(()),
            2 if self.message.is_none() => Err(code::UNSUPPORTED),
            CLOSE | PING | PONG if fin && second & 0x7F <= 125 => Ok(()),
            _ => Err(code::PROTOCOL),
        }
    }

    fn payload(&self, at: usize, header: &Header) -> Vec<u8> {
        let masked = &self.raw[at + header.start..at + header.start + header.len];
        masked.iter().zip(header.mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect()
    }

    fn take(&mut self, header: &Header, payload: Vec<u8>, out: &mut Vec<Incoming>) -> Result<(), u16> {
        match header.opcode {
            PING => out.push(Incoming::Ping(payload)),
            PONG => out.push(Incoming::Pong),
            CLOSE => out.push(Incoming::Close(close_code(&payload)?)),
            _ => {
                let mut message = self.message.take().unwrap_or_default();
                message.extend_from_slice(&payload);
                if header.fin {
                    out.push(Incoming::Text(String::from_utf8(message).map_err(|_bad| code::BAD_TEXT)?));
                } else {
                    self.message = Some(message);
                    out.push(Incoming::Fragment);
                }
            }
        }
        Ok(())
    }
}

/// The code of a close payload (RFC 6455 5.5.1): none, or two bytes and text.
fn close_code(payload: &[u8]) -> Result<Option<u16>, u16> {
    let Some((code, reason)) = payload.split_first_chunk::<2>() else {
        return if payload.is_empty() { Ok(None) } else { Err(code::PROTOCOL) };
    };
    let code = u16::from_be_bytes(*code);
    let may_be_sent = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    if !may_be_sent {
        return Err(code::PROTOCOL);
    }
    std::str::from_utf8(reason).map_err(|_bad| code::BAD_TEXT)?;
    Ok(Some(code))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio_tungstenite::tungstenite::protocol::{Message, Role, WebSocket, WebSocketConfig};

    use super::super::frame::{encode, text};
    use super::*;

    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let plain = encode(0, payload);
        let head = plain.len() - payload.len();
        let mut out = plain[..head].to_vec();
        out[0] = first;
        out[1] |= 0x80;
        out.extend([7, 11, 13, 17]);
        out.extend(payload.iter().zip([7, 11, 13, 17].iter().cycle()).map(|(byte, mask)| byte ^ mask));
        out
    }

    fn read(bytes: &[u8]) -> Result<Vec<Incoming>, u16> {
        let mut out = Vec::new();
        Parser::default().feed(bytes, &mut out)?;
        Ok(out)
    }

    /// Whether the parser waits for the rest of a frame or of a message.
    fn waits(bytes: &[u8]) -> bool {
        let mut parser = Parser::default();
        parser.feed(bytes, &mut Vec::new()).is_ok() && (!parser.raw.is_empty() || parser.message.is_some())
    }

    #[test]
    fn what_breaks_the_rules_is_closed_with_its_code() {
        assert_eq!(read(text("hi").bytes()), Err(code::PROTOCOL), "unmasked");
        assert_eq!(read(&masked(0xC1, b"hi")), Err(code::PROTOCOL), "reserved bit");
        assert_eq!(read(&masked(0x83, b"hi")), Err(code::PROTOCOL), "reserved opcode");
        assert_eq!(read(&masked(0x80, b"hi")), Err(code::PROTOCOL), "continuation of nothing");
        assert_eq!(read(&masked(0x09, b"hi")), Err(code::PROTOCOL), "fragmented ping");
        assert_eq!(read(&masked(0x89, &[0; 126])), Err(code::PROTOCOL), "long ping");
        assert_eq!(read(&masked(0x82, b"hi")), Err(code::UNSUPPORTED), "binary");
        assert_eq!(read(&masked(0x81, &[0xFF])), Err(code::BAD_TEXT), "not UTF-8");
        assert_eq!(read(&masked(0x81, &[b'a'; 4097])), Err(code::TOO_BIG), "too big");
        assert_eq!(read(&masked(0x81, &[b'a'; 4096])).map(|got| got.len()), Ok(1), "just small enough");
        assert_eq!(read(&masked(0x88, &[3])), Err(code::PROTOCOL), "half a close code");
        assert_eq!(read(&masked(0x88, &1005_u16.to_be_bytes())), Err(code::PROTOCOL), "a code nobody may send");
    }

    #[test]
    fn a_huge_length_is_refused_before_its_bytes_come() {
        let mut head = vec![0x81, 0xFF];
        head.extend(u64::MAX.to_be_bytes());
        assert_eq!(read(&head), Err(code::TOO_BIG));
    }

    #[test]
    fn fragments_make_one_message_with_a_ping_between_them() {
        let all = [masked(0x01, b"MOQ"), masked(0x89, b"!"), masked(0x00, b" for"), masked(0x80, b" 24?")].concat();
        let (ping, text) = (Incoming::Ping(b"!".to_vec()), Incoming::Text("MOQ for 24?".into()));
        assert_eq!(read(&all), Ok(vec![Incoming::Fragment, ping, Incoming::Fragment, text]));
        let too_many = [masked(0x01, &[b'a'; 3000]), masked(0x80, &[b'a'; 3000])].concat();
        assert_eq!(read(&too_many), Err(code::TOO_BIG));
    }

    /// A peer that reads from bytes and writes nowhere.
    struct Wire(std::io::Cursor<Vec<u8>>);
    impl std::io::Read for Wire {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(buf) {
                Ok(0) => Err(std::io::ErrorKind::WouldBlock.into()),
                other => other,
            }
        }
    }
    impl std::io::Write for Wire {
        fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
            Ok(buf.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn oracle(bytes: Vec<u8>, role: Role) -> Option<Vec<String>> {
        let config = WebSocketConfig::default().max_message_size(Some(4096)).max_frame_size(Some(4096));
        let mut peer = WebSocket::from_raw_socket(Wire(std::io::Cursor::new(bytes)), role, Some(config));
        let mut got = Vec::new();
        loop {
            match peer.read() {
                Ok(Message::Text(text)) => got.push(text.to_string()),
                Ok(Message::Binary(_)) => return None,
                Ok(_) => {}
                Err(tokio_tungstenite::tungstenite::Error::Io(_)) => return Some(got),
                Err(_) => return None,
            }
        }
    }

    proptest! {
        #[test]
        fn any_split_of_the_bytes_reads_the_same(texts in prop::collection::vec(".{0,200}", 1..5), cut in 1usize..40) {
            let bytes: Vec<u8> = texts.iter().flat_map(|text| masked(0x81, text.as_bytes())).collect();
            let mut parser = Parser::default();
            let mut got = Vec::new();
            for piece in bytes.chunks(cut) {
                parser.feed(piece, &mut got).unwrap();
            }
            prop_assert_eq!(got, texts.into_iter().map(Incoming::Text).collect::<Vec<_>>());
            prop_assert_eq!(parser.raw.capacity(), 0);
        }

        #[test]
        fn what_we_write_an_independent_peer_reads(payload in ".{0,3000}") {
            prop_assert_eq!(oracle(text(&payload).bytes().to_vec(), Role::Client).map(|got| got.len()),
                if payload.len() > 4096 { None } else { Some(1) });
        }

        #[test]
        fn an_independent_parser_agrees_on_damaged_frames(
            text in ".{0,60}", flips in prop::collection::vec((0usize..80, any::<u8>()), 0..3),
        ) {
            let mut bytes = [masked(0x01, text.as_bytes()), masked(0x80, text.as_bytes())].concat();
            for (at, bits) in flips {
                if let Some(byte) = bytes.get_mut(at) { *byte ^= bits; }
            }
            let closes = |got: &[Incoming]| got.iter().any(|one| matches!(one, Incoming::Close(_)));
            match (read(&bytes), oracle(bytes.clone(), Role::Server)) {
                (Ok(ours), Some(theirs)) if !closes(&ours) => {
                    let ours: Vec<String> = ours.into_iter().filter_map(|one| match one {
                        Incoming::Text(text) => Some(text), _ => None }).collect();
                    prop_assert_eq!(ours, theirs);
                }
                // The oracle checks UTF-8 by fragment, we by message (RFC 6455 8.1 allows both): ours may still wait.
                (Ok(ours), None) => prop_assert!(closes(&ours) || waits(&bytes), "only the oracle refuses"),
                _ => {} // stricter than the oracle is fine: it checks lengths and codes later
            }
        }
    }

    #[test]
    fn mutated_bytes_never_panic() {
        let mut seed = 0x9E37_79B9_7F4A_7C15_u64;
        let mut next = move || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let good =
            [masked(0x01, b"{\"op\""), masked(0x89, b"x"), masked(0x80, b":\"like\"}"), masked(0x88, b"")].concat();
        for _ in 0..20_000 {
            let mut bytes = good.clone();
            for _ in 0..next() % 6 {
                let at = usize::try_from(next() % bytes.len() as u64).unwrap();
                bytes[at] = next().to_le_bytes()[0];
            }
            bytes.truncate(usize::try_from(next() % (bytes.len() as u64 + 1)).unwrap());
            let mut out = Vec::new();
            let mut parser = Parser::default();
            let _code = parser.feed(&bytes, &mut out);
            assert!(parser.raw.len() <= bytes.len());
        }
    }
}
