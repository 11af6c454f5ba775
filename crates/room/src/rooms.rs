//! Running rooms: loaded at first use, driven by their deadlines, committed before acknowledged.

mod handle;
mod listen;
mod moderation;
mod questions;
mod writers;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kernel::db::writer::Writer;
use kernel::id::EventId;
use kernel::keys::Signer;
use kernel::secret::random_bytes;
use kernel::{Actor, Clock, Db, Instant, Keys, Outbox, Problem, Right, Who};
use tokio::sync::mpsc;
use uuid::Uuid;

pub(crate) use self::handle::{Handle, Heard};
pub use self::questions::Wish;
use self::writers::Questions;
use crate::limit::{Buckets, Rate};
use crate::room::{Input, Message, Room};
use crate::settings::NodeSettings;
use crate::shard::Shards;
use crate::store;
use crate::token::Pass;

/// Chat that may wait for the database; beyond it chat is refused until the database recovers.
const CHAT_QUEUE: usize = 20_000;
/// Questions that may wait for a commit.
const QUESTION_QUEUE: usize = 128;
const QUESTION_BATCH: usize = 32;
/// How long a join token holds.
const PASS_FOR: Duration = Duration::from_hours(12);
const TICKET_FOR: Duration = Duration::from_mins(1);
const MOST_TICKETS: usize = 100_000;
/// Handshakes a second, a second's worth at once.
const HANDSHAKES: Rate = Rate { every: Duration::from_nanos(333_333), burst: 3000 };

/// What rooms need of the world.
pub struct RoomsSetup {
    pub db: Db,
    pub outbox: Outbox,
    pub keys: Keys,
    pub clock: Arc<dyn Clock>,
    pub node: NodeSettings,
}

/// All rooms of this node. Cloning is cheap.
#[derive(Clone)]
pub struct Rooms(Arc<Inner>);

struct Inner {
    db: Db,
    outbox: Outbox,
    signer: Signer,
    clock: Arc<dyn Clock>,
    node: Arc<NodeSettings>,
    shards: Shards,
    open: Mutex<HashMap<EventId, Arc<Handle>>>,
    /// Held while a room is loaded, so that it is loaded once.
    loading: tokio::sync::Mutex<()>,
    tickets: Mutex<HashMap<String, (Arc<Pass>, Instant)>>,
    chat: mpsc::Sender<Message>,
    questions: Writer<Questions>,
    handshakes: Mutex<Buckets>,
}

impl Rooms {
    /// Starts the shards and the writers. Must be called within a tokio runtime.
    pub fn start(setup: RoomsSetup) -> std::io::Result<Self> {
        let RoomsSetup { db, outbox, keys, clock, node } = setup;
        let shards = Shards::start(node.shards, node.send_buffer_bytes, &clock)?;
        let (chat, waiting) = mpsc::channel(CHAT_QUEUE);
        tokio::spawn(writers::save_chat(db.clone(), waiting));
        let job = Questions { outbox: outbox.clone() };
        let questions = Writer::start_with(db.clone(), job, QUESTION_QUEUE, QUESTION_BATCH);
        Ok(Self(Arc::new(Inner {
            db,
            outbox,
            signer: keys.signer("room"),
            clock,
            node: Arc::new(node),
            shards,
            open: Mutex::default(),
            loading: tokio::sync::Mutex::default(),
            tickets: Mutex::default(),
            chat,
            questions,
            handshakes: Mutex::new(Buckets::new(HANDSHAKES)),
        })))
    }

    pub(crate) fn now(&self) -> Instant {
        self.0.clock.now()
    }

    /// The room of an event, loaded if it is not yet open here.
    pub(crate) async fn room(&self, event: EventId) -> Result<Arc<Handle>, Problem> {
        if let Some(open) = self.opened(event) {
            return Ok(open);
        }
        let _one_at_a_time = self.0.loading.lock().await;
        if let Some(open) = self.opened(event) {
            return Ok(open);
        }
        let conn = self.0.db.read();
        let known = store::room(conn, event).await?.ok_or_else(|| Problem::not_found("room-unknown"))?;
        let loaded = store::load(conn, event, &known).await?;
        let epoch = hex(random_bytes::<6>());
        let room = Room::new(event, epoch, Arc::clone(&self.0.node), loaded, self.now());
        let handle = Handle::start(room, known.org, self);
        self.open().insert(event, Arc::clone(&handle));
        Ok(handle)
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<EventId, Arc<Handle>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn opened(&self, event: EventId) -> Option<Arc<Handle>> {
        self.open().get(&event).cloned()
    }

    pub(crate) fn all_opened(&self) -> Vec<Arc<Handle>> {
        self.open().values().cloned().collect()
    }

    /// A room of the actor's own organisation, for those with a right to it.
    pub(crate) async fn crew_room(&self, actor: &Actor, event: EventId, right: Right) -> Result<Arc<Handle>, Problem> {
        let org = actor.require(right)?;
        let room = self.room(event).await?;
        if room.org == org { Ok(room) } else { Err(Problem::not_found("room-unknown")) }
    }

    /// Signs a join token for whoever asks: with the name and rights they have, or to watch only.
    pub(crate) async fn admit(
        &self,
        actor: &Actor,
        event: EventId,
        lang: &str,
        name: Option<&str>,
    ) -> Result<(String, Pass), Problem> {
        let room = self.room(event).await?;
        let own = kernel::text::clean_line(&actor.name);
        let (participant, known, wanted) = match actor.who {
            Who::Person(person) => (format!("person:{person}"), false, own),
            Who::Buyer { contact, .. } => (format!("buyer:{contact}"), true, own),
            Who::Guest(guest) => (format!("guest:{guest}"), false, own),
            Who::Anyone => {
                let name = kernel::text::clean_line(name.unwrap_or_default());
                (format!("anyone:{}", Uuid::now_v7()), false, name)
            }
        };
        let pass = Pass {
            event,
            participant,
            name: wanted.chars().take(40).collect(),
            lang: lang.to_owned(),
            crew: actor.require(Right::SeeDesk).is_ok_and(|org| org == room.org),
            known,
            expires: self.now() + PASS_FOR,
        };
        Ok((pass.sign(&self.0.signer), pass))
    }

    pub(crate) fn pass(&self, token: &str, event: EventId) -> Result<Pass, Problem> {
        let pass = Pass::read(token, &self.0.signer, event, self.now());
        pass.ok_or_else(|| Problem::unauthorized("room-token"))
    }

    /// A single-use ticket, for clients that cannot send headers.
    pub(crate) fn ticket(&self, pass: Pass) -> Result<String, Problem> {
        let now = self.now();
        let mut tickets = self.0.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        tickets.retain(|_, (_, until)| now < *until);
        if tickets.len() >= MOST_TICKETS {
            return Err(Problem::unavailable("room-unavailable"));
        }
        let ticket = kernel::secret::random_token::<16>().expose().clone();
        tickets.insert(ticket.clone(), (Arc::new(pass), now + TICKET_FOR));
        Ok(ticket)
    }

    pub(crate) fn redeem(&self, ticket: &str, event: EventId) -> Option<Arc<Pass>> {
        let mut tickets = self.0.tickets.lock().unwrap_or_else(PoisonError::into_inner);
        let (pass, until) = tickets.remove(ticket)?;
        (pass.event == event && self.now() < until).then_some(pass)
    }

    pub(crate) fn shards(&self) -> &Shards {
        &self.0.shards
    }

    pub(crate) fn node(&self) -> &NodeSettings {
        &self.0.node
    }

    /// Whether one more handshake fits into this second.
    pub(crate) fn admits_one_more(&self) -> bool {
        let mut handshakes = self.0.handshakes.lock().unwrap_or_else(PoisonError::into_inner);
        handshakes.take(&Arc::from("node"), self.now()).is_ok()
    }

    /// Connections held by this node.
    pub fn connections(&self) -> usize {
        self.0.shards.connections()
    }

    /// Tells everybody when to come back, closes with 1012, and ends the shards.
    pub async fn shutdown(&self) {
        let retry_ms = (self.connections() as u64 / 3).clamp(1_000, 60_000);
        for room in self.all_opened() {
            room.on(Input::End { retry_ms });
            room.end_streams();
        }
        self.0.shards.stop().await;
        self.drain_chat().await;
    }

    /// Waits until the chat said so far is with the database, for a moment at most.
    async fn drain_chat(&self) {
        for _ in 0..40 {
            if self.0.chat.capacity() == CHAT_QUEUE {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn hex(bytes: [u8; 6]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _infallible = write!(out, "{byte:02x}");
        out
    })
}
