//! Rows to domain values and back.

use kernel::id::{EventId, VariantId};
use kernel::{Currency, Money, Quantity, UnitPrice};
use sea_orm::{DbErr, Set};
use uuid::Uuid;

use super::entity::{inquiry, movement, offer, order, transition};
use super::{Movement, Transition, unknown};
use crate::buyer::BuyerDetails;
use crate::inquiry::{Inquiry, InquiryState};
use crate::offer::{Offer, OfferState};
use crate::order::{Order, OrderState};

pub fn currency(code: &str) -> Result<Currency, DbErr> {
    code.parse().map_err(|_ignored| unknown("a currency", code))
}

/// What only one open offer may hold.
pub fn slot(event: EventId, variant: VariantId) -> String {
    format!("{event}/{variant}")
}

pub fn offer(of: &Offer) -> offer::ActiveModel {
    offer::ActiveModel {
        id: Set(of.id),
        org: Set(of.org),
        event: Set(of.event),
        product: Set(of.product),
        variant: Set(of.variant),
        sku: Set(of.sku.clone()),
        name: Set(of.name.clone()),
        unit_micro: Set(of.unit_price.micro),
        currency: Set(of.unit_price.currency.code().to_owned()),
        total: Set(of.total.0),
        remaining: Set(of.left.0),
        per_company: Set(of.per_company.map(|limit| limit.0)),
        min_quantity: Set(of.min_quantity.0),
        multiple: Set(of.multiple.0),
        starts_at: Set(of.starts_at),
        ends_at: Set(of.ends_at),
        state: Set(of.state.word().to_owned()),
        version: Set(of.version),
        slot: Set(of.state.is_open().then(|| slot(of.event, of.variant))),
        held: Set(of.held),
    }
}

impl TryFrom<offer::Model> for Offer {
    type Error = DbErr;
    fn try_from(row: offer::Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.id,
            org: row.org,
            event: row.event,
            product: row.product,
            variant: row.variant,
            sku: row.sku,
            name: row.name,
            unit_price: UnitPrice { micro: row.unit_micro, currency: currency(&row.currency)? },
            total: Quantity(row.total),
            left: Quantity(row.remaining),
            per_company: row.per_company.map(Quantity),
            min_quantity: Quantity(row.min_quantity),
            multiple: Quantity(row.multiple),
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            state: OfferState::stored(&row.state)?,
            version: row.version,
            held: row.held,
        })
    }
}

pub fn order(of: &Order) -> order::ActiveModel {
    order::ActiveModel {
        id: Set(of.id),
        org: Set(of.org),
        number: Set(of.number.clone()),
        offer: Set(of.offer),
        event: Set(of.event),
        product: Set(of.product),
        variant: Set(of.variant),
        sku: Set(of.sku.clone()),
        name: Set(of.name.clone()),
        quantity: Set(of.quantity.0),
        unit_micro: Set(of.unit_price.micro),
        total_minor: Set(of.total.minor),
        currency: Set(of.total.currency.code().to_owned()),
        company: Set(of.company),
        contact: Set(of.contact),
        buyer_company: Set(of.buyer.company.clone()),
        buyer_name: Set(of.buyer.name.clone()),
        buyer_email: Set(of.buyer.email.clone()),
        buyer_country: Set(of.buyer.country.clone()),
        lang: Set(of.lang.clone()),
        state: Set(of.state.word().to_owned()),
        version: Set(of.version),
        placed_at: Set(of.placed_at),
        reserved_until: Set(of.reserved_until),
    }
}

impl TryFrom<order::Model> for Order {
    type Error = DbErr;
    fn try_from(row: order::Model) -> Result<Self, DbErr> {
        let currency = currency(&row.currency)?;
        Ok(Self {
            id: row.id,
            org: row.org,
            number: row.number,
            offer: row.offer,
            event: row.event,
            product: row.product,
            variant: row.variant,
            sku: row.sku,
            name: row.name,
            quantity: Quantity(row.quantity),
            unit_price: UnitPrice { micro: row.unit_micro, currency },
            total: Money { minor: row.total_minor, currency },
            company: row.company,
            contact: row.contact,
            buyer: BuyerDetails {
                company: row.buyer_company,
                name: row.buyer_name,
                email: row.buyer_email,
                country: row.buyer_country,
            },
            lang: row.lang,
            state: OrderState::from_word(&row.state).ok_or_else(|| unknown("an order's state", &row.state))?,
            version: row.version,
            placed_at: row.placed_at,
            reserved_until: row.reserved_until,
        })
    }
}

pub fn inquiry(of: &Inquiry) -> inquiry::ActiveModel {
    inquiry::ActiveModel {
        id: Set(of.id),
        org: Set(of.org),
        event: Set(of.event),
        product: Set(of.product),
        question: Set(of.question),
        quantity: Set(of.quantity.map(|quantity| quantity.0)),
        text: Set(of.text.clone()),
        company: Set(of.company),
        contact: Set(of.contact),
        buyer_company: Set(of.buyer.company.clone()),
        buyer_name: Set(of.buyer.name.clone()),
        buyer_email: Set(of.buyer.email.clone()),
        buyer_country: Set(of.buyer.country.clone()),
        lang: Set(of.lang.clone()),
        state: Set(of.state.word().to_owned()),
        version: Set(of.version),
        opened_at: Set(of.opened_at),
    }
}

impl TryFrom<inquiry::Model> for Inquiry {
    type Error = DbErr;
    fn try_from(row: inquiry::Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: row.id,
            org: row.org,
            event: row.event,
            product: row.product,
            question: row.question,
            quantity: row.quantity.map(Quantity),
            text: row.text,
            company: row.company,
            contact: row.contact,
            buyer: BuyerDetails {
                company: row.buyer_company,
                name: row.buyer_name,
                email: row.buyer_email,
                country: row.buyer_country,
            },
            lang: row.lang,
            state: InquiryState::from_word(&row.state).ok_or_else(|| unknown("an inquiry's state", &row.state))?,
            version: row.version,
            opened_at: row.opened_at,
        })
    }
}

pub fn movement(of: &Movement) -> movement::ActiveModel {
    movement::ActiveModel {
        id: Set(Uuid::now_v7()),
        offer: Set(of.offer),
        order: Set(of.order),
        delta: Set(of.delta),
        at: Set(of.at),
    }
}

pub fn transition(of: &Transition<'_>) -> transition::ActiveModel {
    transition::ActiveModel {
        id: Set(Uuid::now_v7()),
        subject: Set(of.subject),
        from_state: Set(of.from.to_owned()),
        to_state: Set(of.to.to_owned()),
        actor: Set(of.actor.to_owned()),
        reason: Set(of.reason.to_owned()),
        at: Set(of.at),
    }
}
