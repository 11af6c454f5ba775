//! FLV tags and the codec configurations inside them.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use media::aac::AacConfig;
use media::avc::AvcConfig;
use media::flv;

fuzz_target!(|bytes: &[u8]| {
    let bytes = Bytes::copy_from_slice(bytes);
    let _ = flv::video_tag(bytes.clone());
    let _ = flv::audio_tag(bytes.clone());
    let _ = AacConfig::parse(&bytes);
    if let Ok(config) = AvcConfig::parse(&bytes) {
        assert!(config.width > 0 && config.height > 0);
        let _ = config.sample(bytes);
    }
});
