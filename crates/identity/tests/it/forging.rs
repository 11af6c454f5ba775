//! Requests that another site's page makes a browser send.

use axum::http::Method;
use serde_json::json;

use crate::app::{PASSWORD, each_app};

#[tokio::test]
async fn another_sites_page_changes_nothing_with_our_cookie() {
    each_app(async |app| {
        let owner = app.owner().await;
        let change =
            |name: &str, value: &str| app.call(Method::PATCH, "/api/v1/org").with("cookie", &owner).with(name, value);
        let renamed = json!({"name": "Taken over"});
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("x-nothing", "said"),
        ] {
            assert_eq!(change(name, value).json(renamed.clone()).await.outcome(), "403 cross-site", "{name}: {value}");
        }
        assert_eq!(app.get("/api/v1/org").cookie(&owner).send().await.body["name"], "Ningbo Toys");
        assert_eq!(change("origin", "http://fair.example").json(renamed).await.outcome(), "200");
    })
    .await;
}

#[tokio::test]
async fn another_sites_page_logs_nobody_in() {
    each_app(async |app| {
        let start = json!({"email": "owner@ningbo.example", "password": PASSWORD});
        let call = app.post("/api/v1/session").with("origin", "https://evil.example");
        assert_eq!(call.json(start).await.outcome(), "403 cross-site");
    })
    .await;
}

#[tokio::test]
async fn reading_needs_no_proof() {
    each_app(async |app| {
        let owner = app.owner().await;
        let call = app.get("/api/v1/session").with("cookie", &owner).with("sec-fetch-site", "cross-site");
        assert_eq!(call.send().await.body["who"], "person");
    })
    .await;
}
