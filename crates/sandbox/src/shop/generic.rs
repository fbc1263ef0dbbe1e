//! A sale as docs/order.schema.json has it: what a sender of no system delivers.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::sale::{Pay, Sale, SaleLine};
use crate::clock::offset_text;
use crate::money::two_places;

/// Amounts are text, gross and never negative; the unit price holds the line's discount, and goes to four decimals.
pub(crate) fn order_of(sale: &Sale, number: &str) -> Value {
    let unit = |line: &SaleLine| (line.gross / Decimal::from(line.quantity.max(1))).round_dp(4).normalize().to_string();
    let line = |kind: &str, line: &SaleLine| {
        json!({
            "kind": kind, "name": line.name, "code": line.sku, "unit": "buc", "quantity": line.quantity.to_string(),
            "unit_price": unit(line), "vat_rate": line.rate_percent.to_string(),
        })
    };
    let goods = sale.lines.iter().map(|one| line(if one.ships { "product" } else { "fee" }, one));
    let shipping = sale.shipping.iter().map(|one| line("shipping", one));
    let (method, paid) = match sale.pay {
        Pay::Card => ("card", sale.paid_ms.is_some()),
        Pay::Bank => ("bank_transfer", sale.paid_ms.is_some()),
        Pay::OnDelivery => ("cash_on_delivery", false),
    };
    let at = |ms: Option<i64>| ms.map_or(Value::Null, |ms| offset_text(ms).into());
    let status = if sale.completed_ms.is_some() { "completed" } else { "open" };
    json!({
        "number": number, "status": status, "date": offset_text(sale.created_ms), "paid_at": at(sale.paid_ms),
        "completed_at": at(sale.completed_ms), "currency": sale.currency, "total": two_places(sale.total),
        "customer": {
            "name": sale.buyer(), "company": sale.billed("company"), "tax_id": sale.tax_id, "reg_com": sale.register,
            "email": sale.billed("email"), "phone": sale.billed("phone"), "address": sale.billed("address_1"),
            "city": sale.billed("city"), "county": sale.billed("state"), "postcode": sale.billed("postcode"),
            "country": sale.billed("country"),
        },
        "lines": goods.chain(shipping).collect::<Vec<Value>>(),
        "payment": { "method": method, "reference": sale.transaction, "paid": paid },
    })
}
