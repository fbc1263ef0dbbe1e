//! A check of the whole ledger, on demand: the file, and what must agree in it.

use super::{Ledger, check_version, damaged, ledger_path, open_reader, open_writer, take_lock};
use crate::error::{Result, StoreError};
use rusqlite::Connection as Sqlite;
use std::path::Path;

/// Records up to which an owner at work checks the search index: that check holds writers up for as long as it lasts.
const SEARCH_WHILE_OWNED: i64 = 100_000;

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `file`, `foreign_keys`, `counters`, `sending`, `numbers` or `search`.
    pub check: &'static str,
    pub verdict: Verdict,
    /// Facts: what SQLite says, how many, which.
    pub detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Good,
    Wrong,
    /// Only with the workspace closed: it would hold the owner's writes up.
    Skipped,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Good => "good",
            Verdict::Wrong => "wrong",
            Verdict::Skipped => "skipped",
        }
    }
}

fn finding(check: &'static str, wrong: String) -> Finding {
    let verdict = if wrong.is_empty() { Verdict::Good } else { Verdict::Wrong };
    Finding { check, verdict, detail: wrong }
}

/// Texts of a query's only column, joined.
fn texts(c: &Sqlite, query: &str) -> Result<String> {
    let mut query = c.prepare(query)?;
    let rows = query.query_map([], |row| row.get::<_, String>(0))?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.join("; "))
}

fn check_file(c: &Sqlite) -> Result<Finding> {
    let said = match texts(c, "PRAGMA integrity_check(20)") {
        Ok(said) => said,
        Err(StoreError::Sqlite(error)) => error.to_string(),
        Err(error) => return Err(error),
    };
    Ok(finding("file", if said == "ok" { String::new() } else { said }))
}

/// Every counter that is not what is counted: name, kept, counted.
const COUNTERS: &str = "WITH counted (name, value) AS (
    SELECT 'document:' || state, count(*) FROM documents GROUP BY state
    UNION ALL SELECT 'flow:' || flow_id || ':' || state, count(*) FROM documents GROUP BY flow_id, state
    UNION ALL SELECT 'order:' || decision, count(*) FROM orders GROUP BY decision
    UNION ALL SELECT 'orders', count(*) FROM orders
    UNION ALL SELECT 'mismatched', count(*) FROM documents WHERE verification = 'mismatched'),
  kept (name, value) AS (SELECT name, value FROM counters WHERE name IN ('orders', 'mismatched')
    OR name LIKE 'document:%' OR name LIKE 'flow:%' OR name LIKE 'order:%')
  SELECT name || ' ' || sum(kept) || ' ≠ ' || sum(counted) FROM (
    SELECT name, value AS kept, 0 AS counted FROM kept UNION ALL SELECT name, 0, value FROM counted)
  GROUP BY name HAVING sum(kept) <> sum(counted) LIMIT 20";

const FOREIGN_KEYS: &str = "SELECT \"table\" || ' → ' || parent || ': ' || count(*) FROM pragma_foreign_key_check GROUP BY \"table\", parent LIMIT 20";

/// What is under way has its intent.
const SENDING: &str = "SELECT id FROM documents AS d WHERE state = 'sending' AND NOT EXISTS
    (SELECT 1 FROM attempts WHERE document_row = d.row AND outcome = 'sending')
  UNION ALL SELECT id FROM operations WHERE state = 'sending' AND started_ms IS NULL LIMIT 20";

/// What exists at the provider has its number.
const NUMBERS: &str = "SELECT id FROM documents WHERE state IN ('issued', 'cancelled', 'reversed')
    AND coalesce(number, '') = '' LIMIT 20";

fn check_content(c: &Sqlite) -> Result<Vec<Finding>> {
    let asked = [("foreign_keys", FOREIGN_KEYS), ("counters", COUNTERS), ("sending", SENDING), ("numbers", NUMBERS)];
    // one moment for all, while the owner writes on
    c.execute_batch("BEGIN")?;
    let found = asked.into_iter().map(|(check, query)| Ok(finding(check, texts(c, query)?))).collect();
    c.execute_batch("COMMIT")?;
    found
}

/// The search index against what it indexes. Changes nothing, but SQLite has it done by a writer.
fn check_search(path: &Path) -> Result<Finding> {
    let c = open_writer(path)?;
    let mut wrong = Vec::new();
    for table in ["orders_search", "documents_search"] {
        c.execute_batch("BEGIN")?;
        let checked = c.execute_batch(&format!("INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)"));
        c.execute_batch("ROLLBACK")?;
        if let Err(error) = checked {
            wrong.push(format!("{table}: {error}"));
        }
    }
    Ok(finding("search", wrong.join("; ")))
}

fn check_all(path: &Path, most_searched: i64) -> Result<Vec<Finding>> {
    let c = open_reader(path)?;
    let mut found = vec![check_file(&c)?];
    if found.iter().any(|one| one.verdict == Verdict::Wrong) {
        return Ok(found);
    }
    found.extend(check_content(&c)?);
    let records: i64 = c.query_row("SELECT coalesce(max(row), 0) FROM documents", [], |row| row.get(0))?;
    drop(c);
    found.push(if records > most_searched {
        Finding { check: "search", verdict: Verdict::Skipped, detail: records.to_string() }
    } else {
        check_search(path)?
    });
    Ok(found)
}

impl Ledger {
    /// Checks the ledger that this process owns, beside its work.
    pub async fn check(&self) -> Result<Vec<Finding>> {
        let path = ledger_path(self.folder());
        tokio::task::spawn_blocking(move || check_all(&path, SEARCH_WHILE_OWNED))
            .await
            .map_err(|_| StoreError::Closed)?
    }

    /// Checks the ledger in a folder that nobody owns; nothing of it changes, neither version nor epoch.
    pub fn check_folder(folder: &Path) -> Result<Vec<Finding>> {
        let path = ledger_path(folder);
        if !path.exists() {
            return Err(StoreError::Missing(folder.display().to_string()));
        }
        let _lock = take_lock(folder)?;
        check_version(&path)?;
        check_all(&path, i64::MAX).map_err(|error| match error {
            StoreError::Sqlite(error) => damaged(&error),
            other => other,
        })
    }
}
