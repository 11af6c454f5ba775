//! The least of a WebSocket client: a handshake, masked frames out, server frames in. A viewer costs a task and the
//! bytes of a frame that has not fully arrived, so that thousands fit beside the server they load.

use std::cell::RefCell;
use std::net::SocketAddr;

use anyhow::{bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8A;
/// Two bytes of length follow.
const LONG: u8 = 0x7E;

thread_local! {
    /// Where all sockets of a thread read into.
    static SCRATCH: RefCell<Box<[u8]>> = RefCell::new(vec![0; 64 * 1024].into());
}

pub struct Socket {
    stream: TcpStream,
    /// The beginning of a frame whose end has not arrived.
    rest: RefCell<Vec<u8>>,
}

/// What a read brought.
#[derive(Clone, Copy, Debug, Default)]
pub struct Read {
    pub bytes: usize,
    pub frames: usize,
    pub ended: bool,
}

impl Socket {
    pub async fn connect(to: SocketAddr, path: &str, protocol: &str) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        let hello = format!(
            "GET {path} HTTP/1.1\r\nhost: {to}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: bGl2ZWZhaXItYmVuY2ghIQ==\r\nsec-websocket-protocol: {protocol}\r\n\r\n"
        );
        stream.write_all(hello.as_bytes()).await?;
        let mut answer = Vec::with_capacity(1024);
        let head = loop {
            ensure!(stream.read_buf(&mut answer).await? > 0, "the handshake was cut off");
            if let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
                break answer.drain(..end + 4).collect::<Vec<_>>();
            }
        };
        if !head.starts_with(b"HTTP/1.1 101 ") {
            bail!("refused: {}", String::from_utf8_lossy(&head).lines().next().unwrap_or_default());
        }
        answer.shrink_to_fit();
        Ok(Self { stream, rest: RefCell::new(answer) })
    }

    /// Sends a text. What is sent here is small: a socket that does not take it is broken.
    pub fn send(&self, text: &str) -> anyhow::Result<()> {
        self.frame(TEXT, text.as_bytes())
    }

    /// Masked with zeros, which masks nothing and is as good a mask as any.
    fn frame(&self, kind: u8, payload: &[u8]) -> anyhow::Result<()> {
        let mut frame = vec![kind];
        match u16::try_from(payload.len())? {
            short @ 0..126 => frame.push(0x80 | u8::try_from(short)?),
            long => {
                frame.push(0x80 | LONG);
                frame.extend(long.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        ensure!(self.stream.try_write(&frame)? == frame.len(), "the socket takes no more");
        Ok(())
    }

    /// Ends the connection without a word, as a lost network does.
    pub fn cut(&self) {
        let _already_gone = socket2::SockRef::from(&self.stream).shutdown(std::net::Shutdown::Both);
    }

    /// Waits for bytes and hands each whole text to `hear`.
    pub async fn read(&self, mut hear: impl FnMut(&str)) -> anyhow::Result<Read> {
        let mut rest = std::mem::take(&mut *self.rest.borrow_mut());
        let mut read = Read::default();
        if rest.is_empty() {
            self.stream.readable().await?;
        }
        SCRATCH.with_borrow_mut(|scratch| {
            read.bytes = match self.stream.try_read(scratch) {
                Ok(0) => {
                    read.ended = true;
                    0
                }
                Ok(count) => count,
                Err(refused) if refused.kind() == std::io::ErrorKind::WouldBlock => 0,
                Err(broken) => return Err(broken),
            };
            rest.extend_from_slice(&scratch[..read.bytes]);
            Ok(())
        })?;
        let mut from = 0;
        while let Some((kind, payload, end)) = first_frame(&rest[from..]) {
            let payload = &rest[from + payload..from + end];
            read.frames += 1;
            match kind {
                TEXT => hear(std::str::from_utf8(payload)?),
                PING => self.frame(PONG, payload)?,
                CLOSE => read.ended = true,
                _ => {}
            }
            from += end;
        }
        rest.drain(..from);
        if rest.is_empty() {
            rest = Vec::new();
        } else if read.bytes == 0 && !read.ended {
            self.stream.readable().await?;
        }
        *self.rest.borrow_mut() = rest;
        Ok(read)
    }
}

/// Kind, start of the payload and end of the first frame, if all of it is there.
fn first_frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (kind, short) = (*bytes.first()?, usize::from(*bytes.get(1)? & 0x7F));
    let (start, length): (usize, usize) = match short {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        _ => (2, short),
    };
    let end = start.checked_add(length)?;
    (bytes.len() >= end).then_some((kind, start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_found_once_all_of_it_is_there() {
        let mut long = vec![TEXT, 126, 0, 200];
        long.extend([b'x'; 200]);
        assert_eq!(first_frame(&long), Some((TEXT, 4, 204)));
        assert_eq!(first_frame(&long[..203]), None);
        assert_eq!(first_frame(&[PING, 0, TEXT]), Some((PING, 2, 2)));
        assert_eq!(first_frame(&[TEXT]), None);
    }
}
