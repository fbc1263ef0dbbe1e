//! What holds for every order, however odd: no panic, the same answer twice, and a draft that sums to its order or is held.

#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::NaiveDate;
use proptest::prelude::*;
use punte_mapping::{CompiledMapping, MappingContext, compile, preset, presets, sandbox_order};
use serde_json::{Map, Value, json};
use std::sync::OnceLock;

fn compiled() -> &'static [CompiledMapping] {
    static COMPILED: OnceLock<Vec<CompiledMapping>> = OnceLock::new();
    COMPILED.get_or_init(|| presets().iter().map(|id| compile(&preset(id).unwrap()).unwrap()).collect())
}

fn context() -> MappingContext {
    MappingContext { tax_point: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(), settings: Map::new() }
}

/// Values that shops really send where another was expected.
fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        "-?[0-9]{1,30}(\\.[0-9]{1,12})?".prop_map(Value::from),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null, "x", { "total": "1", "name": [] }])),
        Just(json!("79228162514264337593543950335")),
        Just(json!("0.00")),
        Just(json!("-5.00")),
    ]
}

/// Replaces the value at a place that the numbers choose, level by level.
fn replace(value: &mut Value, path: &[prop::sample::Index], with: &Value) {
    let Some((first, rest)) = path.split_first() else {
        *value = with.clone();
        return;
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let at = first.index(fields.len());
            replace(fields.iter_mut().nth(at).unwrap().1, rest, with);
        }
        Value::Array(items) if !items.is_empty() => {
            let at = first.index(items.len());
            replace(&mut items[at], rest, with);
        }
        _ => *value = with.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_draft_sums_to_its_order_or_is_held(
        changes in prop::collection::vec((prop::collection::vec(any::<prop::sample::Index>(), 1..5), odd()), 0..4),
    ) {
        let mut order: Value = serde_json::from_str(sandbox_order()).unwrap();
        for (path, with) in &changes {
            replace(&mut order, path, with);
        }
        for mapping in compiled() {
            let first = mapping.evaluate(&order, &context());
            let again = mapping.explain(&order, &context());
            prop_assert_eq!(&first.draft, &again.draft, "the same order, the same draft");
            prop_assert_eq!(&first.problems, &again.problems);
            match &first.draft {
                Some(draft) if first.problems.is_empty() => {
                    prop_assert_eq!(draft.total(), draft.currency.round(draft.order_total));
                }
                _ => prop_assert!(!first.problems.is_empty(), "without a draft something must say why"),
            }
        }
    }
}
