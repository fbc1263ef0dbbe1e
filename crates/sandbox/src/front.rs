//! The door that every request to a simulator comes through: it is read whole, logged, counted against the limits, and,
//! when a fault was ordered for it, made to go wrong. The simulators behind it are plain functions of state and call, so
//! that a request either took effect completely, on disk too, or not at all, however its caller leaves.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use rust_decimal::{Decimal, dec};

use crate::call::{Call, decode, html, json, nginx};
use crate::faults::{Fault, FaultKind};
use crate::shared::Shared;
use crate::simulator::Simulator;
use crate::{oblio, shopify, smartbill, stripe, woocommerce};

const LARGEST_BODY: usize = 8 << 20;

pub(crate) async fn handle(shared: Arc<Shared>, provider: Simulator, request: Request) -> Response {
    let call = match read(&shared, request).await {
        Ok(call) => call,
        Err(response) => return *response,
    };
    let operation = operation(provider, &call);
    let entry = shared.log_request(provider, operation, &call);
    let response = pass(&shared, provider, operation, call, entry).await;
    shared.log_answer(entry, response.status().as_u16());
    response
}

async fn read(shared: &Shared, request: Request) -> Result<Call, Box<Response>> {
    let (parts, body) = request.into_parts();
    let body = match to_bytes(body, LARGEST_BODY).await {
        Ok(body) => body,
        Err(_) => return Err(Box::new(nginx(StatusCode::PAYLOAD_TOO_LARGE))),
    };
    Ok(Call {
        method: parts.method,
        path: decode(parts.uri.path(), false),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        at_ms: shared.now_ms(),
        lag_ms: 0,
    })
}

fn operation(provider: Simulator, call: &Call) -> &'static str {
    match provider {
        Simulator::WooCommerce => woocommerce::operation(call),
        Simulator::Shopify => shopify::operation(call),
        Simulator::Stripe => stripe::operation(call),
        Simulator::SmartBill => smartbill::operation(call),
        Simulator::Oblio => oblio::operation(call),
    }
}

fn answer(shared: &Shared, provider: Simulator, call: &Call) -> Response {
    match provider {
        Simulator::WooCommerce => woocommerce::answer(shared, call),
        Simulator::Shopify => shopify::answer(shared, call),
        Simulator::Stripe => stripe::answer(shared, call),
        Simulator::SmartBill => smartbill::answer(shared, call),
        Simulator::Oblio => oblio::answer(shared, call),
    }
}

async fn pass(
    shared: &Arc<Shared>,
    provider: Simulator,
    operation: &'static str,
    mut call: Call,
    entry: u64,
) -> Response {
    let limited = match provider {
        Simulator::WooCommerce | Simulator::Stripe => None,
        Simulator::Shopify => Some(shopify::count_call(shared, &call)),
        Simulator::SmartBill => Some(smartbill::count_call(shared, &call)),
        Simulator::Oblio => Some(oblio::count_call(shared, operation, &call)),
    };
    let (refusal, headers) = limited.unwrap_or_default();
    let mut response = match refusal {
        Some(refusal) => refusal,
        None => match shared.spend_fault(provider, operation, &call) {
            Err(why) => broken(&why),
            Ok(None) => answer(shared, provider, &call),
            Ok(Some(fault)) => {
                shared.log_fault(entry, fault.kind);
                call.lag_ms = match fault.kind {
                    FaultKind::ListingLag => i64::try_from(fault.delay_ms.unwrap_or(5_000)).unwrap_or(i64::MAX),
                    _ => 0,
                };
                go_wrong(shared, provider, operation, call, &fault).await
            }
        },
    };
    response.headers_mut().extend(headers);
    response
}

const BAN: Decimal = dec!(0.01);

/// The state could not be written: the caller must not believe that anything happened.
pub(crate) fn broken(why: &crate::SandboxError) -> Response {
    tracing::error!(%why, "the sandbox could not keep its state");
    json(StatusCode::INTERNAL_SERVER_ERROR, &serde_json::json!({ "sandbox": why.to_string() }))
}

async fn go_wrong(
    shared: &Arc<Shared>,
    provider: Simulator,
    operation: &'static str,
    call: Call,
    fault: &Fault,
) -> Response {
    let delay = Duration::from_millis(fault.delay_ms.unwrap_or(3_000));
    if fault.kind == FaultKind::Late {
        let later = Arc::clone(shared);
        // Not tied to the caller: that is the point of it.
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            let call = Call { at_ms: later.now_ms(), ..call };
            drop(answer(&later, provider, &call));
        });
        return withhold(shared, fault).await;
    }
    let real = fault.acts().then(|| answer(shared, provider, &call));
    match (fault.kind, real) {
        (FaultKind::TimeoutAfter | FaultKind::TimeoutBefore, _) => withhold(shared, fault).await,
        (FaultKind::Slow, Some(real)) => {
            pause(shared, delay).await;
            real
        }
        (FaultKind::Truncated, Some(real)) => cut(real, false).await,
        (FaultKind::Reset, Some(real)) => cut(real, true).await,
        (FaultKind::Reset, None) => torn(Bytes::new(), 512),
        (FaultKind::ListingLag, Some(real)) => real,
        (FaultKind::OneBanMore, Some(real)) => shared.change_and_answer(|state| {
            match provider {
                Simulator::SmartBill => state.smartbill.raise_newest(BAN),
                Simulator::Oblio => state.oblio.raise_newest(BAN),
                Simulator::WooCommerce | Simulator::Shopify | Simulator::Stripe => {}
            }
            Ok(real)
        }),
        (kind, _) => {
            let mut response = canned(provider, operation, &call, kind);
            if let (FaultKind::Status429, Some(delay_ms)) = (kind, fault.delay_ms) {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(delay_ms.div_ceil(1000)));
            }
            response
        }
    }
}

fn canned(provider: Simulator, operation: &'static str, call: &Call, kind: FaultKind) -> Response {
    match kind {
        FaultKind::Html => html(
            StatusCode::OK,
            "<!DOCTYPE html><html><head><title>Autentificare</title></head><body><form method=\"post\">\
             <h1>Intra in cont</h1><input name=\"email\"><input name=\"parola\" type=\"password\"></form></body></html>",
        ),
        FaultKind::Status502 => nginx(StatusCode::BAD_GATEWAY),
        FaultKind::Status503 => nginx(StatusCode::SERVICE_UNAVAILABLE),
        kind => match provider {
            Simulator::WooCommerce => woocommerce::canned(kind),
            Simulator::Shopify => shopify::canned(kind),
            Simulator::Stripe => stripe::canned(kind),
            Simulator::SmartBill => smartbill::canned(kind, operation, call),
            Simulator::Oblio => oblio::canned(kind, operation, call),
        },
    }
}

/// Holds the answer until the caller leaves, the sandbox closes, or the bound is reached.
async fn withhold(shared: &Shared, fault: &Fault) -> Response {
    let bound = shared.config.longest_hold_ms;
    // For `late`, the delay is when it acts, not how long the answer is held.
    let hold = if fault.kind == FaultKind::Late { bound } else { fault.delay_ms.unwrap_or(bound).min(bound) };
    pause(shared, Duration::from_millis(hold)).await;
    nginx(StatusCode::GATEWAY_TIMEOUT)
}

async fn pause(shared: &Shared, duration: Duration) {
    tokio::select! {
        () = tokio::time::sleep(duration) => {}
        () = shared.closed() => {}
    }
}

/// Half of an answer: well-framed but incomplete, or broken off in the middle.
async fn cut(real: Response, broken_off: bool) -> Response {
    let (mut parts, body) = real.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut response = if broken_off { torn(half, whole.len()) } else { Response::new(Body::from(half)) };
    *response.status_mut() = parts.status;
    for (name, value) in &parts.headers {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

/// A body that promises a length and fails before it.
fn torn(half: Bytes, promised: usize) -> Response {
    let failure = std::io::Error::new(std::io::ErrorKind::ConnectionReset, "broken off by a fault of the sandbox");
    let parts: [Result<Bytes, std::io::Error>; 2] = [Ok(half), Err(failure)];
    let mut response = Response::new(Body::from_stream(futures_util::stream::iter(parts)));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(promised));
    response
}
