//! The Stripe account over its API: what a client of it meets.

use std::collections::HashSet;

use axum::http::{Method, StatusCode};
use punte_sandbox::{Source, account};
use serde_json::{Value, json};

use crate::support::{World, request, send, world};

const EXPAND: &str = "expand[]=data.line_items.data.taxes&expand[]=data.shipping_cost.taxes";

async fn sessions(world: &World) -> Vec<Value> {
    let list = world.stripe_get(&format!("checkout/sessions?limit=100&{EXPAND}")).await.json();
    assert_eq!((&list["object"], &list["has_more"]), (&json!("list"), &json!(false)));
    list["data"].as_array().unwrap().clone()
}

fn whole(list: &Value, key: &str) -> i64 {
    list.as_array().unwrap().iter().map(|one| one[key].as_i64().unwrap()).sum()
}

#[tokio::test]
async fn minor_units_add_up_but_for_the_order_that_is_meant_to_be_wrong() {
    let world = world();
    let all = sessions(&world).await;
    assert!(all.len() > 25, "{} were paid before they were sent", all.len());
    let mut off = Vec::new();
    for session in &all {
        let lines = &session["line_items"]["data"];
        let shipping = session["shipping_cost"]["amount_total"].as_i64().unwrap_or_default();
        let tax = whole(lines, "amount_tax") + session["shipping_cost"]["amount_tax"].as_i64().unwrap_or_default();
        assert_eq!(session["total_details"]["amount_tax"], tax);
        assert_eq!(session["amount_subtotal"], whole(lines, "amount_subtotal"));
        assert_eq!(
            whole(lines, "amount_subtotal") - whole(lines, "amount_discount"),
            whole(lines, "amount_total"),
            "{session}"
        );
        assert_eq!(lines[0]["taxes"][0]["amount"], lines[0]["amount_tax"]);
        assert_eq!(lines[0]["price"]["tax_behavior"], "inclusive");
        let difference = session["amount_total"].as_i64().unwrap() - whole(lines, "amount_total") - shipping;
        off.extend((difference != 0).then_some(difference));
    }
    assert_eq!(off, [500]);
    assert!(all.iter().any(|session| session["currency"] == "eur"));
    let company = all.iter().find(|session| session["metadata"]["cui"].is_string()).unwrap();
    assert!(company["metadata"]["company"].is_string() && company["customer_details"]["address"]["country"] == "RO");
}

#[tokio::test]
async fn a_cursor_goes_through_all_of_them_once() {
    let world = world();
    let all = sessions(&world).await;
    let (mut seen, mut after) = (HashSet::new(), String::new());
    loop {
        let list = world.stripe_get(&format!("checkout/sessions?limit=7{after}")).await.json();
        for session in list["data"].as_array().unwrap() {
            assert!(session.get("line_items").is_none(), "lines come only when asked for");
            assert!(seen.insert(session["id"].as_str().unwrap().to_owned()));
        }
        if list["has_more"] == false {
            break;
        }
        after = format!("&starting_after={}", list["data"][6]["id"].as_str().unwrap());
    }
    assert_eq!(seen.len(), all.len());
    let newest = all[0]["created"].as_i64().unwrap();
    let since = world.stripe_get(&format!("checkout/sessions?created[gte]={newest}")).await.json();
    assert_eq!(since["data"].as_array().unwrap().len(), 1);
    let none = world.stripe_get(&format!("checkout/sessions?created%5Bgt%5D={newest}")).await.json();
    assert_eq!(none["data"], json!([]));
}

#[tokio::test]
async fn metadata_is_written_by_a_form_and_merged() {
    let world = world();
    let id = sessions(&world).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("checkout/sessions/{id}");
    let body = "metadata[punte_number]=ATC0001&metadata%5Bpunte_link%5D=http%3A%2F%2Fx%2F1";
    let answer = world.stripe(Method::POST, &path, body).await.json();
    assert_eq!(answer["metadata"]["punte_link"], "http://x/1");
    world.stripe(Method::POST, &path, "metadata[punte_link]=").await;
    let session = world.stripe_get(&format!("{path}?expand[]=line_items")).await.json();
    assert_eq!(session["metadata"]["punte_number"], "ATC0001");
    assert!(session["metadata"].get("punte_link").is_none(), "an empty text takes a key away");
    assert!(session["line_items"]["data"][0].get("taxes").is_none(), "taxes are asked for by themselves");
    let lines = world.stripe_get(&format!("{path}/line_items?expand[]=data.taxes")).await.json();
    assert_eq!(lines["data"][0]["taxes"][0]["rate"]["inclusive"], true);
}

#[tokio::test]
async fn errors_have_stripes_shape() {
    let world = world();
    let error = async |path: &str| {
        let answer = world.stripe_get(path).await;
        (answer.status.as_u16(), answer.json()["error"].clone())
    };
    let (status, missing) = error("checkout/sessions/cs_x").await;
    assert_eq!((status, &missing["code"]), (404, &json!("resource_missing")));
    assert_eq!(missing["message"], "No such checkout.session: 'cs_x'");
    assert_eq!(error("checkout/sessions?limit=101").await.0, 400);
    assert_eq!(error("checkout/sessions?colour=red").await.1["code"], "parameter_unknown");
    assert_eq!(error("checkout/sessions?expand[]=data.line_items.data.price.product").await.0, 400, "too deep");
    assert_eq!(error("coupons").await.1["type"], "invalid_request_error");
    let anonymous = send(world.sandbox.routers().stripe, request(Method::GET, "/v1/account", "", None)).await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
    let wrong = request(Method::GET, "/v1/account", "Bearer sk_test_wrong", None);
    let words = send(world.sandbox.routers().stripe, wrong).await.json()["error"]["message"].clone();
    assert!(!words.as_str().unwrap().contains("sk_test_wrong"), "a key is masked: {words}");
    assert_eq!(world.stripe_get("account").await.json()["id"], account::STRIPE_ACCOUNT);
    let json = request(
        Method::POST,
        "/v1/checkout/sessions/cs_x",
        &format!("Bearer {}", account::STRIPE_KEY),
        Some(&json!({})),
    );
    assert_eq!(send(world.sandbox.routers().stripe, json).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_paid_invoice_is_listed_told_and_led_to_by_its_payment() {
    let world = world();
    let line = json!({"id": "il_1", "amount": 10000, "description": "Abonament", "quantity": 1, "taxes": []});
    let invoice = json!({
        "id": "in_x", "object": "invoice", "total": 10000, "payment_intent": "pi_x", "lines": [line],
        "refunds": [{"id": "re_x", "amount": 400}],
    });
    world.control(Method::POST, "/orders/stripe", Some(invoice)).await;
    let draft = json!({"id": "in_y", "object": "invoice", "status": "draft", "total": 500});
    world.control(Method::POST, "/orders/stripe", Some(draft)).await;
    let paid = world.stripe_get("invoices?status=paid&expand[]=data.payments").await.json()["data"].clone();
    assert_eq!((paid.as_array().unwrap().len(), &paid[0]["id"]), (1, &json!("in_x")));
    assert_eq!(paid[0]["payments"]["data"][0]["payment"]["payment_intent"], "pi_x");
    let bare = world.stripe_get("invoices/in_x").await.json();
    assert!(bare.get("payments").is_none(), "payments come only when asked for");
    assert!(bare.get("payment_intent").is_none() && bare["lines"]["data"][0]["amount"] == 10000, "{bare}");
    let led = world.stripe_get("invoice_payments?payment[type]=payment_intent&payment[payment_intent]=pi_x").await;
    assert_eq!(led.json()["data"][0]["invoice"], "in_x");
    let payment = world.stripe_get("payment_intents/pi_x?expand[]=latest_charge").await.json();
    assert_eq!(payment["latest_charge"]["amount_refunded"], 400);
    let events = world.stripe_get("events?types[]=invoice.paid&types[]=charge.refunded").await.json()["data"].clone();
    let kinds: Vec<&Value> = events.as_array().unwrap()[..2].iter().map(|one| &one["type"]).collect();
    assert_eq!(kinds, ["charge.refunded", "invoice.paid"]);
    world.stripe(Method::POST, "invoices/in_x", "metadata[punte_state]=issued").await;
    assert_eq!(world.stripe_get("invoices/in_x").await.json()["metadata"]["punte_state"], "issued");
    assert_eq!(world.stripe_get("invoices/in_z").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn events_tell_what_happened_and_refunds_belong_to_a_payment() {
    let world = world();
    let events = async |more: &str| world.stripe_get(&format!("events?limit=100{more}")).await.json()["data"].clone();
    let refunds = events("&types[]=charge.refunded").await;
    assert_eq!(refunds.as_array().unwrap().len(), 2);
    let charge = &refunds[0]["data"]["object"];
    let of = charge["payment_intent"].as_str().unwrap();
    let listed = world.stripe_get(&format!("refunds?payment_intent={of}")).await.json();
    assert_eq!(listed["data"][0]["amount"], charge["amount_refunded"]);
    world.advance(60_000);
    let id = world.sandbox.add_random_orders_to(Source::Stripe, 1).unwrap()[0].clone();
    let newest = &events("&types[]=checkout.session.completed&types[]=charge.refunded").await[0];
    assert_eq!((&newest["type"], &newest["data"]["object"]["id"]), (&json!("checkout.session.completed"), &id));
    assert!(newest["data"]["object"].get("line_items").is_none());
    let waits = json!({"id": "cs_test_x", "payment_status": "unpaid", "amount_total": 1000});
    let paid = json!({"id": "cs_test_x", "payment_status": "paid", "amount_total": 1000, "refunds": [{"amount": 400}]});
    for session in [waits, paid] {
        world.control(Method::POST, "/orders/stripe", Some(session)).await;
    }
    let kinds: Vec<Value> = events("").await.as_array().unwrap()[..4].iter().map(|one| one["type"].clone()).collect();
    assert_eq!(
        kinds,
        ["charge.refunded", "refund.created", "checkout.session.async_payment_succeeded", "checkout.session.completed"]
    );
}
