//! The program `livefair`.

use std::process::ExitCode;

use clap::Parser as _;
use server::cli::Cli;

fn main() -> ExitCode {
    // Whatever this program writes is its owner's alone: database, recordings, blobs, backups.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return refused(&cause.into()),
    };
    match runtime.block_on(server::run(cli.command)) {
        Ok(code) => code,
        Err(cause) => refused(&cause),
    }
}

/// One line that says what, and why.
fn refused(cause: &anyhow::Error) -> ExitCode {
    eprintln!("livefair: {cause:#}");
    ExitCode::FAILURE
}
