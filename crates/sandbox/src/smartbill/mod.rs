//! SmartBill Cloud's V1 API, as far as an invoicing client needs it: invoices (create, storno, cancel, restore, delete,
//! payment status, PDF), series and taxes. Strict by default: exact parameter names, documented types, no legacy routes.
//! Nothing here detects a repeated create, for nothing there does.
//! Source: protocols/smartbill.md.

pub(crate) mod books;
mod create;
mod documents;
mod lines;
mod nomenclature;
mod shape;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::call::{Call, html, json as answer_json};
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
    Create,
    Invoice,
    Reverse,
    Pdf,
    PaymentStatus,
    Cancel,
    Restore,
    Series,
    Tax,
    PublicView,
    Unknown,
}

fn route(path: &str) -> Route {
    if path.starts_with("/documente/extern/pf/factura/") {
        return Route::PublicView;
    }
    match path.strip_prefix(ROOT).unwrap_or_default() {
        "/invoice/v2" => Route::Create,
        "/invoice" => Route::Invoice,
        "/invoice/reverse" => Route::Reverse,
        "/invoice/pdf" => Route::Pdf,
        "/invoice/paymentstatus" => Route::PaymentStatus,
        "/invoice/cancel" => Route::Cancel,
        "/invoice/restore" => Route::Restore,
        "/series" => Route::Series,
        "/tax" => Route::Tax,
        _ => Route::Unknown,
    }
}

pub(crate) fn operation(call: &Call) -> &'static str {
    match route(&call.path) {
        Route::Create => "create",
        Route::Invoice if call.method == Method::DELETE => "delete",
        Route::Invoice => "create",
        Route::Reverse => "reverse",
        Route::Pdf => "pdf",
        Route::PaymentStatus => "paymentstatus",
        Route::Cancel => "cancel",
        Route::Restore => "restore",
        Route::Series => "series",
        Route::Tax => "tax",
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
        Route::Create | Route::Reverse => &["POST"],
        Route::Invoice if tolerant => &["POST", "DELETE"],
        Route::Invoice => &["DELETE"],
        Route::Pdf | Route::PaymentStatus | Route::Series | Route::Tax => &["GET"],
        Route::Cancel | Route::Restore => &["PUT"],
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
    let has_body = call.method == Method::POST;
    let body = if has_body { read_body(call, route, tolerant)? } else { Value::Null };
    authenticate(call)?;
    match route {
        Route::Create => create::answer(shared, call, body, true),
        Route::Invoice if has_body => create::answer(shared, call, body, false),
        Route::Invoice => documents::delete(shared, call),
        Route::Reverse => documents::reverse(shared, call, &body),
        Route::Pdf => documents::pdf(shared, call),
        Route::PaymentStatus => documents::payment_status(shared, call),
        Route::Cancel => documents::set_cancelled(shared, call, true),
        Route::Restore => documents::set_cancelled(shared, call, false),
        Route::Series => nomenclature::series(shared, call),
        Route::Tax => nomenclature::tax(shared, call),
        Route::PublicView | Route::Unknown => Ok(documents::public_view(shared, call)),
    }
}

/// JSON everywhere; for PDFs octets too, but never `application/pdf`.
fn check_accept(route: Route, call: &Call) -> Result<(), Refusal> {
    let Some(accept) = call.header(header::ACCEPT) else { return Ok(()) };
    let fits = accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim()).any(|kind| {
        matches!(kind, "*/*" | "application/*" | "application/json")
            || (route == Route::Pdf && kind == "application/octet-stream")
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
    let body: Value = serde_json::from_slice(&call.body).map_err(|_| {
        shape_error(StatusCode::BAD_REQUEST, "json_parse_error", "Error parsing JSON request input.", None, call)
    })?;
    let fields = if route == Route::Reverse { shape::REVERSE } else { shape::INVOICE };
    match shape::check(&body, fields, tolerant) {
        Ok(()) => Ok(body),
        Err(misfit) => Err(mapping_error(&misfit, call)),
    }
}

fn mapping_error(misfit: &shape::Misfit, call: &Call) -> Refusal {
    shape_error(StatusCode::BAD_REQUEST, "json_mapping_error", &misfit.message, Some(&misfit.param), call)
}

fn shape_error(status: StatusCode, code: &str, message: &str, param: Option<&str>, call: &Call) -> Refusal {
    Box::new(request_error(status, "invalid_request_error", code, message, param, &call.path))
}

fn request_error(
    status: StatusCode,
    kind: &str,
    code: &str,
    message: &str,
    param: Option<&str>,
    path: &str,
) -> Response {
    let mut error = Map::new();
    error.insert("code".into(), code.into());
    error.insert("message".into(), message.into());
    error.insert("docUrl".into(), format!("https://api.smartbill.ro/#v3-error-{kind}").into());
    if let Some(param) = param {
        error.insert("param".into(), param.into());
    }
    answer_json(status, &json!({ "status": status.as_u16(), "type": kind, "instance": path, "errors": [error] }))
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

/// The one shape for a wrong credential and for an unknown company.
fn unauthorised(message: &str) -> Refusal {
    Box::new(answer_json(
        StatusCode::UNAUTHORIZED,
        &json!({
            "key": "!.oresp@&", "successfully": false, "errorText": message, "errorCode": "0", "message": "",
            "operationExecuted": false, "cooldown": 0, "needsConsent": false,
        }),
    ))
}

fn tomcat(status: StatusCode) -> Response {
    let words = status.canonical_reason().unwrap_or("Error");
    let code = status.as_u16();
    html(
        status,
        &format!(
            "<!doctype html><html lang=\"en\"><head><title>HTTP Status {code} – {words}</title></head><body>\
             <h1>HTTP Status {code} – {words}</h1><hr class=\"line\" /><h3>Apache Tomcat</h3></body></html>"
        ),
    )
}

/// With or without `RO`.
fn check_company(cif: &str) -> Result<(), Refusal> {
    let digits = |cif: &str| cif.trim().to_uppercase().trim_start_matches("RO").trim().to_owned();
    let cif = digits(cif);
    if cif == digits(account::COMPANY) || cif == digits(account::NON_VAT_COMPANY) {
        return Ok(());
    }
    Err(unauthorised(if cif == digits(account::FOREIGN_COMPANY) { NO_RIGHT } else { UNKNOWN_COMPANY }))
}

/// A business refusal with the five common fields, and what the route adds.
fn refuse_with(status: StatusCode, message: impl Into<String>, extra: Value) -> Refusal {
    let mut body = Map::new();
    body.insert("errorText".into(), message.into().into());
    for key in ["message", "number", "series", "url"] {
        body.insert(key.into(), "".into());
    }
    if let Value::Object(extra) = extra {
        body.extend(extra);
    }
    Box::new(answer_json(status, &body))
}

fn refuse(message: impl Into<String>) -> Refusal {
    refuse_with(StatusCode::BAD_REQUEST, message, Value::Null)
}

/// A refusal of a create: with `documentId` -1 and empty addresses.
fn refuse_create(message: impl Into<String>) -> Refusal {
    refuse_with(StatusCode::BAD_REQUEST, message, json!({ "documentUrl": "", "documentId": -1, "documentViewUrl": "" }))
}

fn success(message: &str, extra: Value) -> Response {
    let mut body = json!({ "errorText": "", "message": message, "number": "", "series": "", "url": "" });
    if let (Value::Object(body), Value::Object(extra)) = (&mut body, extra) {
        body.extend(extra);
    }
    answer_json(StatusCode::OK, &body)
}

pub(crate) fn canned(kind: FaultKind, operation: &str, call: &Call) -> Response {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let refusal = |message: String| if operation == "create" { refuse_create(message) } else { refuse(message) };
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
