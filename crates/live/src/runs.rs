//! The run sheet and the pins while a show is planned and run.

use std::collections::BTreeMap;

use kernel::db::sea_orm::DatabaseTransaction;
use kernel::id::{EventId, OrgId, ProductId, RunItemId};
use kernel::text::clean_line;
use kernel::{Locale, LocalizedText};

use crate::LiveError as E;
use crate::bus::{PinsChanged, RunItemFinished, RunItemStarted};
use crate::event::{Event, EventState, MAX_PINS};
use crate::events::{held, owned, save};
use crate::live::Live;
use crate::run::{DEFAULT_MINUTES, MAX_ITEMS, MAX_MINUTES, RunItem, RunItemState};
use crate::store;

const MAX_TITLE_CHARS: usize = 200;

/// An item's title as it comes: in one language, or in several.
#[derive(Clone, Debug)]
pub enum ItemTitle {
    /// In the event's default language.
    Plain(String),
    Localized(LocalizedText),
}

impl ItemTitle {
    fn checked(self, default: Locale) -> Result<LocalizedText, E> {
        let text = match self {
            Self::Plain(title) => LocalizedText::of([(default, title)]),
            Self::Localized(text) => text,
        };
        let mut kept = LocalizedText::default();
        for (locale, title) in text.iter() {
            let title = clean_line(title);
            if title.chars().count() > MAX_TITLE_CHARS {
                return Err(E::BadField("title"));
            }
            if !title.is_empty() {
                kept.set(locale.clone(), title);
            }
        }
        Ok(kept)
    }
}

/// What an item says; what is `None` stays, or is left empty in a new one.
#[derive(Clone, Debug, Default)]
pub struct ItemChange {
    pub title: Option<ItemTitle>,
    pub product: Option<ProductId>,
    pub minutes: Option<i64>,
}

/// The items in their order, with the version of both.
#[derive(Clone, Debug)]
pub struct RunSheet {
    pub items: Vec<RunItem>,
    pub version: i64,
}

impl Live {
    pub async fn run_sheet(&self, org: OrgId, event: EventId) -> Result<RunSheet, E> {
        let event = owned(self.db.read(), org, event).await?;
        Ok(RunSheet { items: store::items(self.db.read(), event.id).await?, version: event.sheet_version })
    }

    /// The names of products, for showing.
    pub(crate) async fn product_names(
        &self,
        products: &[ProductId],
    ) -> Result<BTreeMap<ProductId, catalog::Publication>, E> {
        Ok(catalog::publication_of(self.db.read(), products).await?)
    }

    /// Puts an item at the end of the run sheet.
    pub async fn add_item(&self, org: OrgId, event: EventId, new: ItemChange) -> Result<RunItem, E> {
        let txn = self.db.write().await?;
        let before = open(&txn, org, event).await?;
        let items = store::items(&txn, event).await?;
        if items.len() >= MAX_ITEMS {
            return Err(E::TooManyItems);
        }
        let mut item = RunItem {
            id: RunItemId::new(),
            event,
            position: items.last().map_or(0, |last| last.position + 1),
            state: RunItemState::Queued,
            title: LocalizedText::default(),
            product: None,
            minutes: DEFAULT_MINUTES,
            started_at: None,
        };
        self.fill(&txn, &before, &mut item, new).await?;
        if item.title.is_empty() && item.product.is_none() {
            return Err(E::BadField("title"));
        }
        touch_sheet(&txn, &before).await?;
        store::insert_item(&txn, &item).await?;
        txn.commit().await?;
        Ok(item)
    }

    /// Changes what an item says.
    pub async fn change_item(&self, org: OrgId, id: RunItemId, change: ItemChange) -> Result<RunItem, E> {
        let txn = self.db.write().await?;
        let (before, mut item) = held_with_item(&txn, org, id).await?;
        check_open(&before)?;
        self.fill(&txn, &before, &mut item, change).await?;
        touch_sheet(&txn, &before).await?;
        store::update_item(&txn, &item).await?;
        txn.commit().await?;
        Ok(item)
    }

    /// Takes an item off the run sheet, unless it was shown.
    pub async fn remove_item(&self, org: OrgId, id: RunItemId) -> Result<(), E> {
        let txn = self.db.write().await?;
        let (before, item) = held_with_item(&txn, org, id).await?;
        check_open(&before)?;
        if item.state.was_shown() {
            return Err(E::ItemShown);
        }
        touch_sheet(&txn, &before).await?;
        store::delete_item(&txn, id).await?;
        Ok(txn.commit().await?)
    }

    async fn fill(
        &self,
        txn: &DatabaseTransaction,
        event: &Event,
        item: &mut RunItem,
        change: ItemChange,
    ) -> Result<(), E> {
        if let Some(title) = change.title {
            item.title = title.checked(event.plan.default_language())?;
        }
        if let Some(product) = change.product {
            let known = catalog::publication_of(txn, &[product]).await?;
            if known.get(&product).is_none_or(|known| known.org != event.org) {
                return Err(E::NoSuchProduct);
            }
            item.product = Some(product);
        }
        if let Some(minutes) = change.minutes {
            if !(1..=MAX_MINUTES).contains(&minutes) {
                return Err(E::BadField("minutes"));
            }
            item.minutes = minutes;
        }
        Ok(())
    }

    /// Puts the items in another order; every item is named once.
    pub async fn reorder(&self, org: OrgId, event: EventId, order: &[RunItemId], version: i64) -> Result<RunSheet, E> {
        let txn = self.db.write().await?;
        let before = open(&txn, org, event).await?;
        if version != before.sheet_version {
            return Err(E::VersionConflict { version: before.sheet_version, state: before.state });
        }
        let mut items = store::items(&txn, event).await?;
        let place = |item: &RunItem| order.iter().position(|id| *id == item.id);
        if order.len() != items.len() || !items.iter().all(|item| place(item).is_some()) {
            return Err(E::NotAnOrder);
        }
        items.sort_by_key(place);
        touch_sheet(&txn, &before).await?;
        for (position, item) in (0_i64..).zip(&mut items) {
            if item.position != position {
                item.position = position;
                store::update_item(&txn, item).await?;
            }
        }
        txn.commit().await?;
        Ok(RunSheet { items, version: before.sheet_version + 1 })
    }

    /// Moves an item. One that goes on the air takes the place of the one there, and pins its product unless
    /// somebody has pinned by hand.
    pub async fn move_item(&self, org: OrgId, id: RunItemId, to: RunItemState) -> Result<RunItem, E> {
        let txn = self.db.write().await?;
        let (before, mut item) = held_with_item(&txn, org, id).await?;
        if !before.state.is_running() {
            return Err(E::NotRunning { state: before.state });
        }
        if !item.state.may_become(to) {
            return Err(E::IllegalItemTransition { from: item.state, to });
        }
        let mut after = before.clone();
        after.sheet_version += 1;
        if to == RunItemState::OnAir {
            self.finish_item_on_air(&txn, &after).await?;
            item.started_at = Some(self.clock.now());
            self.pin_automatically(&txn, &mut after, &item).await?;
        }
        save(&txn, &before, &after).await?;
        let from = std::mem::replace(&mut item.state, to);
        store::update_item(&txn, &item).await?;
        if to == RunItemState::OnAir {
            self.outbox.add(&txn, &RunItemStarted::of(&item, after.sheet_version)).await?;
        } else if from == RunItemState::OnAir {
            self.outbox.add(&txn, &RunItemFinished::of(&item, after.sheet_version)).await?;
        }
        txn.commit().await?;
        self.outbox.wake();
        Ok(item)
    }

    /// Takes what is on the air off it. `event` is as it will be saved.
    pub(crate) async fn finish_item_on_air(&self, txn: &DatabaseTransaction, event: &Event) -> Result<(), E> {
        for mut item in store::items(txn, event.id).await? {
            if item.state == RunItemState::OnAir {
                item.state = RunItemState::Done;
                store::update_item(txn, &item).await?;
                self.outbox.add(txn, &RunItemFinished::of(&item, event.sheet_version)).await?;
            }
        }
        Ok(())
    }

    /// Takes back what a rehearsal did: every item waits again, and what went on the air pins nothing.
    pub(crate) async fn reset_sheet(&self, txn: &DatabaseTransaction, event: &mut Event) -> Result<(), E> {
        self.finish_item_on_air(txn, event).await?;
        for mut item in store::items(txn, event.id).await? {
            if item.state != RunItemState::Queued {
                (item.state, item.started_at) = (RunItemState::Queued, None);
                store::update_item(txn, &item).await?;
            }
        }
        if !event.is_pinned_by_hand {
            event.pins.clear();
        }
        event.pins_version += 1;
        Ok(())
    }

    async fn pin_automatically(&self, txn: &DatabaseTransaction, event: &mut Event, item: &RunItem) -> Result<(), E> {
        let Some(product) = item.product else { return Ok(()) };
        if event.is_pinned_by_hand || event.pins == [product] {
            return Ok(());
        }
        if !self.are_published(txn, event.org, &[product]).await? {
            return Ok(());
        }
        event.pins = vec![product];
        event.pins_version += 1;
        self.tell_pins(txn, event).await
    }

    pub(crate) async fn tell_pins(&self, txn: &DatabaseTransaction, event: &Event) -> Result<(), E> {
        let told = PinsChanged { event: event.id, version: event.pins_version, products: event.pins.clone() };
        Ok(self.outbox.add(txn, &told).await?)
    }

    /// Pins these products by hand; none at all gives the pins back to the run sheet.
    pub async fn pin(&self, org: OrgId, event: EventId, products: Vec<ProductId>, version: i64) -> Result<Event, E> {
        if products.len() > MAX_PINS {
            return Err(E::TooManyPins);
        }
        if products.iter().enumerate().any(|(at, product)| products[..at].contains(product)) {
            return Err(E::BadField("products"));
        }
        let txn = self.db.write().await?;
        let before = open(&txn, org, event).await?;
        if version != before.pins_version {
            return Err(E::VersionConflict { version: before.pins_version, state: before.state });
        }
        if !self.are_published(&txn, org, &products).await? {
            return Err(E::NoSuchProduct);
        }
        let mut after = before.clone();
        after.is_pinned_by_hand = !products.is_empty();
        after.pins = products;
        after.pins_version += 1;
        save(&txn, &before, &after).await?;
        self.tell_pins(&txn, &after).await?;
        txn.commit().await?;
        self.outbox.wake();
        Ok(after)
    }
}

/// An event whose run sheet may change.
async fn open(txn: &DatabaseTransaction, org: OrgId, event: EventId) -> Result<Event, E> {
    let event = held(txn, org, event).await?;
    check_open(&event)?;
    Ok(event)
}

fn check_open(event: &Event) -> Result<(), E> {
    if event.state.is_planned() || event.state.is_running() || event.state == EventState::Replay {
        return Ok(());
    }
    Err(E::Fixed { state: event.state })
}

/// An item and its event, as they are once nobody else changes them.
async fn held_with_item(txn: &DatabaseTransaction, org: OrgId, id: RunItemId) -> Result<(Event, RunItem), E> {
    let seen = store::item(txn, id).await?.ok_or(E::NoSuchItem)?;
    let event = held(txn, org, seen.event).await.map_err(item_of_others)?;
    let item = store::item(txn, id).await?.ok_or(E::NoSuchItem)?;
    Ok((event, item))
}

async fn touch_sheet(txn: &DatabaseTransaction, before: &Event) -> Result<(), E> {
    let after = Event { sheet_version: before.sheet_version + 1, ..before.clone() };
    save(txn, before, &after).await
}

fn item_of_others(err: E) -> E {
    if matches!(err, E::NoSuchEvent) { E::NoSuchItem } else { err }
}
