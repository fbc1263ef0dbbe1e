//! One process owns a workspace; others attach, or say who owns it.

use crate::World;
use punte_tests::{Buyer, Running, create_workspace, order, run, until};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

#[tokio::test]
async fn a_second_process_asks_the_owner() {
    let world = World::new().await;
    world.sandbox.control.order(order(21001, Buyer::Person)).await;
    world.desk.wait_for(21001, "issued").await;
    let folder = world.folder.to_str().unwrap();
    let status = run("punte-cli", world.home.path(), &["status", "--json", "--workspace", folder]).await;
    assert_eq!(status.code, Some(0), "{status:?}");
    assert_eq!(status.json()["overview"]["counts"]["issued"], 1);
    let words = run("punte-cli", world.home.path(), &["status", "--lang", "en", "--workspace", folder]).await;
    assert!(words.stdout.contains("issued") && words.stdout.contains("1"), "{words:?}");
    let second = run("punte-cli", world.home.path(), &["run", "--lang", "en", "--workspace", folder]).await;
    assert_ne!(second.code, Some(0));
    assert!(second.stderr.contains(&world.desk.running.id().to_string()), "it names the owner: {second:?}");
}

#[tokio::test]
async fn a_retry_from_the_terminal_goes_through_the_owner() {
    let world = World::new().await;
    world.order_with(21011, Buyer::Company, "refuse_series", Value::Null).await;
    let held = world.desk.wait_for(21011, "held").await;
    let arguments = ["retry", held["id"].as_str().unwrap(), "--json", "--workspace", world.folder.to_str().unwrap()];
    let retried = run("punte-cli", world.home.path(), &arguments).await;
    assert_eq!(retried.code, Some(0), "{retried:?}");
    world.desk.wait_for(21011, "issued").await;
    assert_eq!(world.count(21011, Buyer::Company).await, 1);
}

#[tokio::test]
async fn an_owner_that_died_does_not_keep_the_workspace() {
    let World { home, folder, sandbox: _sandbox, desk } = World::new().await;
    desk.running.kill().await;
    let status = run("punte-cli", home.path(), &["status", "--json", "--workspace", folder.to_str().unwrap()]).await;
    assert_eq!(status.code, Some(0), "the lock went with the process: {status:?}");
}

#[tokio::test]
async fn run_works_in_every_enabled_workspace_and_one_that_cannot_be_opened_stops_no_other() {
    let home = tempfile::tempdir().unwrap();
    let (first, second) = (create_workspace(home.path()).await, create_workspace(home.path()).await);
    let (broken, idle) = (create_workspace(home.path()).await, create_workspace(home.path()).await);
    for entry in std::fs::read_dir(&broken).unwrap() {
        std::fs::write(entry.unwrap().path(), b"<html>no ledger, nor anything else</html>").unwrap();
    }
    let path = home.path().join("settings.json");
    let mut settings: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for known in settings["workspaces"].as_array_mut().unwrap() {
        known["enabled"] = json!(known["folder"] != idle.to_str().unwrap());
    }
    std::fs::write(&path, settings.to_string()).unwrap();

    let running = Running::start("punte-cli", home.path(), &["run"]);
    for folder in [&first, &second] {
        until("the owner's note", Duration::from_secs(20), async || {
            let note: Value = std::fs::read(folder.join("owner.json"))
                .ok()
                .and_then(|text| serde_json::from_slice(&text).ok())
                .ok_or(())?;
            if note["pid"] == running.id() { Ok(()) } else { Err(()) }
        })
        .await;
    }
    let shown = async |folder: &Path| {
        let arguments = ["status", "--json", "--workspace", folder.to_str().unwrap()];
        let status = run("punte-cli", home.path(), &arguments).await;
        assert_eq!(status.code, Some(0), "{status:?}");
        status.json()["workspace"]["folder"].clone()
    };
    for folder in [&first, &second] {
        assert_eq!(shown(folder).await, folder.to_str().unwrap(), "each is answered for, whichever is shown");
    }
    assert!(!idle.join("owner.json").exists(), "one that is not enabled is left alone");
    assert!(!broken.join("owner.json").exists());
    assert_eq!(running.stop().await, Some(0));
    assert!(!first.join("owner.json").exists() && !second.join("owner.json").exists());
}
