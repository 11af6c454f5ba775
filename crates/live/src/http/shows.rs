//! Shows as visitors see them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use axum::extract::State;
use kernel::http::{Json, Language, Listed, Page, Path, Query};
use kernel::id::{EventId, OrgId, ProductId, RecordingId};
use kernel::{Instant, Locale, Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::event::EventState;
use crate::events::Show;
use crate::listing::{Place, When};
use crate::live::Live;
use crate::run::{self, RunItemState};

/// A show as visitors see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShowView {
    pub id: EventId,
    pub org: OrgId,
    /// The name of the firm that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org_name: Option<String>,
    pub title: String,
    pub text: String,
    /// The language `title` is in.
    pub lang: String,
    pub state: EventState,
    pub starts_at: Instant,
    /// IANA name.
    pub time_zone: String,
    pub languages: Vec<Locale>,
    /// In run order.
    pub products: Vec<ProductId>,
    pub pins: Vec<ProductId>,
    /// The product of the item on the air.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_air: Option<ProductId>,
    /// Once it can be watched again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingId>,
}

impl ShowView {
    /// The show for a reader.
    pub fn of(show: &Show, org_name: Option<String>, reader: &Locale) -> Self {
        let Show { event, items } = show;
        let (lang, title) = event.plan.title.choose(reader).map_or_else(
            || (reader.to_string(), String::new()),
            |(locale, title)| (locale.to_string(), title.to_owned()),
        );
        let on_air = items.iter().find(|item| item.state == RunItemState::OnAir).and_then(|item| item.product);
        Self {
            id: event.id,
            org: event.org,
            org_name,
            title,
            text: event.plan.text.pick(reader).to_owned(),
            lang,
            state: event.state.shown().unwrap_or(event.state),
            starts_at: event.plan.starts_at,
            time_zone: event.plan.time_zone.clone(),
            languages: event.plan.languages.clone(),
            products: run::products(items),
            pins: if event.state.shown() == Some(event.state) { event.pins.clone() } else { Vec::new() },
            on_air: on_air.filter(|_| event.state.shown() == Some(event.state)),
            recording: event.recording.filter(|_| event.state == EventState::Replay),
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ShowFilter {
    /// What comes, the nearest first, or what is over, the latest first; all shows when absent, the newest first.
    #[param(inline)]
    when: Option<When>,
}

/// Lists shows.
#[utoipa::path(get, path = "/api/v1/shows", tag = "live", params(Page, ShowFilter, ("lang" = Option<String>, Query)),
    responses((status = 200, body = Listed<ShowView>)))]
pub async fn shows(
    State(live): State<Live>,
    Language(reader): Language,
    Query(page): Query<Page>,
    Query(filter): Query<ShowFilter>,
) -> Result<Json<Listed<ShowView>>, Problem> {
    let limit = page.limit();
    let listed = if let Some(when) = filter.when {
        let found = live.shows_by_start(when, page.after()?, limit).await?;
        Listed::cut(found, limit, |show| Place::of(show).to_string())
    } else {
        Listed::cut(live.shows(page.after()?, limit).await?, limit, |show| show.event.id.to_string())
    };
    let mut names = BTreeMap::new();
    for Show { event, .. } in &listed.items {
        if let Entry::Vacant(unread) = names.entry(event.org) {
            unread.insert(live.hosts.name_of(event.org).await);
        }
    }
    let name = |show: &Show| names.get(&show.event.org).cloned().flatten();
    Ok(Json(listed.map(|show| ShowView::of(&show, name(&show), &reader))))
}

/// Shows one show.
#[utoipa::path(get, path = "/api/v1/shows/{event}", tag = "live",
    params(("event" = EventId, Path), ("lang" = Option<String>, Query)),
    responses((status = 200, body = ShowView),
        (status = 404, body = Problem, content_type = "application/problem+json")))]
pub async fn show(
    State(live): State<Live>,
    Language(reader): Language,
    Path(id): Path<EventId>,
) -> Result<Json<ShowView>, Problem> {
    let show = live.show(id).await?;
    let name = live.hosts.name_of(show.event.org).await;
    Ok(Json(ShowView::of(&show, name, &reader)))
}
