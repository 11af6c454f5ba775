//! Refusals as people and programs read them: RFC 9457 problem details.

use std::error::Error;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A refusal. `type` is stable (`/problems/out-of-stock`) and is the key of the sentence people read;
/// facts (`moq`, `left`) are members beside it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
pub struct Problem {
    /// `/problems/{code}`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code in words, in English.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What went wrong here, when that says more than the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Facts of this refusal.
    #[serde(flatten)]
    #[cfg_attr(feature = "http", schema(additional_properties))]
    pub facts: Map<String, Value>,
}

/// What SQLite, and the system beneath it, PostgreSQL and the blobs, say of a full disk.
const NO_ROOM: [&str; 2] = ["database or disk is full", "No space left on device"];

/// Whether a failure's words tell of a full disk.
pub(crate) fn says_no_room(words: &str) -> bool {
    NO_ROOM.iter().any(|full| words.contains(full))
}

impl Problem {
    /// A refusal with a kebab-case `code`.
    pub fn new(status: u16, code: &str) -> Self {
        let mut title = code.replace('-', " ");
        title[..1].make_ascii_uppercase();
        Self { kind: format!("/problems/{code}"), title, status, detail: None, facts: Map::new() }
    }

    pub fn bad_request(code: &str) -> Self {
        Self::new(400, code)
    }
    pub fn unauthorized(code: &str) -> Self {
        Self::new(401, code)
    }
    pub fn forbidden(code: &str) -> Self {
        Self::new(403, code)
    }
    pub fn not_found(code: &str) -> Self {
        Self::new(404, code)
    }
    pub fn conflict(code: &str) -> Self {
        Self::new(409, code)
    }
    pub fn unprocessable(code: &str) -> Self {
        Self::new(422, code)
    }
    /// Too many: says when to come back.
    pub fn slow_down(code: &str, retry_after_s: u64) -> Self {
        Self::new(429, code).with("retry_after_s", retry_after_s)
    }
    pub fn unavailable(code: &str) -> Self {
        Self::new(503, code)
    }

    /// Our own fault: logs the cause with its sources, here and once, and tells nobody outside. A full disk is told,
    /// since waiting does not help and somebody must make room.
    pub fn internal(cause: &dyn Error) -> Self {
        let mut chain = cause.to_string();
        let mut next = cause.source();
        while let Some(source) = next {
            chain = format!("{chain}: {source}");
            next = source.source();
        }
        tracing::error!(cause = chain, "a request failed");
        if says_no_room(&chain) {
            return Self::new(507, "storage-full");
        }
        Self::new(500, "internal")
    }

    pub fn with(mut self, fact: &str, value: impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.facts.insert(fact.to_owned(), value);
        self
    }

    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The code: `out-of-stock` of `/problems/out-of-stock`.
    pub fn code(&self) -> &str {
        self.kind.strip_prefix("/problems/").unwrap_or(&self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_carries_its_facts_beside_its_type() {
        let problem = Problem::unprocessable("below-moq").with("moq", 24);
        let json = serde_json::to_value(&problem).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"type": "/problems/below-moq", "title": "Below moq", "status": 422, "moq": 24})
        );
        assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
    }
}
