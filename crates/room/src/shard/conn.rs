//! One connection: its socket, what waits to be written, and its reader.

use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kernel::{Clock, Instant};
use tokio::net::TcpStream;

use super::Door;
use crate::pending::{Pending, Round, Sink, Wrote};
use crate::protocol::{self, Client, Server};
use crate::room::{ConnId, Tongue};
use crate::settings::NodeSettings;
use crate::token::Pass;
use crate::ws::frame::{self, code};
use crate::ws::parser::{Incoming, Parser};

const JOIN_WITHIN: Duration = Duration::from_secs(5);
const PING_EVERY_MS: u64 = 45_000;
const WINDOW: Duration = Duration::from_mins(1);
/// Messages a minute that are none, before the connection is closed.
const MOST_BAD: u32 = 10;
/// Frames a minute: messages, their fragments, pings, pongs.
const MOST_HEARD: u32 = 600;

thread_local! {
    /// Where all connections of a shard read into: an idle one holds no buffer.
    static SCRATCH: RefCell<[u8; 8192]> = const { RefCell::new([0; 8192]) };
}

impl Sink for TcpStream {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        TcpStream::try_write(self, bytes)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// A close frame is on its way since then.
    Closing(Instant),
}

pub(super) struct Conn {
    pub(super) id: ConnId,
    pub(super) door: Arc<dyn Door>,
    pub(super) desk: Cell<bool>,
    /// The language it reads.
    pub(super) tongue: Cell<Tongue>,
    /// Where it stands in its room's list.
    pub(super) place: Cell<usize>,
    node: Arc<NodeSettings>,
    socket: TcpStream,
    clock: Arc<dyn Clock>,
    pending: RefCell<Pending>,
    pass: RefCell<Option<Arc<Pass>>>,
    /// The welcome has been written: frames may follow.
    welcomed: Cell<bool>,
    state: Cell<State>,
    draining: Cell<bool>,
    began: Instant,
    last_written: Cell<Instant>,
    window: Cell<(Instant, u32, u32)>,
}

impl Conn {
    pub(super) fn new(
        id: ConnId,
        socket: std::net::TcpStream,
        door: Arc<dyn Door>,
        node: Arc<NodeSettings>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let now = clock.now();
        Ok(Self {
            id,
            door,
            desk: Cell::new(false),
            tongue: Cell::default(),
            place: Cell::default(),
            pending: RefCell::new(Pending::new(node.blocked_for)),
            node,
            socket: TcpStream::from_std(socket)?,
            clock,
            pass: RefCell::default(),
            welcomed: Cell::new(false),
            state: Cell::new(State::Open),
            draining: Cell::new(false),
            began: now,
            last_written: Cell::new(now),
            window: Cell::new((now, 0, 0)),
        })
    }

    /// Whether frames go to it.
    pub(super) fn is_live(&self) -> bool {
        self.welcomed.get() && self.state.get() == State::Open
    }

    /// Writes a round that is shared by all: this costs a connection one write and no copy.
    pub(super) fn round(self: &Rc<Self>, round: &Round, now: Instant) {
        if !round.full.is_empty() {
            let wrote = self.pending.borrow_mut().round(round, &self.socket, now);
            self.after(wrote, now);
        }
    }

    pub(super) fn reply(self: &Rc<Self>, bytes: Bytes) {
        if self.state.get() == State::Open {
            self.welcomed.set(self.pass.borrow().is_some());
            self.send(bytes);
        }
    }

    pub(super) fn close(self: &Rc<Self>, code: u16, reason: &str) {
        if self.state.get() == State::Open {
            self.state.set(State::Closing(self.clock.now()));
            self.send(frame::close(code, reason));
        }
    }

    /// Writes frames of which the last one closes.
    pub(super) fn part(self: &Rc<Self>, frames: &Bytes) {
        if self.state.get() == State::Open {
            self.state.set(State::Closing(self.clock.now()));
            self.send(frames.clone());
        }
    }

    fn send(self: &Rc<Self>, bytes: Bytes) {
        let now = self.clock.now();
        let wrote = self.pending.borrow_mut().send(bytes, &self.socket, now);
        self.after(wrote, now);
    }

    fn after(self: &Rc<Self>, wrote: Wrote, now: Instant) {
        match wrote {
            Wrote::All => {
                self.last_written.set(now);
                if self.state.get() != State::Open {
                    self.finish();
                }
            }
            Wrote::Some => self.drain_later(),
            Wrote::TooSlow => self.give_up(),
            Wrote::Gone => self.cut(),
        }
    }

    fn drain_later(self: &Rc<Self>) {
        if !self.draining.replace(true) {
            let conn = Rc::clone(self);
            tokio::task::spawn_local(async move { conn.drain().await });
        }
    }

    /// Writes what waits as the socket takes it. Runs only while something waits.
    async fn drain(self: Rc<Self>) {
        while self.socket.writable().await.is_ok() {
            let now = self.clock.now();
            let wrote = self.pending.borrow_mut().drain(&self.socket, now);
            match wrote {
                Wrote::Some => {}
                Wrote::TooSlow if self.state.get() != State::Open => {}
                other => {
                    self.draining.set(false);
                    self.after(other, now);
                    break;
                }
            }
        }
        self.draining.set(false);
        if std::mem::take(&mut self.pending.borrow_mut().gap) && self.is_live() {
            self.door.caught_up(self.id);
        }
    }

    /// The peer reads too slowly: what was begun is finished if it can be, then it is told to come back.
    fn give_up(self: &Rc<Self>) {
        if self.state.get() == State::Open {
            metrics::counter!("livefair_room_too_slow_total").increment(1);
            self.pending.borrow_mut().abandon();
            self.state.set(State::Closing(self.clock.now()));
            let _waits = self.pending.borrow_mut().send(
                frame::close(code::TOO_SLOW, "too slow"),
                &self.socket,
                self.clock.now(),
            );
            self.drain_later();
        }
    }

    /// Says that nothing follows the close frame: clients wait for the server's end (RFC 6455 7.1.1).
    fn finish(&self) {
        let _already_gone = socket2::SockRef::from(&self.socket).shutdown(std::net::Shutdown::Write);
    }

    /// Ends the socket; the reader then ends too.
    fn cut(&self) {
        let _already_gone = socket2::SockRef::from(&self.socket).shutdown(std::net::Shutdown::Both);
    }

    /// Pings, and ends what has taken too long.
    pub(super) fn look_over(self: &Rc<Self>, now: Instant) {
        match self.state.get() {
            State::Closing(since) if now.since(since) >= self.node.close_within => self.cut(),
            State::Closing(_) => {}
            State::Open if self.pass.borrow().is_none() && now.since(self.began) >= JOIN_WITHIN => {
                self.close(code::TOKEN, "no join");
            }
            State::Open if self.pass.borrow().as_ref().is_some_and(|pass| pass.expires <= now) => {
                self.close(code::TOKEN, "expired");
            }
            // The welcome found no place in a full queue.
            State::Open if !self.welcomed.get() && now.since(self.began) >= 2 * JOIN_WITHIN => {
                self.close(code::TRY_LATER, "busy");
            }
            State::Open => {
                self.last_written.set(self.last_written.get().min(now)); // the clock may have been set back
                let verdict = self.pending.borrow().verdict(now);
                if verdict == Wrote::TooSlow {
                    self.give_up();
                }
                // 45 s ± 20 %, spread by the connection's number.
                let every = PING_EVERY_MS * (80 + self.id.number % 41) / 100;
                if verdict == Wrote::All && now.since(self.last_written.get()) >= Duration::from_millis(every) {
                    self.send(frame::ping());
                }
            }
        }
    }

    /// Reads until the peer or the socket ends. `early` is what came with the handshake.
    pub(super) async fn read(self: &Rc<Self>, early: &[u8]) {
        let mut parser = Parser::default();
        let mut heard = Vec::new();
        let mut failed = parser.feed(early, &mut heard).err();
        loop {
            for one in heard.drain(..) {
                if !self.take(one) {
                    return;
                }
            }
            if let Some(code) = failed.take() {
                self.close(code, "");
            }
            if self.socket.readable().await.is_err() {
                return;
            }
            let more = SCRATCH.with_borrow_mut(|scratch| match self.socket.try_read(scratch) {
                Ok(0) => false,
                // After a close frame only the end matters.
                Ok(_) if self.state.get() != State::Open => true,
                Ok(count) => {
                    failed = parser.feed(&scratch[..count], &mut heard).err();
                    true
                }
                Err(refused) => refused.kind() == io::ErrorKind::WouldBlock,
            });
            if !more {
                return;
            }
        }
    }

    /// Takes one frame; `false` when the peer closes.
    fn take(self: &Rc<Self>, incoming: Incoming) -> bool {
        if self.state.get() != State::Open {
            return !matches!(incoming, Incoming::Close(_));
        }
        match incoming {
            Incoming::Close(code) => {
                self.close(code.unwrap_or(code::NORMAL), "");
                return false;
            }
            Incoming::Pong | Incoming::Fragment => self.count(false),
            Incoming::Ping(payload) => {
                self.count(false);
                self.send(frame::pong(&payload));
            }
            Incoming::Text(text) => self.hear(&text),
        }
        true
    }

    fn hear(self: &Rc<Self>, text: &str) {
        let message = match protocol::parse_client(text.as_bytes()) {
            Ok(message) => message,
            Err(problem) => {
                self.send(frame::text(&Server::Nack { id: None, problem: &problem }.json()).bytes().clone());
                return self.count(true);
            }
        };
        self.count(false);
        if let Client::Join { token, lang, resume } = message {
            // The pass stands before the welcome arrives, since the welcome is what lets frames through.
            let pass = self.door.join(self.id, &token, lang, resume);
            if pass.is_none() {
                self.close(code::TOKEN, "token");
            }
            *self.pass.borrow_mut() = pass;
            return;
        }
        let pass = self.pass.borrow().clone();
        match pass {
            Some(pass) => self.door.hear(self.id, &pass, message),
            None => self.close(code::TOKEN, "join first"),
        }
    }

    /// Counts what was heard; who sends too much, or too much that is nothing, is closed.
    fn count(self: &Rc<Self>, bad: bool) {
        let now = self.clock.now();
        let (began, heard, bads) = self.window.get();
        let window = if now < began || now.since(began) >= WINDOW {
            (now, 1, u32::from(bad))
        } else {
            (began, heard + 1, bads + u32::from(bad))
        };
        self.window.set(window);
        if window.1 > MOST_HEARD || window.2 >= MOST_BAD {
            self.close(code::POLICY, "too much");
        }
    }
}
