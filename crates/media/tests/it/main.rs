//! Media as its neighbours see it.

mod encoder;
mod feed;
mod judged;
mod mutated_bytes;
mod packaging;
mod playlists;
mod recording;
mod rtmp_bytes;
mod rtmp_server;
mod rules;
mod serving;
mod streams_and_shows;
