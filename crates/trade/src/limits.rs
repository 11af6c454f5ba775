//! How often one address and one mailbox may order or inquire: each time somebody's mailbox is written to, and pieces
//! are kept.

use std::time::Duration;

use identity::{ClientAddress, Limiter, address_key};
use kernel::{Instant, Problem};

/// Addresses and mailboxes remembered: a show's whole crowd.
const CROWD: usize = 200_000;

pub struct Limits {
    by_address: Limiter,
    by_email: Limiter,
}

impl Limits {
    /// `per_minute` from one address, which may be a fair's whole hall: ten minutes of it at once. A tenth of it for
    /// one mailbox, five minutes of that at once.
    pub fn new(per_minute: u32) -> Self {
        let per_minute = per_minute.max(1);
        Self {
            by_address: Limiter::new(per_minute.saturating_mul(10), Duration::from_mins(1) / per_minute)
                .remembering(CROWD),
            by_email: Limiter::new(per_minute.div_ceil(2), Duration::from_mins(10) / per_minute).remembering(CROWD),
        }
    }

    /// Takes a turn of the address and of the mailbox, or says how long to wait.
    pub fn check(&self, from: ClientAddress, email: &str, now: Instant) -> Result<(), Problem> {
        self.by_address.check(&address_key(from.0), now)?;
        let email: String = email.trim().to_lowercase().chars().take(254).collect();
        self.by_email.check(&email, now)
    }
}
