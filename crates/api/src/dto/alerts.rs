//! Alerts: rules, channels, what stands, and what was told.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One rule as it is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertRuleInput {
    /// `failure_group`, `in_doubt`, `connection_reconnect`, `connection_down`, `silent_shop`, `einvoice_deadline`, `series_gap`,
    /// `plan_quota`, `backup_overdue`.
    pub rule: String,
    pub on: bool,
    pub threshold: u32,
    /// Ids of channels; null: all there are.
    pub channels: Option<Vec<String>>,
    /// Told in quiet hours, too.
    pub passes_quiet: bool,
    /// Told in the daily digest, where that is on, instead of at once.
    pub in_digest: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertRuleInfo {
    #[serde(flatten)]
    pub set: AlertRuleInput,
    /// What the threshold counts: `records`, `minutes`, `working_days`, `documents` (the plan's size in a month, 0 where it is not
    /// known), `hours`; empty where there is none.
    pub unit: String,
    pub usual: u32,
    pub least: u32,
    pub most: u32,
}

/// Romanian time, minutes of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuietHoursInfo {
    pub on: bool,
    pub from_minute: u32,
    /// Before `fromMinute`: the next morning.
    pub until_minute: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DigestInfo {
    pub on: bool,
    pub at_minute: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertMail {
    pub host: String,
    pub port: u16,
    /// `tls`, `starttls`, `plain` (this machine only).
    pub security: String,
    /// Empty: the server asks for no login.
    pub user: String,
    /// `punte@firma.ro`, or with a name: `Punte <punte@firma.ro>`.
    pub from: String,
    pub to: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertChannelInfo {
    pub id: String,
    /// `desktop`, `mail`, `webhook`.
    pub kind: String,
    /// Empty for the desktop.
    pub name: String,
    pub enabled: bool,
    pub mail: Option<AlertMail>,
    pub url: Option<String>,
    pub has_secret: bool,
    /// What became of the last notice to it.
    pub last: Option<NoticeSendInfo>,
}

/// A channel as it is to be. The secret goes to the vault and nowhere else.
#[derive(Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertChannelInput {
    /// Null for a new one.
    pub id: Option<String>,
    pub kind: String,
    pub name: String,
    pub enabled: bool,
    #[serde(default)]
    pub mail: Option<AlertMail>,
    #[serde(default)]
    pub url: Option<String>,
    /// A mail server's password, or what calls are signed with (`whsec_…`). Empty keeps the one there is; a new webhook is given one.
    #[serde(default)]
    pub secret: String,
    /// Take the channel away.
    #[serde(default)]
    pub remove: bool,
}

impl std::fmt::Debug for AlertChannelInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AlertChannelInput").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertChannelSaved {
    pub id: String,
    /// Made for a new webhook, and shown this once.
    pub secret: Option<String>,
}

/// A cause that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertInfo {
    pub id: String,
    pub rule: String,
    pub cause: String,
    /// In the app's language.
    pub title: String,
    /// The screen that shows it.
    pub path: String,
    #[ts(type = "number")]
    pub since_ms: i64,
    /// First put into a notice; null while nobody was told.
    #[ts(type = "number | null")]
    pub told_ms: Option<i64>,
    /// Gone since then, and not yet for long enough to be over.
    #[ts(type = "number | null")]
    pub clear_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertsInfo {
    pub rules: Vec<AlertRuleInfo>,
    pub channels: Vec<AlertChannelInfo>,
    pub quiet: QuietHoursInfo,
    pub digest: DigestInfo,
    /// What stands now, oldest first.
    pub open: Vec<AlertInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AlertsInput {
    /// Rules that are not named stay as they are.
    pub rules: Vec<AlertRuleInput>,
    pub quiet: QuietHoursInfo,
    pub digest: DigestInfo,
}

/// A notice on its way to one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticeSendInfo {
    pub channel_id: String,
    pub kind: String,
    pub name: String,
    /// `waiting`, `sent`, `failed`.
    pub state: String,
    pub tries: u32,
    /// When it is tried next.
    #[ts(type = "number | null")]
    pub next_ms: Option<i64>,
    #[ts(type = "number | null")]
    pub ended_ms: Option<i64>,
    /// Why the last try did not work, a key under `alerts.failed`; empty where it did.
    pub code: String,
    /// The other side's words.
    pub said: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticeItemInfo {
    pub rule: String,
    pub cause: String,
    /// `raised` or `recovered`.
    pub state: String,
    pub title: String,
    pub path: String,
    #[ts(type = "number")]
    pub since_ms: i64,
}

/// What was told, in the words that it was told in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticeInfo {
    #[ts(type = "number")]
    pub row: i64,
    pub id: String,
    /// `raised`, `recovered`, `digest`, `test`.
    pub kind: String,
    #[ts(type = "number")]
    pub at_ms: i64,
    pub subject: String,
    pub text: String,
    pub items: Vec<NoticeItemInfo>,
    pub sends: Vec<NoticeSendInfo>,
}

#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct NoticesRequest {
    /// The row to go on before; null for the newest.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
    /// At most 200.
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticePage {
    pub rows: Vec<NoticeInfo>,
    #[ts(type = "number | null")]
    pub next: Option<i64>,
}

#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct DesktopNoticesRequest {
    /// The newest row that was heard of; null: from now on.
    #[ts(type = "number | null")]
    pub after: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DesktopNotices {
    /// Oldest first.
    pub rows: Vec<NoticeInfo>,
    /// What to ask after next time.
    #[ts(type = "number")]
    pub last: i64,
}
