//! The files of one recording, written so that a kill costs one part and a power cut one segment.
//!
//! `{epoch}.mp4` holds parts cut as viewers get them, the initialisation segment first; `index.jsonl` has a
//! line per segment, written after the segment is on the disk, each naming the hash of the line before;
//! `state.json` says whether the recording is sealed.

mod index;
mod recover;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use kernel::Instant;
use sha2::{Digest, Sha256};

pub use self::index::{Line, Phase, Stamp, State, read_index, read_state, reel_name, stamp};
use self::index::{append, epochs, open_index, sync_dir, write_state};
pub use self::recover::{Recovered, recover};
use crate::part::{Output, Part, SegmentEnd};

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
        let index = open_index(dir)?;
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
