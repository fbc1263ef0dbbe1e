use super::*;
use crate::FailureKind;

pub(crate) fn draft() -> Draft {
    Draft {
        client: Client {
            name: "EXEMPLU SRL".into(),
            is_company: true,
            tax_id: "RO12345674".into(),
            vat_payer: true,
            reg_com: "J40/1/2020".into(),
            address: "Str. Test 99".into(),
            city: "Sector 1".into(),
            county: "Bucuresti".into(),
            country: "Romania".into(),
            email: String::new(),
            phone: String::new(),
        },
        currency: Currency::RON,
        language: "RO".into(),
        precision: 4,
        lines: vec![line("Cană ceramică", dec!(3), dec!(8.99), dec!(21)), line("Carte", dec!(1), dec!(45), dec!(11))],
        payment: None,
        tax_point: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
        due_days: None,
        mentions: String::new(),
        order_total: dec!(71.97),
        tolerance: Decimal::ZERO,
        warehouse: String::new(),
        receipt_series: String::new(),
    }
}

fn line(name: &str, quantity: Decimal, unit_price: Decimal, vat_rate: Decimal) -> Line {
    Line {
        kind: LineKind::Product,
        name: name.into(),
        code: String::new(),
        description: String::new(),
        unit: "buc".into(),
        quantity,
        unit_price,
        vat_rate,
        vat_name: String::new(),
        is_service: false,
    }
}

fn kinds(draft: &Draft) -> Vec<(String, FailureKind)> {
    draft.problems().into_iter().map(|p| (p.field, p.kind)).collect()
}

#[test]
fn a_good_draft_has_no_problems_and_sums_to_the_order() {
    assert_eq!(kinds(&draft()), []);
    assert_eq!(draft().total(), dec!(71.97));
}

#[test]
fn vat_is_taken_per_rate_on_the_sum() {
    let shares = draft().vat_shares();
    assert_eq!((shares[0].rate, shares[0].vat), (dec!(21), dec!(4.68)));
    assert_eq!((shares[1].rate, shares[1].net), (dec!(11), dec!(40.54)));
}

#[test]
fn a_cent_off_is_held_not_balanced() {
    let mut off = draft();
    off.order_total = dec!(71.98);
    assert_eq!(kinds(&off), [("total".into(), FailureKind::TotalsDiffer)]);
}

#[test]
fn a_tolerance_lets_through_what_is_within_it_and_no_more() {
    let mut off = draft();
    off.tolerance = dec!(0.02);
    off.order_total = dec!(71.99);
    assert_eq!(kinds(&off), []);
    off.order_total = dec!(72.00);
    assert_eq!(kinds(&off), [("total".into(), FailureKind::TotalsDiffer)]);
}

#[test]
fn a_discount_is_a_line_that_goes_the_other_way() {
    let mut cheaper = draft();
    cheaper.lines.push(Line { kind: LineKind::Discount, ..line("Card cadou", dec!(-1), dec!(10), dec!(21)) });
    cheaper.order_total = dec!(61.97);
    assert_eq!(kinds(&cheaper), []);
    assert_eq!(cheaper.vat_shares()[0].vat, dec!(2.95), "it lowers its rate's share");
    cheaper.lines[2].quantity = dec!(1);
    assert_eq!(kinds(&cheaper)[0], ("lines[3].quantity".into(), FailureKind::FieldInvalid));
}

#[test]
fn cash_needs_a_series_of_receipts_and_stays_within_the_law() {
    let mut paid = draft();
    let pay = |value| Payment { kind: CollectKind::Cash, value, document_number: String::new() };
    paid.payment = Some(pay(dec!(71.97)));
    assert_eq!(kinds(&paid), [("payment.receipt_series".into(), FailureKind::FieldMissing)]);
    paid.receipt_series = "CHT".into();
    assert_eq!(kinds(&paid), []);
    let too_much = [("payment.value".to_owned(), FailureKind::CashLimit)];
    for (is_company, most) in [(true, dec!(5000)), (false, dec!(10000))] {
        paid.client.is_company = is_company;
        paid.client.tax_id = if is_company { "RO12345674" } else { "" }.into();
        paid.payment = Some(pay(most));
        assert_eq!(kinds(&paid), [], "{most}");
        paid.payment = Some(pay(most + dec!(0.01)));
        assert_eq!(kinds(&paid), too_much);
        paid.payment = Some(Payment { kind: CollectKind::Card, ..pay(most + dec!(0.01)) });
        assert_eq!(kinds(&paid), [], "a card has no limit");
    }
    assert_eq!(most_cash(&paid.client, Currency::parse("EUR").unwrap()), None);
}

#[test]
fn a_person_has_no_tax_id_or_a_right_one_or_thirteen_zeros() {
    let mut person = draft();
    person.client.is_company = false;
    for good in ["", "0000000000000", "1980101123452"] {
        person.client.tax_id = good.into();
        assert_eq!(kinds(&person), [], "{good}");
    }
    person.client.tax_id = "1980101123453".into();
    assert_eq!(kinds(&person), [("client.tax_id".into(), FailureKind::TaxIdInvalid)]);
}

#[test]
fn numbers_beyond_reckoning_are_named() {
    let mut huge = draft();
    huge.lines[1].quantity = Decimal::MAX;
    huge.lines[0].vat_rate = dec!(-100);
    let found: Vec<String> = huge.check_sizes().unwrap_err().into_iter().map(|problem| problem.field).collect();
    assert_eq!(found, ["lines[1].vat_rate", "lines[2].quantity"]);
}

#[test]
fn an_old_vat_rate_is_named_with_its_date() {
    let mut old = draft();
    old.lines[0].vat_rate = dec!(19);
    let problem = &old.problems()[0];
    assert_eq!((problem.field.as_str(), problem.kind), ("lines[1].vat_rate", FailureKind::VatRateNotLegal));
    assert_eq!(problem.detail, "19 % @ 2026-11-21");
}

#[test]
fn bucharest_needs_a_sector() {
    let mut no_sector = draft();
    no_sector.client.city = "București".into();
    assert_eq!(kinds(&no_sector), [("client.city".into(), FailureKind::AddressIncomplete)]);
}

#[test]
fn a_wrong_cui_and_a_missing_cui_differ() {
    let mut bad = draft();
    bad.client.tax_id = "RO12345675".into();
    assert_eq!(kinds(&bad), [("client.tax_id".into(), FailureKind::TaxIdInvalid)]);
    bad.client.tax_id = String::new();
    assert_eq!(kinds(&bad), [("client.tax_id".into(), FailureKind::FieldMissing)]);
}

#[test]
fn what_takes_something_back_has_negative_quantities_throughout() {
    let mut back = draft();
    back.order_total = -back.order_total;
    for line in &mut back.lines {
        line.quantity = -line.quantity;
    }
    assert_eq!(kinds(&back), []);
    back.lines[1].quantity = dec!(1);
    back.order_total = back.total();
    let found = kinds(&back);
    assert_eq!(found[0], ("lines[1].quantity".into(), FailureKind::FieldInvalid), "{found:?}");
}

#[test]
fn no_lines_negative_prices_and_endless_names_are_refused_before_sending() {
    let mut bad = draft();
    bad.lines[0].unit_price = dec!(-1);
    bad.lines[1].name = "x".repeat(10_000);
    let found = kinds(&bad);
    assert!(found.contains(&("lines[1].unit_price".into(), FailureKind::FieldInvalid)));
    assert!(found.contains(&("lines[2].name".into(), FailureKind::FieldInvalid)));
    bad.lines.clear();
    assert!(kinds(&bad).contains(&("lines".into(), FailureKind::FieldMissing)));
    bad.lines = vec![line("x", dec!(1), dec!(1), dec!(21)); 401];
    assert!(kinds(&bad).contains(&("lines".into(), FailureKind::TooManyLines)));
}
