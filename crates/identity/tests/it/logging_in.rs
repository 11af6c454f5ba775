//! Sessions by password.

use std::time::Duration;

use axum::http::{Method, header};
use identity::Role;
use kernel::Clock as _;
use kernel::testing::clock;
use serde_json::json;

use crate::app::{PASSWORD, each_app, each_app_with};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_person_logs_in_and_is_known_until_they_log_out() {
    each_app(async |app| {
        let answer = app.log_in("OWNER", PASSWORD).await;
        assert_eq!(answer.outcome(), "204");
        let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(set.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"), "{set}");
        let cookie = answer.cookie();
        assert_eq!(cookie.len(), "lf_session=".len() + 64);

        let mut session = app.session(&cookie).await;
        session["person"]["id"] = json!("…");
        session["org"]["id"] = json!("…");
        assert_eq!(session["rights"].as_array().unwrap().len(), 16);
        session["rights"] = json!("all");
        assert_eq!(
            session,
            json!({
                "who": "person", "name": "owner", "rights": "all", "set_up": true,
                "org": {"id": "…", "name": "Ningbo Toys", "kind": "seller"},
                "person": {"id": "…", "name": "owner", "email": "owner@ningbo.example", "locale": "zh-CN", "time_zone": "Asia/Shanghai"},
            })
        );

        let out = app.call(Method::DELETE, "/api/v1/session").cookie(&cookie).send().await;
        assert!(out.headers[header::SET_COOKIE].to_str().unwrap().starts_with("lf_session=; Path=/; Max-Age=0"));
        assert_eq!(app.session(&cookie).await, json!({"who": "anyone", "name": "", "rights": [], "set_up": true}));
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_read_alike() {
    each_app(async |app| {
        let (wrong, unknown) = (app.log_in("owner", "wrong password").await, app.log_in("nobody", PASSWORD).await);
        assert_eq!(wrong.outcome(), "401 wrong-email-or-password");
        assert_eq!(wrong.body, unknown.body);
        let nonsense = app.post("/api/v1/session").json(json!({"email": "no address", "password": ""})).await;
        assert_eq!(nonsense.body, unknown.body);
    })
    .await;
}

#[tokio::test]
async fn guessing_one_persons_password_is_slowed_down_and_waiting_helps() {
    each_app(async |app| {
        for _ in 0..6 {
            assert_eq!(app.log_in("owner", "guess").await.outcome(), "401 wrong-email-or-password");
        }
        let refused = app.log_in("owner", PASSWORD).await;
        assert_eq!(refused.outcome(), "429 too-many-tries");
        assert_eq!(
            (refused.body["retry_after_s"].as_u64(), &refused.headers["retry-after"]),
            (Some(30), &"30".parse().unwrap())
        );
        app.clock.advance(Duration::from_secs(30));
        assert_eq!(app.log_in("owner", PASSWORD).await.outcome(), "204");
    })
    .await;
}

#[tokio::test]
async fn whoever_guesses_at_an_owner_does_not_keep_them_out() {
    each_app(async |app| {
        let start = |password: &str| json!({"email": "owner@ningbo.example", "password": password});
        let log_in = async |peer: &str, password| app.post("/api/v1/session").peer(peer).json(start(password)).await;
        for _ in 0..6 {
            assert_eq!(log_in("192.0.2.66:1", "guess").await.outcome(), "401 wrong-email-or-password");
        }
        assert_eq!(log_in("192.0.2.66:1", "guess").await.outcome(), "429 too-many-tries");
        let owner = log_in("192.0.2.1:1", PASSWORD).await;
        assert_eq!(owner.outcome(), "204");
        let change = json!({"old": PASSWORD, "new": "another long password"});
        let changed = app.call(Method::PUT, "/api/v1/account/password").cookie(&owner.cookie()).json(change).await;
        assert_eq!(changed.outcome(), "204");
    })
    .await;
}

#[tokio::test]
async fn one_address_guessing_at_many_is_slowed_down_and_others_are_not() {
    each_app_with(
        |settings| settings.trusted_proxies = vec!["10.0.0.1".parse().unwrap()],
        async |app| {
            let try_as = async |email: String, forwarded: &str| {
                let call = app.post("/api/v1/session").peer("10.0.0.1:4711").with("x-forwarded-for", forwarded);
                call.json(json!({"email": email, "password": ""})).await.outcome()
            };
            for nth in 0..30 {
                // What the client itself writes in front changes nothing.
                let forwarded = format!("192.0.2.{nth}, 198.51.100.7");
                assert_eq!(try_as(format!("p{nth}@x.example"), &forwarded).await, "401 wrong-email-or-password");
            }
            assert_eq!(try_as("p31@x.example".into(), "198.51.100.7").await, "429 too-many-tries");
            assert_eq!(try_as("p31@x.example".into(), "198.51.100.8").await, "401 wrong-email-or-password");
        },
    )
    .await;
}

#[tokio::test]
async fn what_a_client_writes_before_an_entry_of_a_proxy_is_never_believed() {
    each_app_with(
        |settings| settings.trusted_proxies = vec!["10.0.0.1".parse().unwrap()],
        async |app| {
            let written: [fn(u16) -> String; 3] = [
                |port| format!("198.51.100.7:{port}"),
                |port| format!("[2001:db8::7]:{port}"),
                |_| "unknown".to_owned(),
            ];
            for by_the_proxy in written {
                let knock = async |nth: u16| {
                    let forwarded = format!("192.0.2.{nth}, {}", by_the_proxy(4000 + nth));
                    let call = app.post("/api/v1/session").peer("10.0.0.1:4711").with("x-forwarded-for", &forwarded);
                    call.json(json!({"email": format!("p{nth}"), "password": ""})).await.outcome()
                };
                for nth in 0..30 {
                    assert_eq!(knock(nth).await, "401 wrong-email-or-password");
                }
                assert_eq!(knock(31).await, "429 too-many-tries", "{}", by_the_proxy(0));
            }
        },
    )
    .await;
}

#[tokio::test]
async fn a_session_rolls_on_while_used_and_ends_when_not() {
    each_app(async |app| {
        let (used, left) = (app.owner().await, app.owner().await);
        let start = clock().now();
        for day in 1..=4 {
            app.clock.set(start + DAY * (day * 9));
            let answer = app.get("/api/v1/session").cookie(&used).send().await;
            assert_eq!(answer.body["who"], "person", "day {day}");
            assert_eq!(answer.cookie(), used, "the browser keeps it longer, too");
            let again = app.get("/api/v1/session").cookie(&used).send().await;
            assert!(!again.headers.contains_key(header::SET_COOKIE), "once a day is enough");
        }
        assert_eq!(app.session(&left).await["who"], "anyone");
        assert_eq!(app.identity.sessions.sweep().await.unwrap(), 1);
        assert_eq!(app.session(&used).await["who"], "person");
    })
    .await;
}

#[tokio::test]
async fn an_answer_that_caches_hand_on_carries_no_session() {
    each_app(async |app| {
        let owner = app.owner().await;
        app.clock.advance(DAY * 2);
        let picture = app.get("/picture").cookie(&owner).send().await;
        assert!(!picture.headers.contains_key(header::SET_COOKIE));
        app.clock.advance(DAY * 2);
        assert_eq!(app.get("/api/v1/session").cookie(&owner).send().await.cookie(), owner);
    })
    .await;
}

#[tokio::test]
async fn logging_in_again_ends_the_session_before() {
    each_app(async |app| {
        let first = app.owner().await;
        let start = json!({"email": "owner@ningbo.example", "password": PASSWORD});
        let second = app.post("/api/v1/session").cookie(&first).json(start).await.cookie();
        assert_eq!(app.session(&first).await["who"], "anyone");
        assert_eq!(app.session(&second).await["who"], "person");
    })
    .await;
}

#[tokio::test]
async fn behind_https_the_cookie_is_secure() {
    let settle = |settings: &mut identity::Settings| {
        *settings = identity::Settings::new("https://fair.example".parse().unwrap());
    };
    each_app_with(settle, async |app| {
        let answer = app.log_in("owner", PASSWORD).await;
        assert!(answer.headers[header::SET_COOKIE].to_str().unwrap().ends_with("; Secure"));
    })
    .await;
}

#[tokio::test]
async fn the_database_keeps_no_token_and_no_password() {
    each_app(async |app| {
        let cookie = app.member("host", &[Role::Host]).await;
        let token = cookie.strip_prefix("lf_session=").unwrap();
        assert!(app.identity.sessions.find(token).await.unwrap().is_some());
        let hash = kernel::secret::token_hash(token);
        assert!(app.identity.sessions.find(&hash).await.unwrap().is_none(), "what is stored opens nothing");
        let tokens = app.stored("SELECT token_hash FROM session").await;
        assert!(tokens.contains(&hash) && !tokens.iter().any(|kept| kept == token), "{tokens:?}");
        let passwords = app.stored("SELECT password_hash FROM person").await;
        assert!(
            passwords.iter().all(|kept| kept.starts_with("$argon2id$") && !kept.contains(PASSWORD)),
            "{passwords:?}"
        );
    })
    .await;
}
