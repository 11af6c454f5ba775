//! A reader of media playlists that knows the rules and nothing of the code that wrote them.

use std::collections::HashMap;

/// What a playlist says.
#[derive(Clone, Debug, Default)]
pub struct Read {
    pub target_s: i64,
    pub part_target_us: i64,
    pub hold_back_us: i64,
    pub skip_until_us: i64,
    pub media_sequence: u64,
    pub discontinuity_sequence: u64,
    pub skipped: u64,
    pub segments: Vec<ReadSegment>,
    pub hint: Option<String>,
    pub ended: bool,
}

#[derive(Clone, Debug, Default)]
pub struct ReadSegment {
    pub msn: u64,
    pub uri: Option<String>,
    pub duration_us: i64,
    pub map: Option<String>,
    pub date: Option<String>,
    pub discontinuity: bool,
    pub gap: bool,
    pub parts: Vec<ReadPart>,
}

#[derive(Clone, Debug)]
pub struct ReadPart {
    pub uri: String,
    pub duration_us: i64,
    pub independent: bool,
    pub gap: bool,
}

fn us(seconds: &str) -> i64 {
    let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    assert!(fraction.len() <= 6, "{seconds}");
    whole.parse::<i64>().unwrap() * 1_000_000 + format!("{fraction:0<6}").parse::<i64>().unwrap()
}

fn attributes(text: &str) -> HashMap<String, String> {
    text.split(',')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), value.trim_matches('"').to_owned())
        })
        .collect()
}

/// Reads a playlist; panics where it breaks a rule of its own text.
pub fn read(text: &str) -> Read {
    let mut read = Read::default();
    let mut segment = ReadSegment::default();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("#EXTM3U"));
    let mut version = 0;
    let mut blocks = false;
    for line in lines {
        let (tag, value) = line.split_once(':').unwrap_or((line, ""));
        match tag {
            "#EXT-X-VERSION" => version = value.parse().unwrap(),
            "#EXT-X-TARGETDURATION" => read.target_s = value.parse().unwrap(),
            "#EXT-X-SERVER-CONTROL" => {
                let control = attributes(value);
                blocks = control["CAN-BLOCK-RELOAD"] == "YES";
                read.skip_until_us = us(&control["CAN-SKIP-UNTIL"]);
                read.hold_back_us = us(&control["PART-HOLD-BACK"]);
            }
            "#EXT-X-PART-INF" => read.part_target_us = us(&attributes(value)["PART-TARGET"]),
            "#EXT-X-MEDIA-SEQUENCE" => read.media_sequence = value.parse().unwrap(),
            "#EXT-X-DISCONTINUITY-SEQUENCE" => read.discontinuity_sequence = value.parse().unwrap(),
            "#EXT-X-SKIP" => {
                assert!(read.segments.is_empty());
                read.skipped = attributes(value)["SKIPPED-SEGMENTS"].parse().unwrap();
            }
            "#EXT-X-MAP" => segment.map = Some(attributes(value)["URI"].clone()),
            "#EXT-X-PROGRAM-DATE-TIME" => segment.date = Some(value.to_owned()),
            "#EXT-X-DISCONTINUITY" => segment.discontinuity = true,
            "#EXT-X-GAP" => segment.gap = true,
            "#EXT-X-PART" => {
                let part = attributes(value);
                segment.parts.push(ReadPart {
                    uri: part["URI"].clone(),
                    duration_us: us(&part["DURATION"]),
                    independent: part.get("INDEPENDENT").is_some_and(|yes| yes == "YES"),
                    gap: part.get("GAP").is_some_and(|yes| yes == "YES"),
                });
            }
            "#EXTINF" => segment.duration_us = us(value.trim_end_matches(',')),
            "#EXT-X-PRELOAD-HINT" => {
                let hint = attributes(value);
                assert_eq!(hint["TYPE"], "PART");
                read.hint = Some(hint["URI"].clone());
            }
            "#EXT-X-ENDLIST" => read.ended = true,
            uri if !uri.starts_with('#') => {
                segment.msn = read.media_sequence + read.skipped + read.segments.len() as u64;
                segment.uri = Some(uri.to_owned());
                read.segments.push(std::mem::take(&mut segment));
            }
            tag => panic!("unknown tag {tag}"),
        }
    }
    if !segment.parts.is_empty() {
        segment.msn = read.media_sequence + read.skipped + read.segments.len() as u64;
        read.segments.push(segment);
    }
    assert!(blocks && version == 9, "{text}");
    read
}

/// Holds a playlist against every rule of low-latency HLS that concerns one playlist.
pub fn check(text: &str) -> Read {
    let read = read(text);
    let (target_us, part_us) = (read.target_s * 1_000_000, read.part_target_us);
    assert_eq!(read.hold_back_us, 3 * part_us, "Apple 14.3");
    assert!(read.skip_until_us >= 6 * target_us, "4.4.3.8");
    let mut left_us: i64 = read.segments.iter().map(length).sum();
    for (place, segment) in read.segments.iter().enumerate() {
        left_us -= length(segment);
        if segment.uri.is_some() {
            let rounded = (segment.duration_us + 500_000) / 1_000_000;
            assert!(rounded <= read.target_s, "4.4.3.1: {} of {}\n{text}", segment.duration_us, read.target_s);
            assert_eq!(segment.uri, Some(format!("{}.m4s", segment.msn)));
            assert!(segment.date.is_some());
        }
        if segment.uri.is_some() && !segment.parts.is_empty() {
            let sum: i64 = segment.parts.iter().map(|part| part.duration_us).sum();
            assert_eq!(sum, segment.duration_us, "parts make up their segment");
        }
        assert!(left_us < 3 * target_us || segment.parts.is_empty(), "parts near the edge only\n{text}");
        for (index, part) in segment.parts.iter().enumerate() {
            assert_eq!(part.uri, format!("{}.{index}.m4s", segment.msn));
            assert!(part.duration_us <= part_us, "4.4.4.9: {} > {part_us}\n{text}", part.duration_us);
            assert!(part.duration_us > 0);
            let is_last = segment.uri.is_some() && index + 1 == segment.parts.len();
            let is_excused = part.independent || part.gap || is_last;
            assert!(is_excused || part.duration_us * 100 >= part_us * 85, "4.4.4.9: {}\n{text}", part.duration_us);
        }
        if place == 0 && read.skipped == 0 {
            assert!(segment.map.is_some(), "4.4.4.5");
        }
    }
    let hint = read.segments.last().map(|last| match last.uri {
        Some(_) => format!("{}.0.m4s", last.msn + 1),
        None => format!("{}.{}.m4s", last.msn, last.parts.len()),
    });
    assert_eq!(read.hint, hint.filter(|_| !read.ended), "4.4.5.3");
    read
}

/// Holds a playlist against the one before it.
pub fn check_next(before: &Read, after: &Read) {
    assert_eq!(before.target_s, after.target_s, "4.4.3.1: constant");
    assert_eq!(before.part_target_us, after.part_target_us);
    assert!(after.media_sequence >= before.media_sequence);
    assert!(after.discontinuity_sequence >= before.discontinuity_sequence);
    for segment in before.segments.iter().filter(|segment| segment.uri.is_some()) {
        if let Some(same) = after.segments.iter().find(|after| after.msn == segment.msn) {
            assert_eq!(same.duration_us, segment.duration_us, "6.2.1: a segment does not change");
            assert_eq!(same.date, segment.date);
        }
    }
}

fn length(segment: &ReadSegment) -> i64 {
    match segment.uri {
        Some(_) => segment.duration_us,
        None => segment.parts.iter().map(|part| part.duration_us).sum(),
    }
}
