//! The fields that a column can be, and which column is which.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which column is which field of an order, and what holds where no column says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Columns {
    /// Field (of [`fields`]) to the column's heading.
    pub columns: BTreeMap<String, String>,
    /// ISO 4217.
    pub currency: String,
    /// ISO 3166-1 alpha-2, of the customer.
    pub country: String,
    /// Whether unit prices, discounts and shipping are with VAT. The order's total always is.
    pub prices_include_vat: bool,
    /// Percent; none: the mapping decides.
    pub vat_rate: Option<String>,
    /// `paid` or `completed`.
    pub status: String,
    /// How dates that are text are written: `auto`, `day_first`, `month_first`.
    pub dates: String,
    /// How numbers are written: `auto`, `point`, `comma`.
    pub numbers: String,
}

/// A field that a column can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    /// An order without it is not taken.
    pub required: bool,
}

const fn must(name: &'static str) -> Field {
    Field { name, required: true }
}

const fn may(name: &'static str) -> Field {
    Field { name, required: false }
}

/// Those of docs/order.schema.json, and those from which shops' exports let them be computed: docs/imports.md says how.
const FIELDS: &[Field] = &[
    must("number"),
    may("id"),
    may("status"),
    may("fulfillment"),
    must("date"),
    may("updated"),
    may("paid_at"),
    may("completed_at"),
    may("cancelled_at"),
    must("currency"),
    must("total"),
    may("subtotal"),
    may("tax"),
    may("tax.name"),
    may("tax.other"),
    may("discount"),
    may("discount.name"),
    may("discount.vat_rate"),
    may("shipping"),
    may("shipping.tax"),
    may("shipping.name"),
    may("shipping.vat_rate"),
    may("fee"),
    may("fee.tax"),
    may("fee.name"),
    may("fee.vat_rate"),
    may("refunded"),
    may("payment.method"),
    may("payment.reference"),
    may("payment.paid"),
    must("customer.name"),
    may("customer.first_name"),
    may("customer.last_name"),
    may("customer.company"),
    may("customer.tax_id"),
    may("customer.reg_com"),
    may("customer.email"),
    may("customer.phone"),
    must("customer.address"),
    may("customer.address_2"),
    must("customer.city"),
    may("customer.county"),
    may("customer.postcode"),
    must("customer.country"),
    may("line.kind"),
    must("line.name"),
    may("line.code"),
    may("line.unit"),
    must("line.quantity"),
    must("line.unit_price"),
    may("line.total"),
    may("line.tax"),
    may("line.vat_rate"),
    may("line.taxable"),
    may("line.discount"),
    may("line.packed"),
    may("attributes"),
];

/// Every field that a column can be, in the order in which a form shows them.
pub fn fields() -> &'static [Field] {
    FIELDS
}

/// Fields that an order cannot be without and that neither a column of these headings nor a default gives.
pub fn missing(columns: &Columns, headings: &[String]) -> Vec<String> {
    let has = |field: &str| columns.columns.get(field).is_some_and(|heading| headings.contains(heading));
    let any = |others: &[&str]| others.iter().any(|other| has(other));
    let given = |field: &str| match field {
        "currency" => !columns.currency.trim().is_empty(),
        "customer.country" => !columns.country.trim().is_empty(),
        "customer.name" => any(&["customer.first_name", "customer.last_name", "customer.company"]),
        "line.unit_price" => any(&["line.total", "line.packed"]),
        "line.name" | "line.quantity" => has("line.packed"),
        _ => false,
    };
    let mut missing: Vec<String> = FIELDS
        .iter()
        .filter(|field| field.required && !has(field.name) && !given(field.name))
        .map(|field| field.name.to_owned())
        .collect();
    let rate_known = columns.vat_rate.is_some() || any(&["line.vat_rate", "line.tax", "line.packed", "tax.name"]);
    if !columns.prices_include_vat && !rate_known {
        missing.push("line.vat_rate".to_owned());
    }
    missing
}
