//! An SMTP server that keeps what it is sent: for tests, and for the demo.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kernel::Secret;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufStream};
use tokio::net::{TcpListener, TcpStream};

/// Listens on a port of its own until dropped.
pub struct SmtpSink {
    addr: SocketAddr,
    kept: Kept,
    task: tokio::task::JoinHandle<()>,
}

type Kept = Arc<Mutex<(Vec<Received>, Vec<&'static str>)>>;

/// One mail, as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// Headers and body, dots unstuffed.
    pub data: String,
}

impl SmtpSink {
    pub async fn start() -> std::io::Result<Self> {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Listens where a server has been before.
    pub async fn start_on(addr: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let (addr, kept) = (listener.local_addr()?, Kept::default());
        let task = tokio::spawn(accept(listener, kept.clone()));
        Ok(Self { addr, kept, task })
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// For [`crate::Smtp::from_url`].
    pub fn url(&self) -> Secret<String> {
        Secret::new(format!("smtp://{}", self.addr))
    }

    pub fn received(&self) -> Vec<Received> {
        self.lock().0.clone()
    }

    /// The next recipient is answered with this line, such as `451 busy`, instead of `250`.
    pub fn answer_next(&self, line: &'static str) {
        self.lock().1.push(line);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (Vec<Received>, Vec<&'static str>)> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, kept: Kept) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(BufStream::new(stream), kept.clone()));
    }
}

/// Speaks as much of RFC 5321 as a client needs.
async fn serve(mut stream: BufStream<TcpStream>, kept: Kept) -> std::io::Result<()> {
    let mut mail = Received { from: String::new(), to: Vec::new(), data: String::new() };
    say(&mut stream, "220 sink ESMTP").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let (verb, rest) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8",
            "MAIL" => {
                mail = Received { from: path(rest), to: Vec::new(), data: String::new() };
                "250 ok"
            }
            "RCPT" => {
                mail.to.push(path(rest));
                kept.lock().unwrap_or_else(PoisonError::into_inner).1.pop().unwrap_or("250 ok")
            }
            "DATA" => {
                say(&mut stream, "354 go on").await?;
                mail.data = data(&mut stream).await?;
                kept.lock().unwrap_or_else(PoisonError::into_inner).0.push(mail.clone());
                "250 kept"
            }
            "QUIT" => return say(&mut stream, "221 bye").await,
            "HELO" | "RSET" | "NOOP" => "250 ok",
            _ => "502 not here",
        };
        say(&mut stream, answer).await?;
    }
}

async fn say(stream: &mut BufStream<TcpStream>, line: &str) -> std::io::Result<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}

async fn data(stream: &mut BufStream<TcpStream>) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn path(argument: &str) -> String {
    argument.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(path, _)| path).to_owned()
}

impl Received {
    /// The value of a header as it stands, folding undone.
    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.data, name)
    }

    /// The plain text, decoded.
    pub fn text(&self) -> Option<String> {
        self.part("text/plain")
    }

    /// The HTML, decoded.
    pub fn html(&self) -> Option<String> {
        self.part("text/html")
    }

    fn part(&self, kind: &str) -> Option<String> {
        let content = self.header("Content-Type")?;
        let boundary = content.split_once("boundary=\"")?.1.split('"').next()?.to_owned();
        let delimiter = format!("--{boundary}");
        let part = self
            .data
            .split(delimiter.as_str())
            .find(|part| header(part.trim_start(), "Content-Type").is_some_and(|content| content.starts_with(kind)))?;
        let (_, body) = part.trim_start().split_once("\r\n\r\n")?;
        match header(part.trim_start(), "Content-Transfer-Encoding")?.as_str() {
            "base64" => String::from_utf8(BASE64.decode(body.replace("\r\n", "")).ok()?).ok(),
            "quoted-printable" => Some(unquoted(body)),
            _ => Some(body.to_owned()),
        }
    }
}

fn header(part: &str, name: &str) -> Option<String> {
    let head = part.split_once("\r\n\r\n").map_or(part, |(head, _)| head).replace("\r\n ", " ").replace("\r\n\t", " ");
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

/// RFC 2045 6.7.
fn unquoted(body: &str) -> String {
    let joined = body.replace("=\r\n", "");
    let mut bytes = Vec::with_capacity(joined.len());
    let mut rest = joined.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        if let (b'=', Some(byte)) = (first, hex) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
