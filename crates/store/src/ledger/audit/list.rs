//! What was done, an entry for each act, for people to read.

use super::chain::{COLUMNS, Stored, stored_from};
use crate::error::Result;
use crate::ledger::events::json_error;
use rusqlite::{Connection as Sqlite, OptionalExtension, params_from_iter, types::Value as Bound};
use serde_json::Value;

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Whoever did it; of `sign_in`, whoever was to be signed in.
    pub who: Option<String>,
    /// The act by which somebody comes to be known: nobody is told to have done it, and its subject is their name.
    pub sign_in: &'static str,
    pub act: Option<String>,
    pub subject: Option<(String, String)>,
    /// `asked` (and never ended), `done`, `refused`, `noted`.
    pub outcome: Option<String>,
    pub from_ms: Option<i64>,
    /// The first instant after.
    pub to_ms: Option<i64>,
    /// Somewhere in who, act, subject, facts or reason.
    pub text: String,
    pub before_row: Option<i64>,
    pub limit: u32,
}

/// An act: how it was asked for, and how it ended.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    pub row: i64,
    pub at_ms: i64,
    pub who: String,
    pub role: String,
    pub host: String,
    pub act: String,
    pub subject: Option<(String, String)>,
    /// `asked` where nobody knows how it ended.
    pub outcome: String,
    pub code: String,
    pub reason: String,
    pub facts: Value,
    /// The row that says how it ended.
    pub end_row: Option<i64>,
    pub ended_ms: Option<i64>,
    pub end_facts: Option<Value>,
    /// Something of it is, or was, kept aside.
    pub has_personal: bool,
}

/// What is kept aside of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPersonal {
    pub row: i64,
    pub payload: Value,
}

const SUBJECT: &str = "SELECT row FROM audit WHERE subject_kind = ? AND subject_id = ? AND asked_row IS NULL
   UNION SELECT asked_row FROM audit WHERE subject_kind = ? AND subject_id = ?";

pub(super) fn list(c: &Sqlite, query: &AuditQuery) -> Result<Vec<AuditEntry>> {
    let mut sql =
        format!("SELECT {} FROM audit a LEFT JOIN audit e ON e.asked_row = a.row WHERE a.asked_row IS NULL", columns());
    let mut bound: Vec<Bound> = Vec::new();
    let mut add = |part: &str, values: Vec<Bound>| {
        sql.push_str(" AND ");
        sql.push_str(part);
        bound.extend(values);
    };
    if let Some(before) = query.before_row {
        add("a.row < ?", vec![before.into()]);
    }
    if let Some(who) = &query.who {
        let bound = vec![who.clone().into(), query.sign_in.to_owned().into(), who.clone().into()];
        add("(a.who = ? OR (a.act = ? AND a.subject_id = ? COLLATE NOCASE))", bound);
    }
    if let Some(act) = &query.act {
        add("a.act = ?", vec![act.clone().into()]);
    }
    if let Some((kind, id)) = &query.subject {
        let both = [kind.clone().into(), id.clone().into()];
        add(&format!("a.row IN ({SUBJECT})"), [both.clone(), both].concat());
    }
    if let Some(outcome) = &query.outcome {
        add("coalesce(e.outcome, a.outcome) = ?", vec![outcome.clone().into()]);
    }
    if let Some(from) = query.from_ms {
        add("a.at_ms >= ?", vec![from.into()]);
    }
    if let Some(to) = query.to_ms {
        add("a.at_ms < ?", vec![to.into()]);
    }
    if !query.text.is_empty() {
        let sought = format!("%{}%", query.text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"));
        add(
            "(a.who || ' ' || a.act || ' ' || a.subject_id || ' ' || a.facts || ' ' || a.reason || ' '
              || coalesce(e.subject_id || ' ' || e.facts, '')) LIKE ? ESCAPE '\\'",
            vec![sought.into()],
        );
    }
    sql.push_str(" ORDER BY a.row DESC LIMIT ?");
    bound.push(i64::from(query.limit).into());
    let mut found = c.prepare(&sql)?;
    let rows = found.query_map(params_from_iter(bound), entry_from)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(super) fn find(c: &Sqlite, row: i64) -> Result<Option<(AuditEntry, Vec<AuditPersonal>)>> {
    let entry = c
        .prepare_cached(&format!(
            "SELECT {} FROM audit a LEFT JOIN audit e ON e.asked_row = a.row
             WHERE a.row = (SELECT coalesce(asked_row, row) FROM audit WHERE row = ?1)",
            columns()
        ))?
        .query_row([row], entry_from)
        .optional()?;
    let Some(entry) = entry else { return Ok(None) };
    let mut kept = c.prepare_cached(
        "SELECT audit_row, payload FROM audit_personal WHERE audit_row IN (?1, ?2) ORDER BY audit_row",
    )?;
    let rows = kept.query_map([entry.row, entry.end_row.unwrap_or(entry.row)], |row| {
        let payload: String = row.get(1)?;
        let payload = serde_json::from_str(&payload).map_err(|error| json_error(1, error))?;
        Ok(AuditPersonal { row: row.get(0)?, payload })
    })?;
    let kept = rows.collect::<rusqlite::Result<_>>()?;
    Ok(Some((entry, kept)))
}

fn columns() -> String {
    let own: Vec<String> = COLUMNS.split(", ").map(|column| format!("a.{column}")).collect();
    format!(
        "{}, e.row, e.at_ms, e.outcome, e.code, e.facts, e.subject_kind, e.subject_id, e.personal_hash IS NOT NULL",
        own.join(", ")
    )
}

fn entry_from(row: &rusqlite::Row<'_>) -> rusqlite::Result<AuditEntry> {
    let Stored { row: sequence, at_ms, texts, reason, personal_hash, .. } = stored_from(row)?;
    let [who, role, host, act, kind, id, outcome, code, facts] = texts;
    let json = |text: String| serde_json::from_str(&text).map_err(|error| json_error(14, error));
    let end: Option<i64> = row.get(16)?;
    let end_facts: Option<String> = row.get(20)?;
    let end_kind: String = row.get::<_, Option<String>>(21)?.unwrap_or_default();
    let end_id: String = row.get::<_, Option<String>>(22)?.unwrap_or_default();
    let (kind, id) = if end_kind.is_empty() { (kind, id) } else { (end_kind, end_id) };
    Ok(AuditEntry {
        row: sequence,
        at_ms,
        who,
        role,
        host,
        act,
        subject: Some((kind, id)).filter(|(kind, _)| !kind.is_empty()),
        outcome: row.get::<_, Option<String>>(18)?.unwrap_or(outcome),
        code: row.get::<_, Option<String>>(19)?.unwrap_or(code),
        reason,
        facts: json(facts)?,
        end_row: end,
        ended_ms: row.get(17)?,
        end_facts: end_facts.map(json).transpose()?,
        has_personal: personal_hash.is_some() || row.get::<_, Option<bool>>(23)? == Some(true),
    })
}
