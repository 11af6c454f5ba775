//! Organisations: sellers, academies, authorities.

use kernel::id::OrgId;
use kernel::text::clean_line;
use kernel::{Instant, Problem};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::country::is_country;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrgKind {
    Seller,
    Academy,
    Authority,
}

impl OrgKind {
    pub fn word(self) -> &'static str {
        match self {
            Self::Seller => "seller",
            Self::Academy => "academy",
            Self::Authority => "authority",
        }
    }

    pub(crate) fn from_word(word: &str) -> Self {
        match word {
            "academy" => Self::Academy,
            "authority" => Self::Authority,
            _ => Self::Seller,
        }
    }
}

/// An organisation that works here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Org {
    pub id: OrgId,
    pub kind: OrgKind,
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA name, such as `Asia/Shanghai`.
    pub time_zone: String,
    pub created_at: Instant,
}

/// An organisation as somebody describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = OrgNew)]
pub struct NewOrg {
    pub name: String,
    pub kind: OrgKind,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA name, such as `Asia/Shanghai`.
    pub time_zone: String,
}

#[derive(Debug, thiserror::Error)]
pub enum OrgError {
    #[error("an organisation has a name of at most 120 characters")]
    BadName,
    #[error("the country is not a code of ISO 3166-1, such as CN")]
    BadCountry,
    #[error("the time zone is not an IANA name, such as Asia/Shanghai")]
    BadTimeZone,
    #[error("there is no such organisation")]
    NoSuchOrg,
    #[error("the organisation could not be stored")]
    Store(#[from] DbErr),
}

impl From<OrgError> for Problem {
    fn from(err: OrgError) -> Self {
        let field = match &err {
            OrgError::BadName => "name",
            OrgError::BadCountry => "country",
            OrgError::BadTimeZone => "time_zone",
            OrgError::NoSuchOrg => return Self::not_found("no-such-org"),
            OrgError::Store(cause) => return Self::internal(cause),
        };
        Self::unprocessable("bad-field").with("field", field).detail(err.to_string())
    }
}

impl NewOrg {
    /// The same, cleaned, or the refusal.
    pub fn checked(&self) -> Result<Self, OrgError> {
        let name = clean_line(&self.name);
        if name.is_empty() || name.chars().count() > 120 {
            return Err(OrgError::BadName);
        }
        if !is_country(&self.country) {
            return Err(OrgError::BadCountry);
        }
        if !is_time_zone(&self.time_zone) {
            return Err(OrgError::BadTimeZone);
        }
        Ok(Self { name, kind: self.kind, country: self.country.clone(), time_zone: self.time_zone.clone() })
    }
}

/// Whether the IANA database knows the zone.
pub fn is_time_zone(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_is_checked_field_by_field() {
        let good = NewOrg {
            name: " Ningbo\u{202E} Toys ".into(),
            kind: OrgKind::Seller,
            country: "CN".into(),
            time_zone: "Asia/Shanghai".into(),
        };
        assert_eq!(good.checked().unwrap().name, "Ningbo Toys");
        assert!(matches!(NewOrg { name: " ".into(), ..good.clone() }.checked(), Err(OrgError::BadName)));
        assert!(matches!(NewOrg { country: "China".into(), ..good.clone() }.checked(), Err(OrgError::BadCountry)));
        assert!(matches!(NewOrg { time_zone: "Beijing".into(), ..good }.checked(), Err(OrgError::BadTimeZone)));
    }
}
