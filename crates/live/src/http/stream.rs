//! The keys an encoder sends with, and how its stream fares.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Json, Listed, Path};
use kernel::id::{EventId, StreamKeyId};
use kernel::{Actor, Instant, Problem, Right};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::live::{Live, stream_name};
use crate::store::StreamKey;

/// A stream key. The key itself is in the answer that made it, and nowhere else.
#[derive(Debug, Serialize, ToSchema)]
pub struct StreamKeyView {
    id: StreamKeyId,
    label: String,
    created_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    key: Option<String>,
    /// Where the encoder sends to.
    server: String,
}

impl StreamKeyView {
    fn of(live: &Live, key: StreamKey, shown: Option<String>) -> Self {
        Self { id: key.id, label: key.label, created_at: key.created_at, key: shown, server: live.server.to_string() }
    }
}

/// Lists the keys in force.
#[utoipa::path(get, path = "/api/v1/events/{id}/stream-keys", tag = "live", params(("id" = EventId, Path)),
    responses((status = 200, body = Listed<StreamKeyView>)))]
pub async fn stream_keys(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
) -> Result<Json<Listed<StreamKeyView>>, Problem> {
    let org = actor.works_here()?;
    let keys = live.keys(org, id).await?;
    let items = keys.into_iter().map(|key| StreamKeyView::of(&live, key, None)).collect();
    Ok(Json(Listed { items, next: None }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStreamKeyBody {
    /// What the crew calls this source.
    #[serde(default)]
    label: String,
}

/// Makes a stream key and shows it this once.
#[utoipa::path(post, path = "/api/v1/events/{id}/stream-keys", tag = "live", params(("id" = EventId, Path)),
    request_body = NewStreamKeyBody, responses((status = 201, body = StreamKeyView)))]
pub async fn make_stream_key(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
    Json(body): Json<NewStreamKeyBody>,
) -> Result<(StatusCode, Json<StreamKeyView>), Problem> {
    let org = actor.require(Right::GoLive)?;
    let (key, secret) = live.make_key(org, id, &body.label).await?;
    let shown = Some(secret.expose().clone());
    Ok((StatusCode::CREATED, Json(StreamKeyView::of(&live, key, shown))))
}

/// Revokes a stream key and closes the source.
#[utoipa::path(delete, path = "/api/v1/events/{id}/stream-keys/{key}", tag = "live",
    params(("id" = EventId, Path), ("key" = StreamKeyId, Path)),
    responses((status = 204), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn revoke_stream_key(
    State(live): State<Live>,
    actor: Actor,
    Path((id, key)): Path<(EventId, StreamKeyId)>,
) -> Result<StatusCode, Problem> {
    let org = actor.require(Right::GoLive)?;
    live.revoke_key(org, id, key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the event's source sends, and where the crew watches it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventStreamView {
    #[serde(flatten)]
    health: media::Health,
    /// The playlist; `proof` in it lets the crew watch before the show is on the air.
    playlist: String,
}

/// Shows how the event's stream fares.
#[utoipa::path(get, path = "/api/v1/events/{id}/stream", tag = "live", params(("id" = EventId, Path)),
    responses((status = 200, body = EventStreamView)))]
pub async fn event_stream(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
) -> Result<Json<EventStreamView>, Problem> {
    let org = actor.works_here()?;
    let event = live.event(org, id).await?;
    let stream = live.streams.find(&stream_name(event.id));
    let mut health = stream.map_or_else(|| media::Health::of_nothing(event.state_since), |stream| stream.health());
    health.warnings.extend(live.recording_warning(&event));
    let playlist = format!("/live/{id}/index.m3u8?proof={}", live.preview_proof(id));
    Ok(Json(EventStreamView { health, playlist }))
}
