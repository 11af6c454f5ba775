//! Prices of a variant: tiers by quantity in one or more currencies, the smallest order and its steps.
//! One pure resolver answers what a quantity costs; a live offer has a price of its own.

use std::collections::BTreeSet;

use kernel::{Currency, Quantity, UnitPrice};
use serde::{Deserialize, Serialize};

/// Tiers a variant may have, over all currencies.
pub const MAX_TIERS: usize = 40;
/// The largest quantity, smallest order and step: far above any container, far below overflow.
pub const MAX_QUANTITY: i64 = 1_000_000_000;

/// From `min_quantity` on, a unit costs `unit_price`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CatalogTier)]
pub struct Tier {
    #[schema(value_type = i64, example = 24)]
    pub min_quantity: Quantity,
    pub unit_price: UnitPrice,
}

/// What a variant costs. Made by [`Prices::new`], so its rules hold: tiers sorted by currency and quantity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prices {
    moq: Quantity,
    multiple: Quantity,
    tiers: Vec<Tier>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PricesError {
    #[error("the smallest order and its step are whole numbers from 1 to {MAX_QUANTITY}")]
    BadQuantity,
    #[error("a tier's price is above zero")]
    BadPrice,
    #[error("two tiers of {currency} start at {min_quantity}")]
    TierTwice { currency: Currency, min_quantity: Quantity },
    #[error("at most {MAX_TIERS} tiers")]
    TooManyTiers,
}

/// The price of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub unit_price: UnitPrice,
    /// Where the tier that applies begins.
    pub tier_min: Quantity,
    /// The next cheaper step, when there is one.
    pub next_tier: Option<Tier>,
}

/// Why a quantity has no price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the smallest order is {moq}")]
    BelowMoq { moq: Quantity },
    #[error("orders go by steps: {nearest} is the nearest")]
    NotAMultiple { nearest: Quantity },
    #[error("there is no price in this currency")]
    UnknownCurrency,
    #[error("the price is given on request")]
    PriceOnRequest,
}

impl Prices {
    /// Checks and sorts. No tiers at all means "price on request".
    pub fn new(moq: Quantity, multiple: Quantity, mut tiers: Vec<Tier>) -> Result<Self, PricesError> {
        let fits = |quantity: Quantity| (1..=MAX_QUANTITY).contains(&quantity.0);
        if !fits(moq) || !fits(multiple) || !tiers.iter().all(|tier| fits(tier.min_quantity)) {
            return Err(PricesError::BadQuantity);
        }
        if tiers.len() > MAX_TIERS {
            return Err(PricesError::TooManyTiers);
        }
        // Read from JSON, a unit price has not passed its own constructor.
        if tiers
            .iter()
            .any(|t| t.unit_price.micro <= 0 || UnitPrice::new(t.unit_price.micro, t.unit_price.currency).is_err())
        {
            return Err(PricesError::BadPrice);
        }
        tiers.sort_by_key(|tier| (tier.unit_price.currency.code(), tier.min_quantity));
        let mut seen = BTreeSet::new();
        for tier in &tiers {
            let (currency, min_quantity) = (tier.unit_price.currency, tier.min_quantity);
            if !seen.insert((currency.code(), min_quantity)) {
                return Err(PricesError::TierTwice { currency, min_quantity });
            }
        }
        Ok(Self { moq, multiple, tiers })
    }

    pub fn moq(&self) -> Quantity {
        self.moq
    }

    pub fn multiple(&self) -> Quantity {
        self.multiple
    }

    pub fn tiers(&self) -> &[Tier] {
        &self.tiers
    }

    /// The smallest quantity of at least `at_least` that the steps allow.
    fn step_up(&self, at_least: Quantity) -> Quantity {
        let above = (at_least.0 - self.moq.0).max(0);
        Quantity(self.moq.0 + (above + self.multiple.0 - 1) / self.multiple.0 * self.multiple.0)
    }
}

/// The unit price of `quantity` in `currency`, or why there is none.
///
/// Below the lowest tier is below the smallest order, never a default price.
pub fn resolve(prices: &Prices, quantity: Quantity, currency: Currency) -> Result<Resolved, Refusal> {
    if prices.tiers.is_empty() {
        return Err(Refusal::PriceOnRequest);
    }
    let tiers: Vec<Tier> = prices.tiers.iter().filter(|t| t.unit_price.currency == currency).copied().collect();
    let lowest = tiers.first().ok_or(Refusal::UnknownCurrency)?;
    let moq = prices.step_up(prices.moq.max(lowest.min_quantity));
    if quantity < moq {
        return Err(Refusal::BelowMoq { moq });
    }
    let past = (quantity.0 - prices.moq.0) % prices.multiple.0;
    if past != 0 {
        let below = Quantity(quantity.0 - past);
        let above = Quantity(below.0.saturating_add(prices.multiple.0));
        // Half way goes up: the buyer wanted more than the lower step.
        let nearest = if past * 2 < prices.multiple.0 { below } else { above };
        return Err(Refusal::NotAMultiple { nearest: nearest.max(moq) });
    }
    let reached = tiers.partition_point(|tier| tier.min_quantity <= quantity);
    let tier = tiers[reached - 1];
    Ok(Resolved { unit_price: tier.unit_price, tier_min: tier.min_quantity, next_tier: tiers.get(reached).copied() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tier(min: i64, price: &str, currency: Currency) -> Tier {
        Tier { min_quantity: Quantity(min), unit_price: UnitPrice::parse(price, currency).unwrap() }
    }

    /// 24 and then by 12: 10.50 from 24, 9.80 from 120, 8.90 from 480.
    fn bricks() -> Prices {
        let tiers = [(480, "8.90"), (24, "10.50"), (120, "9.80")].map(|(min, price)| tier(min, price, Currency::USD));
        Prices::new(Quantity(24), Quantity(12), tiers.to_vec()).unwrap()
    }

    #[test]
    fn a_quantity_costs_what_its_tier_says_and_knows_the_next() {
        let at = |quantity| resolve(&bricks(), Quantity(quantity), Currency::USD).unwrap();
        assert_eq!((at(24).unit_price.micro, at(24).tier_min.0), (10_500_000, 24));
        assert_eq!(at(108).next_tier, Some(tier(120, "9.80", Currency::USD)));
        assert_eq!((at(120).unit_price.micro, at(480).unit_price.micro), (9_800_000, 8_900_000));
        assert_eq!(at(480).next_tier, None);
    }

    #[test]
    fn quantities_off_the_steps_are_refused_with_the_nearest() {
        let at = |quantity| resolve(&bricks(), Quantity(quantity), Currency::USD).unwrap_err();
        assert_eq!(at(23), Refusal::BelowMoq { moq: Quantity(24) });
        assert_eq!(at(-5), Refusal::BelowMoq { moq: Quantity(24) });
        assert_eq!(at(25), Refusal::NotAMultiple { nearest: Quantity(24) });
        assert_eq!(at(30), Refusal::NotAMultiple { nearest: Quantity(36) });
    }

    #[test]
    fn below_the_lowest_tier_is_below_the_smallest_order() {
        let prices = Prices::new(Quantity(10), Quantity(4), vec![tier(25, "1", Currency::USD)]).unwrap();
        assert_eq!(resolve(&prices, Quantity(14), Currency::USD), Err(Refusal::BelowMoq { moq: Quantity(26) }));
        assert!(resolve(&prices, Quantity(26), Currency::USD).is_ok());
    }

    #[test]
    fn without_a_price_there_is_no_default() {
        assert_eq!(resolve(&bricks(), Quantity(24), Currency::EUR), Err(Refusal::UnknownCurrency));
        let on_request = Prices::new(Quantity(1), Quantity(1), vec![]).unwrap();
        assert_eq!(resolve(&on_request, Quantity(1), Currency::USD), Err(Refusal::PriceOnRequest));
    }

    #[test]
    fn prices_that_contradict_themselves_are_refused() {
        let new = |moq, multiple, tiers| Prices::new(Quantity(moq), Quantity(multiple), tiers).unwrap_err();
        assert_eq!(new(0, 1, vec![]), PricesError::BadQuantity);
        assert_eq!(new(1, 0, vec![]), PricesError::BadQuantity);
        assert_eq!(new(1, 1, vec![tier(1, "0", Currency::USD)]), PricesError::BadPrice);
        let twice = vec![tier(5, "1", Currency::USD), tier(5, "2", Currency::USD)];
        assert!(matches!(new(1, 1, twice), PricesError::TierTwice { .. }));
        assert_eq!(new(1, 1, (1..=41).map(|n| tier(n, "1", Currency::USD)).collect()), PricesError::TooManyTiers);
    }

    proptest! {
        #[test]
        fn every_refusal_names_a_quantity_that_is_accepted(
            moq in 1_i64..500, multiple in 1_i64..60, quantity in -10_i64..5000,
            mins in proptest::collection::btree_set(1_i64..3000, 1..6),
        ) {
            let tiers: Vec<Tier> = mins.iter().map(|min| tier(*min, "1.25", Currency::USD)).collect();
            let prices = Prices::new(Quantity(moq), Quantity(multiple), tiers).unwrap();
            let named = match resolve(&prices, Quantity(quantity), Currency::USD) {
                Ok(resolved) => {
                    prop_assert!(resolved.tier_min.0 <= quantity && quantity >= moq);
                    prop_assert_eq!((quantity - moq) % multiple, 0);
                    prop_assert!(resolved.next_tier.is_none_or(|next| next.min_quantity.0 > quantity));
                    Quantity(quantity)
                }
                Err(Refusal::BelowMoq { moq }) => { prop_assert!(moq.0 > quantity); moq }
                Err(Refusal::NotAMultiple { nearest }) => {
                    prop_assert!((nearest.0 - quantity).abs() <= multiple);
                    nearest
                }
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            };
            prop_assert!(resolve(&prices, named, Currency::USD).is_ok());
        }

        #[test]
        fn more_pieces_never_reach_a_lower_tier(a in 0_i64..100, b in 0_i64..100) {
            let at = |steps: i64| resolve(&bricks(), Quantity(24 + 12 * steps), Currency::USD).unwrap().tier_min;
            prop_assert!(at(a.min(b)) <= at(a.max(b)));
        }
    }
}
