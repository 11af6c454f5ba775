//! Records streams: each recording follows the bus like any other sink, in a task and a thread of its own,
//! and a full disk stops the recording, never the show.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kernel::Clock;
use kernel::id::RecordingId;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::bus::Subscription;
use crate::gate::StreamName;
use crate::packager::{Output, Packager};
use crate::sample::Unit;
use crate::streams::Streams;
use crate::tape::{self, Recovered, Tape};

/// What may wait for the disk; beyond it the bus lags, and the recording goes on at a keyframe.
const OUTPUTS_WAITING: usize = 64;
/// Finished recordings whose status is still told.
const STATUSES_KEPT: usize = 256;

#[derive(Clone, Debug)]
pub struct RecorderSettings {
    /// Each recording is a folder in it.
    pub dir: PathBuf,
    /// With less free space than this, recordings stop.
    pub min_free_bytes: u64,
    pub part_target: Duration,
}

impl RecorderSettings {
    /// The usual settings: 1 GiB stays free.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), min_free_bytes: 1 << 30, part_target: Duration::from_millis(334) }
    }
}

/// Tells how much room there is.
pub trait Disk: Send + Sync + 'static {
    fn free_bytes(&self, dir: &Path) -> io::Result<u64>;
}

/// The machine's disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct MachineDisk;

impl Disk for MachineDisk {
    fn free_bytes(&self, dir: &Path) -> io::Result<u64> {
        let room = rustix::fs::statvfs(dir)?;
        Ok(room.f_bavail.saturating_mul(room.f_frsize))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    Open,
    Sealed,
    /// Sealed before its time: the disk was nearly full.
    DiskLow,
    /// It could not be written.
    Failed,
}

/// How a recording fares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordingStatus {
    pub stream: StreamName,
    pub state: RecordingState,
    /// Safe on the disk.
    pub segments: u64,
    pub size_bytes: u64,
    /// How often it fell behind the stream and went on at a keyframe.
    pub lags: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("this recording is running already")]
    AlreadyRunning,
    #[error("no such recording is running")]
    NotRunning,
    #[error("the disk is nearly full")]
    DiskLow,
    #[error("the recording could not be written")]
    Io(#[from] io::Error),
}

/// Every recording of this process. Clones share it.
#[derive(Clone)]
pub struct Recorders(Arc<Shared>);

struct Shared {
    settings: RecorderSettings,
    streams: Streams,
    clock: Arc<dyn Clock>,
    disk: Arc<dyn Disk>,
    running: Mutex<HashMap<RecordingId, Running>>,
    statuses: watch::Sender<BTreeMap<RecordingId, RecordingStatus>>,
}

#[derive(Debug)]
struct Running {
    stop: CancellationToken,
    done: JoinHandle<()>,
}

impl std::fmt::Debug for Recorders {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorders").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl Recorders {
    pub fn new(settings: RecorderSettings, streams: Streams, clock: Arc<dyn Clock>) -> Self {
        Self::with_disk(settings, streams, clock, Arc::new(MachineDisk))
    }

    pub fn with_disk(settings: RecorderSettings, streams: Streams, clock: Arc<dyn Clock>, disk: Arc<dyn Disk>) -> Self {
        let statuses = watch::Sender::new(BTreeMap::new());
        Self(Arc::new(Shared { settings, streams, clock, disk, running: Mutex::default(), statuses }))
    }

    pub fn dir(&self) -> &Path {
        &self.0.settings.dir
    }

    /// Every recording's status: a state of [`RecordingState::DiskLow`] or [`RecordingState::Failed`] is a warning.
    pub fn statuses(&self) -> watch::Receiver<BTreeMap<RecordingId, RecordingStatus>> {
        self.0.statuses.subscribe()
    }

    /// Repairs and seals what an earlier process left open. To be called at start-up, before any `start`.
    pub async fn recover(&self) -> io::Result<Vec<(RecordingId, Recovered)>> {
        let dir = self.0.settings.dir.clone();
        tokio::task::spawn_blocking(move || recover_all(&dir)).await.map_err(io::Error::other)?
    }

    /// Records `stream` from its last keyframe in this show until `stop`. An id used before goes on where it
    /// ended.
    pub async fn start(&self, stream: &StreamName, id: RecordingId) -> Result<(), RecordError> {
        let (opened, is_open) = oneshot::channel();
        {
            let mut running = self.running();
            if running.contains_key(&id) {
                return Err(RecordError::AlreadyRunning);
            }
            let stop = CancellationToken::new();
            // Before the disk is asked, so that no keyframe is missed meanwhile.
            let subscription = self.0.streams.stream(stream).bus.subscribe();
            let task = self.clone().run(stream.clone(), id, subscription, stop.clone(), opened);
            running.insert(id, Running { stop, done: tokio::spawn(task) });
        }
        is_open.await.map_err(io::Error::other)?
    }

    /// How a recording fares or ended; `None` when this process knows nothing of it.
    pub fn status(&self, id: RecordingId) -> Option<RecordingStatus> {
        self.0.statuses.borrow().get(&id).cloned()
    }

    /// Whether there is room for a recording. Asks the disk.
    pub fn has_room(&self) -> bool {
        !self.0.is_disk_low()
    }

    /// Goes on with a recording that stopped for want of room, once there is clearly room again; tells whether it did.
    pub async fn resume(&self, id: RecordingId) -> Result<bool, RecordError> {
        let Some(status) = self.status(id).filter(|status| status.state == RecordingState::DiskLow) else {
            return Ok(false);
        };
        if !self.0.has_room_again() {
            return Ok(false);
        }
        self.start(&status.stream, id).await?;
        Ok(true)
    }

    /// Ends a recording; returns once its writer is done, which seals it if it can.
    pub async fn stop(&self, id: RecordingId) -> Result<(), RecordError> {
        let running = self.running().remove(&id).ok_or(RecordError::NotRunning)?;
        running.stop.cancel();
        Ok(running.done.await.map_err(io::Error::other)?)
    }

    /// Whether there is anything to play of a recording that has ended. What could not be sealed then is sealed now;
    /// an error says that it still cannot.
    pub async fn is_playable(&self, id: RecordingId) -> io::Result<bool> {
        let dir = self.0.settings.dir.join(id.to_string());
        let look = move || {
            tape::recover(&dir)?;
            Ok(tape::read_state(&dir)?.is_some() && !tape::read_index(&dir)?.0.is_empty())
        };
        tokio::task::spawn_blocking(look).await.map_err(io::Error::other)?
    }

    /// Ends every recording: for an orderly shutdown.
    pub async fn stop_all(&self) {
        let ids: Vec<RecordingId> = self.running().keys().copied().collect();
        for id in ids {
            if let Err(error) = self.stop(id).await {
                tracing::warn!(%error, recording.id = %id, "a recording could not be ended");
            }
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<RecordingId, Running>> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn open(&self, id: RecordingId) -> Result<Tape, RecordError> {
        let shared = self.0.clone();
        let opened = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&shared.settings.dir)?;
            if shared.is_disk_low() {
                return Err(RecordError::DiskLow);
            }
            Ok(Tape::open(&shared.settings.dir.join(id.to_string()), shared.clock.now())?)
        });
        opened.await.map_err(io::Error::other)?
    }

    /// Opens and records, whether or not the one who asked still waits for the answer.
    async fn run(
        self,
        stream: StreamName,
        id: RecordingId,
        subscription: Subscription,
        stop: CancellationToken,
        opened: oneshot::Sender<Result<(), RecordError>>,
    ) {
        let tape = match self.open(id).await {
            Ok(tape) => tape,
            Err(error) => {
                self.running().remove(&id);
                let state = state_after(&error);
                let unbegun = RecordingStatus { stream, state, segments: 0, size_bytes: 0, lags: 0 };
                self.tell(id, |statuses| statuses.entry(id).or_insert(unbegun).state = state);
                // The status says it, too.
                let _ = opened.send(Err(error));
                return;
            }
        };
        let (segments, size_bytes) = (tape.segments(), tape.size_bytes());
        let begun =
            RecordingStatus { stream: stream.clone(), state: RecordingState::Open, segments, size_bytes, lags: 0 };
        self.tell(id, |statuses| drop(statuses.insert(id, begun)));
        tracing::info!(stream.name = %stream, recording.id = %id, "a recording begins");
        let _ = opened.send(Ok(()));
        self.record(stream, id, tape, subscription, stop).await;
    }

    async fn record(
        self,
        stream: StreamName,
        id: RecordingId,
        tape: Tape,
        subscription: Subscription,
        stop: CancellationToken,
    ) {
        let (outputs, waiting) = mpsc::channel(OUTPUTS_WAITING);
        let writer = {
            let recorders = self.clone();
            tokio::task::spawn_blocking(move || recorders.write(id, tape, waiting))
        };
        self.package(id, subscription, &outputs, &stop).await;
        drop(outputs);
        let state = match writer.await.map_err(io::Error::other).and_then(|written| written) {
            Ok(state) => state,
            Err(error) => {
                tracing::error!(%error, recording.id = %id, "a recording could not be written");
                self.salvage(id).await;
                state_after(&error.into())
            }
        };
        self.running().remove(&id);
        self.tell(id, |statuses| {
            if let Some(status) = statuses.get_mut(&id) {
                status.state = state;
            }
        });
        tracing::info!(stream.name = %stream, recording.id = %id, recording.state = ?state, "a recording ends");
    }

    /// Seals what a failed writer left, so that it can be played; what fails here is left to the next start.
    async fn salvage(&self, id: RecordingId) {
        let dir = self.0.settings.dir.join(id.to_string());
        let recovered = tokio::task::spawn_blocking(move || tape::recover(&dir)).await;
        if let Err(error) = recovered.map_err(io::Error::other).and_then(|recovered| recovered) {
            tracing::error!(%error, recording.id = %id, "a failed recording could not be sealed");
        }
    }

    /// Feeds the writer until told to stop, or the writer has given up.
    async fn package(
        &self,
        id: RecordingId,
        mut subscription: Subscription,
        outputs: &mpsc::Sender<Output>,
        stop: &CancellationToken,
    ) {
        let mut packager = Packager::new(self.0.settings.part_target);
        let mut lags = 0;
        loop {
            let unit = tokio::select! {
                biased;
                // The writer has given up: the status must not wait for the next sample to say so.
                () = outputs.closed() => return,
                // What is on the bus already belongs to the recording.
                unit = subscription.next() => unit,
                () = stop.cancelled() => break,
            };
            let Some(unit) = unit else { break };
            if subscription.lags() > lags {
                lags = subscription.lags();
                self.tell(id, |statuses| {
                    if let Some(status) = statuses.get_mut(&id) {
                        status.lags = lags;
                    }
                });
            }
            for output in packager.on(&unit) {
                if outputs.send(output).await.is_err() {
                    return;
                }
            }
        }
        for output in packager.on(&Unit::End) {
            if outputs.send(output).await.is_err() {
                return;
            }
        }
    }

    /// Writes what comes, on a thread of its own; seals at the end, or when the disk is nearly full.
    fn write(
        &self,
        id: RecordingId,
        mut tape: Tape,
        mut outputs: mpsc::Receiver<Output>,
    ) -> io::Result<RecordingState> {
        while let Some(output) = outputs.blocking_recv() {
            tape.on(&output)?;
            if !matches!(output, Output::SegmentEnd(_)) {
                continue;
            }
            self.tell(id, |statuses| {
                if let Some(status) = statuses.get_mut(&id) {
                    status.segments = tape.segments();
                    status.size_bytes = tape.size_bytes();
                }
            });
            if self.0.is_disk_low() {
                tracing::error!(recording.id = %id, "the disk is nearly full: the recording stops, the show goes on");
                tape.seal()?;
                return Ok(RecordingState::DiskLow);
            }
        }
        tape.seal()?;
        Ok(RecordingState::Sealed)
    }

    fn tell(&self, id: RecordingId, change: impl FnOnce(&mut BTreeMap<RecordingId, RecordingStatus>)) {
        self.0.statuses.send_modify(|statuses| {
            change(statuses);
            while statuses.len() > STATUSES_KEPT {
                let oldest = statuses.iter().find(|(key, status)| **key != id && status.state != RecordingState::Open);
                let Some(oldest) = oldest.map(|(key, _)| *key) else { break };
                statuses.remove(&oldest);
            }
        });
    }
}

impl Shared {
    /// A disk that cannot be asked is taken to have room: writing will tell.
    fn is_disk_low(&self) -> bool {
        self.disk.free_bytes(&self.settings.dir).is_ok_and(|free| free < self.settings.min_free_bytes)
    }

    /// A quarter more than at which recordings stop, so that one does not stop and begin all the time.
    fn has_room_again(&self) -> bool {
        let enough = self.settings.min_free_bytes.saturating_add(self.settings.min_free_bytes / 4);
        self.disk.free_bytes(&self.settings.dir).is_ok_and(|free| free >= enough)
    }
}

fn state_after(error: &RecordError) -> RecordingState {
    match error {
        RecordError::DiskLow => RecordingState::DiskLow,
        RecordError::Io(cause) if cause.kind() == io::ErrorKind::StorageFull => RecordingState::DiskLow,
        _ => RecordingState::Failed,
    }
}

fn recover_all(dir: &Path) -> io::Result<Vec<(RecordingId, Recovered)>> {
    let mut recovered = Vec::new();
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(recovered),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<RecordingId>().ok()) else { continue };
        // One bad recording does not keep the others, or the program, from starting.
        match tape::recover(&entry.path()) {
            Ok(Some(found)) => {
                tracing::warn!(recording.id = %id, recording.cut_bytes = found.cut_bytes, "a recording was recovered");
                recovered.push((id, found));
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, recording.id = %id, "a recording could not be recovered"),
        }
    }
    Ok(recovered)
}
