//! Chunks of any shape, in portions of any size, make messages or a refusal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use media::rtmp::chunk::ChunkReader;

fuzz_target!(|portions: Vec<Vec<u8>>| {
    let mut reader = ChunkReader::new();
    reader.allow_media();
    for portion in portions {
        reader.receive(&portion);
        loop {
            match reader.next_message() {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
});
