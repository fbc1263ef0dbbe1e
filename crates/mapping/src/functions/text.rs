//! Text and dates.

use crate::node::{Items, is_blank, nodes_of, text_of};
use crate::problem::{ProblemCode, raise};
use crate::romania;
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use punte_domain::fiscal_date;
use regex::Regex;
use rhai::{Array, Dynamic, Engine, EvalAltResult};
use std::sync::OnceLock;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_fn("first_of", first_of)
        .register_fn("first_in", |list: Dynamic, field: &str| {
            let values = nodes_of(&list).into_iter().map(|node| node.get_path(field));
            values.into_iter().find(|value| !is_blank(value)).unwrap_or(Dynamic::UNIT)
        })
        .register_fn("join_words", |values: Array| {
            values.iter().map(text_of).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
        })
        .register_fn("starts_with", |text: Dynamic, start: &str| text_of(&text).starts_with(start))
        .register_fn("upper", |text: Dynamic| text_of(&text).to_uppercase())
        .register_fn("title", |text: Dynamic| title(&text_of(&text)))
        .register_fn("ascii", |text: Dynamic| romania::ascii(&text_of(&text)))
        .register_fn("digits", |text: Dynamic| text_of(&text).chars().filter(char::is_ascii_digit).collect::<String>())
        .register_fn("plain_text", |text: Dynamic| plain_text(&text_of(&text)))
        .register_fn("date_bucharest", date_bucharest);
}

/// The first of some values that is not blank; of a list of the order too.
fn first_of(values: Dynamic) -> Dynamic {
    let values = match values.clone().try_cast::<Items>() {
        Some(items) => items.into_values(),
        None => values.into_array().unwrap_or_default(),
    };
    values.into_iter().find(|value| !is_blank(value)).unwrap_or(Dynamic::UNIT)
}

/// Every word with a capital and small letters after it.
fn title(text: &str) -> String {
    let mut begins = true;
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if begins {
            out.extend(letter.to_uppercase())
        } else {
            out.extend(letter.to_lowercase())
        }
        begins = !letter.is_alphanumeric();
    }
    out
}

/// Without tags, with entities as the letters they stand for, blanks joined.
fn plain_text(text: &str) -> String {
    static TAG: OnceLock<Regex> = OnceLock::new();
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let tag = TAG.get_or_init(|| Regex::new(r"</?[A-Za-z][^<>]{0,2000}>").expect("a fixed pattern"));
    let bare = tag.replace_all(text, " ");
    let decoded = html_escape::decode_html_entities(&bare);
    decoded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The day in Romania of an instant: ISO text with its offset (without one it is UTC), Unix seconds, or a day as it is.
fn date_bucharest(instant: Dynamic) -> Result<String, Box<EvalAltResult>> {
    let text = text_of(&instant);
    let instant_ms = match instant.as_int() {
        Ok(seconds) => seconds.checked_mul(1000),
        Err(_) if text.is_empty() => return Ok(String::new()),
        Err(_) => match text.parse::<NaiveDate>() {
            Ok(day) => return Ok(day.to_string()),
            Err(_) => DateTime::parse_from_rfc3339(&text)
                .map(|instant| instant.timestamp_millis())
                .or_else(|_| text.parse::<NaiveDateTime>().map(|instant| instant.and_utc().timestamp_millis()))
                .ok(),
        },
    };
    // beyond the calendar's years there is no day
    match instant_ms.filter(|instant| instant.abs() < 8_000_000_000_000_000) {
        Some(instant_ms) => Ok(fiscal_date(instant_ms).to_string()),
        None => Err(raise(ProblemCode::NotADate, text.chars().take(60).collect::<String>())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_people_write_them() {
        assert_eq!(title("ANA-MARIA țepeș"), "Ana-Maria Țepeș");
        assert_eq!(plain_text("Cană &#8222;Ă&#8221;<br/> 5 < 6 &amp; 7"), "Cană „Ă” 5 < 6 & 7");
    }

    #[test]
    fn a_fiscal_day_is_romanias() {
        for (instant, wanted) in [
            (Dynamic::from("2026-11-20T22:30:00Z"), "2026-11-21"),
            (Dynamic::from("2026-11-20T23:30:00+02:00"), "2026-11-20"),
            (Dynamic::from("2026-07-01T21:30:00"), "2026-07-02"),
            (Dynamic::from("2026-11-20"), "2026-11-20"),
            (Dynamic::from(1_795_212_000_i64), "2026-11-21"),
            (Dynamic::UNIT, ""),
        ] {
            assert_eq!(date_bucharest(instant).unwrap(), wanted);
        }
        assert!(date_bucharest("poimâine".into()).is_err());
        assert!(date_bucharest(i64::MAX.into()).is_err());
    }
}
