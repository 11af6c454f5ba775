//! Lines to and from the person at the terminal.

use std::io::{self, BufRead as _, Write as _};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// Writes one line; a reader that has gone away is no failure of ours.
pub fn line(text: &str) {
    let _gone = writeln!(io::stdout().lock(), "{text}");
}

/// What a shell says of a program that Ctrl-C ended: 128 and the signal's number.
const INTERRUPTED: i32 = 130;

/// Asks for one line that nobody looking on shall read. Ctrl-C ends the program, as it does elsewhere, but only when the
/// terminal shows again what is typed.
pub async fn ask_secret(prompt: &str) -> io::Result<String> {
    let _gone = write!(io::stderr().lock(), "{prompt}");
    let silence = Silence::begin();
    let read = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).map(|_| answer)
    });
    let answer = tokio::select! {
        answer = read => answer?,
        _ = tokio::signal::ctrl_c() => {
            drop(silence);
            // The reader still waits for its line.
            std::process::exit(INTERRUPTED);
        }
    };
    if silence.is_some() {
        let _gone = writeln!(io::stderr().lock());
    }
    drop(silence);
    Ok(answer?.trim_end_matches(['\r', '\n']).to_owned())
}

/// The terminal shows nothing of what is typed, until this is dropped.
struct Silence(Termios);

impl Silence {
    /// `None` when standard input is no terminal: then nothing is shown anyway.
    fn begin() -> Option<Self> {
        let before = tcgetattr(io::stdin()).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent).ok()?;
        Some(Self(before))
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _gone = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}
