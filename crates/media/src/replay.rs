//! Replays: sealed recordings as plain HLS, each segment a range of the file it was recorded to.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path as FilePath, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use kernel::Problem;
use kernel::id::RecordingId;

use crate::delivery::{self, Keep};
use crate::origin::number;
use crate::playlist::{date, line, seconds};
use crate::tape::{self, Line, Phase};
use crate::window::Text;

/// Indexes kept in memory.
const INDEXES_KEPT: usize = 64;
/// Larger segments and initialisation segments are not served: nothing here writes them.
const SEGMENT_BYTES_AT_MOST: u64 = 256 * 1024 * 1024;

/// Serves the recordings in a folder. Clones share it.
#[derive(Clone, Debug)]
pub struct Replays(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    dir: PathBuf,
    indexes: Mutex<HashMap<RecordingId, Arc<Index>>>,
}

/// What is known of a recording, as long as its index is as it was.
#[derive(Debug)]
struct Index {
    stamp: tape::Stamp,
    lines: Vec<Line>,
    playlist: Text,
}

impl Replays {
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Shared { dir: dir.into(), indexes: Mutex::default() }))
    }

    /// `/replay/…`, for anyone who knows the recording.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/replay/{recording}/index.m3u8", get(index).options(delivery::preflight))
            .route("/replay/{recording}/{epoch}/{file}", get(file).options(delivery::preflight))
            .with_state(self.clone())
    }

    /// How long a sealed recording plays, in microseconds; `None` when it is not sealed or not there.
    pub async fn duration_us(&self, id: RecordingId) -> Option<i64> {
        let index = self.blocking(move |shared| shared.index(id)).await.ok()?;
        Some(index.lines.iter().map(|line| line.duration_us).sum())
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let shared = self.0.clone();
        match tokio::task::spawn_blocking(move || work(&shared)).await {
            Ok(done) => done,
            Err(error) => Err(Problem::internal(&error)),
        }
    }
}

impl Shared {
    /// The index of a sealed recording.
    fn index(&self, id: RecordingId) -> Result<Arc<Index>, Problem> {
        let indexes = || self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        // The path is made from the id's own text, never from the request's.
        let dir = self.dir.join(id.to_string());
        let state = tape::read_state(&dir).map_err(|error| Problem::internal(&error))?;
        if state.is_none_or(|state| state.state != Phase::Sealed) {
            indexes().remove(&id);
            return Err(not_found());
        }
        // A recording may have gone on and been sealed again since it was last asked for.
        let stamp = tape::stamp(&dir).map_err(|error| Problem::internal(&error))?;
        if let Some(index) = indexes().get(&id).filter(|index| index.stamp == stamp) {
            return Ok(index.clone());
        }
        let (lines, _) = tape::read_index(&dir).map_err(|error| Problem::internal(&error))?;
        if lines.is_empty() {
            return Err(not_found());
        }
        let playlist = Text::new(render(&lines));
        let index = Arc::new(Index { stamp, lines, playlist });
        let mut indexes = indexes();
        if indexes.len() >= INDEXES_KEPT {
            indexes.clear();
        }
        indexes.insert(id, index.clone());
        Ok(index)
    }

    fn read(&self, id: RecordingId, epoch: u32, wanted: Wanted) -> Result<Bytes, Problem> {
        let index = self.index(id)?;
        let mut of_epoch = index.lines.iter().filter(|line| line.epoch == epoch);
        let (offset, size) = match wanted {
            Wanted::Init => of_epoch.next().map(|line| (0, line.offset)),
            Wanted::Segment(msn) => of_epoch.find(|line| line.msn == msn).map(|line| (line.offset, line.size)),
        }
        .filter(|(_, size)| *size <= SEGMENT_BYTES_AT_MOST)
        .ok_or_else(not_found)?;
        let path = self.dir.join(id.to_string()).join(tape::reel_name(epoch));
        read_range(&path, offset, size).map_err(|error| Problem::internal(&error))
    }
}

fn read_range(path: &FilePath, offset: u64, size: u64) -> io::Result<Bytes> {
    let mut file = std::fs::File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take(size).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes.into())
}

fn not_found() -> Problem {
    Problem::not_found("no-such-recording")
}

/// A recording's id, in its one canonical spelling.
fn recording(text: &str) -> Result<RecordingId, Problem> {
    let id: RecordingId = text.parse().ok().ok_or_else(not_found)?;
    if id.to_string() == text { Ok(id) } else { Err(not_found()) }
}

async fn index(
    State(replays): State<Replays>,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let Path(id) = path.ok().ok_or_else(not_found)?;
        let id = recording(&id)?;
        replays.blocking(move |shared| shared.index(id)).await
    };
    match answer.await {
        Ok(index) => delivery::playlist(index.playlist.clone(), &headers, Keep::Seconds(60)),
        Err(problem) => delivery::refusal(&problem),
    }
}

#[derive(Clone, Copy, Debug)]
enum Wanted {
    Init,
    Segment(u64),
}

async fn file(State(replays): State<Replays>, path: Result<Path<(String, String, String)>, PathRejection>) -> Response {
    let answer = async {
        let Path((id, epoch, name)) = path.ok().ok_or_else(not_found)?;
        let id = recording(&id)?;
        let epoch = number(&epoch).ok_or_else(not_found)?;
        let wanted = match name.as_str() {
            "init.mp4" => Wanted::Init,
            name => Wanted::Segment(name.strip_suffix(".m4s").and_then(number).ok_or_else(not_found)?),
        };
        replays.blocking(move |shared| shared.read(id, epoch, wanted)).await
    };
    match answer.await {
        Ok(bytes) => delivery::media(vec![bytes]),
        Err(problem) => delivery::refusal(&problem),
    }
}

/// The playlist of a recording that will not change.
pub fn render(lines: &[Line]) -> String {
    // EXTINF rounded to whole seconds is never above it.
    let target_s = lines.iter().map(|line| (line.duration_us + 500_000) / 1_000_000).max().unwrap_or(1).max(1);
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-PLAYLIST-TYPE:VOD\n");
    line(&mut text, format_args!("#EXT-X-TARGETDURATION:{target_s}"));
    line(&mut text, format_args!("#EXT-X-MEDIA-SEQUENCE:{}", lines.first().map_or(0, |line| line.msn)));
    let mut epoch = None;
    for segment in lines {
        let is_new = epoch != Some(segment.epoch);
        if epoch.is_some() && (is_new || segment.discontinuity) {
            text.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if is_new {
            line(&mut text, format_args!("#EXT-X-MAP:URI=\"{}/init.mp4\"", segment.epoch));
        }
        epoch = Some(segment.epoch);
        line(&mut text, format_args!("#EXT-X-PROGRAM-DATE-TIME:{}", date(segment.wall)));
        let (duration, msn) = (seconds(segment.duration_us), segment.msn);
        line(&mut text, format_args!("#EXTINF:{duration},\n{}/{msn}.m4s", segment.epoch));
    }
    text.push_str("#EXT-X-ENDLIST\n");
    text
}
