//! The audit log as people read it: an entry for each act, and whether the log is whole.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which entries to show, newest first.
#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct AuditRequest {
    pub who: Option<String>,
    /// A command's name, or the code of what happened by itself.
    pub act: Option<String>,
    /// Both or neither.
    pub subject_kind: Option<String>,
    pub subject_id: Option<String>,
    /// `asked` (nobody knows how it ended), `done`, `refused`, `noted`.
    pub outcome: Option<String>,
    #[ts(type = "number | null")]
    pub from_ms: Option<i64>,
    /// The first instant after.
    #[ts(type = "number | null")]
    pub to_ms: Option<i64>,
    /// Somewhere in an entry.
    pub text: String,
    /// Of the answer before: what comes after it.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its number in the log.
    #[ts(type = "number")]
    pub row: i64,
    #[ts(type = "number")]
    pub at_ms: i64,
    /// Empty for Punte itself.
    pub who: String,
    pub role: String,
    /// `window`, `terminal`, `browser`, `engine`.
    pub host: String,
    pub act: String,
    pub subject: Option<AuditSubject>,
    /// `asked`, `done`, `refused`, `noted`.
    pub outcome: String,
    /// Why it was refused: an error's code.
    pub code: String,
    pub reason: String,
    /// The number of the row that says how it ended.
    #[ts(type = "number | null")]
    pub end_row: Option<i64>,
    #[ts(type = "number | null")]
    pub ended_ms: Option<i64>,
    /// What was asked for, without secrets and what tells a person.
    #[ts(type = "unknown")]
    pub request: serde_json::Value,
    /// The second person, where one was needed.
    pub approved_by: Option<String>,
    /// What an act changed: how it was, and how it is.
    pub changes: Vec<AuditChange>,
    /// Facts of what happened by itself; of a look at clients, how much it showed.
    #[ts(type = "Record<string, unknown> | null")]
    pub facts: Option<serde_json::Value>,
    /// Something of it is kept aside, or was and is erased.
    pub has_personal: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditSubject {
    pub kind: String,
    /// Empty where there is only one.
    pub id: String,
    /// What people know it by, where it is known.
    pub label: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AuditChange {
    pub field: String,
    #[ts(type = "unknown")]
    pub before: serde_json::Value,
    #[ts(type = "unknown")]
    pub after: serde_json::Value,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AuditPage {
    pub rows: Vec<AuditEntry>,
    /// Ask with it for what comes after; null at the end.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
}

#[derive(Debug, Clone, Deserialize, TS)]
pub struct AuditGet {
    #[ts(type = "number")]
    pub row: i64,
    /// With what is kept aside. That it was shown is on record.
    #[serde(default)]
    pub personal: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AuditDetail {
    pub entry: AuditEntry,
    /// What is kept aside, by the path at which it stood; null where it was not asked for.
    pub personal: Option<Vec<AuditAside>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AuditAside {
    /// `/request/email/to`
    pub path: String,
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
}

#[derive(Debug, Clone, Default, Deserialize, TS)]
#[serde(default)]
pub struct AuditVerify {
    /// A head that somebody kept elsewhere: `sequence:hash`, or a whole anchor line.
    pub head: Option<String>,
}

/// Whether the log is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditReport {
    /// Rows that were read, up to the break.
    #[ts(type = "number")]
    pub rows: i64,
    /// `sequence:hash` of the last of them.
    pub head: String,
    /// Null: it is whole.
    pub broken: Option<AuditBreak>,
    /// What was kept aside and is erased.
    #[ts(type = "number")]
    pub erased: i64,
    pub losses: Vec<AuditLoss>,
    /// The newest row that a mark, an anchor or a given head vouches for; what follows has only the chain.
    #[ts(type = "number")]
    pub witnessed_to: i64,
    pub witnesses: u32,
}

/// The first row at which the log is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditBreak {
    #[ts(type = "number")]
    pub row: i64,
    /// `changed`, `removed`, `moved`, `inserted`, `personal_changed`, `rewritten`.
    pub fault: String,
    /// Of `removed`, the last one that is gone; of `moved`, the number that it was written under; of `rewritten`, the last
    /// row that is vouched for.
    #[ts(type = "number | null")]
    pub other: Option<i64>,
    /// Who saw another row there: `mark`, `anchor`, `given`.
    pub witness: Option<String>,
    #[ts(type = "number | null")]
    pub at_ms: Option<i64>,
    pub who: String,
    pub act: String,
}

/// A part that was lost before the ledger was opened, as the log itself says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditLoss {
    /// The row that says so.
    #[ts(type = "number")]
    pub row: i64,
    #[ts(type = "number")]
    pub at_ms: i64,
    #[ts(type = "number")]
    pub from: i64,
    #[ts(type = "number")]
    pub to: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AuditAnchors {
    /// As of now: day, workspace, number and hash of the newest row. To be kept elsewhere.
    pub line: String,
    /// Those of the days before, oldest first.
    pub daily: Vec<String>,
}

/// A whole filter as a file.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct AuditExport {
    #[serde(flatten)]
    #[ts(flatten)]
    pub filter: AuditRequest,
    /// `csv` or `jsonl`.
    pub format: String,
}
