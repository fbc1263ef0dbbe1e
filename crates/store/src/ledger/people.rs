//! Who may work in a workspace, what needs a second person, and what waits for one.

use super::Ledger;
use crate::error::{Result, StoreError};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde_json::Value;

/// Acts that may wait for a second person at a time.
const MOST_WAITING: i64 = 500;

/// A person who may work in this workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: String,
    pub name: String,
    /// `viewer`, `operator` or `admin`.
    pub role: String,
    pub active: bool,
    pub created_ms: i64,
    /// When the password was set.
    pub changed_ms: i64,
    pub signed_in_ms: Option<i64>,
    /// Wrong passwords since the last right one.
    pub wrong: u32,
    /// No password is looked at before.
    pub wait_until_ms: Option<i64>,
}

/// A person, and what their password is compared with.
#[derive(Clone)]
pub struct PersonSecret {
    pub person: Person,
    /// A PHC string.
    pub password: String,
}

/// An act that waits, or waited, for a second person.
#[derive(Debug, Clone, PartialEq)]
pub struct Approval {
    pub id: String,
    pub command: String,
    pub payload: Value,
    pub facts: Value,
    pub reason: String,
    pub asked_by: String,
    pub asked_ms: i64,
    /// `waiting`, `approved`, `refused`, `withdrawn` or `failed`.
    pub state: String,
    pub decided_by: Option<String>,
    pub decided_ms: Option<i64>,
    pub note: String,
    /// Of the error that an approved act was answered with.
    pub code: String,
}

const PERSON: &str = "id, name, role, active, created_ms, changed_ms, signed_in_ms, wrong, wait_until_ms";
const APPROVAL: &str =
    "id, command, payload, facts, reason, asked_by, asked_ms, state, decided_by, decided_ms, note, code";

fn person_from(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        role: row.get(2)?,
        active: row.get(3)?,
        created_ms: row.get(4)?,
        changed_ms: row.get(5)?,
        signed_in_ms: row.get(6)?,
        wrong: row.get(7)?,
        wait_until_ms: row.get(8)?,
    })
}

fn approval_from(row: &Row<'_>) -> rusqlite::Result<Approval> {
    Ok(Approval {
        id: row.get(0)?,
        command: row.get(1)?,
        payload: row.get(2)?,
        facts: row.get(3)?,
        reason: row.get(4)?,
        asked_by: row.get(5)?,
        asked_ms: row.get(6)?,
        state: row.get(7)?,
        decided_by: row.get(8)?,
        decided_ms: row.get(9)?,
        note: row.get(10)?,
        code: row.get(11)?,
    })
}

/// A workspace with people keeps one who may let the others in.
fn check_admin(c: &Sqlite) -> Result<()> {
    let left: bool = c.query_row(
        "SELECT EXISTS (SELECT 1 FROM operators WHERE role = 'admin' AND active = 1)
             OR NOT EXISTS (SELECT 1 FROM operators)",
        [],
        |row| row.get(0),
    )?;
    if left { Ok(()) } else { Err(StoreError::NotAllowed("no_admin_left")) }
}

impl Ledger {
    /// By name.
    pub async fn list_operators(&self) -> Result<Vec<Person>> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!("SELECT {PERSON} FROM operators ORDER BY name LIMIT 500"))?;
            let rows = query.query_map([], person_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// By name, whatever its case.
    pub async fn find_operator(&self, name: &str) -> Result<Option<PersonSecret>> {
        let name = name.to_owned();
        self.read(move |c| {
            Ok(c.prepare_cached(&format!("SELECT {PERSON}, password FROM operators WHERE name = ?1"))?
                .query_row([name], |row| Ok(PersonSecret { person: person_from(row)?, password: row.get(9)? }))
                .optional()?)
        })
        .await
    }

    /// # Errors
    /// [`StoreError::Stale`] where the name is taken; [`StoreError::NotAllowed`] where no administrator would be there.
    pub async fn add_operator(&self, person: Person, password: String) -> Result<()> {
        self.write(move |c| {
            let added = c
                .prepare_cached(
                    "INSERT INTO operators (id, name, role, password, active, created_ms, changed_ms)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT (name) DO NOTHING",
                )?
                .execute(params![person.id, person.name, person.role, password, person.active, person.created_ms])?;
            if added == 0 {
                return Err(StoreError::Stale(person.name));
            }
            check_admin(c)
        })
        .await
    }

    /// Changes name, role and whether they may sign in.
    ///
    /// # Errors
    /// As [`Ledger::add_operator`]; [`StoreError::NotFound`].
    pub async fn change_operator(&self, id: &str, name: &str, role: &str, active: bool) -> Result<()> {
        let (id, name, role) = (id.to_owned(), name.to_owned(), role.to_owned());
        self.write(move |c| {
            let taken: bool = c
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM operators WHERE name = ?1 AND id <> ?2)")?
                .query_row([&name, &id], |row| row.get(0))?;
            if taken {
                return Err(StoreError::Stale(name));
            }
            let changed = c
                .prepare_cached("UPDATE operators SET name = ?2, role = ?3, active = ?4 WHERE id = ?1")?
                .execute(params![id, name, role, active])?;
            if changed == 0 {
                return Err(StoreError::NotFound(id));
            }
            check_admin(c)
        })
        .await
    }

    /// A new password; what was wrong before is forgotten.
    pub async fn set_password(&self, id: &str, password: String, now_ms: i64) -> Result<()> {
        let id = id.to_owned();
        self.write(move |c| {
            let changed = c
                .prepare_cached(
                    "UPDATE operators SET password = ?2, changed_ms = ?3, wrong = 0, wait_until_ms = NULL WHERE id = ?1",
                )?
                .execute(params![id, password, now_ms])?;
            if changed == 0 { Err(StoreError::NotFound(id)) } else { Ok(()) }
        })
        .await
    }

    /// Counts an attempt before its password is looked at, so that many at once are not free. Answers how many were wrong
    /// before it.
    ///
    /// # Errors
    /// [`StoreError::Stale`] while the wait after wrong ones is not over.
    pub async fn begin_sign_in(&self, id: &str, now_ms: i64, wait_ms: fn(u32) -> i64) -> Result<u32> {
        let id = id.to_owned();
        self.write(move |c| {
            let (wrong, until): (u32, Option<i64>) = c
                .prepare_cached("SELECT wrong, wait_until_ms FROM operators WHERE id = ?1")?
                .query_row([&id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            // a clock that was set back does not lock anybody out for longer than the wait itself
            if until.is_some_and(|until| now_ms < until && until - now_ms <= wait_ms(wrong)) {
                return Err(StoreError::Stale(id));
            }
            c.prepare_cached("UPDATE operators SET wrong = wrong + 1, wait_until_ms = ?2 WHERE id = ?1")?
                .execute(params![id, now_ms + wait_ms(wrong + 1)])?;
            Ok(wrong)
        })
        .await
    }

    /// The password was right.
    pub async fn end_sign_in(&self, id: &str, now_ms: i64) -> Result<()> {
        let id = id.to_owned();
        self.write(move |c| {
            c.prepare_cached("UPDATE operators SET wrong = 0, wait_until_ms = NULL, signed_in_ms = ?2 WHERE id = ?1")?
                .execute(params![id, now_ms])?;
            Ok(())
        })
        .await
    }

    /// JSON of the workspace's guards.
    pub async fn read_guards(&self) -> Result<Value> {
        self.read(|c| Ok(c.query_row("SELECT guards FROM workspace", [], |row| row.get(0))?)).await
    }

    pub async fn set_guards(&self, guards: Value) -> Result<()> {
        self.write(move |c| {
            c.execute("UPDATE workspace SET guards = ?1", [guards])?;
            Ok(())
        })
        .await
    }

    /// # Errors
    /// [`StoreError::NotAllowed`] where too much waits already.
    pub async fn ask_approval(&self, asked: Approval) -> Result<()> {
        self.write(move |c| {
            let waiting: i64 =
                c.query_row("SELECT count(*) FROM approvals WHERE state = 'waiting'", [], |row| row.get(0))?;
            if waiting >= MOST_WAITING {
                return Err(StoreError::NotAllowed("too_many_wait"));
            }
            c.prepare_cached(
                "INSERT INTO approvals (id, command, payload, facts, reason, asked_by, asked_ms, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'waiting')",
            )?
            .execute(params![
                asked.id,
                asked.command,
                asked.payload,
                asked.facts,
                asked.reason,
                asked.asked_by,
                asked.asked_ms
            ])?;
            Ok(())
        })
        .await
    }

    /// What waits, and the newest of what was decided.
    pub async fn list_approvals(&self) -> Result<Vec<Approval>> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {APPROVAL} FROM (
                   SELECT * FROM approvals WHERE state = 'waiting'
                   UNION SELECT * FROM (SELECT * FROM approvals WHERE state <> 'waiting' ORDER BY row DESC LIMIT 100)
                 ) ORDER BY state = 'waiting' DESC, row DESC"
            ))?;
            let rows = query.query_map([], approval_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Ends an approval's wait; only one can. What was asked is answered, and kept no longer.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it does not wait any more.
    pub async fn decide_approval(
        &self,
        id: &str,
        state: &'static str,
        who: &str,
        note: &str,
        now_ms: i64,
    ) -> Result<Approval> {
        let (id, who, note) = (id.to_owned(), who.to_owned(), note.to_owned());
        self.write(move |c| {
            let waiting = c
                .prepare_cached(&format!("SELECT {APPROVAL} FROM approvals WHERE id = ?1 AND state = 'waiting'"))?
                .query_row([&id], approval_from)
                .optional()?;
            let Some(asked) = waiting else { return Err(StoreError::Stale(id)) };
            c.prepare_cached(
                "UPDATE approvals SET state = ?2, decided_by = ?3, decided_ms = ?4, note = ?5, payload = '{}'
                 WHERE id = ?1",
            )?
            .execute(params![id, state, who, now_ms, note])?;
            Ok(Approval { state: state.to_owned(), decided_by: Some(who), decided_ms: Some(now_ms), note, ..asked })
        })
        .await
    }

    /// An approved act that was then answered with an error, by its code: nothing was done, and it can be asked for anew.
    pub async fn fail_approval(&self, id: &str, code: &str) -> Result<()> {
        let (id, code) = (id.to_owned(), code.to_owned());
        self.write(move |c| {
            c.prepare_cached("UPDATE approvals SET state = 'failed', code = ?2 WHERE id = ?1 AND state = 'approved'")?
                .execute([id, code])?;
            Ok(())
        })
        .await
    }

    /// An act that waits or waited.
    pub async fn find_approval(&self, id: &str) -> Result<Option<Approval>> {
        let id = id.to_owned();
        self.read(move |c| {
            Ok(c.prepare_cached(&format!("SELECT {APPROVAL} FROM approvals WHERE id = ?1"))?
                .query_row([id], approval_from)
                .optional()?)
        })
        .await
    }
}
