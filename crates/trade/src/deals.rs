//! A buyer's page without a password.
//!
//! Two kinds of link. The one mailed to a contact shows all their orders and inquiries: whoever has it reads that
//! mailbox. The one answered to a browser shows only what that browser made: anyone can type another's address.

use std::sync::Arc;

use kernel::Keys;
use kernel::db::sea_orm::DatabaseTransaction;
use kernel::id::{ContactId, InquiryId, OrderId};
use kernel::keys::Signer;
use kernel::secret::{Secret, token_hash};
use uuid::Uuid;

use crate::buyer::BuyerDetails;
use crate::errors::TradeError;
use crate::inquiry::Inquiry;
use crate::order::Order;
use crate::store;
use crate::trade::Base;

/// The job that carries orders into the projection by buyer and writes the letters.
const PLACED: &str = "placed";
/// Orders of this age may still commit after later ones: two nodes, a stalled batch.
const OVERLAP_MS: u64 = 60_000;

#[derive(Clone)]
pub struct Deals {
    base: Arc<Base>,
    signer: Signer,
}

/// What a link opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Contact(ContactId),
    Order(OrderId),
    Inquiry(InquiryId),
}

/// What the buyer sees.
#[derive(Clone, Debug, PartialEq)]
pub struct Deal {
    pub buyer: BuyerDetails,
    pub orders: Vec<Order>,
    pub inquiries: Vec<Inquiry>,
}

impl Deals {
    pub(crate) fn new(base: Arc<Base>, keys: &Keys) -> Self {
        Self { base, signer: keys.signer("deal") }
    }

    /// The token of a contact's link: the same each time, so that it can be sent again though only its hash is
    /// kept.
    pub fn token(&self, contact: ContactId) -> Secret<String> {
        let tag = self.signer.sign(format!("contact {contact}").as_bytes());
        Secret::new(hex::encode(&tag[..16]))
    }

    /// The token of a link that shows one order.
    pub fn order_token(&self, order: OrderId) -> Secret<String> {
        self.single("o", order.uuid())
    }

    /// The token of a link that shows one inquiry.
    pub fn inquiry_token(&self, inquiry: InquiryId) -> Secret<String> {
        self.single("i", inquiry.uuid())
    }

    fn single(&self, kind: &str, subject: Uuid) -> Secret<String> {
        let tag = self.signer.sign(format!("{kind} {subject}").as_bytes());
        Secret::new(format!("{kind}{}{}", subject.simple(), hex::encode(&tag[..16])))
    }

    /// Keeps a contact's link, so that its token opens.
    pub(crate) async fn open(&self, txn: &DatabaseTransaction, contact: ContactId) -> Result<(), TradeError> {
        let hash = token_hash(self.token(contact).expose());
        Ok(store::open_deal(txn, hash, contact, self.base.now()).await?)
    }

    /// What a token opens, or the refusal.
    pub async fn scope(&self, token: &str) -> Result<Scope, TradeError> {
        if let Some(scope) = self.single_scope(token) {
            return Ok(scope);
        }
        let contact = store::deal_contact(self.base.db.read(), token_hash(token)).await?;
        contact.map(Scope::Contact).ok_or(TradeError::BadDeal)
    }

    fn single_scope(&self, token: &str) -> Option<Scope> {
        let (kind, rest) = token.split_at_checked(1)?;
        let (subject, tag) = rest.split_at_checked(32)?;
        let subject = Uuid::try_parse(subject).ok()?;
        let expected = self.single(kind, subject);
        if tag.len() != 32 || !kernel::secret::same(expected.expose().as_bytes(), token.as_bytes()) {
            return None;
        }
        match kind {
            "o" => Some(Scope::Order(OrderId::from_uuid(subject))),
            "i" => Some(Scope::Inquiry(InquiryId::from_uuid(subject))),
            _ => None,
        }
    }

    /// What the buyer behind a link has ordered and asked, newest first.
    pub async fn read(&self, scope: Scope) -> Result<Deal, TradeError> {
        let conn = self.base.db.read();
        let (orders, inquiries) = match scope {
            Scope::Order(id) => (store::orders(conn, vec![id]).await?, Vec::new()),
            Scope::Inquiry(id) => (Vec::new(), store::inquiry(conn, id).await?.into_iter().collect()),
            Scope::Contact(contact) => (self.orders_of(contact).await?, store::inquiries_by(conn, contact).await?),
        };
        let last = orders.first().map(|o| (o.placed_at, &o.buyer));
        let asked = inquiries.first().map(|i: &Inquiry| (i.opened_at, &i.buyer));
        let buyer = last.into_iter().chain(asked).max_by_key(|(at, _)| *at).map(|(_, buyer)| buyer.clone());
        Ok(Deal { buyer: buyer.ok_or(TradeError::BadDeal)?, orders, inquiries })
    }

    /// The projection, and the orders made since it was filled last. One that committed later than a younger one is
    /// here when the projection has it, seconds later.
    async fn orders_of(&self, contact: ContactId) -> Result<Vec<Order>, TradeError> {
        let conn = self.base.db.read();
        let mut ids = store::projected(conn, contact).await?;
        let from = store::progress(conn, PLACED).await?.unwrap_or_else(nil);
        ids.extend(store::orders_after_by(conn, from, contact).await?);
        ids.sort_unstable();
        ids.dedup();
        Ok(store::orders(conn, ids).await?)
    }

    /// From where to look for orders that the projection may lack.
    pub(crate) async fn projected_until(&self) -> Result<OrderId, TradeError> {
        Ok(store::progress(self.base.db.read(), PLACED).await?.map_or(nil(), before))
    }

    /// Adds orders to the projection. Fails when another node added some of them meanwhile.
    pub(crate) async fn project(&self, txn: &DatabaseTransaction, orders: &[Order]) -> Result<(), TradeError> {
        if store::project(txn, orders).await? != orders.len() as u64 {
            return Err(TradeError::VersionConflict);
        }
        if let Some(last) = orders.iter().map(|order| order.id).max() {
            let earlier = store::progress(txn, PLACED).await?;
            store::save_progress(txn, PLACED, earlier.map_or(last, |earlier| earlier.max(last))).await?;
        }
        Ok(())
    }
}

fn nil() -> OrderId {
    OrderId::from_uuid(Uuid::nil())
}

/// The first id that could have been made a minute before `id`.
fn before(id: OrderId) -> OrderId {
    let millis = u64::try_from(id.uuid().as_u128() >> 80).unwrap_or_default();
    OrderId::from_uuid(Uuid::from_u128(u128::from(millis.saturating_sub(OVERLAP_MS)) << 80))
}
