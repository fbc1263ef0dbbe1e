//! How a ledger stands, and what its commits are.

use crate::operations::issued_document;
use crate::support::{NOW_MS, world};
use punte_domain::{Failure, FailureKind, OperationKind, Phase};
use punte_store::ledger::{AlertStep, NewOperation, Outcome};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[tokio::test]
async fn what_is_open_is_counted_and_what_is_over_is_not() {
    let world = world().await;
    let empty = world.ledger.read_standing(NOW_MS).await.unwrap();
    assert_eq!((empty.due, empty.oldest_due_ms, empty.failures.len(), empty.alerts.len()), (0, None, 0, 0));

    let row = issued_document(&world, 1, "0001").await;
    let first = world.ready(2).await;
    world.ready(3).await;
    let later = world.ready(4).await;
    world.ledger.postpone(first.row, NOW_MS - 5_000).await.unwrap();
    world.ledger.postpone(later.row, NOW_MS + 60_000).await.unwrap();
    let (refused, attempt) = world.sending(5).await;
    let failure = Failure::new(FailureKind::VatRateUnknown, Phase::Refused, "create invoice", "order 5");
    world.ledger.record_outcome(attempt, refused.row, Outcome::Refused(failure), "{}".into(), NOW_MS).await.unwrap();
    let asked = NewOperation {
        id: "op_1".into(),
        document_row: row,
        kind: OperationKind::Cancel,
        params: "{}".into(),
        reason: "asked by the client".into(),
        who: "ana".into(),
        about: String::new(),
    };
    world.ledger.request_operation(asked, NOW_MS).await.unwrap();
    let see = |rule: &str, raised| AlertStep::See {
        id: format!("alt_{rule}"),
        rule: rule.into(),
        cause: "x".into(),
        facts: serde_json::json!({}),
        raised,
    };
    world.ledger.step_alerts(vec![see("in_doubt", true), see("quota", false)], NOW_MS).await.unwrap();

    let standing = world.ledger.read_standing(NOW_MS).await.unwrap();
    assert_eq!((standing.due, standing.oldest_due_ms), (2, Some(NOW_MS - 5_000)), "the third is due later");
    let one = |name: &str| HashMap::from([(name.to_owned(), 1)]);
    assert_eq!(standing.failures, one("vat_rate_unknown"));
    assert_eq!(standing.operations, one("waiting"));
    assert_eq!(standing.alerts, one("in_doubt"), "one that was not raised is none yet");
    assert_eq!((standing.counts["document:ready"], standing.counts["document:issued"]), (3, 1));
    let sizes = world.ledger.file_sizes();
    assert!(sizes.ledger > 0 && sizes.wal > 0, "{sizes:?}");
}

#[tokio::test]
async fn every_commit_is_told_with_the_writes_in_it() {
    let world = world().await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let kept = told.clone();
    world.ledger.watch_commits(move |commit| kept.lock().unwrap().push(commit));
    for n in 1..=3 {
        world.ready(n).await;
    }
    let probe = |ledger: punte_store::Ledger| tokio::spawn(async move { ledger.probe_write().await });
    let tasks: Vec<_> = (0..50).map(|_| probe(world.ledger.clone())).collect();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let commits = told.lock().unwrap().clone();
    assert!(commits.iter().all(|commit| commit.is_durable && commit.writes > 0));
    let writes: usize = commits.iter().map(|commit| commit.writes).sum();
    assert!(writes >= 50 + 3, "{writes}");
}
