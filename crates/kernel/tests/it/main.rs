//! The kernel's doors on both databases and through a router.

mod database;
mod http;
mod outbox;
