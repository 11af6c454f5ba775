//! Orders as a sheet: CSV that spreadsheet programs open in the right encoding and never run.

use kernel::Instant;
use kernel::text::inert_cell;

use crate::order::Order;

/// Says UTF-8 to spreadsheet programs.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

pub const HEADINGS: [&str; 19] = [
    "number",
    "state",
    "placed_at",
    "reserved_until",
    "sku",
    "product",
    "quantity",
    "unit_price",
    "total",
    "currency",
    "company",
    "name",
    "email",
    "country",
    "language",
    "order_id",
    "offer_id",
    "event_id",
    "total_minor",
];

/// The headings.
pub fn head() -> Result<Vec<u8>, csv::Error> {
    let mut sheet = csv::Writer::from_writer(BYTE_ORDER_MARK.to_vec());
    sheet.write_record(HEADINGS)?;
    sheet.into_inner().map_err(|unwritten| unwritten.into_error().into())
}

/// Rows of orders, as seen at `now`.
pub fn rows(orders: &[Order], now: Instant) -> Result<Vec<u8>, csv::Error> {
    let mut sheet = csv::Writer::from_writer(Vec::new());
    for order in orders {
        sheet.write_record(cells(order, now).map(|cell| inert_cell(&cell)))?;
    }
    sheet.into_inner().map_err(|unwritten| unwritten.into_error().into())
}

fn cells(order: &Order, now: Instant) -> [String; HEADINGS.len()] {
    // Plain decimals without the currency's code: a sheet adds them up.
    let plain = |shown: String| shown.split_once(' ').map(|(_, n)| n.replace(',', "")).unwrap_or_default();
    [
        order.number.clone(),
        order.state_at(now).word().to_owned(),
        order.placed_at.to_string(),
        order.reserved_until.map(|at| at.to_string()).unwrap_or_default(),
        order.sku.clone(),
        order.name.clone(),
        order.quantity.to_string(),
        plain(order.unit_price.to_string()),
        plain(order.total.to_string()),
        order.total.currency.to_string(),
        order.buyer.company.clone(),
        order.buyer.name.clone(),
        order.buyer.email.clone(),
        order.buyer.country.clone(),
        order.lang.to_string(),
        order.id.to_string(),
        order.offer.to_string(),
        order.event.to_string(),
        order.total.minor.to_string(),
    ]
}
