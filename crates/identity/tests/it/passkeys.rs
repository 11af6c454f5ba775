//! Passkeys: added, used, refused.

use std::time::Duration;

use axum::http::Method;
use identity::{Role, Settings};
use kernel::Clock as _;
use serde_json::{Value, json};

use crate::app::{Answer, App, each_app, each_app_with};
use crate::authenticator::Authenticator;

/// Makes an authenticator a bad one.
type Spoil = fn(&mut Authenticator);

/// With a firm at an address that can have passkeys.
async fn each_fair(test: impl AsyncFn(App)) {
    each_app_with(|settings| *settings = Settings::new("https://fair.example".parse().unwrap()), test).await;
}

async fn challenge(app: &App, cookie: &str) -> Value {
    let asked = app.post("/api/v1/passkeys/challenges").cookie(cookie).send().await;
    assert_eq!(asked.outcome(), "200");
    asked.body
}

async fn keep(app: &App, cookie: &str, name: &str, credential: Value) -> Answer {
    app.post("/api/v1/passkeys").cookie(cookie).json(json!({"name": name, "credential": credential})).await
}

async fn add(app: &App, cookie: &str, authenticator: &mut Authenticator) -> Answer {
    let made = authenticator.create(&challenge(app, cookie).await);
    keep(app, cookie, "Phone", made).await
}

async fn log_in_challenge(app: &App) -> Value {
    app.post("/api/v1/session/passkey-challenges").send().await.body
}

async fn use_it(app: &App, credential: Value) -> Answer {
    app.post("/api/v1/session/passkey").json(json!({"credential": credential})).await
}

async fn log_in(app: &App, authenticator: &mut Authenticator) -> Answer {
    let answer = authenticator.get(&log_in_challenge(app).await);
    use_it(app, answer).await
}

async fn listed(app: &App, cookie: &str) -> Value {
    app.get("/api/v1/passkeys").cookie(cookie).send().await.body["items"].clone()
}

#[tokio::test]
async fn a_person_adds_a_passkey_and_logs_in_with_it() {
    each_fair(async |app| {
        let (owner, mut phone) = (app.owner().await, Authenticator::new(7));
        let added = add(&app, &owner, &mut phone).await;
        assert_eq!((added.outcome().as_str(), &added.body["name"]), ("201", &json!("Phone")));
        app.clock.advance(Duration::from_hours(1));
        let entered = log_in(&app, &mut phone).await;
        assert_eq!(entered.outcome(), "204");
        let session = app.session(&entered.cookie()).await;
        assert_eq!(session["person"]["email"], "owner@ningbo.example");
        assert_eq!(session["passkeys_at"], "https://fair.example");
        assert_eq!(listed(&app, &owner).await[0]["last_used_at"], app.clock.now().to_string());
        assert_eq!(log_in(&app, &mut phone).await.outcome(), "204", "again, with the counter moved on");
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_of_the_browser() {
    each_fair(async |app| {
        let (owner, mut phone) = (app.owner().await, Authenticator::new(7));
        add(&app, &owner, &mut phone).await;
        let asked = &challenge(&app, &owner).await["publicKey"];
        assert_eq!(asked["rp"]["id"], "fair.example");
        assert_eq!(asked["user"]["name"], "owner@ningbo.example");
        assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(asked["excludeCredentials"][0]["transports"], json!(["internal"]), "one device, one passkey");
        let algorithms: Vec<_> = asked["pubKeyCredParams"].as_array().unwrap().iter().map(|p| &p["alg"]).collect();
        assert_eq!(algorithms, [-8, -7, -35], "Ed25519, ES256, ES384 and no RS256");
        let asked = &log_in_challenge(&app).await["publicKey"];
        assert_eq!((&asked["rpId"], &asked["userVerification"]), (&json!("fair.example"), &json!("required")));
    })
    .await;
}

#[tokio::test]
async fn a_challenge_is_answered_once_in_time_and_by_whom_it_was_given_to() {
    each_fair(async |app| {
        let (owner, host) = (app.owner().await, app.member("host", &[Role::Host]).await);
        let mut phone = Authenticator::new(7);
        let made = phone.create(&challenge(&app, &owner).await);
        assert_eq!(keep(&app, &host, "Phone", made).await.outcome(), "409 passkey-challenge-over");
        let made = phone.create(&challenge(&app, &owner).await);
        assert_eq!(keep(&app, &owner, "Phone", made.clone()).await.outcome(), "201");
        assert_eq!(keep(&app, &owner, "Phone", made).await.outcome(), "409 passkey-challenge-over");

        let answer = phone.get(&log_in_challenge(&app).await);
        assert_eq!(use_it(&app, answer.clone()).await.outcome(), "204");
        assert_eq!(use_it(&app, answer).await.outcome(), "409 passkey-challenge-over");
        let late = phone.get(&log_in_challenge(&app).await);
        app.clock.advance(Duration::from_mins(5));
        assert_eq!(use_it(&app, late).await.outcome(), "409 passkey-challenge-over");
    })
    .await;
}

#[tokio::test]
async fn a_copied_authenticator_is_found_by_its_counter() {
    each_fair(async |app| {
        let (owner, mut phone) = (app.owner().await, Authenticator::new(7));
        add(&app, &owner, &mut phone).await;
        assert_eq!(log_in(&app, &mut phone).await.outcome(), "204");
        phone.counter -= 1;
        assert_eq!(log_in(&app, &mut phone).await.outcome(), "401 passkey-unknown");
    })
    .await;
}

#[tokio::test]
async fn another_sites_page_an_unverified_holder_and_a_strange_key_are_refused() {
    each_fair(async |app| {
        let owner = app.owner().await;
        let refused: [(&str, Spoil); 3] = [
            ("origin", |it| it.origin = "https://fair.example.evil.example".into()),
            ("domain", |it| it.rp_id = "evil.example".into()),
            ("unverified", |it| it.verifies = false),
        ];
        for (what, spoil) in refused {
            let mut phone = Authenticator::new(8);
            spoil(&mut phone);
            assert_eq!(add(&app, &owner, &mut phone).await.outcome(), "422 passkey-refused", "{what}");
        }
        let mut phone = Authenticator::new(7);
        assert_eq!(add(&app, &owner, &mut phone).await.outcome(), "201");
        for (what, spoil) in refused {
            let mut spoilt = Authenticator::new(7);
            spoilt.create(&challenge(&app, &owner).await);
            spoil(&mut spoilt);
            assert_eq!(log_in(&app, &mut spoilt).await.outcome(), "401 passkey-unknown", "{what}");
        }
        for user in [json!(null), json!(""), json!("AAAA"), json!(7)] {
            let mut nameless = Authenticator::new(7);
            nameless.user = user;
            assert_eq!(log_in(&app, &mut nameless).await.outcome(), "422 passkey-unreadable", "whose is it?");
        }
        let mut stranger = Authenticator::new(9);
        stranger.create(&challenge(&app, &owner).await);
        assert_eq!(log_in(&app, &mut stranger).await.outcome(), "401 passkey-unknown");
        assert_eq!(use_it(&app, json!({"id": 1})).await.outcome(), "422 passkey-unreadable");
        assert_eq!(keep(&app, &owner, "Phone", json!([])).await.outcome(), "422 passkey-unreadable");
    })
    .await;
}

#[tokio::test]
async fn passkeys_are_named_renamed_and_removed_by_their_owner_alone() {
    each_fair(async |app| {
        let (owner, host) = (app.owner().await, app.member("host", &[Role::Host]).await);
        let mut phone = Authenticator::new(7);
        let added = add(&app, &owner, &mut phone).await;
        let path = format!("/api/v1/passkeys/{}", added.body["id"].as_str().unwrap());
        let call = |cookie: &str, method| app.call(method, &path).cookie(cookie);
        let renamed = json!({"name": " Blue key "});
        assert_eq!(call(&host, Method::PATCH).json(renamed.clone()).await.outcome(), "404 no-such-passkey");
        assert_eq!(call(&host, Method::DELETE).send().await.outcome(), "404 no-such-passkey");
        assert_eq!(listed(&app, &host).await, json!([]));
        assert_eq!(call(&owner, Method::PATCH).json(renamed).await.outcome(), "204");
        assert_eq!(call(&owner, Method::PATCH).json(json!({"name": ""})).await.outcome(), "422 bad-field");
        assert_eq!(listed(&app, &owner).await[0]["name"], "Blue key");
        // Another person's account does not get the same credential, too.
        assert_eq!(add(&app, &host, &mut phone).await.outcome(), "409 passkey-taken");
        assert_eq!(call(&owner, Method::DELETE).send().await.outcome(), "204");
        assert_eq!(log_in(&app, &mut phone).await.outcome(), "401 passkey-unknown");
    })
    .await;
}

#[tokio::test]
async fn where_browsers_refuse_passkeys_they_are_not_offered() {
    each_app(async |app| {
        let owner = app.owner().await;
        assert_eq!(app.session(&owner).await["passkeys_at"], Value::Null);
        let asked = app.post("/api/v1/passkeys/challenges").cookie(&owner).send().await;
        assert_eq!(asked.outcome(), "409 passkeys-not-here");
        let asked = app.post("/api/v1/session/passkey-challenges").send().await;
        assert_eq!(asked.outcome(), "409 passkeys-not-here");
    })
    .await;
}

#[tokio::test]
async fn trying_passkeys_is_slowed_down() {
    each_fair(async |app| {
        for _ in 0..60 {
            assert_eq!(use_it(&app, json!({})).await.outcome(), "422 passkey-unreadable");
        }
        assert_eq!(use_it(&app, json!({})).await.outcome(), "429 too-many-tries");
    })
    .await;
}
