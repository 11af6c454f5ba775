//! Shards: one thread per core that holds sockets and writes frames. A frame is encoded once; a round writes it to
//! every connection of the room. Whatever arrives during a round leaves together in the next one's single write,
//! which is what carries a busy room: a write costs the same for one message as for ten.

mod conn;
mod waiting;
mod worker;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use kernel::Clock;
use kernel::http::Place;
use kernel::id::EventId;
use tokio::sync::mpsc;
use tokio::task::LocalSet;

use self::worker::Worker;
use crate::protocol::{Client, Resume};
use crate::room::{ConnId, Frame, Tick, Tongue};
use crate::settings::NodeSettings;
use crate::token::Pass;
use crate::ws::frame;

/// Commands that may wait for a shard. A frame that finds no place is lost to that shard's viewers, who see the
/// gap in the numbers and ask for the range.
const QUEUE: usize = 16 * 1024;

/// What a connection talks to: the room behind it.
pub(crate) trait Door: Send + Sync {
    fn event(&self) -> EventId;
    /// Admits a connection by its token.
    fn join(&self, conn: ConnId, token: &str, lang: Option<String>, resume: Option<Resume>) -> Option<Arc<Pass>>;
    /// Takes a message of an admitted connection.
    fn hear(&self, conn: ConnId, pass: &Arc<Pass>, message: Client);
    /// A connection that lagged has read all it was sent; chat was left out meanwhile.
    fn caught_up(&self, conn: ConnId);
    fn left(&self, conn: ConnId);
}

pub(crate) enum Command {
    Accept {
        socket: std::net::TcpStream,
        early: Bytes,
        door: Arc<dyn Door>,
        place: Option<Place>,
    },
    Tick {
        event: EventId,
        tick: Arc<Tick>,
    },
    DeskTick {
        event: EventId,
        frame: Arc<Frame>,
    },
    Reply {
        conn: u64,
        bytes: Bytes,
    },
    Close {
        conn: u64,
        code: u16,
        reason: &'static str,
    },
    DeskMember {
        conn: u64,
        on: bool,
    },
    Reads {
        conn: u64,
        tongue: Tongue,
    },
    /// Writes these whole frames to everybody of a room; the last of them closes.
    Part {
        event: EventId,
        frames: Bytes,
    },
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
    pub(crate) fn start(node: &Arc<NodeSettings>, clock: &Arc<dyn Clock>) -> std::io::Result<Self> {
        let start = |at| start_one(at, Arc::clone(node), Arc::clone(clock));
        let shards = (0..node.shards.max(1)).map(start).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { shards: shards.into(), send_buffer_bytes: node.send_buffer_bytes })
    }

    /// Gives a socket to the shard with the fewest connections; its `place` is kept as long as it is read from.
    pub(crate) fn accept(
        &self,
        socket: std::net::TcpStream,
        early: Bytes,
        door: Arc<dyn Door>,
        place: Option<Place>,
    ) -> std::io::Result<()> {
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
        let accept = Command::Accept { socket, early, door, place };
        // Counted first: the shard counts down as soon as it has let the connection go.
        shard.connections.fetch_add(1, Ordering::Relaxed);
        shard.commands.try_send(accept).map_err(|_full| {
            shard.connections.fetch_sub(1, Ordering::Relaxed);
            std::io::Error::other("the shard takes no more")
        })
    }

    /// Hands a command to the shard of a connection.
    pub(crate) fn send(&self, shard: u16, command: Command) {
        if let Some(shard) = self.shards.get(usize::from(shard)) {
            shard.send(command);
        }
    }

    pub(crate) fn tick(&self, event: EventId, tick: &Arc<Tick>) {
        for shard in &*self.shards {
            shard.send(Command::Tick { event, tick: Arc::clone(tick) });
        }
    }

    /// Says last words to everybody of a room, and closes.
    pub(crate) fn part(&self, event: EventId, words: &[u8], code: u16, reason: &str) {
        let frames = Bytes::from([words, &frame::close(code, reason)].concat());
        for shard in &*self.shards {
            shard.send(Command::Part { event, frames: frames.clone() });
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

fn start_one(at: usize, node: Arc<NodeSettings>, clock: Arc<dyn Clock>) -> std::io::Result<Shard> {
    let (commands, queue) = mpsc::channel(QUEUE);
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let number = u16::try_from(at).map_err(std::io::Error::other)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    let work = move || {
        let worker = Worker::new(number, node, clock, counted);
        runtime.block_on(LocalSet::new().run_until(worker.run(queue)));
    };
    let thread = std::thread::Builder::new().name(format!("room-{at}")).spawn(work)?;
    Ok(Shard { commands, connections, thread: Mutex::new(Some(thread)) })
}
