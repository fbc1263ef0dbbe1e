//! What a mapping from a stranger can try, and how it ends: in an error that says what was wrong, soon, in little memory.

#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::NaiveDate;
use punte_mapping::{Mapping, MappingContext, ProblemCode, compile, evaluate_condition, preset, sandbox_order};
use serde_json::{Map, Value, json};

fn order() -> Value {
    serde_json::from_str(sandbox_order()).unwrap()
}

fn code_of(expression: &str) -> Option<ProblemCode> {
    evaluate_condition(expression, &order(), &Map::new()).err().map(|problem| problem.code)
}

#[test]
fn statements_loops_and_the_world_outside_are_refused() {
    for hostile in [
        "while true { }",
        "loop { 1 }",
        "for i in 0..9 { i }",
        "let x = 1; x",
        "fn f() { f() } f()",
        "import \"os\" as os; 1",
        "eval(\"1\")",
        "Fn(\"money\").call(1)",
        "|x| x",
        "sleep(1000)",
        "timestamp()",
        "print(\"x\")",
        "order.total = 5",
        "throw 1",
        "try { 1 } catch { 2 }",
        "",
        "   ",
    ] {
        assert!(code_of(hostile).is_some(), "{hostile}");
    }
}

#[test]
fn what_grows_is_cut_off() {
    let nested = |open: &str, close: &str, depth: usize| format!("{}1{} == 1", open.repeat(depth), close.repeat(depth));
    assert_eq!(code_of(&nested("(", ")", 500)), Some(ProblemCode::TooDeep));
    assert_eq!(code_of(&nested("[", "]", 900)), Some(ProblemCode::TooDeep));
    assert_eq!(code_of(&nested("round2(", ")", 300)), Some(ProblemCode::TooDeep));
    assert_eq!(code_of(&"x".repeat(5000)), Some(ProblemCode::TooLarge));
    let long = format!("\"{}\"", "x".repeat(1500));
    let doubled = format!("({long} + {long})");
    assert_eq!(code_of(&format!("{doubled}.len() > 0")), None, "what is within the bounds runs");
    for grows in [
        "\"a\".pad(9223372036854775807, \"bb\") == \"\"",
        "[1].pad(9223372036854775807, 1).len() > 0",
        "order.note.replace(\"a\", \"bbbbbbbb\").len() > 0",
    ] {
        assert!(code_of(grows).is_some(), "{grows}");
    }
    let mut order = order();
    order["note"] = Value::String("x".repeat(40_000));
    let twice = evaluate_condition("(order.note + order.note).len() > 0", &order, &Map::new());
    assert_eq!(twice.unwrap_err().code, ProblemCode::TooLarge);
    let wide = format!("[{}].len() > 0", "[1,1,1,1,1,1,1,1,1,1],".repeat(150));
    assert_eq!(code_of(&wide), None, "what is within the bounds runs");
}

#[test]
fn numbers_beyond_reckoning_are_errors_not_ends() {
    for expression in [
        "money(\"79228162514264337593543950335\") + 1 > 0",
        "money(\"79228162514264337593543950335\") * 10 > 0",
        "1 / 0 > 0",
        "money(1) / 0 > 0",
        "9223372036854775807 + 1 > 0",
        "gross(\"79228162514264337593543950335\", \"79228162514264337593543950335\") > 0",
        "net(1, -100) > 0",
        "vat_rate(\"79228162514264337593543950335\", 1, \"2026-11-21\") > 0",
        "vat_rate(1, 1, \"soon\") > 0",
        "gross_unit_price(\"79228162514264337593543950335\", 1, 1) > 0",
        "gross_unit_price(\"79228162514\", 1, \"0.0000000000000000000000000001\") > 0",
        "minor(\"a\", \"RON\") > 0",
        "sum([1, 2], \"total\") > 0 && 1",
        "order.line_items[99].total == 1",
        "order.line_items[-1].total == 1",
        "order.line_items.total == 1",
        "order.number.total == 1",
    ] {
        assert!(code_of(expression).is_some(), "{expression}");
    }
}

#[test]
fn a_rule_that_works_on_every_line_has_one_budget_for_all() {
    let mut mapping = preset("woocommerce_ro").unwrap();
    let work = vec!["order.number.len()"; 150].join(", ");
    for rule in mapping.lines[0].fields.values_mut() {
        rule.expression = format!("[{work}].len()");
    }
    let mut order = order();
    order["line_items"] = Value::Array(vec![json!({ "name": "x" }); 2000]);
    let context = MappingContext { tax_point: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(), settings: Map::new() };
    let evaluation = compile(&mapping).unwrap().evaluate(&order, &context);
    let last = evaluation.problems.last().unwrap();
    assert!(last.detail.starts_with("too_many_operations"), "{last:?}");
    assert!(evaluation.draft.is_none());
}

#[test]
fn amounts_that_would_overflow_a_sum_are_held() {
    let mut mapping = preset("generic").unwrap();
    for (field, value) in [
        ("unit_price", "money(\"9999999999999999999999999999\")"),
        ("quantity", "money(\"9999999999999\")"),
        ("vat_rate", "0 - 100"),
    ] {
        let mut hostile = mapping.clone();
        hostile.lines[0].fields.get_mut(field).unwrap().expression = value.to_owned();
        let evaluation = evaluate(&hostile);
        assert!(evaluation.problems.iter().any(|problem| problem.field.ends_with(field)), "{:?}", evaluation.problems);
    }
    mapping.document.get_mut("total").unwrap().expression = "money(\"79228162514264337593543950335\")".into();
    assert_eq!(evaluate(&mapping).problems[0].field, "document.total");
}

fn evaluate(mapping: &Mapping) -> punte_mapping::Evaluation {
    let order = json!({ "number": "1", "currency": "RON", "total": "10.00",
        "customer": { "name": "Ana", "address": "Str. 1", "city": "Cluj-Napoca", "county": "CJ", "country": "RO" },
        "lines": [{ "name": "Cană", "quantity": "1", "unit_price": "10.00", "vat_rate": "21" }] });
    let context = MappingContext { tax_point: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(), settings: Map::new() };
    compile(mapping).unwrap().evaluate(&order, &context)
}

#[test]
fn an_order_of_any_shape_is_held_not_a_panic() {
    let compiled: Vec<_> = punte_mapping::presets().iter().map(|id| compile(&preset(id).unwrap()).unwrap()).collect();
    let context = MappingContext { tax_point: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(), settings: Map::new() };
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!({ "billing": deep, "line_items": [1, null, "x", { "total": {} }] });
    }
    for order in [json!(null), json!([]), json!("order"), json!(7), json!({}), json!({ "line_items": {} }), deep] {
        for mapping in &compiled {
            let evaluation = mapping.explain(&order, &context);
            assert!(!evaluation.problems.is_empty(), "{order}");
        }
    }
}
