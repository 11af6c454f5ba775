//! What waits for the next round of a room.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::pending::Round;
use crate::room::{Frame, Tick, Tongue};

/// Frames that wait for the next round of one room.
#[derive(Default)]
pub(super) struct Waiting {
    ticks: Vec<Arc<Tick>>,
    desk: Vec<Arc<Frame>>,
}

/// What one round writes: the same to all, or each language its own.
pub(super) struct Rounds {
    public: Vec<Round>,
    pub(super) desk: Round,
}

impl Rounds {
    pub(super) fn public(&self, tongue: Tongue) -> &Round {
        self.public.get(tongue.at()).unwrap_or(&self.public[0])
    }
}

impl Waiting {
    pub(super) fn push(&mut self, tick: Arc<Tick>) {
        self.ticks.push(tick);
    }

    pub(super) fn push_desk(&mut self, frame: Arc<Frame>) {
        self.desk.push(frame);
    }

    /// Puts together what waits, once for all who read it.
    pub(super) fn rounds(&self) -> Rounds {
        let tongues = self.ticks.iter().map(|tick| tick.frames()).max().unwrap_or(1);
        let tongues = (0..tongues).filter_map(Tongue::nth);
        let public = tongues.map(|tongue| round(self.ticks.iter().map(move |tick| tick.of(tongue)))).collect();
        Rounds { public, desk: round(self.desk.iter().map(|frame| &**frame)) }
    }
}

fn round<'a>(frames: impl Iterator<Item = &'a Frame> + Clone) -> Round {
    let full = joined(frames.clone().map(|frame| frame.full.bytes()));
    let ctl_only = joined(frames.map(|frame| frame.ctl_only.bytes()));
    Round { full, ctl_only }
}

/// Whole frames one behind the other. One alone is shared as it is, not copied.
fn joined<'a>(mut frames: impl Iterator<Item = &'a Bytes>) -> Bytes {
    let Some(first) = frames.next() else { return Bytes::new() };
    let Some(second) = frames.next() else { return first.clone() };
    let mut all = BytesMut::from(&first[..]);
    for more in std::iter::once(second).chain(frames) {
        all.extend_from_slice(more);
    }
    all.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ws::frame::text;

    fn frame(full: &str, ctl_only: &str) -> Frame {
        Frame { full: text(full), ctl_only: text(ctl_only) }
    }

    #[test]
    fn a_frame_that_waits_alone_is_shared_by_all_and_never_copied() {
        let alone = Arc::new(Tick::of_frames(vec![frame("all", "ctl")]));
        let mut waiting = Waiting::default();
        waiting.push(Arc::clone(&alone));
        let rounds = waiting.rounds();
        for tongue in [0, 1, 5] {
            let tongue = Tongue::nth(tongue).unwrap();
            let viewers = [rounds.public(tongue).full.clone(), rounds.public(tongue).full.clone()];
            for bytes in viewers {
                assert_eq!(bytes.as_ptr(), alone.of(tongue).full.bytes().as_ptr());
            }
        }
        assert!(rounds.desk.full.is_empty());
    }

    #[test]
    fn what_gathered_leaves_in_one_piece_each_language_with_its_own() {
        let mut waiting = Waiting::default();
        waiting.push(Arc::new(Tick::of_frames(vec![frame("same", "ctl")])));
        waiting.push(Arc::new(Tick::of_frames(vec![frame("Bricks", "Bricks"), frame("积木", "积木")])));
        let rounds = waiting.rounds();
        let read = |tongue| {
            let bytes = &rounds.public(Tongue::nth(tongue).unwrap()).full;
            String::from_utf8_lossy(bytes).into_owned()
        };
        assert!(read(0).contains("same") && read(0).contains("Bricks"));
        assert!(read(1).contains("same") && read(1).contains("积木") && !read(1).contains("Bricks"));
        assert_eq!(read(7), read(0), "a language nobody reads");
        assert!(!String::from_utf8_lossy(&rounds.public(Tongue::default()).ctl_only).contains("same"));
    }
}
