//! What trade says on the bus.

use kernel::id::{CompanyId, ContactId, EventId, InquiryId, OfferId, OrderId, OrgId, ProductId, QuestionId, VariantId};
use kernel::{Event, Instant, Money, Quantity, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::offer::{Offer, OfferState};
use crate::order::{Order, OrderState};

/// The state of an offer after it changed. Several orders of one batch are told together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferChanged {
    pub event: EventId,
    pub offer: OfferId,
    pub product: ProductId,
    pub variant: VariantId,
    pub unit_price: UnitPrice,
    pub total: Quantity,
    pub left: Quantity,
    pub per_company: Option<Quantity>,
    /// The least one order takes, and the steps above it.
    pub min_quantity: Quantity,
    #[serde(default = "by_one")]
    pub multiple: Quantity,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub state: OfferState,
    /// Grows with each change: the larger one is the later one.
    pub version: i64,
}

/// The steps of an offer that was told without them.
fn by_one() -> Quantity {
    Quantity(1)
}

impl Event for OfferChanged {
    const NAME: &'static str = "trade.offer.state";
}

impl From<&Offer> for OfferChanged {
    fn from(offer: &Offer) -> Self {
        Self {
            event: offer.event,
            offer: offer.id,
            product: offer.product,
            variant: offer.variant,
            unit_price: offer.unit_price,
            total: offer.total,
            left: offer.left,
            per_company: offer.per_company,
            min_quantity: offer.min_quantity,
            multiple: offer.multiple,
            starts_at: offer.starts_at,
            ends_at: offer.ends_at,
            state: offer.state,
            version: offer.version,
        }
    }
}

/// An order is durable. Says ids and amounts; who the buyer is stays in the order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderPlaced {
    pub order: OrderId,
    pub number: String,
    pub org: OrgId,
    pub event: EventId,
    pub offer: OfferId,
    pub product: ProductId,
    pub variant: VariantId,
    pub company: CompanyId,
    pub contact: ContactId,
    pub quantity: Quantity,
    pub total: Money,
}

impl Event for OrderPlaced {
    const NAME: &'static str = "trade.order.placed";
}

impl From<&Order> for OrderPlaced {
    fn from(order: &Order) -> Self {
        Self {
            order: order.id,
            number: order.number.clone(),
            org: order.org,
            event: order.event,
            offer: order.offer,
            product: order.product,
            variant: order.variant,
            company: order.company,
            contact: order.contact,
            quantity: order.quantity,
            total: order.total,
        }
    }
}

/// The state of an order after a move that is not its placing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderChanged {
    pub order: OrderId,
    pub number: String,
    pub org: OrgId,
    pub event: EventId,
    pub state: OrderState,
    pub version: i64,
}

impl Event for OrderChanged {
    const NAME: &'static str = "trade.order.state";
}

impl From<&Order> for OrderChanged {
    fn from(order: &Order) -> Self {
        Self {
            order: order.id,
            number: order.number.clone(),
            org: order.org,
            event: order.event,
            state: order.state,
            version: order.version,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InquiryOpened {
    pub inquiry: InquiryId,
    pub org: OrgId,
    pub product: Option<ProductId>,
    pub question: Option<QuestionId>,
    pub event: Option<EventId>,
}

impl Event for InquiryOpened {
    const NAME: &'static str = "trade.inquiry.opened";
}
