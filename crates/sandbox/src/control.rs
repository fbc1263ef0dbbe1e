//! The control endpoint: what an outside program needs to steer the sandbox and to check what the providers really hold.
//! JSON in and out. A browser's page on some site must not be able to steer it, so a foreign `Host` or `Origin` is
//! refused.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::call::json as answer_json;
use crate::error::SandboxError;
use crate::faults::Fault;
use crate::hooks::{Delivery, Hook, Source};
use crate::sandbox::Sandbox;

const LARGEST_BODY: usize = 64 << 20;

pub(crate) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/state", get(state))
        .route("/requests", get(requests))
        .route("/faults", get(faults).post(arm).delete(clear))
        .route("/orders", post(orders))
        .route("/orders/{shop}", post(orders_of))
        .route("/hooks", get(hooks).post(set_hook))
        .route("/deliver", post(deliver))
        .route("/deliveries", get(deliveries))
        .route("/switches", get(switches).post(turn))
        .route("/reset", post(reset))
        .fallback(unknown)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn(only_this_machine))
        .with_state(sandbox)
}

async fn only_this_machine(request: Request, next: Next) -> Response {
    if is_local(request.headers()) {
        return next.run(request).await;
    }
    failure(StatusCode::FORBIDDEN, "the sandbox's control answers only to programs of this machine")
}

fn is_local(headers: &HeaderMap) -> bool {
    let local = |value: &str| {
        let host = value.trim_start_matches("http://").trim_start_matches("https://");
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        matches!(name, "127.0.0.1" | "localhost" | "[::1]" | "tauri.localhost")
    };
    [header::HOST, header::ORIGIN]
        .iter()
        .all(|name| headers.get(name).is_none_or(|value| value.to_str().is_ok_and(local)))
}

fn failure(status: StatusCode, words: &str) -> Response {
    answer_json(status, &json!({ "error": words }))
}

fn answer(outcome: Result<Value, SandboxError>) -> Response {
    match outcome {
        Ok(body) => answer_json(StatusCode::OK, &body),
        Err(why @ SandboxError::Invalid(_)) => failure(StatusCode::BAD_REQUEST, &why.to_string()),
        Err(why) => failure(StatusCode::INTERNAL_SERVER_ERROR, &why.to_string()),
    }
}

async fn index() -> Response {
    answer_json(
        StatusCode::OK,
        &json!({
            "GET /state": "documents per provider, orders, armed faults, counts of requests",
            "GET /requests": "the last 1000 requests",
            "GET /faults": "the armed faults",
            "POST /faults": "arms one fault or an array of them",
            "DELETE /faults": "clears them",
            "POST /orders": "adds one WooCommerce order, an array of them, or {\"random\": n}",
            "POST /orders/{shop}": "the same for woocommerce, shopify, stripe or webhook, each in its own words",
            "GET /hooks": "where the shops' webhooks go, and how many wait",
            "POST /hooks": "sets where a shop's webhooks go: shop, url, secret, retries; url null ends them",
            "POST /deliver": "delivers one order now: shop, order, topic, times, tamper (body, signature, stale), delay",
            "GET /deliveries": "how the last 1000 deliveries went",
            "GET /switches": "how the switches stand",
            "POST /switches": "turns those that are named: drop_authorization, shopify_bucket, shopify_leak_per_s, \
             shopify_all_orders",
            "POST /reset": "back to the seed",
        }),
    )
}

async fn unknown() -> Response {
    failure(StatusCode::NOT_FOUND, "no such path: GET / lists what there is")
}

async fn state(State(sandbox): State<Sandbox>) -> Response {
    answer_json(StatusCode::OK, &sandbox.state())
}

async fn requests(State(sandbox): State<Sandbox>) -> Response {
    answer_json(StatusCode::OK, &sandbox.requests())
}

async fn faults(State(sandbox): State<Sandbox>) -> Response {
    answer_json(StatusCode::OK, &sandbox.faults())
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Value>),
    One(Value),
}

async fn arm(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    let arm_all = || {
        let faults = match serde_json::from_slice(&body) {
            Ok(OneOrMany::Many(faults)) => faults,
            Ok(OneOrMany::One(fault)) => vec![fault],
            Err(why) => return Err(SandboxError::Invalid(format!("not JSON: {why}"))),
        };
        let faults = faults
            .into_iter()
            .map(|fault| {
                serde_json::from_value::<Fault>(fault)
                    .map_err(|why| SandboxError::Invalid(format!("not a fault: {why}")))
            })
            .collect::<Result<Vec<Fault>, SandboxError>>()?;
        faults.into_iter().try_for_each(|fault| sandbox.set_fault(fault))?;
        Ok(json!({ "armed": sandbox.faults() }))
    };
    answer(arm_all())
}

async fn clear(State(sandbox): State<Sandbox>) -> Response {
    answer(sandbox.clear_faults().map(|()| json!({ "armed": [] })))
}

async fn orders(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    add_orders(&sandbox, Source::WooCommerce, &body)
}

async fn orders_of(State(sandbox): State<Sandbox>, Path(shop): Path<String>, body: Bytes) -> Response {
    match Source::named(&shop) {
        Some(shop) => add_orders(&sandbox, shop, &body),
        None => failure(StatusCode::NOT_FOUND, "the shop is woocommerce, shopify, stripe or webhook"),
    }
}

fn add_orders(sandbox: &Sandbox, shop: Source, body: &[u8]) -> Response {
    let added = match serde_json::from_slice::<Value>(body) {
        Err(why) => Err(SandboxError::Invalid(format!("not JSON: {why}"))),
        Ok(Value::Object(wish)) if wish.contains_key("random") => match wish["random"].as_u64() {
            Some(count) => sandbox.add_random_orders_to(shop, count),
            None => Err(SandboxError::Invalid("random must be a number of orders".into())),
        },
        Ok(orders) => sandbox.add_orders_to(shop, orders),
    };
    answer(added.map(|ids| json!({ "added": ids })))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, SandboxError> {
    serde_json::from_slice(body).map_err(|why| SandboxError::Invalid(why.to_string()))
}

async fn hooks(State(sandbox): State<Sandbox>) -> Response {
    answer_json(StatusCode::OK, &sandbox.hooks())
}

async fn set_hook(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    answer(read::<Hook>(&body).and_then(|hook| sandbox.set_hook(hook)).map(|()| sandbox.hooks()))
}

async fn deliver(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    let delivered = match read::<Delivery>(&body) {
        Ok(delivery) => sandbox.deliver(delivery).await,
        Err(why) => Err(why),
    };
    answer(delivered.map(|all| json!({ "deliveries": all })))
}

async fn deliveries(State(sandbox): State<Sandbox>) -> Response {
    answer_json(StatusCode::OK, &sandbox.deliveries())
}

async fn switches(State(sandbox): State<Sandbox>) -> Response {
    answer_json(StatusCode::OK, &sandbox.switches())
}

async fn turn(State(sandbox): State<Sandbox>, body: Bytes) -> Response {
    answer(read(&body).and_then(|change| sandbox.set_switches(&change)).map(|switches| json!(switches)))
}

async fn reset(State(sandbox): State<Sandbox>) -> Response {
    answer(sandbox.reset().map(|()| json!({ "reset": true })))
}
