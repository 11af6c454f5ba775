//! Shows over HTTP: for visitors, and everything for the crew.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Json, Language, Listed, Page, Path};
use kernel::id::{EventId, OrgId, PersonId, ProductId, RecordingId, RunItemId, StreamKeyId};
use kernel::{Actor, Instant, Locale, LocalizedText, Problem, Right, Who};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::event::{Event, EventState, Plan};
use crate::events::{Check, Mover, PlanChange, Show};
use crate::live::{Live, stream_name};
use crate::run::{self, RunItem, RunItemState};
use crate::runs::{ItemChange, ItemTitle, RunSheet};
use crate::store::StreamKey;

/// Every route of `live`.
pub fn routes(live: Live) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(shows))
        .routes(routes!(show))
        .routes(routes!(events, plan_event))
        .routes(routes!(event, change_event))
        .routes(routes!(move_event))
        .routes(routes!(readiness))
        .routes(routes!(run_items, add_run_item))
        .routes(routes!(change_run_item))
        .routes(routes!(order_run_items))
        .routes(routes!(move_run_item))
        .routes(routes!(pins, set_pins))
        .routes(routes!(stream_keys, make_stream_key))
        .routes(routes!(revoke_stream_key))
        .routes(routes!(event_stream))
        .routes(routes!(crew, set_crew))
        .with_state(live)
}

/// A show as visitors see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShowView {
    pub id: EventId,
    pub org: OrgId,
    pub title: String,
    pub text: String,
    /// The language `title` is in.
    pub lang: String,
    pub state: EventState,
    pub starts_at: Instant,
    /// IANA name.
    pub time_zone: String,
    pub languages: Vec<Locale>,
    /// In run order.
    pub products: Vec<ProductId>,
    pub pins: Vec<ProductId>,
    /// The product of the item on the air.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_air: Option<ProductId>,
    /// Once it can be watched again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingId>,
}

impl ShowView {
    /// The show for a reader.
    pub fn of(show: &Show, reader: &Locale) -> Self {
        let Show { event, items } = show;
        let (lang, title) = event.plan.title.choose(reader).map_or_else(
            || (reader.to_string(), String::new()),
            |(locale, title)| (locale.to_string(), title.to_owned()),
        );
        let on_air = items.iter().find(|item| item.state == RunItemState::OnAir).and_then(|item| item.product);
        Self {
            id: event.id,
            org: event.org,
            title,
            text: event.plan.text.pick(reader).to_owned(),
            lang,
            state: event.state.shown().unwrap_or(event.state),
            starts_at: event.plan.starts_at,
            time_zone: event.plan.time_zone.clone(),
            languages: event.plan.languages.clone(),
            products: run::products(items),
            pins: event.pins.clone(),
            on_air: on_air.filter(|_| event.state.shown() == Some(event.state)),
            recording: event.recording.filter(|_| event.state == EventState::Replay),
        }
    }
}

/// Lists shows, the newest first.
#[utoipa::path(get, path = "/api/v1/shows", tag = "live", params(Page, ("lang" = Option<String>, Query)),
    responses((status = 200, body = Listed<ShowView>)))]
async fn shows(
    State(live): State<Live>,
    Language(reader): Language,
    kernel::http::Query(page): kernel::http::Query<Page>,
) -> Result<Json<Listed<ShowView>>, Problem> {
    let found = live.shows(page.after()?, page.limit()).await?;
    let listed = Listed::cut(found, page.limit(), |show| show.event.id.to_string());
    Ok(Json(listed.map(|show| ShowView::of(&show, &reader))))
}

/// Shows one show.
#[utoipa::path(get, path = "/api/v1/shows/{event}", tag = "live",
    params(("event" = EventId, Path), ("lang" = Option<String>, Query)),
    responses((status = 200, body = ShowView),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn show(
    State(live): State<Live>,
    Language(reader): Language,
    Path(id): Path<EventId>,
) -> Result<Json<ShowView>, Problem> {
    Ok(Json(ShowView::of(&live.show(id).await?, &reader)))
}

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
async fn events(
    State(live): State<Live>,
    actor: Actor,
    kernel::http::Query(page): kernel::http::Query<Page>,
) -> Result<Json<Listed<EventView>>, Problem> {
    let org = works_here(&actor)?;
    let found = live.events(org, page.after()?, page.limit()).await?;
    Ok(Json(Listed::cut(found, page.limit(), |event| event.id.to_string()).map(EventView::from)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewEventBody {
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
async fn plan_event(
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
async fn event(State(live): State<Live>, actor: Actor, Path(id): Path<EventId>) -> Result<Json<EventView>, Problem> {
    let org = works_here(&actor)?;
    Ok(Json(live.event(org, id).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EventChangeBody {
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
async fn change_event(
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
struct EventTransitionBody {
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
async fn move_event(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
    Json(body): Json<EventTransitionBody>,
) -> Result<Json<EventView>, Problem> {
    works_here(&actor)?;
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
    ready: bool,
}

/// Says what is still missing before the event may go live.
#[utoipa::path(get, path = "/api/v1/events/{id}/readiness", tag = "live", params(("id" = EventId, Path)),
    responses((status = 200, body = EventReadiness)))]
async fn readiness(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
) -> Result<Json<EventReadiness>, Problem> {
    let org = works_here(&actor)?;
    let checks = live.readiness(org, id).await?;
    let ready = checks.iter().all(|check| check.ok);
    let line = |Check { key, ok, advice }: Check| ReadinessItem { key, ok, advice: (!ok).then_some(advice) };
    Ok(Json(EventReadiness { items: checks.into_iter().map(line).collect(), ready }))
}

/// One item of the run sheet.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunItemView {
    id: RunItemId,
    /// Its own title, else the product's name, in the reader's language.
    title: String,
    /// Its own title in every language.
    titles: LocalizedText,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<ProductId>,
    minutes: i64,
    state: RunItemState,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Instant>,
}

/// The run sheet in its order.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunSheetView {
    items: Vec<RunItemView>,
    version: i64,
}

async fn item_views(live: &Live, items: Vec<RunItem>, reader: &Locale) -> Result<Vec<RunItemView>, Problem> {
    let names: BTreeMap<ProductId, catalog::Publication> = live.product_names(&run::products(&items)).await?;
    let title = |item: &RunItem| {
        let name = || item.product.and_then(|product| names.get(&product)).map_or("", |known| known.names.pick(reader));
        if item.title.is_empty() { name().to_owned() } else { item.title.pick(reader).to_owned() }
    };
    Ok(items
        .into_iter()
        .map(|item| RunItemView {
            id: item.id,
            title: title(&item),
            titles: item.title,
            product: item.product,
            minutes: item.minutes,
            state: item.state,
            started_at: item.started_at,
        })
        .collect())
}

async fn item_view(live: &Live, item: RunItem, reader: &Locale) -> Result<RunItemView, Problem> {
    let views = item_views(live, vec![item], reader).await?;
    views.into_iter().next().ok_or_else(|| Problem::not_found("no-such-item"))
}

async fn sheet_view(live: &Live, sheet: RunSheet, reader: &Locale) -> Result<Json<RunSheetView>, Problem> {
    Ok(Json(RunSheetView { items: item_views(live, sheet.items, reader).await?, version: sheet.version }))
}

/// Shows the run sheet.
#[utoipa::path(get, path = "/api/v1/events/{id}/run_items", tag = "live", params(("id" = EventId, Path)),
    responses((status = 200, body = RunSheetView)))]
async fn run_items(
    State(live): State<Live>,
    actor: Actor,
    Language(reader): Language,
    Path(id): Path<EventId>,
) -> Result<Json<RunSheetView>, Problem> {
    let org = works_here(&actor)?;
    sheet_view(&live, live.run_sheet(org, id).await?, &reader).await
}

/// A title in the event's default language, or in several.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
enum RunItemTitle {
    Plain(String),
    Localized(LocalizedText),
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RunItemBody {
    title: Option<RunItemTitle>,
    product: Option<ProductId>,
    #[serde(alias = "target_minutes")]
    minutes: Option<i64>,
}

impl From<RunItemBody> for ItemChange {
    fn from(body: RunItemBody) -> Self {
        let title = body.title.map(|title| match title {
            RunItemTitle::Plain(title) => ItemTitle::Plain(title),
            RunItemTitle::Localized(title) => ItemTitle::Localized(title),
        });
        Self { title, product: body.product, minutes: body.minutes }
    }
}

/// Puts an item at the end of the run sheet.
#[utoipa::path(post, path = "/api/v1/events/{id}/run_items", tag = "live", params(("id" = EventId, Path)),
    request_body = RunItemBody, responses((status = 201, body = RunItemView)))]
async fn add_run_item(
    State(live): State<Live>,
    actor: Actor,
    Language(reader): Language,
    Path(id): Path<EventId>,
    Json(body): Json<RunItemBody>,
) -> Result<(StatusCode, Json<RunItemView>), Problem> {
    let org = actor.require(Right::PlanEvents)?;
    let item = live.add_item(org, id, body.into()).await?;
    Ok((StatusCode::CREATED, Json(item_view(&live, item, &reader).await?)))
}

/// Changes what an item says; absent fields stay.
#[utoipa::path(patch, path = "/api/v1/run_items/{id}", tag = "live", params(("id" = RunItemId, Path)),
    request_body = RunItemBody, responses((status = 200, body = RunItemView)))]
async fn change_run_item(
    State(live): State<Live>,
    actor: Actor,
    Language(reader): Language,
    Path(id): Path<RunItemId>,
    Json(body): Json<RunItemBody>,
) -> Result<Json<RunItemView>, Problem> {
    let org = actor.require(Right::PlanEvents)?;
    let item = live.change_item(org, id, body.into()).await?;
    Ok(Json(item_view(&live, item, &reader).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RunOrderBody {
    items: Vec<RunItemId>,
    version: i64,
}

/// Puts the items in another order.
#[utoipa::path(put, path = "/api/v1/events/{id}/run_order", tag = "live", params(("id" = EventId, Path)),
    request_body = RunOrderBody,
    responses((status = 200, body = RunSheetView),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
async fn order_run_items(
    State(live): State<Live>,
    actor: Actor,
    Language(reader): Language,
    Path(id): Path<EventId>,
    Json(body): Json<RunOrderBody>,
) -> Result<Json<RunSheetView>, Problem> {
    let org = actor.require(Right::RunShow)?;
    sheet_view(&live, live.reorder(org, id, &body.items, body.version).await?, &reader).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RunItemTransitionBody {
    to: RunItemState,
}

/// Moves an item on the air, off it, or past it.
#[utoipa::path(post, path = "/api/v1/run_items/{id}/transitions", tag = "live", params(("id" = RunItemId, Path)),
    request_body = RunItemTransitionBody,
    responses((status = 200, body = RunItemView),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
async fn move_run_item(
    State(live): State<Live>,
    actor: Actor,
    Language(reader): Language,
    Path(id): Path<RunItemId>,
    Json(body): Json<RunItemTransitionBody>,
) -> Result<Json<RunItemView>, Problem> {
    let org = actor.require(Right::RunShow)?;
    let item = live.move_item(org, id, body.to).await?;
    Ok(Json(item_view(&live, item, &reader).await?))
}

/// What is pinned.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventPins {
    /// At most three.
    products: Vec<ProductId>,
    version: i64,
}

impl From<Event> for EventPins {
    fn from(event: Event) -> Self {
        Self { products: event.pins, version: event.pins_version }
    }
}

/// Shows what is pinned.
#[utoipa::path(get, path = "/api/v1/events/{id}/pins", tag = "live", params(("id" = EventId, Path)),
    responses((status = 200, body = EventPins)))]
async fn pins(State(live): State<Live>, actor: Actor, Path(id): Path<EventId>) -> Result<Json<EventPins>, Problem> {
    let org = works_here(&actor)?;
    Ok(Json(live.event(org, id).await?.into()))
}

/// Pins these products; none at all gives the pins back to the run sheet.
#[utoipa::path(put, path = "/api/v1/events/{id}/pins", tag = "live", params(("id" = EventId, Path)), request_body = EventPins,
    responses((status = 200, body = EventPins),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
async fn set_pins(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
    Json(body): Json<EventPins>,
) -> Result<Json<EventPins>, Problem> {
    let org = actor.require(Right::RunShow)?;
    Ok(Json(live.pin(org, id, body.products, body.version).await?.into()))
}

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
async fn stream_keys(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
) -> Result<Json<Listed<StreamKeyView>>, Problem> {
    let org = works_here(&actor)?;
    let keys = live.keys(org, id).await?;
    let items = keys.into_iter().map(|key| StreamKeyView::of(&live, key, None)).collect();
    Ok(Json(Listed { items, next: None }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewStreamKeyBody {
    /// What the crew calls this source.
    #[serde(default)]
    label: String,
}

/// Makes a stream key and shows it this once.
#[utoipa::path(post, path = "/api/v1/events/{id}/stream-keys", tag = "live", params(("id" = EventId, Path)),
    request_body = NewStreamKeyBody, responses((status = 201, body = StreamKeyView)))]
async fn make_stream_key(
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
async fn revoke_stream_key(
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
async fn event_stream(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
) -> Result<Json<EventStreamView>, Problem> {
    let org = works_here(&actor)?;
    let event = live.event(org, id).await?;
    let health = live.streams.stream(&stream_name(event.id)).health();
    let playlist = format!("/live/{id}/index.m3u8?proof={}", live.preview_proof(id));
    Ok(Json(EventStreamView { health, playlist }))
}

/// Who works at the event.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventCrew {
    hosts: Vec<PersonId>,
}

/// Shows who works at the event.
#[utoipa::path(get, path = "/api/v1/events/{id}/crew", tag = "live", params(("id" = EventId, Path)),
    responses((status = 200, body = EventCrew)))]
async fn crew(State(live): State<Live>, actor: Actor, Path(id): Path<EventId>) -> Result<Json<EventCrew>, Problem> {
    let org = works_here(&actor)?;
    Ok(Json(EventCrew { hosts: live.event(org, id).await?.plan.hosts }))
}

/// Says who works at the event.
#[utoipa::path(put, path = "/api/v1/events/{id}/crew", tag = "live", params(("id" = EventId, Path)), request_body = EventCrew,
    responses((status = 200, body = EventCrew)))]
async fn set_crew(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
    Json(body): Json<EventCrew>,
) -> Result<Json<EventCrew>, Problem> {
    let org = actor.require(Right::PlanEvents)?;
    let change = PlanChange { hosts: Some(body.hosts), ..PlanChange::default() };
    Ok(Json(EventCrew { hosts: live.change(org, id, change).await?.plan.hosts }))
}

/// Everybody who works here may read the organisation's events.
fn works_here(actor: &Actor) -> Result<OrgId, Problem> {
    match actor.who {
        Who::Person(_) => actor.org.ok_or_else(|| Problem::unauthorized("log-in-needed")),
        _ => Err(Problem::unauthorized("log-in-needed")),
    }
}
