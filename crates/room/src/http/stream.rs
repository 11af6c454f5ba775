//! The event stream: the same frames for those whose network lets no WebSocket through.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use kernel::Problem;
use kernel::http::{Path, Query};
use kernel::id::EventId;
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::mpsc;

use crate::protocol::Resume;
use crate::room::ConnId;
use crate::rooms::{Handle, Heard, Rooms};

#[derive(Deserialize)]
pub(super) struct Redeem {
    ticket: String,
    /// The last place known, for those who come back with another ticket.
    e: Option<String>,
    s: Option<u64>,
}

/// Opens an event stream against a ticket. `e` and `s`, or `Last-Event-ID`, resume it.
pub(super) async fn events(
    State(rooms): State<Rooms>,
    Path(event): Path<EventId>,
    Query(redeem): Query<Redeem>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let room = rooms.room(event).await?;
    let pass = rooms.redeem(&redeem.ticket, event).ok_or_else(|| Problem::unauthorized("room-ticket"))?;
    let named = headers.get("last-event-id").and_then(|id| place(id.to_str().ok()?));
    let resume = named.or_else(|| Some(Resume { e: redeem.e?, s: redeem.s? }));
    let (conn, heard) = room.stream(pass, resume);
    let keep = KeepAlive::new().interval(Duration::from_secs(15));
    let stream = Sse::new(Events { room, conn, heard, greeted: false }).keep_alive(keep);
    let unbuffered =
        [(header::CACHE_CONTROL, "no-cache, no-transform"), (HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((unbuffered, stream).into_response())
}

/// `{epoch}:{seq}`
fn place(id: &str) -> Option<Resume> {
    let (e, s) = id.split_once(':')?;
    Some(Resume { e: e.to_owned(), s: s.parse().ok()? })
}

struct Events {
    room: Arc<Handle>,
    conn: ConnId,
    heard: mpsc::Receiver<Heard>,
    greeted: bool,
}

/// The place a frame or a welcome brings its reader to.
#[derive(Deserialize)]
struct Place<'a> {
    e: Option<&'a str>,
    s: Option<u64>,
    op: Option<&'a str>,
}

impl Stream for Events {
    type Item = Result<sse::Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.heard.poll_recv(cx).map(|heard| {
            let Heard(text) = heard?;
            let json = text.payload();
            let mut event = sse::Event::default().data(json);
            if !std::mem::replace(&mut self.greeted, true) {
                event = event.retry(Duration::from_secs(2));
            }
            if let Ok(Place { e: Some(e), s: Some(s), op: None | Some("welcome") }) = serde_json::from_str(json) {
                event = event.id(format!("{e}:{s}"));
            }
            Some(Ok(event))
        })
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.room.end_stream(self.conn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_event_id_is_a_place_in_an_epoch() {
        assert_eq!(place("k3Zp9Q:811"), Some(Resume { e: "k3Zp9Q".into(), s: 811 }));
        assert_eq!(place("811"), None);
        assert_eq!(place("k3:-1"), None);
    }
}
