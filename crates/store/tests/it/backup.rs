//! Copies of a ledger: whole while it is worked on, refused when they are not, and put back in one step.

use crate::support::{NOW_MS, World, world};
use punte_store::ledger::{AuditActor, BackupFacts, NewAuditRow, PutBack};
use punte_store::{Ledger, StoreError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

async fn copied(world: &World) -> (PathBuf, BackupFacts) {
    let path = world.folder.path().join("copy.sqlite");
    let facts = world.ledger.backup_to(&path, |_, _| true).await.unwrap();
    (path, facts)
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_copy_says_what_it_holds_and_is_one_file() {
    let world = world().await;
    world.sending(1).await;
    let row = NewAuditRow { actor: AuditActor::default(), act: "a".into(), outcome: "noted", ..Default::default() };
    let head = world.ledger.add_audit(row, NOW_MS).await.unwrap();
    let steps = Arc::new(AtomicU64::new(0));
    let told = steps.clone();
    let path = world.folder.path().join("copy.sqlite");
    let facts = world
        .ledger
        .backup_to(&path, move |done, all| {
            assert!(done <= all && all > 0);
            told.store(done, Ordering::Relaxed);
            true
        })
        .await
        .unwrap();
    assert_eq!(steps.load(Ordering::Relaxed), facts.pages, "told to the last page");
    let info = world.ledger.info();
    assert_eq!((&facts.workspace, facts.epoch, facts.sequence), (&info.id, info.epoch, 1));
    assert_eq!(facts.audit_head, Some(head));
    assert_eq!(std::fs::metadata(&path).unwrap().len(), facts.bytes);
    assert_eq!(Ledger::inspect_backup(&path).unwrap(), facts);
    let beside: Vec<_> = names_in(world.folder.path()).into_iter().filter(|name| name.starts_with("copy")).collect();
    assert_eq!(beside, ["copy.sqlite"], "no log and no part beside it");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "for this user alone");
    }
}

#[tokio::test]
async fn writers_go_on_and_the_copy_is_of_one_moment() {
    let world = world().await;
    for n in 1..40 {
        world.ready(n).await;
    }
    let ledger = world.ledger.clone();
    let (began, begun) = std::sync::mpsc::channel();
    let (written, wait) = std::sync::mpsc::channel::<()>();
    let path = world.folder.path().join("copy.sqlite");
    let copying = tokio::spawn({
        let (ledger, path) = (ledger.clone(), path.clone());
        async move {
            let mut is_first = true;
            ledger
                .backup_to(&path, move |_, _| {
                    if std::mem::take(&mut is_first) {
                        began.send(()).unwrap();
                        wait.recv().unwrap();
                    }
                    true
                })
                .await
        }
    });
    tokio::task::spawn_blocking(move || begun.recv().unwrap()).await.unwrap();
    world.sending(50).await;
    written.send(()).unwrap();
    let facts = copying.await.unwrap().unwrap();
    assert_eq!(facts.sequence, 0, "what was written meanwhile is not in it");
    assert_eq!(world.ledger.read_sequence().await.unwrap(), 1, "and was written all the same");
}

#[tokio::test]
async fn a_copy_that_is_ended_leaves_nothing_and_one_that_exists_is_replaced_whole() {
    let world = world().await;
    let path = world.folder.path().join("copy.sqlite");
    let ended = world.ledger.backup_to(&path, |_, _| false).await;
    assert!(matches!(ended, Err(StoreError::Closed)), "{ended:?}");
    assert!(!names_in(world.folder.path()).iter().any(|name| name.starts_with("copy")));
    let (path, first) = copied(&world).await;
    world.sending(1).await;
    let (_, second) = copied(&world).await;
    assert_eq!((first.sequence, second.sequence), (0, 1));
    assert_eq!(Ledger::inspect_backup(&path).unwrap().sequence, 1);
}

#[tokio::test]
async fn a_folder_that_nobody_owns_is_copied_as_it_stands() {
    let world = world().await;
    let to = world.folder.path().join("copy.sqlite");
    let owned = Ledger::backup_folder(world.folder.path(), &to, |_, _| true);
    assert!(matches!(owned, Err(StoreError::Owned(_))), "{owned:?}");
    world.sending(1).await;
    let epoch = world.ledger.info().epoch;
    let folder = world.folder;
    drop(world.ledger);
    let facts = Ledger::backup_folder(folder.path(), &to, |_, _| true).unwrap();
    assert_eq!((facts.epoch, facts.sequence), (epoch, 1));
    assert_eq!(Ledger::open(folder.path()).unwrap().info().epoch, epoch + 1, "copying raised nothing");
}

#[tokio::test]
async fn every_piece_of_a_copy_and_every_foreign_file_is_refused() {
    let world = world().await;
    let (path, _) = copied(&world).await;
    let whole = std::fs::read(&path).unwrap();
    let piece = world.folder.path().join("piece.sqlite");
    let near = (0..300).chain((300..whole.len()).step_by(1021)).chain(whole.len() - 40..whole.len());
    for length in near {
        std::fs::write(&piece, &whole[..length]).unwrap();
        let refused = Ledger::inspect_backup(&piece);
        assert!(matches!(refused, Err(StoreError::Foreign(_) | StoreError::Damaged(_))), "{length}: {refused:?}");
    }
    let mut longer = whole.clone();
    longer.extend([0; 4096]);
    std::fs::write(&piece, longer).unwrap();
    assert!(matches!(Ledger::inspect_backup(&piece), Err(StoreError::Damaged(_))), "something hangs on it");
    std::fs::write(&piece, b"PK\x03\x04 an archive, longer than a header").unwrap();
    assert!(matches!(Ledger::inspect_backup(&piece), Err(StoreError::Foreign(_))));
    std::fs::remove_file(&piece).unwrap();
    rusqlite::Connection::open(&piece).unwrap().execute_batch("CREATE TABLE notes (a TEXT)").unwrap();
    assert!(matches!(Ledger::inspect_backup(&piece), Err(StoreError::Foreign(_))), "of another program");
    std::fs::write(&piece, &whole).unwrap();
    rusqlite::Connection::open(&piece).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    assert!(matches!(Ledger::inspect_backup(&piece), Err(StoreError::Newer { found: 9_999, .. })));
}

#[tokio::test]
async fn bytes_that_were_turned_over_never_bring_it_down() {
    let world = world().await;
    let (path, facts) = copied(&world).await;
    let whole = std::fs::read(&path).unwrap();
    let turned = world.folder.path().join("turned.sqlite");
    let mut place = 0x9E37_79B9_7F4A_7C15_u64;
    for _ in 0..200 {
        place = place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut bytes = whole.clone();
        let at = (place >> 16) as usize % bytes.len();
        bytes[at] ^= (place >> 8) as u8 | 1;
        std::fs::write(&turned, bytes).unwrap();
        // SQLite alone does not see every one: that is what the checksum beside a backup is for
        if let Ok(read) = Ledger::inspect_backup(&turned) {
            assert_eq!(read.pages, facts.pages);
        }
    }
}

#[tokio::test]
async fn a_copy_is_put_back_and_what_stood_there_is_kept_with_its_log() {
    let world = world().await;
    let (copy, facts) = copied(&world).await;
    world.sending(1).await;
    let folder = world.folder;
    let owned = PutBack::begin(folder.path());
    assert!(matches!(owned, Err(StoreError::Owned(_))), "not while it is worked on");
    // as after a crash: the last writes are only in the log
    let ledger = folder.path().join("ledger.sqlite");
    let kept = folder.path().join("kept");
    std::fs::create_dir(&kept).unwrap();
    for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
        std::fs::copy(folder.path().join(name), kept.join(name)).unwrap();
    }
    drop(world.ledger);
    for name in ["ledger.sqlite", "ledger.sqlite-wal"] {
        std::fs::copy(kept.join(name), folder.path().join(name)).unwrap();
    }
    let place = PutBack::begin(folder.path()).unwrap();
    assert_eq!(place.find_workspace().as_deref(), Some(facts.workspace.as_str()));
    std::fs::copy(&copy, place.staged()).unwrap();
    let (put, aside) = place.finish("2026-11-27").unwrap();
    assert_eq!(put, facts);
    let aside = aside.unwrap();
    assert_eq!(aside, folder.path().join("ledger.sqlite.before-restore-2026-11-27"));
    assert!(!folder.path().join("ledger.sqlite-wal").exists(), "the old log is not read into the new file");
    assert_eq!(Ledger::inspect_backup(&aside).unwrap().sequence, 1, "what stood there is whole, its log in it");
    let opened = Ledger::open(folder.path()).unwrap();
    assert_eq!((opened.info().sequence, opened.info().epoch), (0, facts.epoch + 1));
    drop(opened);
    let again = PutBack::begin(folder.path()).unwrap();
    std::fs::copy(&copy, again.staged()).unwrap();
    let (_, second) = again.finish("2026-11-27").unwrap();
    assert!(second.unwrap().ends_with("ledger.sqlite.before-restore-2026-11-27-2"), "the first is not written over");
    assert!(ledger.exists());
}

#[tokio::test]
async fn while_somebody_reads_the_log_stays_beside_what_is_put_aside() {
    let world = world().await;
    let (copy, _) = copied(&world).await;
    let folder = world.folder;
    let path = folder.path().join("ledger.sqlite");
    drop(world.ledger);
    // a tool that reads in a transaction, and a writer that died after it
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM workspace;").unwrap();
    let _: i64 = reader.query_row("SELECT count(*) FROM workspace", [], |row| row.get(0)).unwrap();
    let writer = rusqlite::Connection::open(&path).unwrap();
    writer.execute_batch("UPDATE workspace SET name = 'Written last'").unwrap();
    let place = PutBack::begin(folder.path()).unwrap();
    std::fs::copy(&copy, place.staged()).unwrap();
    let aside = place.finish("x").unwrap().1.unwrap();
    drop((reader, writer));
    assert!(folder.path().join("ledger.sqlite.before-restore-x-wal").exists());
    let name: String = rusqlite::Connection::open(&aside)
        .unwrap()
        .query_row("SELECT name FROM workspace", [], |row| row.get(0))
        .unwrap();
    assert_eq!(name, "Written last", "nothing of what stood there is lost");
    assert_ne!(Ledger::open(folder.path()).unwrap().info().name, "Written last");
}

#[tokio::test]
async fn what_is_no_backup_is_not_put_back_and_leaves_everything_as_it_was() {
    let world = world().await;
    let folder = world.folder;
    drop(world.ledger);
    let before = std::fs::read(folder.path().join("ledger.sqlite")).unwrap();
    let place = PutBack::begin(folder.path()).unwrap();
    std::fs::write(place.staged(), &before[..before.len() / 2]).unwrap();
    assert!(matches!(place.finish("x"), Err(StoreError::Damaged(_))));
    assert_eq!(std::fs::read(folder.path().join("ledger.sqlite")).unwrap(), before);
    assert!(!names_in(folder.path()).iter().any(|name| name.contains("restor")), "{:?}", names_in(folder.path()));
    let new = folder.path().join("new");
    drop(PutBack::begin(&new).unwrap());
    assert!(!new.exists(), "a folder that was made for it goes with it");
}

#[tokio::test]
async fn a_damaged_ledger_is_put_aside_as_it_is() {
    let world = world().await;
    let (copy, _) = copied(&world).await;
    let folder = world.folder;
    drop(world.ledger);
    let path = folder.path().join("ledger.sqlite");
    let nonsense = vec![0x5A; 8192];
    std::fs::write(&path, &nonsense).unwrap();
    std::fs::write(folder.path().join("ledger.sqlite-wal"), b"nor this").unwrap();
    let place = PutBack::begin(folder.path()).unwrap();
    assert!(place.has_ledger());
    assert_eq!(place.find_workspace(), None);
    std::fs::copy(&copy, place.staged()).unwrap();
    let (_, aside) = place.finish("x").unwrap();
    assert_eq!(std::fs::read(aside.unwrap()).unwrap(), nonsense);
    assert!(folder.path().join("ledger.sqlite.before-restore-x-wal").exists());
    Ledger::open(folder.path()).unwrap();
}
