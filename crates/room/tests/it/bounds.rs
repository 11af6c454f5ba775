//! What a client may not do, and what it costs the others: nothing.

use std::sync::Arc;
use std::time::Duration;

use futures_util::SinkExt as _;
use kernel::id::{EventId, OrgId};
use kernel::testing::each_database;
use room::NodeSettings;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::crowd::pass;
use crate::migrations;
use crate::server::{Server, close_code};

/// A frame as a client sends it, with a mask that changes nothing.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    if let Ok(short @ 0..126) = u8::try_from(payload.len()) {
        frame.push(0x80 | short);
    } else {
        frame.push(0xFE); // two bytes of length follow
        frame.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

#[tokio::test]
async fn what_breaks_the_rules_is_closed_with_its_code() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let huge = [&[0x81, 0xFF][..], &u64::MAX.to_be_bytes()].concat();
        let cases: [(&str, Vec<u8>, u16); 18] = [
            ("unmasked", vec![0x81, 2, b'h', b'i'], 1002),
            ("a reserved bit, none agreed", masked(0xC1, b"hi"), 1002),
            ("a reserved opcode", masked(0x83, b"hi"), 1002),
            ("a reserved control opcode", masked(0x8B, b""), 1002),
            ("a long ping", masked(0x89, &[b'a'; 126]), 1002),
            ("a fragmented ping", masked(0x09, b"hi"), 1002),
            ("a long close", masked(0x88, &[3; 126]), 1002),
            ("a continuation of nothing", masked(0x80, b"hi"), 1002),
            ("a message within a message", [masked(0x01, b"a"), masked(0x81, b"b")].concat(), 1002),
            ("half a close code", masked(0x88, &[3]), 1002),
            ("a close code nobody may send", masked(0x88, &1006_u16.to_be_bytes()), 1002),
            ("a close reason that is no text", masked(0x88, &[3, 0xE8, 0xFF]), 1007),
            ("binary", masked(0x82, b"hi"), 1003),
            ("no text", masked(0x81, &[0xC3, 0x28]), 1007),
            ("no text in two halves", [masked(0x01, &[0xE2]), masked(0x80, &[0x28, 0xA1])].concat(), 1007),
            ("too big", masked(0x81, &[b'a'; 4097]), 1009),
            ("too big in pieces", [masked(0x01, &[b'a'; 4000]), masked(0x80, &[b'a'; 97])].concat(), 1009),
            ("a length of all there is", huge, 1009),
        ];
        for (what, bytes, code) in cases {
            let mut socket = server.raw(&[]).await;
            socket.write_all(&bytes).await.unwrap();
            assert_eq!(close_code(socket).await, code, "{what}");
        }
        let early = server.raw(&masked(0x82, b"")).await;
        assert_eq!(close_code(early).await, 1003, "what came with the handshake is read");
        let mut forged = server.connect().await;
        forged.send(json!({"op": "join", "token": "forged.token"})).await;
        assert_eq!(forged.closed().await, 4001);
        let mut early = server.connect().await;
        early.send(json!({"op": "like", "n": 1})).await;
        assert_eq!(early.closed().await, 4001, "who has not joined says nothing");
        let request = server.call("nobody", "GET", "/rooms/{event}", Value::Null).await;
        assert_eq!((request.0.as_u16(), request.1["type"].as_str()), (426, Some("/problems/websocket-expected")));
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn a_close_is_answered_with_its_own_code() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        for (payload, code) in [(&[][..], 1000), (&[3, 0xE8], 1000), (&[0x10, 0xE1, b'b', b'y', b'e'], 4321)] {
            let mut socket = server.raw(&[]).await;
            socket.write_all(&masked(0x88, payload)).await.unwrap();
            assert_eq!(close_code(socket).await, code);
        }
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn a_join_in_pieces_with_a_ping_between_is_one_join() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let join = json!({"op": "join", "token": server.token("ana").await}).to_string();
        let (head, tail) = join.as_bytes().split_at(9);
        let mut socket = server.raw(&[]).await;
        for piece in [masked(0x01, head), masked(0x89, b"still there?"), masked(0x80, tail)] {
            for byte in piece {
                socket.write_all(&[byte]).await.unwrap();
            }
        }
        let mut pong = [0; 14];
        socket.read_exact(&mut pong).await.unwrap();
        assert_eq!(pong, *b"\x8A\x0Cstill there?");
        let mut welcome = vec![0; 4 + 15];
        socket.read_exact(&mut welcome).await.unwrap();
        assert_eq!(&welcome[4..], br#"{"op":"welcome""#);
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn floods_of_any_frame_are_closed() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let pieces = [masked(0x01, b""), masked(0x00, b"").repeat(700)].concat();
        for (what, flood) in
            [("pings", masked(0x89, b"").repeat(700)), ("pongs", masked(0x8A, b"").repeat(700)), ("pieces", pieces)]
        {
            let mut socket = server.raw(&[]).await;
            socket.write_all(&flood).await.unwrap();
            assert_eq!(last_close_code(socket).await, 1008, "{what}");
        }
        server.rooms.shutdown().await;
    })
    .await;
}

/// The close code behind any pongs.
async fn last_close_code(mut socket: TcpStream) -> u16 {
    let read = async {
        loop {
            let head = [socket.read_u8().await.unwrap(), socket.read_u8().await.unwrap()];
            if head[0] == 0x88 {
                return socket.read_u16().await.unwrap();
            }
            assert_eq!(head, [0x8A, 0]);
        }
    };
    tokio::time::timeout(Duration::from_secs(5), read).await.unwrap()
}

#[tokio::test]
async fn messages_that_are_none_are_refused_and_ten_of_them_close() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let (mut ana, _) = server.join("ana").await;
        let deep = format!(r#"{{"op":"like","n":1,"x":{}{}}}"#, "[".repeat(2000), "]".repeat(2000));
        let bad = [
            deep.as_str(),
            "",
            "null",
            "[]",
            "{}",
            r#"{"op":"dance"}"#,
            r#"{"op":"chat","text":"no id"}"#,
            r#"{"op":"chat","id":"not one","text":"x"}"#,
            r#"{"op":"like","n":-1}"#,
        ];
        for message in bad {
            ana.0.send(Message::text(message)).await.unwrap();
            let nack = ana.until(|frame| frame["op"] == "nack").await;
            assert_eq!(nack["problem"]["type"], "/problems/room-bad-message", "{message}");
        }
        ana.0.send(Message::text("{")).await.unwrap();
        assert_eq!(ana.closed().await, 1008);
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn a_reader_that_stops_is_closed_and_the_others_hear_everything() {
    each_database(&migrations(), async |db| {
        let node = NodeSettings {
            blocked_for: Duration::from_millis(300),
            close_within: Duration::from_millis(100),
            send_buffer_bytes: 4096,
            ..NodeSettings::default()
        };
        let server = Server::start_with(db, EventId::new(), OrgId::new(), Arc::default(), node).await;
        server.state("live", 3).await;
        let stopped = server.join("bo").await.0; // reads no more from here on
        let (mut ana, welcome) = server.join("ana").await;
        let long = "n".repeat(2000);
        let mut version = 0;
        let last = std::cell::Cell::new(welcome["s"].clone());
        let follows = |frame: &Value| {
            let before = last.replace(frame["s"].clone());
            assert_eq!(frame["p"], before, "a frame is missing");
        };
        while server.rooms.connections() > 1 {
            version += 1;
            assert!(version < 5_000, "the stopped reader is still there");
            let item = json!({"event": server.event, "version": version, "item": Uuid::now_v7(),
                "title": {"en": format!("{long}{version}")}});
            server.hear("live.run_item.started", item).await;
            if version % 8 == 0 {
                let newest = format!("n{version}\"");
                let hears = |frame: &Value| {
                    follows(frame);
                    frame["ev"].to_string().contains(&newest)
                };
                ana.until(hears).await;
            }
        }
        drop(stopped);
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn a_connection_ends_with_its_pass_and_the_crews_passes_end_soon() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let now = kernel::Clock::now(&kernel::SystemClock);
        let signer = kernel::Keys::from_secret([3; 32]).signer("room");
        for (who, hours) in [("ana", 12), ("desk", 1)] {
            let token = server.token(who).await;
            let pass = |at| room::Pass::read(&token, &signer, server.event, at);
            let left = pass(now).unwrap().expires.since(now);
            assert!(left <= Duration::from_hours(hours) + Duration::from_mins(1), "{who}: {left:?}");
        }
        let soon = room::Pass { event: server.event, expires: now + Duration::from_secs(1), ..(*pass("ana")).clone() };
        let mut viewer = server.connect().await;
        viewer.send(json!({"op": "join", "token": soon.sign(&signer)})).await;
        viewer.until(|frame| frame["op"] == "welcome").await;
        assert_eq!(viewer.closed().await, 4001);
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn a_room_that_nobody_is_in_is_let_go_and_opens_anew() {
    each_database(&migrations(), async |db| {
        let node = NodeSettings { idle_for: Duration::from_millis(200), ..NodeSettings::default() };
        let server = Server::start_with(db, EventId::new(), OrgId::new(), Arc::default(), node).await;
        server.state("live", 3).await;
        let epoch =
            async || server.call("nobody", "GET", "/api/v1/rooms/{event}/snapshot", Value::Null).await.1["e"].clone();
        let (viewer, welcome) = server.join("ana").await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(epoch().await, welcome["e"], "somebody is in it");
        drop(viewer);
        let anew = async {
            while epoch().await == welcome["e"] {
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), anew).await.unwrap();
        server.rooms.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn one_address_may_bring_a_hall_full_of_people_and_not_a_flood() {
    each_database(&migrations(), async |db| {
        let server = Server::start(db).await;
        let ask = async |address: &str| {
            let name = json!({"lang": "es", "name": "Ana"});
            server.call_from(address, "nobody", "/api/v1/rooms/{event}/tokens", &name).await.as_u16()
        };
        let mut given = 0;
        while ask("203.0.113.7").await == 200 {
            given += 1;
            assert!(given < 5_000);
        }
        assert!(given >= 600, "{given}");
        assert_eq!(ask("203.0.113.8").await, 200, "another address");
        assert_eq!(ask("127.0.0.1").await, 200, "a proxy on this machine speaks for all");
        server.rooms.shutdown().await;
    })
    .await;
}
