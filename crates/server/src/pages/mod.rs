//! The buyers' pages as HTML: first paint, language, products, Open Graph card and an inquiry form that need no
//! script. The shell is the API's first client: what it shows is what `/api/v1` says.

mod api;
mod boot;
mod built;
mod calendar;
mod form;
mod shell;
mod visit;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, body::Body, middleware};
use identity::Orgs;
use kernel::http::{Language, Path, Query};
use kernel::words::Words;
use kernel::{Clock as _, Locale, Problem, SystemClock};
use serde::Deserialize;
use serde_json::Value;

use crate::assets::{self, Console, Watch};
use crate::headers::page_policy;
pub use api::Api;
use boot::as_script;
use built::Built;
use form::{Inquiry, InquiryForm};
use shell::Shell;
use visit::Form;

/// Language, words of the watch page, sentences for refusals, words of units.
macro_rules! texts {
    ($tag:literal) => {
        (
            $tag,
            include_str!(concat!("../../../../locales/", $tag, "/watch.ftl")),
            include_str!(concat!("../../../../locales/", $tag, "/problems.ftl")),
            include_str!(concat!("../../../../locales/", $tag, "/units.ftl")),
        )
    };
}
const PRODUCTS_AT_ONCE: usize = 100;
const TEXTS: [(&str, &str, &str, &str); 4] = [texts!("en"), texts!("zh-CN"), texts!("es"), texts!("ja")];

/// Serves the pages.
#[derive(Clone)]
pub struct Pages {
    api: Api,
    orgs: Orgs,
    words: Arc<Words>,
    problems: Arc<Words>,
    built: Arc<Built>,
    base: Arc<str>,
    console: Arc<ConsolePage>,
}

struct ConsolePage {
    html: Option<Vec<u8>>,
    policy: HeaderValue,
}

impl Pages {
    pub fn new(api: Api, orgs: Orgs, base: &str) -> anyhow::Result<Self> {
        let words = Words::read(TEXTS.iter().flat_map(|(tag, watch, _, units)| [(*tag, *watch), (*tag, *units)]))?;
        let problems = Words::read(TEXTS.iter().map(|(tag, _, problems, _)| (*tag, *problems)))?;
        let html = Console::get("index.html").map(|file| file.data.into_owned());
        let scripts = html.as_deref().map(boot::inline_script_hashes).unwrap_or_default();
        let console = ConsolePage { html, policy: page_policy(&scripts) };
        Ok(Self {
            api,
            orgs,
            words: words.into(),
            problems: problems.into(),
            built: Built::read().into(),
            base: base.into(),
            console: console.into(),
        })
    }

    pub fn routes(self) -> Router {
        Router::new()
            .route("/", get(index))
            .route("/e/{event}", get(watch))
            .route("/e/{event}/show.ics", get(calendar_file))
            .route("/e/{event}/inquiry", post(inquire))
            .route("/deal/{token}", get(deal))
            .route("/sign-in", get(sign_in))
            .route_layer(middleware::from_fn(visit::keep_language))
            .route("/favicon.svg", get(favicon))
            .route("/assets/watch/{*path}", get(watch_file))
            .route("/console", get(|| async { Redirect::permanent("/console/") }))
            .route("/console/", get(console))
            .route("/console/{*path}", get(console_file))
            .with_state(self)
    }

    /// The frame in a language, under the name of the firm whose house this is.
    async fn shell(&self, locale: Locale) -> Shell<'_> {
        let home = self.orgs.home().await.ok().flatten();
        let brand = home.map_or_else(|| "Livefair".to_owned(), |org| org.name);
        Shell { words: &self.words, problems: &self.problems, built: &self.built, base: &self.base, brand, locale }
    }
}

/// Where a list of shows goes on.
#[derive(Deserialize)]
struct IndexQuery {
    /// In what comes.
    from: Option<String>,
    /// In what is over.
    before: Option<String>,
}

async fn index(
    State(pages): State<Pages>,
    Language(locale): Language,
    Query(query): Query<IndexQuery>,
    headers: HeaderMap,
) -> Response {
    match both_lists(&pages, &locale, &query, &headers).await {
        Ok((coming, past)) => page(&locale, pages.shell(locale.clone()).await.index(&coming, &past)),
        Err(problem) => failed(&pages, locale, &problem).await,
    }
}

/// What comes and what is over; a list that goes on stands alone.
async fn both_lists(
    pages: &Pages,
    locale: &Locale,
    query: &IndexQuery,
    headers: &HeaderMap,
) -> Result<(Value, Value), Problem> {
    let list = async |when: &str, after: &Option<String>| {
        let asked = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("when", when)
            .append_pair("lang", &locale.to_string())
            .extend_pairs(after.iter().map(|place| ("after", place)))
            .finish();
        pages.api.get(&format!("/api/v1/shows?{asked}"), headers).await
    };
    let coming = if query.before.is_some() { Value::Null } else { list("coming", &query.from).await? };
    let past = if query.from.is_some() { Value::Null } else { list("past", &query.before).await? };
    Ok((coming, past))
}

#[derive(Deserialize)]
struct WatchQuery {
    sent: Option<String>,
}

async fn watch(
    State(pages): State<Pages>,
    Path(event): Path<String>,
    Language(locale): Language,
    Query(query): Query<WatchQuery>,
    headers: HeaderMap,
) -> Response {
    let inquiry = if query.sent.is_some() { Inquiry::Sent } else { Inquiry::default() };
    watch_page(&pages, &event, locale, &headers, &inquiry).await
}

async fn watch_page(pages: &Pages, event: &str, locale: Locale, headers: &HeaderMap, inquiry: &Inquiry) -> Response {
    match show_and_products(pages, event, &locale, headers).await {
        Ok((show, products)) => {
            page(&locale, pages.shell(locale.clone()).await.watch(event, &show, &products, inquiry))
        }
        Err(problem) => failed(pages, locale, &problem).await,
    }
}

/// The show for the reader's calendar.
async fn calendar_file(
    State(pages): State<Pages>,
    Path(event): Path<kernel::id::EventId>,
    Language(locale): Language,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let show = pages.api.get(&format!("/api/v1/shows/{event}?lang={locale}"), &headers).await?;
    let name = "attachment; filename=\"show.ics\"";
    let file = calendar::of(&show, &format!("{}/e/{event}?lang={locale}", pages.base), SystemClock.now());
    Ok(([(header::CONTENT_TYPE, calendar::TYPE), (header::CONTENT_DISPOSITION, name)], file).into_response())
}

/// The show as the API tells it, and the products of its run sheet, in its order.
async fn show_and_products(
    pages: &Pages,
    event: &str,
    locale: &Locale,
    headers: &HeaderMap,
) -> Result<(Value, Vec<Value>), Problem> {
    let event: kernel::id::EventId = event.parse().map_err(|_ignored| Problem::not_found("no-such-show"))?;
    let show = pages.api.get(&format!("/api/v1/shows/{event}?lang={locale}"), headers).await?;
    let ids: Vec<&str> = show["products"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut products = Vec::with_capacity(ids.len());
    for ids in ids.chunks(PRODUCTS_AT_ONCE) {
        let asked = format!("/api/v1/catalogue?lang={locale}&ids={}", ids.join(","));
        let mut listed = pages.api.get(&asked, headers).await?;
        products.append(listed["items"].as_array_mut().unwrap_or(&mut Vec::new()));
    }
    Ok((show, products))
}

/// Takes the form of a page without scripts. What is refused comes back filled in, with what is wrong.
async fn inquire(
    pages: Pages,
    Path(event): Path<kernel::id::EventId>,
    Language(locale): Language,
    headers: HeaderMap,
    Form(form): Form<InquiryForm>,
) -> Response {
    let asked = pages.api.post("/api/v1/inquiries", &form.key, &form.wish(event, &locale)).await;
    let Err(problem) = asked else {
        return Redirect::to(&format!("/e/{event}?lang={locale}&sent=1#shell-form")).into_response();
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let refused = Inquiry::Refused { form: form.into(), problem: problem.into() };
    let mut response = watch_page(&pages, &event.to_string(), locale, &headers, &refused).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

async fn deal(State(pages): State<Pages>, Language(locale): Language) -> Response {
    let mut response = page(&locale, pages.shell(locale.clone()).await.deal());
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

async fn sign_in(State(pages): State<Pages>, Language(locale): Language) -> Response {
    page(&locale, pages.shell(locale.clone()).await.sign_in())
}

async fn failed(pages: &Pages, locale: Locale, problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let html = pages.shell(locale.clone()).await.message(problem);
    let mut response = page(&locale, html);
    *response.status_mut() = status;
    response
}

fn page(locale: &Locale, html: Result<String, askama::Error>) -> Response {
    let html = match html {
        Ok(html) => html,
        Err(cause) => return Problem::internal(&cause).into_response(),
    };
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, page_policy(&[]));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
    if let Ok(language) = HeaderValue::from_str(&locale.to_string()) {
        headers.insert(header::CONTENT_LANGUAGE, language);
    }
    response
}

async fn watch_file(Path(path): Path<String>, headers: HeaderMap) -> Response<Body> {
    let mut response = assets::file::<Watch>(&path, &headers);
    if response.status() == StatusCode::OK {
        let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(header::CACHE_CONTROL, kept);
    }
    response
}

async fn favicon() -> Response {
    let svg = include_str!("../../templates/favicon.svg");
    ([(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")], svg).into_response()
}

async fn console(State(pages): State<Pages>) -> Response {
    let Some(html) = &pages.console.html else {
        let text = "The console is not built. Run: make web\n";
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    };
    let mut response = Html(html.clone()).into_response();
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, pages.console.policy.clone());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// A file of the console, or its one page for every address inside it.
async fn console_file(State(pages): State<Pages>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    if path != "index.html" && Console::get(&path).is_some() {
        return assets::file::<Console>(&path, &headers);
    }
    if path.starts_with("_app/") {
        return Problem::not_found("no-such-path").into_response();
    }
    console(State(pages)).await
}
