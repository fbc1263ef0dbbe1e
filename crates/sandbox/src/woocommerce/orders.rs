//! The orders resource: lists with their filters and paging headers, one order, its update, its refunds.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::error;
use super::shop::StoredOrder;
use crate::call::{Call, json as answer_json, nested, pairs};
use crate::clock::read_shop_date;
use crate::front::broken;
use crate::money::parse_decimal;
use crate::shared::Shared;

struct Query {
    page: usize,
    per_page: usize,
    offset: Option<usize>,
    statuses: Vec<String>,
    include: Vec<u64>,
    exclude: Vec<u64>,
    after: Option<i64>,
    before: Option<i64>,
    modified_after: Option<i64>,
    modified_before: Option<i64>,
    search: Option<String>,
    by_id: bool,
    ascending: bool,
    dp: Option<u32>,
}

/// A wrong parameter: its name and what is the matter.
type Wrong = (&'static str, String);

fn read_query(text: &str) -> Result<Query, Wrong> {
    let values = nested(text);
    let one = |name: &str| values.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
    let many = |name: &str| -> Vec<String> {
        match values.get(name) {
            Some(Value::String(list)) => list.split(',').map(|item| item.trim().to_owned()).collect(),
            Some(Value::Object(items)) => items.values().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        }
    };
    let number = |name: &'static str, low: usize, high: usize, otherwise: usize| match one(name) {
        None => Ok(otherwise),
        Some(text) => text
            .parse::<usize>()
            .ok()
            .filter(|value| (low..=high).contains(value))
            .ok_or_else(|| (name, format!("{name} must be between {low} (inclusive) and {high} (inclusive)"))),
    };
    let gmt = one("dates_are_gmt").is_some_and(|flag| flag == "true" || flag == "1");
    let date = |name: &'static str| match one(name) {
        None => Ok(None),
        Some(text) => read_shop_date(text, gmt).map(Some).ok_or_else(|| (name, "Invalid date.".to_owned())),
    };
    let ids = |name: &'static str| {
        many(name)
            .iter()
            .filter(|id| !id.is_empty())
            .map(|id| id.parse::<u64>().map_err(|_| (name, format!("{name}[0] is not of type integer."))))
            .collect::<Result<Vec<u64>, Wrong>>()
    };
    let choice = |name: &'static str, among: &[&str]| match one(name) {
        Some(value) if !among.contains(&value) => Err((name, format!("{name} is not one of {}.", among.join(", ")))),
        value => Ok(value.map(str::to_owned)),
    };
    let by = choice("orderby", &["date", "id", "include", "title", "slug"])?;
    let order = choice("order", &["asc", "desc"])?;
    Ok(Query {
        page: number("page", 1, usize::MAX, 1)?,
        per_page: number("per_page", 1, 100, 10)?,
        offset: one("offset").map(|text| text.parse().map_err(|_| ("offset", "not an integer".into()))).transpose()?,
        statuses: match many("status") {
            // beside `any` no other status is listened to, and it leaves the trash out
            all if all.iter().any(|status| status == "any") => Vec::new(),
            all => all.into_iter().filter(|status| !status.is_empty()).collect(),
        },
        include: ids("include")?,
        exclude: ids("exclude")?,
        after: date("after")?,
        before: date("before")?,
        modified_after: date("modified_after")?,
        modified_before: date("modified_before")?,
        search: one("search").map(str::to_lowercase),
        by_id: by.as_deref() == Some("id"),
        ascending: order.as_deref() == Some("asc"),
        dp: match one("dp") {
            None => None,
            Some(_) => u32::try_from(number("dp", 0, 10, 2)?).ok(),
        },
    })
}

impl Query {
    /// WordPress compares dates without the bound itself, to the second.
    fn takes(&self, order: &StoredOrder, newest_ms: i64) -> bool {
        let second = |ms: i64| ms.div_euclid(1_000);
        let after = |bound: Option<i64>, at| bound.is_none_or(|bound| second(at) > second(bound));
        let before = |bound: Option<i64>, at| bound.is_none_or(|bound| second(at) < second(bound));
        let status =
            if self.statuses.is_empty() { order.status != "trash" } else { self.statuses.contains(&order.status) };
        status
            && order.modified_ms <= newest_ms
            && (self.include.is_empty() || self.include.contains(&order.id))
            && !self.exclude.contains(&order.id)
            && after(self.after, order.created_ms)
            && before(self.before, order.created_ms)
            && after(self.modified_after, order.modified_ms)
            && before(self.modified_before, order.modified_ms)
            && self.search.as_deref().is_none_or(|words| order.order.get().to_lowercase().contains(words))
    }
}

pub(super) fn list(shared: &Shared, call: &Call) -> Response {
    let query = match read_query(&call.query) {
        Ok(query) => query,
        Err((name, why)) => return wrong_parameter(name, why),
    };
    let newest_ms = if call.lag_ms > 0 { call.at_ms.saturating_sub(call.lag_ms) } else { i64::MAX };
    let (found, orders) = shared.read(|state| {
        let mut orders: Vec<&StoredOrder> =
            state.woocommerce.orders().iter().filter(|order| query.takes(order, newest_ms)).collect();
        orders.sort_by_key(|order| if query.by_id { (0, order.id) } else { (order.created_ms, order.id) });
        if !query.ascending {
            orders.reverse();
        }
        let skip = query.offset.unwrap_or_else(|| (query.page - 1).saturating_mul(query.per_page));
        let page: Vec<Box<RawValue>> =
            orders.iter().skip(skip).take(query.per_page).map(|order| order.order.clone()).collect();
        (orders.len(), page)
    });
    let pages = found.div_ceil(query.per_page);
    let mut response = match query.dp {
        None | Some(2) => answer_json(StatusCode::OK, &orders),
        Some(places) => answer_json(StatusCode::OK, &orders.iter().map(|o| with_places(o, places)).collect::<Vec<_>>()),
    };
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("x-wp-total"), HeaderValue::from(found));
    headers.insert(HeaderName::from_static("x-wp-totalpages"), HeaderValue::from(pages));
    if let Some(link) = links(call, query.page, pages) {
        headers.insert(HeaderName::from_static("link"), link);
    }
    response
}

/// WordPress names the page before and the page after, with the whole query but for the secret pair.
fn links(call: &Call, page: usize, pages: usize) -> Option<HeaderValue> {
    let base = call.base_url("http://atelier-cana.example");
    let kept: Vec<String> = call
        .query
        .split('&')
        .filter(|part| !part.is_empty())
        .filter(|part| !matches!(part.split('=').next(), Some("page" | "consumer_key" | "consumer_secret")))
        .filter(|part| !part.starts_with("oauth_"))
        .map(str::to_owned)
        .collect();
    let target = |page: usize| {
        let mut parts = kept.clone();
        parts.push(format!("page={page}"));
        format!("<{base}{}?{}>", call.path, parts.join("&"))
    };
    let mut links = Vec::new();
    if page > 1 {
        links.push(format!("{}; rel=\"prev\"", target((page - 1).min(pages.max(1)))));
    }
    if page < pages {
        links.push(format!("{}; rel=\"next\"", target(page + 1)));
    }
    (!links.is_empty()).then(|| HeaderValue::from_str(&links.join(", ")).ok()).flatten()
}

pub(super) fn wrong_parameter(name: &str, why: String) -> Response {
    let mut params = Map::new();
    params.insert(name.into(), why.into());
    let message = format!("Invalid parameter(s): {name}");
    error(StatusCode::BAD_REQUEST, "rest_invalid_param", &message, Some(params))
}

/// `dp`: the same sums with more or fewer places. Only formats, as WooCommerce's does.
fn with_places(order: &RawValue, places: u32) -> Value {
    const SUMS: [&str; 12] = [
        "total",
        "total_tax",
        "subtotal",
        "subtotal_tax",
        "discount_total",
        "discount_tax",
        "shipping_total",
        "shipping_tax",
        "cart_tax",
        "discount",
        "tax_total",
        "shipping_tax_total",
    ];
    fn walk(value: &mut Value, places: u32) {
        match value {
            Value::Object(fields) => {
                for (key, field) in fields.iter_mut().filter(|(key, _)| *key != "taxes") {
                    match field {
                        Value::String(text) if SUMS.contains(&key.as_str()) => {
                            if let Some(sum) = parse_decimal(text) {
                                *text = format!("{:.*}", places as usize, sum);
                            }
                        }
                        field => walk(field, places),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| walk(item, places)),
            _ => {}
        }
    }
    let mut order: Value = serde_json::from_str(order.get()).unwrap_or_default();
    walk(&mut order, places);
    order
}

fn no_such(status: StatusCode) -> Response {
    error(status, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.", None)
}

pub(super) fn get(shared: &Shared, id: u64, call: &Call) -> Response {
    let dp = match read_query(&call.query) {
        Ok(query) => query.dp,
        Err((name, why)) => return wrong_parameter(name, why),
    };
    match (shared.read(|state| state.woocommerce.find(id).map(|order| order.order.clone())), dp) {
        (None, _) => no_such(StatusCode::NOT_FOUND),
        (Some(order), None | Some(2)) => answer_json(StatusCode::OK, &order),
        (Some(order), Some(places)) => answer_json(StatusCode::OK, &with_places(&order, places)),
    }
}

pub(super) fn refunds(shared: &Shared, id: u64) -> Response {
    match shared.read(|state| state.woocommerce.find(id).map(|order| order.refunds.clone())) {
        None => error(StatusCode::NOT_FOUND, "woocommerce_rest_invalid_order_id", "Invalid order ID.", None),
        Some(refunds) => answer_json(StatusCode::OK, &refunds),
    }
}

/// JSON, or a form.
pub(super) fn body_of(call: &Call) -> Result<Map<String, Value>, Box<Response>> {
    if !call.is_json() {
        let form = pairs(&String::from_utf8_lossy(&call.body));
        return Ok(form.into_iter().map(|(name, value)| (name, Value::String(value))).collect());
    }
    match serde_json::from_slice::<Value>(&call.body) {
        Ok(Value::Object(changes)) => Ok(changes),
        _ => Err(Box::new(error(StatusCode::BAD_REQUEST, "rest_invalid_json", "Invalid JSON body passed.", None))),
    }
}

pub(super) fn update(shared: &Shared, id: u64, call: &Call) -> Response {
    let changes = match body_of(call) {
        Ok(changes) => changes,
        Err(refusal) => return *refusal,
    };
    const STATUSES: [&str; 8] =
        ["pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "trash"];
    if let Some(status) = changes.get("status")
        && !status.as_str().is_some_and(|status| STATUSES.contains(&status))
    {
        return wrong_parameter("status", format!("status is not one of {}.", STATUSES.join(", ")));
    }
    if changes.get("meta_data").is_some_and(|meta| !meta.is_array()) {
        return wrong_parameter("meta_data", "meta_data is not of type array.".into());
    }
    shared.change_and_answer(|state| match state.woocommerce.update(id, &changes, call.at_ms) {
        None => Err(Box::new(no_such(StatusCode::BAD_REQUEST))),
        Some(Err(why)) => Err(Box::new(broken(&why))),
        Some(Ok(order)) => {
            state.changed_at_woocommerce(id, false, call.at_ms);
            Ok(answer_json(StatusCode::OK, &order))
        }
    })
}

/// `DELETE /orders/{id}`: into the trash, or, with `force`, away for good.
pub(super) fn delete(shared: &Shared, id: u64, call: &Call) -> Response {
    let query = nested(&call.query);
    let is_forced = matches!(query.get("force").and_then(Value::as_str), Some("true" | "1"));
    shared.change_and_answer(|state| {
        let is_trashed = |order: &StoredOrder| order.status == "trash";
        match state.woocommerce.find(id).map(is_trashed) {
            None => return Err(Box::new(no_such(StatusCode::NOT_FOUND))),
            Some(true) if !is_forced => {
                let words = "The shop_order has already been deleted.";
                return Err(Box::new(error(StatusCode::GONE, "woocommerce_rest_already_trashed", words, None)));
            }
            Some(_) => {}
        }
        let removed =
            if is_forced { state.woocommerce.remove(id).map(Ok) } else { state.woocommerce.trash(id, call.at_ms) };
        match removed {
            None => Err(Box::new(no_such(StatusCode::NOT_FOUND))),
            Some(Err(why)) => Err(Box::new(broken(&why))),
            Some(Ok(order)) => {
                state.deleted_at_woocommerce(id, call.at_ms);
                Ok(answer_json(StatusCode::OK, &order))
            }
        }
    })
}

/// For `GET /state` of the control endpoint.
pub(crate) fn summary(orders: &[StoredOrder]) -> Value {
    let mut by_status: Map<String, Value> = Map::new();
    for order in orders {
        let count = by_status.get(&order.status).and_then(Value::as_u64).unwrap_or_default();
        by_status.insert(order.status.clone(), json!(count + 1));
    }
    json!({ "orders": orders.len(), "by_status": by_status })
}
