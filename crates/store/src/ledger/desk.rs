//! What people keep with a record: notes, who looks after it, and tags. Nothing here is ever sent.

use super::Ledger;
use super::events::{NewEvent, insert};
use crate::error::{Result, StoreError};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde_json::json;

/// A person's note on an order's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub id: String,
    pub author: String,
    pub text: String,
    pub created_ms: i64,
    pub edited_ms: Option<i64>,
}

/// What people keep with a record, and what they may choose from.
#[derive(Debug, Clone, Default)]
pub struct RecordDesk {
    /// Newest first.
    pub notes: Vec<Note>,
    /// Empty for nobody.
    pub owner: String,
    pub tags: Vec<String>,
    /// Tags in use, the most used first.
    pub known_tags: Vec<String>,
}

fn note_from(row: &Row<'_>) -> rusqlite::Result<Note> {
    Ok(Note {
        id: row.get(0)?,
        author: row.get(1)?,
        text: row.get(2)?,
        created_ms: row.get(3)?,
        edited_ms: row.get(4)?,
    })
}

const NOTE: &str = "id, author, text, created_ms, edited_ms";

fn texts(c: &Sqlite, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<String>> {
    let mut query = c.prepare_cached(sql)?;
    let rows = query.query_map(parameters, |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The order of a note that its author may change now.
fn own_note(c: &Sqlite, id: &str, who: &str) -> Result<i64> {
    let found: Option<(i64, String)> = c
        .query_row("SELECT order_row, author FROM notes WHERE id = ?1", [id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match found {
        None => Err(StoreError::NotFound(id.to_owned())),
        Some((_, author)) if author != who => Err(StoreError::Stale(format!("note {id} is {author}'s"))),
        Some((order_row, _)) => Ok(order_row),
    }
}

impl Ledger {
    pub async fn read_desk(&self, order_row: i64) -> Result<RecordDesk> {
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {NOTE} FROM notes WHERE order_row = ?1 AND deleted_ms IS NULL ORDER BY row DESC LIMIT 500"
            ))?;
            let notes = query.query_map([order_row], note_from)?.collect::<rusqlite::Result<_>>()?;
            let owner: Option<String> = c
                .prepare_cached("SELECT owner FROM record_owners WHERE order_row = ?1")?
                .query_row([order_row], |row| row.get(0))
                .optional()?;
            Ok(RecordDesk {
                notes,
                owner: owner.unwrap_or_default(),
                tags: texts(c, "SELECT tag FROM tags WHERE order_row = ?1 ORDER BY tag", [order_row])?,
                known_tags: texts(c, "SELECT tag FROM tags GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 50", [])?,
            })
        })
        .await
    }

    /// Names of people that this ledger knows: who looks after something, and who wrote a note.
    pub async fn list_people(&self) -> Result<Vec<String>> {
        self.read(|c| {
            texts(
                c,
                "SELECT owner FROM causes WHERE owner <> '' UNION SELECT owner FROM record_owners
                 UNION SELECT author FROM notes UNION SELECT who FROM bulk_jobs ORDER BY 1 LIMIT 200",
                [],
            )
        })
        .await
    }

    pub async fn add_note(&self, order_row: i64, id: &str, text: &str, who: &str, now_ms: i64) -> Result<()> {
        let (id, text, who) = (id.to_owned(), text.to_owned(), who.to_owned());
        self.write(move |c| {
            c.execute(
                "INSERT INTO notes (id, order_row, author, text, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id, order_row, who, text, now_ms],
            )?;
            insert(c, order_row, None, now_ms, &NewEvent::new("note_added", json!({})).by(&who))
        })
        .await
    }

    /// # Errors
    /// [`StoreError::Stale`] for a note of somebody else.
    pub async fn edit_note(&self, id: &str, text: &str, who: &str, now_ms: i64) -> Result<()> {
        let (id, text, who) = (id.to_owned(), text.to_owned(), who.to_owned());
        self.write(move |c| {
            own_note(c, &id, &who)?;
            c.execute("UPDATE notes SET text = ?2, edited_ms = ?3 WHERE id = ?1", params![id, text, now_ms])?;
            Ok(())
        })
        .await
    }

    /// Takes a note away, or puts it back. What was written stays in the ledger.
    ///
    /// # Errors
    /// [`StoreError::Stale`] for a note of somebody else.
    pub async fn delete_note(&self, id: &str, deleted: bool, who: &str, now_ms: i64) -> Result<()> {
        let (id, who) = (id.to_owned(), who.to_owned());
        self.write(move |c| {
            let order_row = own_note(c, &id, &who)?;
            let at_ms = deleted.then_some(now_ms);
            c.execute("UPDATE notes SET deleted_ms = ?2 WHERE id = ?1", params![id, at_ms])?;
            let what = if deleted { "note_deleted" } else { "note_restored" };
            insert(c, order_row, None, now_ms, &NewEvent::new(what, json!({})).by(&who))
        })
        .await
    }

    /// Names who looks after a record; empty for nobody.
    pub async fn assign_record(&self, order_row: i64, owner: &str, who: &str, now_ms: i64) -> Result<()> {
        let (owner, who) = (owner.to_owned(), who.to_owned());
        self.write(move |c| {
            if owner.is_empty() {
                c.execute("DELETE FROM record_owners WHERE order_row = ?1", [order_row])?;
            } else {
                c.execute(
                    "INSERT INTO record_owners (order_row, owner) VALUES (?1, ?2)
                     ON CONFLICT (order_row) DO UPDATE SET owner = ?2",
                    params![order_row, owner],
                )?;
            }
            let what = if owner.is_empty() { "unassigned" } else { "assigned" };
            insert(c, order_row, None, now_ms, &NewEvent::new(what, json!({ "owner": owner })).by(&who))
        })
        .await
    }

    pub async fn set_tags(&self, order_row: i64, tags: Vec<String>, who: &str, now_ms: i64) -> Result<()> {
        let who = who.to_owned();
        self.write(move |c| {
            c.execute("DELETE FROM tags WHERE order_row = ?1", [order_row])?;
            let mut add = c.prepare_cached("INSERT OR IGNORE INTO tags (order_row, tag) VALUES (?1, ?2)")?;
            for tag in &tags {
                add.execute(params![order_row, tag])?;
            }
            insert(c, order_row, None, now_ms, &NewEvent::new("tagged", json!({ "tags": tags.join(", ") })).by(&who))
        })
        .await
    }
}
