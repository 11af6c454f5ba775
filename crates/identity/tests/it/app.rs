//! The router behind its middleware, with a clock that stands and mails that are kept.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::routing::get;
use http_body_util::BodyExt as _;
use identity::{Identity, NewOrg, NewPerson, OrgKind, Role, Settings, routes, who};
use kernel::db::Migration;
use kernel::db::sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};
use kernel::id::OrgId;
use kernel::testing::{clock, each_database};
use kernel::{Clock as _, Db, Keys, Locale, ManualClock, Secret};
use mail::{Address, Memory, Post};
use serde_json::Value;
use tower::ServiceExt as _;

pub const PASSWORD: &str = "porcelain and cobalt";

pub struct App {
    pub identity: Identity,
    pub clock: Arc<ManualClock>,
    pub mails: Memory,
    pub db: Db,
    post: Post,
    router: Router,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// `201` or `409 email-taken`.
    pub fn outcome(&self) -> String {
        let code = self.body["type"].as_str().and_then(|kind| kind.strip_prefix("/problems/"));
        code.map_or(self.status.as_u16().to_string(), |code| format!("{} {code}", self.status.as_u16()))
    }

    /// The cookie that was set, as a browser sends it back.
    pub fn cookie(&self) -> String {
        let set = self.headers[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }
}

/// A request about to be sent.
pub struct Call<'a>(&'a App, axum::http::request::Builder);

impl Call<'_> {
    pub fn with(self, name: &str, value: &str) -> Self {
        Self(self.0, self.1.header(name, value))
    }

    /// As our own page sends it.
    pub fn cookie(self, cookie: &str) -> Self {
        self.with("cookie", cookie).with("sec-fetch-site", "same-origin")
    }

    pub fn peer(self, peer: &str) -> Self {
        Self(self.0, self.1.extension(ConnectInfo::<SocketAddr>(peer.parse().unwrap())))
    }

    pub async fn send(self) -> Answer {
        self.body(Body::empty()).await
    }

    pub async fn json(self, body: Value) -> Answer {
        self.with("content-type", "application/json").body(body.to_string().into()).await
    }

    async fn body(self, body: Body) -> Answer {
        let response = self.0.router.clone().oneshot(self.1.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

pub fn migrations() -> Vec<Migration> {
    [mail::migrations(), identity::migrations()].concat()
}

/// Runs a test on each database with nobody here.
pub async fn each_empty_app(test: impl AsyncFn(App)) {
    each_database(&migrations(), async |db| test(App::new(db, |_| {})).await).await;
}

/// Runs a test on each database with a firm and its owner, `owner@ningbo.example`.
pub async fn each_app(test: impl AsyncFn(App)) {
    each_app_with(|_| {}, test).await;
}

pub async fn each_app_with(settle: impl Fn(&mut Settings), test: impl AsyncFn(App)) {
    each_database(&migrations(), async |db| {
        let app = App::new(db, &settle);
        let owner = new_person("owner", &[Role::Owner]);
        app.identity.people.create_owner(Some(firm()), owner).await.unwrap();
        test(app).await;
    })
    .await;
}

pub fn firm() -> NewOrg {
    NewOrg {
        name: "Ningbo Toys".into(),
        kind: OrgKind::Seller,
        country: "CN".into(),
        time_zone: "Asia/Shanghai".into(),
    }
}

pub fn new_person(name: &str, roles: &[Role]) -> NewPerson {
    NewPerson {
        name: name.to_owned(),
        email: format!("{name}@ningbo.example"),
        password: Secret::new(PASSWORD.to_owned()),
        roles: roles.to_vec(),
        locale: "zh-CN".parse().unwrap(),
        time_zone: "Asia/Shanghai".into(),
    }
}

impl App {
    fn new(db: Db, settle: impl Fn(&mut Settings)) -> Self {
        let (clock, mails, keys) = (clock(), Memory::default(), Keys::from_secret([7; 32]));
        let from = Address::new("Ningbo Toys", "fair@ningbo.example").unwrap();
        let post = Post::new(db.clone(), clock.clone(), &keys, from, Arc::new(mails.clone())).unwrap();
        let mut settings = Settings::new("http://fair.example".parse().unwrap());
        settle(&mut settings);
        let identity = Identity::new(&db, clock.clone(), &keys, post.clone(), settings);
        let (router, _api) = routes(identity.clone()).split_for_parts();
        let kept = get(|| async { [(header::CACHE_CONTROL, "public, max-age=60")] });
        let router = router.route("/picture", kept);
        let router = router.layer(axum::middleware::from_fn_with_state(identity.clone(), who));
        Self { identity, clock, mails, db, post, router }
    }

    pub fn call(&self, method: Method, path: &str) -> Call<'_> {
        Call(self, Request::builder().method(method).uri(path).header("host", "fair.example"))
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub async fn log_in(&self, name: &str, password: &str) -> Answer {
        let email = format!("{name}@ningbo.example");
        self.post("/api/v1/session").json(serde_json::json!({"email": email, "password": password})).await
    }

    /// Adds a member and logs them in; the answer is their cookie.
    pub async fn member(&self, name: &str, roles: &[Role]) -> String {
        let home = self.identity.orgs.home().await.unwrap().unwrap();
        self.member_of(home.id, name, roles).await
    }

    pub async fn member_of(&self, org: OrgId, name: &str, roles: &[Role]) -> String {
        self.identity.people.add(org, new_person(name, roles)).await.unwrap();
        self.log_in(name, PASSWORD).await.cookie()
    }

    /// A further organisation; no door makes one yet.
    pub async fn insert_org(&self, name: &str) -> OrgId {
        let id = OrgId::new();
        let row = format!(
            "INSERT INTO org (id, kind, name, country, time_zone, version, created_at) \
             VALUES ({}, 'seller', '{name}', 'CN', 'Asia/Shanghai', 0, 0)",
            self.literal(&id.to_string())
        );
        self.db.writing().execute_unprepared(&row).await.unwrap();
        id
    }

    /// Makes somebody a member of a further organisation.
    pub async fn join(&self, person: &str, org: &str, role: Role) {
        let row = format!(
            "INSERT INTO membership (org_id, person_id, role) SELECT id, {}, '{}' FROM org WHERE name = '{org}'",
            self.literal(person),
            role.word()
        );
        self.db.writing().execute_unprepared(&row).await.unwrap();
    }

    /// The texts of a query's first column.
    pub async fn stored(&self, query: &str) -> Vec<String> {
        let query = Statement::from_string(self.db.read().get_database_backend(), query);
        let rows = self.db.read().query_all_raw(query).await.unwrap();
        rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
    }

    /// An id as this database writes it.
    fn literal(&self, id: &str) -> String {
        match self.db.read().get_database_backend() {
            DatabaseBackend::Sqlite => format!("x'{}'", id.replace('-', "")),
            _ => format!("'{id}'::uuid"),
        }
    }

    pub async fn owner(&self) -> String {
        self.log_in("owner", PASSWORD).await.cookie()
    }

    pub async fn session(&self, cookie: &str) -> Value {
        self.get("/api/v1/session").cookie(cookie).send().await.body
    }

    /// A buyer known from an earlier order.
    pub async fn meet(&self, email: &str) {
        let txn = self.db.write().await.unwrap();
        self.identity.buyers.meet(&txn, &buyer(email)).await.unwrap();
        txn.commit().await.unwrap();
    }

    /// Delivers what is queued, and gives the text of the last mail.
    pub async fn last_mail(&self) -> Option<mail::Outgoing> {
        self.post.deliver_due(self.clock.now()).await.unwrap();
        self.mails.sent().pop()
    }
}

pub fn buyer(email: &str) -> identity::BuyerDetails {
    identity::BuyerDetails {
        company: "Juguetes García".into(),
        name: "Ana García".into(),
        email: email.to_owned(),
        country: "ES".into(),
        locale: "es".parse::<Locale>().unwrap(),
    }
}
