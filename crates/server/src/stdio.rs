//! Lines to and from the person at the terminal.

use std::io::{self, BufRead as _, Write as _};

/// Writes one line; a reader that has gone away is no failure of ours.
pub fn line(text: &str) {
    let _gone = writeln!(io::stdout().lock(), "{text}");
}

/// Asks for one line.
pub fn ask(prompt: &str) -> io::Result<String> {
    let _gone = write!(io::stderr().lock(), "{prompt}");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim_end_matches(['\r', '\n']).to_owned())
}
