//! Routes: sessions, the first run, guests, log-in links, people, API tokens, the organisation.

mod crew;
mod session;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Identity;

/// Every route of this domain.
pub fn routes(identity: Identity) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(session::log_in, session::session, session::log_out))
        .routes(routes!(session::set_up))
        .routes(routes!(session::become_guest))
        .routes(routes!(session::send_magic_link))
        .routes(routes!(session::use_magic_link))
        .routes(routes!(crew::api_tokens, crew::create_api_token))
        .routes(routes!(crew::revoke_api_token))
        .routes(routes!(crew::people, crew::add_person))
        .routes(routes!(crew::set_roles))
        .routes(routes!(crew::org, crew::change_org))
        .with_state(identity)
}
