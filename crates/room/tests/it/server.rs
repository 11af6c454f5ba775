//! A server as the product runs it: hyper's loop with upgrades, real sockets, a real database.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::BodyExt as _;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use kernel::actor::Rights;
use kernel::bus::Event;
use kernel::id::{EventId, GuestId, OrgId, PersonId, ProductId};
use kernel::{Actor, Db, Envelope, Keys, Outbox, Right, SystemClock, Who};
use room::{NodeSettings, Rooms, RoomsSetup, SourceError, Sources};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tower::ServiceExt as _;

pub struct Server {
    pub rooms: Rooms,
    pub event: EventId,
    pub org: OrgId,
    addr: SocketAddr,
    router: Router,
}

/// What the domains would say if a room asked them.
#[derive(Default)]
pub struct Present(pub Mutex<Vec<Envelope>>);

const STOCK: &str = "catalog.stock.changed";

#[derive(serde::Deserialize)]
struct OfProduct {
    product: ProductId,
}

impl Present {
    fn told(&self, of: impl Fn(&str) -> bool) -> Vec<Envelope> {
        self.0.lock().unwrap().iter().filter(|happening| of(&happening.name)).cloned().collect()
    }
}

impl Sources for Present {
    fn present(&self, _: EventId) -> BoxFuture<'_, Result<Vec<Envelope>, SourceError>> {
        Box::pin(async { Ok(self.told(|name| name != STOCK)) })
    }

    fn stock(&self, products: Vec<ProductId>) -> BoxFuture<'_, Result<Vec<Envelope>, SourceError>> {
        let mut levels = self.told(|name| name == STOCK);
        levels.retain(|level| products.contains(&level.read::<OfProduct>().unwrap().product));
        Box::pin(async { Ok(levels) })
    }
}

/// Any payload under any name of the bus.
pub fn happening(name: &str, payload: &Value) -> Envelope {
    struct Raw<'a>(&'a Value);
    impl serde::Serialize for Raw<'_> {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.0.serialize(serializer)
        }
    }
    impl Event for Raw<'_> {
        const NAME: &'static str = "";
    }
    let now = kernel::Clock::now(&SystemClock);
    Envelope { name: name.to_owned(), ..Envelope::of(&Raw(payload), now).unwrap() }
}

impl Server {
    pub async fn start(db: Db) -> Self {
        Self::start_for(db, EventId::new(), OrgId::new()).await
    }

    pub async fn start_for(db: Db, event: EventId, org: OrgId) -> Self {
        let server = Self::start_with(db, event, org, Arc::default(), NodeSettings::default()).await;
        server.state("live", 3).await;
        server
    }

    /// A server that has heard nothing yet.
    pub async fn start_with(db: Db, event: EventId, org: OrgId, present: Arc<Present>, node: NodeSettings) -> Self {
        let clock = Arc::new(SystemClock);
        let rooms = Rooms::start(RoomsSetup {
            db,
            outbox: Outbox::new(clock.clone()),
            keys: Keys::from_secret([3; 32]),
            clock,
            node: NodeSettings { shards: 2, ..node },
            sources: present,
            address_of: |extensions| extensions.get::<std::net::IpAddr>().copied(),
        })
        .unwrap();
        let (router, _api) = room::routes(rooms.clone()).split_for_parts();
        let router = router.layer(middleware::from_fn(move |request, next| act(org, request, next)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(serve(listener, router.clone()));
        Self { rooms, event, org, addr, router }
    }

    pub async fn hear(&self, name: &str, payload: Value) {
        assert!(self.rooms.hear(&happening(name, &payload)).await);
    }

    pub async fn state(&self, to: &str, version: i64) {
        self.hear("live.event.state", json!({"event": self.event, "org": self.org, "to": to, "version": version}))
            .await;
    }

    /// A request of somebody from an address.
    pub async fn call_from(&self, address: &str, who: &str, path: &str, body: &Value) -> StatusCode {
        let request = Request::post(path.replace("{event}", &self.event.to_string()))
            .header("x-from", address)
            .header("x-actor", who)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap().status()
    }

    /// A request of somebody: `desk`, or a guest by name, or `nobody`.
    pub async fn call(&self, who: &str, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path.replace("{event}", &self.event.to_string()))
            .header("x-actor", who)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(if body.is_null() { String::new() } else { body.to_string() }))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::String(String::from_utf8_lossy(&bytes).into_owned())))
    }

    pub async fn token(&self, who: &str) -> String {
        let (status, got) = self.call(who, "POST", "/api/v1/rooms/{event}/tokens", json!({"lang": "es"})).await;
        assert_eq!(status, 200, "{got}");
        got["token"].as_str().unwrap().to_owned()
    }

    pub fn url(&self) -> String {
        format!("ws://{}/rooms/{}", self.addr, self.event)
    }

    pub async fn connect(&self) -> Viewer {
        let mut request = self.url().into_client_request().unwrap();
        request.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("room.v1.json"));
        // A small window, or Linux would let a reader that stopped take megabytes before it is noticed.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(8 * 1024).unwrap();
        let socket = socket.connect(self.addr).await.unwrap();
        let (socket, response) = tokio_tungstenite::client_async(request, socket).await.unwrap();
        assert_eq!(response.headers()["sec-websocket-protocol"], "room.v1.json");
        Viewer(socket)
    }

    pub async fn join(&self, who: &str) -> (Viewer, Value) {
        let mut viewer = self.connect().await;
        viewer.send(json!({"op": "join", "token": self.token(who).await})).await;
        let welcome = viewer.until(|frame| frame["op"] == "welcome").await;
        (viewer, welcome)
    }

    pub async fn join_in(&self, who: &str, lang: &str) -> (Viewer, Value) {
        let mut viewer = self.connect().await;
        viewer.send(json!({"op": "join", "token": self.token(who).await, "lang": lang})).await;
        let welcome = viewer.until(|frame| frame["op"] == "welcome").await;
        (viewer, welcome)
    }

    /// A bare connection after the handshake; `with` travels in the same packet.
    pub async fn raw(&self, with: &[u8]) -> TcpStream {
        let mut socket = TcpStream::connect(self.addr).await.unwrap();
        let handshake = format!(
            "GET /rooms/{} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.event, self.addr
        );
        socket.write_all(&[handshake.as_bytes(), with].concat()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(socket.read_u8().await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        assert!(!head.to_lowercase().contains("sec-websocket-protocol"), "none was offered");
        socket
    }
}

async fn act(org: OrgId, mut request: Request, next: Next) -> Response {
    let who = request.headers().get("x-actor").and_then(|who| who.to_str().ok()).unwrap_or("nobody").to_owned();
    let actor = match who.as_str() {
        "nobody" => Actor::anyone(),
        "desk" | "stranger" => Actor {
            who: Who::Person(PersonId::new()),
            org: Some(if who == "desk" { org } else { OrgId::new() }),
            rights: Rights::of(&[Right::SeeDesk, Right::Answer, Right::Moderate]),
            name: "Li".into(),
        },
        guest => {
            // The same name is the same guest.
            let mut bytes = [7; 16];
            bytes.iter_mut().zip(guest.bytes()).for_each(|(byte, letter)| *byte = letter);
            let id = GuestId::from_uuid(uuid::Uuid::from_bytes(bytes));
            Actor { who: Who::Guest(id), name: guest.into(), ..Actor::anyone() }
        }
    };
    // As behind a proxy that says whom it speaks for.
    if let Some(address) = request.headers().get("x-from").and_then(|from| from.to_str().ok()?.parse().ok()) {
        request.extensions_mut().insert::<std::net::IpAddr>(address);
    }
    request.extensions_mut().insert(actor);
    next.run(request).await
}

async fn serve(listener: TcpListener, router: Router) {
    while let Ok((socket, _)) = listener.accept().await {
        let router = router.clone();
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                router.clone().oneshot(request.map(Body::new))
            });
            let builder = auto::Builder::new(TokioExecutor::new());
            let _ended = builder.serve_connection_with_upgrades(TokioIo::new(socket), service).await;
        });
    }
}

pub struct Viewer(pub WebSocketStream<TcpStream>);

impl Viewer {
    pub async fn send(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next frame like this, passing over others.
    pub async fn until(&mut self, like: impl Fn(&Value) -> bool) -> Value {
        let wait = async {
            loop {
                match self.0.next().await.expect("the connection stands").unwrap() {
                    Message::Text(text) => {
                        let frame: Value = serde_json::from_str(&text).unwrap();
                        if like(&frame) {
                            return frame;
                        }
                    }
                    Message::Close(close) => panic!("closed: {close:?}"),
                    _ => {}
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), wait).await.expect("the frame comes")
    }

    /// The event of this kind in the next frame that has one.
    pub async fn event(&mut self, kind: &str) -> Value {
        let of_kind = |frame: &Value| {
            frame["ev"].as_array().and_then(|events| events.iter().find(|event| event["k"] == kind)).cloned()
        };
        let frame = self.until(|frame| of_kind(frame).is_some()).await;
        of_kind(&frame).unwrap()
    }

    /// The code the server closes with.
    pub async fn closed(mut self) -> u16 {
        let wait = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Close(Some(close)))) => return u16::from(close.code),
                    Some(Ok(_)) => {}
                    Some(Err(Error::Protocol(_) | Error::Io(_))) | None => return 1006,
                    Some(Err(other)) => panic!("{other}"),
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(15), wait).await.expect("it is closed")
    }
}

/// The close code at the end of what a bare socket reads.
pub async fn close_code(mut socket: TcpStream) -> u16 {
    let mut head = [0; 4];
    tokio::time::timeout(Duration::from_secs(10), socket.read_exact(&mut head)).await.unwrap().unwrap();
    assert_eq!(head[0], 0x88, "a close frame");
    u16::from_be_bytes([head[2], head[3]])
}

/// An event stream being read.
pub struct Stream(Body, String);

impl Stream {
    /// The next message that has this in it.
    pub async fn until(&mut self, text: &str) -> Value {
        loop {
            let data = self.next_data().await;
            if data.contains(text) {
                return serde_json::from_str(&data).unwrap();
            }
        }
    }

    /// Whether nothing comes any more.
    pub async fn has_ended(&mut self) -> bool {
        let rest = async { while self.0.frame().await.is_some() {} };
        tokio::time::timeout(Duration::from_secs(10), rest).await.is_ok()
    }

    /// The next `data:` line.
    pub async fn next_data(&mut self) -> String {
        let wait = async {
            loop {
                while let Some((line, rest)) = self.1.split_once('\n') {
                    let (line, rest) = (line.to_owned(), rest.to_owned());
                    self.1 = rest;
                    if let Some(data) = line.strip_prefix("data: ") {
                        return data.to_owned();
                    }
                }
                let frame = self.0.frame().await.expect("the stream goes on").unwrap();
                self.1 += std::str::from_utf8(frame.data_ref().unwrap()).unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(10), wait).await.expect("data comes")
    }
}

impl Server {
    pub async fn stream(&self, path: &str) -> Stream {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        Stream(response.into_body(), String::new())
    }

    /// A stream opened with a ticket of this token's.
    pub async fn stream_with(&self, token: &str, query: &str) -> Stream {
        let (status, got) = self.call_with(token, "POST", "/api/v1/rooms/{event}/tickets").await;
        assert_eq!(status, 200, "{got}");
        self.stream(&format!("/rooms/{}/events?ticket={}{query}", self.event, got["ticket"].as_str().unwrap())).await
    }

    pub async fn call_with(&self, token: &str, method: &str, path: &str) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(path.replace("{event}", &self.event.to_string()))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }
}
