//! Money: whole minor units of an ISO 4217 currency, unit prices at a millionth of the major unit
//! (export prices go below a cent), and quantities. All arithmetic is checked: it refuses, never wraps.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const MICROS_PER_MAJOR: i128 = 1_000_000;
/// The largest whole number that JavaScript carries exactly, 2^53 − 1.
const MAX_SAFE: i64 = 9_007_199_254_740_991;

/// A currency in use, by its ISO 4217 alphabetic code.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    pub const CNY: Self = Self(iso_currency::Currency::CNY);
    pub const EUR: Self = Self(iso_currency::Currency::EUR);
    pub const JPY: Self = Self(iso_currency::Currency::JPY);
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// Digits after the decimal point in ISO 4217: 0 for JPY, 3 for KWD, 4 for CLF.
    pub fn exponent(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }

    pub fn code(self) -> &'static str {
        self.0.code()
    }

    fn micros_per_minor(self) -> i128 {
        MICROS_PER_MAJOR / 10_i128.pow(self.exponent())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        let known = iso_currency::Currency::from_code(code);
        // Metals, test codes and retired currencies are listed too; nobody can pay in them.
        known
            .filter(|c| c.exponent().is_some() && !c.flags().iter().any(unpayable))
            .map(Self)
            .ok_or_else(|| MoneyError::UnknownCurrency(code.chars().take(8).collect()))
    }
}
fn unpayable(flag: &iso_currency::Flag) -> bool {
    matches!(flag, iso_currency::Flag::Special | iso_currency::Flag::Superseded(_))
}
impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = std::borrow::Cow::<str>::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("{0:?} is not a currency in use (ISO 4217)")]
    UnknownCurrency(String),
    #[error("{0:?} is not an amount of {1}: write digits with at most {2} after the point")]
    BadAmount(String, Currency, u32),
    #[error("the amount is too large")]
    TooLarge,
}

/// A count of pieces, or of whatever the variant's unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "db", derive(sea_orm::DeriveValueType))]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
pub struct Quantity(pub i64);

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An amount in whole minor units: `{"minor":1234560,"currency":"USD"}` is USD 12,345.60.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
pub struct Money {
    /// Minor units, e.g. cents; below 2^53.
    pub minor: i64,
    /// ISO 4217 alphabetic code.
    #[cfg_attr(feature = "http", schema(value_type = String, example = "USD"))]
    pub currency: Currency,
}

impl Money {
    pub fn new(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor.unsigned_abs() > MAX_SAFE.unsigned_abs() {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self { minor, currency })
    }
}

/// `USD 12,345.60`: unambiguous in every language, as trade papers want it.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exponent = self.currency.exponent();
        let one = 10_u64.pow(exponent);
        let amount = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        write!(f, "{} {sign}{}", self.currency, grouped(amount / one))?;
        if exponent > 0 {
            write!(f, ".{:0width$}", amount % one, width = exponent as usize)?;
        }
        Ok(())
    }
}

/// A price per unit, in millionths of the major unit: `{"micro":87500,"currency":"USD"}` is USD 0.0875.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "http", derive(utoipa::ToSchema))]
pub struct UnitPrice {
    /// Millionths of the major unit; below 2^53.
    pub micro: i64,
    /// ISO 4217 alphabetic code.
    #[cfg_attr(feature = "http", schema(value_type = String, example = "USD"))]
    pub currency: Currency,
}

impl UnitPrice {
    pub fn new(micro: i64, currency: Currency) -> Result<Self, MoneyError> {
        if !(0..=MAX_SAFE).contains(&micro) {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self { micro, currency })
    }

    /// Reads `0.0875`; at most six digits after the point, no sign, no grouping.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let bad = || MoneyError::BadAmount(text.chars().take(24).collect(), currency, 6);
        let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || fraction.len() > 6 || !digits(whole) || !digits(fraction) {
            return Err(bad());
        }
        let micro: i64 = format!("{whole}{fraction:0<6}").parse().map_err(|_ignored| bad())?;
        Self::new(micro, currency)
    }

    /// Quantity × unit price, rounded once, half away from zero, to the currency's exponent.
    pub fn times(self, quantity: Quantity) -> Result<Money, MoneyError> {
        let micros = i128::from(self.micro) * i128::from(quantity.0);
        let per_minor = self.currency.micros_per_minor();
        let rounded = (micros.abs() + per_minor / 2) / per_minor * micros.signum();
        Money::new(i64::try_from(rounded).map_err(|_ignored| MoneyError::TooLarge)?, self.currency)
    }
}

/// `USD 0.0875`: at least the currency's own digits, more only where they say something.
impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.micro.unsigned_abs();
        let fraction = format!("{:06}", micros % 1_000_000);
        let least = self.currency.exponent() as usize;
        let shown = fraction.trim_end_matches('0').len().max(least);
        write!(f, "{} {}", self.currency, grouped(micros / 1_000_000))?;
        if shown > 0 {
            write!(f, ".{}", &fraction[..shown])?;
        }
        Ok(())
    }
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn currencies_have_the_exponent_of_iso_4217() {
        let exponents = ["JPY", "USD", "KWD", "CLF", "ISK", "TWD", "HUF", "MGA"].map(|c| currency(c).exponent());
        assert_eq!(exponents, [0, 2, 3, 4, 0, 2, 2, 2]);
    }

    #[test]
    fn codes_that_nobody_can_pay_in_are_refused() {
        for code in ["HRK", "CNH", "XAU", "XXX", "usd", "", "DOLLARS"] {
            assert!(code.parse::<Currency>().is_err(), "{code}");
        }
    }

    #[test]
    fn a_line_rounds_once_and_half_away_from_zero() {
        let price = UnitPrice::parse("0.0875", Currency::USD).unwrap();
        assert_eq!(price.times(Quantity(12_000)).unwrap().to_string(), "USD 1,050.00");
        let half = UnitPrice::parse("0.005", Currency::USD).unwrap();
        assert_eq!(half.times(Quantity(1)).unwrap().minor, 1);
        assert_eq!(half.times(Quantity(3)).unwrap().minor, 2);
        let yen = UnitPrice::parse("12.5", Currency::JPY).unwrap();
        assert_eq!(yen.times(Quantity(3)).unwrap().to_string(), "JPY 38");
    }

    #[test]
    fn prices_show_the_digits_that_say_something() {
        let shown = |text| UnitPrice::parse(text, Currency::USD).unwrap().to_string();
        assert_eq!([shown("0.0875"), shown("3"), shown("1234.5")], ["USD 0.0875", "USD 3.00", "USD 1,234.50"]);
    }

    #[test]
    fn amounts_that_are_not_plain_digits_are_refused() {
        for text in ["", ".5", "-1", "1,000", "1.2345678", "1e3", "١"] {
            assert!(UnitPrice::parse(text, Currency::USD).is_err(), "{text}");
        }
    }

    #[test]
    fn too_much_money_is_refused_not_wrapped() {
        let price = UnitPrice::new(MAX_SAFE, Currency::USD).unwrap();
        assert_eq!(price.times(Quantity(i64::MAX)), Err(MoneyError::TooLarge));
        assert_eq!(Money::new(MAX_SAFE + 1, Currency::USD), Err(MoneyError::TooLarge));
    }

    proptest! {
        #[test]
        fn a_shown_price_reads_back(micro in 0i64..1_000_000_000_000) {
            let price = UnitPrice::new(micro, Currency::USD).unwrap();
            let shown = price.to_string().replace("USD ", "").replace(',', "");
            prop_assert_eq!(UnitPrice::parse(&shown, Currency::USD).unwrap(), price);
        }
    }
}
