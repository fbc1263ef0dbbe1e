//! The log: its lines, and the bundle of it and of how things stand for whoever helps.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Which lines are meant: all of what is not empty must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct LogRequest {
    /// At least so important: `error`, `warn`, `info`, `debug`, `trace`; empty is every line.
    pub level: String,
    /// A connection's id.
    pub connection: String,
    /// An order's number or id, or a document's id.
    pub order: String,
    /// What the line says somewhere.
    pub text: String,
    /// Lines older than this place.
    pub before: Option<String>,
    /// Lines that came since this place: it and `before` exclude each other.
    pub after: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogLine {
    /// Where it stands. Two lines have the same place where a crash cut the first off.
    pub at: String,
    /// Null where it cannot be read.
    #[ts(type = "number | null")]
    pub at_ms: Option<i64>,
    /// `error`, `warn`, `info`, `debug`, `trace`; null where the line is no event of the log.
    pub level: Option<String>,
    /// The part of the program.
    pub target: String,
    pub message: String,
    /// Ids, except for the order: its number at the shop.
    pub connection: Option<String>,
    pub order: Option<String>,
    pub document: Option<String>,
    /// It tells no workspace: about the machine, or of another program's making.
    pub of_machine: bool,
    /// All else that it says.
    #[ts(type = "Record<string, unknown>")]
    pub fields: serde_json::Map<String, serde_json::Value>,
}

/// Some of the log, the newest line first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogPage {
    pub lines: Vec<LogLine>,
    /// Older lines are before it; null where there are none.
    pub older: Option<String>,
    /// What comes from now on is after it. Null while there is no log, and on a page of older lines.
    pub newer: Option<String>,
    /// So much was gone through that it ends here: look on from `older`. Of what came since: there is more after `newer`.
    pub is_cut: bool,
}

/// Lines about a record: its order, and every document of it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogRecordRequest {
    pub order_id: Option<String>,
    pub document_id: Option<String>,
    pub before: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct SupportRequest {
    /// Days of the log, 1 to 14.
    pub days: u32,
    /// What shows the window, in its own words (`AppleWebKit/605.1.15`); empty where there is none.
    pub webview: String,
}

/// One file of the bundle, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SupportPart {
    /// `log.jsonl`, `ledger.json`.
    pub name: String,
    pub text: String,
    pub bytes: u32,
    /// Places where something was taken out, each with `•••` in its stead.
    pub masked: u32,
    /// There was more than is taken along.
    pub is_cut: bool,
}

/// What a bundle would hold. Nothing is written yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SupportPreview {
    /// Saves exactly this.
    pub id: String,
    pub parts: Vec<SupportPart>,
    pub bytes: u32,
}

/// How often something occurs, by its code.
pub(crate) type Tally = BTreeMap<String, i64>;
