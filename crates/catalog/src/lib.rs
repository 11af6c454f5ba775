//! What a firm sells: products in several languages, their pictures, prices by quantity, cartons and stock.
//!
//! Promises: a list price comes from one pure resolver ([`price::resolve`]); stock changes only by conditional
//! updates ([`stock`]), so that nothing is sold that is not there; buyers see published products only.
//! `trade` composes [`stock`] and [`variant_for_order`] into its own transactions.

pub mod catalog;
mod encoding;
mod errors;
mod events;
mod http;
pub mod import;
mod imports;
pub mod picture;
mod pictures;
pub mod price;
pub mod product;
mod products;
pub mod sheet;
mod store;
pub mod unit;

/// Stock within the caller's transaction.
pub mod stock {
    pub use crate::events::StockChanged;
    pub use crate::store::stock::{Level, allocate, announce, deallocate, hold, level, levels_for_update, release};
}

pub use catalog::{Catalog, Promises};
pub use errors::CatalogError;
pub use http::{ProductCard, routes};
pub use imports::ImportOutcome;
pub use products::{NewProduct, ProductChange};
pub use store::migration::migrations;
pub use store::{Publication, VariantForOrder, publication_of, variant_for_order};
