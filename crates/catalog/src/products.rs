//! Makes, changes and shows products.

use std::collections::BTreeMap;

use kernel::db::is_taken;
use kernel::db::sea_orm::{DatabaseTransaction, DbErr};
use kernel::id::{OrgId, PersonId, ProductId, VariantId};
use kernel::secret::token_hash;
use kernel::text::{clean_line, folded};
use kernel::{Currency, Locale, LocalizedText, Quantity};
use serde::Serialize;

use crate::CatalogError as E;
use crate::catalog::Catalog;
use crate::price::{MAX_QUANTITY, Prices, Resolved, Tier, resolve};
use crate::product::{Carton, Product, ProductAction, ProductState, Spec, missing_for_publication};
use crate::store::{self, Filter, Updated, stock};

pub(crate) const MAX_LEAD_TIME_DAYS: i64 = 3650;
const MAX_REASON_CHARS: usize = 200;

/// A product to make.
#[derive(Clone, Debug, Serialize)]
pub struct NewProduct {
    pub spec: Spec,
    pub prices: Prices,
    pub lead_time_days: Option<i64>,
    /// Pieces on hand; `None` when it is made to order.
    pub stock: Option<i64>,
}

impl NewProduct {
    /// Tells one request from another.
    fn digest(&self) -> Result<String, E> {
        Ok(token_hash(&serde_json::to_string(self)?))
    }
}

/// What to change; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ProductChange {
    /// The version the change was made against; `None` changes whatever there is.
    pub version: Option<i64>,
    pub sku: Option<String>,
    pub names: Option<LocalizedText>,
    pub texts: Option<LocalizedText>,
    pub unit: Option<String>,
    pub carton: Option<Option<Carton>>,
    pub origin: Option<String>,
}

impl Catalog {
    /// Makes a draft product with its variant. The same `key` again answers with the product that it made.
    pub async fn create(
        &self,
        org: OrgId,
        by: Option<PersonId>,
        new: NewProduct,
        key: Option<&str>,
    ) -> Result<Product, E> {
        let now = self.clock.now();
        let asked = key.map(|key| Ok::<_, E>((key, new.digest()?))).transpose()?;
        let product = Product {
            id: ProductId::new(),
            org,
            variant: VariantId::new(),
            state: ProductState::Draft,
            version: 1,
            spec: new.spec.checked()?,
            prices: new.prices,
            lead_time_days: checked_lead_time(new.lead_time_days)?,
            available: new.stock,
            pictures: Vec::new(),
            updated_at: now,
        };
        if new.stock.is_some_and(|pieces| !(0..=MAX_QUANTITY).contains(&pieces)) {
            return Err(E::BadMovement);
        }
        let txn = self.db.write().await?;
        if let Some((key, body)) = asked
            && let Some((said, earlier)) = store::keep_key(&txn, org, key, &body, product.id).await?
        {
            let earlier = store::product(&txn, earlier).await?.filter(|_| said == body);
            return earlier.ok_or(E::KeyReused);
        }
        if !store::insert_products(&txn, std::slice::from_ref(&product)).await? {
            return Err(E::SkuTaken);
        }
        if let Some(pieces) = new.stock {
            let receipt = stock::Receipt { kind: "opening", reason: "", by, at: now, key: None };
            let levels = stock::open_many(&txn, &[(product.variant, product.id, pieces)], &receipt).await?;
            stock::announce(&txn, &self.outbox, &levels).await?;
        }
        txn.commit().await?;
        self.outbox.wake();
        Ok(product)
    }

    /// One product of the organisation.
    pub async fn product(&self, org: OrgId, id: ProductId) -> Result<Product, E> {
        let found = store::product(self.db.read(), id).await?;
        found.filter(|product| product.org == org).ok_or(E::NoSuchProduct)
    }

    /// The organisation's products in the order they were made, one more than `limit`.
    pub async fn products(
        &self,
        org: OrgId,
        search: Option<&str>,
        state: Option<ProductState>,
        after: Option<ProductId>,
        limit: u64,
    ) -> Result<Vec<Product>, E> {
        let filter = Filter { org: Some(org), state, search: search.map(searched), after };
        Ok(store::products(self.db.read(), &filter, limit + 1).await?)
    }

    /// What buyers may see, one more than `limit`.
    pub async fn published(
        &self,
        search: Option<&str>,
        after: Option<ProductId>,
        limit: u64,
    ) -> Result<Vec<Product>, E> {
        let filter = Filter { org: None, state: Some(ProductState::Published), search: search.map(searched), after };
        Ok(store::products(self.db.read(), &filter, limit + 1).await?)
    }

    /// Published products by id, in the order asked for; those that are not published are left out.
    pub async fn published_by_id(&self, ids: &[ProductId]) -> Result<Vec<Product>, E> {
        let mut found = store::products_by_id(self.db.read(), ids).await?;
        found.retain(|product| product.state == ProductState::Published);
        found.sort_by_key(|product| ids.iter().position(|id| *id == product.id));
        Ok(found)
    }

    /// What products are called, in every language; those that do not exist are left out.
    pub async fn names(&self, ids: &[ProductId]) -> Result<BTreeMap<ProductId, LocalizedText>, DbErr> {
        let found = store::publication_of(self.db.read(), ids).await?;
        Ok(found.into_iter().map(|(id, known)| (id, known.names)).collect())
    }

    /// Changes what is said about a product.
    pub async fn change(&self, org: OrgId, id: ProductId, change: ProductChange) -> Result<Product, E> {
        self.update(org, id, change.version, |product| {
            let spec = &mut product.spec;
            let ProductChange { version: _, sku, names, texts, unit, carton, origin } = change;
            spec.sku = sku.unwrap_or_else(|| std::mem::take(&mut spec.sku));
            spec.names = names.unwrap_or_else(|| std::mem::take(&mut spec.names));
            spec.texts = texts.unwrap_or_else(|| std::mem::take(&mut spec.texts));
            spec.unit = unit.unwrap_or_else(|| std::mem::take(&mut spec.unit));
            spec.carton = carton.unwrap_or(spec.carton);
            spec.origin = origin.unwrap_or_else(|| std::mem::take(&mut spec.origin));
            stays_sellable(product)
        })
        .await
    }

    /// Sets name and text in one language; an empty one is removed.
    pub async fn translate(
        &self,
        org: OrgId,
        id: ProductId,
        locale: Locale,
        name: String,
        text: String,
    ) -> Result<Product, E> {
        self.update(org, id, None, |product| {
            product.spec.names.set(locale.clone(), name);
            product.spec.texts.set(locale, text);
            stays_sellable(product)
        })
        .await
    }

    /// Moves a product to another state.
    pub async fn act(&self, org: OrgId, id: ProductId, action: ProductAction) -> Result<Product, E> {
        self.update(org, id, None, |product| {
            let state = product.state;
            product.state = state.after(action).ok_or(E::IllegalTransition { state })?;
            stays_sellable(product)
        })
        .await
    }

    /// Puts new prices in place of the old ones.
    pub async fn set_prices(
        &self,
        org: OrgId,
        variant: VariantId,
        prices: Prices,
        lead_time_days: Option<i64>,
    ) -> Result<Product, E> {
        let lead_time_days = checked_lead_time(lead_time_days)?;
        let id = self.owned_variant(org, variant).await?.id;
        self.update(org, id, None, |product| {
            product.prices = prices;
            product.lead_time_days = lead_time_days;
            stays_sellable(product)
        })
        .await
    }

    /// The price of a quantity.
    pub async fn price(
        &self,
        org: OrgId,
        variant: VariantId,
        quantity: Quantity,
        currency: Currency,
    ) -> Result<Resolved, E> {
        let product = self.owned_variant(org, variant).await?;
        Ok(resolve(&product.prices, quantity, currency)?)
    }

    /// A variant's stock; `None` when it is made to order.
    pub async fn stock(&self, org: OrgId, variant: VariantId) -> Result<Option<stock::Level>, E> {
        self.owned_variant(org, variant).await?;
        Ok(stock::level(self.db.read(), variant).await?)
    }

    /// Receives (or corrects down) stock. The same `key` again moves nothing and answers with the stock as it is.
    pub async fn move_stock(
        &self,
        org: OrgId,
        by: Option<PersonId>,
        variant: VariantId,
        delta: i64,
        reason: &str,
        key: &str,
    ) -> Result<stock::Level, E> {
        let reason = clean_line(reason);
        let fits = (1..=MAX_REASON_CHARS).contains(&reason.chars().count());
        if !fits || delta == 0 || delta.unsigned_abs() > MAX_QUANTITY.unsigned_abs() {
            return Err(E::BadMovement);
        }
        let product = self.owned_variant(org, variant).await?.id;
        if let Some(level) = self.moved_before(variant, delta, &reason, key).await? {
            return Ok(level);
        }
        let kind = if delta > 0 { "receipt" } else { "correction" };
        let receipt = stock::Receipt { kind, reason: &reason, by, at: self.clock.now(), key: Some(key) };
        match self.receive(variant, product, delta, &receipt).await {
            // The same request, at the same time, was faster.
            Err(E::Store(cause)) if is_taken(&cause) => {
                self.moved_before(variant, delta, &reason, key).await?.ok_or(E::Store(cause))
            }
            answer => answer,
        }
    }

    async fn receive(
        &self,
        variant: VariantId,
        product: ProductId,
        delta: i64,
        receipt: &stock::Receipt<'_>,
    ) -> Result<stock::Level, E> {
        let txn = self.db.write().await?;
        let Some(level) = stock::receive(&txn, variant, product, delta, receipt).await? else {
            let available = stock::level(&txn, variant).await?.map_or(0, |level| level.available());
            return Err(E::StockTooLow { available });
        };
        stock::announce(&txn, &self.outbox, &[level]).await?;
        txn.commit().await?;
        self.outbox.wake();
        Ok(level)
    }

    /// The stock, when this very movement was made under the key.
    async fn moved_before(
        &self,
        variant: VariantId,
        delta: i64,
        reason: &str,
        key: &str,
    ) -> Result<Option<stock::Level>, E> {
        match stock::received_under(self.db.read(), variant, key).await? {
            None => Ok(None),
            Some((moved, why)) if (moved, why.as_str()) == (delta, reason) => {
                Ok(stock::level(self.db.read(), variant).await?)
            }
            Some(_) => Err(E::KeyReused),
        }
    }

    async fn owned_variant(&self, org: OrgId, variant: VariantId) -> Result<Product, E> {
        let found = store::product_of(self.db.read(), variant).await?;
        found.filter(|product| product.org == org).ok_or(E::NoSuchVariant)
    }

    async fn update(
        &self,
        org: OrgId,
        id: ProductId,
        version: Option<i64>,
        change: impl FnOnce(&mut Product) -> Result<(), E>,
    ) -> Result<Product, E> {
        let txn = self.db.write().await?;
        let found = store::product(&txn, id).await?.filter(|product| product.org == org);
        let mut product = found.ok_or(E::NoSuchProduct)?;
        let (from, prices) = (product.version, product.prices.clone());
        let was_published = product.state == ProductState::Published;
        if version.is_some_and(|version| version != from) {
            return Err(E::VersionConflict { version: from });
        }
        change(&mut product)?;
        if was_published && product.state != ProductState::Published {
            self.nobody_is_promised(&txn, id).await?;
        }
        product.spec = product.spec.checked()?;
        product.version += 1;
        product.updated_at = self.clock.now();
        match store::update_product(&txn, &product, from).await? {
            Updated::Done => {}
            Updated::Stale => return Err(E::VersionConflict { version: from }),
            Updated::SkuTaken => return Err(E::SkuTaken),
        }
        if product.prices != prices {
            store::replace_tiers(&txn, std::slice::from_ref(&product)).await?;
        }
        txn.commit().await?;
        Ok(product)
    }

    /// Refuses while buyers can order the product: they would order what they cannot see.
    async fn nobody_is_promised(&self, txn: &DatabaseTransaction, id: ProductId) -> Result<(), E> {
        match &self.promises {
            Some(promises) if promises.is_on_offer(txn, id).await? => Err(E::OnOffer),
            _ => Ok(()),
        }
    }
}

/// What is looked for, folded as the searched column is, and without signs that PostgreSQL cannot keep.
fn searched(words: &str) -> String {
    folded(&clean_line(words))
}

/// What buyers see keeps a name and a price.
fn stays_sellable(product: &Product) -> Result<(), E> {
    let missing = missing_for_publication(&product.spec, &product.prices);
    if product.state == ProductState::Published && !missing.is_empty() {
        return Err(E::NotReady { missing });
    }
    Ok(())
}

pub(crate) fn checked_lead_time(days: Option<i64>) -> Result<Option<i64>, E> {
    if days.is_some_and(|days| !(0..=MAX_LEAD_TIME_DAYS).contains(&days)) {
        return Err(E::BadLeadTime);
    }
    Ok(days)
}

/// Tiers as they come from outside, with the smallest order and its steps.
pub(crate) fn checked_prices(moq: Option<i64>, multiple: Option<i64>, tiers: Vec<Tier>) -> Result<Prices, E> {
    Ok(Prices::new(Quantity(moq.unwrap_or(1)), Quantity(multiple.unwrap_or(1)), tiers)?)
}
