//! Alerts: one cause stands once, a channel is told once, and what was taken is not sent again.

use crate::support::world;
use punte_store::ledger::{AlertChannel, AlertStep, NewNotice, SendEnd};
use serde_json::json;

const MINUTE: i64 = 60_000;

fn see(id: &str, cause: &str, raised: bool) -> AlertStep {
    AlertStep::See {
        id: id.into(),
        rule: "silent_shop".into(),
        cause: cause.into(),
        facts: json!({ "name": "Woo" }),
        raised,
    }
}

fn channel(id: &str, kind: &str) -> AlertChannel {
    AlertChannel {
        id: id.into(),
        kind: kind.into(),
        name: id.into(),
        enabled: true,
        settings: json!({}),
        has_secret: false,
        created_ms: 1,
    }
}

fn notice(id: &str, tells: Vec<(i64, bool)>, channels: Vec<(AlertChannel, bool)>) -> NewNotice {
    NewNotice {
        id: id.into(),
        kind: "raised".into(),
        subject: "S".into(),
        text: "T".into(),
        items: json!([]),
        tells,
        channels,
    }
}

#[tokio::test]
async fn a_cause_stands_once_until_it_has_recovered() {
    let world = world().await;
    let ledger = &world.ledger;
    ledger.step_alerts(vec![see("al_1", "con_1", true), see("al_2", "con_1", true)], 1).await.unwrap();
    ledger.step_alerts(vec![see("al_3", "con_1", true)], 2).await.unwrap();
    let standing = ledger.list_standing_alerts().await.unwrap();
    assert_eq!(standing.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["al_1"]);
    let row = standing[0].row;
    ledger.step_alerts(vec![AlertStep::Clear(row)], 3).await.unwrap();
    ledger.step_alerts(vec![AlertStep::Clear(row)], 4).await.unwrap();
    assert_eq!(ledger.list_standing_alerts().await.unwrap()[0].clear_ms, Some(3), "gone since the first time");
    ledger.step_alerts(vec![AlertStep::Recover(row)], 5).await.unwrap();
    assert!(ledger.list_standing_alerts().await.unwrap().is_empty());
    ledger.step_alerts(vec![see("al_4", "con_1", false)], 6).await.unwrap();
    let again = ledger.list_standing_alerts().await.unwrap();
    assert_eq!((again[0].id.as_str(), again[0].raised_ms), ("al_4", None));
    let recovered = ledger.count_recovered_since(5).await.unwrap();
    assert_eq!(recovered.get(&("silent_shop".into(), "con_1".into())), Some(&1));
}

#[tokio::test]
async fn a_channel_is_told_once_and_what_it_took_is_not_sent_again() {
    let world = world().await;
    let ledger = &world.ledger;
    let desktop = ledger.list_alert_channels().await.unwrap().remove(0);
    assert_eq!(desktop.kind, "desktop", "a new ledger tells the desktop");
    ledger.save_alert_channel(channel("ch_1", "webhook")).await.unwrap();
    ledger.step_alerts(vec![see("al_1", "con_1", true)], 1).await.unwrap();
    let row = ledger.list_standing_alerts().await.unwrap()[0].row;
    let to = vec![(desktop, true), (channel("ch_1", "webhook"), false)];
    ledger.record_notices(vec![notice("ntc_1", vec![(row, false)], to.clone())], MINUTE).await.unwrap();
    assert!(
        ledger.record_notices(vec![notice("ntc_2", vec![(row, false)], to)], MINUTE).await.is_err(),
        "it was told there"
    );
    let due = ledger.list_due_sends(MINUTE, i64::MAX, 10).await.unwrap();
    assert_eq!(due.len(), 1, "the desktop shows it by itself");
    let send = due[0].0.row;
    ledger.begin_send(send, 5 * MINUTE).await.unwrap();
    assert!(ledger.list_due_sends(MINUTE, i64::MAX, 10).await.unwrap().is_empty(), "it is under way");
    let refused = SendEnd::Refused { code: "timed_out".into(), said: "".into(), again_ms: Some(2 * MINUTE) };
    ledger.end_send(send, refused, MINUTE).await.unwrap();
    assert_eq!(ledger.list_due_sends(2 * MINUTE, i64::MAX, 10).await.unwrap()[0].0.tries, 1);
    ledger.end_send(send, SendEnd::Taken, 2 * MINUTE).await.unwrap();
    let late = SendEnd::Refused { code: "timed_out".into(), said: "".into(), again_ms: Some(3 * MINUTE) };
    ledger.end_send(send, late, 2 * MINUTE).await.unwrap();
    assert!(ledger.list_due_sends(i64::MAX - 1, i64::MAX, 10).await.unwrap().is_empty(), "what was taken stays taken");
    let told = ledger.list_open_tellings().await.unwrap();
    let told: Vec<(&str, &str)> = told.iter().map(|one| (one.channel_id.as_str(), one.send.as_str())).collect();
    assert_eq!(told, [("desktop", "sent"), ("ch_1", "sent")]);
    let shown = ledger.list_notices_after("desktop", 0, 10).await.unwrap();
    assert_eq!(shown.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["ntc_1"]);
}

#[tokio::test]
async fn a_send_that_was_put_far_ahead_by_a_wrong_clock_is_due() {
    let world = world().await;
    let ledger = &world.ledger;
    ledger
        .record_notices(vec![notice("ntc_1", vec![], vec![(channel("ch_1", "mail"), false)])], 900 * MINUTE)
        .await
        .unwrap();
    assert!(ledger.list_due_sends(MINUTE, 1000 * MINUTE, 10).await.unwrap().is_empty());
    assert_eq!(ledger.list_due_sends(MINUTE, 200 * MINUTE, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn old_notices_go_and_what_still_stands_or_waits_stays() {
    let world = world().await;
    let ledger = &world.ledger;
    ledger.step_alerts(vec![see("al_1", "con_1", true), see("al_2", "con_2", true)], 1).await.unwrap();
    let rows: Vec<i64> = ledger.list_standing_alerts().await.unwrap().iter().map(|one| one.row).collect();
    let shown = |id: &str, tells| notice(id, tells, vec![(channel("ch_1", "desktop"), true)]);
    ledger
        .record_notices(vec![shown("ntc_1", vec![(rows[0], false)]), shown("ntc_2", vec![(rows[1], false)])], 2)
        .await
        .unwrap();
    ledger.record_notices(vec![notice("ntc_3", vec![], vec![(channel("ch_2", "mail"), false)])], 2).await.unwrap();
    ledger.step_alerts(vec![AlertStep::Recover(rows[0])], 3).await.unwrap();
    ledger.record_notices(vec![shown("ntc_4", vec![(rows[0], true)])], 4).await.unwrap();
    assert_eq!(ledger.purge_alerts(1000, 100).await.unwrap(), 3, "the first alert, and what told it and its end");
    let left = ledger.page_notices(None, 10).await.unwrap();
    let left: Vec<&str> = left.iter().map(|(one, _)| one.id.as_str()).collect();
    assert_eq!(left, ["ntc_3", "ntc_2"]);
    assert_eq!(ledger.list_standing_alerts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_looked_at_every_minute_is_found_by_an_index() {
    let world = world().await;
    let raw = world.raw();
    for (sql, index) in [
        ("SELECT row FROM alerts WHERE recovered_ms IS NULL", "alerts_standing"),
        ("SELECT t.row FROM alert_tellings t WHERE t.open = 1", "alert_tellings_open"),
        (
            "SELECT row FROM notice_sends WHERE state = 'waiting' AND (due_ms <= 1 OR due_ms > 9) ORDER BY due_ms, row",
            "notice_sends_due",
        ),
        ("SELECT min(due_ms) FROM notice_sends WHERE state = 'waiting'", "notice_sends_due"),
    ] {
        let mut query = raw.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let plan: Vec<String> = query.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        assert!(plan.join("; ").contains(index), "{sql}: {plan:?}");
    }
}
