use super::*;
use crate::Currency;
use crate::draft::{Client, Line, LineKind};
use crate::order::OrderStatus;
use rust_decimal::dec;
use serde_json::json;

const MINUTE: i64 = 60_000;

fn head(status: OrderStatus) -> OrderHead {
    OrderHead {
        order_id: "1".into(),
        number: "1".into(),
        status,
        status_text: String::new(),
        currency: Currency::RON,
        total: dec!(59),
        total_minor: 5900,
        refunded_minor: 0,
        refunds: Vec::new(),
        created_ms: 1000,
        modified_ms: 5000,
        paid_ms: Some(2000),
        completed_ms: None,
        customer: String::new(),
        email: String::new(),
        tax_id: String::new(),
        invoiced_elsewhere: None,
        seen_as: Default::default(),
        place: Default::default(),
    }
}

fn by(method: &str, country: &str) -> Facts {
    Facts { payment_methods: vec![method.to_owned()], country: country.to_owned() }
}

fn plain(head: &OrderHead, active_from_ms: i64) -> Judged {
    judge(head, &Facts::default(), &FlowRules::default(), active_from_ms, 10_000)
}

fn with(when: When, head: &OrderHead, facts: &Facts) -> Judged {
    judge(head, facts, &FlowRules { when, ..FlowRules::default() }, 0, 10_000)
}

const INVOICE: Judged = Judged::Invoice { due_ms: 2000, not_before_ms: None };

#[test]
fn a_flow_acts_only_on_what_became_due_after_it_was_switched_on() {
    assert_eq!(plain(&head(OrderStatus::Paid), 2000), INVOICE);
    let old = plain(&head(OrderStatus::Paid), 2001);
    assert_eq!(old, Judged::No("before_flow"), "an old order that someone edited later stays old");
}

#[test]
fn cash_on_delivery_waits_for_completion() {
    let mut cod = head(OrderStatus::Paid);
    cod.paid_ms = None;
    assert_eq!(plain(&cod, 0), Judged::Waiting("not_completed"));
    cod.status = OrderStatus::Completed;
    cod.completed_ms = Some(4000);
    assert_eq!(plain(&cod, 0), Judged::Invoice { due_ms: 4000, not_before_ms: None });
}

#[test]
fn withdrawn_orders_are_named_whatever_the_rules_say() {
    let rules = When { statuses: vec!["cancelled".into()], ..When::default() };
    for (status, reason) in [
        (OrderStatus::Cancelled, "cancelled"),
        (OrderStatus::Refunded, "refunded"),
        (OrderStatus::Failed, "failed_at_shop"),
    ] {
        assert_eq!(plain(&head(status), 0), Judged::No(reason));
        assert_eq!(with(rules.clone(), &head(status), &Facts::default()), Judged::No(reason));
    }
    assert_eq!(plain(&head(OrderStatus::Other), 0), Judged::Waiting("not_completed"));
}

#[test]
fn chosen_statuses_are_everyones_words_or_the_shops_own() {
    let only = |word: &str| When { statuses: vec![word.into()], ..When::default() };
    assert_eq!(with(only("completed"), &head(OrderStatus::Paid), &Facts::default()), Judged::Waiting("wrong_status"));
    assert_eq!(with(only("open"), &head(OrderStatus::Completed), &Facts::default()), Judged::No("wrong_status"));
    let mut own = head(OrderStatus::Other);
    own.status_text = "Trimis-Curier".into();
    assert_eq!(with(only("trimis-curier"), &own, &Facts::default()), INVOICE);
}

#[test]
fn an_order_that_moves_on_while_its_invoice_waits_is_still_taken() {
    let only = |word: &str| When { statuses: vec![word.into()], ..When::default() };
    let judged = |word, head: &OrderHead| with(only(word), head, &Facts::default());
    let completed = head(OrderStatus::Completed);
    assert_eq!(judged("paid", &completed), INVOICE, "what is completed was paid");
    assert_eq!(judged("shipped", &completed), Judged::No("wrong_status"), "nobody saw it shipped");
    let mut shipped = head(OrderStatus::Other);
    (shipped.status_text, shipped.modified_ms) = ("Shipped".into(), 3000);
    shipped.remember(None);
    let mut later = completed.clone();
    later.remember(Some(&shipped));
    assert_eq!(judged("shipped", &later), INVOICE);
    let mut returned = head(OrderStatus::Other);
    returned.status_text = "returned".into();
    returned.remember(Some(&shipped));
    assert_eq!(judged("shipped", &returned), Judged::Waiting("wrong_status"), "that is not further on");
    let mut cancelled = head(OrderStatus::Cancelled);
    cancelled.remember(Some(&shipped));
    assert_eq!(judged("shipped", &cancelled), Judged::No("cancelled"));
}

#[test]
fn a_delay_for_a_shops_own_word_counts_from_the_first_version_in_it() {
    let when = When { statuses: vec!["shipped".into()], ..When::default() };
    let rules = FlowRules { when, delay_minutes: 1, ..FlowRules::default() };
    let mut shipped = head(OrderStatus::Other);
    (shipped.status_text, shipped.modified_ms) = ("shipped".into(), 3000);
    shipped.remember(Some(&head(OrderStatus::Paid)));
    let mut edited = OrderHead { modified_ms: 9000, ..shipped.clone() };
    edited.remember(Some(&shipped));
    let mut over = head(OrderStatus::Completed);
    over.remember(Some(&edited));
    for order in [&shipped, &edited, &over] {
        let judged = judge(order, &Facts::default(), &rules, 0, 10_000);
        let expected = Judged::Invoice { due_ms: 2000, not_before_ms: Some(3000 + MINUTE) };
        assert_eq!(judged, expected, "neither its payment nor a later edit begins it");
    }
}

#[test]
fn an_order_taken_before_it_is_paid_is_as_old_as_it_was_placed() {
    let mut open = head(OrderStatus::Open);
    open.paid_ms = None;
    let rules = FlowRules { when: When { statuses: vec!["open".into()], ..When::default() }, ..FlowRules::default() };
    let judged = |from_ms| judge(&open, &Facts::default(), &rules, from_ms, 10_000);
    assert_eq!(judged(1000), Judged::Invoice { due_ms: 1000, not_before_ms: None });
    assert_eq!(judged(1001), Judged::No("before_flow"), "an edit at 5000 makes it no younger");
}

#[test]
fn each_condition_has_a_reason_of_its_own() {
    let paid = head(OrderStatus::Completed);
    let mut unpaid = paid.clone();
    (unpaid.paid_ms, unpaid.completed_ms) = (None, Some(3000));
    let some = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let include = |words: &[&str]| Choice { include: some(words), exclude: Vec::new() };
    let exclude = |words: &[&str]| Choice { include: Vec::new(), exclude: some(words) };
    let any = When::default();
    let cases = [
        (When { paid: Paid::Yes, ..any.clone() }, &unpaid, Judged::Waiting("not_paid")),
        (When { paid: Paid::No, ..any.clone() }, &paid, Judged::No("is_paid")),
        (When { payment_methods: include(&["stripe"]), ..any.clone() }, &paid, Judged::No("payment_method")),
        (When { payment_methods: exclude(&["COD"]), ..any.clone() }, &paid, Judged::No("payment_method")),
        (When { countries: include(&["BG", "HU"]), ..any.clone() }, &paid, Judged::No("country")),
        (When { countries: exclude(&["RO"]), ..any.clone() }, &paid, Judged::No("country")),
        (When { min_total: Some(dec!(59.01)), ..any.clone() }, &paid, Judged::No("below_minimum")),
        (When { max_total: Some(dec!(58.99)), ..any.clone() }, &paid, Judged::No("above_maximum")),
        (When { min_total: Some(dec!(59)), max_total: Some(dec!(59)), ..any }, &paid, INVOICE),
    ];
    for (when, order, expected) in cases {
        assert_eq!(with(when.clone(), order, &by("cod", "RO")), expected, "{when:?}");
    }
}

/// Rules with proformas in series PRO, of orders in these statuses that are to be paid so.
fn with_proformas(statuses: &[&str], methods: &[&str]) -> FlowRules {
    let some = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let proforma = ProformaRule { series: "PRO".into(), statuses: some(statuses), payment_methods: some(methods) };
    FlowRules { document: DocumentChoice::ProformaThenInvoice, proforma, ..FlowRules::default() }
}

#[test]
fn what_is_not_paid_gets_a_proforma_first_and_the_invoice_as_the_other_rules_say() {
    let mut order = head(OrderStatus::Open);
    (order.paid_ms, order.status_text) = (None, "on-hold".into());
    let judged = |rules: &FlowRules, order: &OrderHead| judge(order, &by("bacs", "RO"), rules, 0, 10_000);
    let usual = with_proformas(&[], &[]);
    assert_eq!(judged(&usual, &order), Judged::Proforma, "open");
    assert_eq!(judged(&with_proformas(&["On-Hold"], &["BACS"]), &order), Judged::Proforma, "by the shop's own word");
    for other in [with_proformas(&["pending"], &[]), with_proformas(&[], &["stripe"]), FlowRules::default()] {
        assert_eq!(judged(&other, &order), Judged::Waiting("not_completed"), "as without proformas");
    }
    let mut paid = order.clone();
    (paid.status, paid.paid_ms) = (OrderStatus::Paid, Some(2000));
    assert_eq!(judged(&usual, &paid), INVOICE);
    let mut delivered = order.clone();
    (delivered.status, delivered.completed_ms) = (OrderStatus::Completed, Some(4000));
    assert!(
        matches!(judged(&with_proformas(&["completed"], &[]), &delivered), Judged::Invoice { .. }),
        "it is settled"
    );
    // paid, and taken back to wait: the money was there, and nothing is announced
    let mut bounced = order.clone();
    bounced.paid_ms = Some(2000);
    assert_eq!(judged(&usual, &bounced), Judged::Waiting("not_completed"));
    order.status = OrderStatus::Cancelled;
    assert_eq!(judged(&with_proformas(&[], &[]), &order), Judged::No("cancelled"));
}

#[test]
fn a_proforma_meets_every_condition_but_that_of_payment() {
    let mut order = head(OrderStatus::Open);
    order.paid_ms = None;
    let judged = |rules: FlowRules, from_ms| judge(&order, &by("bacs", "RO"), &rules, from_ms, 10_000);
    let when = |when: When| FlowRules { when, ..with_proformas(&[], &[]) };
    assert_eq!(judged(when(When { paid: Paid::Yes, ..When::default() }), 1000), Judged::Proforma);
    assert_eq!(judged(when(When { min_total: Some(dec!(60)), ..When::default() }), 0), Judged::No("below_minimum"));
    let statuses = When { statuses: vec!["completed".into()], ..When::default() };
    assert_eq!(judged(when(statuses), 0), Judged::Proforma, "the statuses are the invoice's");
    assert_eq!(judged(with_proformas(&[], &[]), 1001), Judged::No("before_flow"), "it was placed before");
    let mut later = with_proformas(&[], &[]);
    later.delay_minutes = 60;
    assert_eq!(judged(later, 0), Judged::Proforma, "at once");
}

#[test]
fn a_delay_runs_from_the_first_status_taken_and_no_longer_than_itself() {
    let rules = |statuses: &[&str]| FlowRules {
        when: When { statuses: statuses.iter().map(|word| (*word).to_owned()).collect(), ..When::default() },
        delay_minutes: 10,
        ..FlowRules::default()
    };
    let mut order = head(OrderStatus::Completed);
    order.completed_ms = Some(8 * MINUTE);
    let until = |rules: &FlowRules, now_ms| match judge(&order, &Facts::default(), rules, 0, now_ms) {
        Judged::Invoice { not_before_ms, .. } => not_before_ms,
        other => panic!("{other:?}"),
    };
    assert_eq!(until(&rules(&[]), 9 * MINUTE), Some(10 * MINUTE + 2000));
    assert_eq!(until(&rules(&[]), 11 * MINUTE), None, "it is over");
    assert_eq!(until(&rules(&["completed"]), 11 * MINUTE), Some(18 * MINUTE));
    assert_eq!(until(&rules(&["completed"]), 1), Some(10 * MINUTE + 1), "the shop's clock may be ahead");
}

#[test]
fn facts_are_read_from_every_shops_order() {
    let cases = [
        (json!({ "payment_method": "cod", "billing": { "country": "ro" } }), vec!["cod"], "RO"),
        (
            json!({ "payment_gateway_names": ["gift_card", "shopify_payments"], "billing_address": { "country_code": "BG" } }),
            vec!["gift_card", "shopify_payments"],
            "BG",
        ),
        (
            json!({ "payment_method_types": ["card"], "customer_details": { "address": { "country": "DE" } } }),
            vec!["card"],
            "DE",
        ),
        (json!({ "payment": { "method": "op" }, "customer": { "country": "HU" } }), vec!["op"], "HU"),
        (json!({ "payment_method": " ", "payment_method_types": [7], "billing": { "country": null } }), vec![], ""),
        (json!([]), vec![], ""),
    ];
    for (raw, methods, country) in cases {
        let facts = Facts::of(&raw);
        assert_eq!(
            (facts.payment_methods, facts.country.as_str()),
            (methods.into_iter().map(str::to_owned).collect(), country)
        );
    }
}

#[test]
fn the_first_series_rule_that_fits_counts() {
    let abroad = When { countries: Choice { include: Vec::new(), exclude: vec!["RO".into()] }, ..When::default() };
    let large = When { min_total: Some(dec!(1000)), ..When::default() };
    let rules = FlowRules {
        series_rules: vec![
            SeriesRule { when: abroad, series: "EXT".into() },
            SeriesRule { when: large, series: "MARE".into() },
        ],
        ..FlowRules::default()
    };
    let mut order = head(OrderStatus::Paid);
    assert_eq!(rules.series_for(&order, &by("cod", "RO")), None);
    assert_eq!(rules.series_for(&order, &by("cod", "BG")), Some("EXT"));
    order.total = dec!(1000);
    assert_eq!(rules.series_for(&order, &by("cod", "RO")), Some("MARE"));
    assert_eq!(rules.series_for(&order, &by("cod", "BG")), Some("EXT"), "in the order in which they stand");
}

fn draft(payment: Option<Payment>) -> Draft {
    Draft {
        client: Client {
            name: "Ana".into(),
            is_company: false,
            tax_id: String::new(),
            vat_payer: false,
            reg_com: String::new(),
            address: "Str. 1".into(),
            city: "Cluj-Napoca".into(),
            county: "Cluj".into(),
            country: "Romania".into(),
            email: String::new(),
            phone: String::new(),
        },
        currency: Currency::RON,
        language: "RO".into(),
        precision: 2,
        lines: vec![Line {
            kind: LineKind::Product,
            name: "Cană".into(),
            code: String::new(),
            description: String::new(),
            unit: "buc".into(),
            quantity: dec!(1),
            unit_price: dec!(59),
            vat_rate: dec!(21),
            vat_name: String::new(),
            is_service: false,
        }],
        payment,
        tax_point: chrono::NaiveDate::default(),
        due_days: Some(5),
        mentions: String::new(),
        order_total: dec!(59),
        tolerance: Decimal::ZERO,
        warehouse: String::new(),
        receipt_series: String::new(),
    }
}

#[test]
fn collect_rules_change_the_payment_by_method_and_nothing_else() {
    let rule = |method: &str, when, kind| CollectRule { method: method.into(), when, kind };
    let rules = FlowRules {
        collect: vec![
            rule("cod", CollectWhen::Later, CollectKind::CashOnDelivery),
            rule("bacs", CollectWhen::Now, CollectKind::BankTransfer),
            rule("", CollectWhen::Never, CollectKind::Other),
        ],
        ..FlowRules::default()
    };
    let mapped = Payment { kind: CollectKind::Card, value: dec!(50), document_number: "pi_1".into() };
    let paid_by = |method: &str, payment: Option<Payment>| {
        let mut draft = draft(payment);
        rules.apply(&mut draft, &by(method, "RO"), "1042");
        assert_eq!((draft.due_days, draft.language.as_str()), (Some(5), "RO"), "as mapped");
        draft.payment
    };
    assert_eq!(paid_by("cod", Some(mapped.clone())), None);
    assert_eq!(rules.follow_ups(&by("cod", "RO")).unwrap().collect, Some(CollectKind::CashOnDelivery));
    let kept = Payment { kind: CollectKind::BankTransfer, ..mapped.clone() };
    assert_eq!(paid_by("bacs", Some(mapped.clone())), Some(kept), "amount and document stay the mapping's");
    let made = Payment { kind: CollectKind::BankTransfer, value: dec!(59), document_number: "1042".into() };
    assert_eq!(paid_by("bacs", None), Some(made));
    assert_eq!(paid_by("stripe", Some(mapped)), None, "every other method");
    assert_eq!(rules.follow_ups(&by("stripe", "RO")), None);
}

#[test]
fn rules_that_nobody_touched_change_nothing() {
    let rules: FlowRules = serde_json::from_str("{}").unwrap();
    assert_eq!(rules, FlowRules::default());
    let mut same = draft(None);
    rules.apply(&mut same, &by("cod", "RO"), "1");
    assert_eq!(same, draft(None));
    assert!(!rules.needs_approval(&head(OrderStatus::Paid)));
    assert_eq!((rules.follow_ups(&by("cod", "RO")), rules.check()), (None, Ok(())));
}

#[test]
fn rules_read_back_as_written() {
    let rules = FlowRules {
        when: When { statuses: vec!["paid".into()], paid: Paid::Yes, min_total: Some(dec!(10.50)), ..When::default() },
        delay_minutes: 60,
        approve_above: Some(dec!(5000)),
        issue_date: IssueDate::CompletionDay,
        collect: vec![CollectRule { method: "cod".into(), when: CollectWhen::Never, kind: CollectKind::Other }],
        send_einvoice: true,
        ..FlowRules::default()
    };
    let text = serde_json::to_string(&rules).unwrap();
    assert_eq!(serde_json::from_str::<FlowRules>(&text).unwrap(), rules, "{text}");
}

#[test]
fn what_cannot_be_is_named_by_its_field() {
    let choice = |include: &str| Choice { include: vec![include.into()], exclude: Vec::new() };
    let when = |when: When| FlowRules { when, ..FlowRules::default() };
    let any = When::default;
    let wrong = [
        (when(When { statuses: vec!["Cancelled".into()], ..any() }), "rules.statuses"),
        (when(When { payment_methods: choice(" "), ..any() }), "rules.paymentMethods"),
        (when(When { countries: choice("ROU"), ..any() }), "rules.countries"),
        (when(When { min_total: Some(dec!(-1)), ..any() }), "rules.minTotal"),
        (when(When { min_total: Some(dec!(2)), max_total: Some(dec!(1)), ..any() }), "rules.maxTotal"),
        (FlowRules { delay_minutes: MOST_DELAY_MINUTES + 1, ..FlowRules::default() }, "rules.delayMinutes"),
        (FlowRules { approve_above: Some(dec!(-1)), ..FlowRules::default() }, "rules.approveAbove"),
        (FlowRules { due_days: Some(366), ..FlowRules::default() }, "rules.dueDays"),
        (FlowRules { language: "ro".into(), ..FlowRules::default() }, "rules.language"),
        (FlowRules { proforma: ProformaRule::default(), ..with_proformas(&[], &[]) }, "rules.proformaSeries"),
        (with_proformas(&["Refunded"], &[]), "rules.proformaStatuses"),
        (with_proformas(&[], &[" "]), "rules.proformaMethods"),
        (FlowRules { when: When { paid: Paid::No, ..any() }, ..with_proformas(&[], &[]) }, "rules.paid"),
        (FlowRules { receipt_series: " ".into(), ..FlowRules::default() }, "rules.receiptSeries"),
        (FlowRules { series_rules: vec![SeriesRule::default()], ..FlowRules::default() }, "rules.seriesRules"),
    ];
    for (rules, field) in wrong {
        assert_eq!(rules.check().unwrap_err().field, field, "{rules:?}");
    }
    let cash = CollectRule { method: "cod".into(), when: CollectWhen::Later, kind: CollectKind::Cash };
    let mut rules = FlowRules { collect: vec![cash], ..FlowRules::default() };
    assert_eq!(rules.check().unwrap_err().field, "rules.receiptSeries", "cash goes under a receipt");
    rules.receipt_series = "CHT".into();
    assert_eq!((rules.check(), rules.follow_ups(&by("cod", "RO")).unwrap().receipt_series.as_str()), (Ok(()), "CHT"));
    let twice = CollectRule { method: "cod".into(), when: CollectWhen::Now, kind: CollectKind::Card };
    let rules = FlowRules { collect: vec![twice.clone(), twice], ..FlowRules::default() };
    assert_eq!(rules.check().unwrap_err().field, "rules.collect");
}
