//! A Stripe account over `/v1`, as far as an invoicing client needs it: checkout sessions and their lines, invoices and what
//! paid them, refunds, events, and metadata to write to. Amounts are in minor units; writes are forms; lists go by cursor, newest first.
//! Source: protocols/shops-and-fiscal.md, 3.3, and Stripe's API reference. UNVERIFIED: the words of some refusals.

pub(crate) mod books;
mod expand;
mod invoices;
mod lists;
mod translate;

use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::call::{Call, json as answer_json, nested};
use crate::config::account;
use crate::dice::Dice;
use crate::error::SandboxError;
use crate::faults::FaultKind;
use crate::front::broken;
use crate::shared::Shared;
use crate::shop::{self, Pay, Sale};
use books::{StoredSession, StripeAccount};

const API_VERSION: &str = "2025-01-27.acacia";

enum Route {
    Account,
    Sessions,
    Session(String),
    LineItems(String),
    Invoices,
    Invoice(String),
    InvoicePayments,
    PaymentIntent(String),
    Refunds,
    Events,
    Event(String),
    Unknown,
}

fn route(path: &str) -> Route {
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').skip(1).collect();
    match parts.as_slice() {
        ["v1", "account"] => Route::Account,
        ["v1", "checkout", "sessions"] => Route::Sessions,
        ["v1", "checkout", "sessions", id] => Route::Session((*id).to_owned()),
        ["v1", "checkout", "sessions", id, "line_items"] => Route::LineItems((*id).to_owned()),
        ["v1", "invoices"] => Route::Invoices,
        ["v1", "invoices", id] => Route::Invoice((*id).to_owned()),
        ["v1", "invoice_payments"] => Route::InvoicePayments,
        ["v1", "payment_intents", id] => Route::PaymentIntent((*id).to_owned()),
        ["v1", "refunds"] => Route::Refunds,
        ["v1", "events"] => Route::Events,
        ["v1", "events", id] => Route::Event((*id).to_owned()),
        _ => Route::Unknown,
    }
}

pub(crate) fn operation(call: &Call) -> &'static str {
    match (route(&call.path), &call.method) {
        (Route::Sessions, &Method::GET) => "list",
        (Route::Session(_), &Method::GET) => "get",
        (Route::Session(_), _) => "update",
        (Route::Invoices | Route::Invoice(_) | Route::InvoicePayments | Route::PaymentIntent(_), _) => "invoices",
        (Route::LineItems(_), _) => "line_items",
        (Route::Refunds, _) => "refunds",
        (Route::Events | Route::Event(_), _) => "events",
        (Route::Account, _) => "info",
        (Route::Sessions | Route::Unknown, _) => "other",
    }
}

/// `error` with what of `code` and `param` there is.
fn error(status: StatusCode, code: &str, param: &str, message: &str) -> Response {
    let mut error = json!({ "message": message, "type": "invalid_request_error" });
    if !code.is_empty() {
        error["code"] = code.into();
        error["doc_url"] = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-")).into();
    }
    if !param.is_empty() {
        error["param"] = param.into();
    }
    answer_json(status, &json!({ "error": error }))
}

fn missing(kind: &str, id: &str, param: &str) -> Response {
    error(StatusCode::NOT_FOUND, "resource_missing", param, &format!("No such {kind}: '{id}'"))
}

pub(crate) fn answer(shared: &Shared, call: &Call) -> Response {
    let mut response = match authenticate(call) {
        Err(refusal) => *refusal,
        Ok(()) => dispatch(shared, call),
    };
    let version = call.headers.get("stripe-version").cloned().unwrap_or(HeaderValue::from_static(API_VERSION));
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("stripe-version"), version);
    if let Ok(id) = HeaderValue::from_str(&books::id("req", call.at_ms.unsigned_abs(), 14)) {
        headers.insert(HeaderName::from_static("request-id"), id);
    }
    response
}

/// The key as a bearer, or as the user of Basic with no password.
fn authenticate(call: &Call) -> Result<(), Box<Response>> {
    let user = call.basic().flatten().map(|(user, _)| user);
    let Some(key) = call.bearer().map(str::to_owned).or(user) else {
        let words = "You did not provide an API key. You need to provide your API key in the Authorization header, using \
                     Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";
        return Err(Box::new(error(StatusCode::UNAUTHORIZED, "", "", words)));
    };
    if key == account::STRIPE_KEY {
        return Ok(());
    }
    let tail: String = key.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
    let words = format!("Invalid API Key provided: {}{tail}", "*".repeat(key.chars().count().saturating_sub(4)));
    Err(Box::new(error(StatusCode::UNAUTHORIZED, "", "", &words)))
}

fn dispatch(shared: &Shared, call: &Call) -> Response {
    match (route(&call.path), call.method.as_str()) {
        (Route::Account, "GET") => answer_json(StatusCode::OK, &account_json()),
        (Route::Sessions, "GET") => lists::sessions(shared, call),
        (Route::Session(id), "GET") => get(shared, &id, call),
        (Route::Session(id), "POST") => update(shared, &id, call),
        (Route::LineItems(id), "GET") => lists::line_items(shared, &id, call),
        (Route::Invoices, "GET") => invoices::list(shared, call),
        (Route::Invoice(id), "GET") => invoices::get(shared, &id, call),
        (Route::Invoice(id), "POST") => invoices::update(shared, &id, call),
        (Route::InvoicePayments, "GET") => invoices::payments(shared, call),
        (Route::PaymentIntent(id), "GET") => invoices::payment_intent(shared, &id, call),
        (Route::Refunds, "GET") => lists::refunds(shared, call),
        (Route::Events, "GET") => lists::events(shared, call),
        (Route::Event(id), "GET") => {
            let event =
                shared.read(|state| state.stripe.events().iter().find(|event| event.id == id).map(books::Event::value));
            event.map_or_else(|| missing("event", &id, "id"), |event| answer_json(StatusCode::OK, &event))
        }
        _ => {
            let words = format!("Unrecognized request URL ({}: {}).", call.method, call.path);
            error(StatusCode::NOT_FOUND, "", "", &words)
        }
    }
}

fn account_json() -> Value {
    json!({
        "id": account::STRIPE_ACCOUNT, "object": "account", "business_profile": { "name": "Atelier Cană", "mcc": "5947" },
        "business_type": "company", "charges_enabled": true, "country": "RO", "created": 1_709_280_000,
        "default_currency": "ron", "details_submitted": true, "email": "comenzi@atelier-cana.example",
        "metadata": {}, "payouts_enabled": true, "type": "standard",
        "settings": { "dashboard": { "display_name": "Atelier Cană", "timezone": "Europe/Bucharest" } },
    })
}

fn get(shared: &Shared, id: &str, call: &Call) -> Response {
    let asked = match lists::asked(&nested(&call.query), "") {
        Ok(asked) => asked,
        Err(refusal) => return *refusal,
    };
    let expanded = |session: &StoredSession, books: &StripeAccount| {
        let mut session = session.value();
        books.expand_payment(&mut session, &asked);
        session
    };
    match shared.read(|state| state.stripe.find(id).map(|session| expanded(session, &state.stripe))) {
        None => missing("checkout.session", id, "session"),
        Some(mut session) => {
            expand::hide(&mut session, &asked);
            answer_json(StatusCode::OK, &session)
        }
    }
}

/// Only `metadata[…]` can be written here.
fn update(shared: &Shared, id: &str, call: &Call) -> Response {
    if call.is_json() {
        let words = "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have \
                     any questions, we can help at https://support.stripe.com/.";
        return error(StatusCode::BAD_REQUEST, "", "", words);
    }
    let form = nested(&String::from_utf8_lossy(&call.body));
    if let Some(other) = form.keys().find(|name| !matches!(name.as_str(), "metadata" | "expand")) {
        let words = format!("Received unknown parameter: {other}");
        return error(StatusCode::BAD_REQUEST, "parameter_unknown", other, &words);
    }
    let asked = match lists::asked(&form, "") {
        Ok(asked) => asked,
        Err(refusal) => return *refusal,
    };
    let metadata = form.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
    let too_long = |value: &Value| value.as_str().is_none_or(|text| text.chars().count() > 500);
    if let Some((key, _)) = metadata.iter().find(|(key, value)| key.chars().count() > 40 || too_long(value)) {
        let words = "Metadata keys can be up to 40 characters long and values up to 500.";
        return error(StatusCode::BAD_REQUEST, "", &format!("metadata[{key}]"), words);
    }
    shared.change_and_answer(|state| match state.stripe.set_metadata(id, &metadata) {
        None => Err(Box::new(missing("checkout.session", id, "session"))),
        Some(Err(why)) => Err(Box::new(broken(&why))),
        Some(Ok(mut session)) => {
            state.stripe.expand_payment(&mut session, &asked);
            expand::hide(&mut session, &asked);
            Ok(answer_json(StatusCode::OK, &session))
        }
    })
}

pub(crate) fn canned(kind: FaultKind) -> Response {
    match kind {
        FaultKind::WrongCredential => {
            error(StatusCode::UNAUTHORIZED, "api_key_expired", "", "Expired API Key provided: ****")
        }
        FaultKind::Status403 => {
            let words = "The provided key does not have the required permissions for this endpoint on this account.";
            error(StatusCode::FORBIDDEN, "", "", words)
        }
        FaultKind::Status429 => {
            let words = "Too many requests in a period of time.";
            error(StatusCode::TOO_MANY_REQUESTS, "rate_limit", "", words)
        }
        FaultKind::RefuseVat | FaultKind::RefuseSeries | FaultKind::Error200 => {
            error(StatusCode::BAD_REQUEST, "parameter_invalid_empty", "", "Invalid parameter.")
        }
        _ => {
            let words = "Sorry! There was an error while talking to one of our backends.";
            answer_json(
                StatusCode::INTERNAL_SERVER_ERROR,
                &json!({ "error": { "message": words, "type": "api_error" } }),
            )
        }
    }
}

/// Nobody pays at the door through Stripe.
fn is_for_stripe(sale: &Sale) -> bool {
    sale.pay != Pay::OnDelivery
}

/// The demonstration's orders that were paid, or meant to be, before they were sent.
pub(crate) fn seed(account: &mut StripeAccount, orders: &[(Value, i64)]) -> Result<(), SandboxError> {
    for (order, modified_ms) in orders {
        let sale = Sale::read(order, *modified_ms);
        if is_for_stripe(&sale) {
            let n = account.next();
            account.put(translate::session_of(&sale, n), sale.created_ms + 60_000)?;
        }
    }
    Ok(())
}

/// The next order of the endless drip that is paid beforehand.
pub(crate) fn next_of_drip(account: &mut StripeAccount, seed: u64, now_ms: i64) -> Value {
    let stream = Dice::new(seed, 0x571E).next();
    loop {
        let n = account.drip;
        account.drip += 1;
        let sale = Sale::read(&shop::live_order(stream, n), now_ms);
        if is_for_stripe(&sale) {
            return translate::session_of(&sale, account.next());
        }
    }
}

/// For `GET /state` of the control endpoint.
pub(crate) fn summary(account: &StripeAccount) -> Value {
    let count = |status: &str| account.sessions().iter().filter(|session| session.status == status).count();
    json!({
        "orders": account.sessions().len(), "invoices": account.invoices.len(), "events": account.events().len(), "refunds": account.refunds().count(),
        "by_status": { "complete": count("complete"), "open": count("open"), "expired": count("expired") },
    })
}
