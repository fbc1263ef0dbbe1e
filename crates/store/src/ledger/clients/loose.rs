//! What names a client and hangs on none of their orders: webhooks that led to none, rows of files that were refused, what the audit
//! log keeps aside, and what people wrote elsewhere.

use super::erase::scrubbed;
use crate::error::Result;
use crate::ledger::Ledger;
use punte_domain::erasure::Known;
use rusqlite::{Connection as Sqlite, params};
use serde_json::Value;

/// Rows that are looked at between two commits.
const PAGE: u32 = 1000;

/// How much there is, or was, of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LooseErased {
    pub deliveries: u32,
    pub rejects: u32,
    /// Side rows of the audit log.
    pub audit: u32,
    /// Notes, reasons, names of views and the like.
    pub texts: u32,
}

/// A table that is looked through, and which of its columns hold text.
struct Place {
    table: &'static str,
    key: &'static str,
    columns: &'static [&'static str],
    condition: &'static str,
    what: What,
}

#[derive(Clone, Copy, PartialEq)]
enum What {
    Deliveries,
    Rejects,
    Audit,
    Texts,
}

const fn texts(table: &'static str, columns: &'static [&'static str]) -> Place {
    Place { table, key: "row", columns, condition: "1", what: What::Texts }
}

const PLACES: &[Place] = &[
    Place {
        table: "deliveries",
        key: "row",
        columns: &["body"],
        // what is to be processed yet, or could not be and came by no other way, stays
        condition: "order_row IS NULL AND length(body) > 0 AND state <> 'waiting' AND NOT (state = 'failed' AND payload = 1)",
        what: What::Deliveries,
    },
    Place { table: "import_rejects", key: "row", columns: &["reason"], condition: "1", what: What::Rejects },
    Place { table: "audit_personal", key: "audit_row", columns: &["payload"], condition: "1", what: What::Audit },
    texts("saved_views", &["name", "content"]),
    texts("list_layouts", &["content"]),
    texts("causes", &["failure"]),
    Place {
        table: "approvals",
        key: "row",
        columns: &["payload", "facts", "reason", "note"],
        condition: "state <> 'waiting'",
        what: What::Texts,
    },
    texts("reconcile_findings", &["facts", "reason"]),
    texts("delivery_replays", &["reason"]),
    texts("closings", &["note"]),
    texts("notes", &["text"]),
];

impl Ledger {
    /// Counts what names a client beside their orders.
    pub async fn count_loose(&self, known: &Known) -> Result<LooseErased> {
        let mut found = LooseErased::default();
        for place in PLACES {
            found.add(place.what, self.look_through(place, known, false).await?);
        }
        Ok(found)
    }

    /// Takes a client out of it, in small commits. Asked again, it goes on with what is left.
    pub async fn erase_loose(&self, known: &Known) -> Result<LooseErased> {
        let mut done = LooseErased::default();
        for place in PLACES {
            done.add(place.what, self.look_through(place, known, true).await?);
        }
        Ok(done)
    }

    async fn look_through(&self, place: &'static Place, known: &Known, erase: bool) -> Result<u32> {
        let (mut after, mut count) = (i64::MIN, 0);
        loop {
            let known = known.clone();
            let (last, rows) = self.read(move |c| read_page(c, place, &known, after)).await?;
            count += rows.len() as u32;
            if erase && !rows.is_empty() {
                self.write(move |c| rows.iter().try_for_each(|row| replace(c, place, row))).await?;
            }
            match last {
                Some(last) => after = last,
                None => return Ok(count),
            }
        }
    }

    /// Bodies of webhooks that name a client.
    pub(super) async fn find_loose(&self, kind: &'static str, known: &Known) -> Result<Vec<i64>> {
        let Some(place) = PLACES.iter().find(|place| place.table == kind) else { return Ok(Vec::new()) };
        let (mut after, mut found) = (i64::MIN, Vec::new());
        loop {
            let known = known.clone();
            let (last, rows) = self.read(move |c| read_page(c, place, &known, after)).await?;
            found.extend(rows.into_iter().map(|(row, _)| row));
            match last {
                Some(last) => after = last,
                None => return Ok(found),
            }
        }
    }
}

impl LooseErased {
    fn add(&mut self, what: What, count: u32) {
        match what {
            What::Deliveries => self.deliveries += count,
            What::Rejects => self.rejects += count,
            What::Audit => self.audit += count,
            What::Texts => self.texts += count,
        }
    }
}

/// A row's key, and its columns without the client.
type Found = (i64, Vec<Option<String>>);

/// The rows of a page that name the client, and where the next page begins.
fn read_page(c: &Sqlite, place: &Place, known: &Known, after: i64) -> Result<(Option<i64>, Vec<Found>)> {
    let columns: Vec<String> = place.columns.iter().map(|column| format!("CAST({column} AS BLOB)")).collect();
    let mut query = c.prepare_cached(&format!(
        "SELECT {key}, {} FROM {} WHERE {key} > ?1 AND {} ORDER BY {key} LIMIT ?2",
        columns.join(", "),
        place.table,
        place.condition,
        key = place.key
    ))?;
    let mut rows = query.query(params![after, PAGE])?;
    let (mut last, mut count, mut found) = (after, 0, Vec::new());
    while let Some(row) = rows.next()? {
        (last, count) = (row.get(0)?, count + 1);
        let mut changed = Vec::with_capacity(place.columns.len());
        for column in 0..place.columns.len() {
            let bytes: Option<Vec<u8>> = row.get(column + 1)?;
            changed.push(bytes.and_then(|bytes| without(&bytes, known)));
        }
        if changed.iter().any(Option::is_some) {
            found.push((last, changed));
        }
    }
    Ok(((count == PAGE).then_some(last), found))
}

fn without(bytes: &[u8], known: &Known) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // the beginning of a body that was cut off, or no text at all
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    };
    if serde_json::from_str::<Value>(&text).is_ok() {
        return scrubbed(&text, known, false);
    }
    // JSON that was cut off may write letters and slashes as escapes
    known.scrubbed(&text).or_else(|| known.scrubbed(&text.replace("\\u0040", "@").replace("%40", "@")))
}

fn replace(c: &Sqlite, place: &Place, (row, columns): &Found) -> Result<()> {
    match place.what {
        // another content would be another delivery: it is empty, and cannot be processed again
        What::Deliveries => {
            c.prepare_cached("UPDATE deliveries SET body = x'', failure = NULL WHERE row = ?1")?.execute([row])?;
        }
        What::Audit => {
            c.prepare_cached("DELETE FROM audit_personal WHERE audit_row = ?1")?.execute([row])?;
        }
        What::Rejects | What::Texts => {
            for (column, text) in place.columns.iter().zip(columns) {
                let Some(text) = text else { continue };
                c.prepare_cached(&format!("UPDATE {} SET {column} = ?2 WHERE row = ?1", place.table))?
                    .execute(params![row, text])?;
            }
        }
    }
    Ok(())
}
