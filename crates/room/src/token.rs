//! Join tokens: signed, so that a mass reconnect reads no database.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Instant;
use kernel::id::EventId;
use kernel::keys::Signer;
use serde::{Deserialize, Serialize};

/// Who somebody is in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    pub event: EventId,
    /// `guest:…`, `buyer:…`, `person:…` or `anyone:…`, the same on every connection of one participant.
    pub participant: String,
    /// Empty for who only watches.
    pub name: String,
    pub lang: String,
    /// May see the desk lane.
    pub crew: bool,
    /// A buyer of a known company.
    pub known: bool,
    /// Where it came from, as a tag that tells no address; empty when that is not known.
    #[serde(default)]
    pub via: String,
    pub expires: Instant,
}

impl Pass {
    pub fn sign(&self, signer: &Signer) -> String {
        let claims = crate::protocol::encode(self);
        let tag = signer.sign(claims.as_bytes());
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&claims), URL_SAFE_NO_PAD.encode(tag))
    }

    /// The pass of a token, if we signed it, for this room, and it has not expired.
    pub fn read(token: &str, signer: &Signer, event: EventId, now: Instant) -> Option<Self> {
        let (claims, tag) = token.split_once('.')?;
        let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        if !signer.verify(&claims, &tag) {
            return None;
        }
        let pass: Self = serde_json::from_slice(&claims).ok()?;
        (pass.event == event && now < pass.expires).then_some(pass)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_token_opens_its_room_until_it_expires() {
        let signer = kernel::Keys::from_secret([1; 32]).signer("room");
        let (event, expires) = (EventId::new(), Instant::from_millis(1000));
        let (participant, name, lang) = ("guest:1".into(), "Ana".into(), "es".into());
        let pass = Pass { event, participant, name, lang, crew: false, known: false, via: String::new(), expires };
        let token = pass.sign(&signer);
        let before = expires - Duration::from_micros(1);
        assert_eq!(Pass::read(&token, &signer, event, before), Some(pass));
        assert_eq!(Pass::read(&token, &signer, event, expires), None, "expired");
        assert_eq!(Pass::read(&token, &signer, EventId::new(), before), None, "another room");
        let forged = format!("{}A", &token[..token.len() - 1]);
        let foreign = kernel::Keys::from_secret([2; 32]).signer("room");
        assert_eq!(Pass::read(&token, &foreign, event, before), None, "another key");
        assert!(Pass::read(&forged, &signer, event, before).is_none() || forged == token);
        assert_eq!(Pass::read("nonsense", &signer, event, before), None);
    }
}
