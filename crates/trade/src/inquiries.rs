//! Opening inquiries and moving them towards a quote.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use identity::Limiter;
use kernel::db::is_taken;
use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::id::{EventId, InquiryId, OrgId, ProductId, QuestionId};
use kernel::text::clean;
use kernel::{Actor, Locale, LocalizedText, Quantity, Who};
use serde::{Deserialize, Serialize};

use crate::buyer::NewBuyer;
use crate::deals::Deals;
use crate::errors::TradeError;
use crate::events::InquiryOpened;
use crate::inquiry::{Inquiry, InquiryState, MAX_TEXT_CHARS};
use crate::offer::{MAX_QUANTITY, Refusal};
use crate::orders::fingerprint;
use crate::ports::{Dispatch, Letter, Seller, Shown};
use crate::store;
use crate::trade::Base;

/// Sellers told of one inquiry.
const MAX_NOTICES: usize = 20;
/// Letters of thanks an hour to a mailbox that nobody has proved to read.
const STRANGERS_AT_ONCE: u32 = 5;

#[derive(Clone)]
pub struct Inquiries {
    base: Arc<Base>,
    deals: Deals,
    to_strangers: Arc<Limiter>,
}

/// What a buyer asks, from a product, a question or a show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NewInquiry {
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub event: Option<EventId>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub product: Option<ProductId>,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub question: Option<QuestionId>,
    #[serde(default)]
    pub quantity: Option<Quantity>,
    pub text: String,
    pub buyer: NewBuyer,
}

impl Inquiries {
    pub(crate) fn new(base: Arc<Base>, deals: Deals) -> Self {
        let to_strangers = Limiter::new(STRANGERS_AT_ONCE, Duration::from_hours(1) / STRANGERS_AT_ONCE);
        Self { base, deals, to_strangers: Arc::new(to_strangers) }
    }

    /// Opens an inquiry, thanks for it by mail and tells the sellers. The same `key` from the same buyer returns the
    /// first one.
    pub async fn open(&self, new: &NewInquiry, key: &str, actor: &Actor) -> Result<Inquiry, TradeError> {
        let buyer = new.buyer.checked()?;
        let text = clean(&new.text);
        if text.is_empty() || text.chars().count() > MAX_TEXT_CHARS {
            return Err(TradeError::BadField("text"));
        }
        if new.quantity.is_some_and(|quantity| !(1..=MAX_QUANTITY).contains(&quantity.0)) {
            return Err(TradeError::BadField("quantity"));
        }
        if let Some(question) = new.question
            && !self.base.shows.may_convert(actor, question).await?
        {
            return Err(TradeError::NotFound("question"));
        }
        let (txn, id) = (self.base.db.write().await?, InquiryId::new());
        let met = self.base.buyers.meet(&txn, &buyer, &new.buyer.lang).await?;
        if let Some((body, earlier)) = store::keep_key(&txn, key, met.contact, fingerprint(new), id.uuid()).await? {
            if body != fingerprint(new) {
                return Err(Refusal::KeyReused.into());
            }
            return store::inquiry(&txn, InquiryId::from_uuid(earlier)).await?.ok_or(Refusal::KeyReused.into());
        }
        if let Some(question) = new.question
            && let Some(inquiry) = store::inquiry_from(&txn, question).await?
        {
            return Err(TradeError::QuestionTaken { inquiry });
        }
        let product = match new.product {
            Some(product) => Some(self.base.goods.shown(product).await?.ok_or(TradeError::NotFound("product"))?),
            None => None,
        };
        let org = self.firm(&txn, new.event, product.as_ref()).await?;
        let inquiry = Inquiry {
            id,
            org,
            event: new.event,
            product: new.product,
            question: new.question,
            quantity: new.quantity,
            text,
            company: met.company,
            contact: met.contact,
            buyer,
            lang: new.buyer.lang.clone(),
            state: InquiryState::New,
            version: 1,
            opened_at: self.base.now(),
        };
        match store::insert_inquiry(&txn, &inquiry).await {
            Err(cause) if new.question.is_some() && is_taken(&cause) => {
                // Somebody else turned the question into an inquiry at the same moment.
                txn.rollback().await?;
                return Err(self.taken(new.question, cause).await?);
            }
            stored => stored?,
        }
        self.deals.open(&txn, met.contact).await?;
        let opened = InquiryOpened {
            inquiry: id,
            org,
            product: inquiry.product,
            question: inquiry.question,
            event: inquiry.event,
        };
        self.base.outbox.add(&txn, &opened).await.map_err(DbErr::from)?;
        let sellers = self.base.buyers.sellers(org).await?;
        let notices = sellers.into_iter().take(MAX_NOTICES).map(|seller| notice(&inquiry, product.as_ref(), seller));
        let thanks = self.thanks(&inquiry, product.as_ref(), actor);
        let mails = thanks.into_iter().chain(notices);
        self.base.letters.queue(&txn, mails.collect()).await?;
        txn.commit().await?;
        self.base.outbox.wake();
        self.base.letters.wake();
        Ok(inquiry)
    }

    /// The refusal of a question that became another inquiry meanwhile.
    async fn taken(&self, question: Option<QuestionId>, cause: DbErr) -> Result<TradeError, TradeError> {
        let Some(question) = question else { return Ok(cause.into()) };
        let earlier = store::inquiry_from(self.base.db.read(), question).await?;
        Ok(earlier.map_or(cause.into(), |inquiry| TradeError::QuestionTaken { inquiry }))
    }

    /// Who is asked: the firm of the show, which sells the product too; without a show, the product's; without both,
    /// the one at home here.
    async fn firm(
        &self,
        txn: &DatabaseTransaction,
        event: Option<EventId>,
        product: Option<&Shown>,
    ) -> Result<OrgId, TradeError> {
        let Some(event) = event else {
            let home = async || self.base.buyers.home(txn).await?.ok_or(TradeError::NoSeller);
            return if let Some(product) = product { Ok(product.org) } else { home().await };
        };
        let firm = self.base.shows.firm_of(event).await?.ok_or(TradeError::NotFound("event"))?;
        match product {
            Some(product) if product.org != firm => Err(TradeError::NotFound("product")),
            _ => Ok(firm),
        }
    }

    /// The letter to the buyer. Anyone can type another's address: as long as nobody has proved to read that mailbox,
    /// it is written to seldom, and nothing that a stranger typed is written into it under the firm's name.
    fn thanks(&self, inquiry: &Inquiry, product: Option<&Shown>, actor: &Actor) -> Option<Dispatch> {
        let is_proven = matches!(actor.who, Who::Buyer { contact, .. } if contact == inquiry.contact);
        if !is_proven && self.to_strangers.take(&inquiry.buyer.email, self.base.now()).is_err() {
            return None;
        }
        let mut facts = facts(inquiry, product, &inquiry.lang);
        facts.retain(|(name, _)| is_proven || *name != "text");
        Some(Dispatch {
            org: inquiry.org,
            letter: Letter::InquiryReceived,
            to: inquiry.buyer.email.clone(),
            name: if is_proven { inquiry.buyer.name.clone() } else { String::new() },
            lang: inquiry.lang.clone(),
            facts,
            page: format!("/deal/{}", self.deals.token(inquiry.contact).expose()),
        })
    }

    /// What the products of inquiries are called now.
    pub async fn product_names(&self, of: &[Inquiry]) -> Result<BTreeMap<ProductId, LocalizedText>, TradeError> {
        let products: Vec<ProductId> = of.iter().filter_map(|inquiry| inquiry.product).collect();
        Ok(if products.is_empty() { BTreeMap::new() } else { self.base.goods.names(&products).await? })
    }

    /// A firm's inquiries, newest first.
    pub async fn list(
        &self,
        org: OrgId,
        state: Option<InquiryState>,
        after: Option<InquiryId>,
        limit: u64,
    ) -> Result<Vec<Inquiry>, TradeError> {
        Ok(store::inquiries_of(self.base.db.read(), org, state, after, limit).await?)
    }

    pub async fn change(
        &self,
        org: OrgId,
        id: InquiryId,
        to: InquiryState,
        actor: &str,
        reason: &str,
    ) -> Result<Inquiry, TradeError> {
        let txn = self.base.db.write().await?;
        let inquiry = store::inquiry(&txn, id).await?.filter(|inquiry| inquiry.org == org);
        let inquiry = inquiry.ok_or(TradeError::NotFound("inquiry"))?;
        let from = inquiry.state;
        if !from.may_become(to) {
            return Err(TradeError::IllegalTransition { from: from.word(), to: to.word() });
        }
        let moved = Inquiry { state: to, version: inquiry.version + 1, ..inquiry };
        if !store::save_inquiry(&txn, &moved, from).await? {
            return Err(TradeError::VersionConflict);
        }
        let at = self.base.now();
        let made = store::Transition { subject: id.uuid(), from: from.word(), to: to.word(), actor, reason, at };
        store::insert_transition(&txn, made).await?;
        txn.commit().await?;
        Ok(moved)
    }
}

/// Tells a seller who asks for what.
fn notice(inquiry: &Inquiry, product: Option<&Shown>, seller: Seller) -> Dispatch {
    let buyer = &inquiry.buyer;
    let mut facts = facts(inquiry, product, &seller.lang);
    facts.extend([
        ("company", buyer.company.clone()),
        ("country", buyer.country.clone()),
        ("buyer", buyer.name.clone()),
        ("email", buyer.email.clone()),
    ]);
    Dispatch {
        org: inquiry.org,
        letter: Letter::InquiryNotice,
        to: seller.email,
        name: seller.name,
        lang: seller.lang,
        facts,
        page: "/console/deals/inquiries".to_owned(),
    }
}

/// What an inquiry asks, for a reader of a language.
fn facts(inquiry: &Inquiry, product: Option<&Shown>, reader: &Locale) -> Vec<(&'static str, String)> {
    let product = product.map(|shown| ("product", format!("{} · {}", shown.sku, shown.name.pick(reader))));
    let quantity = inquiry.quantity.map(|quantity| ("quantity", quantity.to_string()));
    [Some(("text", inquiry.text.clone())), product, quantity].into_iter().flatten().collect()
}
