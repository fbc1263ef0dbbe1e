//! SmartBill Cloud's V1 API: invoices and proformas (create, storno, cancel, restore, delete, payment status, PDF),
//! payments, mails, series, taxes and stocks. Strict by default: exact parameter names, documented types, no legacy
//! routes. Nothing here detects a repeated create, for nothing there does. What input brings which refusal: docs/sandbox.md.
//! Left out: the V3 reads, and a fiscal machine beyond its refusals and the text of a receipt.
//! Source: protocols/smartbill.md.

pub(crate) mod books;
mod create;
mod documents;
mod lines;
mod machine;
mod nomenclature;
mod parties;
mod payments;
mod replies;
mod reversal;
mod send;
mod shape;
mod special;
mod stock;
mod summary;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use self::books::Kind;
use self::replies::{
    mapping_error, no_document, refuse, refuse_create, refuse_with, request_error, send_status, shape_error, success,
    tomcat, unauthorised,
};
use crate::call::Call;
use crate::config::{Limits, account};
use crate::faults::FaultKind;
use crate::limits::Allowance;
use crate::shared::{Shared, lock};

type Refusal = Box<Response>;

const ROOT: &str = "/SBORO/api";
pub(super) const WRONG_CREDENTIAL: &str = "Autentificare esuata. Va rugam verificati datele si incercati din nou.";
const UNKNOWN_COMPANY: &str = "Firma la care incercati sa va conectati nu mai este disponibila in Cloud.";
const NO_RIGHT: &str = "Firma la care incercati sa va conectati nu este disponibila pentru acest utilizator.";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Route {
    /// `/v2`
    Create(Kind),
    /// Without `/v2`: deleting, and creating as it was in 2021.
    Plain(Kind),
    Pdf(Kind),
    Cancel(Kind),
    Restore(Kind),
    Reverse,
    PaymentStatus,
    EstimateInvoices,
    Payment,
    PaymentV2,
    Receipt,
    PaymentText,
    Send,
    Series,
    Tax,
    Stocks,
    Plugin,
    PublicView,
    Unknown,
}

fn route(path: &str) -> Route {
    if path.starts_with("/documente/extern/pf/") {
        return Route::PublicView;
    }
    let path = path.strip_prefix(ROOT).unwrap_or_default();
    for (kind, root) in [(Kind::Invoice, "/invoice"), (Kind::Estimate, "/estimate")] {
        match path.strip_prefix(root) {
            Some("") => return Route::Plain(kind),
            Some("/v2") => return Route::Create(kind),
            Some("/pdf") => return Route::Pdf(kind),
            Some("/cancel") => return Route::Cancel(kind),
            Some("/restore") => return Route::Restore(kind),
            _ => {}
        }
    }
    match path {
        "/invoice/reverse" => Route::Reverse,
        "/invoice/paymentstatus" => Route::PaymentStatus,
        "/estimate/invoices" => Route::EstimateInvoices,
        "/payment" => Route::Payment,
        "/payment/v2" => Route::PaymentV2,
        "/payment/chitanta" => Route::Receipt,
        "/payment/text" => Route::PaymentText,
        "/document/send" => Route::Send,
        "/series" => Route::Series,
        "/tax" => Route::Tax,
        "/stocks" => Route::Stocks,
        "/stocks/ecom" | "/stocks/ecom/" | "/company/mu" | "/company/warehouses" => Route::Plugin,
        _ => Route::Unknown,
    }
}

pub(crate) fn operation(call: &Call) -> &'static str {
    let (route, deletes) = (route(&call.path), call.method == Method::DELETE);
    match route {
        Route::Plain(Kind::Invoice) if deletes => "delete",
        Route::Plain(Kind::Estimate) if deletes => "estimate_delete",
        Route::Create(Kind::Invoice) | Route::Plain(Kind::Invoice) => "create",
        Route::Create(Kind::Estimate) | Route::Plain(Kind::Estimate) => "estimate_create",
        Route::Pdf(Kind::Invoice) => "pdf",
        Route::Pdf(Kind::Estimate) => "estimate_pdf",
        Route::Cancel(Kind::Invoice) => "cancel",
        Route::Cancel(Kind::Estimate) => "estimate_cancel",
        Route::Restore(Kind::Invoice) => "restore",
        Route::Restore(Kind::Estimate) => "estimate_restore",
        Route::Reverse => "reverse",
        Route::PaymentStatus => "paymentstatus",
        Route::EstimateInvoices => "estimate_invoices",
        Route::Payment => "payment",
        Route::PaymentV2 | Route::Receipt => "payment_delete",
        Route::PaymentText => "payment_text",
        Route::Send => "send",
        Route::Series => "series",
        Route::Tax => "tax",
        Route::Stocks | Route::Plugin => "stocks",
        Route::PublicView | Route::Unknown => "other",
    }
}

/// 30 calls in 10 s for a token, then a ban. The headers stand on every reply; with limits off they always say that all
/// is left. The body of a ban is UNVERIFIED: the request-error shape, without errorText.
pub(crate) fn count_call(shared: &Shared, call: &Call) -> (Option<Response>, HeaderMap) {
    if !call.path.starts_with(ROOT) {
        return (None, HeaderMap::new());
    }
    let allowance = Allowance { calls: 30, window_ms: 10_000, ban_ms: shared.config.ban_ms };
    let key = call.header(header::AUTHORIZATION).unwrap_or_default();
    let verdict = match shared.config.rate_limits {
        Limits::On => Some(lock(&shared.limiter).count("smartbill", key, allowance, call.at_ms)),
        Limits::Off => None,
    };
    let (remaining, reset_ms) =
        verdict.map_or((allowance.calls, call.at_ms + allowance.window_ms), |v| (v.remaining, v.reset_ms));
    let mut headers = HeaderMap::new();
    headers.insert("x-ratelimit-limit", HeaderValue::from(allowance.calls));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(remaining));
    headers.insert("x-ratelimit-reset", HeaderValue::from(reset_ms.div_euclid(1_000) + 1));
    let refusal = verdict.filter(|verdict| !verdict.allowed).map(|_| banned(shared.config.ban_status, call));
    (refusal, headers)
}

fn banned(status: StatusCode, call: &Call) -> Response {
    request_error(status, "rate_limit_error", "rate_limit_exceeded", "Too many requests.", None, &call.path)
}

pub(crate) fn answer(shared: &Shared, call: &Call) -> Response {
    let route = route(&call.path);
    if route == Route::PublicView {
        return documents::public_view(shared, call);
    }
    match checked(shared, route, call) {
        Ok(response) => response,
        Err(refusal) => *refusal,
    }
}

fn checked(shared: &Shared, route: Route, call: &Call) -> Result<Response, Refusal> {
    let tolerant = shared.config.tolerant;
    let allowed: &[&str] = match route {
        Route::Create(_) | Route::Reverse | Route::Payment | Route::Send => &["POST"],
        Route::Plain(_) if tolerant => &["POST", "DELETE"],
        Route::Plain(_) | Route::PaymentV2 | Route::Receipt => &["DELETE"],
        Route::Cancel(_) | Route::Restore(_) => &["PUT"],
        // The official WooCommerce plugin posts here.
        Route::Pdf(Kind::Estimate) if tolerant => &["GET", "POST"],
        Route::Pdf(_)
        | Route::PaymentStatus
        | Route::EstimateInvoices
        | Route::PaymentText
        | Route::Series
        | Route::Tax
        | Route::Stocks
        | Route::Plugin => &["GET"],
        Route::PublicView | Route::Unknown => {
            let message = "The requested resource was not found.";
            return Err(shape_error(StatusCode::NOT_FOUND, "resource_not_found", message, None, call));
        }
    };
    if !allowed.contains(&call.method.as_str()) {
        let message = "The requested method is not allowed.";
        let mut refusal = shape_error(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message, None, call);
        if let Ok(methods) = HeaderValue::from_str(&allowed.join(", ")) {
            refusal.headers_mut().insert(header::ALLOW, methods);
        }
        return Err(refusal);
    }
    check_accept(route, call)?;
    let has_body = call.method == Method::POST && !matches!(route, Route::Pdf(_));
    let body = if has_body { read_body(call, route, tolerant)? } else { Value::Null };
    authenticate(call)?;
    match route {
        Route::Create(kind) => create::answer(shared, call, body, kind, true),
        Route::Plain(kind) if has_body => create::answer(shared, call, body, kind, false),
        Route::Plain(kind) => documents::delete(shared, call, kind),
        Route::Pdf(kind) => documents::pdf(shared, call, kind),
        Route::Cancel(kind) => documents::set_cancelled(shared, call, kind, true),
        Route::Restore(kind) => documents::set_cancelled(shared, call, kind, false),
        Route::Reverse => reversal::reverse(shared, call, &body),
        Route::PaymentStatus => documents::payment_status(shared, call),
        Route::EstimateInvoices => documents::invoices_of_estimate(shared, call),
        Route::Payment => payments::create(shared, call, &body),
        Route::PaymentV2 => payments::delete(shared, call),
        Route::Receipt => payments::delete_receipt(shared, call),
        Route::PaymentText => payments::text_of(shared, call),
        Route::Send => send::answer(shared, call, &body),
        Route::Series => nomenclature::series(shared, call),
        Route::Tax => nomenclature::tax(shared, call),
        Route::Stocks => stock::list(shared, call),
        Route::Plugin => stock::of_plugins(shared, call),
        Route::PublicView | Route::Unknown => Ok(documents::public_view(shared, call)),
    }
}

/// JSON everywhere; for PDFs octets too, but never `application/pdf`.
fn check_accept(route: Route, call: &Call) -> Result<(), Refusal> {
    let Some(accept) = call.header(header::ACCEPT) else { return Ok(()) };
    let fits = accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim()).any(|kind| {
        matches!(kind, "*/*" | "application/*" | "application/json")
            || (matches!(route, Route::Pdf(_)) && kind == "application/octet-stream")
    });
    if fits {
        return Ok(());
    }
    let message = "The requested resource is not available in the requested format.";
    Err(shape_error(StatusCode::NOT_ACCEPTABLE, "invalid_accept_header", message, None, call))
}

fn read_body(call: &Call, route: Route, tolerant: bool) -> Result<Value, Refusal> {
    if !call.is_json() {
        let (status, message) = (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The request content type is not supported.");
        return Err(shape_error(status, "invalid_content_type", message, None, call));
    }
    let mut body: Value = serde_json::from_slice(&call.body).map_err(|_| {
        shape_error(StatusCode::BAD_REQUEST, "json_parse_error", "Error parsing JSON request input.", None, call)
    })?;
    let fields = match route {
        Route::Reverse => shape::REVERSE,
        Route::Payment => shape::PAYMENT,
        Route::Send => shape::SEND,
        _ => shape::INVOICE,
    };
    let checked = match route {
        Route::Create(Kind::Estimate) | Route::Plain(Kind::Estimate) => shape::check_estimate(&body, tolerant),
        _ => shape::check(&body, fields, tolerant),
    };
    if tolerant {
        shape::dress(&mut body, fields);
    }
    match checked {
        Ok(()) => Ok(body),
        Err(misfit) => Err(mapping_error(&misfit, call)),
    }
}

fn authenticate(call: &Call) -> Result<(), Refusal> {
    match call.basic() {
        Some(None) => Err(Box::new(tomcat(StatusCode::INTERNAL_SERVER_ERROR))),
        Some(Some((user, token)))
            if user.eq_ignore_ascii_case(account::SMARTBILL_USERNAME) && token == account::SMARTBILL_TOKEN =>
        {
            Ok(())
        }
        _ => Err(unauthorised(WRONG_CREDENTIAL)),
    }
}

fn digits(cif: &str) -> String {
    cif.trim().to_uppercase().trim_start_matches("RO").trim().to_owned()
}

fn pays_vat(cif: &str) -> bool {
    digits(cif) != account::NON_VAT_COMPANY
}

fn is_unknown(cif: &str) -> bool {
    [account::COMPANY, account::NON_VAT_COMPANY, account::FOREIGN_COMPANY]
        .iter()
        .all(|known| digits(known) != digits(cif))
}

/// With or without `RO`.
fn check_company(cif: &str) -> Result<(), Refusal> {
    let cif = digits(cif);
    if cif == digits(account::COMPANY) || cif == digits(account::NON_VAT_COMPANY) {
        return Ok(());
    }
    Err(unauthorised(if cif == digits(account::FOREIGN_COMPANY) { NO_RIGHT } else { UNKNOWN_COMPANY }))
}

pub(crate) fn canned(kind: FaultKind, operation: &str, call: &Call) -> Response {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let refusal = |message: String| match operation {
        "create" | "estimate_create" => refuse_create(message),
        "send" => Box::new(send_status(StatusCode::BAD_REQUEST, 1, &message)),
        _ => refuse(message),
    };
    let vat = || lines::unknown_rate(body["products"][0]["name"].as_str().unwrap_or_default());
    match kind {
        FaultKind::WrongCredential => *unauthorised(WRONG_CREDENTIAL),
        FaultKind::RefuseVat => *refusal(vat()),
        FaultKind::RefuseSeries => *refusal(create::UNKNOWN_SERIES.into()),
        FaultKind::Error200 => {
            let mut response = *refusal(vat());
            *response.status_mut() = StatusCode::OK;
            response
        }
        FaultKind::Status429 => banned(StatusCode::TOO_MANY_REQUESTS, call),
        FaultKind::Status403 => banned(StatusCode::FORBIDDEN, call),
        _ => tomcat(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
