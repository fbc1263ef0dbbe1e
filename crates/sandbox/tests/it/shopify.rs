//! The Shopify shop over REST: what a client of it meets.

use std::collections::HashSet;

use axum::http::{Method, StatusCode};
use punte_sandbox::{Fault, FaultKind, Limits, Simulator, Source};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{World, request, send, world, world_with};

async fn orders(world: &World) -> Vec<Value> {
    world.shopify_get("orders.json?status=any&limit=250").await.json()["orders"].as_array().unwrap().clone()
}

fn money(value: &Value) -> Decimal {
    value.as_str().unwrap_or_else(|| panic!("an amount is a string, not {value}")).parse().unwrap()
}

fn sum(list: &Value, key: &str) -> Decimal {
    list.as_array().unwrap().iter().map(|one| money(&one[key])).sum()
}

#[tokio::test]
async fn sums_add_up_to_the_total_but_for_the_order_that_is_meant_to_be_wrong() {
    let world = world();
    let all = orders(&world).await;
    assert_eq!(all.len(), 40);
    let mut off = Vec::new();
    for order in &all {
        let lines = order["line_items"].as_array().unwrap();
        let goods: Decimal = lines
            .iter()
            .map(|line| {
                money(&line["price"]) * Decimal::from(line["quantity"].as_u64().unwrap())
                    - sum(&line["discount_allocations"], "amount")
            })
            .sum();
        assert_eq!(goods, money(&order["subtotal_price"]), "{}", order["name"]);
        let whole = goods + sum(&order["shipping_lines"], "price");
        let tax: Decimal = lines
            .iter()
            .chain(order["shipping_lines"].as_array().unwrap())
            .map(|line| sum(&line["tax_lines"], "price"))
            .sum();
        assert_eq!(tax, money(&order["total_tax"]), "{}", order["name"]);
        assert_eq!(tax, sum(&order["tax_lines"], "price"), "{}", order["name"]);
        let rate = order["line_items"][0]["tax_lines"][0]["rate"].as_f64().unwrap();
        assert!([0.11, 0.19, 0.21].contains(&rate), "{rate}");
        assert_eq!(order["id"].to_string().len(), 13);
        assert_eq!(order["total_price_set"]["shop_money"]["amount"], order["total_price"]);
        if whole != money(&order["total_price"]) {
            off.push(money(&order["total_price"]) - whole);
        }
    }
    assert_eq!(off, [Decimal::from(5)]);
    let companies = all.iter().filter(|order| order["note_attributes"][0]["name"] == "cui").count();
    assert_eq!(companies, 18);
    let refunded: Vec<&Value> = all.iter().filter(|order| order["refunds"] != json!([])).collect();
    assert_eq!(refunded.len(), 2);
    assert!(refunded.iter().any(|order| order["financial_status"] == "partially_refunded"));
}

#[tokio::test]
async fn a_list_shows_open_orders_unless_asked_for_any() {
    let world = world();
    let open = world.shopify_get("orders.json?limit=250").await.json();
    let open = open["orders"].as_array().unwrap();
    assert!(!open.is_empty() && open.iter().all(|order| order["closed_at"].is_null()), "closed ones are out of sight");
    let count = |more: &'static str| {
        let world = &world;
        async move { world.shopify_get(&format!("orders/count.json{more}")).await.json()["count"].as_u64().unwrap() }
    };
    assert_eq!(count("").await, open.len() as u64);
    assert_eq!(count("?status=any").await, 40);
    let closed = count("?status=closed").await;
    assert_eq!(closed + count("?status=cancelled").await + open.len() as u64, 40);
    assert_eq!(count("?status=any&financial_status=partially_refunded").await, 1);
}

#[tokio::test]
async fn cursors_bring_every_order_once_though_others_come_meanwhile() {
    let world = world();
    let mut seen = HashSet::new();
    let mut path = "orders.json?status=any&limit=15&fields=id,name".to_owned();
    let mut pages = 0;
    loop {
        let answer = world.shopify_get(&path).await;
        for order in answer.json()["orders"].as_array().unwrap() {
            assert!(seen.insert(order["id"].as_u64().unwrap()) && order.as_object().unwrap().len() == 2);
        }
        pages += 1;
        world.advance(1_000);
        world.sandbox.add_random_orders_to(Source::Shopify, 1).unwrap();
        let next = answer.header("link").split(", ").find(|link| link.contains("rel=\"next\"")).map(str::to_owned);
        let Some(next) = next else { break };
        path = next.split("/2025-01/").nth(1).unwrap().split('>').next().unwrap().to_owned();
    }
    assert_eq!((pages, seen.len()), (3, 40));
    let back = world.shopify_get(&path).await;
    let previous = back.header("link").split("/2025-01/").nth(1).unwrap().split('>').next().unwrap().to_owned();
    assert_eq!(world.shopify_get(&previous).await.json()["orders"].as_array().unwrap().len(), 15);
    let mixed = world.shopify_get(&format!("{path}&status=any")).await;
    assert_eq!(mixed.status, StatusCode::BAD_REQUEST, "a cursor stands alone");
}

#[tokio::test]
async fn what_changed_since_is_listed_from_the_bound_on() {
    let world = world();
    let ids = world.sandbox.add_random_orders_to(Source::Shopify, 1).unwrap();
    let order = world.shopify_get(&format!("orders/{}.json", ids[0])).await.json()["order"].clone();
    assert_eq!((&order["name"], &order["financial_status"]), (&json!("#1041"), &json!("paid")));
    let since = order["updated_at"].as_str().unwrap().replace('+', "%2B");
    let path = |since: &str| format!("orders.json?status=any&updated_at_min={since}");
    let found = world.shopify_get(&path(&since)).await.json();
    assert_eq!(found["orders"].as_array().unwrap().len(), 1);
    assert_eq!(world.shopify_get(&path("ieri")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(world.shopify_get("orders.json?limit=251").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn note_attributes_are_replaced_and_metafields_are_set_by_key() {
    let world = world();
    let company = orders(&world).await.into_iter().find(|order| order["note_attributes"] != json!([])).unwrap();
    let id = company["id"].as_u64().unwrap();
    world.advance(5_000);
    let body = json!({"order": {"id": id, "note_attributes": [{"name": "punte", "value": "ATC0001"}]}});
    let answer = world.shopify(Method::PUT, &format!("orders/{id}.json"), Some(body)).await.json();
    assert_eq!(answer["order"]["note_attributes"], json!([{"name": "punte", "value": "ATC0001"}]));
    assert_ne!(answer["order"]["updated_at"], company["updated_at"]);
    let field = |value: &str| {
        let type_ = "single_line_text_field";
        json!({"metafield": {"namespace": "punte", "key": "invoice", "value": value, "type": type_}})
    };
    for value in ["ATC0001", "ATC0002"] {
        let made = world.shopify(Method::POST, &format!("orders/{id}/metafields.json"), Some(field(value))).await;
        assert_eq!(made.status, StatusCode::CREATED);
    }
    let fields = world.shopify_get(&format!("orders/{id}/metafields.json?namespace=punte")).await.json();
    assert_eq!(fields["metafields"].as_array().unwrap().len(), 1);
    assert_eq!(fields["metafields"][0]["value"], "ATC0002");
    let blank = world.shopify(Method::POST, &format!("orders/{id}/metafields.json"), Some(field(""))).await;
    assert_eq!((blank.status.as_u16(), blank.json()), (422, json!({"errors": {"value": ["can't be blank"]}})));
    assert_eq!(world.shopify_get("orders/1/metafields.json").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_token_is_asked_for_and_the_shop_says_who_it_is() {
    let world = world();
    let anonymous = request(Method::GET, "/admin/api/2025-01/shop.json", "", None);
    let refused = send(world.sandbox.routers().shopify, anonymous).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.json()["errors"].as_str().unwrap().starts_with("[API] Invalid API key"));
    let shop = world.shopify_get("shop.json").await;
    assert_eq!((&shop.json()["shop"]["currency"], shop.header("x-shopify-api-version")), (&json!("RON"), "2025-01"));
    let refunded = orders(&world).await.into_iter().find(|order| order["refunds"] != json!([])).unwrap();
    let refunds = world.shopify_get(&format!("orders/{}/refunds.json", refunded["id"])).await.json();
    assert_eq!(refunds["refunds"], refunded["refunds"]);
}

#[tokio::test]
async fn the_bucket_overflows_and_leaks() {
    let world = world_with(|config| config.rate_limits = Limits::On);
    world.sandbox.set_switches(&json!({"shopify_bucket": 40, "shopify_leak_per_s": 2})).unwrap();
    for _ in 0..39 {
        world.shopify_get("shop.json").await;
    }
    assert_eq!(world.shopify_get("shop.json").await.header("x-shopify-shop-api-call-limit"), "40/40");
    let refused = world.shopify_get("shop.json").await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "2.0"));
    world.advance(500);
    assert_eq!(world.shopify_get("shop.json").await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_the_right_to_all_orders_only_those_of_sixty_days_are_shown() {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let world = world();
    let scopes = async || {
        let listed = world.shopify_get("../../oauth/access_scopes.json").await.json();
        let listed = listed["access_scopes"].as_array().unwrap().clone();
        listed.iter().any(|scope| scope["handle"] == "read_all_orders")
    };
    assert!(scopes().await);
    let all = orders(&world).await;
    world.sandbox.set_switches(&json!({ "shopify_all_orders": false })).unwrap();
    assert!(!scopes().await);
    assert_eq!(orders(&world).await.len(), all.len());
    world.advance(61 * DAY_MS);
    assert_eq!(orders(&world).await, [Value::Null; 0]);
    assert_eq!(world.shopify_get("orders/count.json?status=any").await.json()["count"], 0);
    assert_eq!(world.shopify_get(&format!("orders/{}.json", all[0]["id"])).await.status, StatusCode::NOT_FOUND);
    world.sandbox.set_switches(&json!({ "shopify_all_orders": true })).unwrap();
    assert_eq!(orders(&world).await.len(), all.len());
}

#[tokio::test]
async fn faults_hit_it_as_they_hit_the_others() {
    let world = world();
    world.sandbox.set_fault(Fault::new(Simulator::Shopify, "list", FaultKind::Status503).times(1)).unwrap();
    let lag = json!({"provider": "shopify", "operation": "list", "kind": "listing_lag", "delay_ms": 60_000});
    assert_eq!(world.shopify_get("orders.json").await.status, StatusCode::SERVICE_UNAVAILABLE);
    world.control(Method::POST, "/faults", Some(lag)).await;
    let id = world.sandbox.add_random_orders_to(Source::Shopify, 1).unwrap()[0].as_u64().unwrap();
    let listed = orders(&world).await;
    assert!(listed.iter().all(|order| order["id"] != id), "too young to be listed");
    assert!(world.shopify_get(&format!("orders/{id}.json")).await.status == StatusCode::OK);
}
