//! Routes of rooms. Handlers translate; the use cases decide.

mod crew;
mod questions;
mod socket;
mod stream;
mod transcript;

use axum::extract::{FromRequestParts, State};
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::http::{Json, Language, Path, Query};
use kernel::id::{EventId, MessageId, ProductId, QuestionId};
use kernel::{Actor, Problem, Who};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::room::{Acknowledged, Asking, Input};
use crate::rooms::Rooms;
use crate::token::Pass;

/// The routes, for the server to merge.
pub fn routes(rooms: Rooms) -> OpenApiRouter {
    OpenApiRouter::new()
        .route("/rooms/{event}", axum::routing::get(socket::upgrade))
        .route("/rooms/{event}/events", axum::routing::get(stream::events))
        .routes(routes!(token))
        .routes(routes!(ticket))
        .routes(routes!(snapshot))
        .routes(routes!(log))
        .routes(routes!(say))
        .routes(routes!(ask, questions::questions))
        .routes(routes!(questions::move_question))
        .routes(routes!(questions::answer))
        .routes(routes!(crew::decide))
        .routes(routes!(crew::mutes))
        .routes(routes!(crew::mute, crew::unmute))
        .routes(routes!(crew::settings, crew::configure))
        .routes(routes!(transcript::transcript_jsonl))
        .routes(routes!(transcript::transcript_csv))
        .with_state(rooms)
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewRoomToken {
    /// The language the viewer reads and writes.
    #[schema(example = "es")]
    lang: String,
    /// A name to write under, for visitors nobody knows; without one they only watch.
    name: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RoomTokenView {
    /// For `join`, and as a bearer token for the room's own endpoints.
    token: String,
    name: String,
    participant: String,
    /// Whether the desk's lane is open to it.
    crew: bool,
}

/// Gives a join token.
#[utoipa::path(post, path = "/api/v1/rooms/{event}/tokens", tag = "room", request_body = NewRoomToken,
    params(("event" = EventId, Path)), responses((status = 200, body = RoomTokenView), (status = 404, body = Problem)))]
async fn token(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
    extensions: Extensions,
    Json(new): Json<NewRoomToken>,
) -> Result<Json<RoomTokenView>, Problem> {
    let lang: kernel::Locale = new.lang.parse().map_err(|_bad| Problem::unprocessable("bad-language"))?;
    let (token, pass) =
        rooms.admit(&actor, event, &lang.to_string(), new.name.as_deref(), rooms.address(&extensions)).await?;
    Ok(Json(RoomTokenView { token, name: pass.name, participant: pass.participant, crew: pass.crew }))
}

#[derive(Debug, Serialize, ToSchema)]
struct RoomTicketView {
    /// Good once, for 60 s.
    ticket: String,
}

/// Gives a ticket for the event stream, against a join token.
#[utoipa::path(post, path = "/api/v1/rooms/{event}/tickets", tag = "room", params(("event" = EventId, Path)),
    responses((status = 200, body = RoomTicketView), (status = 401, body = Problem)))]
async fn ticket(
    State(rooms): State<Rooms>,
    Path(event): Path<EventId>,
    headers: HeaderMap,
) -> Result<Json<RoomTicketView>, Problem> {
    let pass = bearer(&rooms, &headers, event)?.ok_or_else(|| Problem::unauthorized("room-token"))?;
    Ok(Json(RoomTicketView { ticket: rooms.ticket(pass)? }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SnapshotQuery {
    /// The language of the reader; the show's first when absent.
    lang: Option<String>,
}

/// The room as it stands: the events and values of the `welcome`.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/snapshot", tag = "room",
    params(("event" = EventId, Path), SnapshotQuery),
    responses((status = 200, body = serde_json::Value), (status = 404, body = Problem)))]
async fn snapshot(
    State(rooms): State<Rooms>,
    Path(event): Path<EventId>,
    Query(query): Query<SnapshotQuery>,
) -> Result<Response, Problem> {
    let room = rooms.room(event).await?;
    let body = {
        let mut room = room.lock();
        let tongue = room.tongue_of(query.lang.as_deref().unwrap_or_default());
        let (snap, s) = (room.snapshot_in(tongue), room.flushed());
        format!(r#"{{"e":"{}","s":{s},"now":{},"snap":{snap}}}"#, room.epoch(), rooms.now().millis())
    };
    Ok(json(body, "public, max-age=1"))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LogQuery {
    epoch: String,
    /// The last number the reader has.
    after: u64,
    /// The language of the reader; the show's first when absent.
    lang: Option<String>,
}

/// What came after a place in the room's order, as one frame, against a join token; 410 when it is no longer kept or too
/// much for a frame: take the snapshot.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/log", tag = "room", params(("event" = EventId, Path), LogQuery),
    responses((status = 200, body = serde_json::Value), (status = 401, body = Problem), (status = 410, body = Problem)))]
async fn log(
    State(rooms): State<Rooms>,
    Path(event): Path<EventId>,
    Query(query): Query<LogQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    bearer(&rooms, &headers, event)?.ok_or_else(|| Problem::unauthorized("room-token"))?;
    let room = rooms.room(event).await?;
    let frame = {
        let room = room.lock();
        let tongue = room.tongue_of(query.lang.as_deref().unwrap_or_default());
        room.log_after(&query.epoch, query.after, tongue, rooms.now())
    };
    frame.map(|body| json(body, "no-store")).ok_or_else(|| Problem::new(410, "room-log-gone"))
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewRoomMessage {
    #[schema(value_type = uuid::Uuid)]
    id: MessageId,
    #[schema(max_length = 500)]
    text: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct RoomMessageView {
    /// Its place among the events, if everybody sees it.
    s: Option<u64>,
    /// `held` for a moderator, or `sampled` in a busy room.
    #[schema(example = "held")]
    mark: Option<&'static str>,
}

/// Says something, for those without a WebSocket. The answer means that it is saved.
#[utoipa::path(post, path = "/api/v1/rooms/{event}/messages", tag = "room", params(("event" = EventId, Path)),
    request_body = NewRoomMessage, responses((status = 202, body = RoomMessageView), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn say(
    State(rooms): State<Rooms>,
    writer: Writer,
    Path(event): Path<EventId>,
    Json(new): Json<NewRoomMessage>,
) -> Result<(StatusCode, Json<RoomMessageView>), Problem> {
    let from = writer.of(&rooms, event).await?;
    let room = rooms.room(event).await?;
    let Acknowledged { s, mark } = room.say_and_save(from, new.id, new.text).await?;
    Ok((StatusCode::ACCEPTED, Json(RoomMessageView { s, mark })))
}

#[derive(Debug, Deserialize, ToSchema)]
struct NewRoomQuestion {
    /// Made by the client, so that a repeat is harmless.
    #[schema(value_type = uuid::Uuid)]
    id: QuestionId,
    #[schema(max_length = 500)]
    text: String,
    #[schema(value_type = Option<uuid::Uuid>)]
    product: Option<ProductId>,
    /// Where in the show, in media time.
    at_ms: Option<i64>,
    #[serde(default)]
    private: bool,
}

/// Asks a question. Answered after it is committed.
#[utoipa::path(post, path = "/api/v1/rooms/{event}/questions", tag = "room", params(("event" = EventId, Path)),
    request_body = NewRoomQuestion, responses((status = 201), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn ask(
    State(rooms): State<Rooms>,
    writer: Writer,
    Path(event): Path<EventId>,
    Json(new): Json<NewRoomQuestion>,
) -> Result<StatusCode, Problem> {
    let from = writer.of(&rooms, event).await?;
    let room = rooms.room(event).await?;
    let NewRoomQuestion { id, text, product, at_ms, private } = new;
    room.on_and_commit(Input::Ask { from, conn: None, ask: Asking { id, text, product, at_ms, private } }).await?;
    Ok(StatusCode::CREATED)
}

/// Who writes: the bearer of a join token, else the actor of the session, in the language of the request.
#[derive(FromRequestParts)]
struct Writer {
    actor: Actor,
    headers: HeaderMap,
    extensions: Extensions,
    language: Language,
}

impl Writer {
    async fn of(&self, rooms: &Rooms, event: EventId) -> Result<Arc<Pass>, Problem> {
        if let Some(pass) = bearer(rooms, &self.headers, event)? {
            return Ok(Arc::new(pass));
        }
        if self.actor.who == Who::Anyone {
            return Err(Problem::unauthorized("room-token"));
        }
        let (lang, from) = (self.language.0.to_string(), rooms.address(&self.extensions));
        let (_token, pass) = rooms.admit(&self.actor, event, &lang, None, from).await?;
        Ok(Arc::new(pass))
    }
}

fn bearer(rooms: &Rooms, headers: &HeaderMap, event: EventId) -> Result<Option<Pass>, Problem> {
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    token.map(|token| rooms.pass(token, event)).transpose()
}

fn json(body: String, cache: &'static str) -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, cache)], body).into_response()
}
