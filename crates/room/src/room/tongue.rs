//! The languages a room speaks. A viewer belongs to exactly one, so that a frame is encoded once for each and
//! shared by all who read it.

use std::sync::Arc;

use kernel::{Locale, LocalizedText};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Ctl;
use crate::protocol::encode;

/// Languages beyond this read the first one.
const MOST: usize = 8;

/// One of the room's languages, by its place. It keeps its place for as long as the room stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tongue(u8);

impl Tongue {
    pub(crate) fn nth(at: usize) -> Option<Self> {
        u8::try_from(at).ok().map(Self)
    }

    pub(crate) fn at(self) -> usize {
        usize::from(self.0)
    }
}

#[derive(Debug)]
pub(super) struct Tongues(Vec<Locale>);

impl Tongues {
    /// The first is the default of those who read none of them.
    pub(super) fn new(languages: &[Locale]) -> Self {
        let mut tongues = Self(Vec::new());
        tongues.learn(languages);
        if tongues.0.is_empty() {
            tongues.0.push(Locale::english());
        }
        tongues
    }

    /// Adds languages; whether any was new.
    pub(super) fn learn(&mut self, languages: &[Locale]) -> bool {
        let before = self.0.len();
        for language in languages {
            if self.0.len() < MOST && !self.0.contains(language) {
                self.0.push(language.clone());
            }
        }
        self.0.len() > before
    }

    /// The language of a reader: the very tag, else the same language, else the first.
    pub(super) fn nearest(&self, wanted: &str) -> Tongue {
        let Ok(wanted) = wanted.parse::<Locale>() else { return Tongue::default() };
        let exact = self.0.iter().position(|known| *known == wanted);
        let near = || self.0.iter().position(|known| known.same_language(&wanted));
        exact.or_else(near).and_then(Tongue::nth).unwrap_or_default()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = Tongue> + use<> {
        (0..self.0.len()).filter_map(Tongue::nth)
    }

    /// An event's JSON: the same for all, or one for each language where a word differs.
    pub(super) fn words(&self, ctl: &Ctl, json: impl Fn(&str) -> String) -> Words {
        match titled(ctl) {
            None => Words::Same(json(&ctl.body).into()),
            Some(item) => Words::Each(self.0.iter().map(|locale| json(&item.read_by(locale)).into()).collect()),
        }
    }
}

/// What goes to a reader: the same to all, or each language its own.
#[derive(Clone, Debug)]
pub(super) enum Words {
    Same(Arc<str>),
    Each(Arc<[Arc<str>]>),
}

impl Words {
    pub(super) fn of(&self, tongue: Tongue) -> &str {
        match self {
            Self::Same(json) => json,
            Self::Each(all) => all.get(tongue.at()).or(all.first()).map_or("", |json| json),
        }
    }

    pub(super) fn differ(&self) -> bool {
        matches!(self, Self::Each(_))
    }
}

/// An item on the air, with its title in the languages it was given in.
#[derive(Deserialize)]
struct Kept<'a> {
    #[serde(borrow)]
    item: Option<&'a RawValue>,
    #[serde(borrow)]
    product: Option<&'a RawValue>,
    title: Option<LocalizedText>,
}

struct Titled<'a> {
    item: &'a RawValue,
    product: Option<&'a RawValue>,
    title: LocalizedText,
}

fn titled(ctl: &Ctl) -> Option<Titled<'_>> {
    let kept: Kept<'_> = (ctl.kind == "item").then(|| serde_json::from_str(&ctl.body).ok())??;
    Some(Titled { item: kept.item?, product: kept.product, title: kept.title? })
}

#[derive(Serialize)]
struct Read<'a> {
    item: &'a RawValue,
    product: Option<&'a RawValue>,
    title: &'a str,
}

impl Titled<'_> {
    fn read_by(&self, reader: &Locale) -> String {
        encode(&Read { item: self.item, product: self.product, title: self.title.pick(reader) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locales(tags: &[&str]) -> Vec<Locale> {
        tags.iter().map(|tag| tag.parse().unwrap()).collect()
    }

    #[test]
    fn a_reader_gets_the_nearest_language_and_else_the_first() {
        let mut tongues = Tongues::new(&locales(&["es", "zh-CN", "pt-BR"]));
        let nearest = |tongues: &Tongues, wanted| tongues.0[tongues.nearest(wanted).at()].to_string();
        for (wanted, got) in [("zh-CN", "zh-CN"), ("zh-Hant", "zh-CN"), ("pt", "pt-BR"), ("ja", "es"), ("<", "es")] {
            assert_eq!(nearest(&tongues, wanted), got);
        }
        assert!(tongues.learn(&locales(&["es", "ja"])));
        assert_eq!(nearest(&tongues, "ja"), "ja");
        tongues.learn(&locales(&["fr", "de", "it", "ru", "ar", "ko"]));
        assert_eq!((tongues.0.len(), nearest(&tongues, "ko").as_str()), (8, "es"));
        assert_eq!(nearest(&Tongues::new(&[]), "ja"), "en");
    }

    #[test]
    fn only_a_title_differs_between_languages() {
        let tongues = Tongues::new(&locales(&["en", "zh-CN"]));
        let ctl = |kind: &str, body: &str| Ctl { key: kind.into(), kind: kind.into(), version: 1, body: body.into() };
        let words = |kind, body| tongues.words(&ctl(kind, body), str::to_owned);
        let item = words("item", r#"{"item":"i","product":null,"title":{"en":"Bricks","zh-CN":"积木"}}"#);
        assert_eq!(item.of(Tongue(0)), r#"{"item":"i","product":null,"title":"Bricks"}"#);
        assert_eq!(item.of(Tongue(1)), r#"{"item":"i","product":null,"title":"积木"}"#);
        assert_eq!(item.of(Tongue(7)), item.of(Tongue(0)), "a language the item does not know yet");
        assert!(!words("item", "{}").differ() && !words("pins", r#"{"v":1}"#).differ());
        assert!(!words("item", r#"{"item":"i","product":"p","title":null}"#).differ());
    }
}
