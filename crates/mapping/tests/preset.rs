//! The Romanian WooCommerce preset on real-shaped orders, and the bounds of the expression language.

#![allow(clippy::unwrap_used, reason = "tests")]

use chrono::NaiveDate;
use proptest::prelude::*;
use punte_domain::{FailureKind, LineKind};
use punte_mapping::{
    CompiledMapping, Evaluation, Mapping, MappingContext, Origin, ProblemCode, compile, evaluate_condition, functions,
    preset, sandbox_order,
};
use rust_decimal::{Decimal, RoundingStrategy, dec};
use serde_json::{Map, Value, json};

fn sample() -> Value {
    serde_json::from_str(sandbox_order()).unwrap()
}

fn context() -> MappingContext {
    MappingContext { tax_point: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(), settings: Map::new() }
}

fn woocommerce() -> Mapping {
    preset("woocommerce_ro").unwrap()
}

fn compiled() -> CompiledMapping {
    compile(&woocommerce()).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn evaluate(order: &Value) -> Evaluation {
    compiled().evaluate(order, &context())
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
    assert_eq!(evaluate(&order).draft.unwrap().client.city, "Sector 1", "as its postal code says");
    order["billing"]["postcode"] = json!("");
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
    for field in ["meta_data", "fee_lines", "coupon_lines", "transaction_id", "tax_lines", "total_tax"] {
        order.as_object_mut().unwrap().remove(field);
    }
    order["billing"].as_object_mut().unwrap().remove("address_2");
    order["billing"].as_object_mut().unwrap().remove("company");
    order["total"] = json!("91.96");
    assert_eq!(kinds(&evaluate(&order)), []);
}

#[test]
fn every_value_is_explained() {
    let evaluation = compiled().explain(&sample(), &context());
    let city = evaluation.values.iter().find(|value| value.target == "client.city").unwrap();
    assert_eq!(city.value.as_deref(), Some("Sector 1"));
    let inputs: Vec<_> = city.inputs.iter().map(|input| (input.path.as_str(), input.value.as_str())).collect();
    assert!(inputs.contains(&("order.billing.city", "S1")), "{inputs:?}");
    let rates: Vec<_> = evaluation
        .values
        .iter()
        .filter(|value| value.target == "vat_rate" && value.block.as_deref() == Some("line_items"))
        .map(|value| (value.item, value.value.as_deref()))
        .collect();
    assert_eq!(rates, [(Some(0), Some("21")), (Some(1), Some("11"))]);
    let tax_id = evaluation.values.iter().find(|value| value.target == "client.tax_id").unwrap();
    let meta = tax_id.inputs.iter().find(|input| input.path == "order.meta_data[0].value.cui");
    assert!(meta.is_some(), "{:?}", tax_id.inputs);
    assert_eq!(evaluation.draft, evaluate(&sample()).draft, "explaining changes nothing");
}

#[test]
fn every_function_gives_what_its_example_says() {
    let mut mapping = woocommerce();
    mapping.tables.insert("unități".into(), [("kg".to_owned(), "kilogram".to_owned())].into());
    for function in functions() {
        mapping.document.get_mut("language").unwrap().expression = function.example.to_owned();
        let evaluation = compile(&mapping).unwrap().explain(&sample(), &context());
        let value = evaluation.values.into_iter().find(|value| value.target == "document.language").unwrap();
        assert_eq!(value.value.as_deref(), Some(function.result), "{}: {:?}", function.example, value.problem);
    }
}

#[test]
fn what_comes_of_nothing_is_the_rules_choice() {
    let mut mapping = woocommerce();
    mapping.client.get_mut("phone").unwrap().expression = "order?.billing?.fax".into();
    let phone_of = |mapping: &Mapping| {
        let evaluation = compile(mapping).unwrap().explain(&sample(), &context());
        let value = evaluation.values.iter().find(|value| value.target == "client.phone").unwrap().clone();
        (value.origin, value.value, evaluation)
    };
    assert_eq!(phone_of(&mapping).0, Origin::LeftOut);
    let rule = mapping.client.get_mut("phone").unwrap();
    (rule.default, rule.when_empty) = (Some("0700 000 000".into()), punte_mapping::WhenEmpty::Default);
    assert_eq!(phone_of(&mapping).1.as_deref(), Some("0700 000 000"));
    mapping.client.get_mut("phone").unwrap().when_empty = punte_mapping::WhenEmpty::Hold;
    let (origin, _, evaluation) = phone_of(&mapping);
    assert_eq!(origin, Origin::Held);
    assert_eq!(kinds(&evaluation), [("client.phone", FailureKind::FieldMissing)]);
}

#[test]
fn a_field_that_is_not_there_is_named_with_its_place_and_its_neighbour() {
    let mut mapping = woocommerce();
    mapping.client.get_mut("phone").unwrap().expression = "order.billing.fone".into();
    let evaluation = compile(&mapping).unwrap().explain(&sample(), &context());
    assert_eq!(kinds(&evaluation), [("client.phone", FailureKind::MappingError)]);
    let value = evaluation.values.into_iter().find(|value| value.target == "client.phone").unwrap();
    let problem = value.problem.unwrap();
    assert_eq!(problem.code, ProblemCode::NotThere);
    assert_eq!(problem.detail, "order.billing.fone");
    assert_eq!(problem.near.as_deref(), Some("phone"));
    assert_eq!(problem.position, Some((1, 14)));
}

#[test]
fn a_small_difference_is_made_up_by_a_visible_line_where_the_mapping_allows_it() {
    let mut order = sample();
    order["total"] = json!("101.97");
    let mut mapping = woocommerce();
    mapping.checks.rounding = Some(punte_mapping::RoundingLine { cap: dec!(0.02), name: "Rotunjire".into() });
    let evaluation = compile(&mapping).unwrap().evaluate(&order, &context());
    assert_eq!(kinds(&evaluation), []);
    let draft = evaluation.draft.unwrap();
    let last = draft.lines.last().unwrap();
    assert_eq!((last.kind, last.unit_price, last.quantity), (LineKind::Rounding, dec!(0.02), dec!(1)));
    assert_eq!((draft.total(), last.vat_rate), (dec!(101.97), dec!(21)));
    order["total"] = json!("101.98");
    let evaluation = compile(&mapping).unwrap().evaluate(&order, &context());
    assert_eq!(kinds(&evaluation), [("total", FailureKind::TotalsDiffer)], "over the cap it is held");
    order["total"] = json!("101.94");
    let draft = compile(&mapping).unwrap().evaluate(&order, &context()).draft.unwrap();
    assert_eq!((draft.total(), draft.lines.last().unwrap().quantity), (dec!(101.94), dec!(-1)));
}

#[test]
fn vat_that_rounding_cannot_explain_is_held_with_both_sums() {
    let mut order = sample();
    order["total_tax"] = json!("12.00");
    let evaluation = evaluate(&order);
    assert_eq!(kinds(&evaluation), [("document.vat_total", FailureKind::TotalsDiffer)]);
    assert_eq!(evaluation.problems[0].detail, "14.34 != 12");
}

#[test]
fn wrong_rules_are_named_before_they_are_used() {
    let mut mapping = woocommerce();
    mapping.client.insert("shoe_size".into(), punte_mapping::Rule { expression: "42".into(), ..Default::default() });
    mapping.client.remove("name");
    mapping.client.get_mut("city").unwrap().expression = "order.billing.".into();
    mapping.document.get_mut("total").unwrap().expression = "moneyy(order.total)".into();
    mapping.lines[0].fields.get_mut("code").unwrap().expression = "itm.sku".into();
    let errors = compile(&mapping).err().unwrap();
    let shown: Vec<_> = errors
        .iter()
        .map(|error| (error.target.as_str(), error.block.as_deref(), error.problem.code.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ("client.shoe_size", None, "unknown_target"),
            ("client.name", None, "target_missing"),
            ("client.city", None, "syntax"),
            ("document.total", None, "unknown_function"),
            ("code", Some("line_items"), "unknown_name"),
        ]
    );
    assert!(errors[2].problem.position.is_some(), "a person must find the place");
    assert_eq!(errors[3].problem.near.as_deref(), Some("money"));
    assert_eq!(errors[4].problem.near.as_deref(), Some("item"));
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
    order.as_object_mut().unwrap().remove("total_tax");
    order
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

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
