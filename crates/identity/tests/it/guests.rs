//! Visitors with a name and no account.

use serde_json::json;

use crate::app::each_app;

#[tokio::test]
async fn a_visitor_gives_a_name_and_is_known_by_it() {
    each_app(async |app| {
        let named = app.post("/api/v1/guests").json(json!({"name": " Kenji 田中 ", "lang": "ja"})).await;
        assert_eq!((named.outcome().as_str(), &named.body["name"]), ("200", &json!("Kenji 田中")));
        let cookie = named.cookie();
        let session = app.session(&cookie).await;
        assert_eq!(
            (&session["who"], &session["name"], &session["rights"]),
            (&json!("guest"), &json!("Kenji 田中"), &json!([]))
        );

        let renamed = app.post("/api/v1/guests").cookie(&cookie).json(json!({"name": "Kenji", "lang": "ja"})).await;
        assert_eq!((&renamed.body["guest"], &renamed.body["name"]), (&named.body["guest"], &json!("Kenji")));
    })
    .await;
}

#[tokio::test]
async fn a_guest_who_signs_for_themselves_is_nobody() {
    each_app(async |app| {
        let cookie = app.post("/api/v1/guests").json(json!({"name": "Kenji", "lang": "ja"})).await.cookie();
        let forged = cookie.replacen(".ja.", ".en.", 1);
        assert_eq!(app.session(&forged).await["who"], "anyone");
        assert_eq!(app.get("/api/v1/people").cookie(&cookie).send().await.outcome(), "401 log-in-needed");
    })
    .await;
}

#[tokio::test]
async fn one_address_makes_so_many_guests_at_once() {
    each_app(async |app| {
        let come = async |from: &str| {
            app.post("/api/v1/guests").peer(from).json(json!({"name": "Kenji", "lang": "ja"})).await.outcome()
        };
        for _ in 0..300 {
            assert_eq!(come("192.0.2.66:1").await, "200");
        }
        assert_eq!(come("192.0.2.66:1").await, "429 too-many-tries");
        assert_eq!(come("192.0.2.1:1").await, "200");
    })
    .await;
}

#[tokio::test]
async fn a_guest_without_a_name_is_refused() {
    each_app(async |app| {
        let answer = app.post("/api/v1/guests").json(json!({"name": "\u{202E}", "lang": "ja"})).await;
        assert_eq!((answer.outcome().as_str(), &answer.body["field"]), ("422 bad-field", &json!("name")));
        let answer = app.post("/api/v1/guests").json(json!({"name": "x", "lang": "no language"})).await;
        assert_eq!(answer.outcome(), "422 bad-field");
    })
    .await;
}
