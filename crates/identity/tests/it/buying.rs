//! Buyers: met once, let in by a link.

use std::time::Duration;

use identity::{BuyerDetails, BuyerError};
use serde_json::json;

use crate::app::{App, buyer, each_app};

async fn link_for(app: &App, email: &str) -> Option<String> {
    let ask = json!({"email": email, "lang": "es", "next": "/e/0197?lang=es"});
    assert_eq!(app.post("/api/v1/session/magic-links").json(ask).await.outcome(), "202");
    let text = app.last_mail().await?.body.text;
    let (_, rest) = text.split_once("http://fair.example/sign-in#token=")?;
    Some(rest.split(['&', '\n']).next()?.to_owned())
}

async fn redeem(app: &App, token: &str) -> crate::app::Answer {
    app.post("/api/v1/session/magic").json(json!({"token": token})).await
}

#[tokio::test]
async fn a_buyer_is_met_once_however_often_they_come() {
    each_app(async |app| {
        let txn = app.db.write().await.unwrap();
        let first = app.identity.buyers.meet(&txn, &buyer("ana@garcia.example")).await.unwrap();
        let renamed =
            BuyerDetails { name: "Someone else".into(), company: "Other".into(), ..buyer(" ANA@garcia.example") };
        let again = app.identity.buyers.meet(&txn, &renamed).await.unwrap();
        assert_eq!(first, again);
        txn.commit().await.unwrap();
        let kept = app.identity.buyers.get(first.1).await.unwrap().unwrap();
        assert_eq!(kept, buyer("ana@garcia.example"), "an unproven claim changes nothing");
    })
    .await;
}

#[tokio::test]
async fn two_orders_at_once_meet_one_buyer() {
    each_app(async |app| {
        let meet = async || {
            let txn = app.db.write().await.unwrap();
            let met = app.identity.buyers.meet(&txn, &buyer("ana@garcia.example")).await.unwrap();
            txn.commit().await.unwrap();
            met
        };
        let (a, b, c) = tokio::join!(Box::pin(meet()), Box::pin(meet()), Box::pin(meet()));
        assert_eq!((a, b), (b, c));
    })
    .await;
}

#[tokio::test]
async fn a_buyer_who_says_nonsense_is_told_where() {
    each_app(async |app| {
        let txn = app.db.write().await.unwrap();
        let meet = async |details: BuyerDetails| app.identity.buyers.meet(&txn, &details).await.unwrap_err();
        let good = || buyer("ana@garcia.example");
        assert!(matches!(meet(BuyerDetails { email: "ana".into(), ..good() }).await, BuyerError::BadEmail));
        assert!(matches!(meet(BuyerDetails { country: "Spain".into(), ..good() }).await, BuyerError::BadCountry));
        assert!(matches!(meet(BuyerDetails { name: " ".into(), ..good() }).await, BuyerError::BadName));
        assert!(matches!(meet(BuyerDetails { company: "x".repeat(121), ..good() }).await, BuyerError::BadCompany));
    })
    .await;
}

#[tokio::test]
async fn a_link_lets_a_buyer_in_once() {
    each_app(async |app| {
        app.meet("ana@garcia.example").await;
        let token = link_for(&app, "Ana@García.example".replace('í', "i").as_str()).await.unwrap();
        let mail = app.last_mail().await.unwrap();
        assert_eq!(mail.body.subject, "Su enlace de acceso a Ningbo Toys");
        assert!(mail.body.text.contains("&next=%2Fe%2F0197%3Flang%3Des"), "{}", mail.body.text);

        let entered = redeem(&app, &token).await;
        assert_eq!(entered.outcome(), "204");
        let session = app.session(&entered.cookie()).await;
        assert_eq!((&session["who"], &session["name"]), (&json!("buyer"), &json!("Ana García")));
        assert_eq!(session["company"]["name"], "Juguetes García");
        assert_eq!(redeem(&app, &token).await.outcome(), "401 link-used-or-over");
    })
    .await;
}

#[tokio::test]
async fn a_link_is_over_after_half_an_hour() {
    each_app(async |app| {
        app.meet("ana@garcia.example").await;
        let token = link_for(&app, "ana@garcia.example").await.unwrap();
        app.clock.advance(Duration::from_mins(30));
        assert_eq!(redeem(&app, &token).await.outcome(), "401 link-used-or-over");
        assert_eq!(redeem(&app, "made up").await.outcome(), "401 link-used-or-over");
    })
    .await;
}

#[tokio::test]
async fn asking_for_a_strangers_link_tells_nothing_and_sends_nothing() {
    each_app(async |app| {
        assert_eq!(link_for(&app, "nobody@garcia.example").await, None);
        let ask = json!({"email": "no address", "lang": "es"});
        assert_eq!(app.post("/api/v1/session/magic-links").json(ask).await.outcome(), "422 bad-field");
    })
    .await;
}

#[tokio::test]
async fn one_address_asks_for_so_many_links_at_once() {
    each_app(async |app| {
        let ask = async |from: &str, nth: u32| {
            let ask = json!({"email": format!("b{nth}@x.example"), "lang": "es"});
            app.post("/api/v1/session/magic-links").peer(from).json(ask).await.outcome()
        };
        for nth in 0..20 {
            assert_eq!(ask("192.0.2.66:1", nth).await, "202");
        }
        assert_eq!(ask("192.0.2.66:1", 20).await, "429 too-many-tries");
        assert_eq!(ask("192.0.2.1:1", 20).await, "202");
    })
    .await;
}

#[tokio::test]
async fn one_mailbox_is_not_flooded_with_links() {
    each_app(async |app| {
        app.meet("ana@garcia.example").await;
        let ask = async || {
            app.post("/api/v1/session/magic-links").json(json!({"email": "ana@garcia.example", "lang": "es"})).await
        };
        for _ in 0..3 {
            assert_eq!(ask().await.outcome(), "202");
        }
        assert_eq!(ask().await.outcome(), "429 too-many-tries");
    })
    .await;
}
