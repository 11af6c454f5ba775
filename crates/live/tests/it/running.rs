use std::time::Duration;

use kernel::Clock;
use kernel::id::{OrgId, ProductId};
use media::{RecordingState, StreamState};
use serde_json::{Value, json};

use crate::{crew_of, each_house};

#[tokio::test]
async fn one_item_is_on_the_air_and_pins_its_product() {
    each_house(|house| async move {
        let (event, first, _publishing) = house.on_air().await;
        let (b, c) = (house.product("B").await, house.product("C").await);
        let second = house.item(&event, json!({"product": b, "target_minutes": 8})).await;
        house.told().await;
        let to = |item: &str, to: &str| {
            let (house, path, body) =
                (house.clone(), format!("/api/v1/run_items/{item}/transitions"), json!({"to": to}));
            async move { house.crew("POST", &path, body).await }
        };
        assert_eq!(to(&first, "on_air").await.1["title"], "Bricks");
        let (_, show) = house.public(&format!("/api/v1/shows/{event}")).await;
        assert_eq!((&show["on_air"], &show["pins"][0]), (&show["products"][0], &show["products"][0]));
        assert_eq!(to(&second, "on_air").await.0, 200);
        let (_, sheet) = house.crew("GET", &format!("/api/v1/events/{event}/run_items"), Value::Null).await;
        assert_eq!((&sheet["items"][0]["state"], &sheet["items"][1]["state"]), (&json!("done"), &json!("on_air")));
        assert_eq!(to(&second, "skipped").await.0, 409);
        let names: Vec<String> = house.told().await.into_iter().map(|(name, _)| name).collect();
        let on_air = ["live.pin.changed", "live.run_item.started"];
        let expected = [&on_air[..], &["live.run_item.finished"], &on_air[..]].concat();
        assert_eq!(names.len(), expected.len());
        for name in expected {
            assert!(names.iter().any(|told| told == name), "{name}");
        }
        // Pinned by hand, the pins stay.
        let pins = format!("/api/v1/events/{event}/pins");
        assert_eq!(house.crew("PUT", &pins, json!({"products": [c], "version": 0})).await.0, 409);
        let (status, pinned) = house.crew("PUT", &pins, json!({"products": [c], "version": 2})).await;
        assert_eq!((status, &pinned["version"]), (200, &json!(3)));
        assert_eq!(to(&first, "on_air").await.0, 200);
        assert_eq!(house.crew("GET", &pins, Value::Null).await.1, json!({"products": [c], "version": 3}));
    })
    .await;
}

#[tokio::test]
async fn going_live_begins_a_new_show_and_coming_back_does_not() {
    each_house(|house| async move {
        let event = house.draft().await;
        let product = house.product("A").await;
        house.item(&event, json!({"product": product})).await;
        assert_eq!(house.moved(&event, "scheduled").await.0, 200);
        let key = house.key(&event).await;
        let publishing = house.publish(key["key"].as_str().unwrap()).await;
        let rehearsal = publishing.stream().show_id();
        assert_eq!(house.moved(&event, "live").await.0, 200);
        let show = publishing.stream().show_id();
        assert_ne!(show, rehearsal, "what was rehearsed lies under another path");
        let began = house.clock.now();
        house.clock.advance(Duration::from_secs(10));
        house.streams.tick(house.clock.now());
        house.live.follow_due(began).await.unwrap();
        assert_eq!(house.state(&event).await, "interrupted");
        house.frame(&publishing);
        house.live.follow_due(began).await.unwrap();
        assert_eq!(house.state(&event).await, "live");
        assert_eq!(publishing.stream().show_id(), show);
    })
    .await;
}

#[tokio::test]
async fn pins_are_at_most_three_published_products() {
    each_house(|house| async move {
        let event = house.draft().await;
        let pins = format!("/api/v1/events/{event}/pins");
        let many: Vec<ProductId> = (0..4).map(|_| ProductId::new()).collect();
        let (status, refused) = house.crew("PUT", &pins, json!({"products": many, "version": 0})).await;
        assert_eq!((status, &refused["type"]), (422, &json!("/problems/too-many-pins")));
        let (status, refused) = house.crew("PUT", &pins, json!({"products": [ProductId::new()], "version": 0})).await;
        assert_eq!((status, &refused["type"]), (422, &json!("/problems/no-such-product")));
        let a = house.product("A").await;
        assert_eq!(house.crew("PUT", &pins, json!({"products": [a, a], "version": 0})).await.0, 422);
    })
    .await;
}

#[tokio::test]
async fn the_run_sheet_is_ordered_on_its_version() {
    each_house(|house| async move {
        let event = house.draft().await;
        let a = house.item(&event, json!({"title": "Welcome"})).await;
        let b = house.item(&event, json!({"title": {"zh-CN": "问答"}, "minutes": 5})).await;
        let order = format!("/api/v1/events/{event}/run_order");
        assert_eq!(house.crew("PUT", &order, json!({"items": [b, a], "version": 1})).await.0, 409);
        assert_eq!(house.crew("PUT", &order, json!({"items": [b, b], "version": 2})).await.0, 422);
        let (status, sheet) = house.crew("PUT", &order, json!({"items": [b, a], "version": 2})).await;
        assert_eq!((status, &sheet["items"][0]["title"], &sheet["version"]), (200, &json!("问答"), &json!(3)));
        let (_, changed) = house.crew("PATCH", &format!("/api/v1/run_items/{a}"), json!({"minutes": 3})).await;
        assert_eq!((&changed["title"], &changed["minutes"]), (&json!("Welcome"), &json!(3)));
        let path = format!("/api/v1/events/{event}/run_items");
        assert_eq!(house.crew("POST", &path, json!({"minutes": 3})).await.0, 422);
        assert_eq!(house.crew("POST", &path, json!({"product": ProductId::new()})).await.0, 422);
        let (status, refused) =
            house.crew("POST", &format!("/api/v1/run_items/{a}/transitions"), json!({"to": "on_air"})).await;
        assert_eq!((status, &refused["type"]), (409, &json!("/problems/event-not-running")));
    })
    .await;
}

#[tokio::test]
async fn an_item_leaves_the_sheet_unless_it_was_shown() {
    each_house(|house| async move {
        let (event, shown, _publishing) = house.on_air().await;
        let later = house.item(&event, json!({"title": "Questions"})).await;
        let path = |item: &str| format!("/api/v1/run_items/{item}");
        let on_air = json!({"to": "on_air"});
        assert_eq!(house.crew("POST", &format!("{}/transitions", path(&shown)), on_air).await.0, 200);
        let (status, refused) = house.crew("DELETE", &path(&shown), Value::Null).await;
        assert_eq!((status, &refused["type"]), (409, &json!("/problems/item-shown")));
        for to in ["skipped", "queued", "skipped"] {
            let moved = house.crew("POST", &format!("{}/transitions", path(&later)), json!({"to": to})).await;
            assert_eq!((moved.0, &moved.1["state"]), (200, &json!(to)));
        }
        assert_eq!(house.call(&crew_of(OrgId::new()), "DELETE", &path(&later), Value::Null).await.0, 404);
        assert_eq!(house.crew("DELETE", &path(&later), Value::Null).await.0, 204);
        assert_eq!(house.crew("DELETE", &path(&later), Value::Null).await.0, 404);
        let (_, sheet) = house.crew("GET", &format!("/api/v1/events/{event}/run_items"), Value::Null).await;
        assert_eq!(sheet["items"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn silence_interrupts_samples_resume_and_half_an_hour_of_it_ends() {
    each_house(|house| async move {
        let (event, item, publishing) = house.on_air().await;
        let began = house.clock.now();
        house.crew("POST", &format!("/api/v1/run_items/{item}/transitions"), json!({"to": "on_air"})).await;
        let look = || async {
            house.streams.tick(house.clock.now());
            house.live.follow_due(began).await.unwrap();
            house.state(&event).await
        };
        house.clock.advance(Duration::from_secs(9));
        assert_eq!(look().await, "live");
        house.clock.advance(Duration::from_secs(1));
        assert_eq!(look().await, "interrupted");
        house.frame(&publishing);
        assert_eq!(look().await, "live");
        house.clock.advance(Duration::from_secs(10));
        assert_eq!(look().await, "interrupted");
        house.clock.advance(Duration::from_mins(30));
        assert_eq!(look().await, "ended");
        let (_, sheet) = house.crew("GET", &format!("/api/v1/events/{event}/run_items"), Value::Null).await;
        assert_eq!(sheet["items"][0]["state"], "done");
        assert_eq!((look().await, look().await), (json!("processing"), json!("replay")));
        assert!(house.public(&format!("/api/v1/shows/{event}")).await.1["recording"].is_string());
        assert_eq!(house.moved(&event, "archived").await.0, 200);
    })
    .await;
}

#[tokio::test]
async fn a_live_show_is_recorded_until_it_ends_and_a_restart_goes_on() {
    each_house(|house| async move {
        let (event, _, _publishing) = house.on_air().await;
        let recordings = || house.recorders.statuses().borrow().values().map(|status| status.state).collect::<Vec<_>>();
        assert_eq!(recordings(), [RecordingState::Open]);
        house.recorders.stop_all().await;
        assert_eq!(recordings(), [RecordingState::Sealed]);
        house.live.attach().await.unwrap();
        assert_eq!(recordings(), [RecordingState::Open]);
        assert_eq!(house.moved(&event, "ended").await.0, 200);
        assert_eq!(recordings(), [RecordingState::Sealed]);
        let name = media::StreamName::new(event);
        assert_eq!(house.streams.find(&name).unwrap().state(), StreamState::Ended);
    })
    .await;
}

#[tokio::test]
async fn a_process_that_just_began_gives_the_encoder_ten_seconds_to_return() {
    each_house(|house| async move {
        let (event, _, publishing) = house.on_air().await;
        drop(publishing);
        house.clock.advance(Duration::from_mins(5));
        house.streams.tick(house.clock.now());
        let began = house.clock.now();
        house.live.follow_due(began).await.unwrap();
        assert_eq!(house.state(&event).await, "live");
        house.clock.advance(Duration::from_secs(10));
        house.live.follow_due(began).await.unwrap();
        assert_eq!(house.state(&event).await, "interrupted");
    })
    .await;
}

#[tokio::test]
async fn an_encoder_that_came_for_the_rehearsal_stays_for_the_show() {
    each_house(|house| async move {
        let event = house.draft().await;
        house.item(&event, json!({"title": "Welcome"})).await;
        house.moved(&event, "scheduled").await;
        let key = house.key(&event).await;
        assert_eq!(house.moved(&event, "rehearsing").await.0, 200);
        assert_eq!(house.public(&format!("/api/v1/shows/{event}")).await.1["state"], "scheduled");
        let _publishing = house.publish(key["key"].as_str().unwrap()).await;
        assert_eq!(house.moved(&event, "scheduled").await.0, 200);
        assert_eq!(house.moved(&event, "live").await.0, 200);
    })
    .await;
}

#[tokio::test]
async fn what_is_rehearsed_is_seen_by_nobody_and_leaves_no_trace() {
    each_house(|house| async move {
        let event = house.draft().await;
        let product = house.product("A").await;
        let item = house.item(&event, json!({"product": product})).await;
        house.moved(&event, "scheduled").await;
        house.key(&event).await;
        house.moved(&event, "rehearsing").await;
        let path = format!("/api/v1/run_items/{item}/transitions");
        assert_eq!(house.crew("POST", &path, json!({"to": "on_air"})).await.0, 200);
        let pins = format!("/api/v1/events/{event}/pins");
        assert_eq!(house.crew("GET", &pins, Value::Null).await.1["products"], json!([product]), "the crew tries it");
        let (_, show) = house.public(&format!("/api/v1/shows/{event}")).await;
        assert_eq!((&show["state"], &show["pins"], &show["on_air"]), (&json!("scheduled"), &json!([]), &Value::Null));
        house.told().await;
        assert_eq!(house.moved(&event, "scheduled").await.0, 200);
        let told: Vec<String> = house.told().await.into_iter().map(|(name, _)| name).collect();
        assert_eq!(told, ["live.run_item.finished", "live.event.state", "live.pin.changed"]);
        assert_eq!(house.crew("GET", &pins, Value::Null).await.1["products"], json!([]));
        let (_, sheet) = house.crew("GET", &format!("/api/v1/events/{event}/run_items"), Value::Null).await;
        assert_eq!(sheet["items"][0]["state"], "queued");
    })
    .await;
}

#[tokio::test]
async fn a_show_that_is_not_recorded_says_so_and_is_recorded_once_there_is_room() {
    each_house(|house| async move {
        house.disk.has(0);
        let (event, _, _publishing) = house.on_air().await;
        let (_, ready) = house.crew("GET", &format!("/api/v1/events/{event}/readiness"), Value::Null).await;
        let red: Vec<&Value> = ready["items"].as_array().unwrap().iter().filter(|item| item["ok"] == false).collect();
        assert_eq!((red.len(), &red[0]["key"], &ready["ready"]), (1, &json!("disk"), &json!(true)));
        let warnings = || async {
            let (_, stream) = house.crew("GET", &format!("/api/v1/events/{event}/stream"), Value::Null).await;
            let codes = stream["warnings"].as_array().unwrap().iter().map(|warning| warning["code"].clone());
            codes.filter(|code| code.as_str().unwrap().starts_with("recording")).collect::<Vec<_>>()
        };
        assert_eq!(warnings().await, ["recording-disk-low"]);
        house.disk.has(10 << 30);
        house.live.follow_due(house.clock.now()).await.unwrap();
        assert!(warnings().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_show_is_recorded_though_whoever_began_it_has_left() {
    each_house(|house| async move {
        let event = house.draft().await;
        house.item(&event, json!({"title": "Welcome"})).await;
        house.moved(&event, "scheduled").await;
        let key = house.key(&event).await;
        let _publishing = house.publish(key["key"].as_str().unwrap()).await;
        house.disk.is_slow();
        let is_live = async {
            while house.public(&format!("/api/v1/shows/{event}")).await.1["state"] != "live" {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = is_live => {}
            _ = house.moved(&event, "live") => {}
        }
        house.until_recordings(&[RecordingState::Open]).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_move_left_undone_is_done_by_the_next_look() {
    each_house(|house| async move {
        let (event, _, _publishing) = house.on_air().await;
        let again = house.restarted();
        again.live.follow_due(again.clock.now()).await.unwrap();
        again.until_recordings(&[RecordingState::Open]).await;
        // The end is known to the other program only.
        assert_eq!(again.moved(&event, "ended").await.0, 200);
        let name = media::StreamName::new(event);
        assert_eq!(house.streams.find(&name).unwrap().state(), StreamState::Live);
        house.live.follow_due(house.clock.now()).await.unwrap();
        assert_eq!(house.streams.find(&name).unwrap().state(), StreamState::Ended);
        house.until_recordings(&[RecordingState::Sealed]).await;
    })
    .await;
}

#[tokio::test]
async fn an_encoder_that_stays_is_left_alone_until_the_show_is_over() {
    each_house(|house| async move {
        let event = house.draft().await;
        house.moved(&event, "scheduled").await;
        let key = house.key(&event).await;
        let publishing = house.publish(key["key"].as_str().unwrap()).await;
        let next_week = house.clock.now() + Duration::from_hours(7 * 24);
        let put_off = json!({"starts_at": next_week});
        assert_eq!(house.crew("PATCH", &format!("/api/v1/events/{event}"), put_off).await.0, 200);
        house.live.follow_due(house.clock.now()).await.unwrap();
        assert_eq!(publishing.stream().state(), StreamState::Live, "the show may begin the next moment");
        let stream = publishing.stream().clone();
        drop(publishing);
        house.clock.advance(Duration::from_mins(11));
        house.streams.tick(house.clock.now());
        house.clock.advance(Duration::from_mins(11));
        house.live.follow_due(house.clock.now()).await.unwrap();
        assert_eq!(stream.state(), StreamState::Ended);
    })
    .await;
}

#[tokio::test]
async fn whoever_changes_an_item_at_the_same_time_loses_nothing() {
    each_house(|house| async move {
        let (event, _, _publishing) = house.on_air().await;
        let ask = |method: &'static str, path: String, body: Value| {
            let house = house.clone();
            tokio::spawn(async move { house.crew(method, &path, body).await.0 })
        };
        for round in 1..=10 {
            let item = house.item(&event, json!({"title": "Questions"})).await;
            let path = format!("/api/v1/run_items/{item}");
            let title = ask("PATCH", path.clone(), json!({"title": format!("Answers {round}")}));
            let minutes = ask("PATCH", path.clone(), json!({"minutes": 10 + round}));
            let on_air = ask("POST", format!("{path}/transitions"), json!({"to": "on_air"}));
            let removed = ask("DELETE", path, Value::Null);
            let (title, minutes) = (title.await.unwrap(), minutes.await.unwrap());
            let outcome = (on_air.await.unwrap(), removed.await.unwrap());
            let (_, sheet) = house.crew("GET", &format!("/api/v1/events/{event}/run_items"), Value::Null).await;
            let kept = sheet["items"].as_array().unwrap().iter().find(|it| it["id"] == json!(item));
            match (outcome, kept) {
                ((404, 204), None) => assert!([200, 404].contains(&title) && [200, 404].contains(&minutes)),
                ((200, 409), Some(kept)) => {
                    assert_eq!((title, minutes), (200, 200));
                    assert_eq!(
                        (&kept["title"], &kept["state"]),
                        (&json!(format!("Answers {round}")), &json!("on_air"))
                    );
                    assert_eq!(kept["minutes"], json!(10 + round));
                }
                other => panic!("{other:?}"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_show_of_which_nothing_was_recorded_is_a_replay_without_a_recording() {
    each_house(|house| async move {
        house.disk.has(0);
        let (event, _, publishing) = house.on_air().await;
        house.frame(&publishing);
        assert_eq!(house.moved(&event, "ended").await.0, 200);
        for _ in 0..2 {
            house.live.follow_due(house.clock.now()).await.unwrap();
        }
        let show = house.public(&format!("/api/v1/shows/{event}")).await.1;
        assert_eq!((&show["state"], &show["recording"]), (&json!("replay"), &Value::Null));
    })
    .await;
}
