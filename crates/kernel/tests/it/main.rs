//! The kernel's doors on both databases and through a router.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod database;
mod http;
mod outbox;
