//! The run sheet: what is shown when, one item on the air at a time.

use kernel::id::{EventId, ProductId, RunItemId};
use kernel::{Instant, LocalizedText};
use serde::{Deserialize, Serialize};

/// Items an event may have.
pub const MAX_ITEMS: usize = 100;
pub const MAX_MINUTES: i64 = 24 * 60;
pub const DEFAULT_MINUTES: i64 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunItemState {
    Queued,
    OnAir,
    Done,
    Skipped,
}

impl RunItemState {
    pub const ALL: [Self; 4] = [Self::Queued, Self::OnAir, Self::Done, Self::Skipped];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::OnAir => "on_air",
            Self::Done => "done",
            Self::Skipped => "skipped",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// The legal moves; `done → on_air` goes back, and what was skipped is taken up again.
    pub const fn may_become(self, to: Self) -> bool {
        matches!(
            (self, to),
            (Self::Queued, Self::OnAir | Self::Skipped)
                | (Self::OnAir, Self::Done)
                | (Self::Done, Self::OnAir)
                | (Self::Skipped, Self::Queued)
        )
    }

    /// Whether buyers have seen it; what they saw stays on the sheet.
    pub const fn was_shown(self) -> bool {
        matches!(self, Self::OnAir | Self::Done)
    }
}

/// One item of the run sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct RunItem {
    pub id: RunItemId,
    pub event: EventId,
    pub position: i64,
    pub state: RunItemState,
    /// Empty when the product's name is the title.
    pub title: LocalizedText,
    pub product: Option<ProductId>,
    pub minutes: i64,
    pub started_at: Option<Instant>,
}

/// The products of a run sheet in its order, each once.
pub fn products(items: &[RunItem]) -> Vec<ProductId> {
    let mut seen = std::collections::HashSet::new();
    items.iter().filter_map(|item| item.product).filter(|product| seen.insert(*product)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use RunItemState::{Done, OnAir, Queued, Skipped};

    #[test]
    fn only_the_listed_moves_are_legal() {
        let legal = [(Queued, OnAir), (Queued, Skipped), (OnAir, Done), (Done, OnAir), (Skipped, Queued)];
        for from in RunItemState::ALL {
            for to in RunItemState::ALL {
                assert_eq!(from.may_become(to), legal.contains(&(from, to)), "{from:?} → {to:?}");
            }
        }
    }
}
