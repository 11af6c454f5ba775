//! Repairs a recording whose writer died.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use kernel::Instant;
use mp4_atom::{Moof, Moov};
use sha2::{Digest, Sha256};

use super::index::{
    LONGEST_US, Line, Phase, epochs, read_index, read_state, reel_name, rewrite_index, sync_dir, write_state,
};
use crate::boxes::{self, Span};

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
    let reels = epochs(dir)?;
    lines.retain(|line| reels.contains(&line.epoch));
    let mut recovered = Recovered::default();
    let indexed = lines.last().map_or(0, |line| line.epoch);
    for epoch in reels.into_iter().filter(|epoch| *epoch >= indexed) {
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
            duration_us: (span.end_us - span.start_us).clamp(1, LONGEST_US),
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
