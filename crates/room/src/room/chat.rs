//! Chat: checks, the visible cap, and who is seen first when more is said than anybody can read.

use std::sync::Arc;
use std::time::Duration;

use kernel::id::MessageId;
use kernel::{Instant, Problem};
use serde::Serialize;

use super::{ConnId, Message, MessageState, MuteKind, Output, Outputs, Phase, Room};
use crate::protocol::{Lane, encode};
use crate::token::Pass;

/// Chat lines in a snapshot.
const SHOWN: usize = 50;
/// Held lines in the answer to a desk that joins.
const HELD_SHOWN: usize = 50;
/// Messages that can be decided on without the database, and whose repeats are known.
const RECENT: usize = 2000;
/// How long a message waits for its place under the cap.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Serialize)]
struct Shown<'a> {
    id: MessageId,
    n: &'a str,
    /// From the crew.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    c: bool,
    x: &'a str,
    o: &'a str,
}

impl<'a> From<&'a Message> for Shown<'a> {
    fn from(message: &'a Message) -> Self {
        let Message { id, name, crew, text, lang, .. } = message;
        Self { id: *id, n: name, c: *crew, x: text, o: lang }
    }
}

#[derive(Serialize)]
struct DeskMessage<'a> {
    #[serde(flatten)]
    shown: Shown<'a>,
    participant: &'a str,
    state: MessageState,
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<u64>,
}

/// A message that has passed and waits for the next frame.
pub(super) struct Candidate {
    message: Message,
    conn: Option<ConnId>,
    rank: (u8, u128),
}

/// What the author of a message that is in the database is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// Its number, if everybody sees it.
    pub s: Option<u64>,
    pub mark: Option<&'static str>,
}

/// So many per second, saved up for one second.
#[derive(Debug)]
pub(super) struct Allowance {
    per_s: u64,
    micros: u64,
    at: Instant,
}

impl Allowance {
    pub(super) fn new(per_s: u32, now: Instant) -> Self {
        let per_s = u64::from(per_s.max(1));
        Self { per_s, micros: per_s * 1_000_000, at: now }
    }

    fn left(&mut self, now: Instant) -> u64 {
        let passed = u64::try_from(now.since(self.at).as_micros()).unwrap_or(u64::MAX);
        self.micros = self.micros.saturating_add(passed.saturating_mul(self.per_s)).min(self.per_s * 1_000_000);
        self.at = now;
        self.micros / 1_000_000
    }

    fn spend(&mut self) {
        self.micros = self.micros.saturating_sub(1_000_000);
    }
}

impl Room {
    pub(super) fn say(
        &mut self,
        from: &Pass,
        conn: Option<ConnId>,
        id: MessageId,
        text: &str,
        now: Instant,
        out: &mut Outputs,
    ) {
        if let Some((known, s)) = self.recent.get(&id) {
            if known.participant != from.participant {
                out.refuse(conn, id.uuid(), Problem::conflict("room-id-taken"));
            } else if let Some(waiting) = self.unsaved.get_mut(&id) {
                waiting.extend(conn);
            } else if let Some(conn) = conn {
                out.ack(conn, id.uuid(), *s, known.state.mark());
            }
            return;
        }
        if self.waiting.iter().any(|waiting| waiting.message.id == id) {
            return; // its acknowledgement is on the way
        }
        let text = match self.may_say(from, text, now) {
            Ok(text) => text,
            Err(problem) => return out.refuse(conn, id.uuid(), problem),
        };
        let message = Message {
            id,
            event: self.event,
            participant: from.participant.clone(),
            name: from.name.clone(),
            crew: from.crew,
            text,
            lang: from.lang.clone(),
            state: MessageState::Visible,
            at: now,
        };
        let first = !self.seen.contains(from.participant.as_str());
        if self.mute_of(&from.participant, now) == Some(MuteKind::Shadow) {
            return self.settle(message, MessageState::Shadowed, conn, out);
        }
        if self.settings.pre_moderation && first && !from.known && !from.crew {
            self.held.push_back((id, now));
            return self.settle(message, MessageState::Held, conn, out);
        }
        let rank = rank(&message, from, first);
        self.waiting.push(Candidate { message, conn, rank });
    }

    fn may_say(&mut self, from: &Pass, text: &str, now: Instant) -> Result<String, Problem> {
        let text = sayable(text)?;
        self.may_write(from, &[Phase::Lobby, Phase::Open], now)?;
        if from.crew {
            return Ok(text);
        }
        let who: Arc<str> = from.participant.as_str().into();
        self.limits.may_chat(from, now).map_err(slow_down)?;
        if self.arriving.left(now) == 0 {
            return Err(slow_down(Duration::from_secs(1)));
        }
        let slow = Duration::from_secs(u64::from(self.settings.slow_s));
        if let Some(last) = self.last_spoken.get(&who).filter(|last| **last <= now) {
            let wait = slow.saturating_sub(now.since(*last));
            if !wait.is_zero() {
                return Err(slow_down(wait).with("slow_mode_s", self.settings.slow_s));
            }
        }
        if self.last_spoken.len() > 10_000 {
            self.last_spoken.retain(|_, last| *last <= now && now.since(*last) < slow);
        }
        if !slow.is_zero() {
            self.last_spoken.insert(who, now);
        }
        self.arriving.spend();
        Ok(text)
    }

    /// Who has no name only watches; the muted and the late are refused.
    pub(super) fn may_write(&self, from: &Pass, phases: &[Phase], now: Instant) -> Result<(), Problem> {
        if from.name.is_empty() {
            return Err(Problem::forbidden("room-name-needed"));
        }
        if !phases.contains(&self.phase) && !from.crew {
            return Err(Problem::conflict("room-closed"));
        }
        match self.mute_of(&from.participant, now) {
            Some(MuteKind::Muted | MuteKind::Banned) => Err(Problem::forbidden("room-muted")),
            _ => Ok(()),
        }
    }

    /// Decides who is seen: as many as the cap allows, the best first; who has waited too long is left out.
    pub(super) fn choose_chat(&mut self, now: Instant, out: &mut Outputs) {
        if self.waiting.is_empty() {
            return;
        }
        self.waiting.sort_by_key(|waiting| waiting.rank);
        let seen = usize::try_from(self.visible.left(now)).unwrap_or(usize::MAX).min(self.waiting.len());
        let rest = self.waiting.split_off(seen);
        let mut chosen = std::mem::replace(&mut self.waiting, rest);
        chosen.sort_by_key(|waiting| (waiting.message.at, waiting.message.id));
        for Candidate { message, conn, .. } in chosen {
            self.visible.spend();
            let s = self.publish(&message, now);
            self.remember(message.clone(), Some(s));
            self.tell_desk_of(&message, Some(s));
            self.save(message, conn, out);
        }
        let late = |waiting: &mut Candidate| {
            let at = waiting.message.at;
            at > now || now.since(at) >= PATIENCE
        };
        for Candidate { message, conn, .. } in self.waiting.extract_if(.., late).collect::<Vec<_>>() {
            metrics::counter!("livefair_room_chat_sampled_out_total").increment(1);
            self.settle(message, MessageState::SampledOut, conn, out);
        }
    }

    /// Gives a message its number and its place in the snapshot.
    pub(super) fn publish(&mut self, message: &Message, now: Instant) -> u64 {
        let entry = self.add(Lane::Chat, "msg", &encode(&Shown::from(message)), now);
        let s = entry.s;
        if !self.seen.contains(message.participant.as_str()) {
            self.seen.insert(message.participant.as_str().into());
        }
        self.chat.push_back((message.id, entry));
        if self.chat.len() > SHOWN {
            self.chat.pop_front();
        }
        s
    }

    /// Keeps a message that not everybody sees, and tells its author and the desk.
    fn settle(&mut self, mut message: Message, state: MessageState, conn: Option<ConnId>, out: &mut Outputs) {
        message.state = state;
        self.tell_desk_of(&message, None);
        self.remember(message.clone(), None);
        self.save(message, conn, out);
    }

    /// Has a message saved; its author is told when it is.
    fn save(&mut self, message: Message, conn: Option<ConnId>, out: &mut Outputs) {
        self.unsaved.insert(message.id, conn.into_iter().collect());
        out.list.push(Output::Persist(Box::new(message)));
    }

    /// Acknowledges a message that is now in the database.
    pub(super) fn saved(&mut self, id: MessageId, out: &mut Outputs) {
        let Some(waiting) = self.unsaved.remove(&id) else { return };
        let Some(Acknowledged { s, mark }) = self.acknowledged(id) else { return };
        for conn in waiting {
            out.ack(conn, id.uuid(), s, mark);
        }
    }

    /// What the author of a message is told once it is in the database.
    pub fn acknowledged(&self, id: MessageId) -> Option<Acknowledged> {
        let (message, s) = self.recent.get(&id).filter(|_| !self.unsaved.contains_key(&id))?;
        Some(Acknowledged { s: *s, mark: message.state.mark() })
    }

    pub(super) fn tell_desk_of(&mut self, message: &Message, s: Option<u64>) {
        self.tell_desk("msg", &encode(&desk_message(message, s)));
    }

    /// The lines that wait for a moderator, the newest few, oldest first.
    pub(super) fn encode_held(&self) -> String {
        let waiting = self.held.iter().rev().filter_map(|(id, _)| self.message(*id));
        let waiting = waiting.filter(|message| message.state == MessageState::Held).take(HELD_SHOWN);
        let mut held: Vec<String> = waiting.map(|message| encode(&desk_message(message, None))).collect();
        held.reverse();
        held.join(",")
    }

    pub(super) fn remember(&mut self, message: Message, s: Option<u64>) {
        let id = message.id;
        if self.recent.insert(id, (message, s)).is_none() {
            self.recent_order.push_back(id);
        }
        // A held one keeps its place until it is decided on or lapses.
        while self.recent_order.len() > RECENT + self.held.len()
            && let Some(oldest) = self.recent_order.pop_front()
        {
            match self.message(oldest) {
                Some(message) if message.state == MessageState::Held => self.recent_order.push_back(oldest),
                _ => drop(self.recent.remove(&oldest)),
            }
        }
    }
}

fn desk_message(message: &Message, s: Option<u64>) -> DeskMessage<'_> {
    DeskMessage { shown: message.into(), participant: &message.participant, state: message.state, s }
}

/// Crew, then known companies, then questions, then newcomers, then chance (the id is random).
fn rank(message: &Message, from: &Pass, first: bool) -> (u8, u128) {
    let asks = message.text.contains(['?', '？', '¿']);
    let class = match () {
        () if from.crew => 0,
        () if from.known => 1,
        () if asks => 2,
        () if first => 3,
        () => 4,
    };
    (class, message.id.uuid().as_u128().swap_bytes())
}

/// Text as a person may send it, cleaned; or why not.
pub(crate) fn sayable(text: &str) -> Result<String, Problem> {
    let text = kernel::text::clean(text);
    let length = text.chars().count();
    match length {
        0 => Err(Problem::unprocessable("room-empty")),
        1..=500 => Ok(text),
        _ => Err(Problem::unprocessable("room-too-long").with("length", length).with("most", 500)),
    }
}

pub(crate) fn slow_down(wait: Duration) -> Problem {
    let ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
    Problem::slow_down("room-slow-down", ms.div_ceil(1000)).with("retry_after_ms", ms)
}
