//! Orders mapped by one core: typical WooCommerce orders of one to four products, with shipping and a fee, through the Romanian preset, compiled once.
//! `scripts/bench.sh` reads the median and writes orders for each second.

#![allow(clippy::unwrap_used, reason = "a benchmark")]

use chrono::NaiveDate;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use punte_mapping::{CompiledMapping, MappingContext, compile, preset, sandbox_order};
use serde_json::{Map, Value};
use std::hint::black_box;

/// The sample order with one, two and four products; each still adds up.
fn orders() -> Vec<Value> {
    let sample: Value = serde_json::from_str(sandbox_order()).unwrap();
    [1, 2, 4].into_iter().map(|products| with_products(&sample, products)).collect()
}

fn with_products(sample: &Value, products: usize) -> Value {
    let mut order = sample.clone();
    let lines = order["line_items"].as_array().unwrap().clone();
    order["line_items"] = lines.iter().cycle().take(products).cloned().collect();
    // in bani: a mug's line, a book's, and with every order shipping and a fee
    let lines: i64 = [2697, 4500].iter().cycle().take(products).sum();
    let total = lines + 1999 + 999;
    order["total"] = format!("{}.{:02}", total / 100, total % 100).into();
    order.as_object_mut().unwrap().remove("total_tax");
    order
}

fn mapping(criterion: &mut Criterion) {
    let compiled = compile(&preset("woocommerce_ro").unwrap()).unwrap();
    let tax_point = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    let context = MappingContext { tax_point, settings: Map::new() };
    let orders = orders();
    for order in &orders {
        let evaluation = compiled.evaluate(order, &context);
        assert!(evaluation.problems.is_empty(), "a benchmark of orders that are held tells nothing: {evaluation:?}");
    }
    let mut group = criterion.benchmark_group("mapping");
    group.throughput(Throughput::Elements(orders.len() as u64));
    group.bench_function("orders", |bencher| {
        bencher.iter(|| {
            for order in &orders {
                black_box(compiled.evaluate(black_box(order), &context));
            }
        });
    });
    group.throughput(Throughput::Elements(1));
    group.bench_function("explain", |bencher| bencher.iter(|| black_box(compiled.explain(&orders[0], &context))));
    group.bench_function("hostile", |bencher| {
        let (compiled, order) = hostile();
        bencher.iter(|| black_box(compiled.evaluate(&order, &context)));
    });
    group.finish();
}

/// The longest that a mapping can work: expressions of the longest kind in every field of two thousand lines.
fn hostile() -> (CompiledMapping, Value) {
    let mut mapping = preset("woocommerce_ro").unwrap();
    let work = vec!["ascii(order.number)"; 180].join(", ");
    for rule in mapping.lines[0].fields.values_mut() {
        rule.expression = format!("[{work}].len()");
    }
    let mut order: Value = serde_json::from_str(sandbox_order()).unwrap();
    order["line_items"] = Value::Array(vec![serde_json::json!({ "name": "x" }); 2000]);
    (compile(&mapping).unwrap(), order)
}

criterion_group!(benches, mapping);
criterion_main!(benches);
