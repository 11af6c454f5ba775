//! Rows.

pub mod picture;
pub mod price_tier;
pub mod product;
pub mod product_import;
pub mod product_key;
pub mod stock_item;
pub mod stock_movement;
pub mod variant;
