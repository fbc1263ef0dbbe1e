//! Whether the log is whole, and if not, at which row it breaks and how. Rows are read one after the other: a log of any
//! length takes the same memory.

use super::LOST;
use super::chain::{AuditHead, COLUMNS, Stored, beginning, hash_of, hash_personal, read_salt, stored_from};
use crate::error::Result;
use rusqlite::{Connection as Sqlite, OptionalExtension, Row};
use std::collections::BTreeMap;

/// Someone outside the ledger who saw the log's head: the mark, an anchor, a person with a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// `mark`, `anchor`, `given`.
    pub from: &'static str,
    pub head: AuditHead,
}

/// What was done to the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditFault {
    /// The row says something else than it did.
    Changed,
    /// Rows from this one to `last` are gone.
    Removed { last: i64 },
    /// The row stands elsewhere than where it was written.
    Moved { written_as: i64 },
    /// The row was put in later.
    Inserted,
    /// What is kept aside of the row is not what was written with it.
    PersonalChanged,
    /// The log agrees with itself, but a witness saw another row here: it was written anew, beginning after `known_to`.
    Rewritten { known_to: i64, witness: &'static str },
}

impl AuditFault {
    pub fn as_str(&self) -> &'static str {
        match self {
            AuditFault::Changed => "changed",
            AuditFault::Removed { .. } => "removed",
            AuditFault::Moved { .. } => "moved",
            AuditFault::Inserted => "inserted",
            AuditFault::PersonalChanged => "personal_changed",
            AuditFault::Rewritten { .. } => "rewritten",
        }
    }
}

/// The first row at which the log is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditBreak {
    pub row: i64,
    pub fault: AuditFault,
    /// Of the row, as it stands, where it stands: when, who, what.
    pub at_ms: Option<i64>,
    pub who: String,
    pub act: String,
}

/// A part of the log that was lost before the ledger was opened, as the log itself says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLoss {
    /// The row that says so.
    pub row: i64,
    pub at_ms: i64,
    pub lost_from: i64,
    pub lost_to: i64,
}

/// What reading the whole log found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// Rows that were read, up to the break.
    pub rows: i64,
    /// The newest of them.
    pub head: AuditHead,
    /// `None`: it is whole.
    pub fault: Option<AuditBreak>,
    /// Personal payloads that were erased.
    pub erased: i64,
    pub losses: Vec<AuditLoss>,
    /// Witnesses that saw what stands there.
    pub witnessed: u32,
    /// The newest row that a witness vouches for; what follows it has only the chain.
    pub witnessed_to: i64,
}

struct Read {
    stored: Stored,
    /// Salt and payload of the side row.
    personal: Option<(Vec<u8>, String)>,
}

fn read_from(row: &Row<'_>) -> rusqlite::Result<Read> {
    let salt: Option<Vec<u8>> = row.get(16)?;
    let payload: Option<String> = row.get(17)?;
    Ok(Read { stored: stored_from(row)?, personal: salt.zip(payload) })
}

pub(super) fn verify(c: &Sqlite, witnesses: Vec<Witness>) -> Result<AuditReport> {
    let salt = read_salt(c)?;
    let mut by_row: BTreeMap<i64, Vec<Witness>> = BTreeMap::new();
    for witness in witnesses.into_iter().filter(|witness| witness.head.sequence > 0) {
        by_row.entry(witness.head.sequence).or_default().push(witness);
    }
    let head = AuditHead { sequence: 0, hash: beginning(&salt) };
    let mut reading = Reading {
        c,
        salt,
        last_witness: by_row.keys().next_back().copied().unwrap_or_default(),
        witnesses: by_row,
        report: AuditReport {
            rows: 0,
            head,
            fault: None,
            erased: 0,
            losses: read_losses(c)?,
            witnessed: 0,
            witnessed_to: 0,
        },
    };
    let own: Vec<String> = COLUMNS.split(", ").map(|column| format!("a.{column}")).collect();
    let mut query = c.prepare(&format!(
        "SELECT {}, p.salt, p.payload FROM audit a LEFT JOIN audit_personal p ON p.audit_row = a.row ORDER BY a.row",
        own.join(", ")
    ))?;
    let mut rows = query.query([])?;
    let mut next = rows.next()?.map(read_from).transpose()?;
    while let Some(read) = next {
        next = rows.next()?.map(read_from).transpose()?;
        let fault = reading.look(&read, next.as_ref().map(|next| &next.stored))?;
        if let Some((row, fault)) = fault {
            reading.report.fault = Some(reading.named(row, fault)?);
            return Ok(reading.report);
        }
    }
    if let Some((row, fault)) = reading.look_for_tail() {
        reading.report.fault = Some(reading.named(row, fault)?);
    }
    Ok(reading.report)
}

type Found = Option<(i64, AuditFault)>;

struct Reading<'a> {
    c: &'a Sqlite,
    salt: Vec<u8>,
    witnesses: BTreeMap<i64, Vec<Witness>>,
    last_witness: i64,
    report: AuditReport,
}

impl Reading<'_> {
    /// Takes one row more, or says what is wrong there.
    fn look(&mut self, read: &Read, next: Option<&Stored>) -> Result<Found> {
        let row = &read.stored;
        let last = self.report.head;
        let is_own = row.hash == hash_of(&self.salt, row);
        if row.row < 1 {
            return Ok(Some((row.row, AuditFault::Inserted)));
        }
        if row.row != last.sequence + 1 {
            return Ok(Some((last.sequence + 1, AuditFault::Removed { last: row.row - 1 })));
        }
        if !is_own {
            return Ok(Some(self.judge(row, next)?));
        }
        if row.prev_hash != last.hash {
            // it stands as it was written, behind another row than there is now
            return Ok(Some((last.sequence.max(1), AuditFault::Changed)));
        }
        if !is_personal_sound(read) {
            return Ok(Some((row.row, AuditFault::PersonalChanged)));
        }
        self.report.head = AuditHead { sequence: row.row, hash: row.hash.as_slice().try_into().unwrap_or_default() };
        self.report.rows += 1;
        self.report.erased += i64::from(row.personal_hash.is_some() && read.personal.is_none());
        Ok(self.ask_witnesses())
    }

    /// A row whose hash is not its own.
    fn judge(&self, row: &Stored, next: Option<&Stored>) -> Result<(i64, AuditFault)> {
        let last = self.report.head;
        if let Some(written_as) = self.find_written_as(row)? {
            if written_as < row.row && self.hash_at(written_as - 1)?.as_ref() == Some(&row.prev_hash) {
                // it follows what stands before its old place: what is there now was put in
                return Ok((written_as, AuditFault::Inserted));
            }
            if written_as > row.row && !self.holds_hash(&row.prev_hash)? {
                return Ok((row.row, AuditFault::Removed { last: written_as - 1 }));
            }
            return Ok((row.row, AuditFault::Moved { written_as }));
        }
        let is_gone_around = match next {
            Some(next) => next.prev_hash == last.hash,
            None => row.prev_hash != last.hash && self.last_witness < row.row,
        };
        Ok((row.row, if is_gone_around { AuditFault::Inserted } else { AuditFault::Changed }))
    }

    /// The number under which a row has the hash that it bears.
    fn find_written_as(&self, row: &Stored) -> Result<Option<i64>> {
        let newest: i64 = self.c.query_row("SELECT coalesce(max(row), 0) FROM audit", [], |row| row.get(0))?;
        let newest = newest.max(self.last_witness) + 1;
        let mut tried = row.clone();
        // near ones first: neighbours are moved more often
        let near = (1..=newest.max(row.row)).flat_map(|away| [row.row - away, row.row + away]);
        Ok(near.filter(|number| (1..=newest).contains(number)).find(|number| {
            tried.row = *number;
            hash_of(&self.salt, &tried) == row.hash.as_slice()
        }))
    }

    fn hash_at(&self, number: i64) -> Result<Option<Vec<u8>>> {
        if number == 0 {
            return Ok(Some(beginning(&self.salt).to_vec()));
        }
        Ok(self.c.query_row("SELECT hash FROM audit WHERE row = ?1", [number], |row| row.get(0)).optional()?)
    }

    fn holds_hash(&self, hash: &[u8]) -> Result<bool> {
        if hash == beginning(&self.salt) {
            return Ok(true);
        }
        Ok(self.c.query_row("SELECT EXISTS (SELECT 1 FROM audit WHERE hash = ?1)", [hash], |row| row.get(0))?)
    }

    fn is_lost(&self, number: i64) -> bool {
        self.report.losses.iter().any(|loss| (loss.lost_from..=loss.lost_to).contains(&number))
    }

    fn ask_witnesses(&mut self) -> Found {
        let head = self.report.head;
        let asked = self.witnesses.remove(&head.sequence)?;
        for witness in asked {
            if witness.head.hash == head.hash {
                self.report.witnessed += 1;
                self.report.witnessed_to = head.sequence;
            } else if !self.is_lost(head.sequence) {
                let known_to = self.report.witnessed_to;
                return Some((head.sequence, AuditFault::Rewritten { known_to, witness: witness.from }));
            }
        }
        None
    }

    /// What a witness saw behind the last row.
    fn look_for_tail(&self) -> Found {
        let seen = self.witnesses.keys().rev().copied().find(|number| !self.is_lost(*number))?;
        Some((self.report.head.sequence + 1, AuditFault::Removed { last: seen }))
    }

    fn named(&self, row: i64, fault: AuditFault) -> Result<AuditBreak> {
        let stands = self
            .c
            .query_row("SELECT at_ms, who, act FROM audit WHERE row = ?1", [row], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let (at_ms, who, act) = match (stands, &fault) {
            // a row that is gone has nothing to say
            (_, AuditFault::Removed { .. }) | (None, _) => (None, String::new(), String::new()),
            (Some((at_ms, who, act)), _) => (Some(at_ms), who, act),
        };
        Ok(AuditBreak { row, fault, at_ms, who, act })
    }
}

/// Read beforehand: what is lost may have been told of only after other rows had taken its numbers.
fn read_losses(c: &Sqlite) -> Result<Vec<AuditLoss>> {
    let mut query = c.prepare("SELECT row, at_ms, facts FROM audit WHERE act = ?1 ORDER BY row")?;
    let rows = query.query_map([LOST], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?)))?;
    let mut losses = Vec::new();
    for row in rows {
        let (row, at_ms, facts): (i64, i64, String) = row?;
        let facts: serde_json::Value = serde_json::from_str(&facts).unwrap_or_default();
        let lost = facts["lost"].as_str().and_then(|lost| lost.parse::<AuditHead>().ok());
        if let (Some(kept), Some(lost)) = (facts["kept"].as_i64(), lost) {
            losses.push(AuditLoss { row, at_ms, lost_from: kept + 1, lost_to: lost.sequence });
        }
    }
    Ok(losses)
}

fn is_personal_sound(read: &Read) -> bool {
    match (&read.personal, &read.stored.personal_hash) {
        (None, _) => true,
        (Some((salt, payload)), Some(hash)) => hash_personal(salt, payload) == hash.as_slice(),
        (Some(_), None) => false,
    }
}
