//! Languages: a validated BCP 47 tag, negotiation, and texts that exist in several languages.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unic_langid::LanguageIdentifier;

/// A language tag (BCP 47), kept in canonical form: `zh-CN`, `es`, `pt-BR`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Locale(LanguageIdentifier);

impl Locale {
    /// The languages of the interface, the fallback first.
    pub const INTERFACE: [&'static str; 4] = ["en", "zh-CN", "es", "ja"];

    pub fn english() -> Self {
        Self(unic_langid::LanguageIdentifier::from_bytes(b"en").expect("`en` is a language tag"))
    }

    /// The interface language nearest to what a reader asks for, English when none is near.
    ///
    /// `wanted` is a list as in `Accept-Language` (RFC 9110 12.5.4) or a single tag.
    pub fn negotiate(wanted: &str) -> Self {
        let known: Vec<Self> = Self::INTERFACE.iter().filter_map(|tag| tag.parse().ok()).collect();
        Self::ranked(wanted)
            .iter()
            .find_map(|tag| known.iter().find(|k| k == &tag).or_else(|| known.iter().find(|k| k.same_language(tag))))
            .cloned()
            .unwrap_or_else(Self::english)
    }

    /// The tags of an `Accept-Language` list, most wanted first; what does not parse or is not wanted at all is passed over.
    pub fn ranked(list: &str) -> Vec<Self> {
        let mut tags: Vec<(Self, f32)> = list
            .split(',')
            .take(32)
            .filter_map(|item| {
                let mut parts = item.split(';').map(str::trim);
                let tag = parts.next()?.parse().ok()?;
                let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
                Some((tag, weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0))))
            })
            .filter(|(_, weight)| *weight > 0.0)
            .collect();
        tags.sort_by(|a, b| b.1.total_cmp(&a.1));
        tags.into_iter().map(|(tag, _)| tag).collect()
    }

    pub fn same_language(&self, other: &Self) -> bool {
        self.0.language == other.0.language
    }

    /// The primary language subtag: `zh` of `zh-CN`.
    pub fn language(&self) -> &str {
        self.0.language.as_str()
    }

    pub fn identifier(&self) -> &LanguageIdentifier {
        &self.0
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a language tag (BCP 47), such as en or zh-CN")]
pub struct BadLocale(String);

impl FromStr for Locale {
    type Err = BadLocale;
    fn from_str(tag: &str) -> Result<Self, BadLocale> {
        let bad = || BadLocale(tag.chars().take(24).collect());
        if tag.len() > 35 {
            return Err(bad());
        }
        let id: LanguageIdentifier = tag.parse().map_err(|_ignored| bad())?;
        if id.language.is_empty() { Err(bad()) } else { Ok(Self(id)) }
    }
}
impl Serialize for Locale {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let tag = std::borrow::Cow::<str>::deserialize(deserializer)?;
        tag.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "http")]
mod http {
    use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};

    impl utoipa::PartialSchema for super::Locale {
        fn schema() -> RefOr<Schema> {
            ObjectBuilder::new().schema_type(Type::String).examples(["zh-CN"]).into()
        }
    }
    impl utoipa::ToSchema for super::Locale {}
}

#[cfg(feature = "db")]
mod db {
    use sea_orm::sea_query::{ArrayType, Nullable, StringLen, ValueType, ValueTypeErr};
    use sea_orm::{
        ActiveValue, ColIdx, ColumnType, DbErr, IntoActiveValue, QueryResult, TryGetError, TryGetable, Value,
    };

    use super::Locale;

    impl From<Locale> for Value {
        fn from(locale: Locale) -> Self {
            locale.to_string().into()
        }
    }
    impl TryGetable for Locale {
        fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
            let tag = String::try_get_by(row, index)?;
            tag.parse().map_err(|bad: super::BadLocale| DbErr::Type(bad.to_string()).into())
        }
    }
    impl ValueType for Locale {
        fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
            <String as ValueType>::try_from(value)?.parse().map_err(|_ignored| ValueTypeErr)
        }
        fn type_name() -> String {
            "Locale".into()
        }
        fn array_type() -> ArrayType {
            ArrayType::String
        }
        fn column_type() -> ColumnType {
            ColumnType::String(StringLen::None)
        }
    }
    impl Nullable for Locale {
        fn null() -> Value {
            Value::String(None)
        }
    }
    impl IntoActiveValue<Locale> for Locale {
        fn into_active_value(self) -> ActiveValue<Locale> {
            ActiveValue::Set(self)
        }
    }
}

/// One text in several languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "db", derive(sea_orm::FromJsonQueryResult))]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema), schema(value_type = BTreeMap<String, String>))]
pub struct LocalizedText(BTreeMap<Locale, String>);

impl LocalizedText {
    pub fn of(pairs: impl IntoIterator<Item = (Locale, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// The text for a reader: the very tag, else the same language, else English, else any. Empty when there is none.
    pub fn pick(&self, reader: &Locale) -> &str {
        self.choose(reader).map_or("", |(_, text)| text)
    }

    /// As [`Self::pick`], with the language it is in.
    pub fn choose(&self, reader: &Locale) -> Option<(&Locale, &str)> {
        let near = |wanted: &Locale| self.0.iter().find(|(tag, _)| tag.same_language(wanted));
        self.0
            .get_key_value(reader)
            .or_else(|| near(reader))
            .or_else(|| near(&Locale::english()))
            .or_else(|| self.0.iter().next())
            .map(|(tag, text)| (tag, text.as_str()))
    }

    pub fn set(&mut self, locale: Locale, text: String) {
        self.0.insert(locale, text);
    }

    pub fn is_empty(&self) -> bool {
        self.0.values().all(|text| text.trim().is_empty())
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Locale, &str)> {
        self.0.iter().map(|(tag, text)| (tag, text.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(tag: &str) -> Locale {
        tag.parse().unwrap()
    }

    #[test]
    fn a_reader_gets_the_nearest_interface_language() {
        let negotiated = |wanted| Locale::negotiate(wanted).to_string();
        assert_eq!(negotiated("zh-TW,zh;q=0.9,en;q=0.8"), "zh-CN");
        assert_eq!(negotiated("fr-FR, es-419;q=0.7, en;q=0.3"), "es");
        assert_eq!(negotiated("en;q=0.2, ja;q=0.9"), "ja");
        assert_eq!(negotiated("tlh, *;q=0.1"), "en");
        assert_eq!(negotiated("fr, ja; q=0.2"), "ja");
        assert_eq!(negotiated("ja;q=0, es;q=0.1"), "es");
        assert_eq!(negotiated("ja;q=0"), "en");
        assert_eq!(negotiated(""), "en");
    }

    #[test]
    fn a_text_falls_back_to_language_then_english_then_any() {
        let text = LocalizedText::of([(locale("zh-CN"), "积木".into()), (locale("es"), "bloques".into())]);
        assert_eq!(text.pick(&locale("zh-Hant")), "积木");
        assert_eq!(text.pick(&locale("ja")), "es".parse::<Locale>().map(|es| text.pick(&es)).unwrap());
        assert_eq!(LocalizedText::default().pick(&locale("ja")), "");
    }

    #[test]
    fn what_is_not_a_language_tag_is_refused() {
        for tag in ["", "x", "../etc", "en US", "und"] {
            assert!(tag.parse::<Locale>().is_err(), "{tag}");
        }
    }
}
