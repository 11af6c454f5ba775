//! What is fuzzed: one function per parser of outside bytes, each with what must hold whatever the bytes say.
//!
//! The tests of the crates include these very files and run them over `seeds/`, `crashes/` and mutations of
//! both, so that fuzzing and `cargo test` cannot drift apart.

pub mod catalog;
pub mod media;
pub mod room;
