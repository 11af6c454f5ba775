//! The firm's orders.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use kernel::http::{Json, Listed, Page, Path, Query};
use kernel::id::{EventId, OfferId, OrderId, ProductId, VariantId};
use kernel::{Actor, Instant, Money, Problem, Quantity, Right, UnitPrice};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reason;
use crate::buyer::BuyerDetails;
use crate::export;
use crate::order::{Order, OrderState};
use crate::orders::Mover;
use crate::store::OrderFilter;
use crate::trade::Trade;

/// Orders in one export; a firm with more filters by event.
const EXPORTED: usize = 50_000;

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
    pub fn of(order: Order, now: Instant) -> Self {
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

#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct OrderCancellation {
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrdersWanted {
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

/// The firm's orders, newest first.
#[utoipa::path(get, path = "/api/v1/orders", tag = "trade", params(OrdersWanted),
    responses((status = 200, body = Listed<OrderView>)))]
pub async fn orders(
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
pub async fn order(
    State(trade): State<Trade>,
    actor: Actor,
    Path(id): Path<OrderId>,
) -> Result<Json<OrderView>, Problem> {
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
pub async fn confirm_order(
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
pub async fn cancel_order(
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
pub async fn export_orders(
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
