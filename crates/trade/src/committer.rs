//! The hot path: a batch of orders in one pass of set-wise statements and one commit.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use kernel::db::is_taken;
use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::db::writer::{Batch, BatchError};
use kernel::id::{CompanyId, ContactId, OfferId, OrderId};
use kernel::{Clock, Instant, Outbox, Quantity};
use tokio::sync::Notify;

use crate::events::{OfferChanged, OrderPlaced};
use crate::offer::{Offer, Refusal};
use crate::order::{Numbers, Order, OrderState};
use crate::placing::{Ask, Ledger, Verdict, decide};
use crate::store;

/// What the writer does with orders.
pub struct Committer {
    clock: Arc<dyn Clock>,
    outbox: Outbox,
    /// How long a placed order keeps its pieces.
    reservation: Duration,
    numbers: Mutex<Numbers>,
    /// Told after each commit: letters and the projection follow outside.
    placed: Arc<Notify>,
}

impl Committer {
    pub fn new(clock: Arc<dyn Clock>, outbox: Outbox, reservation: Duration, placed: Arc<Notify>) -> Self {
        let serial = u32::from_ne_bytes(kernel::secret::random_bytes::<4>());
        Self { clock, outbox, reservation, numbers: Mutex::new(Numbers::starting_at(serial)), placed }
    }

    fn order(&self, ask: &Ask, offer: &Offer, now: Instant) -> Result<Order, DbErr> {
        let number = self.numbers.lock().expect("nothing panics while numbering").next(now).to_string();
        let total = offer.unit_price.times(ask.quantity).map_err(|e| DbErr::Custom(e.to_string()))?;
        Ok(Order {
            id: ask.order,
            org: offer.org,
            number,
            offer: offer.id,
            event: offer.event,
            product: offer.product,
            variant: offer.variant,
            sku: offer.sku.clone(),
            name: offer.name.pick(&ask.lang).to_owned(),
            quantity: ask.quantity,
            unit_price: offer.unit_price,
            total,
            company: ask.company,
            contact: ask.contact,
            buyer: ask.buyer.clone(),
            lang: ask.lang.clone(),
            state: OrderState::Placed,
            version: 1,
            placed_at: now,
            reserved_until: Some(now + self.reservation),
        })
    }

    /// Writes what was decided. Each check that fails means that another node was faster.
    async fn write(&self, txn: &DatabaseTransaction, new: &Placed<'_>, now: Instant) -> Result<(), BatchError> {
        let pools = new.pools();
        let taken: Vec<_> = pools.iter().map(|(offer, quantity)| (offer.id, *quantity, offer.state)).collect();
        if store::take_pools(txn, &taken).await? != taken.len() as u64 {
            return Err(BatchError::Retry);
        }
        let mut keys: Vec<_> = new.asks.iter().map(|a| (a.key.as_str(), a.contact, a.body, a.order.uuid())).collect();
        keys.sort_unstable();
        if store::keep_keys(txn, &keys).await? != keys.len() as u64 {
            return Err(BatchError::Retry);
        }
        store::insert_orders(txn, &new.orders).await.map_err(|cause| {
            // An order number that another node took within the same second: run again with others.
            if is_taken(&cause) { BatchError::Retry } else { BatchError::Db(cause) }
        })?;
        store::keep_claims(txn, &new.ledger.claims(new.asks.iter().copied())).await?;
        let moved = new.orders.iter().map(|order| store::Movement {
            offer: order.offer,
            order: Some(order.id),
            delta: -order.quantity.0,
            at: now,
        });
        store::insert_movements(txn, &moved.collect::<Vec<_>>()).await?;
        let placed: Vec<OrderPlaced> = new.orders.iter().map(OrderPlaced::from).collect();
        self.outbox.add_all(txn, &placed).await.map_err(DbErr::from)?;
        let changed: Vec<OfferChanged> = pools.iter().map(|(offer, _)| changed(offer)).collect();
        self.outbox.add_all(txn, &changed).await.map_err(DbErr::from)?;
        Ok(())
    }
}

/// The offer as the UPDATE leaves it.
fn changed(offer: &Offer) -> OfferChanged {
    OfferChanged { version: offer.version + 1, ..OfferChanged::from(offer) }
}

/// The part of a batch that is written.
struct Placed<'a> {
    asks: Vec<&'a Ask>,
    orders: Vec<Order>,
    ledger: &'a Ledger,
}

impl Placed<'_> {
    /// The offers that lose pieces, in the order of their ids, and how many.
    fn pools(&self) -> Vec<(&Offer, Quantity)> {
        let mut taken: HashMap<OfferId, i64> = HashMap::new();
        for ask in &self.asks {
            *taken.entry(ask.offer).or_default() += ask.quantity.0;
        }
        let mut pools: Vec<_> =
            taken.into_iter().filter_map(|(id, n)| Some((self.ledger.offers.get(&id)?, Quantity(n)))).collect();
        pools.sort_by_key(|(offer, _)| offer.id);
        pools
    }
}

impl Batch for Committer {
    type Request = Ask;
    type Answer = Result<Order, Refusal>;

    async fn run(&self, txn: &DatabaseTransaction, batch: &[Ask]) -> Result<Vec<Self::Answer>, BatchError> {
        let now = self.clock.now();
        let mut ledger = look(txn, batch).await?;
        let verdicts = decide(batch, &mut ledger, now);
        let asks: Vec<&Ask> =
            batch.iter().zip(&verdicts).filter(|(_, v)| **v == Verdict::Place).map(|(ask, _)| ask).collect();
        let offer = |ask: &Ask| ledger.offers.get(&ask.offer);
        let orders = asks.iter().filter_map(|ask| Some(self.order(ask, offer(ask)?, now)));
        let orders = orders.collect::<Result<Vec<_>, _>>()?;
        let new = Placed { asks, orders, ledger: &ledger };
        if !new.orders.is_empty() {
            self.write(txn, &new, now).await?;
        }
        let mut known: HashMap<OrderId, Order> = new.orders.into_iter().map(|order| (order.id, order)).collect();
        let repeated: BTreeSet<OrderId> = verdicts
            .iter()
            .filter_map(|v| if let Verdict::Repeat(id) = v { Some(*id) } else { None })
            .filter(|id| !known.contains_key(id))
            .collect();
        let earlier = store::orders(txn, repeated.into_iter().collect()).await?;
        known.extend(earlier.into_iter().map(|order| (order.id, order)));
        let answer = |(ask, verdict): (&Ask, Verdict)| {
            let id = match verdict {
                Verdict::Place => ask.order,
                Verdict::Repeat(id) => id,
                Verdict::Refuse(refusal) => return Ok(Err(refusal)),
            };
            known.get(&id).cloned().map(Ok).ok_or_else(|| DbErr::RecordNotFound(id.to_string()))
        };
        Ok(batch.iter().zip(verdicts).map(answer).collect::<Result<_, _>>()?)
    }

    fn committed(&self) {
        self.outbox.wake();
        self.placed.notify_one();
    }
}

/// Reads what deciding needs: the offers (locked), the keys, the claims where there are limits.
async fn look(txn: &DatabaseTransaction, batch: &[Ask]) -> Result<Ledger, DbErr> {
    let ids: BTreeSet<OfferId> = batch.iter().map(|ask| ask.offer).collect();
    let offers = store::lock_offers(txn, ids).await?;
    let contacts: BTreeSet<ContactId> = batch.iter().map(|ask| ask.contact).collect();
    let seen = store::keys(txn, batch.iter().map(|ask| ask.key.as_str()), contacts).await?;
    let limited: Vec<OfferId> = offers.values().filter(|o| o.per_company.is_some()).map(|o| o.id).collect();
    let companies: BTreeSet<CompanyId> = batch.iter().map(|ask| ask.company).collect();
    let companies: Vec<CompanyId> = companies.into_iter().collect();
    let used = store::claims(txn, &limited, &companies).await?;
    Ok(Ledger { offers, used, seen })
}
