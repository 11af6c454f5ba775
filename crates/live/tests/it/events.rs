use std::time::Duration;

use kernel::id::OrgId;
use kernel::{Actor, Clock, Right};
use serde_json::{Value, json};

use crate::{crew_of, each_house, plan};

#[tokio::test]
async fn a_planned_event_is_shown_once_it_is_scheduled() {
    each_house(|house| async move {
        let event = house.draft().await;
        let path = format!("/api/v1/shows/{event}?lang=zh-CN");
        assert_eq!(house.public(&path).await.0, 404);
        assert_eq!(house.moved(&event, "scheduled").await.0, 200);
        let (status, show) = house.public(&path).await;
        assert_eq!(
            (status, &show["title"], &show["lang"], &show["text"]),
            (200, &json!("益智玩具"), &json!("zh-CN"), &json!("Live from Ningbo"))
        );
        assert_eq!(show["org_name"], "Ningbo Huamao");
        let listed = &house.public("/api/v1/shows").await.1["items"][0];
        assert_eq!((&listed["id"], &listed["org_name"]), (&json!(event), &json!("Ningbo Huamao")));
        assert_eq!(house.moved(&event, "cancelled").await.0, 200);
        assert_eq!(house.public("/api/v1/shows").await.1["items"], json!([]));
    })
    .await;
}

#[tokio::test]
async fn what_comes_is_listed_by_its_start_and_apart_from_what_is_over() {
    each_house(|house| async move {
        let (over, ..) = house.on_air().await;
        assert_eq!(house.moved(&over, "ended").await.0, 200);
        let mut coming = Vec::new();
        for minutes in [90, 60, 60, 120] {
            let at = house.clock.now() + Duration::from_mins(minutes);
            let id = house.crew("POST", "/api/v1/events", plan(at)).await.1["id"].as_str().unwrap().to_owned();
            assert_eq!(house.moved(&id, "scheduled").await.0, 200);
            coming.push(id);
        }
        let ids = |listed: &Value| -> Vec<Value> {
            listed["items"].as_array().unwrap().iter().map(|show| show["id"].clone()).collect()
        };
        let (_, first) = house.public("/api/v1/shows?when=coming&limit=2").await;
        assert_eq!(ids(&first), [coming[1].as_str(), coming[2].as_str()]);
        let next = first["next"].as_str().unwrap();
        let (_, second) = house.public(&format!("/api/v1/shows?when=coming&limit=2&after={next}")).await;
        assert_eq!((ids(&second), &second["next"]), (vec![json!(coming[0]), json!(coming[3])], &Value::Null));
        assert_eq!(ids(&house.public("/api/v1/shows?when=past").await.1), [over.as_str()]);
        assert_eq!(house.public("/api/v1/shows?when=coming&after=x").await.0, 400);
        assert_eq!(house.public("/api/v1/shows?when=now").await.0, 400);
    })
    .await;
}

#[tokio::test]
async fn a_move_is_refused_when_illegal_stale_or_without_the_right() {
    each_house(|house| async move {
        let event = house.draft().await;
        let path = format!("/api/v1/events/{event}/transitions");
        let (status, refused) = house.crew("POST", &path, json!({"to": "live", "from_version": 1})).await;
        assert_eq!((status, &refused["type"]), (409, &json!("/problems/illegal-transition")));
        let (_, refused) = house.crew("POST", &path, json!({"to": "interrupted", "from_version": 1})).await;
        assert_eq!(refused["type"], "/problems/illegal-transition");
        let (status, refused) = house.crew("POST", &path, json!({"to": "scheduled", "from_version": 9})).await;
        assert_eq!((status, &refused["version"], &refused["state"]), (409, &json!(1), &json!("draft")));
        let helper = Actor { rights: kernel::actor::Rights::of(&[Right::RunShow]), ..house.crew.clone() };
        let body = json!({"to": "scheduled", "from_version": 1});
        assert_eq!(house.call(&helper, "POST", &path, body.clone()).await.0, 403);
        assert_eq!(house.call(&Actor::anyone(), "POST", &path, body.clone()).await.0, 401);
        assert_eq!(house.call(&crew_of(OrgId::new()), "POST", &path, body).await.0, 404);
        assert_eq!(house.state(&event).await, "draft");
    })
    .await;
}

#[tokio::test]
async fn racing_moves_have_one_winner() {
    each_house(|house| async move {
        let event = house.draft().await;
        let path = format!("/api/v1/events/{event}/transitions");
        let moves: Vec<_> = (0..8)
            .map(|_| {
                let (house, path) = (house.clone(), path.clone());
                tokio::spawn(
                    async move { house.crew("POST", &path, json!({"to": "scheduled", "from_version": 1})).await.0 },
                )
            })
            .collect();
        let mut won = 0;
        for one in moves {
            won += u32::from(one.await.unwrap() == 200);
        }
        assert_eq!(won, 1);
        let states = house.told().await.into_iter().filter(|(name, _)| name == "live.event.state").count();
        assert_eq!(states, 2);
    })
    .await;
}

#[tokio::test]
async fn a_plan_that_lacks_something_is_not_announced() {
    each_house(|house| async move {
        let mut late = plan(house.clock.now());
        late["title"] = json!({"es": "Juguetes"});
        let (_, event) = house.crew("POST", "/api/v1/events", late).await;
        let (status, refused) = house.moved(event["id"].as_str().unwrap(), "scheduled").await;
        assert_eq!((status, &refused["missing"]), (409, &json!(["title", "starts_at"])));
        for (field, value) in
            [("time_zone", json!("Ningbo")), ("markets", json!(["USA"])), ("title", json!({"en": "x".repeat(201)}))]
        {
            let mut bad = plan(house.clock.now());
            bad[field] = value;
            let (status, refused) = house.crew("POST", "/api/v1/events", bad).await;
            assert_eq!((status, &refused["field"]), (422, &json!(field)));
        }
    })
    .await;
}

#[tokio::test]
async fn the_checklist_turns_green_line_by_line_and_guards_going_live() {
    each_house(|house| async move {
        let event = house.draft().await;
        let path = format!("/api/v1/events/{event}/readiness");
        let red = |checks: Value| -> Vec<String> {
            let items = checks["items"].as_array().unwrap().clone();
            items
                .iter()
                .filter(|item| item["ok"] == false)
                .map(|item| item["key"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(red(house.crew("GET", &path, Value::Null).await.1), ["run_sheet", "stream_key", "stream"]);
        house.moved(&event, "scheduled").await;
        assert_eq!(house.moved(&event, "rehearsing").await.1["missing"], json!(["stream_key"]));
        let product = house.product("A").await;
        house.item(&event, json!({"product": product})).await;
        let key = house.key(&event).await;
        assert_eq!(house.moved(&event, "live").await.1["missing"], json!(["stream"]));
        let _publishing = house.publish(key["key"].as_str().unwrap()).await;
        house.crew("POST", &format!("/api/v1/products/{product}/pause"), Value::Null).await;
        assert_eq!(red(house.crew("GET", &path, Value::Null).await.1), ["products"]);
        house.crew("POST", &format!("/api/v1/products/{product}/publish"), Value::Null).await;
        assert_eq!(house.crew("GET", &path, Value::Null).await.1["ready"], true);
        assert_eq!(house.moved(&event, "live").await.1["state"], "live");
    })
    .await;
}

#[tokio::test]
async fn date_and_zone_are_fixed_once_the_event_runs() {
    each_house(|house| async move {
        let (event, _, _publishing) = house.on_air().await;
        let path = format!("/api/v1/events/{event}");
        let later = house.clock.now() + Duration::from_hours(2);
        assert_eq!(house.crew("PATCH", &path, json!({"starts_at": later})).await.1["type"], "/problems/event-fixed");
        assert_eq!(house.crew("PATCH", &path, json!({"text": {"en": "New words"}})).await.0, 200);
        assert_eq!(house.crew("PATCH", &path, json!({"version": 1, "text": {}})).await.0, 409);
        for (field, nothing) in [("title", json!({})), ("hosts", json!([]))] {
            let (status, refused) = house.crew("PATCH", &path, json!({field: nothing})).await;
            assert_eq!((status, &refused["missing"]), (409, &json!([field])), "it is on the air");
        }
    })
    .await;
}

#[tokio::test]
async fn others_do_not_see_an_event() {
    each_house(|house| async move {
        let event = house.draft().await;
        let neighbour = crew_of(OrgId::new());
        for path in ["", "/readiness", "/run_items", "/pins", "/stream-keys", "/stream", "/crew"] {
            let path = format!("/api/v1/events/{event}{path}");
            assert_eq!(house.call(&neighbour, "GET", &path, Value::Null).await.0, 404, "{path}");
            assert_eq!(house.public(&path).await.0, 401, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_crew_is_changed_on_its_version() {
    each_house(|house| async move {
        let event = house.draft().await;
        let path = format!("/api/v1/events/{event}/crew");
        let (_, crew) = house.crew("GET", &path, Value::Null).await;
        let hosts = json!([kernel::id::PersonId::new()]);
        let changed = house.crew("PUT", &path, json!({"hosts": hosts, "version": crew["version"]})).await;
        assert_eq!((changed.0, &changed.1["hosts"], &changed.1["version"]), (200, &hosts, &json!(2)));
        assert_eq!(house.crew("PUT", &path, json!({"hosts": [], "version": crew["version"]})).await.0, 409);
    })
    .await;
}
