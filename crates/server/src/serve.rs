//! The accept loop: HTTP/1.1 and HTTP/2 on one port, sockets handed out on upgrade, and an orderly end.
//!
//! Our own loop rather than axum's, because axum turns extended CONNECT (RFC 8441) on, and browsers
//! would then put the room's WebSocket inside HTTP/2, where there is no raw socket to hand to a shard.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Router, body::Body};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

const GRACE: Duration = Duration::from_secs(10);
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// Files kept free for the database, recordings and logs.
const SPARE_FILES: u64 = 500;

/// Serves until cancelled, then lets requests under way finish, for at most ten seconds.
pub async fn serve(listener: TcpListener, router: Router, cancel: CancellationToken) {
    let http = Arc::new(builder());
    let graceful = GracefulShutdown::new();
    let places = Arc::new(tokio::sync::Semaphore::new(connection_limit()));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let accepted = tokio::select! {
            () = cancel.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((socket, from)) => {
                let connection = connection(&http, socket, from, router.clone());
                let watched = graceful.watch(connection);
                tokio::spawn(async move {
                    let _broken_off = watched.await;
                    drop(place);
                });
            }
            // Too many open files, or a connection gone before we took it: wait a little, serve the rest.
            Err(cause) => {
                tracing::warn!(%cause, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(GRACE) => tracing::warn!("some requests did not end in time"),
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN).max_buf_size(64 * 1024);
    http.http2().timer(TokioTimer::new()).max_concurrent_streams(128);
    http
}

fn connection(
    http: &auto::Builder<TokioExecutor>,
    socket: TcpStream,
    from: SocketAddr,
    router: Router,
) -> auto::UpgradeableConnection<
    'static,
    TokioIo<TcpStream>,
    impl hyper::service::Service<
        hyper::Request<Incoming>,
        Response = hyper::Response<Body>,
        Error = Infallible,
        Future: Send + 'static,
    > + use<>,
    TokioExecutor,
> {
    let _slower_but_works = socket.set_nodelay(true);
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(from));
        router.clone().oneshot(request)
    });
    http.serve_connection_with_upgrades(TokioIo::new(socket), service).into_owned()
}

/// Raises the soft limit of open files to the hard one and says how many connections fit.
fn connection_limit() -> usize {
    let files = raise_file_limit();
    usize::try_from(files.saturating_sub(SPARE_FILES).max(64)).unwrap_or(1 << 20).min(1 << 20)
}

/// Raises the soft limit of open files to the hard limit; returns what holds.
pub fn raise_file_limit() -> u64 {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _not_allowed = setrlimit(Resource::Nofile, limit);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}
