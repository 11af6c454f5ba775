//! What rooms tell the bus, and what they hear on it: each payload is read into a struct of our own that names
//! only what is needed.

use kernel::bus::Event;
use kernel::id::{EventId, InquiryId, MessageId, OfferId, OrgId, ProductId, QuestionId, RunItemId, VariantId};
use kernel::{Instant, Locale, LocalizedText, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::question::{Question, QuestionState};
use crate::room::Decision;

#[derive(Debug, Serialize)]
pub struct QuestionAsked {
    pub event: EventId,
    pub question: QuestionId,
    pub product: Option<ProductId>,
    pub lang: String,
    pub private: bool,
    pub at: Instant,
}
impl Event for QuestionAsked {
    const NAME: &'static str = "room.question.asked";
}

impl From<&Question> for QuestionAsked {
    fn from(question: &Question) -> Self {
        Self {
            event: question.event,
            question: question.id,
            product: question.product,
            lang: question.lang.clone(),
            private: question.private,
            at: question.asked_at,
        }
    }
}

/// A question has passed to another state.
#[derive(Debug, Serialize)]
pub struct QuestionMoved {
    pub event: EventId,
    pub question: QuestionId,
    pub to: QuestionState,
    pub version: i64,
}
impl Event for QuestionMoved {
    const NAME: &'static str = "room.question.state";
}

#[derive(Debug, Serialize)]
pub struct ModerationDecided {
    pub event: EventId,
    pub message: MessageId,
    pub decision: Decision,
    pub by: String,
}
impl Event for ModerationDecided {
    const NAME: &'static str = "room.moderation.decided";
}

/// The show that a happening is about.
#[derive(Debug, Deserialize)]
pub(crate) struct About {
    pub event: EventId,
}

/// `live.event.state`
#[derive(Debug, Deserialize)]
pub(crate) struct EventState {
    pub event: EventId,
    pub org: OrgId,
    pub to: String,
    pub version: i64,
    #[serde(default)]
    pub languages: Vec<Locale>,
}

/// `live.pin.changed`
#[derive(Debug, Deserialize)]
pub(crate) struct PinChanged {
    pub event: EventId,
    pub version: i64,
    pub products: Vec<ProductId>,
}

/// `live.run_item.started` and `live.run_item.finished`
#[derive(Debug, Deserialize)]
pub(crate) struct RunItem {
    pub event: EventId,
    pub item: RunItemId,
    pub product: Option<ProductId>,
    /// In the languages it was given in; empty where the product's name says it.
    #[serde(default)]
    pub title: LocalizedText,
    /// The run sheet's.
    pub version: i64,
}

/// An item as it is kept; each reader's frame carries the title in their language.
#[derive(Debug, Serialize)]
pub(crate) struct ShownItem<'a> {
    item: RunItemId,
    product: Option<ProductId>,
    title: Option<&'a LocalizedText>,
}

impl<'a> From<&'a RunItem> for ShownItem<'a> {
    fn from(heard: &'a RunItem) -> Self {
        let title = Some(&heard.title).filter(|title| !title.is_empty());
        Self { item: heard.item, product: heard.product, title }
    }
}

/// `catalog.stock.changed`
#[derive(Debug, Deserialize)]
pub(crate) struct StockChanged {
    pub variant: VariantId,
    pub product: ProductId,
    pub available: i64,
    pub version: i64,
}

/// `trade.offer.state`
#[derive(Debug, Deserialize)]
pub(crate) struct OfferState {
    pub event: EventId,
    pub offer: OfferId,
    pub product: ProductId,
    pub variant: VariantId,
    pub unit_price: UnitPrice,
    pub total: i64,
    pub left: i64,
    pub per_company: Option<i64>,
    pub min_quantity: Option<i64>,
    pub multiple: Option<i64>,
    pub starts_at: Option<Instant>,
    pub ends_at: Option<Instant>,
    pub state: String,
    pub version: i64,
}

/// An offer as a frame carries it: times are milliseconds, as everywhere in frames.
#[derive(Debug, Serialize)]
pub(crate) struct ShownOffer<'a> {
    pub offer: OfferId,
    pub product: ProductId,
    pub variant: VariantId,
    pub unit_price: UnitPrice,
    pub total: i64,
    pub left: i64,
    pub per_company: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_quantity: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiple: Option<i64>,
    pub starts_at: Option<i64>,
    pub ends_at: Option<i64>,
    pub state: &'a str,
    pub version: i64,
}

impl<'a> From<&'a OfferState> for ShownOffer<'a> {
    fn from(heard: &'a OfferState) -> Self {
        Self {
            offer: heard.offer,
            product: heard.product,
            variant: heard.variant,
            unit_price: heard.unit_price,
            total: heard.total,
            left: heard.left,
            per_company: heard.per_company,
            min_quantity: heard.min_quantity,
            multiple: heard.multiple,
            starts_at: heard.starts_at.map(Instant::millis),
            ends_at: heard.ends_at.map(Instant::millis),
            state: &heard.state,
            version: heard.version,
        }
    }
}

/// `trade.inquiry.opened`
#[derive(Debug, Deserialize)]
pub(crate) struct InquiryOpened {
    pub inquiry: InquiryId,
    pub question: Option<QuestionId>,
}
