//! The inquiry form of a page without scripts: empty, sent, or back with what was refused.

use kernel::id::EventId;
use kernel::{Locale, Problem};
use serde::Deserialize;
use serde_json::{Value, json};

/// What the form says. A field that did not arrive is empty, and refused as such.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct InquiryForm {
    /// The idempotency key.
    pub key: String,
    pub product: String,
    pub text: String,
    pub company: String,
    pub name: String,
    pub email: String,
    pub country: String,
}

impl InquiryForm {
    /// The inquiry that the API takes.
    pub fn wish(&self, event: EventId, lang: &Locale) -> Value {
        json!({
            "event": event,
            "product": (!self.product.is_empty()).then_some(&self.product),
            "text": self.text,
            "buyer": {
                "company": self.company, "name": self.name, "email": self.email,
                "country": self.country.to_uppercase(), "lang": lang
            }
        })
    }
}

/// How far the form of a page has come.
#[derive(Debug, Default)]
pub enum Inquiry {
    #[default]
    Open,
    Sent,
    Refused {
        form: Box<InquiryForm>,
        problem: Box<Problem>,
    },
}

/// The form as its template draws it.
pub struct FormView {
    pub sent: bool,
    pub form: InquiryForm,
    /// What went wrong, as people read it.
    pub refusal: Option<String>,
    /// The field that is wrong, where the refusal names one.
    wrong: Option<String>,
}

impl FormView {
    /// `sentence` puts a refusal into words.
    pub fn of(inquiry: &Inquiry, sentence: impl Fn(&Problem) -> String) -> Self {
        let fresh = || InquiryForm { key: uuid::Uuid::now_v7().to_string(), ..InquiryForm::default() };
        match inquiry {
            Inquiry::Open => Self { sent: false, form: fresh(), refusal: None, wrong: None },
            Inquiry::Sent => Self { sent: true, form: fresh(), refusal: None, wrong: None },
            Inquiry::Refused { form, problem } => {
                // Another content needs another key; what may have been taken already keeps its own.
                let key = if problem.status >= 500 { form.key.clone() } else { fresh().key };
                let form = InquiryForm { key, ..(**form).clone() };
                let wrong = problem.facts.get("field").and_then(Value::as_str).map(str::to_owned);
                Self { sent: false, form, refusal: Some(sentence(problem)), wrong }
            }
        }
    }

    pub fn is_wrong(&self, field: &str) -> bool {
        self.wrong.as_deref().is_some_and(|wrong| wrong.rsplit('.').next() == Some(field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_been_taken_is_sent_again_under_its_own_key() {
        let form = InquiryForm { key: "k".to_owned(), text: "MOQ?".to_owned(), ..InquiryForm::default() };
        let key_after = |status: u16| {
            let refused =
                Inquiry::Refused { form: Box::new(form.clone()), problem: Box::new(Problem::new(status, "x")) };
            FormView::of(&refused, |problem| problem.title.clone()).form.key
        };
        assert_eq!(key_after(503), "k");
        assert_ne!(key_after(422), "k");
    }
}
