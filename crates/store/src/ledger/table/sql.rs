//! Filters as SQL. What a person typed is only ever a bound value.

use super::{Clause, Field, Filter, ListName, Test, number_key};
use crate::ledger::lists::{fts_query, search_of};
use rusqlite::types::Value as Sql;

/// Text of a statement with its values, numbered as they come.
#[derive(Debug, Default)]
pub(super) struct Bound {
    pub values: Vec<Sql>,
}

impl Bound {
    pub(super) fn put(&mut self, value: impl Into<Sql>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    fn list(&mut self, values: impl Iterator<Item = String>) -> String {
        let places: Vec<String> = values.map(|value| self.put(value)).collect();
        places.join(", ")
    }
}

/// Every clause that is not left to the search, except those by their places; empty where none is left.
pub(super) fn conditions(list: ListName, filter: &Filter, except: &[usize], bound: &mut Bound) -> Vec<String> {
    let wanted = filter.clauses.iter().enumerate().filter(|(at, clause)| !except.contains(at) && !is_searched(clause));
    wanted.map(|(_, clause)| condition(list, clause, bound)).collect()
}

/// Whether the search finds a clause's rows.
pub(super) fn is_searched(clause: &Clause) -> bool {
    !clause.negated && matches!(clause.test, Test::Words(_))
}

/// The search that words and searched clauses make together; `None`: nothing is searched for.
pub(super) fn search(list: ListName, filter: &Filter) -> Option<String> {
    let mut parts: Vec<String> = search_of(list.as_str(), &filter.words, filter.is_veiled).into_iter().collect();
    for clause in filter.clauses.iter().filter(|clause| is_searched(clause)) {
        if let Test::Words(texts) = &clause.test {
            parts.extend(words_in(list, clause.field, texts));
        }
    }
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" AND ")),
    }
}

/// The search for any of some texts in one field; `None` where nothing of them can be searched for.
fn words_in(list: ListName, field: Field, texts: &[String]) -> Option<String> {
    let column = list.search_column(field)?;
    let any: Vec<String> = texts.iter().filter_map(|text| fts_query(text)).map(|text| format!("({text})")).collect();
    (!any.is_empty()).then(|| format!("{{{column}}} : ({})", any.join(" OR ")))
}

pub(super) fn condition(list: ListName, clause: &Clause, bound: &mut Bound) -> String {
    let said = plain(list, clause, bound);
    if clause.negated { format!("NOT ({said})") } else { said }
}

fn plain(list: ListName, clause: &Clause, bound: &mut Bound) -> String {
    // a field that the list does not have is met by nothing
    let Some((column, _)) = list.column_of(clause.field) else { return "0".to_owned() };
    match &clause.test {
        Test::AnyOf(values) if list == ListName::Documents && clause.field == Field::State => states(values, bound),
        Test::AnyOf(values) if clause.field == Field::Order => {
            let places = bound.list(values.iter().map(|value| number_key(value)));
            format!("{column} IN ({places})")
        }
        Test::AnyOf(values) if clause.field == Field::Failure => {
            let places = bound.list(values.iter().cloned());
            format!("(failure IS NOT NULL AND {column} IN ({places}))")
        }
        Test::AnyOf(values) if clause.field == Field::Series => {
            let places = bound.list(values.iter().cloned());
            format!("{column} COLLATE NOCASE IN ({places})")
        }
        Test::AnyOf(values) => {
            let places = bound.list(values.iter().cloned());
            format!("{column} IN ({places})")
        }
        Test::Numbers(numbers) => {
            let any: Vec<String> = numbers
                .iter()
                .map(|(series, number)| {
                    let number = bound.put(number.trim_start_matches('0').to_owned());
                    match series {
                        Some(series) => {
                            let series = bound.put(series.clone());
                            format!("(number IS NOT NULL AND {column} = {number} AND series = {series} COLLATE NOCASE)")
                        }
                        None => format!("(number IS NOT NULL AND {column} = {number})"),
                    }
                })
                .collect();
            format!("({})", any.join(" OR "))
        }
        Test::Words(texts) => {
            // what is left out is exactly what the same words would find
            let Some(searched) = words_in(list, clause.field, texts) else { return "0".to_owned() };
            let table = list.as_str();
            format!("row IN (SELECT rowid FROM {table}_search WHERE {table}_search MATCH {})", bound.put(searched))
        }
        Test::Between(from, to) => {
            let mut parts = Vec::new();
            if let Some(from) = from {
                parts.push(format!("{column} >= {}", bound.put(*from)));
            }
            if let Some(to) = to {
                parts.push(format!("{column} < {}", bound.put(*to)));
            }
            if clause.field == Field::Issued {
                parts.push(format!("{column} > 0"));
            }
            if parts.is_empty() { "1".to_owned() } else { format!("({})", parts.join(" AND ")) }
        }
    }
}

/// Lifecycle states, and the two that are said of them beside.
fn states(values: &[String], bound: &mut Bound) -> String {
    let mut any = Vec::new();
    let plain: Vec<String> = values.iter().filter(|value| !is_beside(value)).cloned().collect();
    if !plain.is_empty() {
        any.push(format!("state IN ({})", bound.list(plain.into_iter())));
    }
    if values.iter().any(|value| value == "mismatched") {
        any.push("verification = 'mismatched'".to_owned());
    }
    if values.iter().any(|value| value == "changed") {
        any.push("open_changes > 0".to_owned());
    }
    if any.len() == 1 { any.remove(0) } else { format!("({})", any.join(" OR ")) }
}

fn is_beside(state: &str) -> bool {
    matches!(state, "mismatched" | "changed")
}

/// The index by which a clause's rows are found; `None`: by none.
pub(super) fn index_of(list: ListName, clause: &Clause) -> Option<&'static str> {
    if clause.negated || is_searched(clause) {
        return None;
    }
    let (_, index) = list.column_of(clause.field)?;
    match &clause.test {
        Test::AnyOf(values) if list == ListName::Documents && clause.field == Field::State => {
            match (values.as_slice(), values.iter().any(|value| is_beside(value))) {
                ([one], true) if one == "mismatched" => Some("documents_mismatched"),
                ([_], true) => Some("documents_changed"),
                (_, true) => None,
                _ => Some(index),
            }
        }
        // several alternatives are several searches of an index, which cannot be named for them
        Test::Numbers(numbers) if numbers.len() > 1 => None,
        Test::Between(None, None) => None,
        _ => Some(index).filter(|index| !index.is_empty()),
    }
}

/// Whether a clause's index holds its rows in the order in which they came.
pub(super) fn is_in_row_order(clause: &Clause) -> bool {
    match &clause.test {
        Test::AnyOf(values) => values.len() == 1,
        _ => false,
    }
}
