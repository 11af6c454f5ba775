//! What somebody missed: the range they ask for, or the whole as it stands.

use std::sync::Arc;

use kernel::Instant;

use super::flush::state;
use super::qa::{shown, shown_answer};
use super::{ConnId, Outputs, Room, Standing, Tongue};
use crate::protocol::{self, Lane, Resume, encode};

/// The largest snapshot: questions and chat that would not fit are left out, the oldest first.
const SNAPSHOT_BYTES: usize = 16 * 1024;
/// The largest range in one frame: more would make its reader lag, or be too slow for good. The snapshot is shorter.
const RANGE_BYTES: usize = 64 * 1024;
/// Offers that are over, in a snapshot.
const OVER_SHOWN: usize = 5;

/// The bytes of events in a list.
fn size(events: &[String]) -> usize {
    events.iter().map(|json| json.len() + 1).sum()
}

impl Room {
    /// The greeting: with the snapshot, or, where the missing range is still kept, followed by that range.
    pub(super) fn welcome(
        &mut self,
        lang: &str,
        tongue: Tongue,
        who: &str,
        resume: Option<&Resume>,
        now: Instant,
    ) -> Vec<String> {
        let missed = resume.and_then(|resume| self.missed(resume, tongue, now));
        let (s, snap) = match (&missed, resume) {
            (Some(_), Some(resume)) => (resume.s, "null".into()),
            _ => (self.flushed, self.snapshot_in(tongue)),
        };
        metrics::counter!("livefair_room_joins_total", "how" => if missed.is_some() { "resumed" } else { "snapshot" })
            .increment(1);
        let (e, t) = (&self.epoch, now.millis());
        let retry = self.retry_ms();
        let (lang, me) = (encode(&lang), self.mine(who, now));
        let welcome = format!(
            r#"{{"op":"welcome","e":"{e}","s":{s},"now":{t},"retry_ms":{retry},"lang":{lang},"snap":{snap},"me":{me}}}"#
        );
        [Some(welcome), missed].into_iter().flatten().collect()
    }

    /// Stretches reconnecting over what the node can take: 3,000 handshakes a second.
    fn retry_ms(&self) -> usize {
        (self.viewers.len() / 3).clamp(1_000, 60_000)
    }

    /// The frame that brings a client from where it was to now, if there is one.
    fn missed(&self, resume: &Resume, tongue: Tongue, now: Instant) -> Option<String> {
        self.kept(&resume.e, resume.s, self.flushed, tongue, now)
    }

    pub(super) fn range(&mut self, conn: ConnId, epoch: &str, from: u64, to: u64, now: Instant, out: &mut Outputs) {
        let Some(viewer) = self.viewers.get(&conn) else { return };
        match self.kept(epoch, from.saturating_sub(1), to, viewer.tongue, now) {
            Some(frame) => out.reply(conn, &frame),
            None => self.greet(conn, now, out),
        }
    }

    /// Says that chat was left out for a connection that lagged, with the room as it stands.
    pub(super) fn caught_up(&mut self, conn: ConnId, now: Instant, out: &mut Outputs) {
        let Some(viewer) = self.viewers.get(&conn) else { return };
        let (tongue, me) = (viewer.tongue, self.mine(&viewer.pass.participant, now));
        let snap = self.snapshot_in(tongue);
        let (e, s, t) = (&self.epoch, self.flushed, now.millis());
        out.reply(conn, &format!(r#"{{"op":"gap","e":"{e}","s":{s},"now":{t},"snap":{snap},"me":{me}}}"#));
    }

    /// Everything after `p` up to `to`, and all conflated values as they stand; `None` when that is no longer kept, or
    /// more than one frame carries.
    fn kept(&self, epoch: &str, p: u64, to: u64, tongue: Tongue, now: Instant) -> Option<String> {
        if epoch != self.epoch || p < self.floor || p > self.flushed {
            return None;
        }
        let s = to.clamp(p, self.flushed);
        let first = self.ring.partition_point(|entry| entry.s <= p);
        let events = self.ring.range(first..).take_while(|entry| entry.s <= s).map(|entry| entry.words.of(tongue));
        if events.clone().map(str::len).sum::<usize>() > RANGE_BYTES {
            return None;
        }
        let states: Vec<String> = self.values.iter().map(|(key, value)| state(key, value)).collect();
        Some(protocol::tick(&self.epoch, (p, s), now, events, states.iter().map(String::as_str)))
    }

    /// The room as it stands, in its first language.
    pub fn snapshot(&mut self) -> Arc<str> {
        self.snapshot_in(Tongue::default())
    }

    /// The room as it stands, encoded once until something changes.
    pub fn snapshot_in(&mut self, tongue: Tongue) -> Arc<str> {
        let differs = self.ctl.values().any(|standing| standing.entry.words.differ());
        let at = if differs { tongue.at() } else { 0 };
        if let Some(Some(known)) = self.snapshots.get(at) {
            return Arc::clone(known);
        }
        let fresh: Arc<str> = self.encode_snapshot(tongue).into();
        self.snapshots.resize(self.snapshots.len().max(at + 1), None);
        self.snapshots[at] = Some(Arc::clone(&fresh));
        fresh
    }

    pub(super) fn forget_snapshots(&mut self) {
        self.snapshots.clear();
    }

    /// The language a reader gets here.
    pub fn tongue_of(&self, lang: &str) -> Tongue {
        self.tongues.nearest(lang)
    }

    /// The log from a place in this epoch on, for those who read it over HTTP; `None` when it is no longer kept.
    pub fn log_after(&self, epoch: &str, after: u64, tongue: Tongue, now: Instant) -> Option<String> {
        self.missed(&Resume { e: epoch.to_owned(), s: after }, tongue, now)
    }

    /// The last number that frames have covered.
    pub fn flushed(&self) -> u64 {
        self.flushed
    }

    /// The control values that a newcomer needs: of the offers that are over, only the last few.
    fn current(&self) -> impl Iterator<Item = &Standing> {
        let mut over: Vec<i64> = self.ctl.values().filter_map(|standing| standing.over).collect();
        over.sort_unstable();
        let since = over.len().checked_sub(OVER_SHOWN).map_or(i64::MIN, |at| over[at]);
        self.ctl.values().filter(move |standing| standing.over.is_none_or(|at| at >= since))
    }

    /// The newest public questions, each with its public answers, as many as fit; the oldest first.
    fn encode_questions(&self, mut left: usize) -> Vec<String> {
        let mut newest = Vec::new();
        for question in self.public_questions.iter().rev().filter_map(|id| self.questions.get(id)) {
            let mut whole = vec![protocol::event(0, Lane::Qa, "q", &encode(&shown(question)))];
            let answers = question.answers.iter().filter(|answer| answer.public);
            whole.extend(answers.map(|answer| protocol::event(0, Lane::Qa, "a", &encode(&shown_answer(answer)))));
            let Some(rest) = left.checked_sub(size(&whole)) else { break };
            left = rest;
            newest.push(whole);
        }
        newest.into_iter().rev().flatten().collect()
    }

    fn encode_snapshot(&self, tongue: Tongue) -> String {
        let mut events: Vec<String> =
            self.current().map(|standing| standing.entry.words.of(tongue).to_owned()).collect();
        let states: Vec<String> = self.values.iter().map(|(key, value)| state(key, value)).collect();
        let mut left = SNAPSHOT_BYTES.saturating_sub(size(&events) + size(&states));
        let questions = self.encode_questions(left / 4 * 3);
        left = left.saturating_sub(size(&questions));
        events.extend(questions);
        // What is not yet in a frame will come in one; showing it twice would be harmless, numbering it would not.
        let fits = |entry: &&super::Entry| {
            left = left.saturating_sub(entry.words.of(tongue).len() + 1);
            left > 0
        };
        let covered = self.chat.iter().rev().map(|(_, entry)| entry).filter(|entry| entry.s <= self.flushed);
        let mut chat: Vec<String> = covered.take_while(fits).map(|entry| entry.words.of(tongue).to_owned()).collect();
        chat.reverse();
        events.extend(chat);
        format!(r#"{{"ev":[{}],"st":[{}]}}"#, events.join(","), states.join(","))
    }
}
