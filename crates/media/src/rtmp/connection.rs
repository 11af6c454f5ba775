//! One publisher's connection: from the socket through its session to the stream.

use std::io;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kernel::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant as Deadline, timeout, timeout_at};

use super::door::Door;
use super::session::{Event, Session, SessionError};
use crate::gate::{PublishGrant, Refused};
use crate::ingest::{Ingest, Refusal, Step};
use crate::streams::{PlaceKept, Publishing};

const READ_SIZE: usize = 64 * 1024;
const WRITE_WITHIN: Duration = Duration::from_secs(10);
const LINGER: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
pub(super) enum Closed {
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
    #[error(transparent)]
    PlaceKept(#[from] PlaceKept),
    #[error("another source took over")]
    Replaced,
    #[error("the show ended, or the key was revoked")]
    Ended,
}

impl Closed {
    /// The word for logs and counters.
    pub(super) fn reason(&self) -> &'static str {
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
            Self::PlaceKept(_) => "place-kept",
            Self::Replaced => "replaced",
            Self::Ended => "ended",
        }
    }
}

pub(super) struct Connection {
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
    pub(super) fn new(door: Arc<Door>, socket: TcpStream, from: IpAddr) -> Self {
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
    pub(super) async fn serve(mut self) -> Result<(), Closed> {
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

    /// Tells the encoder why it is closed: another took over, or the show ended.
    async fn give_way(&mut self) -> Closed {
        let is_replaced = self.publishing.as_ref().is_some_and(Publishing::is_replaced);
        let (closed, code) = if is_replaced {
            (Closed::Replaced, "NetStream.Publish.BadName")
        } else {
            (Closed::Ended, "NetStream.Publish.Rejected")
        };
        self.session.refuse(code, &format!("Closed: {closed}."));
        self.say_goodbye().await;
        closed
    }

    async fn read(&mut self, input: &mut BytesMut) -> Result<usize, Closed> {
        let read = timeout_at(self.deadline, self.socket.read_buf(input));
        let read = match &self.publishing {
            None => read.await,
            Some(publishing) => tokio::select! {
                biased;
                () = publishing.closed() => return Err(self.give_way().await),
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
        let closed = match self.admit(key).await {
            Ok(publishing) => {
                tracing::info!(stream.name = %publishing.stream().name(), "RTMP source accepted");
                self.publishing = Some(publishing);
                self.session.accept();
                self.deadline = Deadline::now() + self.door.limits.configure;
                return self.flush().await;
            }
            Err(closed) => closed,
        };
        let said = match &closed {
            Closed::PlaceKept(kept) => format!("Closed: {kept}. Stop one of the two encoders that use this key."),
            // The same answer for every reason, so that keys cannot be told apart.
            _ => "The stream key was refused.".to_owned(),
        };
        // A right key that comes too early was not guessed.
        if let Closed::Refused(refused) = &closed
            && !matches!(refused, Refused::Unavailable | Refused::NotNow)
        {
            self.door.failed(self.from);
        }
        self.session.refuse("NetStream.Publish.BadName", &said);
        self.say_goodbye().await;
        Err(closed)
    }

    async fn admit(&self, key: &Secret<String>) -> Result<Publishing, Closed> {
        if self.door.is_shut_out(self.from) {
            return Err(Refused::TooManyTries.into());
        }
        let grant = self.ask(key).await?;
        self.door.succeeded(self.from);
        let publishing = self.door.streams.publish(&grant)?;
        // Once more: whoever ended the show or revoked the key meanwhile found no source to close.
        self.ask(key).await?;
        Ok(publishing)
    }

    async fn ask(&self, key: &Secret<String>) -> Result<PublishGrant, Refused> {
        timeout_at(self.deadline, self.door.gate.publish(key, self.from)).await.unwrap_or(Err(Refused::Unavailable))
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
