//! Who is here: joining, leaving, the desk's lane, who is silenced, and the end.

use std::sync::Arc;

use kernel::{Instant, Problem};
use serde::Serialize;

use super::{ConnId, Mute, MuteKind, Output, Outputs, Phase, Room, Tongue};
use crate::protocol::{Resume, Server, encode};
use crate::token::Pass;
use crate::ws::frame::{self, code};

pub(super) struct Viewer {
    pub(super) pass: Arc<Pass>,
    pub(super) lang: String,
    pub(super) tongue: Tongue,
    pub(super) desk: bool,
}

/// A mute as its participant is told of it; one in the shadow is not.
#[derive(Serialize)]
struct Told {
    kind: MuteKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
}

impl Room {
    pub(super) fn join(
        &mut self,
        conn: ConnId,
        pass: Arc<Pass>,
        lang: Option<String>,
        resume: Option<&Resume>,
        now: Instant,
        out: &mut Outputs,
    ) {
        if self.phase == Phase::Closed {
            out.list.push(Output::Close { to: conn, code: code::CLOSED, reason: "the room is closed" });
            return;
        }
        if self.mute_of(&pass.participant, now) == Some(MuteKind::Banned) {
            out.list.push(Output::Close { to: conn, code: code::BANNED, reason: "not admitted" });
            return;
        }
        self.leave(conn); // who joins once more may be somebody else now
        let lang = lang.unwrap_or_else(|| pass.lang.clone());
        let tongue = self.tongues.nearest(&lang);
        let mine = self.by_participant.entry(pass.participant.clone()).or_default();
        mine.push(conn);
        if mine.len() > self.node.connections_per_participant {
            let oldest = mine.remove(0);
            self.forget_viewer(oldest);
            out.list.push(Output::Close { to: oldest, code: code::REPLACED, reason: "too many connections" });
        }
        self.audience += usize::from(!pass.crew);
        self.count_dirty = true;
        out.list.push(Output::Reads { conn, tongue });
        let who = pass.participant.clone();
        self.viewers.insert(conn, Viewer { pass, lang: lang.clone(), tongue, desk: false });
        for text in self.welcome(&lang, tongue, &who, resume, now) {
            out.reply(conn, &text);
        }
    }

    pub(super) fn leave(&mut self, conn: ConnId) {
        let Some(viewer) = self.forget_viewer(conn) else { return };
        if let Some(mine) = self.by_participant.get_mut(&viewer.pass.participant) {
            mine.retain(|other| *other != conn);
            if mine.is_empty() {
                self.by_participant.remove(&viewer.pass.participant);
            }
        }
        self.count_dirty = true;
    }

    fn forget_viewer(&mut self, conn: ConnId) -> Option<Viewer> {
        let viewer = self.viewers.remove(&conn)?;
        self.audience -= usize::from(!viewer.pass.crew);
        self.desks -= usize::from(viewer.desk);
        Some(viewer)
    }

    /// Goes on in another language, with the room as it stands in it.
    pub(super) fn speak(&mut self, conn: ConnId, lang: String, now: Instant, out: &mut Outputs) {
        let tongue = self.tongues.nearest(&lang);
        let Some(viewer) = self.viewers.get_mut(&conn) else { return };
        let before = std::mem::replace(&mut viewer.tongue, tongue);
        viewer.lang = lang;
        if before != tongue {
            out.list.push(Output::Reads { conn, tongue });
            self.greet(conn, now, out);
        }
    }

    /// Greets a viewer once more, with the snapshot.
    pub(super) fn greet(&mut self, conn: ConnId, now: Instant, out: &mut Outputs) {
        let Some(viewer) = self.viewers.get(&conn) else { return };
        let (lang, tongue, who) = (viewer.lang.clone(), viewer.tongue, viewer.pass.participant.clone());
        for text in self.welcome(&lang, tongue, &who, None, now) {
            out.reply(conn, &text);
        }
    }

    pub(super) fn desk(&mut self, conn: ConnId, on: bool, out: &mut Outputs) {
        let Some(viewer) = self.viewers.get_mut(&conn) else { return };
        if !viewer.pass.crew {
            let problem = Problem::forbidden("room-crew-only");
            out.reply(conn, &Server::Nack { id: None, problem: &problem }.json());
            return;
        }
        self.desks = self.desks + usize::from(on) - usize::from(std::mem::replace(&mut viewer.desk, on));
        out.list.push(Output::DeskMember { conn, on });
        let (epoch, s) = (&self.epoch, self.desk_seq);
        let held = if on { self.encode_held() } else { String::new() };
        out.reply(conn, &format!(r#"{{"op":"desk","on":{on},"e":"{epoch}","s":{s},"held":[{held}]}}"#));
    }

    pub(super) fn silence(&mut self, participant: &str, mute: Option<Mute>, now: Instant, out: &mut Outputs) {
        if mute.is_some_and(|mute| mute.kind == MuteKind::Banned) {
            for conn in self.by_participant.get(participant).into_iter().flatten() {
                out.list.push(Output::Close { to: *conn, code: code::BANNED, reason: "not admitted" });
            }
        }
        match mute {
            Some(mute) => self.mutes.insert(participant.to_owned(), mute),
            None => self.mutes.remove(participant),
        };
        let told = self.told_mute(participant, now);
        self.tell(participant, &format!(r#"{{"op":"me","k":"mute","d":{told}}}"#), out);
    }

    pub(super) fn mute_of(&self, participant: &str, now: Instant) -> Option<MuteKind> {
        let mute = self.mutes.get(participant)?;
        mute.until.is_none_or(|until| now < until).then_some(mute.kind)
    }

    /// The mute a participant may know of, or `null`.
    pub(super) fn told_mute(&self, participant: &str, now: Instant) -> String {
        let known = self.mute_of(participant, now).filter(|kind| *kind == MuteKind::Muted);
        let until = self.mutes.get(participant).and_then(|mute| mute.until).map(Instant::millis);
        encode(&known.map(|kind| Told { kind, until }))
    }

    pub(super) fn enter(&mut self, phase: Phase, now: Instant, out: &mut Outputs) {
        self.phase = phase;
        if phase == Phase::Closed {
            self.flush(now, out); // what ended the show arrives before the end of the connection
            out.list.push(Output::Part { words: None, code: code::CLOSED, reason: "the room is closed" });
        }
    }

    pub(super) fn end(&mut self, retry_ms: u64, now: Instant, out: &mut Outputs) {
        self.flush(now, out);
        let bye = Server::Bye { code: code::RESTART, retry_ms, resume: true }.json();
        out.list.push(Output::Part { words: Some(frame::text(&bye)), code: code::RESTART, reason: "restart" });
    }

    /// Tells one participant, on every connection they have.
    pub(super) fn tell(&self, participant: &str, json: &str, out: &mut Outputs) {
        let Some(conns) = self.by_participant.get(participant) else { return };
        let text = frame::text(json);
        for conn in conns {
            out.list.push(Output::Reply { to: *conn, text: text.clone() });
        }
    }

    /// Puts an event on the desk's lane.
    pub(super) fn tell_desk(&mut self, kind: &str, body: &str) {
        self.desk_seq += 1;
        let s = self.desk_seq;
        self.desk_pending.push(format!(r#"{{"s":{s},"l":"desk","k":"{kind}","d":{body}}}"#));
    }
}
