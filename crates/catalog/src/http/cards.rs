//! The catalogue as buyers see it.

use axum::extract::State;
use kernel::http::{Json, Language, Listed, Page, Path, Query};
use kernel::id::{ProductId, VariantId};
use kernel::{Locale, Problem, Quantity};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::pictures::picture_urls;
use crate::catalog::Catalog;
use crate::errors::CatalogError;
use crate::picture;
use crate::price::Tier;
use crate::product::{Carton, Product};

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
    /// The code of UN/ECE Recommendation 20 (`H87` piece, `SET` set), or the seller's own word where there is none.
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
            picture: picture_urls(&product.pictures, picture::WIDTHS[0]).next(),
            pictures: picture_urls(&product.pictures, picture::WIDTHS[1]).collect(),
            unit: crate::unit::code(&product.spec.unit).to_owned(),
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

const MOST_IDS: usize = 200;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProductSearch {
    /// Words of a name, or a SKU.
    q: Option<String>,
    /// Only these products, parted by commas, in this order; at most 200. What is not on sale is left out.
    ids: Option<String>,
}

/// Lists what is on sale.
#[utoipa::path(get, path = "/api/v1/catalogue", tag = "catalog", params(Page, ProductSearch, ("lang" = Option<String>, Query)),
    responses((status = 200, body = Listed<ProductCard>)))]
pub async fn catalogue(
    State(catalog): State<Catalog>,
    Language(reader): Language,
    Query(page): Query<Page>,
    Query(search): Query<ProductSearch>,
) -> Result<Json<Listed<ProductCard>>, Problem> {
    if let Some(ids) = &search.ids {
        let items = these(&catalog, ids).await?.iter().map(|product| ProductCard::of(product, &reader)).collect();
        return Ok(Json(Listed { items, next: None }));
    }
    let found = catalog.published(search.q.as_deref(), page.after()?, page.limit()).await?;
    let listed = Listed::cut(found, page.limit(), |product| product.id.to_string());
    Ok(Json(listed.map(|product| ProductCard::of(&product, &reader))))
}

/// The products of a list of ids, in its order.
async fn these(catalog: &Catalog, ids: &str) -> Result<Vec<Product>, Problem> {
    let ids = ids.split(',').filter(|id| !id.is_empty()).map(str::parse).collect::<Result<Vec<ProductId>, _>>();
    let ids = ids.ok().filter(|ids| ids.len() <= MOST_IDS).ok_or_else(|| Problem::bad_request("bad-query"))?;
    Ok(catalog.published_by_id(&ids).await?)
}

/// Shows one product that is on sale.
#[utoipa::path(get, path = "/api/v1/catalogue/{product}", tag = "catalog",
    params(("product" = ProductId, Path), ("lang" = Option<String>, Query)),
    responses((status = 200, body = ProductCard),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn catalogue_product(
    State(catalog): State<Catalog>,
    Language(reader): Language,
    Path(id): Path<ProductId>,
) -> Result<Json<ProductCard>, CatalogError> {
    let found = catalog.published_by_id(&[id]).await?;
    let product = found.first().ok_or(CatalogError::NoSuchProduct)?;
    Ok(Json(ProductCard::of(product, &reader)))
}
