//! What names a client and hangs on none of their orders: webhooks that led to none, rows of files that were refused, what the audit
//! log keeps aside, and what people wrote elsewhere.

use super::erase::scrubbed;
use super::export::rows;
use crate::error::Result;
use crate::ledger::Ledger;
use punte_domain::erasure::Known;
use rusqlite::{Connection as Sqlite, params};
use serde_json::{Map, Value, json};

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

/// A table that is looked through, erased and exported.
struct Place {
    /// Under which its rows are exported.
    name: &'static str,
    table: &'static str,
    key: &'static str,
    /// Which of its columns hold text.
    columns: &'static [&'static str],
    /// Which of its rows are nobody's order's, or may be anybody's.
    condition: &'static str,
    /// Which of these stay as they are: what is to be done yet.
    stays: &'static str,
    what: What,
    /// What is exported of a row.
    shown: &'static str,
    /// The order that a row is about, with which it is exported.
    order: &'static str,
}

#[derive(Clone, Copy, PartialEq)]
enum What {
    Deliveries,
    Rejects,
    Audit,
    Texts,
}

const fn texts(
    name: &'static str,
    table: &'static str,
    columns: &'static [&'static str],
    shown: &'static str,
) -> Place {
    Place { name, table, key: "row", columns, condition: "1", stays: "0", what: What::Texts, shown, order: "NULL" }
}

const PLACES: &[Place] = &[
    Place {
        condition: "order_row IS NULL AND length(body) > 0",
        // what is to be processed yet, or could not be and came by no other way
        stays: "(state = 'waiting' OR state = 'failed' AND payload = 1)",
        what: What::Deliveries,
        ..texts("webhooks", "deliveries", &["body"], "id, received_ms, topic, verdict, headers, body")
    },
    Place {
        what: What::Rejects,
        ..texts(
            "rejected_rows_of_files",
            "import_rejects",
            &["reason"],
            "(SELECT file_name FROM imports i WHERE i.row = import_row) AS file_name, line, order_number, field, reason",
        )
    },
    Place {
        key: "audit_row",
        what: What::Audit,
        ..texts(
            "audit",
            "audit_personal",
            &["payload"],
            "audit_row, (SELECT json_object('at_ms', at_ms, 'who', who, 'act', act, 'subject_kind', subject_kind,
               'subject_id', subject_id, 'reason', reason) FROM audit a WHERE a.row = audit_row) AS entry, payload AS aside",
        )
    },
    texts("saved_views", "saved_views", &["name", "content"], "operator, list, name, content, saved_ms"),
    texts("list_layouts", "list_layouts", &["content"], "operator, list, content"),
    texts("causes_of_failures", "causes", &["failure"], "first_ms, last_ms, failure"),
    Place {
        stays: "(state = 'waiting')",
        ..texts(
            "approvals",
            "approvals",
            &["payload", "facts", "reason", "note"],
            "command, payload, facts, reason, asked_by, asked_ms, note",
        )
    },
    Place {
        order: "coalesce(order_row, (SELECT d.order_row FROM documents d WHERE d.row = document_row))",
        ..texts(
            "findings",
            "reconcile_findings",
            &["facts", "reason"],
            "kind, state, facts, reason, first_seen_ms, last_seen_ms",
        )
    },
    texts("replays_of_webhooks", "delivery_replays", &["reason"], "who, at_ms, reason"),
    texts(
        "closings_of_months",
        "closings",
        &["note", "reopened_reason"],
        "month, who, closed_ms, note, reopened_by, reopened_reason",
    ),
    Place {
        order: "order_row",
        ..texts("notes_on_other_orders", "notes", &["text"], "author, text, created_ms")
    },
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
        if known.is_empty() {
            return Ok(count);
        }
        loop {
            let known = known.clone();
            let (last, rows) = self.read(move |c| read_page(c, place, &known, after, true)).await?;
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

    /// What names a client beside these orders of theirs, and what waits to be processed and names them, place by place.
    pub async fn export_loose(&self, known: &Known, orders: &[i64]) -> Result<Value> {
        let mut all = Map::new();
        let orders = json!(orders).to_string();
        for place in PLACES {
            let keys = json!(self.find_loose(place, known).await?).to_string();
            let orders = orders.clone();
            let found = self.read(move |c| {
                let sql = format!(
                    "SELECT {} FROM {} WHERE {key} IN (SELECT value FROM json_each(?1))
                       AND coalesce({}, 0) NOT IN (SELECT value FROM json_each(?2)) ORDER BY {key}",
                    place.shown,
                    place.table,
                    place.order,
                    key = place.key
                );
                rows(c, &sql, params![keys, orders])
            });
            all.insert(place.name.to_owned(), found.await?);
        }
        Ok(Value::Object(all))
    }

    /// Keys of the rows of a place that name a client.
    async fn find_loose(&self, place: &'static Place, known: &Known) -> Result<Vec<i64>> {
        let (mut after, mut found) = (i64::MIN, Vec::new());
        if known.is_empty() {
            return Ok(found);
        }
        loop {
            let known = known.clone();
            let (last, rows) = self.read(move |c| read_page(c, place, &known, after, false)).await?;
            found.extend(rows.into_iter().map(|(row, _)| row));
            match last {
                Some(last) => after = last,
                None => return Ok(found),
            }
        }
    }
}

impl LooseErased {
    pub fn sum(&self) -> u32 {
        self.deliveries + self.rejects + self.audit + self.texts
    }

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

/// The rows of a page that name the client, and where the next page begins. `goes`: only those that do not stay.
fn read_page(c: &Sqlite, place: &Place, known: &Known, after: i64, goes: bool) -> Result<(Option<i64>, Vec<Found>)> {
    let columns: Vec<String> = place.columns.iter().map(|column| format!("CAST({column} AS BLOB)")).collect();
    let mut query = c.prepare_cached(&format!(
        "SELECT {key}, {} FROM {} WHERE {key} > ?1 AND {} AND NOT {} ORDER BY {key} LIMIT ?2",
        columns.join(", "),
        place.table,
        place.condition,
        if goes { place.stays } else { "0" },
        key = place.key
    ))?;
    let mut rows = query.query(params![after, PAGE])?;
    let (mut last, mut count, mut found) = (after, 0, Vec::new());
    while let Some(row) = rows.next()? {
        (last, count) = (row.get(0)?, count + 1);
        let mut changed = Vec::with_capacity(place.columns.len());
        for column in 0..place.columns.len() {
            let bytes: Option<Vec<u8>> = row.get(column + 1)?;
            changed.push(bytes.and_then(|bytes| without(&bytes, place.what, known)));
        }
        if changed.iter().any(Option::is_some) {
            found.push((last, changed));
        }
    }
    Ok(((count == PAGE).then_some(last), found))
}

fn without(bytes: &[u8], what: What, known: &Known) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        // the beginning of a body that was cut off, or no text at all
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    };
    match serde_json::from_str::<Value>(&text) {
        // what goes as a whole is read by nobody again: any number in it may be theirs
        Ok(mut value) if matches!(what, What::Deliveries | What::Audit) => {
            return known.scrub(&mut value).then(|| value.to_string());
        }
        Ok(_) => return scrubbed(&text, known, false),
        Err(_) => {}
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
                // two views of one list that were called by the client may not be called the same
                let text =
                    if (place.table, *column) == ("saved_views", "name") { &format!("{text} {row}") } else { text };
                c.prepare_cached(&format!("UPDATE {} SET {column} = ?2 WHERE row = ?1", place.table))?
                    .execute(params![row, text])?;
            }
        }
    }
    Ok(())
}
