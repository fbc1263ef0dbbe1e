//! A sale as plain values, read back from the WooCommerce order that the catalogue makes, for the other shops that tell
//! the same sale in words of their own. All amounts are gross: prices here hold the VAT everywhere.

use rust_decimal::Decimal;
use serde_json::Value;

use super::order::rate_of_id;
use crate::clock::read_shop_date;
use crate::money::{parse_decimal, read_decimal};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pay {
    Card,
    Bank,
    OnDelivery,
}

/// A product, the fee for cash on delivery, or the courier.
pub(crate) struct SaleLine {
    pub id: u64,
    pub product_id: u64,
    pub sku: String,
    pub name: String,
    pub quantity: u32,
    /// The line's gross before discount.
    pub before: Decimal,
    pub gross: Decimal,
    /// Contained in `gross`.
    pub tax: Decimal,
    pub rate_percent: i64,
    pub ships: bool,
}

pub(crate) struct SaleRefund {
    pub id: u64,
    pub amount: Decimal,
    pub reason: String,
    /// Position of the line that came back, and its pieces. Empty for a refund of the whole.
    pub lines: Vec<(usize, u32)>,
}

pub(crate) struct Sale {
    /// `None` for an order of the drip: the shop numbers it.
    pub number: Option<u64>,
    /// WooCommerce's word.
    pub status: String,
    pub currency: String,
    pub created_ms: i64,
    pub paid_ms: Option<i64>,
    pub completed_ms: Option<i64>,
    /// WooCommerce's billing address.
    pub billing: Value,
    /// Empty for a person.
    pub tax_id: String,
    pub register: String,
    pub note: String,
    pub pay: Pay,
    pub transaction: String,
    pub lines: Vec<SaleLine>,
    pub shipping: Option<SaleLine>,
    pub coupon: Option<String>,
    pub total: Decimal,
    pub tax: Decimal,
    pub refunds: Vec<SaleRefund>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn sum(value: &Value) -> Decimal {
    value.as_str().and_then(parse_decimal).unwrap_or_default()
}

fn line(item: &Value, product: bool) -> SaleLine {
    let (gross, tax) = (sum(&item["total"]) + sum(&item["total_tax"]), sum(&item["total_tax"]));
    let before = if product { sum(&item["subtotal"]) + sum(&item["subtotal_tax"]) } else { gross };
    SaleLine {
        id: item["id"].as_u64().unwrap_or_default(),
        product_id: item["product_id"].as_u64().unwrap_or_default(),
        sku: text(&item["sku"]),
        name: text(if item["name"].is_string() { &item["name"] } else { &item["method_title"] }),
        quantity: item["quantity"].as_u64().and_then(|pieces| u32::try_from(pieces).ok()).unwrap_or(1),
        before,
        gross,
        tax,
        rate_percent: rate_of_id(item["taxes"][0]["id"].as_u64().unwrap_or_default()),
        ships: product,
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

impl Sale {
    /// Reads an order of the catalogue. What has no date yet happened now.
    pub fn read(order: &Value, now_ms: i64) -> Self {
        let date = |key: &str| order[format!("{key}_gmt")].as_str().and_then(|text| read_shop_date(text, true));
        let meta = list(&order["meta_data"]).iter().find(|meta| meta["key"] == "av_facturare");
        let meta = meta.map(|meta| meta["value"].clone()).unwrap_or_default();
        let undated = order["date_created_gmt"].is_null();
        let status = text(&order["status"]);
        let pay = match order["payment_method"].as_str() {
            Some("bacs") => Pay::Bank,
            Some("cod") => Pay::OnDelivery,
            _ => Pay::Card,
        };
        let products = list(&order["line_items"]).iter().map(|item| line(item, true));
        let fees = list(&order["fee_lines"]).iter().map(|item| line(item, false));
        let lines: Vec<SaleLine> = products.chain(fees).collect();
        let refunds = list(&order["refund_details"]).iter().map(|refund| read_refund(refund, &lines)).collect();
        Self {
            number: order["id"].as_u64(),
            currency: text(&order["currency"]),
            created_ms: date("date_created").unwrap_or(now_ms),
            paid_ms: date("date_paid").or((undated && pay != Pay::OnDelivery).then_some(now_ms)),
            completed_ms: date("date_completed").or((undated && status == "completed").then_some(now_ms)),
            billing: order["billing"].clone(),
            tax_id: text(&meta["cui"]),
            register: text(&meta["nr_reg_com"]),
            note: text(&order["customer_note"]),
            pay,
            transaction: text(&order["transaction_id"]),
            shipping: list(&order["shipping_lines"]).first().map(|item| line(item, false)),
            coupon: order["coupon_lines"][0]["code"].as_str().map(str::to_owned),
            total: sum(&order["total"]),
            tax: sum(&order["total_tax"]),
            lines,
            refunds,
            status,
        }
    }

    /// What the coupon took off.
    pub fn discount(&self) -> Decimal {
        self.lines.iter().map(|line| line.before - line.gross).sum()
    }

    pub fn billed(&self, key: &str) -> &str {
        self.billing[key].as_str().unwrap_or_default()
    }

    pub fn buyer(&self) -> String {
        format!("{} {}", self.billed("first_name"), self.billed("last_name"))
    }
}

fn read_refund(refund: &Value, lines: &[SaleLine]) -> SaleRefund {
    let back = list(&refund["line_items"]).iter().filter_map(|item| {
        let id: u64 = item["meta_data"][0]["value"].as_str()?.parse().ok()?;
        let at = lines.iter().position(|line| line.id == id)?;
        Some((at, u32::try_from(item["quantity"].as_i64()?.unsigned_abs()).ok()?))
    });
    SaleRefund {
        id: refund["id"].as_u64().unwrap_or_default(),
        amount: read_decimal(&refund["amount"]).unwrap_or_default(),
        reason: text(&refund["reason"]),
        lines: back.collect(),
    }
}
