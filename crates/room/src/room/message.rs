//! A chat message: the states it passes through, and what a moderator may decide about it.

use kernel::Instant;
use kernel::id::{EventId, MessageId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    Held,
    Visible,
    SampledOut,
    Shadowed,
    Refused,
    Lapsed,
    Removed,
}

impl MessageState {
    pub const ALL: [Self; 7] =
        [Self::Held, Self::Visible, Self::SampledOut, Self::Shadowed, Self::Refused, Self::Lapsed, Self::Removed];

    pub fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Visible => "visible",
            Self::SampledOut => "sampled_out",
            Self::Shadowed => "shadowed",
            Self::Refused => "refused",
            Self::Lapsed => "lapsed",
            Self::Removed => "removed",
        }
    }

    /// What an author's acknowledgement says of a line that not everybody sees. One in the shadow looks as any other.
    pub fn mark(self) -> Option<&'static str> {
        match self {
            Self::Held => Some("held"),
            Self::SampledOut => Some("sampled"),
            _ => None,
        }
    }

    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What a moderator decides about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Remove,
    Restore,
    Approve,
    Refuse,
}

impl Decision {
    /// The state a message passes to, if it may.
    pub fn applied_to(self, state: MessageState) -> Option<MessageState> {
        match (self, state) {
            (Self::Remove, MessageState::Visible | MessageState::SampledOut) => Some(MessageState::Removed),
            (Self::Restore, MessageState::Removed) | (Self::Approve, MessageState::Held) => Some(MessageState::Visible),
            (Self::Refuse, MessageState::Held) => Some(MessageState::Refused),
            _ => None,
        }
    }
}

/// A chat message as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    pub event: EventId,
    pub participant: String,
    pub name: String,
    /// Said by the crew of the firm whose show it is.
    pub crew: bool,
    pub text: String,
    pub lang: String,
    pub state: MessageState,
    pub at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_passes_only_to_the_states_a_decision_names() {
        let legal: Vec<_> = [Decision::Remove, Decision::Restore, Decision::Approve, Decision::Refuse]
            .into_iter()
            .flat_map(|decision| MessageState::ALL.map(|state| (state, decision, decision.applied_to(state))))
            .filter_map(|(state, decision, to)| Some((state.word(), decision, to?.word())))
            .collect();
        assert_eq!(
            legal,
            [
                ("visible", Decision::Remove, "removed"),
                ("sampled_out", Decision::Remove, "removed"),
                ("removed", Decision::Restore, "visible"),
                ("held", Decision::Approve, "visible"),
                ("held", Decision::Refuse, "refused"),
            ]
        );
    }
}
