//! Mails to people: queued in the transaction that causes them, so that nothing acknowledged goes without
//! its mail, and delivered by a worker that tries again until a server takes them.
//!
//! A [`Letter`] names a [`Template`] and its values; words come from `locales/*/mail.ftl`, looks from one
//! MJML layout. Values are sealed while they wait and erased once sent: they may hold log-in links.

mod address;
mod compose;
mod letter;
mod post;
mod smtp;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod transport;

pub use address::{Address, BadAddress, checked_email};
pub use compose::{ComposeError, Composed, Composer};
pub use letter::{BadLetter, Letter, Template};
pub use post::{Post, PostError, Round};
pub use smtp::{BadSmtpUrl, Smtp};
pub use store::migrations;
pub use transport::{Log, Memory, Outgoing, Transport, TransportError};
