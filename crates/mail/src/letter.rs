//! What is to be said, to whom, in which language.

use kernel::Locale;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

use crate::Address;

/// After this no mail is worth sending.
pub(crate) const WORTH_MOST: Duration = Duration::from_hours(7 * 24);

/// A mail to be composed and sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub to: Address,
    /// Who gets the answers; without one they go to the address that all letters come from, which nobody may read.
    pub reply_to: Option<Address>,
    /// The reader's language; the nearest one we write is taken.
    pub locale: Locale,
    pub template: Template,
    /// An object of texts and numbers, as [`Template`] lists them. Money and times come already formatted.
    pub values: Value,
}

/// The mails that exist. Every one takes `org`, the name of the firm that writes, and `url`, where its button leads;
/// values in brackets may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// A buyer's log-in link: `org, url`.
    MagicLink,
    /// `org, url, number, product, quantity, total [, unit_price, reserved_until]`.
    OrderPlaced,
    /// `org, url, number, product, quantity, total [, unit_price]`.
    OrderConfirmed,
    /// `org, number, product, quantity [, reason, url]`.
    OrderCancelled,
    /// `org, number, product, quantity [, url]`.
    OrderExpired,
    /// `org [, text, product, quantity, url]`.
    InquiryReceived,
    /// To a seller: `org, company, text [, product, quantity, country, buyer, email, url]`.
    InquiryNotice,
    /// `org, question, answer [, product, url]`.
    QuestionAnswered,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLetter {
    #[error("the values of a letter are an object")]
    NotAnObject,
    #[error("a {1} letter needs {0:?}")]
    Missing(&'static str, &'static str),
    #[error("the value {0:?} of a letter is neither text nor number")]
    NotText(String),
    #[error("the address behind the button is not http or https")]
    BadUrl,
}

impl Template {
    pub const ALL: [Self; 8] = [
        Self::MagicLink,
        Self::OrderPlaced,
        Self::OrderConfirmed,
        Self::OrderCancelled,
        Self::OrderExpired,
        Self::InquiryReceived,
        Self::InquiryNotice,
        Self::QuestionAnswered,
    ];

    /// The word the database keeps.
    pub fn word(self) -> &'static str {
        match self {
            Self::MagicLink => "magic_link",
            Self::OrderPlaced => "order_placed",
            Self::OrderConfirmed => "order_confirmed",
            Self::OrderCancelled => "order_cancelled",
            Self::OrderExpired => "order_expired",
            Self::InquiryReceived => "inquiry_received",
            Self::InquiryNotice => "inquiry_notice",
            Self::QuestionAnswered => "question_answered",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|template| template.word() == word)
    }

    /// The message of `mail.ftl`: its value is the subject, its attributes are the parts.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::MagicLink => "magic-link",
            Self::OrderPlaced => "order-placed",
            Self::OrderConfirmed => "order-confirmed",
            Self::OrderCancelled => "order-cancelled",
            Self::OrderExpired => "order-expired",
            Self::InquiryReceived => "inquiry-received",
            Self::InquiryNotice => "inquiry-notice",
            Self::QuestionAnswered => "question-answered",
        }
    }

    /// Values without which the letter says nothing.
    pub fn required(self) -> &'static [&'static str] {
        match self {
            Self::MagicLink => &["org", "url"],
            Self::OrderPlaced | Self::OrderConfirmed => &["org", "url", "number", "product", "quantity", "total"],
            Self::OrderCancelled | Self::OrderExpired => &["org", "number", "product", "quantity"],
            Self::InquiryReceived => &["org"],
            Self::InquiryNotice => &["org", "company", "text"],
            Self::QuestionAnswered => &["org", "question", "answer"],
        }
    }

    /// Values shown as a table, in this order, each under `fact-{name}`.
    pub(crate) fn facts(self) -> &'static [&'static str] {
        match self {
            Self::MagicLink | Self::QuestionAnswered => &[],
            Self::OrderPlaced => &["number", "product", "quantity", "unit_price", "total", "reserved_until"],
            Self::OrderConfirmed => &["number", "product", "quantity", "unit_price", "total"],
            Self::OrderCancelled => &["number", "product", "quantity", "reason"],
            Self::OrderExpired => &["number", "product", "quantity"],
            Self::InquiryReceived => &["product", "quantity"],
            Self::InquiryNotice => &["product", "quantity", "company", "country", "buyer", "email"],
        }
    }

    /// Values that are people's own words, shown as quotations.
    pub(crate) fn quotes(self) -> &'static [&'static str] {
        match self {
            Self::InquiryReceived | Self::InquiryNotice => &["text"],
            Self::QuestionAnswered => &["question", "answer"],
            _ => &[],
        }
    }

    /// How long after it was queued a mail is worth sending.
    pub(crate) fn worth(self) -> Duration {
        match self {
            Self::MagicLink => Duration::from_mins(30),
            _ => WORTH_MOST,
        }
    }
}

impl Letter {
    /// Whether the letter can be composed: all it needs is there, and its button leads to a page.
    pub fn check(&self) -> Result<(), BadLetter> {
        let values = self.values()?;
        let (template, says) = (self.template, |name: &str| values.get(name).is_some_and(|v| shown(v).is_some()));
        if let Some(missing) = template.required().iter().find(|name| !says(name)) {
            return Err(BadLetter::Missing(missing, template.word()));
        }
        if let Some((name, _)) = values.iter().find(|(_, value)| shown(value).is_none() && !value.is_null()) {
            return Err(BadLetter::NotText(name.clone()));
        }
        match values.get("url").and_then(Value::as_str) {
            Some(url) if !(url.starts_with("https://") || url.starts_with("http://")) => Err(BadLetter::BadUrl),
            _ => Ok(()),
        }
    }

    pub(crate) fn values(&self) -> Result<&Map<String, Value>, BadLetter> {
        self.values.as_object().ok_or(BadLetter::NotAnObject)
    }
}

/// The value as people read it; `None` when it is neither text nor number.
pub(crate) fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn letter(values: Value) -> Letter {
        let to = Address::new("Ana", "ana@example.com").unwrap();
        Letter { to, reply_to: None, locale: Locale::english(), template: Template::MagicLink, values }
    }

    #[test]
    fn a_letter_without_what_it_needs_is_refused() {
        let refusal = |values| letter(values).check().unwrap_err();
        assert_eq!(refusal(json!({"org": "Ningbo Toys"})), BadLetter::Missing("url", "magic_link"));
        assert_eq!(refusal(json!({"org": "N", "url": "javascript:alert(1)"})), BadLetter::BadUrl);
        assert_eq!(refusal(json!({"org": "N", "url": "https://x", "more": []})), BadLetter::NotText("more".into()));
        assert_eq!(refusal(json!("text")), BadLetter::NotAnObject);
        assert_eq!(letter(json!({"org": "N", "url": "https://x", "more": null})).check(), Ok(()));
    }

    #[test]
    fn words_of_templates_read_back() {
        for template in Template::ALL {
            assert_eq!(Template::from_word(template.word()), Some(template));
        }
    }
}
