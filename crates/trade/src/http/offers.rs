//! Live offers: made and moved by the firm, read by everybody.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{IdempotencyKey, Json, Language, Listed, Page, Path, Query};
use kernel::id::{EventId, OfferId, OrgId, ProductId, VariantId};
use kernel::{Actor, Instant, Locale, LocalizedText, Problem, Quantity, Right, UnitPrice};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reason;
use crate::offer::{NewOffer, Offer, OfferChange, OfferState};
use crate::trade::Trade;

/// A live offer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OfferView {
    #[schema(value_type = String, format = Uuid)]
    pub id: OfferId,
    #[schema(value_type = String, format = Uuid)]
    pub event: EventId,
    #[schema(value_type = String, format = Uuid)]
    pub product: ProductId,
    #[schema(value_type = String, format = Uuid)]
    pub variant: VariantId,
    pub sku: String,
    pub name: String,
    pub unit_price: UnitPrice,
    pub total: Quantity,
    pub left: Quantity,
    pub per_company: Option<Quantity>,
    pub min_quantity: Quantity,
    pub multiple: Quantity,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub state: OfferState,
    pub version: i64,
}

impl OfferView {
    fn of(offer: &Offer, reader: &Locale, now: Instant) -> Self {
        Self {
            id: offer.id,
            event: offer.event,
            product: offer.product,
            variant: offer.variant,
            sku: offer.sku.clone(),
            name: LocalizedText::pick(&offer.name, reader).to_owned(),
            unit_price: offer.unit_price,
            total: offer.total,
            left: offer.left,
            per_company: offer.per_company,
            min_quantity: offer.min_quantity,
            multiple: offer.multiple,
            starts_at: offer.starts_at,
            ends_at: offer.ends_at,
            state: offer.state_at(now),
            version: offer.version,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OfferMove {
    pub to: OfferState,
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OffersOf {
    #[param(value_type = String, format = Uuid)]
    event: EventId,
    after: Option<String>,
    limit: Option<u32>,
}

/// An event's offers, newest first. Drafts are for the firm alone.
#[utoipa::path(get, path = "/api/v1/offers", tag = "trade", params(OffersOf),
    responses((status = 200, body = Listed<OfferView>)))]
pub async fn offers(
    State(trade): State<Trade>,
    actor: Actor,
    Language(reader): Language,
    Query(wanted): Query<OffersOf>,
) -> Result<Json<Listed<OfferView>>, Problem> {
    let crew = actor.require(Right::SeeDesk).or_else(|_other| actor.require(Right::SeeTrade)).ok();
    let page = Page { after: wanted.after, limit: wanted.limit };
    let found = trade.offers.of_event(wanted.event, crew, page.after()?, page.limit() + 1).await?;
    let now = trade.orders.now();
    let listed = Listed::cut(found, page.limit(), |offer| offer.id.to_string());
    Ok(Json(listed.map(|offer| OfferView::of(&offer, &reader, now))))
}

/// Makes an offer: a draft, or with `activate` one that is open when the answer comes.
#[utoipa::path(post, path = "/api/v1/offers", tag = "trade", request_body = NewOffer,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 visible ASCII characters; the same key again answers with the offer it made")),
    responses(
        (status = 201, body = OfferView),
        (status = 404, body = Problem, content_type = "application/problem+json",
            description = "no-such-event, no-such-variant"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "with activate: offer-already-active, out-of-stock, offer-not-active, product-not-published"),
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "bad-field, idempotency-key-reused")))]
pub async fn make_offer(
    State(trade): State<Trade>,
    actor: Actor,
    Language(reader): Language,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewOffer>,
) -> Result<(StatusCode, Json<OfferView>), Problem> {
    let org = actor.require(Right::ManageTrade)?;
    let key = key.as_ref().map(|key| key.0.as_str());
    let offer = trade.offers.make(org, &new, key, &actor.name).await?;
    Ok((StatusCode::CREATED, Json(OfferView::of(&offer, &reader, trade.orders.now()))))
}

/// Changes an offer that takes no orders yet; absent fields stay.
#[utoipa::path(patch, path = "/api/v1/offers/{id}", tag = "trade", request_body = OfferChange,
    params(("id" = String, Path, format = Uuid)),
    responses(
        (status = 200, body = OfferView),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "offer-fixed, version-conflict, out-of-stock"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "bad-field")))]
pub async fn edit_offer(
    State(trade): State<Trade>,
    actor: Actor,
    Language(reader): Language,
    Path(id): Path<OfferId>,
    Json(change): Json<OfferChange>,
) -> Result<Json<OfferView>, Problem> {
    let org = actor.require(Right::ManageTrade)?;
    let offer = trade.offers.edit(org, id, &change, &actor.name).await?;
    Ok(Json(OfferView::of(&offer, &reader, trade.orders.now())))
}

/// Starts, ends or withdraws an offer.
#[utoipa::path(post, path = "/api/v1/offers/{id}/transitions", tag = "trade", request_body = OfferMove,
    params(("id" = String, Path, format = Uuid)),
    responses(
        (status = 200, body = OfferView),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "illegal-transition, offer-already-active, out-of-stock, offer-not-active, product-not-published")))]
pub async fn change_offer(
    State(trade): State<Trade>,
    actor: Actor,
    Language(reader): Language,
    Path(id): Path<OfferId>,
    Json(wanted): Json<OfferMove>,
) -> Result<Json<OfferView>, Problem> {
    // Whoever runs the show starts and ends offers; making them is another's right.
    let org = running(&actor)?;
    let offer = trade.offers.change(org, id, wanted.to, &actor.name, &reason(wanted.reason)).await?;
    Ok(Json(OfferView::of(&offer, &reader, trade.orders.now())))
}

fn running(actor: &Actor) -> Result<OrgId, Problem> {
    actor.require(Right::ManageTrade).or_else(|_other| actor.require(Right::RunShow))
}
