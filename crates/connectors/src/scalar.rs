//! Scalars as other systems write them: a number as text, text as a number, blank for nothing.

use punte_domain::money::parse_decimal;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Text of a string, number or boolean; `None` for null, absent and everything else. Blank text stays.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Exact decimal of a string or number; `None` for blank and whatever is no number.
pub(crate) fn decimal_of(value: &Value) -> Option<Decimal> {
    parse_decimal(&text_of(value)?).ok()
}

/// `true`, `1`, `"1"`, `"true"`; `None` where it is neither yes nor no.
pub(crate) fn flag_of(value: &Value) -> Option<bool> {
    match text_of(value)?.as_str() {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

/// A decimal as a JSON number, exactly as it reads. `None` beyond what a double can carry exactly.
pub(crate) fn json_number(value: Decimal) -> Option<serde_json::Number> {
    let value = value.normalize();
    if value.scale() == 0
        && let Ok(whole) = i64::try_from(value)
    {
        return Some(whole.into());
    }
    let number = serde_json::Number::from_f64(value.to_string().parse().ok()?)?;
    (parse_decimal(&number.to_string()).ok()? == value).then_some(number)
}

pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(text_of(&Value::deserialize(deserializer)?))
}

pub(crate) fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    Ok(decimal_of(&Value::deserialize(deserializer)?))
}

pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(flag_of(&Value::deserialize(deserializer)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::dec;
    use serde_json::json;

    #[test]
    fn numbers_and_text_mean_the_same() {
        for value in [json!("101.95"), json!(101.95), json!(" 101.95 ")] {
            assert_eq!(decimal_of(&value), Some(dec!(101.95)), "{value}");
        }
        assert_eq!(decimal_of(&json!("")), None);
        assert_eq!(flag_of(&json!("1")), Some(true));
        assert_eq!(flag_of(&json!(0)), Some(false));
    }

    #[test]
    fn a_price_goes_out_as_the_number_it_is() {
        for price in [dec!(60.5), dec!(0.1), dec!(19.99), dec!(1234567.8901), dec!(0.3333), dec!(-12.10), dec!(2)] {
            let number = json_number(price).unwrap();
            assert_eq!(parse_decimal(&number.to_string()), Ok(price), "{number}");
        }
        assert_eq!(json_number(dec!(2.00)).unwrap().to_string(), "2");
        assert_eq!(json_number(dec!(123456789012345678.1234)), None, "no silent rounding");
    }
}
