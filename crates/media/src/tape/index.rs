//! What lies beside the files: a line per segment, and whether the recording is sealed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

use kernel::Instant;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const INDEX: &str = "index.jsonl";
const STATE: &str = "state.json";
/// A recovered tail is one segment, however long; a day it is not.
pub(super) const LONGEST_US: i64 = 24 * 60 * 60 * 1_000_000;

/// One segment of a recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Names the file.
    pub epoch: u32,
    pub msn: u64,
    /// Place in the file, in bytes.
    pub offset: u64,
    pub size: u64,
    /// Media time within the epoch.
    pub dts_us: i64,
    pub duration_us: i64,
    pub wall: Instant,
    /// The timeline breaks before it, though the file goes on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub discontinuity: bool,
    /// Of the segment's bytes.
    pub sha256: String,
    /// SHA-256 of the line before; zeros for the first. A changed byte anywhere breaks the chain.
    pub previous: String,
}

impl Line {
    /// Whether a writer can have written it: a damaged disk says anything.
    fn is_plausible(&self) -> bool {
        let is_counted = self.msn < u64::MAX && self.offset.checked_add(self.size).is_some();
        is_counted && (0..=LONGEST_US).contains(&self.duration_us)
    }
}

/// Whether a recording still grows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub state: Phase,
    /// Its writer died once, and its tail was cut to the last whole fragment.
    pub recovered: bool,
    pub began: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Open,
    Sealed,
}

pub fn reel_name(epoch: u32) -> String {
    format!("{epoch}.mp4")
}

/// The epochs that have a file, in order.
pub(super) fn epochs(dir: &Path) -> io::Result<Vec<u32>> {
    let mut epochs = Vec::new();
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        epochs.extend(name.to_str().and_then(|name| name.strip_suffix(".mp4")?.parse::<u32>().ok()));
    }
    epochs.sort_unstable();
    Ok(epochs)
}

/// Reads the index up to the first line that is torn or breaks the chain, and the hash of the last line.
pub fn read_index(dir: &Path) -> io::Result<(Vec<Line>, String)> {
    let text = match fs::read(dir.join(INDEX)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut lines: Vec<Line> = Vec::new();
    let mut previous = first_previous();
    for text in text.split_inclusive(|byte| *byte == b'\n') {
        let Some(text) = text.strip_suffix(b"\n") else { break };
        let Ok(line) = serde_json::from_slice::<Line>(text) else { break };
        if line.previous != previous || !line.is_plausible() {
            break;
        }
        previous = hex::encode(Sha256::digest(text));
        lines.push(line);
    }
    Ok((lines, previous))
}

/// Tells whether an index has changed: its length, and when it was written last.
pub type Stamp = (u64, Option<SystemTime>);

pub fn stamp(dir: &Path) -> io::Result<Stamp> {
    match fs::metadata(dir.join(INDEX)) {
        Ok(index) => Ok((index.len(), index.modified().ok())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((0, None)),
        Err(error) => Err(error),
    }
}

pub(super) fn first_previous() -> String {
    "0".repeat(64)
}

/// The index, to be appended to.
pub(super) fn open_index(dir: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).open(dir.join(INDEX))
}

/// Appends a line and waits until the disk has it; gives its hash.
pub(super) fn append(index: &mut File, line: &Line) -> io::Result<String> {
    let mut text = serde_json::to_vec(line)?;
    let hash = hex::encode(Sha256::digest(&text));
    text.push(b'\n');
    index.write_all(&text)?;
    index.sync_data()?;
    Ok(hash)
}

/// Writes the whole index anew, aside, and puts it in place.
pub(super) fn rewrite_index(dir: &Path, lines: &mut [Line]) -> io::Result<()> {
    let aside = dir.join("index.new");
    let mut file = File::create(&aside)?;
    let mut previous = first_previous();
    for line in lines {
        line.previous.clone_from(&previous);
        let text = serde_json::to_vec(line)?;
        previous = hex::encode(Sha256::digest(&text));
        file.write_all(&text)?;
        file.write_all(b"\n")?;
    }
    file.sync_all()?;
    fs::rename(&aside, dir.join(INDEX))?;
    sync_dir(dir)
}

/// The state of the recording in `dir`; `None` when there is none.
pub fn read_state(dir: &Path) -> io::Result<Option<State>> {
    match fs::read(dir.join(STATE)) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn write_state(dir: &Path, state: &State) -> io::Result<()> {
    let aside = dir.join("state.new");
    let mut file = File::create(&aside)?;
    file.write_all(&serde_json::to_vec(state)?)?;
    file.sync_all()?;
    fs::rename(&aside, dir.join(STATE))?;
    sync_dir(dir)
}

pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
