//! What people keep with a record: notes, who looks after it, tags, and until when it may wait.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteInfo {
    pub id: String,
    pub author: String,
    pub text: String,
    /// The caller wrote it, and may change it.
    pub own: bool,
    #[ts(type = "number")]
    pub created_ms: i64,
    #[ts(type = "number | null")]
    pub edited_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordDesk {
    /// Newest first.
    pub notes: Vec<NoteInfo>,
    /// Who looks after the record; empty for nobody.
    pub owner: String,
    pub tags: Vec<String>,
    /// Tags in use, the most used first.
    pub known_tags: Vec<String>,
    /// Names to choose an owner from; any other is taken, too.
    pub people: Vec<String>,
}

/// Writes a note on an order's record, or changes one's own.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteInput {
    pub order_id: String,
    /// Null for a new one.
    pub id: Option<String>,
    /// 1 to 4000 characters.
    pub text: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AssignRecord {
    pub order_id: String,
    /// At most 100 characters; empty for nobody.
    pub owner: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TagsInput {
    pub order_id: String,
    /// At most 20, each of 1 to 40 characters.
    pub tags: Vec<String>,
}

/// Leaves one failed record for later; null: it is back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SnoozeRecord {
    pub document_id: String,
    #[ts(type = "number | null")]
    pub until_ms: Option<i64>,
}
