//! A WooCommerce shop over REST v3, as far as an invoicing client needs it: reading orders in pages, reading one, writing
//! back its meta data and status, refunds, webhooks, and who the shop is. Basic authentication and the pair in the query are
//! taken on plain HTTP too, where a real shop would want OAuth 1.0a alone: loopback has no certificate.
//! Source: protocols/shops-and-fiscal.md, 3.1.

mod auth;
mod orders;
pub(crate) mod shop;
pub(crate) mod webhooks;

pub(crate) use auth::Nonces;
pub(crate) use orders::summary;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::call::{Call, json as answer_json};
use crate::faults::FaultKind;
use crate::shared::Shared;

const ROOT: &str = "/wp-json";
const V3: &str = "/wp-json/wc/v3/";

enum Route {
    Index,
    Namespace,
    SystemStatus,
    Orders,
    Order(u64),
    Refunds(u64),
    Webhooks,
    Webhook(u64),
    Unknown,
}

fn route(path: &str) -> Route {
    let path = path.trim_end_matches('/');
    if path == ROOT || path.is_empty() {
        return Route::Index;
    }
    if path == V3.trim_end_matches('/') {
        return Route::Namespace;
    }
    let Some(rest) = path.strip_prefix(V3) else { return Route::Unknown };
    let parts: Vec<&str> = rest.split('/').collect();
    match parts.as_slice() {
        ["system_status"] => Route::SystemStatus,
        ["orders"] => Route::Orders,
        ["orders", id] => id.parse().map_or(Route::Unknown, Route::Order),
        ["orders", id, "refunds"] => id.parse().map_or(Route::Unknown, Route::Refunds),
        ["webhooks"] => Route::Webhooks,
        ["webhooks", id] => id.parse().map_or(Route::Unknown, Route::Webhook),
        _ => Route::Unknown,
    }
}

pub(crate) fn operation(call: &Call) -> &'static str {
    match (route(&call.path), &call.method) {
        (Route::Orders, &Method::GET) => "list",
        (Route::Order(_), &Method::GET) => "get",
        (Route::Order(_), &Method::DELETE) => "delete",
        (Route::Order(_), _) => "update",
        (Route::Refunds(_), _) => "refunds",
        (Route::Webhooks | Route::Webhook(_), _) => "webhooks",
        (Route::Index | Route::Namespace | Route::SystemStatus, _) => "info",
        (Route::Orders | Route::Unknown, _) => "other",
    }
}

pub(crate) fn answer(shared: &Shared, call: &Call) -> Response {
    let route = route(&call.path);
    let read = call.method == Method::GET || call.method == Method::HEAD;
    if matches!(route, Route::Index) && read {
        return index(call);
    }
    if !matches!(route, Route::Unknown)
        && let Err(refusal) = auth::authenticate(shared, call)
    {
        return *refusal;
    }
    match (route, call.method.as_str()) {
        (Route::Namespace, "GET") => answer_json(StatusCode::OK, &json!({ "namespace": "wc/v3", "routes": {} })),
        (Route::SystemStatus, "GET") => system_status(call),
        (Route::Orders, "GET") => orders::list(shared, call),
        (Route::Order(id), "GET") => orders::get(shared, id, call),
        (Route::Order(id), "PUT" | "POST" | "PATCH") => orders::update(shared, id, call),
        (Route::Order(id), "DELETE") => orders::delete(shared, id, call),
        (Route::Refunds(id), "GET") => orders::refunds(shared, id),
        (Route::Webhooks, "GET") => webhooks::list(shared, call),
        (Route::Webhooks, "POST") => webhooks::create(shared, call),
        (Route::Webhook(id), "GET") => webhooks::get(shared, id, call),
        (Route::Webhook(id), "PUT" | "POST" | "PATCH") => webhooks::update(shared, id, call),
        _ => error(
            StatusCode::NOT_FOUND,
            "rest_no_route",
            "No route was found matching the URL and request method.",
            None,
        ),
    }
}

/// WooCommerce's error: `code`, `message`, `data.status`.
fn error(status: StatusCode, code: &str, message: &str, params: Option<Map<String, Value>>) -> Response {
    let mut data = Map::new();
    data.insert("status".into(), status.as_u16().into());
    if let Some(params) = params {
        data.insert("params".into(), params.into());
        data.insert("details".into(), json!({}));
    }
    answer_json(status, &json!({ "code": code, "message": message, "data": data }))
}

fn index(call: &Call) -> Response {
    let url = call.base_url("http://atelier-cana.example");
    answer_json(
        StatusCode::OK,
        &json!({
            "name": "Atelier Cană", "description": "Ceramică și cărți", "url": url, "home": url, "gmt_offset": "2",
            "timezone_string": "Europe/Bucharest", "namespaces": ["oembed/1.0", "wc/v3", "wp/v2"],
            "authentication": {}, "routes": {},
        }),
    )
}

fn system_status(call: &Call) -> Response {
    let url = call.base_url("http://atelier-cana.example");
    answer_json(
        StatusCode::OK,
        &json!({
            "environment": {
                "home_url": url, "site_url": url, "version": "9.4.2", "wp_version": "6.7", "default_timezone": "UTC",
                "language": "ro_RO",
            },
            "settings": {
                "api_enabled": true, "currency": "RON", "currency_symbol": "lei", "currency_position": "right_space",
                "thousand_separator": ".", "decimal_separator": ",", "number_of_decimals": 2,
            },
        }),
    )
}

pub(crate) fn canned(kind: FaultKind) -> Response {
    match kind {
        FaultKind::WrongCredential => {
            error(StatusCode::UNAUTHORIZED, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", None)
        }
        FaultKind::Status403 => {
            error(StatusCode::FORBIDDEN, "rest_forbidden", "Sorry, you are not allowed to do that.", None)
        }
        FaultKind::Status429 => {
            let mut response = error(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests.", None);
            response.headers_mut().insert("retry-after", axum::http::HeaderValue::from_static("10"));
            response
        }
        FaultKind::RefuseVat | FaultKind::RefuseSeries | FaultKind::Error200 => {
            error(StatusCode::BAD_REQUEST, "rest_invalid_param", "Invalid parameter(s)", Some(Map::new()))
        }
        _ => error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_server_error",
            "<p>A apărut o eroare critică pe acest site web.</p>",
            None,
        ),
    }
}
