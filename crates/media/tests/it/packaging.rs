//! From samples to parts, on media time alone.

use std::sync::Arc;
use std::time::Duration;

use media::packager::{Output, PART_BYTES_AT_MOST, Packager, Part};
use media::playlist::Playlist;
use media::{Sample, TrackId, Unit};
use proptest::prelude::*;

use crate::feed::{Audio, Feed, Found, Video, ends, found, inits, package, parts};
use crate::rules;

const PART: Duration = Duration::from_millis(334);

fn whole(feed: &Feed) -> Vec<Output> {
    whole_of(&feed.units())
}

fn whole_of(units: &[Unit]) -> Vec<Output> {
    let mut packager = Packager::new(PART);
    let mut outputs = package(&mut packager, units);
    outputs.extend(packager.on(&Unit::End));
    assert_eq!(packager.dropped(), 0);
    outputs
}

#[test]
fn parts_hold_whole_frames_just_below_the_target() {
    for (ticks, frames) in [(3750, 8), (3600, 8), (3003, 10), (3000, 10), (1800, 16), (1500, 20)] {
        let video = Video { ticks, key_every: 90_000 * 2 / usize::try_from(ticks).unwrap(), ..Video::default() };
        let parts = parts(&whole(&Feed { video: Some(video), ..Feed::both(6) }));
        let inner = parts.iter().filter(|part| part.index == 1);
        assert!(inner.clone().count() > 1);
        for part in inner {
            assert_eq!(part.frames, frames, "{ticks} ticks a frame");
        }
    }
}

#[test]
fn every_segment_starts_at_a_keyframe_and_lasts_a_group() {
    let outputs = whole(&Feed::both(10));
    let parts = parts(&outputs);
    assert!(parts.iter().all(|part| part.independent == (part.index == 0)));
    assert!(ends(&outputs).iter().all(|end| end.duration_us <= 2_000_000 && end.target_s == 2));
    assert_eq!(ends(&outputs).len(), 5);
    assert_eq!(parts[0].duration_us, 333_333);
    assert_eq!(parts.iter().filter(|part| part.msn == 0).count(), 6);
}

#[test]
fn a_part_is_out_one_frame_after_its_last() {
    let mut packager = Packager::new(PART);
    let units = Feed { audio: None, ..Feed::both(2) }.units();
    // Tracks, ten frames of the part, and the one that tells how long the tenth lasts.
    let first = units.iter().position(|unit| packager.on(unit).iter().any(|output| matches!(output, Output::Part(_))));
    assert_eq!(first, Some(11));
}

/// hls.js asks for what comes after the end of what it holds, and the end is that of the shorter track: sound that
/// falls short of its part's picture sends it back for the same segment, again and again.
#[test]
fn the_sound_of_a_part_reaches_the_end_of_its_picture() {
    for late_ms in [0, 200] {
        let parts = parts(&whole_of(&late(&Feed::both(10), late_ms)));
        let (last, but_last) = parts.split_last().unwrap();
        assert_eq!((last.msn, last.index), (4, 5));
        for part in but_last {
            let until_us = |track, scale| {
                let found = found(std::slice::from_ref(part));
                let last = found.into_iter().rfind(|sample| sample.track == track).unwrap();
                (last.dts + i64::from(last.duration)) * 1_000_000 / scale
            };
            let (sound_us, picture_us) = (until_us(2, 44_100), until_us(1, 90_000));
            assert!(sound_us >= picture_us, "part {} of {}: {sound_us} {picture_us}", part.index, part.msn);
        }
    }
}

#[test]
fn a_silent_microphone_holds_the_picture_up_for_a_quarter_of_a_second_only() {
    let silent = Feed { gaps: vec![(TrackId::Audio, 4_000, 10_000)], ..Feed::both(10) };
    let mut packager = Packager::new(PART);
    let mut out_us = 0;
    for unit in silent.units() {
        let outputs = packager.on(&unit);
        out_us += outputs
            .iter()
            .map(|output| if let Output::Part(part) = output { part.duration_us } else { 0 })
            .sum::<i64>();
        if let Unit::Sample(sample) = unit {
            let behind_us = silent.us(&sample) - out_us;
            assert!(behind_us < 334_000 + 250_000 + 40_000, "{behind_us}");
        }
    }
    assert!(out_us > 9_500_000, "{out_us}");
}

/// The units of a feed whose sound is sent so much later than its picture.
fn late(feed: &Feed, late_ms: i64) -> Vec<Unit> {
    let mut samples = feed.samples();
    samples.sort_by_key(|sample| feed.us(sample) + if sample.track == TrackId::Audio { late_ms * 1000 } else { 0 });
    let samples = samples.into_iter().map(|sample| Unit::Sample(Arc::new(sample)));
    std::iter::once(Unit::Tracks(feed.tracks())).chain(samples).collect()
}

#[test]
fn the_end_flushes_every_frame() {
    let feed = Feed::both(3);
    let sent = feed.samples();
    let found = found(&parts(&whole(&feed)));
    for (track, number) in [(TrackId::Video, 1), (TrackId::Audio, 2)] {
        let sent = sent.iter().filter(|sample| sample.track == track).count();
        assert_eq!(found.iter().filter(|sample| sample.track == number).count(), sent);
    }
}

#[test]
fn a_fragment_costs_less_than_600_bytes() {
    let feed = Feed::both(6);
    let parts = parts(&whole(&feed));
    let bytes: usize = parts.iter().map(|part| part.bytes.len()).sum();
    let media: usize = feed.samples().iter().map(|sample| sample.data.len()).sum();
    assert!((bytes - media) / parts.len() <= 600, "{}", (bytes - media) / parts.len());
}

#[test]
fn a_negative_start_keeps_the_distance_of_the_tracks() {
    let video = Video { start: -6_000, ..Video::default() };
    let audio = Audio { start: -1_000, ..Audio::default() };
    let feed = Feed { video: Some(video), audio: Some(audio), ..Feed::both(3) };
    let found = found(&parts(&whole(&feed)));
    let first = |track| found.iter().find(|sample| sample.track == track).unwrap().dts;
    assert_eq!((first(1), first(2)), (-6_000 + 90_000, -1_000 + 44_100));
}

#[test]
fn audio_alone_and_video_alone_are_packaged() {
    for feed in [Feed { audio: None, ..Feed::both(5) }, Feed { video: None, ..Feed::both(5) }] {
        let outputs = whole(&feed);
        assert_eq!(found(&parts(&outputs)).len(), feed.samples().len());
        assert!(ends(&outputs).len() >= 2);
        assert_eq!(inits(&outputs).len(), 1);
    }
}

#[test]
fn a_gap_in_one_track_stays_where_it_was() {
    for track in [TrackId::Video, TrackId::Audio] {
        let feed = Feed { gaps: vec![(track, 2_005, 4_011)], ..Feed::both(8) };
        let sent = feed.samples();
        let found = found(&parts(&whole(&feed)));
        let number = if track == TrackId::Video { 1 } else { 2 };
        let times = |number| found.iter().filter(move |sample| sample.track == number).map(|sample| sample.dts);
        let sent: Vec<i64> = sent.iter().filter(|sample| sample.track == track).map(|sample| sample.dts).collect();
        assert_eq!(times(number).collect::<Vec<_>>(), sent);
    }
}

#[test]
fn when_nothing_at_all_is_sent_the_parts_say_gap() {
    let gaps = vec![(TrackId::Video, 2_500, 4_500), (TrackId::Audio, 2_500, 4_500)];
    let outputs = whole(&Feed { gaps, ..Feed::both(8) });
    let parts = parts(&outputs);
    let gap_us: i64 = parts.iter().filter(|part| part.is_gap()).map(|part| part.duration_us).sum();
    assert!((1_300_000..2_100_000).contains(&gap_us), "{gap_us}");
    let total_us: i64 = parts.iter().map(|part| part.duration_us).sum();
    assert!((7_990_000..8_010_000).contains(&total_us), "{total_us}");
}

#[test]
fn a_hole_too_long_to_fill_breaks_the_timeline() {
    let gaps = vec![(TrackId::Video, 2_500, 3_600_000), (TrackId::Audio, 2_500, 3_600_000)];
    let outputs = whole(&Feed { gaps, ..Feed::both(3_603) });
    let parts = parts(&outputs);
    assert!(parts.len() < 40, "{}", parts.len());
    assert_eq!(parts.iter().filter(|part| part.discontinuity).count(), 1);
}

#[test]
fn without_a_keyframe_in_time_a_segment_is_cut_anyway() {
    let video = Video { key_every: 100_000, ..Video::default() };
    let outputs = whole(&Feed { video: Some(video), ..Feed::both(20) });
    let parts = parts(&outputs);
    assert!(ends(&outputs).len() >= 3);
    assert_eq!(ends(&outputs)[0].target_s, 6);
    assert!(parts.iter().all(|part| part.independent == (part.msn == 0 && part.index == 0)));
}

#[test]
fn a_new_epoch_is_a_discontinuity_with_its_own_init() {
    let mut packager = Packager::new(PART);
    let mut outputs = package(&mut packager, &Feed::both(3).units());
    outputs.extend(package(&mut packager, &Feed { epoch: 2, ..Feed::both(3) }.units()));
    outputs.extend(packager.on(&Unit::End));
    let parts = parts(&outputs);
    assert_eq!(inits(&outputs).iter().map(|init| init.epoch).collect::<Vec<_>>(), [1, 2]);
    let breaks: Vec<&Part> = parts.iter().filter(|part| part.discontinuity).collect();
    assert_eq!(breaks.len(), 1);
    assert_eq!((breaks[0].epoch, breaks[0].index), (2, 0));
    assert!(parts.is_sorted_by_key(|part| (part.msn, part.index)));
}

#[test]
fn audio_goes_on_when_video_stops() {
    let feed = Feed { gaps: vec![(TrackId::Video, 3_000, 100_000)], ..Feed::both(12) };
    let mut packager = Packager::new(PART);
    let outputs = package(&mut packager, &feed.units());
    let covered_us: i64 = parts(&outputs).iter().map(|part| part.duration_us).sum();
    assert!(covered_us > 10_000_000, "{covered_us}");
}

#[test]
fn times_that_do_not_increase_are_refused_and_counted() {
    let mut packager = Packager::new(PART);
    let mut units = Feed { audio: None, ..Feed::both(3) }.units();
    units.insert(20, units[10].clone());
    let outputs = package(&mut packager, &units);
    assert_eq!(packager.dropped(), 1);
    assert_increasing(&found(&parts(&outputs)));
}

fn assert_increasing(found: &[Found]) {
    for track in [1, 2] {
        let of_track: Vec<&Found> = found.iter().filter(|sample| sample.track == track).collect();
        assert!(of_track.is_sorted_by(|a, b| a.dts < b.dts), "decode times increase");
        let mut times: Vec<i64> = of_track.iter().map(|sample| sample.pts).collect();
        times.sort_unstable();
        assert!(times.is_sorted_by(|a, b| a < b), "no two frames are shown at once");
        assert!(of_track.is_sorted_by(|a, b| a.dts + i64::from(a.duration) <= b.dts), "nothing overlaps");
    }
}

fn any_feed() -> impl Strategy<Value = Feed> {
    let ticks =
        prop::sample::select(vec![1500, 1502, 1800, 3000, 3003, 3600, 3750, 4500, 6000, 8182, 11_250, 18_000, 45_000]);
    let video = (ticks, any::<bool>(), 1_usize..400, 0_usize..4, -20_000_i64..20_000)
        .prop_map(|(ticks, in_ms, key_every, b_frames, start)| Video { ticks, in_ms, key_every, b_frames, start });
    let audio = (prop::sample::select(vec![8_000, 22_050, 44_100, 48_000]), -5_000_i64..5_000)
        .prop_map(|(sample_rate, start)| Audio { sample_rate, start });
    let track = prop::sample::select(vec![TrackId::Video, TrackId::Audio]);
    let gaps = prop::collection::vec((track, 500_i64..9_000, 50_i64..4_000), 0..3);
    let tracks = prop_oneof![
        4 => (video.clone(), audio.clone()).prop_map(|(video, audio)| (Some(video), Some(audio))),
        1 => video.prop_map(|video| (Some(video), None)),
        1 => audio.prop_map(|audio| (None, Some(audio))),
    ];
    (tracks, gaps, 2_i64..14).prop_map(|((video, audio), gaps, seconds)| Feed {
        epoch: 1,
        video,
        audio,
        seconds,
        gaps: gaps.into_iter().map(|(track, from, length)| (track, from, from + length)).collect(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    /// Whatever is sent, nothing is lost or doubled, and every playlist on the way keeps every rule.
    #[test]
    fn every_rule_holds_on_every_playlist(
        first in any_feed(),
        second in prop::option::of(any_feed()),
        part_ms in prop::sample::select(vec![200_u64, 334, 500, 1_000]),
        window_s in 6_u64..40,
    ) {
        let mut packager = Packager::new(Duration::from_millis(part_ms));
        let mut playlist = Playlist::new(Duration::from_millis(part_ms), Duration::from_secs(window_s));
        let second = second.map(|feed| Feed { epoch: 2, ..feed });
        let feeds: Vec<&Feed> = std::iter::once(&first).chain(&second).collect();
        let units = feeds.iter().flat_map(|feed| feed.units()).chain([Unit::End]);
        let mut outputs = Vec::new();
        let mut before: Option<rules::Read> = None;
        for unit in units {
            let made = packager.on(&unit);
            for output in &made {
                playlist.on(output);
            }
            if let Some(text) = (!made.is_empty()).then(|| playlist.render(false)).flatten() {
                let read = rules::check(&text);
                if let Some(before) = &before {
                    rules::check_next(before, &read);
                }
                before = Some(read);
                rules::check(&playlist.render(true).unwrap());
            }
            outputs.extend(made);
        }
        for feed in feeds {
            let of_epoch: Vec<Part> = parts(&outputs).into_iter().filter(|part| part.epoch == feed.epoch).collect();
            let found = found(&of_epoch);
            assert_increasing(&found);
            compare(feed, &found);
            assert!(of_epoch.iter().all(|part| part.duration_us > 0));
        }
    }
}

/// Every sample that was sent is found, all moved by the same whole seconds.
fn compare(feed: &Feed, found: &[Found]) {
    let mut moved = None;
    for (track, number, scale) in
        [(TrackId::Video, 1, 90_000), (TrackId::Audio, 2, feed.audio.map_or(1, |audio| i64::from(audio.sample_rate)))]
    {
        let sent: Vec<_> = feed.samples().into_iter().filter(|sample| sample.track == track).collect();
        let found: Vec<_> = found.iter().filter(|found| found.track == number).collect();
        assert_eq!(found.len(), sent.len(), "{track:?}");
        let Some(first) = found.first() else { continue };
        let shift = first.dts - sent[0].dts;
        assert_eq!(shift % scale, 0, "moved by whole seconds");
        assert_eq!(*moved.get_or_insert(shift / scale), shift / scale, "the tracks keep their distance");
        for (sent, found) in sent.iter().zip(found) {
            assert_eq!((sent.dts + shift, sent.key), (found.dts, found.key));
            assert_eq!(found.pts - found.dts, i64::from(sent.cts));
        }
    }
}

#[test]
fn a_source_whose_clock_creeps_is_cut_by_weight() {
    let mut packager = Packager::new(PART);
    let data = bytes::Bytes::from(vec![0; 1 << 20]);
    let mut outputs = package(&mut packager, &[Unit::Tracks(Feed::both(1).tracks())]);
    for tick in 0..100 {
        for track in [TrackId::Video, TrackId::Audio] {
            let (dts, wall, key) = (tick, kernel::Instant::EPOCH, track == TrackId::Audio || tick == 0);
            let sample = Sample { track, epoch: 1, dts, cts: 0, key, wall, data: data.clone() };
            outputs.extend(packager.on(&Unit::Sample(Arc::new(sample))));
        }
    }
    let parts = parts(&outputs);
    assert!(parts.len() >= 5, "{}", parts.len());
    assert!(parts.iter().all(|part| part.duration_us > 0 && part.bytes.len() <= PART_BYTES_AT_MOST + (2 << 20)));
    assert_eq!(ends(&outputs).len(), parts.len());
}

#[test]
fn a_short_first_group_does_not_fix_the_target_for_those_that_follow() {
    let video = Video { key_every: 30, ..Video::default() };
    let short = Feed { video: Some(video), ..Feed::both(4) };
    assert_eq!(ends(&whole(&short))[0].target_s, 2);
}
