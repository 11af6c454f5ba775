//! H.264: the decoder configuration record, the picture size in its SPS, and NAL units behind lengths.
//!
//! The record travels on as it is but for the size of lengths, so that every SPS, every PPS and the High-profile extension reach
//! the viewer. Only what the rest of the house needs is read from it. The SPS is read here and not by
//! scuffle-h264 0.2.2, whose Exp-Golomb reader underflows on 64 leading zeros and whose size underflows on
//! a hostile crop.

use bytes::{BufMut, Bytes, BytesMut};
use mp4_atom::{Atom, Avcc};

/// Parameter sets are a few dozen bytes; anything near this is not one.
const CONFIG_AT_MOST: usize = 16 * 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvcConfig {
    /// The record, saying 4-byte lengths whatever it said before.
    pub record: Bytes,
    pub width: u16,
    pub height: u16,
    /// Bytes before each NAL unit in the source's samples: 1, 2 or 4.
    pub length_size: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AvcError {
    #[error("the record ends early")]
    Truncated,
    #[error("this is no decoder configuration record")]
    NotARecord,
    #[error("the record has no parameter sets")]
    NoParameterSets,
    #[error("the sequence parameter set makes no picture")]
    BadSequence,
    #[error("the record does not fit into a file")]
    Unpackable,
    #[error("the NAL units do not fill the sample")]
    BadLengths,
}

impl AvcConfig {
    /// Reads an `AVCDecoderConfigurationRecord` (ISO/IEC 14496-15 5.3.3.1).
    pub fn parse(record: &Bytes) -> Result<Self, AvcError> {
        if record.len() > CONFIG_AT_MOST {
            return Err(AvcError::NotARecord);
        }
        let mut rest = record.as_ref();
        let [version, _profile, _compatibility, _level, lengths, sequences] = take_array(&mut rest)?;
        let length_size = usize::from(lengths & 3) + 1;
        if version != 1 || length_size == 3 {
            return Err(AvcError::NotARecord);
        }
        let mut first = None;
        for _ in 0..sequences & 0x1f {
            let sequence = take_sized(&mut rest)?;
            first.get_or_insert(sequence);
        }
        let [pictures] = take_array(&mut rest)?;
        for _ in 0..pictures {
            take_sized(&mut rest)?;
        }
        let sequence = first.filter(|_| pictures > 0).ok_or(AvcError::NoParameterSets)?;
        let (width, height) = picture_size(sequence).ok_or(AvcError::BadSequence)?;
        let record = if length_size == 4 { record.clone() } else { with_four_byte_lengths(record) };
        // What the writer of boxes does not read has no picture for anybody.
        Avcc::decode_body(&mut record.as_ref()).map_err(|_unread| AvcError::Unpackable)?;
        Ok(Self { record, width, height, length_size })
    }

    /// Checks that the NAL units fill `data`, and gives them 4-byte lengths.
    pub fn sample(&self, data: Bytes) -> Result<Bytes, AvcError> {
        if self.length_size == 4 {
            let mut rest = data.as_ref();
            while !rest.is_empty() {
                take_nal(&mut rest, 4)?;
            }
            return Ok(data);
        }
        let mut rest = data.as_ref();
        let mut longer = BytesMut::with_capacity(data.len() + 64);
        while !rest.is_empty() {
            let nal = take_nal(&mut rest, self.length_size)?;
            longer.put_u32(u32::try_from(nal.len()).map_err(|_too_long| AvcError::BadLengths)?);
            longer.put_slice(nal);
        }
        Ok(longer.freeze())
    }
}

fn with_four_byte_lengths(record: &Bytes) -> Bytes {
    let mut record = record.to_vec();
    if let Some(lengths) = record.get_mut(4) {
        *lengths |= 3;
    }
    record.into()
}

fn take_array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], AvcError> {
    let (taken, left) = rest.split_first_chunk::<N>().ok_or(AvcError::Truncated)?;
    *rest = left;
    Ok(*taken)
}

fn take_sized<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], AvcError> {
    let size = usize::from(u16::from_be_bytes(take_array(rest)?));
    let (taken, left) = rest.split_at_checked(size).ok_or(AvcError::Truncated)?;
    *rest = left;
    Ok(taken)
}

fn take_nal<'a>(rest: &mut &'a [u8], length_size: usize) -> Result<&'a [u8], AvcError> {
    let (length, left) = rest.split_at_checked(length_size).ok_or(AvcError::BadLengths)?;
    let length = length.iter().fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
    let (nal, left) = left.split_at_checked(length).ok_or(AvcError::BadLengths)?;
    *rest = left;
    Ok(nal)
}

/// Width and height of the cropped picture (ITU-T H.264 7.3.2.1.1); `None` when the set is broken.
fn picture_size(sequence: &[u8]) -> Option<(u16, u16)> {
    let (header, payload) = sequence.split_first()?;
    if header & 0x1f != 7 {
        return None;
    }
    let mut bits = Bits::new(without_emulation_prevention(payload));
    let profile = bits.bits(8)?;
    bits.bits(16)?; // constraint flags and level
    bits.golomb()?; // id
    let chroma = if has_chroma_format(profile) { Chroma::read(&mut bits)? } else { Chroma::SUBSAMPLED };
    bits.golomb()?; // log2_max_frame_num_minus4
    skip_picture_order(&mut bits)?;
    bits.golomb()?; // max_num_ref_frames
    bits.bits(1)?; // gaps_in_frame_num_value_allowed_flag
    let width_blocks = bits.golomb()?.checked_add(1)?;
    let height_units = bits.golomb()?.checked_add(1)?;
    let fields = 2 - bits.bits(1)?;
    if fields == 2 {
        bits.bits(1)?; // mb_adaptive_frame_field_flag
    }
    bits.bits(1)?; // direct_8x8_inference_flag
    let mut crop = [0; 4];
    if bits.bits(1)? == 1 {
        for side in &mut crop {
            *side = bits.golomb()?;
        }
    }
    let [left, right, top, bottom] = crop;
    let cut = |a: u32, b: u32, unit: u32| a.checked_add(b)?.checked_mul(unit);
    let width = width_blocks.checked_mul(16)?.checked_sub(cut(left, right, chroma.crop_x)?)?;
    let height =
        height_units.checked_mul(16)?.checked_mul(fields)?.checked_sub(cut(top, bottom, chroma.crop_y * fields)?)?;
    let size = (u16::try_from(width).ok()?, u16::try_from(height).ok()?);
    (size.0 > 0 && size.1 > 0).then_some(size)
}

fn has_chroma_format(profile: u32) -> bool {
    matches!(profile, 44 | 83 | 86 | 100 | 110 | 118 | 122 | 128 | 134 | 135 | 138 | 139 | 244)
}

/// The units in which a picture is cropped.
struct Chroma {
    crop_x: u32,
    crop_y: u32,
}

impl Chroma {
    const SUBSAMPLED: Self = Self { crop_x: 2, crop_y: 2 };

    fn read(bits: &mut Bits) -> Option<Self> {
        let format = bits.golomb()?;
        if format == 3 {
            bits.bits(1)?; // separate_colour_plane_flag
        }
        bits.golomb()?; // bit depths
        bits.golomb()?;
        bits.bits(1)?; // qpprime_y_zero_transform_bypass_flag
        if bits.bits(1)? == 1 {
            for list in 0..if format == 3 { 12 } else { 8 } {
                if bits.bits(1)? == 1 {
                    skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
        match format {
            0 | 3 => Some(Self { crop_x: 1, crop_y: 1 }),
            1 => Some(Self::SUBSAMPLED),
            2 => Some(Self { crop_x: 2, crop_y: 1 }),
            _ => None,
        }
    }
}

fn skip_scaling_list(bits: &mut Bits, size: u32) -> Option<()> {
    let mut next = 8_i64;
    for _ in 0..size {
        next = (next + bits.signed_golomb()?).rem_euclid(256);
        if next == 0 {
            break; // the rest repeats the last scale
        }
    }
    Some(())
}

fn skip_picture_order(bits: &mut Bits) -> Option<()> {
    match bits.golomb()? {
        0 => {
            bits.golomb()?;
        }
        1 => {
            bits.bits(1)?;
            bits.golomb()?;
            bits.golomb()?;
            let cycle = bits.golomb()?;
            if cycle > 255 {
                return None;
            }
            for _ in 0..cycle {
                bits.golomb()?;
            }
        }
        2 => {}
        _ => return None,
    }
    Some(())
}

fn without_emulation_prevention(payload: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(payload.len());
    let mut zeros = 0;
    for byte in payload {
        if zeros >= 2 && *byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        plain.push(*byte);
    }
    plain
}

struct Bits {
    bytes: Vec<u8>,
    place: usize,
}

impl Bits {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, place: 0 }
    }

    fn bits(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.place / 8)?;
            value = (value << 1) | u32::from((byte >> (7 - self.place % 8)) & 1);
            self.place += 1;
        }
        Some(value)
    }

    /// Unsigned Exp-Golomb up to 31 leading zeros, which is all the standard allows.
    fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.bits(1)? == 0 {
            zeros += 1;
            if zeros > 31 {
                return None;
            }
        }
        Some(((1_u32 << zeros) - 1).saturating_add(self.bits(zeros)?))
    }

    fn signed_golomb(&mut self) -> Option<i64> {
        let code = i64::from(self.golomb()?);
        Some(if code % 2 == 0 { -(code / 2) } else { code / 2 + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // As x264 and ffmpeg 5.1 send them; 360 and 1080 lines are cropped from 368 and 1088.
    const HIGH_720: &str = "0164001fffe1001a6764001facd9405005bb0110000003001000000303c0f183196001000468ee0f\
                            cbfdf8f800";
    const BASELINE_360: &str = "0142c01effe100196742c01ed900a02ff970110000030001000003003c0f162e4801000568cb83cb20";
    const HIGH_444_1080: &str = "01f40028ffe1001b67f40028919b280f0044fc4e0220000003002000000641e30632c001000668eb\
                                 e3c44844fff8f800";

    fn record(hex: &str) -> Bytes {
        hex::decode(hex).unwrap().into()
    }

    #[test]
    fn a_record_keeps_every_byte_and_tells_its_size() {
        let config = AvcConfig::parse(&record(HIGH_720)).unwrap();
        assert_eq!((config.width, config.height, config.length_size), (1280, 720, 4));
        assert_eq!(config.record, record(HIGH_720));
    }

    #[test]
    fn sizes_are_cropped_in_the_units_of_the_profile() {
        let size = |hex| AvcConfig::parse(&record(hex)).map(|it| (it.width, it.height));
        assert_eq!(size(BASELINE_360), Ok((640, 360)));
        assert_eq!(size(HIGH_444_1080), Ok((1920, 1080)));
    }

    #[test]
    fn a_record_cut_anywhere_is_refused() {
        let whole = record(HIGH_720);
        // The last four bytes are the High-profile extension, which old encoders leave out.
        for size in 0..whole.len() - 4 {
            assert!(AvcConfig::parse(&whole.slice(..size)).is_err(), "{size}");
        }
    }

    #[test]
    fn a_record_that_does_not_fit_into_a_file_is_refused() {
        let whole = record(HIGH_720);
        for cut in 1..4 {
            assert_eq!(AvcConfig::parse(&whole.slice(..whole.len() - cut)), Err(AvcError::Unpackable), "{cut}");
        }
        assert!(AvcConfig::parse(&whole.slice(..whole.len() - 4)).is_ok(), "old encoders leave the extension out");
    }

    #[test]
    fn short_lengths_become_four_bytes() {
        let mut short = record(HIGH_720).to_vec();
        short[4] = 0xfd;
        let config = AvcConfig::parse(&short.into()).unwrap();
        assert_eq!(config.record, record(HIGH_720));
        let sample = config.sample(Bytes::from_static(&[0, 2, 0x65, 1, 0, 1, 0x41])).unwrap();
        assert_eq!(sample.as_ref(), [0, 0, 0, 2, 0x65, 1, 0, 0, 0, 1, 0x41]);
    }

    #[test]
    fn lengths_that_do_not_fill_the_sample_are_refused() {
        let config = AvcConfig::parse(&record(HIGH_720)).unwrap();
        assert_eq!(config.sample(Bytes::from_static(&[0, 0, 0, 9, 1])), Err(AvcError::BadLengths));
        assert_eq!(config.sample(Bytes::from_static(&[0, 0, 0])), Err(AvcError::BadLengths));
    }
}
