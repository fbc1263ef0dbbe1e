//! Failures by cause: counted without a cap, kept while they are retried, resolved when they went through, snoozed and woken.

use crate::support::{NOW_MS, World, decision, incoming, intent, issued, plan, world};
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::Ledger;
use punte_store::ledger::{Cause, Document, DocumentPlan, Outcome};

fn refused(code: &str) -> Failure {
    Failure::new(FailureKind::VatRateUnknown, Phase::Refused, "create invoice", "order 1").with_code("smartbill", code)
}

impl World {
    /// An order whose document is held from the start.
    async fn held(&self, n: u64, failure: Failure, now_ms: i64) -> Document {
        self.ledger.take_in(vec![incoming(n, "first")], None, now_ms).await.unwrap();
        let order = self.ledger.find_order(&format!("ord_{n}")).await.unwrap().unwrap();
        let held = DocumentPlan { failure: Some(failure), ..plan(n) };
        let seen = (order.version, order.wanted);
        self.ledger
            .record_decisions(order.row, seen, vec![decision(held)], ("document", "rule"), now_ms)
            .await
            .unwrap();
        self.document(n).await
    }

    async fn causes(&self, now_ms: i64) -> Vec<Cause> {
        self.ledger.list_causes(now_ms, NOW_MS - 1).await.unwrap()
    }

    /// Retried, and sent to its outcome.
    async fn send(&self, n: u64, outcome: Outcome, now_ms: i64) {
        let document = self.document(n).await;
        self.ledger.requeue(&document, plan(n).document, None, "ana", now_ms).await.unwrap();
        let next = punte_store::ledger::Intent { attempt_id: format!("att_{n}_{now_ms}"), ..intent(n) };
        let attempt = self.ledger.record_intent(document.row, next, now_ms).await.unwrap();
        self.ledger.record_outcome(attempt.row, document.row, outcome, "{}".into(), now_ms).await.unwrap();
    }
}

#[tokio::test]
async fn a_cause_counts_its_records_and_resolves_itself_when_they_went_through() {
    let world = world().await;
    for n in 1..=3 {
        world.held(n, refused("vat_of_product"), NOW_MS + n as i64).await;
    }
    world.held(4, refused("vat_default"), NOW_MS).await;
    let causes = world.causes(NOW_MS).await;
    assert_eq!(causes.iter().map(|one| one.held).collect::<Vec<_>>(), [3, 1], "the largest first");
    let first = &causes[0];
    assert_eq!((first.first_ms, first.last_ms), (NOW_MS + 1, NOW_MS + 3));
    assert_eq!(first.totals, [("RON".to_owned(), 3 * 5900)]);
    assert_eq!(first.newest.as_ref().unwrap().id, "doc_3");

    // one goes through, one is refused again for the same, one is on its way
    world.send(1, issued("0001"), NOW_MS + 10).await;
    world.send(2, Outcome::Refused(refused("vat_of_product")), NOW_MS + 11).await;
    let third = world.document(3).await;
    world.ledger.requeue(&third, plan(3).document, None, "ana", NOW_MS + 12).await.unwrap();
    let now = world.causes(NOW_MS + 12).await.remove(0);
    assert_eq!((now.held, now.under_way, now.went), (1, 1, 1));
    assert_eq!(now.first_ms, NOW_MS + 1, "a record that fails again is no new cause");

    world.send(2, issued("0002"), NOW_MS + 20).await;
    let attempt = world.ledger.record_intent(third.row, intent(3), NOW_MS + 21).await.unwrap();
    world.ledger.record_outcome(attempt.row, third.row, issued("0003"), "{}".into(), NOW_MS + 21).await.unwrap();
    let gone = world.causes(NOW_MS + 22).await.into_iter().find(|one| one.went > 0).unwrap();
    assert_eq!((gone.held, gone.under_way, gone.went, gone.went_ms), (0, 0, 3, Some(NOW_MS + 21)));
    assert_eq!(gone.failure, refused("vat_of_product"), "it is told what it was");
    let later = world.ledger.list_causes(NOW_MS + 22, NOW_MS + 22).await.unwrap();
    assert_eq!(later.len(), 1, "and not beyond its day");

    // what comes afterwards begins anew
    world.held(5, refused("vat_of_product"), NOW_MS + 99).await;
    let anew = world.causes(NOW_MS + 99).await.into_iter().find(|one| one.fingerprint == gone.fingerprint).unwrap();
    assert_eq!((anew.held, anew.went, anew.first_ms), (1, 0, NOW_MS + 99));
}

#[tokio::test]
async fn what_is_dismissed_is_no_cause_and_what_is_reopened_is() {
    let world = world().await;
    world.held(1, refused("vat_of_product"), NOW_MS).await;
    world.ledger.dismiss("doc_1", "by hand", "ana", NOW_MS).await.unwrap();
    assert!(world.causes(NOW_MS).await.is_empty());
    world.ledger.reopen("doc_1", "after all", "ana", NOW_MS).await.unwrap();
    assert_eq!(world.causes(NOW_MS).await[0].held, 1);
}

#[tokio::test]
async fn a_snooze_ends_at_its_time_or_when_another_record_joins() {
    let world = world().await;
    world.held(1, refused("vat_of_product"), NOW_MS).await;
    let key = world.causes(NOW_MS).await[0].fingerprint.clone();
    let until = async |now_ms: i64| world.causes(now_ms).await[0].snoozed_until_ms;
    world.ledger.snooze_cause(&key, Some(NOW_MS + 1000)).await.unwrap();
    assert_eq!((until(NOW_MS).await, until(NOW_MS + 1000).await), (Some(NOW_MS + 1000), None));
    // the same record failing again does not wake it
    world.send(1, Outcome::Refused(refused("vat_of_product")), NOW_MS + 1).await;
    assert!(until(NOW_MS + 2).await.is_some());
    world.held(2, refused("vat_of_product"), NOW_MS + 3).await;
    assert_eq!(until(NOW_MS + 4).await, None, "another one does");
    assert!(world.ledger.snooze_cause("never seen", None).await.is_err());

    world.ledger.snooze_document("doc_1", Some(NOW_MS + 500), "ana", NOW_MS).await.unwrap();
    let cause = world.causes(NOW_MS + 4).await.remove(0);
    assert_eq!((cause.held, cause.snoozed), (2, 1));
    assert_eq!(world.causes(NOW_MS + 500).await[0].snoozed, 0);

    // what was left for later was that failure, not the next one
    world.send(1, Outcome::Refused(refused("vat_default")), NOW_MS + 100).await;
    let causes = world.causes(NOW_MS + 101).await;
    assert_eq!(causes.iter().map(|one| (one.held, one.snoozed)).collect::<Vec<_>>(), [(1, 0), (1, 0)]);
}

#[tokio::test]
async fn records_of_a_cause_come_by_pages_with_who_looks_after_them() {
    let world = world().await;
    for n in 1..=5 {
        world.held(n, refused("vat_of_product"), NOW_MS).await;
    }
    let key = world.causes(NOW_MS).await[0].fingerprint.clone();
    let order = world.ledger.find_order("ord_4").await.unwrap().unwrap();
    world.ledger.assign_record(order.row, "Mara", "ana", NOW_MS).await.unwrap();
    let first = world.ledger.page_cause(&key, None, 2, NOW_MS).await.unwrap();
    let told: Vec<_> = first.iter().map(|one| (one.document.id.as_str(), one.owner.as_str())).collect();
    assert_eq!(told, [("doc_5", ""), ("doc_4", "Mara")]);
    let rest = world.ledger.page_cause(&key, Some(first[1].document.row), 10, NOW_MS).await.unwrap();
    assert_eq!(rest.len(), 3);
    assert_eq!(world.ledger.list_rows_of_cause(&key, 4).await.unwrap().len(), 4);
}

#[tokio::test]
async fn what_was_held_before_there_were_causes_gets_its_own() {
    let world = world().await;
    world.held(1, refused("vat_of_product"), NOW_MS).await;
    let folder = world.folder;
    drop(world.ledger);
    let raw = rusqlite::Connection::open(folder.path().join("ledger.sqlite")).unwrap();
    raw.execute_batch(
        "UPDATE documents SET fingerprint = NULL; DELETE FROM causes;
         INSERT INTO counters (name, value) VALUES ('fingerprints_wanted', 1);",
    )
    .unwrap();
    drop(raw);
    let ledger = Ledger::open(folder.path()).unwrap();
    assert_eq!(ledger.list_causes(NOW_MS, NOW_MS).await.unwrap()[0].held, 1);
    assert_eq!(ledger.read_counts().await.unwrap().get("fingerprints_wanted"), 0);
}

#[tokio::test]
async fn causes_are_counted_in_an_index_alone() {
    let world = world().await;
    let raw = world.raw();
    for (query, index) in [
        (
            "SELECT fingerprint, state, currency, count(*), sum(total_minor), max(failed_ms), sum(coalesce(snoozed_until_ms, 0) > 1)
             FROM documents INDEXED BY documents_by_cause WHERE fingerprint IS NOT NULL GROUP BY fingerprint, state, currency",
            "COVERING INDEX documents_by_cause",
        ),
        (
            "SELECT row FROM documents WHERE fingerprint = 'a' AND state = 'held' AND row < 9 ORDER BY row DESC LIMIT 100",
            "documents_of_cause",
        ),
    ] {
        let plan: Vec<String> = raw
            .prepare(&format!("EXPLAIN QUERY PLAN {query}"))
            .unwrap()
            .query_map([], |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{query}: {plan:?}");
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{query} sorts: {plan:?}");
    }
}
