use super::figures::{explain, missing};
use super::*;
use punte_domain::{Client, CollectKind, Currency, Draft, Line, LineKind, Payment};
use punte_store::ledger::SeriesKey;
use rust_decimal::{Decimal, dec};

fn line(price: Decimal, rate: Decimal, quantity: i64) -> Line {
    Line {
        kind: LineKind::Product,
        name: "Cană".into(),
        code: String::new(),
        description: String::new(),
        unit: "buc".into(),
        quantity: Decimal::from(quantity),
        unit_price: price,
        vat_rate: rate,
        vat_name: String::new(),
        is_service: false,
    }
}

fn draft(lines: Vec<Line>) -> Draft {
    let client = Client {
        name: "Ana Ionescu".into(),
        is_company: false,
        tax_id: String::new(),
        vat_payer: false,
        reg_com: String::new(),
        address: String::new(),
        city: String::new(),
        county: String::new(),
        country: "Romania".into(),
        email: String::new(),
        phone: String::new(),
    };
    let total = lines.iter().map(|line| line.gross(Currency::RON)).sum();
    Draft {
        client,
        currency: Currency::RON,
        language: "RO".into(),
        precision: 2,
        lines,
        payment: None,
        tax_point: "2026-11-10".parse().unwrap(),
        due_days: None,
        mentions: String::new(),
        order_total: total,
        tolerance: Decimal::ZERO,
        warehouse: String::new(),
        receipt_series: String::new(),
    }
}

fn document(number: u64, draft: Draft) -> MonthDocument {
    MonthDocument {
        row: number as i64,
        series: "FCT".into(),
        number: format!("{number:04}"),
        state: DocumentState::Issued,
        is_storno: false,
        is_correction: false,
        is_mismatched: false,
        issue_date: "2026-11-10".into(),
        currency: "RON".into(),
        total_minor: Currency::RON.to_minor(draft.total()).unwrap(),
        paid_minor: None,
        einvoice: None,
        draft: Some(draft),
    }
}

fn figures(documents: &[MonthDocument], today: &str) -> Figures {
    let mut figures = Figures::default();
    for document in documents {
        figures.add(document, today.parse().unwrap());
    }
    figures
}

#[test]
fn vat_is_summed_by_rate_and_a_storno_takes_its_own_back() {
    let two_rates = || draft(vec![line(dec!(56.95), dec!(21), 1), line(dec!(45.00), dec!(11), 1)]);
    let taken_back = draft(vec![line(dec!(56.95), dec!(21), -1), line(dec!(45.00), dec!(11), -1)]);
    let mut original = document(2, two_rates());
    original.state = DocumentState::Reversed;
    let storno = MonthDocument { is_storno: true, ..document(3, taken_back) };
    let figures = figures(&[document(1, two_rates()), original, storno], "2026-11-12");
    let money = &figures.money["RON"];
    assert_eq!(money.invoices, Sum { count: 2, minor: 20390 });
    assert_eq!(money.stornos, Sum { count: 1, minor: -10195 });
    assert_eq!(money.net, Sum { count: 3, minor: 10195 });
    let at = |rate| &figures.vat[&("RON".to_owned(), rate)];
    assert_eq!((at(dec!(21)).base_minor, at(dec!(21)).vat_minor), (4707, 988), "as one invoice has it");
    assert_eq!((at(dec!(11)).base_minor, at(dec!(11)).vat_minor), (4054, 446));
    let sums: i64 = figures.vat.values().map(|sum| sum.base_minor + sum.vat_minor).sum();
    assert_eq!(sums, money.net.minor, "VAT and bases make up the net total");
}

#[test]
fn what_was_cancelled_or_deleted_counts_nowhere_else() {
    let of = |number, state| MonthDocument { state, ..document(number, draft(vec![line(dec!(59), dec!(21), 1)])) };
    let all = [of(1, DocumentState::Cancelled), of(2, DocumentState::Deleted), of(3, DocumentState::Issued)];
    let figures = figures(&all, "2026-11-12");
    let money = &figures.money["RON"];
    assert_eq!((money.net.count, money.cancelled.count, figures.einvoice.not_sent), (1, 1, 1));
}

#[test]
fn payments_come_from_the_provider_or_else_from_the_invoice_itself() {
    let bare = || draft(vec![line(dec!(59), dec!(21), 1)]);
    let payment = Payment { kind: CollectKind::Card, value: dec!(59), document_number: "1".into() };
    let with_card = Draft { payment: Some(payment), ..bare() };
    let told = |number, paid| MonthDocument { paid_minor: Some(paid), ..document(number, bare()) };
    let all = [document(1, with_card), document(2, bare()), told(3, 0), told(4, 1000), told(5, 5900)];
    let money = figures(&all, "2026-11-12").money["RON"].clone();
    assert_eq!((money.paid.count, money.not_told.count, money.unpaid.count, money.partly_paid.minor), (2, 1, 1, 1000));
}

#[test]
fn what_is_over_its_five_working_days_is_late() {
    let with = |number, state: Option<&str>| MonthDocument {
        einvoice: state.map(str::to_owned),
        ..document(number, draft(vec![line(dec!(59), dec!(21), 1)]))
    };
    let all = || [with(1, None), with(2, Some("rejected")), with(3, Some("processing")), with(4, Some("accepted"))];
    let in_time = figures(&all(), "2026-11-17").einvoice;
    assert_eq!((in_time.late, in_time.next_deadline), (0, Some("2026-11-17".parse().unwrap())));
    let late = figures(&all(), "2026-11-18").einvoice;
    assert_eq!((late.late, late.rejected, late.processing, late.accepted), (2, 1, 1, 1));
}

#[test]
fn numbers_are_missing_after_the_last_of_the_month_before() {
    let own = |numbers: &[u64]| numbers.iter().copied().collect::<BTreeSet<u64>>();
    assert_eq!(missing(&own(&[7, 8, 11]), Some(5)), [(6, 6), (9, 10)]);
    assert_eq!(missing(&own(&[7, 8]), None), [], "nothing says where the series begins");
    assert_eq!(missing(&own(&[]), Some(5)), []);
    assert_eq!(missing(&own(&[3, 4]), Some(90)), [], "a number given out of turn is no beginning");
}

fn finding(from: &str, until: &str, state: &str) -> FindingRow {
    FindingRow {
        row: 1,
        id: format!("fnd_{from}"),
        lane: SeriesKey { billing_id: "con".into(), company: "RO1".into(), series: "FCT".into() },
        kind: "gap".into(),
        document_row: None,
        document_id: None,
        order_row: None,
        order_id: None,
        order_number: None,
        number: Some(from.into()),
        provider_id: None,
        day: None,
        facts: format!(
            "{{\"why\":\"unexplained\",\"proposal\":\"\",\"reference\":\"\",\"linked\":\"\",\"until\":\"{until}\",\"differs\":[],\"theirs\":[]}}"
        ),
        first_seen_ms: 0,
        last_seen_ms: 0,
        state: state.into(),
        reason: if state == "ignored" { "serie de test".into() } else { String::new() },
        who: if state == "ignored" { "Ana".into() } else { String::new() },
        closed_ms: (state == "ignored").then_some(5),
    }
}

#[test]
fn a_gap_is_split_by_what_explains_each_number() {
    let others = BTreeMap::from([(11, DocumentState::Issued), (12, DocumentState::Deleted)]);
    let seen = BTreeSet::from([15]);
    let (told, ignored) = (finding("0013", "0014", "open"), finding("0016", "0016", "ignored"));
    let gaps = explain(&[(10, 17)], &others, &seen, &[&told, &ignored], 4);
    let short: Vec<_> =
        gaps.iter().map(|gap| (gap.from.as_str(), gap.until.as_str(), gap.why.as_str(), gap.is_explained)).collect();
    assert_eq!(
        short,
        [
            ("0010", "0010", "not_compared", false),
            ("0012", "0012", "deleted_here", true),
            ("0013", "0014", "unexplained", false),
            ("0016", "0016", "unexplained", true),
            ("0017", "0017", "not_compared", false),
        ],
        "11 stands in another month, 15 was seen at the provider"
    );
    assert_eq!((gaps[3].who.as_str(), gaps[3].reason.as_str(), gaps[3].at_ms), ("Ana", "serie de test", Some(5)));
    assert_eq!(gaps[2].finding_id.as_deref(), Some("fnd_0013"));
}

#[test]
fn a_month_is_written_with_two_digits() {
    assert_eq!(days_of("2026-12").unwrap().1.to_string(), "2026-12-31");
    assert_eq!(days_of("2028-02").unwrap().1.to_string(), "2028-02-29");
    for wrong in ["2026-13", "2026-1", "2026", "", "2026-11-01"] {
        assert!(days_of(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_finding_without_a_day_is_of_the_month_between_the_numbers_known_around_it() {
    let of =
        |number: &str, day: Option<&str>| FindingRow { day: day.map(str::to_owned), ..finding(number, number, "open") };
    let mut found =
        Found { rows: vec![of("0004", None), of("0006", None), of("0009", None), of("0099", Some("2026-11-02"))] };
    let rows = vec![document(7, draft(vec![line(dec!(59), dec!(21), 1)]))];
    let series = SeriesRead { series: "FCT".into(), rows, before: Some(5), after: Some(9) };
    found.keep_of_month(&[series]);
    let left: Vec<_> = found.rows.iter().filter_map(|row| row.number.as_deref()).collect();
    assert_eq!(left, ["0006", "0099"], "0004 was before, 0009 stands in the next month");
}
