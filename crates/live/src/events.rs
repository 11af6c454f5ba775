//! Plans events and moves them through their states.

use kernel::db::sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use kernel::id::{EventId, OrgId, PersonId, ProductId, RecordingId};
use kernel::text::clean_line;
use kernel::{Actor, Instant, Locale, LocalizedText};
use media::{RecordingState, StreamState, Warning, WarningCode};

use crate::LiveError as E;
use crate::bus::EventStateChanged;
use crate::event::{By, Event, EventState, Plan};
use crate::live::{Live, stream_name};
use crate::run::{self, RunItem};
use crate::store::{self, Audit};

const MAX_REASON_CHARS: usize = 500;

/// Who moves an event.
#[derive(Clone, Copy)]
pub enum Mover<'a> {
    Crew(&'a Actor),
    System,
}

/// What to change of a plan; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct PlanChange {
    pub version: Option<i64>,
    pub title: Option<LocalizedText>,
    pub text: Option<LocalizedText>,
    pub languages: Option<Vec<Locale>>,
    pub markets: Option<Vec<String>>,
    pub hosts: Option<Vec<PersonId>>,
    pub starts_at: Option<Instant>,
    pub time_zone: Option<String>,
}

impl PlanChange {
    fn touches_the_date(&self) -> bool {
        self.languages.is_some() || self.starts_at.is_some() || self.time_zone.is_some()
    }
}

/// One line of the checklist before going live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    pub key: &'static str,
    pub ok: bool,
    /// What to do when it is not.
    pub advice: &'static str,
    /// Whether the show cannot go live without it.
    pub required: bool,
}

/// An event with its run sheet.
#[derive(Clone, Debug)]
pub struct Show {
    pub event: Event,
    pub items: Vec<RunItem>,
}

impl Live {
    /// Plans an event, as a draft.
    pub async fn plan(&self, org: OrgId, by: Option<PersonId>, mut plan: Plan) -> Result<Event, E> {
        if plan.hosts.is_empty() {
            plan.hosts.extend(by);
        }
        if plan.languages.is_empty() {
            plan.languages = plan.title.iter().map(|(locale, _)| locale.clone()).collect();
        }
        let now = self.clock.now();
        let event = Event {
            id: EventId::new(),
            org,
            state: EventState::Draft,
            state_since: now,
            version: 1,
            plan: plan.checked()?,
            recording: None,
            pins: Vec::new(),
            pins_version: 0,
            is_pinned_by_hand: false,
            sheet_version: 0,
            updated_at: now,
        };
        let txn = self.db.write().await?;
        store::insert_event(&txn, &event).await?;
        self.tell_state(&txn, &event).await?;
        txn.commit().await?;
        self.outbox.wake();
        Ok(event)
    }

    /// The organisation's events, the newest first, one more than `limit`.
    pub async fn events(&self, org: OrgId, after: Option<EventId>, limit: u64) -> Result<Vec<Event>, E> {
        Ok(store::events(self.db.read(), Some(org), &EventState::ALL, after, limit + 1).await?)
    }

    /// One event of the organisation.
    pub async fn event(&self, org: OrgId, id: EventId) -> Result<Event, E> {
        owned(self.db.read(), org, id).await
    }

    /// Changes the plan. Date, zone and languages are fixed once the event runs.
    pub async fn change(&self, org: OrgId, id: EventId, change: PlanChange) -> Result<Event, E> {
        let txn = self.db.write().await?;
        let before = held(&txn, org, id).await?;
        if change.version.is_some_and(|version| version != before.version) {
            return Err(E::VersionConflict { version: before.version, state: before.state });
        }
        let is_over = matches!(before.state, EventState::Archived | EventState::Cancelled);
        if is_over || (change.touches_the_date() && !before.state.is_planned()) {
            return Err(E::Fixed { state: before.state });
        }
        let mut after = before.clone();
        let plan = &mut after.plan;
        let PlanChange { version: _, title, text, languages, markets, hosts, starts_at, time_zone } = change;
        plan.title = title.unwrap_or_else(|| std::mem::take(&mut plan.title));
        plan.text = text.unwrap_or_else(|| std::mem::take(&mut plan.text));
        plan.languages = languages.unwrap_or_else(|| std::mem::take(&mut plan.languages));
        plan.markets = markets.unwrap_or_else(|| std::mem::take(&mut plan.markets));
        plan.hosts = hosts.unwrap_or_else(|| std::mem::take(&mut plan.hosts));
        plan.starts_at = starts_at.unwrap_or(plan.starts_at);
        plan.time_zone = time_zone.unwrap_or_else(|| std::mem::take(&mut plan.time_zone));
        after.plan = after.plan.checked()?;
        if before.state != EventState::Draft {
            // What is announced stays fit to be announced; its start may have come meanwhile.
            let moved = after.plan.starts_at != before.plan.starts_at;
            let mut missing = after.plan.missing_to_schedule(self.clock.now());
            missing.retain(|what| moved || *what != "starts_at");
            if !missing.is_empty() {
                return Err(E::NotReady { missing });
            }
        }
        after.version += 1;
        after.updated_at = self.clock.now();
        save(&txn, &before, &after).await?;
        self.tell_state(&txn, &after).await?;
        txn.commit().await?;
        self.outbox.wake();
        Ok(after)
    }

    /// Moves an event to another state: one guarded update, an audit row and a happening, or nothing.
    pub async fn transition(
        &self,
        mover: Mover<'_>,
        id: EventId,
        from_version: Option<i64>,
        to: EventState,
        reason: &str,
    ) -> Result<Event, E> {
        let reason: String = clean_line(reason).chars().take(MAX_REASON_CHARS).collect();
        // Files are read before others wait for the database.
        let has_recording = to != EventState::Replay || self.has_recording(id).await?;
        let txn = self.db.write().await?;
        let before = store::hold_event(&txn, id).await?.ok_or(E::NoSuchEvent)?;
        let by = allowed(mover, &before, to)?;
        if from_version.is_some_and(|version| version != before.version) {
            return Err(E::VersionConflict { version: before.version, state: before.state });
        }
        self.guard(&txn, &before, to).await?;
        let now = self.clock.now();
        let mut after = before.clone();
        after.state = to;
        after.state_since = now;
        after.version += 1;
        after.updated_at = now;
        if (before.state, to) == (EventState::Scheduled, EventState::Live) {
            after.recording = Some(RecordingId::new());
        }
        if !has_recording {
            after.recording = None;
        }
        let was_rehearsed = before.state == EventState::Rehearsing;
        if was_rehearsed {
            after.sheet_version += 1;
            self.reset_sheet(&txn, &mut after).await?;
        }
        if to == EventState::Ended {
            after.sheet_version += 1;
            self.finish_item_on_air(&txn, &after).await?;
        }
        save(&txn, &before, &after).await?;
        store::insert_audit(&txn, &Audit { event: &after, from: before.state, by, reason: &reason, at: now }).await?;
        self.tell_state(&txn, &after).await?;
        if was_rehearsed {
            // After the state: rooms show nobody what is pinned in a rehearsal.
            self.tell_pins(&txn, &after).await?;
        }
        // On its own from here: whoever asked may leave, and what the move means to the media is done all the same.
        tokio::spawn(self.clone().carry_through(txn, before.state, after)).await?
    }

    async fn carry_through(self, txn: DatabaseTransaction, from: EventState, event: Event) -> Result<Event, E> {
        if (from, event.state) == (EventState::Scheduled, EventState::Live) {
            // Before anybody may watch, so that nobody sees the rehearsal.
            self.streams.begin_show(&stream_name(event.id));
        }
        txn.commit().await?;
        self.outbox.wake();
        self.forget_state(event.id);
        self.settle(from, &event).await;
        tracing::info!(event.id = %event.id, from = from.word(), to = event.state.word(), "an event moved");
        Ok(event)
    }

    /// Whether there is anything to play of the event.
    async fn has_recording(&self, id: EventId) -> Result<bool, E> {
        let event = store::event(self.db.read(), id).await?;
        let Some(recording) = event.and_then(|event| event.recording) else { return Ok(false) };
        Ok(self.recorders.is_playable(recording).await?)
    }

    /// What a move needs beside being legal.
    async fn guard(&self, txn: &DatabaseTransaction, event: &Event, to: EventState) -> Result<(), E> {
        let missing = match (event.state, to) {
            (EventState::Draft, EventState::Scheduled) => event.plan.missing_to_schedule(self.clock.now()),
            (EventState::Scheduled, EventState::Rehearsing) if store::keys(txn, event.id).await?.is_empty() => {
                vec!["stream_key"]
            }
            (EventState::Scheduled, EventState::Live) => {
                let checks = self.checks(txn, event).await?;
                checks.iter().filter(|check| !check.ok).map(|check| check.key).collect()
            }
            _ => Vec::new(),
        };
        if missing.is_empty() { Ok(()) } else { Err(E::NotReady { missing }) }
    }

    /// What the move means to the media: recordings and sources follow the event. A recording that cannot
    /// begin is told and never stops the show.
    async fn settle(&self, from: EventState, event: &Event) {
        let name = stream_name(event.id);
        match (from, event.state) {
            (EventState::Scheduled, EventState::Live) => self.record(event).await,
            // The encoder stays between rehearsal and show, so that a picture is there when the crew goes live.
            (_, EventState::Cancelled) => self.streams.end(&name),
            (_, EventState::Ended) => {
                self.streams.end(&name);
                self.seal(event).await;
            }
            _ => {}
        }
    }

    /// Records a live event, or goes on with the recording it has.
    pub(crate) async fn record(&self, event: &Event) {
        let Some(recording) = event.recording else { return };
        match self.recorders.start(&stream_name(event.id), recording).await {
            Ok(()) | Err(media::RecordError::AlreadyRunning) => {}
            Err(cause) => tracing::error!(%cause, event.id = %event.id, "the show is not being recorded"),
        }
    }

    /// What keeps a running show from being recorded, for the crew.
    pub(crate) fn recording_warning(&self, event: &Event) -> Option<Warning> {
        let recording = event.recording.filter(|_| event.state.is_running())?;
        let code = match self.recorders.status(recording)?.state {
            RecordingState::DiskLow => WarningCode::RecordingDiskLow,
            RecordingState::Failed => WarningCode::RecordingFailed,
            RecordingState::Open | RecordingState::Sealed => return None,
        };
        Some(Warning { code, fact: String::new() })
    }

    /// Ends the recording of an event.
    pub(crate) async fn seal(&self, event: &Event) {
        let Some(recording) = event.recording else { return };
        match self.recorders.stop(recording).await {
            Ok(()) | Err(media::RecordError::NotRunning) => {}
            Err(cause) => tracing::error!(%cause, event.id = %event.id, "the recording was not sealed"),
        }
    }

    pub(crate) async fn tell_state(&self, txn: &DatabaseTransaction, event: &Event) -> Result<(), E> {
        Ok(self.outbox.add(txn, &state_of(event)).await?)
    }

    /// The checklist before going live.
    pub async fn readiness(&self, org: OrgId, id: EventId) -> Result<Vec<Check>, E> {
        let event = owned(self.db.read(), org, id).await?;
        let mut checks = self.checks(self.db.read(), &event).await?;
        let recorders = self.recorders.clone();
        let has_room = tokio::task::spawn_blocking(move || recorders.has_room()).await?;
        let advice = "Free space for the recording.";
        checks.push(Check { key: "disk", ok: has_room, advice, required: false });
        Ok(checks)
    }

    /// What going live needs.
    async fn checks(&self, conn: &impl ConnectionTrait, event: &Event) -> Result<Vec<Check>, E> {
        let items = store::items(conn, event.id).await?;
        let has_key = !store::keys(conn, event.id).await?.is_empty();
        let is_live = self.streams.find(&stream_name(event.id)).is_some_and(|s| s.state() == StreamState::Live);
        let products = run::products(&items);
        let are_published = self.are_published(conn, event.org, &products).await?;
        let check = |key, ok, advice| Check { key, ok, advice, required: true };
        Ok(vec![
            check("title", !event.plan.default_title().is_empty(), "Write the title in the event's first language."),
            check("run_sheet", !items.is_empty(), "Put at least one item on the run sheet."),
            check("products", are_published, "Publish every product of the run sheet."),
            check("stream_key", has_key, "Make a stream key for the encoder."),
            check("stream", is_live, "Start the encoder; its picture has not arrived."),
        ])
    }

    pub(crate) async fn are_published(
        &self,
        conn: &impl ConnectionTrait,
        org: OrgId,
        products: &[ProductId],
    ) -> Result<bool, E> {
        let known = catalog::publication_of(conn, products).await?;
        Ok(products.iter().all(|product| known.get(product).is_some_and(|known| known.org == org && known.published)))
    }

    /// What visitors see, the newest first, one more than `limit`.
    pub async fn shows(&self, after: Option<EventId>, limit: u64) -> Result<Vec<Show>, E> {
        let states: Vec<EventState> = EventState::ALL.into_iter().filter(|state| state.shown().is_some()).collect();
        let events = store::events(self.db.read(), None, &states, after, limit + 1).await?;
        Ok(self.with_items(events).await?)
    }

    /// The events with their run sheets.
    pub(crate) async fn with_items(&self, events: Vec<Event>) -> Result<Vec<Show>, DbErr> {
        let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
        let mut items = store::items_of(self.db.read(), &ids).await?;
        Ok(events
            .into_iter()
            .map(|event| {
                let (own, rest) = std::mem::take(&mut items).into_iter().partition(|item| item.event == event.id);
                items = rest;
                Show { event, items: own }
            })
            .collect())
    }

    /// Whose show it is.
    pub async fn firm_of(&self, id: EventId) -> Result<Option<OrgId>, DbErr> {
        Ok(store::event(self.db.read(), id).await?.map(|event| event.org))
    }

    /// One show that visitors may see.
    pub async fn show(&self, id: EventId) -> Result<Show, E> {
        let event = store::event(self.db.read(), id).await?.filter(|event| event.state.shown().is_some());
        let event = event.ok_or(E::NoSuchEvent)?;
        let items = store::items(self.db.read(), id).await?;
        Ok(Show { event, items })
    }
}

/// Whether the mover may; the person who does.
fn allowed(mover: Mover<'_>, event: &Event, to: EventState) -> Result<Option<PersonId>, E> {
    let illegal = E::IllegalTransition { from: event.state, to };
    match (mover, event.state.move_to(to)) {
        (Mover::System, Some(By::System | By::Either(_))) => Ok(None),
        (Mover::Crew(actor), Some(By::Crew(right) | By::Either(right))) => {
            let org = actor.require(right).map_err(E::Denied)?;
            if org == event.org { Ok(actor.person().ok()) } else { Err(E::NoSuchEvent) }
        }
        (Mover::Crew(actor), _) if actor.org != Some(event.org) => Err(E::NoSuchEvent),
        _ => Err(illegal),
    }
}

pub(crate) fn state_of(event: &Event) -> EventStateChanged {
    EventStateChanged {
        event: event.id,
        org: event.org,
        to: event.state,
        version: event.version,
        languages: event.plan.languages.clone(),
        title: event.plan.title.clone(),
    }
}

pub(crate) async fn owned(conn: &impl ConnectionTrait, org: OrgId, id: EventId) -> Result<Event, E> {
    store::event(conn, id).await?.filter(|event| event.org == org).ok_or(E::NoSuchEvent)
}

/// An event that is about to change, or whose items are: others who want to change it wait.
pub(crate) async fn held(txn: &DatabaseTransaction, org: OrgId, id: EventId) -> Result<Event, E> {
    store::hold_event(txn, id).await?.filter(|event| event.org == org).ok_or(E::NoSuchEvent)
}

pub(crate) async fn save(txn: &DatabaseTransaction, before: &Event, after: &Event) -> Result<(), E> {
    if store::update_event(txn, before, after).await? {
        return Ok(());
    }
    Err(E::VersionConflict { version: before.version, state: before.state })
}
