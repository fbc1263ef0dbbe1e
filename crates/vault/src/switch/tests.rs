use super::*;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };
const PASSPHRASE: &str = "a passphrase of some length";

fn pass() -> Option<SecretString> {
    Some(PASSPHRASE.into())
}

/// A keyring that stands as it is told to.
struct Told {
    standing: Mutex<Standing>,
    vault: Arc<ToldVault>,
}

#[derive(Default)]
struct ToldVault {
    kept: MemoryVault,
    refusal: Mutex<Option<VaultError>>,
    /// How often it was asked: a real one asks a person then.
    asked: AtomicU32,
}

#[async_trait]
impl Keyring for Told {
    async fn look(&self) -> Standing {
        lock(&self.standing).clone()
    }
    fn vault(&self) -> Arc<dyn Vault> {
        self.vault.clone()
    }
}

impl ToldVault {
    fn say(&self) -> Result<()> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        lock(&self.refusal).clone().map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Vault for ToldVault {
    async fn get(&self, name: &str) -> Result<Option<SecretString>> {
        self.say()?;
        self.kept.get(name).await
    }
    async fn set(&self, name: &str, secret: SecretString) -> Result<()> {
        if *lock(&self.refusal) == Some(VaultError::Silent) {
            self.asked.fetch_add(1, Ordering::Relaxed);
            return std::future::pending().await;
        }
        self.say()?;
        self.kept.set(name, secret).await
    }
    async fn delete(&self, name: &str) -> Result<()> {
        self.say()?;
        self.kept.delete(name).await
    }
}

struct World {
    folder: TempDir,
    keyring: Arc<Told>,
    vault: Arc<SwitchVault>,
}

impl World {
    fn new(standing: Standing) -> World {
        let keyring = Arc::new(Told { standing: Mutex::new(standing), vault: Arc::default() });
        let folder = tempfile::tempdir().unwrap();
        let vault = SwitchVault::new(folder.path().join("credentials.vault"), keyring.clone(), CHEAP);
        World { folder, keyring, vault }
    }

    fn absent() -> World {
        World::new(Standing::Absent("no bus".into()))
    }

    fn shut() -> World {
        let world = World::new(Standing::Shut("locked".into()));
        *lock(&world.keyring.vault.refusal) = Some(VaultError::Waiting);
        world
    }

    fn unlock_keyring(&self) {
        *lock(&self.keyring.vault.refusal) = None;
        *lock(&self.keyring.standing) = Standing::Open;
    }

    /// The same state folder after a restart.
    fn again(self) -> World {
        let vault = SwitchVault::new(self.folder.path().join("credentials.vault"), self.keyring.clone(), CHEAP);
        World { vault, ..self }
    }

    fn stands(&self) -> (VaultState, Option<VaultKind>) {
        let status = self.vault.status();
        (status.state, status.kind)
    }

    async fn told(&self, name: &str) -> Option<String> {
        self.vault.get(name).await.unwrap().map(|secret| secret.expose_secret().to_owned())
    }
}

const WAITING: (VaultState, Option<VaultKind>) = (VaultState::Waiting, Some(VaultKind::OsKeyring));
const BY_KEYRING: (VaultState, Option<VaultKind>) = (VaultState::Ready, Some(VaultKind::OsKeyring));
const BY_FILE: (VaultState, Option<VaultKind>) = (VaultState::Ready, Some(VaultKind::File));
const LOCKED: (VaultState, Option<VaultKind>) = (VaultState::Locked, Some(VaultKind::File));

#[tokio::test]
async fn a_keyring_that_works_is_taken_without_a_question() {
    let world = World::new(Standing::Open);
    world.vault.open(None).await;
    assert_eq!(world.stands(), BY_KEYRING);
    world.vault.set("a", "secret".into()).await.unwrap();
    assert_eq!(world.told("a").await.as_deref(), Some("secret"));
    assert_eq!(world.vault.choose(VaultKind::File, pass(), false).await, Err(VaultError::NotNow("keyring_works")));
}

#[tokio::test]
async fn without_a_keyring_nothing_is_kept_until_a_person_chose() {
    let world = World::absent();
    world.vault.open(None).await;
    assert_eq!(world.stands(), (VaultState::NotChosen, None));
    assert_eq!(world.vault.status().reason.as_deref(), Some("no bus"));
    assert_eq!(world.vault.set("a", "secret".into()).await, Err(VaultError::NotChosen));
    assert_eq!(world.vault.get("a").await.err(), Some(VaultError::NotChosen));
    assert_eq!(std::fs::read_dir(world.folder.path()).unwrap().count(), 0, "nothing is written");
    world.vault.choose(VaultKind::SessionMemory, None, false).await.unwrap();
    assert_eq!(world.stands(), (VaultState::Ready, Some(VaultKind::SessionMemory)));
    world.vault.set("a", "secret".into()).await.unwrap();
    assert_eq!(world.told("a").await.as_deref(), Some("secret"));
}

#[tokio::test]
async fn a_keyring_that_refuses_or_forgets_is_not_used_and_says_why() {
    let world = World::new(Standing::Open);
    *lock(&world.keyring.vault.refusal) = Some(VaultError::Refused("read-only".into()));
    world.vault.open(None).await;
    assert_eq!(world.stands(), (VaultState::Refused, None));
    assert!(world.vault.status().reason.unwrap().contains("read-only"));
}

#[tokio::test(start_paused = true)]
async fn a_keyring_that_refuses_is_asked_again_by_a_person_and_by_itself() {
    let world = World::new(Standing::Refuses("access denied".into()));
    world.vault.open(None).await;
    assert_eq!(world.stands(), (VaultState::Refused, None));
    assert_eq!(world.vault.status().reason.as_deref(), Some("access denied"));
    assert_eq!(world.vault.get("a").await.err(), Some(VaultError::NotChosen));
    assert_eq!(world.vault.unlock("".into()).await, Err(VaultError::NotChosen));
    world.unlock_keyring();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(world.stands(), BY_KEYRING);
}

#[tokio::test(start_paused = true)]
async fn a_shut_keyring_is_waited_for_and_goes_on_by_itself() {
    let world = World::shut();
    world.vault.open(None).await;
    assert_eq!(world.stands(), WAITING);
    assert_eq!(world.vault.get("a").await.err(), Some(VaultError::Waiting));
    tokio::time::sleep(Duration::from_secs(10 * 60)).await;
    assert_eq!(world.stands(), WAITING);
    let asked = world.keyring.vault.asked.load(Ordering::Relaxed);
    assert_eq!(asked, 1, "a person is asked once to unlock it, not every minute");
    world.unlock_keyring();
    let ready = tokio::time::timeout(LONGEST_BETWEEN_LOOKS * 2, world.vault.leaves(VaultState::Waiting)).await;
    assert!(ready.is_ok());
    assert_eq!(world.stands(), BY_KEYRING);
}

#[tokio::test(start_paused = true)]
async fn a_keyring_that_is_silent_is_waited_for_too() {
    let world = World::new(Standing::Open);
    *lock(&world.keyring.vault.refusal) = Some(VaultError::Silent);
    world.vault.open(None).await;
    assert_eq!(world.stands(), WAITING);
    world.unlock_keyring();
    tokio::time::sleep(LONGEST_BETWEEN_LOOKS * 2).await;
    assert_eq!(world.stands(), BY_KEYRING);
}

#[tokio::test(start_paused = true)]
async fn a_keyring_that_comes_only_after_the_start_is_found() {
    let world = World::absent();
    world.vault.open(None).await;
    assert_eq!(world.stands(), (VaultState::NotChosen, None));
    world.unlock_keyring();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(world.stands(), BY_KEYRING);
}

#[tokio::test(start_paused = true)]
async fn a_keyring_that_is_locked_again_is_waited_for_again() {
    let world = World::new(Standing::Open);
    world.vault.open(None).await;
    *lock(&world.keyring.standing) = Standing::Shut("locked".into());
    *lock(&world.keyring.vault.refusal) = Some(VaultError::Waiting);
    assert_eq!(world.vault.get("a").await.err(), Some(VaultError::Waiting));
    assert_eq!(world.stands(), WAITING);
    world.unlock_keyring();
    tokio::time::sleep(LONGEST_BETWEEN_LOOKS).await;
    assert_eq!(world.stands(), BY_KEYRING);
}

#[tokio::test]
async fn a_chosen_file_is_locked_after_a_restart_until_its_passphrase_comes() {
    let world = World::absent();
    world.vault.open(None).await;
    world.vault.choose(VaultKind::File, pass(), false).await.unwrap();
    world.vault.set("a", "secret".into()).await.unwrap();
    let world = world.again();
    world.vault.open(Some(VaultKind::File)).await;
    assert_eq!(world.stands(), LOCKED);
    assert_eq!(world.vault.get("a").await.err(), Some(VaultError::Locked));
    assert_eq!(world.vault.set("a", "other".into()).await, Err(VaultError::Locked));
    assert_eq!(world.vault.unlock("not the right one".into()).await, Err(VaultError::WrongPassphrase));
    assert_eq!(world.stands(), LOCKED);
    world.vault.unlock(PASSPHRASE.into()).await.unwrap();
    assert_eq!(world.stands(), BY_FILE);
    assert_eq!(world.told("a").await.as_deref(), Some("secret"));
}

#[tokio::test]
async fn a_chosen_file_stays_the_choice_although_a_keyring_is_there_now() {
    let world = World::absent();
    world.vault.open(None).await;
    world.vault.choose(VaultKind::File, pass(), false).await.unwrap();
    let world = world.again();
    world.unlock_keyring();
    world.vault.open(Some(VaultKind::File)).await;
    assert_eq!(world.stands(), LOCKED);
}

#[tokio::test]
async fn a_session_that_was_chosen_is_left_for_a_keyring_that_is_there_again() {
    let world = World::absent();
    world.vault.open(Some(VaultKind::SessionMemory)).await;
    assert_eq!(world.stands(), (VaultState::Ready, Some(VaultKind::SessionMemory)));
    let world = world.again();
    world.unlock_keyring();
    world.vault.open(Some(VaultKind::SessionMemory)).await;
    assert_eq!(world.stands(), BY_KEYRING);
}

#[tokio::test]
async fn a_locked_keyring_is_waited_for_although_a_session_was_chosen_once() {
    let world = World::shut();
    world.vault.open(Some(VaultKind::SessionMemory)).await;
    assert_eq!(world.stands(), WAITING);
}

#[tokio::test]
async fn a_file_that_is_gone_is_not_made_anew_by_itself() {
    let world = World::absent();
    world.vault.open(Some(VaultKind::File)).await;
    assert_eq!(world.stands(), (VaultState::NotChosen, None));
    assert!(world.vault.status().reason.unwrap().contains("gone"));
    assert!(!world.vault.file().exists());
}

#[tokio::test]
async fn what_a_session_holds_is_carried_into_the_file_and_from_there_into_the_keyring() {
    let world = World::absent();
    world.vault.open(None).await;
    world.vault.choose(VaultKind::SessionMemory, None, false).await.unwrap();
    world.vault.set("a", "secret".into()).await.unwrap();
    world.vault.choose(VaultKind::File, pass(), false).await.unwrap();
    assert_eq!(world.stands(), BY_FILE);
    assert_eq!(world.told("a").await.as_deref(), Some("secret"));
    let refused = world.vault.choose(VaultKind::OsKeyring, None, false).await;
    assert_eq!((refused, world.stands()), (Err(VaultError::Waiting), BY_FILE), "there is none yet");
    world.unlock_keyring();
    world.vault.choose(VaultKind::OsKeyring, None, false).await.unwrap();
    assert_eq!(world.stands(), BY_KEYRING);
    assert_eq!(world.told("a").await.as_deref(), Some("secret"));
    assert!(!world.vault.file().exists(), "put aside");
}

#[tokio::test]
async fn a_file_is_given_up_only_when_that_is_said_and_stays_aside() {
    let world = World::absent();
    world.vault.open(None).await;
    world.vault.choose(VaultKind::File, pass(), false).await.unwrap();
    world.vault.set("a", "secret".into()).await.unwrap();
    let world = world.again();
    world.vault.open(Some(VaultKind::File)).await;
    let other = || Some("another passphrase".into());
    assert_eq!(world.vault.choose(VaultKind::File, other(), false).await, Err(VaultError::WrongPassphrase));
    let refused = world.vault.choose(VaultKind::SessionMemory, None, false).await;
    assert_eq!((refused, world.stands()), (Err(VaultError::NotNow("file_locked")), LOCKED));
    world.vault.choose(VaultKind::File, other(), true).await.unwrap();
    assert_eq!(world.told("a").await, None);
    let aside = FileVault::open(&beside(world.vault.file(), "old-1"), PASSPHRASE.into()).await.unwrap();
    assert!(aside.get("a").await.unwrap().is_some());
}

#[tokio::test]
async fn a_damaged_file_is_told_and_left_as_it_is() {
    let world = World::absent();
    std::fs::write(world.vault.file(), b"PUNTEVLT").unwrap();
    world.vault.open(Some(VaultKind::File)).await;
    assert!(matches!(world.vault.unlock(PASSPHRASE.into()).await, Err(VaultError::Damaged(_))));
    assert_eq!(std::fs::read(world.vault.file()).unwrap(), b"PUNTEVLT");
    assert_eq!(world.vault.unlock_wait(), None, "that was no guess");
}

#[tokio::test]
async fn a_new_passphrase_must_be_long_enough() {
    let world = World::absent();
    world.vault.open(None).await;
    for short in [None, Some("eleven char".into())] {
        assert_eq!(world.vault.choose(VaultKind::File, short, false).await, Err(VaultError::TooShort));
    }
    world.vault.choose(VaultKind::File, pass(), false).await.unwrap();
    let changed = world.vault.change_passphrase(PASSPHRASE.into(), "short".into()).await;
    assert_eq!(changed, Err(VaultError::TooShort));
    world.vault.change_passphrase(PASSPHRASE.into(), "another passphrase".into()).await.unwrap();
    let world = world.again();
    world.vault.open(Some(VaultKind::File)).await;
    assert_eq!(world.vault.unlock(PASSPHRASE.into()).await, Err(VaultError::WrongPassphrase));
    world.vault.unlock("another passphrase".into()).await.unwrap();
}

#[tokio::test]
async fn after_too_many_wrong_ones_even_the_right_one_waits() {
    let world = World::absent();
    world.vault.open(None).await;
    world.vault.choose(VaultKind::File, pass(), false).await.unwrap();
    let world = world.again();
    world.vault.open(Some(VaultKind::File)).await;
    for _ in 0..5 {
        assert_eq!(world.vault.unlock("a guess".into()).await, Err(VaultError::WrongPassphrase));
    }
    assert!(matches!(world.vault.unlock(PASSPHRASE.into()).await, Err(VaultError::TooSoon(_))));
    let wait = world.vault.unlock_wait().unwrap();
    tokio::time::pause();
    tokio::time::advance(wait).await;
    tokio::time::resume();
    world.vault.unlock(PASSPHRASE.into()).await.unwrap();
}

#[tokio::test]
async fn a_file_whose_passphrase_another_process_changed_is_locked_again() {
    let world = World::absent();
    world.vault.open(None).await;
    world.vault.choose(VaultKind::File, pass(), false).await.unwrap();
    let other = FileVault::open(world.vault.file(), PASSPHRASE.into()).await.unwrap();
    other.change_passphrase(PASSPHRASE.into(), "another passphrase".into(), CHEAP).await.unwrap();
    assert_eq!(world.vault.get("a").await.err(), Some(VaultError::Locked));
    assert_eq!(world.stands(), LOCKED);
    world.vault.unlock("another passphrase".into()).await.unwrap();
    assert_eq!(world.stands(), BY_FILE);
}

#[tokio::test]
async fn what_a_store_remembers_of_a_ledger_is_not_written_over_by_what_is_carried_there() {
    let world = World::absent();
    world.vault.open(None).await;
    world.vault.choose(VaultKind::File, pass(), false).await.unwrap();
    for name in ["ws_1/mark", "ws_1/con_1"] {
        world.vault.set(name, "of the file".into()).await.unwrap();
    }
    let world = world.again();
    world.vault.open(None).await;
    world.vault.choose(VaultKind::SessionMemory, None, false).await.unwrap();
    for name in ["ws_1/mark", "ws_2/mark", "ws_1/con_1"] {
        world.vault.set(name, "of the session".into()).await.unwrap();
    }
    let before = world.vault.opening();
    world.vault.choose(VaultKind::File, pass(), false).await.unwrap();
    assert_ne!(world.vault.opening(), before, "whoever compared with the one before compares anew");
    assert_eq!(world.told("ws_1/mark").await.as_deref(), Some("of the file"));
    assert_eq!(world.told("ws_2/mark").await.as_deref(), Some("of the session"));
    assert_eq!(world.told("ws_1/con_1").await.as_deref(), Some("of the session"));
    world.keyring.vault.kept.set("ws_1/mark", "of the keyring".into()).await.unwrap();
    world.unlock_keyring();
    world.vault.choose(VaultKind::OsKeyring, None, false).await.unwrap();
    assert_eq!(world.told("ws_1/mark").await.as_deref(), Some("of the keyring"));
    assert_eq!(world.told("ws_2/mark").await.as_deref(), Some("of the session"));
}
