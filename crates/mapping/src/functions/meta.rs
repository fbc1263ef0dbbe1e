//! What shops and their plugins keep beside the order's own fields: meta data, notes, and the fiscal data of a company.

use super::amounts::{exact, money, round};
use crate::node::{Node, is_blank, text_of};
use crate::problem::{Problem, ProblemCode, nearest, raise_problem};
use crate::scene;
use rhai::{Dynamic, Engine, EvalAltResult};
use rust_decimal::Decimal;

type Outcome<T> = Result<T, Box<EvalAltResult>>;

pub(super) fn register(engine: &mut Engine) {
    engine
        .register_fn("meta", |order: Node, key: &str| meta(&order, key))
        .register_fn("meta", |order: Node, key: &str, field: &str| inner(&meta(&order, key), field))
        .register_fn("meta", |a: &str| first_meta(&[a]))
        .register_fn("meta", |a: &str, b: &str| first_meta(&[a, b]))
        .register_fn("meta", |a: &str, b: &str, c: &str| first_meta(&[a, b, c]))
        .register_fn("meta", |a: &str, b: &str, c: &str, d: &str| first_meta(&[a, b, c, d]))
        .register_fn("meta", |a: &str, b: &str, c: &str, d: &str, e: &str| first_meta(&[a, b, c, d, e]))
        .register_fn("meta", |a: &str, b: &str, c: &str, d: &str, e: &str, f: &str| first_meta(&[a, b, c, d, e, f]))
        .register_fn("is_company", |order: Node| is_company(&order))
        .register_fn("company_meta", |order: Node, what: &str| company_meta(&order, what))
        .register_fn("discount_note", |item: Node, order: Node| discount_note(&item, &order))
        .register_fn("lookup", |table: &str, key: Dynamic| lookup(table, &text_of(&key)));
}

/// The first of some keys that is not blank. A key may name a field inside a value: `av_facturare.cui`.
fn first_meta(keys: &[&str]) -> Dynamic {
    let Some(order) = scene::order() else { return Dynamic::UNIT };
    let find = |key: &str| {
        let whole = meta(&order, key);
        match key.split_once('.') {
            Some((key, field)) if is_blank(&whole) => inner(&meta(&order, key), field),
            _ => whole,
        }
    };
    keys.iter().map(|key| find(key)).find(|value| !is_blank(value)).unwrap_or(Dynamic::UNIT)
}

/// A value of WooCommerce's `meta_data`, Shopify's `note_attributes` or Stripe's `metadata`; the last one where a key is there
/// twice.
fn meta(order: &Node, key: &str) -> Dynamic {
    for (list, name) in [("meta_data", "key"), ("note_attributes", "name")] {
        if let Some(value) = order.find_entry(list, name, key, "value") {
            return value;
        }
    }
    order.inside("metadata", key)
}

fn inner(value: &Dynamic, field: &str) -> Dynamic {
    value.read_lock::<Node>().map_or(Dynamic::UNIT, |node| node.get(field))
}

/// Where Romanian billing plugins keep what; source: their public code, see docs/mapping.md.
const KNOWN_META: &[(&str, &[(&str, &str)])] = &[
    (
        "cui",
        &[
            ("av_facturare", "cui"),
            ("smartbill_billing_cif", ""),
            ("smartbill_cif", ""),
            ("curiero_pf_pj_option", "cui"),
            ("_wc_billing/avfacturare/cui", ""),
            ("_wc_other/avfacturare/cui", ""),
            ("_billing_cui", ""),
            ("billing_cui", ""),
        ],
    ),
    (
        "reg_com",
        &[
            ("av_facturare", "nr_reg_com"),
            ("smartbill_billing_nr_reg_com", ""),
            ("smartbill_regcom", ""),
            ("curiero_pf_pj_option", "nr_reg_com"),
            ("_wc_billing/avfacturare/nr_reg_com", ""),
            ("_wc_other/avfacturare/nr_reg_com", ""),
        ],
    ),
    ("company", &[("smartbill_billing_company_name", ""), ("av_facturare", "denumire")]),
];

fn company_meta(order: &Node, what: &str) -> String {
    let places = KNOWN_META.iter().find(|(name, _)| *name == what).map_or(&[][..], |(_, places)| places);
    places
        .iter()
        .map(|(key, field)| {
            let value = meta(order, key);
            text_of(&if field.is_empty() { value } else { inner(&value, field) })
        })
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

/// A stated billing type decides; without one, a company name together with a fiscal code does.
fn is_company(order: &Node) -> bool {
    let stated = [
        ("av_facturare", "tip_facturare"),
        ("smartbill_billing_type", ""),
        ("curiero_pf_pj_option", "curiero_pf_pj_type"),
        ("_wc_billing/avfacturare/tip_facturare", ""),
        ("_wc_other/avfacturare/tip_facturare", ""),
    ];
    let stated = stated.iter().map(|(key, field)| {
        let value = meta(order, key);
        text_of(&if field.is_empty() { value } else { inner(&value, field) })
    });
    match stated.into_iter().find(|text| !text.is_empty()).as_deref() {
        Some("pers-jur" | "pj") => true,
        Some("pers-fiz" | "pf") => false,
        _ => !text_of(&order.get_path("billing.company")).is_empty() && !company_meta(order, "cui").is_empty(),
    }
}

fn discount_note(item: &Node, order: &Node) -> Outcome<String> {
    let amount = |field: &str| money(item.get(field));
    let before = amount("subtotal")?.checked_add(amount("subtotal_tax")?);
    let after = amount("total")?.checked_add(amount("total_tax")?);
    let discount = exact(exact(before)?.checked_sub(exact(after)?))?;
    if discount <= Decimal::ZERO {
        return Ok(String::new());
    }
    let codes: Vec<String> = order.nodes("coupon_lines").iter().map(|line| text_of(&line.get("code"))).collect();
    let codes = codes.into_iter().filter(|code| !code.is_empty()).collect::<Vec<_>>().join(", ");
    Ok(format!("Reducere {} {codes}", round(discount, 2).normalize()).trim().to_owned())
}

/// A value of one of the mapping's tables; nothing where the key is not in it.
fn lookup(table: &str, key: &str) -> Outcome<Dynamic> {
    let tables = scene::tables();
    match tables.get(table) {
        Some(rows) => Ok(rows.get(key).map_or(Dynamic::UNIT, |value| value.as_str().into())),
        None => Err(raise_problem(Problem {
            near: nearest(table, tables.keys().map(String::as_str)),
            ..Problem::new(ProblemCode::NoTable, table)
        })),
    }
}
