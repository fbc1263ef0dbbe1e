//! What is set about alerts: each rule's, the quiet hours, the digest. What is not set is as usual.

use crate::error::{EngineError, Result};
use chrono::{DateTime, Days, NaiveTime, TimeZone, Timelike};
use chrono_tz::Europe::Bucharest;
use punte_domain::{fiscal_date, fiscal_day_start};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const MINUTE_MS: i64 = 60 * 1000;
const DAY_MINUTES: u32 = 24 * 60;

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident => $code:literal, $unit:literal, $usual:literal, $least:literal..=$most:literal;)+) => {
        /// What is watched.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Rule { $($(#[$doc])* $variant),+ }

        impl Rule {
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),+];

            /// The code in the ledger, over the api, and in the catalogues.
            pub fn as_str(self) -> &'static str {
                match self { $(Rule::$variant => $code),+ }
            }

            pub fn parse(text: &str) -> Option<Rule> {
                Rule::ALL.iter().copied().find(|rule| rule.as_str() == text)
            }

            /// What its threshold counts: `records`, `minutes`, `working_days`, `documents`, `hours`; empty where it has none.
            pub fn unit(self) -> &'static str {
                match self { $(Rule::$variant => $unit),+ }
            }

            /// The threshold that is usual, and the least and the most that may be set.
            pub fn threshold(self) -> (u32, u32, u32) {
                match self { $(Rule::$variant => ($usual, $least, $most)),+ }
            }
        }
    };
}

rules! {
    /// Records are held for one cause.
    FailureGroup => "failure_group", "records", 1, 1..=1000;
    /// The outcome of requests has been unknown for long.
    InDoubt => "in_doubt", "minutes", 60, 30..=10080;
    /// A credential is refused or missing.
    ConnectionReconnect => "connection_reconnect", "", 0, 0..=0;
    /// A shop or a provider does not answer as it should.
    ConnectionDown => "connection_down", "minutes", 15, 1..=1440;
    /// Nothing arrived from a shop for longer than usual.
    SilentShop => "silent_shop", "minutes", 120, 30..=10080;
    /// Invoices must be in e-Factura soon, and are not.
    EinvoiceDeadline => "einvoice_deadline", "working_days", 1, 0..=4;
    /// Numbers of a series that nothing explains.
    SeriesGap => "series_gap", "", 0, 0..=0;
    /// The provider's plan is full, or nearly; the threshold is the plan's size in documents a month, 0 where it is not known.
    PlanQuota => "plan_quota", "documents", 0, 0..=1000000;
    /// No backup was made for so long beyond its interval.
    BackupOverdue => "backup_overdue", "hours", 12, 1..=720;
}

/// What is set about one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleSetting {
    pub on: bool,
    pub threshold: u32,
    /// Ids of channels; `None`: all.
    pub channels: Option<Vec<String>>,
    /// Told in quiet hours, too.
    pub passes_quiet: bool,
    /// Told in the daily digest, where there is one, instead of at once.
    pub in_digest: bool,
}

impl Default for RuleSetting {
    fn default() -> Self {
        RuleSetting { on: true, threshold: 0, channels: None, passes_quiet: false, in_digest: false }
    }
}

impl RuleSetting {
    /// As it is where nobody set anything.
    pub fn usual(rule: Rule) -> RuleSetting {
        let passes_quiet = rule == Rule::ConnectionReconnect;
        RuleSetting { threshold: rule.threshold().0, passes_quiet, ..RuleSetting::default() }
    }

    pub fn tells(&self, channel_id: &str) -> bool {
        self.channels.as_ref().is_none_or(|channels| channels.iter().any(|one| one == channel_id))
    }
}

/// Hours in which only what passes is told; Romanian time, minutes of the day. What waited is told at their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuietHours {
    pub on: bool,
    pub from_minute: u32,
    pub until_minute: u32,
}

impl Default for QuietHours {
    fn default() -> Self {
        QuietHours { on: false, from_minute: 22 * 60, until_minute: 7 * 60 }
    }
}

impl QuietHours {
    pub fn covers(&self, at_ms: i64) -> bool {
        let minute = local_minute(at_ms);
        let is_in = if self.from_minute <= self.until_minute {
            (self.from_minute..self.until_minute).contains(&minute)
        } else {
            minute >= self.from_minute || minute < self.until_minute
        };
        self.on && is_in
    }
}

/// One notice a day; Romanian time, minutes of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Digest {
    pub on: bool,
    pub at_minute: u32,
}

impl Default for Digest {
    fn default() -> Self {
        Digest { on: false, at_minute: 8 * 60 }
    }
}

impl Digest {
    /// The first time of the digest that is not before an instant.
    pub fn after(&self, at_ms: i64) -> i64 {
        let day = fiscal_date(at_ms);
        let of = |day| local_instant(day, self.at_minute);
        let today = of(day);
        if today >= at_ms { today } else { of(day.checked_add_days(Days::new(1)).unwrap_or(day)) }
    }
}

/// All that is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AlertSettings {
    pub rules: BTreeMap<Rule, RuleSetting>,
    pub quiet: QuietHours,
    pub digest: Digest,
}

impl AlertSettings {
    pub fn rule(&self, rule: Rule) -> RuleSetting {
        self.rules.get(&rule).cloned().unwrap_or_else(|| RuleSetting::usual(rule))
    }

    /// # Errors
    /// [`EngineError::Invalid`] with the field.
    pub(super) fn check(&self, channels: &[String]) -> Result<()> {
        let invalid = |field: &'static str, detail: String| Err(EngineError::Invalid { field, detail });
        for (rule, set) in &self.rules {
            let (_, least, most) = rule.threshold();
            if !(least..=most).contains(&set.threshold) {
                return invalid("threshold", format!("{}: {least} to {most}", rule.as_str()));
            }
            let unknown = set.channels.iter().flatten().find(|id| !channels.contains(id));
            if let Some(unknown) = unknown {
                return invalid("channels", format!("{}: no channel {unknown}", rule.as_str()));
            }
        }
        let minutes = [
            ("quietFrom", self.quiet.from_minute),
            ("quietUntil", self.quiet.until_minute),
            ("digestAt", self.digest.at_minute),
        ];
        for (field, minute) in minutes {
            if minute >= DAY_MINUTES {
                return invalid(field, format!("{minute}: minutes of a day"));
            }
        }
        if self.quiet.on && self.quiet.from_minute == self.quiet.until_minute {
            return invalid("quietUntil", "they end when they begin".to_owned());
        }
        Ok(())
    }
}

/// The Romanian minute of the day.
pub(super) fn local_minute(at_ms: i64) -> u32 {
    let at = DateTime::from_timestamp_millis(at_ms).unwrap_or_default().with_timezone(&Bucharest);
    at.hour() * 60 + at.minute()
}

/// A minute of a Romanian day as an instant; one that is skipped in spring comes as much later as is skipped.
fn local_instant(day: chrono::NaiveDate, minute: u32) -> i64 {
    let time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap_or(NaiveTime::MIN);
    let at = Bucharest.from_local_datetime(&day.and_time(time)).earliest();
    at.map_or_else(|| fiscal_day_start(day) + i64::from(minute) * MINUTE_MS, |at| at.timestamp_millis())
}

/// An instant in Romanian time, as it is written there: `24.11.2026 12:15`.
pub fn local_time(at_ms: i64) -> String {
    let at = DateTime::from_timestamp_millis(at_ms).unwrap_or_default().with_timezone(&Bucharest);
    at.format("%d.%m.%Y %H:%M").to_string()
}

/// A day (`2026-11-24`) the same way; what is no day stays as it is.
pub fn local_day(day: &str) -> String {
    day.parse::<chrono::NaiveDate>().map_or_else(|_| day.to_owned(), |day| day.format("%d.%m.%Y").to_string())
}
