//! What a viewer is not shown: e-mail addresses, telephone numbers and personal codes of clients.
//!
//! Every answer goes through it whatever asked, so that no screen has to remember. A field is judged by its name, everything else by
//! what stands in it; text that is JSON is gone through as such. What a screen finds its way by (ids, numbers, links) stays, and so
//! do the names of who works here.

#[cfg(test)]
mod tests;

use super::Host;
use crate::commands::{AccessRole, Session};
use crate::error::ApiError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use punte_domain::personal::names::{self, Told, bare};
use punte_domain::personal::{MASK, Tells, is_code, mask, mask_only};
use regex::{Captures, Regex};
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// Answers that are not gone through: what was set up, what whoever asks wrote, what is about the machine. None is about clients,
/// and a mapping that came back changed would be saved or tried so.
const OPEN: &[&str] = &[
    "app.",
    "layout.",
    "listener.",
    "network.",
    "session.",
    "vault.",
    "views.",
    "mappings.diff",
    "mappings.get",
    "mappings.history",
    "mappings.list",
    "mappings.read_text",
    "mappings.version",
    "mappings.write_text",
    "table.summary",
    "table.vocabulary",
];
/// Papers as the provider gave them: what stands on them cannot be taken out.
const PAPERS: &[&str] = &["documents.einvoice_archive", "documents.pdf", "doubts.candidate_pdf"];
/// Who works here, and the account that a connection logs in with.
const OF_US: &[&str] =
    &["account", "askedby", "author", "by", "decidedby", "operator", "owner", "people", "reopenedby", "who"];
/// What a screen finds its way by, or compares: long numbers among them are no telephone numbers.
const WAYS: &[&str] = &[
    "code",
    "documentnumber",
    "fingerprint",
    "hash",
    "key",
    "link",
    "number",
    "order",
    "ordernumber",
    "path",
    "reference",
    "refund",
    "series",
    "sku",
];
/// Of an object that names a field, these say what it is about, and are no value of it.
const SAYS_WHICH: &[&str] = &[
    "block",
    "code",
    "expression",
    "field",
    "item",
    "itemname",
    "key",
    "kind",
    "label",
    "line",
    "name",
    "near",
    "order",
    "origin",
    "path",
    "row",
    "state",
    "target",
    "type",
];
/// Fields of text in text that was cut, and is no JSON any more: what stands before a value with the field's name in it, and the
/// value.
static IN_CUT_JSON: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(\\*"([^"\\]*)\\*"\s*:\s*\\*")([^"\\]+)"#).expect("checked by its test"));
/// JSON in text in JSON in text is gone through so deep.
const DEEPEST: u8 = 3;
/// Digits from which on a value of a field for numbers is masked.
const FEW: usize = 6;
const CODE_DIGITS: usize = 13;

impl Host {
    /// An answer as the role may see it.
    pub(super) fn veiled(session: &Session, command: &str, answer: Result<Value, ApiError>) -> Result<Value, ApiError> {
        if !is_veiled(session) {
            return answer;
        }
        match answer {
            Ok(mut answer) => {
                if !is_open(command) {
                    veil(&mut answer);
                }
                Ok(answer)
            }
            Err(mut error) => {
                error.detail = mask(&error.detail).into_owned();
                if let Some(failure) = error.failure.take() {
                    error.failure = Some(Box::new(veil_dto(*failure)?));
                }
                Err(error)
            }
        }
    }
}

/// Whether a session is shown less, and finds less.
pub(super) fn is_veiled(session: &Session) -> bool {
    session.role == AccessRole::Viewer
}

fn is_open(command: &str) -> bool {
    OPEN.iter().any(|open| command == *open || open.ends_with('.') && command.starts_with(open))
        || PAPERS.contains(&command)
}

/// The same for an answer that is yet to become a file.
pub(super) fn veil_dto<T>(answer: T) -> Result<T, ApiError>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let broken = |error: serde_json::Error| ApiError::new(crate::error::ErrorCode::Internal, error.to_string());
    let mut value = serde_json::to_value(answer).map_err(broken)?;
    veil(&mut value);
    serde_json::from_value(value).map_err(broken)
}

/// An order as received, without what a viewer is not shown.
pub(super) fn veil_json(text: &str) -> String {
    match json_in(text, &Place { is_raw: true, deep: 0 }) {
        Some(anew) => anew.unwrap_or_else(|| text.to_owned()),
        None => mask(text).into_owned(),
    }
}

fn veil(answer: &mut Value) {
    match answer.as_object_mut() {
        Some(fields) if is_table(fields) => veil_table(fields),
        _ => walk(answer, "", None, &Place { is_raw: false, deep: 0 }),
    }
}

fn is_table(fields: &Map<String, Value>) -> bool {
    let kind = fields.get("mediaType").and_then(Value::as_str).unwrap_or_default();
    fields.contains_key("base64") && kind.starts_with("text/")
}

/// A file of text, as lists are downloaded.
fn veil_table(fields: &mut Map<String, Value>) {
    let text = fields.get("base64").and_then(Value::as_str).and_then(|text| STANDARD.decode(text).ok());
    // what cannot be read is not handed out
    let text = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    fields.insert("base64".to_owned(), STANDARD.encode(mask(&text).as_bytes()).into());
}

/// Where a value stands.
struct Place {
    /// In what came from outside, whose fields are named by others.
    is_raw: bool,
    deep: u8,
}

/// By a field's name, or the end of a path to it.
fn told_by(name: &str) -> Option<Told> {
    names::told_by(name.rsplit(['.', '/']).next().unwrap_or(name))
}

fn walk(value: &mut Value, key: &str, told: Option<Told>, place: &Place) {
    match value {
        Value::Object(fields) => walk_fields(fields, told, place),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, key, told, place)),
        Value::String(text) => {
            if let Some(shown) = shown(text, key, told, place) {
                *text = shown;
            }
        }
        Value::Number(number) => {
            let digits = number.to_string();
            let is_told = match told {
                Some(Told::Phone | Told::Code) => digits.len() >= FEW,
                Some(Told::TaxId) => digits.len() == CODE_DIGITS,
                Some(Told::Mail) | None => place.is_raw && is_code(&digits),
            };
            if is_told {
                *value = MASK.into();
            }
        }
        Value::Bool(_) | Value::Null => {}
    }
}

fn walk_fields(fields: &mut Map<String, Value>, told: Option<Told>, place: &Place) {
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    // an edit, a rule's value, what differs: `{"field": "client.phone", "before": …}`
    let named = ["field", "target", "path"].iter().find_map(|name| told_by(text(name)?));
    // an order's own further fields: `{"key": "_billing_cnp", "value": …}`
    let beside =
        if fields.contains_key("value") { ["key", "name"].iter().find_map(|name| told_by(text(name)?)) } else { None };
    for (name, inner) in fields.iter_mut() {
        let key = bare(name);
        let is_about = SAYS_WHICH.contains(&key.as_str());
        // an answer's own ways stay ways beside a field's name; in an order others named them
        let is_own_way = !place.is_raw && is_way(&key, place);
        let of_value = beside.filter(|_| matches!(key.as_str(), "value" | "displayvalue"));
        let inherited = named.or(told).filter(|_| !is_about && !is_own_way);
        walk(inner, &key, of_value.or_else(|| told_by(name)).or(inherited), place);
    }
}

/// A text as it is shown; nothing where it is shown whole.
fn shown(text: &str, key: &str, told: Option<Told>, place: &Place) -> Option<String> {
    if !place.is_raw && (OF_US.contains(&key) || key == "link") {
        return None;
    }
    if let Some(json) = json_in(text, place) {
        return json;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let masked = match told {
        Some(Told::Phone | Told::Code) if digits >= FEW => MASK.into(),
        Some(Told::TaxId) if digits == CODE_DIGITS => MASK.into(),
        Some(Told::Mail) => {
            let masked = mask(text);
            // an address that no mail would reach is one all the same
            if masked == text && text.contains('@') { MASK.into() } else { masked }
        }
        // what others call an id may be a person's own
        _ if is_way(key, place) && place.is_raw => mask_only(text, &[Tells::Mail, Tells::Code]),
        _ if is_way(key, place) => mask_only(text, &[Tells::Mail]),
        _ => mask(text),
    };
    let masked = if masked.contains('"') {
        IN_CUT_JSON.replace_all(&masked, in_cut_json).into_owned()
    } else {
        masked.into_owned()
    };
    (masked != text).then_some(masked)
}

fn in_cut_json(field: &Captures<'_>) -> String {
    match told_by(&field[2]) {
        Some(Told::Phone | Told::Code) => format!("{}{MASK}", &field[1]),
        Some(Told::Mail | Told::TaxId) | None => field[0].to_owned(),
    }
}

/// What is JSON in a text, gone through: the text anew where something of it was masked. Nothing where it is no JSON.
fn json_in(text: &str, place: &Place) -> Option<Option<String>> {
    if place.deep >= DEEPEST || !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    let mut shown = value.clone();
    walk(&mut shown, "", None, &Place { is_raw: true, deep: place.deep + 1 });
    if shown == value {
        return Some(None);
    }
    let is_indented = text.contains('\n');
    let text = if is_indented { serde_json::to_string_pretty(&shown) } else { serde_json::to_string(&shown) };
    Some(Some(text.unwrap_or_else(|_| MASK.to_owned())))
}

fn is_way(key: &str, place: &Place) -> bool {
    let is_id = key == "id" || key.ends_with("id") && !key.ends_with("taxid") || key.ends_with("ids");
    is_id || !place.is_raw && WAYS.contains(&key)
}
