//! RTMP in: a sans-IO session and the server that feeds it from sockets.
//!
//! Everything below [`server`] is pure: bytes in, events and bytes out. `rml_rtmp` gives the handshake; its
//! chunk reader keeps one partial message for all chunk streams and its AMF reader recurses without limit,
//! so both are ours.

pub mod amf;
pub mod chunk;
mod connection;
mod door;
pub mod server;
pub mod session;
