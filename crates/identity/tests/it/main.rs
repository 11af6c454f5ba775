//! Identity, through its router.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world fails")]

mod account;
mod app;
mod authenticator;
mod buying;
mod crew;
mod first_run;
mod forging;
mod guests;
mod logging_in;
mod passkeys;
