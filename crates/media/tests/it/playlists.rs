//! The delivery directives, and what a playlist shows over time: the rows of RFC 8216bis that the checker in
//! `rules` cannot see in one playlist.

use std::time::Duration;

use media::packager::{Output, PART_BYTES_AT_MOST, Packager, Part, SegmentEnd};
use media::playlist::{
    Answer, BadDirective, Directives, Figures, Playlist, Report, WINDOW_BYTES_AT_MOST, multivariant,
};
use media::{Track, Unit};

use crate::feed::{Feed, Video, audio_track, package, video_track};
use crate::rules;

const PART: Duration = Duration::from_millis(334);

/// A playlist after `seconds` of a stream with a keyframe every two.
fn after(seconds: i64, window_s: u64) -> Playlist {
    let mut packager = Packager::new(PART);
    let mut playlist = Playlist::new(PART, Duration::from_secs(window_s));
    for output in package(&mut packager, &Feed::both(seconds).units()) {
        playlist.on(&output);
    }
    playlist
}

fn at(msn: u64, part: Option<u32>) -> Directives {
    Directives { msn: Some(msn), part, skip: false }
}

#[test]
fn nothing_is_shown_before_the_target_duration_is_known() {
    assert_eq!(after(1, 60).render(false), None);
    assert!(after(3, 60).render(false).is_some());
}

#[test]
fn the_head_says_what_the_server_can_do() {
    let text = after(7, 60).render(false).unwrap();
    let head: Vec<&str> = text.lines().take(7).collect();
    assert_eq!(
        head,
        [
            "#EXTM3U",
            "#EXT-X-VERSION:9",
            "#EXT-X-TARGETDURATION:2",
            "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,PART-HOLD-BACK=1.002",
            "#EXT-X-PART-INF:PART-TARGET=0.334",
            "#EXT-X-MEDIA-SEQUENCE:0",
            "#EXT-X-DISCONTINUITY-SEQUENCE:0",
        ]
    );
    assert!(!text.contains("INDEPENDENT-SEGMENTS"), "passthrough promises no such thing");
}

#[test]
fn a_date_goes_with_every_segment() {
    let read = rules::check(&after(7, 60).render(false).unwrap());
    assert_eq!(read.segments[0].date.as_deref(), Some("2026-05-12T13:00:00.000Z"));
    assert_eq!(read.segments[2].date.as_deref(), Some("2026-05-12T13:00:04.000Z"));
}

#[test]
fn the_window_moves_but_never_under_three_target_durations() {
    for (window_s, kept_s) in [(20, 20), (1, 6)] {
        let read = rules::check(&after(61, window_s).render(false).unwrap());
        assert_eq!(read.segments.iter().filter(|segment| segment.uri.is_some()).count(), kept_s / 2);
        assert!(read.media_sequence > 0);
    }
}

#[test]
fn a_delta_update_skips_what_lies_before_the_boundary() {
    let playlist = after(61, 60);
    let (full, delta) = (playlist.render(false).unwrap(), playlist.render(true).unwrap());
    let (full, delta) = (rules::check(&full), rules::check(&delta));
    assert_eq!(delta.media_sequence, full.media_sequence);
    assert_eq!(full.segments.len(), usize::try_from(delta.skipped).unwrap() + delta.segments.len());
    let kept_us: i64 = delta.segments.iter().map(|segment| segment.duration_us).sum();
    assert!(kept_us >= 6 * 2_000_000 - 2_000_000, "{kept_us}");
    assert_eq!(delta.segments[0].map, None, "skipped with the segment it came with");
    assert_eq!(after(5, 60).render(true), after(5, 60).render(false), "nothing to skip");
}

#[test]
fn directives_are_digits() {
    assert_eq!(Directives::parse(""), Ok(Directives::default()));
    assert_eq!(
        Directives::parse("_HLS_msn=7&_HLS_part=2&_HLS_skip=YES&x=y"),
        Ok(Directives { skip: true, ..at(7, Some(2)) })
    );
    for nonsense in [
        "_HLS_part=1",
        "_HLS_msn=",
        "_HLS_msn=-1",
        "_HLS_msn=+1",
        "_HLS_msn=x",
        "_HLS_msn=1&_HLS_msn=2",
        "_HLS_msn=1&_HLS_part=4294967296",
        "_HLS_msn=18446744073709551616",
        "_HLS_skip=NO",
        "_HLS_msn=%31",
    ] {
        assert_eq!(Directives::parse(nonsense), Err(BadDirective), "{nonsense}");
    }
}

#[test]
fn a_request_blocks_until_what_it_names_is_there() {
    // Segments 0 to 2 are complete; segment 3 has two parts.
    let playlist = after(7, 60);
    assert_eq!(playlist.next_part(), (3, 2));
    let table = [
        (Directives::default(), Answer::Now),
        (at(0, None), Answer::Now),
        (at(2, None), Answer::Now),
        (at(2, Some(0)), Answer::Now),
        (at(3, None), Answer::Later),
        (at(3, Some(1)), Answer::Now),
        (at(3, Some(2)), Answer::Later),
        (at(3, Some(4)), Answer::Later),
        // Beyond the advance part limit.
        (at(3, Some(5)), Answer::Refuse),
        (at(4, None), Answer::Later),
        (at(4, Some(0)), Answer::Later),
        // More than two ahead of the last complete segment.
        (at(5, None), Answer::Refuse),
        (at(u64::MAX, Some(u32::MAX)), Answer::Refuse),
        // A part beyond its segment is part 0 of the next.
        (at(2, Some(6)), Answer::Now),
        (at(2, Some(99)), Answer::Now),
        (at(1, Some(99)), Answer::Now),
    ];
    for (wanted, answer) in table {
        assert_eq!(playlist.answer(wanted), answer, "{wanted:?}");
    }
}

#[test]
fn a_part_beyond_the_newest_segment_waits_for_the_next() {
    let mut playlist = Playlist::new(PART, Duration::from_mins(1));
    let mut packager = Packager::new(PART);
    for output in package(&mut packager, &Feed::both(9).units()) {
        let is_end = matches!(&output, Output::SegmentEnd(end) if end.msn == 2);
        playlist.on(&output);
        if is_end {
            break;
        }
    }
    assert_eq!(playlist.next_part(), (3, 0));
    assert_eq!(playlist.answer(at(2, Some(99))), Answer::Later);
}

#[test]
fn a_show_that_ended_answers_at_once_and_hints_at_nothing() {
    let mut playlist = after(7, 60);
    playlist.end();
    assert_eq!(playlist.answer(at(9, Some(9))), Answer::Now);
    let read = rules::read(&playlist.render(false).unwrap());
    assert!(read.ended && read.hint.is_none());
}

#[test]
fn a_discontinuity_brings_its_map_and_is_counted_when_it_leaves() {
    let mut packager = Packager::new(PART);
    let mut playlist = Playlist::new(PART, Duration::from_secs(6));
    let mut units = Feed::both(5).units();
    units.extend(Feed { epoch: 2, ..Feed::both(30) }.units());
    let mut sequences = Vec::new();
    for unit in &units {
        for output in packager.on(unit) {
            playlist.on(&output);
            let Some(text) = playlist.render(false) else { continue };
            let read = rules::check(&text);
            for segment in read.segments.iter().filter(|segment| segment.discontinuity) {
                assert_eq!(segment.map.as_deref(), Some("init-2.mp4"));
            }
            sequences.push(read.discontinuity_sequence);
        }
    }
    sequences.dedup();
    assert_eq!(sequences, [0, 1]);
}

#[test]
fn other_renditions_are_reported() {
    let mut playlist = after(7, 60);
    playlist.reports.push(Report { uri: "../a/index.m3u8".into(), last_msn: 3, last_part: 1 });
    let text = playlist.render(false).unwrap();
    assert!(text.contains("#EXT-X-RENDITION-REPORT:URI=\"../a/index.m3u8\",LAST-MSN=3,LAST-PART=1\n"));
}

#[test]
fn the_multivariant_playlist_names_the_codecs() {
    let figures = Figures { peak_bps: 2_000_000, average_bps: 1_500_000, frame_rate_milli: Some(29_970) };
    let text = multivariant(&[video_track(1), audio_track(1, 44_100)], figures, "show/v/index.m3u8");
    assert_eq!(
        text,
        "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,AVERAGE-BANDWIDTH=1500000,\
         CODECS=\"avc1.64000d,mp4a.40.2\",RESOLUTION=320x180,FRAME-RATE=29.970\nshow/v/index.m3u8\n"
    );
    let audio: Track = audio_track(1, 44_100);
    assert!(!multivariant(&[audio], figures, "x").contains("FRAME-RATE"));
}

#[test]
fn long_parts_and_short_ones_keep_the_rules_on_a_show_of_minutes() {
    for part_ms in [200, 334, 1000] {
        let part = Duration::from_millis(part_ms);
        let mut packager = Packager::new(part);
        let mut playlist = Playlist::new(part, Duration::from_secs(30));
        let video = Video { in_ms: true, ticks: 3003, key_every: 48, ..Video::default() };
        let feed = Feed { video: Some(video), ..Feed::both(90) };
        let mut before: Option<rules::Read> = None;
        for unit in feed.units().into_iter().chain([Unit::End]) {
            let outputs = packager.on(&unit);
            for output in &outputs {
                playlist.on(output);
            }
            if let Some(text) = (!outputs.is_empty()).then(|| playlist.render(false)).flatten() {
                let read = rules::check(&text);
                if let Some(before) = &before {
                    rules::check_next(before, &read);
                }
                before = Some(read);
            }
        }
    }
}

#[test]
fn a_window_is_bounded_in_bytes_too() {
    let mut playlist = Playlist::new(PART, Duration::from_hours(1));
    let bytes = bytes::Bytes::from(vec![0; PART_BYTES_AT_MOST]);
    for msn in 0..40 {
        let duration_us = 334_000;
        playlist.on(&Output::Part(Part {
            epoch: 1,
            msn,
            index: 0,
            start_us: 0,
            duration_us,
            independent: true,
            discontinuity: false,
            wall: kernel::Instant::EPOCH,
            frames: 1,
            bytes: bytes.clone(),
        }));
        playlist.on(&Output::SegmentEnd(SegmentEnd { msn, duration_us, target_s: 2 }));
    }
    assert_eq!(playlist.first_msn(), 40 - WINDOW_BYTES_AT_MOST / PART_BYTES_AT_MOST as u64);
}
