//! Routes of trade. Handlers translate; the use cases decide.

mod deals;
mod inquiries;
mod offers;
mod orders;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::trade::Trade;

/// The routes, for the server to merge.
pub fn routes(trade: Trade) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(inquiries::open_inquiry, inquiries::inquiries))
        .routes(routes!(inquiries::change_inquiry))
        .routes(routes!(offers::offers, offers::make_offer))
        .routes(routes!(offers::edit_offer))
        .routes(routes!(offers::change_offer))
        .routes(routes!(deals::place_order))
        .routes(routes!(deals::deal))
        .routes(routes!(deals::cancel_deal_order))
        .routes(routes!(orders::orders))
        .routes(routes!(orders::order_sums))
        .routes(routes!(orders::export_orders))
        .routes(routes!(orders::order))
        .routes(routes!(orders::confirm_order))
        .routes(routes!(orders::cancel_order))
        .with_state(trade)
}

/// Why somebody moved something, as it is kept.
fn reason(given: Option<String>) -> String {
    kernel::text::clean_line(&given.unwrap_or_default()).chars().take(500).collect()
}
