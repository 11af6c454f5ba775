//! Frames: when the next one is due, and what is in it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use kernel::Instant;

use super::{Frame, Output, Outputs, Room, Tick, Tongue, Value};
use crate::protocol::{self, Lane};
use crate::ws::frame;

/// A control event starts a round after this, even where the tick is stretched beyond it.
const CTL_WITHIN: Duration = Duration::from_secs(1);
/// Counts travel once in this.
const COUNT_EVERY: Duration = Duration::from_secs(1);

impl Room {
    /// When [`Room::on`] wants an [`super::Input::Tick`]; `None` while there is nothing to say.
    pub fn next_deadline(&self) -> Option<Instant> {
        let round = self.last_tick + self.node.tick(self.viewers.len());
        let something = !self.pending.is_empty()
            || !self.waiting.is_empty()
            || !self.dirty.is_empty()
            || !self.desk_pending.is_empty();
        let events = something.then(|| self.ctl_since.map_or(round, |since| round.min(since + CTL_WITHIN)));
        let count = self.count_dirty.then(|| round.max(self.last_count + COUNT_EVERY));
        [events, count, self.next_lapse()].into_iter().flatten().min()
    }

    /// The tick is the least time between two rounds: the first event after a quiet while leaves at once.
    pub(super) fn flush_due(&mut self, now: Instant, out: &mut Outputs) {
        if self.next_deadline().is_some_and(|due| due <= now) {
            self.flush(now, out);
        }
    }

    pub(super) fn flush(&mut self, now: Instant, out: &mut Outputs) {
        self.last_tick = now;
        self.ctl_since = None;
        self.lapse_held(now, out);
        self.choose_chat(now, out);
        self.count(now);
        self.flush_public(now, out);
        self.flush_desk(now, out);
    }

    fn count(&mut self, now: Instant) {
        if self.count_dirty && now.since(self.last_count) >= COUNT_EVERY {
            self.count_dirty = false;
            self.last_count = now;
            self.count_version += 1;
            let body = format!(r#"{{"n":{},"likes":{}}}"#, self.audience, self.likes);
            self.set_value("cnt".to_owned(), self.count_version, body);
        }
    }

    fn flush_public(&mut self, now: Instant, out: &mut Outputs) {
        if self.pending.is_empty() && self.dirty.is_empty() {
            return;
        }
        if self.pending.is_empty() {
            self.seq += 1; // so that the loss of a frame with values alone shows as a gap, too
        }
        let tick = self.encode_tick(now);
        #[expect(clippy::cast_precision_loss, reason = "a frame holds few events")]
        metrics::histogram!("livefair_room_events_per_frame").record(self.pending.len() as f64);
        out.list.push(Output::Tick(Arc::new(tick)));
        self.dirty.clear();
        self.flushed = self.seq;
        self.forget_snapshots(); // one may show chat only once a frame has covered it
        self.ring.extend(self.pending.drain(..));
        self.forget_old(now);
    }

    /// The frame of this round: encoded once, or, where a word differs, once for each language that is read here.
    fn encode_tick(&self, now: Instant) -> Tick {
        let states: Vec<String> = self.dirty.iter().filter_map(|key| Some(state(key, self.values.get(key)?))).collect();
        if !self.pending.iter().any(|entry| entry.words.differ()) {
            return Tick(vec![self.encode_frame(Tongue::default(), &states, now)]);
        }
        let read: HashSet<usize> = self.viewers.values().map(|viewer| viewer.tongue.at()).collect();
        let mut frames: Vec<Frame> = Vec::new();
        for tongue in self.tongues.all() {
            match frames.first() {
                Some(first) if !read.contains(&tongue.at()) => frames.push(first.clone()),
                _ => frames.push(self.encode_frame(tongue, &states, now)),
            }
        }
        Tick(frames)
    }

    fn encode_frame(&self, tongue: Tongue, states: &[String], now: Instant) -> Frame {
        let encode = |with_chat: bool| {
            let events = self.pending.iter().filter(|entry| with_chat || entry.lane != Lane::Chat);
            let events = events.map(|entry| entry.words.of(tongue));
            let states = states.iter().map(String::as_str);
            frame::text(&protocol::tick(&self.epoch, (self.flushed, self.seq), now, events, states))
        };
        let full = encode(true);
        let has_chat = self.pending.iter().any(|entry| entry.lane == Lane::Chat);
        let ctl_only = if has_chat { encode(false) } else { full.clone() };
        Frame { full, ctl_only }
    }

    fn forget_old(&mut self, now: Instant) {
        while let Some(oldest) = self.ring.front() {
            let too_many = self.ring.len() > self.node.resume_window_events;
            if !too_many && now.since(oldest.at) <= self.node.resume_window {
                break;
            }
            self.floor = oldest.s;
            self.ring.pop_front();
        }
    }

    fn flush_desk(&mut self, now: Instant, out: &mut Outputs) {
        if self.desk_pending.is_empty() {
            return;
        }
        let events = std::mem::take(&mut self.desk_pending);
        if self.desks == 0 {
            return;
        }
        let (e, s, t) = (&self.epoch, self.desk_seq, now.millis());
        let p = s - events.len() as u64;
        let ev = events.join(",");
        let text = frame::text(&format!(r#"{{"c":"desk","e":"{e}","p":{p},"s":{s},"t":{t},"ev":[{ev}],"st":[]}}"#));
        out.list.push(Output::DeskTick(Arc::new(Frame { full: text.clone(), ctl_only: text })));
    }
}

pub(super) fn state(key: &str, value: &Value) -> String {
    protocol::state(key, value.version, &value.body)
}
