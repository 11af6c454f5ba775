use std::time::Duration;

use kernel::id::{OrgId, RecordingId};
use kernel::{Actor, Clock};
use live::Audience;
use media::{Refused, StreamGate, StreamName};
use serde_json::{Value, json};

use crate::{crew_of, each_house, plan};

#[tokio::test]
async fn a_key_is_shown_once_and_opens_from_an_hour_before_the_start() {
    each_house(|house| async move {
        let start = house.clock.now() + Duration::from_mins(90);
        let (_, event) = house.crew("POST", "/api/v1/events", plan(start)).await;
        let event = event["id"].as_str().unwrap();
        let made = house.key(event).await;
        assert_eq!(made["server"], "rtmp://fair.example/live");
        let key = made["key"].as_str().unwrap().to_owned();
        assert!(key.starts_with("live_") && key.len() == 37);
        let (_, listed) = house.crew("GET", &format!("/api/v1/events/{event}/stream-keys"), Value::Null).await;
        assert_eq!((&listed["items"][0]["label"], &listed["items"][0]["key"]), (&json!("OBS"), &Value::Null));
        let publish = || house.gate.publish(&key.clone().into(), [127, 0, 0, 1].into());
        assert_eq!(publish().await, Err(Refused::NotNow));
        house.moved(event, "scheduled").await;
        assert_eq!(publish().await, Err(Refused::NotNow));
        house.clock.advance(Duration::from_mins(30));
        let grant = publish().await.unwrap();
        assert_eq!((grant.name.as_str(), grant.label.as_str()), (event, "OBS"));
        assert_eq!(
            house.gate.publish(&"live_wrong".to_owned().into(), [127, 0, 0, 1].into()).await,
            Err(Refused::UnknownKey)
        );
        let path = format!("/api/v1/events/{event}/stream-keys/{}", made["id"].as_str().unwrap());
        assert_eq!(house.crew("DELETE", &path, Value::Null).await.0, 204);
        assert_eq!(publish().await, Err(Refused::UnknownKey));
        assert_eq!(house.crew("DELETE", &path, Value::Null).await.0, 404);
    })
    .await;
}

#[tokio::test]
async fn only_the_crew_plays_a_rehearsal_and_everybody_a_show() {
    each_house(|house| async move {
        let event = house.draft().await;
        let name = StreamName::new(event.clone());
        assert_eq!(house.gate.play(&name, None).await, Err(Refused::Forbidden));
        house.moved(&event, "scheduled").await;
        let made = house.key(&event).await;
        house.moved(&event, "rehearsing").await;
        let (_, stream) = house.crew("GET", &format!("/api/v1/events/{event}/stream"), Value::Null).await;
        let proof = stream["playlist"].as_str().unwrap().split_once("proof=").unwrap().1;
        assert_eq!(house.gate.play(&name, None).await, Err(Refused::Forbidden));
        assert_eq!(house.gate.play(&name, Some("1.00")).await, Err(Refused::Forbidden));
        assert!(house.gate.play(&name, Some(proof)).await.is_ok());
        let other = house.draft().await;
        house.moved(&other, "scheduled").await;
        assert_eq!(house.gate.play(&StreamName::new(other), Some(proof)).await, Err(Refused::Forbidden));
        house.clock.advance(Duration::from_hours(13));
        assert_eq!(house.gate.play(&name, Some(proof)).await, Err(Refused::Forbidden));
        assert_eq!(house.gate.play(&StreamName::new("../etc"), None).await, Err(Refused::Forbidden));
        drop(made);
    })
    .await;
}

#[tokio::test]
async fn a_show_that_goes_live_is_open_at_once() {
    each_house(|house| async move {
        let (event, _, _publishing) = house.on_air().await;
        let name = StreamName::new(event.clone());
        assert!(house.gate.play(&name, None).await.is_ok());
        house.moved(&event, "ended").await;
        assert!(house.gate.play(&name, None).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_recording_is_everybodys_as_a_replay_and_else_its_crews() {
    each_house(|house| async move {
        let (event, _, publishing) = house.on_air().await;
        house.clock.advance(Duration::from_secs(1));
        house.frame(&publishing);
        let (_, planned) = house.crew("GET", &format!("/api/v1/events/{event}"), Value::Null).await;
        let recording: RecordingId = planned["recording"].as_str().unwrap().parse().unwrap();
        let seen = || async {
            let by = |actor: Actor| {
                let live = house.live.clone();
                async move { live.audience_of_recording(&actor, recording).await.unwrap() }
            };
            (by(Actor::anyone()).await, by(house.crew.clone()).await, by(crew_of(OrgId::new())).await)
        };
        let crews = (Audience::Nobody, Audience::Crew, Audience::Nobody);
        assert_eq!(seen().await, crews);
        house.moved(&event, "ended").await;
        let began = house.clock.now();
        for _ in 0..2 {
            house.live.follow_due(began).await.unwrap();
        }
        assert_eq!(house.state(&event).await, "replay");
        assert_eq!(seen().await, (Audience::Everyone, Audience::Everyone, Audience::Everyone));
        assert_eq!(house.moved(&event, "archived").await.0, 200);
        assert_eq!(seen().await, crews);
        let unknown = house.live.audience_of_recording(&house.crew, RecordingId::new()).await.unwrap();
        assert_eq!(unknown, Audience::Nobody);
    })
    .await;
}
