//! The RTMP listener: one task per connection, so that a bad one closes only itself.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use kernel::Clock;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::Connection;
use super::door::Door;
pub use super::door::RtmpLimits;
use crate::gate::StreamGate;
use crate::streams::Streams;

/// Pause after a failed accept, as when descriptors run out.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// Takes publishers in at `rtmp://HOST/live/{key}`.
pub struct RtmpServer {
    listener: TcpListener,
    door: Arc<Door>,
}

impl std::fmt::Debug for RtmpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RtmpServer").field("listener", &self.listener).finish_non_exhaustive()
    }
}

impl RtmpServer {
    pub async fn bind(
        address: SocketAddr,
        gate: Arc<dyn StreamGate>,
        streams: Streams,
        clock: Arc<dyn Clock>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        Ok(Self { listener, door: Arc::new(Door::new(gate, streams, clock, RtmpLimits::default())) })
    }

    #[must_use]
    pub fn with_limits(self, limits: RtmpLimits) -> Self {
        let Door { gate, streams, clock, .. } = &*self.door;
        let door = Door::new(Arc::clone(gate), streams.clone(), Arc::clone(clock), limits);
        Self { listener: self.listener, door: Arc::new(door) }
    }

    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until cancelled, then closes every connection. Watches the streams for silence meanwhile.
    pub async fn run(self, cancel: CancellationToken) {
        let tasks = TaskTracker::new();
        let watching = self.door.streams.clone();
        tasks.spawn({
            let cancel = cancel.clone();
            async move { watching.watch(cancel).await }
        });
        while let Some(accepted) = cancel.run_until_cancelled(self.listener.accept()).await {
            let (socket, from) = match accepted {
                Ok(accepted) => accepted,
                Err(cause) => {
                    tracing::warn!(error = %cause, "RTMP connection could not be accepted");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                    continue;
                }
            };
            if self.door.is_shut_out(from.ip()) {
                count("shut-out");
                continue;
            }
            let Some(place) = Door::place(&self.door, from.ip()) else {
                count("no-place");
                continue;
            };
            let connection = Connection::new(Arc::clone(&self.door), socket, from.ip());
            let cancel = cancel.clone();
            tasks.spawn(async move {
                let _place = place;
                match cancel.run_until_cancelled(Box::pin(connection.serve())).await {
                    Some(Err(cause)) => {
                        count(cause.reason());
                        tracing::info!(reason = cause.reason(), error = %cause, "RTMP connection closed");
                    }
                    Some(Ok(())) => count("done"),
                    None => count("shutdown"),
                }
            });
        }
        tasks.close();
        tasks.wait().await;
    }
}

fn count(reason: &'static str) {
    metrics::counter!("livefair_media_rtmp_closed_total", "reason" => reason).increment(1);
}
