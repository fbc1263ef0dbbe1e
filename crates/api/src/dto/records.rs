//! Orders, documents, failures, doubts, and the drawer that shows one record whole.

use super::{Amount, ChangeInfo, EInvoiceInfo, FailureInfo, OfferInfo, OperationInfo};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One page of a list, by key: pass `next` as `after` to go on.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListRequest {
    /// Free text: order number, invoice number, client, CUI, amount. Diacritics do not matter.
    pub search: String,
    /// A document state or decision; empty for all. `mismatched` and `changed` are accepted for documents.
    pub filter: String,
    #[ts(type = "number | null")]
    pub after: Option<i64>,
    /// At most 500.
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrderRow {
    pub id: String,
    pub number: String,
    pub customer: String,
    pub tax_id: String,
    pub email: String,
    pub total: Amount,
    /// Status in words that every shop shares (`completed`) and the shop's own.
    pub status: String,
    pub status_text: String,
    #[ts(type = "number")]
    pub created_ms: i64,
    #[ts(type = "number")]
    pub modified_ms: i64,
    /// `document`, `waiting`, `not_invoiced`.
    pub decision: String,
    /// Why: `not_completed`, `before_flow`, `no_flow`, `condition`, `invoiced_elsewhere`, `total_zero`, `refunded`, …
    pub reason: String,
    pub document_id: Option<String>,
    pub document_state: Option<String>,
    /// `invoice`, `proforma`.
    pub document_role: Option<String>,
    /// `FCT 0007`
    pub document_number: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OrderPage {
    pub rows: Vec<OrderRow>,
    #[ts(type = "number | null")]
    pub next: Option<i64>,
    /// Rows that match; null where counting would mean reading them all.
    pub total: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DocumentRow {
    pub id: String,
    pub order_id: String,
    pub order_number: String,
    /// `invoice`, `proforma`, `storno`, `correction`.
    pub role: String,
    pub state: String,
    pub verification: String,
    /// `FCT`
    pub series: String,
    /// As printed by the provider (`0007`).
    pub number: Option<String>,
    pub link: Option<String>,
    pub client: String,
    pub tax_id: String,
    pub total: Amount,
    /// `smartbill`, `oblio`.
    pub provider: String,
    pub reference: String,
    #[ts(type = "number")]
    pub created_ms: i64,
    #[ts(type = "number | null")]
    pub issued_ms: Option<i64>,
    pub failure: Option<FailureInfo>,
    /// Next automatic try.
    #[ts(type = "number | null")]
    pub due_ms: Option<i64>,
    /// JSON of what differs at the provider (`{"field","ours","provider"}`), where mismatched.
    pub mismatch: Option<String>,
    /// Changes of the order since, that wait for a decision.
    pub changes: u32,
    /// The billing connection that it goes over.
    pub connection_id: String,
    /// Version of the mapping that made its draft.
    pub mapping_version: u32,
    /// As the provider said last.
    pub paid: Option<Amount>,
    pub einvoice: Option<EInvoiceInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DocumentPage {
    pub rows: Vec<DocumentRow>,
    #[ts(type = "number | null")]
    pub next: Option<i64>,
    pub total: Option<u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RetryRequest {
    /// Document ids, at most 1000.
    pub ids: Vec<String>,
    /// Kept with what waits for a person's release, which goes only with one.
    #[serde(default)]
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Skipped {
    pub id: String,
    /// `not_held`, `in_doubt`, `still_failing`, `not_found`, `needs_reason`.
    pub reason: String,
    pub failure: Option<FailureInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct RetryResult {
    pub queued: Vec<String>,
    pub skipped: Vec<Skipped>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WithReason {
    pub id: String,
    pub reason: String,
}

/// One document at the provider that a look-up saw.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CandidateInfo {
    pub series: String,
    pub number: String,
    pub total: Option<String>,
    pub client: Option<String>,
    pub cancelled: Option<bool>,
    /// `ours`, `another`, `none`, `unreadable`.
    pub reference: String,
    pub link: Option<String>,
    /// Another record of ours already holds it.
    pub taken: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LookInfo {
    #[ts(type = "number")]
    pub at_ms: i64,
    /// The quiet time was over, so this look could decide.
    pub decisive: bool,
    pub complete: bool,
    pub baseline_number: Option<String>,
    pub next_number: Option<String>,
    pub candidates: Vec<CandidateInfo>,
    /// The look itself failed.
    pub failure: Option<FailureInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Doubt {
    pub document: DocumentRow,
    #[ts(type = "number")]
    pub sent_ms: i64,
    pub failure: FailureInfo,
    /// When the quiet time ends and Punte looks again (an estimate of the owner's monotonic count).
    #[ts(type = "number | null")]
    pub quiet_until_ms: Option<i64>,
    /// Punte cannot settle it by itself any more: a person decides.
    pub parked: bool,
    /// `two_found`, `unreadable`, `series_shared`, `repeat_unproven`; empty while Punte is still looking.
    pub parked_reason: String,
    pub looks: Vec<LookInfo>,
    /// Whether "never issued" may be declared now, and if not why: empty, `quiet_time`, `not_looked`, `found`, `unreadable`.
    pub absent_blocked: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Doubts {
    pub doubts: Vec<Doubt>,
    /// Issued, but the provider holds another total.
    pub mismatched: Vec<DocumentRow>,
    /// Operations on issued documents whose outcome is not known.
    pub operations: Vec<OperationInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LinkRequest {
    pub id: String,
    pub series: String,
    pub number: String,
    pub reason: String,
}

/// Opens the drawer by order or by document.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordRequest {
    pub order_id: Option<String>,
    pub document_id: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftLineInfo {
    pub kind: String,
    pub name: String,
    pub code: String,
    pub description: String,
    pub unit: String,
    pub quantity: String,
    pub unit_price: String,
    pub vat_rate: String,
    pub gross: Amount,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VatShareInfo {
    pub rate: String,
    pub net: Amount,
    pub vat: Amount,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftInfo {
    pub client_name: String,
    pub is_company: bool,
    pub tax_id: String,
    pub vat_payer: bool,
    pub reg_com: String,
    pub address: String,
    pub city: String,
    pub county: String,
    pub country: String,
    pub email: String,
    pub phone: String,
    pub lines: Vec<DraftLineInfo>,
    pub vat: Vec<VatShareInfo>,
    pub total: Amount,
    pub order_total: Amount,
    pub payment_kind: Option<String>,
    pub payment: Option<Amount>,
    pub mentions: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttemptInfo {
    pub id: String,
    /// `automatic`, `retry`, `repeat`.
    pub trigger: String,
    #[ts(type = "number")]
    pub started_ms: i64,
    #[ts(type = "number | null")]
    pub finished_ms: Option<i64>,
    /// `sending`, `issued`, `refused`, `not_sent`, `unknown`.
    pub outcome: String,
    pub failure: Option<FailureInfo>,
    pub method: String,
    pub url: String,
    pub request_body: String,
    pub status: Option<u16>,
    pub answer_body: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    #[ts(type = "number")]
    pub at_ms: i64,
    /// Code of what happened: `order_received`, `order_changed`, `decided`, `held`, `queued`, `claimed`, `issued`, …
    pub what: String,
    /// Facts for the sentence: number, series, reason, version…
    #[ts(type = "Record<string, string>")]
    pub facts: serde_json::Map<String, serde_json::Value>,
    /// Who: an operator's name, or empty for Punte itself.
    pub who: String,
    pub failure: Option<FailureInfo>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MadeBy {
    pub mapping_id: String,
    pub name: String,
    pub version: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrderVersion {
    /// From 1.
    pub version: u32,
    #[ts(type = "number")]
    pub received_ms: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrderVersionRequest {
    pub order_id: String,
    pub version: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OrderAsReceived {
    pub version: u32,
    /// JSON, pretty-printed.
    pub json: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordInfo {
    pub order: OrderRow,
    /// The versions that the order was received in, newest first, at most 200.
    pub versions: Vec<OrderVersion>,
    /// Which of them the document was made of.
    pub made_of_version: Option<u32>,
    pub flow_id: Option<String>,
    pub document: Option<DocumentRow>,
    /// Every document of the order, oldest first: its proforma, the invoice, its storno or corrections.
    pub documents: Vec<DocumentRow>,
    /// The proforma that the document was made from: `ATP 0001`.
    pub follows_from: Option<String>,
    /// Due, and kept until it is known whether its order's proforma was issued.
    pub waits_for_proforma: bool,
    /// What became of the order after the document was issued, newest first.
    pub changes: Vec<ChangeInfo>,
    /// What may be done to the document, and what not and why; empty before it is issued.
    pub offers: Vec<OfferInfo>,
    /// Newest first.
    pub operations: Vec<OperationInfo>,
    pub draft: Option<DraftInfo>,
    /// Which version of which mapping made the draft.
    pub made_by: Option<MadeBy>,
    /// What keeps the draft from being sent: target field, kind, facts.
    pub problems: Vec<ProblemInfo>,
    pub attempts: Vec<AttemptInfo>,
    pub timeline: Vec<TimelineEntry>,
    pub safe_because: Option<String>,
    pub doubt: Option<Doubt>,
}

#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProblemInfo {
    pub field: String,
    pub kind: String,
    pub detail: String,
}
