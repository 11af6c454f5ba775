//! The thread of a shard: takes commands, writes rounds, and buries what has ended.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use kernel::Clock;
use kernel::http::Place;
use kernel::id::EventId;
use tokio::sync::mpsc;

use super::conn::Conn;
use super::waiting::Waiting;
use super::{Command, Door};
use crate::room::ConnId;
use crate::settings::NodeSettings;

/// Commands taken before a round.
const AT_ONCE: usize = 4096;
/// Connections written to before others get a turn.
const WRITES_AT_ONCE: usize = 256;
/// How often connections are looked over for pings, deadlines and the departed, at least.
const SWEEP: Duration = Duration::from_millis(500);

pub(super) struct Worker {
    number: u16,
    node: Arc<NodeSettings>,
    clock: Arc<dyn Clock>,
    /// Shared with those who look for the shard with the fewest.
    connections: Arc<AtomicUsize>,
    next: u64,
    conns: HashMap<u64, Rc<Conn>>,
    rooms: HashMap<EventId, Vec<Rc<Conn>>>,
    waiting: HashMap<EventId, Waiting>,
    closing: Vec<(u64, u16, &'static str)>,
    parting: Vec<(EventId, Bytes)>,
    /// Connections whose reader has ended.
    ended: Rc<RefCell<Vec<u64>>>,
}

impl Worker {
    pub(super) fn new(
        number: u16,
        node: Arc<NodeSettings>,
        clock: Arc<dyn Clock>,
        connections: Arc<AtomicUsize>,
    ) -> Self {
        Self {
            number,
            node,
            clock,
            connections,
            next: 1,
            conns: HashMap::new(),
            rooms: HashMap::new(),
            waiting: HashMap::new(),
            closing: Vec::new(),
            parting: Vec::new(),
            ended: Rc::default(),
        }
    }

    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut sweep = tokio::time::interval(SWEEP.min(self.node.blocked_for / 2).max(Duration::from_millis(1)));
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut taken = Vec::with_capacity(64);
        loop {
            tokio::select! {
                count = queue.recv_many(&mut taken, AT_ONCE) => if count == 0 { break },
                _ = sweep.tick() => self.sweep(),
            }
            let mut stop = false;
            for command in taken.drain(..) {
                stop |= matches!(command, Command::Stop);
                self.take(command);
            }
            self.rounds().await;
            self.close_those_told();
            self.bury();
            if stop {
                self.part().await;
                break;
            }
        }
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Accept { socket, early, door, place } => self.accept(socket, early, door, place),
            Command::Tick { event, tick } => self.waiting.entry(event).or_default().push(tick),
            Command::DeskTick { event, frame } => self.waiting.entry(event).or_default().push_desk(frame),
            Command::Reply { conn, bytes } => self.with(conn, |conn| conn.reply(bytes)),
            Command::Close { conn, code, reason } => self.closing.push((conn, code, reason)),
            Command::DeskMember { conn, on } => self.with(conn, |conn| conn.desk.set(on)),
            Command::Reads { conn, tongue } => self.with(conn, |conn| conn.tongue.set(tongue)),
            Command::Part { event, frames } => self.parting.push((event, frames)),
            Command::Stop => {}
        }
    }

    fn with(&self, conn: u64, what: impl FnOnce(&Rc<Conn>)) {
        if let Some(conn) = self.conns.get(&conn) {
            what(conn);
        }
    }

    fn accept(&mut self, socket: std::net::TcpStream, early: Bytes, door: Arc<dyn Door>, place: Option<Place>) {
        let number = self.next;
        self.next += 1;
        let id = ConnId { shard: self.number, number };
        let event = door.event();
        match Conn::new(id, socket, door, Arc::clone(&self.node), Arc::clone(&self.clock)) {
            Ok(conn) => {
                let conn = Rc::new(conn);
                self.conns.insert(number, Rc::clone(&conn));
                let room = self.rooms.entry(event).or_default();
                conn.place.set(room.len());
                room.push(Rc::clone(&conn));
                let ended = Rc::clone(&self.ended);
                tokio::task::spawn_local(async move {
                    conn.read(&early).await;
                    ended.borrow_mut().push(number);
                    drop(place);
                });
            }
            Err(cause) => {
                tracing::debug!(%cause, "a socket could not be taken over");
                self.connections.fetch_sub(1, Ordering::Relaxed);
            }
        }
    }

    /// Writes all that waits, once to each connection.
    async fn rounds(&mut self) {
        for (event, waiting) in self.waiting.drain() {
            let Some(conns) = self.rooms.get(&event) else { continue };
            let began = std::time::Instant::now();
            let rounds = waiting.rounds();
            for some in conns.chunks(WRITES_AT_ONCE) {
                let now = self.clock.now();
                for conn in some.iter().filter(|conn| conn.is_live()) {
                    conn.round(rounds.public(conn.tongue.get()), now);
                    if conn.desk.get() {
                        conn.round(&rounds.desk, now);
                    }
                }
                if conns.len() > WRITES_AT_ONCE {
                    tokio::task::yield_now().await;
                }
            }
            metrics::counter!("livefair_room_writes_total").increment(conns.len() as u64);
            metrics::histogram!("livefair_room_round_seconds").record(began.elapsed().as_secs_f64());
        }
    }

    /// After the rounds, so that what was said before is read before the close.
    fn close_those_told(&mut self) {
        for (conn, code, reason) in std::mem::take(&mut self.closing) {
            self.with(conn, |conn| conn.close(code, reason));
        }
        for (event, frames) in self.parting.drain(..) {
            for conn in self.rooms.get(&event).into_iter().flatten() {
                conn.part(&frames);
            }
        }
    }

    fn sweep(&mut self) {
        let now = self.clock.now();
        for conn in self.conns.values() {
            conn.look_over(now);
        }
        #[expect(clippy::cast_precision_loss, reason = "there are fewer connections than 2^52")]
        metrics::gauge!("livefair_room_connections", "shard" => self.number.to_string()).set(self.conns.len() as f64);
        self.bury();
    }

    /// Forgets connections whose reader has ended.
    fn bury(&mut self) {
        for number in self.ended.take() {
            let Some(conn) = self.conns.remove(&number) else { continue };
            self.connections.fetch_sub(1, Ordering::Relaxed);
            let event = conn.door.event();
            if let Some(conns) = self.rooms.get_mut(&event) {
                let place = conn.place.get();
                conns.swap_remove(place);
                if let Some(moved) = conns.get(place) {
                    moved.place.set(place);
                }
                if conns.is_empty() {
                    self.rooms.remove(&event);
                }
            }
            conn.door.left(conn.id);
        }
    }

    /// Waits a moment for peers to answer the close frames.
    async fn part(&mut self) {
        for _ in 0..20 {
            self.bury();
            if self.conns.is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
