//! Running rooms: loaded at first use, driven by their deadlines, committed before acknowledged.

mod handle;
mod listen;
mod moderation;
mod questions;
mod writers;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use axum::http::Extensions;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::db::writer::Writer;
use kernel::id::EventId;
use kernel::keys::Signer;
use kernel::secret::random_bytes;
use kernel::{Actor, Clock, Db, Instant, Keys, Outbox, Problem, Right, Who};
use uuid::Uuid;

pub(crate) use self::handle::{Handle, Heard};
pub use self::questions::{Wish, may_convert};
use self::writers::{Chat, Questions};
use crate::limit::{Buckets, Rate};
use crate::room::{Input, Room, slow_down};
use crate::settings::NodeSettings;
use crate::shard::Shards;
use crate::sources::Sources;
use crate::store;
use crate::token::Pass;

/// Questions that may wait for a commit.
const QUESTION_QUEUE: usize = 128;
const QUESTION_BATCH: usize = 32;
/// How long a join token holds, and with it each connection.
const PASS_FOR: Duration = Duration::from_hours(12);
/// The crew's: who comes back with another has been looked at anew, so rights that were taken end soon.
const CREW_PASS_FOR: Duration = Duration::from_mins(30);
const TICKET_FOR: Duration = Duration::from_mins(1);
const MOST_TICKETS: usize = 100_000;
/// Handshakes a second, a second's worth at once.
const HANDSHAKES: Rate = Rate { every: Duration::from_nanos(333_333), burst: 3000 };
/// The share of one address: a hall full of people comes in at once, and a flood leaves the rest to others.
const HANDSHAKES_VIA: Rate = Rate { every: Duration::from_millis(5), burst: 600 };
/// Names an address may make up: each is a participant with a rate of its own.
const TOKENS_VIA: Rate = Rate { every: Duration::from_millis(100), burst: 600 };

/// What rooms need of the world.
pub struct RoomsSetup {
    pub db: Db,
    pub outbox: Outbox,
    pub keys: Keys,
    pub clock: Arc<dyn Clock>,
    pub node: NodeSettings,
    /// Where rooms reread what they show.
    pub sources: Arc<dyn Sources>,
    /// The address a request comes from, as the server's middleware has found it.
    pub address_of: fn(&Extensions) -> Option<IpAddr>,
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
    sources: Arc<dyn Sources>,
    address_of: fn(&Extensions) -> Option<IpAddr>,
    shards: Shards,
    open: Mutex<HashMap<EventId, Arc<Handle>>>,
    /// One is held while a room is loaded, so that it is loaded once; others load beside it.
    loading: [tokio::sync::Mutex<()>; 16],
    tickets: Mutex<HashMap<String, (Arc<Pass>, Instant)>>,
    chat: Chat,
    questions: Writer<Questions>,
    doors: Mutex<Doors>,
}

/// How fast people come in.
struct Doors {
    /// At the node.
    handshakes: Buckets,
    /// From one address.
    handshakes_via: Buckets,
    tokens_via: Buckets,
}

impl Rooms {
    /// Starts the shards and the writers. Must be called within a tokio runtime.
    pub fn start(setup: RoomsSetup) -> std::io::Result<Self> {
        let RoomsSetup { db, outbox, keys, clock, node, sources, address_of } = setup;
        let node = Arc::new(node);
        let shards = Shards::start(&node, &clock)?;
        let chat = Chat::start(db.clone());
        let job = Questions { outbox: outbox.clone() };
        let questions = Writer::start_with(db.clone(), job, QUESTION_QUEUE, QUESTION_BATCH);
        let inner = Arc::new(Inner {
            db,
            outbox,
            signer: keys.signer("room"),
            clock,
            node,
            sources,
            address_of,
            shards,
            open: Mutex::default(),
            loading: Default::default(),
            tickets: Mutex::default(),
            chat,
            questions,
            doors: Mutex::new(Doors {
                handshakes: Buckets::new(HANDSHAKES),
                handshakes_via: Buckets::new(HANDSHAKES_VIA),
                tokens_via: Buckets::new(TOKENS_VIA),
            }),
        });
        tokio::spawn(let_go_of_idle(Arc::downgrade(&inner)));
        Ok(Self(inner))
    }

    /// Lets go of rooms that nobody is in or has come for of late: what they show is kept, or reread.
    fn let_go(&self) {
        let after = self.0.node.idle_for;
        self.open().retain(|_, room| Arc::strong_count(room) > 1 || !room.is_idle(after));
    }

    pub(crate) fn now(&self) -> Instant {
        self.0.clock.now()
    }

    /// The room of an event, loaded if it is not yet open here.
    pub(crate) async fn room(&self, event: EventId) -> Result<Arc<Handle>, Problem> {
        if let Some(open) = self.used(event) {
            return Ok(open);
        }
        let stripe = event.uuid().as_u128() % self.0.loading.len() as u128;
        let _one_at_a_time = self.0.loading[usize::try_from(stripe).unwrap_or_default()].lock().await;
        if let Some(open) = self.used(event) {
            return Ok(open);
        }
        let conn = self.0.db.read();
        self.refresh(event).await;
        let known = store::room(conn, event).await?.ok_or_else(|| Problem::not_found("room-unknown"))?;
        let loaded = store::load(conn, event, &known).await?;
        let epoch = URL_SAFE_NO_PAD.encode(random_bytes::<6>());
        let room = Room::new(event, epoch, Arc::clone(&self.0.node), loaded, self.now());
        let handle = Handle::start(room, known.org, self);
        self.open().insert(event, Arc::clone(&handle));
        // Again, now that the room hears it: stock is kept nowhere else, and something may have happened meanwhile.
        self.refresh(event).await;
        Ok(handle)
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<EventId, Arc<Handle>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open room that somebody comes for.
    fn used(&self, event: EventId) -> Option<Arc<Handle>> {
        self.opened(event).inspect(|room| room.use_now())
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
        from: Option<IpAddr>,
    ) -> Result<(String, Pass), Problem> {
        let room = self.room(event).await?;
        let via = self.via(from);
        if actor.who == Who::Anyone && !via.is_empty() {
            let mut doors = self.doors();
            doors.tokens_via.take(&via.as_str().into(), self.now()).map_err(slow_down)?;
        }
        let own = kernel::text::clean_line(&actor.name);
        let (participant, wanted) = match participant(actor) {
            Some(participant) => (participant, own),
            None => (format!("anyone:{}", Uuid::now_v7()), kernel::text::clean_line(name.unwrap_or_default())),
        };
        let known = matches!(actor.who, Who::Buyer { .. });
        let crew = actor.require(Right::SeeDesk).is_ok_and(|org| org == room.org);
        let pass = Pass {
            event,
            participant,
            name: wanted.chars().take(40).collect(),
            lang: lang.to_owned(),
            crew,
            known,
            via,
            expires: self.now() + if crew { CREW_PASS_FOR } else { PASS_FOR },
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
    pub(crate) fn admits_one_more(&self, from: Option<IpAddr>) -> bool {
        let (via, now) = (self.via(from), self.now());
        let mut doors = self.doors();
        let fair = via.is_empty() || doors.handshakes_via.take(&via.into(), now).is_ok();
        fair && doors.handshakes.take(&Arc::from("node"), now).is_ok()
    }

    fn doors(&self) -> std::sync::MutexGuard<'_, Doors> {
        self.0.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn address(&self, extensions: &Extensions) -> Option<IpAddr> {
        (self.0.address_of)(extensions)
    }

    /// A tag of an address that does not tell it: of the network half, where one household has so many. Empty for this
    /// machine, where a proxy that nobody named speaks for all.
    fn via(&self, from: Option<IpAddr>) -> String {
        let network = match from.map(|address| address.to_canonical()) {
            Some(address) if address.is_loopback() => return String::new(),
            Some(IpAddr::V4(address)) => address.octets().to_vec(),
            Some(IpAddr::V6(address)) => address.octets()[..8].to_vec(),
            None => return String::new(),
        };
        let tag = self.0.signer.sign(&[b"via", &network[..]].concat());
        URL_SAFE_NO_PAD.encode(tag.iter().copied().take(6).collect::<Vec<u8>>())
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
        }
        self.0.shards.stop().await;
        if tokio::time::timeout(Duration::from_secs(5), self.0.chat.saved()).await.is_err() {
            tracing::warn!("the last chat could not be saved in time");
        }
    }
}

async fn let_go_of_idle(rooms: Weak<Inner>) {
    while let Some(inner) = rooms.upgrade() {
        let every = inner.node.idle_for / 2;
        Rooms(inner).let_go();
        tokio::time::sleep(every).await;
    }
}

/// Who somebody is on all of their connections; a stranger is nobody.
fn participant(actor: &Actor) -> Option<String> {
    match actor.who {
        Who::Person(person) => Some(format!("person:{person}")),
        Who::Buyer { contact, .. } => Some(format!("buyer:{contact}")),
        Who::Guest(guest) => Some(format!("guest:{guest}")),
        Who::Anyone => None,
    }
}
