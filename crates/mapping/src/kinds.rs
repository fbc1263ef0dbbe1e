//! Whose orders a mapping reads, told by the fields of the order that its expressions name. A mapping keeps no word of it: it
//! is whatever its expressions are, also after it was copied, edited, or carried here in a file.

use crate::document::{Fields, LineBlock, Mapping};
use crate::presets::{preset, presets};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Kinds of orders, each with the preset that a shop of it starts with. `generic` are the orders of `order.schema.json`.
const KINDS: [(&str, &str); 4] =
    [("woocommerce", "woocommerce_ro"), ("shopify", "shopify"), ("stripe", "stripe"), ("generic", "generic")];

/// For each kind, the fields that its own presets read and no other kind's do.
static OWN_FIELDS: LazyLock<Vec<(&str, BTreeSet<String>)>> = LazyLock::new(|| {
    let all: Vec<(&str, BTreeSet<String>)> = KINDS
        .iter()
        .map(|(kind, _)| {
            let of_kind = presets().iter().filter(|id| id.split('_').next() == Some(*kind));
            (*kind, of_kind.filter_map(|id| preset(id)).flat_map(|mapping| fields_of(&mapping)).collect())
        })
        .collect();
    let is_others =
        |kind: &str, field: &String| all.iter().any(|(other, fields)| *other != kind && fields.contains(field));
    let own = |(kind, fields): &(&'static str, BTreeSet<String>)| {
        (*kind, fields.iter().filter(|field| !is_others(kind, field)).cloned().collect())
    };
    all.iter().map(own).collect()
});

/// Whose orders a mapping reads: `woocommerce`, `shopify`, `stripe`, or `generic` for those of `order.schema.json`. `None` where
/// its expressions do not tell.
pub fn orders_read(mapping: &Mapping) -> Option<&'static str> {
    kind_with(&fields_of(mapping))
}

/// Of which kind an order is, by the fields that it has; `None` where they do not tell.
pub fn order_kind(order: &Value) -> Option<&'static str> {
    kind_with(&order.as_object()?.keys().cloned().collect())
}

/// The kind of which most fields are there.
fn kind_with(fields: &BTreeSet<String>) -> Option<&'static str> {
    let mut counts: Vec<(usize, &'static str)> =
        OWN_FIELDS.iter().map(|(kind, own)| (own.intersection(fields).count(), *kind)).collect();
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    match counts[..] {
        [(most, kind), (second, _), ..] if most > second => Some(kind),
        _ => None,
    }
}

/// The preset that a shop with orders of a kind starts with.
pub fn preset_for(kind: &str) -> Option<&'static str> {
    KINDS.iter().find(|(known, _)| *known == kind).map(|(_, preset)| *preset)
}

/// The order's fields that a mapping's expressions name.
fn fields_of(mapping: &Mapping) -> BTreeSet<String> {
    let of_fields = |fields: &Fields| fields.values().map(|rule| rule.expression.clone()).collect::<Vec<_>>();
    let of_block =
        |block: &LineBlock| [vec![block.items.clone(), block.when.clone()], of_fields(&block.fields)].concat();
    let sections = [&mapping.client, &mapping.document, &mapping.payment].into_iter().flat_map(of_fields);
    let expressions = sections.chain(mapping.lines.iter().flat_map(of_block));
    expressions.flat_map(|expression| named_in(&expression)).collect()
}

/// Names after `order.` and `order?.`, where `order` is a word of its own.
fn named_in(expression: &str) -> Vec<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let after = |(at, word): (usize, &str)| {
        if expression[..at].ends_with(|c: char| is_word(c) || c == '.') {
            return None;
        }
        let rest = expression[at + word.len()..].trim_start();
        let rest = rest.strip_prefix('?').unwrap_or(rest).strip_prefix('.')?.trim_start();
        let name: String = rest.chars().take_while(|c| is_word(*c)).collect();
        Some(name).filter(|name| !name.is_empty())
    };
    expression.match_indices("order").filter_map(after).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_reads_the_orders_of_its_kind() {
        for id in presets() {
            assert_eq!(orders_read(&preset(id).unwrap()), id.split('_').next(), "{id}");
        }
        for (kind, id) in KINDS {
            assert_eq!(preset_for(kind), Some(id));
            assert_eq!(preset(id).and_then(|mapping| orders_read(&mapping)), Some(kind), "{id}");
        }
        assert_eq!(preset_for("magento"), None);
    }

    #[test]
    fn an_edited_mapping_stays_of_its_kind_and_what_tells_nothing_is_of_none() {
        let mut edited = preset("stripe").unwrap();
        edited.name = "A noastră".to_owned();
        edited.client.retain(|target, _| target == "name");
        edited.lines.clear();
        assert_eq!(orders_read(&edited), Some("stripe"));
        assert_eq!(orders_read(&Mapping::empty("new")), None);
        let mut foreign = Mapping::empty("own application");
        for (target, expression) in [("total", "money(order.sum)"), ("currency", "reorder.billing + my.order.lines")] {
            let rule = crate::Rule { expression: expression.to_owned(), ..Default::default() };
            foreign.document.insert(target.to_owned(), rule);
        }
        assert_eq!(orders_read(&foreign), None, "neither of its words is the order's");
    }

    #[test]
    fn an_order_tells_its_kind_by_its_own_fields() {
        let built_in: Value = serde_json::from_str(crate::sandbox_order()).unwrap();
        assert_eq!(order_kind(&built_in), Some("woocommerce"));
        let generic = serde_json::json!({ "number": "1", "total": "2", "lines": [], "customer": {} });
        assert_eq!(order_kind(&generic), Some("generic"));
        let session = serde_json::json!({ "id": "cs_1", "amount_total": 1, "customer_details": {}, "line_items": {} });
        assert_eq!(order_kind(&session), Some("stripe"));
        for nothing in [Value::Null, serde_json::json!({ "currency": "RON" })] {
            assert_eq!(order_kind(&nothing), None);
        }
    }

    #[test]
    fn names_are_read_after_the_order_alone() {
        assert_eq!(named_in("order?.billing?.city + order.total"), ["billing", "total"]);
        assert_eq!(named_in("f(order) + border.x + order .y + x.order.z"), ["y"]);
    }
}
