//! The Romanian WooCommerce preset on real-shaped orders, and the bounds of the expression language.

#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::NaiveDate;
use proptest::prelude::*;
use punte_domain::{FailureKind, LineKind};
use punte_mapping::{
    CompiledMapping, Evaluation, MappingContext, compile, evaluate_condition, preset_romanian_woocommerce,
};
use rust_decimal::{Decimal, RoundingStrategy, dec};
use serde_json::{Map, Value, json};

fn sample() -> Value {
    serde_json::from_str(include_str!("data/woocommerce-order.json")).unwrap()
}

fn context() -> MappingContext {
    MappingContext { tax_point: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(), settings: Map::new() }
}

fn preset() -> CompiledMapping {
    compile(&preset_romanian_woocommerce()).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn evaluate(order: &Value) -> Evaluation {
    preset().evaluate(order, &context())
}

fn kinds(evaluation: &Evaluation) -> Vec<(&str, FailureKind)> {
    evaluation.problems.iter().map(|problem| (problem.field.as_str(), problem.kind)).collect()
}

#[test]
fn the_sample_order_becomes_an_exact_draft() {
    let evaluation = evaluate(&sample());
    assert_eq!(kinds(&evaluation), []);
    let draft = evaluation.draft.unwrap();
    assert_eq!(draft.total(), dec!(101.95));
    let shares: Vec<_> = draft.vat_shares().iter().map(|share| (share.rate, share.vat)).collect();
    assert_eq!(shares, [(dec!(21), dec!(9.88)), (dec!(11), dec!(4.46))]);
    assert_eq!(draft.client.name, "EXEMPLU SRL");
    assert_eq!(draft.client.tax_id, "RO12345674");
    assert!(draft.client.vat_payer && draft.client.is_company);
    assert_eq!((draft.client.city.as_str(), draft.client.county.as_str()), ("Sector 1", "Bucuresti"));
    assert_eq!(draft.payment, None, "cash on delivery is collected by the courier, later");
    let lines: Vec<_> = draft.lines.iter().map(|l| (l.kind, l.name.as_str(), l.quantity, l.unit_price)).collect();
    assert_eq!(
        lines,
        [
            (LineKind::Product, "Cană ceramică", dec!(3), dec!(8.99)),
            (LineKind::Product, "Carte", dec!(1), dec!(45.00)),
            (LineKind::Shipping, "Curier", dec!(1), dec!(19.99)),
            (LineKind::Fee, "Taxa ramburs", dec!(1), dec!(9.99)),
        ]
    );
    assert_eq!(draft.lines[0].description, "Reducere 3 vara10");
}

#[test]
fn a_person_has_no_fiscal_code_and_pays_by_card() {
    let mut order = sample();
    order["meta_data"] = json!([]);
    order["billing"]["company"] = json!("");
    order["billing"]["city"] = json!("Cluj-Napoca");
    order["billing"]["state"] = json!("CJ");
    order["payment_method"] = json!("netopiapayments");
    order["date_paid"] = json!("2026-11-21T09:02:11");
    order["transaction_id"] = json!("tx-77");
    let draft = evaluate(&order).draft.unwrap();
    assert_eq!((draft.client.name.as_str(), draft.client.tax_id.as_str()), ("Ana Ionescu", ""));
    assert_eq!((draft.client.city.as_str(), draft.client.county.as_str()), ("Cluj-Napoca", "Cluj"));
    let payment = draft.payment.unwrap();
    assert_eq!((payment.value, payment.document_number.as_str()), (dec!(101.95), "tx-77"));
}

#[test]
fn bucharest_without_a_sector_is_held_not_guessed() {
    let mut order = sample();
    order["billing"]["city"] = json!("București");
    assert_eq!(kinds(&evaluate(&order)), [("client.city", FailureKind::AddressIncomplete)]);
}

#[test]
fn an_old_rate_holds_the_line_and_names_rate_and_date() {
    let mut order = sample();
    order["line_items"][0]["total_tax"] = json!("4.24");
    let evaluation = evaluate(&order);
    assert_eq!(kinds(&evaluation), [("line_items[1].vat_rate", FailureKind::VatRateNotLegal)]);
    assert_eq!(evaluation.problems[0].detail, "19.02 % @ 2026-11-21");
}

#[test]
fn a_cent_off_the_total_is_held_with_both_numbers() {
    let mut order = sample();
    order["total"] = json!("101.96");
    let evaluation = evaluate(&order);
    assert_eq!(kinds(&evaluation), [("total", FailureKind::TotalsDiffer)]);
    assert_eq!(evaluation.problems[0].detail, "101.95 != 101.96");
}

#[test]
fn amounts_too_small_to_tell_take_the_rate_that_the_shop_states() {
    let mut order = sample();
    order["line_items"] = json!([{ "id": 1, "name": "Ambalaj", "quantity": 1, "sku": "", "subtotal": "0.05",
        "subtotal_tax": "0.01", "total": "0.05", "total_tax": "0.01", "taxes": [{ "id": 1, "total": "0.0105" }] }]);
    order["total"] = json!("30.04");
    let draft = evaluate(&order).draft.unwrap();
    assert_eq!(draft.lines[0].vat_rate, dec!(21));
    order["line_items"][0]["taxes"] = json!([]);
    assert_eq!(
        kinds(&evaluate(&order)),
        [("line_items[1].vat_rate", FailureKind::VatRateNotLegal)],
        "without a witness nothing is guessed"
    );
}

#[test]
fn fields_that_other_exports_leave_out_do_not_fail() {
    let mut order = sample();
    for field in ["meta_data", "fee_lines", "coupon_lines", "transaction_id", "tax_lines"] {
        order.as_object_mut().unwrap().remove(field);
    }
    order["billing"].as_object_mut().unwrap().remove("address_2");
    order["billing"].as_object_mut().unwrap().remove("company");
    order["total"] = json!("91.96");
    assert_eq!(kinds(&evaluate(&order)), []);
}

#[test]
fn every_value_is_explained() {
    let evaluation = evaluate(&sample());
    let city = evaluation.values.iter().find(|value| value.target == "client.city").unwrap();
    assert_eq!(city.value.as_deref(), Some("Sector 1"));
    let rates: Vec<_> = evaluation
        .values
        .iter()
        .filter(|value| value.target == "vat_rate" && value.block.as_deref() == Some("line_items"))
        .map(|value| (value.item, value.value.as_deref()))
        .collect();
    assert_eq!(rates, [(Some(0), Some("21")), (Some(1), Some("11"))]);
}

#[test]
fn wrong_rules_are_named_before_they_are_used() {
    let mut rules = preset_romanian_woocommerce();
    rules.rules[0].target = "client.shoe_size".into();
    rules.rules[1].expression = "order.billing.".into();
    let errors = compile(&rules).err().unwrap();
    let targets: Vec<_> = errors.iter().map(|error| error.target.as_str()).collect();
    assert_eq!(targets, ["client.shoe_size", "client.is_company", "client.name"]);
    assert!(errors[2].position.is_some(), "a person must find the place");
}

#[test]
fn an_expression_cannot_hang_grow_or_reach_out() {
    let order = sample();
    for hostile in
        ["while true { }", "loop { 1 }", "let x = 1; x", "fn f() { f() } f()", "import \"os\" as os; 1", "eval(\"1\")"]
    {
        assert!(evaluate_condition(hostile, &order, &Map::new()).is_err(), "{hostile}");
    }
    let doubling = format!("({}).len() > 0", vec!["\"xxxxxxxxxxxxxxxxxxxx\""; 5000].join("+"));
    assert!(evaluate_condition(&doubling, &order, &Map::new()).is_err(), "depth or size is bounded");
    assert!(evaluate_condition("nowhere == 1", &order, &Map::new()).is_err(), "an unknown name is an error");
    assert!(evaluate_condition("1 + 1", &order, &Map::new()).is_err(), "a condition is true or false");
}

#[test]
fn conditions_choose_flows() {
    let order = sample();
    let company = "order.meta(\"av_facturare\", \"tip_facturare\") == \"pers-jur\"";
    assert_eq!(evaluate_condition(company, &order, &Map::new()), Ok(true));
    assert_eq!(evaluate_condition(&format!("!({company})"), &order, &Map::new()), Ok(false));
    let mut person = order.clone();
    person["meta_data"] = json!([]);
    assert_eq!(evaluate_condition(company, &person, &Map::new()), Ok(false), "nothing stated is no company");
}

/// An order whose sums are consistent, as WooCommerce makes them from gross prices: tax rounded half down.
fn order_of(lines: Vec<(u32, i64, bool)>, shipping: i64) -> Value {
    let split = |gross: Decimal, rate: Decimal| {
        let tax = (gross * rate / (dec!(100) + rate)).round_dp_with_strategy(2, RoundingStrategy::MidpointTowardZero);
        (gross - tax, tax)
    };
    let mut total = Decimal::ZERO;
    let items: Vec<Value> = lines
        .iter()
        .enumerate()
        .map(|(index, (quantity, unit_bani, reduced))| {
            let gross = Decimal::new(*unit_bani, 2) * Decimal::from(*quantity);
            let (net, tax) = split(gross, if *reduced { dec!(11) } else { dec!(21) });
            total += gross;
            json!({ "id": index, "name": format!("Produs {index}"), "quantity": quantity, "sku": "",
                "subtotal": net.to_string(), "subtotal_tax": tax.to_string(), "total": net.to_string(),
                "total_tax": tax.to_string(), "taxes": [{ "id": if *reduced { 2 } else { 1 }, "total": tax.to_string() }] })
        })
        .collect();
    let (net, tax) = split(Decimal::new(shipping, 2), dec!(21));
    total += Decimal::new(shipping, 2);
    let mut order = sample();
    order["line_items"] = json!(items);
    order["shipping_lines"] = json!([{ "id": 90, "method_title": "Curier", "total": net.to_string(),
        "total_tax": tax.to_string(), "taxes": [{ "id": 1, "total": tax.to_string() }] }]);
    order["fee_lines"] = json!([]);
    order["total"] = json!(total.to_string());
    order
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_consistent_order_is_invoiced_to_the_ban(
        lines in prop::collection::vec((1u32..40, 100i64..200_000, any::<bool>()), 1..12),
        shipping in 0i64..5000,
    ) {
        let order = order_of(lines, shipping);
        let evaluation = evaluate(&order);
        prop_assert_eq!(kinds(&evaluation), vec![]);
        let draft = evaluation.draft.unwrap();
        prop_assert_eq!(draft.total().to_string().parse::<Decimal>().unwrap(), draft.order_total);
    }
}
