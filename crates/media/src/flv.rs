//! FLV tag bodies as RTMP carries them: legacy H.264 and AAC, and the forms with four-letter codes of the same two.

use bytes::{Buf, Bytes};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VideoTag {
    /// An `AVCDecoderConfigurationRecord`.
    Header(Bytes),
    Frame {
        key: bool,
        cts_ms: i32,
        data: Bytes,
    },
    /// End of sequence, seek commands, metadata: nothing to keep.
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AudioTag {
    /// An `AudioSpecificConfig`.
    Header(Bytes),
    Frame(Bytes),
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlvError {
    #[error("the tag ends early")]
    Truncated,
    /// Names the codec for people.
    #[error("the codec {0} is not supported")]
    Unsupported(String),
}

const EXTENDED_VIDEO: u8 = 0x80;
const EXTENDED_AUDIO: u8 = 9;
const KEYFRAME: u8 = 1;
const COMMAND_FRAME: u8 = 5;
/// Enhanced RTMP packets of tracks beside the first, and what is newer: the first track is enough.
const FURTHER_TRACKS: u8 = 6;
const FURTHER_SOUNDS: u8 = 5;

/// Reads the body of a video message.
pub fn video_tag(mut body: Bytes) -> Result<VideoTag, FlvError> {
    if body.is_empty() {
        return Ok(VideoTag::Nothing);
    }
    let first = take_u8(&mut body)?;
    if first & EXTENDED_VIDEO != 0 {
        return extended_video(first, body);
    }
    let frame_type = first >> 4;
    if frame_type == COMMAND_FRAME {
        return Ok(VideoTag::Nothing);
    }
    match first & 0x0f {
        7 => {}
        2 => return Err(unsupported("h263")),
        3 | 6 => return Err(unsupported("screen")),
        4 | 5 => return Err(unsupported("vp6")),
        12 => return Err(unsupported("hevc")),
        13 => return Err(unsupported("av1")),
        other => return Err(FlvError::Unsupported(format!("video-{other}"))),
    }
    let kind = take_u8(&mut body)?;
    let cts_ms = take_si24(&mut body)?;
    Ok(match kind {
        0 => VideoTag::Header(body),
        1 => frame(frame_type, cts_ms, body),
        _ => VideoTag::Nothing,
    })
}

fn extended_video(first: u8, mut body: Bytes) -> Result<VideoTag, FlvError> {
    let frame_type = (first >> 4) & 7;
    let kind = first & 0x0f;
    if kind >= FURTHER_TRACKS {
        return Ok(VideoTag::Nothing);
    }
    let fourcc = take_fourcc(&mut body)?;
    if &fourcc != b"avc1" {
        return Err(unsupported_fourcc(fourcc));
    }
    Ok(match kind {
        0 => VideoTag::Header(body),
        1 => {
            let cts_ms = take_si24(&mut body)?;
            frame(frame_type, cts_ms, body)
        }
        3 => frame(frame_type, 0, body), // CodedFramesX
        _ => VideoTag::Nothing,
    })
}

fn frame(frame_type: u8, cts_ms: i32, data: Bytes) -> VideoTag {
    if data.is_empty() || frame_type == COMMAND_FRAME {
        return VideoTag::Nothing;
    }
    VideoTag::Frame { key: frame_type == KEYFRAME, cts_ms, data }
}

/// Reads the body of an audio message.
pub fn audio_tag(mut body: Bytes) -> Result<AudioTag, FlvError> {
    if body.is_empty() {
        return Ok(AudioTag::Nothing);
    }
    let first = take_u8(&mut body)?;
    let kind = match first >> 4 {
        10 => take_u8(&mut body)?,
        EXTENDED_AUDIO if first & 0x0f >= FURTHER_SOUNDS => return Ok(AudioTag::Nothing),
        EXTENDED_AUDIO => {
            let fourcc = take_fourcc(&mut body)?;
            if &fourcc != b"mp4a" {
                return Err(unsupported_fourcc(fourcc));
            }
            first & 0x0f
        }
        0 | 3 => return Err(unsupported("pcm")),
        2 | 14 => return Err(unsupported("mp3")),
        4..=6 => return Err(unsupported("nellymoser")),
        7 | 8 => return Err(unsupported("g711")),
        11 => return Err(unsupported("speex")),
        other => return Err(FlvError::Unsupported(format!("audio-{other}"))),
    };
    Ok(match kind {
        0 => AudioTag::Header(body),
        1 if !body.is_empty() => AudioTag::Frame(body),
        _ => AudioTag::Nothing,
    })
}

fn unsupported(codec: &str) -> FlvError {
    FlvError::Unsupported(codec.to_owned())
}

fn unsupported_fourcc(fourcc: [u8; 4]) -> FlvError {
    FlvError::Unsupported(match &fourcc {
        b"hvc1" => "hevc".to_owned(),
        b"av01" => "av1".to_owned(),
        b"vp09" => "vp9".to_owned(),
        b"Opus" => "opus".to_owned(),
        b"fLaC" => "flac".to_owned(),
        other => other.escape_ascii().to_string(),
    })
}

fn take_u8(body: &mut Bytes) -> Result<u8, FlvError> {
    body.try_get_u8().map_err(|_short| FlvError::Truncated)
}

/// Composition time is signed 24 bits: read as unsigned, a negative one becomes 16,777,xxx ms.
fn take_si24(body: &mut Bytes) -> Result<i32, FlvError> {
    let value = body.try_get_int(3).map_err(|_short| FlvError::Truncated)?;
    Ok(i32::try_from(value).unwrap_or_default())
}

fn take_fourcc(body: &mut Bytes) -> Result<[u8; 4], FlvError> {
    let mut fourcc = [0; 4];
    body.try_copy_to_slice(&mut fourcc).map_err(|_short| FlvError::Truncated)?;
    Ok(fourcc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn video(bytes: &'static [u8]) -> Result<VideoTag, FlvError> {
        video_tag(Bytes::from_static(bytes))
    }

    fn audio(bytes: &'static [u8]) -> Result<AudioTag, FlvError> {
        audio_tag(Bytes::from_static(bytes))
    }

    #[test]
    fn composition_time_is_signed() {
        let frame = |cts_ms| Ok(VideoTag::Frame { key: false, cts_ms, data: Bytes::from_static(&[9]) });
        assert_eq!(video(&[0x27, 1, 0xff, 0xff, 0xdf, 9]), frame(-33));
        assert_eq!(video(&[0x27, 1, 0, 0, 66, 9]), frame(66));
        assert_eq!(video(&[0xa1, b'a', b'v', b'c', b'1', 0xff, 0xff, 0xdf, 9]), frame(-33));
    }

    #[test]
    fn headers_and_frames_are_told_apart() {
        assert_eq!(video(&[0x17, 0, 0, 0, 0, 1, 2]), Ok(VideoTag::Header(Bytes::from_static(&[1, 2]))));
        assert_eq!(video(&[0x17, 2, 0, 0, 0]), Ok(VideoTag::Nothing));
        assert_eq!(video(&[0x57, 0]), Ok(VideoTag::Nothing));
        assert_eq!(video(&[]), Ok(VideoTag::Nothing));
        assert_eq!(audio(&[0xaf, 0, 0x11, 0x90]), Ok(AudioTag::Header(Bytes::from_static(&[0x11, 0x90]))));
        assert_eq!(audio(&[0xaf, 1, 7]), Ok(AudioTag::Frame(Bytes::from_static(&[7]))));
        assert_eq!(audio(&[0x91, b'm', b'p', b'4', b'a', 7]), Ok(AudioTag::Frame(Bytes::from_static(&[7]))));
    }

    #[test]
    fn further_tracks_are_passed_over() {
        assert_eq!(video(&[0x96, 1, b'a', b'v', b'c', b'1', 1, 0, 0, 0, 9]), Ok(VideoTag::Nothing));
        assert_eq!(audio(&[0x95, 1, b'm', b'p', b'4', b'a', 1, 9]), Ok(AudioTag::Nothing));
    }

    #[test]
    fn other_codecs_are_named() {
        assert_eq!(video(&[0x90, b'h', b'v', b'c', b'1', 1]), Err(unsupported("hevc")));
        assert_eq!(video(&[0x1c, 0]), Err(unsupported("hevc")));
        assert_eq!(audio(&[0x90, b'O', b'p', b'u', b's']), Err(unsupported("opus")));
        assert_eq!(audio(&[0x2f, 1]), Err(unsupported("mp3")));
        assert_eq!(video(&[0x17, 1]), Err(FlvError::Truncated));
    }
}
