//! A rehearsal becomes a show: the source stays, and nothing it sent before is in the show.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use kernel::id::RecordingId;
use kernel::{Instant, ManualClock};
use media::{RecorderSettings, Recorders, tape};

use crate::feed::{BEGAN, settle};
use crate::rules;
use crate::serving::{Studio, get};

/// The show begins 7 s into a stream that began an hour late; its keyframes come every 2 s.
const CUT_US: i64 = BEGAN + 3_607_000_000;
const NEXT_KEY_US: i64 = BEGAN + 3_608_000_000;

async fn going_live() -> (Studio, String) {
    let studio = Studio::after("fair", 7).await;
    let rehearsal = format!("/live/fair/{}/v/index.m3u8", studio.show());
    assert_eq!(get(&studio.router, &rehearsal).await.status, StatusCode::OK);
    studio.streams.begin_show(&studio.name);
    settle().await;
    (studio, rehearsal)
}

#[tokio::test(start_paused = true)]
async fn the_show_begins_with_the_first_keyframe_after_going_live() {
    let (mut studio, rehearsal) = going_live().await;
    let router = studio.router.clone();
    let waiting = tokio::spawn(async move { get(&router, "/live/fair/index.m3u8").await });
    settle().await;
    assert!(!waiting.is_finished(), "nothing of the show is there yet");
    studio.send(13).await;
    let first = waiting.await.unwrap();
    assert!(first.text().ends_with(&format!("{}/v/index.m3u8\n", studio.show())));
    assert!(!rehearsal.contains(&studio.show()));

    let read = rules::check(studio.get("index.m3u8").await.text());
    assert_eq!((read.media_sequence, read.segments[0].parts.len()), (0, 6));
    let began = read.segments[0].date.as_ref().unwrap().parse::<Instant>().unwrap();
    assert!(began.micros() >= CUT_US, "the rehearsal is not in the show");
    assert_eq!(began.micros(), NEXT_KEY_US);
    assert!(read.segments[0].parts[0].independent);
    let number_of_the_rehearsal = studio.get("2.m4s").await;
    assert_eq!(number_of_the_rehearsal.status, StatusCode::NOT_FOUND, "numbers begin anew");
}

#[tokio::test(start_paused = true)]
async fn who_watched_the_rehearsal_goes_on_and_no_other_keeps_it() {
    let (mut studio, rehearsal) = going_live().await;
    let before = rules::check(get(&studio.router, &rehearsal).await.text());
    studio.send(13).await;
    let after = rules::check(get(&studio.router, &rehearsal).await.text());
    rules::check_next(&before, &after);
    assert!(!after.ended && after.segments.len() > before.segments.len());
    assert!(after.segments.iter().all(|segment| !segment.discontinuity), "without a break");

    tokio::time::advance(Duration::from_secs(31)).await;
    studio.send(16).await;
    assert!(rules::read(get(&studio.router, &rehearsal).await.text()).ended);
    assert!(!rules::read(studio.get("index.m3u8").await.text()).ended);
}

#[tokio::test]
async fn the_recording_begins_with_the_show() {
    let (mut studio, _) = going_live().await;
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(Instant::from_micros(CUT_US)));
    let recorders = Recorders::new(RecorderSettings::new(dir.path()), studio.streams.clone(), clock);
    let id = RecordingId::new();
    recorders.start(&studio.name, id).await.unwrap();
    studio.send(13).await;
    recorders.stop(id).await.unwrap();
    let (lines, _) = tape::read_index(&dir.path().join(id.to_string())).unwrap();
    assert_eq!((lines[0].wall.micros(), lines[0].dts_us), (NEXT_KEY_US, 8_000_000));
    assert_eq!(lines.len(), 3);
}
