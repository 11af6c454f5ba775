//! Rows.

pub mod answer;
pub mod ctl;
pub mod message;
pub mod mute;
pub mod question;
pub mod room;
