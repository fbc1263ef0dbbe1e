//! What became of orders after their invoices: each change kept once, closed when it is gone, and corrections that never
//! take back more than there is.

use crate::operations::issued_document;
use crate::support::{NOW_MS, World, incoming, issued, plan, world};
use punte_domain::order::Refund;
use punte_domain::{ChangeKind, ChangeState, Difference, DocumentState, OrderChange, Proposal, RefundMode};
use punte_store::StoreError;
use punte_store::ledger::{ChangeRow, Document, ListQuery, NewTakingBack, SeenChange};

fn seen(kind: ChangeKind, subject: &str, after: &str, mode: RefundMode) -> SeenChange {
    let facts = vec![Difference { field: "refunded".into(), before: "0.00".into(), after: after.into() }];
    let proposal = if subject.is_empty() { Proposal::Storno } else { Proposal::PartialStorno };
    let change = OrderChange { kind, subject: subject.into(), facts, proposal, amount_minor: 2000 };
    SeenChange { id: format!("chg_{}_{subject}", kind.as_str()), change, mode }
}

fn refund(id: &str, after: &str) -> SeenChange {
    seen(ChangeKind::RefundedPartly, id, after, RefundMode::Propose)
}

impl World {
    async fn newer_version(&self, n: u64, content: &str) {
        self.ledger.take_in(vec![incoming(n, content)], None, NOW_MS + 1).await.unwrap();
    }

    async fn record(&self, row: i64, version: u32, seen: Vec<SeenChange>) {
        self.ledger.record_changes(row, version, seen, NOW_MS + 2).await.unwrap();
    }

    async fn changes(&self, row: i64) -> Vec<ChangeRow> {
        self.ledger.list_changes(row).await.unwrap()
    }

    async fn states(&self, row: i64) -> Vec<ChangeState> {
        self.changes(row).await.iter().map(|change| change.state).collect()
    }

    async fn changed_count(&self) -> u32 {
        let counted = self.ledger.read_counts().await.unwrap().get("changed");
        let query = ListQuery { filter: "changed".into(), limit: 10, ..ListQuery::default() };
        assert_eq!(self.ledger.page_documents(query).await.unwrap().len() as u32, counted);
        counted
    }

    async fn correct(&self, original_row: i64, id: &str, minor: i64, known: i64) -> Result<Document, StoreError> {
        let mut document = plan(1).document;
        document.id = format!("doc_{id}");
        document.issue_key = format!("cana.ro|1|correction:{id}|1");
        document.reference = format!("PNT-{id}");
        document.role = format!("correction:{id}");
        document.total_minor = -minor;
        let (reason, who) = ("returned".into(), "ana".into());
        let part_after_minor = Some(known);
        let new = NewTakingBack { original_row, document, part_after_minor, change_row: None, reason, who };
        self.ledger.request_taking_back(new, NOW_MS).await
    }

    async fn issue(&self, document: &Document, number: &str) {
        let intent = punte_store::ledger::Intent { attempt_id: format!("att_{number}"), ..crate::support::intent(1) };
        let attempt = self.ledger.record_intent(document.row, intent, NOW_MS).await.unwrap();
        self.ledger.record_outcome(attempt.row, document.row, issued(number), "{}".into(), NOW_MS).await.unwrap();
    }
}

#[tokio::test]
async fn only_an_issued_invoice_of_a_changed_order_waits_to_be_compared() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    let unjudged = async || world.ledger.list_unjudged(NOW_MS + 5, 10).await.unwrap().len();
    assert_eq!(unjudged().await, 0, "what was just issued is as it was sent");
    world.newer_version(1, "second").await;
    assert_eq!(unjudged().await, 1);
    world.record(row, 2, vec![]).await;
    assert_eq!(unjudged().await, 0);
    let (sending, attempt) = world.sending(2).await;
    world.newer_version(2, "second").await;
    assert_eq!(unjudged().await, 0, "compared once it is issued");
    world.ledger.record_outcome(attempt, sending.row, issued("0002"), "{}".into(), NOW_MS).await.unwrap();
    assert_eq!(unjudged().await, 1);
    let old = world.ledger.record_changes(sending.row, 1, vec![], NOW_MS).await;
    assert!(matches!(old, Err(StoreError::Stale(_))), "compared with an older version: {old:?}");
}

#[tokio::test]
async fn an_order_that_was_refunded_before_its_invoice_is_compared_too() {
    let world = world().await;
    let mut order = incoming(1, "first");
    order.head.refunded_minor = 1000;
    order.head.refunds = vec![Refund { id: "7".into(), amount_minor: 1000 }];
    world.ledger.take_in(vec![order], None, NOW_MS).await.unwrap();
    issued_document(&world, 1, "0001").await;
    assert_eq!(world.ledger.list_unjudged(NOW_MS, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_is_kept_once_counted_and_closed_when_it_is_taken_back() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    world.newer_version(1, "second").await;
    world.record(row, 2, vec![refund("7", "20.00")]).await;
    world.record(row, 2, vec![refund("7", "20.00")]).await;
    assert_eq!((world.states(row).await, world.changed_count().await), (vec![ChangeState::Open], 1));
    assert_eq!(world.document(1).await.open_changes, 1);
    let due = world.ledger.list_changes_due(NOW_MS + 9, 10).await.unwrap();
    assert_eq!(due.len(), 1, "the shop is asked for its lines");
    world.newer_version(1, "third").await;
    world.record(row, 3, vec![]).await;
    assert_eq!((world.states(row).await, world.changed_count().await), (vec![ChangeState::Closed], 0));
    world.newer_version(1, "fourth").await;
    world.record(row, 4, vec![refund("7", "20.00"), refund("8", "5.00")]).await;
    assert_eq!((world.states(row).await, world.changed_count().await), (vec![ChangeState::Open; 2], 1));
    let what: Vec<String> = world
        .ledger
        .list_events(world.document(1).await.order_row)
        .await
        .unwrap()
        .into_iter()
        .map(|event| event.what)
        .filter(|what| what.starts_with("change"))
        .collect();
    let seen = "changed_since_invoicing";
    assert_eq!(what, [seen, "change_closed", seen, seen]);
}

#[tokio::test]
async fn what_a_person_ignored_stays_quiet_until_it_says_something_else() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    world.record(row, 1, vec![refund("7", "20.00")]).await;
    let id = world.changes(row).await[0].id.clone();
    world.ledger.ignore_change(&id, "agreed by phone", "ana", NOW_MS).await.unwrap();
    let ignored = &world.changes(row).await[0];
    assert_eq!(
        (ignored.state, ignored.who.as_str(), ignored.reason.as_str()),
        (ChangeState::Ignored, "ana", "agreed by phone")
    );
    assert!(world.ledger.ignore_change(&id, "again", "ana", NOW_MS).await.is_err());
    world.record(row, 1, vec![refund("7", "20.00")]).await;
    assert_eq!((world.states(row).await, world.changed_count().await), (vec![ChangeState::Ignored], 0));
    world.record(row, 1, vec![refund("7", "30.00")]).await;
    assert_eq!((world.states(row).await, world.changed_count().await), (vec![ChangeState::Open], 1));
}

#[tokio::test]
async fn where_a_flow_proposes_nothing_the_timeline_tells_of_it() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    world.record(row, 1, vec![seen(ChangeKind::RefundedFully, "", "59.00", RefundMode::Off)]).await;
    assert_eq!((world.states(row).await, world.changed_count().await), (vec![ChangeState::Noted], 0));
    assert!(world.ledger.list_changes_due(NOW_MS + 9, 10).await.unwrap().is_empty());
    let events = world.ledger.list_events(world.document(1).await.order_row).await.unwrap();
    assert!(events.iter().any(|event| event.what == "change_noted"));
}

#[tokio::test]
async fn corrections_take_back_no_more_than_the_invoice_holds() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    let first = world.correct(row, "7", 2000, 0).await.unwrap();
    assert_eq!((first.corrects_row, first.state), (Some(row), DocumentState::Ready));
    assert!(world.correct(row, "7", 2000, 2000).await.is_err(), "one for each refund");
    assert!(world.correct(row, "8", 2000, 0).await.is_err(), "planned without the first");
    assert!(world.correct(row, "8", 3901, 2000).await.is_err(), "a ban too much");
    let mut storno = plan(1).document;
    (storno.id, storno.issue_key) = ("doc_s".into(), "cana.ro|1|correction:storno|1".into());
    (storno.reference, storno.role) = ("PNT-S".into(), "correction:storno".into());
    let whole = NewTakingBack {
        original_row: row,
        document: storno,
        part_after_minor: None,
        change_row: None,
        reason: "returned".into(),
        who: "ana".into(),
    };
    assert!(world.ledger.request_taking_back(whole, NOW_MS).await.is_err(), "it would take the first back twice");
    world.issue(&first, "0002").await;
    assert_eq!(world.document(1).await.state, DocumentState::Issued, "a part is not the whole");
    world.record(row, 1, vec![seen(ChangeKind::RefundedFully, "", "59.00", RefundMode::Propose)]).await;
    let rest = world.correct(row, "storno", 3900, 2000).await.unwrap();
    world.issue(&rest, "0003").await;
    assert_eq!(world.document(1).await.state, DocumentState::Reversed, "nothing is left of it");
    assert_eq!(world.states(row).await, [ChangeState::Closed], "and nothing to propose");
}

#[tokio::test]
async fn a_correction_that_was_given_up_comes_back_only_while_there_is_room() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    let first = world.correct(row, "7", 2000, 0).await.unwrap();
    let failure = punte_domain::Failure::new(
        punte_domain::FailureKind::RefusedOther,
        punte_domain::Phase::Refused,
        "create invoice",
        "order 1",
    );
    world.ledger.hold(first.row, failure, NOW_MS).await.unwrap();
    world.ledger.dismiss(&first.id, "wrong", "ana", NOW_MS).await.unwrap();
    world.correct(row, "storno", 5900, 0).await.unwrap();
    let reopened = world.ledger.reopen(&first.id, "after all", "ana", NOW_MS).await;
    assert!(matches!(reopened, Err(StoreError::Stale(_))), "{reopened:?}");
}
