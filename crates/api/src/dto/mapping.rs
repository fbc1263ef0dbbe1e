//! The mapping page: rules with their value for a chosen order.

use super::{DraftInfo, ProblemInfo};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingRequest {
    /// Null takes the first flow's mapping.
    pub mapping_id: Option<String>,
    /// Null takes the newest order.
    pub order_id: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleValueInfo {
    /// Name of the line the value is for (`Cană ceramică`), empty outside line blocks.
    pub item: String,
    pub value: Option<String>,
    pub error: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleInfo {
    /// `client.city`, or a line field: `vat_rate`.
    pub target: String,
    /// Line block (`line_items`); null outside.
    pub block: Option<String>,
    pub expression: String,
    /// One value, or one for each line of the block.
    pub values: Vec<RuleValueInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingName {
    pub id: String,
    pub name: String,
    pub flows: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SampleOrder {
    pub id: String,
    pub number: String,
    pub customer: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MappingInfo {
    pub mappings: Vec<MappingName>,
    pub id: String,
    pub name: String,
    pub version: u32,
    pub rules: Vec<RuleInfo>,
    pub samples: Vec<SampleOrder>,
    pub sample: Option<SampleOrder>,
    pub draft: Option<DraftInfo>,
    pub problems: Vec<ProblemInfo>,
}

/// A changed expression: previewed, then saved as a new version.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleChange {
    pub mapping_id: String,
    pub target: String,
    pub block: Option<String>,
    pub expression: String,
    pub order_id: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RulePreview {
    /// The expression cannot be compiled.
    pub error: Option<String>,
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub values: Vec<RuleValueInfo>,
    pub draft: Option<DraftInfo>,
    pub problems: Vec<ProblemInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RuleSaved {
    pub version: u32,
    /// Open records that were mapped again with the new version.
    pub remapped: u32,
    /// Of these, now ready to be sent.
    pub ready: u32,
}
