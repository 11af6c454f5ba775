//! A firm with a stocked product, and buyers.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use catalog::price::{Prices, Tier};
use catalog::product::{ProductAction, Spec};
use catalog::{Catalog, NewProduct};
use kernel::db::Migration;
use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::id::{CompanyId, ContactId, EventId, GuestId, OrgId, ProductId, QuestionId, VariantId};
use kernel::{
    Actor, Blobs, Clock, Currency, Db, Keys, Locale, LocalizedText, ManualClock, Outbox, Quantity, UnitPrice, Who,
};
use trade::buyer::{BuyerDetails, NewBuyer};
use trade::offer::{NewOffer, Offer, OfferState};
use trade::order::Order;
use trade::ports::{Buyers, Dispatch, Letters, MeetError, Met, Seller, Shows};
use trade::{CatalogGoods, Neighbours, Settings, Trade, TradeError};

pub struct World {
    pub trade: Trade,
    pub clock: Arc<ManualClock>,
    pub letters: Arc<Kept>,
    pub outbox: Outbox,
    pub db: Db,
    pub org: OrgId,
    pub event: EventId,
    pub product: ProductId,
    pub variant: VariantId,
    pub catalog: Catalog,
    neighbours: Neighbours,
}

fn node(db: &Db, clock: &Arc<ManualClock>, outbox: &Outbox, neighbours: Neighbours) -> Trade {
    let keys = Keys::from_secret([7; 32]);
    Trade::start(db.clone(), clock.clone(), outbox.clone(), &keys, neighbours, Settings::default())
}

/// Letters that were queued.
#[derive(Default)]
pub struct Kept(pub Mutex<Vec<Dispatch>>);

#[async_trait]
impl Letters for Kept {
    async fn queue(&self, _: &DatabaseTransaction, mails: Vec<Dispatch>) -> Result<(), DbErr> {
        self.0.lock().unwrap().extend(mails);
        Ok(())
    }
}

/// Knows a buyer by the address.
struct Known {
    home: OrgId,
    met: Mutex<HashMap<String, Met>>,
}

#[async_trait]
impl Buyers for Known {
    async fn meet(&self, _: &DatabaseTransaction, buyer: &BuyerDetails, _: &Locale) -> Result<Met, MeetError> {
        let new = || Met { company: CompanyId::new(), contact: ContactId::new() };
        Ok(*self.met.lock().unwrap().entry(buyer.email.clone()).or_insert_with(new))
    }

    async fn home(&self, _: &DatabaseTransaction) -> Result<Option<OrgId>, DbErr> {
        Ok(Some(self.home))
    }

    async fn sellers(&self, _: OrgId) -> Result<Vec<Seller>, DbErr> {
        Ok(vec![Seller { name: "Li Wei".into(), email: "li@ningbo.example".into(), lang: Locale::english() }])
    }
}

/// One show of the firm. Its guest may turn questions into inquiries.
struct Programme {
    event: EventId,
    org: OrgId,
}

#[async_trait]
impl Shows for Programme {
    async fn firm_of(&self, event: EventId) -> Result<Option<OrgId>, DbErr> {
        Ok((event == self.event).then_some(self.org))
    }

    async fn may_convert(&self, actor: &Actor, _: QuestionId) -> Result<bool, DbErr> {
        Ok(matches!(actor.who, Who::Guest(_)))
    }
}

pub fn guest() -> Actor {
    Actor { who: Who::Guest(GuestId::new()), ..Actor::anyone() }
}

pub fn migrations() -> Vec<Migration> {
    [kernel::outbox::migrations(), catalog::migrations(), trade::migrations()].concat()
}

/// Runs a test in a world with `stock` pieces, on each database.
pub async fn each_world<F: Future<Output = ()>>(stock: i64, test: impl Fn(World) -> F) {
    let boxed = async |db| Box::pin(async { test(World::new(db, stock).await).await }).await;
    kernel::testing::each_database(&migrations(), boxed).await;
}

impl World {
    async fn new(db: Db, stock: i64) -> Self {
        let clock = kernel::testing::clock();
        let outbox = Outbox::new(clock.clone());
        let org = OrgId::new();
        let catalog = Catalog::new(db.clone(), outbox.clone(), clock.clone(), Blobs::memory());
        let catalog = catalog.keeping(Arc::new(trade::OpenOffers));
        let tiers = vec![Tier { min_quantity: Quantity(1), unit_price: price() }];
        let names = [("en", "Magnetic bricks"), ("es", "Bloques magnéticos")];
        let names = names.map(|(tag, name)| (tag.parse::<Locale>().unwrap(), name.to_owned()));
        let spec = Spec { sku: "LB-100".into(), names: LocalizedText::of(names), ..Spec::default() };
        let prices = Prices::new(Quantity(1), Quantity(1), tiers).unwrap();
        let new = NewProduct { spec, prices, lead_time_days: None, stock: Some(stock) };
        let product = catalog.create(org, None, new, None).await.unwrap();
        catalog.act(org, product.id, ProductAction::Publish).await.unwrap();
        let (event, letters) = (EventId::new(), Arc::new(Kept::default()));
        let neighbours = Neighbours {
            goods: Arc::new(CatalogGoods::new(catalog.clone(), outbox.clone(), clock.clone())),
            buyers: Arc::new(Known { home: org, met: Mutex::default() }),
            letters: letters.clone(),
            shows: Arc::new(Programme { event, org }),
        };
        let trade = node(&db, &clock, &outbox, neighbours.clone());
        let (product, variant) = (product.id, product.variant);
        Self { trade, clock, letters, outbox, db, org, event, product, variant, catalog, neighbours }
    }

    /// A published product of which no stock is kept.
    pub async fn made_to_order(&self) -> VariantId {
        let tiers = vec![Tier { min_quantity: Quantity(1), unit_price: price() }];
        let names = LocalizedText::of([(Locale::english(), "Carved name".to_owned())]);
        let spec = Spec { sku: "LB-200".into(), names, ..Spec::default() };
        let prices = Prices::new(Quantity(1), Quantity(1), tiers).unwrap();
        let new = NewProduct { spec, prices, lead_time_days: None, stock: None };
        let product = self.catalog.create(self.org, None, new, None).await.unwrap();
        self.catalog.act(self.org, product.id, ProductAction::Publish).await.unwrap();
        product.variant
    }

    /// Another node on the same database, with a writer of its own.
    pub fn second_node(&self) -> Trade {
        node(&self.db, &self.clock, &self.outbox, self.neighbours.clone())
    }

    pub fn new_offer(&self, total: i64) -> NewOffer {
        NewOffer {
            event: self.event,
            variant: self.variant,
            unit_price: price(),
            total: Quantity(total),
            per_company: None,
            min_quantity: Quantity(1),
            starts_at: self.clock.now(),
            ends_at: self.clock.now() + Duration::from_hours(1),
            activate: false,
        }
    }

    pub async fn draft(&self, new: &NewOffer) -> Result<Offer, TradeError> {
        self.trade.offers.make(self.org, new, None, "Li Wei").await
    }

    /// An active offer of `total` pieces for an hour.
    pub async fn offer(&self, total: i64) -> Offer {
        self.activate(self.new_offer(total)).await
    }

    pub async fn activate(&self, new: NewOffer) -> Offer {
        let new = NewOffer { activate: true, ..new };
        self.trade.offers.make(self.org, &new, None, "Li Wei").await.unwrap()
    }

    pub async fn move_offer(&self, offer: &Offer, to: OfferState) -> Result<Offer, TradeError> {
        self.trade.offers.change(self.org, offer.id, to, "Li Wei", "").await
    }

    pub async fn order(&self, offer: &Offer, buyer: usize, quantity: i64, key: &str) -> Result<Order, TradeError> {
        self.trade.orders.place(offer.id, Quantity(quantity), &buyer_number(buyer), key).await
    }

    /// The offer now, by a reader of the firm.
    pub async fn look(&self, offer: &Offer) -> Offer {
        let offers = self.trade.offers.of_event(offer.event, Some(self.org), None, 100).await.unwrap();
        offers.into_iter().find(|found| found.id == offer.id).unwrap()
    }

    /// On hand, sold, held.
    pub async fn stock(&self) -> (i64, i64, i64) {
        let level = catalog::stock::level(self.db.read(), self.variant).await.unwrap().unwrap();
        (level.on_hand, level.allocated, level.held)
    }

    /// The pool holds what its movements say.
    pub async fn audit(&self, offer: &Offer) {
        let (moved, left) = self.trade.offers.audit(offer.id).await.unwrap();
        assert_eq!(moved, left, "the pool and its movements");
    }
}

pub fn price() -> UnitPrice {
    UnitPrice { micro: 9_800_000, currency: Currency::USD }
}

pub fn buyer_number(number: usize) -> NewBuyer {
    NewBuyer {
        company: format!("Juguetes {number}"),
        name: "Ana Ruiz".into(),
        email: format!("ana{number}@juguetes.example"),
        country: "ES".into(),
        lang: "es".parse().unwrap(),
    }
}

/// What a result comes down to: `201`, or the code of the refusal.
pub fn outcome(result: Result<Order, TradeError>) -> String {
    match result {
        Ok(_) => "201".to_owned(),
        Err(err) => kernel::Problem::from(err).code().to_owned(),
    }
}

/// How often each outcome came.
pub fn tally(outcomes: impl IntoIterator<Item = String>) -> std::collections::BTreeMap<String, usize> {
    let mut tally = std::collections::BTreeMap::new();
    for outcome in outcomes {
        *tally.entry(outcome).or_default() += 1;
    }
    tally
}
