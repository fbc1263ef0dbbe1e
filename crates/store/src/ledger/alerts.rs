//! Alerts: what is set, what stands or stood, and to whom it was told.
//!
//! Whether something is worth an alert is decided elsewhere; here a cause stands once, whoever asks for it twice.

use super::Ledger;
use super::events::json_error;
use crate::error::{Result, StoreError};
use rusqlite::{Connection as Sqlite, Row, params};
use serde_json::Value;
use std::collections::BTreeMap;

/// Alerts that stand at a time; what comes beyond them is not taken up before others went.
const MOST_STANDING: i64 = 2_000;
const MOST_CHANNELS: i64 = 50;

/// Somewhere that is told. Its secret is in the vault.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertChannel {
    pub id: String,
    /// `desktop`, `mail`, `webhook`.
    pub kind: String,
    pub name: String,
    pub enabled: bool,
    pub settings: Value,
    pub has_secret: bool,
    pub created_ms: i64,
}

/// A cause that stands, or stood.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    pub row: i64,
    pub id: String,
    pub rule: String,
    pub cause: String,
    pub facts: Value,
    pub seen_ms: i64,
    /// `None` while it has not stood for long enough.
    pub raised_ms: Option<i64>,
    pub notified_ms: Option<i64>,
    /// Gone since then, and not yet for long enough.
    pub clear_ms: Option<i64>,
    pub recovered_ms: Option<i64>,
}

/// What becomes of an alert. Each is repeatable: one that was overtaken changes nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum AlertStep {
    /// Seen, and not raised before it has stood for a while.
    See {
        id: String,
        rule: String,
        cause: String,
        facts: Value,
        raised: bool,
    },
    Raise(i64),
    /// What its words are made of, as it is now.
    Facts(i64, Value),
    /// It seems gone.
    Clear(i64),
    /// It is there again: nobody was told that it was gone.
    Again(i64),
    Recover(i64),
    /// It went before it was raised.
    Forget(i64),
}

/// That an alert was told to a channel, and its end not yet.
#[derive(Debug, Clone)]
pub struct Telling {
    pub alert: Alert,
    pub channel_id: String,
    /// Of the send that told it: `waiting`, `sent`, `failed`.
    pub send: String,
}

const CHANNEL: &str = "id, kind, name, enabled, settings, has_secret, created_ms";
const ALERT: &str =
    "a.row, a.id, a.rule, a.cause, a.facts, a.seen_ms, a.raised_ms, a.notified_ms, a.clear_ms, a.recovered_ms";

pub(super) fn channel_from(row: &Row<'_>) -> rusqlite::Result<AlertChannel> {
    Ok(AlertChannel {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        enabled: row.get(3)?,
        settings: json(row, 4)?,
        has_secret: row.get(5)?,
        created_ms: row.get(6)?,
    })
}

pub(super) fn json(row: &Row<'_>, column: usize) -> rusqlite::Result<Value> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| json_error(column, error))
}

fn alert_from(row: &Row<'_>) -> rusqlite::Result<Alert> {
    Ok(Alert {
        row: row.get(0)?,
        id: row.get(1)?,
        rule: row.get(2)?,
        cause: row.get(3)?,
        facts: json(row, 4)?,
        seen_ms: row.get(5)?,
        raised_ms: row.get(6)?,
        notified_ms: row.get(7)?,
        clear_ms: row.get(8)?,
        recovered_ms: row.get(9)?,
    })
}

fn take(c: &Sqlite, step: AlertStep, now_ms: i64) -> Result<()> {
    match step {
        AlertStep::See { id, rule, cause, facts, raised } => {
            c.prepare_cached(
                "INSERT INTO alerts (id, rule, cause, facts, seen_ms, raised_ms)
                 SELECT ?1, ?2, ?3, ?4, ?5, iif(?6, ?5, NULL)
                 WHERE (SELECT count(*) FROM alerts WHERE recovered_ms IS NULL) < ?7
                 ON CONFLICT (rule, cause) WHERE recovered_ms IS NULL DO NOTHING",
            )?
            .execute(params![id, rule, cause, facts.to_string(), now_ms, raised, MOST_STANDING])?;
        }
        AlertStep::Facts(row, facts) => {
            c.prepare_cached("UPDATE alerts SET facts = ?2 WHERE row = ?1")?
                .execute(params![row, facts.to_string()])?;
        }
        AlertStep::Raise(row) => set(c, row, "raised_ms = ifnull(raised_ms, ?2), clear_ms = NULL", now_ms)?,
        AlertStep::Clear(row) => set(c, row, "clear_ms = ifnull(clear_ms, ?2)", now_ms)?,
        AlertStep::Again(row) => {
            c.prepare_cached("UPDATE alerts SET clear_ms = NULL WHERE row = ?1 AND recovered_ms IS NULL")?
                .execute([row])?;
        }
        AlertStep::Recover(row) => set(c, row, "recovered_ms = ?2", now_ms)?,
        AlertStep::Forget(row) => {
            c.prepare_cached("DELETE FROM alerts WHERE row = ?1 AND raised_ms IS NULL")?.execute([row])?;
        }
    }
    Ok(())
}

fn set(c: &Sqlite, row: i64, what: &str, now_ms: i64) -> Result<()> {
    c.prepare_cached(&format!("UPDATE alerts SET {what} WHERE row = ?1 AND recovered_ms IS NULL"))?
        .execute([row, now_ms])?;
    Ok(())
}

impl Ledger {
    /// JSON of what is set about alerts.
    pub async fn read_alert_settings(&self) -> Result<Value> {
        self.read_at_once(|c| Ok(c.query_row("SELECT alerts FROM workspace", [], |row| json(row, 0))?)).await
    }

    pub async fn set_alert_settings(&self, settings: Value) -> Result<()> {
        self.write(move |c| {
            c.execute("UPDATE workspace SET alerts = ?1", [settings.to_string()])?;
            Ok(())
        })
        .await
    }

    pub async fn list_alert_channels(&self) -> Result<Vec<AlertChannel>> {
        self.read_at_once(|c| {
            let mut query = c.prepare_cached(&format!("SELECT {CHANNEL} FROM alert_channels ORDER BY row"))?;
            let rows = query.query_map([], channel_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// # Errors
    /// [`StoreError::NotAllowed`] where there are too many.
    pub async fn save_alert_channel(&self, channel: AlertChannel) -> Result<()> {
        self.write(move |c| {
            let n = channel;
            let known: i64 =
                c.query_row("SELECT count(*) FROM alert_channels WHERE id <> ?1", [&n.id], |row| row.get(0))?;
            if known >= MOST_CHANNELS {
                return Err(StoreError::NotAllowed("too_many_channels"));
            }
            c.prepare_cached(&format!(
                "INSERT INTO alert_channels ({CHANNEL}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (id) DO UPDATE SET name = ?3, enabled = ?4, settings = ?5, has_secret = ?6"
            ))?
            .execute(params![
                n.id,
                n.kind,
                n.name,
                n.enabled,
                n.settings.to_string(),
                n.has_secret,
                n.created_ms
            ])?;
            Ok(())
        })
        .await
    }

    /// Takes a channel away. What waits for it is not sent; what was sent stays on record.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_alert_channel(&self, id: &str, now_ms: i64) -> Result<()> {
        let id = id.to_owned();
        self.write(move |c| {
            let gone = c.execute("DELETE FROM alert_channels WHERE id = ?1", [&id])?;
            if gone == 0 {
                return Err(StoreError::NotFound(id));
            }
            c.execute(
                "UPDATE notice_sends SET state = 'failed', ended_ms = ?2, code = 'channel_removed'
                 WHERE state = 'waiting' AND channel_id = ?1",
                params![id, now_ms],
            )?;
            c.execute("UPDATE alert_tellings SET open = 0 WHERE open = 1 AND channel_id = ?1", [&id])?;
            Ok(())
        })
        .await
    }

    /// What stands: raised, or seen and not raised yet, oldest first.
    pub async fn list_standing_alerts(&self) -> Result<Vec<Alert>> {
        self.read_at_once(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {ALERT} FROM alerts a WHERE a.recovered_ms IS NULL ORDER BY a.row LIMIT {MOST_STANDING}"
            ))?;
            let rows = query.query_map([], alert_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// How often each cause has ended since an instant.
    pub async fn count_recovered_since(&self, since_ms: i64) -> Result<BTreeMap<(String, String), u32>> {
        self.read_at_once(move |c| {
            let mut query = c.prepare_cached(
                "SELECT rule, cause, count(*) FROM alerts INDEXED BY alerts_recovered WHERE recovered_ms >= ?1
                 GROUP BY rule, cause LIMIT 5000",
            )?;
            let rows = query.query_map([since_ms], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Takes steps in one commit.
    pub async fn step_alerts(&self, steps: Vec<AlertStep>, now_ms: i64) -> Result<()> {
        self.write(move |c| steps.into_iter().try_for_each(|step| take(c, step, now_ms))).await
    }

    /// What was told to somebody who was not told its end yet.
    pub async fn list_open_tellings(&self) -> Result<Vec<Telling>> {
        self.read_at_once(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {ALERT}, t.channel_id, s.state FROM alert_tellings t INDEXED BY alert_tellings_open
                 JOIN alerts a ON a.row = t.alert_row JOIN notice_sends s ON s.row = t.send_row
                 WHERE t.open = 1 ORDER BY t.alert_row, t.row LIMIT 20000"
            ))?;
            let rows = query.query_map([], |row| {
                Ok(Telling { alert: alert_from(row)?, channel_id: row.get(10)?, send: row.get(11)? })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// How many alerts are raised now.
    pub async fn count_raised_alerts(&self) -> Result<u32> {
        self.read_at_once(|c| {
            let sql = "SELECT count(*) FROM alerts WHERE recovered_ms IS NULL AND raised_ms IS NOT NULL";
            Ok(c.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
        })
        .await
    }

    /// Takes away what ended long ago: notices of before an instant, and alerts that ended before it. At most so many of each.
    pub async fn purge_alerts(&self, before_ms: i64, limit: u32) -> Result<u32> {
        self.write(move |c| {
            let notices = c
                .prepare_cached(
                    "DELETE FROM notices WHERE row IN (SELECT row FROM notices WHERE at_ms < ?1
                       AND NOT EXISTS (SELECT 1 FROM notice_sends s WHERE s.notice_row = notices.row AND s.state = 'waiting')
                       AND NOT EXISTS (SELECT 1 FROM notice_sends s JOIN alert_tellings t ON t.send_row = s.row
                         WHERE s.notice_row = notices.row AND t.open = 1) ORDER BY at_ms LIMIT ?2)",
                )?
                .execute(params![before_ms, limit])?;
            let alerts = c
                .prepare_cached(
                    "DELETE FROM alerts WHERE row IN (SELECT row FROM alerts WHERE recovered_ms < ?1
                       AND NOT EXISTS (SELECT 1 FROM alert_tellings t WHERE t.alert_row = alerts.row AND t.open = 1)
                       ORDER BY recovered_ms LIMIT ?2)",
                )?
                .execute(params![before_ms, limit])?;
            Ok((notices + alerts) as u32)
        })
        .await
    }
}
