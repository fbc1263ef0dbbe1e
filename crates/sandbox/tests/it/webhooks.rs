//! WooCommerce's webhooks resource, and who is let into the shop without a certificate.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use punte_sandbox::{Hook, Source, account};
use serde_json::json;

use crate::support::{NOW_MS, World, request, send, world};

#[tokio::test]
async fn a_webhook_is_made_read_and_paused() {
    let world = world();
    assert_eq!(world.woo_get("webhooks").await.json(), json!([]));
    let wish =
        json!({"name": "Punte", "topic": "order.updated", "delivery_url": "http://127.0.0.1:9/x", "secret": "s"});
    let made = world.woo(Method::POST, "webhooks", Some(wish)).await;
    assert_eq!((made.status, &made.json()["status"]), (StatusCode::CREATED, &json!("active")));
    assert!(!made.text().contains("\"secret\""), "the secret never comes out");
    let path = format!("webhooks/{}", made.json()["id"]);
    world.woo(Method::PUT, &path, Some(json!({"status": "paused"}))).await;
    let list = world.woo_get("webhooks?status=paused").await;
    assert_eq!((list.header("x-wp-total"), &list.json()[0]["topic"]), ("1", &json!("order.updated")));
    assert_eq!(list.json()[0]["hooks"], json!(["woocommerce_update_order"]));
    for (path, body, status) in [
        (path.as_str(), json!({"status": "asleep"}), 400),
        (path.as_str(), json!({"delivery_url": "ftp://x"}), 400),
        ("webhooks/99", json!({"status": "active"}), 404),
    ] {
        assert_eq!(world.woo(Method::PUT, path, Some(body)).await.status.as_u16(), status);
    }
}

#[tokio::test]
async fn the_control_endpoint_makes_one_for_new_and_one_for_changed_orders() {
    let world = world();
    let hook = |url: Option<&str>| {
        let (url, secret) = (url.map(str::to_owned), "s".to_owned());
        Hook { shop: Source::WooCommerce, url, secret, retries: None }
    };
    world.sandbox.set_hook(hook(Some("http://127.0.0.1:9/a"))).unwrap();
    world.sandbox.set_hook(hook(Some("http://127.0.0.1:9/b"))).unwrap();
    let list = world.woo_get("webhooks").await.json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!((&list[0]["topic"], &list[1]["topic"]), (&json!("order.updated"), &json!("order.created")));
    assert_eq!(list[0]["delivery_url"], "http://127.0.0.1:9/b");
    assert!(world.sandbox.set_hook(hook(Some("https://example.com"))).is_err(), "plain HTTP alone");
    world.sandbox.set_hook(hook(None)).unwrap();
    assert_eq!(world.woo_get("webhooks").await.json(), json!([]));
}

async fn get(world: &World, path: &str, authorization: &str) -> (u16, String) {
    let call = request(Method::GET, &format!("/wp-json/wc/v3/{path}"), authorization, None);
    let answer = send(world.sandbox.routers().woocommerce, call).await;
    (answer.status.as_u16(), answer.json()["message"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_host_may_drop_the_authorization_header() {
    let world = world();
    let (key, secret) = (account::WOOCOMMERCE_KEY, account::WOOCOMMERCE_SECRET);
    let basic = format!("Basic {}", STANDARD.encode(format!("{key}:{secret}")));
    assert_eq!(get(&world, "orders", &basic).await.0, 200);
    let turned = world.control(Method::POST, "/switches", Some(json!({"drop_authorization": true}))).await;
    assert_eq!(turned.json()["drop_authorization"], true);
    assert_eq!(get(&world, "orders", &basic).await.0, 401);
    assert_eq!(get(&world, &format!("orders?consumer_key={key}&consumer_secret={secret}"), &basic).await.0, 200);
    let unknown = world.control(Method::POST, "/switches", Some(json!({"drop_everything": true}))).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
}

/// Computed by Python's hmac over the base string of RFC 5849.
const RIGHT: &str = "cgq2Hn760DLLVxKQzfwWqUfMH38CHD7vKMWQOJ/dUmI=";

#[tokio::test]
async fn one_legged_oauth_is_let_in_once_and_in_time() {
    let world = world();
    let seconds = NOW_MS / 1_000;
    let path = |signature: &str, nonce: &str| {
        format!(
            "orders?oauth_consumer_key={}&oauth_nonce={nonce}&oauth_signature_method=HMAC-SHA256&\
             oauth_timestamp={seconds}&oauth_version=1.0&status=completed&oauth_signature={signature}",
            account::WOOCOMMERCE_KEY
        )
    };
    let right = RIGHT.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    assert_eq!(get(&world, &path(&right, "n1"), "").await, (200, String::new()));
    assert_eq!(get(&world, &path(&right, "n1"), "").await.1, "Invalid nonce - nonce has already been used.");
    let mismatch = "Invalid signature - provided signature does not match.";
    assert_eq!(get(&world, &path(&right, "n2"), "").await.1, mismatch);
    world.advance(16 * 60_000);
    assert_eq!(get(&world, &path(&right, "n1"), "").await.1, "Invalid timestamp.");
    let part = get(&world, &format!("orders?oauth_consumer_key={}", account::WOOCOMMERCE_KEY), "").await;
    assert_eq!(part, (401, "Missing OAuth parameter oauth_signature".into()));
}
