//! The origin of live video: answers playlists and media of every stream that is on.
//!
//! The multivariant playlist is the gate; everything below it lies under the show's random id, the same
//! for all viewers and new with each show, so that caches may serve the crowd.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use axum::routing::get;
use kernel::{Clock, Problem};
use tokio::sync::broadcast::error::RecvError;

use crate::delivery::{self, Keep};
use crate::gate::{Refused, StreamGate, StreamName};
use crate::playlist::Directives;
use crate::sample::Unit;
use crate::streams::{Stream, StreamState, Streams};
use crate::window::{Missing, Text, Window};

/// The one rendition: video and audio in one file.
const RENDITION: &str = "v";
/// An answer to a blocking request may be kept for this many target durations (8216bis App. B.1).
const BLOCKING_KEPT_TARGETS: u64 = 6;
/// A show that another has replaced goes on for those who watch it, as the crew does after a rehearsal, and
/// stops when nobody has asked for this long.
const REPLACED_KEPT: Duration = Duration::from_secs(30);
/// How long the playlist of a show that ended is still served.
const ENDED_SERVED: Duration = Duration::from_mins(2);

/// What the operator chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginSettings {
    /// PART-TARGET: 200 ms to 1 s.
    pub part_target: Duration,
    /// How far back a viewer can go; not as far where that is more than 512 MiB.
    pub window: Duration,
}

impl Default for OriginSettings {
    fn default() -> Self {
        Self { part_target: Duration::from_millis(334), window: Duration::from_mins(1) }
    }
}

impl OriginSettings {
    /// Brings the settings into the range that players bear.
    fn bounded(self) -> Self {
        Self {
            part_target: self.part_target.clamp(Duration::from_millis(200), Duration::from_secs(1)),
            window: self.window.clamp(Duration::from_secs(20), Duration::from_hours(12)),
        }
    }
}

/// Serves live playlists and media. Clones share it.
#[derive(Clone)]
pub struct Origin(Arc<Shared>);

struct Shared {
    streams: Streams,
    gate: Arc<dyn StreamGate>,
    settings: OriginSettings,
    clock: Arc<dyn Clock>,
    /// By show id.
    windows: Mutex<HashMap<String, Shown>>,
}

/// A show's window.
struct Shown {
    stream: StreamName,
    window: Arc<Window>,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origin").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl Origin {
    /// Follows `streams`: each that goes live gets a window. Must be called within a tokio runtime.
    pub fn new(streams: Streams, gate: Arc<dyn StreamGate>, settings: OriginSettings, clock: Arc<dyn Clock>) -> Self {
        let settings = settings.bounded();
        let shared = Arc::new(Shared { streams, gate, settings, clock, windows: Mutex::default() });
        tokio::spawn(follow(Arc::downgrade(&shared), shared.streams.changes()));
        shared.follow_all();
        Self(shared)
    }

    /// `/live/…`, for anyone.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/live/{stream}/index.m3u8", get(multivariant).options(delivery::preflight))
            .route("/live/{stream}/{show}/{rendition}/{file}", get(file).options(delivery::preflight))
            .with_state(self.clone())
    }

    /// The window of a stream's current show, or of one that has just ended.
    pub fn window(&self, name: &StreamName) -> Option<Arc<Window>> {
        let stream = self.0.streams.find(name)?;
        self.0.follow_one(&stream);
        self.window_of(name, &stream.show_id())
    }

    /// The window of one show of a stream.
    fn window_of(&self, name: &StreamName, show_id: &str) -> Option<Arc<Window>> {
        let windows = lock(&self.0.windows);
        windows.get(show_id).filter(|shown| shown.stream == *name).map(|shown| shown.window.clone())
    }
}

impl Shared {
    fn follow_all(self: &Arc<Self>) {
        for stream in self.streams.all() {
            self.follow_one(&stream);
        }
    }

    /// Opens a window on the stream's show, unless it has one or nothing flows.
    fn follow_one(self: &Arc<Self>, stream: &Arc<Stream>) {
        if !matches!(stream.state(), StreamState::Live | StreamState::Silent) {
            return;
        }
        let show_id = stream.show_id();
        let mut windows = lock(&self.windows);
        if windows.contains_key(&show_id) {
            return;
        }
        let window = Arc::new(Window::new(show_id.clone(), self.settings.part_target, self.settings.window));
        windows.insert(show_id, Shown { stream: stream.name().clone(), window: window.clone() });
        let began = self.clock.now();
        tracing::info!(stream.name = %stream.name(), "a live window opens");
        let (weak, stream) = (Arc::downgrade(self), stream.clone());
        tokio::spawn(async move {
            feed(&stream, &window).await;
            if let Some(shared) = weak.upgrade() {
                let lasted = shared.clock.now().since(began);
                tracing::info!(stream.name = %stream.name(), duration_ms = lasted.as_millis(), "a show is over");
            }
            tokio::time::sleep(ENDED_SERVED).await;
            if let Some(shared) = weak.upgrade() {
                lock(&shared.windows).remove(window.show_id());
            }
        });
    }
}

/// Opens windows as streams go live.
async fn follow(shared: Weak<Shared>, mut changes: tokio::sync::broadcast::Receiver<crate::StreamChange>) {
    loop {
        let heard = changes.recv().await;
        let Some(shared) = shared.upgrade() else { return };
        match heard {
            Ok(change) => {
                if let Some(stream) = shared.streams.find(&change.name) {
                    shared.follow_one(&stream);
                }
            }
            Err(RecvError::Lagged(_)) => shared.follow_all(),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Gives a window everything of its show, and beyond it as long as somebody watches.
async fn feed(stream: &Stream, window: &Window) {
    let mut subscription = stream.bus.subscribe();
    let mut lags = 0;
    while let Some(unit) = subscription.next().await {
        if subscription.lags() > lags {
            lags = subscription.lags();
            tracing::warn!(stream.name = %stream.name(), media.lags = lags, "a live window fell behind");
        }
        let has_news = window.on(&unit);
        if matches!(unit, Unit::End) {
            return;
        }
        if has_news && window.unasked() > REPLACED_KEPT && stream.show_id() != window.show_id() {
            break;
        }
    }
    window.on(&Unit::End);
}

/// The multivariant playlist, for those whom the gate lets play.
async fn multivariant(
    State(origin): State<Origin>,
    stream: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Ok(Path(stream)) = stream else { return delivery::refusal(&Missing::Gone.into()) };
    let name = StreamName::new(stream);
    let proof = proof(query.as_deref(), &headers);
    if let Err(refused) = origin.0.gate.play(&name, proof).await {
        return delivery::refusal(&refusal(refused));
    }
    let Some(window) = origin.window(&name) else {
        return delivery::refusal(&Problem::not_found("no-such-stream"));
    };
    let uri = format!("{}/{RENDITION}/index.m3u8", window.show_id());
    match window.multivariant(&uri).await {
        Ok(text) => {
            let keep = if proof.is_some() { Keep::Never } else { Keep::Seconds(1) };
            delivery::playlist(Text::new(text), &headers, keep)
        }
        Err(missing) => delivery::refusal(&missing.into()),
    }
}

/// What shows that the viewer may watch: `Authorization: Bearer`, or `?proof=` where headers cannot be set.
fn proof<'a>(query: Option<&'a str>, headers: &'a HeaderMap) -> Option<&'a str> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    bearer.or_else(|| query?.split('&').find_map(|pair| pair.strip_prefix("proof=")))
}

fn refusal(refused: Refused) -> Problem {
    match refused {
        Refused::UnknownKey | Refused::Forbidden => Problem::forbidden("playback-refused"),
        Refused::NotNow => Problem::not_found("no-such-stream"),
        Refused::TooManyTries => Problem::slow_down("too-many-tries", 60),
        Refused::Unavailable => Problem::unavailable("media-not-ready"),
    }
}

/// A file of a show, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum File {
    Playlist,
    Init { epoch: u32 },
    Segment { msn: u64 },
    Part { msn: u64, index: u32 },
}

impl File {
    fn parse(name: &str) -> Option<Self> {
        if name == "index.m3u8" {
            return Some(Self::Playlist);
        }
        if let Some(epoch) = name.strip_prefix("init-").and_then(|rest| rest.strip_suffix(".mp4")) {
            return Some(Self::Init { epoch: number(epoch)? });
        }
        let stem = name.strip_suffix(".m4s")?;
        Some(match stem.split_once('.') {
            Some((msn, index)) => Self::Part { msn: number(msn)?, index: number(index)? },
            None => Self::Segment { msn: number(stem)? },
        })
    }
}

/// Digits only, and one way to write each number: a second name would be a second cache entry.
pub(crate) fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| is_plain)
}

async fn file(
    State(origin): State<Origin>,
    path: Result<Path<(String, String, String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Ok(Path((stream, show, rendition, file))) = path else { return delivery::refusal(&Missing::Gone.into()) };
    let window = origin.window_of(&StreamName::new(stream), &show);
    let (Some(window), Some(file), true) = (window, File::parse(&file), rendition == RENDITION) else {
        return delivery::refusal(&Missing::Gone.into());
    };
    let answer = match file {
        File::Playlist => media_playlist(&window, query.as_deref().unwrap_or_default(), &headers).await,
        File::Init { epoch } => window.init(epoch).map(|bytes| delivery::media(vec![bytes])),
        File::Segment { msn } => window.segment(msn).map(delivery::media),
        File::Part { msn, index } => window.part(msn, index).await.map(|bytes| delivery::media(vec![bytes])),
    };
    answer.unwrap_or_else(|missing| delivery::refusal(&missing.into()))
}

async fn media_playlist(window: &Window, query: &str, headers: &HeaderMap) -> Result<Response, Missing> {
    let wanted = Directives::parse(query).map_err(|_bad| Missing::BadDirective)?;
    let (text, target) = window.playlist(wanted).await?;
    let keep_s = if wanted.is_blocking() { target.as_secs() * BLOCKING_KEPT_TARGETS } else { 1 };
    Ok(delivery::playlist(text, headers, Keep::Seconds(keep_s)))
}

/// Nothing that holds the lock leaves the map half changed, so a poisoned one is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_one_name() {
        assert_eq!(File::parse("index.m3u8"), Some(File::Playlist));
        assert_eq!(File::parse("init-3.mp4"), Some(File::Init { epoch: 3 }));
        assert_eq!(File::parse("12.m4s"), Some(File::Segment { msn: 12 }));
        assert_eq!(File::parse("12.0.m4s"), Some(File::Part { msn: 12, index: 0 }));
        for nonsense in
            ["", ".m4s", "012.m4s", "+1.m4s", "1.2.3.m4s", "init-.mp4", "99999999999999999999.m4s", "1..m4s"]
        {
            assert_eq!(File::parse(nonsense), None, "{nonsense}");
        }
    }
}
