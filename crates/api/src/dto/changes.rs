//! What became of an order after its invoice was issued, and what a person does about it.

use super::{Amount, DraftInfo};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One value as it was invoiced and as the order says now.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChangedFieldInfo {
    /// `status`, `total`, `currency`, `refunded`, `client.name`, `client.tax_id`, `client.address`, …
    pub field: String,
    /// Amounts are decimal text in the invoice's currency; statuses are words that every shop shares.
    pub before: String,
    pub after: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChangeInfo {
    pub id: String,
    /// The invoice.
    pub document_id: String,
    /// `cancelled`, `refunded_fully`, `refunded_partly`, `total`, `billing`.
    pub kind: String,
    /// The shop's id of the refund; empty for the other kinds.
    pub refund: String,
    /// `open`, `resolved`, `ignored`, `closed`, `noted`.
    pub state: String,
    /// `storno`, `partial_storno`, `nothing`.
    pub proposal: String,
    /// What the proposal takes back, positive.
    pub amount: Amount,
    pub facts: Vec<ChangedFieldInfo>,
    /// What accepting an open change would issue.
    pub preview: Option<DraftInfo>,
    /// Why it cannot be accepted now: `more_than_left`, `operation_open`, `has_storno`, …
    pub blocked: Option<String>,
    /// VAT rates in percent of which a person must choose one, where the refund does not tell.
    pub rates: Vec<String>,
    /// A part of the ledger was lost at this time, and the order is as it is since before: it may have been answered there. Of an
    /// open change.
    #[ts(type = "number | null")]
    pub lost_ms: Option<i64>,
    /// The flow lets Punte accept it by itself.
    pub automatic: bool,
    /// The document that was written down for it.
    pub made_id: Option<String>,
    pub who: String,
    pub reason: String,
    #[ts(type = "number")]
    pub created_ms: i64,
    #[ts(type = "number")]
    pub changed_ms: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AcceptChange {
    pub id: String,
    pub reason: String,
    /// One of the change's `rates`, where there are any.
    #[serde(default)]
    pub vat_rate: Option<String>,
}
