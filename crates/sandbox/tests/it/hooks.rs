//! Webhooks on the wire: what a receiver on loopback gets, and what becomes of what it does not take.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode};
use punte_sandbox::{Delivery, Hook, RunningSandbox, Source, Tamper};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{World, world, world_with};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[derive(Clone, Debug)]
struct Got {
    headers: HeaderMap,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Keeps what comes, and answers as told: the next status of the list, or 200.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<Got>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
    url: String,
}

impl Receiver {
    async fn start(answers: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks/x", listener.local_addr().unwrap());
        let answers = Arc::new(Mutex::new(answers.iter().copied().collect()));
        let receiver = Self { url, answers, ..Self::default() };
        let taker = receiver.clone();
        let router = Router::new().fallback(move |headers: HeaderMap, body: Bytes| {
            let body = String::from_utf8(body.to_vec()).unwrap();
            taker.got.lock().unwrap().push(Got { headers, body });
            let status = taker.answers.lock().unwrap().pop_front().unwrap_or(200);
            async move { (StatusCode::from_u16(status).unwrap(), "luat") }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    fn hook(&self, shop: Source) -> Hook {
        Hook { shop, url: Some(self.url.clone()), secret: SECRET.into(), retries: None }
    }

    /// Waits until so many have come.
    async fn wait(&self, count: usize) -> Vec<Got> {
        for _ in 0..1_000 {
            let got = self.got.lock().unwrap().clone();
            if got.len() >= count {
                return got;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{count} deliveries never came: {:?}", self.got.lock().unwrap());
    }
}

async fn listening(shop: Source, answers: &[u16]) -> (World, RunningSandbox, Receiver) {
    let (world, receiver) = (world(), Receiver::start(answers).await);
    let running = world.sandbox.serve_loopback().await.unwrap();
    world.sandbox.set_hook(receiver.hook(shop)).unwrap();
    (world, running, receiver)
}

#[tokio::test]
async fn woocommerce_pings_unsigned_and_then_tells_new_and_changed_orders() {
    let (world, _running, receiver) = listening(Source::WooCommerce, &[]).await;
    let pings = receiver.wait(2).await;
    let mut bodies: Vec<&str> = pings.iter().map(|ping| ping.body.as_str()).collect();
    bodies.sort_unstable();
    assert_eq!(bodies, ["webhook_id=1", "webhook_id=2"]);
    assert!(pings.iter().all(|ping| ping.header("x-wc-webhook-signature").is_empty()));
    let id = world.sandbox.add_random_orders(1).unwrap()[0];
    let created = receiver.wait(3).await[2].clone();
    assert_eq!(created.header("x-wc-webhook-topic"), "order.created");
    assert_eq!(serde_json::from_str::<Value>(&created.body).unwrap()["id"], id);
    assert!(created.body.is_ascii(), "WordPress escapes letters beyond ASCII");
    world.woo(Method::PUT, &format!("orders/{id}"), Some(json!({"customer_note": "x"}))).await;
    let updated = receiver.wait(4).await[3].clone();
    assert_eq!((updated.header("x-wc-webhook-event"), updated.header("x-wc-webhook-id")), ("updated", "2"));
}

#[tokio::test]
async fn five_failures_in_a_row_disable_a_webhook_and_nothing_more_comes() {
    let (world, _running, receiver) =
        listening(Source::WooCommerce, &[200, 200, 500, 500, 200, 500, 500, 500, 500, 500]).await;
    receiver.wait(2).await;
    for taken in 3..=10 {
        world.sandbox.add_random_orders(1).unwrap();
        receiver.wait(taken).await;
    }
    for _ in 0..1_000 {
        if world.woo_get("webhooks?status=disabled").await.json()[0]["topic"] == "order.created" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    world.sandbox.add_random_orders(1).unwrap();
    assert_eq!(world.sandbox.hooks()["waiting"], 0, "nobody asks for it");
    world.woo(Method::PUT, "webhooks/1", Some(json!({"status": "active"}))).await;
    world.sandbox.add_random_orders(1).unwrap();
    assert_eq!(receiver.wait(11).await[10].header("x-wc-webhook-topic"), "order.created");
}

#[tokio::test]
async fn what_was_not_taken_is_tried_again_as_the_same_delivery() {
    let (world, _running, receiver) = listening(Source::Shopify, &[503]).await;
    world.control(Method::POST, "/orders/shopify", Some(json!({"random": 1}))).await;
    let got = receiver.wait(2).await;
    for name in ["x-shopify-webhook-id", "x-shopify-hmac-sha256", "x-shopify-event-id"] {
        assert_eq!(got[0].header(name), got[1].header(name), "{name}");
    }
    assert_eq!((got[0].header("x-shopify-topic"), &got[0].body), ("orders/create", &got[1].body));
    assert!(got[0].header("x-shopify-triggered-at").ends_with('Z'));
    while world.sandbox.hooks()["waiting"] != 0 {
        tokio::task::yield_now().await;
    }
    let told = world.control(Method::GET, "/deliveries", None).await.json();
    assert_eq!((&told[0]["status"], &told[1]["status"], &told[1]["body"]), (&json!(503), &json!(200), &json!("luat")));
}

#[tokio::test]
async fn what_waited_when_the_sandbox_stopped_goes_out_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let open = || world_with(|config| config.state_file = Some(path.clone()));
    let receiver = Receiver::start(&[]).await;
    let before = open();
    before.sandbox.set_hook(receiver.hook(Source::Stripe)).unwrap();
    let id = before.sandbox.add_random_orders_to(Source::Stripe, 1).unwrap()[0].clone();
    drop(before);
    let again = open();
    let _running = again.sandbox.serve_loopback().await.unwrap();
    let got = receiver.wait(1).await[0].clone();
    let event: Value = serde_json::from_str(&got.body).unwrap();
    assert_eq!((&event["type"], &event["data"]["object"]["id"]), (&json!("checkout.session.completed"), &id));
    assert!(got.header("stripe-signature").starts_with("t=1795420800,v1="));
}

#[tokio::test]
async fn a_delivery_by_hand_can_be_repeated_spoilt_and_late() {
    let (world, _running, receiver) = listening(Source::Webhook, &[]).await;
    let number = world.sandbox.add_random_orders_to(Source::Webhook, 1).unwrap()[0].clone();
    let created: Value = serde_json::from_str(&receiver.wait(1).await[0].body).unwrap();
    assert_eq!((&created["type"], &created["data"]["number"]), (&json!("order.created"), &number));
    let wish = json!({"shop": "webhook", "order": number, "times": 2, "delay": 5});
    let answer = world.control(Method::POST, "/deliver", Some(wish)).await.json();
    assert_eq!(answer["deliveries"].as_array().unwrap().len(), 2);
    assert_eq!((&answer["deliveries"][1]["status"], &answer["deliveries"][1]["body"]), (&json!(200), &json!("luat")));
    let got = receiver.wait(3).await;
    assert_eq!(got[1].header("webhook-id"), got[2].header("webhook-id"));
    assert_ne!(got[0].header("webhook-id"), got[1].header("webhook-id"));
    for tamper in [Tamper::Body, Tamper::Signature, Tamper::Stale] {
        world.sandbox.deliver(Delivery { tamper, ..Delivery::of(Source::Webhook, number.clone()) }).await.unwrap();
    }
    let got = receiver.wait(6).await;
    assert_eq!(got[3].body, format!("{} ", got[4].body));
    assert_eq!(got[5].header("webhook-timestamp"), (1_795_420_800 - 3_600).to_string());
}

#[tokio::test]
async fn each_shop_tells_by_hand_in_its_own_words() {
    let (world, _running, receiver) = listening(Source::Shopify, &[]).await;
    world.sandbox.set_hook(receiver.hook(Source::Stripe)).unwrap();
    let refunded = world.shopify_get("orders.json?status=any&financial_status=refunded").await.json();
    let refund = Delivery {
        topic: Some("refunds/create".into()),
        ..Delivery::of(Source::Shopify, refunded["orders"][0]["id"].clone())
    };
    world.sandbox.deliver(refund).await.unwrap();
    let event = world.stripe_get("events?types[]=charge.refunded").await.json()["data"][0].clone();
    let sent = world.sandbox.deliver(Delivery::of(Source::Stripe, event["id"].clone())).await.unwrap();
    assert_eq!((&sent[0].id, sent[0].topic.as_str()), (&event["id"].as_str().unwrap().to_owned(), "charge.refunded"));
    let own = world.sandbox.deliver(Delivery::of(Source::Shopify, json!({"id": 1}))).await.unwrap();
    assert_eq!(own[0].topic, "orders/updated");
    let got = receiver.wait(3).await;
    let told: Value = serde_json::from_str(&got[0].body).unwrap();
    assert_eq!(told["order_id"], refunded["orders"][0]["id"]);
    assert_eq!(serde_json::from_str::<Value>(&got[1].body).unwrap(), event);
    assert_eq!(got[2].body, "{\"id\":1}");
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_words() {
    let world = world();
    for (path, wrong) in [
        ("/deliver", json!({"shop": "shopify", "order": 1})),
        ("/deliver", json!({"shop": "shopify", "order": 5_890_000_010_001_u64})),
        ("/deliver", json!({"shop": "woocommerce", "order": 10_401, "tamper": "stale"})),
        ("/deliver", json!({"shop": "stripe", "order": "cs_x", "times": 0})),
        ("/hooks", json!({"shop": "webhook", "url": "http://127.0.0.1:9", "secret": "plain"})),
        ("/hooks", json!({"shop": "fgo", "url": null})),
        ("/orders/stripe", json!({"id": "pi_1"})),
        ("/orders/webhook", json!({"number": 7})),
    ] {
        let answer = world.control(Method::POST, path, Some(wrong.clone())).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}: {}", answer.text());
        assert!(answer.json()["error"].as_str().unwrap().len() > 10);
    }
    assert_eq!(world.control(Method::POST, "/orders/fgo", Some(json!({}))).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn deliveries_go_on_after_a_reset_and_an_address_can_be_taken_away() {
    let (world, _running, receiver) = listening(Source::Shopify, &[]).await;
    world.sandbox.add_random_orders_to(Source::Shopify, 3).unwrap();
    receiver.wait(3).await;
    world.sandbox.reset().unwrap();
    assert_eq!(world.sandbox.hooks()["hooks"], json!([]), "a reset ends the deliveries");
    world.sandbox.add_random_orders_to(Source::Shopify, 1).unwrap();
    world.sandbox.set_hook(receiver.hook(Source::Shopify)).unwrap();
    world.sandbox.add_random_orders_to(Source::Shopify, 1).unwrap();
    let got = receiver.wait(4).await;
    assert!(got[3].body.contains("\"#1042\""), "the one before nobody was told of: {}", got[3].body);
    world.sandbox.set_hook(Hook { url: None, ..receiver.hook(Source::Shopify) }).unwrap();
    world.sandbox.add_random_orders_to(Source::Shopify, 1).unwrap();
    assert_eq!(world.sandbox.hooks()["waiting"], 0);
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_told_apart_from_one_that_refuses() {
    let world = world();
    let url = Some("http://127.0.0.1:9/x".to_owned());
    world.sandbox.set_hook(Hook { shop: Source::Shopify, url, secret: "s".into(), retries: Some(0) }).unwrap();
    let sent = world.sandbox.deliver(Delivery::of(Source::Shopify, 5_890_000_010_001_u64)).await.unwrap();
    assert_eq!((sent[0].status, sent[0].error.is_some()), (None, true));
}
