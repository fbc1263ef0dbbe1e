//! The file's bytes: a header, the sealed map, and a plain checksum.
//!
//! `PUNTEVLT`, format version (2 bytes), argon2id's memory in KiB, passes and lanes (4 bytes each), salt (16), nonce (24); then
//! the names and secrets as JSON under XChaCha20-Poly1305, with everything before as associated data; then SHA-256 of all of it.
//! The checksum protects nothing: it tells a damaged file from a wrong passphrase, before any key is derived. Numbers are
//! little-endian.

use crate::{Result, VaultError};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::rand_core::RngCore;
use chacha20poly1305::aead::{Aead, KeyInit, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

const MAGIC: &[u8; 8] = b"PUNTEVLT";
const VERSION: u16 = 1;
const SALT: usize = 16;
const NONCE: usize = 24;
const HEADER: usize = MAGIC.len() + 2 + 3 * 4 + SALT + NONCE;
const TAG: usize = 16;
const CHECKSUM: usize = 32;
/// A file is never longer: some hundred connections need a thousandth of it.
pub(super) const MOST_BYTES: usize = 1024 * 1024;

/// What a header may ask for at most, whoever wrote it: memory in KiB, passes, lanes.
const MOST: Cost = Cost { memory_kib: 256 * 1024, passes: 16, lanes: 4 };

pub(super) type Salt = [u8; SALT];
pub(super) type Checksum = [u8; CHECKSUM];
pub(super) type Secrets = BTreeMap<String, SecretString>;

/// What deriving the key costs, and so what trying passphrases costs whoever has the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Default for Cost {
    /// Some tenths of a second on a small machine.
    fn default() -> Self {
        Cost { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

impl Cost {
    fn params(self) -> Result<Params> {
        let is_bounded = self.memory_kib <= MOST.memory_kib && self.passes <= MOST.passes && self.lanes <= MOST.lanes;
        // not before it is known to be bounded: it reckons with what is asked for
        let made = is_bounded.then(|| Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok()).flatten();
        made.ok_or_else(|| damaged("it asks for a key derivation that is out of bounds"))
    }
}

/// What opens a file. Zeroed when dropped.
#[derive(Clone)]
pub(super) struct Key {
    bytes: Zeroizing<[u8; 32]>,
    pub salt: Salt,
    pub cost: Cost,
}

impl Key {
    /// Takes as long as the cost says.
    pub fn derive(passphrase: &SecretString, salt: Salt, cost: Cost) -> Result<Key> {
        let mut bytes = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.params()?)
            .hash_password_into(passphrase.expose_secret().as_bytes(), &salt, bytes.as_mut())
            .map_err(|error| VaultError::Refused(error.to_string()))?;
        Ok(Key { bytes, salt, cost })
    }

    /// Of a new passphrase.
    pub fn fresh(passphrase: &SecretString, cost: Cost) -> Result<Key> {
        Key::derive(passphrase, random(), cost)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes.as_ref().into())
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

fn damaged(what: &str) -> VaultError {
    VaultError::Damaged(what.to_owned())
}

/// The file's bytes of a map, under a nonce of its own.
pub(super) fn seal(key: &Key, secrets: &Secrets) -> Result<Vec<u8>> {
    let nonce: [u8; NONCE] = random();
    let mut file = Vec::with_capacity(HEADER);
    file.extend_from_slice(MAGIC);
    file.extend_from_slice(&VERSION.to_le_bytes());
    for number in [key.cost.memory_kib, key.cost.passes, key.cost.lanes] {
        file.extend_from_slice(&number.to_le_bytes());
    }
    file.extend_from_slice(&key.salt);
    file.extend_from_slice(&nonce);
    let plain = write_map(secrets)?;
    let sealed = key
        .cipher()
        .encrypt(XNonce::from_slice(&nonce), Payload { msg: &plain, aad: &file })
        .map_err(|_| VaultError::Refused("the credentials could not be encrypted".to_owned()))?;
    file.extend_from_slice(&sealed);
    let checksum = Sha256::digest(&file);
    file.extend_from_slice(&checksum);
    if file.len() > MOST_BYTES {
        return Err(VaultError::Refused("the file of credentials is full".to_owned()));
    }
    Ok(file)
}

fn write_map(secrets: &Secrets) -> Result<Zeroizing<Vec<u8>>> {
    // an escaped byte takes six: written into room that never moves, so that no copy stays behind
    let room =
        2 + secrets.iter().map(|(name, secret)| 6 * (name.len() + secret.expose_secret().len() + 1)).sum::<usize>();
    let mut plain = Zeroizing::new(Vec::with_capacity(room));
    let shown: BTreeMap<&str, &str> =
        secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose_secret())).collect();
    // not its words: they might quote what it stumbled over
    serde_json::to_writer(&mut *plain, &shown)
        .map_err(|_| VaultError::Refused("the credentials could not be written".to_owned()))?;
    Ok(plain)
}

/// A file that is whole, as far as anyone without the passphrase can tell.
pub(super) struct Sealed<'f> {
    pub salt: Salt,
    pub cost: Cost,
    pub checksum: Checksum,
    header: &'f [u8],
    body: &'f [u8],
}

impl<'f> Sealed<'f> {
    pub fn read(file: &'f [u8]) -> Result<Sealed<'f>> {
        if file.len() > MOST_BYTES {
            return Err(damaged("it is too long"));
        }
        if !file.starts_with(MAGIC) {
            return Err(damaged("it is not a file of credentials"));
        }
        if file.len() < HEADER + TAG + CHECKSUM {
            return Err(damaged("it ends too early"));
        }
        let (checked, checksum) = file.split_at(file.len() - CHECKSUM);
        if Sha256::digest(checked).as_slice() != checksum {
            return Err(damaged("its checksum does not agree"));
        }
        let (header, body) = checked.split_at(HEADER);
        let version = u16::from_le_bytes(part(header, 8));
        if version != VERSION {
            return Err(damaged(&format!("its format {version} is not known here")));
        }
        let number = |at| u32::from_le_bytes(part(header, at));
        let cost = Cost { memory_kib: number(10), passes: number(14), lanes: number(18) };
        cost.params()?;
        Ok(Sealed { salt: part(header, 22), cost, checksum: part(checksum, 0), header, body })
    }

    /// What it holds. Without the right key nothing is told but that it is not the right one.
    pub fn open(&self, key: &Key) -> Result<Secrets> {
        let nonce = &self.header[HEADER - NONCE..];
        let plain = key
            .cipher()
            .decrypt(XNonce::from_slice(nonce), Payload { msg: self.body, aad: self.header })
            .map(Zeroizing::new)
            .map_err(|_| VaultError::WrongPassphrase)?;
        serde_json::from_slice(&plain).map_err(|_| damaged("what it holds is not a map"))
    }
}

/// `N` bytes from a place. The caller has looked that they are there.
fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut taken = [0; N];
    taken.copy_from_slice(&bytes[at..at + N]);
    taken
}
