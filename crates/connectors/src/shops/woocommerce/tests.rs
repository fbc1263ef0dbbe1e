use super::*;
use crate::scripted::{Scripted, json_answer, page_answer};
use secrecy::SecretString;
use serde_json::json;

fn shop(base_url: &str, scripted: &Arc<Scripted>) -> WooCommerce {
    let secret = SecretString::from("cs_secret");
    WooCommerce::new(ShopConfig { base_url: base_url.into(), key: "ck_1234567890".into(), secret }, scripted.clone())
}

fn order(id: u64) -> Value {
    json!({
        "id": id, "status": "completed", "currency": "RON", "total": "59.00", "date_created_gmt": "2026-11-20T08:00:00",
        "line_items": [{"name": "Ceai", "quantity": 1, "total": "53.15", "total_tax": "5.85"}]
    })
}

#[test]
fn one_shop_has_one_identity_however_its_address_is_written() {
    for address in ["https://Cana.ro/", "cana.ro", "https://cana.ro/wp-json/wc/v3/", "https://cana.ro?x=1#y"] {
        assert_eq!(shop(address, &Scripted::new(vec![])).identity(), "cana.ro", "{address}");
    }
    assert_eq!(shop("https://cana.ro/Magazin/", &Scripted::new(vec![])).identity(), "cana.ro/magazin");
    assert_eq!(shop("https://cana.ro:8443", &Scripted::new(vec![])).identity(), "cana.ro:8443");
}

#[test]
fn a_sandbox_stays_the_same_shop_on_another_port() {
    let first = shop("http://127.0.0.1:40001", &Scripted::new(vec![])).identity();
    assert_eq!(first, shop("http://localhost:40002/", &Scripted::new(vec![])).identity());
}

#[tokio::test]
async fn plain_http_to_another_machine_is_refused_before_anything_is_sent() {
    let scripted = Scripted::new(vec![]);
    let failure = shop("http://cana.ro", &scripted).list_orders(OrderQuery::ModifiedSince(0), 1).await.unwrap_err();
    assert_eq!((failure.kind, failure.phase), (FailureKind::FieldInvalid, Phase::Prepare));
    assert!(failure.detail.unwrap().contains("https is needed"));
    assert!(scripted.sent().is_empty());
}

#[tokio::test]
async fn a_page_is_asked_by_id_in_utc_one_second_early_and_with_every_place() {
    let dated = [("x-wp-total", "1"), ("x-wp-totalpages", "1"), ("date", "Mon, 23 Nov 2026 10:00:00 GMT")];
    let answer = json_answer(200, &json!([order(1)]), &dated);
    let none = json_answer(200, &json!([]), &[]);
    let scripted = Scripted::new(vec![Ok(answer.clone()), Ok(none.clone()), Ok(answer), Ok(none)]);
    let shop = shop("https://cana.ro/magazin", &scripted);
    let at_ms = DateTime::parse_from_rfc3339("2026-11-20T21:41:07.500Z").unwrap().timestamp_millis();
    let page = shop.list_orders(OrderQuery::ModifiedSince(at_ms), 1).await.unwrap();
    assert_eq!((page.orders.len(), page.total, page.pages), (1, 1, 1));
    assert_eq!(page.answered_ms, Some(1_795_428_000_000), "the shop's own clock");
    shop.list_orders(OrderQuery::CreatedSince(at_ms), 3).await.unwrap();
    shop.list_orders(OrderQuery::CreatedWithin(at_ms, at_ms + 1000), 1).await.unwrap();
    let urls: Vec<String> = scripted.sent().iter().map(|request| request.url.clone()).collect();
    assert_eq!(
        urls[0],
        "https://cana.ro/magazin/wp-json/wc/v3/orders?per_page=100&page=1&orderby=id&order=asc&status=any&dp=6\
         &dates_are_gmt=true&modified_after=2026-11-20T21%3A41%3A06"
    );
    assert_eq!(urls[1], urls[0].replace("status=any", "status=trash"), "a poll looks into the trash");
    assert!(urls[2].contains("page=3") && urls[2].contains("&after=2026-11-20T21%3A41%3A06"), "{}", urls[2]);
    assert!(urls[3].ends_with("&after=2026-11-20T21%3A41%3A06&before=2026-11-20T21%3A41%3A09"), "{}", urls[3]);
    assert!(scripted.sent()[0].headers.iter().any(|header| header.secret && header.value.starts_with("Basic ")));
}

#[tokio::test]
async fn a_bad_order_is_rejected_with_its_place_and_the_others_stay() {
    let mut bad = order(2);
    bad["line_items"][0]["total"] = json!("");
    let answer = json_answer(200, &json!([order(1), bad, order(3)]), &[("x-wp-total", "3"), ("x-wp-totalpages", "1")]);
    let page = shop("https://cana.ro", &Scripted::new(vec![Ok(answer)]))
        .list_orders(OrderQuery::CreatedSince(0), 1)
        .await
        .unwrap();
    assert_eq!(page.orders.iter().map(|order| order.head.order_id.as_str()).collect::<Vec<_>>(), ["1", "3"]);
    let rejected = &page.rejected[0];
    assert_eq!(
        (rejected.line, rejected.order.as_deref(), rejected.field.as_str()),
        (2, Some("2"), "line_items[0].total")
    );
}

#[tokio::test]
async fn what_was_put_into_the_trash_comes_with_a_polls_first_page_and_is_not_counted() {
    let mut trashed = order(2);
    trashed["status"] = json!("trash");
    let counted = |total| [("x-wp-total", total), ("x-wp-totalpages", "2")];
    let scripted = Scripted::new(vec![
        Ok(json_answer(200, &json!([order(1)]), &counted("101"))),
        Ok(json_answer(200, &json!([trashed]), &[("x-wp-total", "1"), ("x-wp-totalpages", "1")])),
        Ok(json_answer(200, &json!([order(3)]), &counted("101"))),
        Ok(json_answer(200, &json!([order(1)]), &counted("1"))),
        Ok(json_answer(400, &json!({"code": "rest_invalid_param", "message": "status"}), &[])),
    ]);
    let shop = shop("https://cana.ro", &scripted);
    let query = OrderQuery::ModifiedSince(0);
    let first = shop.list_orders(query, 1).await.unwrap();
    assert_eq!((first.total, first.pages), (101, 2));
    let statuses: Vec<_> = first.orders.iter().map(|order| order.head.status).collect();
    assert_eq!(statuses, [punte_domain::OrderStatus::Completed, punte_domain::OrderStatus::Cancelled]);
    assert_eq!(shop.list_orders(query, 2).await.unwrap().orders.len(), 1, "once for a pass");
    assert_eq!(shop.list_orders(query, 1).await.unwrap().orders.len(), 1, "a shop that knows no trash has none");
}

#[tokio::test]
async fn without_total_headers_a_full_page_means_there_is_another() {
    let full: Vec<Value> = (1..=100).map(order).collect();
    let scripted = Scripted::new(vec![Ok(json_answer(200, &json!(full), &[])), Ok(json_answer(200, &json!([]), &[]))]);
    let shop = shop("https://cana.ro", &scripted);
    assert_eq!(shop.list_orders(OrderQuery::CreatedSince(0), 1).await.unwrap().pages, 2);
    assert_eq!(shop.list_orders(OrderQuery::CreatedSince(0), 2).await.unwrap().pages, 2);
}

#[tokio::test]
async fn another_order_than_the_one_asked_for_is_no_answer() {
    let scripted = Scripted::new(vec![Ok(json_answer(200, &order(8), &[]))]);
    let failure = shop("https://cana.ro", &scripted).get_order("7").await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::UnreadableAnswer);
}

#[tokio::test]
async fn a_missing_order_is_named_and_a_strange_id_never_asked() {
    let body =
        json!({"code": "woocommerce_rest_shop_order_invalid_id", "message": "ID invalid.", "data": {"status": 404}});
    let scripted = Scripted::new(vec![Ok(json_answer(404, &body, &[]))]);
    let shop = shop("https://cana.ro", &scripted);
    assert_eq!(shop.get_order("7").await.unwrap_err().kind, FailureKind::OrderGone);
    assert_eq!(shop.get_order("../users").await.unwrap_err().phase, Phase::Prepare);
    assert_eq!(scripted.sent().len(), 1);
}

#[tokio::test]
async fn a_page_that_quotes_the_request_tells_no_secret() {
    let quoted = "Authorization: Basic Y2tfMTIzNDU2Nzg5MDpjc19zZWNyZXQ= consumer_secret=cs_secret";
    let denied = json!({"code": "rest_forbidden", "message": format!("Nu: {quoted}"), "data": {"status": 403}});
    for answer in [
        page_answer(200, &format!("<html>{quoted}</html>")),
        page_answer(502, &format!("<html>{quoted}</html>")),
        json_answer(403, &denied, &[]),
        json_answer(200, &json!({"id": 8, "note": quoted}), &[]),
    ] {
        let scripted = Scripted::new((0..5).map(|_| Ok(answer.clone())).collect());
        let shop = shop("https://cana.ro", &scripted);
        let notes = BTreeMap::from([("punte_reference".to_owned(), "x".to_owned())]);
        for failure in [
            shop.list_orders(OrderQuery::ModifiedSince(0), 1).await.unwrap_err(),
            shop.read_notes("7").await.unwrap_err(),
            shop.write_notes("7", &notes).await.unwrap_err(),
            shop.check().await.remove(0).failure.unwrap(),
        ] {
            let told = serde_json::to_string(&failure).unwrap();
            assert!(!told.contains("cs_secret") && !told.contains("Y2tf") && told.contains("•••"), "{told}");
        }
    }
}

#[tokio::test]
async fn the_live_test_names_the_first_step_that_fails() {
    let index = json_answer(200, &json!({"name": "Atelier Cană", "namespaces": ["wp/v2", "wc/v3"]}), &[]);
    let denied = json!({"code": "woocommerce_rest_authentication_error", "message": "Nu.", "data": {"status": 401}});
    let good = vec![Ok(index.clone()), Ok(json_answer(200, &json!([]), &[("x-wp-total", "40")]))];
    let steps = shop("https://cana.ro", &Scripted::new(good)).check().await;
    let seen: Vec<_> = steps.iter().map(|step| (step.step, step.found.as_str(), step.failure.is_some())).collect();
    assert_eq!(seen, [("address", "Atelier Cană", false), ("credential", "ck_12345…", false), ("orders", "40", false)]);

    let refused = vec![Ok(index), Ok(json_answer(401, &denied, &[]))];
    let steps = shop("https://cana.ro", &Scripted::new(refused)).check().await;
    assert_eq!(steps[1].failure.as_ref().map(|failure| failure.kind), Some(FailureKind::CredentialRefused));

    let page = vec![Ok(page_answer(200, "<html>Un blog</html>"))];
    let steps = shop("https://cana.ro", &Scripted::new(page)).check().await;
    assert_eq!((steps.len(), steps[0].failure.as_ref().map(|f| f.kind)), (1, Some(FailureKind::UnreadableAnswer)));
}

fn unseen() -> crate::transport::HttpAnswer {
    let body = json!({"code": "woocommerce_rest_cannot_view", "message": "Nu.", "data": {"status": 401}});
    json_answer(401, &body, &[("date", "Mon, 23 Nov 2026 10:00:00 GMT")])
}

#[tokio::test]
async fn where_the_header_is_dropped_the_pair_goes_in_the_query_from_then_on_and_is_told_nowhere() {
    let echo = "https://cana.ro/?consumer_key=ck_1234567890&consumer_secret=cs_secret";
    let scripted = Scripted::new(vec![
        Ok(unseen()),
        Ok(json_answer(200, &order(7), &[])),
        Ok(json_answer(200, &order(7), &[])),
        Ok(page_answer(502, echo)),
    ]);
    let shop = shop("https://cana.ro", &scripted);
    for _ in 0..2 {
        assert_eq!(shop.get_order("7").await.unwrap().head.order_id, "7");
    }
    let told = serde_json::to_string(&shop.get_order("7").await.unwrap_err()).unwrap();
    assert!(!told.contains("cs_secret") && !told.contains("ck_1234567890") && told.contains("•••"), "{told}");
    let sent = scripted.sent();
    assert!(!sent[0].url.contains("consumer") && sent[0].headers.iter().any(|one| one.name == "authorization"));
    for request in &sent[1..] {
        assert!(request.url.ends_with("?dp=6&consumer_key=ck_1234567890&consumer_secret=cs_secret"), "{}", request.url);
        assert!(request.headers.iter().all(|one| one.name != "authorization"));
    }
}

#[tokio::test]
async fn on_this_machine_a_request_without_tls_is_signed() {
    let scripted = Scripted::new(vec![Ok(unseen()), Ok(json_answer(200, &order(7), &[]))]);
    shop("http://localhost:8080", &scripted).get_order("7").await.unwrap();
    let second = &scripted.sent()[1];
    assert!(
        second.url.contains("&oauth_timestamp=17954280") && second.url.contains("&oauth_signature="),
        "{}",
        second.url
    );
    assert!(!second.url.contains("cs_secret") && second.headers.iter().all(|one| one.name != "authorization"));
}

#[tokio::test]
async fn a_pair_that_is_refused_either_way_is_refused_and_asked_once_more_only_once() {
    let scripted = Scripted::new(vec![Ok(unseen()), Ok(unseen()), Ok(unseen())]);
    let shop = shop("https://cana.ro", &scripted);
    for _ in 0..2 {
        assert_eq!(shop.get_order("7").await.unwrap_err().kind, FailureKind::RightMissing);
    }
    assert_eq!(scripted.sent().len(), 3);
}

#[tokio::test]
async fn a_shop_that_has_let_us_in_is_not_asked_another_way() {
    let scripted = Scripted::new(vec![Ok(json_answer(200, &order(7), &[])), Ok(unseen())]);
    let shop = shop("https://cana.ro", &scripted);
    shop.get_order("7").await.unwrap();
    assert_eq!(shop.get_order("7").await.unwrap_err().kind, FailureKind::RightMissing);
    assert_eq!(scripted.sent().len(), 2);
}

#[tokio::test]
async fn a_write_whose_second_asking_breaks_stays_in_doubt() {
    let scripted = Scripted::new(vec![Ok(unseen()), Err(crate::transport::TransportError::TimedOut)]);
    let failure = shop("https://cana.ro", &scripted).enable_webhook("17").await.unwrap_err();
    assert_eq!((failure.kind, failure.phase), (FailureKind::TimedOut, Phase::Unknown));
}
