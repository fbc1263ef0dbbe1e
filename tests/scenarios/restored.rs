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

    // long enough to be seen in, whatever else the machine does
    let slow = json!({ "provider": "oblio", "operation": "list", "kind": "slow", "times": 1000, "delay_ms": 8000 });
    world.sandbox.control.fault(slow).await;
    world.desk = Desk::start(world.home.path(), &world.folder).await;
    let told = quarantine(&world.desk).await;
    assert_eq!(told["reason"], "behind", "{told}");
    let overview = world.desk.call("overview.get", json!({})).await;
    assert_eq!(overview["needsYou"][0]["what"], "quarantine", "{overview}");
    // a new order waits meanwhile
    world.sandbox.control.order(order(22901, Buyer::Person)).await;
    world.desk.wait_for(22901, "ready").await;
    world.sandbox.control.clear_faults().await;
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

/// Nothing is asked of the person at the terminal but what the flags say.
async fn cli(home: &Path, folder: &Path, arguments: &[&str], input: &str) -> punte_tests::Ended {
    let mut all = arguments.to_vec();
    all.extend(["--json", "--workspace", folder.to_str().unwrap()]);
    punte_tests::run_given("punte-cli", home, &all, input).await
}

#[tokio::test]
async fn yesterdays_backup_put_back_after_fifty_more_invoices_issues_none_of_them_twice() {
    let mut world = World::new().await;
    let (home, folder) = (world.home.path().to_owned(), world.folder.clone());
    let mut orders = invoiced(&world, &world.desk, 26001).await;
    let made = cli(&home, &folder, &["backup"], "").await;
    assert_eq!(made.code, Some(0), "the owner goes on: {made:?}");
    let backup = made.json()["file"].as_str().unwrap().to_owned();
    assert!(Path::new(&backup).starts_with(&home), "{backup}");
    let looked = cli(&home, &folder, &["backup", "verify", &backup], "").await;
    assert_eq!((looked.code, looked.json()["backup"]["sequence"].clone()), (Some(0), json!(10)), "{looked:?}");
    for block in 0..5 {
        orders.extend(invoiced(&world, &world.desk, 26301 + block * 300).await);
    }
    let running = cli(&home, &folder, &["restore", &backup, "--in-place"], "").await;
    assert_eq!(running.code, Some(1), "not while it is worked on: {running:?}");
    assert_eq!(world.desk.running.stop().await, Some(0));
    let restored = cli(&home, &folder, &["restore", &backup, "--in-place"], "").await;
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(Path::new(restored.json()["aside"].as_str().unwrap()).exists(), "what stood there is kept");

    let slow = json!({ "provider": "oblio", "operation": "list", "kind": "slow", "times": 1000, "delay_ms": 8000 });
    world.sandbox.control.fault(slow).await;
    world.desk = Desk::start(&home, &folder).await;
    assert_eq!(quarantine(&world.desk).await["reason"], "behind");
    world.sandbox.control.clear_faults().await;
    until("the quarantine is lifted", Duration::from_secs(180), async || {
        let still = quarantine(&world.desk).await;
        if still.is_null() { Ok(()) } else { Err(still) }
    })
    .await;
    assert_eq!(orders.len(), 60);
    for (id, buyer) in orders {
        let row = world.desk.wait_for(id, "issued").await;
        let held = world.sandbox.control.documents_of(buyer.provider(), id).await;
        assert_eq!(held.len(), 1, "order {id}: {held:?}");
        assert_eq!(row["number"], held[0]["number"], "order {id}");
    }
}

#[tokio::test]
async fn a_sealed_backup_is_put_into_a_folder_of_its_own_by_its_passphrase_alone() {
    let World { home, folder, desk, sandbox } = World::new().await;
    sandbox.control.order(order(27001, Buyer::Person)).await;
    desk.wait_for(27001, "issued").await;
    let passphrase = "correct horse battery\n";
    let to = home.path().join("outside.sqlite.sealed");
    let make = ["backup", "--encrypt", "--to", to.to_str().unwrap()];
    let short = cli(home.path(), &folder, &make, "short\n").await;
    assert_eq!((short.code, to.exists()), (Some(1), false), "{short:?}");
    let owned = cli(home.path(), &folder, &make, passphrase).await;
    assert_eq!((owned.code, to.exists()), (Some(0), true), "{owned:?}");
    assert_eq!(desk.running.stop().await, Some(0));
    let closed = home.path().join("closed.sqlite.sealed");
    let made = cli(home.path(), &folder, &["backup", "--encrypt", "--to", closed.to_str().unwrap()], passphrase).await;
    assert_eq!(made.code, Some(0), "{made:?}");

    let new = home.path().join("elsewhere");
    let put = ["restore", to.to_str().unwrap(), "--into", new.to_str().unwrap()];
    for wrong in ["some other phrase\n", "\n"] {
        let refused = cli(home.path(), &folder, &put, wrong).await;
        assert_eq!((refused.code, new.exists()), (Some(1), false), "nothing is left of it: {refused:?}");
    }
    let restored = cli(home.path(), &folder, &put, passphrase).await;
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(restored.json()["aside"].is_null());
    let again = cli(home.path(), &folder, &put, passphrase).await;
    assert_eq!(again.code, Some(1), "a ledger stands there now: {again:?}");
    // the same books: what this machine has seen of them counts here too
    let desk = Desk::start(home.path(), &new).await;
    wait_until_lifted(&desk).await;
    desk.wait_for(27001, "issued").await;
    assert_eq!(sandbox.control.documents_of(Buyer::Person.provider(), 27001).await.len(), 1);
}

async fn backups(desk: &Desk) -> Vec<Value> {
    desk.call("backup.get", json!({})).await["files"].as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_running_workspace_is_restored_over_the_api_and_goes_on_quarantined() {
    let world = World::new().await;
    let desk = &world.desk;
    world.sandbox.control.order(order(28001, Buyer::Person)).await;
    desk.wait_for(28001, "issued").await;
    let known = backups(desk).await.len();
    desk.call("backup.run", json!({})).await;
    let made = until("a backup", Duration::from_secs(30), async || {
        let files = backups(desk).await;
        let is_whole = files.first().is_some_and(|file| file["verifiedMs"].is_number());
        if files.len() > known && is_whole { Ok(files[0].clone()) } else { Err(files) }
    })
    .await;
    let file = made["file"].as_str().unwrap();
    let looked = desk.call("backup.verify", json!({ "file": file })).await;
    let workspace = looked["workspace"].as_str().unwrap();
    world.sandbox.control.order(order(28002, Buyer::Person)).await;
    desk.wait_for(28002, "issued").await;

    let outside = desk.try_call("backup.restore", json!({ "workspace": workspace, "file": "../ledger.sqlite" })).await;
    assert_eq!(outside.unwrap_err()["code"], "not_found", "only files of the folder");
    let folder = std::path::PathBuf::from(desk.call("backup.get", json!({})).await["folder"].as_str().unwrap());
    std::fs::write(folder.join("damaged.sqlite"), "SQLite format 3\0 and nothing more").unwrap();
    let damaged = desk.try_call("backup.restore", json!({ "workspace": workspace, "file": "damaged.sqlite" })).await;
    assert_eq!(damaged.unwrap_err()["field"], "file");
    assert!(quarantine(desk).await.is_null(), "what cannot be put back stops nothing");

    desk.call("backup.restore", json!({ "workspace": workspace, "file": file })).await;
    let app = desk.call("app.get", json!({})).await;
    assert_eq!(app["open"]["id"], workspace, "{app}");
    assert_eq!(app["quarantine"]["reason"], "behind", "{app}");
    wait_until_lifted(desk).await;
    for id in [28001, 28002] {
        desk.wait_for(id, "issued").await;
        assert_eq!(world.count(id, Buyer::Person).await, 1, "order {id}");
    }
    let found = desk.call("audit.list", json!({ "act": "backup.restore" })).await;
    assert!(!found["rows"].as_array().unwrap().is_empty(), "it is on record in what was restored: {found}");
}
