//! Trade's ports, filled by the neighbours themselves.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use catalog::stock::{self, Level};
use catalog::{Catalog, variant_for_order};
use identity::{BuyerError, Identity};
use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::id::{OrgId, ProductId, VariantId};
use kernel::{Clock, Locale, LocalizedText, Outbox, Quantity, Right};
use mail::{Address, Post, Template};
use serde_json::{Map, Value};

use crate::buyer::{BadBuyer, BuyerDetails};
use crate::ports::{
    Buyers, Dispatch, Goods, Hold, Letter, Letters, MeetError, Met, Seller, Shown, Shows, VariantFacts,
};
use crate::trade::Neighbours;

impl Neighbours {
    /// The neighbours of an installation that is reached at `public_url`.
    pub fn of(
        catalog: Catalog,
        identity: &Identity,
        post: Post,
        outbox: Outbox,
        clock: Arc<dyn Clock>,
        shows: Arc<dyn Shows>,
        public_url: &str,
    ) -> Self {
        let known = Arc::new(IdentityBuyers::new(identity));
        Self {
            goods: Arc::new(CatalogGoods::new(catalog, outbox, clock)),
            buyers: known.clone(),
            letters: Arc::new(PostLetters::new(post, known, public_url)),
            shows,
        }
    }
}

/// The catalogue and its one stock ledger.
pub struct CatalogGoods {
    catalog: Catalog,
    outbox: Outbox,
    clock: Arc<dyn Clock>,
}

impl CatalogGoods {
    pub fn new(catalog: Catalog, outbox: Outbox, clock: Arc<dyn Clock>) -> Self {
        Self { catalog, outbox, clock }
    }

    /// Tells the new levels. Levels that could not be reached mean that the ledgers disagree: the order moves on,
    /// since refusing would leave the buyer without an answer, and somebody is called.
    async fn told(
        &self,
        txn: &DatabaseTransaction,
        variant: VariantId,
        levels: Option<Vec<Level>>,
    ) -> Result<(), DbErr> {
        match levels {
            Some(levels) => stock::announce(txn, &self.outbox, &levels).await,
            // Made to order: there is no row.
            None if stock::level(txn, variant).await?.is_none() => Ok(()),
            None => {
                tracing::error!(variant.id = %variant, "the stock does not know pieces that an order has held");
                Ok(())
            }
        }
    }
}

/// What live offers promise of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct OpenOffers;

#[async_trait]
impl catalog::Promises for OpenOffers {
    async fn is_on_offer(&self, txn: &DatabaseTransaction, product: ProductId) -> Result<bool, DbErr> {
        crate::store::is_on_offer(txn, product).await
    }
}

fn line(variant: VariantId, quantity: Quantity) -> BTreeMap<VariantId, Quantity> {
    BTreeMap::from([(variant, quantity)])
}

#[async_trait]
impl Goods for CatalogGoods {
    async fn variant(
        &self,
        txn: &DatabaseTransaction,
        org: OrgId,
        variant: VariantId,
    ) -> Result<Option<VariantFacts>, DbErr> {
        let found = variant_for_order(txn, variant).await?.filter(|found| found.org == org);
        Ok(found.map(|found| VariantFacts {
            product: found.product,
            sku: found.sku,
            name: found.names,
            multiple: found.multiple,
            published: found.published,
        }))
    }

    async fn shown(&self, product: ProductId) -> Result<Option<Shown>, DbErr> {
        let found = self.catalog.published_by_id(&[product]).await;
        let found = found.map_err(|e| DbErr::Custom(e.to_string()))?;
        Ok(found.into_iter().next().map(|found| Shown { org: found.org, sku: found.spec.sku, name: found.spec.names }))
    }

    async fn names(&self, products: &[ProductId]) -> Result<BTreeMap<ProductId, LocalizedText>, DbErr> {
        self.catalog.names(products).await
    }

    async fn hold(&self, txn: &DatabaseTransaction, variant: VariantId, quantity: Quantity) -> Result<Hold, DbErr> {
        if let Some(levels) = stock::hold(txn, &line(variant, quantity), self.clock.now()).await? {
            stock::announce(txn, &self.outbox, &levels).await?;
            return Ok(Hold::Held);
        }
        let level = stock::level(txn, variant).await?;
        Ok(level.map_or(Hold::MadeToOrder, |level| Hold::Short { available: Quantity(level.available()) }))
    }

    async fn release(&self, txn: &DatabaseTransaction, variant: VariantId, quantity: Quantity) -> Result<(), DbErr> {
        let levels = stock::release(txn, &line(variant, quantity), self.clock.now()).await?;
        self.told(txn, variant, levels).await
    }

    async fn sell(&self, txn: &DatabaseTransaction, variant: VariantId, quantity: Quantity) -> Result<(), DbErr> {
        let levels = stock::allocate(txn, &line(variant, quantity), self.clock.now()).await?;
        self.told(txn, variant, levels).await
    }

    async fn take_back(&self, txn: &DatabaseTransaction, variant: VariantId, quantity: Quantity) -> Result<(), DbErr> {
        let levels = stock::deallocate(txn, &line(variant, quantity), self.clock.now()).await?;
        self.told(txn, variant, levels).await
    }
}

/// The name under which a firm writes.
#[async_trait]
pub trait Sender: Send + Sync + 'static {
    async fn name_of(&self, org: OrgId) -> Result<Option<String>, DbErr>;

    /// Where buyers' answers are read.
    async fn mailbox_of(&self, org: OrgId) -> Result<Option<String>, DbErr>;
}

/// Buyers and firms as `identity` keeps them.
pub struct IdentityBuyers {
    buyers: identity::Buyers,
    orgs: identity::Orgs,
    people: identity::People,
}

impl IdentityBuyers {
    pub fn new(identity: &Identity) -> Self {
        Self { buyers: identity.buyers.clone(), orgs: identity.orgs.clone(), people: identity.people.clone() }
    }
}

#[async_trait]
impl Buyers for IdentityBuyers {
    async fn meet(&self, txn: &DatabaseTransaction, buyer: &BuyerDetails, lang: &Locale) -> Result<Met, MeetError> {
        let details = identity::BuyerDetails {
            company: buyer.company.clone(),
            name: buyer.name.clone(),
            email: buyer.email.clone(),
            country: buyer.country.clone(),
            locale: lang.clone(),
        };
        match self.buyers.meet(txn, &details).await {
            Ok((company, contact)) => Ok(Met { company, contact }),
            Err(BuyerError::BadCompany) => Err(BadBuyer("company").into()),
            Err(BuyerError::BadName) => Err(BadBuyer("name").into()),
            Err(BuyerError::BadEmail) => Err(BadBuyer("email").into()),
            Err(BuyerError::BadCountry) => Err(BadBuyer("country").into()),
            Err(BuyerError::Store(cause)) => Err(cause.into()),
        }
    }

    async fn home(&self, _: &DatabaseTransaction) -> Result<Option<OrgId>, DbErr> {
        Ok(self.orgs.home().await?.map(|org| org.id))
    }

    async fn sellers(&self, org: OrgId) -> Result<Vec<Seller>, DbErr> {
        let people = self.people.of(org).await?.into_iter();
        let selling = people.filter(|person| identity::rights_of(&person.roles).has(Right::ManageTrade));
        Ok(selling.map(|who| Seller { name: who.name, email: who.email, lang: who.locale }).collect())
    }
}

#[async_trait]
impl Sender for IdentityBuyers {
    async fn name_of(&self, org: OrgId) -> Result<Option<String>, DbErr> {
        Ok(self.orgs.get(org).await?.map(|org| org.name))
    }

    /// The first who sells, or else the first who may.
    async fn mailbox_of(&self, org: OrgId) -> Result<Option<String>, DbErr> {
        let people = self.people.of(org).await?;
        let may = |person: &&identity::Person| identity::rights_of(&person.roles).has(Right::ManageTrade);
        let sells = people.iter().find(|person| person.roles.contains(&identity::Role::Sales));
        Ok(sells.or_else(|| people.iter().find(may)).map(|person| person.email.clone()))
    }
}

/// The firm behind a letter.
struct Firm {
    name: String,
    mailbox: Option<String>,
}

/// Letters by the post office.
pub struct PostLetters {
    post: Post,
    sender: Arc<dyn Sender>,
    /// Where this installation is reached: `https://fair.example`.
    public_url: String,
}

impl PostLetters {
    pub fn new(post: Post, sender: Arc<dyn Sender>, public_url: &str) -> Self {
        Self { post, sender, public_url: public_url.trim_end_matches('/').to_owned() }
    }

    /// The letter of the firm called `org`, unless the address takes no mail: it was checked when somebody gave it,
    /// and one bad address must not keep the letters of others.
    fn letter(&self, mail: Dispatch, firm: &Firm) -> Option<mail::Letter> {
        let template = match mail.letter {
            Letter::OrderPlaced => Template::OrderPlaced,
            Letter::OrderConfirmed => Template::OrderConfirmed,
            Letter::OrderCancelled => Template::OrderCancelled,
            Letter::OrderExpired => Template::OrderExpired,
            Letter::InquiryReceived => Template::InquiryReceived,
            Letter::InquiryNotice => Template::InquiryNotice,
        };
        // Answers reach the other side, whichever that is.
        let answered_by = match mail.letter {
            Letter::InquiryNotice => mail.facts.iter().find(|(name, _)| *name == "email").map(|(_, email)| email),
            _ => firm.mailbox.as_ref(),
        };
        let reply_to = answered_by.and_then(|email| Address::new("", email).ok());
        let facts = mail.facts.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value)));
        let mut values: Map<String, Value> = facts.collect();
        values.insert("org".to_owned(), firm.name.clone().into());
        values.insert("url".to_owned(), format!("{}{}", self.public_url, mail.page).into());
        let to = Address::new(&mail.name, &mail.to);
        let to = to.inspect_err(|_| tracing::error!("an address takes no mail")).ok()?;
        Some(mail::Letter { to, reply_to, locale: mail.lang, template, values: Value::Object(values) })
    }
}

#[async_trait]
impl Letters for PostLetters {
    async fn queue(&self, txn: &DatabaseTransaction, mails: Vec<Dispatch>) -> Result<(), DbErr> {
        let mut firms: HashMap<OrgId, Firm> = HashMap::new();
        for mail in &mails {
            if let Entry::Vacant(unknown) = firms.entry(mail.org) {
                let name = self.sender.name_of(mail.org).await?.unwrap_or_default();
                unknown.insert(Firm { name, mailbox: self.sender.mailbox_of(mail.org).await? });
            }
        }
        let letters = mails.into_iter().filter_map(|mail| {
            let firm = firms.get(&mail.org)?;
            self.letter(mail, firm)
        });
        Ok(self.post.queue_all(txn, letters.collect()).await?)
    }

    fn wake(&self) {
        self.post.wake();
    }
}
