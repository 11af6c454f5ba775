//! Routes: sessions, the first run, guests, log-in links, passkeys, one's account, people, API tokens, the organisation.

mod account;
mod crew;
mod passkeys;
mod session;
mod visit;

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
        .routes(routes!(crew::remove_person))
        .routes(routes!(crew::reset_password))
        .routes(routes!(account::change_account))
        .routes(routes!(account::change_password))
        .routes(routes!(account::sessions, account::end_other_sessions))
        .routes(routes!(account::end_session))
        .routes(routes!(passkeys::passkeys, passkeys::add_passkey))
        .routes(routes!(passkeys::passkey_challenge))
        .routes(routes!(passkeys::rename_passkey, passkeys::remove_passkey))
        .routes(routes!(passkeys::log_in_challenge))
        .routes(routes!(passkeys::log_in_by_passkey))
        .routes(routes!(crew::org, crew::change_org))
        .with_state(identity)
}
