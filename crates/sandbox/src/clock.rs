//! The one place that reads the machine's time, and the wall clock of Bucharest made from it.
//! Everything else is handed a [`Clock`], so that windows, bans, tokens and lags can be tested without waiting.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Europe::Bucharest;

/// Milliseconds since 1970-01-01 UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The machine's clock.
#[allow(clippy::disallowed_methods, reason = "the simulators stand outside the product; this is their only clock")]
pub fn system_clock() -> Clock {
    Arc::new(|| Utc::now().timestamp_millis())
}

fn utc(at_ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default()
}

/// The fiscal date: what the calendar says in Bucharest.
pub(crate) fn bucharest_date(at_ms: i64) -> NaiveDate {
    utc(at_ms).with_timezone(&Bucharest).date_naive()
}

/// WooCommerce's zoneless text of the shop's time, to the second.
pub(crate) fn shop_text(at_ms: i64) -> String {
    utc(at_ms).with_timezone(&Bucharest).format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// WooCommerce's zoneless text of UTC, to the second.
pub(crate) fn gmt_text(at_ms: i64) -> String {
    utc(at_ms).format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// RFC 3339 with the shop's offset, to the second, as Shopify writes it.
pub(crate) fn offset_text(at_ms: i64) -> String {
    utc(at_ms).with_timezone(&Bucharest).format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// RFC 3339 in UTC, to the millisecond.
pub(crate) fn zulu_text(at_ms: i64) -> String {
    utc(at_ms).format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// Reads what a WooCommerce client may send as a date: with a zone it is an instant, without one it is the shop's time,
/// or UTC when `gmt`.
pub(crate) fn read_shop_date(text: &str, gmt: bool) -> Option<i64> {
    let text = text.trim();
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Some(instant.timestamp_millis());
    }
    let naive = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))?;
    if gmt {
        return Some(naive.and_utc().timestamp_millis());
    }
    let local = Bucharest.from_local_datetime(&naive);
    // In the hour that the clock jumps over there is no local time: the instant of UTC is near enough.
    Some(local.earliest().map_or_else(|| naive.and_utc().timestamp_millis(), |at| at.timestamp_millis()))
}

/// A document's date, only as `yyyy-MM-dd`.
pub(crate) fn read_fiscal_date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_evening_utc_is_already_tomorrow_in_bucharest() {
        let at = utc(0).timezone().with_ymd_and_hms(2026, 11, 20, 22, 30, 0).unwrap().timestamp_millis();
        assert_eq!(bucharest_date(at).to_string(), "2026-11-21");
        assert_eq!(shop_text(at), "2026-11-21T00:30:00");
        assert_eq!(gmt_text(at), "2026-11-20T22:30:00");
    }

    #[test]
    fn a_date_reads_back_as_the_instant_it_was_written_from() {
        let at = 1_795_000_000_000;
        assert_eq!(read_shop_date(&shop_text(at), false), Some(at));
        assert_eq!(read_shop_date(&gmt_text(at), true), Some(at));
        assert_eq!(read_shop_date(&format!("{}Z", gmt_text(at)), false), Some(at));
        assert_eq!(read_shop_date("yesterday", false), None);
    }
}
