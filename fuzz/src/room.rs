//! What visitors send to the room.

use room::protocol::parse_client;
use room::ws::parser::{Incoming, MAX_MESSAGE_BYTES, Parser};

/// One message: read or refused, and the refusal repeats nothing of it.
pub fn room_message(bytes: &[u8]) {
    if let Err(problem) = parse_client(bytes) {
        assert_eq!(problem.status, 400);
    }
}

/// Frames: the same whether they come at once or byte by byte, up to the byte that ends the connection.
pub fn room_frames(bytes: &[u8]) {
    let mut whole = Vec::new();
    let at_once = Parser::default().feed(bytes, &mut whole);

    let (mut parser, mut pieces) = (Parser::default(), Vec::new());
    let byte_by_byte = bytes.chunks(1).try_for_each(|byte| parser.feed(byte, &mut pieces));
    assert_eq!((at_once, &whole), (byte_by_byte, &pieces));
    for incoming in whole {
        if let Incoming::Text(text) = incoming {
            assert!(text.len() <= MAX_MESSAGE_BYTES);
            room_message(text.as_bytes());
        }
    }
}
