//! Values that must not be seen: they print `***`, in logs and debug output alike.

use std::fmt;

use aws_lc_rs::{constant_time, digest, rand};
use serde::{Deserialize, Serialize};

/// A value that prints as `***`. Reading it is a visible act: [`Secret::expose`].
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    pub const fn expose(&self) -> &T {
        &self.0
    }
}
impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

/// A new bearer token: `N` random bytes in lower-case hex, so that it survives URLs, mails and keyboards.
pub fn random_token<const N: usize>() -> Secret<String> {
    Secret(hex::encode(random_bytes::<N>()))
}

pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// SHA-256 of a token, in hex: what the database keeps in its place. Tokens are random and long,
/// so a slow hash would protect nothing.
pub fn token_hash(token: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

/// Whether two byte strings are equal, in time that does not depend on where they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_prints_as_stars() {
        let secret = Secret::new("live_4f1c");
        assert_eq!(format!("{secret} {secret:?}"), "*** ***");
    }

    #[test]
    fn tokens_are_hex_and_never_the_same() {
        let (a, b) = (random_token::<16>(), random_token::<16>());
        assert_eq!(a.expose().len(), 32);
        assert_ne!(a, b);
        assert!(same(token_hash(a.expose()).as_bytes(), token_hash(a.expose()).as_bytes()));
    }
}
