//! What trade refuses, and how the refusal reads (RFC 9457). The codes are part of the API.

use kernel::db::sea_orm::DbErr;
use kernel::db::writer::WriterError;
use kernel::id::InquiryId;
use kernel::{Problem, Quantity};

use crate::buyer::BadBuyer;
use crate::offer::{BadOffer, Refusal};
use crate::ports::MeetError;

#[derive(Debug, thiserror::Error)]
pub enum TradeError {
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    BadBuyer(#[from] BadBuyer),
    #[error(transparent)]
    BadOffer(#[from] BadOffer),
    #[error("the field {0} cannot be right")]
    BadField(&'static str),
    #[error("{from} does not become {to}")]
    IllegalTransition { from: &'static str, to: &'static str },
    #[error("somebody else was faster")]
    VersionConflict,
    #[error("the offer takes orders, or did")]
    OfferFixed,
    #[error("another offer of this product is open in this event")]
    OfferAlreadyActive,
    #[error("{available} pieces can be held")]
    StockShort { available: Quantity },
    #[error("buyers may not see the product")]
    NotPublished,
    #[error("the reservation has passed")]
    HoldExpired,
    #[error("the question has an inquiry")]
    QuestionTaken { inquiry: InquiryId },
    #[error("nobody sells here yet")]
    NoSeller,
    #[error("the deal link opens nothing")]
    BadDeal,
    #[error(transparent)]
    Writer(#[from] WriterError),
    #[error("the change could not be stored")]
    Store(#[from] DbErr),
}

impl From<MeetError> for TradeError {
    fn from(err: MeetError) -> Self {
        match err {
            MeetError::Bad(field) => Self::BadBuyer(field),
            MeetError::Store(cause) => Self::Store(cause),
        }
    }
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::NoSuchOffer => Self::not_found("no-such-offer"),
            Refusal::OfferNotActive => Self::conflict("offer-not-active"),
            Refusal::OutOfStock { available } => Self::conflict("out-of-stock").with("available", available),
            Refusal::LimitReached { left } => Self::conflict("limit-reached").with("left", left),
            Refusal::BelowMoq { moq } => Self::unprocessable("below-moq").with("moq", moq),
            Refusal::NotAMultiple { nearest } => Self::unprocessable("not-a-multiple").with("nearest", nearest),
            Refusal::KeyReused => Self::unprocessable("idempotency-key-reused"),
        }
    }
}

impl From<TradeError> for Problem {
    fn from(err: TradeError) -> Self {
        let bad = |field: &str| Self::unprocessable("bad-field").with("field", field);
        match &err {
            TradeError::NotFound(what) => Self::not_found(&format!("no-such-{what}")),
            TradeError::Refused(refusal) => refusal.into(),
            TradeError::BadBuyer(BadBuyer(field)) => bad(&format!("buyer.{field}")),
            TradeError::BadOffer(BadOffer(field)) | TradeError::BadField(field) => bad(field),
            TradeError::IllegalTransition { from, to } => {
                Self::conflict("illegal-transition").with("from", from).with("to", to)
            }
            TradeError::VersionConflict => Self::conflict("version-conflict"),
            TradeError::OfferFixed => Self::conflict("offer-fixed"),
            TradeError::OfferAlreadyActive => Self::conflict("offer-already-active"),
            TradeError::StockShort { available } => Self::conflict("out-of-stock").with("available", available),
            TradeError::NotPublished => Self::conflict("product-not-published"),
            TradeError::HoldExpired => Self::conflict("hold-expired"),
            TradeError::QuestionTaken { inquiry } => Self::conflict("question-has-inquiry").with("inquiry", inquiry),
            TradeError::NoSeller => Self::unavailable("not-set-up"),
            TradeError::BadDeal => Self::unauthorized("deal-unknown"),
            TradeError::Writer(WriterError::TooBusy) => Self::slow_down("too-busy", 1),
            TradeError::Writer(WriterError::NoRoom) => Self::new(507, "storage-full"),
            TradeError::Writer(WriterError::Unavailable) => Self::unavailable("try-again"),
            TradeError::Store(cause) => Self::internal(cause),
        }
    }
}
