//! AMF0 values: read, or refused; what was read and written is read the same again.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use media::rtmp::amf;

fuzz_target!(|bytes: &[u8]| {
    let Ok(values) = amf::read_all(Bytes::copy_from_slice(bytes)) else { return };
    let written = amf::write_all(&values);
    let again = amf::read_all(written.clone()).expect("what was written can be read");
    assert_eq!(amf::write_all(&again), written);
});
