//! JSON to the expression language and back to text. Numbers become exact decimals: a shop's `7.429752` stays that.

use punte_domain::money::parse_decimal;
use rhai::Dynamic;
use rust_decimal::Decimal;
use serde_json::Value;

pub(crate) fn to_dynamic(value: &Value) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            // a number beyond decimals is kept as its text: an expression that wants an amount then fails by name
            None => parse_decimal(&number.to_string()).map_or_else(|_| number.to_string().into(), Dynamic::from),
        },
        Value::String(text) => text.clone().into(),
        Value::Array(items) => items.iter().map(to_dynamic).collect::<rhai::Array>().into(),
        Value::Object(fields) => {
            let map: rhai::Map = fields.iter().map(|(key, value)| (key.as_str().into(), to_dynamic(value))).collect();
            map.into()
        }
    }
}

/// A value as a person reads it.
pub(crate) fn shown(value: &Dynamic) -> String {
    if value.is_unit() {
        String::new()
    } else if let Some(decimal) = value.clone().try_cast::<Decimal>() {
        decimal.normalize().to_string()
    } else {
        value.to_string()
    }
}

/// An amount from what JSON may hold: text, whole number or decimal. `None` for nothing and blank.
pub(crate) fn decimal_of(value: &Dynamic) -> Result<Option<Decimal>, String> {
    if value.is_unit() {
        return Ok(None);
    }
    if let Some(decimal) = value.clone().try_cast::<Decimal>() {
        return Ok(Some(decimal));
    }
    if let Ok(whole) = value.as_int() {
        return Ok(Some(Decimal::from(whole)));
    }
    match value.clone().into_string() {
        Ok(text) if text.trim().is_empty() => Ok(None),
        Ok(text) => parse_decimal(&text).map(Some).map_err(|error| error.to_string()),
        Err(found) => Err(format!("an amount was expected, not {found}")),
    }
}

/// A text from what JSON may hold; nothing is empty.
pub(crate) fn text_of(value: &Dynamic) -> String {
    shown(value).trim().to_owned()
}
