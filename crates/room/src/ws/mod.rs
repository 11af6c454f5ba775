//! WebSocket as RFC 6455 says it, only what a room needs: the opening handshake and frames.
//! Frames leave as shared bytes that were encoded once, so no library stands between them and the socket.

pub mod frame;
pub mod parser;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};

/// The subprotocol spoken here. Always echoed: a browser that offered one fails the connection otherwise.
pub const SUBPROTOCOL: &str = "room.v1.json";

/// `Sec-WebSocket-Accept` for a key (RFC 6455 4.2.2).
pub fn accept_key(key: &str) -> String {
    let mut hash = Sha1::new();
    hash.update(key.as_bytes());
    hash.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    STANDARD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_accept_key_is_the_one_of_the_rfc() {
        assert_eq!(super::accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }
}
