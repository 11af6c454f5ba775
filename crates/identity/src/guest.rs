//! Guests: visitors with a name and no account. The signed cookie is all there is of them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use kernel::id::GuestId;
use kernel::keys::{Keys, Signer};
use kernel::text::clean_line;
use kernel::{Instant, Locale, Problem};

/// How long a guest is remembered.
pub const LIFE: Duration = Duration::from_hours(180 * 24);

/// A visitor who gave a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    pub id: GuestId,
    pub name: String,
    pub locale: Locale,
}

/// Makes and reads guests' cookies.
#[derive(Clone)]
pub struct Guests(Signer);

impl Guests {
    pub fn new(keys: &Keys) -> Self {
        Self(keys.signer("guest"))
    }

    /// The guest, named; somebody known keeps their id.
    pub fn name(known: Option<GuestId>, name: &str, locale: Locale) -> Result<Guest, Problem> {
        let name = clean_line(name);
        if name.is_empty() || name.chars().count() > 40 {
            return Err(Problem::unprocessable("bad-field").with("field", "name").with("max_characters", 40));
        }
        Ok(Guest { id: known.unwrap_or_default(), name, locale })
    }

    /// `id.name.lang.expiry.signature`, the name in base64url.
    pub fn cookie(&self, guest: &Guest, now: Instant) -> String {
        let expiry = (now + LIFE).millis() / 1000;
        let signed = format!("{}.{}.{}.{expiry}", guest.id, BASE64.encode(&guest.name), guest.locale);
        let signature = hex::encode(self.0.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// The guest of a cookie we signed and that has not run out.
    pub fn read(&self, cookie: &str, now: Instant) -> Option<Guest> {
        let (signed, signature) = cookie.rsplit_once('.')?;
        if !self.0.verify(signed.as_bytes(), &hex::decode(signature).ok()?) {
            return None;
        }
        let mut parts = signed.split('.');
        let id = parts.next()?.parse().ok()?;
        let name = String::from_utf8(BASE64.decode(parts.next()?).ok()?).ok()?;
        let locale = parts.next()?.parse().ok()?;
        let expiry: i64 = parts.next()?.parse().ok()?;
        (now.millis() / 1000 < expiry).then_some(Guest { id, name, locale })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_is_who_the_signed_cookie_says_until_it_runs_out() {
        let guests = Guests::new(&Keys::from_secret([7; 32]));
        let guest = Guests::name(None, " Kenji\u{202E} 田中 ", "ja".parse().unwrap()).unwrap();
        let cookie = guests.cookie(&guest, Instant::EPOCH);
        assert!(cookie.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{cookie}");
        assert_eq!(guests.read(&cookie, Instant::EPOCH).unwrap(), guest);
        assert_eq!(guests.read(&cookie, Instant::EPOCH + LIFE), None);
        assert_eq!(guests.read(&cookie.replacen(".ja.", ".es.", 1), Instant::EPOCH), None);
        assert_eq!(Guests::new(&Keys::from_secret([8; 32])).read(&cookie, Instant::EPOCH), None);
        assert_eq!(guests.read("", Instant::EPOCH), None);
    }

    #[test]
    fn a_guest_has_a_name() {
        assert!(Guests::name(None, " \u{7} ", Locale::english()).is_err());
        assert!(Guests::name(None, &"x".repeat(41), Locale::english()).is_err());
    }
}
