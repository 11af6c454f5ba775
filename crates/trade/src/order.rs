//! An order: what a buyer took of an offer, at the price of that moment. Pure.

use std::fmt;

use kernel::id::{CompanyId, ContactId, EventId, OfferId, OrderId, OrgId, ProductId, VariantId};
use kernel::{Instant, Locale, Money, Quantity, UnitPrice};

use crate::buyer::BuyerDetails;
use crate::words::words;

words! {
    /// Where an order stands.
    pub enum OrderState {
        /// Pieces are reserved until `reserved_until`.
        Placed => "placed",
        /// The firm has agreed to deliver.
        Confirmed => "confirmed",
        /// Taken back by the buyer or the firm; the pieces are free again.
        Cancelled => "cancelled",
        /// Nobody confirmed it in time; the pieces are free again.
        Expired => "expired",
    }
}

impl OrderState {
    pub fn may_become(self, to: Self) -> bool {
        use OrderState::{Cancelled, Confirmed, Expired, Placed};
        matches!((self, to), (Placed, Confirmed | Cancelled | Expired) | (Confirmed, Cancelled))
    }

    /// Whether the order keeps pieces from others.
    pub fn holds_pieces(self) -> bool {
        matches!(self, Self::Placed | Self::Confirmed)
    }
}

/// Price, total, names and the buyer's words are frozen: nothing is looked up or computed again later.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub id: OrderId,
    pub org: OrgId,
    pub number: String,
    pub offer: OfferId,
    pub event: EventId,
    pub product: ProductId,
    pub variant: VariantId,
    pub sku: String,
    pub name: String,
    pub quantity: Quantity,
    pub unit_price: UnitPrice,
    pub total: Money,
    pub company: CompanyId,
    pub contact: ContactId,
    pub buyer: BuyerDetails,
    pub lang: Locale,
    pub state: OrderState,
    pub version: i64,
    pub placed_at: Instant,
    /// Until when an order that is only placed keeps its pieces.
    pub reserved_until: Option<Instant>,
}

impl Order {
    /// The state as people see it: a reservation that has passed has expired, swept or not.
    pub fn state_at(&self, now: Instant) -> OrderState {
        let lapsed = self.reserved_until.is_some_and(|until| until <= now);
        if self.state == OrderState::Placed && lapsed { OrderState::Expired } else { self.state }
    }
}

/// Digits without I, L, O, U (Crockford), since people read order numbers over the telephone.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 2025-01-01T00:00:00Z.
const FIRST_SECOND: i64 = 1_735_689_600;
const SERIALS: u32 = 1 << 20;

/// An order number: `LF-`, the second in six digits, a serial in four.
///
/// The time comes first so that the unique index grows at its end: random numbers cost a page of the
/// write-ahead log each. The serial starts anywhere in each second, so it counts nothing for outsiders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderNumber {
    second: u32,
    serial: u32,
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |value: u32, place: u32| char::from(DIGITS[((value >> (5 * place)) & 31) as usize]);
        f.write_str("LF-")?;
        (0..6).rev().try_for_each(|place| write!(f, "{}", digit(self.second, place)))?;
        f.write_str("-")?;
        (0..4).rev().try_for_each(|place| write!(f, "{}", digit(self.serial, place)))
    }
}

/// Hands out order numbers; those of one sequence differ up to a million a second.
#[derive(Clone, Copy, Debug)]
pub struct Numbers(OrderNumber);

impl Numbers {
    pub fn starting_at(serial: u32) -> Self {
        Self(OrderNumber { second: 0, serial: serial % SERIALS })
    }

    pub fn next(&mut self, now: Instant) -> OrderNumber {
        let second = (now.millis().div_euclid(1000) - FIRST_SECOND).rem_euclid(1 << 30);
        self.0.second = u32::try_from(second).unwrap_or_default();
        self.0.serial = (self.0.serial + 1) % SERIALS;
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn only_the_listed_moves_are_legal() {
        use OrderState::{Cancelled, Confirmed, Expired, Placed};
        let legal = [(Placed, Confirmed), (Placed, Cancelled), (Placed, Expired), (Confirmed, Cancelled)];
        for from in OrderState::ALL {
            for to in OrderState::ALL {
                assert_eq!(from.may_become(to), legal.contains(&(from, to)), "{from:?} -> {to:?}");
            }
            assert_eq!(OrderState::from_word(from.word()), Some(from));
        }
    }

    #[test]
    fn numbers_differ_and_sort_by_time() {
        let mut numbers = Numbers::starting_at(SERIALS - 3);
        let now = Instant::from_millis(1_795_608_000_000);
        let made: Vec<String> = (0..10_000).map(|_| numbers.next(now).to_string()).collect();
        assert_eq!(made.iter().collect::<HashSet<_>>().len(), 10_000);
        let later = numbers.next(now + std::time::Duration::from_secs(1)).to_string();
        assert!(made.iter().all(|number| *number < later), "{later}");
        assert_eq!(made[0].len(), 14, "{}", made[0]);
    }
}
