//! Fiscal dates: always Europe/Bucharest, whatever the machine or the shop's server believes.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Europe::Bucharest;

/// The Romanian calendar day of an instant, in UTC milliseconds since 1970.
///
/// # Panics
/// Never for instants that chrono can hold; others (beyond the year 262000) fall back to 1970-01-01.
pub fn fiscal_date(at_ms: i64) -> NaiveDate {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default().with_timezone(&Bucharest).date_naive()
}

/// The instant at which a Romanian calendar day begins, in UTC milliseconds: clocks are changed at three in the morning, so
/// midnight always exists, once.
pub fn fiscal_day_start(day: NaiveDate) -> i64 {
    Bucharest.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest().map_or(0, |at| at.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evening_in_utc_is_the_next_day_in_bucharest() {
        let at = DateTime::parse_from_rfc3339("2026-11-20T22:30:00Z").unwrap().timestamp_millis();
        assert_eq!(fiscal_date(at).to_string(), "2026-11-21");
    }

    #[test]
    fn summer_time_is_three_hours_ahead() {
        let at = DateTime::parse_from_rfc3339("2026-07-31T21:00:00Z").unwrap().timestamp_millis();
        assert_eq!(fiscal_date(at).to_string(), "2026-08-01");
    }

    #[test]
    fn a_day_begins_at_its_own_midnight() {
        for day in ["2026-03-29", "2026-10-25", "2026-11-20"] {
            let day: NaiveDate = day.parse().unwrap();
            let start = fiscal_day_start(day);
            assert_eq!((fiscal_date(start), fiscal_date(start - 1)), (day, day.pred_opt().unwrap()));
        }
    }
}
