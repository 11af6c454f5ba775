//! Media: live video in over RTMP, out over LL-HLS, and a recording that survives a kill.
//!
//! This crate knows no event, shop, buyer or product: a stream has an opaque [`StreamName`], and whoever
//! may publish or play is asked through [`StreamGate`]. Nothing here waits for a slow reader: it skips to
//! the next keyframe instead. Bytes from outside close at most the connection they came from.

pub mod aac;
pub mod avc;
pub mod boxes;
pub mod bus;
pub mod delivery;
pub mod flv;
pub mod gate;
pub mod health;
pub mod ingest;
mod meter;
pub mod origin;
mod pace;
pub mod packager;
mod part;
pub mod playlist;
pub mod recorder;
pub mod replay;
pub mod rtmp;
pub mod sample;
pub mod streams;
pub mod tape;
pub mod window;

pub use bus::{Bus, Subscription};
pub use gate::{PlayGrant, PublishGrant, Refused, StreamGate, StreamName};
pub use health::{Health, Warning, WarningCode};
pub use origin::{Origin, OriginSettings};
pub use recorder::{RecordError, RecorderSettings, Recorders, RecordingState, RecordingStatus};
pub use replay::Replays;
pub use rtmp::server::{RtmpLimits, RtmpServer};
pub use sample::{Codec, Sample, Track, TrackId, Unit};
pub use streams::{Stream, StreamChange, StreamState, Streams};
