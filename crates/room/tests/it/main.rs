//! Rooms from outside: the core under a simulated crowd, and real sockets against a real server.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test expects, it insists on")]

mod client;
mod crowd;
mod fuzzed;
mod moderating;
mod over_a_socket;
mod restarting;
mod server;
