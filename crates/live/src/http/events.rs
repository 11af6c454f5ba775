//! Events as the crew plans and moves them.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Json, Listed, Page, Path, Query};
use kernel::id::{EventId, PersonId, ProductId, RecordingId};
use kernel::{Actor, Instant, Locale, LocalizedText, Problem, Right};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::{Event, EventState, Plan};
use crate::events::{Check, Mover, PlanChange};
use crate::live::Live;

/// An event as the crew sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    id: EventId,
    state: EventState,
    state_since: Instant,
    version: i64,
    title: LocalizedText,
    text: LocalizedText,
    languages: Vec<Locale>,
    markets: Vec<String>,
    hosts: Vec<PersonId>,
    starts_at: Instant,
    time_zone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recording: Option<RecordingId>,
    pins: Vec<ProductId>,
    updated_at: Instant,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        Self {
            id: event.id,
            state: event.state,
            state_since: event.state_since,
            version: event.version,
            title: event.plan.title,
            text: event.plan.text,
            languages: event.plan.languages,
            markets: event.plan.markets,
            hosts: event.plan.hosts,
            starts_at: event.plan.starts_at,
            time_zone: event.plan.time_zone,
            recording: event.recording,
            pins: event.pins,
            updated_at: event.updated_at,
        }
    }
}

/// Lists the organisation's events, the newest first.
#[utoipa::path(get, path = "/api/v1/events", tag = "live", params(Page), responses((status = 200, body = Listed<EventView>)))]
pub async fn events(
    State(live): State<Live>,
    actor: Actor,
    Query(page): Query<Page>,
) -> Result<Json<Listed<EventView>>, Problem> {
    let org = actor.works_here()?;
    let found = live.events(org, page.after()?, page.limit()).await?;
    Ok(Json(Listed::cut(found, page.limit(), |event| event.id.to_string()).map(EventView::from)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEventBody {
    title: LocalizedText,
    #[serde(default)]
    text: LocalizedText,
    /// The first is the default; absent: those of the title.
    #[serde(default)]
    languages: Vec<Locale>,
    /// ISO 3166-1 alpha-2; none means everywhere.
    #[serde(default)]
    markets: Vec<String>,
    /// Absent: whoever plans it.
    #[serde(default)]
    hosts: Vec<PersonId>,
    starts_at: Instant,
    /// IANA name, such as Asia/Shanghai.
    time_zone: String,
}

/// Plans an event, as a draft.
#[utoipa::path(post, path = "/api/v1/events", tag = "live", request_body = NewEventBody,
    responses((status = 201, body = EventView),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
pub async fn plan_event(
    State(live): State<Live>,
    actor: Actor,
    Json(body): Json<NewEventBody>,
) -> Result<(StatusCode, Json<EventView>), Problem> {
    let org = actor.require(Right::PlanEvents)?;
    let NewEventBody { title, text, languages, markets, hosts, starts_at, time_zone } = body;
    let plan = Plan { title, text, languages, markets, hosts, starts_at, time_zone };
    Ok((StatusCode::CREATED, Json(live.plan(org, actor.person().ok(), plan).await?.into())))
}

/// Shows an event of the organisation.
#[utoipa::path(get, path = "/api/v1/events/{id}", tag = "live", params(("id" = EventId, Path)),
    responses((status = 200, body = EventView),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn event(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
) -> Result<Json<EventView>, Problem> {
    let org = actor.works_here()?;
    Ok(Json(live.event(org, id).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventChangeBody {
    /// The version the change was made against.
    version: Option<i64>,
    title: Option<LocalizedText>,
    text: Option<LocalizedText>,
    languages: Option<Vec<Locale>>,
    markets: Option<Vec<String>>,
    hosts: Option<Vec<PersonId>>,
    starts_at: Option<Instant>,
    time_zone: Option<String>,
}

/// Changes the plan of an event; absent fields stay.
#[utoipa::path(patch, path = "/api/v1/events/{id}", tag = "live", params(("id" = EventId, Path)), request_body = EventChangeBody,
    responses((status = 200, body = EventView),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub async fn change_event(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
    Json(body): Json<EventChangeBody>,
) -> Result<Json<EventView>, Problem> {
    let org = actor.require(Right::PlanEvents)?;
    let EventChangeBody { version, title, text, languages, markets, hosts, starts_at, time_zone } = body;
    let change = PlanChange { version, title, text, languages, markets, hosts, starts_at, time_zone };
    Ok(Json(live.change(org, id, change).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventTransitionBody {
    to: EventState,
    /// The version the move was decided on.
    from_version: i64,
    reason: Option<String>,
}

/// Moves an event to another state.
#[utoipa::path(post, path = "/api/v1/events/{id}/transitions", tag = "live", params(("id" = EventId, Path)),
    request_body = EventTransitionBody,
    responses((status = 200, body = EventView),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "illegal-transition {state, to}, version-conflict {version, state}, event-not-ready {missing}")))]
pub async fn move_event(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
    Json(body): Json<EventTransitionBody>,
) -> Result<Json<EventView>, Problem> {
    actor.works_here()?;
    let reason = body.reason.unwrap_or_default();
    let moved = live.transition(Mover::Crew(&actor), id, Some(body.from_version), body.to, &reason).await?;
    Ok(Json(moved.into()))
}

/// One line of the checklist.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadinessItem {
    key: &'static str,
    ok: bool,
    /// What to do, in English; pages say it by `key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'static str>,
}

/// The checklist before going live.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventReadiness {
    items: Vec<ReadinessItem>,
    /// Whether it may go live; a show goes live without room for its recording.
    ready: bool,
}

/// Says what is still missing before the event may go live.
#[utoipa::path(get, path = "/api/v1/events/{id}/readiness", tag = "live", params(("id" = EventId, Path)),
    responses((status = 200, body = EventReadiness)))]
pub async fn readiness(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
) -> Result<Json<EventReadiness>, Problem> {
    let org = actor.works_here()?;
    let checks = live.readiness(org, id).await?;
    let ready = checks.iter().all(|check| check.ok || !check.required);
    let line =
        |Check { key, ok, advice, required: _ }: Check| ReadinessItem { key, ok, advice: (!ok).then_some(advice) };
    Ok(Json(EventReadiness { items: checks.into_iter().map(line).collect(), ready }))
}

/// Who works at the event.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventCrew {
    hosts: Vec<PersonId>,
    /// The version the change was made against; in answers, the event's.
    version: Option<i64>,
}

impl From<Event> for EventCrew {
    fn from(event: Event) -> Self {
        Self { hosts: event.plan.hosts, version: Some(event.version) }
    }
}

/// Shows who works at the event.
#[utoipa::path(get, path = "/api/v1/events/{id}/crew", tag = "live", params(("id" = EventId, Path)),
    responses((status = 200, body = EventCrew)))]
pub async fn crew(State(live): State<Live>, actor: Actor, Path(id): Path<EventId>) -> Result<Json<EventCrew>, Problem> {
    let org = actor.works_here()?;
    Ok(Json(live.event(org, id).await?.into()))
}

/// Says who works at the event.
#[utoipa::path(put, path = "/api/v1/events/{id}/crew", tag = "live", params(("id" = EventId, Path)), request_body = EventCrew,
    responses((status = 200, body = EventCrew),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub async fn set_crew(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
    Json(body): Json<EventCrew>,
) -> Result<Json<EventCrew>, Problem> {
    let org = actor.require(Right::PlanEvents)?;
    let change = PlanChange { hosts: Some(body.hosts), version: body.version, ..PlanChange::default() };
    Ok(Json(live.change(org, id, change).await?.into()))
}
