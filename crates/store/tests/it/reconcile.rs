//! What a pass found is kept, seen again, resolved, and left be.

use crate::support::{NOW_MS, World, issued, world};
use punte_domain::{Failure, FailureKind, Phase};
use punte_store::ledger::{Books, FindingQuery, NewFinding, NewRun, Outcome, RunEnd, Scope, SeriesKey};
use serde_json::json;

fn lane() -> SeriesKey {
    SeriesKey { billing_id: "con_bill".into(), company: "RO12345674".into(), series: "FCT".into() }
}

fn finding(kind: &'static str, number: u64, day: &str, facts: &str) -> NewFinding {
    NewFinding {
        id: format!("fnd_{kind}_{number}_{facts}"),
        kind,
        subject: format!("nr:{number}"),
        document_row: None,
        order_row: None,
        number: Some(format!("{number:04}")),
        number_value: Some(number),
        provider_id: None,
        day: Some(day.into()),
        facts: facts.into(),
    }
}

fn days(from: &str, to: &str) -> Scope {
    let days = Some((from.to_owned(), to.to_owned()));
    Scope { days: days.clone(), own_days: days, ..Scope::default() }
}

async fn pass(world: &World, name: &str, findings: Vec<NewFinding>, scope: Scope, resume_at: Option<u64>) -> Vec<i64> {
    let run = NewRun {
        id: name.into(),
        lane: lane(),
        from_day: "2026-11-01".into(),
        to_day: "2026-11-30".into(),
        who: "ana".into(),
    };
    let row = world.ledger.begin_reconcile(run, NOW_MS).await.unwrap();
    let end = RunEnd {
        result: "findings",
        complete: true,
        why: String::new(),
        counts: json!({ "matched": 3 }),
        failure: None,
        resume_at,
        scope,
    };
    world.ledger.finish_reconcile(row, end, findings, NOW_MS + 1).await.unwrap()
}

#[tokio::test]
async fn a_pass_covers_only_days_that_were_over_when_it_began() {
    let world = world().await;
    pass(&world, "rec_1", Vec::new(), days("2026-11-01", "2026-11-30"), None).await;
    let books = Books { billing_id: lane().billing_id, provider: "oblio".into(), company: lane().company };
    let covering = async |after_ms: i64, to: &str| {
        world.ledger.find_covering_run(&books, &lane().series, "2026-11-01", to, after_ms).await.unwrap()
    };
    assert_eq!(covering(NOW_MS, "2026-11-30").await, Some((NOW_MS + 1, true, String::new())));
    assert_eq!(covering(NOW_MS, "2026-12-01").await, None);
    assert_eq!(covering(NOW_MS + 1, "2026-11-30").await, None, "it began before the last day was over");
}

async fn states(world: &World) -> Vec<(String, String, String)> {
    let query = FindingQuery { limit: 100, ..FindingQuery::default() };
    let rows = world.ledger.page_findings(query).await.unwrap();
    let mut all: Vec<_> = rows.into_iter().map(|one| (one.kind, one.number.unwrap_or_default(), one.state)).collect();
    all.sort();
    all
}

fn row(kind: &str, number: &str, state: &str) -> (String, String, String) {
    (kind.into(), number.into(), state.into())
}

#[tokio::test]
async fn a_finding_that_is_gone_in_a_pass_over_its_day_resolves_itself() {
    let world = world().await;
    let november = || days("2026-11-01", "2026-11-30");
    let found = vec![finding("gap", 2, "2026-11-10", "a"), finding("duplicate", 8, "2026-10-30", "a")];
    pass(&world, "rec_1", found, november(), None).await;
    pass(&world, "rec_2", vec![], days("2026-12-01", "2026-12-31"), None).await;
    assert_eq!(states(&world).await, [row("duplicate", "0008", "open"), row("gap", "0002", "open")]);
    pass(&world, "rec_3", vec![], november(), None).await;
    assert_eq!(states(&world).await, [row("duplicate", "0008", "open"), row("gap", "0002", "resolved")]);
    pass(&world, "rec_4", vec![finding("gap", 2, "2026-11-10", "b")], november(), None).await;
    assert_eq!(states(&world).await[1], row("gap", "0002", "open"), "and is open when it is there again");
    assert_eq!(world.ledger.read_counts().await.unwrap().get("finding:gap:open"), 1);
    let runs = world.ledger.list_reconcile_runs(Some(lane()), 10).await.unwrap();
    assert_eq!((runs.len(), runs[0].id.as_str(), runs[0].result.as_str()), (4, "rec_4", "findings"));
    assert_eq!(runs[0].counts["matched"], 3);
}

#[tokio::test]
async fn a_number_that_was_not_told_resolves_nothing() {
    let world = world().await;
    let numbers = |not_told: &[u64]| Scope { numbers: Some((5, 9)), not_told: not_told.to_vec(), ..Scope::default() };
    let found = || vec![finding("duplicate", 8, "", "a"), finding("gap", 10, "", "a")];
    pass(&world, "rec_1", found(), numbers(&[]), Some(10)).await;
    assert_eq!(world.ledger.list_reconcile_runs(None, 1).await.unwrap()[0].resume_at, Some(10));
    pass(&world, "rec_2", vec![], numbers(&[8]), None).await;
    assert_eq!(states(&world).await, [row("duplicate", "0008", "open"), row("gap", "0010", "open")]);
    pass(&world, "rec_3", vec![], numbers(&[]), None).await;
    let expected = [row("duplicate", "0008", "resolved"), row("gap", "0010", "open")];
    assert_eq!(states(&world).await, expected, "ten was not looked at");
}

#[tokio::test]
async fn what_is_ignored_stays_so_while_it_says_the_same() {
    let world = world().await;
    let november = || days("2026-11-01", "2026-11-30");
    pass(&world, "rec_1", vec![finding("gap", 2, "2026-11-10", "a")], november(), None).await;
    let query = || FindingQuery { kinds: vec!["gap".into()], limit: 10, ..FindingQuery::default() };
    let id = world.ledger.page_findings(query()).await.unwrap()[0].id.clone();
    world.ledger.ignore_finding(&id, true, "torn form", "ana", NOW_MS).await.unwrap();
    assert!(world.ledger.ignore_finding(&id, true, "again", "ana", NOW_MS).await.is_err(), "it is ignored already");
    pass(&world, "rec_2", vec![finding("gap", 2, "2026-11-10", "a")], november(), None).await;
    let kept = world.ledger.page_findings(query()).await.unwrap().remove(0);
    assert_eq!((kept.state.as_str(), kept.reason.as_str(), kept.who.as_str()), ("ignored", "torn form", "ana"));
    pass(&world, "rec_3", vec![finding("gap", 2, "2026-11-10", "other")], november(), None).await;
    let changed = world.ledger.page_findings(query()).await.unwrap().remove(0);
    assert_eq!((changed.state.as_str(), changed.reason.as_str()), ("open", ""), "it says something else now");
}

#[tokio::test]
async fn a_pass_that_was_cut_off_is_named_so_when_the_next_begins() {
    let world = world().await;
    let run = |id: &str| NewRun {
        id: id.into(),
        lane: lane(),
        from_day: "2026-11-01".into(),
        to_day: "2026-11-30".into(),
        who: String::new(),
    };
    world.ledger.begin_reconcile(run("rec_1"), NOW_MS).await.unwrap();
    world.ledger.begin_reconcile(run("rec_2"), NOW_MS).await.unwrap();
    let runs = world.ledger.list_reconcile_runs(None, 10).await.unwrap();
    assert_eq!((runs[0].result.as_str(), runs[1].result.as_str()), ("running", "interrupted"));
}

#[tokio::test]
async fn the_ledgers_side_of_a_series_is_read_by_day_by_number_and_by_reference() {
    let world = world().await;
    for (n, number) in [(1, "0009"), (2, "0010"), (3, "0011")] {
        let (document, attempt) = world.sending(n).await;
        world.ledger.record_outcome(attempt, document.row, issued(number), "{}".into(), NOW_MS).await.unwrap();
    }
    world.ready(4).await;
    let november = ("2026-11-01".to_owned(), "2026-11-30".to_owned());
    let all = world
        .ledger
        .list_series_documents("oblio", &lane(), november.clone(), (NOW_MS - 1, NOW_MS + 1), 100)
        .await
        .unwrap();
    assert_eq!(all.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["doc_1", "doc_2", "doc_3", "doc_4"]);
    let numbered = world.ledger.list_by_numbers("oblio", &lane(), (10, 99), 100).await.unwrap();
    assert_eq!(
        numbered.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
        ["doc_2", "doc_3"],
        "10 is not before 9"
    );
    let named = world.ledger.list_by_references(vec![all[0].reference.clone(), "PNT-none".into()]).await.unwrap();
    assert_eq!(named.len(), 1);
    let bounds = world.ledger.find_number_bounds("oblio", &lane(), november).await.unwrap();
    assert_eq!(bounds, (None, Some(9), None));
    let december = ("2026-12-01".to_owned(), "2026-12-31".to_owned());
    assert_eq!(world.ledger.find_number_bounds("oblio", &lane(), december).await.unwrap(), (Some(11), None, None));
    assert_eq!(world.ledger.list_series_keys().await.unwrap(), [lane()]);
}

#[tokio::test]
async fn a_mismatch_is_noted_once_and_only_on_what_is_issued() {
    let world = world().await;
    let (document, attempt) = world.sending(1).await;
    world.ledger.record_outcome(attempt, document.row, issued("0009"), "{}".into(), NOW_MS).await.unwrap();
    let ready = world.ready(2).await;
    let detail = r#"{"field":"total","ours":"59","provider":"59.01"}"#.to_owned();
    let found = vec![(document.row, detail.clone()), (ready.row, detail.clone())];
    world.ledger.record_mismatches(found.clone(), NOW_MS).await.unwrap();
    world.ledger.record_mismatches(found, NOW_MS).await.unwrap();
    let noted = world.document(1).await;
    assert_eq!((noted.verification.as_str(), noted.verification_detail), ("mismatched", Some(detail)));
    assert_eq!(world.document(2).await.verification.as_str(), "pending");
    let events = world.ledger.list_events(document.order_row).await.unwrap();
    assert_eq!(events.iter().filter(|event| event.what == "mismatched").count(), 1);
    assert_eq!(world.ledger.read_counts().await.unwrap().get("mismatched"), 1);
}

#[tokio::test]
async fn what_is_old_loses_its_records_and_never_a_fiscal_fact() {
    let world = world().await;
    let (old, attempt) = world.sending(1).await;
    let record = r#"{"method":"POST"}"#;
    world.ledger.record_outcome(attempt, old.row, issued("0009"), record.into(), NOW_MS).await.unwrap();
    let (doubted, attempt) = world.sending(2).await;
    let lost = Failure::new(FailureKind::TimedOut, Phase::Unknown, "create invoice", "#2");
    let unknown = Outcome::Unknown(lost);
    world.ledger.record_outcome(attempt, doubted.row, unknown, record.into(), NOW_MS).await.unwrap();
    pass(&world, "rec_1", vec![finding("gap", 2, "2026-11-10", "a")], days("2026-11-01", "2026-11-30"), None).await;
    pass(&world, "rec_2", vec![], days("2026-11-01", "2026-11-30"), None).await;
    let purge = async |before_ms: i64| {
        let gone = world.ledger.purge(Some(before_ms), None, 100).await.unwrap();
        gone.into_iter().filter(|share| share.count > 0).map(|share| (share.kind, share.count)).collect::<Vec<_>>()
    };
    assert_eq!(purge(NOW_MS).await, [], "what ended at the instant stays");
    assert_eq!(purge(NOW_MS + 2).await, [("records", 1), ("findings", 2)], "the finding, and the pass that named none");
    let left = world.ledger.list_attempts(old.row).await.unwrap();
    assert_eq!((left.len(), left[0].record.as_str(), left[0].outcome.as_str()), (1, "{}", "issued"));
    let kept = world.ledger.list_attempts(doubted.row).await.unwrap();
    assert_eq!(kept[0].record, record, "what is in doubt keeps everything");
    assert_eq!(world.document(1).await.number.as_deref(), Some("0009"));
    assert_eq!(world.ledger.read_retention_months().await.unwrap(), 24);
    world.ledger.set_retention_months(0).await.unwrap();
    assert_eq!(world.ledger.read_retention_months().await.unwrap(), 0);
}

#[tokio::test]
async fn unpaid_invoices_come_by_key() {
    let world = world().await;
    for (n, number) in [(1, "0009"), (2, "0010"), (3, "0011")] {
        let (document, attempt) = world.sending(n).await;
        world.ledger.record_outcome(attempt, document.row, issued(number), "{}".into(), NOW_MS).await.unwrap();
    }
    world.ledger.record_payment_read(world.document(2).await.row, 5900, NOW_MS).await.unwrap();
    let unpaid = |after: i64, limit: u32| world.ledger.list_unpaid("con_bill", NOW_MS, after, limit);
    let first = unpaid(0, 1).await.unwrap();
    assert_eq!(first[0].id, "doc_1");
    let rest = unpaid(first[0].row, 10).await.unwrap();
    assert_eq!(rest.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["doc_3"]);
    assert!(world.ledger.list_unpaid("con_bill", NOW_MS + 1, 0, 10).await.unwrap().is_empty());
}
