//! The check of the whole ledger finds what does not agree, and changes nothing.

use crate::support::{NOW_MS, World, issued, world};
use punte_store::Ledger;
use punte_store::ledger::{Finding, Verdict};

fn wrong(found: &[Finding]) -> Vec<&str> {
    found.iter().filter(|one| one.verdict != Verdict::Good).map(|one| one.check).collect()
}

async fn with_records() -> World {
    let world = world().await;
    let (document, attempt) = world.sending(1).await;
    world.ledger.record_outcome(attempt, document.row, issued("0001"), "{}".into(), NOW_MS).await.unwrap();
    world.sending(2).await;
    world.ready(3).await;
    world
}

#[tokio::test]
async fn a_good_ledger_is_good_owned_or_not_and_keeps_its_epoch() {
    let world = with_records().await;
    let found = world.ledger.check().await.unwrap();
    assert_eq!(wrong(&found), [""; 0], "{found:?}");
    let checks: Vec<&str> = found.iter().map(|one| one.check).collect();
    assert_eq!(checks, ["file", "foreign_keys", "counters", "sending", "numbers", "search"]);
    assert!(Ledger::check_folder(world.folder.path()).is_err(), "an owner is at work");
    let epoch = world.ledger.info().epoch;
    let folder = world.folder;
    drop(world.ledger);
    assert_eq!(wrong(&Ledger::check_folder(folder.path()).unwrap()), [""; 0]);
    assert_eq!(Ledger::open(folder.path()).unwrap().info().epoch, epoch + 1, "the check owned nothing");
}

#[tokio::test]
async fn what_does_not_agree_is_named() {
    for (check, spoil) in [
        ("foreign_keys", "PRAGMA foreign_keys = OFF; UPDATE orders SET connection_id = 'con_gone'"),
        ("counters", "UPDATE counters SET value = value + 1 WHERE name = 'document:issued'"),
        ("sending", "UPDATE attempts SET outcome = 'unknown'"),
        ("numbers", "UPDATE documents SET number = NULL WHERE state = 'issued'"),
        ("search", "DELETE FROM documents_search_docsize"),
    ] {
        let world = with_records().await;
        world.raw().execute_batch(spoil).unwrap();
        let found = world.ledger.check().await.unwrap();
        assert_eq!(wrong(&found), [check], "{found:?}");
    }
}

#[tokio::test]
async fn a_damaged_page_is_told_in_sqlites_words() {
    let world = with_records().await;
    world.raw().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let path = world.folder.path().join("ledger.sqlite");
    let folder = world.folder;
    drop(world.ledger);
    let mut bytes = std::fs::read(&path).unwrap();
    let half = bytes.len() / 2 / 4096 * 4096;
    bytes[half..half + 8192].fill(0x5A);
    std::fs::write(&path, &bytes).unwrap();
    match Ledger::check_folder(folder.path()) {
        Ok(found) => assert_eq!(wrong(&found), ["file"], "{found:?}"),
        Err(error) => assert!(error.to_string().contains("damaged"), "{error}"),
    }
}
