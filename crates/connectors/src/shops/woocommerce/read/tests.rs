use super::*;
use chrono::DateTime;
use rust_decimal::dec;
use serde_json::json;

fn sample() -> Value {
    json!({
        "id": 10452, "parent_id": 0, "number": "C-10452", "status": "completed", "currency": "RON",
        "date_created": "2026-11-20T23:41:07", "date_created_gmt": "2026-11-20T21:41:07",
        "date_modified": "2026-11-21T09:02:11", "date_modified_gmt": "2026-11-21T07:02:11",
        "date_paid": null, "date_paid_gmt": null,
        "date_completed": "2026-11-21T09:02:11", "date_completed_gmt": "2026-11-21T07:02:11",
        "total": "101.950000", "total_tax": "14.340000", "payment_method": "cod",
        "billing": {"first_name": "Ana", "last_name": "Ionescu", "company": "EXEMPLU SRL", "email": "ana@example.com"},
        "line_items": [{"id": 1, "name": "Cană", "quantity": 3, "total": "22.29", "total_tax": "4.68", "price": 7.43}],
        "shipping_lines": [{"id": 3, "total": "16.52", "total_tax": "3.47"}],
        "refunds": [{"id": 10460, "reason": "retur", "total": "-8.99"}, {"id": 10461, "total": "-1.00"}],
        "meta_data": [{"id": 1, "key": "av_facturare", "value": {"tip_facturare": "pers-jur", "cui": "RO12345674"}}]
    })
}

fn with(path: &str, value: Value) -> Value {
    let mut order = sample();
    *order.pointer_mut(path).unwrap() = value;
    order
}

fn without(key: &str) -> Value {
    let mut order = sample();
    order.as_object_mut().unwrap().remove(key);
    order
}

fn ms(text: &str) -> i64 {
    DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
}

fn rejected(order: &Value) -> (String, String) {
    let problem = read_order(order).unwrap_err();
    (problem.field, problem.reason.code.as_str().to_owned())
}

#[test]
fn a_whole_order_is_read_exactly() {
    let order = read_order(&sample()).unwrap();
    let head = order.head;
    assert_eq!((head.order_id.as_str(), head.number.as_str()), ("10452", "C-10452"));
    assert_eq!((head.total, head.total_minor, head.refunded_minor), (dec!(101.95), 10195, 999));
    assert_eq!((head.customer.as_str(), head.tax_id.as_str()), ("EXEMPLU SRL", "RO12345674"));
    assert_eq!(head.invoiced_elsewhere, None, "av_facturare is billing data, not an invoice");
    assert_eq!(order.raw, sample(), "kept as received");
}

#[test]
fn cash_on_delivery_is_completed_without_being_paid() {
    let head = read_order(&sample()).unwrap().head;
    assert_eq!((head.paid_ms, head.completed_ms), (None, Some(ms("2026-11-21T07:02:11Z"))));
    assert_eq!(head.became_due_ms(), head.completed_ms);
}

#[test]
fn every_status_has_its_meaning() {
    for (text, status) in [
        ("pending", OrderStatus::Open),
        ("on-hold", OrderStatus::Open),
        ("checkout-draft", OrderStatus::Open),
        ("processing", OrderStatus::Paid),
        ("completed", OrderStatus::Completed),
        ("wc-completed", OrderStatus::Completed),
        ("cancelled", OrderStatus::Cancelled),
        ("trash", OrderStatus::Cancelled),
        ("refunded", OrderStatus::Refunded),
        ("failed", OrderStatus::Failed),
        ("expediat-fan", OrderStatus::Other),
    ] {
        assert_eq!(read_order(&with("/status", json!(text))).unwrap().head.status, status, "{text}");
    }
}

#[test]
fn numbers_do_for_text_and_text_for_numbers() {
    let mut order = with("/total", json!(101.95));
    order["id"] = json!("10452");
    order["number"] = json!(10452);
    order["line_items"][0]["quantity"] = json!("3");
    order["line_items"][0]["total"] = json!(22.29);
    let head = read_order(&order).unwrap().head;
    assert_eq!((head.order_id.as_str(), head.number.as_str(), head.total_minor), ("10452", "10452", 10195));
}

#[test]
fn what_an_invoice_hangs_on_is_named_when_it_is_missing() {
    for key in ["id", "status", "currency", "total", "line_items"] {
        assert_eq!(rejected(&without(key)), (key.to_owned(), "missing".to_owned()));
    }
    assert_eq!(rejected(&with("/total", json!(""))), ("total".into(), "blank".into()));
    assert_eq!(rejected(&with("/id", json!("abc"))).0, "id");
    assert_eq!(rejected(&with("/currency", json!("LEI"))).0, "currency");
    assert_eq!(rejected(&with("/total", json!("101,95"))).0, "total");
}

#[test]
fn a_bad_amount_is_named_with_its_line() {
    assert_eq!(rejected(&with("/line_items/0/total", json!("x"))).0, "line_items[0].total");
    assert_eq!(rejected(&with("/line_items/0/total", json!(null))), ("line_items[0].total".into(), "missing".into()));
    assert_eq!(rejected(&with("/line_items/0/quantity", json!([]))).0, "line_items[0].quantity");
    assert_eq!(rejected(&with("/line_items/0/total_tax", json!("1.2.3"))).0, "line_items[0].total_tax");
    assert_eq!(rejected(&with("/shipping_lines/0/total", json!("gratis"))).0, "shipping_lines[0].total");
    assert_eq!(rejected(&with("/refunds/1/total", json!(""))).0, "refunds[1].total");
    assert_eq!(rejected(&with("/line_items/0", json!(5))).0, "line_items[0]");
}

#[test]
fn a_sparse_export_is_enough() {
    let order = json!({
        "id": 7, "status": "processing", "currency": "ron", "total": 59, "date_created": "2026-11-20 10:00:00",
        "line_items": [{"name": "Ceai", "quantity": 1, "total": "53.15", "taxes": []}]
    });
    let head = read_order(&order).unwrap().head;
    assert_eq!(
        (head.number.as_str(), head.customer.as_str(), head.email.as_str(), head.tax_id.as_str()),
        ("7", "", "", "")
    );
    assert_eq!((head.created_ms, head.modified_ms), (ms("2026-11-20T08:00:00Z"), ms("2026-11-20T08:00:00Z")));
    assert_eq!((head.paid_ms, head.completed_ms, head.refunded_minor), (None, None, 0));
}

#[test]
fn an_order_without_any_date_is_refused() {
    let mut order = without("date_created");
    for key in ["date_created_gmt", "date_modified", "date_modified_gmt", "date_completed", "date_completed_gmt"] {
        order.as_object_mut().unwrap().remove(key);
    }
    assert_eq!(rejected(&order), ("date_created".into(), "missing".into()));
}

#[test]
fn the_customer_is_company_then_person_then_whatever_names_them() {
    let person = with("/billing/company", json!(" "));
    assert_eq!(read_order(&person).unwrap().head.customer, "Ana Ionescu");
    let nameless = with("/billing", json!({"email": "x@y.ro"}));
    assert_eq!(read_order(&nameless).unwrap().head.customer, "x@y.ro");
}

#[test]
fn fiscal_codes_are_found_under_the_keys_of_the_plugins() {
    for meta in [
        json!([{"key": "smartbill_billing_cif", "value": "RO1"}, {"key": "cui", "value": "RO2"}]),
        json!([{"key": "av_facturare", "value": {"cui": "RO1", "cnp": ""}}]),
        json!([{"key": "curiero_pf_pj_option", "value": {"cui": "RO1"}}]),
        json!([{"key": "_wc_billing/avfacturare/cui", "value": "RO1"}]),
        json!([{"key": "firma-cif", "value": "RO1"}]),
        json!({"_billing_cui": "RO1"}),
    ] {
        assert_eq!(read_order(&with("/meta_data", meta.clone())).unwrap().head.tax_id, "RO1", "{meta}");
    }
    let person =
        json!([{"key": "av_facturare", "value": {"tip_facturare": "pers-fiz", "cnp": "1980101123452", "cui": ""}}]);
    assert_eq!(read_order(&with("/meta_data", person)).unwrap().head.tax_id, "", "a CNP is no company's code");
}

#[test]
fn another_tools_invoice_is_seen() {
    for (meta, expected) in [
        (
            json!([{"key": "smartbill_series_name", "value": "WEB"}, {"key": "smartbill_document_number", "value": "0012"}]),
            Some("SmartBill WEB 0012"),
        ),
        (
            json!([{"key": "oblio_invoice_series_name", "value": "FCT"}, {"key": "oblio_invoice_number", "value": 53}]),
            Some("Oblio FCT 53"),
        ),
        (json!([{"key": "smartbill_private_link", "value": "https://x"}]), Some("SmartBill https://x")),
        (
            json!([{"key": "smartbill_series_name", "value": "WEB"}, {"key": "smartbill_document_number", "value": ""}]),
            Some("SmartBill WEB"),
        ),
        (json!([{"key": "smartbill_billing_type", "value": "pj"}, {"key": "smartbill_regcom", "value": "J1"}]), None),
        (json!([{"key": "oblio_invoice_date", "value": ""}]), None),
        (json!([{"key": "oblio_proforma_number", "value": "3"}]), Some("Oblio oblio_proforma_number")),
    ] {
        let head = read_order(&with("/meta_data", meta.clone())).unwrap().head;
        assert_eq!(head.invoiced_elsewhere.as_deref(), expected, "{meta}");
    }
}
