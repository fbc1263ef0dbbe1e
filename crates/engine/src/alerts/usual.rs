//! How long nothing may come from a shop before that is unusual: learned from the shop's own last eight weeks.
//!
//! For each hour of the week (Romanian time) the shop's average is taken: what that hour brought, over the weeks that are known.
//! Since the newest order those averages are added up: that is how many orders would have come by now. Nothing came, and that is
//! unusual, once it is more than [`ENOUGH`] orders and a third more than the shop ever went without, its three longest silences
//! aside. A night in which nothing is sold adds nothing, so it is never an alarm, and none is raised in an hour that usually
//! brings little. Public holidays count half. A shop with fewer than [`FEWEST`] orders in these weeks, or known for less than two
//! weeks, is not judged at all; and there is a floor under it all, below which no silence counts.

use chrono::{DateTime, Datelike, Timelike};
use chrono_tz::Europe::Bucharest;
use punte_domain::workdays::is_public_holiday;
use punte_store::ledger::OrderHours;

const HOUR_MS: i64 = 60 * 60 * 1000;
const WEEK_MS: i64 = 7 * 24 * HOUR_MS;
/// What is learned from.
pub(super) const LEARNED_MS: i64 = 8 * WEEK_MS;
const KNOWN_MS: i64 = 2 * WEEK_MS;
const FEWEST: u32 = 60;
/// With so many expected, none by chance is one time in four hundred.
const ENOUGH: f64 = 6.0;
/// An hour that brings less is no time for an alarm.
const LITTLE: f64 = 0.2;
/// The longest silences are holidays, or were alarms themselves.
const ASIDE: usize = 3;
const LONGER: f64 = 1.33;

/// A shop's week.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Usual {
    /// Orders of each hour of the week, on average.
    hours: Vec<f64>,
    /// Orders that were expected in the longest silence that was no exception.
    longest: f64,
}

fn hour_of_week(at_ms: i64) -> (usize, bool) {
    let at = DateTime::from_timestamp_millis(at_ms).unwrap_or_default().with_timezone(&Bucharest);
    let hour = at.weekday().num_days_from_monday() * 24 + at.hour();
    (hour as usize, is_public_holiday(at.date_naive()))
}

impl Usual {
    /// Nothing where too little is known of the shop.
    pub(super) fn learn(orders: &OrderHours, now_ms: i64) -> Option<Usual> {
        let count: u32 = orders.hours.iter().map(|(_, count)| *count).sum();
        let first_ms = orders.hours.first()?.0 * HOUR_MS;
        let known_ms = now_ms - first_ms;
        if count < FEWEST || known_ms < KNOWN_MS {
            return None;
        }
        let weeks = known_ms as f64 / WEEK_MS as f64;
        let mut hours = vec![0.0; 7 * 24];
        for (hour, count) in &orders.hours {
            hours[hour_of_week(hour * HOUR_MS).0] += f64::from(*count) / weeks;
        }
        let mut usual = Usual { hours, longest: 0.0 };
        let between = orders.hours.windows(2).filter(|pair| pair[1].0 > pair[0].0 + 1);
        let mut silences: Vec<f64> =
            between.map(|pair| usual.expected((pair[0].0 + 1) * HOUR_MS, pair[1].0 * HOUR_MS)).collect();
        silences.sort_by(|one, other| other.total_cmp(one));
        usual.longest = silences.get(ASIDE).or(silences.last()).copied().unwrap_or(0.0);
        Some(usual)
    }

    /// Orders that usually come from one instant to another.
    fn expected(&self, from_ms: i64, to_ms: i64) -> f64 {
        // beyond eight weeks nothing more is learned
        let from_ms = from_ms.max(to_ms - LEARNED_MS);
        let mut expected = 0.0;
        let mut at_ms = from_ms;
        while at_ms < to_ms {
            let end_ms = ((at_ms.div_euclid(HOUR_MS) + 1) * HOUR_MS).min(to_ms);
            expected += self.in_hour(at_ms) * (end_ms - at_ms) as f64 / HOUR_MS as f64;
            at_ms = end_ms;
        }
        expected
    }

    fn in_hour(&self, at_ms: i64) -> f64 {
        let (hour, is_holiday) = hour_of_week(at_ms);
        let usual = self.hours.get(hour).copied().unwrap_or(0.0);
        if is_holiday { usual / 2.0 } else { usual }
    }

    /// Whether silence since the newest order is unusual, and whether now is a time to say so.
    pub(super) fn is_silent(&self, newest_ms: i64, now_ms: i64, floor_ms: i64) -> (bool, bool) {
        let is_long = now_ms - newest_ms >= floor_ms;
        let expected = self.expected(newest_ms, now_ms);
        let is_silent = is_long && expected >= ENOUGH.max(self.longest * LONGER);
        (is_silent, self.in_hour(now_ms) >= LITTLE)
    }
}
