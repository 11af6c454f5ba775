//! The core alone: no sockets, no clock but the one given.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use kernel::Instant;
use kernel::id::{AnswerId, EventId, MessageId, QuestionId};
use proptest::prelude::*;
use room::question::{Answer, QuestionState};
use room::room::{
    Asking, ConnId, Ctl, Decision, Frame, Input, Loaded, Mute, MuteKind, Output, Outputs, Phase, Room, Tongue,
};
use room::{NodeSettings, Pass, RoomSettings};

use crate::client::{Client, Want};

pub const START: Instant = Instant::from_millis(1_589_284_800_000);

pub fn room() -> Room {
    let node = NodeSettings { shards: 2, ..NodeSettings::default() };
    let loaded = Loaded { phase: Some(Phase::Open), ..Loaded::default() };
    Room::new(EventId::new(), "e1".into(), Arc::new(node), loaded, START)
}

pub fn pass(name: &str) -> Arc<Pass> {
    Arc::new(Pass {
        event: EventId::new(),
        participant: format!("guest:{name}"),
        name: name.into(),
        lang: "es".into(),
        crew: false,
        known: false,
        via: String::new(),
        expires: START + Duration::from_hours(1),
    })
}

pub fn crew() -> Arc<Pass> {
    Arc::new(Pass { crew: true, ..(*pass("desk")).clone() })
}

pub fn conn(number: u64) -> ConnId {
    ConnId { shard: 0, number }
}

pub fn join(room: &mut Room, number: u64, pass: Arc<Pass>, now: Instant) -> Outputs {
    room.on(Input::Join { conn: conn(number), pass, lang: None, resume: None }, now)
}

pub fn say(from: &Arc<Pass>, conn: ConnId, text: &str) -> Input {
    Input::Say { from: Arc::clone(from), conn: Some(conn), id: MessageId::new(), text: text.into() }
}

pub fn pins(version: i64) -> Input {
    let body = format!(r#"{{"v":{version},"pins":["p{version}"]}}"#).into();
    Input::Show(Ctl { key: "pins".into(), kind: "pins".into(), version, body })
}

pub fn ask(from: &Arc<Pass>, number: u64, id: QuestionId) -> Input {
    let ask = Asking { id, text: "¿MOQ?".into(), product: None, at_ms: Some(5), private: false };
    Input::Ask { from: Arc::clone(from), conn: Some(conn(number)), ask }
}

pub fn replies(out: &Outputs, to: ConnId) -> Vec<&str> {
    let mine = |output| match output {
        &Output::Reply { to: other, ref text } if other == to => Some(text.payload()),
        _ => None,
    };
    out.list.iter().filter_map(mine).collect()
}

pub fn frames(out: &Outputs) -> impl Iterator<Item = &Frame> {
    out.list.iter().filter_map(|output| match output {
        Output::Tick(tick) => Some(tick.of(Tongue::default())),
        _ => None,
    })
}

pub fn commits(out: &Outputs) -> Vec<room::question::Question> {
    let commit = |output: &Output| match output {
        Output::Commit(question) => Some((**question).clone()),
        _ => None,
    };
    out.list.iter().filter_map(commit).collect()
}

/// Lets time pass; all frames on the way.
pub fn pass_time(room: &mut Room, now: &mut Instant, by: Duration) -> Vec<Outputs> {
    let end = *now + by;
    let mut all = Vec::new();
    while let Some(due) = room.next_deadline().filter(|due| *due <= end) {
        *now = due.max(*now);
        all.push(room.on(Input::Tick, *now));
    }
    *now = end;
    all
}

#[test]
fn the_first_event_after_a_quiet_while_leaves_at_once_and_the_next_waits_for_the_tick() {
    let mut room = room();
    let first = room.on(pins(1), START);
    assert_eq!(frames(&first).count(), 1);
    let soon = START + Duration::from_millis(5);
    assert_eq!(frames(&room.on(pins(2), soon)).count(), 0);
    assert_eq!(room.next_deadline(), Some(START + Duration::from_millis(20)));
    assert_eq!(frames(&room.on(Input::Tick, START + Duration::from_millis(20))).count(), 1);
    assert_eq!(room.next_deadline(), None, "nothing to say, no frame");
}

#[test]
fn of_many_values_in_one_tick_the_newest_travels_and_an_older_one_never_overwrites() {
    let mut room = room();
    room.on(pins(1), START);
    let soon = START + Duration::from_millis(5);
    for version in [3, 2, 5, 4] {
        room.on(pins(version), soon);
    }
    let out = room.on(Input::Tick, START + Duration::from_millis(20));
    let frame: serde_json::Value = serde_json::from_str(frames(&out).next().unwrap().full.payload()).unwrap();
    assert_eq!(frame["ev"].as_array().unwrap().len(), 1);
    assert_eq!(frame["ev"][0]["d"]["pins"][0], "p5");
}

#[test]
fn a_question_is_acknowledged_only_after_it_is_committed_and_repeats_are_harmless() {
    let mut room = room();
    let ana = pass("ana");
    join(&mut room, 1, Arc::clone(&ana), START);
    let id = QuestionId::new();
    let asked = room.on(ask(&ana, 1, id), START);
    let question = commits(&asked).pop().unwrap();
    assert!(replies(&asked, conn(1)).is_empty());
    let repeat = room.on(ask(&ana, 1, id), START);
    assert!(commits(&repeat).is_empty() && replies(&repeat, conn(1)).is_empty(), "the commit is on its way");
    let kept = room.on(Input::Asked(Box::new(question)), START);
    let got = replies(&kept, conn(1)).join("\n");
    assert!(got.contains(&format!(r#"{{"op":"ack","id":"{id}"}}"#)), "{got}");
    let again = room.on(ask(&ana, 1, id), START);
    assert_eq!(replies(&again, conn(1)), [format!(r#"{{"op":"ack","id":"{id}"}}"#)]);
    let stolen = room.on(ask(&pass("bo"), 2, id), START);
    assert_eq!(stolen.refusal.unwrap().code(), "room-id-taken");
}

#[test]
fn a_private_answer_reaches_its_asker_only() {
    let mut room = room();
    let ana = pass("ana");
    join(&mut room, 1, Arc::clone(&ana), START);
    join(&mut room, 2, pass("bo"), START);
    let mut question = commits(&room.on(ask(&ana, 1, QuestionId::new()), START)).pop().unwrap();
    room.on(Input::Asked(Box::new(question.clone())), START);
    let answer = Answer {
        id: AnswerId::new(),
        question: question.id,
        text: "24 pieces".into(),
        lang: "en".into(),
        by: "Li".into(),
        public: false,
        at: START,
    };
    question.state = QuestionState::AnsweredText;
    question.version = 2;
    question.answers.push(answer.clone());
    let later = START + Duration::from_secs(1);
    let out = room.on(Input::Moved { question: Box::new(question), answer: Some(answer) }, later);
    assert!(replies(&out, conn(1)).iter().any(|me| me.contains("24 pieces")));
    assert!(replies(&out, conn(2)).is_empty());
    assert!(frames(&out).all(|frame| !frame.full.payload().contains("24 pieces")));
    assert!(!room.snapshot().contains("24 pieces"));
    let back = join(&mut room, 3, ana, later);
    assert!(replies(&back, conn(3))[0].contains("24 pieces"), "resent whole at join");
}

#[test]
fn a_busy_room_shows_ten_lines_a_second_and_keeps_the_rest_for_the_crew() {
    let mut room = room();
    let mut now = START;
    let company = Arc::new(Pass { known: true, ..(*pass("buyer")).clone() });
    let mut said = 0;
    for number in 0..18 {
        said += usize::from(room.on(say(&pass(&format!("g{number}")), conn(number), "nice"), now).refusal.is_none());
    }
    said += usize::from(room.on(say(&company, conn(99), "MOQ 500"), now).refusal.is_none());
    assert_eq!(said, 19);
    let mut seen = BTreeMap::new();
    for out in pass_time(&mut room, &mut now, Duration::from_millis(1500)) {
        for output in &out.list {
            if let Output::Persist(message) = output {
                *seen.entry(message.state.word()).or_insert(0) += 1;
            }
        }
    }
    assert_eq!(seen.values().sum::<i32>() + 1, 19, "the first line left at once: {seen:?}");
    assert!(room.snapshot().contains("MOQ 500"));
}

#[test]
fn the_loud_and_the_muted_are_refused_and_told_why() {
    let mut room = room();
    let ana = pass("ana");
    let codes = |out: Outputs| out.refusal.map(|problem| problem.code().to_owned()).unwrap_or_default();
    assert_eq!(codes(room.on(say(&pass(""), conn(1), "hi"), START)), "room-name-needed");
    assert_eq!(codes(room.on(say(&ana, conn(1), " \u{202E} "), START)), "room-empty");
    assert_eq!(codes(room.on(say(&ana, conn(1), &"好".repeat(501)), START)), "room-too-long");
    for _ in 0..3 {
        assert_eq!(codes(room.on(say(&ana, conn(1), "hi"), START)), "");
    }
    assert_eq!(codes(room.on(say(&ana, conn(1), "hi"), START)), "room-slow-down");
    room.on(Input::Configure { settings: RoomSettings { slow_s: 30, ..RoomSettings::default() }, version: 1 }, START);
    let bo = pass("bo");
    assert_eq!(codes(room.on(say(&bo, conn(2), "hi"), START)), "");
    assert_eq!(codes(room.on(say(&bo, conn(2), "hi"), START + Duration::from_secs(5))), "room-slow-down");
    let mute = Some(Mute { kind: MuteKind::Muted, until: Some(START + Duration::from_mins(1)) });
    room.on(Input::Silence { participant: bo.participant.clone(), mute }, START);
    assert_eq!(codes(room.on(say(&bo, conn(2), "hi"), START + Duration::from_secs(40))), "room-muted");
    assert_eq!(codes(room.on(say(&bo, conn(2), "hi"), START + Duration::from_secs(61))), "");
    room.on(Input::Enter(Phase::DeskOnly), START);
    assert_eq!(codes(room.on(say(&pass("cy"), conn(3), "hi"), START + Duration::from_secs(70))), "room-closed");
}

#[test]
fn a_removed_message_leaves_snapshots_and_comes_back_when_restored() {
    let mut room = room();
    let mut now = START;
    let out = room.on(say(&pass("ana"), conn(1), "buy at my shop"), now);
    let Some(Output::Persist(message)) = out.list.iter().find(|output| matches!(output, Output::Persist(_))) else {
        panic!("said")
    };
    now = now + Duration::from_secs(1);
    room.on(Input::Decide { message: message.clone(), decision: Decision::Remove }, now);
    pass_time(&mut room, &mut now, Duration::from_secs(1));
    assert!(!room.snapshot().contains("my shop"));
    let removed = room.message(message.id).unwrap().clone();
    assert_eq!(removed.state.word(), "removed");
    room.on(Input::Decide { message: Box::new(removed), decision: Decision::Restore }, now);
    pass_time(&mut room, &mut now, Duration::from_secs(1));
    assert!(room.snapshot().contains("my shop"));
}

#[test]
fn the_desk_sees_what_others_do_not() {
    let mut room = room();
    join(&mut room, 1, crew(), START);
    join(&mut room, 2, pass("ana"), START);
    let refused = room.on(Input::Desk { conn: conn(2), on: true }, START);
    assert!(replies(&refused, conn(2))[0].contains("room-crew-only"));
    room.on(Input::Desk { conn: conn(1), on: true }, START);
    let mute = Some(Mute { kind: MuteKind::Shadow, until: None });
    room.on(Input::Silence { participant: "guest:ana".into(), mute }, START);
    let mut now = START + Duration::from_secs(1);
    let mut all = vec![room.on(say(&pass("ana"), conn(2), "psst"), now)];
    all.extend(pass_time(&mut room, &mut now, Duration::from_secs(1)));
    let desk = |output: &Output| matches!(output, Output::DeskTick(frame) if frame.full.payload().contains("psst"));
    assert!(all.iter().flat_map(|out| &out.list).any(desk));
    assert!(all.iter().flat_map(frames).all(|frame| !frame.full.payload().contains("psst")));
    let persisted = |output: &Output| if let Output::Persist(message) = output { Some(message.id) } else { None };
    let id = all.iter().flat_map(|out| &out.list).find_map(persisted).unwrap();
    assert_eq!(replies(&room.on(Input::Saved { id }, now), conn(2)), [format!(r#"{{"op":"ack","id":"{id}"}}"#)]);
}

#[test]
fn chat_is_shown_at_once_and_acknowledged_when_it_is_saved() {
    let mut room = room();
    join(&mut room, 1, pass("ana"), START);
    let id = MessageId::new();
    let line = |conn| Input::Say { from: pass("ana"), conn: Some(conn), id, text: "MOQ?".into() };
    let mut now = START + Duration::from_secs(1);
    let mut said = vec![room.on(line(conn(1)), now)];
    said.extend(pass_time(&mut room, &mut now, Duration::from_secs(1)));
    assert!(room.snapshot().contains("MOQ?"));
    said.push(room.on(line(conn(2)), now));
    assert!(said.iter().all(|out| !replies(out, conn(1)).iter().any(|reply| reply.contains("ack"))));
    assert_eq!(room.acknowledged(id), None);
    let saved = room.on(Input::Saved { id }, now);
    for number in [1, 2] {
        assert!(replies(&saved, conn(number))[0].starts_with(&format!(r#"{{"op":"ack","id":"{id}","s":"#)));
    }
    assert!(room.acknowledged(id).is_some());
    assert_eq!(replies(&room.on(line(conn(3)), now), conn(3)).len(), 1, "a repeat of what is saved");
    assert!(room.on(Input::Saved { id }, now).list.is_empty());
}

#[test]
fn a_sixth_connection_of_one_participant_replaces_the_first_and_the_banned_stay_out() {
    let mut room = room();
    for number in 1..=5 {
        join(&mut room, number, pass("ana"), START);
    }
    let sixth = join(&mut room, 6, pass("ana"), START);
    assert!(sixth.list.iter().any(|out| matches!(out, Output::Close { to, code: 4009, .. } if *to == conn(1))));
    assert_eq!(room.viewers(), 5);
    let mute = Some(Mute { kind: MuteKind::Banned, until: None });
    let banned = room.on(Input::Silence { participant: "guest:ana".into(), mute }, START);
    assert_eq!(banned.list.iter().filter(|out| matches!(out, Output::Close { code: 4003, .. })).count(), 5);
    let back = join(&mut room, 7, pass("ana"), START);
    assert!(matches!(back.list[..], [Output::Close { code: 4003, .. }, ..]));
}

/// 50,000 viewers for ten simulated minutes: joins, leaves, losses and returns. Nothing of ctl and qa is lost, what
/// is kept stays within bounds.
#[test]
fn fifty_thousand_viewers_miss_no_control_event_and_no_question() {
    const VIEWERS: u64 = 50_000;
    let began = Stopwatch::now();
    let mut room = room();
    let mut now = START;
    let mut watched: Vec<Client> = (0..20).map(|_| Client::default()).collect();
    for number in 0..VIEWERS {
        let out = join(&mut room, number, pass(&format!("v{number}")), now);
        if let Some(client) = usize::try_from(number).ok().and_then(|at| watched.get_mut(at)) {
            for text in replies(&out, conn(number)) {
                client.take(text);
            }
        }
    }
    let (mut sent, mut questions, mut largest) = (0, 0, 0);
    let mut last_pins = 0;
    for second in 0..600_u64 {
        let mut outs = Vec::new();
        let asker = pass(&format!("v{}", second * 37 % VIEWERS));
        if second % 3 == 0 {
            let asked = room.on(ask(&asker, second, QuestionId::new()), now);
            for question in commits(&asked) {
                questions += 1;
                outs.push(room.on(Input::Asked(Box::new(question)), now));
            }
        }
        if second % 7 == 0 {
            last_pins = i64::try_from(second).unwrap() + 1;
            outs.push(room.on(pins(last_pins), now));
        }
        for line in 0..15 {
            let speaker = pass(&format!("v{}", (second * 101 + line * 977) % VIEWERS));
            outs.push(room.on(say(&speaker, conn(line), "hola"), now));
        }
        room.on(Input::Leave { conn: conn(1000 + second) }, now);
        join(&mut room, 1000 + second, pass(&format!("v{}", 1000 + second)), now);
        outs.extend(pass_time(&mut room, &mut now, Duration::from_secs(1)));
        for (at, client) in watched.iter_mut().enumerate() {
            for frame in outs.iter().flat_map(frames) {
                let number = u64::try_from(at).unwrap();
                if (second + number) % 11 == 0 {
                    continue; // this one is lost on the way
                }
                take_and_ask(&mut room, client, conn(number), frame.full.payload(), now);
            }
        }
        sent += outs.iter().flat_map(frames).count();
        largest = largest.max(room.snapshot().len());
    }
    for (at, client) in watched.iter_mut().enumerate() {
        let out = room.on(
            Input::Range { conn: conn(at as u64), epoch: client.epoch.clone(), from: client.last + 1, to: u64::MAX },
            now,
        );
        for text in replies(&out, conn(at as u64)) {
            client.take(text);
        }
        assert_eq!(client.last, room.flushed());
        assert_eq!(client.view.questions.len(), questions);
        assert_eq!(client.view.ctl["pins"]["v"], last_pins);
    }
    assert!((500..=1800).contains(&sent), "half a second is the tick of 50,000: {sent} frames");
    assert!(largest <= 16 * 1024 + 200, "{largest}");
    assert!(began.elapsed() < Duration::from_mins(2));
}

fn take_and_ask(room: &mut Room, client: &mut Client, conn: ConnId, frame: &str, now: Instant) {
    if let Want::Range(from, to) = client.take(frame) {
        let out = room.on(Input::Range { conn, epoch: client.epoch.clone(), from, to }, now);
        for text in replies(&out, conn) {
            client.take(text);
        }
    }
}

#[derive(Clone, Debug)]
enum Act {
    Pins,
    Say,
    Ask,
    Notice,
    Wait(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        Just(Act::Pins),
        Just(Act::Say),
        Just(Act::Ask),
        Just(Act::Notice),
        (1_u64..3000).prop_map(Act::Wait),
    ];
    prop::collection::vec(act, 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn loss_repeats_and_disorder_end_in_the_same_view(
        acts in acts(), fates in prop::collection::vec(0_u8..4, 200), window in 3_usize..40,
    ) {
        let node = NodeSettings { resume_window_events: window, ..NodeSettings::default() };
        let loaded = Loaded { phase: Some(Phase::Open), ..Loaded::default() };
        let mut room = Room::new(EventId::new(), "e1".into(), Arc::new(node), loaded, START);
        let mut now = START;
        let (mut good, mut poor) = (Client::default(), Client::default());
        for (number, client) in [(1, &mut good), (2, &mut poor)] {
            let out = join(&mut room, number, pass(&number.to_string()), now);
            for text in replies(&out, conn(number)) {
                client.take(text);
            }
        }
        let mut late = Vec::new();
        let mut fate = fates.iter().cycle();
        let (mut version, mut speaker) = (0, 0);
        for act in acts {
            version += 1;
            speaker += 1;
            let who = pass(&format!("s{speaker}"));
            let mut outs = Vec::new();
            match act {
                Act::Pins => outs.push(room.on(pins(version), now)),
                Act::Say => outs.push(room.on(say(&who, conn(9), "hola"), now)),
                Act::Ask => {
                    let asked = room.on(ask(&who, 9, QuestionId::new()), now);
                    for question in commits(&asked) { outs.push(room.on(Input::Asked(Box::new(question)), now)); }
                    outs.push(asked);
                }
                Act::Notice => {
                    let settings = RoomSettings { notice: format!("n{version}"), ..RoomSettings::default() };
                    outs.push(room.on(Input::Configure { settings, version }, now));
                }
                Act::Wait(ms) => outs.extend(pass_time(&mut room, &mut now, Duration::from_millis(ms))),
            }
            for frame in outs.iter().flat_map(frames) {
                let json = frame.full.payload().to_owned();
                take_and_ask(&mut room, &mut good, conn(1), &json, now);
                match fate.next().unwrap() {
                    0 => {}
                    1 => { for _ in 0..2 { take_and_ask(&mut room, &mut poor, conn(2), &json, now); } }
                    2 => late.push(json),
                    _ => {
                        take_and_ask(&mut room, &mut poor, conn(2), &json, now);
                        for json in late.drain(..) { take_and_ask(&mut room, &mut poor, conn(2), &json, now); }
                    }
                }
            }
        }
        for out in pass_time(&mut room, &mut now, Duration::from_secs(5)) {
            for frame in frames(&out) { take_and_ask(&mut room, &mut good, conn(1), frame.full.payload(), now); }
        }
        // The next frame shows the gap, and the range closes it.
        let out = room.on(pins(version + 1), now + Duration::from_secs(5));
        for frame in frames(&out) {
            take_and_ask(&mut room, &mut good, conn(1), frame.full.payload(), now);
            take_and_ask(&mut room, &mut poor, conn(2), frame.full.payload(), now);
        }
        prop_assert_eq!(good.last, poor.last);
        prop_assert_eq!(&good.view.ctl, &poor.view.ctl);
        prop_assert_eq!(&good.view.values, &poor.view.values);
        // Where the range is no longer kept the snapshot stands in: it has the newest lines, not all.
        for (id, text) in &poor.view.chat { prop_assert_eq!(good.view.chat.get(id), Some(text)); }
        for (id, question) in &poor.view.questions { prop_assert_eq!(good.view.questions.get(id), Some(question)); }
        prop_assert!(poor.view.questions.len() >= good.view.questions.len().min(40), "no question is lost");
    }
}
