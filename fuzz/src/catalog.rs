//! What a seller uploads.

use catalog::{import, sheet};

/// A sheet of products, CSV or XLSX: read into rows and findings, or refused.
pub fn product_sheet(bytes: &[u8]) {
    let Ok(sheet) = sheet::read(bytes) else { return };
    assert!(sheet.rows.len() <= sheet::MAX_ROWS);
    let parsed = import::parse(&sheet);
    assert!(parsed.rows.len() <= parsed.total && parsed.findings.len() <= import::MAX_FINDINGS);
}
