//! Carries a buyer from a show to an order that nothing can lose: live offers whose pool is never oversold,
//! orders with a reservation, inquiries, and one page where the buyer sees both without a password.
//!
//! Orders of an offer take the group-committed path ([`Orders::place`]); all else is one transaction a use case.

pub mod buyer;
mod committer;
pub mod deals;
mod errors;
pub mod events;
pub mod export;
mod http;
pub mod inquiries;
pub mod inquiry;
mod limits;
mod neighbours;
pub mod offer;
pub mod offers;
pub mod order;
pub mod orders;
pub mod placing;
pub mod ports;
mod store;
mod trade;
mod words;

pub use deals::Deals;
pub use errors::TradeError;
pub use http::routes;
pub use inquiries::Inquiries;
pub use neighbours::{CatalogGoods, IdentityBuyers, OpenOffers, PostLetters, Sender};
pub use offers::Offers;
pub use orders::{Mover, Orders};
pub use store::{OrderFilter, migrations};
pub use trade::{Neighbours, Settings, Trade};
