//! A live offer: a fixed price for a pool of pieces, within a window. Pure.

use kernel::id::{EventId, OfferId, OrgId, ProductId, VariantId};
use kernel::{Instant, LocalizedText, Quantity, UnitPrice};
use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// Where an offer stands.
    pub enum OfferState {
        /// Being prepared; nobody outside sees it.
        Draft => "draft",
        /// Its pool is held; orders are taken within the window.
        Active => "active",
        SoldOut => "sold_out",
        /// Its window is over; what was left went back to the stock.
        Ended => "ended",
        /// Taken back by hand; what was left went back to the stock.
        Withdrawn => "withdrawn",
    }
}

impl OfferState {
    /// Whether a person may move an offer so.
    pub fn may_become(self, to: Self) -> bool {
        use OfferState::{Active, Draft, Ended, SoldOut, Withdrawn};
        match self {
            Draft => matches!(to, Active | Withdrawn),
            Active | SoldOut => matches!(to, Ended | Withdrawn),
            Ended | Withdrawn => false,
        }
    }

    /// Whether the offer holds a pool: cancelled pieces return to it and may be ordered again.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Active | Self::SoldOut)
    }

    pub fn is_closed(self) -> bool {
        matches!(self, Self::Ended | Self::Withdrawn)
    }
}

/// A fixed unit price for at most `total` pieces.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub id: OfferId,
    pub org: OrgId,
    pub event: EventId,
    pub product: ProductId,
    pub variant: VariantId,
    /// The variant's number and names when the offer was made.
    pub sku: String,
    pub name: LocalizedText,
    pub unit_price: UnitPrice,
    pub total: Quantity,
    pub left: Quantity,
    /// The most one company may order.
    pub per_company: Option<Quantity>,
    pub min_quantity: Quantity,
    pub multiple: Quantity,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub state: OfferState,
    pub version: i64,
    /// Whether its pool was held in the stock when it opened; not so when the variant was made to order. Nothing is
    /// known of one that never opened, or opened before this was kept.
    pub held: Option<bool>,
}

/// Why an order is refused. Refusals are answers: they write nothing and do not use up the idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("there is no such offer")]
    NoSuchOffer,
    #[error("the offer takes no orders now")]
    OfferNotActive,
    #[error("{available} pieces are left")]
    OutOfStock { available: Quantity },
    #[error("the company may order {left} more")]
    LimitReached { left: Quantity },
    #[error("the smallest order is {moq}")]
    BelowMoq { moq: Quantity },
    #[error("orders go by steps: {nearest} is the nearest")]
    NotAMultiple { nearest: Quantity },
    #[error("the key was used for another request")]
    KeyReused,
}

impl Offer {
    /// Whether orders are taken at `now`: within `[starts_at, ends_at)`, whatever the sweeper has tidied.
    pub fn takes_orders(&self, now: Instant) -> bool {
        self.state == OfferState::Active && self.starts_at <= now && now < self.ends_at
    }

    /// Whether its pieces are counted in the stock. A variant that is made to order may get stock later: those pieces
    /// are not this offer's to sell or to give back.
    pub fn keeps_stock(&self) -> bool {
        self.held != Some(false)
    }

    /// The state as people see it: an offer whose window has passed has ended, swept or not.
    pub fn state_at(&self, now: Instant) -> OfferState {
        if self.state.is_open() && now >= self.ends_at { OfferState::Ended } else { self.state }
    }

    /// Takes `quantity` for a company that has ordered `used` before, or says why not.
    ///
    /// Sells out when fewer are left than one order takes. Changes nothing when it refuses.
    pub fn take(&mut self, quantity: Quantity, used: Quantity, now: Instant) -> Result<(), Refusal> {
        if self.state_at(now) == OfferState::SoldOut {
            return Err(Refusal::OutOfStock { available: Quantity(0) });
        }
        if !self.takes_orders(now) {
            return Err(Refusal::OfferNotActive);
        }
        self.check_steps(quantity)?;
        if let Some(limit) = self.per_company
            && quantity.0 > limit.0.saturating_sub(used.0)
        {
            return Err(Refusal::LimitReached { left: Quantity((limit.0 - used.0).max(0)) });
        }
        if quantity > self.left {
            return Err(Refusal::OutOfStock { available: self.left });
        }
        self.left.0 -= quantity.0;
        if self.left < self.min_quantity {
            self.state = OfferState::SoldOut;
        }
        Ok(())
    }

    /// Gives `quantity` of a cancelled order back to the pool, and opens a sold-out offer again.
    pub fn give_back(&mut self, quantity: Quantity) {
        self.left.0 += quantity.0;
        if self.state == OfferState::SoldOut && self.left >= self.min_quantity {
            self.state = OfferState::Active;
        }
    }

    /// Whether what it says may still change: until the moment it takes orders.
    pub fn may_change(&self, now: Instant) -> bool {
        match self.state {
            OfferState::Draft => true,
            OfferState::Active => now < self.starts_at,
            _ => false,
        }
    }

    /// The offer with a change, which must fit as a new offer must. Nobody has ordered of it: its pool is whole.
    pub fn with(&self, change: &OfferChange) -> Result<Self, BadOffer> {
        let new = NewOffer {
            event: self.event,
            variant: self.variant,
            unit_price: change.unit_price.unwrap_or(self.unit_price),
            total: change.total.unwrap_or(self.total),
            per_company: change.per_company.unwrap_or(self.per_company),
            min_quantity: change.min_quantity.unwrap_or(self.min_quantity),
            starts_at: change.starts_at.unwrap_or(self.starts_at),
            ends_at: change.ends_at.unwrap_or(self.ends_at),
            activate: false,
        };
        new.check()?;
        let NewOffer { unit_price, total, per_company, min_quantity, starts_at, ends_at, .. } = new;
        let left = total;
        let version = self.version + 1;
        Ok(Self { unit_price, total, left, per_company, min_quantity, starts_at, ends_at, version, ..self.clone() })
    }

    fn check_steps(&self, quantity: Quantity) -> Result<(), Refusal> {
        if quantity < self.min_quantity {
            return Err(Refusal::BelowMoq { moq: self.min_quantity });
        }
        let past = (quantity.0 - self.min_quantity.0) % self.multiple.0.max(1);
        if past == 0 {
            return Ok(());
        }
        let below = quantity.0 - past;
        let above = below.saturating_add(self.multiple.0);
        let nearest = if past * 2 < self.multiple.0 { below } else { above };
        Err(Refusal::NotAMultiple { nearest: Quantity(nearest) })
    }
}

/// What a person says about an offer to be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOffer {
    #[schema(value_type = String, format = Uuid)]
    pub event: EventId,
    #[schema(value_type = String, format = Uuid)]
    pub variant: VariantId,
    pub unit_price: UnitPrice,
    /// Pieces in the pool.
    pub total: Quantity,
    /// The most one company may order.
    #[serde(default)]
    pub per_company: Option<Quantity>,
    pub min_quantity: Quantity,
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// Opens it at once: its pool is held when the answer comes, or nothing is made.
    #[serde(default)]
    pub activate: bool,
}

/// What to change of an offer that takes no orders yet; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferChange {
    /// The version the change was made against.
    #[serde(default)]
    pub version: Option<i64>,
    #[serde(default)]
    pub unit_price: Option<UnitPrice>,
    #[serde(default)]
    pub total: Option<Quantity>,
    /// `null` removes the limit.
    #[serde(default, deserialize_with = "kernel::http::said")]
    #[schema(value_type = Option<Quantity>)]
    pub per_company: Option<Option<Quantity>>,
    #[serde(default)]
    pub min_quantity: Option<Quantity>,
    #[serde(default)]
    pub starts_at: Option<Instant>,
    #[serde(default)]
    pub ends_at: Option<Instant>,
}

/// The largest pool and quantity: far above any container, far below overflow.
pub const MAX_QUANTITY: i64 = 1_000_000_000;

/// The field of a new offer that contradicts the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} does not fit")]
pub struct BadOffer(pub &'static str);

impl NewOffer {
    /// Checks that the numbers can hold together.
    pub fn check(&self) -> Result<(), BadOffer> {
        if !(1..=MAX_QUANTITY).contains(&self.total.0) {
            return Err(BadOffer("total"));
        }
        if !(1..=self.total.0).contains(&self.min_quantity.0) {
            return Err(BadOffer("min_quantity"));
        }
        if self.per_company.is_some_and(|limit| limit < self.min_quantity) {
            return Err(BadOffer("per_company"));
        }
        let price = self.unit_price;
        let priced = price.micro > 0 && UnitPrice::new(price.micro, price.currency).is_ok();
        if !priced || price.times(self.total).is_err() {
            return Err(BadOffer("unit_price"));
        }
        if self.ends_at <= self.starts_at {
            return Err(BadOffer("ends_at"));
        }
        Ok(())
    }
}

#[cfg(test)]
pub mod tests {
    use std::time::Duration;

    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    pub const NOON: Instant = Instant::from_millis(1_589_284_800_000);

    /// An active offer of `total` pieces for an hour from noon.
    pub fn offer(total: i64) -> Offer {
        Offer {
            id: OfferId::new(),
            org: OrgId::new(),
            event: EventId::new(),
            product: ProductId::new(),
            variant: VariantId::new(),
            sku: "LB-100".into(),
            name: LocalizedText::of([(kernel::Locale::english(), "Bricks".into())]),
            unit_price: UnitPrice { micro: 9_800_000, currency: Currency::USD },
            total: Quantity(total),
            left: Quantity(total),
            per_company: None,
            min_quantity: Quantity(1),
            multiple: Quantity(1),
            starts_at: NOON,
            ends_at: NOON + Duration::from_hours(1),
            state: OfferState::Active,
            version: 1,
            held: Some(true),
        }
    }

    #[test]
    fn only_the_listed_moves_are_legal() {
        use OfferState::{Active, Draft, Ended, SoldOut, Withdrawn};
        let legal = [
            (Draft, Active),
            (Draft, Withdrawn),
            (Active, Ended),
            (Active, Withdrawn),
            (SoldOut, Ended),
            (SoldOut, Withdrawn),
        ];
        for from in OfferState::ALL {
            for to in OfferState::ALL {
                assert_eq!(from.may_become(to), legal.contains(&(from, to)), "{from:?} -> {to:?}");
            }
        }
    }

    #[test]
    fn the_last_piece_sells_out_and_a_returned_one_reopens() {
        let mut pool = offer(2);
        assert_eq!(pool.take(Quantity(2), Quantity(0), NOON), Ok(()));
        assert_eq!((pool.state, pool.left), (OfferState::SoldOut, Quantity(0)));
        let refused = pool.take(Quantity(1), Quantity(0), NOON);
        assert_eq!(refused, Err(Refusal::OutOfStock { available: Quantity(0) }));
        pool.give_back(Quantity(2));
        assert_eq!((pool.state, pool.left), (OfferState::Active, Quantity(2)));
    }

    #[test]
    fn a_rest_that_no_order_takes_is_sold_out() {
        let mut pool = Offer { min_quantity: Quantity(24), multiple: Quantity(12), ..offer(100) };
        assert_eq!(pool.take(Quantity(84), Quantity(0), NOON), Ok(()));
        assert_eq!((pool.state, pool.left), (OfferState::SoldOut, Quantity(16)));
        pool.give_back(Quantity(4));
        assert_eq!(pool.state, OfferState::SoldOut);
        pool.give_back(Quantity(4));
        assert_eq!((pool.state, pool.left), (OfferState::Active, Quantity(24)));
    }

    #[test]
    fn the_window_is_open_from_its_start_until_just_before_its_end() {
        let take = |at| offer(1).take(Quantity(1), Quantity(0), at);
        let end = NOON + Duration::from_hours(1);
        assert_eq!(take(NOON - Duration::from_micros(1)), Err(Refusal::OfferNotActive));
        assert_eq!(take(NOON), Ok(()));
        assert_eq!(take(end - Duration::from_micros(1)), Ok(()));
        assert_eq!(take(end), Err(Refusal::OfferNotActive));
        assert_eq!(offer(1).state_at(end), OfferState::Ended);
    }

    #[test]
    fn a_company_stays_within_its_limit() {
        let mut pool = Offer { per_company: Some(Quantity(10)), ..offer(100) };
        assert_eq!(pool.take(Quantity(4), Quantity(6), NOON), Ok(()));
        let refused = pool.take(Quantity(4), Quantity(7), NOON);
        assert_eq!(refused, Err(Refusal::LimitReached { left: Quantity(3) }));
        assert_eq!(pool.left, Quantity(96));
    }

    #[test]
    fn quantities_off_the_steps_are_told_the_nearest() {
        let take = |quantity| {
            let mut pool = Offer { min_quantity: Quantity(24), multiple: Quantity(12), ..offer(100) };
            pool.take(Quantity(quantity), Quantity(0), NOON)
        };
        assert_eq!(take(23), Err(Refusal::BelowMoq { moq: Quantity(24) }));
        assert_eq!(take(-1), Err(Refusal::BelowMoq { moq: Quantity(24) }));
        assert_eq!(take(25), Err(Refusal::NotAMultiple { nearest: Quantity(24) }));
        assert_eq!(take(30), Err(Refusal::NotAMultiple { nearest: Quantity(36) }));
        assert_eq!(take(36), Ok(()));
    }

    #[test]
    fn an_offer_may_change_until_it_takes_orders() {
        let starts = NOON;
        let before = starts - Duration::from_micros(1);
        assert!(offer(5).may_change(before) && !offer(5).may_change(starts));
        for state in OfferState::ALL {
            let seen = Offer { state, ..offer(5) };
            assert_eq!(seen.may_change(before), matches!(state, OfferState::Draft | OfferState::Active), "{state:?}");
        }
        let change = OfferChange { total: Some(Quantity(9)), per_company: Some(None), ..OfferChange::default() };
        let changed = Offer { per_company: Some(Quantity(2)), ..offer(5) }.with(&change).unwrap();
        assert_eq!((changed.total, changed.left, changed.per_company), (Quantity(9), Quantity(9), None));
        let backwards = OfferChange { ends_at: Some(starts), ..OfferChange::default() };
        assert_eq!(offer(5).with(&backwards), Err(BadOffer("ends_at")));
    }

    #[test]
    fn an_offer_that_contradicts_itself_is_refused() {
        let good = || NewOffer {
            event: EventId::new(),
            variant: VariantId::new(),
            unit_price: UnitPrice { micro: 87_500, currency: Currency::USD },
            total: Quantity(500),
            per_company: Some(Quantity(100)),
            min_quantity: Quantity(24),
            starts_at: NOON,
            ends_at: NOON + Duration::from_mins(1),
            activate: false,
        };
        assert_eq!(good().check(), Ok(()));
        let bad = |change: fn(&mut NewOffer)| {
            let mut new = good();
            change(&mut new);
            new.check().unwrap_err().0
        };
        assert_eq!(bad(|n| n.total = Quantity(0)), "total");
        assert_eq!(bad(|n| n.min_quantity = Quantity(501)), "min_quantity");
        assert_eq!(bad(|n| n.per_company = Some(Quantity(23))), "per_company");
        assert_eq!(bad(|n| n.unit_price.micro = 0), "unit_price");
        assert_eq!(bad(|n| n.unit_price.micro = i64::MAX), "unit_price");
        assert_eq!(bad(|n| n.ends_at = n.starts_at), "ends_at");
    }

    proptest! {
        #[test]
        fn nothing_is_sold_that_is_not_there(total in 1_i64..500, asks in proptest::collection::vec(1_i64..40, 1..80)) {
            let mut pool = offer(total);
            let sold: i64 = asks.iter().filter(|q| pool.take(Quantity(**q), Quantity(0), NOON).is_ok()).sum();
            prop_assert_eq!(sold + pool.left.0, total);
            prop_assert!(pool.left.0 >= 0);
            prop_assert_eq!(pool.state == OfferState::SoldOut, pool.left.0 == 0);
        }

        #[test]
        fn orders_and_returns_neither_lose_nor_invent_pieces(
            total in 1_i64..300, limit in proptest::option::of(1_i64..60),
            steps in proptest::collection::vec((0_usize..4, 1_i64..30, any::<bool>()), 1..120),
        ) {
            let mut pool = Offer { per_company: limit.map(Quantity), ..offer(total) };
            let mut ordered: [Vec<i64>; 4] = Default::default();
            for (company, quantity, gives_back) in steps {
                let used = Quantity(ordered[company].iter().sum());
                if gives_back {
                    if let Some(back) = ordered[company].pop() {
                        pool.give_back(Quantity(back));
                    }
                } else if pool.take(Quantity(quantity), used, NOON).is_ok() {
                    ordered[company].push(quantity);
                }
                let sums = ordered.each_ref().map(|orders| orders.iter().sum::<i64>());
                prop_assert_eq!(sums.iter().sum::<i64>() + pool.left.0, total);
                prop_assert_eq!(pool.state == OfferState::SoldOut, pool.left.0 == 0);
                prop_assert!(limit.is_none_or(|limit| sums.iter().all(|sum| *sum <= limit)));
            }
        }

        #[test]
        fn orders_go_by_steps_from_the_smallest(min in 1_i64..200, multiple in 1_i64..60, quantity in -10_i64..2000) {
            let pool = Offer { min_quantity: Quantity(min), multiple: Quantity(multiple), ..offer(10_000) };
            let take = |quantity| pool.clone().take(Quantity(quantity), Quantity(0), NOON);
            match take(quantity) {
                Ok(()) => prop_assert!(quantity >= min && (quantity - min) % multiple == 0),
                Err(Refusal::BelowMoq { moq }) => prop_assert!(quantity < min && take(moq.0).is_ok()),
                Err(Refusal::NotAMultiple { nearest }) => {
                    prop_assert!((quantity - min) % multiple != 0 && take(nearest.0).is_ok());
                    prop_assert!((nearest.0 - quantity).abs() * 2 <= multiple);
                }
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            }
        }
    }
}
