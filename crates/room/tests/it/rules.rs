//! The rules of `room.v1.json` that need no socket: lanes, numbers, resuming.

use std::sync::Arc;
use std::time::Duration;

use kernel::Instant;
use kernel::id::{EventId, MessageId, QuestionId};
use room::question::{Answer, Question, QuestionState};
use room::room::{
    Ctl, Decision, Input, Loaded, Message, MessageState, Mute, MuteKind, Output, Outputs, Phase, Room, Tick,
};
use room::{NodeSettings, Pass, RoomSettings};
use serde_json::Value;

use crate::crowd::{START, ask, commits, conn, crew, frames, join, pass, pass_time, pins, replies, room, say};

fn of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn ticks(out: &Outputs) -> Vec<Arc<Tick>> {
    let tick = |output: &Output| if let Output::Tick(tick) = output { Some(Arc::clone(tick)) } else { None };
    out.list.iter().filter_map(tick).collect()
}

fn resumed(room: &mut Room, number: u64, e: &str, s: u64, now: Instant) -> Vec<Value> {
    let resume = Some(room::protocol::Resume { e: e.into(), s });
    let out = room.on(Input::Join { conn: conn(number), pass: pass("ana"), lang: None, resume }, now);
    replies(&out, conn(number)).into_iter().map(of).collect()
}

/// A room where one thousand viewers stretch the tick to its longest.
fn slow_room() -> Room {
    let node = NodeSettings { shards: 1, write_cost: Duration::from_millis(5), ..NodeSettings::default() };
    let loaded = Loaded { phase: Some(Phase::Open), ..Loaded::default() };
    let mut room = Room::new(EventId::new(), "e1".into(), Arc::new(node), loaded, START);
    for number in 0..1000 {
        join(&mut room, number, pass(&format!("v{number}")), START);
    }
    room
}

#[test]
fn a_control_event_starts_a_round_within_a_second_where_the_tick_is_longer() {
    let mut room = slow_room();
    let mut now = START + Duration::from_secs(10);
    pass_time(&mut room, &mut now, Duration::from_secs(5));
    room.on(pins(1), now); // the first one leaves at once
    let soon = now + Duration::from_millis(1);
    room.on(say(&pass("v1"), conn(1), "hola"), soon);
    assert_eq!(room.next_deadline(), Some(now + Duration::from_secs(2)), "chat waits for the tick");
    room.on(pins(2), soon);
    assert_eq!(room.next_deadline(), Some(soon + Duration::from_secs(1)));
}

#[test]
fn counts_travel_once_a_second_at_most_and_the_crew_is_no_audience() {
    let mut room = room();
    let mut now = START;
    join(&mut room, 0, crew(), now);
    let mut counts = Vec::new();
    for number in 1..=100 {
        let mut outs = vec![join(&mut room, number, pass(&format!("v{number}")), now)];
        outs.extend(pass_time(&mut room, &mut now, Duration::from_millis(50)));
        for frame in outs.iter().flat_map(frames) {
            let frame = of(frame.full.payload());
            counts.extend(frame["st"].as_array().unwrap().iter().map(|st| (st["v"].as_i64(), st["d"]["n"].as_u64())));
        }
    }
    assert!((5..=6).contains(&counts.len()), "{counts:?}");
    assert!(counts.is_sorted());
    pass_time(&mut room, &mut now, Duration::from_secs(2));
    assert!(room.snapshot().contains(r#""n":100"#));
}

#[test]
fn when_more_is_said_than_anybody_can_read_the_crew_comes_first_then_buyers_questions_newcomers() {
    let mut room = room();
    let settings = RoomSettings { visible_chat_per_s: 2, ..RoomSettings::default() };
    room.on(Input::Configure { settings, version: 1 }, START);
    let mut now = START + Duration::from_secs(5);
    room.on(say(&pass("old"), conn(1), "before"), now);
    pass_time(&mut room, &mut now, Duration::from_secs(10));
    room.on(say(&pass("filler"), conn(2), "leaves at once"), now);
    let buyer = Arc::new(Pass { known: true, ..(*pass("buyer")).clone() });
    for (who, text) in [(pass("old"), "again"), (pass("new"), "MOQ?"), (buyer, "500"), (crew(), "welcome")] {
        assert!(room.on(say(&who, conn(3), text), now).refusal.is_none(), "{text}");
    }
    let one_more = room.on(say(&pass("late"), conn(4), "me too"), now).refusal.unwrap();
    assert_eq!(one_more.code(), "room-slow-down", "twice the cap may arrive");
    let outs = pass_time(&mut room, &mut now, Duration::from_secs(3));
    let shown: Vec<String> = outs
        .iter()
        .flat_map(frames)
        .flat_map(|frame| of(frame.full.payload())["ev"].as_array().unwrap().clone())
        .filter(|event| event["k"] == "msg")
        .map(|event| event["d"]["x"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(shown, ["welcome", "500", "MOQ?"]);
    let left_out = |output: &Output| matches!(output, Output::Persist(message) if message.text == "again");
    assert!(outs.iter().flat_map(|out| &out.list).any(left_out), "and who waits a second is kept for the crew");
}

#[test]
fn a_lagging_connection_is_sent_the_same_numbers_without_the_chat() {
    let mut room = room();
    let mut now = START;
    room.on(pins(1), now);
    room.on(say(&pass("ana"), conn(1), "hola"), now);
    room.on(pins(2), now);
    let outs = pass_time(&mut room, &mut now, Duration::from_millis(50));
    let frame = outs.iter().flat_map(frames).next().unwrap();
    let (full, ctl) = (of(frame.full.payload()), of(frame.ctl_only.payload()));
    assert_eq!((&full["p"], &full["s"]), (&ctl["p"], &ctl["s"]), "what is left out looks like no gap");
    let lanes = |frame: &Value| frame["ev"].to_string().matches(r#""l":"chat""#).count();
    assert_eq!((lanes(&full), lanes(&ctl)), (1, 0));
    join(&mut room, 1, pass("ana"), now);
    let gap = room.on(Input::CaughtUp { conn: conn(1) }, now);
    let gap = of(replies(&gap, conn(1))[0]);
    assert_eq!((gap["op"].as_str(), gap["s"].as_u64()), (Some("gap"), Some(room.flushed())));
    assert!(gap["snap"].to_string().contains("hola"), "then the room as it stands says what was missed");
    assert_eq!(gap["me"]["participant"], "guest:ana", "and what is addressed to its participant");
}

#[test]
fn a_range_too_heavy_for_a_frame_is_answered_with_the_snapshot() {
    let mut room = room();
    let mut now = START;
    join(&mut room, 1, pass("ana"), now);
    let long = "n".repeat(1000);
    for version in 1..=100 {
        let body = format!(r#"{{"text":"{long}","version":{version}}}"#).into();
        room.on(Input::Show(Ctl { key: "notice".into(), kind: "notice".into(), version, body }), now);
        pass_time(&mut room, &mut now, Duration::from_millis(30));
    }
    let s = room.flushed();
    assert!(resumed(&mut room, 2, "e1", s - 60, now)[0]["snap"].is_null(), "60 kB fit");
    assert!(resumed(&mut room, 3, "e1", s - 80, now)[0]["snap"].is_object());
    let range = Input::Range { conn: conn(1), epoch: "e1".into(), from: s - 79, to: s };
    let ranged = room.on(range, now);
    assert_eq!(of(replies(&ranged, conn(1))[0])["op"], "welcome");
    assert_eq!(room.log_after("e1", s - 80, room.tongue_of("es"), now), None);
}

/// A question of `name` as it is committed.
fn asked(room: &mut Room, name: &str, number: u64, now: Instant) -> Question {
    let question = commits(&room.on(ask(&pass(name), number, QuestionId::new()), now)).remove(0);
    room.on(Input::Asked(Box::new(question.clone())), now);
    question
}

fn moved(question: &Question, state: QuestionState, merged_into: Option<QuestionId>) -> Question {
    Question { state, merged_into, version: question.version + 1, ..question.clone() }
}

fn answer_to(question: &Question) -> Answer {
    let (id, question) = (kernel::id::AnswerId::new(), question.id);
    Answer { id, question, text: "24 pieces".into(), lang: "en".into(), by: "Li".into(), public: true, at: START }
}

#[test]
fn all_who_asked_the_same_read_the_answer_and_nothing_public_says_otherwise() {
    let mut room = room();
    let mut now = START;
    let first = asked(&mut room, "first", 0, now);
    for number in 1..=150 {
        join(&mut room, number, pass(&format!("v{number}")), now);
        let same = asked(&mut room, &format!("v{number}"), number, now);
        let same = moved(&same, QuestionState::Merged, Some(first.id));
        room.on(Input::Moved { question: Box::new(same), answer: None }, now);
    }
    pass_time(&mut room, &mut now, Duration::from_secs(1));
    let answer = answer_to(&first);
    let mut answered = moved(&first, QuestionState::AnsweredText, None);
    answered.answers.push(answer.clone());
    let out = room.on(Input::Moved { question: Box::new(answered), answer: Some(answer) }, now);
    for number in 1..=150 {
        let mine = of(replies(&out, conn(number))[0]);
        assert_eq!((&mine["k"], &mine["d"]["x"]), (&"a".into(), &"24 pieces".into()), "{number}");
        assert_ne!(mine["d"]["question"], first.id.to_string(), "under the question of their own");
    }
    let frame = of(frames(&out).next().unwrap().full.payload());
    let told: Vec<&str> = frame["ev"].as_array().unwrap().iter().filter_map(|event| event["k"].as_str()).collect();
    assert_eq!(told, ["q", "a"], "{frame}");
    assert_eq!(frame["ev"][0]["d"]["id"], first.id.to_string());
}

#[test]
fn what_was_sent_away_or_asked_before_is_in_no_snapshot_and_pushes_nothing_out() {
    let mut room = room();
    let mut now = START;
    let real = asked(&mut room, "real", 1, now);
    for number in 2..60 {
        let spam = asked(&mut room, &format!("v{number}"), number, now);
        let (to, into) = match number % 2 {
            0 => (QuestionState::Dismissed, None),
            _ => (QuestionState::Merged, Some(real.id)),
        };
        pass_time(&mut room, &mut now, Duration::from_millis(50));
        let out = room.on(Input::Moved { question: Box::new(moved(&spam, to, into)), answer: None }, now);
        let frame = frames(&out).next().unwrap().full.payload().to_owned();
        assert!(frame.contains(to.word()) && !frame.contains("MOQ"), "{frame}");
    }
    let snapshot = room.snapshot();
    assert!(snapshot.contains(&real.id.to_string()), "{snapshot}");
    assert!(!snapshot.contains("dismissed") && !snapshot.contains("merged"), "{snapshot}");
}

#[test]
fn a_snapshot_stays_small_whatever_is_asked_and_however_many_offers_are_over() {
    let mut room = room();
    let mut now = START;
    for number in 0..60_i64 {
        let state = if number == 0 { "active" } else { "ended" };
        let body = format!(r#"{{"offer":"o{number}.","state":"{state}","ends_at":{number},"version":1}}"#).into();
        room.on(Input::Show(Ctl { key: format!("offer:{number}"), kind: "offer".into(), version: 1, body }), now);
        let mut question = commits(&room.on(ask(&pass(&number.to_string()), 1, QuestionId::new()), now)).remove(0);
        question.text = "好".repeat(490) + &format!("#{number}.");
        room.on(Input::Asked(Box::new(question)), now);
        room.on(say(&pass(&number.to_string()), conn(1), &format!("line {number}.")), now);
        pass_time(&mut room, &mut now, Duration::from_secs(1));
    }
    let snapshot = room.snapshot();
    assert!(snapshot.len() <= 16 * 1024 + 200, "{}", snapshot.len());
    for kept in ["o0.", "o59.", "o55.", "#59.", "line 59."] {
        assert!(snapshot.contains(kept), "{kept}");
    }
    assert!(!snapshot.contains("o54.") && !snapshot.contains("#1."), "{snapshot}");
}

#[test]
fn who_is_in_the_shadow_asks_the_desk_alone_and_sees_nothing_of_it() {
    let mut room = room();
    join(&mut room, 1, pass("ana"), START);
    let mute = Some(Mute { kind: MuteKind::Shadow, until: None });
    room.on(Input::Silence { participant: "guest:ana".into(), mute }, START);
    let now = START + Duration::from_secs(1);
    let question = commits(&room.on(ask(&pass("ana"), 1, QuestionId::new()), now)).remove(0);
    let out = room.on(Input::Asked(Box::new(question)), now);
    assert!(frames(&out).all(|frame| !frame.full.payload().contains("MOQ")) && !room.snapshot().contains("MOQ"));
    assert!(replies(&out, conn(1)).iter().all(|told| !told.contains("private")), "{out:?}");
}

#[test]
fn what_closes_the_room_arrives_before_the_end_of_the_connection() {
    let mut room = room();
    join(&mut room, 1, pass("ana"), START);
    room.on(pins(1), START);
    room.on(pins(2), START); // waits for the tick
    let out = room.on(Input::Enter(Phase::Closed), START);
    let order: Vec<&str> = out
        .list
        .iter()
        .filter_map(|output| match output {
            Output::Tick(tick) => Some(tick.of(room.tongue_of("es")).full.payload()),
            Output::Part { .. } => Some("part"),
            _ => None,
        })
        .collect();
    assert!(matches!(order[..], [frame, "part"] if frame.contains("p2")), "{order:?}");
}

#[test]
fn a_held_line_is_kept_while_two_thousand_others_pass() {
    let mut room = room();
    let settings = RoomSettings { pre_moderation: true, visible_chat_per_s: 50, ..RoomSettings::default() };
    room.on(Input::Configure { settings, version: 1 }, START);
    let mut now = START;
    let held = room.on(say(&pass("ana"), conn(1), "hola"), now);
    let id = held.list.iter().find_map(|output| match output {
        Output::Persist(message) => Some(message.id),
        _ => None,
    });
    for _ in 0..2100 {
        room.on(say(&crew(), conn(2), "welcome"), now);
        pass_time(&mut room, &mut now, Duration::from_millis(25));
    }
    assert_eq!(room.message(id.unwrap()).map(|message| message.state), Some(MessageState::Held));
    let out = room.on(Input::Tick, START + Duration::from_mins(5));
    let lapsed = |output: &Output| matches!(output, Output::Persist(message) if message.state == MessageState::Lapsed);
    assert!(out.list.iter().any(lapsed));
}

#[test]
fn a_place_is_kept_for_so_many_events_and_so_long() {
    let node = NodeSettings { resume_window_events: 10, ..NodeSettings::default() };
    let loaded = Loaded { phase: Some(Phase::Open), ..Loaded::default() };
    let mut room = Room::new(EventId::new(), "e1".into(), Arc::new(node), loaded, START);
    let mut now = START;
    for version in 1..=30 {
        room.on(pins(version), now);
        pass_time(&mut room, &mut now, Duration::from_millis(30));
    }
    let s = room.flushed();
    assert!(resumed(&mut room, 1, "e1", s - 11, now)[0]["snap"].is_object(), "one too many");
    let back = resumed(&mut room, 2, "e1", s - 10, now);
    assert_eq!((&back[0]["snap"], &back[0]["s"]), (&Value::Null, &(s - 10).into()));
    assert_eq!((back[1]["p"].as_u64(), back[1]["s"].as_u64()), (Some(s - 10), Some(room.flushed())));
    assert_eq!(back[1]["ev"].as_array().unwrap().len(), 10);
    for (e, s) in [("e0", s), ("e1", s + 100), ("e1", u64::MAX)] {
        assert!(resumed(&mut room, 3, e, s, now)[0]["snap"].is_object(), "{e}:{s} was never told");
    }
    // Five minutes later they are forgotten, at the next frame.
    now = now + Duration::from_secs(301);
    room.on(pins(99), now);
    assert!(resumed(&mut room, 4, "e1", s - 5, now)[0]["snap"].is_object());
    let s = room.flushed();
    assert!(resumed(&mut room, 5, "e1", s, now)[0]["snap"].is_null());
}

#[test]
fn a_snapshot_and_the_frames_behind_it_lose_nothing_and_number_chat_once() {
    let mut room = room();
    let mut now = START;
    room.on(say(&pass("ana"), conn(9), "first"), now);
    room.on(say(&pass("bo"), conn(9), "not yet in a frame"), now);
    room.on(pins(7), now);
    let welcome = of(replies(&join(&mut room, 1, pass("cy"), now), conn(1))[0]);
    let snapshot = welcome["snap"].to_string();
    assert!(snapshot.contains("first") && !snapshot.contains("not yet"), "{snapshot}");
    let outs = pass_time(&mut room, &mut now, Duration::from_millis(50));
    let frame = of(outs.iter().flat_map(frames).next().unwrap().full.payload());
    assert_eq!(frame["p"], welcome["s"], "the next frame follows on");
    assert!(frame["ev"].to_string().contains("not yet"));
}

#[test]
fn a_frame_is_encoded_once_for_all_and_once_for_each_language_only_where_a_title_differs() {
    let languages = ["en", "zh-CN", "es"].map(|tag| tag.parse().unwrap()).to_vec();
    let loaded = Loaded { phase: Some(Phase::Open), languages, ..Loaded::default() };
    let mut room = Room::new(EventId::new(), "e1".into(), Arc::default(), loaded, START);
    for (number, lang) in [(1, "en"), (2, "zh-CN"), (3, "zh-CN")] {
        let join = Input::Join { conn: conn(number), pass: pass(lang), lang: Some(lang.into()), resume: None };
        room.on(join, START);
    }
    let mut now = START + Duration::from_secs(2);
    pass_time(&mut room, &mut now, Duration::from_secs(2));
    assert_eq!(ticks(&room.on(pins(1), now))[0].frames(), 1);
    now = now + Duration::from_secs(1);
    let body = r#"{"item":"i","product":null,"title":{"en":"Bricks","zh-CN":"积木","es":"Ladrillos"}}"#.into();
    let item = Ctl { key: "item".into(), kind: "item".into(), version: 1, body };
    let tick = ticks(&room.on(Input::Show(item), now)).remove(0);
    assert_eq!(tick.frames(), 3);
    let read = |lang: &str| tick.of(room.tongue_of(lang)).full.payload().to_owned();
    assert!(read("en").contains("Bricks") && read("zh-CN").contains("积木"));
    assert_eq!(read("es"), read("en"), "nobody reads it: it is not encoded");
}

#[test]
fn a_language_learnt_later_reaches_those_who_read_it() {
    let mut room = room();
    let now = START + Duration::from_secs(2);
    room.on(Input::Join { conn: conn(1), pass: pass("wei"), lang: Some("zh-CN".into()), resume: None }, START);
    let body = r#"{"item":"i","product":null,"title":{"en":"Bricks","zh-CN":"积木"}}"#.into();
    room.on(Input::Show(Ctl { key: "item".into(), kind: "item".into(), version: 1, body }), now);
    assert!(room.snapshot().contains("Bricks"));
    let learnt = room.on(Input::Languages(vec!["zh-CN".parse().unwrap()]), now);
    assert!(replies(&learnt, conn(1))[0].contains("积木"), "{learnt:?}");
}

#[test]
fn held_messages_lapse_after_five_minutes_in_the_quietest_room_and_after_a_restart() {
    let held = |at| Message {
        id: MessageId::new(),
        event: EventId::new(),
        participant: "guest:ana".into(),
        name: "ana".into(),
        crew: false,
        text: "hola".into(),
        lang: "es".into(),
        state: MessageState::Held,
        at,
    };
    let loaded = Loaded { phase: Some(Phase::Open), messages: vec![held(START)], ..Loaded::default() };
    let mut room = Room::new(EventId::new(), "e1".into(), Arc::default(), loaded, START);
    let due = START + Duration::from_mins(5);
    assert!(!room.snapshot().contains("hola"));
    assert_eq!(room.next_deadline(), Some(due));
    let out = room.on(Input::Tick, due);
    let lapsed = |output: &Output| matches!(output, Output::Persist(message) if message.state == MessageState::Lapsed);
    assert!(out.list.iter().any(lapsed));
    assert_eq!(room.next_deadline(), None);
    let message = held(START);
    assert_eq!(Decision::Approve.applied_to(MessageState::Lapsed), None, "{message:?} is too late to approve");
}

#[test]
fn who_is_muted_is_told_and_who_is_in_the_shadow_is_not() {
    let mut room = room();
    join(&mut room, 1, pass("ana"), START);
    let mut told = |mute| {
        let out = room.on(Input::Silence { participant: "guest:ana".into(), mute }, START);
        of(replies(&out, conn(1))[0])["d"].clone()
    };
    let mute = |kind| Some(Mute { kind, until: Some(START + Duration::from_mins(1)) });
    assert_eq!(told(mute(MuteKind::Muted))["kind"], "muted");
    assert_eq!(told(mute(MuteKind::Shadow)), Value::Null);
    told(mute(MuteKind::Muted));
    let back = of(replies(&join(&mut room, 2, pass("ana"), START), conn(2))[0]);
    assert!(back["me"]["mute"]["until"].is_i64());
}

#[test]
fn who_joins_once_more_on_the_same_connection_is_one_viewer_and_no_longer_the_other() {
    let mut room = room();
    join(&mut room, 1, pass("ana"), START);
    join(&mut room, 1, pass("bo"), START);
    assert_eq!(room.viewers(), 1);
    let asked = room.on(ask(&pass("ana"), 1, kernel::id::QuestionId::new()), START);
    let kept = room.on(Input::Asked(Box::new(commits(&asked).remove(0))), START);
    assert!(replies(&kept, conn(1)).is_empty(), "what is addressed to ana is not bo's");
}

#[test]
fn a_clock_that_is_set_back_freezes_nothing() {
    let mut room = room();
    let mut now = START;
    join(&mut room, 1, pass("ana"), now);
    pass_time(&mut room, &mut now, Duration::from_secs(10));
    room.on(Input::Configure { settings: RoomSettings { slow_s: 5, ..RoomSettings::default() }, version: 1 }, now);
    for number in 0..20 {
        room.on(say(&pass(&format!("v{number}")), conn(1), "before"), now);
    }
    let mut now = START - Duration::from_hours(1);
    let mut outs = vec![
        room.on(say(&pass("bo"), conn(2), "after"), now),
        room.on(pins(1), now),
        room.on(Input::Like { n: 1 }, now),
    ];
    assert_eq!(outs[0].refusal.as_ref().map(kernel::Problem::code), Some("room-slow-down"), "the room is full");
    outs.extend(pass_time(&mut room, &mut now, Duration::from_secs(3)));
    assert!(outs.iter().flat_map(frames).any(|frame| frame.full.payload().contains("pins")));
    assert!(outs.iter().flat_map(frames).any(|frame| frame.full.payload().contains("cnt")));
    for name in ["bo", "v1"] {
        assert!(room.on(say(&pass(name), conn(2), "after"), now).refusal.is_none(), "{name}");
    }
    pass_time(&mut room, &mut now, Duration::from_secs(2));
    assert!(room.snapshot().contains("after"));
    assert_eq!(room.next_deadline(), None, "and nothing waits for a moment that has been");
}

#[test]
fn the_end_is_one_message_for_all() {
    let mut room = room();
    for number in 0..100 {
        join(&mut room, number, pass(&format!("v{number}")), START);
    }
    let out = room.on(Input::End { retry_ms: 2000 }, START + Duration::from_secs(1));
    let part = |output: &Output| match output {
        Output::Part { words: Some(words), code: 1012, .. } => Some(of(words.payload())),
        _ => None,
    };
    let words: Vec<Value> = out.list.iter().filter_map(part).collect();
    assert_eq!(words.len(), 1);
    assert_eq!((words[0]["op"].as_str(), words[0]["retry_ms"].as_u64()), (Some("bye"), Some(2000)));
}
