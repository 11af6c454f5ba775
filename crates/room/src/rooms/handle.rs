//! One open room: the core behind a lock, the task that keeps its deadlines, and the way of its outputs.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kernel::id::{EventId, MessageId, OrgId};
use kernel::keys::Signer;
use kernel::{Clock, Instant, Problem};
use tokio::sync::{Notify, mpsc};

use kernel::db::writer::Writer;

use super::Rooms;
use super::writers::{Chat, Kept, Questions};
use crate::protocol::{Client, Resume, Server};
use crate::question::Question;
use crate::room::{Acknowledged, Asking, ConnId, Input, Output, Outputs, Room, Tongue};
use crate::shard::{Command, Door, Shards};
use crate::token::Pass;
use crate::ws::frame;

/// The shard number of event streams, which no shard holds.
const STREAMS: u16 = u16::MAX;
/// How long chat by HTTP waits for the database before it is told to come again.
const SAVED_WITHIN: Duration = Duration::from_secs(10);
const TICK_AT_LEAST: Duration = Duration::from_mins(1);
/// Frames that may wait for an event stream before it is ended.
const STREAM_QUEUE: usize = 64;

pub(crate) struct Handle {
    pub(crate) org: OrgId,
    event: EventId,
    room: Mutex<Room>,
    /// When somebody last came for it.
    used: Mutex<Instant>,
    due: Arc<Notify>,
    /// More chat is saved.
    saved: Notify,
    shards: Shards,
    streams: Mutex<HashMap<u64, Listener>>,
    next_stream: AtomicU64,
    signer: Signer,
    clock: Arc<dyn Clock>,
    chat: Chat,
    questions: Writer<Questions>,
    runtime: tokio::runtime::Handle,
    this: std::sync::Weak<Self>,
}

/// An event stream, and the language it is read in.
struct Listener {
    heard: mpsc::Sender<Heard>,
    tongue: Tongue,
}

impl Listener {
    /// Says the last words; one that lags just ends.
    fn end(self, words: &frame::Text) {
        let _full = self.heard.try_send(Heard(words.clone()));
    }
}

/// The close code, for those whose stream cannot carry one.
fn bye(code: u16) -> frame::Text {
    frame::text(&Server::Bye { code, retry_ms: 0, resume: false }.json())
}

/// What an event stream carries.
#[derive(Clone, Debug)]
pub(crate) struct Heard(pub(crate) frame::Text);

impl Handle {
    /// Makes the handle and starts the task that keeps the room's deadlines, until the handle is let go.
    pub(super) fn start(room: Room, org: OrgId, rooms: &Rooms) -> Arc<Self> {
        let inner = &rooms.0;
        let handle = Arc::new_cyclic(|this| Self {
            org,
            event: room.event(),
            room: Mutex::new(room),
            used: Mutex::new(inner.clock.now()),
            due: Arc::default(),
            saved: Notify::new(),
            shards: inner.shards.clone(),
            streams: Mutex::default(),
            next_stream: AtomicU64::new(1),
            signer: inner.signer.clone(),
            clock: Arc::clone(&inner.clock),
            chat: inner.chat.clone(),
            questions: inner.questions.clone(),
            runtime: tokio::runtime::Handle::current(),
            this: this.clone(),
        });
        tokio::spawn(keep_deadlines(Arc::downgrade(&handle), Arc::clone(&handle.due)));
        handle
    }

    pub(super) fn use_now(&self) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) = self.clock.now();
    }

    /// Whether nobody has come for it for so long, and nothing is to be done.
    pub(super) fn is_idle(&self, after: Duration) -> bool {
        let used = *self.used.lock().unwrap_or_else(PoisonError::into_inner);
        self.clock.now().since(used) >= after && self.lock().next_deadline().is_none()
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the room an input; what follows is on its way when this returns. A question that wants to be
    /// committed is committed on a task of its own.
    pub(crate) fn on(&self, input: Input) -> Option<Problem> {
        let (refusal, questions) = self.apply(input);
        for question in questions {
            if let Some(this) = self.this.upgrade() {
                self.runtime.spawn(async move { this.commit(question).await });
            }
        }
        refusal
    }

    /// As [`Self::on`], and waits for the commit.
    pub(crate) async fn on_and_commit(&self, input: Input) -> Result<(), Problem> {
        let (refusal, questions) = self.apply(input);
        if let Some(problem) = refusal {
            return Err(problem);
        }
        for question in questions {
            self.commit(question).await?;
        }
        Ok(())
    }

    /// Says something for somebody without a connection, and waits until it is saved.
    pub(crate) async fn say_and_save(
        &self,
        from: Arc<Pass>,
        id: MessageId,
        text: String,
    ) -> Result<Acknowledged, Problem> {
        if let Some(problem) = self.on(Input::Say { from, conn: None, id, text }) {
            return Err(problem);
        }
        let until = tokio::time::Instant::now() + SAVED_WITHIN;
        loop {
            let news = self.saved.notified();
            if let Some(acknowledged) = self.lock().acknowledged(id) {
                return Ok(acknowledged);
            }
            tokio::time::timeout_at(until, news).await.map_err(|_late| Problem::unavailable("room-unavailable"))?;
        }
    }

    /// A message is in the database.
    pub(super) fn saved(&self, id: MessageId) {
        self.on(Input::Saved { id });
        self.saved.notify_waiters();
    }

    fn apply(&self, input: Input) -> (Option<Problem>, Vec<Question>) {
        let mut room = self.lock();
        if let Input::Say { conn, id, .. } = &input
            && self.chat.is_full()
        {
            let problem = Problem::unavailable("room-unavailable");
            let nack = Server::Nack { id: Some(id.uuid()), problem: &problem }.json();
            conn.map(|conn| self.reply(conn, frame::text(&nack)));
            return (Some(problem), Vec::new());
        }
        let outputs = room.on(input, self.clock.now());
        let refusal = outputs.refusal.clone();
        // Still under the lock: frames must reach every shard in the order of their numbers.
        let questions = self.carry_out(outputs);
        let waits = room.next_deadline().is_some();
        drop(room);
        if waits {
            self.due.notify_one();
        }
        (refusal, questions)
    }

    fn carry_out(&self, outputs: Outputs) -> Vec<Question> {
        let mut questions = Vec::new();
        for output in outputs.list {
            match output {
                Output::Reply { to, text } => self.reply(to, text),
                Output::Close { to, code, reason } if to.shard != STREAMS => {
                    self.shards.send(to.shard, Command::Close { conn: to.number, code, reason });
                }
                Output::Close { to, code, .. } => {
                    if let Some(stream) = self.streams().remove(&to.number) {
                        stream.end(&bye(code));
                    }
                }
                Output::Tick(frame) => {
                    self.shards.tick(self.event, &frame);
                    let text = |stream: &Listener| Heard(frame.of(stream.tongue).full.clone());
                    self.streams().retain(|_, stream| stream.heard.try_send(text(stream)).is_ok());
                }
                Output::Reads { conn, tongue } if conn.shard == STREAMS => {
                    if let Some(stream) = self.streams().get_mut(&conn.number) {
                        stream.tongue = tongue;
                    }
                }
                Output::Reads { conn, tongue } => {
                    self.shards.send(conn.shard, Command::Reads { conn: conn.number, tongue });
                }
                Output::Part { words, code, reason } => self.part(words.as_ref(), code, reason),
                Output::DeskTick(frame) => self.shards.desk_tick(self.event, &frame),
                Output::DeskMember { conn, on } => {
                    self.shards.send(conn.shard, Command::DeskMember { conn: conn.number, on });
                }
                Output::Persist(message) => self.chat.save(*message, self.this.clone()),
                Output::Commit(question) => questions.push(*question),
            }
        }
        questions
    }

    /// Says the last words to everybody and ends every connection.
    fn part(&self, words: Option<&frame::Text>, code: u16, reason: &'static str) {
        self.shards.part(self.event, words.map_or(&[][..], |words| words.bytes()), code, reason);
        let last = words.cloned().unwrap_or_else(|| bye(code));
        for (_, stream) in self.streams().drain() {
            stream.end(&last);
        }
    }

    fn reply(&self, to: ConnId, text: frame::Text) {
        if to.shard == STREAMS {
            if let Some(stream) = self.streams().get(&to.number) {
                let _full_ones_end_with_the_next_frame = stream.heard.try_send(Heard(text));
            }
            return;
        }
        self.shards.send(to.shard, Command::Reply { conn: to.number, bytes: text.bytes().clone() });
    }

    async fn commit(&self, question: Question) -> Result<(), Problem> {
        let (id, participant) = (question.id, question.participant.clone());
        let problem = match self.questions.submit(question.clone()).await {
            Ok(Kept::Kept) => {
                self.on(Input::Asked(Box::new(question)));
                return Ok(());
            }
            Ok(Kept::Known(known)) if known.participant == participant && known.event == self.event => {
                self.on(Input::Asked(known));
                return Ok(());
            }
            Ok(Kept::Known(_)) => Problem::conflict("room-id-taken"),
            Err(cause) => {
                tracing::warn!(%cause, "a question was refused");
                Problem::unavailable("room-unavailable")
            }
        };
        self.on(Input::NotAsked { id, participant, problem: problem.clone() });
        Err(problem)
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<u64, Listener>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins by an event stream.
    pub(crate) fn stream(&self, pass: Arc<Pass>, resume: Option<Resume>) -> (ConnId, mpsc::Receiver<Heard>) {
        let (sender, receiver) = mpsc::channel(STREAM_QUEUE);
        let conn = ConnId { shard: STREAMS, number: self.next_stream.fetch_add(1, Ordering::Relaxed) };
        self.streams().insert(conn.number, Listener { heard: sender, tongue: Tongue::default() });
        self.on(Input::Join { conn, pass, lang: None, resume });
        (conn, receiver)
    }

    pub(crate) fn end_stream(&self, conn: ConnId) {
        self.streams().remove(&conn.number);
        self.on(Input::Leave { conn });
    }
}

impl Door for Handle {
    fn event(&self) -> EventId {
        self.event
    }

    fn join(&self, conn: ConnId, token: &str, lang: Option<String>, resume: Option<Resume>) -> Option<Arc<Pass>> {
        let pass = Arc::new(Pass::read(token, &self.signer, self.event, self.clock.now())?);
        let lang = lang.filter(|lang| lang.len() <= 35);
        self.on(Input::Join { conn, pass: Arc::clone(&pass), lang, resume });
        Some(pass)
    }

    fn hear(&self, conn: ConnId, pass: &Arc<Pass>, message: Client) {
        let from = Arc::clone(pass);
        let input = match message {
            Client::Chat { id, text } => Input::Say { from, conn: Some(conn), id, text },
            Client::Ask { id, text, product, at_ms, private } => {
                Input::Ask { from, conn: Some(conn), ask: Asking { id, text, product, at_ms, private } }
            }
            Client::Like { n } => Input::Like { n },
            Client::Range { e, from, to } => Input::Range { conn, epoch: e, from, to },
            Client::Desk { on } => Input::Desk { conn, on },
            Client::Set { lang: Some(lang) } if lang.len() <= 35 => Input::Speak { conn, lang },
            Client::Set { .. } | Client::Join { .. } => return,
        };
        self.on(input);
    }

    fn caught_up(&self, conn: ConnId) {
        self.on(Input::CaughtUp { conn });
    }

    fn left(&self, conn: ConnId) {
        self.on(Input::Leave { conn });
    }
}

/// Ticks the room whenever it is due, and now and then besides: the clock may have been set back.
async fn keep_deadlines(handle: std::sync::Weak<Handle>, due: Arc<Notify>) {
    while let Some(room) = handle.upgrade() {
        let (now, next) = (room.clock.now(), room.lock().next_deadline());
        let wait = next.map_or(TICK_AT_LEAST, |next| next.since(now).min(TICK_AT_LEAST));
        drop(room); // one that only waits may be let go
        let early = !wait.is_zero() && tokio::time::timeout(wait, due.notified()).await.is_ok();
        if !early && let Some(room) = handle.upgrade() {
            room.on(Input::Tick);
        }
    }
}
