//! The catalogue over HTTP: cards for buyers, everything for the crew.

mod cards;
mod imports;
mod pictures;
mod products;
mod stock;

use axum::extract::DefaultBodyLimit;
use kernel::http::FRAMING_BYTES;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use cards::ProductCard;

use crate::catalog::Catalog;
use crate::{picture, sheet};

/// Every route of the catalogue.
pub fn routes(catalog: Catalog) -> OpenApiRouter {
    let pictures = OpenApiRouter::new()
        .routes(routes!(pictures::add_picture))
        .layer(DefaultBodyLimit::max(picture::MAX_BYTES + FRAMING_BYTES));
    let imports = OpenApiRouter::new()
        .routes(routes!(imports::check_import))
        .layer(DefaultBodyLimit::max(sheet::MAX_BYTES + FRAMING_BYTES));
    OpenApiRouter::new()
        .routes(routes!(cards::catalogue))
        .routes(routes!(cards::catalogue_product))
        .routes(routes!(pictures::show_picture))
        .routes(routes!(pictures::remove_picture))
        .routes(routes!(pictures::order_pictures))
        .routes(routes!(products::products, products::create_product))
        .routes(routes!(products::product, products::change_product))
        .routes(routes!(products::translate_product))
        .routes(routes!(products::publish_product))
        .routes(routes!(products::pause_product))
        .routes(routes!(products::retire_product))
        .routes(routes!(stock::set_prices))
        .routes(routes!(stock::price))
        .routes(routes!(stock::stock))
        .routes(routes!(stock::move_stock))
        .routes(routes!(imports::apply_import))
        .merge(pictures)
        .merge(imports)
        .with_state(catalog)
}
