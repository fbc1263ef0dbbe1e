//! Instants as WooCommerce and its exports write them: `*_gmt` in UTC without a zone, its twin in shop time, with or
//! without an offset, sometimes a PHP date object or a Unix time.

use crate::scalar::text_of;
use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Europe::Bucharest;
use serde_json::Value;

/// What a date field held.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Instant {
    /// Null, absent, blank, or WordPress's zero date.
    None,
    At(i64),
    Unreadable(String),
}

/// The instant of `name`, from `name_gmt` where there is one, else from `name` in shop time. Shop time without an offset
/// is taken as Europe/Bucharest: the export does not name its zone.
pub(super) fn read_instant(record: &Value, name: &str) -> Instant {
    let gmt = record.get(format!("{name}_gmt")).map_or(Instant::None, |value| read(value, true));
    match gmt {
        Instant::At(at_ms) => Instant::At(at_ms),
        Instant::None => record.get(name).map_or(Instant::None, |value| read(value, false)),
        Instant::Unreadable(text) => match record.get(name).map_or(Instant::None, |value| read(value, false)) {
            Instant::At(at_ms) => Instant::At(at_ms),
            Instant::None | Instant::Unreadable(_) => Instant::Unreadable(text),
        },
    }
}

fn read(value: &Value, is_utc: bool) -> Instant {
    match value {
        Value::Null => Instant::None,
        Value::Number(number) => number.as_i64().map_or_else(|| Instant::Unreadable(number.to_string()), unix),
        // a serialised PHP DateTime: {"date":"2026-11-20 23:41:07.000000","timezone_type":1,"timezone":"+00:00"}
        Value::Object(fields) => {
            let date = fields.get("date").and_then(text_of).unwrap_or_default();
            let zone = fields.get("timezone").and_then(text_of).unwrap_or_default();
            let is_utc = is_utc || matches!(zone.as_str(), "UTC" | "GMT" | "Z" | "+00:00");
            let with_offset = if zone.starts_with(['+', '-']) { format!("{date}{zone}") } else { date };
            read_text(&with_offset, is_utc)
        }
        other => match text_of(other) {
            Some(text) => read_text(&text, is_utc),
            None => Instant::Unreadable("not a date".to_owned()),
        },
    }
}

fn unix(number: i64) -> Instant {
    match number {
        0 => Instant::None,
        // seconds until the year 5138, milliseconds from 1973 on
        n if n.abs() < 100_000_000_000 => Instant::At(n * 1000),
        n => Instant::At(n),
    }
}

fn read_text(text: &str, is_utc: bool) -> Instant {
    let text = text.trim();
    if text.is_empty() || text.starts_with("0000-00-00") {
        return Instant::None;
    }
    if let Ok(number) = text.parse::<i64>() {
        return unix(number);
    }
    let iso = text.replacen(' ', "T", 1);
    if let Ok(at) =
        DateTime::parse_from_rfc3339(&iso).or_else(|_| DateTime::parse_from_str(&iso, "%Y-%m-%dT%H:%M:%S%.f%z"))
    {
        return Instant::At(at.timestamp_millis());
    }
    let naive = NaiveDateTime::parse_from_str(&iso, "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(&iso, "%Y-%m-%dT%H:%M"))
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0));
    match naive {
        Some(naive) if is_utc => Instant::At(Utc.from_utc_datetime(&naive).timestamp_millis()),
        Some(naive) => Instant::At(in_bucharest(naive)),
        None => Instant::Unreadable(text.chars().take(40).collect()),
    }
}

/// An hour that the spring change leaves out is taken an hour later; one that comes twice in autumn, as the first.
fn in_bucharest(naive: NaiveDateTime) -> i64 {
    match Bucharest.from_local_datetime(&naive) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.timestamp_millis(),
        LocalResult::None => Utc.from_utc_datetime(&naive).timestamp_millis() - 2 * 60 * 60 * 1000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ms(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[test]
    fn gmt_wins_over_shop_time() {
        let order = json!({ "date_created": "2026-11-20T23:41:07", "date_created_gmt": "2026-11-20T21:41:07" });
        assert_eq!(read_instant(&order, "date_created"), Instant::At(ms("2026-11-20T21:41:07Z")));
    }

    #[test]
    fn without_gmt_shop_time_is_bucharest() {
        for created in [json!("2026-11-20T23:41:07"), json!("2026-11-20 23:41:07"), json!("2026-11-20T23:41:07+02:00")]
        {
            let order = json!({ "date_created": created });
            assert_eq!(read_instant(&order, "date_created"), Instant::At(ms("2026-11-20T21:41:07Z")), "{created}");
        }
    }

    #[test]
    fn other_spellings_are_read() {
        let expected = Instant::At(ms("2026-11-20T21:41:07Z"));
        for value in [
            json!("2026-11-20T21:41:07Z"),
            json!("2026-11-20T21:41:07.000Z"),
            json!({ "date": "2026-11-20 21:41:07.000000", "timezone_type": 3, "timezone": "UTC" }),
            json!({ "date": "2026-11-20 23:41:07.000000", "timezone_type": 1, "timezone": "+02:00" }),
            json!(1_795_210_867),
            json!("1795210867"),
        ] {
            assert_eq!(read_instant(&json!({ "d": value }), "d"), expected, "{value}");
        }
    }

    #[test]
    fn nothing_and_the_zero_date_are_none() {
        for value in [json!(null), json!(""), json!("0000-00-00 00:00:00"), json!(0)] {
            assert_eq!(read_instant(&json!({ "d_gmt": value, "d": value }), "d"), Instant::None, "{value}");
        }
    }

    #[test]
    fn what_is_no_date_is_said() {
        assert_eq!(read_instant(&json!({ "d": "ieri" }), "d"), Instant::Unreadable("ieri".into()));
    }

    #[test]
    fn an_hour_that_does_not_exist_moves_on() {
        assert_eq!(read_instant(&json!({ "d": "2026-03-29T03:30:00" }), "d"), Instant::At(ms("2026-03-29T01:30:00Z")));
    }
}
