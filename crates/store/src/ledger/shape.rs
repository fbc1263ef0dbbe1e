//! What a ledger is made of: its version, its tables with their rows, its indexes. Names of ours and numbers, and nothing that stands
//! in it.

use super::{Ledger, MIGRATIONS};
use crate::error::Result;
use rusqlite::Connection as Sqlite;

/// Rows of a table are counted so far.
const COUNTED: i64 = 1_000_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub sqlite: &'static str,
    /// How many migrations it has had, and how many this program knows.
    pub version: i64,
    pub known: usize,
    pub pages: i64,
    pub page_bytes: i64,
    pub tables: Vec<TableShape>,
    pub indexes: Vec<String>,
    pub triggers: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableShape {
    pub name: String,
    pub rows: i64,
    /// There are more rows than were counted.
    pub has_more: bool,
}

fn names(c: &Sqlite, kind: &str) -> Result<Vec<String>> {
    let mut query = c.prepare(
        "SELECT name FROM sqlite_schema WHERE type = ?1 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND coalesce(sql, '') NOT LIKE 'CREATE VIRTUAL%' ORDER BY name",
    )?;
    let rows = query.query_map([kind], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn table(c: &Sqlite, name: String) -> Result<TableShape> {
    // a name of the schema: it stands in quotes, and a quote in it twice
    let sql = format!("SELECT count(*) FROM (SELECT 1 FROM \"{}\" LIMIT ?1)", name.replace('"', "\"\""));
    let rows: i64 = c.query_row(&sql, [COUNTED + 1], |row| row.get(0))?;
    Ok(TableShape { name, rows: rows.min(COUNTED), has_more: rows > COUNTED })
}

impl Ledger {
    pub async fn read_shape(&self) -> Result<Shape> {
        self.read(|c| {
            let number = |pragma: &str| c.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0));
            let tables = names(c, "table")?.into_iter().map(|name| table(c, name)).collect::<Result<_>>()?;
            Ok(Shape {
                sqlite: rusqlite::version(),
                version: number("user_version")?,
                known: MIGRATIONS.len(),
                pages: number("page_count")?,
                page_bytes: number("page_size")?,
                tables,
                indexes: names(c, "index")?,
                triggers: names(c, "trigger")?,
            })
        })
        .await
    }
}
