//! The closing of a month.

use super::Amount;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// A company at a billing connection.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BooksInfo {
    pub connection_id: String,
    pub connection_name: String,
    /// `smartbill`, `oblio`.
    pub provider: String,
    pub company: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct BooksList {
    pub books: Vec<BooksInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonthRequest {
    /// A billing connection.
    pub connection_id: String,
    pub company: String,
    /// `YYYY-MM`
    pub month: String,
}

/// How many, and their sum.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CountedAmount {
    pub count: u32,
    pub total: Amount,
}

/// What was issued in one currency.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonthMoney {
    pub currency: String,
    pub invoices: CountedAmount,
    /// Negative.
    pub stornos: CountedAmount,
    /// Parts taken back by negative lines: negative.
    pub corrections: CountedAmount,
    pub net: CountedAmount,
    /// Cancelled at the provider, and counted nowhere else.
    pub cancelled: CountedAmount,
    /// Of the invoices. What was paid; for `unpaid` and `not_told`, what is owed.
    pub paid: CountedAmount,
    pub partly_paid: CountedAmount,
    pub unpaid: CountedAmount,
    pub not_told: CountedAmount,
}

/// What stands at one VAT rate.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MonthVat {
    /// Percent, decimal text.
    pub rate: String,
    pub documents: u32,
    pub base: Amount,
    pub vat: Amount,
    pub total: Amount,
}

/// Numbers in a row that no document stands under.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct GapInfo {
    pub from: String,
    pub until: String,
    #[ts(type = "number")]
    pub count: u64,
    /// `deleted_here`, `record_missing`, `unexplained`, `not_compared`.
    pub why: String,
    pub explained: bool,
    /// The finding that a person can explain (`reconcile.ignore`).
    pub finding_id: Option<String>,
    /// A person's explanation, who gave it, and when.
    pub reason: String,
    pub who: String,
    #[ts(type = "number | null")]
    pub at_ms: Option<i64>,
}

/// A series in the month.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonthSeries {
    pub series: String,
    pub count: u32,
    pub first: String,
    pub last: String,
    pub gaps: Vec<GapInfo>,
    pub repeats: Vec<String>,
    /// When the whole month was compared with the provider; null: not yet.
    #[ts(type = "number | null")]
    pub compared_ms: Option<i64>,
    /// Why that was not complete, as a pass says it; empty where it was.
    pub compared_why: String,
}

/// Orders of the month without an invoice.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LeftOutInfo {
    /// `waiting`, `not_invoiced`.
    pub decision: String,
    pub reason: String,
    pub count: u32,
    pub total: Amount,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonthEInvoices {
    /// The provider tells how they fare; without it all of this is zero.
    pub told: bool,
    pub accepted: u32,
    pub processing: u32,
    pub rejected: u32,
    pub not_sent: u32,
    pub late: u32,
    /// `YYYY-MM-DD`: of what is not sent and still in time.
    pub next_deadline: Option<String>,
}

/// What keeps a month open, or has to be accepted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ObstacleInfo {
    /// A code of [`MonthReport`].
    pub code: String,
    pub count: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClosingInfo {
    pub id: String,
    pub who: String,
    pub note: String,
    /// Codes of what was not as it should be, and was accepted.
    pub accepted: Vec<String>,
    #[ts(type = "number")]
    pub closed_ms: i64,
    #[ts(type = "number | null")]
    pub reopened_ms: Option<i64>,
    pub reopened_by: String,
    pub reopened_reason: String,
}

/// A document that is otherwise than when its month was closed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SinceClosingInfo {
    pub document_id: String,
    /// `FCT 0007`
    pub number: String,
    pub client: String,
    pub total: Amount,
    /// The state then; null: it was not there.
    pub before: Option<String>,
    pub state: String,
    #[ts(type = "number")]
    pub changed_ms: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonthReport {
    pub books: BooksInfo,
    pub month: String,
    /// `YYYY-MM-DD`, both included.
    pub from: String,
    pub to: String,
    pub over: bool,
    pub money: Vec<MonthMoney>,
    pub vat: Vec<MonthVat>,
    /// Documents that stand without a draft here: they are in no VAT sum.
    pub without_draft: u32,
    pub series: Vec<MonthSeries>,
    pub left_out: Vec<LeftOutInfo>,
    /// Documents that are not issued, by state, up to the month's end.
    #[ts(type = "Record<string, number>")]
    pub not_issued: BTreeMap<String, u32>,
    pub mismatched: u32,
    pub missing_there: u32,
    pub unknown_here: u32,
    pub duplicates: u32,
    pub einvoices: MonthEInvoices,
    /// The one in force.
    pub closing: Option<ClosingInfo>,
    /// Closings that were taken back, newest first.
    pub earlier: Vec<ClosingInfo>,
    /// What is otherwise than when it was closed.
    pub since: Vec<SinceClosingInfo>,
    /// `in_doubt`, `not_compared`, `gaps`, `repeats`, `mismatched`, `missing_there`, `unknown_here`, `duplicates`.
    pub blocked: Vec<ObstacleInfo>,
    /// `running`, `partly_compared`, `not_sent_yet`, `orders_waiting`, `einvoice_late`, `einvoice_rejected`, `without_draft`.
    pub warnings: Vec<ObstacleInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonthClose {
    pub connection_id: String,
    pub company: String,
    pub month: String,
    /// Every code of the report's warnings.
    pub accepted: Vec<String>,
    pub note: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MonthFileRequest {
    pub connection_id: String,
    pub company: String,
    pub month: String,
    /// `xlsx`, `pdf`.
    pub format: String,
    /// The screen's words by key; a key that is missing stands for itself.
    #[ts(type = "Record<string, string>")]
    pub words: BTreeMap<String, String>,
}
