use super::*;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };
const PASSPHRASE: &str = "a passphrase of some length";

fn pass() -> SecretString {
    PASSPHRASE.into()
}

async fn made(folder: &Path) -> (FileVault, PathBuf) {
    let path = folder.join("credentials.vault");
    let vault = FileVault::create(&path, pass(), CHEAP, Vec::new()).await.unwrap();
    vault.set("ws/con_1", "șecret-one".into()).await.unwrap();
    (vault, path)
}

async fn told(vault: &FileVault, name: &str) -> Option<String> {
    vault.get(name).await.unwrap().map(|secret| secret.expose_secret().to_owned())
}

async fn refusal(path: &Path, passphrase: &str) -> Option<VaultError> {
    FileVault::open(path, passphrase.into()).await.err()
}

/// With a checksum that agrees, as whoever tampers would write it.
fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - 32;
    let checksum = Sha256::digest(&bytes[..end]);
    bytes[end..].copy_from_slice(&checksum);
    bytes
}

#[tokio::test]
async fn what_was_set_is_there_after_the_next_opening_and_not_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, path) = made(folder.path()).await;
    vault.set("ws/con_2", "second".into()).await.unwrap();
    vault.delete("ws/con_2").await.unwrap();
    vault.delete("ws/con_2").await.unwrap();
    let again = FileVault::open(&path, pass()).await.unwrap();
    assert_eq!(told(&again, "ws/con_1").await.as_deref(), Some("șecret-one"));
    assert_eq!(told(&again, "ws/con_2").await, None);
    let bytes = std::fs::read(&path).unwrap();
    for word in ["șecret-one", "con_1", PASSPHRASE] {
        assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".new")), "no draft stays: {left:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    // one that a crash left, open to everyone
    std::fs::write(folder.path().join("credentials.vault.new"), "half").unwrap();
    let (_, path) = made(folder.path()).await;
    for path in [path.clone(), beside(&path, "lock")] {
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_wrong_passphrase_is_told_as_such_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = made(folder.path()).await;
    let before = std::fs::read(&path).unwrap();
    for wrong in ["", "A passphrase of some length", "a passphrase of some length "] {
        assert_eq!(refusal(&path, wrong).await, Some(VaultError::WrongPassphrase), "{wrong:?}");
    }
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn one_changed_byte_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = made(folder.path()).await;
    let whole = std::fs::read(&path).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert!(matches!(refusal(&path, PASSPHRASE).await, Some(VaultError::Damaged(_))), "byte {at}");
    }
}

#[tokio::test]
async fn one_changed_byte_is_refused_even_where_the_checksum_was_made_to_agree() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = made(folder.path()).await;
    let whole = std::fs::read(&path).unwrap();
    for at in 0..whole.len() - 32 {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, with_checksum(bytes)).unwrap();
        let refused = refusal(&path, PASSPHRASE).await;
        assert!(
            matches!(refused, Some(VaultError::Damaged(_) | VaultError::WrongPassphrase)),
            "byte {at}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn a_file_that_ends_anywhere_too_early_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = made(folder.path()).await;
    let whole = std::fs::read(&path).unwrap();
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert!(matches!(refusal(&path, PASSPHRASE).await, Some(VaultError::Damaged(_))), "{length} bytes");
        if length > 32 {
            std::fs::write(&path, with_checksum(whole[..length].to_vec())).unwrap();
            let refused = refusal(&path, PASSPHRASE).await;
            assert!(
                matches!(refused, Some(VaultError::Damaged(_) | VaultError::WrongPassphrase)),
                "{length}: {refused:?}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_no_file_of_credentials_is_refused_without_a_word_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials.vault");
    for foreign in [b"<html>secret-page</html>".to_vec(), vec![0; 4096], vec![b'x'; MOST_BYTES + 10]] {
        std::fs::write(&path, &foreign).unwrap();
        let refused = refusal(&path, PASSPHRASE).await.unwrap();
        assert!(matches!(refused, VaultError::Damaged(_)) && !refused.to_string().contains("secret-page"), "{refused}");
    }
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(refusal(&path, PASSPHRASE).await, Some(VaultError::Damaged(_))), "gone");
}

#[tokio::test]
async fn a_header_cannot_ask_for_more_than_its_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = made(folder.path()).await;
    let whole = std::fs::read(&path).unwrap();
    // memory in KiB, passes, lanes
    for (at, asked) in [
        (10, u32::MAX),
        (10, 100 * 1024 * 1024),
        (10, 0),
        (14, u32::MAX),
        (14, 0),
        (18, 1 << 23),
        (18, u32::MAX),
        (18, 0),
    ] {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&u32::to_le_bytes(asked));
        std::fs::write(&path, with_checksum(bytes)).unwrap();
        let refused = refusal(&path, PASSPHRASE).await;
        assert!(matches!(refused, Some(VaultError::Damaged(_))), "{asked} at {at}: {refused:?}");
    }
}

#[tokio::test]
async fn another_format_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = made(folder.path()).await;
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8] = 2;
    std::fs::write(&path, with_checksum(bytes)).unwrap();
    assert!(refusal(&path, PASSPHRASE).await.unwrap().to_string().contains("format 2"));
}

#[tokio::test]
async fn the_same_map_is_never_written_twice_alike() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, path) = made(folder.path()).await;
    let before = std::fs::read(&path).unwrap();
    vault.set("ws/con_1", "șecret-one".into()).await.unwrap();
    let after = std::fs::read(&path).unwrap();
    assert_ne!(before[38..62], after[38..62], "a nonce of its own");
    assert_eq!(before[..38], after[..38], "the same salt: the key stands");
}

#[tokio::test]
async fn two_that_have_it_open_lose_nothing_of_each_others() {
    let folder = tempfile::tempdir().unwrap();
    let (one, path) = made(folder.path()).await;
    let other = FileVault::open(&path, pass()).await.unwrap();
    let writers = (0..8).map(|turn| {
        let vault = if turn % 2 == 0 { one.clone() } else { other.clone() };
        tokio::spawn(async move { vault.set(&format!("con_{turn}"), format!("secret {turn}").into()).await })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap().unwrap();
    }
    for turn in 0..8 {
        let name = format!("con_{turn}");
        for vault in [&one, &other] {
            assert_eq!(
                told(vault, &name).await,
                Some(format!("secret {turn}")),
                "read again without a write of its own"
            );
        }
    }
}

#[tokio::test]
async fn another_passphrase_opens_it_from_then_on_and_locks_whoever_had_it_open() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, path) = made(folder.path()).await;
    let other = FileVault::open(&path, pass()).await.unwrap();
    let new = "quite another passphrase";
    let wrong = vault.change_passphrase("not it at all".into(), new.into(), CHEAP).await;
    assert_eq!(wrong, Err(VaultError::WrongPassphrase));
    vault.change_passphrase(pass(), new.into(), CHEAP).await.unwrap();
    assert_eq!(told(&vault, "ws/con_1").await.as_deref(), Some("șecret-one"));
    assert_eq!(refusal(&path, PASSPHRASE).await, Some(VaultError::WrongPassphrase));
    assert!(refusal(&path, new).await.is_none());
    assert_eq!(other.get("ws/con_1").await.err(), Some(VaultError::Locked));
    let before = std::fs::read(&path).unwrap();
    assert_eq!(other.set("ws/con_1", "stale".into()).await, Err(VaultError::Locked));
    assert_eq!(std::fs::read(&path).unwrap(), before, "nothing was written over it");
}

#[tokio::test]
async fn a_file_that_was_damaged_while_open_is_neither_believed_nor_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, path) = made(folder.path()).await;
    std::fs::write(&path, b"PUNTEVLT and nothing more").unwrap();
    assert!(matches!(vault.get("ws/con_1").await, Err(VaultError::Damaged(_))));
    assert!(matches!(vault.set("ws/con_1", "new".into()).await, Err(VaultError::Damaged(_))));
    assert_eq!(std::fs::read(&path).unwrap(), b"PUNTEVLT and nothing more");
}

#[tokio::test]
async fn more_than_a_file_may_be_is_refused_and_what_was_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, path) = made(folder.path()).await;
    let refused = vault.set("large", "x".repeat(MOST_BYTES).into()).await;
    assert!(matches!(refused, Err(VaultError::Refused(_))), "{refused:?}");
    assert_eq!(told(&vault, "large").await, None);
    let again = FileVault::open(&path, pass()).await.unwrap();
    assert_eq!(told(&again, "ws/con_1").await.as_deref(), Some("șecret-one"));
}

#[tokio::test]
async fn a_file_that_is_there_is_not_written_over_by_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = made(folder.path()).await;
    let refused = FileVault::create(&path, pass(), CHEAP, Vec::new()).await.err();
    assert!(matches!(refused, Some(VaultError::Refused(_))));
    assert!(refusal(&path, PASSPHRASE).await.is_none());
}

#[tokio::test]
async fn what_it_costs_in_earnest_is_what_it_says() {
    assert!(Cost::default().memory_kib >= 64 * 1024 && Cost::default().passes >= 3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials.vault");
    FileVault::create(&path, pass(), Cost::default(), vec![("a".into(), "b".into())]).await.unwrap();
    let again = FileVault::open(&path, pass()).await.unwrap();
    assert_eq!(told(&again, "a").await.as_deref(), Some("b"));
}
