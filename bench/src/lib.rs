//! Programs that measure Livefair and print the figures with their conditions.
#![expect(clippy::print_stdout, reason = "the tables are what these programs are for")]

pub mod crowd;
pub mod house;
pub mod http;
pub mod numbers;
pub mod socket;

/// Says under which conditions the figures below were taken.
pub fn print_conditions(what: &str) {
    let build = if cfg!(debug_assertions) { "debug (use --release for figures to compare)" } else { "release" };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{what}\n{build} build, {cores} cores, server and clients on the same machine, loopback, no TLS");
}
