//! A sale as a checkout session: amounts in minor units with the tax inside (`tax_behavior` inclusive), the lines with
//! their taxes, what the buyer is in `customer_details` and, for the invoice, in `metadata`.
//! Source: protocols/shops-and-fiscal.md, 3.3, and the session and line item objects of Stripe's API reference.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Value, json};

use super::books::id;
use crate::money::round2;
use crate::shop::{Sale, SaleLine};

fn minor(amount: Decimal) -> i64 {
    (round2(amount) * Decimal::ONE_HUNDRED).to_i64().unwrap_or_default()
}

/// One rate of the account. The id is that of the rate, not of the line.
fn taxes(line: &SaleLine) -> Value {
    let rate = line.rate_percent;
    json!([{
        "amount": minor(line.tax), "taxability_reason": "standard_rated", "taxable_amount": minor(line.gross - line.tax),
        "rate": {
            "id": id("txr", rate.unsigned_abs(), 24), "object": "tax_rate", "active": true, "country": "RO",
            "description": null, "display_name": "TVA", "effective_percentage": rate, "inclusive": true,
            "jurisdiction": "RO", "livemode": false, "metadata": {}, "percentage": rate, "state": null,
            "tax_type": "vat", "rate_type": "percentage", "flat_amount": null, "created": 1_709_280_000,
        },
    }])
}

fn line_item(line: &SaleLine, n: u64, at: usize, currency: &str) -> Value {
    let unit = minor(line.before / Decimal::from(line.quantity.max(1)));
    json!({
        "id": id("li", n * 100 + at as u64, 24), "object": "item", "amount_discount": minor(line.before - line.gross),
        "amount_subtotal": minor(line.before), "amount_tax": minor(line.tax), "amount_total": minor(line.gross),
        "currency": currency, "description": line.name, "quantity": line.quantity, "taxes": taxes(line), "discounts": [],
        "price": {
            "id": id("price", line.product_id, 24), "object": "price", "active": true, "billing_scheme": "per_unit",
            "created": 1_709_280_000, "currency": currency, "custom_unit_amount": null, "livemode": false,
            "lookup_key": null, "metadata": {}, "nickname": null, "product": id("prod", line.product_id, 14),
            "recurring": null, "tax_behavior": "inclusive", "tiers_mode": null, "transform_quantity": null,
            "type": "one_time", "unit_amount": unit, "unit_amount_decimal": unit.to_string(),
        },
    })
}

fn address(sale: &Sale) -> Value {
    let or_null = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    json!({
        "city": sale.billed("city"), "country": sale.billed("country"), "line1": sale.billed("address_1"), "line2": null,
        "postal_code": or_null(sale.billed("postcode")), "state": or_null(sale.billed("state")),
    })
}

/// A session and its refunds; `n` makes its ids.
pub(super) fn session_of(sale: &Sale, n: u64) -> Value {
    let currency = sale.currency.to_lowercase();
    let company = sale.billed("company");
    let (status, payment) = match sale.status.as_str() {
        "pending" => ("open", "unpaid"),
        "cancelled" | "failed" => ("expired", "unpaid"),
        // By bank transfer, not arrived yet.
        "on-hold" => ("complete", "unpaid"),
        _ => ("complete", "paid"),
    };
    let number = sale.number.map(|number| number.to_string());
    let mut metadata = json!({});
    for (key, value) in [
        ("order_number", number.as_deref()),
        ("company", Some(company)),
        ("cui", Some(&sale.tax_id)),
        ("reg_com", Some(&sale.register)),
    ] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            metadata[key] = value.into();
        }
    }
    // What Checkout itself collects is the European number; a company that pays no VAT has none.
    let tax_ids = match sale.tax_id.strip_prefix("RO") {
        Some(_) => json!([{ "type": "eu_vat", "value": sale.tax_id }]),
        None => json!([]),
    };
    let intent = id("pi", n, 24);
    let before: Decimal = sale.lines.iter().map(|line| line.before).sum();
    let created = sale.created_ms.div_euclid(1_000);
    let shipping = sale.shipping.as_ref();
    json!({
        "id": format!("cs_test_{}", &id("a1", n, 56)[3..]), "object": "checkout.session",
        "amount_subtotal": minor(before), "amount_total": minor(sale.total), "client_reference_id": number,
        "created": created, "currency": currency, "customer_email": sale.billed("email"), "expires_at": created + 86_400,
        "customer_details": {
            "address": address(sale), "business_name": if company.is_empty() { Value::Null } else { company.into() },
            "email": sale.billed("email"), "individual_name": null, "name": sale.buyer(), "phone": sale.billed("phone"),
            "tax_exempt": "none", "tax_ids": tax_ids,
        },
        "line_items": sale.lines.iter().enumerate().map(|(at, line)| line_item(line, n, at, &currency)).collect::<Vec<_>>(),
        "metadata": metadata, "payment_intent": if status == "complete" { json!(intent) } else { Value::Null },
        "payment_status": payment, "status": status,
        "shipping_cost": shipping.map(|line| json!({
            "amount_subtotal": minor(line.gross), "amount_tax": minor(line.tax), "amount_total": minor(line.gross),
            "shipping_rate": id("shr", line.rate_percent.unsigned_abs(), 24), "taxes": taxes(line),
        })),
        "total_details": {
            "amount_discount": minor(sale.discount()), "amount_shipping": minor(shipping.map(|line| line.gross).unwrap_or_default()),
            "amount_tax": minor(sale.tax), "breakdown": { "discounts": [], "taxes": [] },
        },
        "refunds": sale.refunds.iter().map(|refund| json!({
            "id": id("re", refund.id, 24), "amount": minor(refund.amount), "created": created + 86_400,
            "reason": "requested_by_customer", "metadata": { "note": refund.reason },
        })).collect::<Vec<_>>(),
    })
}
