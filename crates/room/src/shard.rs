//! Shards: one thread per core that holds sockets and writes frames. A frame is encoded once; a round writes it to
//! every connection of the room. Whatever arrives during a round leaves together in the next one's single write,
//! which is what carries a busy room: a write costs the same for one message as for ten.

mod conn;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kernel::Clock;
use kernel::id::EventId;
use tokio::sync::mpsc;
use tokio::task::LocalSet;

use self::conn::Conn;
use crate::pending::Round;
use crate::protocol::{Client, Resume};
use crate::room::{ConnId, Frame};
use crate::token::Pass;

/// Commands that may wait for a shard. A frame that finds no place is lost to that shard's viewers, who see the
/// gap in the numbers and ask for the range.
const QUEUE: usize = 16 * 1024;
/// Commands taken before a round.
const AT_ONCE: usize = 4096;
/// Connections written to before others get a turn.
const WRITES_AT_ONCE: usize = 256;
/// How often connections are looked over for pings, deadlines and the departed.
const SWEEP: Duration = Duration::from_millis(500);

/// What a connection talks to: the room behind it.
pub(crate) trait Door: Send + Sync {
    fn event(&self) -> EventId;
    /// Admits a connection by its token.
    fn join(&self, conn: ConnId, token: &str, lang: Option<String>, resume: Option<Resume>) -> Option<Arc<Pass>>;
    /// Takes a message of an admitted connection.
    fn hear(&self, conn: ConnId, pass: &Arc<Pass>, message: Client);
    fn left(&self, conn: ConnId);
}

pub(crate) enum Command {
    Accept { socket: std::net::TcpStream, early: Bytes, door: Arc<dyn Door> },
    Tick { event: EventId, frame: Arc<Frame> },
    DeskTick { event: EventId, frame: Arc<Frame> },
    Reply { conn: u64, bytes: Bytes },
    Close { conn: u64, code: u16, reason: &'static str },
    DeskMember { conn: u64, on: bool },
    Stop,
}

struct Shard {
    commands: mpsc::Sender<Command>,
    connections: Arc<AtomicUsize>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// All shards of a node.
#[derive(Clone)]
pub(crate) struct Shards {
    shards: Arc<[Shard]>,
    send_buffer_bytes: usize,
}

impl Shards {
    /// Starts the threads.
    pub(crate) fn start(count: usize, send_buffer_bytes: usize, clock: &Arc<dyn Clock>) -> std::io::Result<Self> {
        let shards = (0..count.max(1)).map(|at| start_one(at, Arc::clone(clock))).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { shards: shards.into(), send_buffer_bytes })
    }

    /// Gives a socket to the shard with the fewest connections.
    pub(crate) fn accept(&self, socket: std::net::TcpStream, early: Bytes, door: Arc<dyn Door>) -> std::io::Result<()> {
        let options = socket2::SockRef::from(&socket);
        options.set_tcp_nodelay(true)?;
        options.set_send_buffer_size(self.send_buffer_bytes)?;
        #[cfg(target_os = "linux")]
        {
            options.set_tcp_user_timeout(Some(Duration::from_secs(30)))?;
            // Unsent bytes the kernel takes at most, so that a slow reader is seen here and not there.
            options.set_tcp_notsent_lowat(16 * 1024)?;
        }
        let fewest = self.shards.iter().min_by_key(|shard| shard.connections.load(Ordering::Relaxed));
        let Some(shard) = fewest else { return Ok(()) };
        let accept = Command::Accept { socket, early, door };
        shard.commands.try_send(accept).map_err(|_full| std::io::Error::other("the shard takes no more"))?;
        shard.connections.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Hands a command to the shard of a connection.
    pub(crate) fn send(&self, shard: u16, command: Command) {
        if let Some(shard) = self.shards.get(usize::from(shard)) {
            shard.send(command);
        }
    }

    pub(crate) fn tick(&self, event: EventId, frame: &Arc<Frame>) {
        for shard in &*self.shards {
            shard.send(Command::Tick { event, frame: Arc::clone(frame) });
        }
    }

    pub(crate) fn desk_tick(&self, event: EventId, frame: &Arc<Frame>) {
        for shard in &*self.shards {
            shard.send(Command::DeskTick { event, frame: Arc::clone(frame) });
        }
    }

    pub(crate) fn connections(&self) -> usize {
        self.shards.iter().map(|shard| shard.connections.load(Ordering::Relaxed)).sum()
    }

    /// Ends the threads, after what was queued before has been written.
    pub(crate) async fn stop(&self) {
        for shard in &*self.shards {
            let _already_ended = shard.commands.send(Command::Stop).await;
        }
        let threads: Vec<_> = self.shards.iter().filter_map(|shard| shard.thread.lock().ok()?.take()).collect();
        let _joined =
            tokio::task::spawn_blocking(move || threads.into_iter().for_each(|thread| drop(thread.join()))).await;
    }
}

impl Shard {
    fn send(&self, command: Command) {
        if self.commands.try_send(command).is_err() {
            metrics::counter!("livefair_room_shard_dropped_total").increment(1);
        }
    }
}

fn start_one(at: usize, clock: Arc<dyn Clock>) -> std::io::Result<Shard> {
    let (commands, queue) = mpsc::channel(QUEUE);
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let number = u16::try_from(at).map_err(std::io::Error::other)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let work = move || {
        let worker = Worker::new(number, clock, counted);
        runtime.block_on(LocalSet::new().run_until(worker.run(queue)));
    };
    let thread = std::thread::Builder::new().name(format!("room-{at}")).spawn(work)?;
    Ok(Shard { commands, connections, thread: Mutex::new(Some(thread)) })
}

/// Frames that wait for the next round of one room.
#[derive(Default)]
struct Waiting {
    full: BytesMut,
    ctl_only: BytesMut,
    desk: BytesMut,
    only: Option<Arc<Frame>>,
}

impl Waiting {
    fn push(&mut self, frame: Arc<Frame>) {
        if self.full.is_empty() && self.only.is_none() {
            self.only = Some(frame); // one frame alone is shared as it is, not copied
            return;
        }
        for frame in self.only.take().into_iter().chain([frame]) {
            self.full.extend_from_slice(frame.full.bytes());
            self.ctl_only.extend_from_slice(frame.ctl_only.bytes());
        }
    }

    fn public(&mut self) -> Round {
        match self.only.take() {
            Some(frame) => Round { full: frame.full.bytes().clone(), ctl_only: frame.ctl_only.bytes().clone() },
            None => Round { full: self.full.split().freeze(), ctl_only: self.ctl_only.split().freeze() },
        }
    }

    fn desk(&mut self) -> Round {
        let desk = self.desk.split().freeze();
        Round { full: desk.clone(), ctl_only: desk }
    }
}

struct Worker {
    number: u16,
    clock: Arc<dyn Clock>,
    connections: Arc<AtomicUsize>,
    next: AtomicU64,
    conns: HashMap<u64, Rc<Conn>>,
    rooms: HashMap<EventId, Vec<Rc<Conn>>>,
    waiting: HashMap<EventId, Waiting>,
    closing: Vec<(u64, u16, &'static str)>,
    /// Connections whose reader has ended.
    ended: Rc<RefCell<Vec<u64>>>,
}

impl Worker {
    fn new(number: u16, clock: Arc<dyn Clock>, connections: Arc<AtomicUsize>) -> Self {
        Self {
            number,
            clock,
            connections,
            next: AtomicU64::new(1),
            conns: HashMap::new(),
            rooms: HashMap::new(),
            waiting: HashMap::new(),
            closing: Vec::new(),
            ended: Rc::default(),
        }
    }

    async fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        let mut sweep = tokio::time::interval(SWEEP);
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
            for (conn, code, reason) in std::mem::take(&mut self.closing) {
                if let Some(conn) = self.conns.get(&conn) {
                    conn.close(code, reason);
                }
            }
            self.bury();
            if stop {
                self.part().await;
                break;
            }
        }
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Accept { socket, early, door } => self.accept(socket, early, door),
            Command::Tick { event, frame } => self.waiting.entry(event).or_default().push(frame),
            Command::DeskTick { event, frame } => {
                self.waiting.entry(event).or_default().desk.extend_from_slice(frame.full.bytes());
            }
            Command::Reply { conn, bytes } => {
                if let Some(conn) = self.conns.get(&conn) {
                    conn.reply(bytes);
                }
            }
            Command::Close { conn, code, reason } => self.closing.push((conn, code, reason)),
            Command::DeskMember { conn, on } => {
                if let Some(conn) = self.conns.get(&conn) {
                    conn.desk.set(on);
                }
            }
            Command::Stop => {}
        }
    }

    fn accept(&mut self, socket: std::net::TcpStream, early: Bytes, door: Arc<dyn Door>) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let id = ConnId { shard: self.number, number };
        let event = door.event();
        match Conn::new(id, socket, door, Arc::clone(&self.clock)) {
            Ok(conn) => {
                let conn = Rc::new(conn);
                self.conns.insert(number, Rc::clone(&conn));
                self.rooms.entry(event).or_default().push(Rc::clone(&conn));
                let ended = Rc::clone(&self.ended);
                tokio::task::spawn_local(async move {
                    conn.read(&early).await;
                    ended.borrow_mut().push(number);
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
        for (event, mut waiting) in std::mem::take(&mut self.waiting) {
            let Some(conns) = self.rooms.get(&event) else { continue };
            let began = std::time::Instant::now();
            let (public, desk) = (waiting.public(), waiting.desk());
            for some in conns.chunks(WRITES_AT_ONCE) {
                for conn in some.iter().filter(|conn| conn.is_live()) {
                    if !public.full.is_empty() {
                        conn.round(&public);
                    }
                    if conn.desk.get() && !desk.full.is_empty() {
                        conn.round(&desk);
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
                if let Some(at) = conns.iter().position(|other| other.id == conn.id) {
                    conns.swap_remove(at);
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
