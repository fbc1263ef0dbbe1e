//! Proformas beside invoices: which gives way, what may be claimed, and what is counted.

use crate::support::{NOW_MS, World, decision, incoming, intent, issued, plan, world};
use punte_domain::{DocumentState, Failure, FailureKind, Phase};
use punte_store::StoreError;
use punte_store::ledger::{DecisionRow, Document, DocumentPlan, Intent, Outcome, ProformaStanding};

fn proforma(n: u64) -> DocumentPlan {
    let mut plan = plan(n);
    plan.document.id = format!("pro_{n}");
    plan.document.issue_key = format!("cana.ro|{n}|proforma|1");
    plan.document.reference = format!("PNT-P{n:0>10}");
    (plan.document.role, plan.document.series) = ("proforma".into(), "PRO".into());
    plan
}

fn proforma_intent(n: u64) -> Intent {
    Intent { series: "PRO".into(), attempt_id: format!("att_p{n}"), ..intent(n) }
}

fn answered(number: &str) -> Outcome {
    match issued(number) {
        Outcome::Issued { number, provider_id, link, verify_due_ms, .. } => {
            Outcome::Issued { series: "PRO".into(), number, provider_id, link, verify_due_ms }
        }
        other => other,
    }
}

fn unknown() -> Outcome {
    Outcome::Unknown(Failure::new(FailureKind::TimedOut, Phase::Unknown, "create proforma", "order 1"))
}

impl World {
    async fn decided(&self, n: u64, decision: DecisionRow) {
        let order = self.ledger.find_order(&format!("ord_{n}")).await.unwrap().unwrap();
        let seen = (order.version, order.wanted);
        self.ledger.record_decisions(order.row, seen, vec![decision], ("document", "rule"), NOW_MS).await.unwrap();
    }

    async fn of_proforma(&self, n: u64) -> Document {
        self.ledger.find_document(&format!("pro_{n}")).await.unwrap().unwrap()
    }

    /// An order taken in with a proforma that is due.
    async fn unpaid(&self, n: u64) -> Document {
        let mut order = incoming(n, "first");
        (order.head.paid_ms, order.head.completed_ms) = (None, None);
        order.head.status = punte_domain::OrderStatus::Open;
        self.ledger.take_in(vec![order], None, NOW_MS).await.unwrap();
        self.decided(n, decision(proforma(n))).await;
        self.of_proforma(n).await
    }

    async fn send_proforma(&self, document: &Document, n: u64, outcome: Outcome) {
        let attempt = self.ledger.record_intent(document.row, proforma_intent(n), NOW_MS).await.unwrap();
        self.ledger.record_outcome(attempt.row, document.row, outcome, "{}".into(), NOW_MS).await.unwrap();
    }
}

fn naming(n: u64, proforma_row: Option<i64>) -> Intent {
    Intent { proforma_row, ..intent(n) }
}

#[tokio::test]
async fn an_invoice_is_claimed_with_its_issued_proforma_and_never_beside_one_in_doubt() {
    let world = world().await;
    let one = world.unpaid(1).await;
    world.send_proforma(&one, 1, unknown()).await;
    world.decided(1, decision(plan(1))).await;
    let invoice = world.document(1).await;
    let refused = world.ledger.record_intent(invoice.row, naming(1, None), NOW_MS).await;
    assert!(matches!(refused, Err(StoreError::Stale(_))), "{refused:?}");
    assert!(matches!(world.ledger.find_proforma(&invoice).await.unwrap(), ProformaStanding::Unsettled));
    let found = |number: &str| (String::from("PRO"), number.to_owned());
    let (series, number) = found("0001");
    world.ledger.settle_found(one.row, series, number, None, None, "", "", NOW_MS).await.unwrap();
    let other = world.ledger.record_intent(invoice.row, naming(1, Some(invoice.row)), NOW_MS).await;
    assert!(matches!(other, Err(StoreError::Stale(_))), "that is no proforma of it: {other:?}");
    world.ledger.record_intent(invoice.row, naming(1, Some(one.row)), NOW_MS).await.unwrap();
    assert_eq!(world.document(1).await.proforma_row, Some(one.row));
    assert!(world.ledger.has_invoice_of(one.row).await.unwrap());
}

#[tokio::test]
async fn a_repeat_keeps_the_proforma_that_the_first_send_named() {
    let world = world().await;
    let one = world.unpaid(1).await;
    world.send_proforma(&one, 1, answered("0001")).await;
    world.decided(1, decision(plan(1))).await;
    let invoice = world.document(1).await;
    let attempt = world.ledger.record_intent(invoice.row, naming(1, Some(one.row)), NOW_MS).await.unwrap();
    world.ledger.record_outcome(attempt.row, invoice.row, unknown(), "{}".into(), NOW_MS).await.unwrap();
    let repeat = Intent { trigger: "repeat", attempt_id: "att_r".into(), ..naming(1, None) };
    world.ledger.record_intent(invoice.row, repeat, NOW_MS).await.unwrap();
    assert_eq!(world.document(1).await.proforma_row, Some(one.row));
}

#[tokio::test]
async fn a_proforma_that_was_never_sent_gives_way_to_the_invoice_and_one_that_may_have_been_does_not() {
    let world = world().await;
    let refused = Failure::new(FailureKind::VatRateUnknown, Phase::Refused, "create proforma", "order 2");
    let ready = world.unpaid(1).await;
    let held = world.unpaid(2).await;
    world.send_proforma(&held, 2, Outcome::Refused(refused)).await;
    let sending = world.unpaid(3).await;
    world.ledger.record_intent(sending.row, proforma_intent(3), NOW_MS).await.unwrap();
    for n in 1..=3 {
        world.decided(n, decision(plan(n))).await;
    }
    assert_eq!(ready.state, DocumentState::Ready);
    let states = [world.of_proforma(1).await.state, world.of_proforma(2).await.state, world.of_proforma(3).await.state];
    assert_eq!(states, [DocumentState::Dismissed, DocumentState::Dismissed, DocumentState::Sending]);
    for n in [1, 2] {
        let invoice = world.document(n).await;
        assert!(matches!(world.ledger.find_proforma(&invoice).await.unwrap(), ProformaStanding::None));
        world.ledger.record_intent(invoice.row, naming(n, None), NOW_MS).await.unwrap();
    }
}

#[tokio::test]
async fn an_order_that_is_paid_no_more_pulls_its_unsent_invoice_back_and_an_invoiced_one_gets_no_proforma() {
    let world = world().await;
    let invoice = world.ready(1).await;
    world.decided(1, decision(proforma(1))).await;
    let pulled = world.document(1).await;
    assert_eq!((pulled.state, pulled.failure.unwrap().kind), (DocumentState::Held, FailureKind::OrderWithdrawn));
    assert_eq!(world.of_proforma(1).await.state, DocumentState::Ready);
    world.ledger.supersede_proforma(world.of_proforma(1).await.row, NOW_MS).await.unwrap();
    let _ = invoice;

    let (sent, attempt) = world.sending(2).await;
    world.ledger.record_outcome(attempt, sent.row, issued("0001"), "{}".into(), NOW_MS).await.unwrap();
    world.decided(2, decision(proforma(2))).await;
    assert!(world.ledger.find_document("pro_2").await.unwrap().is_none());
    let order = world.ledger.find_order("ord_2").await.unwrap().unwrap();
    assert_eq!((order.decision.as_str(), order.reason.as_str()), ("waiting", "not_paid"));
}

#[tokio::test]
async fn a_proforma_is_not_claimed_once_its_order_is_invoiced() {
    let world = world().await;
    let one = world.unpaid(1).await;
    // another flow's invoice, say: it does not do away with this flow's proforma
    let mut other = decision(plan(1));
    other.flow_id = "flow_2".into();
    let second = punte_store::ledger::Flow { id: "flow_2".into(), ..crate::support::flow() };
    world.ledger.save_flow(second).await.unwrap();
    other.plan.as_mut().unwrap().document.flow_id = "flow_2".into();
    world.decided(1, other).await;
    let invoice = world.document(1).await;
    world.ledger.record_intent(invoice.row, naming(1, None), NOW_MS).await.unwrap();
    let refused = world.ledger.record_intent(one.row, proforma_intent(1), NOW_MS).await;
    assert!(matches!(refused, Err(StoreError::Stale(_))), "{refused:?}");
}

#[tokio::test]
async fn proformas_are_in_no_sum_of_what_was_issued_and_number_apart() {
    let world = world().await;
    for n in 1..=2 {
        let one = world.unpaid(n).await;
        world.send_proforma(&one, n, answered(&format!("000{n}"))).await;
    }
    let (sent, attempt) = world.sending(3).await;
    world.ledger.record_outcome(attempt, sent.row, issued("0001"), "{}".into(), NOW_MS).await.unwrap();
    let sums = world.ledger.sum_issued(0).await.unwrap();
    assert_eq!((sums[0].count, sums[0].total_minor), (1, 5900));
    assert_eq!(world.ledger.sum_by_day(vec![0]).await.unwrap()[0].issued, 1);
    assert_eq!(world.ledger.count_today("con_bill", 0).await.unwrap(), 1);
    let counts = world.ledger.read_counts().await.unwrap();
    assert_eq!((counts.get("flow:flow_1:issued"), counts.get("flow:flow_1:proformas")), (3, 2));
    let known = async |series: &str, is_proforma| {
        world.ledger.list_known_numbers("oblio", "RO12345674", series, is_proforma, "").await.unwrap().len()
    };
    assert_eq!((known("PRO", true).await, known("PRO", false).await, known("FCT", false).await), (2, 0, 1));
    assert!(world.ledger.find_at_number("oblio", "RO12345674", "PRO", true, 2).await.unwrap().is_some());
    let series: Vec<String> =
        world.ledger.list_series_keys().await.unwrap().into_iter().map(|key| key.series).collect();
    assert_eq!(series, ["FCT"], "no pass over a series of proformas");
}
