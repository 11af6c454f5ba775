//! Streams with a clock that is moved by hand: live, silent, ended, and what health says.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kernel::{Clock, Instant, ManualClock};
use media::health::WarningCode;
use media::streams::PlaceKept;
use media::{Codec, PublishGrant, Sample, StreamName, StreamState, Streams, Track, TrackId};

fn grant() -> PublishGrant {
    PublishGrant { name: StreamName::new("stage"), label: "main".to_owned(), max_bitrate_kbps: None }
}

fn video() -> Vec<Track> {
    vec![Track {
        id: TrackId::Video,
        codec: Codec::Avc,
        timescale: 90_000,
        config: Bytes::new(),
        width: 1280,
        height: 720,
        channels: 0,
        sample_rate: 0,
        epoch: 0,
    }]
}

fn sample(clock: &ManualClock, key: bool) -> Sample {
    let wall = clock.now();
    let dts = wall.millis() * 90;
    Sample { track: TrackId::Video, epoch: 0, dts, cts: 0, key, wall, data: Bytes::from_static(&[0; 500]) }
}

#[test]
fn a_stream_is_live_from_its_first_keyframe_and_silent_after_a_second() {
    let clock = ManualClock::at(Instant::from_millis(1_000_000));
    let streams = Streams::new(Arc::new(clock.clone()));
    let mut changes = streams.changes();
    let publishing = streams.publish(&grant()).unwrap();
    publishing.tracks(video());
    publishing.sample(sample(&clock, false));
    assert_eq!(publishing.stream().state(), StreamState::Idle);
    publishing.sample(sample(&clock, true));
    let began = clock.now();
    clock.advance(Duration::from_millis(999));
    streams.tick(clock.now());
    assert_eq!(publishing.stream().state(), StreamState::Live);
    clock.advance(Duration::from_millis(1));
    streams.tick(clock.now());
    clock.advance(Duration::from_secs(3));
    publishing.sample(sample(&clock, false));
    streams.end(&grant().name);
    streams.end(&grant().name);
    publishing.sample(sample(&clock, true)); // too late
    let told: Vec<_> = std::iter::from_fn(|| changes.try_recv().ok()).map(|it| (it.state, it.at)).collect();
    assert_eq!(
        told,
        [
            (StreamState::Live, began),
            (StreamState::Silent, began),
            (StreamState::Live, clock.now()),
            (StreamState::Ended, clock.now()),
        ]
    );
}

#[test]
fn a_source_that_leaves_makes_its_stream_silent_and_may_come_back() {
    let clock = ManualClock::at(Instant::from_millis(1_000_000));
    let streams = Streams::new(Arc::new(clock.clone()));
    let publishing = streams.publish(&grant()).unwrap();
    publishing.tracks(video());
    publishing.sample(sample(&clock, true));
    let stream = Arc::clone(publishing.stream());
    let show = stream.show_id();
    drop(publishing);
    clock.advance(Duration::from_secs(30));
    streams.tick(clock.now());
    assert_eq!(stream.health().state, StreamState::Silent);
    let publishing = streams.publish(&grant()).unwrap();
    publishing.tracks(video());
    publishing.sample(sample(&clock, true));
    assert_eq!((stream.state(), stream.show_id()), (StreamState::Live, show));
    assert_eq!(stream.bus.tracks().unwrap()[0].epoch, 2);
}

#[test]
fn health_is_told_while_samples_flow_and_sinks_to_nothing_in_silence() {
    let clock = ManualClock::at(Instant::from_millis(1_000_000));
    let streams = Streams::new(Arc::new(clock.clone()));
    let publishing = streams.publish(&grant()).unwrap();
    publishing.tracks(video());
    for frame in 0..100 {
        publishing.sample(sample(&clock, frame % 25 == 0));
        clock.advance(Duration::from_millis(40));
    }
    let health = publishing.stream().health();
    let figures = health.video.unwrap();
    assert_eq!((figures.fps, figures.kbps, figures.keyframe_ms), (25, 100, 1_000));
    let on_the_wire = serde_json::to_value(publishing.stream().health()).unwrap();
    assert_eq!((&on_the_wire["state"], &on_the_wire["video"]["codec"]), (&"live".into(), &"h264".into()));
    clock.advance(Duration::from_secs(20));
    streams.tick(clock.now());
    assert_eq!(publishing.stream().health().video.unwrap().kbps, 0);
}

#[test]
fn two_sources_with_one_key_do_not_take_the_stream_from_each_other_for_ever() {
    let clock = ManualClock::at(Instant::from_millis(1_000_000));
    let streams = Streams::new(Arc::new(clock.clone()));
    let enter = || {
        let publishing = streams.publish(&grant())?;
        publishing.tracks(video());
        publishing.sample(sample(&clock, true));
        Ok::<_, PlaceKept>(publishing)
    };
    let contested = || {
        let warnings = streams.find(&grant().name).unwrap().health().warnings;
        warnings.into_iter().find(|it| it.code == WarningCode::SourceReplaced).map(|it| it.fact)
    };
    let first = enter().unwrap();
    // Its connection broke, and nobody noticed: it comes back as a second one.
    clock.advance(Duration::from_secs(2));
    let again = enter().unwrap();
    assert_eq!((first.is_replaced(), contested()), (true, None));
    let second = enter().unwrap();
    assert_eq!((again.is_replaced(), contested().as_deref()), (true, Some("1")));
    assert_eq!(enter().unwrap_err(), PlaceKept);
    assert_eq!((second.is_replaced(), contested().as_deref()), (false, Some("2")));
    // It keeps its place for half a minute at most, and only while it sends.
    clock.advance(Duration::from_secs(29));
    second.sample(sample(&clock, true));
    assert_eq!(enter().unwrap_err(), PlaceKept);
    clock.advance(Duration::from_secs(1));
    second.sample(sample(&clock, true));
    let third = enter().unwrap();
    clock.advance(Duration::from_secs(2));
    let fourth = enter().unwrap();
    clock.advance(Duration::from_mins(1));
    fourth.sample(sample(&clock, true));
    assert_eq!((third.is_replaced(), contested()), (true, None));
}

#[test]
fn a_stream_that_ended_is_forgotten_and_the_next_source_begins_anew() {
    let clock = ManualClock::at(Instant::from_millis(1_000_000));
    let streams = Streams::new(Arc::new(clock.clone()));
    let publishing = streams.publish(&grant()).unwrap();
    publishing.tracks(video());
    publishing.sample(sample(&clock, true));
    streams.end(&grant().name);
    clock.advance(Duration::from_secs(119));
    streams.tick(clock.now());
    assert_eq!(streams.all().len(), 1);
    clock.advance(Duration::from_secs(1));
    streams.tick(clock.now());
    assert!(streams.all().is_empty());
    publishing.sample(sample(&clock, true)); // too late
    let publishing = streams.publish(&grant()).unwrap();
    publishing.tracks(video());
    publishing.sample(sample(&clock, true));
    clock.advance(Duration::from_mins(10));
    streams.tick(clock.now());
    assert_eq!(streams.find(&grant().name).unwrap().state(), StreamState::Silent);
}
