//! The RTMP listener: one task per connection, so that a bad one closes only itself.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kernel::{Clock, Secret};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant as Deadline, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::session::{Event, Session, SessionError};
use crate::gate::{Refused, StreamGate, Tries, customer};
use crate::ingest::{Ingest, Refusal, Step};
use crate::streams::{Publishing, Streams};

const READ_SIZE: usize = 64 * 1024;
const WRITE_WITHIN: Duration = Duration::from_secs(10);
const LINGER: Duration = Duration::from_secs(1);
/// Pause after a failed accept, as when descriptors run out.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// How long a publisher may take, and how many there may be.
#[derive(Clone, Copy, Debug)]
pub struct RtmpLimits {
    /// From the connection to a valid key.
    pub authorise: Duration,
    /// From the key to the first sequence header.
    pub configure: Duration,
    /// Without a sample.
    pub silence: Duration,
    pub connections: usize,
    /// So that one address cannot take every place. IPv6 addresses count by their /64.
    pub connections_per_address: usize,
}

impl Default for RtmpLimits {
    fn default() -> Self {
        Self {
            authorise: Duration::from_secs(10),
            configure: Duration::from_secs(10),
            silence: Duration::from_secs(20),
            connections: 512,
            connections_per_address: 32,
        }
    }
}

/// Takes publishers in at `rtmp://HOST/live/{key}`.
pub struct RtmpServer {
    listener: TcpListener,
    door: Arc<Door>,
}

/// What every connection shares.
struct Door {
    gate: Arc<dyn StreamGate>,
    streams: Streams,
    clock: Arc<dyn Clock>,
    tries: Mutex<Tries>,
    places: Mutex<Places>,
    limits: RtmpLimits,
}

/// Who is connected.
#[derive(Debug, Default)]
struct Places {
    taken: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A place that is given back when dropped.
struct Place {
    door: Arc<Door>,
    from: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = lock(&self.door.places);
        places.taken -= 1;
        if let Some(taken) = places.by_address.get_mut(&self.from) {
            *taken -= 1;
            if *taken == 0 {
                places.by_address.remove(&self.from);
            }
        }
    }
}

impl std::fmt::Debug for RtmpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RtmpServer").field("listener", &self.listener).finish_non_exhaustive()
    }
}

impl RtmpServer {
    pub async fn bind(
        address: SocketAddr,
        gate: Arc<dyn StreamGate>,
        streams: Streams,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, door: Arc::new(Door::new(gate, streams, clock, RtmpLimits::default())) })
    }

    #[must_use]
    pub fn with_limits(self, limits: RtmpLimits) -> Self {
        let Door { gate, streams, clock, .. } = &*self.door;
        let door = Door::new(Arc::clone(gate), streams.clone(), Arc::clone(clock), limits);
        Self { listener: self.listener, door: Arc::new(door) }
    }

    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until cancelled, then closes every connection. Watches the streams for silence meanwhile.
    pub async fn run(self, cancel: CancellationToken) {
        let tasks = TaskTracker::new();
        let watching = self.door.streams.clone();
        tasks.spawn({
            let cancel = cancel.clone();
            async move { watching.watch(cancel).await }
        });
        while let Some(accepted) = cancel.run_until_cancelled(self.listener.accept()).await {
            let (socket, from) = match accepted {
                Ok(accepted) => accepted,
                Err(cause) => {
                    tracing::warn!(error = %cause, "RTMP connection could not be accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                    continue;
                }
            };
            if self.door.is_shut_out(from.ip()) {
                count("shut-out");
                continue;
            }
            let Some(place) = Door::place(&self.door, from.ip()) else {
                count("no-place");
                continue;
            };
            let connection = Connection::new(Arc::clone(&self.door), socket, from.ip());
            let cancel = cancel.clone();
            tasks.spawn(async move {
                let _place = place;
                match cancel.run_until_cancelled(Box::pin(connection.serve())).await {
                    Some(Err(cause)) => {
                        count(cause.reason());
                        tracing::info!(reason = cause.reason(), error = %cause, "RTMP connection closed");
                    }
                    Some(Ok(())) => count("done"),
                    None => count("shutdown"),
                }
            });
        }
        tasks.close();
        tasks.wait().await;
    }
}

fn count(reason: &'static str) {
    metrics::counter!("livefair_media_rtmp_closed_total", "reason" => reason).increment(1);
}

impl Door {
    fn new(gate: Arc<dyn StreamGate>, streams: Streams, clock: Arc<dyn Clock>, limits: RtmpLimits) -> Self {
        Self { gate, streams, clock, tries: Mutex::default(), places: Mutex::default(), limits }
    }

    /// A place for one more connection, unless all are taken or this address has its share.
    fn place(door: &Arc<Self>, from: IpAddr) -> Option<Place> {
        let from = customer(from);
        let mut places = lock(&door.places);
        let by_address = places.by_address.get(&from).copied().unwrap_or(0);
        if places.taken >= door.limits.connections || by_address >= door.limits.connections_per_address {
            return None;
        }
        places.taken += 1;
        places.by_address.insert(from, by_address + 1);
        drop(places);
        Some(Place { door: Arc::clone(door), from })
    }

    fn is_shut_out(&self, from: IpAddr) -> bool {
        lock(&self.tries).is_shut_out(from, self.clock.now())
    }

    fn failed(&self, from: IpAddr) {
        lock(&self.tries).failed(from, self.clock.now());
    }
}

/// Nothing that holds these locks leaves them half changed, so a poisoned one is still good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug, thiserror::Error)]
enum Closed {
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error("the socket failed: {0}")]
    Socket(#[from] io::Error),
    #[error("the publisher did not show a key in time")]
    NotAuthorised,
    #[error("no sequence header came in time")]
    NotConfigured,
    #[error("nothing came for too long")]
    Silent,
    #[error("the encoder does not read")]
    DoesNotRead,
    #[error("the key was refused: {0}")]
    Refused(#[from] Refused),
    #[error("the source was refused: {0}")]
    Unusable(#[from] Refusal),
    #[error("another source took over, or the show ended")]
    Replaced,
}

impl Closed {
    /// The word for logs and counters.
    fn reason(&self) -> &'static str {
        match self {
            Self::Session(SessionError::Handshake) => "handshake",
            Self::Session(SessionError::Chunk(_)) => "bad-chunk",
            Self::Session(SessionError::Amf(_)) => "bad-amf",
            Self::Session(_) => "bad-command",
            Self::Socket(_) => "socket",
            Self::NotAuthorised => "not-authorised",
            Self::NotConfigured => "not-configured",
            Self::Silent => "silent",
            Self::DoesNotRead => "does-not-read",
            Self::Refused(_) => "key-refused",
            Self::Unusable(refusal) => refusal.code(),
            Self::Replaced => "replaced",
        }
    }
}

struct Connection {
    door: Arc<Door>,
    socket: TcpStream,
    from: IpAddr,
    session: Session,
    ingest: Ingest,
    publishing: Option<Publishing>,
    has_header: bool,
    deadline: Deadline,
}

impl Connection {
    fn new(door: Arc<Door>, socket: TcpStream, from: IpAddr) -> Self {
        let deadline = Deadline::now() + door.limits.authorise;
        Self {
            door,
            socket,
            from,
            session: Session::new(),
            ingest: Ingest::new(),
            publishing: None,
            has_header: false,
            deadline,
        }
    }

    /// Serves the publisher to its end; an error says why it ended early.
    async fn serve(mut self) -> Result<(), Closed> {
        // Small answers should not wait for each other.
        let _ = self.socket.set_nodelay(true);
        let mut input = BytesMut::with_capacity(READ_SIZE);
        loop {
            input.clear();
            if self.read(&mut input).await? == 0 {
                return Ok(());
            }
            self.session.receive(&input)?;
            if self.take_events().await?.is_break() {
                self.flush().await?;
                return Ok(());
            }
            self.flush().await?;
        }
    }

    async fn read(&mut self, input: &mut BytesMut) -> Result<usize, Closed> {
        let read = timeout_at(self.deadline, self.socket.read_buf(input));
        let read = match &self.publishing {
            None => read.await,
            Some(publishing) => tokio::select! {
                biased;
                () = publishing.closed() => return Err(Closed::Replaced),
                read = read => read,
            },
        };
        match read {
            Ok(read) => Ok(read?),
            Err(_) if self.publishing.is_none() => Err(Closed::NotAuthorised),
            Err(_) if !self.has_header => Err(Closed::NotConfigured),
            Err(_) => Err(Closed::Silent),
        }
    }

    async fn take_events(&mut self) -> Result<ControlFlow<()>, Closed> {
        while let Some(event) = self.session.next_event()? {
            match event {
                Event::Publish { key } => self.authorise(&key).await?,
                Event::Metadata { video, audio } => self.ingest.expect(video, audio),
                Event::Video { timestamp, body } => {
                    let taken = self.ingest.video(timestamp, body, self.door.clock.now());
                    self.pass_on(taken).await?;
                }
                Event::Audio { timestamp, body } => {
                    let taken = self.ingest.audio(timestamp, body, self.door.clock.now());
                    self.pass_on(taken).await?;
                }
                Event::Unpublish => return Ok(ControlFlow::Break(())),
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    async fn authorise(&mut self, key: &Secret<String>) -> Result<(), Closed> {
        let granted = if self.door.is_shut_out(self.from) {
            Err(Refused::TooManyTries)
        } else {
            match timeout_at(self.deadline, self.door.gate.publish(key, self.from)).await {
                Ok(granted) => granted,
                Err(_) => Err(Refused::Unavailable),
            }
        };
        match granted {
            Ok(grant) => {
                let publishing = self.door.streams.publish(&grant);
                tracing::info!(stream.name = %grant.name, "RTMP source accepted");
                self.publishing = Some(publishing);
                self.session.accept();
                self.deadline = Deadline::now() + self.door.limits.configure;
                self.flush().await
            }
            Err(refused) => {
                // The same answer for every reason, so that keys cannot be told apart.
                if refused != Refused::Unavailable {
                    self.door.failed(self.from);
                }
                self.session.refuse("NetStream.Publish.BadName", "The stream key was refused.");
                self.say_goodbye().await;
                Err(refused.into())
            }
        }
    }

    async fn pass_on(&mut self, taken: Result<(), Refusal>) -> Result<(), Closed> {
        let Some(publishing) = &self.publishing else { return Ok(()) };
        if let Err(refusal) = taken {
            tracing::warn!(stream.name = %publishing.stream().name(), reason = refusal.code(), "RTMP source refused");
            publishing.refuse(refusal.warning());
            let advice = format!("{}: {refusal}. Send H.264 video and AAC audio at 48 kHz.", refusal.code());
            self.session.refuse("NetStream.Publish.Rejected", &advice);
            self.say_goodbye().await;
            return Err(refusal.into());
        }
        if !self.has_header && self.ingest.is_configured() {
            self.has_header = true;
            self.deadline = Deadline::now() + self.door.limits.silence;
        }
        while let Some(step) = self.ingest.next_step() {
            match step {
                Step::Tracks(tracks) => publishing.tracks(tracks),
                Step::Sample(sample) => {
                    self.deadline = Deadline::now() + self.door.limits.silence;
                    publishing.sample(sample);
                }
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Closed> {
        let output: Bytes = self.session.take_output();
        if output.is_empty() {
            return Ok(());
        }
        match timeout(WRITE_WITHIN, self.socket.write_all(&output)).await {
            Ok(written) => Ok(written?),
            Err(_) => Err(Closed::DoesNotRead),
        }
    }

    /// Writes the last word and waits a moment for the encoder to close, since closing on unread bytes
    /// would reset the connection and take the word back.
    async fn say_goodbye(&mut self) {
        let said = async {
            self.flush().await?;
            self.socket.shutdown().await?;
            let mut ignored = [0; 4096];
            while self.socket.read(&mut ignored).await? > 0 {}
            Ok::<(), Closed>(())
        };
        // It is closing anyway: a failure here changes nothing.
        let _ = timeout(LINGER, said).await;
    }
}
