//! Shows over HTTP: for visitors, and everything for the crew.

mod events;
mod run_sheet;
mod shows;
mod stream;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use shows::ShowView;

use crate::live::Live;

/// Every route of `live`.
pub fn routes(live: Live) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(shows::shows))
        .routes(routes!(shows::show))
        .routes(routes!(events::events, events::plan_event))
        .routes(routes!(events::event, events::change_event))
        .routes(routes!(events::move_event))
        .routes(routes!(events::readiness))
        .routes(routes!(run_sheet::run_items, run_sheet::add_run_item))
        .routes(routes!(run_sheet::change_run_item, run_sheet::remove_run_item))
        .routes(routes!(run_sheet::order_run_items))
        .routes(routes!(run_sheet::move_run_item))
        .routes(routes!(run_sheet::pins, run_sheet::set_pins))
        .routes(routes!(stream::stream_keys, stream::make_stream_key))
        .routes(routes!(stream::revoke_stream_key))
        .routes(routes!(stream::event_stream))
        .routes(routes!(events::crew, events::set_crew))
        .with_state(live)
}
