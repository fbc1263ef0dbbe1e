//! One order, one invoice: with good answers, lost answers, refusals and a process that was killed.

use crate::World;
use punte_tests::{Buyer, Desk, order, until};
use serde_json::{Value, json};
use std::time::Duration;

const BOTH: [Buyer; 2] = [Buyer::Company, Buyer::Person];

#[tokio::test]
async fn a_completed_order_becomes_one_verified_invoice_at_each_provider() {
    let world = World::new().await;
    for (id, buyer) in (20001..).zip(BOTH) {
        world.sandbox.control.order(order(id, buyer)).await;
        let issued = world.desk.wait_for(id, "issued").await;
        assert_eq!((&issued["provider"], &issued["total"]["minor"]), (&json!(buyer.provider()), &json!(12100)));
        let held = world.sandbox.control.documents_of(buyer.provider(), id).await;
        assert_eq!(held.len(), 1, "{held:?}");
        assert!(held[0]["mentions"].as_str().unwrap().contains(issued["reference"].as_str().unwrap()));
        until("verified by a later read", Duration::from_secs(20), async || {
            let row = world.desk.find_document(id).await.unwrap();
            if row["verification"] == "verified" { Ok(()) } else { Err(row) }
        })
        .await;
    }
}

#[tokio::test]
async fn a_lost_answer_is_found_not_reissued() {
    let world = World::new().await;
    for (id, buyer) in (20011..).zip(BOTH) {
        world.order_with(id, buyer, "timeout_after", json!({})).await;
        let doubted = world.desk.wait_for(id, "in_doubt").await;
        let retry = world.desk.call("documents.retry", json!({ "ids": [doubted["id"]] })).await;
        assert_eq!(retry["skipped"][0]["reason"], "in_doubt", "a retry would make a second one");
        let issued = world.desk.wait_for(id, "issued").await;
        assert_eq!(issued["number"], world.sandbox.control.documents_of(buyer.provider(), id).await[0]["number"]);
        assert_eq!(world.count(id, buyer).await, 1);
        let record = world.record(&issued).await;
        assert_eq!(record["attempts"].as_array().unwrap().len(), 1, "nothing was sent twice");
        assert!(record["timeline"].as_array().unwrap().iter().any(|event| event["what"] == "found"));
    }
}

#[tokio::test]
async fn what_never_arrived_is_sent_again_only_after_it_was_looked_for() {
    let world = World::new().await;
    for (id, buyer) in (20021..).zip(BOTH) {
        world.order_with(id, buyer, "timeout_before", json!({})).await;
        world.desk.wait_for(id, "in_doubt").await;
        let issued = world.desk.wait_for(id, "issued").await;
        assert_eq!(world.count(id, buyer).await, 1);
        let record = world.record(&issued).await;
        let what: Vec<&str> =
            record["timeline"].as_array().unwrap().iter().filter_map(|e| e["what"].as_str()).collect();
        let at = |name: &str| what.iter().rposition(|one| *one == name).unwrap_or_else(|| panic!("{name}: {what:?}"));
        assert!(at("repeated") < at("looked"), "newest first: the look came before the repeat: {what:?}");
    }
}

#[tokio::test]
async fn broken_answers_are_doubts_and_each_order_has_one_document() {
    let world = World::new().await;
    let troubles = ["reset", "truncated", "html", "status_502"];
    for (n, kind) in troubles.into_iter().enumerate() {
        for (m, buyer) in BOTH.into_iter().enumerate() {
            let id = 20100 + (n * 2 + m) as u64;
            world.order_with(id, buyer, kind, json!({ "acts": true })).await;
            world.desk.wait_for(id, "issued").await;
            assert_eq!(world.count(id, buyer).await, 1, "{kind} at {}", buyer.provider());
        }
    }
}

#[tokio::test]
async fn a_refusal_holds_the_record_with_the_providers_words_until_it_is_retried() {
    let world = World::new().await;
    for (id, buyer) in (20031..).zip(BOTH) {
        world.order_with(id, buyer, "refuse_vat", json!({})).await;
        let held = world.desk.wait_for(id, "held").await;
        assert_eq!(held["failure"]["kind"], "vat_rate_unknown");
        assert!(!held["failure"]["providerWords"].as_str().unwrap().is_empty());
        assert_eq!(world.count(id, buyer).await, 0);
        let record = world.record(&held).await;
        assert_eq!(record["safeBecause"], "refused");
        let retried = world.desk.call("documents.retry", json!({ "ids": [held["id"]] })).await;
        assert_eq!(retried["queued"], json!([held["id"]]));
        world.desk.wait_for(id, "issued").await;
        assert_eq!(world.count(id, buyer).await, 1);
    }
}

#[tokio::test]
async fn a_total_that_is_one_ban_off_at_the_provider_is_mismatched_with_the_field_named() {
    let world = World::new().await;
    for (id, buyer) in (20081..).zip(BOTH) {
        world.order_with(id, buyer, "one_ban_more", json!({})).await;
        world.desk.wait_for(id, "issued").await;
        let mismatched = until("mismatched", Duration::from_secs(20), async || {
            let row = world.desk.find_document(id).await.unwrap();
            if row["verification"] == "mismatched" { Ok(row) } else { Err(row) }
        })
        .await;
        let told: Value = serde_json::from_str(mismatched["mismatch"].as_str().unwrap()).unwrap();
        assert_eq!(told, json!({ "field": "total", "ours": "121.00", "provider": "121.01" }), "{buyer:?}");
        let doubts = world.desk.call("doubts.list", json!({})).await;
        assert!(doubts["mismatched"].as_array().unwrap().iter().any(|row| row["id"] == mismatched["id"]));
    }
}

#[tokio::test]
async fn a_refused_credential_stops_the_connection_and_fails_no_record() {
    let world = World::new().await;
    let fault = json!({ "provider": "oblio", "operation": "any", "kind": "wrong_credential" });
    world.sandbox.control.fault(fault).await;
    for id in [20041, 20042] {
        world.sandbox.control.order(order(id, Buyer::Company)).await;
    }
    world.sandbox.control.order(order(20043, Buyer::Person)).await;
    world.desk.wait_for(20043, "issued").await;
    let stopped = until("the connection stopped", Duration::from_secs(20), async || {
        let overview = world.desk.call("overview.get", json!({})).await;
        let all = overview["connections"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["kind"] == "oblio" && one["health"] == "needs_reconnect").ok_or(overview)
    })
    .await;
    assert_eq!(stopped["failure"]["kind"], "credential_refused");
    for id in [20041, 20042] {
        let waiting = world.desk.find_document(id).await.unwrap();
        assert_eq!(waiting["state"], "ready", "the records wait; nothing is wrong with them");
    }
    world.sandbox.control.clear_faults().await;
    let secret = json!({ "id": stopped["id"], "secret": world.sandbox.ports["oblio"]["secret"] });
    world.desk.call("connections.set_secret", secret).await;
    for id in [20041, 20042] {
        world.desk.wait_for(id, "issued").await;
        assert_eq!(world.count(id, Buyer::Company).await, 1);
    }
}

#[tokio::test]
async fn killed_while_a_request_is_under_way_it_is_in_doubt_at_the_next_start_and_settled() {
    let World { home, folder, sandbox, desk } = World::new().await;
    let mut desk = desk;
    for (id, buyer) in (20051..).zip(BOTH) {
        let fault = json!({ "provider": buyer.provider(), "operation": "create", "kind": "timeout_after", "times": 1,
            "match": format!("#{id}") });
        sandbox.control.fault(fault).await;
        sandbox.control.order(order(id, buyer)).await;
        until("the provider acted", Duration::from_secs(20), async || {
            if sandbox.control.documents_of(buyer.provider(), id).await.len() == 1 { Ok(()) } else { Err(()) }
        })
        .await;
        desk.running.kill().await;
        desk = Desk::start(home.path(), &folder).await;
        let doubted = desk.find_document(id).await.unwrap();
        assert_eq!(doubted["state"], "in_doubt", "what was under way is not known");
        assert_eq!(doubted["failure"]["kind"], "interrupted");
        let issued = desk.wait_for(id, "issued").await;
        assert_eq!(issued["number"].as_str().map(str::is_empty), Some(false));
        assert_eq!(sandbox.control.documents_of(buyer.provider(), id).await.len(), 1);
    }
}

#[tokio::test]
async fn told_to_stop_it_marks_what_is_under_way_and_ends_well() {
    let World { home, folder, sandbox, desk } = World::new().await;
    let fault = json!({ "provider": "oblio", "operation": "create", "kind": "timeout_after", "times": 1 });
    sandbox.control.fault(fault).await;
    sandbox.control.order(order(20061, Buyer::Company)).await;
    desk.wait_for(20061, "sending").await;
    assert_eq!(desk.running.stop().await, Some(0), "SIGTERM is an orderly end");
    let desk = Desk::start(home.path(), &folder).await;
    let row = desk.find_document(20061).await.unwrap();
    assert!(["in_doubt", "issued"].contains(&row["state"].as_str().unwrap()), "{row}");
    desk.wait_for(20061, "issued").await;
    assert_eq!(sandbox.control.documents_of("oblio", 20061).await.len(), 1);
}

#[tokio::test]
async fn an_order_withdrawn_while_held_is_not_invoiced_even_when_retried() {
    let world = World::new().await;
    world.order_with(20071, Buyer::Person, "refuse_series", json!({})).await;
    let held = world.desk.wait_for(20071, "held").await;
    let mut cancelled = order(20071, Buyer::Person);
    cancelled["status"] = Value::from("cancelled");
    world.sandbox.control.order(cancelled).await;
    until("the order is withdrawn", Duration::from_secs(20), async || {
        let row = world.desk.find_document(20071).await.unwrap();
        if row["failure"]["kind"] == "order_withdrawn" { Ok(()) } else { Err(row) }
    })
    .await;
    let retried = world.desk.call("documents.retry", json!({ "ids": [held["id"]] })).await;
    assert_eq!(retried["skipped"][0]["reason"], "still_failing");
    assert_eq!(world.count(20071, Buyer::Person).await, 0);
}
