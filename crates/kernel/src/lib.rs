//! The words everyone uses: ids, money, time, languages, refusals, who acts, and the doors to what lies
//! outside (database, bus, blobs). The kernel knows no domain.
//!
//! Features keep pure crates light: `db` brings the database tree, `http` the extractors and
//! [`Problem`] as a response, `blobs` file and object storage, `words` the Fluent texts, `testing` the twins
//! that tests and the demo use.

pub mod actor;
#[cfg(feature = "blobs")]
pub mod blobs;
pub mod bus;
#[cfg(feature = "db")]
pub mod db;
#[cfg(feature = "http")]
pub mod http;
pub mod id;
pub mod instant;
pub mod keys;
pub mod locale;
pub mod money;
#[cfg(feature = "db")]
pub mod outbox;
pub mod problem;
pub mod secret;
#[cfg(feature = "testing")]
pub mod testing;
pub mod text;
#[cfg(feature = "words")]
pub mod words;

pub use actor::{Actor, Right, Who};
#[cfg(feature = "blobs")]
pub use blobs::Blobs;
pub use bus::{Bus, Envelope, Event, LocalBus};
#[cfg(feature = "db")]
pub use db::Db;
pub use id::Id;
pub use instant::{Clock, Instant, ManualClock, SystemClock};
pub use keys::Keys;
pub use locale::{Locale, LocalizedText};
pub use money::{Currency, Money, MoneyError, Quantity, UnitPrice};
#[cfg(feature = "db")]
pub use outbox::Outbox;
pub use problem::Problem;
pub use secret::Secret;
