//! Routes of trade. Handlers translate; the use cases decide.

use axum::body::Bytes;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use kernel::http::{IdempotencyKey, Json, Language, Listed, Page, Path, Query};
use kernel::id::{EventId, InquiryId, OfferId, OrderId, OrgId, ProductId, QuestionId, VariantId};
use kernel::{Actor, Instant, Locale, LocalizedText, Money, Problem, Quantity, Right, UnitPrice, Who};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::buyer::{BuyerDetails, NewBuyer};
use crate::deals::{Deal, Scope};
use crate::errors::TradeError;
use crate::export;
use crate::inquiries::NewInquiry;
use crate::inquiry::{Inquiry, InquiryState};
use crate::offer::{NewOffer, Offer, OfferState};
use crate::order::{Order, OrderState};
use crate::orders::Mover;
use crate::store::OrderFilter;
use crate::trade::Trade;

/// Orders in one export; a firm with more filters by event.
const EXPORTED: usize = 50_000;

/// The routes, for the server to merge.
pub fn routes(trade: Trade) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(open_inquiry, inquiries))
        .routes(routes!(change_inquiry))
        .routes(routes!(offers, draft_offer))
        .routes(routes!(change_offer))
        .routes(routes!(place_order))
        .routes(routes!(deal))
        .routes(routes!(cancel_deal_order))
        .routes(routes!(orders))
        .routes(routes!(export_orders))
        .routes(routes!(order))
        .routes(routes!(confirm_order))
        .routes(routes!(cancel_order))
        .with_state(trade)
}

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

/// An order, as its buyer and the firm see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderView {
    #[schema(value_type = String, format = Uuid)]
    pub id: OrderId,
    #[schema(example = "LF-1S3M9K-7Q2X")]
    pub number: String,
    pub state: OrderState,
    #[schema(value_type = Option<String>, format = Uuid)]
    pub event: Option<EventId>,
    #[schema(value_type = String, format = Uuid)]
    pub offer: OfferId,
    #[schema(value_type = String, format = Uuid)]
    pub product: ProductId,
    #[schema(value_type = String, format = Uuid)]
    pub variant: VariantId,
    pub sku: String,
    /// The product's name in the buyer's language, when the order was placed.
    pub name: String,
    pub quantity: Quantity,
    pub unit_price: UnitPrice,
    pub total: Money,
    pub placed_at: Instant,
    /// Until when the pieces are kept while nobody has confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved_until: Option<Instant>,
    pub buyer: BuyerDetails,
}

impl OrderView {
    fn of(order: Order, now: Instant) -> Self {
        Self {
            id: order.id,
            state: order.state_at(now),
            number: order.number,
            event: Some(order.event),
            offer: order.offer,
            product: order.product,
            variant: order.variant,
            sku: order.sku,
            name: order.name,
            quantity: order.quantity,
            unit_price: order.unit_price,
            total: order.total,
            placed_at: order.placed_at,
            reserved_until: order.reserved_until,
            buyer: order.buyer,
        }
    }
}

/// An inquiry, as its buyer and the firm see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InquiryView {
    #[schema(value_type = String, format = Uuid)]
    pub id: InquiryId,
    pub state: InquiryState,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub event: Option<EventId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub product: Option<ProductId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub question: Option<QuestionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    pub text: String,
    pub lang: Locale,
    pub opened_at: Instant,
    pub buyer: BuyerDetails,
}

impl From<Inquiry> for InquiryView {
    fn from(inquiry: Inquiry) -> Self {
        Self {
            id: inquiry.id,
            state: inquiry.state,
            event: inquiry.event,
            product: inquiry.product,
            question: inquiry.question,
            quantity: inquiry.quantity,
            text: inquiry.text,
            lang: inquiry.lang,
            opened_at: inquiry.opened_at,
            buyer: inquiry.buyer,
        }
    }
}

/// What a deal link shows.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DealView {
    pub buyer: BuyerDetails,
    pub orders: Vec<OrderView>,
    pub inquiries: Vec<InquiryView>,
}

impl DealView {
    fn of(deal: Deal, now: Instant) -> Self {
        Self {
            buyer: deal.buyer,
            orders: deal.orders.into_iter().map(|order| OrderView::of(order, now)).collect(),
            inquiries: deal.inquiries.into_iter().map(InquiryView::from).collect(),
        }
    }
}

/// A durable order, and the page where its buyer follows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderPlaced {
    pub order: OrderView,
    /// `/deal/{token}`: shows this order; the link in the mail shows all of the buyer's.
    pub deal: String,
}

/// An open inquiry, and the page where its buyer follows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InquiryOpenedView {
    pub inquiry: InquiryView,
    /// `/deal/{token}`.
    pub deal: String,
}

/// What a buyer orders of an offer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewOrder {
    pub quantity: Quantity,
    pub buyer: NewBuyer,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OfferMove {
    pub to: OfferState,
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct InquiryMove {
    pub to: InquiryState,
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct OrderCancellation {
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OffersOf {
    #[param(value_type = String, format = Uuid)]
    event: EventId,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OrdersWanted {
    state: Option<OrderState>,
    #[param(value_type = Option<String>, format = Uuid)]
    event: Option<EventId>,
    #[param(value_type = Option<String>, format = Uuid)]
    offer: Option<OfferId>,
    after: Option<String>,
    limit: Option<u32>,
}

impl OrdersWanted {
    fn split(self) -> (OrderFilter, Page) {
        let Self { state, event, offer, after, limit } = self;
        (OrderFilter { state, event, offer }, Page { after, limit })
    }
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct InquiriesWanted {
    state: Option<InquiryState>,
    after: Option<String>,
    limit: Option<u32>,
}

/// The token of a deal link, from `Authorization: Bearer`.
struct DealToken(String);

impl<S: Send + Sync> FromRequestParts<S> for DealToken {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let sent = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token =
            sent.and_then(|value| value.split_once(' ')).filter(|(kind, _)| kind.eq_ignore_ascii_case("bearer"));
        let token = token.map(|(_, token)| token.trim()).filter(|token| (1..=128).contains(&token.len()));
        token.map(|token| Self(token.to_owned())).ok_or_else(|| TradeError::BadDeal.into())
    }
}

fn reason(given: Option<String>) -> String {
    kernel::text::clean_line(&given.unwrap_or_default()).chars().take(500).collect()
}

/// Asks for a price.
#[utoipa::path(post, path = "/api/v1/inquiries", tag = "trade", request_body = NewInquiry,
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters")),
    responses(
        (status = 201, body = InquiryOpenedView),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "idempotency-key-missing"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "question-has-inquiry"),
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "bad-field, idempotency-key-reused")))]
async fn open_inquiry(
    State(trade): State<Trade>,
    key: IdempotencyKey,
    Json(new): Json<NewInquiry>,
) -> Result<(StatusCode, Json<InquiryOpenedView>), Problem> {
    let inquiry = trade.inquiries.open(&new, &key.0).await?;
    let deal = format!("/deal/{}", trade.deals.inquiry_token(inquiry.id).expose());
    Ok((StatusCode::CREATED, Json(InquiryOpenedView { inquiry: inquiry.into(), deal })))
}

/// The firm's inquiries, newest first.
#[utoipa::path(get, path = "/api/v1/inquiries", tag = "trade", params(InquiriesWanted),
    responses((status = 200, body = Listed<InquiryView>)))]
async fn inquiries(
    State(trade): State<Trade>,
    actor: Actor,
    Query(wanted): Query<InquiriesWanted>,
) -> Result<Json<Listed<InquiryView>>, Problem> {
    let org = actor.require(Right::SeeTrade)?;
    let page = Page { after: wanted.after, limit: wanted.limit };
    let found = trade.inquiries.list(org, wanted.state, page.after()?, page.limit() + 1).await?;
    Ok(Json(Listed::cut(found, page.limit(), |inquiry| inquiry.id.to_string()).map(InquiryView::from)))
}

/// Moves an inquiry.
#[utoipa::path(post, path = "/api/v1/inquiries/{id}/transitions", tag = "trade", request_body = InquiryMove,
    params(("id" = String, Path, format = Uuid)),
    responses(
        (status = 200, body = InquiryView),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "illegal-transition, version-conflict")))]
async fn change_inquiry(
    State(trade): State<Trade>,
    actor: Actor,
    Path(id): Path<InquiryId>,
    Json(wanted): Json<InquiryMove>,
) -> Result<Json<InquiryView>, Problem> {
    let org = actor.require(Right::ManageTrade)?;
    let moved = trade.inquiries.change(org, id, wanted.to, &actor.name, &reason(wanted.reason)).await?;
    Ok(Json(moved.into()))
}

/// An event's offers, newest first. Drafts are for the firm alone.
#[utoipa::path(get, path = "/api/v1/offers", tag = "trade", params(OffersOf),
    responses((status = 200, body = Listed<OfferView>)))]
async fn offers(
    State(trade): State<Trade>,
    actor: Actor,
    Language(reader): Language,
    Query(wanted): Query<OffersOf>,
) -> Result<Json<Listed<OfferView>>, Problem> {
    let crew = actor.require(Right::SeeDesk).or_else(|_other| actor.require(Right::SeeTrade)).ok();
    let (found, now) = (trade.offers.of_event(wanted.event, crew).await?, trade.orders.now());
    let items = found.iter().map(|offer| OfferView::of(offer, &reader, now)).collect();
    Ok(Json(Listed { items, next: None }))
}

/// Drafts an offer.
#[utoipa::path(post, path = "/api/v1/offers", tag = "trade", request_body = NewOffer,
    responses(
        (status = 201, body = OfferView),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no-such-variant"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "bad-field")))]
async fn draft_offer(
    State(trade): State<Trade>,
    actor: Actor,
    Language(reader): Language,
    Json(new): Json<NewOffer>,
) -> Result<(StatusCode, Json<OfferView>), Problem> {
    let org = actor.require(Right::ManageTrade)?;
    let offer = trade.offers.draft(org, &new).await?;
    Ok((StatusCode::CREATED, Json(OfferView::of(&offer, &reader, trade.orders.now()))))
}

/// Starts, ends or withdraws an offer.
#[utoipa::path(post, path = "/api/v1/offers/{id}/transitions", tag = "trade", request_body = OfferMove,
    params(("id" = String, Path, format = Uuid)),
    responses(
        (status = 200, body = OfferView),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "illegal-transition, offer-already-active, out-of-stock, offer-not-active")))]
async fn change_offer(
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

/// Orders pieces of a live offer. The answer means that the order is durable.
#[utoipa::path(post, path = "/api/v1/offers/{id}/orders", tag = "trade", request_body = NewOrder,
    params(("id" = String, Path, format = Uuid),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; best a UUIDv7")),
    responses(
        (status = 201, body = OrderPlaced),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "idempotency-key-missing"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no-such-offer"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "out-of-stock {available}, limit-reached {left}, offer-not-active"),
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "below-moq {moq}, not-a-multiple {nearest}, bad-field {field}, idempotency-key-reused"),
        (status = 429, body = Problem, content_type = "application/problem+json", description = "too-busy")))]
async fn place_order(
    State(trade): State<Trade>,
    actor: Actor,
    Path(id): Path<OfferId>,
    key: IdempotencyKey,
    Json(new): Json<NewOrder>,
) -> Result<(StatusCode, Json<OrderPlaced>), Problem> {
    let order = trade.orders.place(id, new.quantity, &new.buyer, &key.0).await?;
    // Only who has proved the mailbox gets the link to all of its deals.
    let proven = matches!(actor.who, Who::Buyer { contact, .. } if contact == order.contact);
    let token = if proven { trade.deals.token(order.contact) } else { trade.deals.order_token(order.id) };
    let deal = format!("/deal/{}", token.expose());
    Ok((StatusCode::CREATED, Json(OrderPlaced { order: OrderView::of(order, trade.orders.now()), deal })))
}

/// What the holder of a deal link has ordered and asked.
#[utoipa::path(get, path = "/api/v1/deal", tag = "trade",
    params(("Authorization" = String, Header, description = "`Bearer` and the token of the link")),
    responses(
        (status = 200, body = DealView),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "deal-unknown")))]
async fn deal(State(trade): State<Trade>, token: DealToken) -> Result<Json<DealView>, Problem> {
    let scope = trade.deals.scope(&token.0).await?;
    Ok(Json(DealView::of(trade.deals.read(scope).await?, trade.orders.now())))
}

/// Cancels an order that is not confirmed yet.
#[utoipa::path(post, path = "/api/v1/deal/orders/{id}/cancel", tag = "trade",
    params(("id" = String, Path, format = Uuid),
        ("Authorization" = String, Header, description = "`Bearer` and the token of the link")),
    responses(
        (status = 200, body = OrderView),
        (status = 401, body = Problem, content_type = "application/problem+json", description = "deal-unknown"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "illegal-transition, hold-expired")))]
async fn cancel_deal_order(
    State(trade): State<Trade>,
    token: DealToken,
    Path(id): Path<OrderId>,
) -> Result<Json<OrderView>, Problem> {
    let opened = match trade.deals.scope(&token.0).await? {
        Scope::Order(order) => order == id,
        Scope::Contact(contact) => trade.orders.is_of(id, contact).await?,
        Scope::Inquiry(_) => false,
    };
    if !opened {
        return Err(TradeError::NotFound("order").into());
    }
    let order = trade.orders.cancel(id, Mover::Buyer, "").await?;
    Ok(Json(OrderView::of(order, trade.orders.now())))
}

/// The firm's orders, newest first.
#[utoipa::path(get, path = "/api/v1/orders", tag = "trade", params(OrdersWanted),
    responses((status = 200, body = Listed<OrderView>)))]
async fn orders(
    State(trade): State<Trade>,
    actor: Actor,
    Query(wanted): Query<OrdersWanted>,
) -> Result<Json<Listed<OrderView>>, Problem> {
    let org = actor.require(Right::SeeTrade)?;
    let (filter, page) = wanted.split();
    let found = trade.orders.list(org, &filter, page.after()?, page.limit() + 1).await?;
    let now = trade.orders.now();
    Ok(Json(Listed::cut(found, page.limit(), |order| order.id.to_string()).map(|order| OrderView::of(order, now))))
}

/// One of the firm's orders.
#[utoipa::path(get, path = "/api/v1/orders/{id}", tag = "trade", params(("id" = String, Path, format = Uuid)),
    responses(
        (status = 200, body = OrderView),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no-such-order")))]
async fn order(State(trade): State<Trade>, actor: Actor, Path(id): Path<OrderId>) -> Result<Json<OrderView>, Problem> {
    let org = actor.require(Right::SeeTrade)?;
    Ok(Json(OrderView::of(trade.orders.of_firm(org, id).await?, trade.orders.now())))
}

/// Agrees to deliver an order.
#[utoipa::path(post, path = "/api/v1/orders/{id}/confirm", tag = "trade",
    params(("id" = String, Path, format = Uuid)),
    responses(
        (status = 200, body = OrderView),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "illegal-transition, hold-expired")))]
async fn confirm_order(
    State(trade): State<Trade>,
    actor: Actor,
    Path(id): Path<OrderId>,
) -> Result<Json<OrderView>, Problem> {
    let org = actor.require(Right::ManageTrade)?;
    let order = trade.orders.confirm(org, id, &actor.name).await?;
    Ok(Json(OrderView::of(order, trade.orders.now())))
}

/// Cancels an order; the buyer is told.
#[utoipa::path(post, path = "/api/v1/orders/{id}/cancel", tag = "trade", request_body = Option<OrderCancellation>,
    params(("id" = String, Path, format = Uuid)),
    responses(
        (status = 200, body = OrderView),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "illegal-transition, hold-expired")))]
async fn cancel_order(
    State(trade): State<Trade>,
    actor: Actor,
    Path(id): Path<OrderId>,
    body: Bytes,
) -> Result<Json<OrderView>, Problem> {
    let org = actor.require(Right::ManageTrade)?;
    // The reason may be left out, and the body with it.
    let wanted: OrderCancellation = if body.is_empty() {
        OrderCancellation::default()
    } else {
        serde_json::from_slice(&body).map_err(|e| Problem::bad_request("bad-json").detail(e.to_string()))?
    };
    let mover = Mover::Firm { org, name: &actor.name };
    let order = trade.orders.cancel(id, mover, &reason(wanted.reason)).await?;
    Ok(Json(OrderView::of(order, trade.orders.now())))
}

/// The firm's orders as CSV, newest first.
#[utoipa::path(get, path = "/api/v1/orders/export.csv", tag = "trade", params(OrdersWanted),
    responses((status = 200, body = String, content_type = "text/csv")))]
async fn export_orders(
    State(trade): State<Trade>,
    actor: Actor,
    Query(wanted): Query<OrdersWanted>,
) -> Result<impl IntoResponse, Problem> {
    let org = actor.require(Right::SeeTrade)?;
    let (filter, page) = wanted.split();
    let (mut found, mut after) = (Vec::new(), page.after()?);
    while found.len() < EXPORTED {
        let rows = trade.orders.list(org, &filter, after, 1000).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        found.extend(rows);
    }
    let sheet = export::csv(&found, trade.orders.now()).map_err(|cause| Problem::internal(&cause))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"orders.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, sheet))
}
