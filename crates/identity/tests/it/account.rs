//! What people change of themselves, and where they are logged in.

use std::time::Duration;

use axum::http::Method;
use identity::Role;
use kernel::Clock as _;
use serde_json::{Value, json};

use crate::app::{App, PASSWORD, each_app};

const NEW: &str = "another long password";

async fn change_password(app: &App, cookie: &str, old: &str, new: &str) -> String {
    let call = app.call(Method::PUT, "/api/v1/account/password").cookie(cookie);
    call.json(json!({"old": old, "new": new})).await.outcome()
}

async fn sessions(app: &App, cookie: &str) -> Vec<Value> {
    app.get("/api/v1/sessions").cookie(cookie).send().await.body["items"].as_array().unwrap().clone()
}

async fn log_in_from(app: &App, device: &str) -> String {
    let start = json!({"email": "owner@ningbo.example", "password": PASSWORD});
    app.post("/api/v1/session").with("user-agent", device).json(start).await.cookie()
}

#[tokio::test]
async fn a_person_changes_their_name_language_and_time_zone() {
    each_app(async |app| {
        let host = app.member("host", &[Role::Host]).await;
        let change = async |body| app.call(Method::PATCH, "/api/v1/account").cookie(&host).json(body).await;
        let changed = change(json!({"name": " Li Na ", "locale": "ja", "time_zone": "Asia/Tokyo"})).await;
        assert_eq!(
            (&changed.body["name"], &changed.body["locale"], &changed.body["time_zone"]),
            (&json!("Li Na"), &json!("ja"), &json!("Asia/Tokyo"))
        );
        assert_eq!(change(json!({"locale": "en"})).await.body["name"], "Li Na", "what is absent stays");
        for (field, value) in [("name", ""), ("time_zone", "Beijing")] {
            let refused = change(json!({field: value})).await;
            assert_eq!((refused.outcome().as_str(), &refused.body["field"]), ("422 bad-field", &json!(field)));
        }
        assert_eq!(app.session(&host).await["person"]["name"], "Li Na");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_other_sessions() {
    each_app(async |app| {
        let (here, elsewhere) = (app.owner().await, app.owner().await);
        assert_eq!(change_password(&app, &here, "wrong password", NEW).await, "403 wrong-password");
        assert_eq!(change_password(&app, &here, PASSWORD, "short").await, "422 bad-field");
        assert_eq!(app.session(&elsewhere).await["who"], "person");
        assert_eq!(change_password(&app, &here, PASSWORD, NEW).await, "204");
        assert_eq!(app.session(&elsewhere).await["who"], "anyone");
        assert_eq!(app.session(&here).await["who"], "person");
        assert_eq!(app.log_in("owner", PASSWORD).await.outcome(), "401 wrong-email-or-password");
        assert_eq!(app.log_in("owner", NEW).await.outcome(), "204");
    })
    .await;
}

#[tokio::test]
async fn whoever_took_a_session_does_not_guess_the_password_faster() {
    each_app(async |app| {
        let owner = app.owner().await;
        for _ in 0..6 {
            assert_eq!(change_password(&app, &owner, "guess", NEW).await, "403 wrong-password");
        }
        assert_eq!(change_password(&app, &owner, PASSWORD, NEW).await, "429 too-many-tries");
    })
    .await;
}

#[tokio::test]
async fn a_person_sees_where_they_are_logged_in_and_ends_it() {
    each_app(async |app| {
        let (phone, begun) = (log_in_from(&app, "A phone").await, app.clock.now());
        app.clock.advance(Duration::from_hours(1));
        let laptop = log_in_from(&app, "A laptop").await;
        let listed = sessions(&app, &laptop).await;
        assert_eq!((&listed[0]["device"], &listed[0]["current"]), (&json!("A laptop"), &json!(true)));
        assert_eq!((&listed[1]["device"], &listed[1]["current"]), (&json!("A phone"), &json!(false)));
        assert_eq!(listed[1]["last_seen_at"], begun.to_string());
        app.session(&phone).await;
        assert_eq!(sessions(&app, &laptop).await[1]["last_seen_at"], app.clock.now().to_string());

        let path = format!("/api/v1/sessions/{}", listed[1]["id"].as_str().unwrap());
        let host = app.member("host", &[Role::Host]).await;
        let end = async |cookie: &str| app.call(Method::DELETE, &path).cookie(cookie).send().await.outcome();
        assert_eq!(end(&host).await, "404 no-such-session");
        assert_eq!(end(&laptop).await, "204");
        assert_eq!(end(&laptop).await, "404 no-such-session");
        assert_eq!(app.session(&phone).await["who"], "anyone");
    })
    .await;
}

#[tokio::test]
async fn nobody_waits_for_the_note_that_they_were_here() {
    each_app(async |app| {
        let owner = app.owner().await;
        app.clock.advance(Duration::from_hours(1));
        let longest = app.db.write().await.unwrap();
        let answer = tokio::time::timeout(Duration::from_secs(5), app.session(&owner)).await;
        assert_eq!(answer.expect("an answer while another writes")["who"], "person");
        drop(longest);
    })
    .await;
}

#[tokio::test]
async fn all_other_sessions_end_at_once() {
    each_app(async |app| {
        let (first, second, here) = (app.owner().await, app.owner().await, app.owner().await);
        let host = app.member("host", &[Role::Host]).await;
        let ended = app.call(Method::DELETE, "/api/v1/sessions").cookie(&here).send().await;
        assert_eq!(ended.outcome(), "204");
        for (cookie, who) in [(first, "anyone"), (second, "anyone"), (here, "person"), (host, "person")] {
            assert_eq!(app.session(&cookie).await["who"], who);
        }
    })
    .await;
}

#[tokio::test]
async fn a_program_with_a_token_changes_nobodys_account() {
    each_app(async |app| {
        let owner = app.owner().await;
        let new = json!({"name": "sync", "rights": ["manage_org"]});
        let token = app.post("/api/v1/api-tokens").cookie(&owner).json(new).await.body["token"].clone();
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        for (method, path) in [
            (Method::GET, "/api/v1/sessions"),
            (Method::DELETE, "/api/v1/sessions"),
            (Method::GET, "/api/v1/passkeys"),
            (Method::POST, "/api/v1/passkeys/challenges"),
        ] {
            // A cookie beside the token lends it nothing.
            let call = app.call(method, path).with("authorization", &bearer).cookie(&owner);
            assert_eq!(call.send().await.outcome(), "403 session-needed", "{path}");
        }
        assert_eq!(app.get("/api/v1/sessions").send().await.outcome(), "401 log-in-needed");
    })
    .await;
}
