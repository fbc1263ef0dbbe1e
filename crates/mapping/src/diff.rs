//! What differs between two mappings, field by field.

use crate::document::{Fields, LineBlock, Mapping, Rule, TARGETS};
use std::collections::BTreeMap;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingChange {
    /// `client`, `document`, `lines`, `payment`, `tables`, `settings`.
    pub section: &'static str,
    /// Name of the block or table.
    pub part: Option<String>,
    /// The field, the table's key, or the setting.
    pub target: String,
    /// `expression`, `default`, `when_empty`, `note`, `items`, `when`, `kind`, `value`.
    pub aspect: &'static str,
    /// Nothing where it was not there.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Reads one side of a rule.
type Aspect = fn(&Rule) -> Option<String>;

/// Every difference, in the order of the document.
pub fn diff(before: &Mapping, after: &Mapping) -> Vec<MappingChange> {
    let mut found = Found { changes: Vec::new() };
    found.settings(before, after);
    found.fields("client", None, Some(&before.client), Some(&after.client));
    found.fields("document", None, Some(&before.document), Some(&after.document));
    found.blocks(&before.lines, &after.lines);
    found.fields("payment", None, Some(&before.payment), Some(&after.payment));
    found.tables(&before.tables, &after.tables);
    found.changes
}

struct Found {
    changes: Vec<MappingChange>,
}

impl Found {
    fn note(
        &mut self,
        (section, part): (&'static str, Option<&str>),
        target: &str,
        aspect: &'static str,
        before: Option<String>,
        after: Option<String>,
    ) {
        if before != after {
            let (part, target) = (part.map(str::to_owned), target.to_owned());
            self.changes.push(MappingChange { section, part, target, aspect, before, after });
        }
    }

    fn settings(&mut self, before: &Mapping, after: &Mapping) {
        let at = ("settings", None);
        self.note(at, "name", "value", Some(before.name.clone()), Some(after.name.clone()));
        let tolerance = |mapping: &Mapping| Some(mapping.checks.tolerance.normalize().to_string());
        self.note(at, "tolerance", "value", tolerance(before), tolerance(after));
        let cap = |mapping: &Mapping| mapping.checks.rounding.as_ref().map(|line| line.cap.normalize().to_string());
        self.note(at, "rounding_cap", "value", cap(before), cap(after));
        let name = |mapping: &Mapping| mapping.checks.rounding.as_ref().map(|line| line.name.clone());
        self.note(at, "rounding_name", "value", name(before), name(after));
    }

    fn fields(&mut self, section: &'static str, part: Option<&str>, before: Option<&Fields>, after: Option<&Fields>) {
        let names = if section == "lines" { "line" } else { section };
        let known = TARGETS.iter().filter(|target| target.section == names).map(|target| target.name);
        // a field that no mapping can have is shown too, at the end
        let others = [before, after].into_iter().flatten().flat_map(BTreeMap::keys).map(String::as_str);
        let mut seen: Vec<&str> = Vec::new();
        for name in known.chain(others) {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
            let rule = |fields: Option<&Fields>| fields.and_then(|fields| fields.get(name)).cloned();
            self.rule((section, part), name, rule(before), rule(after));
        }
    }

    fn rule(&mut self, at: (&'static str, Option<&str>), name: &str, before: Option<Rule>, after: Option<Rule>) {
        let of = |rule: &Option<Rule>, read: Aspect| rule.as_ref().and_then(read);
        let aspects: [(&'static str, Aspect); 4] = [
            ("expression", |rule| Some(rule.expression.clone())),
            ("default", |rule| rule.default.clone()),
            ("when_empty", |rule| Some(rule.when_empty.as_str().to_owned())),
            ("note", |rule| Some(rule.note.clone()).filter(|note| !note.is_empty())),
        ];
        for (aspect, read) in aspects {
            // of a rule that came or went, what is as it is by itself tells nothing
            let is_new = before.is_none() != after.is_none();
            let told = |value: Option<String>| {
                value.filter(|value| !(is_new && aspect == "when_empty" && value == "leave_out"))
            };
            self.note(at, name, aspect, told(of(&before, read)), told(of(&after, read)));
        }
    }

    fn blocks(&mut self, before: &[LineBlock], after: &[LineBlock]) {
        let gone = before.iter().filter(|block| !after.iter().any(|other| other.name == block.name));
        for block in after.iter().chain(gone) {
            let name = block.name.as_str();
            let was = before.iter().find(|other| other.name == name);
            let is = after.iter().find(|other| other.name == name);
            let at = ("lines", Some(name));
            let kind = |block: Option<&LineBlock>| block.map(|block| block.kind.as_str().to_owned());
            self.note(at, name, "kind", kind(was), kind(is));
            let items = |block: Option<&LineBlock>| block.map(|block| block.items.clone());
            self.note(at, name, "items", items(was), items(is));
            let when =
                |block: Option<&LineBlock>| block.map(|block| block.when.clone()).filter(|when| !when.is_empty());
            self.note(at, name, "when", when(was), when(is));
            self.fields("lines", Some(name), was.map(|block| &block.fields), is.map(|block| &block.fields));
        }
        let order =
            |blocks: &[LineBlock]| blocks.iter().map(|block| block.name.as_str()).collect::<Vec<_>>().join(", ");
        let is_same_set =
            before.len() == after.len() && before.iter().all(|one| after.iter().any(|b| b.name == one.name));
        if is_same_set {
            self.note(("lines", None), "order", "value", Some(order(before)), Some(order(after)));
        }
    }

    fn tables(
        &mut self,
        before: &BTreeMap<String, BTreeMap<String, String>>,
        after: &BTreeMap<String, BTreeMap<String, String>>,
    ) {
        let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            let empty = BTreeMap::new();
            let (was, is) = (before.get(name).unwrap_or(&empty), after.get(name).unwrap_or(&empty));
            let mut keys: Vec<&String> = was.keys().chain(is.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                self.note(("tables", Some(name)), key, "value", was.get(key).cloned(), is.get(key).cloned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preset;

    #[test]
    fn the_same_mapping_has_no_differences_and_each_change_is_one() {
        let before = preset("woocommerce_ro").unwrap();
        assert_eq!(diff(&before, &before.clone()), []);
        let mut after = before.clone();
        after.client.get_mut("city").unwrap().expression = "order.billing.city".into();
        after.client.remove("phone");
        after.lines[0].when = "item.quantity > 0".into();
        after.checks.tolerance = rust_decimal::dec!(0.01);
        after.tables.insert("unitati".into(), BTreeMap::from([("kg".into(), "kilogram".into())]));
        let changes = diff(&before, &after);
        let shown: Vec<(&str, &str, &str)> =
            changes.iter().map(|change| (change.section, change.target.as_str(), change.aspect)).collect();
        assert_eq!(
            shown,
            [
                ("settings", "tolerance", "value"),
                ("client", "city", "expression"),
                ("client", "phone", "expression"),
                ("lines", "line_items", "when"),
                ("tables", "kg", "value"),
            ]
        );
        assert_eq!(changes[2].after, None, "it is gone");
    }

    #[test]
    fn a_renamed_block_is_one_that_went_and_one_that_came() {
        let before = preset("generic").unwrap();
        let mut after = before.clone();
        after.lines[0].name = "others".into();
        let kinds: Vec<_> = diff(&before, &after).into_iter().filter(|change| change.aspect == "kind").collect();
        assert_eq!(kinds.len(), 2);
        assert!(kinds[0].before.is_none() && kinds[1].after.is_none());
    }
}
