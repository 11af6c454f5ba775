//! What a variant costs, and how many pieces are there.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{IdempotencyKey, Json, Path, Query};
use kernel::id::VariantId;
use kernel::{Actor, Currency, Problem, Quantity, Right, UnitPrice};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::products::ProductView;
use crate::catalog::Catalog;
use crate::price::Tier;
use crate::products::checked_prices;
use crate::stock::Level;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VariantPricesBody {
    tiers: Vec<Tier>,
    moq: i64,
    multiple: i64,
    lead_time_days: Option<i64>,
}

/// Puts new prices in place of the old ones.
#[utoipa::path(put, path = "/api/v1/variants/{id}/prices", tag = "catalog", params(("id" = VariantId, Path)),
    request_body = VariantPricesBody,
    responses((status = 200, body = ProductView),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
pub async fn set_prices(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(variant): Path<VariantId>,
    Json(body): Json<VariantPricesBody>,
) -> Result<Json<ProductView>, Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    let prices = checked_prices(Some(body.moq), Some(body.multiple), body.tiers)?;
    Ok(Json(catalog.set_prices(org, variant, prices, body.lead_time_days).await?.into()))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PriceQuery {
    quantity: i64,
    #[param(value_type = String, example = "USD")]
    currency: String,
}

/// The price of a quantity.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceView {
    unit_price: UnitPrice,
    total: kernel::Money,
    #[schema(value_type = i64)]
    tier_min: Quantity,
    /// The next cheaper step.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_tier: Option<Tier>,
}

/// Resolves the price of a quantity.
#[utoipa::path(get, path = "/api/v1/variants/{id}/price", tag = "catalog", params(("id" = VariantId, Path), PriceQuery),
    responses((status = 200, body = PriceView),
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "below-moq {moq}, not-a-multiple {nearest}, unknown-currency, price-on-request")))]
pub async fn price(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(variant): Path<VariantId>,
    Query(asked): Query<PriceQuery>,
) -> Result<Json<PriceView>, Problem> {
    let org = actor.works_here()?;
    let currency: Currency = asked.currency.parse().map_err(|_ignored| Problem::unprocessable("unknown-currency"))?;
    let quantity = Quantity(asked.quantity);
    let resolved = catalog.price(org, variant, quantity, currency).await?;
    let total = resolved.unit_price.times(quantity);
    Ok(Json(PriceView {
        unit_price: resolved.unit_price,
        total: total.map_err(|err| Problem::unprocessable("amount-too-large").detail(err.to_string()))?,
        tier_min: resolved.tier_min,
        next_tier: resolved.next_tier,
    }))
}

/// A variant's stock.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockView {
    variant: VariantId,
    on_hand: i64,
    /// Sold, not yet gone.
    allocated: i64,
    /// Held for somebody.
    held: i64,
    available: i64,
    version: i64,
}

impl From<Level> for StockView {
    fn from(level: Level) -> Self {
        Self {
            variant: level.variant,
            on_hand: level.on_hand,
            allocated: level.allocated,
            held: level.held,
            available: level.available(),
            version: level.version,
        }
    }
}

/// Shows a variant's stock.
#[utoipa::path(get, path = "/api/v1/stock/{variant}", tag = "catalog", params(("variant" = VariantId, Path)),
    responses((status = 200, body = StockView),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn stock(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(variant): Path<VariantId>,
) -> Result<Json<StockView>, Problem> {
    let org = actor.works_here()?;
    let level = catalog.stock(org, variant).await?;
    Ok(Json(level.ok_or_else(|| Problem::not_found("no-stock-kept"))?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StockMovementBody {
    /// Pieces received; negative corrects down.
    delta: i64,
    reason: String,
}

/// Receives or corrects stock; the same key again moves nothing.
#[utoipa::path(post, path = "/api/v1/stock/{variant}/movements", tag = "catalog",
    params(("variant" = VariantId, Path),
        ("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters; best a UUIDv7")),
    request_body = StockMovementBody,
    responses((status = 201, body = StockView),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "idempotency-key-missing"),
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "bad-movement, idempotency-key-reused"),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "out-of-stock {available}")))]
pub async fn move_stock(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(variant): Path<VariantId>,
    key: IdempotencyKey,
    Json(body): Json<StockMovementBody>,
) -> Result<(StatusCode, Json<StockView>), Problem> {
    let org = actor.require(Right::ManageStock)?;
    let level = catalog.move_stock(org, actor.person().ok(), variant, body.delta, &body.reason, &key.0).await?;
    Ok((StatusCode::CREATED, Json(level.into())))
}
