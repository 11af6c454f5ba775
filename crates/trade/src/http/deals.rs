//! What a buyer does: orders, and follows on the page of the deal link.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use identity::ClientAddress;
use kernel::http::{IdempotencyKey, Json, Path};
use kernel::id::{OfferId, OrderId};
use kernel::{Actor, Problem, Quantity, Who};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::inquiries::InquiryView;
use super::orders::OrderView;
use crate::buyer::{BuyerDetails, NewBuyer};
use crate::deals::{Deal, Scope};
use crate::errors::TradeError;
use crate::orders::Mover;
use crate::trade::Trade;

/// What a deal link shows.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DealView {
    pub buyer: BuyerDetails,
    pub orders: Vec<OrderView>,
    pub inquiries: Vec<InquiryView>,
}

impl DealView {
    async fn of(trade: &Trade, deal: Deal) -> Result<Self, Problem> {
        let now = trade.orders.now();
        Ok(Self {
            buyer: deal.buyer,
            orders: deal.orders.into_iter().map(|order| OrderView::of(order, now)).collect(),
            inquiries: InquiryView::all(trade, deal.inquiries, None).await?,
        })
    }
}

/// A durable order, and the page where its buyer follows it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderPlaced {
    pub order: OrderView,
    /// `/deal/{token}`: shows this order; the link in the mail shows all of the buyer's.
    pub deal: String,
}

/// What a buyer orders of an offer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewOrder {
    pub quantity: Quantity,
    pub buyer: NewBuyer,
}

/// The token of a deal link, from `Authorization: Bearer`.
pub struct DealToken(String);

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
        (status = 429, body = Problem, content_type = "application/problem+json", description = "too-busy, too-many-tries")))]
pub async fn place_order(
    State(trade): State<Trade>,
    actor: Actor,
    from: ClientAddress,
    Path(id): Path<OfferId>,
    key: IdempotencyKey,
    Json(new): Json<NewOrder>,
) -> Result<(StatusCode, Json<OrderPlaced>), Problem> {
    trade.limits.check(from, &new.buyer.email, trade.orders.now())?;
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
pub async fn deal(State(trade): State<Trade>, token: DealToken) -> Result<Json<DealView>, Problem> {
    let scope = trade.deals.scope(&token.0).await?;
    Ok(Json(DealView::of(&trade, trade.deals.read(scope).await?).await?))
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
pub async fn cancel_deal_order(
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
