//! What is missing or broken is said in words, and nothing is lost by it.

use crate::World;
use punte_tests::{Buyer, create_workspace, order, program, run, until};
use serde_json::json;
use std::time::Duration;

async fn status_words(home: &std::path::Path, folder: &std::path::Path) -> punte_tests::Ended {
    run("punte-cli", home, &["status", "--lang", "en", "--workspace", folder.to_str().unwrap()]).await
}

#[tokio::test]
async fn no_provider_to_be_reached_waits_and_goes_on_by_itself() {
    let World { home, sandbox, desk, .. } = World::new().await;
    sandbox.control.order(order(22001, Buyer::Company)).await;
    desk.wait_for(22001, "issued").await;
    sandbox.running.kill().await;
    let seen = until("the shop is out of reach", Duration::from_secs(20), async || {
        let overview = desk.call("overview.get", json!({})).await;
        let shop = overview["connections"][0].clone();
        if shop["failure"]["kind"] == "unreachable" { Ok(shop) } else { Err(shop) }
    })
    .await;
    assert_eq!(seen["health"], "degraded");
    let sandbox = punte_tests::SandboxProgram::start(home.path()).await;
    sandbox.control.order(order(22002, Buyer::Company)).await;
    desk.wait_for(22002, "issued").await;
    assert_eq!(sandbox.control.documents_of("oblio", 22002).await.len(), 1);
}

#[tokio::test]
async fn a_test_of_a_connection_names_the_part_that_fails() {
    let world = World::new().await;
    let oblio = &world.sandbox.ports["oblio"];
    let input = |address: &str, secret: &str| {
        json!({ "id": null, "kind": "oblio", "name": "x", "address": address, "account": oblio["email"], "secret": secret,
            "company": null, "series": null })
    };
    let wrong = world.desk.call("connections.test", input(oblio["url"].as_str().unwrap(), "wrong-secret")).await;
    let failed = failed_step(&wrong);
    assert_eq!((&wrong["ok"], &failed["step"]), (&json!(false), &json!("credential")));
    assert_eq!(failed["failure"]["kind"], "credential_refused");
    let nobody = world.desk.call("connections.test", input("http://127.0.0.1:9", "whatever")).await;
    assert_eq!(failed_step(&nobody)["failure"]["kind"], "unreachable");
    world.sandbox.control.fault(json!({ "provider": "oblio", "operation": "any", "kind": "html" })).await;
    let page = world.desk.call("connections.test", input(oblio["url"].as_str().unwrap(), "whatever")).await;
    assert_eq!(page["ok"], false);
    assert_eq!(failed_step(&page)["failure"]["kind"], "unreadable_answer", "a web page is no answer: {page}");
    let plain = world.desk.try_call("connections.save", input("http://example.com", "x-secret")).await.unwrap_err();
    assert_eq!(plain["field"], "address", "no credential travels in the open: {plain}");
}

#[tokio::test]
async fn a_newer_ledger_is_refused_and_untouched() {
    let home = tempfile::tempdir().unwrap();
    let folder = create_workspace(home.path()).await;
    let ledger = folder.join("ledger.sqlite");
    let sql =
        format!("import sqlite3;c=sqlite3.connect({:?});c.execute('PRAGMA user_version=9999');c.commit()", ledger);
    let done = tokio::process::Command::new("python3").args(["-c", &sql]).status().await;
    if !done.is_ok_and(|status| status.success()) {
        // the version stands in the file's header at byte 60, big-endian
        let mut bytes = std::fs::read(&ledger).unwrap();
        bytes[60..64].copy_from_slice(&9999_u32.to_be_bytes());
        std::fs::write(&ledger, bytes).unwrap();
    }
    let before = std::fs::read(&ledger).unwrap();
    let refused = status_words(home.path(), &folder).await;
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("newer Punte"), "{refused:?}");
    assert_eq!(std::fs::read(&ledger).unwrap(), before, "untouched");
}

#[tokio::test]
async fn a_damaged_ledger_stops_with_the_way_to_restore() {
    let home = tempfile::tempdir().unwrap();
    let folder = create_workspace(home.path()).await;
    let ledger = folder.join("ledger.sqlite");
    // what is still in the log beside it would heal it
    let aside = ["-wal", "-shm"].map(|end| folder.join(format!("ledger.sqlite{end}")));
    aside.iter().filter(|file| file.exists()).for_each(|file| std::fs::remove_file(file).unwrap());
    let mut bytes = std::fs::read(&ledger).unwrap();
    bytes[4096..].fill(0xA5);
    std::fs::write(&ledger, &bytes).unwrap();
    let refused = status_words(home.path(), &folder).await;
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("damaged") && refused.stderr.contains("backup"), "{refused:?}");
}

#[tokio::test]
async fn a_folder_in_which_nothing_can_be_written_is_named_and_nothing_is_lost() {
    let home = tempfile::tempdir().unwrap();
    let folder = create_workspace(home.path()).await;
    // permissions do not bind root: a lock that is a folder cannot be written by anyone
    let lock = folder.join("owner.lock");
    std::fs::remove_file(&lock).unwrap();
    std::fs::create_dir(&lock).unwrap();
    let refused = status_words(home.path(), &folder).await;
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("cannot be written") && refused.stderr.contains("owner.lock"), "{refused:?}");
    std::fs::remove_dir(&lock).unwrap();
    assert_eq!(status_words(home.path(), &folder).await.code, Some(0), "and it works again when it can be");
}

#[tokio::test]
async fn a_damaged_cache_is_rebuilt() {
    let home = tempfile::tempdir().unwrap();
    let folder = create_workspace(home.path()).await;
    std::fs::write(folder.join("cache.sqlite"), b"not a database at all").unwrap();
    let status = status_words(home.path(), &folder).await;
    assert_eq!(status.code, Some(0), "{status:?}");
}

#[tokio::test]
async fn a_folder_that_is_no_workspace_is_named() {
    let home = tempfile::tempdir().unwrap();
    let refused = status_words(home.path(), &home.path().join("nowhere")).await;
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("nowhere"), "{refused:?}");
    let none = run("punte-cli", home.path(), &["status", "--lang", "en"]).await;
    assert_ne!(none.code, Some(0));
    assert!(none.stderr.contains("No workspace"), "{none:?}");
}

#[tokio::test]
async fn without_a_display_the_app_says_so() {
    let home = tempfile::tempdir().unwrap();
    let mut app = tokio::process::Command::new(program("punte"));
    app.env("PUNTE_HOME", home.path()).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env("LC_ALL", "C.UTF-8");
    let said = app.output().await.unwrap();
    assert_eq!(said.status.code(), Some(2));
    let words = String::from_utf8(said.stderr).unwrap();
    assert!(words.contains("no display") && words.contains("punte-cli demo"), "{words}");
}

#[tokio::test]
async fn without_a_keyring_credentials_are_asked_for_and_never_written() {
    let World { home, folder, sandbox, desk } = World::new().await;
    desk.running.stop().await;
    let arguments = ["status", "--json", "--workspace", folder.to_str().unwrap()];
    let mut alone = tokio::process::Command::new(program("punte-cli"));
    alone.args(arguments).env("PUNTE_HOME", home.path()).env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let said = alone.output().await.unwrap();
    let status: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(said.status.code(), Some(0), "{status}");
    let secret = sandbox.ports["oblio"]["secret"].as_str().unwrap();
    for file in files_under(home.path()) {
        if file.ends_with("ports.json") || file.ends_with("simulators.json") {
            continue; // the simulators' own
        }
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
        assert!(!found, "{} holds a secret", file.display());
    }
}

fn files_under(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { files.extend(files_under(&entry)) } else { files.push(entry) }
    }
    files
}

/// The first step of a test that failed.
fn failed_step(report: &serde_json::Value) -> serde_json::Value {
    let steps = report["steps"].as_array().unwrap();
    steps.iter().find(|step| !step["failure"].is_null()).cloned().unwrap_or_else(|| panic!("nothing failed: {report}"))
}
