use super::*;
use serde_json::json;

fn seen(answer: Value) -> Value {
    let mut answer = answer;
    veil(&mut answer);
    answer
}

#[test]
fn a_record_is_shown_without_ways_to_reach_its_client() {
    let record = seen(json!({
        "order": { "id": "ord_1", "number": "10452", "customer": "Ana Pop", "taxId": "1980101123452", "email": "ana@shop.ro" },
        "document": { "taxId": "RO12345674", "link": "https://oblio.eu/docs/0740123456?mail=ana@shop.ro", "reference": "PNT-0740123456" },
        "draft": { "clientName": "Ana Pop", "email": "ana@localhost", "phone": "40 264 1234", "mentions": "sunați la 0740 123 456" },
    }));
    assert_eq!(
        record["order"],
        json!({ "id": "ord_1", "number": "10452", "customer": "Ana Pop", "taxId": MASK, "email": "a•••@shop.ro" })
    );
    assert_eq!(record["document"]["taxId"], "RO12345674", "a company's stays");
    assert!(
        record["document"]["link"].as_str().unwrap().ends_with("ana@shop.ro"),
        "a link that is changed leads nowhere"
    );
    assert_eq!(record["document"]["reference"], "PNT-0740123456");
    assert_eq!(
        record["draft"],
        json!({ "clientName": "Ana Pop", "email": MASK, "phone": MASK, "mentions": "sunați la •••" })
    );
}

#[test]
fn what_is_sent_and_received_is_gone_through_as_json() {
    let attempt = seen(json!({
        "requestBody": r#"{"client":{"name":"Ana","email":"ana@shop.ro","phone":"264.1234","vatCode":"1980101123452"},"total":"10.50"}"#,
        "answerBody": "{\"cut\":1,\"billing_phone\":\"264 1234\",\"x\":\"ana@shop.ro\",\"lon",
        "mismatch": r#"{"field":"client.phone","ours":"264 1234","provider":"264 9876"}"#,
        "json": "{\n  \"id\": 5123456789012,\n  \"meta_data\": [{\"key\": \"_billing_cnp\", \"value\": 1980101123452}],\n \"n\": \"{\\\"phone\\\":\\\"264 1234\\\"}\"\n}",
    }));
    assert_eq!(
        attempt["requestBody"],
        r#"{"client":{"name":"Ana","email":"a•••@shop.ro","phone":"•••","vatCode":"•••"},"total":"10.50"}"#
    );
    assert_eq!(attempt["answerBody"], "{\"cut\":1,\"billing_phone\":\"•••\",\"x\":\"a•••@shop.ro\",\"lon");
    assert_eq!(attempt["mismatch"], r#"{"field":"client.phone","ours":"•••","provider":"•••"}"#);
    let json = attempt["json"].as_str().unwrap();
    assert!(json.contains("5123456789012") && json.contains('\n'), "{json}");
    assert!(!json.contains("1980101123452") && !json.contains("1234\\"), "{json}");
}

#[test]
fn what_differs_or_is_wrong_is_masked_by_the_field_that_it_is_about() {
    let shown = seen(json!({
        "changes": [{ "field": "client.phone", "before": "264 1234", "after": null }, { "field": "total", "before": "1020.30" }],
        "values": [{ "target": "client.tax_id", "origin": "expression", "value": "1980101123453", "itemName": "",
            "problem": { "code": "bad", "detail": "1980101123453" },
            "inputs": [{ "path": "order.billing.phone", "value": "264 1234" }] }],
        "rejected": [{ "line": 3, "field": "customer.phone", "reason": { "code": "bad", "facts": { "text": "264 12345" } } }],
        "note_attributes": [{ "name": "Telefon", "value": "264 1234" }],
        "lines": [{ "name": "Telefon", "price": "1234.50", "code": "1980101123452" }],
    }));
    assert_eq!(shown["changes"][0], json!({ "field": "client.phone", "before": MASK, "after": null }));
    assert_eq!(shown["changes"][1]["before"], "1020.30");
    let value = &shown["values"][0];
    assert_eq!(
        (&value["value"], &value["problem"]["detail"], &value["problem"]["code"]),
        (&json!(MASK), &json!(MASK), &json!("bad"))
    );
    assert_eq!(value["inputs"][0], json!({ "path": "order.billing.phone", "value": MASK }));
    assert_eq!(shown["rejected"][0]["reason"]["facts"]["text"], MASK);
    assert_eq!((&shown["rejected"][0]["line"], &shown["note_attributes"][0]["value"]), (&json!(3), &json!(MASK)));
    assert_eq!(shown["lines"][0], json!({ "name": "Telefon", "price": "1234.50", "code": "1980101123452" }));
}

#[test]
fn in_an_order_as_received_a_code_is_masked_whatever_its_field_is_called() {
    let raw = json!({
        "id": 5_123_456_789_012_i64, "order_id": "10452", "customer_id": 77, "client_id": "1980101123452", "buyerId": 1_980_101_123_452_i64,
        "national_id": "1980101123459", "personal_id": "CJ 980101", "ids": ["1980101123452"], "userid": "ana@shop.ro",
        "billing_mobile": "264 1234", "Mobil": "264 1234", "shipping_tel": "264 1234", "mobilpay_id": "264 1234",
        "phone": { "number": "264 1234", "country": "RO" },
    });
    let shown: Value = serde_json::from_str(&veil_json(&raw.to_string())).unwrap();
    assert_eq!(
        shown,
        json!({
            "id": 5_123_456_789_012_i64, "order_id": "10452", "customer_id": 77, "client_id": MASK, "buyerId": MASK,
            "national_id": MASK, "personal_id": MASK, "ids": [MASK], "userid": "a•••@shop.ro",
            "billing_mobile": MASK, "Mobil": MASK, "shipping_tel": MASK, "mobilpay_id": "264 1234",
            "phone": { "number": MASK, "country": "RO" },
        })
    );
    let cut = r#"{"billing_mobile":"264 1234","mobilpay_id":"264 1234","national_id":"1980101123459","lon"#;
    assert_eq!(
        seen(json!({ "answerBody": cut }))["answerBody"],
        r#"{"billing_mobile":"•••","mobilpay_id":"264 1234","national_id":"•••","lon"#
    );
}

#[test]
fn what_finds_the_way_stays_beside_the_name_of_a_field() {
    let facts = json!({
        "field": "client.phone", "number": "0012345", "series": "FCT202611", "reference": "PNT-0012345", "orderId": "1234567",
    });
    assert_eq!(seen(json!({ "facts": facts.clone() }))["facts"], facts);
    assert_eq!(seen(json!({ "field": "client.phone", "text": "0012345" }))["text"], MASK);
}

#[test]
fn who_works_here_stays_and_what_finds_the_way_too() {
    let shown = json!({
        "who": "ana@atelier.ro", "people": ["ion@atelier.ro"], "account": "firma@atelier.ro", "owner": "0740123456",
        "ids": ["1980101123452"], "orderId": "1980101123452", "refund": "1980101123452", "createdMs": 1_980_101_123_452_i64,
        "number": "0740123456",
    });
    assert_eq!(seen(shown.clone()), shown);
    assert_eq!(seen(json!({ "text": "ana@shop.ro, 1980101123452" }))["text"], "a•••@shop.ro, •••");
}

#[test]
fn a_file_of_text_is_masked_inside() {
    let bytes = STANDARD.encode("order,detail\n10452,ana@shop.ro 0740123456\n");
    let file = seen(json!({ "name": "report.csv", "mediaType": "text/csv", "base64": bytes }));
    let text = String::from_utf8(STANDARD.decode(file["base64"].as_str().unwrap()).unwrap()).unwrap();
    assert_eq!(text, "order,detail\n10452,a•••@shop.ro •••\n");
}

#[test]
fn only_a_viewer_is_shown_less_and_what_they_wrote_comes_back_whole() {
    let session = |role| Session {
        operator: "ana".to_owned(),
        role,
        host: crate::commands::HostKind::Browser,
        client: String::new(),
        approved_by: None,
    };
    let answer = json!({ "text": "ana@shop.ro" });
    let of = |role, command: &str| Host::veiled(&session(role), command, Ok(answer.clone())).unwrap();
    assert_eq!(of(AccessRole::Operator, "record.get"), answer);
    assert_eq!(of(AccessRole::Viewer, "record.get")["text"], "a•••@shop.ro");
    assert_eq!(of(AccessRole::Viewer, "views.list"), answer);
    let error = ApiError::new(crate::error::ErrorCode::NotNow, "no ana@shop.ro");
    let error = Host::veiled(&session(AccessRole::Viewer), "record.get", Err(error)).unwrap_err();
    assert_eq!(error.detail, "no a•••@shop.ro");
}

#[test]
fn what_is_left_out_are_commands_that_there_are() {
    for open in OPEN.iter().chain(PAPERS) {
        let is_there = crate::commands::COMMANDS
            .iter()
            .any(|info| info.name == *open || open.ends_with('.') && info.name.starts_with(open));
        assert!(is_there, "{open}");
    }
}
