//! The billing providers' trait, and what passes through it.

use crate::pace::{Budgets, Urgency};
use crate::transport::Transport;
use async_trait::async_trait;
use bytes::Bytes;
use chrono::NaiveDate;
use punte_domain::{CollectKind, Currency, Draft, Failure, Reference};
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use steps::Steps;

mod acts;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod oblio;
mod offers;
mod pdf;
mod prepare;
#[cfg(test)]
mod preview_tests;
mod rates_cache;
mod record;
pub mod smartbill;
mod steps;

pub use prepare::Unsendable;

/// Every code that a failure can bear, with the system's name before it (`smartbill.vat_of_product`).
pub fn literal_codes() -> Vec<String> {
    let smartbill = smartbill::literal_codes().map(|code| format!("smartbill.{code}"));
    smartbill.chain(oblio::literal_codes().map(|code| format!("oblio.{code}"))).collect()
}

pub use acts::{
    Ability, DocumentKind, DocumentPage, DocumentQuery, EInvoiceState, EInvoiceStatus, EmailRequest, FromProforma,
    ListedDocument, NumberSeen, PaymentRequest, PaymentStatus, Presence, SeriesPage, SeriesQuery, StornoRequest,
    Target,
};

/// A provider behind the billing trait. Nothing is sent until it is asked something.
pub fn connect(kind: ProviderKind, config: BillingConfig, transport: Arc<dyn Transport>) -> Arc<dyn BillingProvider> {
    match kind {
        ProviderKind::SmartBill => Arc::new(smartbill::SmartBill::new(config, transport)),
        ProviderKind::Oblio => Arc::new(oblio::Oblio::new(config, transport)),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    SmartBill,
    Oblio,
}

/// Where and as whom. `base_url` as the provider documents it (`https://ws.smartbill.ro/SBORO/api`,
/// `https://www.oblio.eu`); `account` is the login e-mail.
#[derive(Clone)]
pub struct BillingConfig {
    pub base_url: String,
    pub account: String,
    pub secret: SecretString,
    /// Pace calls to the provider's published limits; off only for a sandbox that has none.
    pub paced: bool,
    /// Time limit of a create, from the connection to the last byte of the answer (default 120 s).
    pub create_limit: std::time::Duration,
    /// What each account may spend: one object for a whole host. Unused where `paced` is off.
    pub budgets: Arc<Budgets>,
    /// Whose turn the calls of this connector take: a bulk job has a connector of its own.
    pub urgency: Urgency,
    /// Calls of every window that are left to other programs with the same token.
    pub reserve: u32,
    /// SmartBill's older routes (`/invoice`, `/estimate`), for accounts where the newer ones do not answer.
    pub legacy_routes: bool,
}

/// How a create whose outcome is unknown can be settled at a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settling {
    /// Documents can be listed; a repeat carries an idempotency key (Oblio).
    ByList,
    /// Only numbers from a baseline on can be looked at, one by one; one writer per series (SmartBill).
    ByGap,
}

/// What a provider can do: data, shown on screen as such.
#[derive(Debug, Clone, Serialize)]
pub struct Capabilities {
    pub settling: Settling,
    /// Creates in one series must be sent one at a time.
    pub one_writer_per_series: bool,
    /// The fields that [`BillingProvider::read_issued`] can read back.
    pub reads_back: Vec<&'static str>,
    /// Everything else that it can do.
    pub abilities: Vec<Ability>,
}

impl Capabilities {
    pub fn can(&self, ability: Ability) -> bool {
        self.abilities.contains(&ability)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// As the provider wants it in calls (`RO12345678`).
    pub cif: String,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    pub name: String,
    /// `invoice`, `proforma`, `receipt`, or the provider's own word.
    pub document_type: String,
    /// As printed, padded as the provider pads.
    pub next_number: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatRate {
    pub name: String,
    /// Percent.
    pub percent: Decimal,
}

/// One thing that a live test checked.
#[derive(Debug, Clone, Serialize)]
pub struct CheckStep {
    /// `address`, `credential`, `company`, `series`, `vat_rates`, `orders`.
    pub step: &'static str,
    pub failure: Option<Failure>,
    /// What was found (`3 series`, the shop's name): a fact to show beside the tick.
    pub found: String,
}

/// Everything a create needs. The draft is complete; `reference` is added to its mentions by the connector.
#[derive(Debug, Clone)]
pub struct IssueRequest {
    pub company: String,
    pub series: String,
    pub issue_date: NaiveDate,
    pub draft: Draft,
    pub reference: Reference,
    pub idempotency_key: String,
    /// What people call the order; printed before the reference.
    pub order_number: String,
}

/// A document's identifiers at the provider. `number` as printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    pub series: String,
    pub number: String,
    pub provider_id: Option<String>,
    pub link: Option<String>,
}

/// One request and its answer with every secret removed, bounded, for the attempt's row.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct WireRecord {
    pub method: String,
    pub url: String,
    pub request_body: String,
    pub status: Option<u16>,
    pub answer_body: String,
}

/// The outcome of something that changes the provider, with its record.
#[derive(Debug, Clone)]
pub struct Exchange<T> {
    pub outcome: Result<T, Failure>,
    pub record: WireRecord,
}

/// What is known of a series before a create is sent (SmartBill; Oblio needs none and returns `None`s).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// The series' next number, as printed.
    pub next_number: Option<String>,
}

/// What to look for after an unknown outcome.
#[derive(Debug, Clone)]
pub struct FindQuery {
    /// Issue date of an earlier send of the same document, if it may have taken effect, too.
    pub first_date: Option<NaiveDate>,
    pub company: String,
    pub series: String,
    pub issue_date: NaiveDate,
    pub reference: Reference,
    pub baseline: Baseline,
    /// Numbers that are already known to be other documents of ours: never candidates.
    pub struck: Vec<String>,
    /// Ranks candidates; never decides.
    pub total: Decimal,
    pub kind: DocumentKind,
    /// What is sought is this document's storno: where the provider's storno carries no reference of ours, a document
    /// that names the original as the one it reverses counts as ours.
    pub reverses: Option<Issued>,
    /// What is sought was made from this proforma: where the provider names the invoices of a proforma (SmartBill), one so
    /// named counts as ours even if our reference was not taken over.
    pub from_proforma: Option<Issued>,
    /// The proforma's own reference: with its lines its mentions may be copied, and then this one is printed.
    pub proforma_reference: Option<Reference>,
    /// What the ledger knows of the last number before the baseline, and the reference that is printed on it: whether that
    /// document still stands there tells a counter that never moved from one that went back and came again (SmartBill).
    /// `None`: nothing is known under it, or nothing with a reference of ours on it.
    pub known_last: Option<(String, Reference)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceSeen {
    Ours,
    /// Another reference of Punte's form.
    Another(String),
    /// Read, and there is none.
    None,
    /// Could not be read (PDF missing, 502, no text): proves nothing.
    Unreadable,
}

/// One document looked at while settling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub document: Issued,
    /// Gross at the provider.
    pub total: Option<Decimal>,
    pub client: Option<String>,
    pub cancelled: Option<bool>,
    pub reference: ReferenceSeen,
}

/// What a look-up saw: kept on the attempt, and shown to whoever decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub looked_at: Vec<Candidate>,
    /// Everything that had to be read could be read.
    pub complete: bool,
    /// The series' next number now, where the provider tells.
    pub next_number: Option<String>,
    /// The counter stands where the baseline had it, and the last number before it still is what it was (SmartBill); `None`
    /// where there is no baseline to compare.
    pub counter_unchanged: Option<bool>,
}

impl Evidence {
    /// The documents that carry our reference. More than one is a duplicate, and a person's matter.
    pub fn ours(&self) -> Vec<&Candidate> {
        self.looked_at.iter().filter(|candidate| candidate.reference == ReferenceSeen::Ours).collect()
    }
}

/// What the provider tells of an issued document; `None` is "does not tell".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadBack {
    pub total: Option<Decimal>,
    pub currency: Option<Currency>,
    pub client: Option<String>,
    pub cancelled: Option<bool>,
    pub carries_reference: Option<bool>,
}

impl WireRecord {
    /// What came of the exchange that this is the record of.
    fn ends<T>(self, outcome: Result<T, Failure>) -> Exchange<T> {
        Exchange { outcome, record: self }
    }
}

#[async_trait]
pub trait BillingProvider: Send + Sync {
    fn kind(&self) -> ProviderKind;

    fn capabilities(&self) -> Capabilities;

    /// A live test, step by step; stops at the first step that fails. `company` and `series` are tested when given.
    async fn check(&self, company: Option<&str>, series: Option<&str>) -> Vec<CheckStep>;

    /// Companies that the credential may use. SmartBill does not tell: `Ok(None)`, the person types it.
    async fn list_companies(&self) -> Result<Option<Vec<Company>>, Failure>;

    async fn list_series(&self, company: &str) -> Result<Vec<Series>, Failure>;

    async fn list_vat_rates(&self, company: &str) -> Result<Vec<VatRate>, Failure>;

    /// Read before the intent is written; what it returns is stored in it.
    async fn read_baseline(&self, company: &str, series: &str, kind: DocumentKind) -> Result<Baseline, Failure>;

    /// The body that a create would send, as JSON to read, or what keeps it from being made. Asks nobody: rates that are not
    /// kept from an earlier create are those that the caller read (`listed`), else as the draft names them.
    fn preview_create(
        &self,
        request: &IssueRequest,
        kind: DocumentKind,
        listed: Option<&[VatRate]>,
    ) -> Result<String, Unsendable>;

    /// One create, sent once, never repeated here.
    async fn issue_invoice(&self, request: &IssueRequest) -> Exchange<Issued>;

    /// One look. `Err` means that nothing could be read at all.
    async fn find_by_reference(&self, query: &FindQuery) -> Result<Evidence, Failure>;

    /// What the provider holds now, for verification.
    async fn read_issued(&self, target: &Target) -> Result<ReadBack, Failure>;

    async fn list_warehouses(&self, company: &str) -> Result<Vec<String>, Failure>;

    /// Codes as the provider writes them (`RO`, `EN`).
    async fn list_languages(&self, company: &str) -> Result<Vec<String>, Failure>;

    /// Measuring units, by the letter.
    async fn list_units(&self, company: &str) -> Result<Vec<String>, Failure>;

    async fn issue_proforma(&self, request: &IssueRequest) -> Exchange<Issued>;

    async fn issue_from_proforma(&self, request: &FromProforma) -> Exchange<Issued>;

    /// The invoices that were made from a proforma, whoever made them. `None`: the provider does not tell.
    async fn list_invoices_of(&self, company: &str, proforma: &Issued) -> Result<Option<Vec<Issued>>, Failure>;

    /// The full storno of an issued invoice, sent once, never repeated here.
    async fn issue_storno(&self, request: &StornoRequest) -> Exchange<Issued>;

    async fn cancel(&self, target: &Target) -> Exchange<()>;

    async fn restore(&self, target: &Target) -> Exchange<()>;

    /// Only the last of its series, and never repeated: the number may be another's by then.
    async fn delete(&self, target: &Target, idempotency_key: &str) -> Exchange<()>;

    /// Records a payment on an invoice: the whole of what is left, or a part.
    async fn record_payment(&self, target: &Target, payment: &PaymentRequest) -> Exchange<()>;

    async fn delete_payment(&self, target: &Target, kind: CollectKind) -> Exchange<()>;

    async fn read_payment(&self, target: &Target) -> Result<PaymentStatus, Failure>;

    /// The document as a PDF, at most 5 MB.
    async fn fetch_pdf(&self, target: &Target) -> Result<Bytes, Failure>;

    async fn send_email(&self, target: &Target, email: &EmailRequest) -> Exchange<()>;

    /// Whether a document is there, and cancelled or not: settles a cancel, a restore and a delete.
    async fn find_document(&self, target: &Target) -> Result<Presence, Failure>;

    async fn list_documents(&self, query: &DocumentQuery) -> Result<DocumentPage, Failure>;

    /// One page of everything in a series, with the references of Punte's that it bears.
    async fn read_series(&self, query: &SeriesQuery) -> Result<SeriesPage, Failure>;

    /// What stands under one number of a series. `Err` only for what concerns the connection.
    async fn read_number(
        &self,
        company: &str,
        series: &str,
        kind: DocumentKind,
        number: u64,
    ) -> Result<NumberSeen, Failure>;

    async fn send_einvoice(&self, target: &Target) -> Exchange<EInvoiceStatus>;

    async fn read_einvoice(&self, target: &Target) -> Result<EInvoiceStatus, Failure>;

    /// The signed archive as it came from SPV.
    async fn fetch_einvoice_archive(&self, target: &Target) -> Result<Bytes, Failure>;
}
