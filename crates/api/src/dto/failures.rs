//! Failures by cause, and who looks after them.

use super::{Amount, DocumentRow, FailureInfo};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Documents that are held for one cause, or were until today.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FailureGroup {
    /// The cause's fingerprint.
    pub key: String,
    /// `open`; `snoozed` until an instant or the next record; `retrying`: none is held any more, some are on their way;
    /// `resolved`: all went through or were given up, the last of them today.
    pub state: String,
    /// The newest record's failure: its kind and code are shared by the group.
    pub failure: FailureInfo,
    /// Held now.
    pub count: u32,
    /// Of these, left for later one by one.
    pub snoozed: u32,
    /// Retried and not through yet.
    pub under_way: u32,
    /// Went through since the cause came up.
    pub went_through: u32,
    /// Value held, one sum a currency.
    pub totals: Vec<Amount>,
    #[ts(type = "number")]
    pub since_ms: i64,
    #[ts(type = "number")]
    pub last_ms: i64,
    /// Who looks after it; empty for nobody.
    pub owner: String,
    #[ts(type = "number | null")]
    pub snoozed_until_ms: Option<i64>,
    /// The newest held one; further ones by `failures.records`.
    pub documents: Vec<DocumentRow>,
    /// Why a retry is safe: `nothing_sent`, `refused`, `proven_absent`; null where a retry is not offered.
    pub safe_because: Option<String>,
}

/// Causes: open ones first, the largest first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Failures {
    pub groups: Vec<FailureGroup>,
    /// Names to choose an owner from; any other is taken, too.
    pub people: Vec<String>,
}

/// A page of a cause's held records, newest first: pass `next` as `after` to go on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CauseRecordsRequest {
    pub key: String,
    #[ts(type = "number | null")]
    pub after: Option<i64>,
    /// At most 500.
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CauseRecord {
    pub document: DocumentRow,
    pub owner: String,
    #[ts(type = "number | null")]
    pub snoozed_until_ms: Option<i64>,
    #[ts(type = "number")]
    pub failed_ms: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CauseRecords {
    pub rows: Vec<CauseRecord>,
    #[ts(type = "number | null")]
    pub next: Option<i64>,
}

/// Names who looks after a cause; an empty name for nobody.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AssignCause {
    pub key: String,
    /// At most 100 characters.
    pub owner: String,
}

/// Leaves a cause for later; null: it is back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnoozeCause {
    pub key: String,
    #[ts(type = "number | null")]
    pub until_ms: Option<i64>,
}
