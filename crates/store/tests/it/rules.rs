//! What a flow's rules leave behind: delays, releases, and what follows an invoice by itself.

use crate::support::{NOW_MS, World, connection, decision, flow, incoming, intent, issued, plan, world};
use punte_domain::rules::{SeriesRule, When};
use punte_domain::{CollectKind, DocumentState, Failure, FailureKind, FlowRules, FollowUps, OrderStatus, Phase};
use punte_store::StoreError;
use punte_store::ledger::{DecisionRow, Document, DocumentPlan, Flow, Verdict};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn delayed(n: u64, due_ms: i64) -> DocumentPlan {
    let mut delayed = plan(n);
    (delayed.document.due_ms, delayed.document.delayed) = (due_ms, true);
    delayed
}

fn follow_ups() -> FollowUps {
    FollowUps { email: true, einvoice: true, collect: Some(CollectKind::Card), ..FollowUps::default() }
}

impl World {
    async fn decide(&self, n: u64, plan: DocumentPlan) -> Document {
        let order = self.ledger.find_order(&format!("ord_{n}")).await.unwrap().unwrap();
        let seen = (order.version, order.wanted);
        let decisions = vec![decision(plan)];
        self.ledger.record_decisions(order.row, seen, decisions, ("document", "rule"), NOW_MS).await.unwrap();
        self.document(n).await
    }

    async fn with_follow_ups(&self, n: u64) -> (Document, i64) {
        self.ledger.take_in(vec![incoming(n, "first")], None, NOW_MS).await.unwrap();
        let mut plan = plan(n);
        plan.document.follow_ups = Some(follow_ups());
        let ready = self.decide(n, plan).await;
        let attempt = self.ledger.record_intent(ready.row, intent(n), NOW_MS).await.unwrap();
        (self.document(n).await, attempt.row)
    }

    async fn due(&self, at_ms: i64) -> Vec<i64> {
        self.ledger.list_due("con_bill", "RO12345674", "FCT", at_ms, 10).await.unwrap()
    }
}

#[tokio::test]
async fn rules_are_kept_with_their_flow_and_nothing_where_nobody_touched_them() {
    let world = world().await;
    let rules = FlowRules {
        delay_minutes: 60,
        series_rules: vec![SeriesRule { when: When::default(), series: "EXT".into() }],
        ..FlowRules::default()
    };
    world.ledger.save_flow(Flow { rules: rules.clone(), ..flow() }).await.unwrap();
    assert_eq!(world.ledger.find_flow("flow_1").await.unwrap().unwrap().rules, rules);
    let keys = world.ledger.list_series_keys().await.unwrap();
    assert!(keys.iter().any(|key| key.series == "EXT"), "a series that only a rule names is read back, too: {keys:?}");
    world.ledger.save_flow(flow()).await.unwrap();
    assert_eq!(world.ledger.find_flow("flow_1").await.unwrap().unwrap().rules, FlowRules::default());
    let kept: Option<String> = world.raw().query_row("SELECT rules FROM flows", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, None);
}

#[tokio::test]
async fn a_delay_moves_with_the_rules_and_a_clock_that_went_back_does_not_end_it() {
    let world = world().await;
    world.ledger.take_in(vec![incoming(1, "first")], None, NOW_MS).await.unwrap();
    let first = world.decide(1, delayed(1, NOW_MS + 2 * DAY)).await;
    assert_eq!((first.state, first.due_ms, first.delayed), (DocumentState::Ready, Some(NOW_MS + 2 * DAY), true));
    assert!(world.due(NOW_MS + 2 * DAY - 1).await.is_empty());
    assert_eq!(world.ledger.pull_in(NOW_MS + DAY / 3, NOW_MS).await.unwrap(), 0, "two days are a delay's own");
    let seen = |plan: DocumentPlan| DocumentPlan { seen: Some(DocumentState::Ready), ..plan };
    world.ledger.reconsider(first.row).await.unwrap();
    let longer = world.decide(1, seen(delayed(1, NOW_MS + 3 * DAY))).await;
    assert_eq!(longer.due_ms, Some(NOW_MS + 3 * DAY));
    world.ledger.reconsider(first.row).await.unwrap();
    let none = world.decide(1, seen(plan(1))).await;
    assert_eq!((none.due_ms, none.delayed), (Some(NOW_MS), false), "the rules have none any more");
    assert_eq!(world.due(NOW_MS).await, [first.row]);
    world.ledger.reconsider(first.row).await.unwrap();
    world.decide(1, seen(delayed(1, NOW_MS + 400 * DAY))).await;
    assert_eq!(world.ledger.pull_in(NOW_MS + DAY / 3, NOW_MS).await.unwrap(), 1, "no delay is so long");
}

#[tokio::test]
async fn a_release_is_kept_for_the_orders_version_with_its_reason() {
    let world = world().await;
    let ready = world.ready(1).await;
    let failure = Failure::new(FailureKind::NeedsApproval, Phase::Prepare, "decide", "order 1");
    world.ledger.hold(ready.row, failure, NOW_MS).await.unwrap();
    let released = Some((FailureKind::NeedsApproval, "checked".to_owned()));
    let held = world.document(1).await;
    world.ledger.requeue(&held, delayed(1, NOW_MS + DAY).document, released, "ana", NOW_MS).await.unwrap();
    let document = world.document(1).await;
    assert_eq!((document.state, document.due_ms), (DocumentState::Ready, Some(NOW_MS + DAY)), "its delay still runs");
    assert!(document.is_released(FailureKind::NeedsApproval, 1));
    assert!(!document.is_released(FailureKind::NeedsApproval, 2), "another version is another order");
    assert!(!document.is_released(FailureKind::IssueDateTooEarly, 1));
}

#[tokio::test]
async fn what_follows_an_invoice_is_due_once_it_is_issued_and_again_when_its_order_changes() {
    let world = world().await;
    let (document, attempt) = world.with_follow_ups(1).await;
    let due = async || world.ledger.list_follow_ups_due(NOW_MS, 10).await.unwrap();
    assert!(due().await.is_empty());
    world.ledger.record_outcome(attempt, document.row, issued("0001"), "{}".into(), NOW_MS).await.unwrap();
    assert_eq!(due().await[0].follow_ups, Some(follow_ups()));
    let left = FollowUps { collect: Some(CollectKind::Card), ..FollowUps::default() };
    world.ledger.keep_follow_ups(document.row, Some(left.clone()), None).await.unwrap();
    assert!(due().await.is_empty(), "the order says nothing new");
    world.ledger.take_in(vec![incoming(1, "second")], None, NOW_MS).await.unwrap();
    assert_eq!(due().await[0].follow_ups, Some(left));
    world.ledger.keep_follow_ups(document.row, None, Some(NOW_MS)).await.unwrap();
    assert!(due().await.is_empty());
}

#[tokio::test]
async fn nothing_follows_what_may_have_been_followed_already() {
    let world = world().await;
    let due = async || world.ledger.list_follow_ups_due(NOW_MS, 10).await.unwrap().len();
    // linked by a person, who may have found one of their own
    let (linked, attempt) = world.with_follow_ups(1).await;
    let doubt = Failure::new(FailureKind::TimedOut, Phase::Unknown, "create invoice", "order 1");
    let unknown = punte_store::ledger::Outcome::Unknown(doubt);
    world.ledger.record_outcome(attempt, linked.row, unknown, "{}".into(), NOW_MS).await.unwrap();
    world
        .ledger
        .settle_found(linked.row, "FCT".into(), "0007".into(), None, None, "ana", "seen", NOW_MS)
        .await
        .unwrap();
    assert_eq!(due().await, 0);
    // issued, and then the ledger was put back
    let (behind, attempt) = world.with_follow_ups(2).await;
    world.ledger.record_outcome(attempt, behind.row, issued("0008"), "{}".into(), NOW_MS).await.unwrap();
    assert_eq!(due().await, 1);
    world.ledger.take_up("machine", Some("behind"), NOW_MS, NOW_MS).await.unwrap();
    assert_eq!((due().await, world.document(2).await.follow_ups), (0, None));
}

#[tokio::test]
async fn no_day_is_claimed_before_one_that_the_series_has() {
    let world = world().await;
    let (first, attempt) = world.sending(1).await;
    world.ledger.record_outcome(attempt, first.row, issued("0001"), "{}".into(), NOW_MS).await.unwrap();
    let second = world.ready(2).await;
    let before = punte_store::ledger::Intent { issue_date: "2026-11-17".into(), ..intent(2) };
    let refused = world.ledger.record_intent(second.row, before.clone(), NOW_MS).await.unwrap_err();
    assert!(matches!(refused, StoreError::Stale(_)), "{refused}");
    assert_eq!(world.ledger.find_last_issue_day(&second).await.unwrap().as_deref(), Some("2026-11-18"));
    let failure = Failure::new(FailureKind::IssueDateTooEarly, Phase::Prepare, "create invoice", "order 2");
    world.ledger.hold(second.row, failure, NOW_MS).await.unwrap();
    let released = Some((FailureKind::IssueDateTooEarly, "asked the accountant".to_owned()));
    let held = world.document(2).await;
    world.ledger.requeue(&held, plan(2).document, released, "ana", NOW_MS).await.unwrap();
    world.ledger.record_intent(second.row, before, NOW_MS).await.unwrap();
}

fn of_flow(flow_id: &str, plan: Option<DocumentPlan>) -> DecisionRow {
    let withdrawn = Failure::new(FailureKind::OrderWithdrawn, Phase::Prepare, "decide", "order 1");
    let (decision, reason) = if plan.is_some() { ("document", "rule") } else { ("not_invoiced", "country") };
    let withdraw = plan.is_none().then_some(withdrawn);
    DecisionRow { flow_id: flow_id.into(), decision, reason, plan, withdraw }
}

fn of_second(seen: DocumentState) -> DocumentPlan {
    let mut plan = DocumentPlan { seen: Some(seen), ..plan(1) };
    (plan.document.flow_id, plan.document.series) = ("flow_2".into(), "EXT".into());
    plan.document.billing_id = "con_second".into();
    plan
}

impl World {
    /// What two flows decide about the first order, and its documents then.
    async fn decide_both(&self, decisions: Vec<DecisionRow>) -> Vec<Document> {
        self.ledger.save_connection(connection("con_second", "oblio")).await.unwrap();
        let second = Flow { id: "flow_2".into(), billing_id: "con_second".into(), series: "EXT".into(), ..flow() };
        self.ledger.save_flow(second).await.unwrap();
        let order = self.ledger.find_order("ord_1").await.unwrap().unwrap();
        self.ledger.reconsider(order.row).await.unwrap();
        let order = self.ledger.find_order("ord_1").await.unwrap().unwrap();
        let seen = (order.version, order.wanted);
        self.ledger.record_decisions(order.row, seen, decisions, ("document", "rule"), NOW_MS).await.unwrap();
        self.ledger.list_documents_of_order(order.row).await.unwrap()
    }
}

#[tokio::test]
async fn a_document_that_waits_goes_with_its_order_from_one_flow_to_the_other() {
    for (first_is_last, is_held) in [(false, false), (true, false), (false, true), (true, true)] {
        let world = world().await;
        let ready = world.ready(1).await;
        let failure = Failure::new(FailureKind::NeedsApproval, Phase::Prepare, "decide", "order 1");
        if is_held {
            world.ledger.hold(ready.row, failure, NOW_MS).await.unwrap();
        }
        world.raw().execute("UPDATE documents SET released = '{\"needs_approval\":1}'", []).unwrap();
        let state = if is_held { DocumentState::Held } else { DocumentState::Ready };
        let mut both = vec![of_flow("flow_1", None), of_flow("flow_2", Some(of_second(state)))];
        if first_is_last {
            both.reverse();
        }
        let documents = world.decide_both(both).await;
        let [document] = documents.as_slice() else { panic!("never two: {documents:?}") };
        let place = (document.flow_id.as_str(), document.billing_id.as_str(), document.series.as_str());
        assert_eq!((document.row, place), (ready.row, ("flow_2", "con_second", "EXT")));
        assert_eq!((document.state, document.failure.as_ref()), (DocumentState::Ready, None));
        assert!(!document.is_released(FailureKind::NeedsApproval, 1), "it was released from the first flow's limit");
        let counted = world.ledger.check().await.unwrap().into_iter().find(|one| one.check == "counters").unwrap();
        assert_eq!(counted.verdict, Verdict::Good, "each flow's documents are still counted: {counted:?}");
        let old = world.ledger.record_intent(document.row, intent(1), NOW_MS).await;
        assert!(matches!(old, Err(StoreError::Stale(_))), "it is not sent to the first flow's provider");
    }
}

#[tokio::test]
async fn a_document_stays_with_a_flow_that_still_calls_for_it_cannot_tell_or_sent_it() {
    let world = world().await;
    let ready = world.ready(1).await;
    let second = |state| of_flow("flow_2", Some(of_second(state)));
    let again = DocumentPlan { seen: Some(DocumentState::Ready), ..plan(1) };
    let documents = world.decide_both(vec![second(DocumentState::Ready), of_flow("flow_1", Some(again))]).await;
    assert_eq!((documents.len(), documents[0].flow_id.as_str()), (1, "flow_1"));
    let unsure = DecisionRow { decision: "waiting", reason: "mapping_error", ..of_flow("flow_1", None) };
    let documents = world.decide_both(vec![second(DocumentState::Ready), unsure]).await;
    assert_eq!((documents.len(), documents[0].flow_id.as_str()), (1, "flow_1"));
    assert_eq!(documents[0].state, DocumentState::Held);
    let failure = Failure::new(FailureKind::TimedOut, Phase::Unknown, "create invoice", "order 1");
    let held = DocumentPlan { seen: Some(DocumentState::Held), ..plan(1) };
    world.decide_both(vec![of_flow("flow_1", Some(held))]).await;
    let attempt = world.ledger.record_intent(ready.row, intent(1), NOW_MS).await.unwrap();
    let unknown = punte_store::ledger::Outcome::Unknown(failure);
    world.ledger.record_outcome(attempt.row, ready.row, unknown, "{}".into(), NOW_MS).await.unwrap();
    let documents = world.decide_both(vec![of_flow("flow_1", None), second(DocumentState::InDoubt)]).await;
    assert_eq!((documents.len(), documents[0].flow_id.as_str()), (1, "flow_1"), "it may be issued there");
    assert_eq!(documents[0].state, DocumentState::InDoubt);
}

#[tokio::test]
async fn the_statuses_that_an_order_was_received_in_are_remembered_with_their_first_version() {
    let world = world().await;
    let version = |status: &str, content: &str, modified_ms: i64| {
        let mut order = incoming(1, content);
        (order.head.status, order.head.status_text) = (OrderStatus::Other, status.into());
        order.head.modified_ms = modified_ms;
        order
    };
    let versions = [
        version("shipped", "first", NOW_MS),
        version("shipped", "first", NOW_MS + 1),
        version("Shipped", "second", NOW_MS + 2),
        version("delivered", "third", NOW_MS + 3),
    ];
    for order in versions {
        world.ledger.take_in(vec![order], None, NOW_MS).await.unwrap();
    }
    let seen = world.ledger.find_order("ord_1").await.unwrap().unwrap().head.seen_as;
    let expected = [("delivered", NOW_MS + 3), ("other", NOW_MS), ("shipped", NOW_MS)];
    assert_eq!(seen, expected.map(|(word, at_ms)| (word.to_owned(), at_ms)).into());
}
