use crate::house::{House, add_owner};

#[tokio::test]
async fn pages_and_answers_carry_their_safeguards() {
    let dir = tempfile::tempdir().unwrap();
    add_owner(dir.path());
    let house = House::open(dir.path()).await;
    let page = house.get("/?lang=es").await;
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(page.headers()["x-content-type-options"], "nosniff");
    assert_eq!(page.headers()["content-language"], "es");
    assert!(page.text().await.unwrap().contains("<html lang=\"es\""));

    let missing = house.get("/nowhere").await;
    assert_eq!(missing.status(), 404);
    assert_eq!(missing.headers()["content-type"], "application/problem+json");
    assert!(house.get("/e/not-an-id").await.text().await.unwrap().contains("<h1>"));
    let form = format!("{}/e/not-an-id/inquiry", house.base);
    for refused in [house.get("/e/%ff").await, reqwest::Client::new().post(form).send().await.unwrap()] {
        assert!(refused.status().is_client_error());
        assert_eq!(refused.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test]
async fn health_readiness_metrics_and_document_answer() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open(dir.path()).await;
    assert_eq!(house.get("/healthz").await.text().await.unwrap(), "ok\n");
    assert_eq!(house.get("/readyz").await.status(), 200);
    assert_eq!(house.get("/metrics").await.status(), 200);
    let by_proxy =
        reqwest::Client::new().get(format!("{}/metrics", house.base)).header("x-forwarded-for", "203.0.113.7");
    assert_eq!(by_proxy.send().await.unwrap().status(), 404);
    let unknown = format!("/replay/{}/index.m3u8", kernel::id::RecordingId::new());
    assert_eq!(house.get(&unknown).await.status(), 404);
    let document: serde_json::Value = house.get("/api/openapi.json").await.json().await.unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/offers/{id}/orders"]["post"].is_object());
}

#[tokio::test]
async fn pages_of_the_public_address_may_use_the_rooms() {
    let dir = tempfile::tempdir().unwrap();
    let house = House::open_with(dir.path(), &["--public-url", "https://fair.example"]).await;
    let knock = async |origin: &str| {
        let room = format!("{}/rooms/{}", house.base, kernel::id::EventId::new());
        let request = reqwest::Client::new()
            .get(room)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
            .header("origin", origin);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(knock("https://evil.example").await, 403);
    assert_eq!(knock("https://fair.example").await, 404, "a proxy may have written another host; this room is missing");
    assert_eq!(house.get("/metrics").await.status(), 404, "behind a proxy everybody comes from this machine");
}

#[tokio::test]
async fn another_site_cannot_act_for_somebody_who_is_logged_in() {
    let dir = tempfile::tempdir().unwrap();
    add_owner(dir.path());
    let house = House::open(dir.path()).await;
    let login = reqwest::Client::new()
        .post(format!("{}/api/v1/session", house.base))
        .header("origin", &house.base)
        .json(&serde_json::json!({"email": crate::house::EMAIL, "password": crate::house::PASSWORD}))
        .send()
        .await
        .unwrap();
    assert_eq!(login.status(), 204);
    let cookie = login.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let forged = reqwest::Client::new()
        .delete(format!("{}/api/v1/session", house.base))
        .header("cookie", &cookie)
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .unwrap();
    assert_eq!(forged.status(), 403);
}
