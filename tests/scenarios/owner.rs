//! One process owns a workspace; others attach, or say who owns it.

use crate::World;
use punte_tests::{Buyer, order, run};
use serde_json::Value;

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
