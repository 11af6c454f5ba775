//! Identity, through its router.

mod app;
mod buying;
mod crew;
mod first_run;
mod forging;
mod guests;
mod logging_in;
