//! The place that a connection takes.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// One connection's share of what the server can hold, among the request's extensions. It is free again when the last
/// clone is gone: whoever takes the socket over keeps one for as long as it keeps the socket.
#[derive(Clone)]
pub struct Place(#[expect(dead_code, reason = "kept for its end")] Arc<dyn Any + Send + Sync>);

impl Place {
    /// `held` is dropped with the last clone.
    pub fn new(held: impl Any + Send + Sync) -> Self {
        Self(Arc::new(held))
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place")
    }
}
