//! A mapping between its wire shape and the engine's. Rules go out in the order of the targets, tables by key, so that the
//! same mapping always looks the same.

use crate::dto::*;
use crate::error::ApiError;
use punte_domain::LineKind;
use punte_domain::money::parse_decimal;
use punte_engine::mapping::{
    Checks, Fields, LineBlock, Mapping, MappingChange, Problem, RoundingLine, Rule, RuleError, WhenEmpty, targets_of,
};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

pub(super) fn shown(mapping: &Mapping) -> MappingDocument {
    MappingDocument {
        name: mapping.name.clone(),
        tolerance: text_of(mapping.checks.tolerance),
        rounding: mapping
            .checks
            .rounding
            .as_ref()
            .map(|rounding| RoundingEntry { cap: text_of(rounding.cap), name: rounding.name.clone() }),
        client: rules("client", &mapping.client),
        document: rules("document", &mapping.document),
        lines: mapping
            .lines
            .iter()
            .map(|block| BlockEntry {
                name: block.name.clone(),
                kind: block.kind.as_str().to_owned(),
                items: block.items.clone(),
                when: block.when.clone(),
                fields: rules("line", &block.fields),
            })
            .collect(),
        payment: rules("payment", &mapping.payment),
        tables: mapping
            .tables
            .iter()
            .map(|(name, rows)| TableEntry {
                name: name.clone(),
                rows: rows.iter().map(|(key, value)| TableRow { key: key.clone(), value: value.clone() }).collect(),
            })
            .collect(),
    }
}

fn text_of(amount: Decimal) -> String {
    amount.normalize().to_string()
}

/// In the order of the targets; what is no target comes last, to be seen and removed.
fn rules(section: &str, fields: &Fields) -> Vec<RuleEntry> {
    let known: Vec<&str> = targets_of(section).map(|target| target.name).collect();
    let entry = |target: &str, rule: &Rule| RuleEntry {
        target: target.to_owned(),
        expression: rule.expression.clone(),
        default: rule.default.clone(),
        when_empty: rule.when_empty.as_str().to_owned(),
        note: rule.note.clone(),
    };
    let listed = known.iter().filter_map(|name| fields.get(*name).map(|rule| entry(name, rule)));
    let others = fields.iter().filter(|(name, _)| !known.contains(&name.as_str()));
    listed.chain(others.map(|(name, rule)| entry(name, rule))).collect()
}

/// # Errors
/// The part that cannot be read: an amount, a word that is none of the known ones, something that is there twice.
pub(super) fn read(document: MappingDocument) -> Result<Mapping, ApiError> {
    let mut mapping = Mapping::empty(document.name.trim());
    mapping.checks = Checks {
        tolerance: amount("tolerance", &document.tolerance)?,
        rounding: match document.rounding {
            None => None,
            Some(entry) => Some(RoundingLine { cap: amount("rounding.cap", &entry.cap)?, name: entry.name }),
        },
    };
    mapping.client = fields("client", document.client)?;
    mapping.document = fields("document", document.document)?;
    mapping.payment = fields("payment", document.payment)?;
    for block in document.lines {
        let kind = [LineKind::Product, LineKind::Shipping, LineKind::Fee, LineKind::Discount, LineKind::Rounding]
            .into_iter()
            .find(|kind| kind.as_str() == block.kind)
            .ok_or_else(|| ApiError::invalid("document", format!("lines.{}.kind: {}", block.name, block.kind)))?;
        let fields = fields(&format!("lines.{}", block.name), block.fields)?;
        mapping.lines.push(LineBlock { name: block.name, kind, items: block.items, when: block.when, fields });
    }
    for table in document.tables {
        let mut rows = BTreeMap::new();
        for row in table.rows {
            if rows.insert(row.key.clone(), row.value).is_some() {
                return Err(twice(&format!("tables.{}", table.name), &row.key));
            }
        }
        if mapping.tables.insert(table.name.clone(), rows).is_some() {
            return Err(twice("tables", &table.name));
        }
    }
    Ok(mapping)
}

fn amount(field: &str, text: &str) -> Result<Decimal, ApiError> {
    if text.trim().is_empty() {
        return Ok(Decimal::ZERO);
    }
    parse_decimal(text).map_err(|_| ApiError::invalid("document", format!("{field}: {text}")))
}

fn twice(part: &str, name: &str) -> ApiError {
    ApiError::invalid("document", format!("{part}: {name} twice"))
}

fn fields(part: &str, entries: Vec<RuleEntry>) -> Result<Fields, ApiError> {
    let mut fields = Fields::new();
    for entry in entries {
        let when_empty = WhenEmpty::parse(&entry.when_empty)
            .ok_or_else(|| ApiError::invalid("document", format!("{part}.{}: {}", entry.target, entry.when_empty)))?;
        let rule = Rule { expression: entry.expression, default: entry.default, when_empty, note: entry.note };
        if fields.insert(entry.target.clone(), rule).is_some() {
            return Err(twice(part, &entry.target));
        }
    }
    Ok(fields)
}

pub(super) fn problem(problem: &Problem) -> RuleProblem {
    RuleProblem {
        code: problem.code.as_str().to_owned(),
        detail: problem.detail.clone(),
        line: problem.position.map(|(line, _)| line as u32),
        column: problem.position.map(|(_, column)| column as u32),
        near: problem.near.clone(),
    }
}

pub(super) fn error(error: &RuleError) -> RuleErrorInfo {
    RuleErrorInfo { target: error.target.clone(), block: error.block.clone(), problem: problem(&error.problem) }
}

pub(super) fn change(change: MappingChange) -> MappingChangeInfo {
    MappingChangeInfo {
        section: change.section.to_owned(),
        part: change.part,
        target: change.target,
        aspect: change.aspect.to_owned(),
        before: change.before,
        after: change.after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use punte_engine::mapping::{preset, presets};

    #[test]
    fn every_preset_comes_back_as_it_went_out() {
        for id in presets() {
            let mapping = preset(id).unwrap();
            let shown = shown(&mapping);
            assert_eq!(read(shown.clone()).unwrap(), mapping, "{id}");
            assert!(shown.client.iter().any(|rule| rule.target == "name"), "{id}");
        }
    }

    #[test]
    fn what_is_there_twice_or_is_no_amount_is_refused_by_its_place() {
        let document = shown(&preset("woocommerce_ro").unwrap());
        let refused = |change: &dyn Fn(&mut MappingDocument)| {
            let mut changed = document.clone();
            change(&mut changed);
            read(changed).unwrap_err().detail
        };
        assert_eq!(refused(&|d| d.client.push(d.client[0].clone())), "client: is_company twice");
        assert_eq!(refused(&|d| d.tolerance = "a cent".into()), "tolerance: a cent");
        assert_eq!(
            refused(&|d| d.lines[0].kind = "gift".into()),
            format!("lines.{}.kind: gift", document.lines[0].name)
        );
        assert_eq!(refused(&|d| d.payment[0].when_empty = "guess".into()), "payment.kind: guess");
        let row = TableRow { key: "a".into(), value: "b".into() };
        let table = TableEntry { name: "t".into(), rows: vec![row.clone(), row] };
        assert_eq!(refused(&|d| d.tables.push(table.clone())), "tables.t: a twice");
    }
}
