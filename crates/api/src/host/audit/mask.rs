//! What may be written of a request: nothing secret at all, and nothing of a person but aside, where it can be erased.
//!
//! A field is judged by its name, whatever its command. What has a name that says nothing is still looked into for e-mail
//! addresses and personal codes.

use punte_domain::personal::names::{Told, told_by};
use punte_domain::personal::{self, MASK, Tells};
use serde_json::{Map, Value};

/// Parts of the names of fields that hold a secret.
const SECRET: &[&str] = &["secret", "token", "password", "passphrase", "credential", "recovery", "base64"];
/// Names of fields that hold a secret, or content that nobody looked into.
const SECRET_NAMES: &[&str] = &["key", "apikey", "body", "content", "bytes", "data", "piece"];
/// Parts of the names of fields that tell a person, beside those that [`told_by`] knows.
const PERSONAL: &[&str] = &["address", "client", "customer", "taxid", "iban", "birth", "account", "contact"];
/// Names of fields that tell a person, or hold what somebody typed about one.
const PERSONAL_NAMES: &[&str] = &[
    "to", "cc", "bcc", "name", "text", "query", "search", "filter", "message", "subject", "note", "json", "edits",
    "value",
];
/// Of these commands a `name` or an `address` is of a thing that was set up.
const OF_THINGS: &[&str] = &[
    "alerts.",
    "connections.",
    "flows.",
    "workspace.",
    "mappings.",
    "imports.",
    "people.",
    "session.",
    "listener.",
    "network.",
    "setup.",
];
/// Of these commands every text is secret but for a few that are known to be none.
const OF_SECRETS: &[&str] = &["session.", "vault.", "people.", "clients."];
const OPEN_NAMES: &[&str] = &["id", "name", "kind", "role", "reason"];
/// A shorter one would mask half of what is written.
const SHORTEST_SECRET: usize = 6;
const LONGEST: usize = 200;
const LONGEST_PERSONAL: usize = 2000;
const MOST_ITEMS: usize = 20;
const MOST_FIELDS: usize = 60;
const DEEPEST: usize = 6;
/// A romanian personal code has so many digits.
const CNP: usize = 13;

/// A value in two halves: what is written, and what is kept aside by the path at which it stood.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Masked {
    pub facts: Value,
    pub personal: Map<String, Value>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Open,
    Personal,
    Secret,
}

/// Masks a value that belongs to a command. `root` begins the paths of what is kept aside.
pub(super) fn mask(command: &str, root: &str, value: &Value) -> Masked {
    let mut masked = Masked::default();
    masked.facts = walk(command, root, "", value, Kind::Open, 0, &mut masked.personal);
    // a secret that was also typed where none belongs
    let mut secrets = Vec::new();
    find_secrets(command, value, 0, &mut secrets);
    if !secrets.is_empty() {
        scrub(&mut masked.facts, &secrets);
        masked.personal.values_mut().for_each(|value| scrub(value, &secrets));
    }
    masked
}

/// Texts of the fields that hold a secret.
fn find_secrets<'v>(command: &str, value: &'v Value, depth: usize, found: &mut Vec<&'v str>) {
    let inner: Vec<(&str, &Value)> = match value {
        Value::Object(fields) => fields.iter().take(MOST_FIELDS).map(|(name, inner)| (name.as_str(), inner)).collect(),
        Value::Array(items) => items.iter().take(MOST_ITEMS).map(|inner| ("", inner)).collect(),
        _ => return,
    };
    for (name, inner) in inner {
        match inner.as_str() {
            Some(text) if kind_of(command, name, inner) == Kind::Secret && text.len() >= SHORTEST_SECRET => {
                found.push(text);
            }
            Some(_) => {}
            None if depth < DEEPEST => find_secrets(command, inner, depth + 1, found),
            None => {}
        }
    }
}

fn scrub(value: &mut Value, secrets: &[&str]) {
    match value {
        Value::String(text) => {
            for secret in secrets {
                if text.contains(secret) {
                    *text = text.replace(secret, MASK);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| scrub(item, secrets)),
        Value::Object(fields) => fields.values_mut().for_each(|field| scrub(field, secrets)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// A reason without what tells a person, and without what the rest of its request keeps secret.
pub(super) fn mask_reason(command: &str, request: &Value, reason: &str) -> String {
    let mut secrets = Vec::new();
    find_secrets(command, request, 0, &mut secrets);
    let mut reason = Value::from(mask_text(reason));
    scrub(&mut reason, &secrets);
    reason.as_str().unwrap_or(MASK).to_owned()
}

/// A text that somebody typed, without the words in it that tell a person for certain.
pub(super) fn mask_text(text: &str) -> String {
    let words = text.split_inclusive(char::is_whitespace);
    let masked: String = words
        .map(|word| {
            let bare = word.trim_end_matches(char::is_whitespace);
            if tells(bare) { format!("{MASK}{}", &word[bare.len()..]) } else { word.to_owned() }
        })
        .collect();
    cut(&masked, LONGEST_PERSONAL)
}

fn kind_of(command: &str, field: &str, value: &Value) -> Kind {
    let name = field.to_lowercase().replace('_', "");
    let is_of = |list: &[&str]| list.iter().any(|start| command.starts_with(start));
    if SECRET.iter().any(|part| name.contains(part)) || SECRET_NAMES.contains(&name.as_str()) {
        // a code or a count of them is no secret
        return if value.is_string() || value.is_object() || value.is_array() { Kind::Secret } else { Kind::Open };
    }
    if is_of(OF_SECRETS) && value.is_string() && !OPEN_NAMES.contains(&name.as_str()) {
        return Kind::Secret;
    }
    if is_of(OF_THINGS) && (name == "name" || name.ends_with("address")) {
        return Kind::Open;
    }
    // a record's notes stand one by one, by their ids
    let is_note = name.starts_with("note ");
    // other names for a tax id are those of a company of one's own
    let is_told = matches!(told_by(field), Some(Told::Mail | Told::Phone | Told::Code));
    let is_part = PERSONAL.iter().any(|part| name.contains(part));
    if is_note || is_told || is_part || PERSONAL_NAMES.contains(&name.as_str()) {
        return Kind::Personal;
    }
    Kind::Open
}

fn walk(
    command: &str,
    path: &str,
    field: &str,
    value: &Value,
    kind: Kind,
    depth: usize,
    personal: &mut Map<String, Value>,
) -> Value {
    if kind == Kind::Secret {
        return if is_empty(value) { value.clone() } else { MASK.into() };
    }
    if kind == Kind::Personal && !is_empty(value) && !value.is_boolean() {
        personal.insert(path.to_owned(), without_secrets(command, value));
        return MASK.into();
    }
    match value {
        Value::Object(_) | Value::Array(_) if depth >= DEEPEST => "…".into(),
        Value::Object(fields) => {
            let mut kept = Map::new();
            for (name, inner) in fields.iter().take(MOST_FIELDS) {
                let kind = kind_of(command, name, inner);
                kept.insert(
                    cut(name, LONGEST),
                    walk(command, &format!("{path}/{name}"), name, inner, kind, depth + 1, personal),
                );
            }
            if fields.len() > MOST_FIELDS {
                kept.insert("…".into(), (fields.len() - MOST_FIELDS).into());
            }
            Value::Object(kept)
        }
        Value::Array(items) => {
            let inner = items.iter().take(MOST_ITEMS).enumerate();
            let mut kept: Vec<Value> = inner
                .map(|(at, item)| walk(command, &format!("{path}/{at}"), field, item, Kind::Open, depth + 1, personal))
                .collect();
            if items.len() > MOST_ITEMS {
                kept.push(format!("… {}", items.len() - MOST_ITEMS).into());
            }
            Value::Array(kept)
        }
        Value::String(text) => {
            let bare = without_login(text);
            if field != "id" && !field.ends_with("Id") && bare.split_whitespace().any(tells) {
                personal.insert(path.to_owned(), cut(&bare, LONGEST_PERSONAL).into());
                return mask_text(&cut(&bare, LONGEST)).into();
            }
            cut(&bare, LONGEST).into()
        }
        Value::Number(_) | Value::Bool(_) | Value::Null => value.clone(),
    }
}

/// What is kept aside holds no secret either.
fn without_secrets(command: &str, value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .iter()
            .take(MOST_FIELDS)
            .map(|(name, inner)| {
                let is_secret = kind_of(command, name, inner) == Kind::Secret && !is_empty(inner);
                (name.clone(), if is_secret { MASK.into() } else { without_secrets(command, inner) })
            })
            .collect(),
        Value::Array(items) => items.iter().take(MOST_ITEMS).map(|item| without_secrets(command, item)).collect(),
        Value::String(text) => cut(&without_login(text), LONGEST_PERSONAL).into(),
        other => other.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// An e-mail address, or a personal code.
fn tells(word: &str) -> bool {
    // what logs in by an address is masked by itself
    let is_address = word.contains("://");
    let is_mail = !is_address && personal::find(word).iter().any(|(_, tells)| *tells == Tells::Mail);
    let word = word.trim_matches(|sign: char| !sign.is_alphanumeric());
    is_mail
        || word.len() == CNP
            && word.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(word.as_bytes()[0], b'1'..=b'9')
}

/// An address without what stands in it to log in with, and without its query.
fn without_login(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host.rsplit_once('@').map_or_else(|| host.to_owned(), |(_, host)| format!("{MASK}@{host}"));
    let path = path.find(['?', '#']).map_or_else(|| path.to_owned(), |at| format!("{}?{MASK}", &path[..at]));
    format!("{scheme}://{host}{path}")
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_written_nowhere_whatever_its_field_is_called() {
        let asked = json!({
            "id": "con_1", "kind": "oblio", "name": "Oblio", "account": "ana@example.com", "secret": "9f8e7d-s3cret",
            "options": { "apiKey": "k3y", "accessToken": "t0ken", "deep": [{ "password": "pa55" }] },
        });
        let masked = mask("connections.save", "/request", &asked);
        let all = format!("{} {}", masked.facts, json!(masked.personal));
        for secret in ["9f8e7d-s3cret", "k3y", "t0ken", "pa55"] {
            assert!(!all.contains(secret), "{secret}: {all}");
        }
        assert_eq!(masked.facts["secret"], MASK);
        assert_eq!(masked.facts["name"], "Oblio", "a connection's name is no person's");
        assert_eq!(masked.personal["/request/account"], "ana@example.com");
        assert!(!masked.facts.to_string().contains("example.com"));
    }

    #[test]
    fn of_signing_in_and_of_the_vault_only_names_are_written() {
        for (command, asked) in [
            ("session.sign_in", json!({ "name": "ana", "password": "hunter2" })),
            ("session.change_password", json!({ "old": "hunter2", "new": "hunter2" })),
            ("vault.unlock", json!({ "with": "hunter2" })),
            ("people.add", json!({ "name": "ana", "role": "admin", "password": "hunter2" })),
        ] {
            let masked = mask(command, "", &asked);
            assert!(!format!("{masked:?}").contains("hunter2"), "{command}: {masked:?}");
        }
        assert_eq!(mask("people.add", "", &json!({ "name": "ana" })).facts["name"], "ana");
    }

    #[test]
    fn what_tells_a_person_stands_aside() {
        let asked = json!({
            "documentId": "doc_1", "edits": [{ "field": "client.name", "value": "Ion Popescu" }],
            "email": { "to": "ion@example.com", "subject": "Factura", "body": "Bună ziua, domnule Popescu" },
            "reason": "asked by ion@example.com, 1850101123456", "taxId": "1850101123456", "fromMs": 1795000000000_i64,
        });
        let masked = mask("drafts.save", "/request", &asked);
        let facts = masked.facts.to_string();
        for told in ["Popescu", "ion@", "1850101123456"] {
            assert!(!facts.contains(told), "{told}: {facts}");
        }
        assert_eq!(masked.facts["documentId"], "doc_1");
        assert_eq!(masked.facts["fromMs"], 1795000000000_i64, "an instant is no personal code");
        assert_eq!(masked.personal["/request/edits"][0]["value"], "Ion Popescu");
        assert_eq!(masked.personal["/request/taxId"], "1850101123456");
        assert!(!json!(masked.personal).to_string().contains("Bună"), "the body of an e-mail is nowhere");
        assert_eq!(masked.facts["reason"], format!("asked by {MASK} {MASK}"));
    }

    #[test]
    fn an_address_is_written_without_what_logs_in_by_it() {
        let masked = mask("connections.save", "", &json!({ "address": "https://ana:pass@cana.ro/shop?key=12" }));
        assert_eq!(masked.facts["address"], format!("https://{MASK}@cana.ro/shop?{MASK}"));
        let at_a_client = mask("drafts.save", "", &json!({ "address": "Str. Morii 1" }));
        assert_eq!(at_a_client.facts["address"], MASK);
    }

    #[test]
    fn what_is_long_or_deep_is_cut() {
        let mut deep = json!("end");
        for _ in 0..100 {
            deep = json!({ "in": deep });
        }
        let fields: Map<String, Value> = (0..500).map(|n| (format!("f{n:03}"), n.into())).collect();
        let asked = json!({ "long": "ă".repeat(5000), "ids": vec!["doc"; 5000], "deep": deep, "fields": fields });
        let masked = mask("bulk.plan", "", &asked);
        assert!(masked.facts.to_string().len() < 4000, "{}", masked.facts);
        assert_eq!(masked.facts["ids"][20], "… 4980");
    }
}
