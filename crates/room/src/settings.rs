//! What can be set: for a room by its moderators, and for a node by its operator.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A room's settings, changed while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct RoomSettings {
    /// Least seconds between two chat messages of one participant; 0 is off.
    #[schema(maximum = 600)]
    pub slow_s: u32,
    /// Chat messages everybody sees, per second.
    #[schema(minimum = 1, maximum = 50)]
    pub visible_chat_per_s: u32,
    /// A guest's messages wait for a moderator until one has been approved.
    pub pre_moderation: bool,
    /// A line the crew shows to all; empty is none.
    pub notice: String,
}

impl Default for RoomSettings {
    fn default() -> Self {
        Self { slow_s: 0, visible_chat_per_s: 10, pre_moderation: false, notice: String::new() }
    }
}

/// What one node does.
#[derive(Clone, Debug)]
pub struct NodeSettings {
    /// Threads that hold connections.
    pub shards: usize,
    /// CPU time of one socket write, for planning the tick.
    pub write_cost: Duration,
    /// The share of the cores that fan-out may use, in percent.
    pub cpu_share_percent: u32,
    pub tick_min: Duration,
    pub tick_max: Duration,
    pub resume_window: Duration,
    pub resume_window_events: usize,
    /// What `SO_SNDBUF` is set to: Linux may otherwise grow it to 4 MiB per connection.
    pub send_buffer_bytes: usize,
    /// A socket that takes nothing for so long is closed.
    pub blocked_for: Duration,
    /// How long a peer has to answer a close frame.
    pub close_within: Duration,
    /// A room that nobody is in is let go after so long.
    pub idle_for: Duration,
    /// Connections of one participant.
    pub connections_per_participant: usize,
    /// Origins besides the server's own whose pages may connect.
    pub allowed_origins: Vec<String>,
}

impl Default for NodeSettings {
    fn default() -> Self {
        Self {
            shards: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            write_cost: Duration::from_micros(10),
            cpu_share_percent: 50,
            tick_min: Duration::from_millis(20),
            tick_max: Duration::from_secs(2),
            resume_window: Duration::from_mins(5),
            resume_window_events: 2000,
            send_buffer_bytes: 64 * 1024,
            blocked_for: Duration::from_secs(10),
            close_within: Duration::from_secs(5),
            idle_for: Duration::from_mins(10),
            connections_per_participant: 5,
            allowed_origins: Vec::new(),
        }
    }
}

impl NodeSettings {
    /// The least time between two rounds for so many viewers.
    pub fn tick(&self, viewers: usize) -> Duration {
        let share = self.cpu_share_percent.max(1).saturating_mul(u32::try_from(self.shards.max(1)).unwrap_or(1));
        let viewers = u32::try_from(viewers).unwrap_or(u32::MAX);
        let busy = self.write_cost.saturating_mul(viewers).saturating_mul(100) / share;
        busy.clamp(self.tick_min, self.tick_max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tick_grows_with_the_viewers() {
        let node = NodeSettings { shards: 2, ..NodeSettings::default() };
        let tick = |viewers| node.tick(viewers).as_millis();
        assert_eq!([3, 2_000, 10_000, 25_000, 50_000, 100_000, 900_000].map(tick), [20, 20, 100, 250, 500, 1000, 2000]);
    }
}
