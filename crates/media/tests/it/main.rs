//! Media as its neighbours see it.

mod encoder;
mod feed;
mod mutated_bytes;
mod packaging;
mod rtmp_bytes;
mod rtmp_server;
mod rules;
mod streams_and_shows;
