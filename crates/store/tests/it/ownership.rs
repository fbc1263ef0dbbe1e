//! Quarantine, the sequence of intents, and records that are found again at the provider.

use crate::support::{NOW_MS, World, intent, issued, plan, world};
use punte_domain::{DocumentState, Failure, FailureKind, Phase};
use punte_store::ledger::{FoundReference, Rekeyed, SeriesProgress};
use punte_store::{Ledger, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const TODAY: &str = "2026-11-20";

fn found(n: u64, number: &str) -> FoundReference {
    FoundReference {
        reference: plan(n).document.reference,
        billing_id: "con_bill".into(),
        provider: "oblio".into(),
        company: "RO12345674".into(),
        is_proforma: false,
        series: "FCT".into(),
        number: number.into(),
        provider_id: Some(format!("id-{number}")),
        link: None,
        issue_date: Some("2026-11-19".into()),
        cancelled: None,
        is_storno: false,
    }
}

fn page(state: &'static str, found: Vec<FoundReference>) -> SeriesProgress {
    SeriesProgress { next: None, state, read: found.len() as u32, unreadable: Vec::new(), failure: None, found }
}

async fn quarantined(world: &World) -> i64 {
    world.ledger.take_up("here", Some("behind"), NOW_MS - 1000, NOW_MS).await.unwrap().unwrap().row
}

#[tokio::test]
async fn every_intent_raises_the_sequence_and_its_keeper_is_told_after_the_commit() {
    let world = world().await;
    let told = Arc::new(AtomicI64::new(0));
    let keeper = told.clone();
    world.ledger.keep_mark(move |sequence| keeper.store(sequence, Ordering::Relaxed));
    world.sending(1).await;
    assert_eq!(told.load(Ordering::Relaxed), 1);
    // an intent that is refused counts for nothing
    let refused = world.ledger.record_intent(1, intent(1), NOW_MS).await;
    assert!(refused.is_err(), "it is sending already");
    assert_eq!((told.load(Ordering::Relaxed), world.ledger.read_sequence().await.unwrap()), (1, 1));
    world.sending(2).await;
    let folder = world.folder;
    drop(world.ledger);
    let next = Ledger::open(folder.path()).unwrap();
    assert_eq!((next.info().sequence, next.info().machine.clone()), (2, None), "nobody took it up yet");
}

#[tokio::test]
async fn a_quarantined_ledger_commits_no_intent_and_stays_so_until_it_is_lifted() {
    let world = world().await;
    let ready = world.ready(1).await;
    world.ledger.take_in(Vec::new(), Some(("con_shop".into(), NOW_MS, NOW_MS)), NOW_MS).await.unwrap();
    quarantined(&world).await;
    let refused = world.ledger.record_intent(ready.row, intent(1), NOW_MS).await;
    assert!(matches!(refused, Err(StoreError::Quarantined)), "{refused:?}");
    assert_eq!(world.document(1).await.state, DocumentState::Ready);
    assert_eq!(world.ledger.find_cursor("con_shop").await.unwrap(), Some((NOW_MS - 1000, 0)), "the shop is read again");
    let folder = world.folder;
    drop(world.ledger);
    let next = Ledger::open(folder.path()).unwrap();
    assert_eq!(next.info().marked_epoch + 1, next.info().epoch, "the mark is of the epoch that took it up");
    let kept = next.take_up("here", None, 0, NOW_MS + 5).await.unwrap().unwrap();
    assert_eq!((kept.reason.as_str(), kept.since_ms), ("behind", NOW_MS), "a crash does not lift it");
    next.lift_quarantine("ana", "read by hand", NOW_MS + 9).await.unwrap();
    next.record_intent(ready.row, intent(1), NOW_MS).await.unwrap();
    assert_eq!(next.take_up("here", None, 0, NOW_MS).await.unwrap(), None);
    let raw = rusqlite::Connection::open(folder.path().join("ledger.sqlite")).unwrap();
    let words: (String, String) =
        raw.query_row("SELECT who, words FROM quarantines", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(words, ("ana".into(), "read by hand".into()), "who lifted it is kept");
}

#[tokio::test]
async fn a_series_is_read_from_its_last_known_document_and_anew_in_a_new_quarantine() {
    let world = world().await;
    for (n, number) in [(1, "0009"), (2, "0010")] {
        let (document, attempt) = world.sending(n).await;
        world.ledger.record_outcome(attempt, document.row, issued(number), "{}".into(), NOW_MS).await.unwrap();
    }
    let quarantine = quarantined(&world).await;
    let reads = world.ledger.list_series_reads(quarantine, "2026-01-01").await.unwrap();
    let [read] = reads.as_slice() else { panic!("{reads:?}") };
    assert_eq!((read.from_number, read.from_date.as_str(), read.state.as_str()), (Some(10), "2026-11-18", "reading"));
    world.ledger.record_series_read(read.row, page("whole", vec![found(7, "0011")]), NOW_MS).await.unwrap();
    let read = &world.ledger.find_series_reads(quarantine).await.unwrap()[0];
    assert_eq!((read.state.as_str(), read.read, read.found), ("whole", 1, 1));
    assert!(world.ledger.has_found_references().await.unwrap());
    let anew = quarantined(&world).await;
    assert_ne!(anew, quarantine);
    assert_eq!(world.ledger.list_series_reads(anew, "2026-01-01").await.unwrap()[0].state, "reading");
}

#[tokio::test]
async fn a_series_without_a_known_document_is_read_from_the_making_of_the_workspace() {
    let world = world().await;
    let quarantine = quarantined(&world).await;
    let read = &world.ledger.list_series_reads(quarantine, "2026-01-01").await.unwrap()[0];
    assert_eq!((read.from_number, read.from_date.as_str()), (None, "2026-01-01"));
}

#[tokio::test]
async fn an_open_document_that_was_found_is_issued_under_its_number() {
    let world = world().await;
    let ready = world.ready(1).await;
    let (doubted, attempt) = world.sending(2).await;
    let failure = Failure::new(FailureKind::TimedOut, Phase::Unknown, "create invoice", "order 2");
    let unknown = punte_store::ledger::Outcome::Unknown(failure);
    world.ledger.record_outcome(attempt, doubted.row, unknown, "{}".into(), NOW_MS).await.unwrap();
    let quarantine = quarantined(&world).await;
    let read = world.ledger.list_series_reads(quarantine, TODAY).await.unwrap()[0].row;
    let rows = vec![found(1, "0011"), found(2, "0012")];
    world.ledger.record_series_read(read, page("whole", rows), NOW_MS).await.unwrap();
    let open = world.ledger.list_open_and_found(10).await.unwrap();
    assert_eq!(open.iter().map(|one| one.row).collect::<Vec<_>>(), [ready.row, doubted.row]);
    let mut cancelled = found(2, "0012");
    cancelled.cancelled = Some(true);
    world.ledger.attach_found(ready.row, found(1, "0011"), None, TODAY, NOW_MS).await.unwrap();
    world.ledger.attach_found(doubted.row, cancelled, None, TODAY, NOW_MS).await.unwrap();
    let first = world.document(1).await;
    assert_eq!((first.state, first.number.as_deref()), (DocumentState::Issued, Some("0011")));
    assert_eq!((first.issue_date.as_deref(), first.provider_id.as_deref()), (Some("2026-11-19"), Some("id-0011")));
    assert_eq!(world.document(2).await.state, DocumentState::Cancelled, "as it stands at the provider");
    assert!(!world.ledger.has_found_references().await.unwrap());
    let events = world.ledger.list_events(first.order_row).await.unwrap();
    assert_eq!(events.last().map(|event| event.what.as_str()), Some("found_restored"));
}

#[tokio::test]
async fn the_order_of_a_found_document_is_compared_with_it() {
    let world = world().await;
    let ready = world.ready(1).await;
    let unjudged = async || world.ledger.list_unjudged(NOW_MS, 10).await.unwrap().len();
    assert_eq!(unjudged().await, 0);
    world.ledger.attach_found(ready.row, found(1, "0011"), None, TODAY, NOW_MS).await.unwrap();
    assert_eq!(unjudged().await, 1, "a refund that the lost part knew of is not lost with it");
}

#[tokio::test]
async fn a_later_generation_that_was_found_gives_the_document_its_identity() {
    let world = world().await;
    let ready = world.ready(1).await;
    let later = FoundReference { reference: "PNT-later".into(), ..found(1, "0011") };
    let rekeyed = Rekeyed { generation: 2, issue_key: "cana.ro|1|invoice|2".into(), reference: "PNT-later".into() };
    world.ledger.attach_found(ready.row, later, Some(rekeyed), TODAY, NOW_MS).await.unwrap();
    let document = world.document(1).await;
    assert_eq!((document.generation, document.reference.as_str()), (2, "PNT-later"));
    let query = punte_store::ledger::ListQuery { search: "later".into(), limit: 10, ..Default::default() };
    assert_eq!(world.ledger.page_documents(query).await.unwrap().len(), 1, "it is found by its new reference");
}

#[tokio::test]
async fn what_another_record_stands_for_is_attached_to_nobody_else() {
    let world = world().await;
    let (issued_one, attempt) = world.sending(1).await;
    world.ledger.record_outcome(attempt, issued_one.row, issued("0011"), "{}".into(), NOW_MS).await.unwrap();
    let ready = world.ready(2).await;
    let taken = world.ledger.attach_found(ready.row, found(1, "0011"), None, TODAY, NOW_MS).await;
    assert!(matches!(taken, Err(StoreError::AlreadyLinked(_))), "{taken:?}");
    let failure = Failure::new(FailureKind::NumberTaken, Phase::Unknown, "create invoice", "order 2");
    world.ledger.hold_found(ready.row, failure, NOW_MS).await.unwrap();
    let held = world.document(2).await;
    assert_eq!((held.state, held.number), (DocumentState::Held, None));
}

#[tokio::test]
async fn a_number_that_bears_the_reference_was_given_again_after_its_holder_was_deleted() {
    let world = world().await;
    let (issued_one, attempt) = world.sending(1).await;
    world.ledger.record_outcome(attempt, issued_one.row, issued("0011"), "{}".into(), NOW_MS).await.unwrap();
    let ready = world.ready(2).await;
    world.ledger.attach_found(ready.row, found(2, "0011"), None, TODAY, NOW_MS).await.unwrap();
    assert_eq!(world.document(1).await.state, DocumentState::Deleted);
    assert_eq!(world.document(2).await.state, DocumentState::Issued);
}
