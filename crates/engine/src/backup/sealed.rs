//! A backup under a passphrase: argon2id derives the key, XChaCha20-Poly1305 seals in the STREAM construction, both from
//! established crates. Read and written piece by piece, in the same small memory whatever the file's size.
//!
//! `PUNTEBKP`, format version (2 bytes), argon2id's memory in KiB, passes and lanes (4 bytes each), salt (16), the stream's nonce
//! (19); an empty sealed piece (16), which only the right passphrase opens; SHA-256 of all of it (32), which protects nothing,
//! and tells a damaged header from a wrong passphrase before a key is derived. Then pieces of 64 KiB, each with its tag (16), the
//! last one marked as such, so that no piece can be taken away, moved or added. Numbers are little-endian; the header is the
//! associated data of every piece.

use super::BackupError;
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::rand_core::RngCore;
use chacha20poly1305::aead::stream::{DecryptorBE32, EncryptorBE32, Nonce, StreamBE32};
use chacha20poly1305::aead::{KeyInit, OsRng};
use punte_vault::Cost;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read, Write};
use zeroize::Zeroizing;

pub(super) const MAGIC: &[u8; 8] = b"PUNTEBKP";
const VERSION: u16 = 1;
const SALT: usize = 16;
const NONCE: usize = 19;
const HEADER: usize = MAGIC.len() + 2 + 3 * 4 + SALT + NONCE;
const TAG: usize = 16;
const CHECKSUM: usize = 32;
const PIECE: usize = 64 * 1024;

/// What a header may ask for at most, whoever wrote it: memory in KiB, passes, lanes.
const MOST: Cost = Cost { memory_kib: 256 * 1024, passes: 16, lanes: 4 };

type Result<T> = std::result::Result<T, BackupError>;

fn damaged(what: &str) -> BackupError {
    BackupError::Damaged(what.to_owned())
}

fn cipher(passphrase: &SecretString, salt: &[u8], cost: Cost) -> Result<XChaCha20Poly1305> {
    let is_bounded = cost.memory_kib <= MOST.memory_kib && cost.passes <= MOST.passes && cost.lanes <= MOST.lanes;
    // not before it is known to be bounded: it reckons with what is asked for
    let params = is_bounded.then(|| Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()).flatten();
    let params = params.ok_or_else(|| damaged("it asks for a key derivation that is out of bounds"))?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose_secret().as_bytes(), salt, key.as_mut())
        .map_err(|error| BackupError::Unwritable(error.to_string()))?;
    Ok(XChaCha20Poly1305::new(key.as_ref().into()))
}

fn nonce(header: &[u8]) -> &Nonce<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>> {
    Nonce::<XChaCha20Poly1305, StreamBE32<XChaCha20Poly1305>>::from_slice(&header[HEADER - NONCE..HEADER])
}

/// Reads until the piece is full or the end is there.
fn fill(from: &mut impl Read, piece: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match from.read(&mut piece[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Seals all that can be read, under a salt and a nonce of its own.
pub(super) fn seal(from: &mut impl Read, to: &mut impl Write, passphrase: &SecretString, cost: Cost) -> Result<()> {
    let unwritable = |error: std::io::Error| BackupError::Unwritable(error.to_string());
    let sealing = |_| BackupError::Unwritable("it cannot be encrypted".to_owned());
    let mut header = Vec::with_capacity(HEADER + TAG + CHECKSUM);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    for number in [cost.memory_kib, cost.passes, cost.lanes] {
        header.extend_from_slice(&number.to_le_bytes());
    }
    let mut random = [0; SALT + NONCE];
    OsRng.fill_bytes(&mut random);
    header.extend_from_slice(&random);
    let cipher = cipher(passphrase, &random[..SALT], cost)?;
    let mut stream = EncryptorBE32::from_aead(cipher, nonce(&header));
    let mut proof = Vec::new();
    stream.encrypt_next_in_place(&header, &mut proof).map_err(sealing)?;
    let mut begins = header.clone();
    begins.extend_from_slice(&proof);
    begins.extend_from_slice(&Sha256::digest(&begins));
    to.write_all(&begins).map_err(unwritable)?;
    let mut piece = vec![0; PIECE];
    let mut length = fill(from, &mut piece).map_err(unwritable)?;
    let mut next = vec![0; PIECE];
    loop {
        let next_length = fill(from, &mut next).map_err(unwritable)?;
        piece.truncate(length);
        if next_length == 0 {
            stream.encrypt_last_in_place(&header, &mut piece).map_err(sealing)?;
            return to.write_all(&piece).map_err(unwritable);
        }
        stream.encrypt_next_in_place(&header, &mut piece).map_err(sealing)?;
        to.write_all(&piece).map_err(unwritable)?;
        std::mem::swap(&mut piece, &mut next);
        length = next_length;
        next.resize(PIECE, 0);
    }
}

fn number<const N: usize>(header: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&header[at..at + N]);
    bytes
}

/// Opens what [`seal`] wrote. What came out before an error is worth nothing.
pub(super) fn open(from: &mut impl Read, to: &mut impl Write, passphrase: &SecretString) -> Result<()> {
    let unreadable = |error: std::io::Error| BackupError::Unreadable(error.to_string());
    let mut begins = [0; HEADER + TAG + CHECKSUM];
    let read = fill(from, &mut begins).map_err(unreadable)?;
    if read < MAGIC.len() || !begins.starts_with(MAGIC) {
        return Err(BackupError::Foreign("it is no sealed backup".to_owned()));
    }
    if read < begins.len() {
        return Err(damaged("it ends too early"));
    }
    let (checked, checksum) = begins.split_at(HEADER + TAG);
    if Sha256::digest(checked).as_slice() != checksum {
        return Err(damaged("its header does not agree with its checksum"));
    }
    let (header, proof) = checked.split_at(HEADER);
    let version = u16::from_le_bytes(number(header, 8));
    if version != VERSION {
        return Err(damaged(&format!("its format {version} is not known here")));
    }
    let word = |at| u32::from_le_bytes(number(header, at));
    let cost = Cost { memory_kib: word(10), passes: word(14), lanes: word(18) };
    let cipher = cipher(passphrase, &header[22..22 + SALT], cost)?;
    let mut stream = DecryptorBE32::from_aead(cipher, nonce(header));
    let mut proof = proof.to_vec();
    stream.decrypt_next_in_place(header, &mut proof).map_err(|_| BackupError::PassphraseWrong)?;
    let unwritable = |error: std::io::Error| BackupError::Unwritable(error.to_string());
    let broken = |_| damaged("a piece of it is not as it was written, or is missing");
    let mut piece = vec![0; PIECE + TAG];
    let mut length = fill(from, &mut piece).map_err(unreadable)?;
    let mut next = vec![0; PIECE + TAG];
    loop {
        let next_length = fill(from, &mut next).map_err(unreadable)?;
        piece.truncate(length);
        if next_length == 0 {
            stream.decrypt_last_in_place(header, &mut piece).map_err(broken)?;
            return to.write_all(&piece).map_err(unwritable);
        }
        stream.decrypt_next_in_place(header, &mut piece).map_err(broken)?;
        to.write_all(&piece).map_err(unwritable)?;
        std::mem::swap(&mut piece, &mut next);
        length = next_length;
        next.resize(PIECE + TAG, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory_kib: 8, passes: 1, lanes: 1 };

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        seal(&mut &plain[..], &mut file, &"correct horse battery".into(), CHEAP).unwrap();
        file
    }

    fn opened(file: &[u8], passphrase: &str) -> Result<Vec<u8>> {
        let mut plain = Vec::new();
        open(&mut &file[..], &mut plain, &passphrase.into())?;
        Ok(plain)
    }

    #[test]
    fn what_was_sealed_is_opened_whatever_its_length() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7] {
            let plain: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let file = sealed(&plain);
            assert_eq!(opened(&file, "correct horse battery").unwrap(), plain, "{length}");
            assert!(length < 8 || !file.windows(8).any(|window| window == &plain[..8]), "nothing stands in the open");
        }
        assert_ne!(sealed(b"the same"), sealed(b"the same"), "a salt and a nonce of its own");
    }

    #[test]
    fn a_wrong_passphrase_is_told_from_a_damaged_file() {
        let file = sealed(&[7; 1000]);
        assert!(matches!(opened(&file, "correct horse batterx"), Err(BackupError::PassphraseWrong)));
        let mut turned = file.clone();
        turned[30] ^= 1;
        assert!(matches!(opened(&turned, "correct horse battery"), Err(BackupError::Damaged(_))), "the salt");
        let mut turned = file.clone();
        let last = turned.len() - 1;
        turned[last] ^= 1;
        assert!(matches!(opened(&turned, "correct horse battery"), Err(BackupError::Damaged(_))), "the last piece");
    }

    #[test]
    fn every_piece_of_a_file_is_refused_and_so_is_every_byte_turned_over() {
        let plain: Vec<u8> = (0..PIECE * 2 + 99).map(|n| (n / 7) as u8).collect();
        let file = sealed(&plain);
        let near =
            (0..HEADER + TAG + CHECKSUM + 40).chain((200..file.len()).step_by(4099)).chain(file.len() - 40..file.len());
        for at in near {
            let cut = opened(&file[..at], "correct horse battery");
            assert!(matches!(cut, Err(BackupError::Damaged(_) | BackupError::Foreign(_))), "cut at {at}: {cut:?}");
            let mut turned = file.clone();
            turned[at] ^= 0x10;
            assert!(opened(&turned, "correct horse battery").is_err(), "turned at {at}");
        }
        let whole_pieces = HEADER + TAG + CHECKSUM + PIECE + TAG;
        assert!(opened(&file[..whole_pieces], "correct horse battery").is_err(), "cut between two pieces");
        let mut longer = file.clone();
        longer.push(0);
        assert!(opened(&longer, "correct horse battery").is_err(), "something hangs on it");
        let mut swapped = file.clone();
        let (first, second) = (HEADER + TAG + CHECKSUM, whole_pieces);
        let (one, other) = (file[first..first + PIECE + TAG].to_vec(), file[second..second + PIECE + TAG].to_vec());
        swapped[first..first + PIECE + TAG].copy_from_slice(&other);
        swapped[second..second + PIECE + TAG].copy_from_slice(&one);
        assert!(opened(&swapped, "correct horse battery").is_err(), "two pieces changed places");
    }

    #[test]
    fn a_header_that_asks_for_too_much_is_refused_before_any_work() {
        // memory, passes, lanes
        for at in [10, 14, 18] {
            let mut file = sealed(b"x");
            file[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
            let checksum = Sha256::digest(&file[..HEADER + TAG]);
            file[HEADER + TAG..HEADER + TAG + CHECKSUM].copy_from_slice(&checksum);
            assert!(matches!(opened(&file, "correct horse battery"), Err(BackupError::Damaged(_))), "{at}");
        }
    }
}
