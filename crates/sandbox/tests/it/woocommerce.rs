//! Orders over REST as WooCommerce answers them.

use axum::http::{Method, StatusCode};
use punte_sandbox::account;
use serde_json::json;

use crate::support::{request, send, world};

#[tokio::test]
async fn pages_are_counted_in_headers_and_linked() {
    let world = world();
    let first = world.woo_get("orders?per_page=15&orderby=id&order=asc&consumer_secret=x").await;
    assert_eq!((first.header("x-wp-total"), first.header("x-wp-totalpages")), ("40", "3"));
    assert!(first.header("link").contains("page=2>; rel=\"next\""), "{}", first.header("link"));
    assert!(!first.header("link").contains("consumer_secret"), "a secret never comes back in a link");
    let last = world.woo_get("orders?per_page=15&orderby=id&order=asc&page=3").await;
    assert_eq!(last.json().as_array().unwrap().len(), 10);
    assert!(last.header("link").contains("rel=\"prev\"") && !last.header("link").contains("rel=\"next\""));
    assert_eq!(world.woo_get("orders?page=9").await.json(), json!([]));
    let default = world.woo_get("orders").await.json();
    assert_eq!(default.as_array().unwrap().len(), 10, "ten to a page unless asked");
    assert_eq!(default[0]["id"], 10_440, "the newest first unless asked");
}

#[tokio::test]
async fn modified_after_leaves_out_the_bound_itself() {
    let world = world();
    let order = world.woo_get("orders/10440").await.json();
    let modified = order["date_modified_gmt"].as_str().unwrap();
    let ids = async |bound: &str, more: &str| {
        let path = format!("orders?modified_after={bound}&per_page=100&dates_are_gmt=true{more}");
        let list = world.woo_get(&path).await.json();
        list.as_array().unwrap().iter().map(|order| order["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert!(!ids(modified, "").await.contains(&10_440));
    assert_eq!(ids("2026-11-01T00:00:00", "").await.len(), 40);
    assert_eq!(ids("2026-11-01T00:00:00", "&status=refunded,on-hold").await.len(), 2);
    assert_eq!(ids("2026-11-01T00:00:00", "&status[]=refunded&include=10424").await, vec![10_424]);
    world.advance(60_000);
    world.woo(Method::PUT, "orders/10405", Some(json!({"meta_data": [{"key": "x", "value": "y"}]}))).await;
    assert_eq!(ids("2026-11-23T08:00:00", "").await, vec![10_405]);
}

#[tokio::test]
async fn the_trash_is_left_out_unless_it_is_asked_for_alone() {
    let world = world();
    let listed = async |status: &str| {
        let list = world.woo_get(&format!("orders?per_page=100&include=10405&status={status}")).await.json();
        list.as_array().unwrap().iter().map(|order| order["status"].clone()).collect::<Vec<_>>()
    };
    let (before, modified) = (listed("any").await, "2026-11-23T08:00:00");
    assert_eq!(before.len(), 1);
    world.advance(60_000);
    let trashed = world.woo(Method::DELETE, "orders/10405", None).await;
    assert_eq!((trashed.status, &trashed.json()["status"]), (StatusCode::OK, &json!("trash")));
    assert_eq!(
        world.woo(Method::DELETE, "orders/10405", None).await.json()["code"],
        "woocommerce_rest_already_trashed"
    );
    assert_eq!(listed("any").await, before[..0]);
    assert_eq!(listed("any,trash").await, before[..0], "beside any no other status counts");
    assert_eq!(listed("trash").await, ["trash"]);
    let path = format!("orders?status=trash&modified_after={modified}&dates_are_gmt=true");
    assert_eq!(world.woo_get(&path).await.header("x-wp-total"), "1", "it is as new as its move");
    assert_eq!(world.woo_get("orders/10405").await.json()["status"], "trash", "by its id it is still there");
    world.woo(Method::DELETE, "orders/10405?force=true", None).await;
    assert_eq!(world.woo_get("orders/10405").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn shop_time_and_utc_are_told_apart() {
    let world = world();
    let order = world.woo_get("orders/10440").await.json();
    let local = order["date_modified"].as_str().unwrap();
    assert_ne!(local, order["date_modified_gmt"].as_str().unwrap());
    let found = async |path: String| world.woo_get(&path).await.json().as_array().unwrap().len();
    assert_eq!(found(format!("orders?modified_before={local}&per_page=100")).await, 39);
    assert_eq!(found(format!("orders?modified_before={local}&per_page=100&dates_are_gmt=true")).await, 40);
}

#[tokio::test]
async fn errors_have_woocommerces_shape() {
    let world = world();
    let anonymous =
        send(world.sandbox.routers().woocommerce, request(Method::GET, "/wp-json/wc/v3/orders", "", None)).await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
    assert_eq!(anonymous.json()["code"], "woocommerce_rest_cannot_view");
    assert_eq!(anonymous.json()["data"]["status"], 401);
    let wrong = request(Method::GET, "/wp-json/wc/v3/orders?consumer_key=ck_x&consumer_secret=cs_x", "", None);
    let wrong = send(world.sandbox.routers().woocommerce, wrong).await;
    assert_eq!(wrong.json()["message"], "Consumer key is invalid.");
    let pair = format!(
        "/wp-json/wc/v3/orders?consumer_key={}&consumer_secret={}",
        account::WOOCOMMERCE_KEY,
        account::WOOCOMMERCE_SECRET
    );
    let in_query = send(world.sandbox.routers().woocommerce, request(Method::GET, &pair, "", None)).await;
    assert_eq!(in_query.status, StatusCode::OK);
    for (path, status, code) in [
        ("orders/1", 404, "woocommerce_rest_shop_order_invalid_id"),
        ("coupons", 404, "rest_no_route"),
        ("orders?per_page=101", 400, "rest_invalid_param"),
        ("orders?modified_after=ieri", 400, "rest_invalid_param"),
        ("orders?orderby=modified", 400, "rest_invalid_param"),
    ] {
        let answer = world.woo_get(path).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str().unwrap()), (status, code), "{path}");
    }
}

#[tokio::test]
async fn writing_back_twice_leaves_one_entry() {
    let world = world();
    let body = json!({"meta_data": [{"key": "punte_number", "value": "ATC0001"}], "status": "completed"});
    for _ in 0..2 {
        assert_eq!(world.woo(Method::PUT, "orders/10401", Some(body.clone())).await.status, StatusCode::OK);
    }
    let order = world.woo_get("orders/10401").await.json();
    let entries = order["meta_data"].as_array().unwrap().iter().filter(|meta| meta["key"] == "punte_number").count();
    assert_eq!(entries, 1);
    let refused = world.woo(Method::PUT, "orders/10401", Some(json!({"status": "nope"}))).await;
    assert_eq!(refused.json()["code"], "rest_invalid_param");
}

#[tokio::test]
async fn refunds_are_positive_there_and_negative_in_the_order() {
    let world = world();
    let refunds = world.woo_get("orders/10413/refunds").await.json();
    let order = world.woo_get("orders/10413").await.json();
    assert_eq!(format!("-{}", refunds[0]["amount"].as_str().unwrap()), order["refunds"][0]["total"].as_str().unwrap());
    assert_eq!(refunds[0]["line_items"][0]["quantity"], -1);
    assert_eq!(
        refunds[0]["line_items"][0]["meta_data"][0]["value"].as_str().unwrap(),
        order["line_items"][0]["id"].to_string()
    );
    assert_eq!(world.woo_get("orders/10401/refunds").await.json(), json!([]));
}

#[tokio::test]
async fn the_shop_says_who_it_is_and_formats_on_request() {
    let world = world();
    let index = send(world.sandbox.routers().woocommerce, request(Method::GET, "/wp-json/", "", None)).await;
    assert_eq!(index.json()["name"], "Atelier Cană");
    assert_eq!(world.woo_get("system_status").await.json()["settings"]["currency"], "RON");
    let order = world.woo_get("orders/10401?dp=4").await.json();
    assert!(order["line_items"][0]["total"].as_str().unwrap().ends_with("00"));
    assert_eq!(order["line_items"][0]["total"].as_str().unwrap().split('.').nth(1).unwrap().len(), 4);
}
