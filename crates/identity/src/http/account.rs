//! One's own account: name, language, time zone, password, sessions.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Json, Listed, Path};
use kernel::{Instant, Locale, Problem, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::crew::PersonView;
use crate::who::Own;
use crate::{Identity, PersonChange, PersonError};

#[derive(Deserialize, ToSchema)]
pub struct AccountChange {
    name: Option<String>,
    locale: Option<Locale>,
    time_zone: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    #[schema(value_type = String)]
    old: Secret<String>,
    #[schema(value_type = String)]
    new: Secret<String>,
}

#[derive(Serialize, ToSchema)]
pub struct OwnSessionView {
    id: String,
    /// What the browser called itself at log-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    created_at: Instant,
    /// To ten minutes.
    last_seen_at: Instant,
    /// Whether it is the one that asks.
    current: bool,
}

/// Changes one's own account; what is absent stays.
#[utoipa::path(patch, path = "/api/v1/account", tag = "identity", request_body = AccountChange, responses(
    (status = 200, body = PersonView),
    (status = 403, description = "session-needed", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "bad-field", body = Problem, content_type = "application/problem+json")))]
pub async fn change_account(
    State(identity): State<Identity>,
    own: Own,
    Json(change): Json<AccountChange>,
) -> Result<Json<PersonView>, Problem> {
    let change = PersonChange { name: change.name, locale: change.locale, time_zone: change.time_zone };
    Ok(Json(identity.people.change(own.person, change).await?.into()))
}

/// Changes one's password; one's other sessions end.
#[utoipa::path(put, path = "/api/v1/account/password", tag = "identity", request_body = PasswordChange, responses(
    (status = 204, description = "changed; other sessions are over"),
    (status = 403, description = "wrong-password or session-needed", body = Problem,
        content_type = "application/problem+json"),
    (status = 422, description = "bad-field", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too-many-tries", body = Problem, content_type = "application/problem+json")))]
pub async fn change_password(
    State(identity): State<Identity>,
    own: Own,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let person = identity.people.get(own.person).await?.ok_or(PersonError::NoSuchPerson)?;
    // A stolen session guesses no faster than a stranger at the door.
    let (limiter, key) = (&identity.limits.password_by_person, own.person.to_string());
    limiter.check(&key, identity.clock.now())?;
    identity.people.change_password(&person, &own.session, change.old, change.new).await?;
    limiter.forgive(&key);
    Ok(StatusCode::NO_CONTENT)
}

/// Lists where one is logged in.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "identity", responses(
    (status = 200, body = Listed<OwnSessionView>),
    (status = 403, description = "session-needed", body = Problem, content_type = "application/problem+json")))]
pub async fn sessions(State(identity): State<Identity>, own: Own) -> Result<Json<Listed<OwnSessionView>>, Problem> {
    let sessions = identity.sessions.of(own.person).await?.into_iter();
    let view = |session: crate::Session| OwnSessionView {
        id: session.id().to_owned(),
        current: session.hash == own.session,
        device: session.device,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
    };
    Ok(Json(Listed { items: sessions.map(view).collect(), next: None }))
}

/// Ends one of one's sessions.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", tag = "identity",
    params(("id" = String, Path, description = "the session's id")), responses(
    (status = 204, description = "the session is over"),
    (status = 404, description = "no-such-session", body = Problem, content_type = "application/problem+json")))]
pub async fn end_session(
    State(identity): State<Identity>,
    own: Own,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let ended = identity.sessions.end_one(own.person, &id).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found("no-such-session")) }
}

/// Ends all of one's sessions but this one.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "identity", responses(
    (status = 204, description = "the others are over"),
    (status = 403, description = "session-needed", body = Problem, content_type = "application/problem+json")))]
pub async fn end_other_sessions(State(identity): State<Identity>, own: Own) -> Result<StatusCode, Problem> {
    identity.sessions.end_others(own.person, &own.session).await?;
    Ok(StatusCode::NO_CONTENT)
}
