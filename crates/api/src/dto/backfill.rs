//! Orders from before a flow, taken up after a plan.

use super::{Amount, FailureInfo};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackfillRequest {
    pub flow: String,
    /// First and last day on which the orders were placed, in Romania: `2026-01-31`.
    pub from: String,
    pub until: String,
}

/// Orders of a plan that go one way for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackfillGroupInfo {
    /// `issue`, `hold`, `invoiced`, `left_out`.
    pub verdict: String,
    /// Of held ones the failure's kind; of those left out the decision's reason; otherwise empty.
    pub reason: String,
    pub count: u32,
    pub total: Amount,
    /// Given to the flow so far.
    pub released: u32,
    /// Numbers of the first orders.
    pub samples: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BackfillInfo {
    pub id: String,
    pub flow_id: String,
    /// First and last day.
    pub from: String,
    pub until: String,
    pub who: String,
    pub confirmed_by: Option<String>,
    /// `reading`, `planned`, `running`, `done`, `cancelled`, `failed`.
    pub state: String,
    /// Orders read at the shop so far.
    pub read: u32,
    pub failure: Option<FailureInfo>,
    #[ts(type = "number")]
    pub created_ms: i64,
    #[ts(type = "number | null")]
    pub ended_ms: Option<i64>,
    pub groups: Vec<BackfillGroupInfo>,
}

/// The newest backfill of each flow that has one.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Backfills {
    pub backfills: Vec<BackfillInfo>,
}
