//! Who is who: organisations and the people who work there, buyers' companies and contacts, guests.
//!
//! Resolves the [`Actor`](kernel::Actor) of every request ([`who()`]) and grants rights by role; refuses requests
//! that other sites forge, and slows down those who guess. Passwords are argon2id, of passkeys the public half is
//! kept, everything else that opens a door is random and kept only as a hash.

mod api_token;
mod buyers;
mod ceremony;
mod country;
mod csrf;
mod guest;
mod http;
mod limit;
mod magic_links;
mod org;
mod orgs;
mod passkey;
mod passkeys;
mod password;
mod people;
mod person;
mod role;
mod sessions;
mod store;
mod who;

use std::sync::Arc;

use kernel::{Clock, Db, Keys};
use mail::Post;

pub use api_token::{ApiToken, ApiTokens, NewApiToken};
pub use buyers::{BuyerDetails, BuyerError, Buyers};
pub use ceremony::passkeys_work_at;
pub use country::is_country;
pub use guest::{Guest, Guests};
pub use http::routes;
pub use limit::{Limiter, address_key};
pub use magic_links::MagicLinks;
pub use org::{NewOrg, Org, OrgError, OrgKind};
pub use orgs::Orgs;
pub use passkey::{Passkey, PasskeyError};
pub use passkeys::Passkeys;
pub use people::{FirstRun, People};
pub use person::{NewPerson, Person, PersonChange, PersonError};
pub use role::{Role, rights_of};
pub use sessions::{LogInError, Session, Sessions};
pub use store::migrations;
pub use who::{ClientAddress, Settings, who};

/// The use cases of this domain, as handlers and the middleware hold them.
#[derive(Clone)]
pub struct Identity {
    pub orgs: Orgs,
    pub people: People,
    pub sessions: Sessions,
    pub passkeys: Passkeys,
    pub api_tokens: ApiTokens,
    pub buyers: Buyers,
    pub magic_links: MagicLinks,
    pub guests: Guests,
    pub first_run: FirstRun,
    clock: Arc<dyn Clock>,
    limits: Arc<limit::Limits>,
    settings: Arc<Settings>,
}

impl Identity {
    pub fn new(db: &Db, clock: Arc<dyn Clock>, keys: &Keys, post: Post, settings: Settings) -> Self {
        let passwords = password::Passwords::default();
        let sessions = Sessions::new(db.clone(), clock.clone(), passwords.clone());
        let people = People::new(db.clone(), clock.clone(), passwords);
        Self {
            orgs: Orgs::new(db.clone()),
            first_run: FirstRun::new(people.clone()),
            people,
            api_tokens: ApiTokens::new(db.clone(), clock.clone()),
            buyers: Buyers::new(db.clone(), clock.clone()),
            magic_links: MagicLinks::new(
                db.clone(),
                clock.clone(),
                post,
                settings.public_url.clone(),
                sessions.clone(),
            ),
            passkeys: Passkeys::new(
                db.clone(),
                clock.clone(),
                sessions.clone(),
                ceremony::RelyingParty::at(&settings.public_url, &settings.origins),
            ),
            sessions,
            guests: Guests::new(keys),
            clock,
            limits: Arc::default(),
            settings: Arc::new(settings),
        }
    }
}
