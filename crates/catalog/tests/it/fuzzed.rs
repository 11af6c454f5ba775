//! Bytes from outside never panic: the fuzz targets' own functions, run briefly.

#[path = "../../../../fuzz/brief.rs"]
mod brief;
#[path = "../../../../fuzz/src/catalog.rs"]
mod entries;

#[test]
fn product_sheets() {
    brief::briefly("product_sheet", entries::product_sheet, 3_000);
}
