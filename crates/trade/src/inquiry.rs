//! An inquiry: a buyer asks for a price, from a product or a question in a show. Pure.

use kernel::id::{CompanyId, ContactId, EventId, InquiryId, OrgId, ProductId, QuestionId};
use kernel::{Instant, Locale, Quantity};

use crate::buyer::BuyerDetails;
use crate::words::words;

pub const MAX_TEXT_CHARS: usize = 4_000;

words! {
    /// Where an inquiry stands.
    pub enum InquiryState {
        New => "new",
        Qualified => "qualified",
        Quoting => "quoting",
        /// The buyer was asked for something the quote needs.
        InfoRequested => "info_requested",
        Quoted => "quoted",
        Won => "won",
        Lost => "lost",
        Spam => "spam",
    }
}

impl InquiryState {
    pub fn may_become(self, to: Self) -> bool {
        use InquiryState::{InfoRequested, Lost, New, Qualified, Quoted, Quoting, Spam, Won};
        match self {
            New => matches!(to, Qualified | Spam),
            Qualified | InfoRequested => matches!(to, Quoting | Lost),
            Quoting => matches!(to, Quoted | InfoRequested | Lost),
            Quoted => matches!(to, Won | Lost),
            Won | Lost | Spam => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Inquiry {
    pub id: InquiryId,
    pub org: OrgId,
    pub event: Option<EventId>,
    pub product: Option<ProductId>,
    pub question: Option<QuestionId>,
    pub quantity: Option<Quantity>,
    pub text: String,
    pub company: CompanyId,
    pub contact: ContactId,
    pub buyer: BuyerDetails,
    pub lang: Locale,
    pub state: InquiryState,
    pub version: i64,
    pub opened_at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_listed_moves_are_legal() {
        use InquiryState::{InfoRequested, Lost, New, Qualified, Quoted, Quoting, Spam, Won};
        let legal = [
            (New, Qualified),
            (New, Spam),
            (Qualified, Quoting),
            (Qualified, Lost),
            (Quoting, Quoted),
            (Quoting, InfoRequested),
            (Quoting, Lost),
            (InfoRequested, Quoting),
            (InfoRequested, Lost),
            (Quoted, Won),
            (Quoted, Lost),
        ];
        for from in InquiryState::ALL {
            for to in InquiryState::ALL {
                assert_eq!(from.may_become(to), legal.contains(&(from, to)), "{from:?} -> {to:?}");
            }
            assert_eq!(InquiryState::from_word(from.word()), Some(from));
        }
    }
}
