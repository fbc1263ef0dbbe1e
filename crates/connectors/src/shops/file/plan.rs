//! The chosen columns over a table's headings, checked once, before any row is read.

use super::cells::{Way, Witnesses, date_way, number_way};
use super::known::folded;
use super::rows::{Kind, Row};
use super::{Columns, FileTrouble, fields, missing};
use crate::shops::ReasonCode;
use punte_domain::Currency;
use punte_domain::money::parse_decimal;
use rust_decimal::{Decimal, dec};
use std::collections::{BTreeMap, HashMap};

/// Most lines that an order may have.
pub(super) const MAX_LINES: usize = 400;

/// Which column is which field.
pub(super) struct Plan {
    pub(super) order: BTreeMap<&'static str, usize>,
    /// One where each row is a line; several where a row has the columns of each of its lines.
    pub(super) lines: Vec<BTreeMap<&'static str, usize>>,
    pub(super) headings: Vec<String>,
    pub(super) defaults: Columns,
    pub(super) vat_rate: Option<Decimal>,
    /// Columns by the bare key of a shop's additional data, as `meta:_billing_cui` names it.
    keys: HashMap<String, usize>,
    numbers: Vec<Option<Way>>,
    dates: Vec<Option<Way>>,
}

impl Plan {
    pub(super) fn new(columns: &Columns, headings: Vec<String>) -> Result<Plan, FileTrouble> {
        let vat_rate = check_defaults(columns)?;
        let absent = missing(columns, &headings);
        let mut plan = Plan {
            order: BTreeMap::new(),
            lines: vec![BTreeMap::new()],
            keys: headings.iter().enumerate().rev().map(|(at, heading)| (bare_key(heading), at)).collect(),
            numbers: vec![way_of(&columns.numbers, "point", "comma"); headings.len()],
            dates: vec![way_of(&columns.dates, "day_first", "month_first"); headings.len()],
            defaults: columns.clone(),
            vat_rate,
            headings,
        };
        for (name, heading) in columns.columns.iter().filter(|(_, heading)| !heading.trim().is_empty()) {
            let bad = |code: ReasonCode| code.with("field", name).with("heading", heading);
            let Some(field) = fields().iter().find(|field| field.name == name) else {
                return Err(ReasonCode::UnknownField.with("field", name).into());
            };
            let mut found = plan.headings.iter().enumerate().filter(|(_, one)| *one == heading).map(|(at, _)| at);
            let Some(at) = found.next() else { return Err(bad(ReasonCode::NoSuchHeading).into()) };
            if found.next().is_some() {
                return Err(bad(ReasonCode::HeadingTwice).into());
            }
            drop(found);
            if field.name.starts_with("line.") {
                for (number, at) in plan.numbered(at).into_iter().enumerate() {
                    if plan.lines.len() <= number {
                        plan.lines.push(BTreeMap::new());
                    }
                    plan.lines[number].insert(field.name, at);
                }
            } else {
                plan.order.insert(field.name, at);
            }
        }
        if !absent.is_empty() {
            return Err(ReasonCode::ColumnMissing.with("fields", absent.join(", ")).into());
        }
        Ok(plan)
    }

    /// `Item 1 Name`, and with it `Item 2 Name` and on, as far as there are columns of that name.
    fn numbered(&self, first: usize) -> Vec<usize> {
        let mut all = vec![first];
        let words = folded(&self.headings[first]);
        if !words.split(' ').any(|word| word == "1") {
            return all;
        }
        for number in 2..=MAX_LINES {
            let wanted = number.to_string();
            let wanted: Vec<&str> = words.split(' ').map(|word| if word == "1" { &wanted } else { word }).collect();
            let wanted = wanted.join(" ");
            match self.headings.iter().position(|heading| folded(heading) == wanted) {
                Some(at) => all.push(at),
                None => break,
            }
        }
        all
    }

    /// Lets the first rows tell how columns write numbers and dates that could be read in two ways.
    pub(super) fn hear(&mut self, rows: &[Row]) {
        let told = |chosen: &str, way: fn(&str) -> Option<Way>, ways: &mut Vec<Option<Way>>| {
            if chosen != "auto" {
                return;
            }
            for (column, verdict) in ways.iter_mut().enumerate() {
                let mut witnesses = Witnesses::default();
                rows.iter()
                    .filter(|row| row.kind(column) == Kind::Text)
                    .for_each(|row| witnesses.hear(way(row.cell(column))));
                *verdict = witnesses.verdict();
            }
        };
        told(&self.defaults.numbers, number_way, &mut self.numbers);
        told(&self.defaults.dates, date_way, &mut self.dates);
    }

    /// How a column writes numbers, and whether a person said so.
    pub(super) fn numbers(&self, column: usize) -> (Option<Way>, bool) {
        (self.numbers.get(column).copied().flatten(), self.defaults.numbers != "auto")
    }

    pub(super) fn dates(&self, column: usize) -> (Option<Way>, bool) {
        (self.dates.get(column).copied().flatten(), self.defaults.dates != "auto")
    }

    /// The keys of a shop's additional data that have a column.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// The column of a key of a shop's additional data.
    pub(super) fn key(&self, key: &str) -> Option<usize> {
        self.keys.get(key).copied()
    }
}

fn bare_key(heading: &str) -> String {
    let heading = heading.trim();
    heading.strip_prefix("meta:").or_else(|| heading.strip_prefix("Meta: ")).unwrap_or(heading).trim().to_owned()
}

fn way_of(word: &str, first: &str, second: &str) -> Option<Way> {
    match word {
        word if word == first => Some(Way::First),
        word if word == second => Some(Way::Second),
        _ => None,
    }
}

/// The VAT rate, once everything is what it can be.
fn check_defaults(columns: &Columns) -> Result<Option<Decimal>, FileTrouble> {
    let bad = |name: &str, text: &str| Err(ReasonCode::BadDefault.with("default", name).with("text", text).into());
    let one_of = |name: &str, value: &str, words: &[&str]| match words.contains(&value) {
        true => Ok(()),
        false => bad(name, value).map(|_: Option<Decimal>| ()),
    };
    let currency = columns.currency.trim();
    if !currency.is_empty() && Currency::parse(currency).is_err() {
        return bad("currency", currency);
    }
    let country = columns.country.trim();
    let is_code = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_alphabetic());
    if !(country.is_empty() || is_code) {
        return bad("country", country);
    }
    one_of("status", &columns.status, &["paid", "completed"])?;
    one_of("dates", &columns.dates, &["auto", "day_first", "month_first"])?;
    one_of("numbers", &columns.numbers, &["auto", "point", "comma"])?;
    let Some(rate) = columns.vat_rate.as_deref().map(str::trim).filter(|rate| !rate.is_empty()) else {
        return Ok(None);
    };
    match parse_decimal(rate) {
        Ok(rate) if rate >= Decimal::ZERO && rate < dec!(100) && rate.normalize().scale() <= 2 => {
            Ok(Some(rate.normalize()))
        }
        _ => bad("vatRate", rate),
    }
}
