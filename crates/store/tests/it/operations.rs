//! What is done to issued documents, from intent to effect.

use crate::support::{NOW_MS, World, connection, draft, issued, plan, world};
use punte_domain::{DocumentState, Failure, FailureKind, OperationKind, OperationState, Phase};
use punte_store::StoreError;
use punte_store::ledger::{Effect, NewDocument, NewOperation, NewTakingBack, OperationOutcome};

fn asked(id: &str, document_row: i64, kind: OperationKind) -> NewOperation {
    NewOperation {
        id: id.into(),
        document_row,
        kind,
        params: "{}".into(),
        reason: "asked by the client".into(),
        who: "ana".into(),
        about: String::new(),
    }
}

fn whole(original_row: i64, document: NewDocument) -> NewTakingBack {
    let (reason, who) = ("returned".into(), "ana".into());
    NewTakingBack { original_row, document, part_after_minor: None, change_row: None, reason, who }
}

pub async fn issued_document(world: &World, n: u64, number: &str) -> i64 {
    let (document, attempt) = world.sending(n).await;
    world.ledger.record_outcome(attempt, document.row, issued(number), "{}".into(), NOW_MS).await.unwrap();
    document.row
}

#[tokio::test]
async fn what_is_done_changes_its_document_in_the_same_commit() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    for (n, kind, effect, state) in [
        (1, OperationKind::Cancel, Effect::Cancelled, DocumentState::Cancelled),
        (2, OperationKind::Restore, Effect::Restored, DocumentState::Issued),
        (3, OperationKind::Delete, Effect::Deleted, DocumentState::Deleted),
    ] {
        let operation = world.ledger.request_operation(asked(&format!("op_{n}"), row, kind), NOW_MS).await.unwrap();
        let sent = world
            .ledger
            .record_operation_intent(operation.row, false, "{}".into(), "key".into(), NOW_MS)
            .await
            .unwrap();
        assert_eq!(sent.state, OperationState::Sending);
        let done = OperationOutcome::Done(effect);
        world.ledger.record_operation_outcome(operation.row, done, "{}".into(), NOW_MS).await.unwrap();
        assert_eq!(world.document(1).await.state, state);
    }
    let events = world.ledger.list_events(world.document(1).await.order_row).await.unwrap();
    let what: Vec<&str> = events.iter().map(|event| event.what.as_str()).collect();
    assert!(what.ends_with(&["operation_requested", "operation_sent", "operation_done", "deleted"]), "{what:?}");
}

#[tokio::test]
async fn one_operation_at_a_time_on_a_document() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    let first = world.ledger.request_operation(asked("op_1", row, OperationKind::SendEmail), NOW_MS).await.unwrap();
    let second = world.ledger.request_operation(asked("op_2", row, OperationKind::Cancel), NOW_MS).await;
    assert!(matches!(second, Err(StoreError::Stale(_))), "{second:?}");
    world.ledger.record_operation_intent(first.row, false, "{}".into(), String::new(), NOW_MS).await.unwrap();
    let failure = Failure::new(FailureKind::TimedOut, Phase::Unknown, "send e-mail", "order 1");
    let unknown = OperationOutcome::Unknown(failure);
    world.ledger.record_operation_outcome(first.row, unknown, "{}".into(), NOW_MS).await.unwrap();
    assert!(
        world.ledger.request_operation(asked("op_3", row, OperationKind::Cancel), NOW_MS).await.is_err(),
        "what is in doubt is still open"
    );
    world.ledger.close_operation("op_1", "the client says it came", "ana", NOW_MS).await.unwrap();
    assert!(world.ledger.request_operation(asked("op_4", row, OperationKind::Cancel), NOW_MS).await.is_ok());
}

#[tokio::test]
async fn what_was_being_sent_when_the_owner_went_is_in_doubt() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    let operation = world.ledger.request_operation(asked("op_1", row, OperationKind::Delete), NOW_MS).await.unwrap();
    world.ledger.record_operation_intent(operation.row, false, "{}".into(), "key".into(), NOW_MS).await.unwrap();
    assert_eq!(world.ledger.sweep_operations(NOW_MS).await.unwrap(), 1);
    let doubted = world.ledger.find_operation("op_1").await.unwrap().unwrap();
    assert_eq!(doubted.state, OperationState::InDoubt);
    let failure = Failure::new(FailureKind::NeverDone, Phase::Refused, "delete", "order 1");
    world.ledger.settle_operation(operation.row, Err(failure), NOW_MS).await.unwrap();
    assert_eq!(world.document(1).await.state, DocumentState::Issued, "it was not done");
}

#[tokio::test]
async fn a_deleted_number_may_be_given_again_and_a_live_one_belongs_to_one_document() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    let (second, attempt) = world.sending(2).await;
    let taken = world.ledger.record_outcome(attempt, second.row, issued("0001"), "{}".into(), NOW_MS).await;
    assert!(matches!(taken, Err(StoreError::AlreadyLinked(_))), "{taken:?}");
    let operation = world.ledger.request_operation(asked("op_1", row, OperationKind::Delete), NOW_MS).await.unwrap();
    world.ledger.record_operation_intent(operation.row, false, "{}".into(), "key".into(), NOW_MS).await.unwrap();
    let done = OperationOutcome::Done(Effect::Deleted);
    world.ledger.record_operation_outcome(operation.row, done, "{}".into(), NOW_MS).await.unwrap();
    world.ledger.record_outcome(attempt, second.row, issued("0001"), "{}".into(), NOW_MS).await.unwrap();
    assert_eq!(world.document(2).await.number.as_deref(), Some("0001"));
}

#[tokio::test]
async fn a_storno_is_a_document_that_reverses_its_original_once_it_is_issued() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    let mut storno = plan(1).document;
    storno.id = "doc_s".into();
    storno.issue_key = "cana.ro|1|correction:storno|1".into();
    storno.reference = "PNT-S".into();
    storno.role = "correction:storno".into();
    let mut reversed = draft();
    reversed.lines[0].quantity = -reversed.lines[0].quantity;
    storno.draft = Some(reversed);
    storno.total_minor = -5900;
    let asked = world.ledger.request_taking_back(whole(row, storno.clone()), NOW_MS).await.unwrap();
    assert_eq!(asked.state, DocumentState::Ready);
    storno.id = "doc_s2".into();
    assert!(world.ledger.request_taking_back(whole(row, storno), NOW_MS).await.is_err(), "one storno");
    // a newer version of the order does not hold it up
    world.ledger.take_in(vec![crate::support::incoming(1, "second")], None, NOW_MS).await.unwrap();
    let attempt = world.ledger.record_intent(asked.row, crate::support::intent(9), NOW_MS).await.unwrap();
    assert_eq!(world.document(1).await.state, DocumentState::Issued, "not before the provider said so");
    world.ledger.record_outcome(attempt.row, asked.row, issued("0002"), "{}".into(), NOW_MS).await.unwrap();
    assert_eq!(world.document(1).await.state, DocumentState::Reversed);
    // both count in what was issued, and the order's own document is the invoice
    let sums = world.ledger.sum_issued(0).await.unwrap();
    assert_eq!((sums[0].count, sums[0].total_minor), (2, 0));
    let order_row = asked.order_row;
    let shown = world.ledger.documents_of(vec![order_row]).await.unwrap();
    assert_eq!(shown[&order_row].row, row);
}

#[tokio::test]
async fn notes_for_the_shop_are_due_when_issued_and_again_when_reversed() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    let due = world.ledger.list_notes_due(NOW_MS, Vec::new(), 10).await.unwrap();
    assert_eq!(due.iter().map(|document| document.row).collect::<Vec<_>>(), [row]);
    let failure = Failure::new(FailureKind::Unreachable, Phase::NotSent, "write notes", "order 1");
    world.ledger.record_note(&due[0], Err((failure, NOW_MS + 1000)), NOW_MS).await.unwrap();
    assert!(world.ledger.list_notes_due(NOW_MS, Vec::new(), 10).await.unwrap().is_empty());
    assert_eq!(world.ledger.list_notes_due(NOW_MS + 1000, Vec::new(), 10).await.unwrap().len(), 1);
    // cancelled while the note was being written: what was written is no longer what is to stand there
    let written = world.document(1).await;
    let cancel = world.ledger.request_operation(asked("op_1", row, OperationKind::Cancel), NOW_MS).await.unwrap();
    world.ledger.record_operation_intent(cancel.row, false, "{}".into(), String::new(), NOW_MS).await.unwrap();
    let done = OperationOutcome::Done(Effect::Cancelled);
    world.ledger.record_operation_outcome(cancel.row, done, "{}".into(), NOW_MS + 1000).await.unwrap();
    world.ledger.record_note(&written, Ok(true), NOW_MS + 1000).await.unwrap();
    let newer = world.document(1).await;
    assert_eq!(newer.note_due_ms, Some(NOW_MS + 1000), "the newer note is still due");
    world.ledger.record_note(&newer, Ok(true), NOW_MS + 1000).await.unwrap();
    assert!(world.ledger.list_notes_due(i64::MAX, Vec::new(), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_waits_for_a_stopped_connection_does_not_fill_the_lists_of_due_work() {
    let world = world().await;
    for n in 1..=3 {
        let row = issued_document(&world, n, &format!("000{n}")).await;
        world.ledger.record_einvoice_read(row, "processing", "", Some(NOW_MS), NOW_MS).await.unwrap();
    }
    let row = world.document(3).await.row;
    world.ledger.save_connection(connection("con_other", "smartbill")).await.unwrap();
    world.ledger.save_connection(connection("con_market", "woocommerce")).await.unwrap();
    // the third is another provider's, and its order another shop's
    let raw = world.raw();
    raw.execute("UPDATE documents SET billing_id = 'con_other' WHERE row = ?1", [row]).unwrap();
    raw.execute(
        "UPDATE orders SET connection_id = 'con_market' WHERE row = (SELECT order_row FROM documents WHERE row = ?1)",
        [row],
    )
    .unwrap();
    let ledger = &world.ledger;
    let rows = |due: Vec<punte_store::ledger::Document>| due.iter().map(|one| one.row).collect::<Vec<_>>();
    let closed = || vec!["con_bill".to_owned(), "con_shop".to_owned()];
    assert_eq!(rows(ledger.list_unverified(NOW_MS, closed(), 1).await.unwrap()), [row]);
    assert_eq!(rows(ledger.list_einvoices_due(NOW_MS, closed(), 1).await.unwrap()), [row]);
    assert_eq!(rows(ledger.list_notes_due(NOW_MS, closed(), 1).await.unwrap()), [row]);
    assert_eq!(ledger.list_unverified(NOW_MS, Vec::new(), 10).await.unwrap().len(), 3);
    assert_eq!(ledger.list_einvoices_due(NOW_MS, Vec::new(), 10).await.unwrap().len(), 3);
    assert_eq!(ledger.list_notes_due(NOW_MS, Vec::new(), 10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_storno_and_a_cancel_never_go_side_by_side() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    let storno = || {
        let mut storno = plan(1).document;
        storno.id = "doc_s".into();
        storno.issue_key = "cana.ro|1|correction:storno|1".into();
        storno.reference = "PNT-S".into();
        storno.role = "correction:storno".into();
        storno
    };
    world.ledger.request_operation(asked("op_1", row, OperationKind::Cancel), NOW_MS).await.unwrap();
    let beside = world.ledger.request_taking_back(whole(row, storno()), NOW_MS).await;
    assert!(matches!(beside, Err(StoreError::Stale(_))), "{beside:?}");
    world.ledger.close_operation("op_1", "not wanted", "ana", NOW_MS).await.unwrap();
    world.ledger.request_taking_back(whole(row, storno()), NOW_MS).await.unwrap();
    let cancel = world.ledger.request_operation(asked("op_2", row, OperationKind::Cancel), NOW_MS).await;
    assert!(matches!(cancel, Err(StoreError::Stale(_))), "{cancel:?}");
}

#[tokio::test]
async fn a_document_planned_for_another_series_meanwhile_is_not_sent_to_the_old_one() {
    let world = world().await;
    let ready = world.ready(1).await;
    let intent = || crate::support::intent(1);
    let series = punte_store::ledger::Intent { series: "OLD".into(), ..intent() };
    let billing = punte_store::ledger::Intent { billing_id: "con_other".into(), ..intent() };
    for elsewhere in [series, billing] {
        let sent = world.ledger.record_intent(ready.row, elsewhere, NOW_MS).await;
        assert!(matches!(sent, Err(StoreError::Stale(_))), "{:?}", sent.err());
    }
    assert_eq!(world.document(1).await.state, DocumentState::Ready);
}

#[tokio::test]
async fn what_is_found_under_a_number_that_came_back_displaces_whoever_held_it() {
    let world = world().await;
    issued_document(&world, 1, "0001").await;
    let (second, attempt) = world.sending(2).await;
    let failure = Failure::new(FailureKind::NumberTaken, Phase::Unknown, "create invoice", "order 2");
    let unknown = punte_store::ledger::Outcome::Unknown(failure);
    world.ledger.record_outcome(attempt, second.row, unknown, "{}".into(), NOW_MS).await.unwrap();
    let found = |who: &'static str| {
        world.ledger.settle_found(second.row, "FCT".into(), "0001".into(), None, None, who, "", NOW_MS)
    };
    assert!(matches!(found("ana").await, Err(StoreError::AlreadyLinked(_))), "a person's word displaces nobody");
    found("").await.unwrap();
    assert_eq!(world.document(1).await.state, DocumentState::Deleted);
    assert_eq!(world.document(2).await.number.as_deref(), Some("0001"));
}

#[tokio::test]
async fn an_order_is_not_invoiced_again_while_its_cancelled_invoice_may_be_restored() {
    let world = world().await;
    let row = issued_document(&world, 1, "0001").await;
    let cancel = world.ledger.request_operation(asked("op_1", row, OperationKind::Cancel), NOW_MS).await.unwrap();
    world.ledger.record_operation_intent(cancel.row, false, "{}".into(), String::new(), NOW_MS).await.unwrap();
    let done = OperationOutcome::Done(Effect::Cancelled);
    world.ledger.record_operation_outcome(cancel.row, done, "{}".into(), NOW_MS).await.unwrap();
    world.ledger.request_operation(asked("op_2", row, OperationKind::Restore), NOW_MS).await.unwrap();
    let again = || {
        let mut plan = plan(1);
        plan.document.id = "doc_again".into();
        plan.document.issue_key = "cana.ro|1|invoice|2".into();
        plan.document.reference = "PNT-again".into();
        plan.document.generation = 2;
        world.ledger.request_generation(row, plan, "wrong client", "ana", NOW_MS)
    };
    let beside = again().await;
    assert!(matches!(beside, Err(StoreError::Stale(_))), "two live invoices of one order: {beside:?}");
    world.ledger.close_operation("op_2", "not wanted", "ana", NOW_MS).await.unwrap();
    again().await.unwrap();
}

#[tokio::test]
async fn what_nobody_settles_does_not_fill_the_lists_of_what_is_in_doubt() {
    let world = world().await;
    let ledger = &world.ledger;
    for (n, kind) in [(1, OperationKind::SendEmail), (2, OperationKind::Delete)] {
        let row = issued_document(&world, n, &format!("000{n}")).await;
        let operation = ledger.request_operation(asked(&format!("op_{n}"), row, kind), NOW_MS).await.unwrap();
        ledger.record_operation_intent(operation.row, false, "{}".into(), String::new(), NOW_MS).await.unwrap();
    }
    ledger.sweep_operations(NOW_MS).await.unwrap();
    let doubted = ledger.list_operations_to_settle(1).await.unwrap();
    assert_eq!(doubted.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["op_2"]);
    let (parked, _) = world.sending(3).await;
    let (open, _) = world.sending(4).await;
    ledger.sweep_sending(NOW_MS).await.unwrap();
    ledger.park(parked.row, "series_moved", NOW_MS).await.unwrap();
    let rows = async |limit| {
        let listed = ledger.list_in_doubt(limit).await.unwrap();
        listed.iter().map(|one| one.row).collect::<Vec<_>>()
    };
    assert_eq!((rows(1).await, rows(2).await), (vec![open.row], vec![open.row, parked.row]));
}

#[tokio::test]
async fn what_waits_longer_than_any_wait_is_due_now() {
    let world = world().await;
    let ledger = &world.ledger;
    let ahead_ms = NOW_MS + 365 * 24 * 60 * 60 * 1000;
    // written while the clock stood a year ahead
    let row = issued_document(&world, 1, "0001").await;
    ledger.want_verification(row, ahead_ms).await.unwrap();
    ledger.record_einvoice_read(row, "processing", "", Some(ahead_ms), NOW_MS).await.unwrap();
    ledger.request_operation(asked("op_1", row, OperationKind::SendEmail), ahead_ms).await.unwrap();
    let waiting = world.ready(2).await;
    ledger.postpone(waiting.row, ahead_ms).await.unwrap();
    let soon = world.ready(3).await;
    ledger.postpone(soon.row, NOW_MS + 60_000).await.unwrap();
    assert_eq!(ledger.list_operations_due(NOW_MS, Vec::new(), 10).await.unwrap().len(), 0);
    assert_eq!(ledger.pull_in(NOW_MS + 60_000, NOW_MS).await.unwrap(), 4);
    assert_eq!(ledger.pull_in(NOW_MS + 60_000, NOW_MS).await.unwrap(), 0);
    assert_eq!(ledger.list_unverified(NOW_MS, Vec::new(), 10).await.unwrap().len(), 1);
    assert_eq!(ledger.list_einvoices_due(NOW_MS, Vec::new(), 10).await.unwrap().len(), 1);
    assert_eq!(ledger.list_operations_due(NOW_MS, Vec::new(), 10).await.unwrap().len(), 1);
    assert_eq!(ledger.list_operations_due(NOW_MS, vec!["con_bill".into()], 10).await.unwrap().len(), 0);
    assert_eq!(ledger.list_due("con_bill", "RO12345674", "FCT", NOW_MS, 10).await.unwrap(), [waiting.row]);
}
