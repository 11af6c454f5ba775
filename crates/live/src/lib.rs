//! Shows: sale events with their run sheet, pins and stream keys, and the states they move through.
//!
//! Promises: a move is legal by one table, made by one guarded update with its audit row and its happening,
//! or not at all; at most one item is on the air and at most three products are pinned; a stream key is shown
//! once and stored hashed; an event follows its stream (silence interrupts, samples resume).

mod bus;
mod errors;
pub mod event;
mod events;
mod follow;
mod gate;
mod http;
mod listing;
mod live;
mod present;
pub mod run;
mod runs;
mod store;

pub use bus::{EventStateChanged, PinsChanged, RunItemFinished, RunItemStarted};
pub use errors::LiveError;
pub use event::Audience;
pub use events::{Check, Mover, PlanChange, Show};
pub use follow::follow_media;
pub use gate::Gate;
pub use http::{ShowView, routes};
pub use live::{Hosts, Live, Parts};
pub use runs::{ItemChange, ItemTitle, RunSheet};
pub use store::StreamKey;
pub use store::migration::migrations;
