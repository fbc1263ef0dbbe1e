//! The control endpoint, by which outside programs steer and check.

use axum::http::{Method, header};
use serde_json::json;

use crate::support::{request, send, smartbill_invoice, world};

#[tokio::test]
async fn faults_are_armed_listed_and_cleared() {
    let world = world();
    let fault =
        json!({"provider": "smartbill", "operation": "create", "kind": "timeout_after", "times": 1, "match": "#7"});
    assert_eq!(world.control(Method::POST, "/faults", Some(fault.clone())).await.status.as_u16(), 200);
    let many = json!([{"provider": "oblio", "kind": "status_429"}, {"provider": "woocommerce", "kind": "html", "times": null}]);
    world.control(Method::POST, "/faults", Some(many)).await;
    let armed = world.control(Method::GET, "/faults", None).await.json();
    assert_eq!((armed.as_array().unwrap().len(), &armed[0]), (3, &fault));
    assert_eq!(world.control(Method::DELETE, "/faults", None).await.status.as_u16(), 200);
    assert_eq!(world.control(Method::GET, "/faults", None).await.json(), json!([]));
    for wrong in [
        json!({"provider": "fgo", "kind": "html"}),
        json!({"provider": "oblio", "kind": "html", "operation": "pdf"}),
        json!({"provider": "oblio", "kind": "html", "often": 3}),
        json!("html"),
    ] {
        let answer = world.control(Method::POST, "/faults", Some(wrong.clone())).await;
        assert_eq!(answer.status.as_u16(), 400, "{wrong}");
        assert!(answer.json()["error"].as_str().unwrap().len() > 10);
    }
}

#[tokio::test]
async fn orders_are_added_by_hand_and_at_random() {
    let world = world();
    let one = json!({"status": "completed", "total": "10.00", "billing": {"first_name": "Ana"}});
    assert_eq!(world.control(Method::POST, "/orders", Some(one)).await.json(), json!({"added": [10_441]}));
    let random = world.control(Method::POST, "/orders", Some(json!({"random": 3}))).await.json();
    assert_eq!(random, json!({"added": [10_442, 10_443, 10_444]}));
    world.advance(60_000);
    let edited = json!([{"id": 10_442, "status": "completed", "total": "11.00"}]);
    assert_eq!(world.control(Method::POST, "/orders", Some(edited)).await.json(), json!({"added": [10_442]}));
    let changed = world.woo_get("orders?modified_after=2026-11-23T08:00:30&dates_are_gmt=1").await.json();
    assert_eq!((changed.as_array().unwrap().len(), &changed[0]["total"]), (1, &json!("11.00")));
    assert_eq!(world.sandbox.state()["woocommerce"]["orders"], 44);
    for wrong in [json!([{}, 5]), json!({"random": "many"}), json!({"random": 1_000_000}), json!({"id": -1})] {
        assert_eq!(world.control(Method::POST, "/orders", Some(wrong)).await.status.as_u16(), 400);
    }
    assert_eq!(world.sandbox.state()["woocommerce"]["orders"], 44, "a refused array adds nothing");
}

#[tokio::test]
async fn the_state_tells_documents_and_counts_of_requests() {
    let world = world();
    world.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("Comanda #1"))).await;
    world.woo_get("orders").await;
    let state = world.control(Method::GET, "/state", None).await.json();
    let document = &state["smartbill"]["documents"][0];
    for (key, value) in [
        ("series", json!("ATC")),
        ("number", json!("0001")),
        ("total", json!("99.80")),
        ("mentions", json!("Comanda #1")),
        ("cancelled", json!(false)),
        ("client", json!("Ioana Țăranu")),
        ("issue_date", json!("2026-11-23")),
        ("kind", json!("invoice")),
    ] {
        assert_eq!(document[key], value, "{key}");
    }
    assert_eq!(state["oblio"]["documents"], json!([]));
    assert_eq!(state["requests"]["smartbill"], json!({"total": 1, "by_operation": {"create": 1}}));
    let log = world.control(Method::GET, "/requests", None).await.json();
    assert_eq!((&log[0]["path"], &log[0]["status"]), (&json!("/SBORO/api/invoice/v2"), &json!(200)));
    assert_eq!(world.control(Method::POST, "/reset", None).await.json(), json!({"reset": true}));
    assert_eq!(world.control(Method::GET, "/state", None).await.json()["smartbill"]["documents"], json!([]));
}

#[tokio::test]
async fn a_web_page_elsewhere_cannot_steer_it() {
    let world = world();
    for (name, value) in [(header::ORIGIN, "https://example.com"), (header::HOST, "rebound.example.com:4000")] {
        let mut call = request(Method::POST, "/reset", "", None);
        call.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(send(world.sandbox.routers().control, call).await.status.as_u16(), 403);
    }
    assert_eq!(world.control(Method::GET, "/nothing", None).await.status.as_u16(), 404);
}
