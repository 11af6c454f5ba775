//! Control values, and values that only their newest state matters of.

use std::sync::Arc;

use kernel::id::{ProductId, VariantId};
use kernel::{Instant, Locale};

use super::{Allowance, Ctl, Entry, Outputs, Room, Value, Words};
use crate::protocol::{self, Lane};
use crate::settings::RoomSettings;

impl Room {
    /// Replaces a control value, unless a newer one is known.
    pub(super) fn show(&mut self, ctl: Ctl, now: Instant) {
        if self.ctl.get(&ctl.key).is_some_and(|(known, _)| known.version >= ctl.version) {
            return;
        }
        let s = self.seq + 1;
        let words = self.tongues.words(&ctl, |body| protocol::event(s, Lane::Ctl, &ctl.kind, body));
        let entry = self.enqueue(Lane::Ctl, words, Some(ctl.key.clone()), now);
        self.ctl.insert(ctl.key.clone(), (ctl, entry));
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
        for (ctl, entry) in ctl.values_mut() {
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
        let product = product.to_string();
        let shown = self.ctl.values().any(|(ctl, _)| ctl.body.contains(&product));
        if shown {
            self.set_value(format!("stock:{variant}"), version, format!(r#"{{"left":{left}}}"#));
        }
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
