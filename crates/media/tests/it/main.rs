//! Media as its neighbours see it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod encoder;
mod feed;
mod fuzzed;
mod going_live;
mod ingesting;
mod judged;

mod obs;
mod packaging;
mod players;
mod playlists;
mod recording;
mod rtmp_bytes;
mod rtmp_server;
mod rules;
mod serving;
mod streams_and_shows;
