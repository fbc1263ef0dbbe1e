//! A ledger put back from a copy, or carried to another machine: nothing is sent until the providers were read, and no
//! document is made twice.

use crate::World;
use punte_tests::{Buyer, Desk, order, until};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const BOTH: [Buyer; 2] = [Buyer::Company, Buyer::Person];

fn copy_folder(from: &Path, to: &Path) {
    if to.exists() {
        std::fs::remove_dir_all(to).unwrap();
    }
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

async fn quarantine(desk: &Desk) -> Value {
    desk.call("app.get", json!({})).await["quarantine"].clone()
}

async fn wait_until_lifted(desk: &Desk) {
    until("the quarantine is lifted", Duration::from_secs(60), async || {
        let still = quarantine(desk).await;
        if still.is_null() { Ok(()) } else { Err(still) }
    })
    .await;
}

/// Five orders for each buyer, from an id on, all invoiced.
async fn invoiced(world: &World, desk: &Desk, from: u64) -> Vec<(u64, Buyer)> {
    let mut all = Vec::new();
    for (block, buyer) in BOTH.into_iter().enumerate() {
        for n in 0..5 {
            let id = from + block as u64 * 100 + n;
            world.sandbox.control.order(order(id, buyer)).await;
            all.push((id, buyer));
        }
    }
    for (id, _) in &all {
        desk.wait_for(*id, "issued").await;
    }
    all
}

#[tokio::test]
async fn an_old_copy_put_back_sends_nothing_until_it_was_read_and_nothing_twice() {
    let mut world = World::new().await;
    let mut orders = invoiced(&world, &world.desk, 22001).await;
    assert_eq!(world.desk.running.stop().await, Some(0));
    let copy = world.home.path().join("copy");
    copy_folder(&world.folder, &copy);
    world.desk = Desk::start(world.home.path(), &world.folder).await;
    assert!(quarantine(&world.desk).await.is_null(), "what goes on as it was left is trusted");
    orders.extend(invoiced(&world, &world.desk, 22301).await);
    assert_eq!(world.desk.running.stop().await, Some(0));
    copy_folder(&copy, &world.folder);

    world.desk = Desk::start(world.home.path(), &world.folder).await;
    let told = quarantine(&world.desk).await;
    assert_eq!(told["reason"], "behind", "{told}");
    let overview = world.desk.call("overview.get", json!({})).await;
    assert_eq!(overview["needsYou"][0]["what"], "quarantine", "{overview}");
    // a new order waits meanwhile
    world.sandbox.control.order(order(22901, Buyer::Person)).await;
    world.desk.wait_for(22901, "ready").await;
    wait_until_lifted(&world.desk).await;
    world.desk.wait_for(22901, "issued").await;
    orders.push((22901, Buyer::Person));
    for (id, buyer) in &orders {
        let row = world.desk.wait_for(*id, "issued").await;
        let held = world.sandbox.control.documents_of(buyer.provider(), *id).await;
        assert_eq!(held.len(), 1, "order {id}: {held:?}");
        assert_eq!(row["number"], held[0]["number"], "order {id}");
    }
    let found = world.desk.find_document(22301).await.unwrap();
    let record = world.record(&found).await;
    let said = record["timeline"].as_array().unwrap().iter().any(|event| event["what"] == "found_restored");
    assert!(said, "it is said how it was found: {record}");
}

#[tokio::test]
async fn a_folder_carried_to_another_machine_is_read_first_there() {
    let mut world = World::new().await;
    let orders = invoiced(&world, &world.desk, 23001).await;
    assert_eq!(world.desk.running.stop().await, Some(0));
    let there = tempfile::tempdir().unwrap();
    let folder = there.path().join("carried");
    copy_folder(&world.folder, &folder);
    world.desk = Desk::start_on(there.path(), &folder, Some("another machine")).await;
    assert_eq!(quarantine(&world.desk).await["reason"], "other_machine");
    let without = world.desk.try_call("workspace.lift_quarantine", json!({ "reason": " " })).await;
    assert_eq!(without.unwrap_err()["field"], "reason");
    wait_until_lifted(&world.desk).await;
    let more = invoiced(&world, &world.desk, 23301).await;
    for (id, buyer) in orders.into_iter().chain(more) {
        assert_eq!(world.count(id, buyer).await, 1, "order {id}");
    }
    let again = world.desk.try_call("workspace.lift_quarantine", json!({ "reason": "all read" })).await;
    assert_eq!(again.unwrap_err()["code"], "not_now");
}

#[tokio::test]
async fn what_cannot_be_read_keeps_the_quarantine_until_a_person_lifts_it() {
    let mut world = World::new().await;
    world.sandbox.control.order(order(24001, Buyer::Company)).await;
    world.desk.wait_for(24001, "issued").await;
    assert_eq!(world.desk.running.stop().await, Some(0));
    let fault = json!({ "provider": "oblio", "operation": "list", "kind": "status_500" });
    world.sandbox.control.fault(fault).await;
    world.desk = Desk::start_on(world.home.path(), &world.folder, Some("another machine")).await;
    world.sandbox.control.order(order(24002, Buyer::Company)).await;
    world.desk.wait_for(24002, "ready").await;
    until("a read failed", Duration::from_secs(30), async || {
        let told = quarantine(&world.desk).await;
        let failed = told["series"].as_array().is_some_and(|all| all.iter().any(|one| !one["failure"].is_null()));
        if failed { Ok(()) } else { Err(told) }
    })
    .await;
    assert_eq!(world.count(24002, Buyer::Company).await, 0, "nothing is sent");
    let reason = json!({ "reason": "compared with the provider's own list" });
    world.desk.call("workspace.lift_quarantine", reason).await;
    world.sandbox.control.clear_faults().await;
    world.desk.wait_for(24002, "issued").await;
    assert_eq!(world.count(24002, Buyer::Company).await, 1);
}

#[tokio::test]
async fn the_ledger_is_checked_on_demand_owned_and_not() {
    let World { home, folder, desk, sandbox } = World::new().await;
    sandbox.control.order(order(25001, Buyer::Person)).await;
    desk.wait_for(25001, "issued").await;
    let arguments = ["check", "--json", "--workspace", folder.to_str().unwrap()];
    let owned = punte_tests::run("punte-cli", home.path(), &arguments).await;
    assert_eq!(owned.code, Some(0), "{owned:?}");
    assert_eq!(owned.json()["findings"].as_array().unwrap().len(), 6);
    assert_eq!(desk.running.stop().await, Some(0));
    let closed = punte_tests::run("punte-cli", home.path(), &arguments).await;
    assert_eq!(closed.code, Some(0), "{closed:?}");
    let path = folder.join("ledger.sqlite");
    let mut bytes = std::fs::read(&path).unwrap();
    let half = bytes.len() / 2 / 4096 * 4096;
    bytes[half..half + 8192].fill(0x5A);
    std::fs::write(&path, bytes).unwrap();
    let damaged = punte_tests::run("punte-cli", home.path(), &arguments).await;
    assert_eq!(damaged.code, Some(1), "{damaged:?}");
}
