//! The files of one recording, written so that a kill costs one part and a power cut one segment.
//!
//! `{epoch}.mp4` holds the very parts that viewers got, the initialisation segment first; `index.jsonl` has a
//! line per segment, written after the segment is on the disk, each naming the hash of the line before;
//! `state.json` says whether the recording is sealed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use kernel::Instant;
use mp4_atom::{Moof, Moov};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::boxes::{self, Span};
use crate::packager::{Output, Part, SegmentEnd};

const INDEX: &str = "index.jsonl";
const STATE: &str = "state.json";

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

/// The recording that is being written.
#[derive(Debug)]
pub struct Tape {
    dir: PathBuf,
    state: State,
    index: File,
    previous: String,
    next_msn: u64,
    next_epoch: u32,
    /// Written with the first part of its epoch.
    init: Option<Bytes>,
    reel: Option<Reel>,
    open: Option<Open>,
    /// A stretch without media was left out.
    hole: bool,
    size_bytes: u64,
    segments: u64,
}

/// The file of the epoch.
#[derive(Debug)]
struct Reel {
    epoch: u32,
    file: File,
    offset: u64,
}

/// The segment that is being written.
#[derive(Debug)]
struct Open {
    offset: u64,
    dts_us: i64,
    wall: Instant,
    discontinuity: bool,
    hash: Sha256,
}

impl Tape {
    /// Opens the recording in `dir`, new or going on; one that was torn is recovered first.
    pub fn open(dir: &Path, now: Instant) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        recover(dir)?;
        let began = read_state(dir)?;
        let is_new = began.is_none();
        let state = State {
            state: Phase::Open,
            recovered: began.as_ref().is_some_and(|state| state.recovered),
            began: began.map_or(now, |state| state.began),
        };
        let index = OpenOptions::new().append(true).create(true).open(dir.join(INDEX))?;
        let (lines, previous) = read_index(dir)?;
        write_state(dir, &state)?;
        if is_new {
            sync_dir(dir.parent().unwrap_or(dir))?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            state,
            index,
            previous,
            next_msn: lines.last().map_or(0, |line| line.msn + 1),
            next_epoch: epochs(dir)?.last().map_or(0, |epoch| epoch + 1),
            init: None,
            reel: None,
            open: None,
            hole: false,
            size_bytes: lines.iter().map(|line| line.size).sum(),
            segments: lines.len() as u64,
        })
    }

    /// Segments on the disk.
    pub fn segments(&self) -> u64 {
        self.segments
    }

    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Writes what the packager made. A segment is safe once its end was taken.
    pub fn on(&mut self, output: &Output) -> io::Result<()> {
        match output {
            Output::Init(init) => {
                self.init = Some(init.bytes.clone());
                Ok(())
            }
            Output::Part(part) => self.part(part),
            Output::SegmentEnd(end) => self.end_segment(*end),
        }
    }

    fn part(&mut self, part: &Part) -> io::Result<()> {
        if let Some(init) = self.init.take() {
            let epoch = self.next_epoch;
            let mut file = OpenOptions::new().write(true).create_new(true).open(self.dir.join(reel_name(epoch)))?;
            file.write_all(&init)?;
            sync_dir(&self.dir)?;
            self.next_epoch += 1;
            self.reel = Some(Reel { epoch, file, offset: init.len() as u64 });
            self.hole = false;
        }
        if part.is_gap() {
            self.hole |= self.open.is_none();
            return Ok(());
        }
        let Some(reel) = &mut self.reel else { return Ok(()) };
        let open = self.open.get_or_insert_with(|| Open {
            offset: reel.offset,
            dts_us: part.start_us,
            wall: part.wall,
            discontinuity: part.discontinuity || self.hole,
            hash: Sha256::new(),
        });
        reel.file.write_all(&part.bytes)?;
        open.hash.update(&part.bytes);
        reel.offset += part.bytes.len() as u64;
        Ok(())
    }

    fn end_segment(&mut self, end: SegmentEnd) -> io::Result<()> {
        let (Some(reel), Some(open)) = (&mut self.reel, self.open.take()) else { return Ok(()) };
        reel.file.sync_data()?;
        let size = reel.offset - open.offset;
        let line = Line {
            epoch: reel.epoch,
            msn: self.next_msn,
            offset: open.offset,
            size,
            dts_us: open.dts_us,
            duration_us: end.duration_us,
            wall: open.wall,
            // A new file tells a new epoch by itself.
            discontinuity: open.discontinuity && self.segments > 0,
            sha256: hex::encode(open.hash.finalize()),
            previous: self.previous.clone(),
        };
        self.previous = append(&mut self.index, &line)?;
        self.next_msn += 1;
        self.segments += 1;
        self.size_bytes += size;
        self.hole = false;
        Ok(())
    }

    /// Closes the recording for good order: what is in it will not change.
    pub fn seal(mut self) -> io::Result<()> {
        if let Some(reel) = &mut self.reel {
            // Parts after the last segment's end are not in the index: they go.
            if let Some(open) = &self.open {
                reel.file.set_len(open.offset)?;
            }
            reel.file.sync_all()?;
        }
        self.state.state = Phase::Sealed;
        write_state(&self.dir, &self.state)
    }
}

/// What recovery did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Recovered {
    /// Cut off behind the last whole fragment.
    pub cut_bytes: u64,
    /// Segments the recording has.
    pub segments: u64,
}

/// Repairs a recording whose writer died, and seals it; `None` when it was sealed or is none.
///
/// The index is cut to its last line that is whole, in the chain and covered by the file; the last file is
/// cut to its last whole `moof` and `mdat`; whole fragments behind the index become one more segment.
pub fn recover(dir: &Path) -> io::Result<Option<Recovered>> {
    let Some(mut state) = read_state(dir)? else { return Ok(None) };
    if state.state == Phase::Sealed {
        return Ok(None);
    }
    let (mut lines, _) = read_index(dir)?;
    let mut recovered = Recovered::default();
    let indexed = lines.last().map_or(0, |line| line.epoch);
    for epoch in epochs(dir)?.into_iter().filter(|epoch| *epoch >= indexed) {
        recovered.cut_bytes += recover_reel(dir, epoch, state.began, &mut lines)?;
    }
    rewrite_index(dir, &mut lines)?;
    recovered.segments = lines.len() as u64;
    state.state = Phase::Sealed;
    state.recovered = true;
    write_state(dir, &state)?;
    Ok(Some(recovered))
}

/// Cuts one file to its last whole fragment, and brings `lines` in line with it. Gives the bytes cut.
fn recover_reel(dir: &Path, epoch: u32, began: Instant, lines: &mut Vec<Line>) -> io::Result<u64> {
    let path = dir.join(reel_name(epoch));
    let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
    let length = file.metadata()?.len();
    let walk = boxes::walk(&mut BufReader::new(&file))?;
    let moov = read_moov(&mut file, walk.init_bytes)?;
    let Some(moov) = moov else {
        drop(file);
        fs::remove_file(&path)?;
        sync_dir(dir)?;
        lines.retain(|line| line.epoch != epoch);
        return Ok(length);
    };
    lines.retain(|line| line.epoch != epoch || line.offset.saturating_add(line.size) <= walk.whole_bytes());
    let indexed = lines.iter().filter(|line| line.epoch == epoch).map(|line| line.offset + line.size).max();
    let from = indexed.unwrap_or(walk.init_bytes);

    let mut until = from;
    let mut covered: Option<Span> = None;
    for (offset, size) in walk.fragments.iter().copied().filter(|(offset, _)| *offset >= from) {
        let Some(span) = boxes::read::<Moof>(&mut file, offset, size)?.and_then(|moof| boxes::span(&moov, &moof))
        else {
            break;
        };
        until = offset + size;
        let start_us = covered.map_or(span.start_us, |covered| covered.start_us);
        covered = Some(Span { start_us, end_us: span.end_us });
    }
    file.set_len(until)?;
    file.sync_all()?;
    if let Some(span) = covered {
        let line = Line {
            epoch,
            msn: lines.last().map_or(0, |line| line.msn + 1),
            offset: from,
            size: until - from,
            dts_us: span.start_us,
            duration_us: (span.end_us - span.start_us).max(1),
            wall: lines.last().map_or(began, end_of),
            discontinuity: false,
            sha256: hash_of(&mut file, from, until - from)?,
            previous: String::new(),
        };
        lines.push(line);
    }
    Ok(length - until)
}

fn end_of(line: &Line) -> Instant {
    Instant::from_micros(line.wall.micros().saturating_add(line.duration_us))
}

fn read_moov(file: &mut File, init_bytes: u64) -> io::Result<Option<Moov>> {
    let mut head = vec![0; usize::try_from(init_bytes).unwrap_or(0)];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut head)?;
    let mut rest = head.as_slice();
    let decoded = <mp4_atom::Ftyp as mp4_atom::Decode>::decode(&mut rest)
        .and_then(|_ftyp| <Moov as mp4_atom::Decode>::decode(&mut rest));
    Ok(decoded.ok())
}

fn hash_of(file: &mut File, offset: u64, size: u64) -> io::Result<String> {
    file.seek(SeekFrom::Start(offset))?;
    let mut reader = BufReader::with_capacity(1 << 16, file.take(size));
    let mut hash = Sha256::new();
    loop {
        let read = reader.fill_buf()?;
        if read.is_empty() {
            return Ok(hex::encode(hash.finalize()));
        }
        hash.update(read);
        let length = read.len();
        reader.consume(length);
    }
}

pub fn reel_name(epoch: u32) -> String {
    format!("{epoch}.mp4")
}

/// The epochs that have a file, in order.
fn epochs(dir: &Path) -> io::Result<Vec<u32>> {
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
        if line.previous != previous {
            break;
        }
        previous = hex::encode(Sha256::digest(text));
        lines.push(line);
    }
    Ok((lines, previous))
}

fn first_previous() -> String {
    "0".repeat(64)
}

/// Appends a line and waits until the disk has it; gives its hash.
fn append(index: &mut File, line: &Line) -> io::Result<String> {
    let mut text = serde_json::to_vec(line)?;
    let hash = hex::encode(Sha256::digest(&text));
    text.push(b'\n');
    index.write_all(&text)?;
    index.sync_data()?;
    Ok(hash)
}

/// Writes the whole index anew, aside, and puts it in place.
fn rewrite_index(dir: &Path, lines: &mut [Line]) -> io::Result<()> {
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

fn write_state(dir: &Path, state: &State) -> io::Result<()> {
    let aside = dir.join("state.new");
    let mut file = File::create(&aside)?;
    file.write_all(&serde_json::to_vec(state)?)?;
    file.sync_all()?;
    fs::rename(&aside, dir.join(STATE))?;
    sync_dir(dir)
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
