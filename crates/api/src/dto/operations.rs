//! What is done to an issued document at its provider, what may be done, and the files that come of it.

use super::{CompanyChoice, FailureInfo, SeriesChoice, VatChoice};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An act on a document, and why it cannot be asked for now.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OfferInfo {
    /// `pdf`, `send_email`, `record_payment`, `delete_payment`, `send_einvoice`, `storno`, `cancel`, `restore`, `delete`,
    /// `invoice_again`.
    pub act: String,
    /// Null: it can be asked for. Else `not_offered`, `not_issued`, `cancelled`, `reversed`, `deleted`, `not_cancelled`,
    /// `still_issued`, `has_successor`, `operation_open`, `has_storno`, `is_storno`, `in_einvoice`, `einvoice_sent`, `paid`, `not_paid`,
    /// `credential_missing`, `proforma` (not of one), `is_invoiced` (a proforma).
    pub blocked: Option<String>,
    pub needs_reason: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PaymentInput {
    /// `card`, `bank_transfer`, `cash_on_delivery`, `cash` (under a receipt in the flow's series), `other`.
    pub kind: String,
    /// Decimal text with a point: `59.00`.
    pub value: String,
    /// `YYYY-MM-DD`
    pub date: String,
    pub document_number: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EmailInput {
    /// One address or several, parted by commas.
    pub to: String,
    pub cc: String,
    /// Empty: the account's own text at the provider.
    pub subject: String,
    pub body: String,
}

/// Asks for an operation on an issued document; a storno goes by `documents.storno`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OperateRequest {
    pub id: String,
    /// An act of [`OfferInfo`] except `pdf`, `storno` and `invoice_again`.
    pub kind: String,
    pub reason: String,
    pub payment: Option<PaymentInput>,
    pub email: Option<EmailInput>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OperationInfo {
    pub id: String,
    pub kind: String,
    /// `waiting`, `sending`, `done`, `refused`, `in_doubt`, `closed`.
    pub state: String,
    pub reason: String,
    pub who: String,
    /// What was asked for, in one line: an amount, an address.
    pub about: String,
    pub document_id: String,
    /// `FCT 0007`
    pub document_number: String,
    pub order_id: String,
    pub order_number: String,
    pub provider: String,
    #[ts(type = "number")]
    pub created_ms: i64,
    #[ts(type = "number | null")]
    pub started_ms: Option<i64>,
    #[ts(type = "number | null")]
    pub finished_ms: Option<i64>,
    pub failure: Option<FailureInfo>,
    /// While in doubt: when Punte looks (again); null where nobody can tell, and a person decides.
    #[ts(type = "number | null")]
    pub look_at_ms: Option<i64>,
    /// What the last look said: `present`, `cancelled`, `absent`, `cannot_tell`, `paid`, an e-invoice's state; empty before it.
    pub seen: String,
    pub method: String,
    pub url: String,
    pub request_body: String,
    pub status: Option<u16>,
    pub answer_body: String,
}

/// A file, whole: at most 5 MB.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileContent {
    pub name: String,
    /// `application/pdf`, `application/zip`.
    pub media_type: String,
    pub base64: String,
}

/// What the provider said of the e-invoice last.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct EInvoiceInfo {
    /// `not_sent`, `processing`, `accepted`, `rejected`, `not_configured`.
    pub state: String,
    /// The provider's own words.
    pub words: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ListsRequest {
    /// A billing connection.
    pub id: String,
    /// Ask the provider now instead of taking what it said last.
    pub refresh: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AbilityInfo {
    /// `proforma`, `storno`, `einvoice`, `email`, …
    pub name: String,
    pub can: bool,
}

/// What a billing connection's provider has to choose from, and what it can do.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionListsInfo {
    /// Null where the provider lists no companies.
    pub companies: Option<Vec<CompanyChoice>>,
    pub series: Vec<SeriesChoice>,
    pub vat_rates: Vec<VatChoice>,
    pub warehouses: Vec<String>,
    pub languages: Vec<String>,
    pub units: Vec<String>,
    pub abilities: Vec<AbilityInfo>,
    #[ts(type = "number")]
    pub read_ms: i64,
}
