//! Why a source cannot be taken, in words for the crew and the encoder.

use super::clock::STANDS_AT_MOST;
use crate::aac::AacError;
use crate::avc::AvcError;
use crate::flv::FlvError;
use crate::health::{Warning, WarningCode};

/// Why a source cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Flv(#[from] FlvError),
    #[error(transparent)]
    Avc(#[from] AvcError),
    #[error(transparent)]
    Aac(#[from] AacError),
    #[error("the source's clock stands still")]
    ClockStands,
}

impl Refusal {
    pub fn warning(&self) -> Warning {
        let (code, fact) = match self {
            Self::Flv(FlvError::Unsupported(codec)) => (WarningCode::CodecUnsupported, codec.clone()),
            Self::Aac(AacError::NotAac(object)) => (WarningCode::CodecUnsupported, format!("mpeg4-audio-{object}")),
            Self::Aac(AacError::RateTooHigh(rate)) => (WarningCode::SampleRateUnsupported, rate.to_string()),
            Self::ClockStands => (WarningCode::ClockDrift, STANDS_AT_MOST.as_millis().to_string()),
            other => (WarningCode::ConfigurationBroken, other.to_string()),
        };
        Warning { code, fact }
    }

    /// The stable word for logs and the encoder's message.
    pub fn code(&self) -> &'static str {
        match self.warning().code {
            WarningCode::CodecUnsupported => "codec-unsupported",
            WarningCode::SampleRateUnsupported => "sample-rate-unsupported",
            WarningCode::ClockDrift => "clock-drift",
            _ => "configuration-broken",
        }
    }
}
