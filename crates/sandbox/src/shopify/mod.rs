//! A Shopify shop over the REST Admin API of 2025-01, as far as an invoicing client needs it: reading orders in pages,
//! one order, its refunds, writing back note attributes and metafields, and who the shop is.
//! Source: protocols/shops-and-fiscal.md, 3.2, and Shopify's REST Admin reference. UNVERIFIED: the words of most refusals,
//! and that `limit` above 250 is refused rather than cut down.

pub(crate) mod books;
mod orders;
mod translate;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::call::{Call, json as answer_json};
use crate::clock::offset_text;
use crate::config::{Limits, account};
use crate::dice::Dice;
use crate::error::SandboxError;
use crate::faults::FaultKind;
use crate::shared::{Shared, lock};
use crate::shop::{self, Sale};
use books::{ShopifyShop, StoredOrder};

enum Route {
    Shop,
    Orders,
    Count,
    Order(u64),
    Refunds(u64),
    Metafields(u64),
    Scopes,
    Unknown,
}

/// How far back an app sees without `read_all_orders`.
const SHORT_REACH_MS: i64 = 60 * 24 * 60 * 60 * 1000;

/// Version and what is asked for, of `/admin/api/{version}/…json`; the app's rights have no version.
fn route(path: &str) -> (String, Route) {
    if path == "/admin/oauth/access_scopes.json" {
        return (String::new(), Route::Scopes);
    }
    let unknown = (String::new(), Route::Unknown);
    let Some((version, rest)) = path.strip_prefix("/admin/api/").and_then(|rest| rest.split_once('/')) else {
        return unknown;
    };
    let dated = version.len() == 7
        && version.bytes().enumerate().all(|(at, byte)| if at == 4 { byte == b'-' } else { byte.is_ascii_digit() });
    let Some(rest) = rest.strip_suffix(".json").filter(|_| dated || version == "unstable") else { return unknown };
    let parts: Vec<&str> = rest.split('/').collect();
    let route = match parts.as_slice() {
        ["shop"] => Route::Shop,
        ["orders"] => Route::Orders,
        ["orders", "count"] => Route::Count,
        ["orders", id] => id.parse().map_or(Route::Unknown, Route::Order),
        ["orders", id, "refunds"] => id.parse().map_or(Route::Unknown, Route::Refunds),
        ["orders", id, "metafields"] => id.parse().map_or(Route::Unknown, Route::Metafields),
        _ => Route::Unknown,
    };
    (version.to_owned(), route)
}

pub(crate) fn operation(call: &Call) -> &'static str {
    match (route(&call.path).1, &call.method) {
        (Route::Orders, &Method::GET) => "list",
        (Route::Count, _) => "count",
        (Route::Order(_), &Method::GET) => "get",
        (Route::Order(_), _) => "update",
        (Route::Refunds(_), _) => "refunds",
        (Route::Metafields(_), _) => "metafields",
        (Route::Shop | Route::Scopes, _) => "info",
        (Route::Orders | Route::Unknown, _) => "other",
    }
}

/// The leaky bucket, counted for the shop whether or not the token is right. Every answer says how full it is.
pub(crate) fn count_call(shared: &Shared, call: &Call) -> (Option<Response>, HeaderMap) {
    let mut headers = HeaderMap::new();
    let (size, leak) =
        shared.read(|state| (state.switches.shopify_bucket.max(1), state.switches.shopify_leak_per_s.max(1)));
    let (fits, filled) = match shared.config.rate_limits {
        Limits::Off => (true, 1),
        Limits::On => lock(&shared.limiter).pour("shopify", size, leak, call.at_ms),
    };
    if let Ok(value) = HeaderValue::from_str(&format!("{filled}/{size}")) {
        headers.insert("x-shopify-shop-api-call-limit", value);
    }
    if fits {
        return (None, headers);
    }
    headers.insert("retry-after", HeaderValue::from_static("2.0"));
    let words = format!(
        "Exceeded {leak} calls per second for api client. Reduce request rates to resume uninterrupted service."
    );
    (Some(error(StatusCode::TOO_MANY_REQUESTS, json!(words))), headers)
}

/// `errors` is a text, or lists of texts by field.
fn error(status: StatusCode, errors: Value) -> Response {
    answer_json(status, &json!({ "errors": errors }))
}

fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, json!("Not Found"))
}

pub(crate) fn answer(shared: &Shared, call: &Call) -> Response {
    let (version, route) = route(&call.path);
    let token = call.headers.get("x-shopify-access-token").and_then(|value| value.to_str().ok());
    let mut response = if token == Some(account::SHOPIFY_TOKEN) {
        dispatch(shared, call, &version, route)
    } else {
        canned(FaultKind::WrongCredential)
    };
    if let Ok(version) = HeaderValue::from_str(&version) {
        response.headers_mut().insert(HeaderName::from_static("x-shopify-api-version"), version);
    }
    response
}

fn dispatch(shared: &Shared, call: &Call, version: &str, route: Route) -> Response {
    match (route, call.method.as_str()) {
        (Route::Scopes, "GET") => answer_json(StatusCode::OK, &scopes_json(shared)),
        (Route::Shop, "GET") => answer_json(StatusCode::OK, &json!({ "shop": shop_json(call) })),
        (Route::Orders, "GET") => orders::list(shared, call, version),
        (Route::Count, "GET") => orders::count(shared, call),
        (Route::Order(id), "GET") => orders::get(shared, id, call),
        (Route::Order(id), "PUT") => orders::update(shared, id, call),
        (Route::Refunds(id), "GET") => orders::refunds(shared, id),
        (Route::Metafields(id), "GET") => orders::metafields(shared, id, call),
        (Route::Metafields(id), "POST") => orders::set_metafield(shared, id, call),
        _ => not_found(),
    }
}

fn scopes_json(shared: &Shared) -> Value {
    let mut scopes = vec!["read_orders", "write_orders"];
    if shared.read(|state| state.switches.shopify_all_orders) {
        scopes.push("read_all_orders");
    }
    json!({ "access_scopes": scopes.iter().map(|handle| json!({ "handle": handle })).collect::<Vec<_>>() })
}

/// Orders placed before are not shown.
fn reach_ms(shared: &Shared, call: &Call) -> i64 {
    let all = shared.read(|state| state.switches.shopify_all_orders);
    if all { i64::MIN } else { call.at_ms.saturating_sub(SHORT_REACH_MS) }
}

fn shop_json(call: &Call) -> Value {
    json!({
        "id": 68_000_000_001_u64, "name": "Atelier Cană", "email": "comenzi@atelier-cana.example",
        "domain": "atelier-cana.example", "myshopify_domain": account::SHOPIFY_DOMAIN, "shop_owner": "Atelier Cană",
        "country": "RO", "country_code": "RO", "country_name": "Romania", "province": null, "city": "București",
        "address1": "Str. Olarilor nr. 5", "zip": "020761", "phone": null, "primary_locale": "ro", "currency": "RON",
        "money_format": "{{amount_with_comma_separator}} lei", "iana_timezone": "Europe/Bucharest",
        "timezone": "(GMT+02:00) Europe/Bucharest", "taxes_included": true, "tax_shipping": true, "county_taxes": true,
        "plan_name": "basic", "plan_display_name": "Basic", "password_enabled": false, "weight_unit": "kg",
        "created_at": "2024-03-01T10:00:00+02:00", "updated_at": offset_text(call.at_ms),
    })
}

pub(crate) fn canned(kind: FaultKind) -> Response {
    match kind {
        FaultKind::WrongCredential => error(
            StatusCode::UNAUTHORIZED,
            json!("[API] Invalid API key or access token (unrecognized login or wrong password)"),
        ),
        FaultKind::Status403 => {
            error(StatusCode::FORBIDDEN, json!("[API] This action requires merchant approval for read_orders scope."))
        }
        FaultKind::Status429 => {
            let words =
                "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.";
            let mut response = error(StatusCode::TOO_MANY_REQUESTS, json!(words));
            response.headers_mut().insert("retry-after", HeaderValue::from_static("2.0"));
            response
        }
        FaultKind::RefuseVat | FaultKind::RefuseSeries | FaultKind::Error200 => {
            error(StatusCode::UNPROCESSABLE_ENTITY, json!({ "base": ["Invalid parameter"] }))
        }
        _ => error(StatusCode::INTERNAL_SERVER_ERROR, json!("Internal Server Error")),
    }
}

/// The demonstration's orders as this shop holds them.
pub(crate) fn seed(shop: &mut ShopifyShop, orders: &[(Value, i64)]) -> Result<(), SandboxError> {
    for (order, modified_ms) in orders {
        let (id, number) = shop.next();
        shop.put(translate::order_of(&Sale::read(order, *modified_ms), id, number), *modified_ms)?;
    }
    Ok(())
}

/// The next order of the endless drip.
pub(crate) fn next_of_drip(shop: &mut ShopifyShop, seed: u64, now_ms: i64) -> Value {
    let n = shop.drip;
    shop.drip += 1;
    let ((id, number), stream) = (shop.next(), Dice::new(seed, 0x5807).next());
    translate::order_of(&Sale::read(&shop::live_order(stream, n), now_ms), id, number)
}

/// For `GET /state` of the control endpoint.
pub(crate) fn summary(orders: &[StoredOrder]) -> Value {
    let mut by_status = serde_json::Map::new();
    for order in orders {
        let count = by_status.get(&order.financial_status).and_then(Value::as_u64).unwrap_or_default();
        by_status.insert(order.financial_status.clone(), json!(count + 1));
    }
    json!({ "orders": orders.len(), "by_status": by_status })
}
