//! The first owner, made by whoever holds the printed code.

use identity::OrgKind;
use serde_json::{Value, json};

use crate::app::{App, PASSWORD, each_app, each_empty_app, firm, new_person};

fn set_up(code: &str) -> Value {
    set_up_as("seller", code)
}

fn set_up_as(kind: &str, code: &str) -> Value {
    json!({
        "code": code, "name": "Gu Wei", "email": "gu@ningbo.example", "password": PASSWORD,
        "org": {"name": "Ningbo Toys", "kind": kind, "country": "CN", "time_zone": "Asia/Shanghai"},
    })
}

async fn try_code(app: &App, code: &str) -> crate::app::Answer {
    app.post("/api/v1/setup").json(set_up(code)).await
}

#[tokio::test]
async fn the_code_makes_the_owner_once_and_logs_them_in() {
    each_empty_app(async |app| {
        assert_eq!(app.get("/api/v1/session").send().await.body["set_up"], false);
        assert_eq!(try_code(&app, "000000000000").await.outcome(), "403 wrong-set-up-code");
        let code = app.identity.first_run.code().expose().clone();
        let done = try_code(&app, &format!(" {} ", code.to_uppercase())).await;
        assert_eq!(done.outcome(), "204");
        let session = app.session(&done.cookie()).await;
        assert_eq!(
            (&session["name"], &session["org"]["name"], &session["set_up"]),
            (&json!("Gu Wei"), &json!("Ningbo Toys"), &json!(true))
        );
        assert_eq!(try_code(&app, &code).await.outcome(), "409 set-up-already");
    })
    .await;
}

#[tokio::test]
async fn two_who_set_up_at_once_make_one_owner() {
    each_empty_app(async |app| {
        let code = app.identity.first_run.code().expose().clone();
        let (a, b) = tokio::join!(try_code(&app, &code), try_code(&app, &code));
        let mut outcomes = [a.outcome(), b.outcome()];
        outcomes.sort();
        assert_eq!(outcomes, ["204", "409 set-up-already"]);
        let home = app.identity.orgs.home().await.unwrap().unwrap();
        assert_eq!(app.identity.people.of(home.id).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_set_up_with_a_bad_field_names_it_and_changes_nothing() {
    each_empty_app(async |app| {
        let code = app.identity.first_run.code().expose().clone();
        for (field, path, value) in [
            ("country", "/org/country", "China"),
            ("time_zone", "/org/time_zone", "Beijing"),
            ("password", "/password", "short"),
            ("email", "/email", "gu"),
            ("name", "/name", " "),
        ] {
            let mut body = set_up(&code);
            *body.pointer_mut(path).unwrap() = json!(value);
            let answer = app.post("/api/v1/setup").json(body).await;
            assert_eq!((answer.outcome().as_str(), &answer.body["field"]), ("422 bad-field", &json!(field)));
        }
        assert_eq!(app.identity.orgs.home().await.unwrap(), None);
        assert_eq!(try_code(&app, &code).await.outcome(), "204");
    })
    .await;
}

#[tokio::test]
async fn an_owner_made_by_command_ends_the_first_run() {
    each_empty_app(async |app| {
        let without = app.identity.people.create_owner(None, new_person("gu", &[])).await;
        assert!(without.is_err(), "an owner needs a firm");
        let owner = app.identity.people.create_owner(Some(firm()), new_person("gu", &[])).await.unwrap();
        assert_eq!(owner.roles, [identity::Role::Owner]);
        let code = app.identity.first_run.code().expose().clone();
        assert_eq!(try_code(&app, &code).await.outcome(), "409 set-up-already");
    })
    .await;
}

#[tokio::test]
async fn an_academy_is_at_home_in_its_house() {
    each_empty_app(async |app| {
        let code = app.identity.first_run.code().expose().clone();
        assert_eq!(app.post("/api/v1/setup").json(set_up_as("academy", &code)).await.outcome(), "204");
        let home = app.identity.orgs.home().await.unwrap().unwrap();
        assert_eq!(home.kind, OrgKind::Academy);
        let second = app.identity.people.create_owner(Some(firm()), new_person("second", &[])).await.unwrap();
        assert_eq!(second.org, Some(home.id));
        app.meet("ana@garcia.example").await;
        let ask = json!({"email": "ana@garcia.example", "lang": "es"});
        assert_eq!(app.post("/api/v1/session/magic-links").json(ask).await.outcome(), "202");
        assert!(app.last_mail().await.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_second_owner_by_command_joins_the_same_firm() {
    each_app(async |app| {
        let second = app.identity.people.create_owner(None, new_person("second", &[])).await.unwrap();
        let home = app.identity.orgs.home().await.unwrap().unwrap();
        assert_eq!(second.org, Some(home.id));
        assert_eq!(app.identity.people.of(home.id).await.unwrap().len(), 2);
    })
    .await;
}
