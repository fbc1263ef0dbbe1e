//! One record's own edits, and how drafts differ.

use super::{DraftInfo, ProblemInfo};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FieldChangeInfo {
    /// `client.city`, `lines[2].vat_rate`, `total`.
    pub field: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// One field of a record's draft, set by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DraftEditEntry {
    /// `client.city`, `lines[2].vat_rate`, `document.mentions`.
    pub field: String,
    pub value: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftEditRequest {
    pub document_id: String,
    /// All edits of the record; they replace the earlier ones.
    pub edits: Vec<DraftEditEntry>,
}

/// Refused with `not_now`: `not_open` (sent, or given up), `takes_back` (a storno or correction), `moved_on` (edited or sent
/// since `revision`), `no_draft` (none can be made even with the edits). What is held stays held; where no edit differs from
/// what the mapping makes, the record's edits are undone.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftEditSave {
    pub document_id: String,
    pub edits: Vec<DraftEditEntry>,
    pub reason: String,
    pub revision: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EditPreview {
    pub draft: Option<DraftInfo>,
    pub problems: Vec<ProblemInfo>,
    /// Against what the mapping makes.
    pub changes: Vec<FieldChangeInfo>,
}

/// A record's own edits, with who made them and why.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftEdits {
    pub edits: Vec<DraftEditEntry>,
    /// Against what the mapping makes.
    pub changes: Vec<FieldChangeInfo>,
    pub author: String,
    pub reason: String,
    #[ts(type = "number")]
    pub at_ms: i64,
}

/// What can be edited of a record: every field of its draft with its value now.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftFields {
    pub fields: Vec<DraftEditEntry>,
    pub revision: u32,
    pub edits: Option<DraftEdits>,
}
