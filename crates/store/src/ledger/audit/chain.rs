//! How a row is hashed, and added.

use super::NewAuditRow;
use crate::error::{Result, StoreError};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

pub(super) type Hash = [u8; 32];

/// The newest row of a log: its number and its hash. The number is 0 while there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    pub sequence: i64,
    pub hash: [u8; 32],
}

impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, hex(&self.hash))
    }
}

/// Not of the form `sequence:hash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoHead;

impl FromStr for AuditHead {
    type Err = NoHead;

    fn from_str(text: &str) -> std::result::Result<Self, NoHead> {
        let (sequence, hash) = text.trim().split_once(':').ok_or(NoHead)?;
        let sequence = sequence.parse().ok().filter(|sequence| *sequence >= 0).ok_or(NoHead)?;
        if hash.len() != 64 || !hash.is_ascii() {
            return Err(NoHead);
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = hash.get(at * 2..at * 2 + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).ok_or(NoHead)?;
        }
        Ok(AuditHead { sequence, hash: bytes })
    }
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A row as it stands.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub row: i64,
    pub at_ms: i64,
    /// Who, role, host, act, kind and id of the subject, outcome, code, facts.
    pub texts: [String; 9],
    pub reason: String,
    pub asked_row: Option<i64>,
    pub personal_hash: Option<Vec<u8>>,
    pub prev_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

/// Every column, those of [`Stored::texts`] together.
pub(super) const COLUMNS: &str = "row, at_ms, asked_row, personal_hash, prev_hash, hash, who, role, host, act, \
     subject_kind, subject_id, outcome, code, facts, reason";

pub(super) fn stored_from(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let text = |at: usize| row.get::<_, String>(6 + at);
    Ok(Stored {
        row: row.get(0)?,
        at_ms: row.get(1)?,
        asked_row: row.get(2)?,
        personal_hash: row.get(3)?,
        prev_hash: row.get(4)?,
        hash: row.get(5)?,
        texts: [text(0)?, text(1)?, text(2)?, text(3)?, text(4)?, text(5)?, text(6)?, text(7)?, text(8)?],
        reason: text(9)?,
    })
}

pub(super) fn read_salt(c: &Sqlite) -> Result<Vec<u8>> {
    c.prepare_cached("SELECT salt FROM audit_chain")?
        .query_row([], |row| row.get(0))
        .optional()?
        .ok_or_else(|| StoreError::Damaged("the audit log has lost its salt".into()))
}

/// What stands before the first row.
pub(super) fn beginning(salt: &[u8]) -> Hash {
    Sha256::new().chain_update(b"punte audit log 1\0").chain_update(salt).finalize().into()
}

/// Every column behind its kind and length, so that no two rows are written alike.
pub(super) fn hash_of(salt: &[u8], stored: &Stored) -> Hash {
    let mut hash = Sha256::new();
    let mut put = |kind: u8, bytes: &[u8]| {
        hash.update([kind]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    put(b's', salt);
    put(b'b', &stored.prev_hash);
    put(b'i', &stored.row.to_le_bytes());
    put(b'i', &stored.at_ms.to_le_bytes());
    match stored.asked_row {
        Some(asked) => put(b'i', &asked.to_le_bytes()),
        None => put(b'n', &[]),
    }
    for text in &stored.texts {
        put(b't', text.as_bytes());
    }
    put(b't', stored.reason.as_bytes());
    match &stored.personal_hash {
        Some(personal) => put(b'b', personal),
        None => put(b'n', &[]),
    }
    hash.finalize().into()
}

pub(super) fn hash_personal(salt: &[u8], payload: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(payload.as_bytes()).finalize().into()
}

pub(in crate::ledger) fn head(c: &Sqlite) -> Result<AuditHead> {
    let newest = c
        .prepare_cached("SELECT row, hash FROM audit ORDER BY row DESC LIMIT 1")?
        .query_row([], |row| Ok(AuditHead { sequence: row.get(0)?, hash: row.get(1)? }))
        .optional()?;
    match newest {
        Some(head) => Ok(head),
        None => Ok(AuditHead { sequence: 0, hash: beginning(&read_salt(c)?) }),
    }
}

pub(super) fn add(c: &Sqlite, new: &NewAuditRow, now_ms: i64) -> Result<AuditHead> {
    let salt = read_salt(c)?;
    let before = head(c)?;
    let personal = match &new.personal {
        Some(personal) => {
            let salt: Vec<u8> = c.prepare_cached("SELECT randomblob(32)")?.query_row([], |row| row.get(0))?;
            let payload = serde_json::to_string(personal)?;
            Some((hash_personal(&salt, &payload), salt, payload))
        }
        None => None,
    };
    let (kind, id) = new.subject.clone().unwrap_or_default();
    let mut stored = Stored {
        row: before.sequence + 1,
        at_ms: now_ms,
        texts: [
            new.actor.who.clone(),
            new.actor.role.clone(),
            new.actor.host.clone(),
            new.act.clone(),
            kind,
            id,
            new.outcome.to_owned(),
            new.code.clone(),
            serde_json::to_string(&new.facts)?,
        ],
        reason: new.reason.clone(),
        asked_row: new.asked_row,
        personal_hash: personal.as_ref().map(|(hash, ..)| hash.to_vec()),
        prev_hash: before.hash.to_vec(),
        hash: Vec::new(),
    };
    let hash = hash_of(&salt, &stored);
    stored.hash = hash.to_vec();
    let [who, role, host, act, kind, id, outcome, code, facts] = &stored.texts;
    c.prepare_cached(&format!(
        "INSERT INTO audit ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
    ))?
    .execute(params![
        stored.row,
        stored.at_ms,
        stored.asked_row,
        stored.personal_hash,
        stored.prev_hash,
        stored.hash,
        who,
        role,
        host,
        act,
        kind,
        id,
        outcome,
        code,
        facts,
        stored.reason,
    ])?;
    if let Some((_, salt, payload)) = personal {
        c.prepare_cached("INSERT INTO audit_personal (audit_row, salt, payload) VALUES (?1, ?2, ?3)")?
            .execute(params![stored.row, salt, payload])?;
    }
    Ok(AuditHead { sequence: stored.row, hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written_and_nothing_else_is_one() {
        let head = AuditHead { sequence: 42, hash: [0xA7; 32] };
        assert_eq!(head.to_string().parse(), Ok(head));
        for text in [
            "",
            "42",
            "42:",
            "42:a7",
            "x:",
            "-1:",
            &format!("42:{}", "zz".repeat(32)),
            &format!("1:{}é", "a".repeat(62)),
        ] {
            assert_eq!(text.parse::<AuditHead>(), Err(NoHead), "{text}");
        }
    }

    #[test]
    fn two_rows_whose_columns_run_together_are_not_hashed_alike() {
        let row = |who: &str, role: &str| {
            let mut texts: [String; 9] = Default::default();
            texts[0] = who.into();
            texts[1] = role.into();
            Stored {
                row: 1,
                at_ms: 0,
                texts,
                reason: String::new(),
                asked_row: None,
                personal_hash: None,
                prev_hash: vec![0; 32],
                hash: Vec::new(),
            }
        };
        assert_ne!(hash_of(b"salt", &row("ana", "admin")), hash_of(b"salt", &row("anaa", "dmin")));
        assert_ne!(hash_of(b"salt", &row("ana", "admin")), hash_of(b"other", &row("ana", "admin")));
    }
}
