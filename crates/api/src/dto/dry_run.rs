//! Dry runs: a changed mapping tried on many orders.

use super::{FieldChangeInfo, MappingDocument, ProblemInfo, RulesNotTaken};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which orders a dry run takes: the newest `last` (1 to 10,000) of `only`: `all`, `held`, `issued`; and of those the ones
/// that the search finds.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DryRunRequest {
    pub mapping_id: String,
    pub document: MappingDocument,
    pub last: u32,
    pub only: String,
    pub search: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DryRunRow {
    pub order_id: String,
    pub number: String,
    pub customer: String,
    /// What the published version makes of it: `issue`, `hold`.
    pub before: String,
    pub after: String,
    pub changes: Vec<FieldChangeInfo>,
    /// What would hold it with the changed mapping.
    pub problems: Vec<ProblemInfo>,
    /// An invoice exists already: it stays as it is.
    pub is_issued: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FieldCount {
    pub field: String,
    pub count: u32,
}

/// A dry run, under way or over. Nothing is sent by it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DryRunInfo {
    pub id: String,
    pub mapping_id: String,
    /// `running`, `done`, `cancelled`, `failed`.
    pub state: String,
    pub detail: String,
    pub total: u32,
    /// Looked at: tried, or left out.
    pub done: u32,
    /// Of the tried: `issue` and `hold` together are all of them.
    pub issue: u32,
    pub hold: u32,
    /// Of `issue` and of `hold`: they have an invoice already, which stays as it is.
    pub issue_issued: u32,
    pub hold_issued: u32,
    /// Would differ from what the published version makes.
    pub changed: u32,
    /// Held with the published version, issued with the changed one; and the other way round.
    pub mended: u32,
    pub broken: u32,
    /// By the flow's rules no invoice at all (cancelled, not paid, …): not tried. Since when the flow is on leaves none out.
    pub left_out: u32,
    /// The same by reason, most first.
    pub not_taken: Vec<RulesNotTaken>,
    #[ts(type = "number")]
    pub started_ms: i64,
    #[ts(type = "number | null")]
    pub finished_ms: Option<i64>,
    /// How often each field differs, most first.
    pub fields: Vec<FieldCount>,
    /// The ones that differ or would be held, newest order first, at most 500.
    pub rows: Vec<DryRunRow>,
    pub truncated: bool,
}

/// The dry run of a mapping that runs or ran last.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DryRunAnswer {
    pub run: Option<DryRunInfo>,
}
