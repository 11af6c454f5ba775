//! Log-in links for buyers: sent by mail, good once, for half an hour.

use std::sync::Arc;
use std::time::Duration;

use kernel::db::sea_orm::DbErr;
use kernel::secret::{random_token, token_hash};
use kernel::{Clock, Db, Locale, Problem, Secret};
use mail::{Address, Letter, Post, Template};
use serde_json::json;
use url::Url;

use crate::sessions::{SessionOf, Sessions};
use crate::store;

const LIFE: Duration = Duration::from_mins(30);
/// Longer than queuing a mail takes.
const ANSWER_AFTER: Duration = Duration::from_millis(100);

#[derive(Clone)]
pub struct MagicLinks {
    db: Db,
    clock: Arc<dyn Clock>,
    post: Post,
    public_url: Url,
    sessions: Sessions,
}

impl MagicLinks {
    pub(crate) fn new(db: Db, clock: Arc<dyn Clock>, post: Post, public_url: Url, sessions: Sessions) -> Self {
        Self { db, clock, post, public_url, sessions }
    }

    /// Mails a link to the contact with this address. When there is none, nothing happens, and the caller
    /// learns nothing of it.
    pub async fn send(&self, email: &str, locale: Locale, next: Option<&str>) -> Result<(), Problem> {
        let bad_email = || Problem::unprocessable("bad-field").with("field", "email");
        let email = mail::checked_email(email).map_err(|_ignored| bad_email())?;
        // Whoever asks for somebody who is not here gets as late an answer.
        tokio::try_join!(self.send_if_known(&email, locale, next), async {
            tokio::time::sleep(ANSWER_AFTER).await;
            Ok(())
        })?;
        Ok(())
    }

    async fn send_if_known(&self, email: &str, locale: Locale, next: Option<&str>) -> Result<(), Problem> {
        let Some(contact) = store::contact_by_email(self.db.read(), email).await? else { return Ok(()) };
        let Some(org) = store::first_org(self.db.read()).await? else { return Ok(()) };
        let to = Address::new(&contact.name, email).map_err(|bad| Problem::internal(&bad))?;
        let txn = self.db.write().await?;
        let (token, now) = (random_token::<32>(), self.clock.now());
        store::insert_magic_link(&txn, &token_hash(token.expose()), contact.id, now, now + LIFE).await?;
        let letter = Letter {
            to,
            reply_to: None,
            locale,
            template: Template::MagicLink,
            values: json!({"org": org.name, "url": self.link(&token, next)}),
        };
        self.post.queue(&txn, letter).await?;
        txn.commit().await?;
        self.post.wake();
        Ok(())
    }

    /// Uses a link up and begins a session; `None` when it is used, over, or never was.
    pub async fn redeem(&self, token: &str, device: Option<&str>) -> Result<Option<Secret<String>>, DbErr> {
        let txn = self.db.write().await?;
        let Some(contact) = store::use_magic_link(&txn, &token_hash(token), self.clock.now()).await? else {
            return Ok(None);
        };
        let session = self.sessions.begin_in(&txn, SessionOf::Contact(contact), device).await?;
        txn.commit().await?;
        Ok(Some(session))
    }

    /// The token stands in the fragment, which no server log and no `Referer` sees, and which a mail scanner
    /// that follows links does not redeem.
    fn link(&self, token: &Secret<String>, next: Option<&str>) -> String {
        let mut url = self.public_url.clone();
        url.set_path("/sign-in");
        url.set_query(None);
        let mut fragment = format!("token={}", token.expose());
        if let Some(next) = next.filter(|next| is_own_path(next)) {
            let encoded: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            fragment = format!("{fragment}&next={encoded}");
        }
        url.set_fragment(Some(&fragment));
        url.into()
    }
}

/// Whether a path leads to a page of this house.
fn is_own_path(path: &str) -> bool {
    let plain = path.len() <= 500 && !path.contains('\\') && !path.chars().any(char::is_control);
    plain && path.starts_with('/') && !path.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_house_come_next() {
        assert!(is_own_path("/e/0197?lang=es"));
        for path in ["", "e", "//evil.example", "/\\evil.example", "https://evil.example", "/\n/evil.example"] {
            assert!(!is_own_path(path), "{path}");
        }
    }
}
