//! Viewers of one room, thousands to a thread. Each counts every message by its id and comes back by itself as the
//! watch page does: with the place it had, after a wait with full jitter.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::numbers::count;
use crate::socket::Socket;

const PROTOCOL: &str = "room.v1.json";
const WAIT_LEAST_MS: f64 = 500.0;
const WAIT_MOST_MS: f64 = 15_000.0;

/// What all viewers of a room share.
pub struct Crowd {
    http: SocketAddr,
    event: String,
    /// The messages that will be said, by id.
    known: HashMap<String, usize>,
    sent: RefCell<Vec<Option<Instant>>>,
    /// How long each first hearing took.
    pub waits: RefCell<Vec<Duration>>,
    pub count: Count,
    /// When a storm began, and how long after it each viewer was welcomed again.
    pub storm: Cell<Option<Instant>>,
    pub back: RefCell<Vec<Duration>>,
    /// What went wrong last, for the report.
    pub last_problem: RefCell<String>,
}

/// Counts of everything that arrived.
#[derive(Default)]
pub struct Count {
    pub welcomed: Cell<usize>,
    pub heard: Cell<usize>,
    pub repeated: Cell<usize>,
    pub frames: Cell<usize>,
    pub bytes: Cell<usize>,
    pub gaps: Cell<usize>,
    pub refused: Cell<usize>,
    /// Joins answered by the missed range, and by the whole state.
    pub resumed: Cell<usize>,
    pub anew: Cell<usize>,
}

pub fn add(cell: &Cell<usize>, n: usize) {
    cell.set(cell.get() + n);
}

impl Crowd {
    pub fn new(http: SocketAddr, event: &str, ids: &[Uuid]) -> Rc<Self> {
        Rc::new(Self {
            http,
            event: event.to_owned(),
            known: ids.iter().enumerate().map(|(place, id)| (id.to_string(), place)).collect(),
            sent: RefCell::new(vec![None; ids.len()]),
            waits: RefCell::default(),
            count: Count::default(),
            storm: Cell::default(),
            back: RefCell::default(),
            last_problem: RefCell::default(),
        })
    }

    /// Notes that the message at `place` is said now.
    pub fn says(&self, place: usize) {
        self.sent.borrow_mut()[place] = Some(Instant::now());
    }
}

pub struct Viewer {
    crowd: Rc<Crowd>,
    token: String,
    socket: RefCell<Option<Rc<Socket>>>,
    /// Epoch and last number, as the page keeps them.
    place: RefCell<Option<(String, u64)>>,
    heard: RefCell<Vec<bool>>,
    retry_ms: Cell<f64>,
    welcomed: Cell<bool>,
}

#[derive(Deserialize)]
struct Welcome {
    e: String,
    s: u64,
    retry_ms: f64,
    snap: Option<serde_json::Value>,
}

impl Viewer {
    pub fn new(crowd: &Rc<Crowd>, token: String) -> Rc<Self> {
        Rc::new(Self {
            crowd: Rc::clone(crowd),
            token,
            socket: RefCell::default(),
            place: RefCell::default(),
            heard: RefCell::new(vec![false; crowd.known.len()]),
            retry_ms: Cell::default(),
            welcomed: Cell::default(),
        })
    }

    /// Stays in the room for as long as the program runs.
    pub async fn stay(self: Rc<Self>) {
        for tries in 0.. {
            if let Err(cause) = self.visit().await {
                *self.crowd.last_problem.borrow_mut() = cause.to_string();
            }
            *self.socket.borrow_mut() = None;
            let was_in = self.welcomed.replace(false);
            if was_in {
                self.crowd.count.welcomed.set(self.crowd.count.welcomed.get() - 1);
            }
            tokio::time::sleep(self.wait(if was_in { 1 } else { tries.max(1) })).await;
        }
    }

    /// As `web/packages/ui/room/client.ts` waits.
    fn wait(&self, tries: i32) -> Duration {
        let bound = (WAIT_LEAST_MS * 2_f64.powi(tries.min(10))).min(WAIT_MOST_MS).max(self.retry_ms.get());
        let chance = count(usize::from(Uuid::new_v4().as_bytes()[0])) / 255.0;
        Duration::from_secs_f64((WAIT_LEAST_MS + chance * (bound - WAIT_LEAST_MS)) / 1000.0)
    }

    /// Connects, joins with the place it had, and hears until the connection ends.
    async fn visit(&self) -> anyhow::Result<()> {
        let socket =
            Rc::new(Socket::connect(self.crowd.http, &format!("/rooms/{}", self.crowd.event), PROTOCOL).await?);
        let resume = self.place.borrow().as_ref().map(|(e, s)| json!({"e": e, "s": s}));
        socket.send(&json!({"op": "join", "token": self.token, "lang": "en", "resume": resume}).to_string())?;
        *self.socket.borrow_mut() = Some(Rc::clone(&socket));
        let count = &self.crowd.count;
        loop {
            let read = socket.read(|text| self.hear(text)).await?;
            add(&count.bytes, read.bytes);
            add(&count.frames, read.frames);
            if read.ended {
                return Ok(());
            }
        }
    }

    fn hear(&self, text: &str) {
        if text.starts_with(r#"{"e":"#) {
            self.follow(text);
            self.note(text);
        } else if text.starts_with(r#"{"op":"welcome""#) {
            self.enter(text);
            self.note(text);
        } else if text.starts_with(r#"{"op":"nack""#) {
            add(&self.crowd.count.refused, 1);
            text.clone_into(&mut self.crowd.last_problem.borrow_mut());
        } else if text.starts_with(r#"{"op":"gap""#) {
            add(&self.crowd.count.gaps, 1);
        }
    }

    fn enter(&self, text: &str) {
        let Ok(welcome) = serde_json::from_str::<Welcome>(text) else { return };
        let count = &self.crowd.count;
        add(if welcome.snap.is_some() { &count.anew } else { &count.resumed }, 1);
        self.retry_ms.set(welcome.retry_ms);
        *self.place.borrow_mut() = Some((welcome.e, welcome.s));
        if !self.welcomed.replace(true) {
            add(&count.welcomed, 1);
        }
        if let Some(began) = self.crowd.storm.get() {
            self.crowd.back.borrow_mut().push(began.elapsed());
        }
    }

    /// Checks that the frame follows the last one, and asks for what is missing.
    fn follow(&self, text: &str) {
        let mut place = self.place.borrow_mut();
        let (Some((p, s)), Some((epoch, last))) = (numbers(text), place.as_mut()) else { return };
        if p > *last {
            add(&self.crowd.count.gaps, 1);
            let range = json!({"op": "range", "e": epoch, "from": *last + 1, "to": p}).to_string();
            if let Some(socket) = &*self.socket.borrow() {
                let _lost_with_the_socket = socket.send(&range);
            }
        }
        *last = s.max(*last);
    }

    /// Marks the messages in a text as heard.
    fn note(&self, text: &str) {
        let (now, sent, count) = (Instant::now(), self.crowd.sent.borrow(), &self.crowd.count);
        for (at, key) in text.match_indices(r#""id":""#) {
            let from = at + key.len();
            let Some(place) = text.get(from..from + 36).and_then(|id| self.crowd.known.get(id)) else { continue };
            if std::mem::replace(&mut self.heard.borrow_mut()[*place], true) {
                add(&count.repeated, 1);
            } else if let Some(sent) = sent[*place] {
                add(&count.heard, 1);
                self.crowd.waits.borrow_mut().push(now - sent);
            }
        }
    }

    /// Says something on its own connection.
    pub fn say(&self, id: Uuid, text: &str) -> anyhow::Result<()> {
        let socket = self.socket.borrow().clone();
        let socket = socket.ok_or_else(|| anyhow::anyhow!("the talker is not connected"))?;
        socket.send(&json!({"op": "chat", "id": id, "text": text}).to_string())
    }

    /// Loses the connection.
    pub fn cut(&self) {
        if let Some(socket) = &*self.socket.borrow() {
            socket.cut();
        }
    }
}

/// `p` and `s` of a frame.
fn numbers(text: &str) -> Option<(u64, u64)> {
    let (_, rest) = text.split_once(r#","p":"#)?;
    let (p, rest) = rest.split_once(r#","s":"#)?;
    Some((p.parse().ok()?, rest.split(',').next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_numbers_of_a_frame() {
        let frame = r#"{"e":"0a","p":7,"s":12,"t":1,"ev":[{"s":9,"p":1}],"st":[]}"#;
        assert_eq!(super::numbers(frame), Some((7, 12)));
    }
}
