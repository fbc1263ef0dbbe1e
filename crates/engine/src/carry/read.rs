//! A file read part by part, so that everything wrong with it is told and not only the first.

use super::file::{CarriedConnection, CarriedFlow, CarriedHead, FORMAT};
use super::{MOST_BYTES, MOST_CONNECTIONS, MOST_FLOWS, MOST_MAPPINGS, SetupCode, SetupProblem};
use punte_mapping::Mapping;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use std::collections::BTreeSet;
use toml::{Table, Value};

/// Problems of one file that are told.
const MOST_PROBLEMS: usize = 200;
/// Characters of what stands in the file that are told.
const TOLD: usize = 80;
/// Parts of the names of fields that would hold a secret.
const SECRET: &[&str] =
    &["secret", "token", "password", "passphrase", "passwd", "credential", "apikey", "privatekey", "consumerkey"];
/// Names of such fields.
const SECRET_NAMES: &[&str] = &["key", "pass", "pwd", "pin", "login"];

/// What is wrong, in the order in which it was found.
#[derive(Debug, Default)]
pub(super) struct Problems(pub Vec<SetupProblem>);

impl Problems {
    pub fn tell(&mut self, code: SetupCode, at: impl Into<String>, given: impl Into<String>) {
        if self.0.len() < MOST_PROBLEMS {
            let given: String = given.into();
            let (at, name) = (at.into(), String::new());
            self.0.push(SetupProblem { code, at, name, given: given.chars().take(TOLD).collect() });
        }
    }

    /// Says of each problem the name of the entry that it is in.
    pub fn name<'e>(&mut self, entries: impl Iterator<Item = (&'e str, &'e str)> + Clone) {
        for problem in &mut self.0 {
            let is_in =
                |at: &str| problem.at.strip_prefix(at).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
            if let Some((_, name)) = entries.clone().find(|(at, _)| is_in(at)) {
                problem.name = name.chars().take(TOLD).collect();
            }
        }
    }

    /// A field that no such file has.
    fn tell_unknown(&mut self, at: &str, name: &str) {
        if is_secret(name) {
            self.tell(SetupCode::SecretInside, at, "");
        } else {
            self.tell(SetupCode::UnknownField, at, name);
        }
    }
}

/// An entry of one of the three lists.
pub(super) struct Entry<T> {
    /// `flows[2]`, counted from 1.
    pub at: String,
    /// As it stands, to know it by where the rest cannot be read.
    pub name: String,
    /// Nothing where it cannot be read: that is told.
    pub read: Option<T>,
}

impl<T> Entry<T> {
    /// Where it stands, and its name.
    pub fn place(&self) -> (String, String) {
        (self.at.clone(), self.name.clone())
    }
}

/// A file as far as it can be read.
#[derive(Default)]
pub(super) struct Found {
    pub head: Option<CarriedHead>,
    pub connections: Vec<Entry<CarriedConnection>>,
    pub mappings: Vec<Entry<Mapping>>,
    pub flows: Vec<Entry<CarriedFlow>>,
    pub problems: Problems,
}

pub(super) fn read(text: &str) -> Found {
    let mut found = Found::default();
    if text.len() > MOST_BYTES {
        found.problems.tell(SetupCode::TooLong, "", format!("{} > {MOST_BYTES}", text.len()));
        return found;
    }
    let mut file: Table = match text.parse() {
        Ok(file) => file,
        Err(error) => {
            let error: toml::de::Error = error;
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            found.problems.tell(SetupCode::NotToml, format!("line {line}"), error.message());
            return found;
        }
    };
    let head = file.remove("punte");
    match head.as_ref().and_then(|head| head.get("setup")).and_then(Value::as_integer) {
        None | Some(..1) => {
            found.problems.tell(SetupCode::NotASetup, "punte.setup", "");
            return found;
        }
        Some(format) if format > i64::from(FORMAT) => {
            found.problems.tell(SetupCode::TooNew, "punte.setup", format.to_string());
            return found;
        }
        Some(_) => {}
    }
    let problems = &mut found.problems;
    found.head = head.and_then(|head| read_part(head, "punte", problems));
    found.connections = list(&mut file, "connections", MOST_CONNECTIONS, problems);
    found.mappings = list(&mut file, "mappings", MOST_MAPPINGS, problems);
    let rules: Vec<Option<Value>> = match file.get("flows") {
        Some(Value::Array(flows)) => flows.iter().map(|flow| flow.get("rules").cloned()).collect(),
        _ => Vec::new(),
    };
    found.flows = list(&mut file, "flows", MOST_FLOWS, problems);
    for (flow, rules) in found.flows.iter_mut().zip(rules) {
        let (Some(read), Some(rules)) = (&flow.read, rules) else { continue };
        // the rules are read from ledgers, too, where a field of a later Punte is passed over
        let known = serde_json::to_value(&read.rules).unwrap_or_default();
        let before = problems.0.len();
        tell_unknown_in(&rules, &known, &format!("{}.rules", flow.at), problems);
        if problems.0.len() > before {
            flow.read = None;
        }
    }
    file.keys().for_each(|name| problems.tell_unknown(name, name));
    found
}

fn list<T: DeserializeOwned>(file: &mut Table, name: &str, most: usize, problems: &mut Problems) -> Vec<Entry<T>> {
    let entries = match file.remove(name) {
        None => return Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(_) => {
            problems.tell(SetupCode::WrongValue, name, format!("[[{name}]]"));
            return Vec::new();
        }
    };
    if entries.len() > most {
        problems.tell(SetupCode::TooMany, name, format!("{} > {most}", entries.len()));
        return Vec::new();
    }
    let entry = |(at, value): (usize, Value)| {
        let at = format!("{name}[{}]", at + 1);
        let name = value.get("name").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        Entry { read: read_part(value, &at, problems), name, at }
    };
    entries.into_iter().enumerate().map(entry).collect()
}

/// Reads one part. What is wrong in it is told and put aside until the rest can be read; nothing is answered then.
fn read_part<T: DeserializeOwned>(mut value: Value, at: &str, problems: &mut Problems) -> Option<T> {
    let mut told: BTreeSet<String> = BTreeSet::new();
    while told.len() < MOST_PROBLEMS {
        let error = match serde_path_to_error::deserialize::<_, T>(value.clone()) {
            Ok(read) => return told.is_empty().then_some(read),
            Err(error) => error,
        };
        let mut steps = steps_of(error.path());
        let message = error.inner().message().to_owned();
        let (code, name) = match (named(&message, "unknown field"), named(&message, "missing field")) {
            (Some(name), _) => (SetupCode::UnknownField, Some(name)),
            (None, Some(name)) => (SetupCode::MissingField, Some(name)),
            (None, None) => (SetupCode::WrongValue, None),
        };
        if let Some(name) = name {
            let name = Step::Field(name.to_owned());
            if code == SetupCode::MissingField || steps.last() != Some(&name) {
                steps.push(name);
            }
        }
        let place = place_of(at, &steps);
        if !told.insert(place.clone()) {
            return None;
        }
        match (code, name) {
            (SetupCode::UnknownField, Some(name)) => problems.tell_unknown(&place, name),
            (SetupCode::WrongValue, _) => problems.tell(code, place, shown(&value, &steps)),
            _ => problems.tell(code, place, ""),
        }
        set_aside(&mut value, &steps, code == SetupCode::MissingField);
    }
    None
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Item(usize),
}

fn steps_of(path: &Path) -> Vec<Step> {
    let step = |segment: &Segment| match segment {
        Segment::Map { key } => Some(Step::Field(key.clone())),
        Segment::Seq { index } => Some(Step::Item(*index)),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(step).collect()
}

/// The name in serde's words of a field: `` unknown field `x`, expected … ``.
fn named<'m>(message: &'m str, what: &str) -> Option<&'m str> {
    let rest = message.strip_prefix(what)?.trim_start().strip_prefix('`')?;
    Some(rest.split_once('`')?.0)
}

fn place_of(at: &str, steps: &[Step]) -> String {
    steps.iter().fold(at.to_owned(), |place, step| match step {
        Step::Field(name) => format!("{place}.{name}"),
        Step::Item(index) => format!("{place}[{}]", index + 1),
    })
}

fn inner<'v>(value: &'v Value, step: &Step) -> Option<&'v Value> {
    match step {
        Step::Field(name) => value.get(name),
        Step::Item(index) => value.get(index),
    }
}

/// What stands at a place, where it is one value.
fn shown(value: &Value, steps: &[Step]) -> String {
    let Some(found) = steps.iter().try_fold(value, inner) else { return String::new() };
    match found {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Table(_) => String::new(),
        other => other.to_string(),
    }
}

/// Takes away what cannot be read, or puts an empty text where something is missing, so that the rest is read, too.
fn set_aside(value: &mut Value, steps: &[Step], is_missing: bool) {
    // an item cannot be taken out without moving those behind it: its list goes
    let fields = steps.iter().rposition(|step| matches!(step, Step::Field(_)));
    let Some((Step::Field(name), before)) = fields.and_then(|last| steps[..=last].split_last()) else { return };
    let mut at = value;
    for step in before {
        let next = match step {
            Step::Field(name) => at.get_mut(name),
            Step::Item(index) => at.get_mut(index),
        };
        let Some(next) = next else { return };
        at = next;
    }
    if let Value::Table(fields) = at {
        if is_missing {
            fields.insert(name.clone(), Value::String(String::new()));
        } else {
            fields.remove(name);
        }
    }
}

/// Fields of `given` that are not in `known`, at every depth.
fn tell_unknown_in(given: &Value, known: &serde_json::Value, at: &str, problems: &mut Problems) {
    match (given, known) {
        (Value::Table(given), serde_json::Value::Object(known)) => {
            for (name, inner) in given {
                let at = format!("{at}.{name}");
                match known.get(name) {
                    Some(known) => tell_unknown_in(inner, known, &at, problems),
                    None => problems.tell_unknown(&at, name),
                }
            }
        }
        (Value::Array(given), serde_json::Value::Array(known)) => {
            for (index, (inner, known)) in given.iter().zip(known).enumerate() {
                tell_unknown_in(inner, known, &format!("{at}[{}]", index + 1), problems);
            }
        }
        _ => {}
    }
}

fn is_secret(name: &str) -> bool {
    let bare: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    SECRET.iter().any(|part| bare.contains(part)) || SECRET_NAMES.contains(&bare.as_str())
}
