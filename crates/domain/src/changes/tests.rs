use super::*;
use crate::Currency;
use crate::order::Refund;
use rust_decimal::dec;

fn head() -> OrderHead {
    OrderHead {
        order_id: "1042".into(),
        number: "1042".into(),
        status: OrderStatus::Completed,
        status_text: "completed".into(),
        currency: Currency::RON,
        total: dec!(121),
        total_minor: 12100,
        refunded_minor: 0,
        refunds: Vec::new(),
        created_ms: 1000,
        modified_ms: 1000,
        paid_ms: Some(1000),
        completed_ms: Some(1000),
        customer: "Ana Pop".into(),
        email: "ana@example.com".into(),
        tax_id: String::new(),
        invoiced_elsewhere: None,
        seen_as: Default::default(),
        place: Default::default(),
    }
}

fn draft() -> Draft {
    Draft {
        client: Client {
            name: "Ana Pop".into(),
            is_company: false,
            tax_id: String::new(),
            vat_payer: false,
            reg_com: String::new(),
            address: "Str. Morii 4".into(),
            city: "Cluj-Napoca".into(),
            county: "Cluj".into(),
            country: "Romania".into(),
            email: "ana@example.com".into(),
            phone: String::new(),
        },
        currency: Currency::RON,
        language: "RO".into(),
        precision: 4,
        lines: Vec::new(),
        payment: None,
        tax_point: chrono::NaiveDate::default(),
        due_days: None,
        mentions: String::new(),
        order_total: dec!(121),
        tolerance: rust_decimal::Decimal::ZERO,
        warehouse: String::new(),
        receipt_series: String::new(),
    }
}

fn refunded(refunds: &[(&str, i64)]) -> OrderHead {
    OrderHead {
        refunded_minor: refunds.iter().map(|(_, minor)| minor).sum(),
        refunds: refunds
            .iter()
            .map(|(id, amount_minor)| Refund { id: (*id).into(), amount_minor: *amount_minor })
            .collect(),
        ..head()
    }
}

fn status(status: OrderStatus) -> OrderHead {
    OrderHead { status, ..head() }
}

/// Changes of an order of which some was taken back already.
fn since(now: &OrderHead, taken_back_minor: i64, corrected: &[&str]) -> Vec<(ChangeKind, String, Proposal, i64)> {
    let corrected: Vec<String> = corrected.iter().map(|id| (*id).to_owned()).collect();
    let before = head();
    let invoiced = Invoiced {
        total_minor: 12100,
        order: &before,
        draft: None,
        taken_back_minor,
        corrected: &corrected,
        settled_minor: 0,
    };
    let changes = changes_since(&invoiced, now, None);
    changes.into_iter().map(|one| (one.kind, one.subject, one.proposal, one.amount_minor)).collect()
}

#[test]
fn what_says_the_same_has_not_changed() {
    assert_eq!(since(&head(), 0, &[]), []);
    let noted = OrderHead { modified_ms: 9000, number: "A-1042".into(), email: "pop@example.com".into(), ..head() };
    assert_eq!(since(&noted, 0, &[]), [], "neither our notes nor how to reach the customer");
    for back in [OrderStatus::Open, OrderStatus::Paid, OrderStatus::Other] {
        assert_eq!(since(&status(back), 0, &[]), []);
    }
}

#[test]
fn a_cancelled_order_and_one_refunded_whole_ask_for_the_storno() {
    for (now, kind) in [
        (status(OrderStatus::Cancelled), ChangeKind::Cancelled),
        (status(OrderStatus::Failed), ChangeKind::Cancelled),
        (status(OrderStatus::Refunded), ChangeKind::RefundedFully),
        (refunded(&[("7", 12100)]), ChangeKind::RefundedFully),
        (refunded(&[("7", 6050), ("8", 6050)]), ChangeKind::RefundedFully),
    ] {
        assert_eq!(since(&now, 0, &[]), [(kind, String::new(), Proposal::Storno, 12100)]);
    }
}

#[test]
fn each_partial_refund_is_a_change_of_its_own() {
    let now = refunded(&[("7", 2000), ("8", 3000)]);
    let change = |id: &str, minor| (ChangeKind::RefundedPartly, id.to_owned(), Proposal::PartialStorno, minor);
    assert_eq!(since(&now, 0, &[]), [change("7", 2000), change("8", 3000)]);
    assert_eq!(since(&now, 2000, &["7"]), [change("8", 3000)], "what was corrected is no change any more");
    assert_eq!(since(&now, 5000, &["7", "8"]), []);
}

#[test]
fn after_a_part_was_taken_back_only_the_rest_is() {
    let now = refunded(&[("7", 2000), ("8", 10100)]);
    assert_eq!(
        since(&now, 2000, &["7"]),
        [(ChangeKind::RefundedFully, String::new(), Proposal::PartialStorno, 10100)],
        "the provider's storno would take 7 back twice"
    );
    assert_eq!(
        since(&status(OrderStatus::Cancelled), 2000, &["7"]),
        [(ChangeKind::Cancelled, String::new(), Proposal::PartialStorno, 10100)]
    );
    assert_eq!(since(&now, 12100, &["7", "8"]), [], "nothing is left");
}

#[test]
fn more_than_the_invoice_holds_is_a_persons_matter() {
    let now = OrderHead { total_minor: 50000, total: dec!(500), ..refunded(&[("7", 20000)]) };
    let found = since(&now, 0, &[]);
    assert_eq!(found[0], (ChangeKind::RefundedPartly, "7".into(), Proposal::Nothing, 20000));
    assert_eq!(found[1], (ChangeKind::Total, String::new(), Proposal::Storno, 12100));
}

#[test]
fn a_refund_that_the_invoice_took_off_already_is_none() {
    let before = refunded(&[("7", 2100)]);
    let of = |total_minor| {
        let invoiced = Invoiced {
            total_minor,
            order: &before,
            draft: None,
            taken_back_minor: 0,
            corrected: &[],
            settled_minor: 0,
        };
        changes_since(&invoiced, &refunded(&[("7", 2100), ("8", 1000)]), None)
    };
    let subjects = |changes: Vec<OrderChange>| changes.into_iter().map(|one| one.subject).collect::<Vec<_>>();
    assert_eq!(subjects(of(10000)), ["8"]);
    assert_eq!(subjects(of(12100)), ["7", "8"], "refunded before the invoice, which was over the whole all the same");
}

/// Partial refunds of an order whose table says one growing sum, of which so much was settled.
fn growing(sum: i64, settled_minor: i64) -> Vec<OrderChange> {
    let before = head();
    let invoiced = Invoiced {
        total_minor: 12100,
        order: &before,
        draft: None,
        taken_back_minor: settled_minor,
        corrected: &[],
        settled_minor,
    };
    changes_since(&invoiced, &refunded(&[(GROWING_REFUND, sum)]), None)
}

#[test]
fn a_sum_that_grew_after_a_correction_asks_for_what_it_grew_by() {
    let told = |sum, settled| {
        let all = growing(sum, settled);
        all.into_iter().map(|one| (one.subject, one.proposal, one.amount_minor, one.facts)).collect::<Vec<_>>()
    };
    let fact = |before: &str, after: &str| vec![Difference::new("refunded", before, after)];
    assert_eq!(told(1000, 0), [("refunded:0".into(), Proposal::PartialStorno, 1000, fact("0.00", "10.00"))]);
    assert_eq!(told(2500, 0), [("refunded:0".into(), Proposal::PartialStorno, 2500, fact("0.00", "25.00"))]);
    assert_eq!(told(2500, 1000), [("refunded:1000".into(), Proposal::PartialStorno, 1500, fact("10.00", "25.00"))]);
    assert_eq!(told(2500, 2500), []);
    let fell = growing(1000, 2500).remove(0);
    assert_eq!((fell.proposal, fell.amount_minor, fell.facts), (Proposal::Nothing, 0, fact("25.00", "10.00")));
    assert!(is_fallen_refund(&fell.subject) && is_of_growing(&fell.subject));
    assert_eq!(growing(0, 2500)[0].subject, fell.subject);
}

#[test]
fn a_growing_sum_that_the_invoice_took_off_in_part_is_the_rest() {
    let before = refunded(&[(GROWING_REFUND, 2100)]);
    let invoiced = Invoiced {
        total_minor: 10000,
        order: &before,
        draft: None,
        taken_back_minor: 0,
        corrected: &[],
        settled_minor: 0,
    };
    let grown = changes_since(&invoiced, &refunded(&[(GROWING_REFUND, 3100)]), None);
    assert_eq!(
        grown.iter().map(|one| (one.subject.as_str(), one.amount_minor)).collect::<Vec<_>>(),
        [("refunded:2100", 1000)]
    );
    assert_eq!(changes_since(&invoiced, &before, None), []);
}

#[test]
fn a_sum_that_goes_up_and_down_in_any_way_is_taken_back_once_and_never_below_zero() {
    // every walk of five exports over these sums, each answered or left open until the next
    let sums = [0, 700, 1500, 4000];
    for walk in 0..4_usize.pow(5) {
        for answered in 0..2_usize.pow(5) {
            let (mut settled, mut highest, mut subjects) = (0, 0, Vec::new());
            for at in 0..5 {
                let sum = sums[walk / 4_usize.pow(at) % 4];
                for change in growing(sum, settled) {
                    assert!(change.amount_minor >= 0, "{change:?}");
                    let is_answered = answered >> at & 1 == 1 && change.proposal != Proposal::Nothing;
                    if is_answered {
                        assert_eq!(settled + change.amount_minor, sum, "{change:?}");
                        assert!(!subjects.contains(&change.subject), "{subjects:?}");
                        settled += change.amount_minor;
                        highest = highest.max(sum);
                        subjects.push(change.subject);
                    }
                }
                assert_eq!(settled, highest, "what was taken back is the highest sum that was answered");
            }
        }
    }
}

#[test]
fn another_total_or_currency_is_told_with_both_values() {
    let now = OrderHead { total_minor: 9900, total: dec!(99), currency: Currency::parse("EUR").unwrap(), ..head() };
    let before = head();
    let invoiced = Invoiced {
        total_minor: 12100,
        order: &before,
        draft: None,
        taken_back_minor: 0,
        corrected: &[],
        settled_minor: 0,
    };
    let changes = changes_since(&invoiced, &now, None);
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].kind, changes[0].proposal), (ChangeKind::Total, Proposal::Storno));
    assert_eq!(
        changes[0].facts,
        [Difference::new("total", "121.00", "99.00"), Difference::new("currency", "RON", "EUR")]
    );
}

#[test]
fn billing_is_compared_as_the_mapping_makes_it() {
    let before = draft();
    let mut after = draft();
    after.client.name = "EXEMPLU SRL".into();
    after.client.tax_id = "RO12345674".into();
    after.client.address = " Str. Morii 4 ".into();
    after.client.email = "office@example.com".into();
    let order = head();
    let invoiced = Invoiced {
        total_minor: 12100,
        order: &order,
        draft: Some(&before),
        taken_back_minor: 0,
        corrected: &[],
        settled_minor: 0,
    };
    let changes = changes_since(&invoiced, &order, Some(&after));
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].kind, ChangeKind::Billing);
    assert_eq!(
        changes[0].facts,
        [Difference::new("client.name", "Ana Pop", "EXEMPLU SRL"), Difference::new("client.tax_id", "", "RO12345674")]
    );
    let renamed = OrderHead { customer: "Ana Popa".into(), ..head() };
    assert_eq!(
        changes_since(&invoiced, &renamed, None)[0].facts,
        [Difference::new("client.name", "Ana Pop", "Ana Popa")]
    );
}

#[test]
fn only_these_transitions_exist() {
    let events =
        [ChangeEvent::Seen, ChangeEvent::Moved, ChangeEvent::Accepted, ChangeEvent::Ignored, ChangeEvent::Gone];
    let mut legal = Vec::new();
    for state in ChangeState::ALL {
        for event in events {
            if let Ok(next) = state.after(event) {
                legal.push(format!("{} {event:?} {}", state.as_str(), next.as_str()));
            }
        }
    }
    assert_eq!(
        legal,
        [
            "open Seen open",
            "open Moved open",
            "open Accepted resolved",
            "open Ignored ignored",
            "open Gone closed",
            "resolved Seen resolved",
            "resolved Moved resolved",
            "resolved Gone resolved",
            "ignored Seen ignored",
            "ignored Moved open",
            "ignored Gone ignored",
            "closed Seen open",
            "closed Moved open",
            "closed Gone closed",
            "noted Seen noted",
            "noted Moved open",
            "noted Gone noted",
        ]
    );
}

#[test]
fn words_read_back_as_written() {
    for kind in ChangeKind::ALL {
        assert_eq!(ChangeKind::parse(kind.as_str()), Some(kind));
    }
    for state in ChangeState::ALL {
        assert_eq!(ChangeState::parse(state.as_str()), Some(state));
    }
    for mode in RefundMode::ALL {
        assert_eq!(RefundMode::parse(mode.as_str()), Some(mode));
    }
    for proposal in Proposal::ALL {
        assert_eq!(Proposal::parse(proposal.as_str()), Some(proposal));
    }
}
