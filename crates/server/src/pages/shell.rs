//! The HTML of each page, from what the API says.

use askama::Template;
use kernel::words::Words;
use kernel::{Instant, Locale, Problem, UnitPrice};
use serde_json::{Value, json};

use super::as_script;
use super::built::{Built, Entry};
use super::form::{FormView, Inquiry};

/// What a live page will need a moment after its first paint.
const ON_A_LIVE_PAGE: [&str; 1] = ["hls.light.mjs"];
const LANGUAGES: [(&str, &str, &str); 4] =
    [("en", "English", "en_US"), ("zh-CN", "中文", "zh_CN"), ("es", "Español", "es_ES"), ("ja", "日本語", "ja_JP")];

pub struct Shell<'a> {
    pub words: &'a Words,
    pub problems: &'a Words,
    pub built: &'a Built,
    pub base: &'a str,
    pub brand: String,
    pub locale: Locale,
}

/// What every page has around it.
struct Frame<'a> {
    words: &'a Words,
    locale: &'a Locale,
    lang: String,
    dir: &'static str,
    /// The firm whose house this is.
    brand: &'a str,
    title: String,
    entry: Entry,
}

impl Frame<'_> {
    fn word(&self, key: &str) -> String {
        self.words.text(self.locale, key)
    }

    /// The interface languages, each in its own name.
    #[expect(clippy::unused_self, reason = "templates reach what they show through their frame")]
    fn languages(&self) -> [(&'static str, &'static str, &'static str); 4] {
        LANGUAGES
    }

    /// The language as an Open Graph card names it: with a country.
    fn og_locale(&self) -> &'static str {
        LANGUAGES.iter().find(|(tag, ..)| *tag == self.lang).map_or("en_US", |(.., og)| og)
    }
}

struct ProductLine {
    id: String,
    name: String,
    sku: String,
    picture: Option<String>,
    price: Option<String>,
    moq: String,
}

struct ShowLine {
    id: String,
    title: String,
    state: String,
    live: bool,
    starts_at: String,
    starts_shown: String,
}

struct ShowList {
    heading: String,
    shows: Vec<ShowLine>,
    /// Where the list goes on.
    more: Option<String>,
}

#[derive(Template)]
#[template(path = "watch.html")]
struct WatchPage<'a> {
    frame: Frame<'a>,
    event: &'a str,
    /// The address without a language.
    url: String,
    org: String,
    text: String,
    /// What the card of a shared link says below the title.
    description: String,
    picture: Option<String>,
    picture_of: String,
    state: String,
    live: bool,
    starts_at: String,
    starts_shown: String,
    products: Vec<ProductLine>,
    view: FormView,
    messages: &'a str,
    boot: String,
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage<'a> {
    frame: Frame<'a>,
    lists: Vec<ShowList>,
}

#[derive(Template)]
#[template(path = "deal.html")]
struct DealPage<'a> {
    frame: Frame<'a>,
    messages: &'a str,
    boot: String,
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage<'a> {
    frame: Frame<'a>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    frame: Frame<'a>,
    text: String,
}

impl Shell<'_> {
    fn frame(&self, title: String, sources: &[&str]) -> Frame<'_> {
        self.frame_with(title, sources, &[])
    }

    fn frame_with(&self, title: String, sources: &[&str], soon: &[&str]) -> Frame<'_> {
        let sources: Vec<&str> = ["src/shell.css"].iter().chain(sources).copied().collect();
        let right_to_left = ["ar", "he", "fa"].contains(&self.locale.language());
        Frame {
            words: self.words,
            locale: &self.locale,
            lang: self.locale.to_string(),
            dir: if right_to_left { "rtl" } else { "ltr" },
            brand: &self.brand,
            title,
            entry: self.built.entry(&sources, soon),
        }
    }

    pub fn watch(
        &self,
        event: &str,
        show: &Value,
        products: &[Value],
        inquiry: &Inquiry,
    ) -> Result<String, askama::Error> {
        let line = self.show_line(show);
        let pictured = products.iter().find(|card| card["pictures"][0].is_string());
        let (org, text) = (text_of(&show["org_name"]), text_of(&show["text"]));
        let boot = json!({
            "event": event, "lang": self.locale, "show": show, "products": products,
            "media": format!("/live/{event}/index.m3u8"),
            "calendar": format!("/e/{event}/show.ics?lang={}", self.locale)
        });
        let soon: &[&str] = if line.live { &ON_A_LIVE_PAGE } else { &[] };
        WatchPage {
            frame: self.frame_with(line.title, &["src/watch.ts"], soon),
            event,
            url: format!("{}/e/{event}", self.base),
            description: if text.is_empty() { format!("{} · {}", org, line.starts_shown) } else { text.clone() },
            org,
            text,
            picture: pictured.and_then(|card| card["pictures"][0].as_str()).map(|path| format!("{}{path}", self.base)),
            picture_of: pictured.map(|card| text_of(&card["name"])).unwrap_or_default(),
            state: line.state,
            live: line.live,
            starts_at: line.starts_at,
            starts_shown: line.starts_shown,
            products: products.iter().map(|card| self.product_line(card)).collect(),
            view: FormView::of(inquiry, |problem| self.sentence(problem)),
            messages: self.built.words(&self.locale),
            boot: as_script(&boot),
        }
        .render()
    }

    /// What comes, and what is over.
    pub fn index(&self, coming: &Value, past: &Value) -> Result<String, askama::Error> {
        let mut lists = [self.show_list("index-coming", "from", coming), self.show_list("index-past", "before", past)];
        // Who is on the air now stands first, whenever the start was planned.
        lists[0].shows.sort_by_key(|show| !show.live);
        let frame = self.frame(self.words.text(&self.locale, "index-title"), &[]);
        IndexPage { frame, lists: lists.into_iter().filter(|list| !list.shows.is_empty()).collect() }.render()
    }

    fn show_list(&self, heading: &str, goes_on: &str, list: &Value) -> ShowList {
        let shows = list["items"].as_array().into_iter().flatten().map(|show| self.show_line(show)).collect();
        let more = list["next"].as_str().map(|place| format!("/?{goes_on}={place}"));
        ShowList { heading: self.words.text(&self.locale, heading), shows, more }
    }

    pub fn deal(&self) -> Result<String, askama::Error> {
        let title = self.words.text(&self.locale, "deal-title");
        let boot = as_script(&json!({"lang": self.locale}));
        DealPage { frame: self.frame(title, &["src/deal.ts"]), messages: self.built.words(&self.locale), boot }.render()
    }

    pub fn sign_in(&self) -> Result<String, askama::Error> {
        let title = self.words.text(&self.locale, "sign-in-title");
        SignInPage { frame: self.frame(title, &["src/sign-in.ts"]) }.render()
    }

    pub fn message(&self, problem: &Problem) -> Result<String, askama::Error> {
        let detail = problem.detail.clone().unwrap_or_default();
        MessagePage { frame: self.frame(self.sentence(problem), &[]), text: detail }.render()
    }

    /// What went wrong, as people read it: the problem's code is the key of its sentence.
    fn sentence(&self, problem: &Problem) -> String {
        let key = problem.code();
        let sentence = self.problems.text(&self.locale, key);
        if sentence == key { problem.title.clone() } else { sentence }
    }

    fn product_line(&self, card: &Value) -> ProductLine {
        let tier = card["tiers"].as_array().and_then(|tiers| tiers.first());
        let price = tier.and_then(|tier| serde_json::from_value::<UnitPrice>(tier["unit_price"].clone()).ok());
        let from = tier.and_then(|tier| tier["min_quantity"].as_i64()).unwrap_or(1);
        let unit = text_of(&card["unit"]);
        let say = |key: &str, count: i64| {
            let values = [("shown", count.to_string().into()), ("unit", self.unit(&unit, count).into())];
            self.words.text_with(&self.locale, key, &values)
        };
        ProductLine {
            id: text_of(&card["id"]),
            name: text_of(&card["name"]),
            sku: text_of(&card["sku"]),
            picture: card["picture"].as_str().map(str::to_owned),
            price: price.map(|price| format!("{price} {}", say("price-from", from))),
            moq: say("pieces", card["moq"].as_i64().unwrap_or(1)),
        }
    }

    /// The word for a unit beside a count; a unit without one is shown as it is.
    fn unit(&self, code: &str, count: i64) -> String {
        let key = format!("unit-{}", code.to_lowercase());
        let word = self.words.text_with(&self.locale, &key, &[("count", count.into())]);
        if word == key { code.to_owned() } else { word }
    }

    fn show_line(&self, show: &Value) -> ShowLine {
        let state = show["state"].as_str().unwrap_or_default();
        let key = match state {
            "live" => "state-live",
            "interrupted" => "state-interrupted",
            "ended" | "processing" => "state-ended",
            "replay" => "state-replay",
            "cancelled" => "state-cancelled",
            _ => "state-soon",
        };
        ShowLine {
            id: text_of(&show["id"]),
            title: text_of(&show["title"]),
            state: self.words.text(&self.locale, key),
            live: state == "live",
            starts_at: text_of(&show["starts_at"]),
            starts_shown: zoned(&show["starts_at"], &show["time_zone"]),
        }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The start in the firm's zone, with the zone named; the page's script shows the reader's own.
fn zoned(at: &Value, zone: &Value) -> String {
    let instant = at.as_str().and_then(|at| at.parse::<Instant>().ok());
    let zoned = instant.and_then(|at| at.timestamp().in_tz(zone.as_str().unwrap_or("UTC")).ok());
    zoned.map(|z| format!("{} ({})", z.strftime("%Y-%m-%d %H:%M"), zone.as_str().unwrap_or("UTC"))).unwrap_or_default()
}
