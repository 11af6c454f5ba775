//! Rooms from outside: the core under a simulated crowd, and real sockets against a real server.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what a test expects, it insists on")]

mod asking;
mod bounds;
mod client;
mod crowd;
mod fuzzed;
mod judges;
mod languages;
mod moderating;
mod over_a_socket;
mod rereading;
mod restarting;
mod rules;
mod server;

fn migrations() -> Vec<kernel::db::Migration> {
    [kernel::outbox::migrations(), room::migrations()].concat()
}
