//! Passkeys: one's own, and logging in with one.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Json, Listed, Path};
use kernel::id::PasskeyId;
use kernel::{Instant, Problem};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::visit::{Door, Visit};
use crate::who::Own;
use crate::{Identity, Passkey};

#[derive(Serialize, ToSchema)]
pub struct PasskeyView {
    #[schema(value_type = String, format = Uuid)]
    id: PasskeyId,
    name: String,
    created_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Instant>,
}

/// What the browser is asked; the answer goes back within five minutes and only once.
#[derive(Serialize, ToSchema)]
pub struct PasskeyChallenge {
    /// `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON` of WebAuthn.
    #[serde(rename = "publicKey")]
    #[schema(value_type = Object)]
    public_key: Value,
}

#[derive(Deserialize, ToSchema)]
pub struct PasskeyNew {
    name: String,
    /// `RegistrationResponseJSON` of WebAuthn.
    #[schema(value_type = Object)]
    credential: Value,
}

#[derive(Deserialize, ToSchema)]
pub struct PasskeyName {
    name: String,
}

#[derive(Deserialize, ToSchema)]
pub struct PasskeyUse {
    /// `AuthenticationResponseJSON` of WebAuthn.
    #[schema(value_type = Object)]
    credential: Value,
}

impl From<Passkey> for PasskeyView {
    fn from(passkey: Passkey) -> Self {
        Self { id: passkey.id, name: passkey.name, created_at: passkey.created_at, last_used_at: passkey.last_used_at }
    }
}

/// Lists one's passkeys.
#[utoipa::path(get, path = "/api/v1/passkeys", tag = "identity", responses(
    (status = 200, body = Listed<PasskeyView>),
    (status = 403, description = "session-needed", body = Problem, content_type = "application/problem+json")))]
pub async fn passkeys(State(identity): State<Identity>, own: Own) -> Result<Json<Listed<PasskeyView>>, Problem> {
    let passkeys = identity.passkeys.of(own.person).await?;
    Ok(Json(Listed { items: passkeys.into_iter().map(Into::into).collect(), next: None }))
}

/// Begins adding a passkey.
#[utoipa::path(post, path = "/api/v1/passkeys/challenges", tag = "identity", responses(
    (status = 200, body = PasskeyChallenge),
    (status = 403, description = "session-needed", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "passkeys-not-here or passkeys-too-many", body = Problem,
        content_type = "application/problem+json")))]
pub async fn passkey_challenge(State(identity): State<Identity>, own: Own) -> Result<Json<PasskeyChallenge>, Problem> {
    Ok(Json(PasskeyChallenge { public_key: identity.passkeys.challenge(own.person).await? }))
}

/// Keeps the passkey that the browser made.
#[utoipa::path(post, path = "/api/v1/passkeys", tag = "identity", request_body = PasskeyNew, responses(
    (status = 201, body = PasskeyView),
    (status = 403, description = "session-needed", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "passkey-challenge-over, passkey-taken or passkeys-not-here", body = Problem,
        content_type = "application/problem+json"),
    (status = 422, description = "bad-field, passkey-unreadable or passkey-refused", body = Problem,
        content_type = "application/problem+json")))]
pub async fn add_passkey(
    State(identity): State<Identity>,
    own: Own,
    Json(new): Json<PasskeyNew>,
) -> Result<(StatusCode, Json<PasskeyView>), Problem> {
    let passkey = identity.passkeys.add(own.person, &new.name, &new.credential).await?;
    Ok((StatusCode::CREATED, Json(passkey.into())))
}

/// Gives a passkey another name.
#[utoipa::path(patch, path = "/api/v1/passkeys/{id}", tag = "identity", request_body = PasskeyName,
    params(("id" = String, Path, description = "the passkey's id")), responses(
    (status = 204, description = "renamed"),
    (status = 404, description = "no-such-passkey", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "bad-field", body = Problem, content_type = "application/problem+json")))]
pub async fn rename_passkey(
    State(identity): State<Identity>,
    own: Own,
    Path(id): Path<PasskeyId>,
    Json(new): Json<PasskeyName>,
) -> Result<StatusCode, Problem> {
    identity.passkeys.rename(own.person, id, &new.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a passkey: it opens nothing any more.
#[utoipa::path(delete, path = "/api/v1/passkeys/{id}", tag = "identity",
    params(("id" = String, Path, description = "the passkey's id")), responses(
    (status = 204, description = "removed"),
    (status = 404, description = "no-such-passkey", body = Problem, content_type = "application/problem+json")))]
pub async fn remove_passkey(
    State(identity): State<Identity>,
    own: Own,
    Path(id): Path<PasskeyId>,
) -> Result<StatusCode, Problem> {
    identity.passkeys.remove(own.person, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Begins logging in with a passkey.
#[utoipa::path(post, path = "/api/v1/session/passkey-challenges", tag = "identity", responses(
    (status = 200, body = PasskeyChallenge),
    (status = 409, description = "passkeys-not-here", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too-many-tries", body = Problem, content_type = "application/problem+json")))]
pub async fn log_in_challenge(
    State(identity): State<Identity>,
    visit: Visit,
) -> Result<Json<PasskeyChallenge>, Problem> {
    visit.turn(&identity, &identity.limits.passkey_by_address)?;
    Ok(Json(PasskeyChallenge { public_key: identity.passkeys.log_in_challenge()? }))
}

/// Logs in whoever has the passkey.
#[utoipa::path(post, path = "/api/v1/session/passkey", tag = "identity", request_body = PasskeyUse, responses(
    (status = 204, description = "logged in; the cookie lf_session is set"),
    (status = 401, description = "passkey-unknown", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "passkey-challenge-over or passkeys-not-here", body = Problem,
        content_type = "application/problem+json"),
    (status = 422, description = "passkey-unreadable", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too-many-tries", body = Problem, content_type = "application/problem+json")))]
pub async fn log_in_by_passkey(
    State(identity): State<Identity>,
    visit: Visit,
    Json(used): Json<PasskeyUse>,
) -> Result<Door, Problem> {
    visit.turn(&identity, &identity.limits.passkey_by_address)?;
    let token = identity.passkeys.log_in(&used.credential, visit.device.as_deref()).await?;
    visit.enter(&identity, &token).await
}
