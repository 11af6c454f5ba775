//! A sale event: what it says, and the states it moves through. Pure; time is an argument.

use std::time::Duration;

use kernel::id::{EventId, OrgId, PersonId, ProductId, RecordingId};
use kernel::text::{clean, clean_line};
use kernel::{Instant, Locale, LocalizedText, Right};
use media::StreamState;
use serde::{Deserialize, Serialize};

/// Products pinned at once.
pub const MAX_PINS: usize = 3;
const MAX_TITLE_CHARS: usize = 200;
const MAX_TEXT_CHARS: usize = 5_000;
const MAX_LANGUAGES: usize = 24;
const MAX_HOSTS: usize = 20;

/// A key opens the door this long before the start.
const DOOR_OPENS_BEFORE: Duration = Duration::from_hours(1);
/// A live event without samples for this long is interrupted.
pub const INTERRUPTED_AFTER: Duration = Duration::from_secs(10);
/// An interrupted event ends after this long.
pub const ENDED_AFTER: Duration = Duration::from_mins(30);
/// A rehearsal does not go on for longer.
pub const REHEARSAL_AT_MOST: Duration = Duration::from_hours(4);

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventState {
    Draft,
    Scheduled,
    Rehearsing,
    Live,
    Interrupted,
    Ended,
    Processing,
    Replay,
    Archived,
    Cancelled,
}

/// Who may make a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Crew(Right),
    System,
    Either(Right),
}

impl EventState {
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::Scheduled,
        Self::Rehearsing,
        Self::Live,
        Self::Interrupted,
        Self::Ended,
        Self::Processing,
        Self::Replay,
        Self::Archived,
        Self::Cancelled,
    ];

    /// The word the database and the wire use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Rehearsing => "rehearsing",
            Self::Live => "live",
            Self::Interrupted => "interrupted",
            Self::Ended => "ended",
            Self::Processing => "processing",
            Self::Replay => "replay",
            Self::Archived => "archived",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Who may move an event from here to `to`; `None` when nobody may.
    pub const fn move_to(self, to: Self) -> Option<By> {
        Some(match (self, to) {
            (Self::Draft, Self::Scheduled)
            | (Self::Draft | Self::Scheduled, Self::Cancelled)
            | (Self::Replay, Self::Archived) => By::Crew(Right::PlanEvents),
            (Self::Scheduled, Self::Rehearsing | Self::Live) | (Self::Live, Self::Ended) => By::Crew(Right::GoLive),
            (Self::Rehearsing, Self::Scheduled) | (Self::Interrupted, Self::Ended) => By::Either(Right::GoLive),
            (Self::Live, Self::Interrupted)
            | (Self::Interrupted, Self::Live)
            | (Self::Ended, Self::Processing)
            | (Self::Processing, Self::Replay) => By::System,
            _ => return None,
        })
    }

    /// What visitors are told: a rehearsal is nobody's business. `None` when they do not see the event.
    pub const fn shown(self) -> Option<Self> {
        match self {
            Self::Draft | Self::Cancelled | Self::Archived => None,
            Self::Rehearsing => Some(Self::Scheduled),
            other => Some(other),
        }
    }

    /// Whether the run sheet is being run.
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Rehearsing | Self::Live | Self::Interrupted)
    }

    /// Whether date, zone and languages may still change.
    pub const fn is_planned(self) -> bool {
        matches!(self, Self::Draft | Self::Scheduled)
    }
}

/// An event as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: EventId,
    pub org: OrgId,
    pub state: EventState,
    pub state_since: Instant,
    /// Of plan and state.
    pub version: i64,
    pub plan: Plan,
    pub recording: Option<RecordingId>,
    pub pins: Vec<ProductId>,
    pub pins_version: i64,
    /// Whether a person chose the pins: then an item that goes on the air leaves them.
    pub is_pinned_by_hand: bool,
    /// Of the run sheet's items and their order.
    pub sheet_version: i64,
    pub updated_at: Instant,
}

/// What is planned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub title: LocalizedText,
    pub text: LocalizedText,
    /// The first is the default.
    pub languages: Vec<Locale>,
    /// ISO 3166-1 alpha-2; none means everywhere.
    pub markets: Vec<String>,
    pub hosts: Vec<PersonId>,
    pub starts_at: Instant,
    /// IANA name.
    pub time_zone: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not as it must be")]
pub struct BadPlan(pub &'static str);

impl Plan {
    /// Cleans what people typed and checks its bounds; the error names the field.
    pub fn checked(mut self) -> Result<Self, BadPlan> {
        self.title = cleaned(&self.title, MAX_TITLE_CHARS, clean_line).ok_or(BadPlan("title"))?;
        self.text = cleaned(&self.text, MAX_TEXT_CHARS, clean).ok_or(BadPlan("text"))?;
        let mut seen = std::collections::HashSet::new();
        self.languages.retain(|locale| seen.insert(locale.clone()));
        if self.languages.len() > MAX_LANGUAGES {
            return Err(BadPlan("languages"));
        }
        for market in &mut self.markets {
            market.make_ascii_uppercase();
        }
        self.markets.sort();
        self.markets.dedup();
        if !self.markets.iter().all(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())) {
            return Err(BadPlan("markets"));
        }
        if self.hosts.len() > MAX_HOSTS {
            return Err(BadPlan("hosts"));
        }
        if jiff::tz::TimeZone::get(&self.time_zone).is_err() {
            return Err(BadPlan("time_zone"));
        }
        Ok(self)
    }

    pub fn default_language(&self) -> Locale {
        self.languages.first().cloned().unwrap_or_else(Locale::english)
    }

    /// The title in the default language; empty when there is none in it.
    pub fn default_title(&self) -> &str {
        let language = self.default_language();
        self.title.iter().find(|(locale, _)| **locale == language).map_or("", |(_, title)| title)
    }

    /// What a plan lacks before it can be announced.
    pub fn missing_to_schedule(&self, now: Instant) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.default_title().is_empty() {
            missing.push("title");
        }
        if self.languages.is_empty() {
            missing.push("languages");
        }
        if self.hosts.is_empty() {
            missing.push("hosts");
        }
        if self.starts_at <= now {
            missing.push("starts_at");
        }
        missing
    }
}

fn cleaned(text: &LocalizedText, max: usize, clean: fn(&str) -> String) -> Option<LocalizedText> {
    let mut kept = LocalizedText::default();
    for (locale, words) in text.iter() {
        let words = clean(words);
        if words.chars().count() > max {
            return None;
        }
        if !words.is_empty() {
            kept.set(locale.clone(), words);
        }
    }
    Some(kept)
}

/// Whether an encoder may come in.
pub fn accepts_source(state: EventState, starts_at: Instant, now: Instant) -> bool {
    match state {
        EventState::Scheduled => now >= starts_at - DOOR_OPENS_BEFORE,
        state => state.is_running(),
    }
}

/// Who may watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Everyone,
    Crew,
    Nobody,
}

/// Who may watch an event in this state.
pub const fn audience(state: EventState) -> Audience {
    match state {
        EventState::Live
        | EventState::Interrupted
        | EventState::Ended
        | EventState::Processing
        | EventState::Replay => Audience::Everyone,
        EventState::Scheduled | EventState::Rehearsing => Audience::Crew,
        EventState::Draft | EventState::Archived | EventState::Cancelled => Audience::Nobody,
    }
}

/// What a stream does: since when it has been live or silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    pub is_live: bool,
    pub since: Instant,
}

impl Flow {
    pub fn of(state: StreamState, since: Instant) -> Self {
        Self { is_live: state == StreamState::Live, since }
    }
}

/// The move that the system owes an event, given what its stream does.
///
/// `flow.since` of a stream that never came is when this process began to look: a restart is not silence.
pub fn due(state: EventState, state_since: Instant, flow: Flow, now: Instant) -> Option<EventState> {
    match state {
        EventState::Live if !flow.is_live && now.since(flow.since.max(state_since)) >= INTERRUPTED_AFTER => {
            Some(EventState::Interrupted)
        }
        EventState::Interrupted if flow.is_live => Some(EventState::Live),
        EventState::Interrupted if now.since(flow.since.max(state_since)) >= ENDED_AFTER => Some(EventState::Ended),
        EventState::Rehearsing if now.since(state_since) >= REHEARSAL_AT_MOST => Some(EventState::Scheduled),
        EventState::Ended => Some(EventState::Processing),
        EventState::Processing => Some(EventState::Replay),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EventState::{Archived, Cancelled, Draft, Ended, Interrupted, Live, Processing, Rehearsing, Replay, Scheduled};

    const PLAN: By = By::Crew(Right::PlanEvents);
    const GO: By = By::Crew(Right::GoLive);

    #[test]
    fn only_the_listed_moves_are_legal() {
        let legal = [
            (Draft, Scheduled, PLAN),
            (Draft, Cancelled, PLAN),
            (Scheduled, Cancelled, PLAN),
            (Scheduled, Rehearsing, GO),
            (Scheduled, Live, GO),
            (Rehearsing, Scheduled, By::Either(Right::GoLive)),
            (Live, Interrupted, By::System),
            (Live, Ended, GO),
            (Interrupted, Live, By::System),
            (Interrupted, Ended, By::Either(Right::GoLive)),
            (Ended, Processing, By::System),
            (Processing, Replay, By::System),
            (Replay, Archived, PLAN),
        ];
        for from in EventState::ALL {
            for to in EventState::ALL {
                let expected = legal.iter().find(|(f, t, _)| (*f, *t) == (from, to)).map(|(_, _, by)| *by);
                assert_eq!(from.move_to(to), expected, "{from:?} → {to:?}");
            }
            assert_eq!(EventState::from_word(from.word()), Some(from));
        }
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_millis(10_000_000 + seconds * 1000)
    }

    #[test]
    fn silence_interrupts_samples_resume_and_long_silence_ends() {
        let silent = |since| Flow { is_live: false, since: at(since) };
        let flowing = Flow { is_live: true, since: at(0) };
        assert_eq!(due(Live, at(0), flowing, at(500)), None);
        assert_eq!(due(Live, at(0), silent(100), at(109)), None);
        assert_eq!(due(Live, at(0), silent(100), at(110)), Some(Interrupted));
        assert_eq!(due(Interrupted, at(110), flowing, at(111)), Some(Live));
        assert_eq!(due(Interrupted, at(110), silent(100), at(1909)), None);
        assert_eq!(due(Interrupted, at(110), silent(100), at(1910)), Some(Ended));
    }

    #[test]
    fn a_stream_that_was_silent_before_the_start_gets_its_ten_seconds() {
        let silent = Flow { is_live: false, since: at(0) };
        assert_eq!(due(Live, at(100), silent, at(105)), None);
        assert_eq!(due(Live, at(100), silent, at(110)), Some(Interrupted));
    }

    #[test]
    fn a_rehearsal_is_closed_after_four_hours_and_other_states_wait_for_people() {
        let silent = Flow { is_live: false, since: at(0) };
        assert_eq!(due(Rehearsing, at(0), silent, at(14_399)), None);
        assert_eq!(due(Rehearsing, at(0), silent, at(14_400)), Some(Scheduled));
        for state in [Draft, Scheduled, Replay, Archived, Cancelled] {
            assert_eq!(due(state, at(0), silent, at(1_000_000)), None);
        }
    }

    #[test]
    fn the_door_opens_an_hour_before_the_start() {
        assert!(!accepts_source(Scheduled, at(3601), at(0)));
        assert!(accepts_source(Scheduled, at(3600), at(0)));
        for state in EventState::ALL {
            let expected = matches!(state, Scheduled | Rehearsing | Live | Interrupted);
            assert_eq!(accepts_source(state, at(0), at(0)), expected, "{state:?}");
        }
    }

    #[test]
    fn only_the_crew_sees_a_rehearsal() {
        assert_eq!(audience(Rehearsing), Audience::Crew);
        assert_eq!(audience(Live), Audience::Everyone);
        assert_eq!(audience(Draft), Audience::Nobody);
        assert_eq!(Rehearsing.shown(), Some(Scheduled));
        assert_eq!(Cancelled.shown(), None);
    }

    #[test]
    fn a_plan_is_cleaned_and_its_zone_must_exist() {
        let plan = Plan {
            title: LocalizedText::of([(Locale::english(), " Toys\u{202E} ".into())]),
            markets: vec!["us".into(), "US".into()],
            time_zone: "Asia/Shanghai".into(),
            languages: vec![Locale::english(), Locale::english()],
            ..Plan::default()
        };
        let checked = plan.clone().checked().unwrap();
        assert_eq!((checked.default_title(), checked.markets.len(), checked.languages.len()), ("Toys", 1, 1));
        assert_eq!(checked.missing_to_schedule(at(0)), ["hosts", "starts_at"]);
        assert_eq!(Plan { time_zone: "Ningbo".into(), ..plan.clone() }.checked(), Err(BadPlan("time_zone")));
        assert_eq!(Plan { markets: vec!["USA".into()], ..plan }.checked(), Err(BadPlan("markets")));
    }
}
