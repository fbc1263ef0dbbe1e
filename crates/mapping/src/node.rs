//! An order's values as expressions see them: fields and lists that know where they stand in the order, so that a value can
//! tell what it read, and a field that is not there is an error with its full path.
//!
//! Numbers become exact decimals: a shop's `7.429752` stays that. Text is copied once for an order and shared from then on.

use crate::problem::{Problem, ProblemCode, nearest, raise_problem};
use crate::scene;
use punte_domain::money::parse_decimal;
use rhai::{Dynamic, EvalAltResult, ImmutableString};
use rust_decimal::Decimal;
use serde_json::Value;
use std::fmt;
use std::sync::Arc;

/// Marks a name after `?.`: it may be absent.
pub(crate) const OPTIONAL: char = '?';

/// Where a value stands, written out only where somebody asks.
#[derive(Debug)]
enum Place {
    Root(&'static str),
    Field(Arc<Place>, ImmutableString),
    Item(Arc<Place>, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Root(name) => f.write_str(name),
            Place::Field(parent, name) => write!(f, "{parent}.{name}"),
            Place::Item(parent, at) => write!(f, "{parent}[{at}]"),
        }
    }
}

/// Fields of the order, of a line, of an address: `order`, `order.billing`.
#[derive(Debug, Clone)]
pub(crate) struct Node(Arc<Fields>);

#[derive(Debug)]
struct Fields {
    place: Arc<Place>,
    fields: Vec<(ImmutableString, Dynamic)>,
}

/// A list of the order: `order.line_items`.
#[derive(Debug, Clone)]
pub(crate) struct Items(Arc<List>);

#[derive(Debug)]
struct List {
    place: Arc<Place>,
    items: Vec<Dynamic>,
}

/// A JSON value under a name that expressions know it by.
pub(crate) fn to_dynamic(value: &Value, name: &'static str) -> Dynamic {
    converted(value, &|| Place::Root(name))
}

fn converted(value: &Value, place: &dyn Fn() -> Place) -> Dynamic {
    match value {
        Value::Null => Dynamic::UNIT,
        Value::Bool(flag) => (*flag).into(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            // a number beyond decimals is kept as its text: an expression that wants an amount then fails by name
            None => parse_decimal(&number.to_string()).map_or_else(|_| number.to_string().into(), Dynamic::from),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => {
            let place = Arc::new(place());
            let item = |(at, item)| converted(item, &|| Place::Item(place.clone(), at));
            let items = items.iter().enumerate().map(item).collect();
            Dynamic::from(Items(Arc::new(List { place, items })))
        }
        Value::Object(fields) => {
            let place = Arc::new(place());
            let field = |(name, value): (&String, &Value)| {
                let name = ImmutableString::from(name.as_str());
                let value = converted(value, &|| Place::Field(place.clone(), name.clone()));
                (name, value)
            };
            let fields = fields.iter().map(field).collect();
            Dynamic::from(Node(Arc::new(Fields { place, fields })))
        }
    }
}

impl Node {
    fn find(&self, name: &str) -> Option<&Dynamic> {
        self.0.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// A field for our own functions; nothing where it is absent.
    pub(crate) fn get(&self, name: &str) -> Dynamic {
        let value = self.find(name).cloned().unwrap_or(Dynamic::UNIT);
        scene::note(|| format!("{}.{name}", self.0.place), &value);
        value
    }

    /// A field of a field; nothing where one of them is absent.
    pub(crate) fn inside(&self, name: &str, field: &str) -> Dynamic {
        match self.find(name).and_then(|inner| inner.read_lock::<Node>()) {
            Some(inner) if inner.find(field).is_some() => inner.get(field),
            _ => Dynamic::UNIT,
        }
    }

    /// A field by a dotted path.
    pub(crate) fn get_path(&self, path: &str) -> Dynamic {
        match path.split_once('.') {
            None => self.get(path),
            Some((first, rest)) => match self.find(first).and_then(|inner| inner.read_lock::<Node>()) {
                Some(inner) => inner.get_path(rest),
                None => Dynamic::UNIT,
            },
        }
    }

    /// The entries of a list of fields; none where it is absent.
    pub(crate) fn nodes(&self, name: &str) -> Vec<Node> {
        self.find(name).map(nodes_of).unwrap_or_default()
    }

    /// Looks for the last entry of a list whose field is a text, and answers another field of it.
    pub(crate) fn find_entry(&self, list: &str, field: &str, text: &str, wanted: &str) -> Option<Dynamic> {
        let items = self.find(list)?.read_lock::<Items>()?;
        items.0.items.iter().rev().find_map(|item| {
            let entry = item.read_lock::<Node>()?;
            entry.find(field).is_some_and(|value| is_text(value, text)).then(|| entry.get(wanted))
        })
    }

    /// A field as an expression asks for it: strict, unless the name is marked as one that may be absent.
    pub(crate) fn field(&mut self, name: &str) -> Result<Dynamic, Box<EvalAltResult>> {
        let (name, is_optional) = match name.strip_suffix(OPTIONAL) {
            Some(name) => (name, true),
            None => (name, false),
        };
        match self.find(name) {
            Some(value) => {
                scene::note(|| format!("{}.{name}", self.0.place), value);
                Ok(value.clone())
            }
            None if is_optional => {
                scene::note(|| format!("{}.{name}", self.0.place), &Dynamic::UNIT);
                Ok(Dynamic::UNIT)
            }
            None => Err(raise_problem(Problem {
                near: nearest(name, self.0.fields.iter().map(|(name, _)| name.as_str())),
                ..Problem::new(ProblemCode::NotThere, format!("{}.{name}", self.0.place))
            })),
        }
    }
}

/// The entries of a list that are fields.
pub(crate) fn nodes_of(list: &Dynamic) -> Vec<Node> {
    let Some(items) = list.read_lock::<Items>() else { return Vec::new() };
    items.0.items.iter().filter_map(|item| item.read_lock::<Node>().map(|node| node.clone())).collect()
}

fn is_text(value: &Dynamic, text: &str) -> bool {
    match value.read_lock::<ImmutableString>() {
        Some(found) => found.trim() == text,
        None => text_of(value) == text,
    }
}

impl Items {
    pub(crate) fn len(&mut self) -> i64 {
        self.0.items.len() as i64
    }

    pub(crate) fn at(&mut self, index: i64) -> Result<Dynamic, Box<EvalAltResult>> {
        let item = usize::try_from(index).ok().and_then(|index| self.0.items.get(index));
        item.cloned()
            .ok_or_else(|| raise_problem(Problem::new(ProblemCode::NotThere, format!("{}[{index}]", self.0.place))))
    }

    /// A property of a list: only its length.
    pub(crate) fn property(&mut self, name: &str) -> Result<Dynamic, Box<EvalAltResult>> {
        match name.trim_end_matches(OPTIONAL) {
            "len" => Ok(self.len().into()),
            name => Err(raise_problem(Problem::new(ProblemCode::NotAFieldOf, format!("{}.{name}", self.0.place)))),
        }
    }

    pub(crate) fn into_values(self) -> Vec<Dynamic> {
        self.0.items.clone()
    }
}

/// A property of nothing: nothing, where it may be absent.
pub(crate) fn of_nothing(_: &mut (), name: &str) -> Result<Dynamic, Box<EvalAltResult>> {
    match name.strip_suffix(OPTIONAL) {
        Some(_) => Ok(Dynamic::UNIT),
        None => Err(raise_problem(Problem::new(ProblemCode::NotThere, format!("….{name}")))),
    }
}

/// A value as a person reads it.
pub(crate) fn shown(value: &Dynamic) -> String {
    if value.is_unit() {
        return String::new();
    }
    if let Some(text) = value.read_lock::<ImmutableString>() {
        return text.to_string();
    }
    if let Some(decimal) = value.clone().try_cast::<Decimal>() {
        return decimal.normalize().to_string();
    }
    if let Some(node) = value.read_lock::<Node>() {
        return format!("{{{}}}", node.0.fields.len());
    }
    if let Some(items) = value.read_lock::<Items>() {
        return format!("[{}]", items.0.items.len());
    }
    value.to_string()
}

/// An amount from what JSON may hold: text, whole number or decimal. `None` for nothing and blank.
pub(crate) fn decimal_of(value: &Dynamic) -> Result<Option<Decimal>, Problem> {
    let not = |what: String| Problem::new(ProblemCode::NotAnAmount, what.chars().take(60).collect::<String>());
    if value.is_unit() {
        return Ok(None);
    }
    if let Ok(whole) = value.as_int() {
        return Ok(Some(Decimal::from(whole)));
    }
    if let Some(decimal) = value.read_lock::<Decimal>() {
        return Ok(Some(*decimal));
    }
    match value.read_lock::<ImmutableString>() {
        Some(text) if text.trim().is_empty() => Ok(None),
        Some(text) => parse_decimal(&text).map(Some).map_err(|_| not(text.to_string())),
        None => Err(not(shown(value))),
    }
}

/// A text from what JSON may hold; nothing is empty.
pub(crate) fn text_of(value: &Dynamic) -> String {
    shown(value).trim().to_owned()
}

/// Whether a value is a single one, not fields or a list.
pub(crate) fn is_single(value: &Dynamic) -> bool {
    !(value.is::<Node>() || value.is::<Items>() || value.is_array() || value.is_map())
}

/// Nothing, or a blank text.
pub(crate) fn is_blank(value: &Dynamic) -> bool {
    value.is_unit() || value.read_lock::<ImmutableString>().is_some_and(|text| text.trim().is_empty())
}
