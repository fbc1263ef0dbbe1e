//! The e-Factura board, what is expected, candidates' papers, and the overview's days.

use super::{Amount, DocumentRow, OrderRow};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EInvoicesRequest {
    /// `not_sent`, which is `late` or `in_time`; `processing`, `rejected`, `not_configured`; empty for all.
    pub state: String,
    /// `next` of the page before.
    pub after: Option<EInvoiceKey>,
    pub limit: u32,
}

/// Where a page of the board ended.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EInvoiceKey {
    pub day: String,
    #[ts(type = "number")]
    pub row: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EInvoiceEntry {
    pub document: DocumentRow,
    /// `YYYY-MM-DD`
    pub issued: String,
    /// The last day on which it may reach e-Factura.
    pub deadline: String,
    /// Working days; 0 on the last day, negative once it is over.
    pub days_left: i32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EInvoices {
    /// The oldest day of issue that is looked at.
    pub from: String,
    /// Not sent, as far as is known, and over the time.
    pub late: u32,
    pub in_time: u32,
    pub processing: u32,
    pub rejected: u32,
    pub not_configured: u32,
    /// Late first.
    pub rows: Vec<EInvoiceEntry>,
    pub next: Option<EInvoiceKey>,
    /// Names of connections whose provider does not tell how e-invoices fare.
    pub silent: Vec<String>,
}

/// A sort of thing that is on its way.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExpectedDocuments {
    pub count: u32,
    /// The next ones, at most 50.
    pub rows: Vec<DocumentRow>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExpectedOrders {
    pub count: u32,
    pub rows: Vec<OrderRow>,
}

/// What is not there yet and is no alarm, beside what passes call expected.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Expected {
    /// Issued; a read is to confirm it.
    pub unverified: ExpectedDocuments,
    /// Sent to e-Factura; the answer is awaited.
    pub einvoice: ExpectedDocuments,
    /// Came from the shop, and are decided on next.
    pub undecided: ExpectedOrders,
}

/// A document that a look saw.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CandidateRequest {
    /// Our document in doubt.
    pub id: String,
    pub series: String,
    pub number: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TrendRequest {
    /// 1 to 92, today included.
    pub days: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TrendDay {
    /// `YYYY-MM-DD`, Europe/Bucharest.
    pub day: String,
    pub issued: u32,
    /// Created on the day, and held or in doubt now.
    pub failed: u32,
    /// Of what was issued, net; one entry a currency.
    pub totals: Vec<Amount>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Trend {
    /// Oldest first.
    pub days: Vec<TrendDay>,
}
