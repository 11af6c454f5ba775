use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::{get, post};
use axum::{Router, response::Response};
use http_body_util::BodyExt as _;
use kernel::Problem;
use kernel::http::{IdempotencyKey, Json, Language, Page, Path, Query, no_such_method, no_such_path};
use serde_json::Value;
use tower::ServiceExt as _;

fn router() -> Router {
    Router::new()
        .route(
            "/echo",
            post(|IdempotencyKey(key): IdempotencyKey, Json(body): Json<Vec<u8>>| async move { Json((key, body)) }),
        )
        .route("/lang", get(|Language(locale): Language| async move { locale.to_string() }))
        .route("/items/{id}", get(|Path(id): Path<kernel::id::OrderId>| async move { id.to_string() }))
        .route("/page", get(|Query(page): Query<Page>| async move { page.limit().to_string() }))
        .route("/busy", get(|| async { Problem::slow_down("too-busy", 3) }))
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
}

async fn send(request: Request<Body>) -> (StatusCode, Value, Response<()>) {
    let (parts, body) = router().oneshot(request).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let value =
        serde_json::from_slice(&bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into()));
    (parts.status, value, Response::from_parts(parts, ()))
}

async fn code(request: Request<Body>) -> String {
    let (status, problem, response) = send(request).await;
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    format!("{} {}", status.as_u16(), problem["type"].as_str().unwrap())
}

#[tokio::test]
async fn every_refusal_of_the_edge_is_a_problem() {
    let json = |body: &'static str| {
        Request::post("/echo")
            .header("content-type", "application/json")
            .header("idempotency-key", "k")
            .body(Body::from(body))
            .unwrap()
    };
    assert_eq!(code(json("[1,")).await, "400 /problems/bad-json");
    assert_eq!(code(json("{}")).await, "422 /problems/bad-field");
    assert_eq!(
        code(Request::post("/echo").body(Body::empty()).unwrap()).await,
        "400 /problems/idempotency-key-missing"
    );
    let plain = Request::post("/echo").header("idempotency-key", "k").body(Body::from("[]")).unwrap();
    assert_eq!(code(plain).await, "415 /problems/json-expected");
    let spaced = Request::post("/echo").header("idempotency-key", "a b").body(Body::empty()).unwrap();
    assert_eq!(code(spaced).await, "400 /problems/idempotency-key-malformed");
    let request = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    assert_eq!(code(request("/items/7")).await, "404 /problems/no-such-path");
    assert_eq!(code(request("/page?limit=x")).await, "400 /problems/bad-query");
    assert_eq!(code(request("/nowhere")).await, "404 /problems/no-such-path");
    assert_eq!(code(Request::delete("/lang").body(Body::empty()).unwrap()).await, "405 /problems/method-not-allowed");
}

#[tokio::test]
async fn too_busy_says_when_to_come_back() {
    let (status, problem, response) = send(Request::get("/busy").body(Body::empty()).unwrap()).await;
    assert_eq!((status.as_u16(), &response.headers()["retry-after"]), (429, &"3".parse().unwrap()));
    assert_eq!(problem["retry_after_s"], 3);
}

#[tokio::test]
async fn the_language_comes_from_the_address_then_the_cookie_then_the_browser() {
    let ask = async |path: &str, cookie: &str| {
        let request =
            Request::get(path).header("cookie", cookie).header("accept-language", "ja").body(Body::empty()).unwrap();
        send(request).await.1
    };
    assert_eq!(ask("/lang?lang=es", "lf_lang=zh-CN").await, "es");
    assert_eq!(ask("/lang", "other=1; lf_lang=zh-CN").await, "zh-CN");
    assert_eq!(ask("/lang", "").await, "ja");
    assert_eq!(ask("/lang", "shop=niño; lf_lang=zh-CN").await, "zh-CN", "another cookie hides none of ours");
}
