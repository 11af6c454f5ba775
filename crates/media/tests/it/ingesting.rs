//! From tags to samples: epochs, clocks, and what is left out.

use std::time::Duration;

use bytes::Bytes;
use kernel::Instant;
use media::TrackId;
use media::ingest::{Ingest, Refusal, Step};
use proptest::prelude::*;

const AVCC: &str = "0164001fffe1001a6764001facd9405005bb0110000003001000000303c0f183196001000468ee0fcbfdf8f800";
const OTHER_AVCC: &str = "0142c01effe100196742c01ed900a02ff970110000030001000003003c0f162e4801000568cb83cb20";
const WALL: Instant = Instant::EPOCH;

fn header(hex: &str) -> Bytes {
    [vec![0x17, 0, 0, 0, 0], hex::decode(hex).unwrap()].concat().into()
}

fn picture(key: bool, cts_ms: i32) -> Bytes {
    let [_, a, b, c] = cts_ms.to_be_bytes();
    Bytes::from(vec![if key { 0x17 } else { 0x27 }, 1, a, b, c, 0, 0, 0, 1, 0x65])
}

const SOUND_HEADER: Bytes = Bytes::from_static(&[0xaf, 0, 0x11, 0x90]);
const SOUND: Bytes = Bytes::from_static(&[0xaf, 1, 7]);

fn with_both() -> Ingest {
    let mut ingest = Ingest::new();
    ingest.video(0, header(AVCC), WALL).unwrap();
    ingest.audio(0, SOUND_HEADER, WALL).unwrap();
    ingest
}

fn steps(ingest: &mut Ingest) -> Vec<Step> {
    std::iter::from_fn(|| ingest.next_step()).collect()
}

fn samples(ingest: &mut Ingest, track: TrackId) -> Vec<(i64, i32)> {
    steps(ingest)
        .into_iter()
        .filter_map(|step| match step {
            Step::Sample(sample) if sample.track == track => Some((sample.dts, sample.cts)),
            _ => None,
        })
        .collect()
}

fn epochs(steps: &[Step]) -> usize {
    steps.iter().filter(|step| matches!(step, Step::Tracks(_))).count()
}

#[test]
fn both_tracks_begin_in_one_epoch_with_their_offset() {
    let mut ingest = Ingest::new();
    ingest.video(0, header(AVCC), WALL).unwrap();
    ingest.video(1_000, picture(true, 66), WALL).unwrap();
    assert_eq!(steps(&mut ingest), []); // audio may still come
    ingest.audio(1_023, SOUND_HEADER, WALL).unwrap();
    ingest.audio(1_023, SOUND, WALL).unwrap();
    let steps = steps(&mut ingest);
    let Step::Tracks(tracks) = &steps[0] else { panic!("{steps:?}") };
    assert_eq!(tracks.iter().map(|track| track.timescale).collect::<Vec<_>>(), [90_000, 48_000]);
    let Step::Sample(video) = &steps[1] else { panic!("{steps:?}") };
    let Step::Sample(audio) = &steps[2] else { panic!("{steps:?}") };
    assert_eq!((video.dts, video.cts, audio.dts), (0, 5_940, 23 * 48));
}

#[test]
fn one_track_alone_begins_when_metadata_says_so_or_after_a_second() {
    let mut ingest = Ingest::new();
    ingest.expect(true, false);
    ingest.video(0, header(AVCC), WALL).unwrap();
    ingest.video(0, picture(true, 0), WALL).unwrap();
    assert_eq!(steps(&mut ingest).len(), 2);

    let mut ingest = Ingest::new();
    ingest.audio(0, SOUND_HEADER, WALL).unwrap();
    for frame in 0..40 {
        ingest.audio(frame * 21, SOUND, WALL).unwrap();
    }
    assert_eq!(steps(&mut ingest), []);
    ingest.audio(1_000, SOUND, WALL).unwrap();
    assert_eq!(steps(&mut ingest).len(), 42);
}

#[test]
fn rounding_to_milliseconds_makes_no_audio_gaps_but_real_gaps_stay() {
    let mut ingest = with_both();
    ingest.expect(true, true);
    for frame in 0..500_u32 {
        let gap = if frame >= 400 { 2_000 } else { 0 };
        ingest.audio(frame * 1024 * 1000 / 48_000 + gap, SOUND, WALL).unwrap();
    }
    let dts: Vec<i64> = samples(&mut ingest, TrackId::Audio).into_iter().map(|(dts, _)| dts).collect();
    let steps: Vec<i64> = dts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(steps[..399].iter().all(|step| *step == 1024));
    assert!((steps[399] - (1024 + 96_000)).abs() <= 48, "{}", steps[399]);
    assert!(steps[400..].iter().all(|step| *step == 1024));
}

#[test]
fn the_clock_wraps_without_a_new_epoch() {
    let mut ingest = with_both();
    for frame in 0..10_u32 {
        ingest.video((u32::MAX - 100).wrapping_add(frame * 40), picture(frame == 0, 0), WALL).unwrap();
    }
    let steps = steps(&mut ingest);
    assert_eq!((epochs(&steps), steps.len()), (1, 11));
    let Some(Step::Sample(last)) = steps.last() else { panic!() };
    assert_eq!(last.dts, 9 * 40 * 90);
}

#[test]
fn a_jump_back_begins_one_new_epoch_and_drops_the_stragglers() {
    let mut ingest = with_both();
    ingest.video(60_000, picture(true, 0), WALL).unwrap();
    ingest.audio(60_010, SOUND, WALL).unwrap();
    ingest.audio(59_900, SOUND, WALL).unwrap(); // interleaving, no jump
    assert_eq!(epochs(&steps(&mut ingest)), 1);
    ingest.video(0, picture(true, 0), WALL).unwrap();
    ingest.audio(60_031, SOUND, WALL).unwrap(); // still the old clock
    ingest.audio(5, SOUND, WALL).unwrap();
    ingest.video(40, picture(false, 0), WALL).unwrap();
    let steps = steps(&mut ingest);
    assert_eq!((epochs(&steps), steps.len()), (1, 4));
}

#[test]
fn a_new_configuration_begins_a_new_epoch_and_the_same_one_does_not() {
    let mut ingest = with_both();
    ingest.video(0, picture(true, 0), WALL).unwrap();
    ingest.video(40, header(AVCC), WALL).unwrap();
    ingest.video(40, picture(true, 0), WALL).unwrap();
    assert_eq!(epochs(&steps(&mut ingest)), 1);
    ingest.video(80, header(OTHER_AVCC), WALL).unwrap();
    ingest.video(80, picture(true, 0), WALL).unwrap();
    let steps = steps(&mut ingest);
    let Step::Tracks(tracks) = &steps[0] else { panic!() };
    assert_eq!((tracks[0].width, tracks[0].height), (640, 360));
}

#[test]
fn pictures_before_the_first_keyframe_and_broken_ones_are_left_out() {
    let mut ingest = with_both();
    ingest.video(0, picture(false, 0), WALL).unwrap();
    ingest.video(40, picture(true, 0), WALL).unwrap();
    ingest.video(80, Bytes::from_static(&[0x27, 1, 0, 0, 0, 0, 0, 1, 0, 5]), WALL).unwrap();
    assert_eq!(samples(&mut ingest, TrackId::Video).len(), 1);
    assert_eq!(ingest.broken_samples(), 1);
}

#[test]
fn refusals_carry_a_word_for_the_crew() {
    let refusal = Ingest::new().video(0, Bytes::from_static(&[0x90, b'h', b'v', b'c', b'1']), WALL).unwrap_err();
    assert_eq!((refusal.code(), refusal.warning().fact.as_str()), ("codec-unsupported", "hevc"));
    let refusal = Ingest::new().audio(0, Bytes::from_static(&[0xaf, 0, 0x10, 0x10]), WALL).unwrap_err();
    assert_eq!((refusal.code(), refusal.warning().fact.as_str()), ("sample-rate-unsupported", "96000"));
}

proptest! {
    /// Whatever the encoder's clock does, each track's dts goes strictly up within an epoch.
    #[test]
    fn dts_goes_strictly_up(tags in proptest::collection::vec((any::<bool>(), any::<u32>(), -500..500_i32, 0..5_u8), 1..200)) {
        let mut ingest = with_both();
        let mut clock = u32::MAX - 2_000;
        for (is_video, jump, cts, chance) in tags {
            clock = if chance == 0 { jump } else { clock.wrapping_add(jump % 60).wrapping_sub(10) };
            if is_video {
                ingest.video(clock, picture(chance == 1, cts), WALL).unwrap();
            } else {
                ingest.audio(clock, SOUND, WALL).unwrap();
            }
        }
        let mut last = [-1_i64, -1];
        for step in steps(&mut ingest) {
            match step {
                Step::Tracks(_) => last = [-1, -1],
                Step::Sample(sample) => {
                    let last = &mut last[usize::from(sample.track == TrackId::Audio)];
                    prop_assert!(sample.dts > *last, "{} after {}", sample.dts, last);
                    *last = sample.dts;
                }
            }
        }
    }
}

#[test]
fn a_source_whose_clock_stands_still_is_refused_and_one_that_paused_is_not() {
    let mut ingest = with_both();
    let mut wall = WALL;
    for frame in 0..100 {
        wall = WALL + Duration::from_millis(100 * frame);
        ingest.video(5_000 + u32::try_from(frame % 3).unwrap() * 30, picture(frame == 0, 0), wall).unwrap();
    }
    let refused = ingest.video(5_000, picture(false, 0), wall + Duration::from_millis(100)).unwrap_err();
    assert_eq!((refused.clone(), refused.code()), (Refusal::ClockStands, "clock-drift"));

    let mut ingest = with_both();
    ingest.video(5_000, picture(true, 0), WALL).unwrap();
    for pause in 1..10 {
        let wall = WALL + Duration::from_mins(pause);
        ingest.video(5_000 + u32::try_from(pause).unwrap(), picture(false, 0), wall).unwrap();
    }
}
