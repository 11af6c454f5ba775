//! The firm's orders.

use std::future::ready;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use futures_util::stream::{StreamExt as _, TryStreamExt as _, once, try_unfold};
use kernel::http::{Json, Language, Listed, Page, Path, Query};
use kernel::id::{EventId, OfferId, OrderId, ProductId, VariantId};
use kernel::{Actor, Instant, Locale, Money, Problem, Quantity, Right, UnitPrice};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::reason;
use crate::buyer::BuyerDetails;
use crate::export;
use crate::order::{Order, OrderState};
use crate::orders::Mover;
use crate::store::OrderFilter;
use crate::trade::Trade;

/// Orders of an export that are in memory at once.
const EXPORTED_AT_ONCE: u64 = 1000;

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
    /// The product's name when the order was placed: for its buyer in their language, for the firm in the reader's.
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

    /// The order for somebody of the firm.
    async fn of_firm(trade: &Trade, order: Order, reader: &Locale) -> Result<Self, Problem> {
        let views = Self::all_of_firm(trade, vec![order], reader).await?;
        views.into_iter().next().ok_or_else(|| Problem::not_found("no-such-order"))
    }

    async fn all_of_firm(trade: &Trade, orders: Vec<Order>, reader: &Locale) -> Result<Vec<Self>, Problem> {
        let (orders, now) = (in_words_of(trade, orders, reader).await?, trade.orders.now());
        Ok(orders.into_iter().map(|order| Self::of(order, now)).collect())
    }
}

/// The orders with their goods named in the reader's language.
async fn in_words_of(trade: &Trade, mut orders: Vec<Order>, reader: &Locale) -> Result<Vec<Order>, Problem> {
    let names = trade.orders.names(&orders).await?;
    for order in &mut orders {
        if let Some((_, name)) = names.get(&order.offer).and_then(|names| names.choose(reader)) {
            name.clone_into(&mut order.name);
        }
    }
    Ok(orders)
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
    Language(reader): Language,
    Query(wanted): Query<OrdersWanted>,
) -> Result<Json<Listed<OrderView>>, Problem> {
    let org = actor.require(Right::SeeTrade)?;
    let (filter, page) = wanted.split();
    let found = trade.orders.list(org, &filter, page.after()?, page.limit() + 1).await?;
    let Listed { items, next } = Listed::cut(found, page.limit(), |order| order.id.to_string());
    Ok(Json(Listed { items: OrderView::all_of_firm(&trade, items, &reader).await?, next }))
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SumsWanted {
    #[param(value_type = Option<String>, format = Uuid)]
    event: Option<EventId>,
}

/// What orders come to in one currency.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderSumView {
    pub orders: i64,
    pub pieces: i64,
    pub total: Money,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OrderSums {
    pub sums: Vec<OrderSumView>,
}

/// What the firm's orders come to, all or those of an event: one sum a currency over what is placed or confirmed.
#[utoipa::path(get, path = "/api/v1/orders/sum", tag = "trade", params(SumsWanted),
    responses((status = 200, body = OrderSums)))]
pub async fn order_sums(
    State(trade): State<Trade>,
    actor: Actor,
    Query(wanted): Query<SumsWanted>,
) -> Result<Json<OrderSums>, Problem> {
    let org = actor.require(Right::SeeTrade)?;
    let sums = trade.orders.sums(org, wanted.event).await?.into_iter();
    let sums = sums.map(|sum| OrderSumView { orders: sum.orders, pieces: sum.pieces, total: sum.total });
    Ok(Json(OrderSums { sums: sums.collect() }))
}

/// One of the firm's orders.
#[utoipa::path(get, path = "/api/v1/orders/{id}", tag = "trade", params(("id" = String, Path, format = Uuid)),
    responses(
        (status = 200, body = OrderView),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no-such-order")))]
pub async fn order(
    State(trade): State<Trade>,
    actor: Actor,
    Language(reader): Language,
    Path(id): Path<OrderId>,
) -> Result<Json<OrderView>, Problem> {
    let org = actor.require(Right::SeeTrade)?;
    let order = trade.orders.of_firm(org, id).await?;
    Ok(Json(OrderView::of_firm(&trade, order, &reader).await?))
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
    Language(reader): Language,
    Path(id): Path<OrderId>,
) -> Result<Json<OrderView>, Problem> {
    let org = actor.require(Right::ManageTrade)?;
    let order = trade.orders.confirm(org, id, &actor.name).await?;
    Ok(Json(OrderView::of_firm(&trade, order, &reader).await?))
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
    Language(reader): Language,
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
    Ok(Json(OrderView::of_firm(&trade, order, &reader).await?))
}

/// The firm's orders as CSV, newest first.
#[utoipa::path(get, path = "/api/v1/orders/export.csv", tag = "trade", params(OrdersWanted),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn export_orders(
    State(trade): State<Trade>,
    actor: Actor,
    Language(reader): Language,
    Query(wanted): Query<OrdersWanted>,
) -> Result<impl IntoResponse, Problem> {
    let org = actor.require(Right::SeeTrade)?;
    let (filter, page) = wanted.split();
    let first = export::head().map_err(|cause| Problem::internal(&cause))?;
    let after = page.after()?;
    let rest = try_unfold((trade, after), move |(trade, after)| {
        let (filter, reader) = (filter.clone(), reader.clone());
        async move {
            let found = trade.orders.list(org, &filter, after, EXPORTED_AT_ONCE).await?;
            let Some(last) = found.last().map(|order| order.id) else { return Ok(None) };
            let found = in_words_of(&trade, found, &reader).await?;
            let rows = export::rows(&found, trade.orders.now()).map_err(|cause| Problem::internal(&cause))?;
            Ok::<_, Problem>(Some((rows, (trade, Some(last)))))
        }
    });
    let sheet = Body::from_stream(once(ready(Ok(first))).chain(rest).map_err(|broken| broken.code().to_owned()));
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"orders.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, sheet))
}
