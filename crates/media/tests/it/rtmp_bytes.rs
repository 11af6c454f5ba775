//! The RTMP session on bytes alone: any portions, interleaved messages, hostile headers.

use bytes::{Bytes, BytesMut};
use media::rtmp::amf::{AmfError, Value};
use media::rtmp::chunk::{ChunkError, ChunkReader, ChunkWriter, Message, kind};
use media::rtmp::session::{Event, Session, SessionError};
use proptest::prelude::*;

use crate::encoder::{Script, audio_header, picture, sound, video_header};

/// Feeds `bytes` in portions, accepting every key; gives the events and whatever went wrong.
fn events(bytes: &[u8], portions: &[usize]) -> (Vec<Event>, Option<SessionError>) {
    let mut session = Session::new();
    let mut events = Vec::new();
    let mut rest = bytes;
    let mut portions = portions.iter().copied().cycle();
    while !rest.is_empty() {
        let (portion, left) = rest.split_at(portions.next().unwrap_or(rest.len()).clamp(1, rest.len()));
        rest = left;
        if let Err(error) = session.receive(portion) {
            return (events, Some(error));
        }
        loop {
            match session.next_event() {
                Ok(Some(event)) => {
                    if matches!(event, Event::Publish { .. }) {
                        session.accept();
                    }
                    events.push(event);
                }
                Ok(None) => break,
                Err(error) => return (events, Some(error)),
            }
        }
    }
    (events, None)
}

fn show() -> Script {
    let mut script = Script::publishing("secret?token=abc");
    script.metadata(true, true);
    script.message(kind::VIDEO, 0, video_header());
    script.message(kind::AUDIO, 0, audio_header());
    script.message(kind::VIDEO, 40, picture(true, 9_000));
    script.message(kind::AUDIO, 0x0100_0000, sound());
    script.message(kind::VIDEO, 0x0100_0028, picture(false, 5_000));
    script.goodbye();
    script
}

#[test]
fn what_obs_says_becomes_events() {
    let (events, error) = events(&show().bytes, &[]);
    assert!(error.is_none(), "{error:?}");
    assert_eq!(events[0], Event::Publish { key: "secret".to_owned().into() });
    assert_eq!(events[1], Event::Metadata { video: true, audio: true });
    assert_eq!(events[2], Event::Video { timestamp: 0, body: video_header() });
    assert_eq!(events[5], Event::Audio { timestamp: 0x0100_0000, body: sound() });
    assert_eq!(events[6], Event::Video { timestamp: 0x0100_0028, body: picture(false, 5_000) });
    assert_eq!(events[7], Event::Unpublish);
}

#[test]
fn a_key_given_within_the_address_is_found() {
    let mut script = Script::new();
    let app = Value::Object(vec![("app".to_owned(), Value::text("live/secret/"))]);
    script.command(&[Value::text("connect"), Value::Number(1.0), app]);
    script.command(&[Value::text("publish"), Value::Number(2.0), Value::Null, Value::text("")]);
    assert_eq!(events(&script.bytes, &[]).0, [Event::Publish { key: "secret".to_owned().into() }]);
}

#[test]
fn a_session_asks_for_connect_and_for_publishing_only() {
    let refusal = |commands: &[&[Value]]| {
        let mut script = Script::new();
        for command in commands {
            script.command(command);
        }
        events(&script.bytes, &[]).1
    };
    let connect = |app: &str| {
        let app = Value::Object(vec![("app".to_owned(), Value::text(app))]);
        [Value::text("connect"), Value::Number(1.0), app]
    };
    let publish = [Value::text("publish"), Value::Number(2.0), Value::Null, Value::text("secret")];
    let play = [Value::text("play"), Value::Number(2.0), Value::Null, Value::text("secret")];
    assert!(matches!(refusal(&[&publish]), Some(SessionError::NotConnected)));
    assert!(matches!(refusal(&[&connect("other")]), Some(SessionError::WrongApp)));
    assert!(matches!(refusal(&[&connect("live"), &play]), Some(SessionError::NotAPublisher)));
    assert!(matches!(refusal(&[&connect("live"), &publish, &publish]), Some(SessionError::PublishesAlready)));
    let hello = [Value::text("hello")];
    let connect = connect("live");
    let many: Vec<&[Value]> = std::iter::once(&connect[..]).chain(std::iter::repeat_n(&hello[..], 100)).collect();
    assert!(matches!(refusal(&many), Some(SessionError::Chatter)));
}

#[test]
fn deep_values_before_the_key_close_the_session() {
    let mut payload = vec![2, 0, 7];
    payload.extend_from_slice(b"connect");
    for _ in 0..10_000 {
        payload.extend_from_slice(&[3, 0, 1, b'a']);
    }
    let mut script = Script::new();
    script.message(kind::COMMAND, 0, payload.into());
    assert!(matches!(events(&script.bytes, &[]).1, Some(SessionError::Amf(AmfError::TooDeep))));
}

#[test]
fn media_has_no_room_before_the_key() {
    let mut script = Script::new();
    script.message(kind::VIDEO, 0, Bytes::from(vec![0; 65_537]));
    assert!(matches!(events(&script.bytes, &[]).1, Some(SessionError::Chunk(ChunkError::TooLarge(65_537)))));
}

#[test]
fn received_bytes_are_acknowledged() {
    let mut session = Session::new();
    let script = Script::publishing("secret");
    session.receive(&script.bytes).unwrap();
    while session.next_event().unwrap().is_some() {
        session.accept();
    }
    session.take_output();
    let mut script = ChunkWriter::default();
    let mut bytes = BytesMut::new();
    script.set_chunk_size(&mut bytes, 1_000_000);
    for _ in 0..30 {
        script.write(
            &mut bytes,
            &Message { kind: kind::VIDEO, stream: 1, timestamp: 0, payload: picture(true, 100_000) },
        );
    }
    for portion in bytes.chunks(60_000) {
        session.receive(portion).unwrap();
        while session.next_event().unwrap().is_some() {}
    }
    // Header of a control message of four bytes, then how many came.
    let output = session.take_output();
    assert_eq!(output[..12], [2, 0, 0, 0, 0, 0, 4, kind::ACKNOWLEDGEMENT, 0, 0, 0, 0]);
    assert_eq!(output.len(), 16);
    assert!(u32::from_be_bytes(output[12..].try_into().unwrap()) >= 2_500_000);
}

fn read(bytes: &[u8]) -> Result<Vec<Message>, ChunkError> {
    let mut reader = ChunkReader::new();
    reader.receive(bytes);
    let mut messages = Vec::new();
    while let Some(message) = reader.next_message()? {
        messages.push(message);
    }
    Ok(messages)
}

#[test]
fn short_headers_lean_on_the_one_before() {
    let mut bytes = vec![4, 0, 0, 100, 0, 0, 2, kind::AUDIO, 1, 0, 0, 0, 1, 1]; // full, at 100
    bytes.extend_from_slice(&[0x44, 0, 0, 20, 0, 0, 1, kind::AUDIO, 2]); // 20 later, one byte
    bytes.extend_from_slice(&[0x84, 0, 0, 30, 3]); // 30 later
    bytes.extend_from_slice(&[0xc4, 4]); // as much later again
    let read: Vec<_> = read(&bytes).unwrap().into_iter().map(|it| (it.timestamp, it.stream, it.payload[0])).collect();
    assert_eq!(read, [(100, 1, 1), (120, 1, 2), (150, 1, 3), (180, 1, 4)]);
}

#[test]
fn extended_timestamps_are_read_whether_or_not_they_are_repeated() {
    let payload: Vec<u8> = (0..200).collect();
    for is_repeated in [true, false] {
        let mut bytes = vec![4, 255, 255, 255, 0, 0, 200, kind::AUDIO, 1, 0, 0, 0, 1, 2, 3, 4];
        bytes.extend_from_slice(&payload[..128]);
        bytes.push(0xc4);
        if is_repeated {
            bytes.extend_from_slice(&[1, 2, 3, 4]);
        }
        bytes.extend_from_slice(&payload[128..]);
        let messages = read(&bytes).unwrap();
        assert_eq!((messages[0].timestamp, messages[0].payload.as_ref()), (0x0102_0304, payload.as_slice()));
    }
}

#[test]
fn an_aborted_message_is_forgotten() {
    let mut bytes = vec![4, 0, 0, 0, 0, 1, 0, kind::AUDIO, 1, 0, 0, 0];
    bytes.extend_from_slice(&[7; 128]);
    bytes.extend_from_slice(&[2, 0, 0, 0, 0, 0, 4, kind::ABORT, 0, 0, 0, 0, 0, 0, 0, 4]);
    bytes.extend_from_slice(&[4, 0, 0, 0, 0, 0, 1, kind::AUDIO, 1, 0, 0, 0, 9]);
    let messages = read(&bytes).unwrap();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].payload.as_ref(), [9]);
}

#[test]
fn chunks_above_65536_bytes_are_taken() {
    let mut bytes = BytesMut::new();
    let mut writer = ChunkWriter::default();
    writer.set_chunk_size(&mut bytes, 1 << 20);
    let message = Message { kind: kind::VIDEO, stream: 1, timestamp: 5, payload: picture(true, 500_000) };
    writer.write(&mut bytes, &message);
    let mut reader = ChunkReader::new();
    reader.allow_media();
    reader.receive(&bytes);
    assert_eq!(reader.next_message(), Ok(Some(message)));
}

#[test]
fn hostile_headers_are_refused() {
    let too_large = [6, 0, 0, 0, 255, 255, 255, kind::COMMAND, 0, 0, 0, 0];
    assert_eq!(read(&too_large), Err(ChunkError::TooLarge(0x00ff_ffff)));
    assert_eq!(read(&[0xc6]), Err(ChunkError::NoHeader));
    assert_eq!(read(&[2, 0, 0, 0, 0, 0, 4, kind::SET_CHUNK_SIZE, 0, 0, 0, 0, 0, 0, 0, 0]), Err(ChunkError::BadControl));
    assert_eq!(read(&[2, 0, 0, 0, 0, 0, 1, kind::ABORT, 0, 0, 0, 0, 0]), Err(ChunkError::BadControl));
    // A header inside another message, shorter than what is there already: the subtraction that panics elsewhere.
    let mut bytes = vec![4, 0, 0, 0, 0, 1, 0, kind::AUDIO, 1, 0, 0, 0];
    bytes.extend_from_slice(&[7; 128]);
    bytes.extend_from_slice(&[0x44, 0, 0, 0, 0, 0, 1, kind::AUDIO, 7]);
    assert_eq!(read(&bytes), Err(ChunkError::Unfinished));
    let mut bytes = Vec::new();
    for id in 0..70_u8 {
        bytes.extend_from_slice(&[0, id, 0, 0, 0, 0, 0, 0, kind::AUDIO, 1, 0, 0, 0]);
    }
    assert_eq!(read(&bytes), Err(ChunkError::TooManyStreams));
}

/// The chunks of one message, as the writer cuts them at 128 bytes.
fn chunks(message: &Message) -> Vec<Bytes> {
    let mut bytes = BytesMut::new();
    ChunkWriter::default().write(&mut bytes, message);
    let mut bytes = bytes.freeze();
    let first = bytes.split_to(bytes.len().min(12 + 128));
    std::iter::once(first)
        .chain(std::iter::from_fn(move || (!bytes.is_empty()).then(|| bytes.split_to(bytes.len().min(129)))))
        .collect()
}

proptest! {
    #[test]
    fn portions_do_not_matter(portions in proptest::collection::vec(1..3_000_usize, 1..20)) {
        let script = show();
        let (whole, _) = events(&script.bytes, &[]);
        let (parts, error) = events(&script.bytes, &portions);
        prop_assert!(error.is_none());
        prop_assert_eq!(whole, parts);
    }

    #[test]
    fn interleaved_messages_assemble(
        sizes in proptest::collection::vec((0..2_usize, 0..2_000_usize), 1..20),
        order in proptest::collection::vec(any::<bool>(), 0..400),
    ) {
        let mut lanes = [Vec::new(), Vec::new()];
        let mut sent = [Vec::new(), Vec::new()];
        for (number, (lane, size)) in sizes.into_iter().enumerate() {
            let message = Message {
                kind: [kind::AUDIO, kind::VIDEO][lane],
                stream: 1,
                timestamp: u32::try_from(number).unwrap(),
                payload: vec![u8::try_from(number).unwrap(); size].into(),
            };
            lanes[lane].extend(chunks(&message));
            sent[lane].push(message);
        }
        let mut lanes = lanes.map(Vec::into_iter);
        let mut bytes = BytesMut::new();
        for is_second in order {
            bytes.extend_from_slice(&lanes[usize::from(is_second)].next().unwrap_or_default());
        }
        lanes.into_iter().flatten().for_each(|chunk| bytes.extend_from_slice(&chunk));
        let messages = read(&bytes).unwrap();
        for (lane, sent) in sent.iter().enumerate() {
            let of_lane: Vec<_> =
                messages.iter().filter(|it| it.kind == [kind::AUDIO, kind::VIDEO][lane]).cloned().collect();
            prop_assert_eq!(&of_lane, sent);
        }
    }
}
