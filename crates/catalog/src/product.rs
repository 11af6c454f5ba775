//! What a firm sells: its texts, its one variant, its carton, and the states it moves through.

use kernel::id::{OrgId, PictureId, ProductId, VariantId};
use kernel::text::{clean, clean_line, folded};
use kernel::{Instant, Locale, LocalizedText};
use serde::{Deserialize, Serialize};

use crate::price::Prices;

pub const MAX_NAME_CHARS: usize = 200;
pub const MAX_TEXT_CHARS: usize = 5_000;
pub const MAX_LANGUAGES: usize = 24;
pub const MAX_PICTURES: usize = 12;
const MAX_SKU_CHARS: usize = 64;
const MAX_UNIT_CHARS: usize = 24;
/// A carton's side, 10 m, and weight, 10 t: beyond that a cell was filled in the wrong unit.
pub const MAX_CARTON: i64 = 10_000_000;

/// Where a product stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductState {
    Draft,
    Published,
    Paused,
    Retired,
}

/// What can be done with a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProductAction {
    Publish,
    Pause,
    Retire,
}

impl ProductState {
    pub const ALL: [Self; 4] = [Self::Draft, Self::Published, Self::Paused, Self::Retired];

    /// The word the database and the wire use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Paused => "paused",
            Self::Retired => "retired",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// The legal moves; everything else is refused.
    pub const fn after(self, action: ProductAction) -> Option<Self> {
        match (self, action) {
            (Self::Draft | Self::Paused, ProductAction::Publish) => Some(Self::Published),
            (Self::Published, ProductAction::Pause) => Some(Self::Paused),
            (Self::Draft | Self::Published | Self::Paused, ProductAction::Retire) => Some(Self::Retired),
            _ => None,
        }
    }
}

/// One shipping carton.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ProductCarton)]
pub struct Carton {
    pub pieces: i64,
    pub length_mm: i64,
    pub width_mm: i64,
    pub height_mm: i64,
    pub gross_g: i64,
}

/// A product as it is stored, with its variant.
#[derive(Clone, Debug, PartialEq)]
pub struct Product {
    pub id: ProductId,
    pub org: OrgId,
    pub variant: VariantId,
    pub state: ProductState,
    pub version: i64,
    pub spec: Spec,
    pub prices: Prices,
    pub lead_time_days: Option<i64>,
    /// Pieces that may still be sold; `None` when the product is made to order.
    pub available: Option<i64>,
    pub pictures: Vec<PictureId>,
    pub updated_at: Instant,
}

/// What a firm says about a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    pub sku: String,
    pub names: LocalizedText,
    pub texts: LocalizedText,
    pub unit: String,
    pub carton: Option<Carton>,
    /// ISO 3166-1 alpha-2, empty when unknown.
    pub origin: String,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    #[error("a SKU has 1 to {MAX_SKU_CHARS} characters")]
    BadSku,
    #[error("a name has at most {MAX_NAME_CHARS} characters")]
    NameTooLong(Locale),
    #[error("a text has at most {MAX_TEXT_CHARS} characters")]
    TextTooLong(Locale),
    #[error("at most {MAX_LANGUAGES} languages")]
    TooManyLanguages,
    #[error("a unit has 1 to {MAX_UNIT_CHARS} characters")]
    BadUnit,
    #[error("carton figures are whole numbers above zero")]
    BadCarton,
    #[error("the origin is a two-letter country code")]
    BadOrigin,
}

impl SpecError {
    /// The field that is wrong, as the API names it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::BadSku => "sku",
            Self::NameTooLong(_) | Self::TooManyLanguages => "names",
            Self::TextTooLong(_) => "texts",
            Self::BadUnit => "unit",
            Self::BadCarton => "carton",
            Self::BadOrigin => "origin",
        }
    }
}

impl Spec {
    /// Cleans what people typed and checks its bounds.
    pub fn checked(self) -> Result<Self, SpecError> {
        let sku = clean_line(&self.sku);
        if sku.is_empty() || sku.chars().count() > MAX_SKU_CHARS {
            return Err(SpecError::BadSku);
        }
        let unit = if self.unit.is_empty() { "piece".to_owned() } else { clean_line(&self.unit) };
        if unit.is_empty() || unit.chars().count() > MAX_UNIT_CHARS {
            return Err(SpecError::BadUnit);
        }
        let names = bounded(&self.names, MAX_NAME_CHARS, clean_line, SpecError::NameTooLong)?;
        let texts = bounded(&self.texts, MAX_TEXT_CHARS, clean, SpecError::TextTooLong)?;
        if let Some(c) = self.carton
            && ![c.pieces, c.length_mm, c.width_mm, c.height_mm, c.gross_g].iter().all(|n| (1..=MAX_CARTON).contains(n))
        {
            return Err(SpecError::BadCarton);
        }
        let origin = self.origin.trim().to_ascii_uppercase();
        if !(origin.is_empty() || origin.len() == 2 && origin.bytes().all(|b| b.is_ascii_uppercase())) {
            return Err(SpecError::BadOrigin);
        }
        Ok(Self { sku, names, texts, unit, carton: self.carton, origin })
    }

    /// What a search looks through.
    pub fn search_text(&self) -> String {
        let names: Vec<&str> = self.names.iter().map(|(_, name)| name).collect();
        folded(&format!("{} {}", self.sku, names.join(" ")))
    }
}

fn bounded(
    text: &LocalizedText,
    max: usize,
    cleaned: fn(&str) -> String,
    too_long: fn(Locale) -> SpecError,
) -> Result<LocalizedText, SpecError> {
    if text.iter().count() > MAX_LANGUAGES {
        return Err(SpecError::TooManyLanguages);
    }
    let mut kept = LocalizedText::default();
    for (locale, words) in text.iter() {
        let words = cleaned(words);
        if words.chars().count() > max {
            return Err(too_long(locale.clone()));
        }
        if !words.is_empty() {
            kept.set(locale.clone(), words);
        }
    }
    Ok(kept)
}

/// What a product still lacks before buyers may see it.
pub fn missing_for_publication(spec: &Spec, prices: &Prices) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if spec.names.is_empty() {
        missing.push("name");
    }
    if prices.tiers().is_empty() {
        missing.push("price");
    }
    missing
}

#[cfg(test)]
mod tests {
    use ProductAction::{Pause, Publish, Retire};
    use ProductState::{Draft, Paused, Published, Retired};
    use kernel::Quantity;

    use super::*;

    #[test]
    fn only_the_listed_moves_are_legal() {
        let legal = [
            (Draft, Publish, Published),
            (Paused, Publish, Published),
            (Published, Pause, Paused),
            (Draft, Retire, Retired),
            (Published, Retire, Retired),
            (Paused, Retire, Retired),
        ];
        for state in ProductState::ALL {
            for action in [Publish, Pause, Retire] {
                let expected =
                    legal.iter().find(|(from, how, _)| (*from, *how) == (state, action)).map(|(_, _, to)| *to);
                assert_eq!(state.after(action), expected, "{state:?} {action:?}");
            }
            assert_eq!(ProductState::from_word(state.word()), Some(state));
        }
    }

    #[test]
    fn a_product_needs_a_name_and_a_price_to_be_published() {
        let none = Prices::new(Quantity(1), Quantity(1), vec![]).unwrap();
        assert_eq!(missing_for_publication(&Spec::default(), &none), ["name", "price"]);
    }

    #[test]
    fn what_people_type_is_cleaned_and_bounded() {
        let spec = |sku: &str, name: &str| Spec {
            sku: sku.into(),
            names: LocalizedText::of([(Locale::english(), name.into())]),
            origin: "cn".into(),
            ..Spec::default()
        };
        let checked = spec(" LB-100\n", "Bricks\u{202E} 100").checked().unwrap();
        assert_eq!((checked.sku.as_str(), checked.names.pick(&Locale::english())), ("LB-100", "Bricks 100"));
        assert_eq!((checked.unit.as_str(), checked.origin.as_str()), ("piece", "CN"));
        assert_eq!(spec("", "x").checked(), Err(SpecError::BadSku));
        assert!(matches!(spec("a", &"x".repeat(201)).checked(), Err(SpecError::NameTooLong(_))));
        let carton = Carton { pieces: 0, length_mm: 1, width_mm: 1, height_mm: 1, gross_g: 1 };
        assert_eq!(Spec { carton: Some(carton), ..spec("a", "b") }.checked(), Err(SpecError::BadCarton));
    }
}
