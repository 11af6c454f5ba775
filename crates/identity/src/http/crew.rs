//! The organisation, its people and their programs' tokens.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::http::{Json, Listed, Path};
use kernel::id::{ApiTokenId, OrgId, PersonId};
use kernel::{Actor, Instant, Locale, Problem, Right, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::who::{Own, TokenEnd};
use crate::{ApiToken, Identity, NewApiToken, NewPerson, Org, OrgKind, Person, PersonError, Role, rights_of};

#[derive(Serialize, ToSchema)]
pub struct ApiTokenView {
    #[schema(value_type = String, format = Uuid)]
    id: ApiTokenId,
    name: String,
    rights: Vec<Right>,
    created_at: Instant,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Instant>,
}

#[derive(Deserialize, ToSchema)]
pub struct ApiTokenNew {
    name: String,
    rights: Vec<Right>,
    expires_at: Option<Instant>,
}

#[derive(Serialize, ToSchema)]
pub struct ApiTokenCreated {
    #[serde(flatten)]
    view: ApiTokenView,
    /// Shown only now.
    token: String,
}

#[derive(Serialize, ToSchema)]
pub struct PersonView {
    #[schema(value_type = String, format = Uuid)]
    id: PersonId,
    name: String,
    email: String,
    roles: Vec<Role>,
    locale: Locale,
    time_zone: String,
}

#[derive(Deserialize, ToSchema)]
pub struct PersonNew {
    name: String,
    email: String,
    #[schema(value_type = String)]
    password: Secret<String>,
    roles: Vec<Role>,
    locale: Option<Locale>,
    /// The organisation's when absent.
    time_zone: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct PersonRoles {
    roles: Vec<Role>,
}

#[derive(Deserialize, ToSchema)]
pub struct PersonPassword {
    #[schema(value_type = String)]
    password: Secret<String>,
}

#[derive(Serialize, ToSchema)]
pub struct OrgView {
    #[schema(value_type = String, format = Uuid)]
    id: OrgId,
    name: String,
    kind: OrgKind,
    country: String,
    time_zone: String,
}

#[derive(Deserialize, ToSchema)]
pub struct OrgChange {
    name: Option<String>,
    country: Option<String>,
    time_zone: Option<String>,
}

impl From<ApiToken> for ApiTokenView {
    fn from(token: ApiToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            rights: token.rights,
            created_at: token.created_at,
            last_used_at: token.last_used_at,
            expires_at: token.expires_at,
        }
    }
}

impl From<Person> for PersonView {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            name: person.name,
            email: person.email,
            roles: person.roles,
            locale: person.locale,
            time_zone: person.time_zone,
        }
    }
}

impl From<Org> for OrgView {
    fn from(org: Org) -> Self {
        Self { id: org.id, name: org.name, kind: org.kind, country: org.country, time_zone: org.time_zone }
    }
}

/// Lists the organisation's API tokens.
#[utoipa::path(get, path = "/api/v1/api-tokens", tag = "identity", responses(
    (status = 200, body = Listed<ApiTokenView>),
    (status = 403, description = "right-missing", body = Problem, content_type = "application/problem+json")))]
pub async fn api_tokens(State(identity): State<Identity>, actor: Actor) -> Result<Json<Listed<ApiTokenView>>, Problem> {
    let tokens = identity.api_tokens.of(actor.require(Right::ManageOrg)?).await?;
    Ok(Json(Listed { items: tokens.into_iter().map(Into::into).collect(), next: None }))
}

/// Makes an API token with some of one's own rights. One that a token makes ends no later than that.
#[utoipa::path(post, path = "/api/v1/api-tokens", tag = "identity", request_body = ApiTokenNew, responses(
    (status = 201, body = ApiTokenCreated),
    (status = 403, description = "right-missing", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "bad-field", body = Problem, content_type = "application/problem+json")))]
pub async fn create_api_token(
    State(identity): State<Identity>,
    actor: Actor,
    TokenEnd(end): TokenEnd,
    Json(new): Json<ApiTokenNew>,
) -> Result<(StatusCode, Json<ApiTokenCreated>), Problem> {
    let expires_at = new.expires_at.into_iter().chain(end).min();
    let new = NewApiToken { name: new.name, rights: new.rights, expires_at };
    let (token, text) = identity.api_tokens.create(&actor, new).await?;
    let created = ApiTokenCreated { view: token.into(), token: text.expose().clone() };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Ends an API token at once.
#[utoipa::path(delete, path = "/api/v1/api-tokens/{id}", tag = "identity",
    params(("id" = String, Path, description = "the token's id")), responses(
    (status = 204, description = "the token is over"),
    (status = 404, description = "no-such-token", body = Problem, content_type = "application/problem+json")))]
pub async fn revoke_api_token(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<ApiTokenId>,
) -> Result<StatusCode, Problem> {
    let org = actor.require(Right::ManageOrg)?;
    if identity.api_tokens.revoke(org, id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("no-such-token"))
}

/// Lists the organisation's people.
#[utoipa::path(get, path = "/api/v1/people", tag = "identity", responses(
    (status = 200, body = Listed<PersonView>),
    (status = 403, description = "right-missing", body = Problem, content_type = "application/problem+json")))]
pub async fn people(State(identity): State<Identity>, actor: Actor) -> Result<Json<Listed<PersonView>>, Problem> {
    let people = identity.people.of(actor.require(Right::SeePeople)?).await?;
    Ok(Json(Listed { items: people.into_iter().map(Into::into).collect(), next: None }))
}

/// Adds a person to the organisation.
#[utoipa::path(post, path = "/api/v1/people", tag = "identity", request_body = PersonNew, responses(
    (status = 201, body = PersonView),
    (status = 403, description = "right-missing", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "email-taken", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "bad-field", body = Problem, content_type = "application/problem+json")))]
pub async fn add_person(
    State(identity): State<Identity>,
    actor: Actor,
    Json(new): Json<PersonNew>,
) -> Result<(StatusCode, Json<PersonView>), Problem> {
    let org = actor.require(Right::ManageOrg)?;
    let time_zone = match new.time_zone {
        Some(zone) => zone,
        None => identity.orgs.get(org).await?.map(|org| org.time_zone).unwrap_or_default(),
    };
    let new = NewPerson {
        name: new.name,
        email: new.email,
        password: new.password,
        roles: roles(&actor, new.roles)?,
        locale: new.locale.unwrap_or_else(Locale::english),
        time_zone,
    };
    let person = identity.people.add(org, new).await?;
    Ok((StatusCode::CREATED, Json(person.into())))
}

/// Gives a person these roles and no others.
#[utoipa::path(put, path = "/api/v1/people/{id}/roles", tag = "identity", request_body = PersonRoles,
    params(("id" = String, Path, description = "the person's id")), responses(
    (status = 200, body = PersonView),
    (status = 403, description = "right-missing", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no-such-person", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "last-owner", body = Problem, content_type = "application/problem+json")))]
pub async fn set_roles(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<PersonId>,
    Json(new): Json<PersonRoles>,
) -> Result<Json<PersonView>, Problem> {
    let org = actor.require(Right::ManageOrg)?;
    Ok(Json(identity.people.set_roles(org, id, &roles(&actor, new.roles)?).await?.into()))
}

/// Gives a member who forgot theirs a new password; their sessions end at once. One's own is changed in one's account.
#[utoipa::path(put, path = "/api/v1/people/{id}/password", tag = "identity", request_body = PersonPassword,
    params(("id" = String, Path, description = "the person's id")), responses(
    (status = 204, description = "the new password holds"),
    (status = 403, description = "right-missing or session-needed", body = Problem,
        content_type = "application/problem+json"),
    (status = 404, description = "no-such-person", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "bad-field", body = Problem, content_type = "application/problem+json")))]
pub async fn reset_password(
    State(identity): State<Identity>,
    actor: Actor,
    own: Own,
    Path(id): Path<PersonId>,
    Json(new): Json<PersonPassword>,
) -> Result<StatusCode, Problem> {
    let org = actor.require(Right::ManageOrg)?;
    if id == own.person {
        return Err(PersonError::WrongPassword.into());
    }
    identity.people.reset_password(org, id, new.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a person; their sessions and API tokens end at once.
#[utoipa::path(delete, path = "/api/v1/people/{id}", tag = "identity",
    params(("id" = String, Path, description = "the person's id")), responses(
    (status = 204, description = "the person is gone"),
    (status = 403, description = "right-missing", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "no-such-person", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "last-owner", body = Problem, content_type = "application/problem+json")))]
pub async fn remove_person(
    State(identity): State<Identity>,
    actor: Actor,
    Path(id): Path<PersonId>,
) -> Result<StatusCode, Problem> {
    identity.people.remove(actor.require(Right::ManageOrg)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows the organisation one works for.
#[utoipa::path(get, path = "/api/v1/org", tag = "identity", responses(
    (status = 200, body = OrgView),
    (status = 401, description = "log-in-needed", body = Problem, content_type = "application/problem+json")))]
pub async fn org(State(identity): State<Identity>, actor: Actor) -> Result<Json<OrgView>, Problem> {
    let id = actor.org.ok_or_else(|| Problem::unauthorized("log-in-needed"))?;
    let org = identity.orgs.get(id).await?.ok_or_else(|| Problem::not_found("no-such-org"))?;
    Ok(Json(org.into()))
}

/// Changes the organisation; what is absent stays.
#[utoipa::path(patch, path = "/api/v1/org", tag = "identity", request_body = OrgChange, responses(
    (status = 200, body = OrgView),
    (status = 403, description = "right-missing", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "bad-field", body = Problem, content_type = "application/problem+json")))]
pub async fn change_org(
    State(identity): State<Identity>,
    actor: Actor,
    Json(change): Json<OrgChange>,
) -> Result<Json<OrgView>, Problem> {
    let id = actor.require(Right::ManageOrg)?;
    let changed = identity.orgs.change(id, |org| {
        org.name = change.name.unwrap_or_else(|| std::mem::take(&mut org.name));
        org.country = change.country.unwrap_or_else(|| std::mem::take(&mut org.country));
        org.time_zone = change.time_zone.unwrap_or_else(|| std::mem::take(&mut org.time_zone));
    });
    Ok(Json(changed.await?.into()))
}

/// The roles as the actor may give them. Somebody without a role could not be found again.
fn roles(actor: &Actor, roles: Vec<Role>) -> Result<Vec<Role>, Problem> {
    if roles.is_empty() {
        return Err(Problem::unprocessable("bad-field").with("field", "roles"));
    }
    actor.may_grant(rights_of(&roles))?;
    Ok(roles)
}
