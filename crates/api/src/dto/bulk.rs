//! Jobs over many records: plan, confirm, progress, report.

use super::{Amount, FailureInfo, TableQuery};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which records a job takes: these, or all that are held for a cause, or all that a list shows.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct BulkSelection {
    /// Document ids; empty where a cause or a query is named.
    pub ids: Vec<String>,
    /// A cause's key (`FailureGroup.key`).
    #[ts(optional)]
    pub cause: Option<String>,
    /// A list of documents: every row of it.
    #[ts(optional)]
    pub query: Option<TableQuery>,
    /// Document ids that are left out.
    pub except: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BulkRequest {
    /// `retry`, `storno`, `email`, `refresh`, `dismiss`.
    pub kind: String,
    /// At most 100,000 records.
    pub selection: BulkSelection,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BulkConfirm {
    pub id: String,
    /// Needed where `needsReason`: 1 to 500 characters.
    pub reason: String,
}

/// A code and how many records it is for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BulkCount {
    pub code: String,
    pub count: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BulkJob {
    pub id: String,
    pub kind: String,
    /// `planning`, `planned` (waits for a person), `running`, `done`, `cancelled`.
    pub state: String,
    pub needs_reason: bool,
    pub reason: String,
    pub who: String,
    #[ts(type = "number")]
    pub created_ms: i64,
    #[ts(type = "number | null")]
    pub confirmed_ms: Option<i64>,
    #[ts(type = "number | null")]
    pub finished_ms: Option<i64>,
    /// Records of the selection; while it is being planned more than have been looked at.
    pub of_records: u32,
    /// Planned and not begun.
    pub waiting: u32,
    /// Begun and not over.
    pub under_way: u32,
    pub done: u32,
    pub failed: u32,
    /// Nobody knows yet whether it was done; a person settles it.
    pub in_doubt: u32,
    pub skipped: u32,
    /// Not begun, for the job was cancelled.
    pub cancelled: u32,
    /// Begun before the job was cancelled: they go on by themselves.
    pub left: u32,
    /// Why a running job begins nothing now: `live` orders are due, its `connection` may not be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub waits: Option<String>,
    /// Value of what was planned.
    pub totals: Vec<Amount>,
    /// How many at each provider.
    pub providers: Vec<BulkCount>,
    /// Why it is safe: `nothing_sent`, `refused`, `proven_absent`, `nothing_sent_at_all`, `reads_only`, `checked_again`,
    /// `sent_once`.
    pub safe: Vec<BulkCount>,
    /// Why records are skipped.
    pub skips: Vec<BulkCount>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BulkJobs {
    /// Newest first, at most 50.
    pub jobs: Vec<BulkJob>,
}

/// A page of a job's records: pass `next` as `after` to go on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BulkReportRequest {
    pub id: String,
    /// `planned`, `skipped`, `doing`, `done`, `failed`, `in_doubt`, `cancelled`, `left`; empty for all.
    pub state: String,
    #[ts(type = "number | null")]
    pub after: Option<i64>,
    /// At most 500.
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BulkItem {
    pub document_id: String,
    pub order_number: String,
    pub client: String,
    pub total: Amount,
    pub provider: String,
    /// Of the record now.
    pub document_state: String,
    /// `FCT 0007`, where it has one.
    pub document_number: Option<String>,
    pub state: String,
    /// Why it is safe, or why it was skipped or failed; empty where it was done.
    pub why: String,
    pub failure: Option<FailureInfo>,
    #[ts(type = "number | null")]
    pub finished_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BulkItems {
    pub rows: Vec<BulkItem>,
    #[ts(type = "number | null")]
    pub next: Option<i64>,
}

/// A job's report as a CSV file. Columns: `order`, `client`, `total`, `currency`, `result`, `why`, `document`, `detail`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BulkCsvRequest {
    pub id: String,
    /// Words of the screen's language: `column.total`, `state.failed`, `why.held_again`; a code without one stays as it is.
    #[ts(type = "Record<string, string>")]
    pub words: std::collections::BTreeMap<String, String>,
}
