//! The tables.

pub mod api_token;
pub mod company;
pub mod contact;
pub mod first_run;
pub mod magic_link;
pub mod membership;
pub mod org;
pub mod passkey;
pub mod person;
pub mod session;
