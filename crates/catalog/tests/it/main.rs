//! The catalogue through its router, on both databases.
#![expect(clippy::unwrap_used, reason = "a test fails where it is surprised")]

mod fuzzed;
mod importing;
mod pictures;
mod products;
mod stock;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use catalog::Catalog;
use http_body_util::BodyExt;
use kernel::actor::Rights;
use kernel::id::{OrgId, PersonId};
use kernel::{Actor, Blobs, Db, ManualClock, Outbox, Who};
use serde_json::Value;
use tower::ServiceExt;

pub fn migrations() -> Vec<kernel::db::Migration> {
    let mut all = kernel::outbox::migrations();
    all.extend(catalog::migrations());
    all
}

/// A house: the catalogue's router with somebody of the crew.
pub struct House {
    pub catalog: Catalog,
    pub router: Router,
    pub crew: Actor,
    pub clock: Arc<ManualClock>,
}

impl House {
    pub fn on(db: Db) -> Self {
        let clock = kernel::testing::clock();
        let catalog = Catalog::new(db, Outbox::new(clock.clone()), clock.clone(), Blobs::memory());
        let (router, _document) = catalog::routes(catalog.clone()).split_for_parts();
        Self { catalog, router, crew: crew_of(OrgId::new()), clock }
    }

    pub async fn call(&self, actor: &Actor, request: Request<Body>) -> (u16, Value) {
        let (status, _headers, body) = self.raw(actor, request).await;
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    pub async fn raw(&self, actor: &Actor, mut request: Request<Body>) -> (u16, axum::http::HeaderMap, bytes::Bytes) {
        request.extensions_mut().insert(actor.clone());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status.as_u16(), parts.headers, body.collect().await.unwrap().to_bytes())
    }

    pub async fn crew(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        self.call(&self.crew, json(method, path, &body)).await
    }

    pub async fn public(&self, path: &str) -> (u16, Value) {
        self.call(&Actor::anyone(), json("GET", path, &Value::Null)).await
    }

    /// A product with a name, a price and a stock of 100, published.
    pub async fn bricks(&self, sku: &str) -> Value {
        let (status, product) = self.crew("POST", "/api/v1/products", bricks(sku)).await;
        assert_eq!(status, 201, "{product}");
        let path = format!("/api/v1/products/{}/publish", product["id"].as_str().unwrap());
        let (status, product) = self.crew("POST", &path, Value::Null).await;
        assert_eq!(status, 200, "{product}");
        product
    }
}

pub fn bricks(sku: &str) -> Value {
    serde_json::json!({
        "sku": sku, "names": {"en": "Building bricks", "zh-CN": "积木", "es": "Bloques"}, "texts": {"en": "100 pieces"},
        "unit": "set", "origin": "CN", "moq": 24, "multiple": 12, "lead_time_days": 15, "stock": 100,
        "carton": {"pieces": 24, "length_mm": 520, "width_mm": 380, "height_mm": 410, "gross_g": 14600},
        "tiers": [{"min_quantity": 24, "unit_price": {"micro": 10_500_000, "currency": "USD"}},
                  {"min_quantity": 120, "unit_price": {"micro": 9_800_000, "currency": "USD"}}],
    })
}

pub fn crew_of(org: OrgId) -> Actor {
    Actor { who: Who::Person(PersonId::new()), org: Some(org), rights: Rights::all(), name: "Li Na".into() }
}

pub fn json(method: &str, path: &str, body: &Value) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    if body.is_null() {
        return request.body(Body::empty()).unwrap();
    }
    let key = uuid::Uuid::now_v7().to_string();
    let request = request.header("Idempotency-Key", key);
    request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string())).unwrap()
}

pub fn upload(path: &str, file: &[u8]) -> Request<Body> {
    let mut body = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n".to_vec();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=x").body(Body::from(body)).unwrap()
}

pub async fn each_house<F: Future<Output = ()>>(test: impl Fn(Arc<House>) -> F) {
    kernel::testing::each_database(&migrations(), |db| test(Arc::new(House::on(db)))).await;
}
