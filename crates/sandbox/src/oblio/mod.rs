//! Oblio's REST API, as far as the notes tell it: token, nomenclature, documents and their list, edit, cancel, restore,
//! delete, collect, e-invoices. Left out: webhooks, and the undocumented type `receipt`. The envelope, the mix of strings and numbers, the zero-padded numbers and the web page for unknown paths are
//! as on the wire; where nobody has seen the real answer, the choice made here is marked UNVERIFIED.
//! Source: protocols/oblio.md.

mod actions;
pub(crate) mod books;
mod create;
mod einvoice;
mod lines;
mod list;
mod nomenclature;
mod summary;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};

use self::books::{DocType, TokenState};
use crate::call::{Call, html, json as answer_json, nested, with_type};
use crate::config::{Limits, account};
use crate::faults::FaultKind;
use crate::limits::Allowance;
use crate::pdf;
use crate::shared::{Shared, lock};
use crate::state::State;

type Refusal = Box<Response>;

enum Route<'a> {
    Token,
    Nomenclature(&'a str),
    Documents(DocType),
    List(DocType),
    Action(DocType, &'a str),
    EInvoice,
    Preview,
    ArchiveLink,
    Unknown,
}

fn route(path: &str) -> Route<'_> {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let known = |name: &str| DocType::from_path(name);
    match parts.as_slice() {
        ["api", "authorize", "token"] => Route::Token,
        ["api", "nomenclature", which] => Route::Nomenclature(which),
        ["api", "docs", "einvoice"] => Route::EInvoice,
        ["api", "docs", kind] => known(kind).map_or(Route::Unknown, Route::Documents),
        ["api", "docs", kind, "list"] => known(kind).map_or(Route::Unknown, Route::List),
        ["api", "docs", kind, action @ ("cancel" | "restore" | "collect")] => {
            known(kind).map_or(Route::Unknown, |kind| Route::Action(kind, action))
        }
        ["docs", "preview", _] => Route::Preview,
        ["docs", "einvoice"] => Route::ArchiveLink,
        _ => Route::Unknown,
    }
}

pub(crate) fn operation(call: &Call) -> &'static str {
    match (route(&call.path), call.method.as_str()) {
        (Route::Token, _) => "token",
        (Route::Nomenclature(_), _) => "nomenclature",
        (Route::Documents(_), "POST") => "create",
        (Route::Documents(_), "PUT") => "edit",
        (Route::EInvoice, "POST") => "einvoice",
        (Route::EInvoice, "GET") => "archive",
        (Route::Documents(_), "DELETE") => "delete",
        (Route::Documents(_), "GET") => "view",
        (Route::List(_), _) => "list",
        (Route::Action(_, "cancel"), _) => "cancel",
        (Route::Action(_, "restore"), _) => "restore",
        (Route::Action(_, _), _) => "collect",
        _ => "other",
    }
}

/// 30 documents in 100 s, 30 of everything else in 10 s, by token. What an over-limit call gets is UNVERIFIED: 429 in
/// the usual envelope, until the window ends.
pub(crate) fn count_call(shared: &Shared, operation: &str, call: &Call) -> (Option<Response>, HeaderMap) {
    if shared.config.rate_limits == Limits::Off || !call.path.starts_with("/api/") {
        return (None, HeaderMap::new());
    }
    let (class, window_ms) = if operation == "create" { ("documents", 100_000) } else { ("rest", 10_000) };
    let allowance = Allowance { calls: 30, window_ms, ban_ms: 0 };
    let key = call.bearer().unwrap_or("-");
    let verdict = lock(&shared.limiter).count(class, key, allowance, call.at_ms);
    if verdict.allowed {
        return (None, HeaderMap::new());
    }
    let mut headers = HeaderMap::new();
    let seconds = (verdict.reset_ms - call.at_ms).max(0).div_euclid(1_000) + 1;
    headers.insert("retry-after", HeaderValue::from(seconds));
    (Some(failure(StatusCode::TOO_MANY_REQUESTS, "Ati depasit numarul maxim de cereri.")), headers)
}

pub(crate) fn answer(shared: &Shared, call: &Call) -> Response {
    let route = route(&call.path);
    match &route {
        Route::Token => return token(shared, call),
        Route::Preview => return preview(shared, call, |document| Some(("application/pdf", pdf::of_oblio(document)))),
        Route::ArchiveLink => {
            let zip = |document: &books::Document| einvoice::archive_of(document, call.at_ms);
            return preview(shared, call, |document| zip(document).map(|bytes| ("application/zip", bytes)));
        }
        Route::Unknown => return unknown_page(),
        _ => {}
    }
    if let Err(refusal) = authenticate(shared, call) {
        return *refusal;
    }
    match (route, &call.method) {
        (Route::Nomenclature(which), &Method::GET) => nomenclature::answer(shared, which, call),
        (Route::Documents(kind), &Method::POST) => create::answer(shared, kind, call),
        (Route::Documents(kind), &Method::GET) => actions::view(shared, kind, call),
        (Route::Documents(kind), &Method::DELETE) => actions::delete(shared, kind, call),
        (Route::Documents(DocType::Invoice), &Method::PUT) => create::edit(shared, call),
        (Route::EInvoice, &Method::POST) => einvoice::send(shared, call),
        (Route::EInvoice, &Method::GET) => einvoice::archive(shared, call),
        (Route::List(kind), &Method::GET) => list::answer(shared, kind, call),
        (Route::Action(kind, "cancel"), &Method::PUT) => actions::cancel(shared, kind, call),
        (Route::Action(kind, "restore"), &Method::PUT) => actions::restore(shared, kind, call),
        (Route::Action(DocType::Invoice, "collect"), &Method::PUT) => actions::collect(shared, call),
        _ => unknown_page(),
    }
}

fn unknown_page() -> Response {
    html(
        StatusCode::OK,
        "<!DOCTYPE html><html lang=\"ro\"><head><title>Oblio</title></head><body><h1>Pagina nu exista</h1></body></html>",
    )
}

fn success(message: &str, data: &Value) -> Response {
    answer_json(StatusCode::OK, &json!({ "status": 200, "statusMessage": message, "data": data }))
}

/// Whether `data` is there on failure is UNVERIFIED: null here.
fn failure(status: StatusCode, message: &str) -> Response {
    answer_json(status, &json!({ "status": status.as_u16(), "statusMessage": message, "data": null }))
}

fn refuse(message: impl AsRef<str>) -> Refusal {
    Box::new(failure(StatusCode::BAD_REQUEST, message.as_ref()))
}

fn authenticate(shared: &Shared, call: &Call) -> Result<(), Refusal> {
    let state = call
        .bearer()
        .map_or(TokenState::Unknown, |token| shared.read(|state: &State| state.oblio.check_token(token, call.at_ms)));
    let message = match state {
        TokenState::Good => return Ok(()),
        TokenState::Expired => "The access token provided has expired",
        TokenState::Unknown => "The access token provided is invalid",
    };
    Err(Box::new(failure(StatusCode::UNAUTHORIZED, message)))
}

/// The values are strings, and there is no envelope. Field names of the error body are UNVERIFIED.
fn token(shared: &Shared, call: &Call) -> Response {
    if call.method != Method::POST {
        return unknown_page();
    }
    let input = call.input();
    let given = |key: &str| input.get(key).and_then(Value::as_str).unwrap_or_default();
    if given("client_id") != account::OBLIO_EMAIL || given("client_secret") != account::OBLIO_SECRET {
        return invalid_client();
    }
    let issued = shared.change(|state| {
        let (token, new) = state.oblio.issue_token(call.at_ms);
        // Nothing to write when the token in use is handed out again.
        if new { Ok(token) } else { Err(token) }
    });
    match issued {
        Ok(Ok(token) | Err(token)) => answer_json(
            StatusCode::OK,
            &json!({
                "access_token": token, "expires_in": "3600", "token_type": "Bearer", "scope": "",
                "request_time": call.at_ms.div_euclid(1_000).to_string(),
            }),
        ),
        Err(why) => crate::front::broken(&why),
    }
}

fn invalid_client() -> Response {
    answer_json(
        StatusCode::BAD_REQUEST,
        &json!({ "error": "invalid_client", "error_description": "The client credentials are invalid" }),
    )
}

/// A document's public link: the file for who has the right hash, a login page for who has not.
fn preview(
    shared: &Shared,
    call: &Call,
    file: impl FnOnce(&books::Document) -> Option<(&'static str, Vec<u8>)>,
) -> Response {
    let query = call.query_pairs();
    let id = query.get("id").and_then(|id| id.parse().ok()).unwrap_or_default();
    let document = shared.read(|state| {
        state.oblio.by_id(id).filter(|document| query.get("it") == Some(&document.hash)).map(|d| (**d).clone())
    });
    match document.as_ref().and_then(file) {
        Some((kind, bytes)) => with_type(StatusCode::OK, kind, bytes),
        None => html(StatusCode::OK, "<!DOCTYPE html><html><body><form>Intra in contul tau Oblio</form></body></html>"),
    }
}

pub(crate) fn canned(kind: FaultKind, operation: &str, call: &Call) -> Response {
    match kind {
        FaultKind::WrongCredential if operation == "token" => invalid_client(),
        FaultKind::WrongCredential => failure(StatusCode::UNAUTHORIZED, "The access token provided is invalid"),
        FaultKind::RefuseVat => {
            let input = call.input();
            let line = &input.get("products").cloned().unwrap_or_default()[0];
            *refuse(lines::unknown_rate(
                line["name"].as_str().unwrap_or_default(),
                &line["vatPercentage"].as_f64().unwrap_or(21.0).to_string(),
            ))
        }
        FaultKind::RefuseSeries => {
            *refuse(create::unknown_series(call.input().get("seriesName").and_then(Value::as_str).unwrap_or_default()))
        }
        FaultKind::Error200 => success("", &Value::Null),
        FaultKind::Status429 => failure(StatusCode::TOO_MANY_REQUESTS, "Ati depasit numarul maxim de cereri."),
        FaultKind::Status403 => failure(StatusCode::FORBIDDEN, "Acces interzis."),
        _ => html(StatusCode::INTERNAL_SERVER_ERROR, "<html><body><h1>500 Internal Server Error</h1></body></html>"),
    }
}

impl Call {
    /// What a call to Oblio brings: the query, and over it the body, as JSON whatever its content type says, else as a
    /// form. Empty strings and empty lists count as absent.
    fn input(&self) -> Map<String, Value> {
        let mut input = nested(&self.query);
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(body)) => input.extend(body),
            _ => input.extend(nested(&String::from_utf8_lossy(&self.body))),
        }
        input.retain(|_, value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => true,
        });
        input
    }
}

/// A text field, whether it came as text or as a number.
fn text(input: &Map<String, Value>, key: &str) -> Option<String> {
    match input.get(key)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A flag: true and 1 are yes, as text too.
fn flag(input: &Map<String, Value>, key: &str, otherwise: bool) -> bool {
    match input.get(key) {
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) if !text.is_empty() => text != "0" && text != "false",
        _ => otherwise,
    }
}

fn missing(parameter: &str) -> Refusal {
    refuse(format!("Parametrul {parameter} lipsește"))
}

/// The company of a call, with or without `RO`.
fn check_company(input: &Map<String, Value>) -> Result<(), Refusal> {
    let cif = text(input, "cif").ok_or_else(|| missing("cif"))?;
    let digits = |cif: &str| cif.trim().to_uppercase().trim_start_matches("RO").trim().to_owned();
    if digits(&cif) == digits(account::COMPANY) {
        return Ok(());
    }
    // UNVERIFIED words.
    Err(refuse(format!("Nu aveti acces la firma cu CIF-ul {cif}")))
}
