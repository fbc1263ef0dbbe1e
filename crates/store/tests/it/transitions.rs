//! Named transitions, each once, each refused where the record moved on.

use crate::support::{NOW_MS, decision, flow, incoming, intent, issued, plan, world};
use punte_domain::order::Place;
use punte_domain::{DocumentState, Failure, FailureKind, Phase, Verification};
use punte_store::StoreError;
use punte_store::ledger::{NewLook, Outcome, Taken, Verified};

fn unknown() -> Failure {
    Failure::new(FailureKind::TimedOut, Phase::Unknown, "create invoice", "order 1")
}

#[tokio::test]
async fn the_same_content_is_no_version_and_an_older_one_replaces_nothing() {
    let world = world().await;
    let taken = world.ledger.take_in(vec![incoming(1, "a"), incoming(2, "b")], None, NOW_MS).await.unwrap();
    assert_eq!(taken, Taken { new: 2, changed: 0, unchanged: 0 });
    let mut newer = incoming(1, "c");
    newer.head.modified_ms += 1000;
    let taken = world.ledger.take_in(vec![newer, incoming(2, "b")], None, NOW_MS).await.unwrap();
    assert_eq!(taken, Taken { new: 0, changed: 1, unchanged: 1 });
    let mut older = incoming(1, "old");
    older.head.modified_ms -= 1000;
    world.ledger.take_in(vec![older], None, NOW_MS).await.unwrap();
    let order = world.ledger.find_order("ord_1").await.unwrap().unwrap();
    assert_eq!(order.version, 2);
    assert!(world.ledger.get_order_json(order.row).await.unwrap().contains("\"c\""));
}

#[tokio::test]
async fn of_two_versions_of_one_instant_the_one_told_later_stands_and_a_sequence_decides_before_both() {
    let world = world().await;
    let take = async |content: &str, (sequence, modified_ms, told_ms): (Option<i64>, i64, Option<i64>)| {
        let mut order = incoming(1, content);
        order.head.modified_ms = modified_ms;
        order.head.place = Place { sequence, told_ms };
        world.ledger.take_in(vec![order], None, NOW_MS).await.unwrap();
        let order = world.ledger.find_order("ord_1").await.unwrap().unwrap();
        world.ledger.get_order_json(order.row).await.unwrap()
    };
    assert!(take("paid", (None, 5000, Some(20))).await.contains("\"paid\""));
    assert!(take("cancelled", (None, 5000, Some(30))).await.contains("\"cancelled\""));
    assert!(take("paid", (None, 5000, Some(20))).await.contains("\"cancelled\""), "it came late, it is not later");
    assert!(take("same instant", (None, 5000, None)).await.contains("\"same instant\""), "nothing tells them apart");
    // the same again, told later: what was told before that replaces it no more
    take("same instant", (None, 5000, Some(50))).await;
    assert!(take("paid", (None, 5000, Some(40))).await.contains("\"same instant\""));
    assert!(take("seven", (Some(7), 6000, Some(60))).await.contains("\"seven\""));
    assert!(take("six", (Some(6), 9000, Some(90))).await.contains("\"seven\""), "whatever its clock says");
    assert!(take("eight", (Some(8), 100, Some(10))).await.contains("\"eight\""));
}

#[tokio::test]
async fn the_cursor_moves_with_its_orders_and_never_back() {
    let world = world().await;
    let cursor = |ms| Some(("con_shop".to_owned(), ms, ms));
    world.ledger.take_in(vec![incoming(1, "a")], cursor(5000), NOW_MS).await.unwrap();
    world.ledger.take_in(Vec::new(), cursor(4000), NOW_MS).await.unwrap();
    assert_eq!(world.ledger.find_cursor("con_shop").await.unwrap(), Some((5000, 5000)));
    world.ledger.take_in(Vec::new(), cursor(NOW_MS + 1), NOW_MS).await.unwrap();
    world.ledger.take_in(Vec::new(), Some(("con_shop".to_owned(), NOW_MS, 0)), NOW_MS).await.unwrap();
    let brought_back = world.ledger.find_cursor("con_shop").await.unwrap();
    assert_eq!(brought_back, Some((NOW_MS, NOW_MS + 1)), "but from the future");
}

#[tokio::test]
async fn from_intent_to_verified_everything_is_a_row() {
    let world = world().await;
    let (sending, attempt) = world.sending(1).await;
    assert_eq!((sending.state, sending.issue_date.as_deref()), (DocumentState::Sending, Some("2026-11-18")));
    world.ledger.record_outcome(attempt, sending.row, issued("0007"), "{}".into(), NOW_MS + 5).await.unwrap();
    let done = world.document(1).await;
    assert_eq!((done.state, done.number.as_deref()), (DocumentState::Issued, Some("0007")));
    let read = Verified { verification: Verification::Verified, detail: None, due_ms: None };
    world.ledger.record_verification(done.row, read, NOW_MS + 9).await.unwrap();
    assert_eq!(world.document(1).await.verification, Verification::Verified);
    let what: Vec<String> =
        world.ledger.list_events(done.order_row).await.unwrap().into_iter().map(|event| event.what).collect();
    // decided first, of the instant in which both came to be
    assert_eq!(what, ["order_received", "decided", "queued", "claimed", "issued", "verified"]);
}

#[tokio::test]
async fn one_document_per_issue_key_however_often_it_is_decided() {
    let world = world().await;
    let ready = world.ready(1).await;
    world.ledger.reconsider(ready.order_row).await.unwrap();
    let order = world.ledger.get_order_by_row(ready.order_row).await.unwrap();
    let mut again = plan(1);
    again.document.id = "doc_other".into();
    again.seen = Some(DocumentState::Ready);
    world
        .ledger
        .record_decisions(order.row, (1, order.wanted), vec![decision(again)], ("document", "rule"), NOW_MS)
        .await
        .unwrap();
    assert_eq!(world.ledger.list_documents_of_order(ready.order_row).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_flow_or_mapping_saved_meanwhile_makes_a_decision_stale() {
    let world = world().await;
    world.ledger.take_in(vec![incoming(1, "a")], None, NOW_MS).await.unwrap();
    let seen = world.ledger.find_order("ord_1").await.unwrap().unwrap();
    world.ledger.save_flow(flow()).await.unwrap();
    let late = world
        .ledger
        .record_decisions(seen.row, (seen.version, seen.wanted), Vec::new(), ("waiting", "no_flow"), NOW_MS)
        .await;
    assert!(matches!(late, Err(StoreError::Stale(_))), "{late:?}");
    let now = world.ledger.find_order("ord_1").await.unwrap().unwrap();
    world.ledger.save_mapping("map_1", "preset", "{}".into(), "ana", NOW_MS).await.unwrap();
    let late = world
        .ledger
        .record_decisions(now.row, (now.version, now.wanted), vec![decision(plan(1))], ("document", "rule"), NOW_MS)
        .await;
    assert!(matches!(late, Err(StoreError::Stale(_))), "a draft of the old mapping must not be sent: {late:?}");
    assert_eq!(world.ledger.list_undecided(10).await.unwrap().len(), 1, "it is decided again");
}

#[tokio::test]
async fn a_claim_of_a_draft_that_is_not_of_the_newest_version_is_refused() {
    let world = world().await;
    let ready = world.ready(1).await;
    let mut newer = incoming(1, "changed");
    newer.head.modified_ms += 1000;
    world.ledger.take_in(vec![newer], None, NOW_MS).await.unwrap();
    let claim = world.ledger.record_intent(ready.row, intent(1), NOW_MS).await;
    assert!(matches!(claim, Err(StoreError::Stale(_))), "{claim:?}");
    assert_eq!(world.document(1).await.state, DocumentState::Ready);
    assert_eq!(world.ledger.list_attempts(ready.row).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_document_is_claimed_once() {
    let world = world().await;
    let ready = world.ready(1).await;
    let (one, two) = tokio::join!(
        world.ledger.record_intent(ready.row, intent(1), NOW_MS),
        world.ledger.record_intent(ready.row, intent(2), NOW_MS)
    );
    assert!(one.is_ok() != two.is_ok(), "exactly one claim stands");
    assert_eq!(world.ledger.list_attempts(ready.row).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_number_of_the_provider_belongs_to_one_record() {
    let world = world().await;
    let (one, first) = world.sending(1).await;
    let (two, second) = world.sending(2).await;
    world.ledger.record_outcome(first, one.row, issued("0007"), "{}".into(), NOW_MS).await.unwrap();
    let taken = world.ledger.record_outcome(second, two.row, issued("0007"), "{}".into(), NOW_MS).await;
    assert!(matches!(taken, Err(StoreError::AlreadyLinked(_))), "{taken:?}");
    assert_eq!(world.document(2).await.state, DocumentState::Sending, "the failed write left nothing");
    let unknown = Outcome::Unknown(unknown());
    world.ledger.record_outcome(second, two.row, unknown, "{}".into(), NOW_MS).await.unwrap();
    let linked =
        world.ledger.settle_found(two.row, "FCT".into(), "0007".into(), None, None, "ana", "looks right", NOW_MS).await;
    assert!(matches!(linked, Err(StoreError::AlreadyLinked(_))), "{linked:?}");
}

#[tokio::test]
async fn a_launch_turns_what_was_under_way_into_doubts_once() {
    let world = world().await;
    let (sending, attempt) = world.sending(1).await;
    world.ready(2).await;
    assert_eq!(world.ledger.sweep_sending(NOW_MS + 1).await.unwrap(), 1);
    assert_eq!(world.ledger.sweep_sending(NOW_MS + 2).await.unwrap(), 0);
    let doubted = world.document(1).await;
    assert_eq!(doubted.state, DocumentState::InDoubt);
    assert_eq!(doubted.failure.unwrap().kind, FailureKind::Interrupted);
    assert_eq!(world.document(2).await.state, DocumentState::Ready);
    let late = world.ledger.record_outcome(attempt, sending.row, issued("0009"), "{}".into(), NOW_MS).await;
    assert!(late.is_err(), "an answer of an earlier life changes nothing: {late:?}");
}

#[tokio::test]
async fn what_is_in_doubt_cannot_be_dismissed_and_is_settled_with_its_evidence() {
    let world = world().await;
    let (sending, attempt) = world.sending(1).await;
    let lost = Outcome::Unknown(unknown());
    world.ledger.record_outcome(attempt, sending.row, lost, "{}".into(), NOW_MS).await.unwrap();
    assert!(world.ledger.dismiss("doc_1", "no need", "ana", NOW_MS).await.is_err());
    let look = NewLook { decisive: true, evidence: Some("{}".into()), failure: None };
    world.ledger.record_look(sending.row, look, true, NOW_MS + 1).await.unwrap();
    assert_eq!(world.document(1).await.absent_proofs, 1);
    let absent = Failure::new(FailureKind::NeverIssued, Phase::Refused, "create invoice", "order 1");
    world.ledger.settle_absent(sending.row, absent, "ana", "asked the accountant", NOW_MS + 2).await.unwrap();
    assert_eq!(world.document(1).await.state, DocumentState::Held);
    assert_eq!(world.ledger.list_looks(sending.row).await.unwrap().len(), 1);
    let events = world.ledger.list_events(sending.order_row).await.unwrap();
    let declared = events.iter().find(|event| event.what == "declared_absent").unwrap();
    assert_eq!((declared.who.as_str(), &declared.facts["reason"]), ("ana", &"asked the accountant".into()));
}

#[tokio::test]
async fn a_read_that_began_before_a_mismatch_was_found_does_not_hide_it() {
    let world = world().await;
    let (sending, attempt) = world.sending(1).await;
    world.ledger.record_outcome(attempt, sending.row, issued("0007"), "{}".into(), NOW_MS).await.unwrap();
    let detail = r#"{"field":"total","ours":"59","provider":"60"}"#;
    world.ledger.record_mismatches(vec![(sending.row, detail.into())], NOW_MS).await.unwrap();
    let read = Verified { verification: Verification::Verified, detail: None, due_ms: None };
    world.ledger.record_verification(sending.row, read, NOW_MS).await.unwrap();
    let document = world.document(1).await;
    assert_eq!(
        (document.verification, document.verification_detail.as_deref()),
        (Verification::Mismatched, Some(detail))
    );
    let events = world.ledger.list_events(document.order_row).await.unwrap();
    assert!(!events.iter().any(|event| event.what == "verified"), "nor is it told on the timeline");
}

#[tokio::test]
async fn a_connection_is_stopped_once_however_many_requests_ran_into_the_cause() {
    let world = world().await;
    let stop = async |kind, until_ms, now_ms: i64| {
        let failure = Failure::new(kind, Phase::Refused, "create invoice", "order 1");
        world.ledger.stop_connection("con_bill", failure, until_ms, (now_ms, now_ms + 60_000)).await.unwrap();
        let stop = world.ledger.get_connection("con_bill").await.unwrap().stop.unwrap();
        (stop.failure.kind, stop.until_ms.map(|until| until - NOW_MS), stop.count)
    };
    let (lost, limited, refused) =
        (FailureKind::ConnectionLost, FailureKind::RateLimited, FailureKind::CredentialRefused);
    assert_eq!(stop(lost, Some(NOW_MS + 3000), NOW_MS).await, (lost, Some(3000), 1));
    assert_eq!(stop(lost, Some(NOW_MS + 3001), NOW_MS + 1).await, (lost, Some(3001), 1), "sent beside the first");
    assert_eq!(stop(limited, Some(NOW_MS + 9000), NOW_MS + 2).await, (limited, Some(9000), 1));
    assert_eq!(stop(lost, Some(NOW_MS + 3003), NOW_MS + 3).await, (limited, Some(9000), 1), "the longer rest stays");
    assert_eq!(stop(lost, Some(NOW_MS + 24_000), NOW_MS + 9000).await, (lost, Some(24_000), 2), "stopped anew");
    assert_eq!(stop(refused, None, NOW_MS + 9001).await, (refused, None, 2));
    assert_eq!(stop(lost, Some(NOW_MS + 12_000), NOW_MS + 9002).await, (refused, None, 2), "until a person came");
    world.ledger.release_connection("con_bill").await.unwrap();
    stop(lost, Some(NOW_MS + 99_000), NOW_MS + 60_000).await;
    let before = NOW_MS - 60_000;
    assert_eq!(stop(lost, Some(before + 3000), before).await, (lost, Some(-57_000), 4), "the clock went back");
}
