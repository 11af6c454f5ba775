//! Lets events follow their streams: silence interrupts, samples resume, long silence ends, what has ended
//! becomes a replay.

use std::collections::HashMap;
use std::time::Duration;

use kernel::Instant;
use kernel::id::EventId;
use media::{Health, StreamState};
use tokio_util::sync::CancellationToken;

use crate::LiveError as E;
use crate::event::{Event, EventState, Flow, accepts_source, due};
use crate::events::Mover;
use crate::live::{Live, stream_name};
use crate::store;

const TICK: Duration = Duration::from_secs(1);
/// A stream without a source is forgotten after this long while its event is far off.
const LEFT_AFTER: Duration = Duration::from_mins(10);
const WATCHED: [EventState; 5] =
    [EventState::Rehearsing, EventState::Live, EventState::Interrupted, EventState::Ended, EventState::Processing];
/// Events that run at once; far above what one machine can encode.
const WATCHED_AT_MOST: u64 = 1000;

impl Live {
    /// Goes on with what an earlier process left: the recordings of events that are live.
    pub async fn attach(&self) -> Result<(), E> {
        for event in self.watched().await? {
            if matches!(event.state, EventState::Live | EventState::Interrupted) {
                self.record(&event).await;
            }
        }
        Ok(())
    }

    /// Moves every event whose move is due; one that cannot be moved does not keep the others.
    /// `watching_since`: when this process began to look.
    pub async fn follow_due(&self, watching_since: Instant) -> Result<(), E> {
        self.end_strays().await?;
        for event in self.watched().await? {
            self.keep_recording(&event).await;
            let flow = self.flow(&event, watching_since);
            let Some(to) = due(event.state, event.state_since, flow, self.clock.now()) else { continue };
            if event.state == EventState::Ended {
                self.seal(&event).await;
            }
            match self.transition(Mover::System, event.id, Some(event.version), to, "").await {
                // Somebody was faster: the next look sees what they made of it.
                Ok(_) | Err(E::VersionConflict { .. } | E::IllegalTransition { .. }) => {}
                // The recorder has said what is wrong; the next look tries again.
                Err(E::NotSealed(cause)) => tracing::debug!(%cause, event.id = %event.id, "a recording is not sealed"),
                Err(cause) => tracing::warn!(%cause, event.id = %event.id, "an event does not follow its stream"),
            }
        }
        Ok(())
    }

    /// Ends the streams of events that are over, whatever kept their end from being carried through, and those that
    /// nobody has sent to for a while and nobody may send to yet. An encoder that stays after its rehearsal is left
    /// alone: the show may begin the next moment.
    async fn end_strays(&self) -> Result<(), E> {
        let open = self.streams.all().into_iter().filter(|stream| stream.state() != StreamState::Ended);
        let open: HashMap<EventId, _> =
            open.filter_map(|stream| Some((stream.name().as_str().parse().ok()?, stream.health()))).collect();
        if open.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        for event in store::events_by_id(self.db.read(), &open.keys().copied().collect::<Vec<_>>()).await? {
            let is_left = |health: &Health| {
                let may_begin = matches!(event.state, EventState::Draft | EventState::Scheduled);
                !may_begin || (health.state != StreamState::Live && now.since(health.since) > LEFT_AFTER)
            };
            if !accepts_source(event.state, event.plan.starts_at, now) && open.get(&event.id).is_some_and(is_left) {
                self.streams.end(&stream_name(event.id));
            }
        }
        Ok(())
    }

    /// Records a show that is on and is not being recorded: its beginning was cut off, or there is room again.
    async fn keep_recording(&self, event: &Event) {
        let Some(recording) = event.recording.filter(|_| event.state.is_running()) else { return };
        if self.recorders.status(recording).is_none() {
            return self.record(event).await;
        }
        match self.recorders.resume(recording).await {
            Ok(true) => tracing::info!(event.id = %event.id, "there is room again: the show is being recorded"),
            Ok(false) | Err(media::RecordError::AlreadyRunning) => {}
            Err(cause) => tracing::warn!(%cause, event.id = %event.id, "the recording could not go on"),
        }
    }

    async fn watched(&self) -> Result<Vec<Event>, E> {
        Ok(store::events(self.db.read(), None, &WATCHED, None, WATCHED_AT_MOST).await?)
    }

    fn flow(&self, event: &Event, watching_since: Instant) -> Flow {
        let silent = Flow { is_live: false, since: watching_since };
        self.streams.find(&stream_name(event.id)).map_or(silent, |stream| {
            let health = stream.health();
            Flow::of(health.state, health.since.max(watching_since))
        })
    }
}

/// Follows the media until cancelled: at every change of a stream, and every second.
pub async fn follow_media(live: Live, cancel: CancellationToken) {
    let mut changes = live.streams.changes();
    let watching_since = live.clock.now();
    loop {
        if let Err(cause) = live.follow_due(watching_since).await {
            tracing::warn!(%cause, "events do not follow their streams; trying again");
        }
        tokio::select! {
            () = cancel.cancelled() => return,
            // A change that was missed is found by the next look.
            _ = changes.recv() => {}
            () = tokio::time::sleep(TICK) => {}
        }
    }
}
