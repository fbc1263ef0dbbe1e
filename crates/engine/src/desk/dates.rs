//! Days and spans of days as they are typed, in Romanian days.

use chrono::{Datelike, Days, Months, NaiveDate};
use punte_domain::{fiscal_date, fiscal_day_start};

/// UTC milliseconds from the first on, and before the second.
pub(super) type Span = (Option<i64>, Option<i64>);

/// Reads `2026`, `2026-11`, `2026-11-03`, `2026-11-01..2026-11-15`, `>2026-11-01`, `today`, `7d`, …
pub(super) fn range(text: &str, now_ms: i64) -> Option<Span> {
    let text = text.trim().to_lowercase();
    let today = fiscal_date(now_ms);
    if let Some((from, to)) = text.split_once("..") {
        let bound = |text: &str| if text.is_empty() { Some(None) } else { days(text, today).map(Some) };
        let (from, to) = (bound(from)?, bound(to)?);
        let is_some = from.is_some() || to.is_some();
        return is_some.then(|| (from.map(|days| fiscal_day_start(days.0)), to.map(|days| fiscal_day_start(days.1))));
    }
    // longest first
    let compared = [">=", "<=", ">", "<"].into_iter().find_map(|sign| text.strip_prefix(sign).map(|rest| (sign, rest)));
    if let Some((sign, rest)) = compared {
        let (first, behind) = days(rest, today)?;
        return Some(match sign {
            ">=" => (Some(fiscal_day_start(first)), None),
            "<=" => (None, Some(fiscal_day_start(behind))),
            ">" => (Some(fiscal_day_start(behind)), None),
            _ => (None, Some(fiscal_day_start(first))),
        });
    }
    let (first, behind) = days(&text, today)?;
    Some((Some(fiscal_day_start(first)), Some(fiscal_day_start(behind))))
}

/// The first day, and the day behind the last.
fn days(text: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let day = |first: NaiveDate| Some((first, first.checked_add_days(Days::new(1))?));
    let month = |first: NaiveDate| Some((first, first.checked_add_months(Months::new(1))?));
    let this_month = today.with_day(1)?;
    match text {
        "today" | "azi" => return day(today),
        "yesterday" | "ieri" => return day(today.pred_opt()?),
        "this-week" => {
            let monday = today.checked_sub_days(Days::new(today.weekday().num_days_from_monday().into()))?;
            return Some((monday, monday.checked_add_days(Days::new(7))?));
        }
        "this-month" => return month(this_month),
        "last-month" => return month(this_month.checked_sub_months(Months::new(1))?),
        "this-year" => return year(today.year()),
        _ => {}
    }
    if let Some(count) = text.strip_suffix('d').and_then(|count| count.parse::<u64>().ok()) {
        // so many days, today the last of them
        let first = today.checked_sub_days(Days::new(count.checked_sub(1)?))?;
        return Some((first, today.succ_opt()?));
    }
    let parts: Vec<&str> = text.split('-').collect();
    let of = |at: usize, length: usize| -> Option<u32> {
        let part = parts.get(at)?;
        (part.len() <= length && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse().ok())?
    };
    let number = i32::try_from(of(0, 4).filter(|_| parts[0].len() == 4)?).ok()?;
    match parts.len() {
        1 => year(number),
        2 => month(NaiveDate::from_ymd_opt(number, of(1, 2)?, 1)?),
        3 => day(NaiveDate::from_ymd_opt(number, of(1, 2)?, of(2, 2)?)?),
        _ => None,
    }
}

fn year(number: i32) -> Option<(NaiveDate, NaiveDate)> {
    Some((NaiveDate::from_ymd_opt(number, 1, 1)?, NaiveDate::from_ymd_opt(number + 1, 1, 1)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn ms(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[test]
    fn days_are_romanian_days() {
        // an evening in UTC that is the next day in Bucharest: Thursday, 26 November
        let now = ms("2026-11-25T22:30:00Z");
        let day = (Some(ms("2026-11-25T22:00:00Z")), Some(ms("2026-11-26T22:00:00Z")));
        assert_eq!(range("today", now), Some(day));
        assert_eq!(range("2026-11-26", now), Some(day));
        assert_eq!(range("1d", now), Some(day));
        assert_eq!(range("this-week", now).unwrap().0, Some(ms("2026-11-22T22:00:00Z")));
        assert_eq!(range("2026-07", now), Some((Some(ms("2026-06-30T21:00:00Z")), Some(ms("2026-07-31T21:00:00Z")))));
        assert_eq!(range("last-month", now).unwrap().0, Some(ms("2026-09-30T21:00:00Z")));
        assert_eq!(range("2026-11-01..2026-11-15", now).unwrap().1, Some(ms("2026-11-15T22:00:00Z")));
        assert_eq!(range(">2026-11-01", now), Some((Some(ms("2026-11-01T22:00:00Z")), None)));
        assert_eq!(range("<=2026-11", now), Some((None, Some(ms("2026-11-30T22:00:00Z")))));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in ["", "..", "2026-02-30", "20261101", "0d", "soon", "26-11-01", "2026-11-01-02", ">"] {
            assert_eq!(range(text, 0), None, "{text}");
        }
    }
}
