//! Rows.

pub mod run_item;
pub mod sale_event;
pub mod sale_event_audit;
pub mod stream_key;
