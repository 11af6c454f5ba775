//! All that was said, for the crew.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use kernel::http::Path;
use kernel::id::{EventId, MessageId};
use kernel::{Actor, Instant, Problem};
use serde::Serialize;

use crate::room::Message;
use crate::rooms::Rooms;

const TRANSCRIPT_PAGE: u64 = 500;

#[derive(Serialize)]
struct TranscriptLine<'a> {
    at: Instant,
    id: MessageId,
    participant: &'a str,
    name: &'a str,
    crew: bool,
    lang: &'a str,
    state: &'a str,
    text: &'a str,
}

impl<'a> From<&'a Message> for TranscriptLine<'a> {
    fn from(message: &'a Message) -> Self {
        let Message { id, participant, name, crew, text, lang, state, at, event: _ } = message;
        Self { at: *at, id: *id, participant, name, crew: *crew, lang, state: state.word(), text }
    }
}

/// All that was said, one JSON object to a line.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/transcript.jsonl", tag = "room", params(("event" = EventId, Path)),
    responses((status = 200, content_type = "application/jsonl"), (status = 403, body = Problem)))]
pub(super) async fn transcript_jsonl(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
) -> Result<Response, Problem> {
    let line = |message: &Message| crate::protocol::encode(&TranscriptLine::from(message)) + "\n";
    transcript(rooms, actor, event, "application/jsonl", String::new(), line).await
}

/// All that was said, as a table.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/transcript.csv", tag = "room", params(("event" = EventId, Path)),
    responses((status = 200, content_type = "text/csv"), (status = 403, body = Problem)))]
pub(super) async fn transcript_csv(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
) -> Result<Response, Problem> {
    let line = |message: &Message| {
        let line = TranscriptLine::from(message);
        let (at, id) = (line.at.to_string(), line.id.to_string());
        let crew = if line.crew { "yes" } else { "" };
        row(&[&at, &id, line.participant, line.name, crew, line.lang, line.state, line.text])
    };
    // The mark tells Excel that it is UTF-8.
    let head = "\u{FEFF}".to_owned() + &row(&["at", "id", "participant", "name", "crew", "lang", "state", "text"]);
    transcript(rooms, actor, event, "text/csv; charset=utf-8", head, line).await
}

/// One line of a table; cells that a spreadsheet would run are made inert.
fn row(cells: &[&str]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let written = writer.write_record(cells.iter().map(|cell| kernel::text::inert_cell(cell)));
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Sends the transcript page by page, so that a long one is never held whole.
async fn transcript(
    rooms: Rooms,
    actor: Actor,
    event: EventId,
    kind: &'static str,
    head: String,
    line: impl Fn(&Message) -> String + Send + 'static,
) -> Result<Response, Problem> {
    let first = rooms.transcript(&actor, event, None, TRANSCRIPT_PAGE).await?;
    let pages = stream::unfold(Some((first, head)), move |page| {
        let (rooms, actor) = (rooms.clone(), actor.clone());
        let text = page.map(|(messages, head)| {
            let lines: String = messages.iter().map(&line).collect();
            let last = messages.last().map(|last| (last.at, last.id));
            (head + &lines, last)
        });
        async move {
            let (text, last) = text?;
            let next = match last {
                Some(last) => match rooms.transcript(&actor, event, Some(last), TRANSCRIPT_PAGE).await {
                    Ok(more) if more.is_empty() => None,
                    Ok(more) => Some((more, String::new())),
                    Err(problem) => return Some((Err(std::io::Error::other(problem.title)), None)),
                },
                None => None,
            };
            Some((Ok(text), next))
        }
    });
    // Compression asks once more after the end.
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], Body::from_stream(pages.fuse()))
        .into_response())
}
