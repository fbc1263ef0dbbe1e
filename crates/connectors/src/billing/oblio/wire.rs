//! Oblio's JSON, field by field. Source: protocol note on Oblio, sections 3 to 5.
//!
//! Every default that bites is a field here and always sent: `save` (would overwrite list prices), `autocomplete`,
//! `vatIncluded`, `disableAutoSeries`, `useStock`, `sendEmail`.

use crate::scalar;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invoice<'a> {
    pub cif: &'a str,
    pub client: Client<'a>,
    pub issue_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<String>,
    pub series_name: &'a str,
    pub disable_auto_series: u8,
    pub language: &'a str,
    pub precision: u32,
    pub currency: &'a str,
    pub products: Vec<Product<'a>>,
    /// What people call the order (BT-13).
    pub order_number: &'a str,
    pub mentions: String,
    /// A proforma has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_stock: Option<u8>,
    pub send_email: u8,
    pub idempotency_key: &'a str,
    /// The proforma that it follows from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_document: Option<ReferenceDocument<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collect: Option<Collect<'a>>,
}

/// A document made out of another one: client and lines are that one's.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Following<'a> {
    pub cif: &'a str,
    pub issue_date: String,
    pub series_name: &'a str,
    pub disable_auto_series: u8,
    pub reference_document: ReferenceDocument<'a>,
    pub order_number: &'a str,
    pub mentions: String,
    pub use_stock: u8,
    pub send_email: u8,
    pub idempotency_key: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReferenceDocument<'a> {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub series_name: &'a str,
    pub number: &'a str,
    /// Of an invoice: its payment is taken back too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund: Option<u8>,
}

/// A document by series and number.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Named<'a> {
    pub cif: &'a str,
    pub series_name: &'a str,
    pub number: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Delete<'a> {
    #[serde(flatten)]
    pub document: Named<'a>,
    /// Money that came in stays recorded.
    pub delete_collect: u8,
    pub idempotency_key: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Collected<'a> {
    #[serde(flatten)]
    pub document: Named<'a>,
    pub collect: Collect<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Client<'a> {
    pub cif: &'a str,
    pub name: &'a str,
    pub rc: &'a str,
    pub address: &'a str,
    pub state: &'a str,
    pub city: &'a str,
    pub country: &'a str,
    pub email: &'a str,
    pub phone: &'a str,
    pub vat_payer: u8,
    pub save: u8,
    pub autocomplete: u8,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Product<'a> {
    pub name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub code: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub description: &'a str,
    pub price: Number,
    pub measuring_unit: &'a str,
    pub currency: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat_name: Option<String>,
    pub vat_percentage: Number,
    pub vat_included: u8,
    pub quantity: Number,
    /// The warehouse that goods leave; services and a company without stock have none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub management: &'a str,
    pub product_type: &'static str,
    pub save: u8,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Collect<'a> {
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Of a receipt alone: Oblio numbers it there.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub series_name: &'a str,
    /// Needed for every type but a receipt; without it the whole invoice is refused.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub document_number: &'a str,
    pub value: Number,
    /// With the invoice: its own day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issue_date: Option<String>,
}

/// Around every answer but the token's. `status` decides, wherever it differs from HTTP's.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope {
    #[serde(default, deserialize_with = "scalar::text")]
    pub status: Option<String>,
    #[serde(rename = "statusMessage", default, deserialize_with = "scalar::text")]
    pub message: Option<String>,
    #[serde(default)]
    pub data: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct Token {
    pub access_token: String,
    #[serde(default, deserialize_with = "scalar::text")]
    pub expires_in: Option<String>,
}

/// OAuth's error, at the token's address.
#[derive(Debug, Deserialize)]
pub(super) struct TokenError {
    pub error: String,
    #[serde(default, deserialize_with = "scalar::text")]
    pub error_description: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Company {
    #[serde(default, deserialize_with = "scalar::text")]
    pub cif: Option<String>,
    #[serde(default, deserialize_with = "scalar::text")]
    pub company: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Series {
    #[serde(rename = "type", default, deserialize_with = "scalar::text")]
    pub kind: Option<String>,
    #[serde(default, deserialize_with = "scalar::text")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "scalar::text")]
    pub next: Option<String>,
}

/// The key is `percent` here and `vatPercentage` on lines.
#[derive(Debug, Deserialize)]
pub(super) struct VatRate {
    #[serde(default, deserialize_with = "scalar::text")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "scalar::decimal")]
    pub percent: Option<Decimal>,
}

/// What a create answers: no id but inside the link.
#[derive(Debug, Deserialize)]
pub(super) struct Created {
    #[serde(rename = "seriesName", default, deserialize_with = "scalar::text")]
    pub series: Option<String>,
    #[serde(default, deserialize_with = "scalar::text")]
    pub number: Option<String>,
    #[serde(default, deserialize_with = "scalar::text")]
    pub link: Option<String>,
}

/// A row of the documents' list, as far as Punte reads it. Missing means empty at Oblio, not unknown.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    #[serde(default, deserialize_with = "scalar::text")]
    pub id: Option<String>,
    #[serde(rename = "seriesName", default, deserialize_with = "scalar::text")]
    pub series: Option<String>,
    #[serde(default, deserialize_with = "scalar::text")]
    pub number: Option<String>,
    #[serde(default, deserialize_with = "scalar::decimal")]
    pub total: Option<Decimal>,
    #[serde(default, deserialize_with = "scalar::text")]
    pub currency: Option<String>,
    #[serde(default, deserialize_with = "scalar::flag")]
    pub canceled: Option<bool>,
    #[serde(default, deserialize_with = "scalar::text")]
    pub mentions: Option<String>,
    #[serde(default, deserialize_with = "scalar::text")]
    pub link: Option<String>,
    #[serde(default)]
    pub client: Value,
    #[serde(rename = "issueDate", default, deserialize_with = "scalar::text")]
    pub issue_date: Option<String>,
    #[serde(default, deserialize_with = "scalar::flag")]
    pub storno: Option<bool>,
    /// An [`EInvoice`], or whatever stands there where nothing was sent: blank, false.
    #[serde(rename = "einvoiceStatus", default)]
    pub einvoice_status: Value,
}

impl Row {
    /// A row that names a document, and whose mentions are text or missing; `None` is one that cannot be read. It is never
    /// just passed over, for it may be the one that is looked for.
    pub(super) fn read(item: Value) -> Option<Row> {
        // serde would take a list for a row, too, and one without fields for an empty document
        let mentions_are_text = !matches!(item.as_object()?.get("mentions"), Some(Value::Array(_) | Value::Object(_)));
        let row: Row = serde_json::from_value(item).ok()?;
        let is_named = |name: &Option<String>| name.as_ref().is_some_and(|name| !name.is_empty());
        (mentions_are_text && (is_named(&row.id) || is_named(&row.number))).then_some(row)
    }
}

/// A document as one alone is shown: payments, but no total.
#[derive(Debug, Deserialize)]
pub(super) struct View {
    #[serde(default, deserialize_with = "scalar::text")]
    pub link: Option<String>,
    #[serde(default)]
    pub collects: Option<Vec<Paid>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Paid {
    #[serde(default, deserialize_with = "scalar::decimal")]
    pub value: Option<Decimal>,
}

/// The state at SPV.
#[derive(Debug, Deserialize)]
pub(super) struct EInvoice {
    #[serde(default, deserialize_with = "scalar::text")]
    pub text: Option<String>,
    /// -1 not sent, 0 being processed, 1 accepted, 2 rejected.
    #[serde(default, deserialize_with = "scalar::text")]
    pub code: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Language {
    #[serde(default, deserialize_with = "scalar::text")]
    pub code: Option<String>,
}

/// A warehouse; one `management` can stand in several work stations.
#[derive(Debug, Deserialize)]
pub(super) struct Management {
    #[serde(default, deserialize_with = "scalar::text")]
    pub management: Option<String>,
}
