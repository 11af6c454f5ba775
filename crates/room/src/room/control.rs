//! Control values, and values that only their newest state matters of.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::id::{ProductId, VariantId};
use kernel::{Instant, Locale};
use serde::Deserialize;

use super::{Allowance, Ctl, Entry, Outputs, Room, Standing, Value, Words};
use crate::protocol::{self, Lane};
use crate::settings::RoomSettings;

/// What a control value names: pins, or the product of an item or an offer, and until when that stands.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Named {
    pins: Vec<ProductId>,
    product: Option<ProductId>,
    state: Option<String>,
    ends_at: Option<i64>,
}

impl Named {
    fn products(self) -> Vec<ProductId> {
        self.pins.into_iter().chain(self.product).collect()
    }

    fn over(&self) -> Option<i64> {
        let over = self.state.as_deref().is_some_and(|state| state != "active");
        over.then_some(self.ends_at.unwrap_or_default())
    }
}

impl Room {
    /// Replaces a control value, unless a newer one is known.
    pub(super) fn show(&mut self, ctl: Ctl, now: Instant) {
        if self.ctl.get(&ctl.key).is_some_and(|known| known.ctl.version >= ctl.version) {
            return;
        }
        let s = self.seq + 1;
        let words = self.tongues.words(&ctl, |body| protocol::event(s, Lane::Ctl, &ctl.kind, body));
        let entry = self.enqueue(Lane::Ctl, words, Some(ctl.key.clone()), now);
        let named: Named = serde_json::from_str(&ctl.body).unwrap_or_default();
        let over = (ctl.kind == "offer").then(|| named.over()).flatten();
        self.ctl.insert(ctl.key.clone(), Standing { ctl, entry, products: named.products(), over });
    }

    /// Gives an event its number and puts it into the next frame.
    pub(super) fn add(&mut self, lane: Lane, kind: &str, body: &str, now: Instant) -> Entry {
        let json: Arc<str> = protocol::event(self.seq + 1, lane, kind, body).into();
        self.enqueue(lane, Words::Same(json), None, now)
    }

    fn enqueue(&mut self, lane: Lane, words: Words, key: Option<String>, now: Instant) -> Entry {
        self.seq += 1;
        let entry = Entry { s: self.seq, lane, at: now, words, key };
        if entry.key.is_some() {
            self.pending.retain(|earlier| earlier.key != entry.key);
        }
        self.pending.push(entry.clone());
        if lane == Lane::Ctl {
            self.ctl_since.get_or_insert(now);
        }
        self.forget_snapshots();
        entry
    }

    /// Learns the languages of the show: what stands is put into the new ones, and who reads one gets it so.
    pub(super) fn learn(&mut self, languages: &[Locale], now: Instant, out: &mut Outputs) {
        if !self.tongues.learn(languages) {
            return;
        }
        let Self { tongues, ctl, pending, .. } = self;
        for Standing { ctl, entry, .. } in ctl.values_mut() {
            let s = entry.s;
            entry.words = tongues.words(ctl, |body| protocol::event(s, Lane::Ctl, &ctl.kind, body));
            if let Some(waiting) = pending.iter_mut().find(|waiting| waiting.s == s) {
                waiting.words = entry.words.clone();
            }
        }
        self.forget_snapshots();
        let readers: Vec<_> = self.viewers.iter().map(|(conn, viewer)| (*conn, viewer.lang.clone())).collect();
        for (conn, lang) in readers {
            self.speak(conn, lang, now, out);
        }
    }

    /// Stock of products that this room shows.
    pub(super) fn stock(&mut self, product: ProductId, variant: VariantId, left: i64, version: i64) {
        if self.ctl.values().any(|standing| standing.products.contains(&product)) {
            self.set_value(format!("stock:{variant}"), version, format!(r#"{{"left":{left}}}"#));
        }
    }

    /// Products that have come onto the page since this was last asked.
    pub fn newly_shown(&mut self) -> Vec<ProductId> {
        let shown: HashSet<ProductId> = self.ctl.values().flat_map(|standing| &standing.products).copied().collect();
        let new = shown.difference(&self.stocked).copied().collect();
        self.stocked = shown;
        new
    }

    /// All products on the page: their stock is asked for anew.
    pub fn forget_stock(&mut self) -> Vec<ProductId> {
        self.stocked.clear();
        self.newly_shown()
    }

    pub(super) fn set_value(&mut self, key: String, version: i64, body: String) {
        if self.values.get(&key).is_some_and(|known| known.version >= version) {
            return;
        }
        self.values.insert(key.clone(), Value { version, body });
        self.dirty.insert(key);
        self.forget_snapshots();
    }

    pub(super) fn configure(&mut self, settings: RoomSettings, version: i64, now: Instant) {
        self.visible = Allowance::new(settings.visible_chat_per_s, now);
        self.arriving = Allowance::new(settings.visible_chat_per_s * 2, now);
        self.show_settings(&settings, version, now);
        self.settings = settings;
    }

    pub(super) fn show_settings(&mut self, settings: &RoomSettings, version: i64, now: Instant) {
        let slow = format!(r#"{{"seconds":{},"version":{version}}}"#, settings.slow_s);
        let notice = format!(r#"{{"text":{},"version":{version}}}"#, protocol::encode(&settings.notice));
        for (kind, body) in [("slow", slow), ("notice", notice)] {
            self.show(Ctl { key: kind.into(), kind: kind.into(), version, body: body.into() }, now);
        }
    }
}
