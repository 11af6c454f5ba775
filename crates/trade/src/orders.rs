//! Placing, confirming and cancelling orders, and what follows each.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest;
use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::db::writer::Writer;
use kernel::id::{ContactId, EventId, OfferId, OrderId, OrgId};
use kernel::{Instant, Locale, LocalizedText, Quantity};
use uuid::Uuid;

use crate::buyer::{BuyerDetails, NewBuyer};
use crate::committer::Committer;
use crate::deals::Deals;
use crate::errors::TradeError;
use crate::events::{OfferChanged, OrderChanged};
use crate::offer::Offer;
use crate::order::{Order, OrderState};
use crate::placing::Ask;
use crate::ports::{Dispatch, Hold, Letter, Met};
use crate::store::{self, OrderFilter, OrderSum};
use crate::trade::Base;

/// Buyers remembered so that the hot path need not ask who they are; above it the memory starts anew.
const REMEMBERED: usize = 50_000;
/// Orders to a transaction of what follows placing, and transactions in a row before looking back.
const LOT: u64 = 200;
const LOTS: usize = 50;

#[derive(Clone)]
pub struct Orders {
    base: Arc<Base>,
    writer: Writer<Committer>,
    deals: Deals,
    met: Arc<Mutex<HashMap<Uuid, Met>>>,
}

/// Who moves an order.
#[derive(Clone, Copy, Debug)]
pub enum Mover<'a> {
    /// Somebody of the firm.
    Firm { org: OrgId, name: &'a str },
    /// The buyer, by a link that opens this order.
    Buyer,
    /// The sweeper.
    Clock,
}

impl Orders {
    pub(crate) fn new(base: Arc<Base>, writer: Writer<Committer>, deals: Deals) -> Self {
        Self { base, writer, deals, met: Arc::default() }
    }

    /// Takes the pieces and records the order, or changes nothing. Durable when it returns.
    ///
    /// The same `key` from the same buyer returns the order it made the first time.
    pub async fn place(
        &self,
        offer: OfferId,
        quantity: Quantity,
        buyer: &NewBuyer,
        key: &str,
    ) -> Result<Order, TradeError> {
        let details = buyer.checked()?;
        let met = self.meet(&details, &buyer.lang).await?;
        let body = fingerprint(&(offer, quantity, &details, &buyer.lang));
        let ask = Ask {
            order: OrderId::new(),
            offer,
            quantity,
            company: met.company,
            contact: met.contact,
            buyer: details,
            lang: buyer.lang.clone(),
            key: key.to_owned(),
            body,
        };
        Ok(self.writer.submit(ask).await??)
    }

    /// Whom these particulars mean; asked outside the batch, in a small transaction of its own, once.
    pub(crate) async fn meet(&self, buyer: &BuyerDetails, lang: &Locale) -> Result<Met, TradeError> {
        let who = fingerprint(&(buyer, lang));
        if let Some(met) = self.met.lock().expect("nothing panics while remembering").get(&who) {
            return Ok(*met);
        }
        let txn = self.base.db.write().await?;
        let met = self.base.buyers.meet(&txn, buyer, lang).await?;
        self.deals.open(&txn, met.contact).await?;
        txn.commit().await?;
        let mut remembered = self.met.lock().expect("nothing panics while remembering");
        if remembered.len() >= REMEMBERED {
            remembered.clear();
        }
        remembered.insert(who, met);
        Ok(met)
    }

    pub async fn of_firm(&self, org: OrgId, id: OrderId) -> Result<Order, TradeError> {
        let order = store::order(self.base.db.read(), id).await?.filter(|order| order.org == org);
        order.ok_or(TradeError::NotFound("order"))
    }

    /// A firm's orders, newest first.
    pub async fn list(
        &self,
        org: OrgId,
        filter: &OrderFilter,
        after: Option<OrderId>,
        limit: u64,
    ) -> Result<Vec<Order>, TradeError> {
        Ok(store::orders_of(self.base.db.read(), org, filter, self.base.now(), after, limit).await?)
    }

    /// What a firm's orders come to, by currency: those that are placed or confirmed.
    pub async fn sums(&self, org: OrgId, event: Option<EventId>) -> Result<Vec<OrderSum>, TradeError> {
        Ok(store::order_sums(self.base.db.read(), org, event, self.base.now()).await?)
    }

    /// What the goods of these orders were called when they were offered, in every language. An order itself keeps
    /// the name its buyer read.
    pub async fn names(&self, of: &[Order]) -> Result<HashMap<OfferId, LocalizedText>, TradeError> {
        let offers: BTreeSet<OfferId> = of.iter().map(|order| order.offer).collect();
        Ok(store::offer_names(self.base.db.read(), offers).await?)
    }

    /// The firm agrees to deliver: the reservation has no end any more, and the pieces count as sold.
    pub async fn confirm(&self, org: OrgId, id: OrderId, actor: &str) -> Result<Order, TradeError> {
        self.move_to(id, OrderState::Confirmed, Mover::Firm { org, name: actor }, "").await
    }

    /// The pieces are free again; an offer that is still open can sell them once more.
    pub async fn cancel(&self, id: OrderId, mover: Mover<'_>, reason: &str) -> Result<Order, TradeError> {
        self.move_to(id, OrderState::Cancelled, mover, reason).await
    }

    /// Frees the pieces of reservations that have passed and tells the buyers; returns how many orders expired. One
    /// that cannot expire does not keep the others.
    pub async fn expire_due(&self, now: Instant) -> Result<usize, TradeError> {
        let (mut expired, mut after) = (0, None);
        loop {
            let due = store::orders_due(self.base.db.read(), now, after, LOT).await?;
            for (_, id) in &due {
                expired += usize::from(self.expire(*id).await);
            }
            after = due.last().copied();
            if (due.len() as u64) < LOT {
                return Ok(expired);
            }
        }
    }

    async fn expire(&self, id: OrderId) -> bool {
        match self.move_to(id, OrderState::Expired, Mover::Clock, "").await {
            Ok(_) => return true,
            // Confirmed or cancelled between the look and the lock.
            Err(TradeError::IllegalTransition { .. } | TradeError::VersionConflict) => {}
            Err(cause) => tracing::warn!(%cause, order.id = %id, "a lapsed order could not be released"),
        }
        false
    }

    async fn move_to(&self, id: OrderId, to: OrderState, mover: Mover<'_>, reason: &str) -> Result<Order, TradeError> {
        let txn = self.base.db.write().await?;
        let (offer, order) = self.locked(&txn, id, mover).await?;
        let now = self.base.now();
        let seen = order.state_at(now);
        if to != OrderState::Expired && seen == OrderState::Expired {
            return Err(TradeError::HoldExpired);
        }
        if !order.state.may_become(to) || (to == OrderState::Expired && seen != to) {
            return Err(TradeError::IllegalTransition { from: seen.word(), to: to.word() });
        }
        if matches!(mover, Mover::Buyer) && order.state != OrderState::Placed {
            return Err(TradeError::IllegalTransition { from: seen.word(), to: to.word() });
        }
        let moved = Order { state: to, version: order.version + 1, reserved_until: None, ..order.clone() };
        if !store::save_order(&txn, &moved, order.state).await? {
            return Err(TradeError::VersionConflict);
        }
        self.settle(&txn, offer, &order, to, now).await?;
        let actor = match mover {
            Mover::Firm { name, .. } => name,
            Mover::Buyer => "buyer",
            Mover::Clock => "system",
        };
        let (from, to_word) = (order.state.word(), to.word());
        let made = store::Transition { subject: id.uuid(), from, to: to_word, actor, reason, at: now };
        store::insert_transition(&txn, made).await?;
        self.base.outbox.add(&txn, &OrderChanged::from(&moved)).await.map_err(DbErr::from)?;
        self.base.letters.queue(&txn, vec![self.letter(&moved, reason)]).await?;
        txn.commit().await?;
        self.base.outbox.wake();
        self.base.letters.wake();
        Ok(moved)
    }

    /// The order with its offer, the offer locked first: the hot path locks offers too, in the same order.
    async fn locked(
        &self,
        txn: &DatabaseTransaction,
        id: OrderId,
        mover: Mover<'_>,
    ) -> Result<(Offer, Order), TradeError> {
        let missing = || TradeError::NotFound("order");
        let order = store::order(txn, id).await?.ok_or_else(missing)?;
        if matches!(mover, Mover::Firm { org, .. } if org != order.org) {
            return Err(missing());
        }
        let offer = store::lock_offer(txn, order.offer).await?.ok_or_else(missing)?;
        let order = store::order(txn, id).await?.ok_or_else(missing)?;
        Ok((offer, order))
    }

    /// Moves the pieces as the order moves.
    async fn settle(
        &self,
        txn: &DatabaseTransaction,
        mut offer: Offer,
        order: &Order,
        to: OrderState,
        now: Instant,
    ) -> Result<(), TradeError> {
        let goods = &self.base.goods;
        let is_kept = offer.keeps_stock();
        if to == OrderState::Confirmed {
            return if is_kept { Ok(goods.sell(txn, order.variant, order.quantity).await?) } else { Ok(()) };
        }
        if offer.per_company.is_some() {
            store::free_claim(txn, order.offer, order.company, order.quantity).await?;
        }
        let was_sold = order.state == OrderState::Confirmed;
        if was_sold && is_kept {
            goods.take_back(txn, order.variant, order.quantity).await?;
        }
        if !offer.state.is_open() || now >= offer.ends_at {
            if !was_sold && is_kept {
                goods.release(txn, order.variant, order.quantity).await?;
            }
            return Ok(());
        }
        // The pool wants its pieces held; after a sale they were free for a moment within this transaction.
        if was_sold && is_kept && goods.hold(txn, order.variant, order.quantity).await? != Hold::Held {
            return Ok(());
        }
        let from_version = offer.version;
        offer.give_back(order.quantity);
        offer.version += 1;
        if !store::save_offer(txn, &offer, from_version).await? {
            return Err(TradeError::VersionConflict);
        }
        let back = store::Movement { offer: offer.id, order: Some(order.id), delta: order.quantity.0, at: now };
        store::insert_movements(txn, &[back]).await?;
        Ok(self.base.outbox.add(txn, &OfferChanged::from(&offer)).await.map_err(DbErr::from)?)
    }

    /// What the buyer is written about the order as it stands now.
    fn letter(&self, order: &Order, reason: &str) -> Dispatch {
        let letter = match order.state {
            OrderState::Placed => Letter::OrderPlaced,
            OrderState::Confirmed => Letter::OrderConfirmed,
            OrderState::Cancelled => Letter::OrderCancelled,
            OrderState::Expired => Letter::OrderExpired,
        };
        let page = format!("/deal/{}", self.deals.token(order.contact).expose());
        mail(order, letter, reason, page)
    }

    /// What follows placing, outside the hot path: each new order gets its letter and its place on the buyer's
    /// page, once, in one transaction. Returns how many. Waits for nothing; see [`Orders::follow_up`].
    pub async fn follow_up_due(&self) -> Result<usize, TradeError> {
        let (mut after, mut done) = (self.deals.projected_until().await?, 0);
        for _ in 0..LOTS {
            // Looked for beside the writers, who wait only when there is something to do. What another node did
            // meanwhile is refused below.
            let new = store::orders_unprojected(self.base.db.read(), after, LOT).await?;
            let Some(last) = new.last().map(|order| order.id) else { break };
            let txn = self.base.db.write().await?;
            self.deals.project(&txn, &new).await?;
            done += new.len();
            let as_placed = new.into_iter().map(|order| Order { state: OrderState::Placed, ..order });
            let mails = as_placed.map(|order| self.letter(&order, "")).collect();
            self.base.letters.queue(&txn, mails).await?;
            txn.commit().await?;
            self.base.letters.wake();
            after = last;
        }
        Ok(done)
    }

    /// Follows up until cancelled: at once when orders were placed, and every few seconds in case a process died
    /// between.
    pub async fn follow_up(&self, cancelled: impl Future<Output = ()>) {
        tokio::pin!(cancelled);
        loop {
            match self.follow_up_due().await {
                Ok(_) | Err(TradeError::VersionConflict) => {}
                Err(cause) => tracing::warn!(%cause, "placed orders could not be followed up; trying again"),
            }
            tokio::select! {
                () = &mut cancelled => return,
                () = self.base.placed.notified() => {}
                () = tokio::time::sleep(std::time::Duration::from_secs(5)) => {}
            }
        }
    }

    /// Whether an order is this buyer's.
    pub async fn is_of(&self, id: OrderId, contact: ContactId) -> Result<bool, TradeError> {
        let order = store::order(self.base.db.read(), id).await?;
        Ok(order.is_some_and(|order| order.contact == contact))
    }

    pub fn now(&self) -> Instant {
        self.base.now()
    }
}

fn mail(order: &Order, letter: Letter, reason: &str, page: String) -> Dispatch {
    let mut facts = vec![
        ("number", order.number.clone()),
        ("product", format!("{} · {}", order.sku, order.name)),
        ("quantity", order.quantity.to_string()),
        ("unit_price", order.unit_price.to_string()),
        ("total", order.total.to_string()),
    ];
    if let (OrderState::Placed, Some(until)) = (order.state, order.reserved_until) {
        facts.push(("reserved_until", until.timestamp().strftime("%Y-%m-%d %H:%M UTC").to_string()));
    }
    if !reason.is_empty() {
        facts.push(("reason", reason.to_owned()));
    }
    Dispatch {
        org: order.org,
        letter,
        to: order.buyer.email.clone(),
        name: order.buyer.name.clone(),
        lang: order.lang.clone(),
        facts,
        page,
    }
}

/// A digest that tells one request from another; 128 bits of SHA-256 over its JSON.
pub(crate) fn fingerprint(request: &impl serde::Serialize) -> Uuid {
    let json = serde_json::to_vec(request).unwrap_or_default();
    let hash = digest::digest(&digest::SHA256, &json);
    Uuid::from_slice(&hash.as_ref()[..16]).unwrap_or_default()
}
