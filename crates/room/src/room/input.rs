//! What goes into a room, and what comes out of it.

use std::sync::Arc;

use kernel::id::{MessageId, ProductId, QuestionId, VariantId};
use kernel::{Instant, Locale, Problem};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Decision, Message, Tongue};
use crate::protocol::{Resume, Server};
use crate::question::{Answer, Question};
use crate::settings::RoomSettings;
use crate::token::Pass;
use crate::ws::frame;

/// Names a connection: the shard that holds it, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnId {
    pub shard: u16,
    pub number: u64,
}

/// What a room takes part in: driven by `live`'s events only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Before the show: people gather and may already write.
    Lobby,
    Open,
    /// After the show: questions only.
    DeskOnly,
    Closed,
}

impl Phase {
    /// The phase of a room in a state of its event.
    pub fn of(event_state: &str) -> Self {
        match event_state {
            "live" | "interrupted" => Self::Open,
            "ended" | "processing" | "replay" => Self::DeskOnly,
            "archived" | "cancelled" => Self::Closed,
            _ => Self::Lobby,
        }
    }
}

/// A control value: it replaces the one under the same key that has a lower version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ctl {
    /// `pins`, or `offer:{id}` where several stand side by side.
    pub key: String,
    pub kind: String,
    pub version: i64,
    /// The whole value, as JSON. The title of an `item` is in all its languages; frames carry the reader's.
    pub body: Arc<str>,
}

/// What a moderator took from a participant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MuteKind {
    /// May read, not write.
    Muted,
    /// May not be here.
    Banned,
    /// Sees own messages; others do not.
    Shadow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mute {
    pub kind: MuteKind,
    pub until: Option<Instant>,
}

/// Something that happens to a room.
#[derive(Clone, Debug)]
pub enum Input {
    Join {
        conn: ConnId,
        pass: Arc<Pass>,
        lang: Option<String>,
        resume: Option<Resume>,
    },
    Leave {
        conn: ConnId,
    },
    Say {
        from: Arc<Pass>,
        conn: Option<ConnId>,
        id: MessageId,
        text: String,
    },
    /// A message is in the database.
    Saved {
        id: MessageId,
    },
    Ask {
        from: Arc<Pass>,
        conn: Option<ConnId>,
        ask: Asking,
    },
    Like {
        n: u32,
    },
    /// Reads on in another language.
    Speak {
        conn: ConnId,
        lang: String,
    },
    Range {
        conn: ConnId,
        epoch: String,
        from: u64,
        to: u64,
    },
    /// A connection that lagged has caught up; chat was left out for it.
    CaughtUp {
        conn: ConnId,
    },
    Desk {
        conn: ConnId,
        on: bool,
    },
    /// A question has been committed.
    Asked(Box<Question>),
    /// A question could not be committed.
    NotAsked {
        id: QuestionId,
        participant: String,
        problem: Problem,
    },
    /// A change of a question has been committed, with the answer that made it, if one did.
    Moved {
        question: Box<Question>,
        answer: Option<Answer>,
    },
    /// A control value has been committed.
    Show(Ctl),
    Stock {
        product: ProductId,
        variant: VariantId,
        left: i64,
        version: i64,
    },
    Decide {
        message: Box<Message>,
        decision: Decision,
    },
    Configure {
        settings: RoomSettings,
        version: i64,
    },
    Silence {
        participant: String,
        mute: Option<Mute>,
    },
    Enter(Phase),
    /// The show is held in these languages.
    Languages(Vec<Locale>),
    /// The process ends: everybody is told when to come back.
    End {
        retry_ms: u64,
    },
    Tick,
}

/// A question on its way in.
#[derive(Clone, Debug)]
pub struct Asking {
    pub id: QuestionId,
    pub text: String,
    pub product: Option<ProductId>,
    pub at_ms: Option<i64>,
    pub private: bool,
}

/// What follows from an input.
#[derive(Clone, Debug)]
pub enum Output {
    Reply {
        to: ConnId,
        text: frame::Text,
    },
    Close {
        to: ConnId,
        code: u16,
        reason: &'static str,
    },
    /// The same last words to everybody, and the end of every connection.
    Part {
        words: Option<frame::Text>,
        code: u16,
        reason: &'static str,
    },
    /// A frame for everybody, in their language.
    Tick(Arc<Tick>),
    /// One frame for the desk.
    DeskTick(Arc<Frame>),
    /// The connection joins or leaves the desk's lane.
    DeskMember {
        conn: ConnId,
        on: bool,
    },
    /// The connection reads this language from here on; the first one until told otherwise.
    Reads {
        conn: ConnId,
        tongue: Tongue,
    },
    /// A chat message to be saved with the next batch; its author hears when it is.
    Persist(Box<Message>),
    /// A question to be committed before anybody hears of it.
    Commit(Box<Question>),
}

/// A frame encoded once for all who get it.
#[derive(Clone, Debug)]
pub struct Frame {
    pub full: frame::Text,
    /// The same without chat.
    pub ctl_only: frame::Text,
}

/// One round's frame: one for all, or, where a word differs, one for each language.
#[derive(Clone, Debug)]
pub struct Tick(pub(super) Vec<Frame>);

impl Tick {
    /// Of at least one frame.
    #[cfg(test)]
    pub(crate) fn of_frames(frames: Vec<Frame>) -> Self {
        assert!(!frames.is_empty());
        Self(frames)
    }

    pub fn of(&self, tongue: Tongue) -> &Frame {
        self.0.get(tongue.at()).unwrap_or(&self.0[0])
    }

    /// How many frames there are.
    pub fn frames(&self) -> usize {
        self.0.len()
    }
}

/// What follows from an input, in order; and the refusal, if it was refused.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    pub list: Vec<Output>,
    pub refusal: Option<Problem>,
}

impl Outputs {
    pub(super) fn reply(&mut self, to: ConnId, json: &str) {
        self.list.push(Output::Reply { to, text: frame::text(json) });
    }

    pub(super) fn ack(&mut self, to: ConnId, id: Uuid, s: Option<u64>, mark: Option<&str>) {
        self.reply(to, &Server::Ack { id, s, mark }.json());
    }

    pub(super) fn refuse(&mut self, to: Option<ConnId>, id: Uuid, problem: Problem) {
        metrics::counter!("livefair_room_refused_total").increment(1);
        if let Some(to) = to {
            self.reply(to, &Server::Nack { id: Some(id), problem: &problem }.json());
        }
        self.refusal = Some(problem);
    }
}

/// What a room is loaded with after a start.
#[derive(Debug, Default)]
pub struct Loaded {
    pub ctl: Vec<Ctl>,
    /// Oldest first.
    pub questions: Vec<Question>,
    /// Visible and held ones, oldest first.
    pub messages: Vec<Message>,
    pub mutes: Vec<(String, Mute)>,
    pub settings: RoomSettings,
    pub settings_version: i64,
    pub phase: Option<Phase>,
    /// The languages of the show, the first for those who read none of them.
    pub languages: Vec<Locale>,
}
