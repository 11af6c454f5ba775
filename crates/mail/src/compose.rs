//! Composing: words from Fluent, looks from one MJML layout, as text and as HTML.
//!
//! The layout is turned from MJML into HTML once, with its placeholders still in it; a letter's values only
//! ever meet the escaping HTML template, never the MJML parser.

use fluent_bundle::FluentValue;
use kernel::Locale;
use kernel::text::clean_line;
use kernel::words::{Words, WordsError};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, context};

use crate::letter::{BadLetter, Letter, shown};

const WORDS: [(&str, &str); 4] = [
    ("en", include_str!("../../../locales/en/mail.ftl")),
    ("zh-CN", include_str!("../../../locales/zh-CN/mail.ftl")),
    ("es", include_str!("../../../locales/es/mail.ftl")),
    ("ja", include_str!("../../../locales/ja/mail.ftl")),
];

/// A mail's words, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    pub subject: String,
    pub text: String,
    pub html: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("the words of mails do not parse")]
    Words(#[from] WordsError),
    #[error("the layout of mails is not MJML: {0}")]
    Layout(String),
    #[error("the layout of mails could not be filled")]
    Template(#[from] minijinja::Error),
    #[error(transparent)]
    Letter(#[from] BadLetter),
}

/// Makes mails of letters.
pub struct Composer {
    words: Words,
    templates: Environment<'static>,
}

impl Composer {
    pub fn new() -> Result<Self, ComposeError> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(minijinja::UndefinedBehavior::Strict);
        templates.set_syntax(SyntaxConfig::builder().trim_blocks(true).build()?);
        templates.add_template_owned("letter.html", layout(include_str!("../templates/letter.mjml"))?)?;
        templates.add_template("letter.txt", include_str!("../templates/letter.txt"))?;
        Ok(Self { words: Words::read(WORDS)?, templates })
    }

    pub fn compose(&self, letter: &Letter) -> Result<Composed, ComposeError> {
        letter.check()?;
        let writing = Writing::of(&self.words, letter)?;
        let key = letter.template.key();
        let part = |name: &str| writing.text(&format!("{key}.{name}"));
        let subject = clean_line(&writing.text(key));
        let greeting = writing.text(if letter.to.name().is_empty() { "greeting-unnamed" } else { "greeting" });
        let (lines, note) = (paragraphs(&part("text")), part("note"));
        let url = writing.value("url");
        let filled = context! {
            lang => writing.locale.to_string(),
            subject => subject.as_str(),
            greeting, lines, note, url,
            title => part("title"),
            facts => writing.facts(letter.template.facts()),
            quotes => writing.facts(letter.template.quotes()),
            action => part("action"),
            address_hint => writing.text("address-hint"),
            footer => writing.text("footer"),
            org => writing.value("org"),
        };
        let text = self.templates.get_template("letter.txt")?.render(filled.clone())?;
        let html = self.templates.get_template("letter.html")?.render(filled)?;
        Ok(Composed { subject, text, html })
    }
}

/// One letter's words and values.
struct Writing<'a> {
    words: &'a Words,
    locale: Locale,
    values: Vec<(&'a str, String)>,
}

impl<'a> Writing<'a> {
    fn of(words: &'a Words, letter: &'a Letter) -> Result<Self, BadLetter> {
        let given = letter.values()?.iter().filter_map(|(name, value)| Some((name.as_str(), shown(value)?)));
        let mut values: Vec<(&str, String)> = given.collect();
        values.push(("name", letter.to.name().to_owned()));
        Ok(Self { words, locale: Locale::negotiate(&letter.locale.to_string()), values })
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    fn text(&self, key: &str) -> String {
        let values: Vec<(&str, FluentValue<'_>)> =
            self.values.iter().map(|(name, value)| (*name, FluentValue::from(clean_line(value)))).collect();
        self.words.text_with(&self.locale, key, &values)
    }

    fn facts(&self, names: &[&str]) -> Vec<minijinja::Value> {
        let fact = |name: &&str| {
            let value = self.value(name).filter(|value| !value.is_empty())?.to_owned();
            let label = self.text(&format!("fact-{}", name.replace('_', "-")));
            Some(context! { label, value })
        };
        names.iter().filter_map(fact).collect()
    }
}

fn paragraphs(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn layout(mjml: &str) -> Result<String, ComposeError> {
    let parsed = mrml::parse(mjml).map_err(|e| ComposeError::Layout(e.to_string()))?;
    let options = mrml::prelude::render::RenderOptions::default();
    parsed.element.render(&options).map_err(|e| ComposeError::Layout(e.to_string()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Address, Template};

    fn letter(tag: &str, template: Template) -> Letter {
        let values = json!({
            "org": "Ningbo <Toys>", "url": "https://fair.example/deal/abc?x=1&y=2", "number": "LF-1001", "product": "Wooden blocks",
            "quantity": 48, "unit_price": "USD 3.20", "total": "USD 153.60", "reserved_until": "2026-05-14 12:00 UTC",
            "reason": "sold twice", "text": "How long\nto Osaka?", "company": "Ana & Co", "buyer": "Ana", "question": "EN 71?", "answer": "Yes, <b>all</b> of them.",
        });
        let to = Address::new("Ana & Co", "ana@example.com").unwrap();
        Letter { to, reply_to: None, locale: tag.parse().unwrap(), template, values }
    }

    #[test]
    fn every_letter_has_its_words_in_every_language() {
        let composer = Composer::new().unwrap();
        for template in Template::ALL {
            let mut subjects = std::collections::HashSet::new();
            for tag in Locale::INTERFACE {
                let mail = composer.compose(&letter(tag, template)).unwrap();
                for (place, text) in [("subject", &mail.subject), ("text", &mail.text), ("html", &mail.html)] {
                    let left = ["{$", "{ $", "{{", "{%", template.key(), "fact-", "\u{2068}", "\u{2069}"];
                    let found: Vec<_> = left.iter().filter(|left| text.contains(**left)).collect();
                    assert!(found.is_empty(), "{found:?} in the {place} of {template:?} in {tag}: {text}");
                }
                assert!(mail.html.contains(&format!("lang=\"{tag}\"")), "{tag}");
                subjects.insert(mail.subject);
            }
            assert_eq!(subjects.len(), Locale::INTERFACE.len(), "{template:?} has a subject of its own per language");
        }
    }

    #[test]
    fn values_are_escaped_in_html_and_plain_in_text() {
        let mail = Composer::new().unwrap().compose(&letter("en", Template::QuestionAnswered)).unwrap();
        assert!(mail.html.contains("Yes, &lt;b&gt;all&lt;&#x2f;b&gt; of them.") && !mail.html.contains("<b>all"));
        assert!(mail.html.contains("Ana &amp; Co") && mail.html.contains("Ningbo &lt;Toys&gt;"));
        assert!(
            mail.text.contains("Yes, <b>all</b> of them.")
                && mail.text.contains("https://fair.example/deal/abc?x=1&y=2")
        );
    }

    #[test]
    fn an_order_reads_like_this() {
        let mail = Composer::new().unwrap().compose(&letter("en", Template::OrderPlaced)).unwrap();
        insta::assert_snapshot!(format!("{}\n\n{}", mail.subject, mail.text));
    }

    #[test]
    fn a_language_we_do_not_write_is_answered_in_english() {
        let mail = Composer::new().unwrap().compose(&letter("fr", Template::MagicLink)).unwrap();
        assert!(mail.html.contains("lang=\"en\""));
    }

    #[test]
    fn a_letter_without_url_has_no_button() {
        let mut letter = letter("en", Template::InquiryReceived);
        letter.values.as_object_mut().unwrap().remove("url");
        let mail = Composer::new().unwrap().compose(&letter).unwrap();
        assert!(!mail.html.contains("<a ") && !mail.text.contains("http"));
    }
}
