//! A whole session behind its handshake: every key is accepted, every tag goes on into samples whose
//! clock only goes up.
#![no_main]

use kernel::Instant;
use libfuzzer_sys::fuzz_target;
use media::TrackId;
use media::ingest::{Ingest, Step};
use media::rtmp::session::{Event, Session};

fuzz_target!(|bytes: &[u8]| {
    let mut session = Session::new();
    let mut handshake = vec![0; 1 + 2 * 1536];
    handshake[0] = 3;
    session.receive(&handshake).expect("the handshake is good");
    if session.receive(bytes).is_err() {
        return;
    }
    let mut ingest = Ingest::new();
    let mut last = [-1, -1];
    while let Ok(Some(event)) = session.next_event() {
        let taken = match event {
            Event::Publish { .. } => {
                session.accept();
                Ok(())
            }
            Event::Metadata { video, audio } => {
                ingest.expect(video, audio);
                Ok(())
            }
            Event::Video { timestamp, body } => ingest.video(timestamp, body, Instant::EPOCH),
            Event::Audio { timestamp, body } => ingest.audio(timestamp, body, Instant::EPOCH),
            Event::Unpublish => return,
        };
        if taken.is_err() {
            return;
        }
        while let Some(step) = ingest.next_step() {
            match step {
                Step::Tracks(_) => last = [-1, -1],
                Step::Sample(sample) => {
                    let last = &mut last[usize::from(sample.track == TrackId::Audio)];
                    assert!(sample.dts > *last);
                    *last = sample.dts;
                }
            }
        }
    }
});
