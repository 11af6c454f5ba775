//! What a buyer says about themselves with an order or inquiry. Pure; `identity` knows whom it means.

use kernel::Locale;
use kernel::text::clean_line;
use serde::{Deserialize, Serialize};

/// A buyer's particulars as they stood when an order or inquiry was made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TradeBuyer)]
pub struct BuyerDetails {
    pub company: String,
    pub name: String,
    pub email: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// A buyer's particulars as they arrive, with the language to write to them in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TradeNewBuyer)]
pub struct NewBuyer {
    pub company: String,
    pub name: String,
    pub email: String,
    pub country: String,
    pub lang: Locale,
}

/// The field that cannot be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the buyer's {0} cannot be right")]
pub struct BadBuyer(pub &'static str);

impl NewBuyer {
    /// Cleans what was typed and checks its bounds. Whether the address takes mail, only mail can tell.
    pub fn checked(&self) -> Result<BuyerDetails, BadBuyer> {
        let line = |text: &str, field, max| {
            let text = clean_line(text);
            if (1..=max).contains(&text.chars().count()) { Ok(text) } else { Err(BadBuyer(field)) }
        };
        let country = self.country.trim().to_ascii_uppercase();
        if country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(BadBuyer("country"));
        }
        let email = mail::checked_email(&self.email).map_err(|_ignored| BadBuyer("email"))?;
        Ok(BuyerDetails {
            company: line(&self.company, "company", 120)?,
            name: line(&self.name, "name", 80)?,
            email,
            country,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buyer(email: &str, country: &str) -> NewBuyer {
        NewBuyer {
            company: " Juguetes\u{202E} Sol ".into(),
            name: "Ana Ruiz".into(),
            email: email.into(),
            country: country.into(),
            lang: "es".parse().unwrap(),
        }
    }

    #[test]
    fn particulars_are_cleaned() {
        let checked = buyer(" Ana@juguetes.example ", "es").checked().unwrap();
        assert_eq!((checked.company.as_str(), checked.country.as_str()), ("Juguetes Sol", "ES"));
        assert_eq!(checked.email, "ana@juguetes.example");
    }

    #[test]
    fn what_cannot_be_an_address_or_country_is_refused() {
        for email in ["", "ana", "a b@x.es", "ana@x..es", "a<b>@x.es"] {
            assert_eq!(buyer(email, "ES").checked(), Err(BadBuyer("email")), "{email}");
        }
        for country in ["", "ESP", "E1", "España"] {
            assert_eq!(buyer("ana@x.es", country).checked(), Err(BadBuyer("country")), "{country}");
        }
    }
}
