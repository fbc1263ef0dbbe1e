//! Money as integer minor units, and the currencies whose exponent is known.
//!
//! Amounts cross the house as `i64` minor units beside a currency; unit prices and rates stay decimal.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use std::fmt;

/// ISO 4217 code with its exponent. Only the currencies that SmartBill accepts (its schema's enum) are known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency(&'static str);

const KNOWN: &[&str] = &[
    "RON", "EUR", "USD", "GBP", "CAD", "AUD", "CHF", "TRY", "CZK", "DKK", "HUF", "MDL", "SEK", "NOK", "JPY", "EGP",
    "PLN", "RUB", "AED", "BRL", "CNY", "INR", "KRW", "MXN", "NZD", "RSD", "THB", "UAH", "ZAR",
];

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("currency \"{0}\" is not one that a billing provider accepts")]
    UnknownCurrency(String),
    #[error("amount \"{0}\" is not a decimal number")]
    NotANumber(String),
    #[error("amount {0} is too large")]
    TooLarge(String),
}

impl Currency {
    pub const RON: Currency = Currency("RON");

    /// Reads a three-letter code in any case.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let wanted = code.trim().to_ascii_uppercase();
        KNOWN
            .iter()
            .find(|known| **known == wanted)
            .map(|known| Currency(known))
            .ok_or_else(|| MoneyError::UnknownCurrency(code.chars().take(12).collect()))
    }

    pub fn code(self) -> &'static str {
        self.0
    }

    /// Digits after the point in the minor unit (ISO 4217).
    pub fn exponent(self) -> u32 {
        match self.0 {
            "JPY" | "KRW" => 0,
            _ => 2,
        }
    }

    /// Rounds half away from zero to the currency's minor unit, as Romanian invoices do.
    pub fn round(self, amount: Decimal) -> Decimal {
        amount.round_dp_with_strategy(self.exponent(), RoundingStrategy::MidpointAwayFromZero)
    }

    /// Minor units of an amount, rounded to the currency.
    pub fn to_minor(self, amount: Decimal) -> Result<i64, MoneyError> {
        let scaled = self
            .round(amount)
            .checked_mul(Decimal::from(10_i64.pow(self.exponent())))
            .ok_or_else(|| MoneyError::TooLarge(amount.to_string()))?;
        scaled.to_i64().ok_or_else(|| MoneyError::TooLarge(amount.to_string()))
    }

    pub fn from_minor(self, minor: i64) -> Decimal {
        Decimal::new(minor, self.exponent())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Currency::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Reads a decimal as shops write it (`"101.95"`, `""` is zero only where the caller says so).
pub fn parse_decimal(text: &str) -> Result<Decimal, MoneyError> {
    let trimmed = text.trim();
    Decimal::from_str_exact(trimmed)
        .or_else(|_| Decimal::from_scientific(trimmed))
        .map_err(|_| MoneyError::NotANumber(trimmed.chars().take(40).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;

    #[test]
    fn minor_units_follow_the_currency() {
        assert_eq!(Currency::RON.to_minor(dec!(101.95)), Ok(10195));
        assert_eq!(Currency::parse("jpy").unwrap().to_minor(dec!(500.4)), Ok(500));
        assert_eq!(Currency::RON.from_minor(-5), dec!(-0.05));
    }

    #[test]
    fn half_a_ban_rounds_away_from_zero_on_both_sides() {
        assert_eq!(Currency::RON.to_minor(dec!(0.005)), Ok(1));
        assert_eq!(Currency::RON.to_minor(dec!(-0.005)), Ok(-1));
    }

    #[test]
    fn an_unknown_currency_is_named() {
        assert_eq!(Currency::parse("BGN"), Err(MoneyError::UnknownCurrency("BGN".into())));
    }

    #[test]
    fn an_amount_beyond_i64_is_an_error_not_a_wrap() {
        assert!(matches!(Currency::RON.to_minor(Decimal::MAX), Err(MoneyError::TooLarge(_))));
    }
}
