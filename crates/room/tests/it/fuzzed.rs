//! Bytes from outside never panic: the fuzz targets' own functions, run briefly.

#[path = "../../../../fuzz/brief.rs"]
mod brief;
#[path = "../../../../fuzz/src/room.rs"]
mod entries;

#[test]
fn messages_and_frames() {
    brief::briefly("room_message", entries::room_message, 10_000);
    brief::briefly("room_frames", entries::room_frames, 10_000);
}
