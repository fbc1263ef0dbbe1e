use super::*;
use crate::scripted::{Scripted, json_answer, page_answer};
use secrecy::SecretString;
use serde_json::json;

const TOKEN: &str = "shpat_0123456789";

fn shop(address: &str, scripted: &Arc<Scripted>) -> Shopify {
    let config = ShopConfig { base_url: address.into(), key: String::new(), secret: SecretString::from(TOKEN) };
    Shopify::new(&config, scripted.clone())
}

fn order(id: u64) -> Value {
    json!({
        "id": id, "name": format!("#{id}"), "currency": "RON", "total_price": "59.00", "financial_status": "paid",
        "created_at": "2026-11-20T10:00:00+02:00", "line_items": [{"name": "Ceai", "price": "59.00", "quantity": 1}]
    })
}

fn count(count: u64) -> HttpAnswer {
    json_answer(200, &json!({ "count": count }), &[])
}

fn page(orders: &[Value], link: &str) -> HttpAnswer {
    let headers: &[(&'static str, &str)] = if link.is_empty() { &[] } else { &[("link", link)] };
    json_answer(200, &json!({ "orders": orders }), headers)
}

#[test]
fn one_store_has_one_identity_however_its_address_is_written() {
    for address in [
        "cana",
        "Cana.myshopify.com",
        "https://cana.myshopify.com/admin/orders?x=1",
        "https://admin.shopify.com/store/cana/orders",
    ] {
        assert_eq!(shop(address, &Scripted::new(vec![])).identity(), "cana.myshopify.com", "{address}");
    }
    assert_eq!(shop("http://127.0.0.1:4000/shopify", &Scripted::new(vec![])).identity(), "localhost/shopify");
}

#[tokio::test]
async fn a_pass_follows_the_links_and_counts_at_its_two_ends() {
    let next = "<https://elsewhere.example/admin/api/2025-01/orders.json?limit=250&page_info=p1>; rel=\"previous\", \
                <https://elsewhere.example/admin/api/2025-01/orders.json?limit=250&page_info=a%2Bb>; rel=\"next\"";
    let mut bad = order(3);
    bad["total_price"] = json!("x");
    let scripted =
        Scripted::new(vec![Ok(count(3)), Ok(page(&[order(1), order(2)], next)), Ok(page(&[bad], "")), Ok(count(4))]);
    let shop = shop("cana", &scripted);
    let query = OrderQuery::ModifiedSince(1_795_210_867_500);
    let first = shop.list_orders(query, 1).await.unwrap();
    assert_eq!((first.orders.len(), first.total, first.pages), (2, 3, 2));
    let last = shop.list_orders(query, 2).await.unwrap();
    assert_eq!((last.total, last.pages), (4, 2), "the total tells that the list changed meanwhile");
    assert_eq!((last.rejected[0].order.as_deref(), last.rejected[0].field.as_str()), (Some("3"), "total_price"));
    let urls: Vec<String> = scripted.sent().iter().map(|request| request.url.clone()).collect();
    let root = "https://cana.myshopify.com/admin/api/2025-01/orders";
    let filter = "status=any&updated_at_min=2026-11-20T21%3A41%3A07Z";
    assert_eq!(
        urls,
        [
            format!("{root}/count.json?{filter}"),
            format!("{root}.json?limit=250&{filter}"),
            format!("{root}.json?limit=250&page_info=a%2Bb"),
            format!("{root}/count.json?{filter}"),
        ],
        "of a link only its mark is taken"
    );
    let headers = &scripted.sent()[0].headers;
    assert!(headers.iter().any(|one| one.name == "x-shopify-access-token" && one.secret && one.value == TOKEN));
    let failure = shop.list_orders(query, 7).await.unwrap_err();
    assert_eq!((failure.kind, failure.phase), (FailureKind::RequestInvalid, Phase::Prepare));
}

#[tokio::test]
async fn how_far_back_it_shows_orders_goes_by_the_apps_rights() {
    let scopes = |handles: &[&str]| {
        let listed: Vec<Value> = handles.iter().map(|handle| json!({ "handle": handle })).collect();
        Ok(json_answer(200, &json!({ "access_scopes": listed }), &[]))
    };
    let scripted = Scripted::new(vec![
        scopes(&["read_orders"]),
        scopes(&["read_orders", "read_all_orders"]),
        Ok(json_answer(200, &json!({}), &[])),
    ]);
    let shop = shop("cana", &scripted);
    assert_eq!(shop.reach_days().await.unwrap(), Some(60));
    assert_eq!(shop.reach_days().await.unwrap(), None);
    assert_eq!(shop.reach_days().await.unwrap_err().kind, FailureKind::UnreadableAnswer, "nothing is guessed");
    assert_eq!(scripted.sent()[0].url, "https://cana.myshopify.com/admin/oauth/access_scopes.json");
}

#[tokio::test]
async fn an_order_is_the_one_asked_for_and_a_strange_id_is_never_asked() {
    let scripted = Scripted::new(vec![
        Ok(json_answer(200, &json!({ "order": order(7) }), &[])),
        Ok(json_answer(200, &json!({ "order": order(8) }), &[])),
        Ok(json_answer(404, &json!({ "errors": "Not Found" }), &[])),
    ]);
    let shop = shop("cana", &scripted);
    assert_eq!(shop.get_order("7").await.unwrap().head.order_id, "7");
    assert_eq!(shop.get_order("7").await.unwrap_err().kind, FailureKind::UnreadableAnswer);
    assert_eq!(shop.get_order("7").await.unwrap_err().kind, FailureKind::OrderGone);
    assert_eq!(shop.get_order("../shop").await.unwrap_err().phase, Phase::Prepare);
    assert_eq!(scripted.sent().len(), 3);
}

#[tokio::test]
async fn lines_of_a_refund_are_given_only_where_they_make_it_up() {
    let with_refund = |paid: &str| {
        let mut order = order(7);
        order["taxes_included"] = json!(true);
        order["refunds"] = json!([{"id": 9, "transactions": [{"kind": "refund", "status": "success", "amount": paid}],
            "refund_line_items": [{"quantity": 1, "subtotal": "12.10", "total_tax": "2.10",
                                   "line_item": {"name": "Ceai", "sku": "C-1"}}]}]);
        Ok(json_answer(200, &json!({ "order": order }), &[]))
    };
    let shop = shop("cana", &Scripted::new(vec![with_refund("12.10"), with_refund("12.00"), with_refund("12.10")]));
    let lines = shop.list_refund_lines("7", "9").await.unwrap();
    let read: Vec<_> =
        lines.iter().map(|line| (line.name.as_str(), line.net.to_string(), line.tax.to_string())).collect();
    assert_eq!(read, [("Ceai", "10.00".to_owned(), "2.10".to_owned())]);
    assert_eq!(shop.list_refund_lines("7", "9").await.unwrap(), []);
    assert_eq!(shop.list_refund_lines("7", "8").await.unwrap(), []);
}

#[tokio::test]
async fn notes_are_metafields_and_only_what_differs_is_written() {
    let fields = json!({ "metafields": [
        {"id": 1, "namespace": "punte", "key": "punte_state", "value": "held"},
        {"id": 2, "namespace": "punte", "key": "punte_reference", "value": "PNT-X"},
        {"id": 3, "namespace": "punte", "key": "punte_gone", "value": "x"},
        {"id": 4, "namespace": "other", "key": "punte_theirs", "value": "x"},
    ] });
    let kept = |value: &str| Ok(json_answer(200, &json!({ "metafield": { "value": value } }), &[]));
    let scripted = Scripted::new(vec![
        Ok(json_answer(200, &fields, &[])),
        Ok(json_answer(200, &json!({}), &[])),
        kept("FCT 7"),
        kept("issued"),
        Ok(json_answer(200, &fields, &[])),
        kept("other"),
        Ok(json_answer(200, &fields, &[])),
    ]);
    let shop = shop("cana", &scripted);
    let notes = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    let wanted = notes(&[
        ("punte_gone", ""),
        ("punte_invoice", "FCT 7"),
        ("punte_none", ""),
        ("punte_reference", "PNT-X"),
        ("punte_state", "issued"),
    ]);
    assert!(shop.write_notes("7", &wanted).await.unwrap());
    assert_eq!(
        scripted.lines(),
        [
            "GET /admin/api/2025-01/orders/7/metafields.json?namespace=punte&limit=250",
            "DELETE /admin/api/2025-01/orders/7/metafields/3.json",
            "POST /admin/api/2025-01/orders/7/metafields.json",
            "PUT /admin/api/2025-01/orders/7/metafields/1.json",
        ]
    );
    let sent = scripted.requests();
    assert_eq!(
        sent[2]["body"],
        json!({ "metafield": { "namespace": "punte", "key": "punte_invoice", "type": "single_line_text_field", "value": "FCT 7" } })
    );
    let failure = shop.write_notes("7", &notes(&[("punte_state", "issued")])).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::UnreadableAnswer, "the shop kept something else");
    assert!(!shop.write_notes("7", &notes(&[("punte_reference", "PNT-X")])).await.unwrap());
    let foreign = shop.write_notes("7", &notes(&[("cui", "1")])).await.unwrap_err();
    assert_eq!(foreign.phase, Phase::Prepare);
}

#[tokio::test]
async fn the_live_test_names_the_first_step_that_fails() {
    let about = json!({ "shop": { "name": "Atelier Cană", "myshopify_domain": "cana.myshopify.com" } });
    let denied = json_answer(401, &json!({ "errors": "[API] Invalid API key" }), &[]);
    let rights = json!({ "access_scopes": [{ "handle": "read_orders" }] });
    let good = vec![Ok(json_answer(200, &about, &[])), Ok(count(40)), Ok(json_answer(200, &rights, &[]))];
    let steps = shop("cana", &Scripted::new(good)).check().await;
    let seen: Vec<_> = steps.iter().map(|step| (step.step, step.found.as_str(), step.failure.is_some())).collect();
    assert_eq!(
        seen,
        [
            ("address", "Atelier Cană", false),
            ("credential", "cana.myshopify.com", false),
            ("orders", "40", false),
            ("history", "60", false)
        ]
    );
    let steps = shop("cana", &Scripted::new(vec![Ok(denied)])).check().await;
    assert_eq!(steps[1].failure.as_ref().map(|one| one.kind), Some(FailureKind::CredentialRefused));
    let steps = shop("cana", &Scripted::new(vec![Ok(page_answer(404, "<html>"))])).check().await;
    assert_eq!((steps.len(), steps[0].step, steps[0].failure.is_some()), (1, "address", true));
}

#[tokio::test]
async fn a_page_that_quotes_the_request_tells_no_secret() {
    let quoted = format!("X-Shopify-Access-Token: {TOKEN}");
    for answer in [page_answer(502, &quoted), json_answer(403, &json!({ "errors": quoted }), &[])] {
        let shop = shop("cana", &Scripted::new((0..2).map(|_| Ok(answer.clone())).collect()));
        for failure in [shop.get_order("7").await.unwrap_err(), shop.read_notes("7").await.unwrap_err()] {
            let told = serde_json::to_string(&failure).unwrap();
            assert!(!told.contains(TOKEN) && told.contains("•••"), "{told}");
        }
    }
}
