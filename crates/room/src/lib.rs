//! Everything people say and see beside the video: chat, questions, pins, offers, counts. Control events and
//! questions arrive complete at everybody; chat and counts thin out when a room is full.
//!
//! [`room::Room`] is the pure core. [`Rooms`] runs rooms: it loads them, commits before it acknowledges, and hands
//! frames to the shards, one thread per core that holds the sockets. [`routes`] is the HTTP edge and the
//! WebSocket door.

mod events;
mod http;
mod limit;
pub mod pending;
pub mod protocol;
pub mod question;
pub mod room;
mod rooms;
mod settings;
mod shard;
mod sources;
mod store;
mod token;
pub mod ws;

pub use http::routes;
pub use rooms::{Rooms, RoomsSetup, may_convert};
pub use settings::{NodeSettings, RoomSettings};
pub use sources::{SourceError, Sources};
pub use store::migration::migrations;
pub use token::Pass;
