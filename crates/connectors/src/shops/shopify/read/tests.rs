use super::*;
use rust_decimal::dec;
use serde_json::json;

fn sample() -> Value {
    json!({
        "id": 5001, "admin_graphql_api_id": "gid://shopify/Order/5001", "name": "#1001", "currency": "RON",
        "total_price": "121.00", "total_tax": "21.00", "taxes_included": true, "financial_status": "paid",
        "fulfillment_status": null, "cancelled_at": null, "email": "ana@example.com",
        "created_at": "2026-11-20T23:41:07+02:00", "processed_at": "2026-11-20T23:41:05+02:00",
        "updated_at": "2026-11-21T09:02:11+02:00", "payment_gateway_names": ["shopify_payments"],
        "billing_address": {"name": "Ana Ionescu", "company": "EXEMPLU SRL"},
        "note_attributes": [{"name": "cui", "value": "RO12345674"}],
        "line_items": [{"name": "Cană", "price": "100.00", "quantity": 1}],
        "shipping_lines": [{"title": "Curier", "price": "21.00"}], "refunds": []
    })
}

fn with(changes: &[(&str, Value)]) -> Value {
    let mut order = sample();
    for (path, value) in changes {
        *order.pointer_mut(path).unwrap() = value.clone();
    }
    order
}

fn head(changes: &[(&str, Value)]) -> OrderHead {
    read_order(&with(changes)).unwrap().head
}

fn ms(text: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

#[test]
fn a_whole_order_is_read_exactly_with_its_offsets() {
    let read = read_order(&sample()).unwrap();
    let head = read.head;
    assert_eq!((head.order_id.as_str(), head.number.as_str()), ("5001", "1001"));
    assert_eq!((head.total, head.total_minor, head.refunded_minor), (dec!(121.00), 12100, 0));
    assert_eq!((head.created_ms, head.modified_ms), (ms("2026-11-20T21:41:07Z"), ms("2026-11-21T07:02:11Z")));
    assert_eq!((head.status, head.status_text.as_str()), (OrderStatus::Paid, "paid"));
    assert_eq!((head.paid_ms, head.completed_ms), (Some(ms("2026-11-20T21:41:05Z")), None));
    assert_eq!((head.customer.as_str(), head.tax_id.as_str()), ("EXEMPLU SRL", "RO12345674"));
    assert_eq!((head.email.as_str(), head.invoiced_elsewhere), ("ana@example.com", None));
    assert_eq!(read.raw, sample(), "kept as received");
}

#[test]
fn money_and_delivery_make_the_status() {
    for (money, delivery, cancelled, expected) in [
        ("pending", "", false, OrderStatus::Open),
        ("authorized", "", false, OrderStatus::Open),
        ("partially_paid", "partial", false, OrderStatus::Open),
        ("paid", "partial", false, OrderStatus::Paid),
        ("paid", "fulfilled", false, OrderStatus::Completed),
        ("pending", "fulfilled", false, OrderStatus::Completed),
        ("partially_refunded", "fulfilled", false, OrderStatus::Completed),
        ("refunded", "fulfilled", false, OrderStatus::Refunded),
        ("voided", "", false, OrderStatus::Cancelled),
        ("paid", "fulfilled", true, OrderStatus::Cancelled),
        ("expired", "", false, OrderStatus::Failed),
        ("new_word", "", false, OrderStatus::Other),
    ] {
        let cancelled_at = if cancelled { json!("2026-11-22T10:00:00+02:00") } else { Value::Null };
        let changes = [
            ("/financial_status", json!(money)),
            ("/fulfillment_status", json!(delivery)),
            ("/cancelled_at", cancelled_at),
        ];
        assert_eq!(head(&changes).status, expected, "{money} {delivery} {cancelled}");
    }
}

#[test]
fn cash_on_delivery_is_due_when_the_last_parcel_left() {
    let mut order = with(&[
        ("/fulfillment_status", json!("fulfilled")),
        ("/payment_gateway_names", json!(["Plata ramburs (COD)"])),
    ]);
    order["fulfillments"] = json!([
        {"status": "success", "created_at": "2026-11-22T10:00:00+02:00"},
        {"status": "success", "created_at": "2026-11-23T10:00:00+02:00"},
        {"status": "cancelled", "created_at": "2026-11-24T10:00:00+02:00"},
    ]);
    let left = Some(ms("2026-11-23T08:00:00Z"));
    order["financial_status"] = json!("pending");
    let open = read_order(&order).unwrap().head;
    assert_eq!((open.paid_ms, open.completed_ms), (None, left));
    order["financial_status"] = json!("paid");
    let paid = read_order(&order).unwrap().head;
    assert_eq!((paid.paid_ms, paid.became_due_ms()), (left, left), "not on the day of the order");
}

#[test]
fn a_transfer_was_paid_when_the_order_last_changed_and_a_name_that_only_sounds_like_it_is_a_card() {
    let transfer = head(&[("/payment_gateway_names", json!(["Bank Deposit"]))]);
    assert_eq!(transfer.paid_ms, Some(ms("2026-11-21T07:02:11Z")));
    let card = head(&[("/payment_gateway_names", json!(["Codex Bankart"]))]);
    assert_eq!(card.paid_ms, Some(ms("2026-11-20T21:41:05Z")));
}

#[test]
fn a_refund_is_what_was_paid_back() {
    let refunds = json!([
        {"id": 1, "transactions": [
            {"kind": "refund", "status": "success", "amount": "20.00", "currency": "RON"},
            {"kind": "refund", "status": "failure", "amount": "5.00", "currency": "RON"}]},
        {"id": 2, "transactions": [], "refund_line_items": [{"quantity": 1, "subtotal": "9.00"}]},
        {"id": 3, "transactions": [{"kind": "refund", "status": "success", "amount": "2.10", "currency": "EUR"}],
         "refund_line_items": [{"quantity": 1, "subtotal": "10.00", "total_tax": "1.74"}],
         "order_adjustments": [{"kind": "shipping_refund", "amount": "-1.00", "tax_amount": "-0.21"},
                               {"kind": "refund_discrepancy", "amount": "-7.00"}]},
    ]);
    let with_tax = head(&[("/refunds", refunds.clone())]);
    let refund = |id: &str, amount_minor| Refund { id: id.into(), amount_minor };
    assert_eq!(with_tax.refunds, [refund("1", 2000), refund("3", 1121)], "goods taken back alone are no refund");
    assert_eq!(with_tax.refunded_minor, 3121);
    let net = head(&[("/refunds", refunds), ("/taxes_included", json!(false))]);
    assert_eq!(net.refunds[1], refund("3", 1295));
}

#[test]
fn another_tools_invoice_is_seen_in_the_attributes() {
    let attributes = json!([
        {"name": "smartbill_series_name", "value": "FCT"}, {"name": "smartbill_document_number", "value": "0042"}]);
    assert_eq!(head(&[("/note_attributes", attributes)]).invoiced_elsewhere.as_deref(), Some("SmartBill FCT 0042"));
}

#[test]
fn what_an_invoice_hangs_on_is_named_where_it_cannot_be_read() {
    for (path, value, field) in [
        ("/id", json!("gid://x"), "id"),
        ("/currency", json!(null), "currency"),
        ("/total_price", json!(""), "total_price"),
        ("/created_at", json!("2026-11-20"), "created_at"),
        ("/created_at", json!(null), "created_at"),
        ("/line_items/0/price", json!(null), "line_items[0].price"),
        ("/line_items/0/quantity", json!("x"), "line_items[0].quantity"),
        ("/refunds", json!([{"id": 1, "transactions": [{"amount": "x"}]}]), "refunds[0].transactions[0].amount"),
    ] {
        assert_eq!(read_order(&with(&[(path, value)])).unwrap_err().field, field);
    }
}

#[test]
fn goods_taken_off_without_paying_them_back_are_for_a_person() {
    let mut order = with(&[("/refunds", json!([]))]);
    let total: Decimal = order["total_price"].as_str().unwrap().parse().unwrap();
    order["current_total_price"] = json!((total - Decimal::ONE).to_string());
    assert_eq!(read_order(&order).unwrap_err().field, "current_total_price");
    order["current_total_price"] = json!(total.to_string());
    assert!(read_order(&order).is_ok());
}

#[test]
fn an_order_that_tries_the_shop_is_not_paid() {
    let mut order = sample();
    order["test"] = json!(true);
    let tried = read_order(&order).unwrap().head;
    assert_eq!((tried.status, tried.status_text.as_str()), (OrderStatus::Other, "test"));
    order["test"] = json!(false);
    assert_ne!(read_order(&order).unwrap().head.status, OrderStatus::Other);
}
