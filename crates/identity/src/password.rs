//! Passwords: argon2id, off the async threads, a few at a time.

use std::sync::{Arc, OnceLock};

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use kernel::Secret;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use crate::person::PersonError;

/// Each hash takes 19 MiB (argon2's default, OWASP's first choice): a flood of log-ins waits here instead.
const AT_ONCE: usize = 4;

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords(Arc<Semaphore>);

impl Default for Passwords {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Passwords {
    /// A turn that goes into the hashing thread, which works on when the caller hangs up.
    async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        self.0.clone().acquire_owned().await.ok()
    }

    /// The PHC string the database keeps.
    pub async fn hash(&self, password: Secret<String>) -> Result<String, PersonError> {
        let turn = self.turn().await;
        let hashed = spawn_blocking(move || {
            let _held_to_the_end = turn;
            hash(password.expose())
        })
        .await;
        hashed.ok().flatten().ok_or(PersonError::Hash)
    }

    /// Whether the password is the one. An unknown person costs the same work and fails, so that the time taken
    /// does not tell who is here.
    pub async fn check(&self, kept: Option<String>, password: Secret<String>) -> bool {
        let turn = self.turn().await;
        let checked = spawn_blocking(move || {
            let _held_to_the_end = turn;
            let known = kept.is_some();
            let against = kept.unwrap_or_else(|| nobody().to_owned());
            Argon2::default().verify_password(password.expose().as_bytes(), against.as_str()).is_ok() && known
        });
        checked.await.unwrap_or(false)
    }
}

fn hash(password: &str) -> Option<String> {
    Argon2::default().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

/// A hash that belongs to nobody.
fn nobody() -> &'static str {
    static NOBODY: OnceLock<String> = OnceLock::new();
    NOBODY.get_or_init(|| hash(kernel::secret::random_token::<16>().expose()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_checks_only_against_its_own_hash() {
        let passwords = Passwords::default();
        let secret = |text: &str| Secret::new(text.to_owned());
        let kept = passwords.hash(secret("correct horse")).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(passwords.check(Some(kept.clone()), secret("correct horse")).await);
        assert!(!passwords.check(Some(kept), secret("correct hoRse")).await);
        assert!(!passwords.check(None, secret("correct horse")).await);
        assert!(!passwords.check(Some("not a hash".into()), secret("")).await);
    }
}
