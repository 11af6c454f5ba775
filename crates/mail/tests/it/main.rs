//! Mail, from the queue to the reader's server.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world fails")]

mod delivering;
