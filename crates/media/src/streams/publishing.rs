//! The one who feeds a stream.

use std::fmt;
use std::sync::Arc;

use kernel::Clock;
use tokio_util::sync::CancellationToken;

use super::{Stream, StreamState, lock};
use crate::health::Warning;
use crate::sample::{Sample, Track, TrackId, Unit};

/// The right to feed a stream, until it is dropped or another source takes over.
pub struct Publishing {
    pub(super) stream: Arc<Stream>,
    pub(super) number: u64,
    pub(super) closed: CancellationToken,
    pub(super) clock: Arc<dyn Clock>,
}

impl fmt::Debug for Publishing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Publishing").field("stream", &self.stream.name).finish_non_exhaustive()
    }
}

impl Publishing {
    pub fn stream(&self) -> &Arc<Stream> {
        &self.stream
    }

    /// Resolves when another source has taken over or the stream was ended or kicked.
    pub async fn closed(&self) {
        self.closed.cancelled().await;
    }

    /// Whether another source feeds the stream now.
    pub fn is_replaced(&self) -> bool {
        lock(&self.stream.feed).source.as_ref().is_some_and(|source| source.number != self.number)
    }

    /// Begins a new epoch with these tracks.
    pub fn tracks(&self, mut tracks: Vec<Track>) {
        let mut feed = lock(&self.stream.feed);
        if !feed.is_fed_by(self.number) {
            return;
        }
        feed.epoch += 1;
        for track in &mut tracks {
            track.epoch = feed.epoch;
        }
        feed.meter.tracks(&tracks);
        self.stream.tell(&feed, self.clock.now());
        self.stream.bus.push(Unit::Tracks(Arc::new(tracks)));
    }

    /// Passes a sample on, in the current epoch.
    pub fn sample(&self, mut sample: Sample) {
        let mut feed = lock(&self.stream.feed);
        if !feed.is_fed_by(self.number) {
            return;
        }
        sample.epoch = feed.epoch;
        feed.last_sample = Some(sample.wall);
        if let Some(source) = &mut feed.source {
            source.last_sample = Some(sample.wall);
        }
        let has_news = feed.meter.sample(&sample);
        let begins = match feed.state {
            StreamState::Idle => {
                sample.key && (sample.track == TrackId::Video || feed.meter.video(sample.wall).is_none())
            }
            StreamState::Silent => true,
            StreamState::Live | StreamState::Ended => false,
        };
        let wall = sample.wall;
        self.stream.bus.push(Unit::Sample(Arc::new(sample)));
        if begins {
            self.stream.turn(&mut feed, StreamState::Live, wall);
        }
        if begins || has_news {
            self.stream.tell(&feed, wall);
        }
    }

    /// Says why this source is refused; it stays on show until the next source comes.
    pub fn refuse(&self, why: Warning) {
        let mut feed = lock(&self.stream.feed);
        if feed.is_fed_by(self.number) {
            feed.refusal = Some(why);
            self.stream.tell(&feed, self.clock.now());
        }
    }
}

impl Drop for Publishing {
    fn drop(&mut self) {
        let mut feed = lock(&self.stream.feed);
        if feed.is_fed_by(self.number) {
            feed.source = None;
        }
    }
}
