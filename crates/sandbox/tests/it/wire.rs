//! Over real HTTP on loopback: what only a socket can show.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, Uri};
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use punte_sandbox::{Endpoints, Fault, FaultKind, Provider, write_port_file};
use serde_json::{Value, json};

use crate::support::{request, smartbill_credential, smartbill_invoice, world};

fn client() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

async fn get(url: &str) -> Value {
    let response = client().get(url.parse::<Uri>().unwrap()).await.unwrap();
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

fn create(endpoints: &Endpoints) -> Request<Body> {
    let url = format!("{}/invoice/v2", endpoints.smartbill.url);
    request(Method::POST, &url, &smartbill_credential(), Some(&smartbill_invoice("Comanda #1")))
}

#[tokio::test]
async fn the_port_file_names_everything_and_all_of_it_answers() {
    let world = world();
    let running = world.sandbox.serve_loopback().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ports.json");
    write_port_file(&path, running.endpoints()).unwrap();
    let file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&file), ["smartbill", "oblio", "woocommerce", "shopify", "stripe", "control"]);
    assert_eq!(keys(&file["smartbill"]), ["url", "username", "token", "company", "series"]);
    assert_eq!(keys(&file["oblio"]), ["url", "email", "secret", "company", "series"]);
    assert_eq!(keys(&file["woocommerce"]), ["url", "key", "secret"]);
    assert_eq!(keys(&file["shopify"]), ["url", "token", "domain"]);
    assert_eq!(keys(&file["stripe"]), ["url", "key", "account"]);
    assert_eq!(keys(&file["control"]), ["url"]);
    let text = |system: &str, key: &str| file[system][key].as_str().unwrap().to_owned();
    assert!(text("smartbill", "url").ends_with("/SBORO/api"));
    assert!(text("oblio", "url").parse::<Uri>().unwrap().path().len() <= 1, "the host alone");
    let index = get(&format!("{}/wp-json/", text("woocommerce", "url"))).await;
    assert_eq!(index["url"], json!(text("woocommerce", "url")), "a shop names itself as it was found");
    let orders = format!(
        "{}/wp-json/wc/v3/orders?per_page=100&consumer_key={}&consumer_secret={}",
        text("woocommerce", "url"),
        text("woocommerce", "key"),
        text("woocommerce", "secret")
    );
    assert_eq!(get(&orders).await.as_array().unwrap().len(), 40);
    let made = client().request(create(running.endpoints())).await.unwrap();
    assert_eq!(made.status().as_u16(), 200);
    assert_eq!(made.headers()["x-ratelimit-limit"], "30");
    let state = get(&format!("{}/state", text("control", "url"))).await;
    assert_eq!(state["smartbill"]["documents"].as_array().unwrap().len(), 1);
    running.shutdown().await;
}

#[tokio::test]
async fn a_reset_breaks_the_connection_in_the_middle() {
    let world = world();
    let running = world.sandbox.serve_loopback().await.unwrap();
    world.sandbox.set_fault(Fault::new(Provider::SmartBill, "create", FaultKind::Reset).times(1)).unwrap();
    let response = client().request(create(running.endpoints())).await;
    let broken = match response {
        Err(_) => true,
        Ok(response) => response.into_body().collect().await.is_err(),
    };
    assert!(broken && world.documents("smartbill").len() == 1, "acted, and the answer is lost");
}

#[tokio::test]
async fn a_lost_answer_does_not_keep_the_sandbox_from_closing() {
    let world = world();
    let running = world.sandbox.serve_loopback().await.unwrap();
    world.sandbox.set_fault(Fault::new(Provider::SmartBill, "create", FaultKind::TimeoutAfter).times(1)).unwrap();
    let call = tokio::spawn(client().request(create(running.endpoints())));
    while world.documents("smartbill").is_empty() {
        tokio::task::yield_now().await;
    }
    tokio::time::timeout(Duration::from_secs(5), running.shutdown()).await.unwrap();
    let answer = call.await.unwrap();
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status().as_u16() == 504));
}

#[tokio::test]
async fn it_comes_back_on_the_ports_of_last_time() {
    let world = world();
    let running = world.sandbox.serve_loopback().await.unwrap();
    let first = running.endpoints().clone();
    running.shutdown().await;
    let again = world.sandbox.serve_loopback().await.unwrap();
    assert_eq!(*again.endpoints(), first);
}
