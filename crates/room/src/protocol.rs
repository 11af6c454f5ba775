//! `room.v1.json`: what clients send, and the shapes of what they get.

use kernel::id::{MessageId, ProductId, QuestionId};
use kernel::{Instant, Problem};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One message of a client.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Client {
    Join {
        token: String,
        lang: Option<String>,
        resume: Option<Resume>,
    },
    Chat {
        id: MessageId,
        text: String,
    },
    Ask {
        id: QuestionId,
        text: String,
        product: Option<ProductId>,
        /// Where in the show, in media time.
        at_ms: Option<i64>,
        #[serde(default)]
        private: bool,
    },
    Like {
        n: u32,
    },
    Set {
        lang: Option<String>,
    },
    Range {
        e: String,
        from: u64,
        to: u64,
    },
    Desk {
        on: bool,
    },
}

/// Where a client was when it lost its connection.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Resume {
    pub e: String,
    pub s: u64,
}

/// Reads one message; the refusal says which field was wrong, never what was in it.
pub fn parse_client(bytes: &[u8]) -> Result<Client, Problem> {
    serde_json::from_slice(bytes).map_err(|cause| {
        let detail = match cause.classify() {
            serde_json::error::Category::Data => "the message lacks a field or has one of another kind",
            _ => "the message is not JSON",
        };
        Problem::bad_request("room-bad-message").detail(detail)
    })
}

#[derive(Serialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Server<'a> {
    Ack {
        id: Uuid,
        #[serde(skip_serializing_if = "Option::is_none")]
        s: Option<u64>,
        /// `sampled` in a busy room, `held` for a moderator.
        #[serde(skip_serializing_if = "Option::is_none")]
        mark: Option<&'a str>,
    },
    Nack {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<Uuid>,
        problem: &'a Problem,
    },
    Bye {
        code: u16,
        retry_ms: u64,
        resume: bool,
    },
}

impl Server<'_> {
    pub(crate) fn json(&self) -> String {
        encode(self)
    }
}

/// JSON of our own types.
pub(crate) fn encode(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the room's own types encode")
}

/// The lane of an event: what may be dropped and what never is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Ctl,
    Qa,
    Chat,
}

impl Lane {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ctl => "ctl",
            Self::Qa => "qa",
            Self::Chat => "chat",
        }
    }
}

/// A tick frame: `ev` covers sequence numbers after `p` up to `s`.
pub(crate) fn tick<'a>(
    epoch: &str,
    (p, s): (u64, u64),
    now: Instant,
    events: impl Iterator<Item = &'a str>,
    states: impl Iterator<Item = &'a str>,
) -> String {
    let (ev, st) = (events.collect::<Vec<_>>().join(","), states.collect::<Vec<_>>().join(","));
    let now = now.millis();
    format!(r#"{{"e":"{epoch}","p":{p},"s":{s},"t":{now},"ev":[{ev}],"st":[{st}]}}"#)
}

pub(crate) fn event(s: u64, lane: Lane, kind: &str, body: &str) -> String {
    format!(r#"{{"s":{s},"l":"{}","k":"{kind}","d":{body}}}"#, lane.word())
}

pub(crate) fn state(key: &str, version: i64, body: &str) -> String {
    format!(r#"{{"k":"{key}","v":{version},"d":{body}}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_join_carries_token_language_and_where_it_was() {
        let join = parse_client(br#"{"op":"join","token":"t","lang":"es","resume":{"e":"k3","s":811},"later":1}"#);
        let resume = Some(Resume { e: "k3".into(), s: 811 });
        assert_eq!(join.unwrap(), Client::Join { token: "t".into(), lang: Some("es".into()), resume });
    }

    #[test]
    fn what_is_not_a_message_is_refused_without_repeating_it() {
        for bytes in [&b"<script>"[..], b"{}", br#"{"op":"sudo"}"#, br#"{"op":"chat","text":"x"}"#, b"[]", b"\xFF"] {
            let problem = parse_client(bytes).unwrap_err();
            assert_eq!((problem.status, problem.code()), (400, "room-bad-message"));
            assert!(!encode(&problem).contains("script"));
        }
    }

    #[test]
    fn mutated_messages_never_panic() {
        let good =
            br#"{"op":"ask","id":"0190a8a0-0000-7000-8000-000000000001","text":"MOQ?","at_ms":5,"private":true}"#;
        assert!(parse_client(good).is_ok());
        for at in 0..good.len() {
            for byte in [0, b'"', b'{', b'[', b'9', b'\\', 0xC3, 0xFF] {
                let mut bytes = good.to_vec();
                bytes[at] = byte;
                let _either = parse_client(&bytes);
                let _cut = parse_client(&bytes[..at]);
            }
        }
        let _deep = parse_client(&[b'['; 4096]);
    }
}
