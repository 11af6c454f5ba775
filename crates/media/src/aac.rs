//! AAC: the `AudioSpecificConfig` (ISO/IEC 14496-3 1.6.2.1), with explicit rates and HE-AAC.

use bytes::Bytes;

const RATES: [u32; 13] =
    [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
const CONFIG_AT_MOST: usize = 1024;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AacConfig {
    pub config: Bytes,
    /// What the decoder puts out: for HE-AAC twice the core's rate.
    pub sample_rate: u32,
    pub channels: u8,
    /// Samples per frame at the output rate: 1,024, or 960; twice that for HE-AAC.
    pub frame_length: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AacError {
    #[error("the configuration ends early")]
    Truncated,
    #[error("the object type {0} is not AAC")]
    NotAac(u32),
    #[error("the sample rate is reserved")]
    ReservedRate,
    /// Rates above 65,535 do not fit the 16.16 field of an MP4 sample entry.
    #[error("a sample rate of {0} Hz is not supported; set 48000")]
    RateTooHigh(u32),
    #[error("the channel layout is not supported")]
    Channels,
}

impl AacConfig {
    pub fn parse(config: &Bytes) -> Result<Self, AacError> {
        if config.len() > CONFIG_AT_MOST {
            return Err(AacError::Truncated);
        }
        let mut bits = Bits { bytes: config, place: 0 };
        let mut object = bits.object()?;
        let core_rate = bits.rate()?;
        let layout = bits.take(4)?;
        let mut sample_rate = core_rate;
        let mut is_doubled = false;
        // SBR (5) and parametric stereo (29), signalled explicitly: the output rate, then the core's type.
        if object == 5 || object == 29 {
            sample_rate = bits.rate()?;
            is_doubled = sample_rate != core_rate;
            object = bits.object()?;
        }
        if !matches!(object, 1..=4) {
            return Err(AacError::NotAac(object));
        }
        let is_short = bits.take(1)? == 1; // frameLengthFlag
        if sample_rate == 0 {
            return Err(AacError::ReservedRate);
        }
        if sample_rate > 65_535 {
            return Err(AacError::RateTooHigh(sample_rate));
        }
        let channels = match layout {
            // Zero: told by a program config element. Stereo, which every encoder that does so means.
            0 => 2,
            1..=6 => u8::try_from(layout).unwrap_or(2),
            7 | 12 | 14 => 8,
            11 => 7,
            _ => return Err(AacError::Channels),
        };
        let frame_length = if is_short { 960 } else { 1024 } * if is_doubled { 2 } else { 1 };
        Ok(Self { config: config.clone(), sample_rate, channels, frame_length })
    }
}

struct Bits<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: u32) -> Result<u32, AacError> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.place / 8).ok_or(AacError::Truncated)?;
            value = (value << 1) | u32::from((byte >> (7 - self.place % 8)) & 1);
            self.place += 1;
        }
        Ok(value)
    }

    fn object(&mut self) -> Result<u32, AacError> {
        let object = self.take(5)?;
        if object == 31 { Ok(32 + self.take(6)?) } else { Ok(object) }
    }

    fn rate(&mut self) -> Result<u32, AacError> {
        let index = self.take(4)?;
        if index == 15 {
            return self.take(24);
        }
        RATES.get(index as usize).copied().ok_or(AacError::ReservedRate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &'static [u8]) -> Result<(u32, u8, u32), AacError> {
        AacConfig::parse(&Bytes::from_static(bytes)).map(|it| (it.sample_rate, it.channels, it.frame_length))
    }

    #[test]
    fn low_complexity_at_48_khz_stereo() {
        assert_eq!(parse(&[0x11, 0x90]), Ok((48_000, 2, 1024)));
        assert_eq!(parse(&[0x12, 0x08]), Ok((44_100, 1, 1024)));
    }

    #[test]
    fn an_explicit_rate_is_read() {
        // 00010 1111 (24 bits: 50000) 0010 000
        let bits = format!("{:05b}{:04b}{:024b}{:04b}000", 2, 15, 50_000, 2);
        let bytes: Vec<u8> = bits
            .as_bytes()
            .chunks(8)
            .map(|it| u8::from_str_radix(std::str::from_utf8(it).unwrap(), 2).unwrap())
            .collect();
        let config = AacConfig::parse(&bytes.into()).unwrap();
        assert_eq!((config.sample_rate, config.channels), (50_000, 2));
    }

    #[test]
    fn explicit_high_efficiency_doubles_rate_and_frame() {
        // 00101 0110 (24 kHz) 0010, then 0011 (48 kHz) 00010 000
        assert_eq!(parse(&[0x2b, 0x11, 0x88, 0x00]), Ok((48_000, 2, 2048)));
    }

    #[test]
    fn rates_beyond_the_container_and_nonsense_are_refused() {
        assert_eq!(parse(&[0x10, 0x10]), Err(AacError::RateTooHigh(96_000)));
        assert_eq!(parse(&[0x17, 0x10]), Err(AacError::ReservedRate));
        assert_eq!(parse(&[0x11]), Err(AacError::Truncated));
        assert_eq!(parse(&[0xf9, 0x48, 0x80]), Err(AacError::NotAac(42)));
    }
}
