//! SmartBill's JSON, field by field. Source: protocol note on SmartBill, sections 2 to 5.
//!
//! Unknown fields are refused, so nothing undocumented is sent; every default that bites is a field here and always sent:
//! `isTaxIncluded` (false at SmartBill), `saveToDb`, `taxName`, `isCash`, `isDraft`, `useStock`, `sendEmail`.

use crate::scalar;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Number;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invoice<'a> {
    pub company_vat_code: &'a str,
    pub series_name: &'a str,
    pub is_draft: bool,
    pub issue_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<String>,
    pub currency: &'a str,
    pub language: &'a str,
    pub precision: u32,
    /// A proforma has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_stock: Option<bool>,
    pub send_email: bool,
    /// Printed, so that it can be read back out of the PDF.
    pub mentions: String,
    pub client: Client<'a>,
    pub products: Vec<Product<'a>>,
    /// `false` with an `estimate`: that one is named, and nothing is copied from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_estimate_details: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<Named<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Client<'a> {
    pub name: &'a str,
    pub vat_code: &'a str,
    pub is_tax_payer: bool,
    pub reg_com: &'a str,
    pub address: &'a str,
    pub city: &'a str,
    pub county: &'a str,
    pub country: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub phone: &'a str,
    pub save_to_db: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Product<'a> {
    pub name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub code: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub product_description: &'a str,
    pub is_discount: bool,
    pub measuring_unit_name: &'a str,
    /// By the letter; services and a company without stock have none.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub warehouse_name: &'a str,
    pub currency: &'a str,
    pub quantity: Number,
    pub price: Number,
    pub is_tax_included: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_name: Option<String>,
    /// Left out only for a company that is no VAT payer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_percentage: Option<Number>,
    pub is_service: bool,
    pub save_to_db: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Payment<'a> {
    pub value: Number,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Of a receipt alone: SmartBill numbers it there.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub payment_series: &'a str,
    pub is_cash: bool,
}

/// An invoice with client and products taken from a proforma.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FromEstimate<'a> {
    pub company_vat_code: &'a str,
    pub series_name: &'a str,
    pub is_draft: bool,
    pub issue_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<String>,
    pub language: &'a str,
    pub use_stock: bool,
    pub send_email: bool,
    pub mentions: String,
    pub use_estimate_details: bool,
    pub estimate: Named<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment<'a>>,
}

/// A document by series and padded number.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Named<'a> {
    pub series_name: &'a str,
    pub number: &'a str,
}

/// A full storno. It can carry no reference.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reverse<'a> {
    pub company_vat_code: &'a str,
    pub series_name: &'a str,
    pub number: &'a str,
    pub issue_date: String,
}

/// A payment on an invoice. The client is taken from the invoice, for it must be the same one; the value is our own.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Collected<'a> {
    pub company_vat_code: &'a str,
    pub issue_date: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Of a receipt alone.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub series_name: &'a str,
    pub value: Number,
    pub is_cash: bool,
    pub use_invoice_details: bool,
    pub invoices_list: [Named<'a>; 1],
    /// Singular here, plural on invoices.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub observation: &'a str,
}

/// A mail with a document. Empty subject and body take the account's template.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mail<'a> {
    pub company_vat_code: &'a str,
    pub series_name: &'a str,
    pub number: &'a str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub to: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub cc: &'a str,
    /// Base64.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// Base64.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub body_text: String,
}

/// What a create answers, good or bad.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Created {
    #[serde(deserialize_with = "scalar::text")]
    pub number: Option<String>,
    #[serde(deserialize_with = "scalar::text")]
    pub series: Option<String>,
    /// An integer; -1 on errors.
    #[serde(deserialize_with = "scalar::text")]
    pub document_id: Option<String>,
    /// Needs a login.
    #[serde(deserialize_with = "scalar::text")]
    pub document_url: Option<String>,
    /// Public, shows the PDF.
    #[serde(deserialize_with = "scalar::text")]
    pub document_view_url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Series {
    #[serde(default, deserialize_with = "scalar::text")]
    pub name: Option<String>,
    /// An integer (3821), or padded text ("0117") in older answers.
    #[serde(default, deserialize_with = "scalar::text")]
    pub next_number: Option<String>,
    /// `f`, `p`, `c`.
    #[serde(rename = "type", default, deserialize_with = "scalar::text")]
    pub kind: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct PaymentStatus {
    #[serde(rename = "invoiceTotalAmount", default, deserialize_with = "scalar::decimal")]
    pub total: Option<Decimal>,
    #[serde(rename = "paidAmount", default, deserialize_with = "scalar::decimal")]
    pub paid: Option<Decimal>,
    #[serde(rename = "unpaidAmount", default, deserialize_with = "scalar::decimal")]
    pub unpaid: Option<Decimal>,
}

/// An invoice that was made from a proforma; a draft has no number.
#[derive(Debug, Deserialize)]
pub(super) struct MadeInvoice {
    #[serde(default, deserialize_with = "scalar::text")]
    pub series: Option<String>,
    #[serde(default, deserialize_with = "scalar::text")]
    pub number: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tax {
    #[serde(default, deserialize_with = "scalar::text")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "scalar::decimal")]
    pub percentage: Option<Decimal>,
}
