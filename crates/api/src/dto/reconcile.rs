//! Reconcile passes and what they found.

use super::FailureInfo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Asks for a pass over a series and a period.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileRequest {
    /// A billing connection.
    pub connection_id: String,
    pub company: String,
    pub series: String,
    /// `YYYY-MM-DD`, both included; a year at most.
    pub from: String,
    pub to: String,
}

/// A pass that began: it is found among `reconcile.runs` by its id.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileStarted {
    pub run_id: String,
}

/// One pass over a series and a period.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileRunInfo {
    pub id: String,
    pub connection_id: String,
    pub connection_name: String,
    /// `smartbill`, `oblio`.
    pub provider: String,
    pub company: String,
    pub series: String,
    pub from: String,
    pub to: String,
    /// Empty: Punte by itself.
    pub who: String,
    #[ts(type = "number")]
    pub started_ms: i64,
    #[ts(type = "number | null")]
    pub finished_ms: Option<i64>,
    /// `running`, `clean`, `findings`, `failed`, `interrupted`.
    pub result: String,
    /// Everything that the period asks for was looked at and told.
    pub complete: bool,
    /// Why not: `too_many_documents`, `too_many_numbers`, `part`, `not_told`, `no_numbers_known`, `cut_off`, `stopped`,
    /// `too_many_findings`.
    pub why: String,
    /// Documents or numbers that the provider was asked about.
    pub looked: u32,
    pub matched: u32,
    pub not_told: u32,
    /// By kind of finding.
    #[ts(type = "Record<string, number>")]
    pub found: BTreeMap<String, u32>,
    pub failure: Option<FailureInfo>,
    /// Where numbers are looked at one by one: the first that the next pass begins with.
    #[ts(type = "number | null")]
    pub resume_at: Option<u64>,
}

/// A series that can be reconciled.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LaneChoice {
    pub connection_id: String,
    pub connection_name: String,
    pub provider: String,
    pub company: String,
    pub series: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReconcileRuns {
    /// Newest first, a hundred at most.
    pub runs: Vec<ReconcileRunInfo>,
    pub lanes: Vec<LaneChoice>,
    /// Open findings by kind.
    #[ts(type = "Record<string, number>")]
    pub open: BTreeMap<String, u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindingsRequest {
    /// `mismatched`, `expected`, `missing_there`, `unknown_here`, `duplicate`, `gap`, `repeat`; empty for all.
    pub kinds: Vec<String>,
    /// `open`, `resolved`, `ignored`; empty for all.
    pub state: String,
    /// Only what one pass saw.
    pub run_id: Option<String>,
    /// The key of the last row of the page before.
    #[ts(type = "number | null")]
    pub after: Option<i64>,
    pub limit: u32,
}

/// A field that the two sides have otherwise.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DifferenceInfo {
    /// `total`, `currency`, `client`, `date`, `state`, `number`, `reference`.
    pub field: String,
    pub ours: String,
    pub theirs: String,
}

/// A document as the provider showed it; empty is "not told".
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SeenInfo {
    pub series: String,
    pub number: String,
    pub date: String,
    /// Decimal text.
    pub total: String,
    pub currency: String,
    pub client: String,
    /// `cancelled`, `storno`, or empty.
    pub state: String,
    pub references: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FindingInfo {
    pub id: String,
    pub kind: String,
    pub connection_name: String,
    pub provider: String,
    pub series: String,
    pub number: Option<String>,
    /// Gap: the last missing number in a row.
    pub until: String,
    /// `YYYY-MM-DD`
    pub day: Option<String>,
    /// A code for what it is more closely; empty where the kind says all.
    pub why: String,
    /// `storno`, `link`, `look`, or empty.
    pub proposal: String,
    pub reference: String,
    /// Series and number of the document that our record is linked to.
    pub linked: String,
    pub differs: Vec<DifferenceInfo>,
    pub theirs: Vec<SeenInfo>,
    pub document_id: Option<String>,
    pub order_id: Option<String>,
    pub order_number: Option<String>,
    #[ts(type = "number")]
    pub first_seen_ms: i64,
    #[ts(type = "number")]
    pub last_seen_ms: i64,
    pub state: String,
    /// Why it was left be or what explains it, who said so, and when.
    pub reason: String,
    pub who: String,
    #[ts(type = "number | null")]
    pub closed_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct FindingPage {
    pub rows: Vec<FindingInfo>,
    /// The key for the next page; null when this is the last one.
    #[ts(type = "number | null")]
    pub next: Option<i64>,
}

/// Leaves a finding be, or takes that back, with a reason.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct IgnoreRequest {
    pub id: String,
    pub ignored: bool,
    pub reason: String,
}
