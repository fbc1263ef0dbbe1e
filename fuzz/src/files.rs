//! Files of our own that somebody else may have written or changed: the file of credentials, and backups. What is refused leaves
//! everything as it was.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::stream::{EncryptorBE32, Nonce, StreamBE32};
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use punte_domain::WorkspaceSeed;
use punte_engine::backup::{self as backups, BackupError, Target};
use punte_engine::store::{Ledger, NewWorkspace};
use punte_engine::vault::{FileVault, Vault as _, VaultError};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

const PASSPHRASE: &str = "a passphrase of some length";
/// The least that deriving a key may cost: memory in KiB, passes, lanes.
const CHEAP: [u32; 3] = [32, 1, 1];
/// What a header may ask for at most, and pays for: such a file is opened at the least cost instead, so that it is quick.
const MOST: [u32; 3] = [256 * 1024, 16, 4];
/// Where the three numbers stand in both kinds of file, and where their salt.
const NUMBERS: usize = 10;
const SALT: std::ops::Range<usize> = 22..38;
const CHECKSUM: usize = 32;
/// Of the file of credentials: with its nonce.
const VAULT_HEADER: usize = 62;
/// Of a sealed backup: with its nonce; then the proof's tag.
const BACKUP_HEADER: usize = 57;
const TAG: usize = 16;
const NOW_MS: i64 = 1_795_000_000_000;
const WORKSPACE: &str = "ws_fuzzed";

/// In memory where the system has such a place: everything here is synced to the disk again and again.
pub fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    tempfile::Builder::new().prefix("punte-fuzz-").tempdir_in(folder).expect("a folder to work in")
}

fn names_in(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).expect("it is a folder");
    let mut names: Vec<String> =
        names.map(|one| one.expect("a name").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn passphrase() -> SecretString {
    PASSPHRASE.into()
}

fn header(magic: &[u8; 8], nonce_bytes: usize) -> Vec<u8> {
    let numbers = CHEAP.iter().flat_map(|number| number.to_le_bytes());
    let mut header: Vec<u8> = magic.iter().copied().chain([1, 0]).chain(numbers).collect();
    header.extend([7; SALT.end - SALT.start]);
    header.extend(vec![9; nonce_bytes]);
    header
}

fn cipher(header: &[u8]) -> XChaCha20Poly1305 {
    let params = Params::new(CHEAP[0], CHEAP[1], CHEAP[2], Some(32)).expect("the least there is");
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(PASSPHRASE.as_bytes(), &header[SALT], &mut key)
        .expect("a key of a passphrase");
    XChaCha20Poly1305::new(&key.into())
}

/// As whoever tampers would leave it: with a checksum that agrees. `checked` bytes are under it, and it stands behind them.
fn with_checksum(mut file: Vec<u8>, checked: usize) -> Vec<u8> {
    for (at, (most, cheap)) in MOST.iter().zip(CHEAP).enumerate() {
        let place = NUMBERS + 4 * at..NUMBERS + 4 * at + 4;
        let asked = u32::from_le_bytes(file[place.clone()].try_into().expect("four bytes"));
        if (cheap..=*most).contains(&asked) {
            file[place].copy_from_slice(&cheap.to_le_bytes());
        }
    }
    let checksum = Sha256::digest(&file[..checked]);
    file[checked..checked + CHECKSUM].copy_from_slice(&checksum);
    file
}

/// Bytes sealed as a file of credentials, whatever they are.
fn sealed_map(plain: &[u8]) -> Vec<u8> {
    let mut file = header(b"PUNTEVLT", VAULT_HEADER - SALT.end);
    let payload = Payload { msg: plain, aad: &file };
    let sealed = cipher(&file).encrypt(XNonce::from_slice(&file[SALT.end..]), payload).expect("it is short");
    file.extend(sealed);
    let checksum = Sha256::digest(&file);
    file.extend(checksum);
    file
}

/// A file of credentials: a byte says what is done to the rest, and whether it takes the place of one that is open.
pub fn vault(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    let (mut file, mut held) = (rest.to_vec(), None);
    match choice & 3 {
        0 => {}
        1 if rest.len() >= VAULT_HEADER + TAG + CHECKSUM => file = with_checksum(file, rest.len() - CHECKSUM),
        1 => return,
        _ => {
            file = sealed_map(rest);
            held = Some(serde_json::from_slice::<BTreeMap<String, String>>(rest).ok());
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    runtime.block_on(async {
        let folder = scratch();
        let path = folder.path().join("credentials.vault");
        if choice & 4 == 4 {
            return replaced_while_open(&path, &file).await;
        }
        std::fs::write(&path, &file).expect("it is written");
        let opened = FileVault::open(&path, passphrase()).await;
        assert_eq!(std::fs::read(&path).expect("it is there"), file, "to open it changes nothing");
        assert_eq!(names_in(folder.path()), ["credentials.vault"], "and leaves nothing beside it");
        match (&opened, &held) {
            (Ok(_), Some(None)) => panic!("what is no map of names and secrets was taken for one"),
            (Err(error), Some(Some(_))) => panic!("a sound file was refused: {error}"),
            (Err(error), _) => assert!(is_of_file(error), "{error}"),
            (Ok(vault), _) => {
                let mut all = all_of(vault).await;
                assert!(held.flatten().is_none_or(|held| held == all), "it holds what was sealed");
                vault.set("one more", "its secret".into()).await.expect("there is room for it");
                all.insert("one more".to_owned(), "its secret".to_owned());
                let again = FileVault::open(&path, passphrase()).await.expect("what was written is read");
                assert_eq!(all_of(&again).await, all);
            }
        }
    });
}

/// What is put in the place of an open file is taken over, or refused and left alone.
async fn replaced_while_open(path: &Path, file: &[u8]) {
    std::fs::write(path, sealed_map(br#"{"ws/con":"a secret"}"#)).expect("it is written");
    let vault = FileVault::open(path, passphrase()).await.expect("it is sound");
    std::fs::write(path, file).expect("it is written");
    if let Err(error) = vault.set("one more", "its secret".into()).await {
        assert!(is_of_file(&error) || error == VaultError::Locked, "{error}");
        assert_eq!(std::fs::read(path).expect("it is there"), file, "it is not written over");
        return;
    }
    let all = all_of(&FileVault::open(path, passphrase()).await.expect("what was written is read")).await;
    assert_eq!(all.get("one more").map(String::as_str), Some("its secret"));
}

fn is_of_file(error: &VaultError) -> bool {
    matches!(error, VaultError::Damaged(_) | VaultError::WrongPassphrase)
}

async fn all_of(vault: &FileVault) -> BTreeMap<String, String> {
    let all = vault.all().await.expect("it is open");
    all.into_iter().map(|(name, secret)| (name, secret.expose_secret().to_owned())).collect()
}

/// A backup: a byte says how the file is made of the rest. What is refused leaves the place as it was; what is put back was
/// found sound before.
pub fn backup(data: &[u8]) {
    let Some((choice, rest)) = data.split_first() else { return };
    let file = match choice & 3 {
        0 => rest.to_vec(),
        1 if rest.len() >= BACKUP_HEADER + TAG + CHECKSUM => with_checksum(rest.to_vec(), BACKUP_HEADER + TAG),
        1 => return,
        2 => sealed_backup(rest),
        _ if choice & 4 == 4 => sealed_backup(&patched(rest)),
        _ => patched(rest),
    };
    let folder = scratch();
    let (path, place, work) = (folder.path().join("given"), folder.path().join("place"), folder.path().join("work"));
    std::fs::write(&path, &file).expect("it is written");
    std::fs::create_dir(&place).expect("a new folder");
    let ledger = place.join("ledger.sqlite");
    std::fs::write(&ledger, sound()).expect("it is written");
    // its lock stays
    std::fs::write(place.join("owner.lock"), "").expect("it is written");
    let before = names_in(&place);
    let key = passphrase();
    let looked = backups::verify(&path, Some(&key), &work);
    assert!(!work.exists(), "what was laid open is gone");
    let target = Target::InPlace { folder: &place, workspace: Some(WORKSPACE) };
    match backups::restore(&path, Some(&key), target, NOW_MS) {
        Err(error) => {
            assert!(is_told(&error), "{error}");
            assert_eq!(names_in(&place), before, "nothing came and nothing went: {error}");
            assert_eq!(std::fs::read(&ledger).expect("it is there"), sound(), "the books stand: {error}");
        }
        Ok(restored) => {
            let facts = looked.expect("it was looked at before");
            assert_eq!((restored.facts.workspace.as_str(), &restored.facts), (WORKSPACE, &facts));
            let aside = restored.aside.expect("what stood there is kept");
            assert_eq!(std::fs::read(aside).expect("it is there"), sound());
            // it may be older than this program, or hold what no program wrote: that is told, too
            drop(Ledger::open(&place));
        }
    }
    assert_eq!(std::fs::read(&path).expect("it is there"), file, "the backup itself is only read");
}

fn is_told(error: &BackupError) -> bool {
    use BackupError::{Damaged, Foreign, Newer, OtherWorkspace, PassphraseWrong};
    matches!(error, Damaged(_) | Foreign(_) | Newer { .. } | OtherWorkspace(_) | PassphraseWrong)
}

/// Bytes sealed as a backup, whatever they are.
fn sealed_backup(plain: &[u8]) -> Vec<u8> {
    const PIECE: usize = 64 * 1024;
    let header = header(b"PUNTEBKP", BACKUP_HEADER - SALT.end);
    let nonce = Nonce::<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>>::from_slice(&header[SALT.end..]);
    let mut stream = EncryptorBE32::from_aead(cipher(&header), nonce);
    let mut file = header.clone();
    let seal = |msg| Payload { msg, aad: &header };
    file.extend(stream.encrypt_next(seal(&[])).expect("it is short"));
    let checksum = Sha256::digest(&file);
    file.extend(checksum);
    let last = plain.len().saturating_sub(1) / PIECE;
    for piece in plain.chunks(PIECE).take(last) {
        file.extend(stream.encrypt_next(seal(piece)).expect("it is short"));
    }
    file.extend(stream.encrypt_last(seal(&plain[last * PIECE..])).expect("it is short"));
    file
}

/// A sound backup of a ledger without records.
fn sound() -> &'static [u8] {
    static SOUND: OnceLock<Vec<u8>> = OnceLock::new();
    SOUND.get_or_init(|| {
        let folder = scratch();
        let place: PathBuf = folder.path().join("ws");
        let seed = WorkspaceSeed([3; 32]);
        let new = NewWorkspace { id: WORKSPACE.into(), name: "Cană".into(), is_sandbox: false, seed, now_ms: NOW_MS };
        drop(Ledger::create(&place, &new).expect("a new ledger"));
        let copy = folder.path().join("copy");
        // its writer ends a moment after its handle
        let made = (0..500).any(|_| {
            let made = Ledger::backup_folder(&place, &copy, |_, _| true).is_ok();
            if !made {
                std::thread::park_timeout(std::time::Duration::from_millis(10));
            }
            made
        });
        assert!(made, "a copy of a new ledger");
        std::fs::read(copy).expect("it is there")
    })
}

/// That backup with changes: four bytes each, of which three say where and one what; a high bit cuts the file there.
fn patched(changes: &[u8]) -> Vec<u8> {
    let mut file = sound().to_vec();
    for change in changes.chunks_exact(4) {
        let at = (usize::from(change[0]) << 16 | usize::from(change[1]) << 8 | usize::from(change[2])) & 0x7f_ffff;
        let at = at % file.len().max(1);
        if change[0] & 0x80 == 0x80 {
            file.truncate(at);
        } else if let Some(byte) = file.get_mut(at) {
            *byte = change[3];
        }
    }
    file
}
