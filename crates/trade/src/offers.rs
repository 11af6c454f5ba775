//! Making, opening and closing live offers.

use std::sync::Arc;

use kernel::db::is_taken;
use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::id::{ContactId, EventId, OfferId, OrgId};
use kernel::{Instant, Quantity};

use crate::errors::TradeError;
use crate::events::OfferChanged;
use crate::offer::{NewOffer, Offer, OfferChange, OfferState, Refusal};
use crate::orders::fingerprint;
use crate::ports::Hold;
use crate::store;
use crate::trade::Base;

#[derive(Clone)]
pub struct Offers(Arc<Base>);

impl Offers {
    pub(crate) fn new(base: Arc<Base>) -> Self {
        Self(base)
    }

    /// Makes an offer, a draft or an open one; the variant's number, names and steps are frozen here. The same `key`
    /// from the same firm returns the offer that it made the first time.
    pub async fn make(&self, org: OrgId, new: &NewOffer, key: Option<&str>, actor: &str) -> Result<Offer, TradeError> {
        new.check()?;
        if self.0.shows.firm_of(new.event).await? != Some(org) {
            return Err(TradeError::NotFound("event"));
        }
        let (txn, id) = (self.0.db.write().await?, OfferId::new());
        if let Some(key) = key
            && let Some(earlier) = made_before(&txn, org, new, key, id).await?
        {
            return Ok(earlier);
        }
        let mut offer = self.drafted(&txn, id, org, new).await?;
        if new.activate {
            offer = self.moved(&txn, offer, OfferState::Active, actor, "").await?;
        }
        txn.commit().await?;
        self.0.outbox.wake();
        Ok(offer)
    }

    async fn drafted(
        &self,
        txn: &DatabaseTransaction,
        id: OfferId,
        org: OrgId,
        new: &NewOffer,
    ) -> Result<Offer, TradeError> {
        let facts = self.0.goods.variant(txn, org, new.variant).await?.ok_or(TradeError::NotFound("variant"))?;
        let offer = Offer {
            id,
            org,
            event: new.event,
            product: facts.product,
            variant: new.variant,
            sku: facts.sku,
            name: facts.name,
            unit_price: new.unit_price,
            total: new.total,
            left: new.total,
            per_company: new.per_company,
            min_quantity: new.min_quantity,
            multiple: Quantity(facts.multiple.0.max(1)),
            starts_at: new.starts_at,
            ends_at: new.ends_at,
            state: OfferState::Draft,
            version: 1,
            held: None,
        };
        store::insert_offer(txn, &offer).await?;
        Ok(offer)
    }

    /// Moves an offer: `active` holds its pool in the stock, `ended` and `withdrawn` give back what is left.
    pub async fn change(
        &self,
        org: OrgId,
        id: OfferId,
        to: OfferState,
        actor: &str,
        reason: &str,
    ) -> Result<Offer, TradeError> {
        let txn = self.0.db.write().await?;
        let offer = store::lock_offer(&txn, id).await?.filter(|offer| offer.org == org);
        let offer = offer.ok_or(TradeError::NotFound("offer"))?;
        if !offer.state.may_become(to) {
            return Err(TradeError::IllegalTransition { from: offer.state.word(), to: to.word() });
        }
        let changed = self.moved(&txn, offer, to, actor, reason).await?;
        txn.commit().await?;
        self.0.outbox.wake();
        Ok(changed)
    }

    /// Changes what an offer says, as long as it takes no orders: a draft, or one that is yet to start.
    pub async fn edit(&self, org: OrgId, id: OfferId, change: &OfferChange, actor: &str) -> Result<Offer, TradeError> {
        let (txn, now) = (self.0.db.write().await?, self.0.now());
        let offer = store::lock_offer(&txn, id).await?.filter(|offer| offer.org == org);
        let offer = offer.ok_or(TradeError::NotFound("offer"))?;
        if change.version.is_some_and(|version| version != offer.version) {
            return Err(TradeError::VersionConflict);
        }
        if !offer.may_change(now) {
            return Err(TradeError::OfferFixed);
        }
        let changed = offer.with(change)?;
        if offer.state.is_open() {
            self.resize(&txn, &offer, changed.total, now).await?;
        }
        if !store::rewrite_offer(&txn, &changed, offer.version).await? {
            return Err(TradeError::VersionConflict);
        }
        let (from, to) = (offer.state.word(), changed.state.word());
        let made = store::Transition { subject: id.uuid(), from, to, actor, reason: "changed", at: now };
        store::insert_transition(&txn, made).await?;
        if changed.state.is_open() {
            self.0.outbox.add(&txn, &OfferChanged::from(&changed)).await.map_err(DbErr::from)?;
        }
        txn.commit().await?;
        self.0.outbox.wake();
        Ok(changed)
    }

    /// Holds what a larger pool lacks, gives back what a smaller one has too many of.
    async fn resize(
        &self,
        txn: &DatabaseTransaction,
        offer: &Offer,
        total: Quantity,
        at: Instant,
    ) -> Result<(), TradeError> {
        let delta = total.0 - offer.total.0;
        let is_kept = offer.keeps_stock();
        if delta > 0
            && is_kept
            && let Hold::Short { available } = self.0.goods.hold(txn, offer.variant, Quantity(delta)).await?
        {
            return Err(TradeError::StockShort { available });
        }
        if delta < 0 && is_kept {
            self.0.goods.release(txn, offer.variant, Quantity(-delta)).await?;
        }
        if delta != 0 {
            store::insert_movements(txn, &[store::Movement { offer: offer.id, order: None, delta, at }]).await?;
        }
        Ok(())
    }

    /// An event's offers, newest first; drafts only for the firm `crew`.
    pub async fn of_event(
        &self,
        event: EventId,
        crew: Option<OrgId>,
        after: Option<OfferId>,
        limit: u64,
    ) -> Result<Vec<Offer>, TradeError> {
        Ok(store::offers_of(self.0.db.read(), event, crew, after, limit).await?)
    }

    /// Ends offers whose window has passed; returns how many. Nobody could order of them meanwhile, and one that
    /// cannot be ended does not keep the others.
    pub async fn end_due(&self, now: Instant) -> Result<usize, TradeError> {
        let mut ended = 0;
        for id in store::offers_due(self.0.db.read(), now, 100).await? {
            match self.end(id).await {
                Ok(done) => ended += usize::from(done),
                Err(cause) => tracing::warn!(%cause, offer.id = %id, "a lapsed offer could not be ended"),
            }
        }
        if ended > 0 {
            self.0.outbox.wake();
        }
        Ok(ended)
    }

    async fn end(&self, id: OfferId) -> Result<bool, TradeError> {
        let txn = self.0.db.write().await?;
        let Some(offer) = store::lock_offer(&txn, id).await?.filter(|offer| offer.state.is_open()) else {
            return Ok(false);
        };
        self.moved(&txn, offer, OfferState::Ended, "system", "the window is over").await?;
        txn.commit().await?;
        Ok(true)
    }

    /// What the pool must hold by its movements, and what it does hold: equal, always.
    pub async fn audit(&self, id: OfferId) -> Result<(i64, i64), TradeError> {
        let txn = self.0.db.write().await?;
        let offer = store::lock_offer(&txn, id).await?.ok_or(TradeError::NotFound("offer"))?;
        Ok((store::pool_by_movements(&txn, id).await?, offer.left.0))
    }

    async fn moved(
        &self,
        txn: &DatabaseTransaction,
        offer: Offer,
        to: OfferState,
        actor: &str,
        reason: &str,
    ) -> Result<Offer, TradeError> {
        let (from, now) = (offer.clone(), self.0.now());
        let mut offer = offer;
        let pool = match (from.state, to) {
            (OfferState::Draft, OfferState::Active) => self.fill(txn, &mut offer, now).await?,
            (OfferState::Draft, _) => 0,
            _ => self.drain(txn, &mut offer).await?,
        };
        if pool != 0 {
            let moved = store::Movement { offer: offer.id, order: None, delta: pool, at: now };
            store::insert_movements(txn, &[moved]).await?;
        }
        offer.state = to;
        offer.version += 1;
        save(txn, &offer, from.version).await?;
        let made = store::Transition {
            subject: offer.id.uuid(),
            from: from.state.word(),
            to: to.word(),
            actor,
            reason,
            at: now,
        };
        store::insert_transition(txn, made).await?;
        // What was never open is nobody's outside.
        if offer.state.is_open() || from.state.is_open() {
            self.0.outbox.add(txn, &OfferChanged::from(&offer)).await.map_err(DbErr::from)?;
        }
        Ok(offer)
    }

    /// Holds the pool in the stock; returns the pieces that came into it.
    async fn fill(&self, txn: &DatabaseTransaction, offer: &mut Offer, now: Instant) -> Result<i64, TradeError> {
        if now >= offer.ends_at {
            return Err(Refusal::OfferNotActive.into());
        }
        if store::slot_is_taken(txn, offer).await? {
            return Err(TradeError::OfferAlreadyActive);
        }
        let facts = self.0.goods.variant(txn, offer.org, offer.variant).await?;
        if !facts.is_some_and(|facts| facts.published) {
            return Err(TradeError::NotPublished);
        }
        offer.held = Some(match self.0.goods.hold(txn, offer.variant, offer.total).await? {
            Hold::Held => true,
            Hold::MadeToOrder => false,
            Hold::Short { available } => return Err(TradeError::StockShort { available }),
        });
        Ok(offer.total.0)
    }

    /// Gives what is left back to the stock; returns the pieces that left the pool, as a negative number.
    async fn drain(&self, txn: &DatabaseTransaction, offer: &mut Offer) -> Result<i64, TradeError> {
        let left = std::mem::replace(&mut offer.left, Quantity(0));
        if left.0 > 0 && offer.keeps_stock() {
            self.0.goods.release(txn, offer.variant, left).await?;
        }
        Ok(-left.0)
    }
}

/// Keeps the key; when it was used before, gives the offer that it made then.
async fn made_before(
    txn: &DatabaseTransaction,
    org: OrgId,
    new: &NewOffer,
    key: &str,
    id: OfferId,
) -> Result<Option<Offer>, TradeError> {
    // A firm's keys lie beside its buyers': ids are never shared.
    let (firm, body) = (ContactId::from_uuid(org.uuid()), fingerprint(new));
    match store::keep_key(txn, key, firm, body, id.uuid()).await? {
        None => Ok(None),
        Some((said, earlier)) if said == body => {
            let earlier = store::lock_offer(txn, OfferId::from_uuid(earlier)).await?;
            Ok(Some(earlier.ok_or(Refusal::KeyReused)?))
        }
        Some(_) => Err(Refusal::KeyReused.into()),
    }
}

async fn save(txn: &DatabaseTransaction, offer: &Offer, from_version: i64) -> Result<(), TradeError> {
    match store::save_offer(txn, offer, from_version).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(TradeError::VersionConflict),
        Err(cause) if is_taken(&cause) => Err(TradeError::OfferAlreadyActive),
        Err(cause) => Err(cause.into()),
    }
}
