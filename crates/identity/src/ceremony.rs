//! The two WebAuthn ceremonies, as `webauthn_rp` checks them: adding a passkey, and logging in with one.
//!
//! Always discoverable (the browser knows whose it is) and always with the person verified by their device, so that
//! a passkey is a whole log-in. RS256 is not offered: the `rsa` crate has an open advisory.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use kernel::Instant;
use kernel::id::PersonId;
use serde::Serialize;
use serde_json::Value;
use url::{Host, Url};
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CoseAlgorithmIdentifier, CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions,
    UserHandle16, Username,
};
use webauthn_rp::request::{AsciiDomain, PublicKeyCredentialDescriptor, RpId, TimedCeremony as _};
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication16, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration, RegistrationServerState,
};

use crate::passkey::{Credential, PasskeyError};
use crate::person::Person;

/// How long a challenge waits for its answer.
pub const LIFE: Duration = Duration::from_mins(5);
/// Challenges that wait at once; beyond that the oldest go.
const MOST: usize = 10_000;

type PublicKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;
pub type Adding = RegistrationServerState<16>;
pub type LoggingIn = DiscoverableAuthenticationServerState;

/// Challenges that were given out, each good for one answer.
pub struct Waiting<S>(Mutex<HashMap<u128, (Instant, S)>>);

impl<S> Default for Waiting<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S> Waiting<S> {
    fn put(&self, challenge: u128, state: S, now: Instant) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MOST {
            waiting.retain(|_, (since, _)| *since + LIFE > now);
        }
        while waiting.len() >= MOST {
            let oldest = waiting.iter().min_by_key(|(_, (since, _))| *since).map(|(challenge, _)| *challenge);
            let Some(oldest) = oldest else { break };
            waiting.remove(&oldest);
        }
        waiting.insert(challenge, (now, state));
    }

    fn take(&self, challenge: u128, now: Instant) -> Option<S> {
        let (since, state) = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&challenge)?;
        (since + LIFE > now).then_some(state)
    }
}

/// Whether browsers do passkeys at this address: it needs a domain, with HTTPS unless it is localhost.
pub fn passkeys_work_at(address: &Url) -> bool {
    RelyingParty::at(address, &[]).is_some()
}

/// Who passkeys are made for: a domain, and the origins whose pages may use them.
pub struct RelyingParty {
    id: RpId,
    origins: Vec<String>,
}

impl RelyingParty {
    /// The party at this address, or `None` where browsers refuse passkeys: an IP address, or no HTTPS.
    pub fn at(address: &Url, origins: &[String]) -> Option<Self> {
        let Some(Host::Domain(domain)) = address.host() else { return None };
        let is_local = domain == "localhost" || domain.ends_with(".localhost");
        if !is_local && address.scheme() != "https" {
            return None;
        }
        let own = |origin: &&String| Url::parse(origin).is_ok_and(|url| url.host_str() == Some(domain));
        let origins = origins.iter().filter(own).cloned().collect();
        Some(Self { id: RpId::Domain(AsciiDomain::try_from(domain.to_owned()).ok()?), origins })
    }

    /// What the browser needs to make a passkey for this person, who has `have` already.
    pub fn begin_adding(
        &self,
        waiting: &Waiting<Adding>,
        person: &Person,
        have: &[Credential],
        now: Instant,
    ) -> Result<Value, PasskeyError> {
        let handle = handle(person.id);
        let shown = Username::try_from(person.email.as_str()).or_else(|_| Username::try_from(person.id.to_string()));
        let user = PublicKeyCredentialUserEntity {
            name: shown.map_err(|_ignored| PasskeyError::Unreadable)?,
            id: &handle,
            display_name: Nickname::try_from(person.name.as_str()).ok(),
        };
        let have = have.iter().filter_map(descriptor).collect();
        let mut options = PublicKeyCredentialCreationOptions::passkey(&self.id, user, have);
        options.pub_key_cred_params = options.pub_key_cred_params.remove(CoseAlgorithmIdentifier::Rs256);
        // Enforcing it would shut out authenticators that do not know it; we ask for the person each time anyway.
        options.extensions.cred_protect = CredProtect::None;
        let (state, asked) = options.start_ceremony().map_err(|_ignored| PasskeyError::Unreadable)?;
        waiting.put(state.sent_challenge().0, state, now);
        json(&asked)
    }

    /// The credential that the browser made, if it answers a challenge given to this person.
    pub fn finish_adding(
        &self,
        waiting: &Waiting<Adding>,
        person: PersonId,
        answer: &Value,
        now: Instant,
    ) -> Result<Credential, PasskeyError> {
        let made = Registration::from_json_relaxed(answer.to_string().as_bytes())
            .map_err(|_ignored| PasskeyError::Unreadable)?;
        let challenge = made.challenge_relaxed().map_err(|_ignored| PasskeyError::Unreadable)?;
        let state = waiting.take(challenge.0, now).ok_or(PasskeyError::Over)?;
        let options = RegistrationVerificationOptions::<String, String> {
            allowed_origins: &self.origins,
            error_on_unsolicited_extensions: false,
            ..Default::default()
        };
        let made = state.verify(&self.id, &made, &options).map_err(|err| PasskeyError::Refused(err.to_string()))?;
        if *made.user_id() != handle(person) {
            return Err(PasskeyError::Over);
        }
        let Ok(fixed) = made.static_state().encode();
        let Ok(changing) = made.dynamic_state().encode();
        let Ok(transports) = made.transports().encode();
        Ok(Credential {
            id: BASE64.encode(made.id()),
            person,
            fixed: BASE64.encode(fixed),
            changing: BASE64.encode(changing),
            transports: transports.into(),
        })
    }

    /// What the browser needs to log in somebody whom it knows.
    pub fn begin_log_in(&self, waiting: &Waiting<LoggingIn>, now: Instant) -> Result<Value, PasskeyError> {
        let options = DiscoverableCredentialRequestOptions::passkey(&self.id);
        let (state, asked) = options.start_ceremony().map_err(|_ignored| PasskeyError::Unreadable)?;
        waiting.put(state.sent_challenge().0, state, now);
        json(&asked)
    }

    /// Checks an answer against the credential it names, its counter too; gives the credential's new changing part.
    pub fn finish_log_in(
        &self,
        waiting: &Waiting<LoggingIn>,
        answer: &Answer,
        known: &Credential,
        now: Instant,
    ) -> Result<String, PasskeyError> {
        let challenge = answer.0.challenge_relaxed().map_err(|_ignored| PasskeyError::Unreadable)?;
        let state = waiting.take(challenge.0, now).ok_or(PasskeyError::Over)?;
        let (id, handle) = (bytes(&known.id), handle(known.person));
        let mut credential = stored(known, &id, &handle).ok_or(PasskeyError::Wrong)?;
        let options = AuthenticationVerificationOptions::<String, String> {
            allowed_origins: &self.origins,
            error_on_unsolicited_extensions: false,
            ..Default::default()
        };
        state.verify(&self.id, &answer.0, &mut credential, &options).map_err(|_ignored| PasskeyError::Wrong)?;
        let Ok(changing) = credential.dynamic_state().encode();
        Ok(BASE64.encode(changing))
    }
}

/// What a browser sends to log somebody in.
pub struct Answer(DiscoverableAuthentication16);

impl Answer {
    pub fn read(answer: &Value) -> Result<Self, PasskeyError> {
        // webauthn_rp 0.3.0 takes `null` for a user handle here and panics over it later.
        if !answer["response"]["userHandle"].is_string() {
            return Err(PasskeyError::Unreadable);
        }
        let read = DiscoverableAuthentication16::from_json_relaxed(answer.to_string().as_bytes());
        read.map(Self).map_err(|_ignored| PasskeyError::Unreadable)
    }

    /// The id of the credential it claims to be by.
    pub fn credential(&self) -> String {
        BASE64.encode(self.0.raw_id())
    }
}

fn handle(person: PersonId) -> UserHandle16 {
    let Ok(handle) = UserHandle16::decode(*person.uuid().as_bytes());
    handle
}

fn descriptor(credential: &Credential) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
    Some(PublicKeyCredentialDescriptor {
        id: CredentialId::<Vec<u8>>::decode(bytes(&credential.id)).ok()?,
        transports: AuthTransports::decode(u8::try_from(credential.transports).ok()?).ok()?,
    })
}

fn stored<'a>(
    known: &Credential,
    id: &'a [u8],
    handle: &'a UserHandle16,
) -> Option<AuthenticatedCredential<'a, 'a, 16, PublicKey>> {
    let fixed = StaticState::<PublicKey>::decode(&bytes(&known.fixed)).ok()?;
    let changing = DynamicState::decode(bytes(&known.changing).try_into().ok()?).ok()?;
    AuthenticatedCredential::new(CredentialId::<&[u8]>::decode(id).ok()?, handle, fixed, changing).ok()
}

fn bytes(text: &str) -> Vec<u8> {
    BASE64.decode(text).unwrap_or_default()
}

fn json(asked: &impl Serialize) -> Result<Value, PasskeyError> {
    serde_json::to_value(asked).map_err(|_ignored| PasskeyError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(address: &str) -> Option<RelyingParty> {
        let origin = Url::parse(address).unwrap().origin().ascii_serialization();
        RelyingParty::at(&address.parse().unwrap(), &[origin, "https://elsewhere.example".into()])
    }

    #[test]
    fn passkeys_need_a_domain_and_https_or_localhost() {
        assert_eq!(party("https://fair.example:8443/").unwrap().origins, ["https://fair.example:8443"]);
        assert_eq!(party("http://localhost:8080").unwrap().origins, ["http://localhost:8080"]);
        for address in ["http://127.0.0.1:8080", "https://192.0.2.7", "https://[::1]", "http://fair.example"] {
            assert!(party(address).is_none(), "{address}");
        }
    }

    #[test]
    fn a_challenge_is_good_once_and_for_five_minutes() {
        let (waiting, begun) = (Waiting::default(), Instant::EPOCH);
        waiting.put(1, "a", begun);
        assert_eq!((waiting.take(1, begun), waiting.take(1, begun)), (Some("a"), None));
        waiting.put(2, "b", begun);
        assert_eq!(waiting.take(2, begun + LIFE), None);
    }

    #[test]
    fn a_flood_of_challenges_drops_the_oldest() {
        let (waiting, begun) = (Waiting::default(), Instant::EPOCH);
        for nth in 0..MOST + 3 {
            waiting.put(nth as u128, (), begun + Duration::from_millis(nth as u64));
        }
        assert_eq!(waiting.0.lock().unwrap().len(), MOST);
        let now = begun + Duration::from_mins(1);
        assert_eq!((waiting.take(2, now), waiting.take(3, now)), (None, Some(())));
    }
}
