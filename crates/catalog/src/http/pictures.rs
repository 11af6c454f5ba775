//! Pictures: taken from the crew, served to everybody.

use axum::extract::{Multipart, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use kernel::http::{Json, Path, uploaded_file};
use kernel::id::{PictureId, ProductId};
use kernel::{Actor, Problem, Right};
use serde::Deserialize;
use utoipa::ToSchema;

use super::products::ProductView;
use crate::catalog::Catalog;
use crate::errors::CatalogError;

/// Where pictures are shown in a width.
pub fn picture_urls(pictures: &[PictureId], width: u32) -> impl Iterator<Item = String> {
    pictures.iter().map(move |picture| format!("/pictures/{picture}/{width}.jpg"))
}

/// Serves a picture. Its address is random and its content never changes.
#[utoipa::path(get, path = "/pictures/{picture}/{file}", tag = "catalog",
    params(("picture" = PictureId, Path), ("file" = String, Path, description = "320.jpg or 800.jpg")),
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn show_picture(
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

/// Adds a picture: JPEG, PNG or WebP of at most 8 MiB and 40 million pixels.
#[utoipa::path(post, path = "/api/v1/products/{id}/pictures", tag = "catalog", params(("id" = ProductId, Path)),
    request_body(content = Vec<u8>, content_type = "multipart/form-data", description = "the part `file`"),
    responses((status = 201, body = ProductView),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json")))]
pub async fn add_picture(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ProductId>,
    upload: Multipart,
) -> Result<(StatusCode, Json<ProductView>), Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    let file = uploaded_file(upload).await?;
    Ok((StatusCode::CREATED, Json(catalog.add_picture(org, id, file).await?.into())))
}

/// Takes a picture away.
#[utoipa::path(delete, path = "/api/v1/products/{id}/pictures/{picture}", tag = "catalog",
    params(("id" = ProductId, Path), ("picture" = PictureId, Path)),
    responses((status = 200, body = ProductView),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "no-such-picture")))]
pub async fn remove_picture(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path((id, picture)): Path<(ProductId, PictureId)>,
) -> Result<Json<ProductView>, Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    Ok(Json(catalog.remove_picture(org, id, picture).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureOrderBody {
    /// Every picture of the product, once; the first is shown on cards.
    pictures: Vec<PictureId>,
}

/// Puts the pictures in another order.
#[utoipa::path(put, path = "/api/v1/products/{id}/picture_order", tag = "catalog", params(("id" = ProductId, Path)),
    request_body = PictureOrderBody,
    responses((status = 200, body = ProductView),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "not-an-order")))]
pub async fn order_pictures(
    State(catalog): State<Catalog>,
    actor: Actor,
    Path(id): Path<ProductId>,
    Json(body): Json<PictureOrderBody>,
) -> Result<Json<ProductView>, Problem> {
    let org = actor.require(Right::ManageCatalog)?;
    Ok(Json(catalog.order_pictures(org, id, &body.pictures).await?.into()))
}
