//! What runs by itself.

use super::FailureInfo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JobInfo {
    pub id: String,
    /// `poll`, `health`, `payments`, `einvoices`, `reconcile`, `retention`, `backup`.
    pub kind: String,
    /// The connection's name, with the series where it is of one; empty where it is of the whole workspace.
    pub about: String,
    #[ts(type = "number")]
    pub every_ms: u64,
    #[ts(type = "number | null")]
    pub last_ms: Option<i64>,
    /// Null while it runs.
    #[ts(type = "number | null")]
    pub next_ms: Option<i64>,
    pub running: bool,
    /// `ok`, `failed`, `skipped`; empty before the first run.
    pub outcome: String,
    /// What was done: `read`, `unread`, `series`, `looked`, `matched`, `found`, `purged`, `kib`, `verified`, `pruned`.
    #[ts(type = "Record<string, number>")]
    pub counts: BTreeMap<String, u32>,
    pub failure: Option<FailureInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleInfo {
    pub jobs: Vec<JobInfo>,
    /// After how many months requests, answers and evidence may go; 0 keeps them.
    pub retention_months: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RetentionRequest {
    /// 0, or 12 to 240.
    pub months: u32,
}
