//! Behaviour of trade through its use cases and routes, on each database.
#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

mod following;
mod moving;
mod placing;
mod routes;
mod world;
