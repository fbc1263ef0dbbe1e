//! One client: what is kept of them, and what erasing them would take away and leave; and what a retention period would.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who is looked for.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ClientQuery {
    /// An e-mail, a telephone number, a company's or a person's code, or a name: the whole of it, in any case.
    pub query: String,
    /// Keys of the answer's clients, of several; empty: all of them.
    #[serde(default)]
    pub only: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ClientErase {
    pub query: String,
    #[serde(default)]
    pub only: Vec<String>,
    /// On record, so without the client's name.
    pub reason: String,
}

/// A document that stays, for it was issued.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClientDocument {
    pub id: String,
    /// `smartbill`, `oblio`.
    pub provider: String,
    pub series: String,
    pub number: String,
    pub role: String,
    pub state: String,
    /// `YYYY-MM-DD`
    pub issue_date: Option<String>,
    pub total: String,
    pub currency: String,
    /// The last day for which the law keeps it, `YYYY-MM-DD`.
    pub kept_until: Option<String>,
}

/// An order that is left alone, for something is still to be done about it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClientOpenOrder {
    pub order_id: String,
    pub number: String,
    /// `document`, `operation`, `change`, `bulk`, `undecided`, `mapping`.
    pub why: String,
    pub document_id: Option<String>,
}

/// Orders that were placed under the same name, e-mail and code.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClientInfo {
    /// Tells it from the others of an answer.
    pub key: String,
    pub name: String,
    pub email: String,
    pub tax_id: String,
    pub phone: String,
    pub orders: u32,
    /// Of these, erased before.
    pub erased: u32,
    /// Webhooks that led to these orders.
    pub deliveries: u32,
    #[ts(type = "number | null")]
    pub first_ms: Option<i64>,
    #[ts(type = "number | null")]
    pub last_ms: Option<i64>,
    /// Oldest first, at most 500.
    pub documents: Vec<ClientDocument>,
    pub document_count: u32,
    pub open: Vec<ClientOpenOrder>,
}

/// What names a client and hangs on none of their orders.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, TS)]
pub struct ClientLoose {
    /// Webhooks that led to no order.
    pub deliveries: u32,
    /// Rows of files that were refused.
    pub rejects: u32,
    /// What the audit log keeps aside.
    pub audit: u32,
    /// Notes on other orders, reasons, names of views and the like.
    pub texts: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClientsFound {
    pub clients: Vec<ClientInfo>,
    pub loose: ClientLoose,
    /// Files of orders that wait or run: nobody looked into them.
    pub waiting_files: u32,
    /// There are more orders than were read: neither taken away nor erased.
    pub is_cut: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClientErased {
    /// Orders that told the client and do no more.
    pub orders: u32,
    /// Documents of theirs that stay.
    pub documents: u32,
    pub loose: ClientLoose,
    pub left: Vec<ClientOpenOrder>,
    /// The ledger's file was written anew, so that nothing is left in its free space.
    pub compacted: bool,
}

/// What of one kind a period would take away.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RetentionShare {
    /// `records`, `looks`, `findings`, `approvals`, `audit`, `deliveries`.
    pub kind: String,
    pub count: u32,
    /// There are at least so many.
    pub is_least: bool,
    #[ts(type = "number | null")]
    pub oldest_ms: Option<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RetentionPreview {
    /// The period that it is about.
    pub months: u32,
    /// The period that is set.
    pub current: u32,
    pub shares: Vec<RetentionShare>,
}
