//! The core of a room: no sockets, no tasks, no database; time is an argument. Inputs go in, outputs come out,
//! so a room of 50,000 is simulated in a test.
//!
//! Order is one sequence per epoch. An epoch is one life of this value: after a restart clients see a new one
//! and take the snapshot.

mod chat;
mod control;
mod flush;
mod input;
mod message;
mod moderation;
mod qa;
mod replay;
mod tongue;
mod viewers;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use kernel::Instant;
use kernel::id::{EventId, MessageId, ProductId, QuestionId};

use crate::limit::Limits;
use crate::protocol::Lane;
use crate::question::Question;
use crate::settings::{NodeSettings, RoomSettings};

pub use self::input::{Asking, ConnId, Ctl, Frame, Input, Loaded, Mute, MuteKind, Output, Outputs, Phase, Tick};
pub use self::message::{Decision, Message, MessageState};
pub use self::tongue::Tongue;

pub use self::chat::Acknowledged;
use self::chat::Allowance;
pub(crate) use self::chat::{sayable, slow_down};
use self::tongue::{Tongues, Words};
use self::viewers::Viewer;

/// An event that has its number.
#[derive(Clone, Debug)]
struct Entry {
    s: u64,
    lane: Lane,
    at: Instant,
    words: Words,
    /// The control value it carries: a newer one in the same frame takes its place.
    key: Option<String>,
}

/// A control value that holds.
struct Standing {
    ctl: Ctl,
    entry: Entry,
    /// What it names.
    products: Vec<ProductId>,
    /// When it ended, if it is an offer that is over.
    over: Option<i64>,
}

struct Value {
    version: i64,
    body: String,
}

/// One room.
pub struct Room {
    event: EventId,
    epoch: String,
    node: Arc<NodeSettings>,
    settings: RoomSettings,
    phase: Phase,

    /// The last number given, and the last one a frame has covered.
    seq: u64,
    flushed: u64,
    /// Events up to this number are no longer kept.
    floor: u64,
    pending: Vec<Entry>,
    ring: VecDeque<Entry>,
    /// By language; the first alone where no word differs.
    snapshots: Vec<Option<Arc<str>>>,
    tongues: Tongues,

    ctl: BTreeMap<String, Standing>,
    /// Products on the page whose stock has been asked for.
    stocked: HashSet<ProductId>,
    values: BTreeMap<String, Value>,
    dirty: BTreeSet<String>,

    waiting: Vec<chat::Candidate>,
    chat: VecDeque<(MessageId, Entry)>,
    recent: HashMap<MessageId, (Message, Option<u64>)>,
    recent_order: VecDeque<MessageId>,
    /// Messages that were shown and are not yet in the database, and who waits to hear that they are.
    unsaved: HashMap<MessageId, Vec<ConnId>>,
    /// Participants of whom everybody has seen a line.
    seen: HashSet<Arc<str>>,
    last_spoken: HashMap<Arc<str>, Instant>,
    /// Messages that wait for a moderator, and since when.
    held: VecDeque<(MessageId, Instant)>,
    visible: Allowance,
    arriving: Allowance,

    questions: HashMap<QuestionId, Question>,
    question_order: VecDeque<QuestionId>,
    being_asked: HashSet<QuestionId>,
    public_questions: VecDeque<QuestionId>,
    by_asker: HashMap<String, Vec<QuestionId>>,

    viewers: HashMap<ConnId, Viewer>,
    /// Viewers that are not crew: the desk is no audience.
    audience: usize,
    /// Connections on the desk's lane.
    desks: usize,
    by_participant: HashMap<String, Vec<ConnId>>,
    mutes: HashMap<String, Mute>,
    limits: Limits,
    likes: u64,
    count_version: i64,
    count_dirty: bool,

    desk_seq: u64,
    desk_pending: Vec<String>,

    last_tick: Instant,
    last_count: Instant,
    ctl_since: Option<Instant>,
}

impl Room {
    /// Makes a room from what is stored of it. `epoch` has never been used before.
    pub fn new(event: EventId, epoch: String, node: Arc<NodeSettings>, loaded: Loaded, now: Instant) -> Self {
        let settings = loaded.settings;
        let mut room = Self {
            event,
            epoch,
            node,
            phase: loaded.phase.unwrap_or(Phase::Lobby),
            seq: 0,
            flushed: 0,
            floor: 0,
            pending: Vec::new(),
            ring: VecDeque::new(),
            snapshots: Vec::new(),
            tongues: Tongues::new(&loaded.languages),
            ctl: BTreeMap::new(),
            stocked: HashSet::new(),
            values: BTreeMap::new(),
            dirty: BTreeSet::new(),
            waiting: Vec::new(),
            chat: VecDeque::new(),
            recent: HashMap::new(),
            recent_order: VecDeque::new(),
            unsaved: HashMap::new(),
            seen: HashSet::new(),
            last_spoken: HashMap::new(),
            held: VecDeque::new(),
            visible: Allowance::new(settings.visible_chat_per_s, now),
            arriving: Allowance::new(settings.visible_chat_per_s * 2, now),
            questions: HashMap::new(),
            question_order: VecDeque::new(),
            being_asked: HashSet::new(),
            public_questions: VecDeque::new(),
            by_asker: HashMap::new(),
            viewers: HashMap::new(),
            audience: 0,
            desks: 0,
            by_participant: HashMap::new(),
            mutes: loaded.mutes.into_iter().collect(),
            limits: Limits::default(),
            likes: 0,
            count_version: 0,
            count_dirty: false,
            desk_seq: 0,
            desk_pending: Vec::new(),
            last_tick: Instant::EPOCH,
            last_count: Instant::EPOCH,
            ctl_since: None,
            settings,
        };
        for ctl in loaded.ctl {
            room.show(ctl, now);
        }
        for question in loaded.questions {
            room.keep_question(question);
        }
        for message in loaded.messages {
            room.restore(message, now);
        }
        let settings = room.settings.clone();
        if settings != RoomSettings::default() {
            room.show_settings(&settings, loaded.settings_version, now);
        }
        room.pending.clear(); // the snapshot carries it; nobody has joined yet
        room.ctl_since = None;
        room.flushed = room.seq;
        room.floor = room.seq;
        room
    }

    pub fn event(&self) -> EventId {
        self.event
    }

    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    pub fn viewers(&self) -> usize {
        self.viewers.len()
    }

    pub fn settings(&self) -> &RoomSettings {
        &self.settings
    }

    /// A clock that was set back must not leave the room waiting for a moment that has been.
    fn set_back_to(&mut self, now: Instant) {
        self.last_tick = self.last_tick.min(now);
        self.last_count = self.last_count.min(now);
        self.ctl_since = self.ctl_since.map(|since| since.min(now));
    }

    /// Takes one input and says what follows.
    pub fn on(&mut self, input: Input, now: Instant) -> Outputs {
        let mut out = Outputs::default();
        self.set_back_to(now);
        match input {
            Input::Join { conn, pass, lang, resume } => self.join(conn, pass, lang, resume.as_ref(), now, &mut out),
            Input::Leave { conn } => self.leave(conn),
            Input::Say { from, conn, id, text } => self.say(&from, conn, id, &text, now, &mut out),
            Input::Saved { id } => self.saved(id, &mut out),
            Input::Ask { from, conn, ask } => self.ask(&from, conn, &ask, now, &mut out),
            Input::Like { n } => {
                self.likes += u64::from(n.min(20));
                self.count_dirty = true;
            }
            Input::Speak { conn, lang } => self.speak(conn, lang, now, &mut out),
            Input::Range { conn, epoch, from, to } => self.range(conn, &epoch, from, to, now, &mut out),
            Input::CaughtUp { conn } => self.caught_up(conn, now, &mut out),
            Input::Desk { conn, on } => self.desk(conn, on, &mut out),
            Input::Asked(question) => self.asked(*question, now, &mut out),
            Input::NotAsked { id, participant, problem } => self.not_asked(id, &participant, &problem, &mut out),
            Input::Moved { question, answer } => self.moved(*question, answer.as_ref(), now, &mut out),
            Input::Show(ctl) => self.show(ctl, now),
            Input::Stock { product, variant, left, version } => self.stock(product, variant, left, version),
            Input::Decide { message, decision } => self.decide(*message, decision, now, &mut out),
            Input::Configure { settings, version } => self.configure(settings, version, now),
            Input::Silence { participant, mute } => self.silence(&participant, mute, now, &mut out),
            Input::Enter(phase) => self.enter(phase, now, &mut out),
            Input::Languages(languages) => self.learn(&languages, now, &mut out),
            Input::End { retry_ms } => self.end(retry_ms, now, &mut out),
            Input::Tick => {}
        }
        self.flush_due(now, &mut out);
        out
    }
}
