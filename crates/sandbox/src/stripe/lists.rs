//! Stripe's lists: newest first, `limit`, `starting_after` and `ending_before`, and the filters of each.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::books::{Event, StoredSession};
use super::{error, expand, missing};
use crate::call::{Call, json as answer_json, nested};
use crate::shared::Shared;

type Refusal = Box<Response>;

const DEEPEST: usize = 4;

fn wrong(code: &str, param: &str, message: &str) -> Refusal {
    Box::new(error(StatusCode::BAD_REQUEST, code, param, message))
}

pub(super) fn text<'a>(query: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    query.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

pub(super) fn texts<'a>(query: &'a Map<String, Value>, name: &str) -> Vec<&'a str> {
    match query.get(name) {
        Some(Value::Object(items)) => items.values().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one],
        _ => Vec::new(),
    }
}

/// What `expand[]` asks for, without the prefix that it has in a list.
pub(super) fn asked(query: &Map<String, Value>, prefix: &str) -> Result<Vec<String>, Refusal> {
    let mut asked = Vec::new();
    for path in texts(query, "expand") {
        if path.split('.').count() > DEEPEST {
            let words = format!("You cannot expand more than {DEEPEST} levels of a property. Property: {path}");
            return Err(wrong("", "expand", &words));
        }
        match path.strip_prefix(prefix).filter(|path| expand::can_expand(path)) {
            Some(path) => asked.push(path.to_owned()),
            None => {
                let words = format!("This property cannot be expanded ({path}).");
                return Err(wrong("", "expand", &words));
            }
        }
    }
    Ok(asked)
}

/// Bounds of `created`, in seconds: an exact one, or by gt, gte, lt and lte.
pub(super) struct Created {
    from: i64,
    to: i64,
}

impl Created {
    pub(super) fn read(query: &Map<String, Value>) -> Result<Self, Refusal> {
        let number = |text: &str| {
            text.parse::<i64>().map_err(|_| wrong("parameter_invalid_integer", "created", "Invalid integer: created"))
        };
        let mut bounds = Self { from: i64::MIN, to: i64::MAX };
        match query.get("created") {
            Some(Value::String(exact)) => bounds = Self { from: number(exact)?, to: number(exact)? },
            Some(Value::Object(given)) => {
                for (name, value) in given {
                    let value = number(value.as_str().unwrap_or_default())?;
                    match name.as_str() {
                        "gte" => bounds.from = value,
                        "gt" => bounds.from = value.saturating_add(1),
                        "lte" => bounds.to = value,
                        "lt" => bounds.to = value.saturating_sub(1),
                        other => {
                            let words = format!("Received unknown parameter: created[{other}]");
                            return Err(wrong("parameter_unknown", "created", &words));
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(bounds)
    }

    pub(super) fn takes(&self, at_ms: i64) -> bool {
        (self.from..=self.to).contains(&at_ms.div_euclid(1_000))
    }
}

pub(super) fn known(query: &Map<String, Value>, own: &[&str]) -> Result<(), Refusal> {
    const ALL: [&str; 4] = ["limit", "starting_after", "ending_before", "expand"];
    match query.keys().find(|name| !ALL.contains(&name.as_str()) && !own.contains(&name.as_str())) {
        None => Ok(()),
        Some(other) => Err(wrong("parameter_unknown", other, &format!("Received unknown parameter: {other}"))),
    }
}

/// Cuts the page out of what was found, newest first.
pub(super) fn page(query: &Map<String, Value>, found: Vec<Value>, kind: &str, url: &str) -> Result<Value, Refusal> {
    let limit = match text(query, "limit") {
        None => 10,
        Some(text) => text
            .parse::<usize>()
            .ok()
            .filter(|limit| (1..=100).contains(limit))
            .ok_or_else(|| wrong("parameter_invalid_integer", "limit", "limit must be between 1 and 100"))?,
    };
    let place = |name: &'static str, id: &str| {
        let at = found.iter().position(|one| one["id"] == id);
        at.ok_or_else(|| Box::new(missing(kind, id, name)))
    };
    let (from, to, more) = match (text(query, "starting_after"), text(query, "ending_before")) {
        (Some(id), _) => {
            let from = place("starting_after", id)? + 1;
            let to = (from + limit).min(found.len());
            (from, to, to < found.len())
        }
        (None, Some(id)) => {
            let to = place("ending_before", id)?;
            let from = to.saturating_sub(limit);
            (from, to, from > 0)
        }
        (None, None) => (0, limit.min(found.len()), limit < found.len()),
    };
    Ok(json!({ "object": "list", "data": found[from..to], "has_more": more, "url": url }))
}

pub(super) fn finish(list: Result<Value, Refusal>) -> Response {
    match list {
        Ok(list) => answer_json(StatusCode::OK, &list),
        Err(refusal) => *refusal,
    }
}

pub(super) fn newest_ms(call: &Call) -> i64 {
    if call.lag_ms > 0 { call.at_ms.saturating_sub(call.lag_ms) } else { i64::MAX }
}

pub(super) fn sessions(shared: &Shared, call: &Call) -> Response {
    let list = || {
        let query = nested(&call.query);
        known(
            &query,
            &["created", "customer", "customer_details", "payment_intent", "payment_link", "status", "subscription"],
        )?;
        let asked = asked(&query, "data.")?;
        let created = Created::read(&query)?;
        let (status, intent) = (text(&query, "status"), text(&query, "payment_intent"));
        let newest_ms = newest_ms(call);
        let mut found = shared.read(|state| {
            let takes = |session: &&StoredSession| {
                created.takes(session.created_ms)
                    && session.created_ms <= newest_ms
                    && status.is_none_or(|status| session.status == status)
                    && intent.is_none_or(|intent| session.payment_intent == intent)
            };
            let mut found: Vec<&StoredSession> = state.stripe.sessions().iter().filter(takes).collect();
            // Of one second the later made comes first.
            found.reverse();
            found.sort_by_key(|session| std::cmp::Reverse(session.created_ms.div_euclid(1_000)));
            let expanded = |session: &&StoredSession| {
                let mut session = session.value();
                state.stripe.expand_payment(&mut session, &asked);
                session
            };
            found.iter().map(expanded).collect::<Vec<Value>>()
        });
        found.iter_mut().for_each(|session| expand::hide(session, &asked));
        page(&query, found, "checkout.session", "/v1/checkout/sessions")
    };
    finish(list())
}

pub(super) fn line_items(shared: &Shared, id: &str, call: &Call) -> Response {
    let list = || {
        let query = nested(&call.query);
        known(&query, &[])?;
        // Here a line's own fields are named: data.taxes.
        let asked: Vec<String> = texts(&query, "expand")
            .iter()
            .map(|path| format!("line_items.{path}"))
            .chain(["line_items".into()])
            .collect();
        let session = shared.read(|state| state.stripe.find(id).map(StoredSession::value));
        let mut session = session.ok_or_else(|| Box::new(missing("checkout.session", id, "session")))?;
        expand::hide(&mut session, &asked);
        let lines = session["line_items"]["data"].as_array().cloned().unwrap_or_default();
        page(&query, lines, "item", &format!("/v1/checkout/sessions/{id}/line_items"))
    };
    finish(list())
}

pub(super) fn refunds(shared: &Shared, call: &Call) -> Response {
    let list = || {
        let query = nested(&call.query);
        known(&query, &["created", "charge", "payment_intent"])?;
        let created = Created::read(&query)?;
        let fits = |refund: &Value, name: &str| text(&query, name).is_none_or(|wanted| refund[name] == wanted);
        let found = shared.read(|state| {
            let at_ms = |refund: &Value| refund["created"].as_i64().unwrap_or_default().saturating_mul(1_000);
            let takes = |refund: &Value| {
                created.takes(at_ms(refund)) && fits(refund, "payment_intent") && fits(refund, "charge")
            };
            state.stripe.refunds().rev().filter(takes).collect::<Vec<Value>>()
        });
        page(&query, found, "refund", "/v1/refunds")
    };
    finish(list())
}

pub(super) fn events(shared: &Shared, call: &Call) -> Response {
    let list = || {
        let query = nested(&call.query);
        known(&query, &["created", "type", "types", "delivery_success"])?;
        let created = Created::read(&query)?;
        let (one, many) = (text(&query, "type"), texts(&query, "types"));
        if one.is_some() && !many.is_empty() {
            return Err(wrong("", "type", "You may only specify one of these parameters: type, types."));
        }
        if many.len() > 20 {
            return Err(wrong("", "types", "You may pass up to 20 types."));
        }
        // A star at the end stands for the rest.
        let is = |kind: &str, wanted: &str| {
            wanted.strip_suffix('*').map_or(kind == wanted, |beginning| kind.starts_with(beginning))
        };
        let newest_ms = newest_ms(call);
        let found = shared.read(|state| {
            let takes = |event: &&Event| {
                created.takes(event.created_ms)
                    && event.created_ms <= newest_ms
                    && one.is_none_or(|wanted| is(&event.kind, wanted))
                    && (many.is_empty() || many.iter().any(|wanted| is(&event.kind, wanted)))
            };
            let mut found: Vec<&Event> = state.stripe.events().iter().filter(takes).collect();
            found.reverse();
            found.sort_by_key(|event| std::cmp::Reverse(event.created_ms.div_euclid(1_000)));
            found.into_iter().map(Event::value).collect::<Vec<Value>>()
        });
        page(&query, found, "event", "/v1/events")
    };
    finish(list())
}
