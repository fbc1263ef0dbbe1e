//! What is done to a document that exists, and what is asked about it: the requests and answers of the billing trait that
//! come after the invoice.

use super::{IssueRequest, Issued};
use chrono::NaiveDate;
use punte_domain::{CollectKind, Reference};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What a provider may be able to do. What is not among its capabilities is shown as such and answered, when asked all
/// the same, by a failure of kind `not_offered`, before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    Proforma,
    InvoiceFromProforma,
    Storno,
    Cancel,
    Restore,
    /// Only the last document of a series.
    Delete,
    RecordPayment,
    DeletePayment,
    PaymentStatus,
    Pdf,
    Email,
    ListDocuments,
    /// Only one number after another, where nothing can be listed.
    ReadNumbers,
    EInvoice,
    Warehouses,
    Languages,
    Units,
}

impl Ability {
    pub const ALL: [Ability; 17] = [
        Ability::Proforma,
        Ability::InvoiceFromProforma,
        Ability::Storno,
        Ability::Cancel,
        Ability::Restore,
        Ability::Delete,
        Ability::RecordPayment,
        Ability::DeletePayment,
        Ability::PaymentStatus,
        Ability::Pdf,
        Ability::Email,
        Ability::ListDocuments,
        Ability::ReadNumbers,
        Ability::EInvoice,
        Ability::Warehouses,
        Ability::Languages,
        Ability::Units,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Ability::Proforma => "proforma",
            Ability::InvoiceFromProforma => "invoice_from_proforma",
            Ability::Storno => "storno",
            Ability::Cancel => "cancel",
            Ability::Restore => "restore",
            Ability::Delete => "delete",
            Ability::RecordPayment => "record_payment",
            Ability::DeletePayment => "delete_payment",
            Ability::PaymentStatus => "payment_status",
            Ability::Pdf => "pdf",
            Ability::Email => "email",
            Ability::ListDocuments => "list_documents",
            Ability::ReadNumbers => "read_numbers",
            Ability::EInvoice => "einvoice",
            Ability::Warehouses => "warehouses",
            Ability::Languages => "languages",
            Ability::Units => "units",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    Invoice,
    Proforma,
}

/// A document at the provider, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub company: String,
    pub kind: DocumentKind,
    pub document: Issued,
    pub issue_date: NaiveDate,
    /// Our reference in its mentions; a storno made by the provider may not carry one.
    pub reference: Reference,
}

impl Target {
    /// Series and number, for failures and records.
    pub fn name(&self) -> String {
        format!("{} {}", self.document.series, self.document.number)
    }
}

/// A full storno. At SmartBill it takes the next number of the original's own series and carries no reference; at Oblio
/// it is a document in `series`, with our reference.
#[derive(Debug, Clone)]
pub struct StornoRequest {
    pub company: String,
    pub series: String,
    pub issue_date: NaiveDate,
    pub original: Issued,
    pub reference: Reference,
    pub idempotency_key: String,
    pub order_number: String,
    /// Oblio: also takes back the payment that was recorded with the original.
    pub refund_payment: bool,
}

/// The invoice that follows from a proforma.
#[derive(Debug, Clone)]
pub struct FromProforma {
    /// The invoice as it is to be, with lines of its own.
    pub invoice: IssueRequest,
    pub proforma: Issued,
    /// Client and lines are those of the proforma: a provider that copies them may do so.
    pub repeats: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequest {
    pub kind: CollectKind,
    pub value: Decimal,
    pub date: NaiveDate,
    /// Of the payment: bank statement, courier's report, processor's transaction.
    pub document_number: String,
    /// The provider's series of receipts, for cash: the receipt is numbered there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub receipt_series: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentStatus {
    pub total: Decimal,
    pub paid: Decimal,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailRequest {
    pub to: String,
    pub cc: String,
    /// Empty takes the account's own text at the provider.
    pub subject: String,
    pub body: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EInvoiceState {
    NotSent,
    Processing,
    Accepted,
    Rejected,
    /// The account is not connected to SPV.
    NotConfigured,
}

impl EInvoiceState {
    pub fn as_str(self) -> &'static str {
        match self {
            EInvoiceState::NotSent => "not_sent",
            EInvoiceState::Processing => "processing",
            EInvoiceState::Accepted => "accepted",
            EInvoiceState::Rejected => "rejected",
            EInvoiceState::NotConfigured => "not_configured",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EInvoiceStatus {
    pub state: EInvoiceState,
    /// The provider's own words.
    pub words: String,
}

/// Whether a document is there, as far as the provider tells. Only a reading that names the document decides: by id where
/// there is one, else by the reference in it, for a number may have been given again after a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Present {
        /// `None`: the provider does not tell.
        cancelled: Option<bool>,
    },
    Absent,
    CannotTell,
}

/// What to list: documents by the day of their issue, both days included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentQuery {
    pub company: String,
    pub kind: DocumentKind,
    pub series: Option<String>,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// From 0.
    pub page: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedDocument {
    pub document: Issued,
    pub issue_date: Option<NaiveDate>,
    pub total: Option<Decimal>,
    pub currency: String,
    pub client: String,
    pub cancelled: Option<bool>,
    pub is_storno: Option<bool>,
    /// References of ours in its mentions.
    pub references: Vec<Reference>,
    pub einvoice: Option<EInvoiceStatus>,
}

/// What stands under one number of a series, where documents cannot be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberSeen {
    /// Read: whose it is stands in it. What the provider does not tell is empty.
    Document(Box<ListedDocument>),
    /// A document may stand there, but nobody could read whose it is: proves nothing.
    Unread { total: Option<Decimal> },
    /// Certainly no document.
    Nothing,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentPage {
    pub rows: Vec<ListedDocument>,
    /// Another page follows.
    pub more: bool,
}

/// A series to read from its last known document to now, a page at a time: where a part of the ledger was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesQuery {
    pub company: String,
    pub kind: DocumentKind,
    pub series: String,
    /// By the day of issue, where documents are listed (Oblio); both days included.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// By number, where they are looked at one by one (SmartBill). `None`: none is known.
    pub from_number: Option<u64>,
    /// What the page before said; `None` for the first one.
    pub next: Option<u64>,
}

/// One page of a series.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeriesPage {
    pub rows: Vec<ListedDocument>,
    /// Numbers that were given and could not be read: nothing is known of them.
    pub unreadable: Vec<u64>,
    /// Another page follows.
    pub next: Option<u64>,
    /// Numbers before the first that is read, left out because there are too many.
    pub left_out: u64,
}
