//! Who of a batch gets what: the pure middle of the hot path.

use std::collections::{HashMap, HashSet};

use kernel::id::{CompanyId, ContactId, OfferId, OrderId};
use kernel::{Instant, Locale, Quantity};
use uuid::Uuid;

use crate::buyer::BuyerDetails;
use crate::offer::{Offer, Refusal};

/// A buyer asks for pieces of an offer.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The id the order will have.
    pub order: OrderId,
    pub offer: OfferId,
    pub quantity: Quantity,
    pub company: CompanyId,
    pub contact: ContactId,
    pub buyer: BuyerDetails,
    pub lang: Locale,
    pub key: String,
    /// A digest of what was asked, to tell a repeat from a reuse of the key.
    pub body: Uuid,
}

impl Ask {
    pub fn idempotency(&self) -> Key {
        (self.key.clone(), self.contact)
    }
}

/// An idempotency key is one buyer's.
pub type Key = (String, ContactId);

/// What the database says about the asks of a batch; deciding moves it on.
#[derive(Debug, Default)]
pub struct Ledger {
    pub offers: HashMap<OfferId, Offer>,
    /// What companies have ordered of offers with a limit.
    pub used: HashMap<(OfferId, CompanyId), Quantity>,
    /// What was asked under a key, and the order it made.
    pub seen: HashMap<Key, (Uuid, OrderId)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The pieces are taken for this ask.
    Place,
    /// The key has made this order before, perhaps earlier in the same batch.
    Repeat(OrderId),
    Refuse(Refusal),
}

/// Decides in the order of arrival. A refusal changes nothing and does not use up its key.
pub fn decide(batch: &[Ask], ledger: &mut Ledger, now: Instant) -> Vec<Verdict> {
    batch.iter().map(|ask| ledger.decide(ask, now).unwrap_or_else(Verdict::Refuse)).collect()
}

impl Ledger {
    fn decide(&mut self, ask: &Ask, now: Instant) -> Result<Verdict, Refusal> {
        let key = ask.idempotency();
        if let Some((body, order)) = self.seen.get(&key) {
            return if *body == ask.body { Ok(Verdict::Repeat(*order)) } else { Err(Refusal::KeyReused) };
        }
        let offer = self.offers.get_mut(&ask.offer).ok_or(Refusal::NoSuchOffer)?;
        let used = self.used.entry((ask.offer, ask.company)).or_insert(Quantity(0));
        offer.take(ask.quantity, *used, now)?;
        used.0 += ask.quantity.0;
        self.seen.insert(key, (ask.body, ask.order));
        Ok(Verdict::Place)
    }

    /// The claims of the companies whose asks were placed, where a limit needs them.
    pub fn claims<'a>(&self, placed: impl Iterator<Item = &'a Ask>) -> Vec<(OfferId, CompanyId, Quantity)> {
        let limited = |offer: &OfferId| self.offers.get(offer).is_some_and(|o| o.per_company.is_some());
        let pairs: HashSet<_> = placed.map(|ask| (ask.offer, ask.company)).filter(|(o, _)| limited(o)).collect();
        let mut claims: Vec<_> = pairs.into_iter().map(|pair| (pair.0, pair.1, self.used[&pair])).collect();
        claims.sort_by_key(|(offer, company, _)| (*offer, *company));
        claims
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::offer::OfferState;
    use crate::offer::tests::{NOON, offer};

    fn ask(offer: OfferId, quantity: i64, key: &str) -> Ask {
        Ask {
            order: OrderId::new(),
            offer,
            quantity: Quantity(quantity),
            company: CompanyId::from_uuid(Uuid::from_u128(1)),
            contact: ContactId::from_uuid(Uuid::from_u128(2)),
            buyer: BuyerDetails {
                company: "Sol".into(),
                name: "Ana".into(),
                email: "ana@sol.example".into(),
                country: "ES".into(),
            },
            lang: Locale::english(),
            key: key.into(),
            body: Uuid::from_u128(u128::from(quantity.unsigned_abs())),
        }
    }

    fn ledger(pool: Offer) -> (OfferId, Ledger) {
        (pool.id, Ledger { offers: [(pool.id, pool)].into(), ..Ledger::default() })
    }

    #[test]
    fn a_batch_is_served_in_the_order_of_arrival() {
        let (id, mut ledger) = ledger(offer(5));
        let batch = [ask(id, 3, "a"), ask(id, 3, "b"), ask(id, 2, "c"), ask(id, 1, "d")];
        let out = |available| Verdict::Refuse(Refusal::OutOfStock { available: Quantity(available) });
        assert_eq!(decide(&batch, &mut ledger, NOON), [Verdict::Place, out(2), Verdict::Place, out(0)]);
        assert_eq!(ledger.offers[&id].state, OfferState::SoldOut);
    }

    #[test]
    fn a_key_repeated_within_the_batch_makes_one_order() {
        let (id, mut ledger) = ledger(offer(50));
        let batch = [ask(id, 3, "a"), ask(id, 3, "a"), ask(id, 4, "a")];
        let verdicts = decide(&batch, &mut ledger, NOON);
        let expected = [Verdict::Place, Verdict::Repeat(batch[0].order), Verdict::Refuse(Refusal::KeyReused)];
        assert_eq!(verdicts, expected);
        assert_eq!(ledger.offers[&id].left, Quantity(47));
    }

    #[test]
    fn a_repeat_is_answered_even_when_the_offer_is_over() {
        let (id, mut ledger) = ledger(Offer { state: OfferState::Ended, ..offer(50) });
        let (again, made) = (ask(id, 3, "a"), OrderId::new());
        ledger.seen.insert(again.idempotency(), (again.body, made));
        assert_eq!(decide(&[again], &mut ledger, NOON), [Verdict::Repeat(made)]);
    }

    #[test]
    fn a_refused_key_may_try_again() {
        let (id, mut ledger) = ledger(offer(2));
        decide(&[ask(id, 3, "a")], &mut ledger, NOON);
        ledger.offers.get_mut(&id).unwrap().give_back(Quantity(1));
        assert_eq!(decide(&[ask(id, 3, "a")], &mut ledger, NOON), [Verdict::Place]);
    }

    #[test]
    fn a_company_cannot_pass_its_limit_within_one_batch() {
        let (id, mut ledger) = ledger(Offer { per_company: Some(Quantity(5)), ..offer(50) });
        let batch = [ask(id, 3, "a"), ask(id, 3, "b"), ask(id, 2, "c")];
        let limited = Verdict::Refuse(Refusal::LimitReached { left: Quantity(2) });
        assert_eq!(decide(&batch, &mut ledger, NOON), [Verdict::Place, limited, Verdict::Place]);
        let claims = ledger.claims([&batch[0], &batch[2]].into_iter());
        assert_eq!(claims, [(id, batch[0].company, Quantity(5))]);
    }

    #[test]
    fn an_unknown_offer_is_refused_alone() {
        let (id, mut ledger) = ledger(offer(2));
        let batch = [ask(OfferId::new(), 1, "a"), ask(id, 1, "b")];
        assert_eq!(decide(&batch, &mut ledger, NOON), [Verdict::Refuse(Refusal::NoSuchOffer), Verdict::Place]);
    }

    proptest! {
        #[test]
        fn sold_and_left_are_exact(total in 1_i64..300, asks in proptest::collection::vec((1_i64..30, 0_u8..20), 1..128)) {
            let (id, mut ledger) = ledger(offer(total));
            let batch: Vec<Ask> = asks.iter().map(|(q, key)| ask(id, *q, &key.to_string())).collect();
            let verdicts = decide(&batch, &mut ledger, NOON);
            let placed = batch.iter().zip(&verdicts).filter(|(_, v)| **v == Verdict::Place);
            let sold: i64 = placed.clone().map(|(a, _)| a.quantity.0).sum();
            prop_assert_eq!(sold + ledger.offers[&id].left.0, total);
            let keys: HashSet<_> = placed.clone().map(|(a, _)| a.key.clone()).collect();
            prop_assert_eq!(keys.len(), placed.count(), "one order a key");
        }
    }
}
