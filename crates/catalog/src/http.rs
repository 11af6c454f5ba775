//! The catalogue over HTTP: cards for buyers, everything for the crew.

use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use kernel::http::{Json, Language, Listed, Page, Path, Query};
use kernel::id::{ImportId, OrgId, PersonId, PictureId, ProductId, VariantId};
use kernel::{Actor, Currency, Locale, LocalizedText, Problem, Quantity, Right, UnitPrice, Who};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::catalog::Catalog;
use crate::errors::CatalogError;
use crate::import::Finding;
use crate::imports::{DryRun, ImportOutcome};
use crate::price::Tier;
use crate::product::{Carton, Product, ProductAction, ProductState, Spec, missing_for_publication};
use crate::products::{NewProduct, ProductChange, checked_prices};
use crate::stock::Level;
use crate::{picture, sheet};

/// Multipart framing around the file itself.
const FRAMING_BYTES: usize = 64 * 1024;

/// Every route of the catalogue.
pub fn routes(catalog: Catalog) -> OpenApiRouter {
    let pictures = OpenApiRouter::new()
        .routes(routes!(add_picture))
        .layer(DefaultBodyLimit::max(picture::MAX_BYTES + FRAMING_BYTES));
    let imports = OpenApiRouter::new()
        .routes(routes!(check_import))
        .layer(DefaultBodyLimit::max(sheet::MAX_BYTES + FRAMING_BYTES));
    OpenApiRouter::new()
        .routes(routes!(catalogue))
        .routes(routes!(catalogue_product))
        .routes(routes!(show_picture))
        .routes(routes!(products, create_product))
        .routes(routes!(product, change_product))
        .routes(routes!(translate_product))
        .routes(routes!(publish_product))
        .routes(routes!(pause_product))
        .routes(routes!(retire_product))
        .routes(routes!(set_prices))
        .routes(routes!(price))
        .routes(routes!(stock))
        .routes(routes!(move_stock))
        .routes(routes!(apply_import))
        .merge(pictures)
        .merge(imports)
        .with_state(catalog)
}

/// A product as buyers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProductCard {
    pub id: ProductId,
    pub variant: VariantId,
    pub sku: String,
    pub name: String,
    pub text: String,
    /// The language `name` is in.
    pub lang: String,
    /// The first picture, 320 px wide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// All pictures, 800 px wide.
    pub pictures: Vec<String>,
    pub unit: String,
    #[schema(value_type = i64)]
    pub moq: Quantity,
    #[schema(value_type = i64)]
    pub multiple: Quantity,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead_time_days: Option<i64>,
    pub tiers: Vec<Tier>,
    /// Pieces that may be sold; absent when made to order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carton: Option<Carton>,
    /// ISO 3166-1 alpha-2; empty when unknown.
    pub origin: String,
}

impl ProductCard {
    /// The card of a product for a reader.
    pub fn of(product: &Product, reader: &Locale) -> Self {
        let (lang, name) = product.spec.names.choose(reader).map_or_else(
            || (reader.to_string(), product.spec.sku.clone()),
            |(locale, name)| (locale.to_string(), name.to_owned()),
        );
        Self {
            id: product.id,
            variant: product.variant,
            sku: product.spec.sku.clone(),
            name,
            text: product.spec.texts.pick(reader).to_owned(),
            lang,
            picture: product.pictures.first().map(|picture| picture_url(*picture, picture::WIDTHS[0])),
            pictures: product.pictures.iter().map(|picture| picture_url(*picture, picture::WIDTHS[1])).collect(),
            unit: product.spec.unit.clone(),
            moq: product.prices.moq(),
            multiple: product.prices.multiple(),
            lead_time_days: product.lead_time_days,
            tiers: product.prices.tiers().to_vec(),
            available: product.available,
            carton: product.spec.carton,
            origin: product.spec.origin.clone(),
        }
    }
}

fn picture_url(picture: PictureId, width: u32) -> String {
    format!("/pictures/{picture}/{width}.jpg")
}

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
            pictures: product.pictures.iter().map(|picture| picture_url(*picture, picture::WIDTHS[1])).collect(),
            missing: missing.into_iter().map(str::to_owned).collect(),
            updated_at: product.updated_at,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ProductSearch {
    /// Words of a name, or a SKU.
    q: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ProductFilter {
    /// Words of a name, or a SKU.
    q: Option<String>,
    state: Option<ProductState>,
}

/// Lists what is on sale.
#[utoipa::path(get, path = "/api/v1/catalogue", tag = "catalog", params(Page, ProductSearch, ("lang" = Option<String>, Query)),
    responses((status = 200, body = Listed<ProductCard>)))]
async fn catalogue(
    State(catalog): State<Catalog>,
    Language(reader): Language,
    Query(page): Query<Page>,
    Query(search): Query<ProductSearch>,
) -> Result<Json<Listed<ProductCard>>, Problem> {
    let found = catalog.published(search.q.as_deref(), page.after()?, page.limit()).await?;
    let listed = Listed::cut(found, page.limit(), |product| product.id.to_string());
    Ok(Json(listed.map(|product| ProductCard::of(&product, &reader))))
}

/// Shows one product that is on sale.
#[utoipa::path(get, path = "/api/v1/catalogue/{product}", tag = "catalog",
    params(("product" = ProductId, Path), ("lang" = Option<String>, Query)),
    responses((status = 200, body = ProductCard),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn catalogue_product(
    State(catalog): State<Catalog>,
    Language(reader): Language,
    Path(id): Path<ProductId>,
) -> Result<Json<ProductCard>, CatalogError> {
    let found = catalog.published_by_id(&[id]).await?;
    let product = found.first().ok_or(CatalogError::NoSuchProduct)?;
    Ok(Json(ProductCard::of(product, &reader)))
}

/// Serves a picture. Its address is random and its content never changes.
#[utoipa::path(get, path = "/pictures/{picture}/{file}", tag = "catalog",
    params(("picture" = PictureId, Path), ("file" = String, Path, description = "320.jpg or 800.jpg")),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn show_picture(
    State(catalog): State<Catalog>,
    Path((picture, file)): Path<(PictureId, String)>,
) -> Result<impl IntoResponse, CatalogError> {
    let width = file.strip_suffix(".jpg").and_then(|width| width.parse().ok()).ok_or(CatalogError::NoSuchPicture)?;
    let jpeg = catalog.picture(picture, width).await?;
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, jpeg))
}

/// Lists the organisation's products.
#[utoipa::path(get, path = "/api/v1/products", tag = "catalog", params(Page, ProductFilter),
    responses((status = 200, body = Listed<ProductView>)))]
async fn products(
    State(catalog): State<Catalog>,
    actor: Actor,
    Query(page): Query<Page>,
    Query(filter): Query<ProductFilter>,
) -> Result<Json<Listed<ProductView>>, Problem> {
    let org = works_here(&actor)?;
    let found = catalog.products(org, filter.q.as_deref(), filter.state, page.after()?, page.limit()).await?;
    Ok(Json(Listed::cut(found, page.limit(), |product| product.id.to_string()).map(ProductView::from)))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProductBody {
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
    responses((status = 201, body = ProductView),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
async fn create_product(
    State(catalog): State<Catalog>,
    actor: Actor,
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
    let product = catalog.create(org, person(&actor), new).await?;
    Ok((StatusCode::CREATED, Json(product.into())))
}

/// Shows a product of the organisation.
#[utoipa::path(get, path = "/api/v1/products/{id}", tag = "catalog", params(("id" = ProductId, Path)),
    responses((status = 200, body = ProductView),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
async fn product(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ProductId>,
) -> Result<Json<ProductView>, Problem> {
    let org = works_here(&actor)?;
    Ok(Json(catalog.product(org, id).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProductChangeBody {
    /// The version the change was made against.
    version: Option<i64>,
    sku: Option<String>,
    names: Option<LocalizedText>,
    texts: Option<LocalizedText>,
    unit: Option<String>,
    /// `null` removes it.
    #[serde(default, deserialize_with = "said")]
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
async fn change_product(
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
struct ProductTranslationBody {
    name: String,
    #[serde(default)]
    text: String,
}

/// Sets name and text in one language.
#[utoipa::path(put, path = "/api/v1/products/{id}/translations/{lang}", tag = "catalog",
    params(("id" = ProductId, Path), ("lang" = Locale, Path)), request_body = ProductTranslationBody,
    responses((status = 200, body = ProductView)))]
async fn translate_product(
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
async fn publish_product(
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
async fn pause_product(
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
async fn retire_product(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ProductId>,
) -> Result<Json<ProductView>, Problem> {
    act(&catalog, &actor, id, ProductAction::Retire).await
}

async fn act(
    catalog: &Catalog,
    actor: &Actor,
    id: ProductId,
    action: ProductAction,
) -> Result<Json<ProductView>, Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    Ok(Json(catalog.act(org, id, action).await?.into()))
}

/// Adds a picture: JPEG, PNG or WebP of at most 8 MiB and 40 million pixels.
#[utoipa::path(post, path = "/api/v1/products/{id}/pictures", tag = "catalog", params(("id" = ProductId, Path)),
    request_body(content = Vec<u8>, content_type = "multipart/form-data", description = "the part `file`"),
    responses((status = 201, body = ProductView),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json")))]
async fn add_picture(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ProductId>,
    upload: Multipart,
) -> Result<(StatusCode, Json<ProductView>), Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    let file = uploaded(upload).await?;
    Ok((StatusCode::CREATED, Json(catalog.add_picture(org, id, file).await?.into())))
}

#[derive(Debug, Deserialize, ToSchema)]
struct VariantPricesBody {
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
async fn set_prices(
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
struct PriceQuery {
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
async fn price(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(variant): Path<VariantId>,
    Query(asked): Query<PriceQuery>,
) -> Result<Json<PriceView>, Problem> {
    let org = works_here(&actor)?;
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
async fn stock(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(variant): Path<VariantId>,
) -> Result<Json<StockView>, Problem> {
    let org = works_here(&actor)?;
    let level = catalog.stock(org, variant).await?;
    Ok(Json(level.ok_or_else(|| Problem::not_found("no-stock-kept"))?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
struct StockMovementBody {
    /// Pieces received; negative corrects down.
    delta: i64,
    reason: String,
}

/// Receives or corrects stock.
#[utoipa::path(post, path = "/api/v1/stock/{variant}/movements", tag = "catalog", params(("variant" = VariantId, Path)),
    request_body = StockMovementBody,
    responses((status = 201, body = StockView),
        (status = 409, body = Problem, content_type = "application/problem+json",
            description = "out-of-stock {available}")))]
async fn move_stock(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(variant): Path<VariantId>,
    Json(body): Json<StockMovementBody>,
) -> Result<(StatusCode, Json<StockView>), Problem> {
    let org = actor.require(Right::ManageStock)?;
    let level = catalog.move_stock(org, person(&actor), variant, body.delta, &body.reason).await?;
    Ok((StatusCode::CREATED, Json(level.into())))
}

/// What a dry run found.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductImportView {
    id: ImportId,
    /// Rows under the header.
    rows: usize,
    /// Rows without a finding; all must be for the import to be applied.
    ok: usize,
    /// The first 500 bad cells.
    findings: Vec<Finding>,
    finding_count: usize,
}

impl From<DryRun> for ProductImportView {
    fn from(run: DryRun) -> Self {
        Self { id: run.id, rows: run.rows, ok: run.ok, findings: run.findings, finding_count: run.finding_count }
    }
}

/// Reads a sheet (CSV or XLSX, at most 20 MiB and 20,000 rows) and names each bad cell; changes nothing.
#[utoipa::path(post, path = "/api/v1/product-imports", tag = "catalog",
    request_body(content = Vec<u8>, content_type = "multipart/form-data", description = "the part `file`"),
    responses((status = 201, body = ProductImportView),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
async fn check_import(
    State(catalog): State<Catalog>,
    actor: Actor,
    upload: Multipart,
) -> Result<(StatusCode, Json<ProductImportView>), Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    let file = uploaded(upload).await?;
    let run = catalog.check_import(org, person(&actor), file).await?;
    Ok((StatusCode::CREATED, Json(run.into())))
}

/// Applies a checked import, all or nothing; again, it answers with what it did the first time.
#[utoipa::path(post, path = "/api/v1/product-imports/{id}/apply", tag = "catalog", params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportOutcome),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json")))]
async fn apply_import(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ImportId>,
) -> Result<Json<ImportOutcome>, Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    Ok(Json(catalog.apply_import(org, person(&actor), id).await?))
}

/// The part `file` of an upload; the route's body limit bounds it.
async fn uploaded(mut upload: Multipart) -> Result<Bytes, CatalogError> {
    while let Some(field) = upload.next_field().await.map_err(CatalogError::BadUpload)? {
        if field.name() == Some("file") {
            return field.bytes().await.map_err(CatalogError::BadUpload);
        }
    }
    Err(CatalogError::NoFile)
}

/// Tells `null` from absent.
fn said<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Everybody who works here may read the organisation's products, prices and stock.
fn works_here(actor: &Actor) -> Result<OrgId, Problem> {
    match actor.who {
        Who::Person(_) => actor.org.ok_or_else(|| Problem::unauthorized("log-in-needed")),
        _ => Err(Problem::unauthorized("log-in-needed")),
    }
}

fn person(actor: &Actor) -> Option<PersonId> {
    actor.person().ok()
}
