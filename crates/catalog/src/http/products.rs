//! Products as the crew writes them.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{IdempotencyKey, Json, Listed, Page, Path, Query};
use kernel::id::{PictureId, ProductId, VariantId};
use kernel::{Actor, Locale, LocalizedText, Problem, Quantity, Right};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::pictures::picture_urls;
use crate::catalog::Catalog;
use crate::picture;
use crate::price::Tier;
use crate::product::{Carton, Product, ProductAction, ProductState, Spec, missing_for_publication};
use crate::products::{NewProduct, ProductChange, checked_prices};

/// A product as the crew sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductView {
    id: ProductId,
    variant: VariantId,
    state: ProductState,
    version: i64,
    sku: String,
    names: LocalizedText,
    texts: LocalizedText,
    unit: String,
    #[schema(value_type = i64)]
    moq: Quantity,
    #[schema(value_type = i64)]
    multiple: Quantity,
    lead_time_days: Option<i64>,
    tiers: Vec<Tier>,
    available: Option<i64>,
    carton: Option<Carton>,
    origin: String,
    pictures: Vec<String>,
    /// The same pictures by id, to order or remove them.
    picture_ids: Vec<PictureId>,
    /// What it lacks before buyers may see it.
    missing: Vec<String>,
    updated_at: kernel::Instant,
}

impl From<Product> for ProductView {
    fn from(product: Product) -> Self {
        let missing = missing_for_publication(&product.spec, &product.prices);
        Self {
            id: product.id,
            variant: product.variant,
            state: product.state,
            version: product.version,
            moq: product.prices.moq(),
            multiple: product.prices.multiple(),
            tiers: product.prices.tiers().to_vec(),
            sku: product.spec.sku,
            names: product.spec.names,
            texts: product.spec.texts,
            unit: product.spec.unit,
            lead_time_days: product.lead_time_days,
            available: product.available,
            carton: product.spec.carton,
            origin: product.spec.origin,
            pictures: picture_urls(&product.pictures, picture::WIDTHS[1]).collect(),
            picture_ids: product.pictures,
            missing: missing.into_iter().map(str::to_owned).collect(),
            updated_at: product.updated_at,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProductFilter {
    /// Words of a name, or a SKU.
    q: Option<String>,
    state: Option<ProductState>,
}

/// Lists the organisation's products.
#[utoipa::path(get, path = "/api/v1/products", tag = "catalog", params(Page, ProductFilter),
    responses((status = 200, body = Listed<ProductView>)))]
pub async fn products(
    State(catalog): State<Catalog>,
    actor: Actor,
    Query(page): Query<Page>,
    Query(filter): Query<ProductFilter>,
) -> Result<Json<Listed<ProductView>>, Problem> {
    let org = actor.works_here()?;
    let found = catalog.products(org, filter.q.as_deref(), filter.state, page.after()?, page.limit()).await?;
    Ok(Json(Listed::cut(found, page.limit(), |product| product.id.to_string()).map(ProductView::from)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProductBody {
    sku: String,
    #[serde(default)]
    names: LocalizedText,
    #[serde(default)]
    texts: LocalizedText,
    #[serde(default)]
    unit: String,
    carton: Option<Carton>,
    #[serde(default)]
    origin: String,
    moq: Option<i64>,
    multiple: Option<i64>,
    #[serde(default)]
    tiers: Vec<Tier>,
    lead_time_days: Option<i64>,
    /// Pieces on hand; absent when made to order.
    stock: Option<i64>,
}

/// Makes a draft product.
#[utoipa::path(post, path = "/api/v1/products", tag = "catalog", request_body = NewProductBody,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 visible ASCII characters; the same key again answers with the product it made")),
    responses((status = 201, body = ProductView),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "sku-taken"),
        (status = 422, body = Problem, content_type = "application/problem+json",
            description = "bad-field, bad-prices, bad-movement, idempotency-key-reused")))]
pub async fn create_product(
    State(catalog): State<Catalog>,
    actor: Actor,
    key: Option<IdempotencyKey>,
    Json(new): Json<NewProductBody>,
) -> Result<(StatusCode, Json<ProductView>), Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    let NewProductBody { sku, names, texts, unit, carton, origin, moq, multiple, tiers, lead_time_days, stock } = new;
    let new = NewProduct {
        spec: Spec { sku, names, texts, unit, carton, origin },
        prices: checked_prices(moq, multiple, tiers)?,
        lead_time_days,
        stock,
    };
    let key = key.as_ref().map(|key| key.0.as_str());
    let product = catalog.create(org, actor.person().ok(), new, key).await?;
    Ok((StatusCode::CREATED, Json(product.into())))
}

/// Shows a product of the organisation.
#[utoipa::path(get, path = "/api/v1/products/{id}", tag = "catalog", params(("id" = ProductId, Path)),
    responses((status = 200, body = ProductView),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn product(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ProductId>,
) -> Result<Json<ProductView>, Problem> {
    let org = actor.works_here()?;
    Ok(Json(catalog.product(org, id).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductChangeBody {
    /// The version the change was made against.
    version: Option<i64>,
    sku: Option<String>,
    names: Option<LocalizedText>,
    texts: Option<LocalizedText>,
    unit: Option<String>,
    /// `null` removes it.
    #[serde(default, deserialize_with = "kernel::http::said")]
    #[schema(value_type = Option<Carton>)]
    #[expect(clippy::option_option, reason = "JSON tells `null` from absent")]
    carton: Option<Option<Carton>>,
    origin: Option<String>,
}

/// Changes what is said about a product; absent fields stay.
#[utoipa::path(patch, path = "/api/v1/products/{id}", tag = "catalog", params(("id" = ProductId, Path)),
    request_body = ProductChangeBody,
    responses((status = 200, body = ProductView),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub async fn change_product(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ProductId>,
    Json(body): Json<ProductChangeBody>,
) -> Result<Json<ProductView>, Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    let ProductChangeBody { version, sku, names, texts, unit, carton, origin } = body;
    let change = ProductChange { version, sku, names, texts, unit, carton, origin };
    Ok(Json(catalog.change(org, id, change).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductTranslationBody {
    name: String,
    #[serde(default)]
    text: String,
}

/// Sets name and text in one language.
#[utoipa::path(put, path = "/api/v1/products/{id}/translations/{lang}", tag = "catalog",
    params(("id" = ProductId, Path), ("lang" = Locale, Path)), request_body = ProductTranslationBody,
    responses((status = 200, body = ProductView)))]
pub async fn translate_product(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path((id, lang)): Path<(ProductId, Locale)>,
    Json(body): Json<ProductTranslationBody>,
) -> Result<Json<ProductView>, Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    Ok(Json(catalog.translate(org, id, lang, body.name, body.text).await?.into()))
}

/// Shows a product to buyers.
#[utoipa::path(post, path = "/api/v1/products/{id}/publish", tag = "catalog", params(("id" = ProductId, Path)),
    responses((status = 200, body = ProductView),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub async fn publish_product(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ProductId>,
) -> Result<Json<ProductView>, Problem> {
    act(&catalog, &actor, id, ProductAction::Publish).await
}

/// Hides a product for a while.
#[utoipa::path(post, path = "/api/v1/products/{id}/pause", tag = "catalog", params(("id" = ProductId, Path)),
    responses((status = 200, body = ProductView),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub async fn pause_product(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ProductId>,
) -> Result<Json<ProductView>, Problem> {
    act(&catalog, &actor, id, ProductAction::Pause).await
}

/// Takes a product out of the catalogue for good.
#[utoipa::path(post, path = "/api/v1/products/{id}/retire", tag = "catalog", params(("id" = ProductId, Path)),
    responses((status = 200, body = ProductView),
        (status = 409, body = Problem, content_type = "application/problem+json")))]
pub async fn retire_product(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ProductId>,
) -> Result<Json<ProductView>, Problem> {
    act(&catalog, &actor, id, ProductAction::Retire).await
}

pub async fn act(
    catalog: &Catalog,
    actor: &Actor,
    id: ProductId,
    action: ProductAction,
) -> Result<Json<ProductView>, Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    Ok(Json(catalog.act(org, id, action).await?.into()))
}
