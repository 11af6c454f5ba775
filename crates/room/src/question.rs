//! Questions: the states one passes through, as one table. A question never disappears.

use std::str::FromStr;

use kernel::Instant;
use kernel::id::{AnswerId, EventId, InquiryId, PersonId, ProductId, QuestionId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionState {
    New,
    Assigned,
    AnsweredOnAir,
    AnsweredText,
    Merged,
    Dismissed,
    Converted,
    Owed,
}

impl QuestionState {
    pub const ALL: [Self; 8] = [
        Self::New,
        Self::Assigned,
        Self::AnsweredOnAir,
        Self::AnsweredText,
        Self::Merged,
        Self::Dismissed,
        Self::Converted,
        Self::Owed,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Assigned => "assigned",
            Self::AnsweredOnAir => "answered_on_air",
            Self::AnsweredText => "answered_text",
            Self::Merged => "merged",
            Self::Dismissed => "dismissed",
            Self::Converted => "converted",
            Self::Owed => "owed",
        }
    }

    /// Whether a question may pass from here to `to`.
    pub fn may_become(self, to: Self) -> bool {
        use QuestionState::{AnsweredOnAir, AnsweredText, Assigned, Converted, Dismissed, Merged, New, Owed};
        match (self, to) {
            (New, Assigned)
            | (Assigned, New)
            | (New | Assigned, AnsweredOnAir | AnsweredText | Merged | Dismissed | Owed)
            | (Owed, AnsweredText | Dismissed) => true,
            (from, Converted) => from != Dismissed && from != Converted,
            _ => false,
        }
    }
}

impl FromStr for QuestionState {
    type Err = UnknownState;
    fn from_str(word: &str) -> Result<Self, UnknownState> {
        Self::ALL.into_iter().find(|state| state.word() == word).ok_or(UnknownState)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a state of a question")]
pub struct UnknownState;

/// A question somebody asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub id: QuestionId,
    pub event: EventId,
    pub participant: String,
    pub name: String,
    pub text: String,
    pub lang: String,
    pub product: Option<ProductId>,
    pub at_ms: Option<i64>,
    pub private: bool,
    pub state: QuestionState,
    pub version: i64,
    pub assignee: Option<PersonId>,
    pub merged_into: Option<QuestionId>,
    pub inquiry: Option<InquiryId>,
    pub reason: Option<String>,
    pub asked_at: Instant,
    pub answers: Vec<Answer>,
}

impl Question {
    /// Whether everybody reads it: not what was asked in private, was asked before, or was sent away.
    pub fn is_public(&self) -> bool {
        !self.private && self.merged_into.is_none() && self.state != QuestionState::Dismissed
    }
}

/// An answer in writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub id: AnswerId,
    pub question: QuestionId,
    pub text: String,
    pub lang: String,
    /// The name of who answered.
    pub by: String,
    /// Everybody sees it; otherwise only the asker.
    pub public: bool,
    pub at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_states_is_decided() {
        // Rows and columns in the order of ALL; x = may become.
        let table = [
            ("new            ", ".xxxxxxx"),
            ("assigned       ", "x.xxxxxx"),
            ("answered_on_air", "......x."),
            ("answered_text  ", "......x."),
            ("merged         ", "......x."),
            ("dismissed      ", "........"),
            ("converted      ", "........"),
            ("owed           ", "...x.xx."),
        ];
        for (from, (word, row)) in QuestionState::ALL.into_iter().zip(table) {
            assert_eq!(from.word(), word.trim());
            for (to, mark) in QuestionState::ALL.into_iter().zip(row.chars()) {
                assert_eq!(from.may_become(to), mark == 'x', "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn states_are_read_back_from_their_words() {
        for state in QuestionState::ALL {
            assert_eq!(state.word().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.word());
        }
        assert_eq!("lost".parse::<QuestionState>(), Err(UnknownState));
    }
}
