//! Words for people: Fluent texts of the interface languages, read from `locales/`.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use crate::Locale;

/// Texts by language. Falls back to English, then to the key itself, and logs what is missing.
pub struct Words(HashMap<Locale, FluentBundle<FluentResource>>);

#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    #[error("the texts of {0} do not parse: {1}")]
    Parse(Locale, String),
}

impl Words {
    /// Reads `(language, Fluent text)` pairs. Placeables are not wrapped in isolation marks (U+2068, U+2069),
    /// which are wrong in subjects, file names and attributes; pages isolate by `dir="auto"`.
    pub fn read<'a>(sources: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, WordsError> {
        let mut bundles = HashMap::new();
        for (tag, text) in sources {
            let locale: Locale = tag.parse().unwrap_or_else(|_| Locale::english());
            let bundle = bundles.entry(locale.clone()).or_insert_with(|| {
                let mut bundle = FluentBundle::new_concurrent(vec![locale.identifier().clone()]);
                bundle.set_use_isolating(false);
                bundle
            });
            let parsed = FluentResource::try_new(text.to_owned())
                .map_err(|(_, errors)| WordsError::Parse(locale.clone(), format!("{errors:?}")))?;
            bundle.add_resource(parsed).map_err(|errors| WordsError::Parse(locale.clone(), format!("{errors:?}")))?;
        }
        Ok(Self(bundles))
    }

    pub fn text(&self, locale: &Locale, key: &str) -> String {
        self.text_with(locale, key, &[])
    }

    /// The text of `key` (`id` or `id.attribute`) with values put in.
    pub fn text_with(&self, locale: &Locale, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let english = Locale::english();
        let found = [locale, &english].into_iter().find_map(|l| format(self.0.get(l)?, key, values));
        found.unwrap_or_else(|| {
            tracing::warn!(key, %locale, "a text is missing");
            key.to_owned()
        })
    }
}

fn format(bundle: &FluentBundle<FluentResource>, key: &str, values: &[(&str, FluentValue<'_>)]) -> Option<String> {
    let (id, attribute) = key.split_once('.').map_or((key, None), |(id, attribute)| (id, Some(attribute)));
    let message = bundle.get_message(id)?;
    let pattern = match attribute {
        Some(attribute) => message.get_attribute(attribute)?.value(),
        None => message.value()?,
    };
    let mut args = FluentArgs::new();
    for (name, value) in values {
        args.set(Cow::Borrowed(*name), value.clone());
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned();
    if !errors.is_empty() {
        tracing::warn!(key, ?errors, "a text lacks a value");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_back_to_english_then_to_its_key() {
        let words = Words::read([
            ("en", "left = { $count ->\n    [one] One piece left\n   *[other] { $count } pieces left\n }\nask = Ask\n    .hint = Ask { $who }"),
            ("es", "left = Quedan { $count }"),
        ])
        .unwrap();
        let es: Locale = "es".parse().unwrap();
        assert_eq!(words.text_with(&es, "left", &[("count", 3.into())]), "Quedan 3");
        assert_eq!(words.text_with(&Locale::english(), "left", &[("count", 1.into())]), "One piece left");
        assert_eq!(words.text_with(&es, "ask.hint", &[("who", "Gu".into())]), "Ask Gu");
        assert_eq!(words.text(&es, "nothing"), "nothing");
    }
}
