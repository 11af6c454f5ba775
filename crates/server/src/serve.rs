//! The accept loop: HTTP/1.1 and HTTP/2 on one port, sockets handed out on upgrade, and an orderly end.
//!
//! Our own loop rather than axum's, because axum turns extended CONNECT (RFC 8441) on, and browsers
//! would then put the room's WebSocket inside HTTP/2, where there is no raw socket to hand to a shard.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Router, body::Body};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use kernel::http::Place;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

const GRACE: Duration = Duration::from_secs(10);
const HEADERS_WITHIN: Duration = Duration::from_secs(10);
/// How long an HTTP/2 connection may be quiet before it is asked whether it is still there.
const ASK_AFTER: Duration = Duration::from_secs(30);
/// Files kept free for the database, recordings and logs.
const SPARE_FILES: u64 = 500;

/// What the loop takes, and for how long it waits.
#[derive(Clone, Copy)]
struct Bounds {
    connections: usize,
    /// Within which a connection must have sent a request: one that says nothing holds no place.
    first_request: Duration,
}

/// Serves until cancelled, then lets requests under way finish, for at most ten seconds.
pub async fn serve(listener: TcpListener, router: Router, cancel: CancellationToken) {
    let bounds = Bounds { connections: connection_limit(), first_request: HEADERS_WITHIN };
    serve_within(bounds, listener, router, cancel).await;
}

async fn serve_within(bounds: Bounds, listener: TcpListener, router: Router, cancel: CancellationToken) {
    let http = Arc::new(builder());
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(bounds.connections));
    loop {
        let accepted = tokio::select! {
            () = cancel.cancelled() => break,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Ok((socket, from, place)) => {
                let asked = CancellationToken::new();
                let visit = Visit { from, place, asked: asked.clone() };
                let watched = graceful.watch(connection(&http, socket, visit, router.clone()));
                tokio::spawn(unless_silent(bounds.first_request, asked, watched));
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

/// The next connection, once there is a place for it.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> io::Result<(TcpStream, SocketAddr, Place)> {
    let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
    let (socket, from) = listener.accept().await?;
    Ok((socket, from, Place::new(place)))
}

/// Runs a connection to its end, unless no request comes in time: telling HTTP/1.1 from HTTP/2 waits for ever.
async fn unless_silent<F: Future>(limit: Duration, asked: CancellationToken, connection: F) {
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        _broken_off = &mut connection => return,
        heard = tokio::time::timeout(limit, asked.cancelled()) => if heard.is_err() { return },
    }
    let _broken_off = connection.await;
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS_WITHIN).max_buf_size(64 * 1024);
    http.http2().timer(TokioTimer::new()).max_concurrent_streams(128).keep_alive_interval(ASK_AFTER);
    http
}

/// What a connection's requests know of it.
struct Visit {
    from: SocketAddr,
    place: Place,
    /// Cancelled by the first request.
    asked: CancellationToken,
}

fn connection(
    http: &auto::Builder<TokioExecutor>,
    socket: TcpStream,
    visit: Visit,
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
        visit.asked.cancel();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(visit.from));
        request.extensions_mut().insert(visit.place.clone());
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

#[cfg(test)]
mod tests {
    use axum::extract::Request;
    use axum::http::StatusCode;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    struct House {
        at: SocketAddr,
        cancel: CancellationToken,
        served: JoinHandle<()>,
    }

    async fn open(first_request: Duration, router: Router) -> House {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let cancel = CancellationToken::new();
        let bounds = Bounds { connections: 1, first_request };
        let served = tokio::spawn(serve_within(bounds, listener, router, cancel.clone()));
        House { at, cancel, served }
    }

    async fn call(at: SocketAddr, said: &str) -> TcpStream {
        let mut socket = TcpStream::connect(at).await.unwrap();
        socket.write_all(said.as_bytes()).await.unwrap();
        socket
    }

    async fn hear(socket: &mut TcpStream) -> String {
        let mut heard = Vec::new();
        let read = tokio::time::timeout(SOON, socket.read_to_end(&mut heard)).await;
        read.expect("an answer").unwrap();
        String::from_utf8(heard).unwrap()
    }

    #[tokio::test]
    async fn it_ends_though_every_place_is_taken() {
        let house = open(SOON * 10, Router::new()).await;
        let _silent = call(house.at, "").await;
        let _waiting = call(house.at, "").await;
        house.cancel.cancel();
        tokio::time::timeout(SOON, house.served).await.expect("an end").unwrap();
    }

    #[tokio::test]
    async fn a_connection_that_asks_nothing_loses_its_place() {
        let house = open(Duration::from_millis(20), Router::new().route("/", get(|| async { "here" }))).await;
        // The second could still become HTTP/1.1 or HTTP/2.
        for said in ["", "PR"] {
            assert_eq!(hear(&mut call(house.at, said).await).await, "");
        }
        let mut asking = call(house.at, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(hear(&mut asking).await.ends_with("here"));
    }

    #[tokio::test]
    async fn an_upgraded_connection_keeps_its_place() {
        let (keep, mut kept) = mpsc::unbounded_channel();
        let upgrade = move |mut request: Request| async move {
            let place = request.extensions().get::<Place>().cloned();
            let upgrading = hyper::upgrade::on(&mut request);
            tokio::spawn(async move { keep.send((upgrading.await.unwrap(), place)).unwrap() });
            (StatusCode::SWITCHING_PROTOCOLS, [("connection", "upgrade"), ("upgrade", "x")])
        };
        let router = Router::new().route("/up", get(upgrade)).route("/", get(|| async { "here" }));
        let house = open(SOON * 10, router).await;
        let _upgraded =
            call(house.at, "GET /up HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n").await;
        let (socket, place) = kept.recv().await.unwrap();
        let mut asking = call(house.at, "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        let early = tokio::time::timeout(Duration::from_millis(100), asking.read_u8()).await;
        assert!(early.is_err(), "there is one place, and the upgraded connection has it");
        drop((socket, place));
        assert!(hear(&mut asking).await.ends_with("here"));
    }
}
