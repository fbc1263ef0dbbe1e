//! Backups from end to end, over real files.

use super::*;
use crate::clock::{Clock, SystemClock};
use crate::intake::tests::NOW_MS;
use crate::schedule::JobResult;
use crate::workspace::{Deps, Timing, Workspace};
use async_trait::async_trait;
use punte_connectors::{Budgets, HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_domain::FailureKind;
use punte_vault::{MemoryVault, Vault, VaultError};
use secrecy::SecretString;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        Err(TransportError::Unreachable("down".into()))
    }
}

/// A vault that nobody has unlocked.
struct Shut;

#[async_trait]
impl Vault for Shut {
    async fn get(&self, _: &str) -> punte_vault::Result<Option<SecretString>> {
        Err(VaultError::Waiting)
    }
    async fn set(&self, _: &str, _: SecretString) -> punte_vault::Result<()> {
        Err(VaultError::Waiting)
    }
    async fn delete(&self, _: &str) -> punte_vault::Result<()> {
        Err(VaultError::Waiting)
    }
}

struct Fixed(SystemClock);

impl Clock for Fixed {
    fn now_ms(&self) -> i64 {
        NOW_MS
    }
    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }
    fn new_id(&self, prefix: &str) -> String {
        self.0.new_id(prefix)
    }
    fn random(&self) -> u64 {
        self.0.random()
    }
    fn new_seed(&self) -> [u8; 32] {
        self.0.new_seed()
    }
}

struct Desk {
    state: TempDir,
    workspace: Arc<Workspace>,
}

impl Desk {
    /// Ends the workspace; its folder stays.
    async fn close(self) -> TempDir {
        self.workspace.stop().await;
        self.workspace.kill().await;
        let still = Arc::into_inner(self.workspace).is_none();
        assert!(!still, "the lock goes with the last handle");
        self.state
    }
}

fn desk_with(vault: Arc<dyn Vault>) -> Desk {
    let state = tempfile::tempdir().unwrap();
    let deps = Deps {
        clock: Arc::new(Fixed(SystemClock::default())),
        vault,
        transport: Arc::new(Nowhere),
        budgets: Arc::new(Budgets::new()),
        addresses: HashMap::new(),
        timing: Timing::default(),
        meters: Arc::default(),
        machine: "this one".into(),
        state: state.path().to_owned(),
    };
    let workspace = Workspace::create(&state.path().join("workspace"), "Atelier Cană", false, deps).unwrap();
    Desk { state, workspace }
}

fn desk() -> Desk {
    desk_with(Arc::new(MemoryVault::default()))
}

fn phrase() -> SecretString {
    "correct horse battery".into()
}

async fn backed_up(desk: &Desk) -> JobResult {
    desk.workspace.back_up(None).await.unwrap().0
}

fn sealed_settings() -> BackupSettings {
    BackupSettings { encrypt: true, ..BackupSettings::default() }
}

fn listed(place: &Place) -> Vec<BackupEntry> {
    place.look().unwrap().1
}

/// One backup, by its path.
async fn one_backup(desk: &Desk) -> PathBuf {
    let place = desk.workspace.backup_place();
    let known: Vec<_> = listed(&place).into_iter().map(|entry| entry.file).collect();
    assert_eq!(backed_up(desk).await.outcome, "ok");
    let file = listed(&place).into_iter().map(|entry| entry.file).find(|file| !known.contains(file));
    place.default_folder().join(file.unwrap())
}

fn names_in(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|one| one.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_lies_in_its_folder_verified_with_its_checksum() {
    let desk = desk();
    let result = backed_up(&desk).await;
    assert_eq!((result.outcome.as_str(), result.counts["verified"]), ("ok", 1), "{result:?}");
    assert!(result.counts["kib"] > 10, "{result:?}");
    let place = desk.workspace.backup_place();
    let [entry] = &listed(&place)[..] else { panic!("one file") };
    assert_eq!(
        (entry.verified_ms, entry.sealed, entry.bytes),
        (Some(NOW_MS), false, entry.made.as_ref().unwrap().bytes)
    );
    let file = place.find(&entry.file).unwrap().unwrap();
    assert_eq!(
        verify(&file, None, place.default_folder().as_path()).unwrap().workspace,
        desk.workspace.ledger.info().id
    );
    assert_eq!(names_in(&place.default_folder()), [entry.file.clone(), format!("{}.sha256", entry.file)]);
    assert_eq!(desk.workspace.backup_progress(), (0, 0), "over");
}

#[tokio::test]
async fn a_backup_under_a_passphrase_leaves_nothing_in_the_open() {
    let desk = desk();
    desk.workspace.set_backup(sealed_settings(), Some(phrase())).await.unwrap();
    let file = one_backup(&desk).await;
    assert!(file.to_str().unwrap().ends_with(".sqlite.sealed"));
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"SQLite"), "it is sealed");
    let folder = desk.workspace.ledger.folder();
    assert!(!names_in(folder).iter().any(|name| name.contains("unsealed")), "{:?}", names_in(folder));
    let looked =
        |passphrase: Option<SecretString>| verify(&file, passphrase.as_ref(), folder).map(|facts| facts.workspace);
    assert_eq!(looked(Some(phrase())).unwrap(), desk.workspace.ledger.info().id);
    assert!(matches!(looked(None), Err(BackupError::PassphraseMissing)));
    assert!(matches!(looked(Some("some other phrase".into())), Err(BackupError::PassphraseWrong)));
    assert!(!names_in(folder).iter().any(|name| name == "backup.opened"), "what was laid open is gone");
}

#[tokio::test]
async fn without_its_passphrase_nothing_is_backed_up_in_the_open_instead() {
    let desk = desk_with(Arc::new(Shut));
    let place = desk.workspace.backup_place();
    place.set(BackupSettings { passphrase_ms: Some(1), ..sealed_settings() }).unwrap();
    let result = backed_up(&desk).await;
    assert_eq!(result.outcome, "failed");
    assert_eq!(result.failure.unwrap().kind, FailureKind::BackupPassphrase);
    assert!(listed(&place).is_empty());
}

#[tokio::test]
async fn what_is_set_is_tried_before_it_is_kept() {
    let desk = desk();
    let workspace = &desk.workspace;
    let refused = async |settings: BackupSettings, passphrase: Option<SecretString>| match workspace
        .set_backup(settings, passphrase)
        .await
    {
        Err(EngineError::Invalid { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    let usual = BackupSettings::default;
    assert_eq!(refused(BackupSettings { every_hours: 5, ..usual() }, None).await, "everyHours");
    assert_eq!(refused(BackupSettings { keep: 0, ..usual() }, None).await, "keep");
    assert_eq!(refused(BackupSettings { folder: Some("not/from/the/root".into()), ..usual() }, None).await, "folder");
    let file = workspace.ledger.folder().join("ledger.sqlite");
    assert_eq!(refused(BackupSettings { folder: Some(file), ..usual() }, None).await, "folder", "a file is no folder");
    assert_eq!(refused(sealed_settings(), None).await, "passphrase", "none was ever given");
    assert_eq!(refused(sealed_settings(), Some("short".into())).await, "passphrase");
    assert_eq!(workspace.backup_place().settings().unwrap(), usual(), "nothing of it was kept");
    workspace.set_backup(sealed_settings(), Some(phrase())).await.unwrap();
    workspace.set_backup(sealed_settings(), None).await.unwrap();
    assert_eq!(workspace.backup_place().settings().unwrap().passphrase_ms, Some(NOW_MS), "the one before stays");
}

#[tokio::test]
async fn old_ones_go_only_after_a_newer_one_was_verified() {
    let desk = desk();
    let place = desk.workspace.backup_place();
    place.set(BackupSettings { keep: 1, ..BackupSettings::default() }).unwrap();
    one_backup(&desk).await;
    place.set(BackupSettings { keep: 1, encrypt: true, ..BackupSettings::default() }).unwrap();
    assert_eq!(backed_up(&desk).await.outcome, "failed", "no passphrase");
    assert_eq!(listed(&place).len(), 1, "the old one stays");
    place.set(BackupSettings { keep: 1, ..BackupSettings::default() }).unwrap();
    let result = backed_up(&desk).await;
    assert_eq!((result.counts["pruned"], listed(&place).len()), (1, 1));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_said() {
    let desk = desk();
    let in_the_way = desk.workspace.ledger.folder().join("in-the-way");
    std::fs::write(&in_the_way, "a file").unwrap();
    let settings = BackupSettings { folder: Some(in_the_way), ..BackupSettings::default() };
    desk.workspace.backup_place().set(settings).unwrap();
    let failure = backed_up(&desk).await.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::BackupUnwritable);
    assert!(failure.object.contains("in-the-way"), "{failure:?}");
}

#[tokio::test]
async fn the_schedule_has_it_unless_it_is_off_and_on_demand_it_is_made_all_the_same() {
    let desk = desk();
    let has = async || desk.workspace.list_jobs().await.unwrap().iter().any(|job| job.id == "backup");
    assert!(has().await, "daily, unless somebody says otherwise");
    desk.workspace.set_backup(BackupSettings { every_hours: 0, ..BackupSettings::default() }, None).await.unwrap();
    assert!(!has().await);
    let mut changes = desk.workspace.subscribe();
    desk.workspace.begin_backup(None).await.unwrap();
    let again = desk.workspace.begin_backup(None).await;
    assert!(matches!(again, Err(EngineError::NotNow("job_running"))), "{again:?}");
    while listed(&desk.workspace.backup_place()).is_empty() {
        changes.recv().await.unwrap();
    }
}

#[tokio::test]
async fn a_backup_is_put_back_in_place_and_opens_quarantined_when_more_was_done_since() {
    let desk = desk();
    desk.workspace.start().await.unwrap();
    let file = one_backup(&desk).await;
    let (folder, deps) = (desk.workspace.ledger.folder().to_owned(), desk.workspace.deps.clone());
    let in_place = Target::InPlace { folder: &folder, workspace: None };
    let running = restore(&file, None, in_place, NOW_MS);
    assert!(matches!(running, Err(BackupError::InUse(_))), "{running:?}");
    let owned = desk.close().await;
    {
        let next = Workspace::open(&folder, deps.clone()).unwrap();
        next.start().await.unwrap();
        assert_eq!(next.ledger.find_last_quarantine().await.unwrap(), None, "it went on as it was left");
        next.stop().await;
        next.kill().await;
    }
    let restored = restore(&file, None, in_place, NOW_MS).unwrap();
    assert_eq!(restored.facts.workspace, restored_id(&folder));
    assert!(restored.aside.unwrap().exists());
    let put_back = Workspace::open(&folder, deps).unwrap();
    // what a start does first; it goes on to read what was lost, and without a series there is nothing to read
    put_back.take_up().await.unwrap();
    assert_eq!(put_back.quarantine().map(|one| one.reason).as_deref(), Some("behind"));
    put_back.kill().await;
    drop(owned);
}

fn restored_id(folder: &Path) -> String {
    punte_store::Ledger::peek(folder).unwrap().0
}

#[tokio::test]
async fn nothing_changes_where_a_backup_does_not_fit() {
    let (desk, other) = (desk(), desk());
    desk.workspace.set_backup(sealed_settings(), Some(phrase())).await.unwrap();
    let (file, foreign) = (one_backup(&desk).await, one_backup(&other).await);
    let folder = desk.workspace.ledger.folder().to_owned();
    let owned = desk.close().await;
    let before = (names_in(&folder), std::fs::read(folder.join("ledger.sqlite")).unwrap());
    let in_place = Target::InPlace { folder: &folder, workspace: None };
    let wrong: SecretString = "some other phrase".into();
    let right = phrase();
    let new = folder.join("new");
    let refused = [
        restore(&file, Some(&wrong), in_place, NOW_MS),
        restore(&file, None, in_place, NOW_MS),
        restore(&foreign, None, in_place, NOW_MS),
        restore(&file, Some(&right), Target::New { folder: &folder }, NOW_MS),
        restore(&file, Some(&wrong), Target::New { folder: &new }, NOW_MS),
        restore(&folder.join("not there"), None, in_place, NOW_MS),
        restore(&file, Some(&right), Target::InPlace { folder: &new, workspace: None }, NOW_MS),
    ];
    let codes = refused.map(|refused| refused.unwrap_err().code());
    let expected = [
        "passphrase_wrong",
        "passphrase_missing",
        "other_workspace",
        "occupied",
        "passphrase_wrong",
        "unreadable",
        "missing",
    ];
    assert_eq!(codes, expected);
    assert_eq!((names_in(&folder), std::fs::read(folder.join("ledger.sqlite")).unwrap()), before);
    let restored = restore(&file, Some(&right), Target::New { folder: &new }, NOW_MS).unwrap();
    assert_eq!((restored_id(&new), restored.aside), (restored_id(&folder), None), "the same books");
    drop((owned, other));
}

#[tokio::test]
async fn a_damaged_ledger_gives_way_to_the_backup_of_its_workspace_alone() {
    let (desk, other) = (desk(), desk());
    let (file, foreign) = (one_backup(&desk).await, one_backup(&other).await);
    let (folder, id) = (desk.workspace.ledger.folder().to_owned(), desk.workspace.ledger.info().id.clone());
    let owned = desk.close().await;
    std::fs::write(folder.join("ledger.sqlite"), vec![0x5A; 40_000]).unwrap();
    let in_place = Target::InPlace { folder: &folder, workspace: Some(&id) };
    assert_eq!(restore(&foreign, None, in_place, NOW_MS).unwrap_err().code(), "other_workspace");
    restore(&file, None, in_place, NOW_MS).unwrap();
    assert_eq!(restored_id(&folder), id);
    drop((owned, other));
}

#[tokio::test]
async fn every_cut_and_every_byte_turned_over_is_refused_and_leaves_no_part() {
    let desk = desk();
    let plain = one_backup(&desk).await;
    desk.workspace.set_backup(sealed_settings(), Some(phrase())).await.unwrap();
    let held = one_backup(&desk).await;
    let work = desk.workspace.ledger.folder().join("work");
    std::fs::create_dir(&work).unwrap();
    let mut place = 0x2545_F491_4F6C_DD1D_u64;
    for (file, rounds) in [(&plain, 150), (&held, 12)] {
        let whole = std::fs::read(file).unwrap();
        for round in 0..rounds {
            place = place.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (place >> 20) as usize % whole.len();
            let mut bytes = whole.clone();
            match round % 3 {
                0 => bytes.truncate(at),
                1 => bytes[at] ^= (place >> 12) as u8 | 1,
                _ => bytes.extend_from_slice(&whole[..at.min(5000) + 1]),
            }
            std::fs::write(file, &bytes).unwrap();
            let new = work.join("new");
            let looked = verify(file, Some(&phrase()), &work);
            assert!(looked.is_err(), "round {round} at {at}: {looked:?}");
            let put_back = restore(file, Some(&phrase()), Target::New { folder: &new }, NOW_MS);
            assert!(put_back.is_err(), "round {round} at {at}: {put_back:?}");
            assert!(names_in(&work).iter().all(|name| name == "backup.opened.lock"), "round {round} at {at}");
        }
        std::fs::write(file, &whole).unwrap();
        verify(file, Some(&phrase()), &work).unwrap();
    }
}

#[tokio::test]
async fn a_workspace_that_nobody_owns_is_backed_up_from_outside_and_copied_on() {
    let desk = desk();
    let folder = desk.workspace.ledger.folder().to_owned();
    let state = desk.state.path().to_owned();
    let to = folder.join("out.sqlite");
    let make = |to: Option<&Path>, passphrase: Option<SecretString>| {
        back_up_closed(&state, &folder, to, passphrase.as_ref(), NOW_MS, || 7).map(|(file, _)| file)
    };
    assert_eq!(make(Some(&to), None).unwrap_err().code(), "in_use");
    let place = desk.workspace.backup_place();
    let owned = desk.close().await;
    make(Some(&to), None).unwrap();
    assert_eq!(make(Some(&to), None).unwrap_err().code(), "occupied");
    let sealed = make(Some(&folder.join("out.sqlite.sealed")), Some(phrase())).unwrap();
    verify(&sealed, Some(&phrase()), &folder).unwrap();
    assert!(listed(&place).is_empty(), "what goes elsewhere is not counted");
    let kept = make(None, None).unwrap();
    let [entry] = &listed(&place)[..] else { panic!("one file") };
    assert_eq!((place.find(&entry.file).unwrap(), entry.verified_ms), (Some(kept), Some(NOW_MS)));
    let elsewhere = folder.join("elsewhere.sqlite");
    copy_out(&to, &elsewhere).unwrap();
    verify(&elsewhere, None, &folder).unwrap();
    assert!(folder.join("elsewhere.sqlite.sha256").exists());
    assert!(!names_in(&folder).iter().any(|name| name.ends_with(".part") || name.contains("unsealed")));
    drop(owned);
}

#[tokio::test]
async fn settings_that_cannot_be_read_make_no_backup_and_none_in_the_open() {
    let desk = desk();
    let workspace = &desk.workspace;
    workspace.set_backup(sealed_settings(), Some(phrase())).await.unwrap();
    one_backup(&desk).await;
    let kept = desk.state.path().join("backups").join(format!("{}.json", workspace.ledger.info().id));
    let cut = std::fs::read(&kept).unwrap()[..40].to_vec();
    std::fs::write(&kept, &cut).unwrap();
    let failure = backed_up(&desk).await.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::BackupUnwritable);
    assert!(failure.detail.unwrap().contains(".json"), "it is named");
    assert!(workspace.look_at_backups().await.is_err());
    assert!(workspace.set_backup(sealed_settings(), Some(phrase())).await.is_err());
    let jobs = workspace.list_jobs().await.unwrap();
    assert!(jobs.iter().any(|job| job.id == "backup"), "it is tried, and says why it fails");
    assert_eq!(std::fs::read(&kept).unwrap(), cut, "nothing is written over it");
}

#[tokio::test]
async fn a_look_that_could_not_be_made_says_nothing_of_the_file() {
    let desk = desk();
    let workspace = &desk.workspace;
    workspace.set_backup(sealed_settings(), Some(phrase())).await.unwrap();
    let path = one_backup(&desk).await;
    let place = workspace.backup_place();
    let file = path.file_name().unwrap().to_str().unwrap();
    let verified = || listed(&place)[0].verified_ms;
    let in_the_way = workspace.ledger.folder().join("backup.opened");
    std::fs::create_dir(&in_the_way).unwrap();
    workspace.verify_backup(file, None).await.unwrap_err();
    workspace.verify_backup(file, Some("some other phrase".into())).await.unwrap_err();
    assert_eq!(verified(), Some(NOW_MS), "there was no room to look");
    std::fs::remove_dir(&in_the_way).unwrap();
    workspace.verify_backup(file, None).await.unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    workspace.verify_backup(file, None).await.unwrap_err();
    assert_eq!(verified(), None, "it is damaged");
}

#[tokio::test]
async fn what_a_kill_left_in_the_open_is_gone_after_the_next_start() {
    let desk = desk();
    let folder = desk.workspace.ledger.folder();
    let left = ["backup.unsealed", "backup.unsealed.part", "backup.opened"].map(|name| folder.join(name));
    for path in &left {
        std::fs::write(path, "in the open").unwrap();
    }
    let looking = std::fs::File::create(folder.join("backup.opened.lock")).unwrap();
    looking.lock().unwrap();
    sweep(folder);
    assert!(left[2].exists(), "somebody looks at it");
    drop(looking);
    desk.workspace.start().await.unwrap();
    assert!(left.iter().all(|path| !path.exists()), "{:?}", names_in(folder));
    desk.workspace.kill().await;
}
