use super::*;
use crate::scripted::{Scripted, json_answer, page_answer};
use secrecy::SecretString;
use serde_json::json;

const KEY: &str = "rk_test_0123456789";

fn shop(account: &str, scripted: &Arc<Scripted>) -> Stripe {
    let config = ShopConfig { base_url: String::new(), key: account.into(), secret: SecretString::from(KEY) };
    Stripe::new(&config, scripted.clone())
}

fn session(id: &str, refunded: i64) -> Value {
    json!({
        "id": id, "object": "checkout.session", "created": 1_795_210_867, "mode": "payment", "status": "complete",
        "payment_status": "paid", "currency": "ron", "amount_total": 5900, "metadata": {},
        "payment_intent": {"id": format!("pi_{id}"), "object": "payment_intent",
            "latest_charge": {"id": "ch_1", "created": 1_795_210_900, "amount_refunded": refunded, "refunded": false}},
        "line_items": {"has_more": false, "data": [{"id": "li_1", "amount_total": 5900, "quantity": 1}]}
    })
}

fn listing(items: &[Value], has_more: bool) -> std::result::Result<HttpAnswer, crate::TransportError> {
    Ok(json_answer(200, &json!({ "object": "list", "data": items, "has_more": has_more }), &[]))
}

fn answer(body: &Value) -> std::result::Result<HttpAnswer, crate::TransportError> {
    Ok(json_answer(200, body, &[]))
}

fn ids(page: &OrderPage) -> Vec<&str> {
    page.orders.iter().map(|order| order.head.order_id.as_str()).collect()
}

#[tokio::test]
async fn finished_sessions_are_listed_and_pages_go_on_after_the_last_of_all() {
    let mut open = session("cs_3", 0);
    open["status"] = json!("open");
    let scripted =
        Scripted::new(vec![listing(&[session("cs_1", 0), open], true), listing(&[session("cs_4", 0)], false)]);
    let shop = shop("acct_1", &scripted);
    let query = OrderQuery::CreatedSince(1_795_210_867_900);
    let first = shop.list_orders(query, 1).await.unwrap();
    assert_eq!((ids(&first), first.pages, first.total), (vec!["cs_1"], 2, 0));
    let last = shop.list_orders(query, 2).await.unwrap();
    assert_eq!((ids(&last), last.pages), (vec!["cs_4"], 3), "and then the invoices");
    let lines = scripted.lines();
    assert_eq!(
        lines[0],
        "GET /v1/checkout/sessions?limit=100&created%5Bgte%5D=1795210867\
         &expand%5B%5D=data.line_items.data.taxes&expand%5B%5D=data.payment_intent.latest_charge"
    );
    assert!(lines[1].contains("&starting_after=cs_3&"), "{}", lines[1]);
    let headers = &scripted.sent()[0].headers;
    assert!(headers.iter().any(|one| one.secret && one.value == format!("Bearer {KEY}")));
    assert!(headers.iter().any(|one| one.name == "stripe-version"));
    assert!(shop.list_orders(query, 5).await.is_err(), "pages are read in their order");
}

#[tokio::test]
async fn an_order_is_read_alike_by_itself_and_in_a_list_with_its_refunds() {
    let refund = json!({"id": "re_1", "amount": 900, "currency": "ron", "status": "succeeded", "created": 1_795_300_000, "charge": "ch_1"});
    let scripted = Scripted::new(vec![
        answer(&session("cs_1", 900)),
        listing(std::slice::from_ref(&refund), false),
        listing(&[session("cs_1", 900)], false),
        listing(&[refund], false),
    ]);
    let shop = shop("acct_1", &scripted);
    let alone = shop.get_order("cs_1").await.unwrap();
    let listed = shop.list_orders(OrderQuery::CreatedSince(0), 1).await.unwrap();
    assert_eq!(listed.orders, std::slice::from_ref(&alone));
    assert_eq!(alone.raw["payment_intent"], "pi_cs_1", "mappings read the payment's id");
    assert_eq!((alone.head.refunded_minor, alone.head.paid_ms), (900, Some(1_795_210_900_000)));
    assert_eq!(scripted.lines()[1], "GET /v1/refunds?limit=100&payment_intent=pi_cs_1");
}

#[tokio::test]
async fn lines_beyond_the_first_ten_are_read() {
    let mut long = session("cs_1", 0);
    long["line_items"]["has_more"] = json!(true);
    let line = |id: &str| json!({"id": id, "amount_total": 100, "quantity": 1});
    let scripted = Scripted::new(vec![answer(&long), listing(&[line("li_1")], true), listing(&[line("li_2")], false)]);
    let order = shop("acct_1", &scripted).get_order("cs_1").await.unwrap();
    assert_eq!(order.raw["line_items"]["data"].as_array().unwrap().len(), 2);
    assert!(scripted.lines()[2].ends_with("starting_after=li_1"), "{}", scripted.lines()[2]);
}

#[tokio::test]
async fn what_changed_is_found_in_the_events_and_each_session_read_once() {
    let completed = json!({"type": "checkout.session.completed", "id": "evt_1", "data": {"object": {"id": "cs_1", "object": "checkout.session"}}});
    let gone = json!({"type": "checkout.session.completed", "id": "evt_3", "data": {"object": {"id": "cs_9", "object": "checkout.session"}}});
    let refunded = json!({"type": "charge.refunded", "id": "evt_4", "data": {"object": {"id": "ch_2", "object": "charge", "payment_intent": "pi_2"}}});
    let other =
        json!({"type": "charge.refunded", "id": "evt_5", "data": {"object": {"id": "ch_3", "payment_intent": null}}});
    let missing =
        json!({"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "No such session"}});
    let scripted = Scripted::new(vec![
        listing(&[completed.clone(), completed, gone, refunded, other], false),
        answer(&session("cs_1", 0)),
        Ok(json_answer(404, &missing, &[])),
        listing(&[session("cs_2", 0)], false),
    ]);
    let page = shop("acct_1", &scripted).list_orders(OrderQuery::ModifiedSince(1_795_210_867_000), 1).await.unwrap();
    assert_eq!((ids(&page), page.pages), (vec!["cs_1", "cs_2"], 1));
    assert_eq!(page.rejected[0].order.as_deref(), Some("cs_9"));
    let lines = scripted.lines();
    assert!(
        lines[0].starts_with(
            "GET /v1/events?limit=100&created%5Bgte%5D=1795210867&types%5B%5D=checkout.session.completed&"
        )
    );
    assert!(lines[1].starts_with("GET /v1/checkout/sessions/cs_1?expand%5B%5D=line_items.data.taxes"), "{}", lines[1]);
    assert!(lines[3].starts_with("GET /v1/checkout/sessions?limit=1&payment_intent=pi_2&"), "{}", lines[3]);
}

#[tokio::test]
async fn notes_are_metadata_and_only_what_differs_is_written() {
    let with = |metadata: Value| {
        let mut session = session("cs_1", 0);
        session["metadata"] = metadata;
        answer(&session)
    };
    let scripted = Scripted::new(vec![
        with(json!({"cui": "1", "punte_state": "held", "punte_reference": "PNT-X"})),
        with(json!({"cui": "1", "punte_state": "issued", "punte_reference": "PNT-X"})),
        with(json!({"punte_state": "issued"})),
        with(json!({"punte_state": "held"})),
        with(json!({"punte_state": "held"})),
    ]);
    let shop = shop("acct_1", &scripted);
    let wanted =
        BTreeMap::from([("punte_state".to_owned(), "issued".to_owned()), ("punte_none".to_owned(), String::new())]);
    assert!(shop.write_notes("cs_1", &wanted).await.unwrap());
    assert_eq!(scripted.requests()[1]["body"], "metadata%5Bpunte_state%5D=issued");
    assert!(!shop.write_notes("cs_1", &wanted).await.unwrap());
    let failure = shop.write_notes("cs_1", &wanted).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::UnreadableAnswer, "the shop did not keep it");
    let foreign = BTreeMap::from([("cui".to_owned(), "2".to_owned())]);
    assert_eq!(shop.write_notes("cs_1", &foreign).await.unwrap_err().phase, Phase::Prepare);
}

#[tokio::test]
async fn the_live_test_tells_whose_the_key_is() {
    let account = json!({"id": "acct_1", "settings": {"dashboard": {"display_name": "Atelier Cană"}}});
    let steps =
        shop("acct_1", &Scripted::new(vec![answer(&account), listing(&[session("cs_1", 0)], true)])).check().await;
    let seen: Vec<_> = steps.iter().map(|step| (step.step, step.found.as_str(), step.failure.is_some())).collect();
    assert_eq!(seen, [("address", "Atelier Cană", false), ("credential", "acct_1", false), ("orders", "1+", false)]);
    let steps = shop("acct_2", &Scripted::new(vec![answer(&account)])).check().await;
    assert_eq!(steps[1].failure.as_ref().map(|one| one.kind), Some(FailureKind::CredentialRefused));
    let denied = Ok(json_answer(403, &json!({"error": {"type": "invalid_request_error", "message": "no"}}), &[]));
    let steps = shop("acct_1", &Scripted::new(vec![denied, listing(&[], false)])).check().await;
    assert_eq!((steps[1].found.as_str(), steps[2].found.as_str()), ("acct_1", "0"), "a restricted key will do");
}

#[tokio::test]
async fn an_id_that_leads_elsewhere_is_never_asked_and_no_page_tells_the_key() {
    let scripted = Scripted::new(vec![Ok(page_answer(502, &format!("Authorization: Bearer {KEY}")))]);
    let shop = shop("acct_1", &scripted);
    for id in ["../account", "cs_1/line_items", "pi_1", ""] {
        assert_eq!(shop.get_order(id).await.unwrap_err().phase, Phase::Prepare, "{id}");
    }
    assert!(scripted.sent().is_empty());
    let told = serde_json::to_string(&shop.get_order("cs_1").await.unwrap_err()).unwrap();
    assert!(!told.contains(KEY) && told.contains("•••"), "{told}");
}

#[tokio::test]
async fn its_webhooks_are_listed_and_switched_on_again() {
    let hook = json!({"id": "we_1", "url": "https://in.example/x", "status": "disabled", "enabled_events": ["a", "b"], "description": null});
    let scripted = Scripted::new(vec![listing(std::slice::from_ref(&hook), false), answer(&hook)]);
    let shop = shop("acct_1", &scripted);
    let listed = shop.list_webhooks().await.unwrap().unwrap();
    assert_eq!(
        (listed[0].id.as_str(), listed[0].topic.as_str(), listed[0].status.as_str()),
        ("we_1", "a, b", "disabled")
    );
    shop.enable_webhook("we_1").await.unwrap();
    assert_eq!(scripted.lines()[1], "POST /v1/webhook_endpoints/we_1");
    assert_eq!(shop.enable_webhook("../x").await.unwrap_err().phase, Phase::Prepare);
}
