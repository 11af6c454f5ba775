//! People, roles, API tokens, the organisation.

use std::time::Duration;

use axum::http::Method;
use identity::Role;
use kernel::Clock as _;
use kernel::id::OrgId;
use serde_json::json;

use crate::app::{App, PASSWORD, each_app};

async fn token(app: &App, cookie: &str, rights: &[&str]) -> String {
    let new = json!({"name": "stock sync", "rights": rights});
    let created = app.post("/api/v1/api-tokens").cookie(cookie).json(new).await;
    assert_eq!(created.outcome(), "201");
    created.body["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_owner_adds_people_and_says_what_they_may_do() {
    each_app(async |app| {
        let owner = app.owner().await;
        let new = json!({"name": "Li Na", "email": "Li@Ningbo.example", "password": PASSWORD, "roles": ["host", "host", "desk"]});
        let added = app.post("/api/v1/people").cookie(&owner).json(new.clone()).await;
        assert_eq!(added.outcome(), "201");
        assert_eq!((&added.body["email"], &added.body["roles"]), (&json!("li@ningbo.example"), &json!(["host", "desk"])));
        assert_eq!(added.body["time_zone"], "Asia/Shanghai");
        assert_eq!(app.post("/api/v1/people").cookie(&owner).json(new).await.outcome(), "409 email-taken");

        let li = app.log_in("li", PASSWORD).await.cookie();
        assert!(app.session(&li).await["rights"].as_array().unwrap().contains(&json!("go_live")));
        let path = format!("/api/v1/people/{}/roles", added.body["id"].as_str().unwrap());
        let changed = app.call(Method::PUT, &path).cookie(&owner).json(json!({"roles": ["observer"]})).await;
        assert_eq!(changed.body["roles"], json!(["observer"]));
        assert_eq!(app.session(&li).await["rights"], json!(["see_desk"]), "at once, in the running session");

        let people = app.get("/api/v1/people").cookie(&owner).send().await;
        let names: Vec<_> = people.body["items"].as_array().unwrap().iter().map(|p| p["name"].clone()).collect();
        assert_eq!(names, ["owner", "Li Na"]);
    })
    .await;
}

#[tokio::test]
async fn the_last_owner_stays_one() {
    each_app(async |app| {
        let owner = app.owner().await;
        let id = app.session(&owner).await["person"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/people/{id}/roles");
        let demote =
            async || app.call(Method::PUT, &path).cookie(&owner).json(json!({"roles": ["host"]})).await.outcome();
        assert_eq!(demote().await, "409 last-owner");
        app.member("second", &[Role::Owner]).await;
        assert_eq!(demote().await, "200");
        assert_eq!(demote().await, "403 right-missing");
    })
    .await;
}

#[tokio::test]
async fn a_person_who_is_removed_is_out_at_once_with_all_their_keys() {
    each_app(async |app| {
        let owner = app.owner().await;
        let second = app.member("second", &[Role::Owner]).await;
        let text = token(&app, &second, &["see_people"]).await;
        let id = app.session(&second).await["person"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/people/{id}");
        let remove = async |cookie: &str| app.call(Method::DELETE, &path).cookie(cookie).send().await.outcome();
        let host = app.member("host", &[Role::Host]).await;
        assert_eq!(remove(&host).await, "403 right-missing");
        assert_eq!(remove(&owner).await, "204");
        assert_eq!(app.session(&second).await["who"], "anyone");
        let used = app.get("/api/v1/people").with("authorization", &format!("Bearer {text}")).send().await;
        assert_eq!(used.outcome(), "401 no-such-token");
        assert_eq!(app.log_in("second", PASSWORD).await.outcome(), "401 wrong-email-or-password");
        assert_eq!(remove(&owner).await, "404 no-such-person");
        app.member("second", &[Role::Desk]).await;
    })
    .await;
}

#[tokio::test]
async fn an_owner_lets_in_a_member_who_forgot_their_password() {
    each_app(async |app| {
        let owner = app.owner().await;
        let host = app.member("host", &[Role::Host]).await;
        let id_of = async |cookie: &str| app.session(cookie).await["person"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/people/{}/password", id_of(&host).await);
        let reset = async |by: &str, password: &str| {
            app.call(Method::PUT, &path).cookie(by).json(json!({"password": password})).await.outcome()
        };
        let second = app.member("second", &[Role::Desk]).await;
        assert_eq!(reset(&second, "another long password").await, "403 right-missing");
        assert_eq!(reset(&owner, "short").await, "422 bad-field");
        assert_eq!(reset(&owner, "another long password").await, "204");
        assert_eq!(app.session(&host).await["who"], "anyone");
        assert_eq!(app.log_in("host", PASSWORD).await.outcome(), "401 wrong-email-or-password");
        assert_eq!(app.log_in("host", "another long password").await.outcome(), "204");

        let own = format!("/api/v1/people/{}/password", id_of(&owner).await);
        let new = json!({"password": "another long password"});
        assert_eq!(app.call(Method::PUT, &own).cookie(&owner).json(new.clone()).await.outcome(), "403 wrong-password");
        let bearer = format!("Bearer {}", token(&app, &owner, &["manage_org"]).await);
        let by_token = app.call(Method::PUT, &path).with("authorization", &bearer).json(new.clone()).await;
        assert_eq!(by_token.outcome(), "403 session-needed");
        let (_, other) = other_firm(&app).await;
        assert_eq!(reset(&other, "another long password").await, "404 no-such-person");
    })
    .await;
}

#[tokio::test]
async fn the_last_owner_cannot_be_removed_not_even_by_two_at_once() {
    each_app(async |app| {
        let owner = app.owner().await;
        let id_of = async |cookie: &str| app.session(cookie).await["person"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/people/{}", id_of(&owner).await);
        let remove = async |path: String, by: &str| app.call(Method::DELETE, &path).cookie(by).send().await.outcome();
        assert_eq!(remove(path.clone(), &owner).await, "409 last-owner");
        let second = app.member("second", &[Role::Owner]).await;
        let other = format!("/api/v1/people/{}", id_of(&second).await);
        let (a, b) = tokio::join!(remove(path, &second), remove(other, &owner));
        let mut outcomes = [a, b];
        outcomes.sort();
        assert_eq!(outcomes[0], "204");
        assert!(["401 log-in-needed", "409 last-owner"].contains(&outcomes[1].as_str()), "{outcomes:?}");
        let home = app.identity.orgs.home().await.unwrap().unwrap();
        assert_eq!(app.identity.people.of(home.id).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn who_may_not_manage_is_told_so() {
    each_app(async |app| {
        let host = app.member("host", &[Role::Host]).await;
        assert_eq!(app.get("/api/v1/people").send().await.outcome(), "401 log-in-needed");
        assert_eq!(app.get("/api/v1/people").cookie(&host).send().await.outcome(), "403 right-missing");
        assert_eq!(app.get("/api/v1/api-tokens").cookie(&host).send().await.outcome(), "403 right-missing");
        let change = app.call(Method::PATCH, "/api/v1/org").cookie(&host).json(json!({"name": "Mine"})).await;
        assert_eq!((change.outcome().as_str(), &change.body["right"]), ("403 right-missing", &json!("manage_org")));
        assert_eq!(app.get("/api/v1/org").cookie(&host).send().await.body["name"], "Ningbo Toys");
    })
    .await;
}

#[tokio::test]
async fn an_organisation_changes_what_it_is_asked_to_and_no_more() {
    each_app(async |app| {
        let owner = app.owner().await;
        let change = async |body| app.call(Method::PATCH, "/api/v1/org").cookie(&owner).json(body).await;
        let changed = change(json!({"name": "Ningbo Toys & Co"})).await;
        assert_eq!((&changed.body["name"], &changed.body["country"]), (&json!("Ningbo Toys & Co"), &json!("CN")));
        assert_eq!(change(json!({"country": "??"})).await.outcome(), "422 bad-field");
        assert_eq!(app.get("/api/v1/org").cookie(&owner).send().await.body, changed.body);
    })
    .await;
}

#[tokio::test]
async fn a_token_does_what_it_was_made_for_and_no_more() {
    each_app(async |app| {
        let owner = app.owner().await;
        let token = format!("Bearer {}", token(&app, &owner, &["see_people"]).await);
        let with_token = |path| app.get(path).with("authorization", &token);
        assert_eq!(with_token("/api/v1/people").send().await.outcome(), "200");
        assert_eq!(with_token("/api/v1/api-tokens").send().await.outcome(), "403 right-missing");
        // A token needs no proof that no other site forged the request, and cookies beside it lend it nothing.
        let new = json!({"name": "x", "email": "x@x.example", "password": PASSWORD, "roles": ["host"]});
        let post = app.post("/api/v1/people").with("authorization", &token).with("cookie", &owner);
        assert_eq!(post.with("origin", "https://shop.example").json(new).await.outcome(), "403 right-missing");

        let listed = app.get("/api/v1/api-tokens").cookie(&owner).send().await;
        let item = &listed.body["items"][0];
        assert_eq!((&item["rights"], &item["token"]), (&json!(["see_people"]), &json!(null)));
        assert_eq!(item["last_used_at"], app.clock.now().to_string());
    })
    .await;
}

#[tokio::test]
async fn a_token_ends_when_revoked_when_it_runs_out_and_with_its_makers_rights() {
    each_app(async |app| {
        let owner = app.owner().await;
        let second = app.member("second", &[Role::Owner]).await;
        let text = token(&app, &second, &["see_people"]).await;
        let use_it =
            async || app.get("/api/v1/people").with("authorization", &format!("Bearer {text}")).send().await.outcome();
        assert_eq!(use_it().await, "200");
        let id = app.session(&second).await["person"]["id"].as_str().unwrap().to_owned();
        app.call(Method::PUT, &format!("/api/v1/people/{id}/roles"))
            .cookie(&owner)
            .json(json!({"roles": ["host"]}))
            .await;
        assert_eq!(use_it().await, "403 right-missing");

        let listed = app.get("/api/v1/api-tokens").cookie(&owner).send().await;
        let path = format!("/api/v1/api-tokens/{}", listed.body["items"][0]["id"].as_str().unwrap());
        assert_eq!(app.call(Method::DELETE, &path).cookie(&owner).send().await.outcome(), "204");
        assert_eq!(app.call(Method::DELETE, &path).cookie(&owner).send().await.outcome(), "404 no-such-token");
        assert_eq!(use_it().await, "401 no-such-token");

        let soon = (app.clock.now() + Duration::from_mins(1)).to_string();
        let new = json!({"name": "short", "rights": ["see_people"], "expires_at": soon});
        let short =
            app.post("/api/v1/api-tokens").cookie(&owner).json(new).await.body["token"].as_str().unwrap().to_owned();
        let use_short =
            async || app.get("/api/v1/people").with("authorization", &format!("Bearer {short}")).send().await.outcome();
        assert_eq!(use_short().await, "200");
        app.clock.advance(Duration::from_mins(1));
        assert_eq!(use_short().await, "401 no-such-token");
    })
    .await;
}

#[tokio::test]
async fn a_token_cannot_make_a_stronger_one() {
    each_app(async |app| {
        let owner = app.owner().await;
        let token = token(&app, &owner, &["manage_org"]).await;
        let new = json!({"name": "more", "rights": ["manage_org", "go_live"]});
        let made = app.post("/api/v1/api-tokens").with("authorization", &format!("Bearer {token}")).json(new).await;
        assert_eq!((made.outcome().as_str(), &made.body["right"]), ("403 right-missing", &json!("go_live")));
    })
    .await;
}

/// A second firm in the house, with an owner.
async fn other_firm(app: &App) -> (OrgId, String) {
    let id = app.insert_org("Yiwu Gifts").await;
    (id, app.member_of(id, "yiwu", &[Role::Owner]).await)
}

#[tokio::test]
async fn firms_see_and_change_only_their_own() {
    each_app(async |app| {
        let (owner, (_, other)) = (app.owner().await, other_firm(&app).await);
        let host = app.member("host", &[Role::Host]).await;
        let id = app.session(&host).await["person"]["id"].as_str().unwrap().to_owned();
        let text = token(&app, &owner, &["see_people"]).await;

        let people = app.get("/api/v1/people").cookie(&other).send().await.body;
        let names: Vec<_> = people["items"].as_array().unwrap().iter().map(|person| person["name"].clone()).collect();
        assert_eq!(names, ["yiwu"]);
        let roles = app.call(Method::PUT, &format!("/api/v1/people/{id}/roles")).cookie(&other);
        assert_eq!(roles.json(json!({"roles": ["desk"]})).await.outcome(), "404 no-such-person");
        let remove = app.call(Method::DELETE, &format!("/api/v1/people/{id}")).cookie(&other);
        assert_eq!(remove.send().await.outcome(), "404 no-such-person");
        let tokens = app.get("/api/v1/api-tokens").cookie(&other).send().await.body;
        assert_eq!(tokens["items"], json!([]));
        let listed = app.get("/api/v1/api-tokens").cookie(&owner).send().await.body;
        let path = format!("/api/v1/api-tokens/{}", listed["items"][0]["id"].as_str().unwrap());
        let revoke = app.call(Method::DELETE, &path).cookie(&other).send().await;
        assert_eq!(revoke.outcome(), "404 no-such-token");
        let used = app.get("/api/v1/people").with("authorization", &format!("Bearer {text}")).send().await;
        assert_eq!(used.outcome(), "200");
    })
    .await;
}

#[tokio::test]
async fn somebody_of_two_firms_is_in_each_what_that_firm_says() {
    each_app(async |app| {
        let (_, other) = other_firm(&app).await;
        let second = app.member("second", &[Role::Host]).await;
        let id = app.session(&second).await["person"]["id"].as_str().unwrap().to_owned();
        let text = token(&app, &other, &["manage_org", "see_people"]).await;
        app.join(&id, "Yiwu Gifts", Role::Observer).await;

        let path = format!("/api/v1/people/{id}/roles");
        let changed = app.call(Method::PUT, &path).cookie(&other).json(json!({"roles": ["desk"]})).await;
        assert_eq!(changed.body["roles"], json!(["desk"]), "and not what the first firm says");
        let yiwu = app.session(&other).await["person"]["id"].as_str().unwrap().to_owned();
        app.join(&yiwu, "Ningbo Toys", Role::Host).await;
        let used = app.get("/api/v1/org").with("authorization", &format!("Bearer {text}")).send().await;
        assert_eq!(used.body["name"], "Yiwu Gifts", "a token acts for the firm it was made for");
    })
    .await;
}

#[tokio::test]
async fn a_token_makes_nobody_stronger_than_itself() {
    each_app(async |app| {
        let owner = app.owner().await;
        app.member("host", &[Role::Host]).await;
        let bearer = format!("Bearer {}", token(&app, &owner, &["manage_org", "see_people", "see_desk"]).await);
        let new = |role: &str| json!({"name": role, "email": format!("{role}@x.example"), "password": PASSWORD, "roles": [role]});
        let add =
            async |role| app.post("/api/v1/people").with("authorization", &bearer).json(new(role)).await.outcome();
        assert_eq!(add("owner").await, "403 right-missing");
        assert_eq!(add("observer").await, "201");
        let people = app.get("/api/v1/people").with("authorization", &bearer).send().await.body;
        let host = people["items"].as_array().unwrap().iter().find(|person| person["name"] == "host").unwrap();
        let path = format!("/api/v1/people/{}/roles", host["id"].as_str().unwrap());
        let call = app.call(Method::PUT, &path).with("authorization", &bearer);
        let raised = call.json(json!({"roles": ["owner"]})).await;
        assert_eq!(raised.outcome(), "403 right-missing");
    })
    .await;
}

#[tokio::test]
async fn what_a_token_makes_ends_no_later_than_it() {
    each_app(async |app| {
        let owner = app.owner().await;
        let at = |minutes| app.clock.now() + Duration::from_mins(minutes);
        let new = |end| json!({"name": "sync", "rights": ["manage_org"], "expires_at": end});
        let first = app.post("/api/v1/api-tokens").cookie(&owner).json(new(Some(at(10)))).await.body;
        let bearer = format!("Bearer {}", first["token"].as_str().unwrap());
        for (asked, given) in [(None, at(10)), (Some(at(20)), at(10)), (Some(at(5)), at(5))] {
            let made = app.post("/api/v1/api-tokens").with("authorization", &bearer).json(new(asked)).await;
            assert_eq!(made.body["expires_at"], json!(given));
        }
    })
    .await;
}
