//! The run sheet, and what is pinned while it runs.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Json, Language, Path};
use kernel::id::{EventId, ProductId, RunItemId};
use kernel::{Actor, Instant, Locale, LocalizedText, Problem, Right};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::Event;
use crate::live::Live;
use crate::run::{self, RunItem, RunItemState};
use crate::runs::{ItemChange, ItemTitle, RunSheet};

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

pub async fn item_views(live: &Live, items: Vec<RunItem>, reader: &Locale) -> Result<Vec<RunItemView>, Problem> {
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

pub async fn item_view(live: &Live, item: RunItem, reader: &Locale) -> Result<RunItemView, Problem> {
    let views = item_views(live, vec![item], reader).await?;
    views.into_iter().next().ok_or_else(|| Problem::not_found("no-such-item"))
}

pub async fn sheet_view(live: &Live, sheet: RunSheet, reader: &Locale) -> Result<Json<RunSheetView>, Problem> {
    Ok(Json(RunSheetView { items: item_views(live, sheet.items, reader).await?, version: sheet.version }))
}

/// Shows the run sheet.
#[utoipa::path(get, path = "/api/v1/events/{id}/run_items", tag = "live", params(("id" = EventId, Path)),
    responses((status = 200, body = RunSheetView)))]
pub async fn run_items(
    State(live): State<Live>,
    actor: Actor,
    Language(reader): Language,
    Path(id): Path<EventId>,
) -> Result<Json<RunSheetView>, Problem> {
    let org = actor.works_here()?;
    sheet_view(&live, live.run_sheet(org, id).await?, &reader).await
}

/// A title in the event's default language, or in several.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum RunItemTitle {
    Plain(String),
    Localized(LocalizedText),
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunItemBody {
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
pub async fn add_run_item(
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
pub async fn change_run_item(
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

/// Takes an item off the run sheet, unless it was shown.
#[utoipa::path(delete, path = "/api/v1/run_items/{id}", tag = "live", params(("id" = RunItemId, Path)),
    responses((status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no-such-item"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "item-shown, event-fixed {state}")))]
pub async fn remove_run_item(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<RunItemId>,
) -> Result<StatusCode, Problem> {
    let org = actor.require(Right::PlanEvents).or_else(|_other| actor.require(Right::RunShow))?;
    live.remove_item(org, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunOrderBody {
    items: Vec<RunItemId>,
    version: i64,
}

/// Puts the items in another order.
#[utoipa::path(put, path = "/api/v1/events/{id}/run_order", tag = "live", params(("id" = EventId, Path)),
    request_body = RunOrderBody,
    responses((status = 200, body = RunSheetView),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub async fn order_run_items(
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
pub struct RunItemTransitionBody {
    to: RunItemState,
}

/// Moves an item on the air, off it, or past it.
#[utoipa::path(post, path = "/api/v1/run_items/{id}/transitions", tag = "live", params(("id" = RunItemId, Path)),
    request_body = RunItemTransitionBody,
    responses((status = 200, body = RunItemView),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub async fn move_run_item(
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
pub async fn pins(State(live): State<Live>, actor: Actor, Path(id): Path<EventId>) -> Result<Json<EventPins>, Problem> {
    let org = actor.works_here()?;
    Ok(Json(live.event(org, id).await?.into()))
}

/// Pins these products; none at all gives the pins back to the run sheet.
#[utoipa::path(put, path = "/api/v1/events/{id}/pins", tag = "live", params(("id" = EventId, Path)), request_body = EventPins,
    responses((status = 200, body = EventPins),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
pub async fn set_pins(
    State(live): State<Live>,
    actor: Actor,
    Path(id): Path<EventId>,
    Json(body): Json<EventPins>,
) -> Result<Json<EventPins>, Problem> {
    let org = actor.require(Right::RunShow)?;
    Ok(Json(live.pin(org, id, body.products, body.version).await?.into()))
}
