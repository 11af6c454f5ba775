//! Where a mail goes: a name and an address.

use std::fmt;
use std::str::FromStr as _;

use kernel::text::clean_line;
use lettre::message::Mailbox;

/// A name and an e-mail address, both checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    name: String,
    email: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an e-mail address, such as name@example.com")]
pub struct BadAddress(String);

impl Address {
    /// Checks both; the address is kept as [`checked_email`] gives it.
    pub fn new(name: &str, email: &str) -> Result<Self, BadAddress> {
        Ok(Self { name: clean_line(name), email: checked_email(email)? })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn email(&self) -> &str {
        &self.email
    }

    /// What follows the `@`.
    pub fn domain(&self) -> &str {
        self.email.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
    }

    pub(crate) fn mailbox(&self) -> Result<Mailbox, BadAddress> {
        let email = lettre::Address::from_str(&self.email).map_err(|_ignored| BadAddress(self.email.clone()))?;
        Ok(Mailbox::new(Some(self.name.clone()).filter(|name| !name.is_empty()), email))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() { f.write_str(&self.email) } else { write!(f, "{} <{}>", self.name, self.email) }
    }
}

/// The address in lower case, or the refusal: a local part, an `@`, a domain, at most 254 bytes (RFC 5321 4.5.3.1.3).
///
/// Whether it reaches somebody, only a mail can tell.
pub fn checked_email(email: &str) -> Result<String, BadAddress> {
    let email = email.trim().to_lowercase();
    let bad = || BadAddress(email.chars().take(64).collect());
    if email.len() > 254 || email.chars().any(char::is_control) {
        return Err(bad());
    }
    let parsed = lettre::Address::from_str(&email).map_err(|_ignored| bad())?;
    let domain = parsed.domain();
    if domain.starts_with('[') || domain.ends_with('.') || domain.contains("..") {
        return Err(bad());
    }
    Ok(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_in_lower_case() {
        let address = Address::new("Ana\r\nBcc: x", " Ana@Example.COM ").unwrap();
        assert_eq!(address.to_string(), "Ana Bcc: x <ana@example.com>");
        assert_eq!(address.domain(), "example.com");
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        let long = format!("a@{}.com", "b".repeat(260));
        for email in ["", "ana", "ana@", "@example.com", "a b@example.com", "a@b\r\nRCPT TO:<c@d>", "a@[::1]", &long] {
            assert!(checked_email(email).is_err(), "{email}");
        }
    }
}
