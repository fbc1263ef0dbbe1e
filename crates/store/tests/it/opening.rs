//! Who may open a ledger, what is refused untouched, and what a commit means.

use crate::support::{NOW_MS, incoming, new_workspace, world};
use punte_store::{Ledger, StoreError};
use std::sync::Arc;

#[tokio::test]
async fn one_owner_at_a_time_and_a_higher_epoch_for_the_next() {
    let world = world().await;
    let folder = world.folder.path().to_owned();
    let second = Ledger::open(&folder);
    assert!(matches!(second, Err(StoreError::Owned(_))), "{:?}", second.err());
    let epoch = world.ledger.info().epoch;
    let temporary = world.folder;
    drop(world.ledger);
    let next = Ledger::open(&folder).unwrap();
    assert!(next.info().epoch > epoch);
    assert_eq!(next.info().seed.0, [3; 32], "the seed outlives its owner");
    drop((next, temporary));
}

#[tokio::test]
async fn a_writer_whose_epoch_was_taken_commits_nothing_more() {
    let world = world().await;
    // another owner, as after a copied folder or a lock that a network file system did not keep
    world.raw().execute("UPDATE workspace SET epoch = epoch + 1", []).unwrap();
    let write = world.ledger.take_in(vec![incoming(1, "a")], None, NOW_MS).await;
    assert!(matches!(write, Err(StoreError::NotOwner)), "{write:?}");
    let count: i64 = world.raw().query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 0);
}

#[tokio::test]
async fn a_folder_that_holds_a_workspace_is_not_made_again() {
    let world = world().await;
    let folder = world.folder.path().to_owned();
    drop(world.ledger);
    assert!(Ledger::create(&folder, &new_workspace()).is_err());
    assert_eq!(Ledger::peek(&folder).unwrap().1, "Atelier Cană");
}

#[tokio::test]
async fn a_newer_ledger_is_refused_byte_for_byte() {
    let world = world().await;
    let path = world.folder.path().join("ledger.sqlite");
    let folder = world.folder;
    drop(world.ledger);
    rusqlite::Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let before = std::fs::read(&path).unwrap();
    let refused = Ledger::open(folder.path());
    assert!(matches!(refused, Err(StoreError::Newer { found: 99, .. })), "{:?}", refused.err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_ledger_is_refused_and_kept() {
    let world = world().await;
    let path = world.folder.path().join("ledger.sqlite");
    let folder = world.folder;
    drop(world.ledger);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8192..16384].fill(0x5A);
    std::fs::write(&path, &bytes).unwrap();
    let refused = Ledger::open(folder.path());
    assert!(matches!(refused, Err(StoreError::Damaged(_))), "{:?}", refused.err());
    assert_eq!(std::fs::read(&path).unwrap(), bytes, "the evidence is not repaired away");
    std::fs::write(&path, b"<html>not a database</html>").unwrap();
    assert!(matches!(Ledger::open(folder.path()), Err(StoreError::Damaged(_))));
}

#[tokio::test]
async fn nothing_there_is_said_to_be_missing() {
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(Ledger::open(empty.path()), Err(StoreError::Missing(_))));
    assert!(matches!(Ledger::peek(empty.path()), Err(StoreError::Missing(_))));
}

#[tokio::test]
async fn many_waiting_writes_are_each_acknowledged_and_one_that_fails_fails_alone() {
    let world = Arc::new(world().await);
    let writes = (0..200_u64).map(|n| {
        let world = world.clone();
        tokio::spawn(async move {
            let mut order = incoming(n, "a");
            if n % 10 == 3 {
                order.connection_id = "con_nobody".into(); // breaks a foreign key
            }
            world.ledger.take_in(vec![order], None, NOW_MS).await.is_ok()
        })
    });
    let mut acknowledged = 0;
    for write in writes.collect::<Vec<_>>() {
        acknowledged += i64::from(write.await.unwrap());
    }
    let count: i64 = world.raw().query_row("SELECT count(*) FROM orders", [], |row| row.get(0)).unwrap();
    assert_eq!((acknowledged, count), (180, 180), "what was acknowledged is there, and nothing else");
}

#[tokio::test]
async fn the_schema_is_as_released() {
    let world = world().await;
    let raw = world.raw();
    let mut query = raw
        .prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'index', 'trigger') AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .unwrap();
    let names: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for table in [
        "orders",
        "order_versions",
        "documents",
        "attempts",
        "looks",
        "events",
        "decisions",
        "changes",
        "counters",
        "audit",
    ] {
        assert!(names.iter().any(|name| name == table), "{table} is missing of {names:?}");
    }
    let strict: i64 = raw
        .query_row("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%_search%'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(strict, 0, "every table is STRICT");
    let version: i64 = raw.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 21, "twenty-one migrations so far");
}

#[tokio::test]
async fn a_ledger_of_the_first_version_is_brought_forward_with_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let raw = rusqlite::Connection::open(folder.path().join("ledger.sqlite")).unwrap();
    raw.execute_batch(include_str!("../../src/ledger/0001_ledger.sql")).unwrap();
    raw.execute_batch(&format!(
        "PRAGMA user_version = 1;
         INSERT INTO workspace (row, id, name, is_sandbox, seed, created_ms, epoch)
           VALUES (1, 'ws_1', 'Atelier', 0, x'{}', 1, 3);
         INSERT INTO connections (id, kind, name, address, account, is_sandbox, created_ms)
           VALUES ('con_1', 'oblio', 'Oblio', '', 'ana@example.com', 0, 1);",
        "07".repeat(32)
    ))
    .unwrap();
    drop(raw);
    let ledger = Ledger::open(folder.path()).unwrap();
    assert_eq!((ledger.info().name.as_str(), ledger.info().epoch), ("Atelier", 4));
    assert_eq!(ledger.list_connections().await.unwrap()[0].name, "Oblio");
    assert!(ledger.list_operations_in(punte_domain::OperationState::Waiting, 10).await.unwrap().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn a_workspaces_folder_and_files_are_its_users_alone_and_become_so_where_they_were_not() {
    use punte_store::cache::Cache;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    let open = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let rights = |folder: &Path| {
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let mut all: Vec<(String, u32)> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), mode(&path)))
            .collect();
        all.sort();
        (mode(folder), all)
    };
    let within = tempfile::tempdir().unwrap();
    let folder = within.path().join("new");
    let ledger = Ledger::create(&folder, &new_workspace()).unwrap();
    let cache = Cache::open(&folder).unwrap();
    let (own, files) = rights(&folder);
    assert_eq!(own, 0o700);
    assert!(files.iter().any(|(name, _)| name == "cache.sqlite"), "{files:?}");
    assert!(files.iter().all(|(_, mode)| *mode == 0o600), "{files:?}");
    drop((cache, ledger));
    // as an older version left it
    let aside = folder.join("ledger.sqlite.before-restore-2026-11-18-101500");
    std::fs::write(&aside, "clients").unwrap();
    let exports = folder.join("exports");
    std::fs::create_dir_all(exports.join("of a month")).unwrap();
    std::fs::write(exports.join("orders.csv"), "clients").unwrap();
    let theirs = folder.join("photos");
    std::fs::create_dir(&theirs).unwrap();
    for path in [&aside, &folder.join("ledger.sqlite"), &folder.join("cache.sqlite"), &exports.join("orders.csv")] {
        open(path, 0o644);
    }
    for path in [&folder, &exports, &exports.join("of a month"), &theirs] {
        open(path, 0o755);
    }
    let ledger = Ledger::open(&folder).unwrap();
    let cache = Cache::open(&folder).unwrap();
    let (own, files) = rights(&folder);
    assert_eq!(own, 0o700);
    let folders = [("exports", 0o700), ("photos", 0o755)];
    for (name, mode) in &files {
        let wanted = folders.iter().find(|(folder, _)| folder == name).map_or(0o600, |(_, mode)| *mode);
        assert_eq!(*mode, wanted, "{name}");
    }
    let within_exports = vec![("of a month".to_owned(), 0o700), ("orders.csv".to_owned(), 0o600)];
    assert_eq!(rights(&exports), (0o700, within_exports));
    drop((cache, ledger));
}
