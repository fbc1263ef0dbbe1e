use super::*;
use crate::scripted::{Scripted, json_answer};
use crate::shops::{OrderQuery, Shop, ShopConfig};
use rust_decimal::dec;
use secrecy::SecretString;
use std::sync::Arc;

fn shop(scripted: &Arc<Scripted>) -> Stripe {
    let config = ShopConfig { base_url: String::new(), key: "acct_1".into(), secret: SecretString::from("rk_test_1") };
    Stripe::new(&config, scripted.clone())
}

/// A subscription's month at 100 lei, less 10, with 21 % beside the price: 108.90.
fn invoice(id: &str, reason: &str) -> Value {
    let paid_with = json!({ "type": "payment_intent", "payment_intent": "pi_1" });
    json!({
        "id": id, "object": "invoice", "number": "A1B2-0007", "status": "paid", "currency": "ron", "total": 10890,
        "amount_paid": 10890, "created": 1_795_210_867, "billing_reason": reason, "metadata": {},
        "customer_name": "EXEMPLU SRL", "customer_email": "ana@example.com", "customer_phone": null,
        "customer_address": { "line1": "Str. 1", "city": "Cluj-Napoca", "state": "CJ", "country": "RO" },
        "customer_tax_ids": [{ "type": "eu_vat", "value": "RO12345674" }],
        "status_transitions": { "paid_at": 1_795_210_900 },
        "lines": { "has_more": false, "data": [{
            "id": "il_1", "amount": 10000, "description": "Abonament", "quantity": 1,
            "discount_amounts": [{ "amount": 1000 }],
            "taxes": [{ "amount": 1890, "taxable_amount": 9000, "tax_behavior": "exclusive" }],
            "pricing": { "price_details": { "product": "prod_1" } },
        }] },
        "payments": { "data": [{ "status": "paid", "payment": paid_with }] },
    })
}

fn payment(refunded: i64) -> Value {
    let charge = json!({ "id": "ch_1", "created": 1_795_210_900, "amount_refunded": refunded, "refunded": false });
    json!({ "id": "pi_1", "object": "payment_intent", "latest_charge": charge })
}

type Answer = std::result::Result<crate::HttpAnswer, crate::TransportError>;

fn answer(body: &Value) -> Answer {
    Ok(json_answer(200, body, &[]))
}

fn listing(items: &[Value]) -> Answer {
    answer(&json!({ "object": "list", "data": items, "has_more": false }))
}

#[tokio::test]
async fn a_paid_invoice_reads_as_a_sale_with_its_taxes_discounts_and_client() {
    let refund =
        json!({ "id": "re_1", "amount": 890, "currency": "ron", "status": "succeeded", "created": 1_795_300_000 });
    let scripted =
        Scripted::new(vec![answer(&invoice("in_1", "subscription_cycle")), answer(&payment(890)), listing(&[refund])]);
    let order = shop(&scripted).get_order("in_1").await.unwrap();
    let head = &order.head;
    assert_eq!((head.order_id.as_str(), head.number.as_str()), ("in_1", "A1B2-0007"));
    assert_eq!((head.total, head.refunded_minor, head.status), (dec!(108.90), 890, OrderStatus::Paid));
    assert_eq!((head.paid_ms, head.customer.as_str()), (Some(1_795_210_900_000), "EXEMPLU SRL"));
    assert_eq!((head.tax_id.as_str(), head.email.as_str()), ("RO12345674", "ana@example.com"));
    let line = &order.raw["line_items"]["data"][0];
    assert_eq!((&line["amount_total"], &line["amount_tax"]), (&json!(10890), &json!(1890)), "as a session says it");
    assert_eq!(
        (&order.raw["total_details"]["amount_tax"], &line["price"]["product"]),
        (&json!(1890), &json!("prod_1"))
    );
    assert_eq!(order.raw["customer_details"]["address"]["city"], "Cluj-Napoca");
    assert_eq!((&order.raw["payment_intent"], &order.raw["payment_status"]), (&json!("pi_1"), &json!("paid")));
    let lines = scripted.lines();
    assert_eq!(lines[0], "GET /v1/invoices/in_1?expand%5B%5D=payments");
    assert_eq!(lines[1], "GET /v1/payment_intents/pi_1?expand%5B%5D=latest_charge");
    assert_eq!(crate::shops::shape_of(&order.raw), crate::shops::ShopKind::Stripe);
}

#[test]
fn tax_in_the_price_is_not_added_and_a_currency_without_minor_units_is_whole() {
    let mut yen = invoice("in_1", "manual");
    (yen["currency"], yen["total"]) = (json!("jpy"), json!(9000));
    yen["lines"]["data"][0]["taxes"][0]["tax_behavior"] = json!("inclusive");
    let order = read_invoice(&yen).unwrap();
    assert_eq!((order.head.total, order.head.total_minor), (dec!(9000), 9000));
    assert_eq!(order.raw["line_items"]["data"][0]["amount_total"], 9000);
    assert_eq!(order.raw["payment_status"], "paid_out_of_band", "how it was paid is not known");
    for (status, expected) in [("open", OrderStatus::Open), ("void", OrderStatus::Cancelled), ("x", OrderStatus::Other)]
    {
        yen["status"] = json!(status);
        let head = read_invoice(&yen).unwrap().head;
        assert_eq!(head.status, expected, "{status}");
    }
}

#[tokio::test]
async fn invoices_are_listed_after_the_sessions_and_one_that_a_session_made_is_left_to_it() {
    let session = json!({ "id": "cs_1", "object": "checkout.session", "mode": "payment" });
    let begun = json!({ "id": "cs_2", "object": "checkout.session", "mode": "subscription", "status": "complete" });
    let scripted = Scripted::new(vec![
        listing(&[begun]),
        listing(&[invoice("in_1", "subscription_create"), invoice("in_2", "manual"), invoice("in_3", "manual")]),
        answer(&payment(0)),
        listing(&[session]),
        listing(&[]),
        answer(&payment(0)),
    ]);
    let shop = shop(&scripted);
    let query = OrderQuery::CreatedSince(1_795_210_867_000);
    let sessions = shop.list_orders(query, 1).await.unwrap();
    assert_eq!(
        (sessions.orders.len(), sessions.rejected.len(), sessions.pages),
        (0, 0, 2),
        "a subscription is no order"
    );
    let invoices = shop.list_orders(query, 2).await.unwrap();
    let ids: Vec<_> = invoices.orders.iter().map(|order| order.head.order_id.as_str()).collect();
    assert_eq!((ids, invoices.pages), (vec!["in_1", "in_3"], 2));
    let lines = scripted.lines();
    assert_eq!(
        lines[1],
        "GET /v1/invoices?limit=100&created%5Bgte%5D=1795210867&status=paid&expand%5B%5D=data.payments"
    );
    assert!(lines[3].starts_with("GET /v1/checkout/sessions?limit=1&payment_intent=pi_1"), "{}", lines[3]);
}

#[tokio::test]
async fn a_paid_invoice_and_one_that_was_given_back_are_found_in_the_events() {
    let event = |kind: &str, object: Value| json!({ "type": kind, "id": "evt", "data": { "object": object } });
    let paid = event("invoice.paid", json!({ "id": "in_1", "object": "invoice" }));
    let refunded = event("charge.refunded", json!({ "id": "ch_2", "object": "charge", "payment_intent": "pi_2" }));
    let scripted = Scripted::new(vec![
        listing(&[paid.clone(), paid, refunded]),
        answer(&invoice("in_1", "subscription_cycle")),
        answer(&payment(0)),
        listing(&[]),
        listing(&[json!({ "id": "inpay_1", "invoice": "in_2" })]),
        answer(&invoice("in_2", "subscription_cycle")),
        answer(&payment(0)),
    ]);
    let page = shop(&scripted).list_orders(OrderQuery::ModifiedSince(0), 1).await.unwrap();
    let ids: Vec<_> = page.orders.iter().map(|order| order.head.order_id.as_str()).collect();
    assert_eq!((ids, page.pages), (vec!["in_1", "in_2"], 1));
    assert!(scripted.lines()[0].contains("&types%5B%5D=invoice.paid"), "{}", scripted.lines()[0]);
    assert!(scripted.lines()[4].starts_with("GET /v1/invoice_payments?limit=1&payment%5Btype%5D=payment_intent"));
}

#[tokio::test]
async fn a_key_that_may_not_read_invoices_still_brings_the_sessions() {
    let denied = || Ok(json_answer(403, &json!({"error": {"type": "invalid_request_error", "message": "no"}}), &[]));
    let paid = json!({"type": "invoice.paid", "data": {"object": {"id": "in_1", "object": "invoice"}}});
    let scripted = Scripted::new(vec![listing(&[]), denied(), listing(&[paid]), denied()]);
    let shop = shop(&scripted);
    shop.list_orders(OrderQuery::CreatedSince(0), 1).await.unwrap();
    assert_eq!(shop.list_orders(OrderQuery::CreatedSince(0), 2).await.unwrap().pages, 2);
    assert!(shop.list_orders(OrderQuery::ModifiedSince(0), 1).await.is_ok());
}
