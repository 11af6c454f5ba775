//! The core of a room: no sockets, no tasks, no database; time is an argument. Inputs go in, outputs come out,
//! so a room of 50,000 is simulated in a test.
//!
//! Order is one sequence per epoch. An epoch is one life of this value: after a restart clients see a new one
//! and take the snapshot.

mod chat;
mod flush;
mod qa;
mod replay;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use kernel::id::{EventId, MessageId, ProductId, QuestionId, RunItemId, VariantId};
use kernel::{Instant, Problem};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::limit::{Buckets, Rate};
use crate::protocol::{self, Lane, Resume, Server};
use crate::question::{Answer, Question};
use crate::settings::{NodeSettings, RoomSettings};
use crate::token::Pass;
use crate::ws::frame::{self, code};

pub use chat::{Decision, Message, MessageState};

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
            "rehearsing" | "live" | "interrupted" => Self::Open,
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
    /// The whole value, as JSON.
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
    Ask {
        from: Arc<Pass>,
        conn: Option<ConnId>,
        ask: Asking,
    },
    Like {
        n: u32,
    },
    Range {
        conn: ConnId,
        epoch: String,
        from: u64,
        to: u64,
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
    /// One frame for everybody.
    Tick(Arc<Frame>),
    /// One frame for the desk.
    DeskTick(Arc<Frame>),
    /// The connection joins or leaves the desk's lane.
    DeskMember {
        conn: ConnId,
        on: bool,
    },
    /// A chat message to be saved with the next batch.
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

/// What follows from an input, in order; and the refusal, if it was refused.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    pub list: Vec<Output>,
    pub refusal: Option<Problem>,
}

impl Outputs {
    fn reply(&mut self, to: ConnId, json: &str) {
        self.list.push(Output::Reply { to, text: frame::text(json) });
    }

    fn ack(&mut self, to: ConnId, id: Uuid, s: Option<u64>, mark: Option<&str>) {
        self.reply(to, &Server::Ack { id, s, mark }.json());
    }

    fn refuse(&mut self, to: Option<ConnId>, id: Uuid, problem: Problem) {
        metrics::counter!("livefair_room_refused_total").increment(1);
        if let Some(to) = to {
            self.reply(to, &Server::Nack { id: Some(id), problem: &problem }.json());
        }
        self.refusal = Some(problem);
    }
}

struct Viewer {
    pass: Arc<Pass>,
    desk: bool,
}

/// An event that has its number.
#[derive(Clone, Debug)]
struct Entry {
    s: u64,
    lane: Lane,
    at: Instant,
    json: Arc<str>,
    /// The control value it carries: a newer one in the same frame takes its place.
    key: Option<String>,
}

struct Value {
    version: i64,
    body: String,
}

/// What a room is loaded with after a start.
#[derive(Debug, Default)]
pub struct Loaded {
    pub ctl: Vec<Ctl>,
    /// Oldest first.
    pub questions: Vec<Question>,
    /// Visible ones, oldest first.
    pub messages: Vec<Message>,
    pub mutes: Vec<(String, Mute)>,
    pub settings: RoomSettings,
    pub settings_version: i64,
    pub phase: Option<Phase>,
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
    snapshot: Option<Arc<str>>,

    ctl: BTreeMap<String, (i64, Entry)>,
    values: BTreeMap<String, Value>,
    dirty: BTreeSet<String>,

    waiting: Vec<chat::Candidate>,
    chat: VecDeque<(MessageId, Entry)>,
    recent: HashMap<MessageId, (Message, Option<u64>)>,
    recent_order: VecDeque<MessageId>,
    spoken: HashSet<Arc<str>>,
    last_spoken: HashMap<Arc<str>, Instant>,
    visible: chat::Allowance,
    arriving: chat::Allowance,

    questions: HashMap<QuestionId, Question>,
    question_order: VecDeque<QuestionId>,
    being_asked: HashSet<QuestionId>,
    public_questions: VecDeque<QuestionId>,
    by_asker: HashMap<String, Vec<QuestionId>>,

    viewers: HashMap<ConnId, Viewer>,
    by_participant: HashMap<String, Vec<ConnId>>,
    mutes: HashMap<String, Mute>,
    chat_rate: Buckets,
    ask_rate: Buckets,
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
            snapshot: None,
            ctl: BTreeMap::new(),
            values: BTreeMap::new(),
            dirty: BTreeSet::new(),
            waiting: Vec::new(),
            chat: VecDeque::new(),
            recent: HashMap::new(),
            recent_order: VecDeque::new(),
            spoken: HashSet::new(),
            last_spoken: HashMap::new(),
            visible: chat::Allowance::new(settings.visible_chat_per_s, now),
            arriving: chat::Allowance::new(settings.visible_chat_per_s * 2, now),
            questions: HashMap::new(),
            question_order: VecDeque::new(),
            being_asked: HashSet::new(),
            public_questions: VecDeque::new(),
            by_asker: HashMap::new(),
            viewers: HashMap::new(),
            by_participant: HashMap::new(),
            mutes: loaded.mutes.into_iter().collect(),
            chat_rate: Buckets::new(Rate { every: Duration::from_secs(2), burst: 3 }),
            ask_rate: Buckets::new(Rate { every: Duration::from_secs(30), burst: 2 }),
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

    /// Whether an item other than this is on the air.
    pub fn shows_another_item(&self, item: RunItemId) -> bool {
        self.ctl
            .get("item")
            .is_some_and(|(_, entry)| entry.json.contains(r#""item":""#) && !entry.json.contains(&item.to_string()))
    }

    /// Takes one input and says what follows.
    pub fn on(&mut self, input: Input, now: Instant) -> Outputs {
        let mut out = Outputs::default();
        match input {
            Input::Join { conn, pass, lang, resume } => self.join(conn, pass, lang, resume.as_ref(), now, &mut out),
            Input::Leave { conn } => self.leave(conn),
            Input::Say { from, conn, id, text } => self.say(&from, conn, id, &text, now, &mut out),
            Input::Ask { from, conn, ask } => self.ask(&from, conn, &ask, now, &mut out),
            Input::Like { n } => {
                self.likes += u64::from(n.min(20));
                self.count_dirty = true;
            }
            Input::Range { conn, epoch, from, to } => self.range(conn, &epoch, from, to, now, &mut out),
            Input::Desk { conn, on } => self.desk(conn, on, &mut out),
            Input::Asked(question) => self.asked(*question, now, &mut out),
            Input::NotAsked { id, participant, problem } => self.not_asked(id, &participant, &problem, &mut out),
            Input::Moved { question, answer } => self.moved(*question, answer.as_ref(), now, &mut out),
            Input::Show(ctl) => self.show(ctl, now),
            Input::Stock { product, variant, left, version } => self.stock(product, variant, left, version),
            Input::Decide { message, decision } => self.decide(*message, decision, now, &mut out),
            Input::Configure { settings, version } => self.configure(settings, version, now),
            Input::Silence { participant, mute } => self.silence(participant, mute, &mut out),
            Input::Enter(phase) => self.enter(phase, &mut out),
            Input::End { retry_ms } => self.end(retry_ms, now, &mut out),
            Input::Tick => {}
        }
        self.flush_due(now, &mut out);
        out
    }

    fn join(
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
        let lang = lang.unwrap_or_else(|| pass.lang.clone());
        let participant = pass.participant.clone();
        if self.viewers.insert(conn, Viewer { pass, desk: false }).is_none() {
            let mine = self.by_participant.entry(participant.clone()).or_default();
            mine.push(conn);
            if mine.len() > self.node.connections_per_participant {
                let oldest = mine.remove(0);
                self.viewers.remove(&oldest);
                out.list.push(Output::Close { to: oldest, code: code::REPLACED, reason: "too many connections" });
            }
            self.count_dirty = true;
        }
        let welcome = self.welcome(&lang, &participant, resume, now);
        for text in welcome {
            out.reply(conn, &text);
        }
    }

    fn leave(&mut self, conn: ConnId) {
        let Some(viewer) = self.viewers.remove(&conn) else { return };
        if let Some(mine) = self.by_participant.get_mut(&viewer.pass.participant) {
            mine.retain(|other| *other != conn);
            if mine.is_empty() {
                self.by_participant.remove(&viewer.pass.participant);
            }
        }
        self.count_dirty = true;
    }

    fn desk(&mut self, conn: ConnId, on: bool, out: &mut Outputs) {
        let Some(viewer) = self.viewers.get_mut(&conn) else { return };
        if !viewer.pass.crew {
            let problem = Problem::forbidden("room-crew-only");
            out.reply(conn, &Server::Nack { id: None, problem: &problem }.json());
            return;
        }
        viewer.desk = on;
        out.list.push(Output::DeskMember { conn, on });
        let (epoch, s) = (&self.epoch, self.desk_seq);
        out.reply(conn, &format!(r#"{{"op":"desk","on":{on},"e":"{epoch}","s":{s}}}"#));
    }

    /// Replaces a control value, unless a newer one is known.
    fn show(&mut self, ctl: Ctl, now: Instant) {
        if self.ctl.get(&ctl.key).is_some_and(|(version, _)| *version >= ctl.version) {
            return;
        }
        let entry = self.add(Lane::Ctl, &ctl.kind, &ctl.body, Some(ctl.key.clone()), now);
        self.ctl.insert(ctl.key, (ctl.version, entry));
    }

    /// Gives an event its number and puts it into the next frame.
    fn add(&mut self, lane: Lane, kind: &str, body: &str, key: Option<String>, now: Instant) -> Entry {
        self.seq += 1;
        let json = protocol::event(self.seq, lane, kind, body).into();
        let entry = Entry { s: self.seq, lane, at: now, json, key };
        if entry.key.is_some() {
            self.pending.retain(|earlier| earlier.key != entry.key);
        }
        self.pending.push(entry.clone());
        if lane == Lane::Ctl {
            self.ctl_since.get_or_insert(now);
        }
        self.snapshot = None;
        entry
    }

    /// Stock of products that this room shows.
    fn stock(&mut self, product: ProductId, variant: VariantId, left: i64, version: i64) {
        let product = product.to_string();
        let shown = self.ctl.values().any(|(_, entry)| entry.json.contains(&product));
        if shown {
            self.set_value(format!("stock:{variant}"), version, format!(r#"{{"left":{left}}}"#));
        }
    }

    fn set_value(&mut self, key: String, version: i64, body: String) {
        if self.values.get(&key).is_some_and(|known| known.version >= version) {
            return;
        }
        self.values.insert(key.clone(), Value { version, body });
        self.dirty.insert(key);
        self.snapshot = None;
    }

    fn configure(&mut self, settings: RoomSettings, version: i64, now: Instant) {
        self.visible = chat::Allowance::new(settings.visible_chat_per_s, now);
        self.arriving = chat::Allowance::new(settings.visible_chat_per_s * 2, now);
        self.show_settings(&settings, version, now);
        self.settings = settings;
    }

    fn show_settings(&mut self, settings: &RoomSettings, version: i64, now: Instant) {
        let slow = format!(r#"{{"seconds":{},"version":{version}}}"#, settings.slow_s);
        let notice = format!(r#"{{"text":{},"version":{version}}}"#, protocol::encode(&settings.notice));
        for (kind, body) in [("slow", slow), ("notice", notice)] {
            self.show(Ctl { key: kind.into(), kind: kind.into(), version, body: body.into() }, now);
        }
    }

    fn silence(&mut self, participant: String, mute: Option<Mute>, out: &mut Outputs) {
        if mute.is_some_and(|mute| mute.kind == MuteKind::Banned) {
            for conn in self.by_participant.get(&participant).into_iter().flatten() {
                out.list.push(Output::Close { to: *conn, code: code::BANNED, reason: "not admitted" });
            }
        }
        match mute {
            Some(mute) => self.mutes.insert(participant, mute),
            None => self.mutes.remove(&participant),
        };
    }

    fn mute_of(&self, participant: &str, now: Instant) -> Option<MuteKind> {
        let mute = self.mutes.get(participant)?;
        mute.until.is_none_or(|until| now < until).then_some(mute.kind)
    }

    fn enter(&mut self, phase: Phase, out: &mut Outputs) {
        self.phase = phase;
        if phase == Phase::Closed {
            for conn in self.viewers.keys() {
                out.list.push(Output::Close { to: *conn, code: code::CLOSED, reason: "the room is closed" });
            }
        }
    }

    fn end(&mut self, retry_ms: u64, now: Instant, out: &mut Outputs) {
        self.flush(now, out);
        let bye = Server::Bye { code: code::RESTART, retry_ms, resume: true }.json();
        let text = frame::text(&bye);
        for conn in self.viewers.keys() {
            out.list.push(Output::Reply { to: *conn, text: text.clone() });
            out.list.push(Output::Close { to: *conn, code: code::RESTART, reason: "restart" });
        }
    }

    /// Tells one participant, on every connection they have.
    fn tell(&self, participant: &str, json: &str, out: &mut Outputs) {
        let text = frame::text(json);
        for conn in self.by_participant.get(participant).into_iter().flatten() {
            out.list.push(Output::Reply { to: *conn, text: text.clone() });
        }
    }

    /// Puts an event on the desk's lane.
    fn tell_desk(&mut self, kind: &str, body: &str) {
        self.desk_seq += 1;
        let s = self.desk_seq;
        self.desk_pending.push(format!(r#"{{"s":{s},"l":"desk","k":"{kind}","d":{body}}}"#));
    }
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
