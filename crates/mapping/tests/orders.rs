//! Hand-made orders in every preset's format, each with the draft that a person worked out for it: the files under `orders/`.
//! What they expect follows from the law and the shops' documented formats, never from what the code happens to give.

#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::NaiveDate;
use punte_domain::{Client, Draft, Line};
use punte_mapping::{CompiledMapping, Evaluation, MappingContext, compile, preset, presets};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderFile {
    about: String,
    tax_point: NaiveDate,
    order: Value,
    expected: Expected,
}

/// What must come of an order. A held one states its problems alone.
#[derive(Deserialize)]
#[serde(try_from = "Value")]
struct Expected {
    draft: Option<ExpectedDraft>,
    problems: BTreeSet<ExpectedProblem>,
}

impl TryFrom<Value> for Expected {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let mut fields: Map<String, Value> = serde_json::from_value(value)?;
        let problems = serde_json::from_value(fields.remove("problems").unwrap_or_default())?;
        let draft = if fields.is_empty() { None } else { Some(serde_json::from_value(Value::Object(fields))?) };
        Ok(Expected { draft, problems })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedDraft {
    client: Client,
    currency: String,
    total: Decimal,
    vat: Vec<ExpectedShare>,
    lines: Vec<ExpectedLine>,
    payment: Option<ExpectedPayment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedShare {
    rate: Decimal,
    net: Decimal,
    vat: Decimal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedLine {
    kind: String,
    name: String,
    quantity: Decimal,
    unit_price: Decimal,
    vat_rate: Decimal,
    unit: String,
    code: Option<String>,
    is_service: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedPayment {
    kind: String,
    value: Decimal,
    document_number: String,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectedProblem {
    field: String,
    kind: String,
}

/// Every file with its name (`shopify/03-….json`) and its format, in order.
fn files() -> Vec<(String, String, OrderFile)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/orders");
    let names = |folder: &Path| -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let mut found = Vec::new();
    for format in names(&root) {
        for file in names(&root.join(&format)) {
            let name = format!("{format}/{file}");
            let text = std::fs::read_to_string(root.join(&name)).unwrap();
            let order = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            found.push((name, format.clone(), order));
        }
    }
    found
}

fn compiled() -> BTreeMap<&'static str, CompiledMapping> {
    let one = |id: &'static str| {
        let rules = preset(id).unwrap_or_else(|| panic!("no preset {id}"));
        (id, compile(&rules).unwrap_or_else(|errors| panic!("{id}: {errors:#?}")))
    };
    presets().iter().copied().map(one).collect()
}

fn context(file: &OrderFile) -> MappingContext {
    MappingContext { tax_point: file.tax_point, settings: Map::new() }
}

/// What differs between a file and what came of it, one line for each field.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn field<T: PartialEq + Debug>(&mut self, field: &str, expected: T, found: T) {
        if expected != found {
            self.0.push(format!("    {field}: expected {expected:?}, found {found:?}"));
        }
    }

    fn evaluation(&mut self, expected: &Expected, found: &Evaluation) {
        let problems: BTreeSet<ExpectedProblem> = found
            .problems
            .iter()
            .map(|problem| ExpectedProblem { field: problem.field.clone(), kind: problem.kind.as_str().to_owned() })
            .collect();
        if expected.problems != problems {
            self.0.push(format!("    problems: expected {:?}, found {:?}", expected.problems, found.problems));
        }
        match (&expected.draft, &found.draft) {
            (Some(expected), Some(found)) => self.draft(expected, found),
            (Some(_), None) => self.0.push("    draft: expected one, found none".to_owned()),
            (None, _) => {}
        }
    }

    fn draft(&mut self, expected: &ExpectedDraft, found: &Draft) {
        self.client(&expected.client, &found.client);
        self.field("currency", expected.currency.as_str(), found.currency.code());
        self.field("total of the lines", expected.total.normalize(), found.total().normalize());
        self.field("total of the order", expected.total.normalize(), found.order_total.normalize());
        let shares = |rate: Decimal, net: Decimal, vat: Decimal| {
            format!("{} %: {} + {}", rate.normalize(), net.normalize(), vat.normalize())
        };
        self.field(
            "vat",
            expected.vat.iter().map(|share| shares(share.rate, share.net, share.vat)).collect::<Vec<_>>(),
            found.vat_shares().iter().map(|share| shares(share.rate, share.net, share.vat)).collect::<Vec<_>>(),
        );
        self.field("number of lines", expected.lines.len(), found.lines.len());
        for (index, (expected, found)) in expected.lines.iter().zip(&found.lines).enumerate() {
            self.line(index + 1, expected, found);
        }
        let payment = |kind: &str, value: Decimal, number: &str| format!("{kind} {} {number}", value.normalize());
        self.field(
            "payment",
            expected.payment.as_ref().map(|one| payment(&one.kind, one.value, &one.document_number)),
            found.payment.as_ref().map(|one| payment(&code(&one.kind), one.value, &one.document_number)),
        );
    }

    fn client(&mut self, expected: &Client, found: &Client) {
        let fields = |client: &Client| serde_json::to_value(client).unwrap();
        let (expected, found) = (fields(expected), fields(found));
        for (name, value) in expected.as_object().unwrap() {
            self.field(&format!("client.{name}"), value, &found[name]);
        }
    }

    fn line(&mut self, number: usize, expected: &ExpectedLine, found: &Line) {
        let at = |name: &str| format!("lines[{number}].{name}");
        self.field(&at("kind"), expected.kind.as_str(), code(&found.kind).as_str());
        self.field(&at("name"), &expected.name, &found.name);
        self.field(&at("quantity"), expected.quantity.normalize(), found.quantity.normalize());
        self.field(&at("unit_price"), expected.unit_price.normalize(), found.unit_price.normalize());
        self.field(&at("vat_rate"), expected.vat_rate.normalize(), found.vat_rate.normalize());
        self.field(&at("unit"), &expected.unit, &found.unit);
        if let Some(code) = &expected.code {
            self.field(&at("code"), code, &found.code);
        }
        if let Some(is_service) = expected.is_service {
            self.field(&at("is_service"), is_service, found.is_service);
        }
    }
}

/// The code under which a kind is kept.
fn code(kind: &impl serde::Serialize) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
}

#[test]
fn every_order_gives_what_was_worked_out_by_hand() {
    let mappings = compiled();
    let files = files();
    let mut report = Vec::new();
    for (name, format, file) in &files {
        let evaluation = mappings[format.as_str()].explain(&file.order, &context(file));
        let mut differences = Differences::default();
        differences.evaluation(&file.expected, &evaluation);
        if !differences.0.is_empty() {
            report.push(format!("{name} ({})\n{}", file.about, differences.0.join("\n")));
        }
    }
    assert!(report.is_empty(), "{} of {} orders differ:\n{}", report.len(), files.len(), report.join("\n"));
}

#[test]
fn a_fast_evaluation_gives_what_an_explained_one_gives_every_time() {
    let mappings = compiled();
    for (name, format, file) in files() {
        let (mapping, context) = (&mappings[format.as_str()], context(&file));
        let explained = mapping.explain(&file.order, &context);
        for again in [
            mapping.evaluate(&file.order, &context),
            mapping.evaluate(&file.order, &context),
            mapping.explain(&file.order, &context),
        ] {
            assert_eq!(again.draft, explained.draft, "{name}");
            assert_eq!(again.problems, explained.problems, "{name}");
            assert_eq!(again.order_vat, explained.order_vat, "{name}");
        }
    }
}

#[test]
fn whatever_is_not_held_adds_up_to_its_order() {
    let mappings = compiled();
    for (name, format, file) in files() {
        let evaluation = mappings[format.as_str()].evaluate(&file.order, &context(&file));
        let Some(draft) = evaluation.draft.filter(|_| evaluation.problems.is_empty()) else { continue };
        assert_eq!(draft.total(), draft.order_total, "{name}");
        let by_rate: Decimal = draft.vat_shares().iter().map(|share| share.net + share.vat).sum();
        assert_eq!(by_rate, draft.total(), "{name}");
        for line in &draft.lines {
            assert!(line.unit_price.normalize().scale() <= 4, "{name}: {}", line.unit_price);
        }
    }
}

#[test]
fn there_are_orders_of_every_format_and_of_every_outcome() {
    let files = files();
    assert!(files.len() >= 60, "{}", files.len());
    let mut by_format: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, format, file) in &files {
        let counts = by_format.entry(format).or_default();
        if file.expected.problems.is_empty() {
            counts.0 += 1
        } else {
            counts.1 += 1
        }
        let is_whole = file.expected.draft.is_some() || !file.expected.problems.is_empty();
        assert!(is_whole, "{name} expects nothing");
    }
    let formats: Vec<&str> = by_format.keys().copied().collect();
    let known: BTreeSet<&str> = presets().iter().copied().collect();
    assert_eq!(formats, known.into_iter().collect::<Vec<_>>());
    assert!(by_format.values().all(|(good, held)| *good >= 5 && *held >= 5), "{by_format:?}");
}
