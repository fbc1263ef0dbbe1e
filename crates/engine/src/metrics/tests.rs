use super::*;
use std::collections::BTreeSet;

fn text_of(meters: &Meters) -> String {
    let mut text = String::new();
    prometheus_client::encoding::text::encode_registry(&mut text, &meters.registry).unwrap();
    text
}

#[test]
fn what_is_sent_and_what_fails_is_counted_by_its_outcome() {
    let meters = Meters::default();
    let failed = |phase| Failure::new(punte_domain::FailureKind::RateLimited, phase, "create invoice", "order 1");
    let issued =
        Outcome::Issued { series: "FCT".into(), number: "1".into(), provider_id: None, link: None, verify_due_ms: 0 };
    let outcomes = [
        issued.clone(),
        issued,
        Outcome::Refused(failed(Phase::Refused)),
        Outcome::Unknown(failed(Phase::Unknown)),
        Outcome::Back { failure: failed(Phase::NotSent), due_ms: 0 },
        Outcome::Back { failure: failed(Phase::Refused), due_ms: 0 },
    ];
    outcomes.iter().for_each(|outcome| {
        meters.attempted("ws_1", "oblio", outcome);
    });
    let text = text_of(&meters);
    for (outcome, count) in [("issued", 2), ("refused", 1), ("in_doubt", 1), ("not_sent", 1), ("put_off", 1)] {
        let line =
            format!("punte_attempts_total{{workspace=\"ws_1\",provider=\"oblio\",outcome=\"{outcome}\"}} {count}\n");
        assert!(text.contains(&line), "{line}{text}");
    }
}

#[test]
fn a_commit_is_counted_with_its_writes_and_a_failed_one_apart() {
    let meters = Meters::default();
    let took = Duration::from_millis(4);
    meters.committed("ws_1", Commit { writes: 3, took, is_durable: true });
    meters.committed("ws_1", Commit { writes: 9, took, is_durable: false });
    let text = text_of(&meters);
    for line in [
        "punte_ledger_commit_writes_bucket{le=\"2.0\",workspace=\"ws_1\"} 0",
        "punte_ledger_commit_writes_bucket{le=\"4.0\",workspace=\"ws_1\"} 1",
        "punte_ledger_commit_writes_count{workspace=\"ws_1\"} 1",
        "punte_ledger_commit_duration_seconds_bucket{le=\"0.005\",workspace=\"ws_1\"} 1",
        "punte_ledger_commits_failed_total{workspace=\"ws_1\"} 1",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

#[test]
fn requests_that_had_no_answer_are_counted_too() {
    let meters = Meters::default();
    let lost = Err(TransportError::TimedOut);
    meters.requested("ws_1", "smartbill", "create_invoice", &lost, Duration::from_secs(121));
    let text = text_of(&meters);
    assert!(text.contains(r#"operation="create_invoice",answer="none"} 1"#), "{text}");
    assert!(text.contains(r#"_bucket{le="+Inf",workspace="ws_1",provider="smartbill",operation="create_invoice"} 1"#));
}

/// The table of docs/metrics.md: name, kind, labels, meaning.
fn documented() -> Vec<[String; 4]> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/metrics.md")).unwrap();
    let cells = |line: &str| line.split('|').skip(1).map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let is_metric = |line: &&str| line.starts_with("| `punte_") || line.starts_with("| `process_");
    let rows = page.lines().filter(is_metric).map(cells);
    rows.map(|row| [row[0].clone(), row[1].clone(), row[2].clone(), row[3].clone()]).collect()
}

#[test]
fn every_metric_is_documented_as_it_is() {
    let told: Vec<[String; 4]> = METRICS
        .iter()
        .map(|metric| {
            let labels = if metric.labels.is_empty() { "–".to_owned() } else { metric.labels.join(", ") };
            [format!("`{}`", metric.name()), metric.kind.as_str().to_owned(), labels, format!("{}.", metric.help)]
        })
        .collect();
    let written = told.iter().map(|row| format!("| {} |\n", row.join(" | "))).collect::<String>();
    assert_eq!(documented(), told, "the table of docs/metrics.md should be\n{written}");
}

#[test]
fn no_two_metrics_share_a_name_and_no_label_could_name_a_person() {
    let names: BTreeSet<String> = METRICS.iter().map(|metric| metric.name()).collect();
    assert_eq!(names.len(), METRICS.len());
    let known = [
        "workspace",
        "connection",
        "kind",
        "change",
        "verdict",
        "provider",
        "outcome",
        "operation",
        "answer",
        "decision",
        "state",
        "rule",
        "lane",
        "file",
        "version",
    ];
    for metric in METRICS {
        assert!(metric.labels.iter().all(|label| known.contains(label)), "{}", metric.stem);
    }
}
