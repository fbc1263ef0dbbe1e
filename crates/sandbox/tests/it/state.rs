//! The state file: nothing answered is ever lost, and a file that can't be trusted is said so.

use axum::http::Method;
use punte_sandbox::{Fault, FaultKind, Provider, Sandbox, SandboxConfig, SandboxError};
use serde_json::json;

use crate::support::{oblio_invoice, smartbill_invoice, world_with};

#[tokio::test]
async fn everything_answered_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let open = || world_with(|config| config.state_file = Some(path.clone()));
    let world = open();
    world.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("PNT-1"))).await;
    world.smartbill_invoice(Method::PUT, "/cancel", "0001").await;
    let mut body = oblio_invoice("PNT-2");
    body["idempotencyKey"] = json!("k1");
    world.oblio(Method::POST, "/docs/invoice", Some(body.clone())).await;
    world.woo(Method::PUT, "orders/10401", Some(json!({"meta_data": [{"key": "k", "value": 1}]}))).await;
    world.sandbox.set_fault(Fault::new(Provider::Oblio, "list", FaultKind::Slow).times(3)).unwrap();
    let (before, token) = (world.sandbox.state(), world.token().await);
    drop(world);

    let again = open();
    let mut after = again.sandbox.state();
    after["requests"] = before["requests"].clone();
    assert_eq!(after, before);
    assert_eq!(again.token().await, token, "the token in use lives on");
    assert_eq!(again.woo_get("orders/10401").await.json()["meta_data"].as_array().unwrap().len(), 2);
    let replayed = again.oblio(Method::POST, "/docs/invoice", Some(body)).await.json();
    assert_eq!(replayed["data"]["number"], "0001", "the key is remembered");
    let next = again.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("PNT-3"))).await.json();
    assert_eq!(next["number"], "0002", "the counter goes on");
}

/// Names that state files of before proformas and payments do not hold.
const YOUNGER: [&str; 13] = [
    "from_estimate",
    "language",
    "vat_payer",
    "uses_stock",
    "payments",
    "emails",
    "deleted",
    "from",
    "einvoice",
    "stock",
    "receipts",
    "loose_collects",
    "clients",
];

fn without_the_young(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            for name in YOUNGER {
                fields.remove(name);
            }
            fields.values_mut().for_each(without_the_young);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(without_the_young),
        _ => {}
    }
}

#[tokio::test]
async fn a_file_from_before_proformas_and_payments_still_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let open = || world_with(|config| config.state_file = Some(path.clone()));
    let world = open();
    world.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("PNT-1"))).await;
    world.oblio(Method::POST, "/docs/invoice", Some(oblio_invoice("PNT-2"))).await;
    drop(world);
    let mut old: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    without_the_young(&mut old["smartbill"]);
    let clients = old["oblio"]["clients"].clone();
    without_the_young(&mut old["oblio"]);
    old["oblio"]["clients"] = clients;
    old["oblio"].as_object_mut().unwrap().remove("issued");
    for document in old["smartbill"]["documents"].as_array_mut().unwrap() {
        document.as_object_mut().unwrap().remove("kind");
    }
    std::fs::write(&path, old.to_string()).unwrap();
    let world = open();
    assert_eq!((world.documents("smartbill").len(), world.documents("oblio").len()), (1, 1));
    assert_eq!(world.smartbill_invoice(Method::GET, "/paymentstatus", "0001").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_file_from_before_the_other_shops_still_opens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let open = || world_with(|config| config.state_file = Some(path.clone()));
    drop(open());
    let mut old: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for name in ["shopify", "stripe", "hooks", "webhooks", "switches"] {
        assert!(old.as_object_mut().unwrap().remove(name).is_some(), "{name} is kept");
    }
    old["ports"] = json!([0, 0, 0, 0]);
    std::fs::write(&path, old.to_string()).unwrap();
    let state = open().sandbox.state();
    assert_eq!((&state["woocommerce"]["orders"], &state["shopify"]["orders"]), (&json!(40), &json!(0)));
}

#[test]
fn a_damaged_file_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let open = || Sandbox::open(SandboxConfig { state_file: Some(path.clone()), ..SandboxConfig::default() });
    for damage in ["{\"version\":1,\"seed\":1", "", "{\"version\":1}", "[]"] {
        std::fs::write(&path, damage).unwrap();
        let why = open().err().unwrap();
        assert!(matches!(why, SandboxError::Damaged { .. }), "{damage:?}: {why}");
        assert!(why.to_string().contains("sandbox.json"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), damage);
    }
}

#[test]
fn a_newer_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    std::fs::write(&path, "{\"version\":2,\"surprise\":true}").unwrap();
    let why = Sandbox::open(SandboxConfig { state_file: Some(path), ..SandboxConfig::default() }).err().unwrap();
    assert!(matches!(why, SandboxError::Newer { found: 2, known: 1, .. }), "{why}");
}

#[tokio::test]
async fn a_state_that_cannot_be_written_is_not_answered_as_done() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.json");
    let world = world_with(|config| config.state_file = Some(path.clone()));
    drop(folder);
    let answer = world.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("x"))).await;
    assert_eq!(answer.status.as_u16(), 500);
}

#[tokio::test]
async fn a_reset_brings_the_seed_back() {
    let world = world_with(|_| {});
    world.smartbill(Method::POST, "/invoice/v2", Some(smartbill_invoice("x"))).await;
    world.sandbox.add_random_orders(3).unwrap();
    world.sandbox.arm_demo_faults().unwrap();
    world.sandbox.reset().unwrap();
    let state = world.sandbox.state();
    assert_eq!(state["woocommerce"]["orders"], 40);
    assert_eq!((&state["smartbill"]["documents"], &state["faults"]), (&json!([]), &json!([])));
    assert_eq!(state["requests"]["smartbill"]["total"], 0);
}
