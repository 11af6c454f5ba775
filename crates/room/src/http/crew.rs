//! What moderators do: messages, mutes, settings.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Json, Path};
use kernel::id::{EventId, MessageId};
use kernel::{Actor, Instant, Problem, Right};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::room::{Decision, Mute, MuteKind};
use crate::rooms::Rooms;
use crate::settings::RoomSettings;
use crate::store::Silenced;

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct MessageDecision {
    decision: Decision,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DecidedMessageView {
    #[schema(value_type = uuid::Uuid)]
    id: MessageId,
    #[schema(example = "removed")]
    state: &'static str,
}

/// Decides on a message.
#[utoipa::path(post, path = "/api/v1/messages/{id}/decisions", tag = "room", params(("id" = MessageId, Path)),
    request_body = MessageDecision, responses((status = 200, body = DecidedMessageView), (status = 409, body = Problem)))]
pub(super) async fn decide(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(id): Path<MessageId>,
    Json(wished): Json<MessageDecision>,
) -> Result<Json<DecidedMessageView>, Problem> {
    let decided = rooms.decide(&actor, id, wished.decision).await?;
    Ok(Json(DecidedMessageView { id, state: decided.state.word() }))
}

#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct NewRoomMute {
    kind: MuteKind,
    /// For how long; for good when absent.
    #[schema(minimum = 1)]
    minutes: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RoomMuteView {
    participant: String,
    /// The name they last wrote under, if they wrote.
    name: Option<String>,
    kind: MuteKind,
    /// For good when absent.
    until: Option<Instant>,
}

impl From<Silenced> for RoomMuteView {
    fn from(silenced: Silenced) -> Self {
        let Silenced { participant, name, mute: Mute { kind, until } } = silenced;
        Self { participant, name, kind, until }
    }
}

/// Who is silenced in a room.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/mutes", tag = "room", params(("event" = EventId, Path)),
    responses((status = 200, body = Vec<RoomMuteView>), (status = 403, body = Problem)))]
pub(super) async fn mutes(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
) -> Result<Json<Vec<RoomMuteView>>, Problem> {
    let silenced = rooms.mutes(&actor, event).await?;
    Ok(Json(silenced.into_iter().map(Into::into).collect()))
}

/// Silences a participant.
#[utoipa::path(put, path = "/api/v1/rooms/{event}/mutes/{participant}", tag = "room",
    params(("event" = EventId, Path), ("participant" = String, Path)), request_body = NewRoomMute,
    responses((status = 204), (status = 403, body = Problem)))]
pub(super) async fn mute(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path((event, participant)): Path<(EventId, String)>,
    Json(new): Json<NewRoomMute>,
) -> Result<StatusCode, Problem> {
    let until = new.minutes.map(|minutes| rooms.now() + std::time::Duration::from_secs(u64::from(minutes) * 60));
    rooms.silence(&actor, event, &participant, Some(Mute { kind: new.kind, until })).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lets a participant speak again.
#[utoipa::path(delete, path = "/api/v1/rooms/{event}/mutes/{participant}", tag = "room",
    params(("event" = EventId, Path), ("participant" = String, Path)),
    responses((status = 204), (status = 403, body = Problem)))]
pub(super) async fn unmute(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path((event, participant)): Path<(EventId, String)>,
) -> Result<StatusCode, Problem> {
    rooms.silence(&actor, event, &participant, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The room's settings.
#[utoipa::path(get, path = "/api/v1/rooms/{event}/settings", tag = "room", params(("event" = EventId, Path)),
    responses((status = 200, body = RoomSettings), (status = 403, body = Problem)))]
pub(super) async fn settings(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
) -> Result<Json<RoomSettings>, Problem> {
    let room = rooms.crew_room(&actor, event, Right::SeeDesk).await?;
    let settings = room.lock().settings().clone();
    Ok(Json(settings))
}

/// Changes the room's settings, whole.
#[utoipa::path(put, path = "/api/v1/rooms/{event}/settings", tag = "room", params(("event" = EventId, Path)),
    request_body = RoomSettings, responses((status = 204), (status = 422, body = Problem)))]
pub(super) async fn configure(
    State(rooms): State<Rooms>,
    actor: Actor,
    Path(event): Path<EventId>,
    Json(settings): Json<RoomSettings>,
) -> Result<StatusCode, Problem> {
    rooms.configure(&actor, event, settings).await?;
    Ok(StatusCode::NO_CONTENT)
}
