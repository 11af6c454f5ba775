//! Beginning, asking for and ending a session; guests; the first run.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::actor::{Right, Who};
use kernel::http::Json;
use kernel::id::{CompanyId, GuestId, OrgId, PersonId};
use kernel::{Actor, Locale, Problem, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::visit::{Door, SetCookie, Visit};
use crate::{Guests, Identity, NewOrg, NewPerson, OrgKind, sessions};

#[derive(Deserialize, ToSchema)]
pub struct SessionStart {
    email: String,
    #[schema(value_type = String)]
    password: Secret<String>,
}

/// Who asks, and what they may do.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    who: SessionWho,
    /// The name others see.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<SessionOrg>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<SessionPerson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<SessionCompany>,
    rights: Vec<Right>,
    /// Whether the installation has its first owner.
    set_up: bool,
    /// The origin whose pages passkeys work on; absent when the configured address can have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    passkeys_at: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionWho {
    Anyone,
    Guest,
    Buyer,
    Person,
}

#[derive(Serialize, ToSchema)]
pub struct SessionOrg {
    #[schema(value_type = String, format = Uuid)]
    id: OrgId,
    name: String,
    kind: OrgKind,
}

#[derive(Serialize, ToSchema)]
pub struct SessionPerson {
    #[schema(value_type = String, format = Uuid)]
    id: PersonId,
    name: String,
    email: String,
    locale: Locale,
    time_zone: String,
}

#[derive(Serialize, ToSchema)]
pub struct SessionCompany {
    #[schema(value_type = String, format = Uuid)]
    id: CompanyId,
    name: String,
}

#[derive(Deserialize, ToSchema)]
pub struct SetUp {
    /// As the server printed it.
    #[schema(value_type = String)]
    code: Secret<String>,
    org: NewOrg,
    name: String,
    email: String,
    #[schema(value_type = String)]
    password: Secret<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct GuestNew {
    name: String,
    lang: Locale,
}

#[derive(Serialize, ToSchema)]
pub struct GuestView {
    #[schema(value_type = String, format = Uuid)]
    guest: GuestId,
    name: String,
}

#[derive(Deserialize, ToSchema)]
pub struct MagicLinkNew {
    email: String,
    lang: Locale,
    /// A path of this house where the buyer goes afterwards.
    next: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct MagicLinkUse {
    #[schema(value_type = String)]
    token: Secret<String>,
}

/// Logs a person in.
#[utoipa::path(post, path = "/api/v1/session", tag = "identity", request_body = SessionStart, responses(
    (status = 204, description = "logged in; the cookie lf_session is set"),
    (status = 401, description = "wrong-email-or-password", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too-many-tries", body = Problem, content_type = "application/problem+json")))]
pub async fn log_in(
    State(identity): State<Identity>,
    visit: Visit,
    Json(start): Json<SessionStart>,
) -> Result<Door, Problem> {
    let email = start.email.trim().to_lowercase();
    let (limits, now, both) = (&identity.limits, identity.clock.now(), visit.key_with(&email));
    visit.turn(&identity, &limits.log_in_by_address)?;
    limits.log_in_by_both.check(&both, now)?;
    limits.log_in_by_email.check(&email, now)?;
    let token = identity.sessions.log_in(&email, start.password, visit.device.as_deref()).await?;
    limits.log_in_by_both.forgive(&both);
    limits.log_in_by_email.forgive(&email);
    visit.enter(&identity, &token).await
}

/// Says who asks.
#[utoipa::path(get, path = "/api/v1/session", tag = "identity", responses((status = 200, body = SessionView)))]
pub async fn session(State(identity): State<Identity>, actor: Actor) -> Result<Json<SessionView>, Problem> {
    let org = match actor.org {
        Some(id) => identity.orgs.get(id).await?,
        None => None,
    };
    let (mut person, mut company) = (None, None);
    let who = match actor.who {
        Who::Anyone => SessionWho::Anyone,
        Who::Guest(_) => SessionWho::Guest,
        Who::Buyer { company: id, contact } => {
            let details = identity.buyers.get(contact).await?;
            company = details.map(|details| SessionCompany { id, name: details.company });
            SessionWho::Buyer
        }
        Who::Person(id) => {
            person = identity.people.get(id).await?;
            SessionWho::Person
        }
    };
    Ok(Json(SessionView {
        who,
        name: actor.name,
        org: org.map(|org| SessionOrg { id: org.id, name: org.name, kind: org.kind }),
        person: person.map(|person| SessionPerson {
            id: person.id,
            name: person.name,
            email: person.email,
            locale: person.locale,
            time_zone: person.time_zone,
        }),
        company,
        rights: actor.rights.iter().collect(),
        set_up: identity.first_run.is_done().await?,
        passkeys_at: identity.passkeys.work_here().then(|| identity.settings.public_url.origin().ascii_serialization()),
    }))
}

/// Ends the session.
#[utoipa::path(delete, path = "/api/v1/session", tag = "identity", responses(
    (status = 204, description = "the session is over and the cookie gone")))]
pub async fn log_out(State(identity): State<Identity>, visit: Visit) -> Result<Door, Problem> {
    visit.leave(&identity).await
}

/// Makes the first organisation and its owner, and logs the owner in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "identity", request_body = SetUp, responses(
    (status = 204, description = "set up; the cookie lf_session is set"),
    (status = 403, description = "wrong-set-up-code", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "set-up-already", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "bad-field", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too-many-tries", body = Problem, content_type = "application/problem+json")))]
pub async fn set_up(
    State(identity): State<Identity>,
    visit: Visit,
    Json(set_up): Json<SetUp>,
) -> Result<Door, Problem> {
    visit.turn(&identity, &identity.limits.log_in_by_address)?;
    let owner = NewPerson {
        name: set_up.name,
        email: set_up.email,
        password: set_up.password,
        roles: Vec::new(),
        locale: Locale::english(),
        time_zone: set_up.org.time_zone.clone(),
    };
    let person = identity.first_run.set_up(&set_up.code, &set_up.org, owner).await?;
    let owner = sessions::SessionOf::Person(person.id);
    let token = identity.sessions.begin(owner, visit.device.as_deref()).await?;
    visit.enter(&identity, &token).await
}

/// Gives a visitor a name, remembered by a signed cookie; a known guest is renamed.
#[utoipa::path(post, path = "/api/v1/guests", tag = "identity", request_body = GuestNew, responses(
    (status = 200, description = "the cookie lf_guest is set", body = GuestView),
    (status = 422, description = "bad-field", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too-many-tries", body = Problem, content_type = "application/problem+json")))]
pub async fn become_guest(
    State(identity): State<Identity>,
    visit: Visit,
    Json(new): Json<GuestNew>,
) -> Result<(SetCookie, Json<GuestView>), Problem> {
    visit.turn(&identity, &identity.limits.guest_by_address)?;
    let guest = Guests::name(visit.guest(&identity).map(|known| known.id), &new.name, new.lang)?;
    let cookie = identity.guests.cookie(&guest, identity.clock.now());
    Ok((visit.guest_cookie(&cookie), Json(GuestView { guest: guest.id, name: guest.name })))
}

/// Mails a log-in link to a buyer. The answer is the same whether or not the address is known.
#[utoipa::path(post, path = "/api/v1/session/magic-links", tag = "identity", request_body = MagicLinkNew, responses(
    (status = 202, description = "a mail is on its way if the address is a known buyer's"),
    (status = 422, description = "bad-field", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too-many-tries", body = Problem, content_type = "application/problem+json")))]
pub async fn send_magic_link(
    State(identity): State<Identity>,
    visit: Visit,
    Json(new): Json<MagicLinkNew>,
) -> Result<StatusCode, Problem> {
    visit.turn(&identity, &identity.limits.link_by_address)?;
    identity.limits.link_by_email.check(&new.email.trim().to_lowercase(), identity.clock.now())?;
    identity.magic_links.send(&new.email, new.lang, new.next.as_deref()).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Uses a log-in link up and begins the buyer's session.
#[utoipa::path(post, path = "/api/v1/session/magic", tag = "identity", request_body = MagicLinkUse, responses(
    (status = 204, description = "logged in; the cookie lf_session is set"),
    (status = 401, description = "link-used-or-over", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "too-many-tries", body = Problem, content_type = "application/problem+json")))]
pub async fn use_magic_link(
    State(identity): State<Identity>,
    visit: Visit,
    Json(link): Json<MagicLinkUse>,
) -> Result<Door, Problem> {
    visit.turn(&identity, &identity.limits.log_in_by_address)?;
    let token = identity.magic_links.redeem(link.token.expose(), visit.device.as_deref()).await?;
    let token = token.ok_or_else(|| Problem::unauthorized("link-used-or-over"))?;
    visit.enter(&identity, &token).await
}
