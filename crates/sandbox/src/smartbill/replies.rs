//! The shapes of SmartBill's answers: five common fields for business, an envelope of its own for what is wrong with the
//! request, another for credentials, and Tomcat's pages.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{Refusal, shape};
use crate::call::{Call, html, json as answer_json};

pub(super) fn mapping_error(misfit: &shape::Misfit, call: &Call) -> Refusal {
    shape_error(StatusCode::BAD_REQUEST, "json_mapping_error", &misfit.message, Some(&misfit.param), call)
}

pub(super) fn shape_error(status: StatusCode, code: &str, message: &str, param: Option<&str>, call: &Call) -> Refusal {
    Box::new(request_error(status, "invalid_request_error", code, message, param, &call.path))
}

pub(super) fn request_error(
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

/// The one shape for a wrong credential and for an unknown company.
pub(super) fn unauthorised(message: &str) -> Refusal {
    Box::new(answer_json(
        StatusCode::UNAUTHORIZED,
        &json!({
            "key": "!.oresp@&", "successfully": false, "errorText": message, "errorCode": "0", "message": "",
            "operationExecuted": false, "cooldown": 0, "needsConsent": false,
        }),
    ))
}

pub(super) fn tomcat(status: StatusCode) -> Response {
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

/// A business refusal with the five common fields, and what the route adds.
pub(super) fn refuse_with(status: StatusCode, message: impl Into<String>, extra: Value) -> Refusal {
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

pub(super) fn refuse(message: impl Into<String>) -> Refusal {
    refuse_with(StatusCode::BAD_REQUEST, message, Value::Null)
}

/// What a refusal of a create has instead of a document.
pub(super) fn no_document() -> Value {
    json!({ "documentUrl": "", "documentId": -1, "documentViewUrl": "" })
}

/// A refusal of a create: with `documentId` -1 and empty addresses.
pub(super) fn refuse_create(message: impl Into<String>) -> Refusal {
    refuse_with(StatusCode::BAD_REQUEST, message, no_document())
}

pub(super) fn success(message: &str, extra: Value) -> Response {
    let mut body = json!({ "errorText": "", "message": message, "number": "", "series": "", "url": "" });
    if let (Value::Object(body), Value::Object(extra)) = (&mut body, extra) {
        body.extend(extra);
    }
    answer_json(StatusCode::OK, &body)
}

/// `/document/send` has a shape of its own, without errorText.
pub(super) fn send_status(status: StatusCode, code: u8, message: &str) -> Response {
    answer_json(status, &json!({ "status": { "code": code, "message": message } }))
}
