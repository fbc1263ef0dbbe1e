//! The orders resource: lists with their filters and cursors, counts, one order, its update, refunds and metafields.

use std::collections::HashMap;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::books::{Metafield, StoredOrder};
use super::{error, not_found, reach_ms};
use crate::call::{Call, json as answer_json, pairs};
use crate::clock::{offset_text, read_shop_date};
use crate::front::broken;
use crate::shared::Shared;

const MOST: usize = 250;

/// What a list is narrowed to and how it is sorted. A cursor carries it along, so that the next page is of the same list.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Filter {
    status: String,
    financial: Option<String>,
    fulfillment: Option<String>,
    ids: Vec<u64>,
    since_id: Option<u64>,
    created_min: Option<i64>,
    created_max: Option<i64>,
    updated_min: Option<i64>,
    updated_max: Option<i64>,
    name: Option<String>,
    by_update: bool,
    ascending: bool,
}

/// Where a page begins or ends: the order's sort value and id. What is added meanwhile does not shift it.
#[derive(Debug, Serialize, Deserialize)]
struct Cursor {
    filter: Filter,
    at_ms: i64,
    id: u64,
    back: bool,
}

type Wrong = (String, String);

fn wrong((name, why): Wrong) -> Response {
    let mut errors = Map::new();
    errors.insert(name, why.into());
    error(StatusCode::BAD_REQUEST, errors.into())
}

fn choice(query: &HashMap<String, String>, name: &str, among: &[&str]) -> Result<Option<String>, Wrong> {
    match query.get(name).filter(|value| !value.is_empty()) {
        Some(value) if !among.contains(&value.as_str()) => {
            Err((name.to_owned(), format!("{value} is not one of {}", among.join(", "))))
        }
        value => Ok(value.filter(|value| *value != "any").cloned()),
    }
}

impl Filter {
    /// A list shows open orders unless told otherwise: what is paid and sent is closed, and out of sight.
    fn read(query: &HashMap<String, String>) -> Result<Self, Wrong> {
        let given = |name: &str| query.get(name).filter(|value| !value.is_empty());
        let date = |name: &str| match given(name) {
            None => Ok(None),
            // An offset's plus sign that was not escaped arrives as a blank.
            Some(text) => read_shop_date(&text.replace(' ', "+"), false)
                .map(Some)
                .ok_or_else(|| (name.to_owned(), "is not a date".to_owned())),
        };
        let status = match given("status") {
            None => "open".to_owned(),
            Some(_) => {
                choice(query, "status", &["open", "closed", "cancelled", "any"])?.unwrap_or_else(|| "any".into())
            }
        };
        let financial = [
            "authorized",
            "pending",
            "paid",
            "partially_paid",
            "refunded",
            "voided",
            "partially_refunded",
            "any",
            "unpaid",
        ];
        let ids: Vec<&str> = given("ids").map(|ids| ids.split(',').collect()).unwrap_or_default();
        let order = given("order").map(|order| order.to_lowercase()).unwrap_or_default();
        let since_id =
            given("since_id").map(|id| id.parse().map_err(|_| ("since_id".to_owned(), "must be a number".to_owned())));
        Ok(Self {
            status,
            financial: choice(query, "financial_status", &financial)?,
            fulfillment: choice(
                query,
                "fulfillment_status",
                &["shipped", "partial", "unshipped", "any", "unfulfilled"],
            )?,
            ids: ids.iter().filter_map(|id| id.trim().parse().ok()).collect(),
            since_id: since_id.transpose()?,
            created_min: date("created_at_min")?,
            created_max: date("created_at_max")?,
            updated_min: date("updated_at_min")?,
            updated_max: date("updated_at_max")?,
            name: given("name").map(|name| name.trim_start_matches('#').to_owned()),
            by_update: order.starts_with("updated_at"),
            ascending: order.ends_with(" asc") || given("since_id").is_some(),
        })
    }

    /// The bounds belong to the list, to the second.
    fn takes(&self, order: &StoredOrder, newest_ms: i64) -> bool {
        let second = |ms: i64| ms.div_euclid(1_000);
        let from = |bound: Option<i64>, at| bound.is_none_or(|bound| second(at) >= second(bound));
        let to = |bound: Option<i64>, at| bound.is_none_or(|bound| second(at) <= second(bound));
        let status = match self.status.as_str() {
            "open" => !order.closed && !order.cancelled,
            "closed" => order.closed,
            "cancelled" => order.cancelled,
            _ => true,
        };
        let paid = match self.financial.as_deref() {
            Some("unpaid") => matches!(order.financial_status.as_str(), "pending" | "authorized" | "partially_paid"),
            Some(wanted) => order.financial_status == wanted,
            None => true,
        };
        let sent = match self.fulfillment.as_deref() {
            Some("shipped") => order.fulfillment_status == "fulfilled",
            Some("partial") => order.fulfillment_status == "partial",
            Some("unshipped") => order.fulfillment_status.is_empty(),
            Some(_) => order.fulfillment_status != "fulfilled",
            None => true,
        };
        status
            && paid
            && sent
            && order.updated_ms <= newest_ms
            && (self.ids.is_empty() || self.ids.contains(&order.id))
            && self.since_id.is_none_or(|id| order.id > id)
            && from(self.created_min, order.created_ms)
            && to(self.created_max, order.created_ms)
            && from(self.updated_min, order.updated_ms)
            && to(self.updated_max, order.updated_ms)
            && self.name.as_ref().is_none_or(|name| {
                order.value()["name"].as_str().is_some_and(|own| own.trim_start_matches('#') == name)
            })
    }

    fn key(&self, order: &StoredOrder) -> (i64, u64) {
        match (self.since_id, self.by_update) {
            (Some(_), _) => (0, order.id),
            (None, true) => (order.updated_ms, order.id),
            (None, false) => (order.created_ms, order.id),
        }
    }

    /// Everything that fits, in the list's order.
    fn sorted<'a>(&self, orders: &'a [StoredOrder], (reach_ms, newest_ms): (i64, i64)) -> Vec<&'a StoredOrder> {
        let shown = orders.iter().filter(|order| order.created_ms >= reach_ms);
        let mut found: Vec<&StoredOrder> = shown.filter(|order| self.takes(order, newest_ms)).collect();
        found.sort_by_key(|order| self.key(order));
        if !self.ascending {
            found.reverse();
        }
        found
    }
}

fn newest_ms(call: &Call) -> i64 {
    if call.lag_ms > 0 { call.at_ms.saturating_sub(call.lag_ms) } else { i64::MAX }
}

/// Filter and place of a list. With a cursor only `limit` and `fields` may stand beside it.
fn read_list(query: &HashMap<String, String>) -> Result<(Filter, Option<Cursor>, usize), Wrong> {
    let limit = match query.get("limit") {
        None => 50,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=MOST).contains(limit))
            .ok_or_else(|| ("limit".to_owned(), format!("must be between 1 and {MOST}")))?,
    };
    let Some(page_info) = query.get("page_info") else { return Ok((Filter::read(query)?, None, limit)) };
    if let Some(other) = query.keys().find(|name| !matches!(name.as_str(), "page_info" | "limit" | "fields")) {
        return Err((other.clone(), format!("{other} cannot be passed when page_info is present.")));
    }
    let bytes = URL_SAFE_NO_PAD.decode(page_info).ok();
    let cursor: Option<Cursor> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let cursor = cursor.ok_or_else(|| ("page_info".to_owned(), "Invalid value.".to_owned()))?;
    Ok((cursor.filter.clone(), Some(cursor), limit))
}

pub(super) fn list(shared: &Shared, call: &Call, version: &str) -> Response {
    let query = call.query_pairs();
    let (filter, cursor, limit) = match read_list(&query) {
        Ok(read) => read,
        Err(why) => return wrong(why),
    };
    let fields = query.get("fields");
    let bounds = (reach_ms(shared, call), newest_ms(call));
    let (orders, links) = shared.read(|state| {
        let found = filter.sorted(state.shopify.orders(), bounds);
        let later = |order: &&&StoredOrder, bound: (i64, u64)| {
            if filter.ascending { filter.key(order) > bound } else { filter.key(order) < bound }
        };
        let from = match &cursor {
            None => 0,
            Some(at) => {
                let bound = (at.at_ms, at.id);
                let after = found.iter().position(|order| later(&order, bound)).unwrap_or(found.len());
                if !at.back {
                    after
                } else {
                    // The bound itself was the first of the page that is left.
                    let upto = found.iter().position(|order| filter.key(order) == bound).unwrap_or(after);
                    upto.saturating_sub(limit)
                }
            }
        };
        let page: Vec<&StoredOrder> = found.iter().skip(from).take(limit).copied().collect();
        let mut links = Vec::new();
        let link = |order: &StoredOrder, back: bool| {
            let (at_ms, id) = filter.key(order);
            let cursor = Cursor { filter: filter.clone(), at_ms, id, back };
            let page_info = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&cursor).unwrap_or_default());
            let fields = fields.map(|fields| format!("&fields={fields}")).unwrap_or_default();
            let base = call.base_url("http://shopify.example");
            let rel = if back { "previous" } else { "next" };
            format!(
                "<{base}/admin/api/{version}/orders.json?limit={limit}{fields}&page_info={page_info}>; rel=\"{rel}\""
            )
        };
        if let Some(first) = page.first().filter(|_| from > 0) {
            links.push(link(first, true));
        }
        if let Some(last) = page.last().filter(|_| from + page.len() < found.len()) {
            links.push(link(last, false));
        }
        (page.iter().map(|order| narrowed(order.value(), fields)).collect::<Vec<Value>>(), links.join(", "))
    });
    let mut response = answer_json(StatusCode::OK, &json!({ "orders": orders }));
    if let Ok(links) = HeaderValue::from_str(&links)
        && !links.is_empty()
    {
        response.headers_mut().insert(HeaderName::from_static("link"), links);
    }
    response
}

/// Only the fields asked for.
fn narrowed(order: Value, fields: Option<&String>) -> Value {
    let (Some(fields), Value::Object(order)) = (fields, &order) else { return order };
    let wanted = |name: &String| fields.split(',').any(|field| field.trim() == name);
    order.iter().filter(|(name, _)| wanted(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

pub(super) fn count(shared: &Shared, call: &Call) -> Response {
    match Filter::read(&call.query_pairs()) {
        Err(why) => wrong(why),
        Ok(filter) => {
            let bounds = (reach_ms(shared, call), newest_ms(call));
            let count = shared.read(|state| filter.sorted(state.shopify.orders(), bounds).len());
            answer_json(StatusCode::OK, &json!({ "count": count }))
        }
    }
}

pub(super) fn get(shared: &Shared, id: u64, call: &Call) -> Response {
    let reach_ms = reach_ms(shared, call);
    let found = |order: &&StoredOrder| order.created_ms >= reach_ms;
    match shared.read(|state| state.shopify.find(id).filter(found).map(StoredOrder::value)) {
        None => not_found(),
        Some(order) => {
            let order = narrowed(order, call.query_pairs().get("fields"));
            answer_json(StatusCode::OK, &json!({ "order": order }))
        }
    }
}

pub(super) fn refunds(shared: &Shared, id: u64) -> Response {
    match shared.read(|state| state.shopify.find(id).map(|order| order.value()["refunds"].take())) {
        None => not_found(),
        Some(refunds) => answer_json(StatusCode::OK, &json!({ "refunds": refunds })),
    }
}

/// The object that a write is about: `{"order": {…}}`, or a form's `order[note]=…`.
fn body_of(call: &Call, name: &str) -> Result<Map<String, Value>, Box<Response>> {
    let required = || {
        let words = format!("Required parameter missing or invalid: {name}");
        Box::new(error(StatusCode::BAD_REQUEST, json!({ name: words })))
    };
    if !call.is_json() {
        let form = pairs(&String::from_utf8_lossy(&call.body));
        let own = form.into_iter().filter_map(|(key, value)| {
            let key = key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')?.to_owned();
            Some((key, Value::String(value)))
        });
        let fields: Map<String, Value> = own.collect();
        return if fields.is_empty() { Err(required()) } else { Ok(fields) };
    }
    match serde_json::from_slice::<Value>(&call.body).map(|mut body| body[name].take()) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(required()),
        Err(_) => Err(Box::new(error(StatusCode::BAD_REQUEST, json!("Malformed JSON")))),
    }
}

pub(super) fn update(shared: &Shared, id: u64, call: &Call) -> Response {
    let changes = match body_of(call, "order") {
        Ok(changes) => changes,
        Err(refusal) => return *refusal,
    };
    let listed = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(|one| one["name"].is_string()));
    if changes.get("note_attributes").is_some_and(|value| !listed(value)) {
        let words = json!({ "note_attributes": ["expected Array to be a Hash of name and value"] });
        return error(StatusCode::UNPROCESSABLE_ENTITY, words);
    }
    shared.change_and_answer(|state| match state.shopify.update(id, &changes, call.at_ms) {
        None => Err(Box::new(not_found())),
        Some(Err(why)) => Err(Box::new(broken(&why))),
        Some(Ok(order)) => {
            state.changed_at_shopify(id, false, call.at_ms);
            Ok(answer_json(StatusCode::OK, &json!({ "order": order })))
        }
    })
}

fn metafield_json(field: &Metafield) -> Value {
    json!({
        "id": field.id, "namespace": field.namespace, "key": field.key, "value": field.value, "type": field.kind,
        "description": null, "owner_id": field.order, "owner_resource": "order",
        "created_at": offset_text(field.created_ms), "updated_at": offset_text(field.updated_ms),
        "admin_graphql_api_id": format!("gid://shopify/Metafield/{}", field.id),
    })
}

pub(super) fn metafields(shared: &Shared, id: u64, call: &Call) -> Response {
    let query = call.query_pairs();
    let wanted = |field: &&Metafield| {
        query.get("namespace").is_none_or(|space| *space == field.namespace)
            && query.get("key").is_none_or(|key| *key == field.key)
    };
    let fields = shared.read(|state| {
        state.shopify.find(id)?;
        Some(state.shopify.metafields(id).filter(wanted).map(metafield_json).collect::<Vec<Value>>())
    });
    match fields {
        None => not_found(),
        Some(fields) => answer_json(StatusCode::OK, &json!({ "metafields": fields })),
    }
}

/// A field that is there already is set anew. The order's own `updated_at` stays (UNVERIFIED).
pub(super) fn set_metafield(shared: &Shared, id: u64, call: &Call) -> Response {
    let fields = match body_of(call, "metafield") {
        Ok(fields) => fields,
        Err(refusal) => return *refusal,
    };
    let mut errors = Map::new();
    for name in ["namespace", "key", "value", "type"] {
        if fields.get(name).is_none_or(|value| value.is_null() || value.as_str() == Some("")) {
            errors.insert(name.into(), json!(["can't be blank"]));
        }
    }
    if !errors.is_empty() {
        return error(StatusCode::UNPROCESSABLE_ENTITY, errors.into());
    }
    let text = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
    let field = Metafield {
        id: 0,
        order: id,
        namespace: text("namespace"),
        key: text("key"),
        value: fields["value"].clone(),
        kind: text("type"),
        created_ms: call.at_ms,
        updated_ms: call.at_ms,
    };
    shared.change_and_answer(|state| {
        if state.shopify.find(id).is_none() {
            return Err(Box::new(not_found()));
        }
        let field = metafield_json(state.shopify.set_metafield(field));
        Ok(answer_json(StatusCode::CREATED, &json!({ "metafield": field })))
    })
}
