//! Imports products from a sheet: a dry run that changes nothing, then one transaction that applies it.

use std::time::Duration;

use bytes::Bytes;
use kernel::db::sea_orm::DatabaseTransaction;
use kernel::id::{ImportId, OrgId, PersonId, ProductId, VariantId};
use serde::{Deserialize, Serialize};

use crate::CatalogError as E;
use crate::catalog::Catalog;
use crate::import::{Finding, ImportRow, MAX_FINDINGS, Parsed, parse};
use crate::product::{Product, ProductState};
use crate::products::checked_lead_time;
use crate::sheet;
use crate::store::{self, Updated, imports, stock};

/// How long a checked sheet waits to be applied.
const FORGET_AFTER: Duration = Duration::from_hours(24);

/// What a dry run found.
#[derive(Debug)]
pub struct DryRun {
    pub id: ImportId,
    pub rows: usize,
    /// Rows without a finding.
    pub ok: usize,
    /// The first [`MAX_FINDINGS`].
    pub findings: Vec<Finding>,
    pub finding_count: usize,
    /// As what the letters of a CSV file were read.
    pub encoding: Option<&'static str>,
}

/// What applying an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ProductImportOutcome)]
pub struct ImportOutcome {
    pub created: u32,
    pub changed: u32,
    pub unchanged: u32,
}

impl Catalog {
    /// Reads a sheet and says what is wrong with it. Nothing but the reading is kept.
    pub async fn check_import(&self, org: OrgId, by: Option<PersonId>, file: Bytes) -> Result<DryRun, E> {
        // The worker holds the permit, since it goes on when the caller has gone.
        let permit = self.readers.clone().acquire_owned().await.ok();
        let read = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            sheet::read(&file).map(|sheet| parse(&sheet))
        });
        let Parsed { total, rows, mut findings, encoding } = read.await??;
        let id = ImportId::new();
        let finding_count = findings.len();
        findings.truncate(MAX_FINDINGS);
        let kept = imports::Kept {
            id,
            org,
            by,
            row_count: i64::try_from(rows.len()).unwrap_or(i64::MAX),
            finding_count: i64::try_from(finding_count).unwrap_or(i64::MAX),
            rows: serde_json::to_string(&rows)?,
            outcome: None,
            created_at: self.clock.now(),
        };
        let txn = self.db.write().await?;
        imports::insert(&txn, kept).await?;
        txn.commit().await?;
        Ok(DryRun { id, rows: total, ok: rows.len(), findings, finding_count, encoding })
    }

    /// Applies a checked import, all or nothing. Applying it again answers with what it did the first time.
    pub async fn apply_import(&self, org: OrgId, by: Option<PersonId>, id: ImportId) -> Result<ImportOutcome, E> {
        // Read beside the writers, who wait for the writing alone.
        let import = imports::find(self.db.read(), org, id).await?.ok_or(E::NoSuchImport)?;
        if let Some(outcome) = &import.outcome {
            return Ok(serde_json::from_str(outcome)?);
        }
        if import.finding_count > 0 {
            return Err(E::ImportRejected { findings: usize::try_from(import.finding_count).unwrap_or(usize::MAX) });
        }
        let rows: Vec<ImportRow> = serde_json::from_str(&import.rows)?;
        let mut outcome = ImportOutcome::default();
        let txn = self.db.write().await?;
        if !imports::is_open(&txn, id).await? {
            drop(txn);
            return self.applied_before(org, id).await;
        }
        for lot in rows.chunks(store::AT_ONCE) {
            self.apply_lot(&txn, org, by, lot, &mut outcome).await?;
        }
        if !imports::applied(&txn, id, &serde_json::to_string(&outcome)?).await? {
            drop(txn);
            return self.applied_before(org, id).await;
        }
        txn.commit().await?;
        self.outbox.wake();
        Ok(outcome)
    }

    async fn applied_before(&self, org: OrgId, id: ImportId) -> Result<ImportOutcome, E> {
        let import = imports::find(self.db.read(), org, id).await?.ok_or(E::NoSuchImport)?;
        Ok(serde_json::from_str(import.outcome.as_deref().unwrap_or_default())?)
    }

    /// Forgets checked sheets that nobody has applied within a day; returns how many.
    pub async fn forget_imports(&self) -> Result<u64, E> {
        let txn = self.db.write().await?;
        let forgotten = imports::forget(&txn, self.clock.now() - FORGET_AFTER).await?;
        txn.commit().await?;
        Ok(forgotten)
    }

    async fn apply_lot(
        &self,
        txn: &DatabaseTransaction,
        org: OrgId,
        by: Option<PersonId>,
        lot: &[ImportRow],
        outcome: &mut ImportOutcome,
    ) -> Result<(), E> {
        let now = self.clock.now();
        let receipt = stock::Receipt { kind: "import", reason: "", by, at: now, key: None };
        let mut known = store::products_by_sku(txn, org, lot.iter().map(|row| row.spec.sku.as_str())).await?;
        let levels = stock::levels_for_update(txn, known.values().map(|product| product.variant)).await?;
        let (mut made, mut repriced, mut opened, mut moved) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for row in lot {
            let Some(old) = known.remove(&row.spec.sku) else {
                let product = made_from(row, org, now)?;
                opened.extend(row.stock.map(|pieces| (product.variant, product.id, pieces)));
                made.push(product);
                continue;
            };
            let new = merged(&old, row, now)?;
            let restocked =
                match (row.stock, levels.get(&old.variant)) {
                    (Some(pieces), Some(level)) if pieces != level.on_hand => {
                        let delta = pieces - level.on_hand;
                        let level = stock::receive(txn, old.variant, old.id, delta, &receipt).await?;
                        let promised = || levels.get(&old.variant).map_or(0, |level| level.allocated + level.held);
                        moved.push(level.ok_or_else(|| E::ImportBelowPromised {
                            sku: row.spec.sku.clone(),
                            promised: promised(),
                        })?);
                        true
                    }
                    (Some(pieces), None) => {
                        opened.push((old.variant, old.id, pieces));
                        true
                    }
                    _ => false,
                };
            let Some(new) = new else {
                if restocked {
                    outcome.changed += 1;
                } else {
                    outcome.unchanged += 1;
                }
                continue;
            };
            match store::update_product(txn, &new, old.version).await? {
                Updated::Done => outcome.changed += 1,
                Updated::Stale | Updated::SkuTaken => return Err(E::VersionConflict { version: old.version }),
            }
            if new.prices != old.prices {
                repriced.push(new);
            }
        }
        outcome.created += u32::try_from(made.len()).unwrap_or(u32::MAX);
        if !store::insert_products(txn, &made).await? {
            return Err(E::SkuTaken);
        }
        if !repriced.is_empty() {
            store::replace_tiers(txn, &repriced).await?;
        }
        moved.extend(stock::open_many(txn, &opened, &receipt).await?);
        stock::announce(txn, &self.outbox, &moved).await?;
        Ok(())
    }
}

fn made_from(row: &ImportRow, org: OrgId, now: kernel::Instant) -> Result<Product, E> {
    Ok(Product {
        id: ProductId::new(),
        org,
        variant: VariantId::new(),
        state: ProductState::Draft,
        version: 1,
        spec: row.spec.clone(),
        prices: row.prices.clone(),
        lead_time_days: checked_lead_time(row.lead_time_days)?,
        available: row.stock,
        pictures: Vec::new(),
        updated_at: now,
    })
}

/// The product as the row wants it; `None` when it is so already. What the sheet does not have stays.
fn merged(old: &Product, row: &ImportRow, now: kernel::Instant) -> Result<Option<Product>, E> {
    let mut new = old.clone();
    for (locale, name) in row.spec.names.iter() {
        new.spec.names.set(locale.clone(), name.to_owned());
    }
    for (locale, text) in row.spec.texts.iter() {
        new.spec.texts.set(locale.clone(), text.to_owned());
    }
    if row.given.unit {
        new.spec.unit.clone_from(&row.spec.unit);
    }
    new.spec.carton = row.spec.carton.or(old.spec.carton);
    if !row.spec.origin.is_empty() {
        new.spec.origin.clone_from(&row.spec.origin);
    }
    new.prices = row.prices_over(&old.prices)?;
    new.lead_time_days = checked_lead_time(row.lead_time_days)?.or(old.lead_time_days);
    if new == *old {
        return Ok(None);
    }
    new.version += 1;
    new.updated_at = now;
    Ok(Some(new))
}
