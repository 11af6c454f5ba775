//! The list of shows as visitors read it: what comes, the nearest first, and what is over, the latest first.

use std::fmt;
use std::str::FromStr;

use kernel::Instant;
use kernel::id::EventId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::LiveError as E;
use crate::event::EventState;
use crate::events::Show;
use crate::live::Live;
use crate::store;

/// Which shows a list holds, in the order of their start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// On the air or planned, the nearest first.
    Coming,
    /// Over, the latest first.
    Past,
}

impl When {
    fn holds(self, state: EventState) -> bool {
        let is_coming = state.is_planned() || state.is_running();
        state.shown().is_some() && is_coming == (self == Self::Coming)
    }
}

/// A place in a list by start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub starts_at: Instant,
    pub id: EventId,
}

impl Place {
    pub fn of(show: &Show) -> Self {
        Self { starts_at: show.event.plan.starts_at, id: show.event.id }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.starts_at.micros(), self.id)
    }
}

impl FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (micros, id) = text.split_once('.').ok_or(())?;
        let starts_at = Instant::from_micros(micros.parse().map_err(|_ignored| ())?);
        Ok(Self { starts_at, id: id.parse().map_err(|_ignored| ())? })
    }
}

impl Live {
    /// What visitors see of `when`, in the order of the start, one more than `limit`.
    pub async fn shows_by_start(&self, when: When, after: Option<Place>, limit: u64) -> Result<Vec<Show>, E> {
        let states: Vec<EventState> = EventState::ALL.into_iter().filter(|state| when.holds(*state)).collect();
        let events = store::events_by_start(self.db.read(), &states, when, after, limit + 1).await?;
        Ok(self.with_items(events).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_show_that_visitors_see_is_in_one_list() {
        for state in EventState::ALL {
            let lists = [When::Coming, When::Past].into_iter().filter(|when| when.holds(state)).count();
            assert_eq!(lists, usize::from(state.shown().is_some()), "{state:?}");
        }
        assert!(When::Coming.holds(EventState::Live) && When::Past.holds(EventState::Replay));
    }

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let place = Place { starts_at: Instant::from_micros(1_800_000_000_000_000), id: EventId::new() };
        assert_eq!(place.to_string().parse(), Ok(place));
        assert!("17".parse::<Place>().is_err());
    }
}
