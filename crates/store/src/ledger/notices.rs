//! What is told of alerts: a row before it is sent, one for each channel, until the channel took it or it was tried often enough.

use super::Ledger;
use super::alerts::{AlertChannel, channel_from, json};
use crate::error::Result;
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use serde_json::Value;

/// Something to tell, whole.
#[derive(Debug, Clone, PartialEq)]
pub struct NewNotice {
    pub id: String,
    /// `raised`, `recovered`, `digest`, `test`.
    pub kind: String,
    pub subject: String,
    pub text: String,
    /// JSON.
    pub items: Value,
    /// Alerts that it tells of, each with whether it tells their end.
    pub tells: Vec<(i64, bool)>,
    /// What shows itself where it is read is sent as soon as it is written.
    pub channels: Vec<(AlertChannel, bool)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    pub row: i64,
    pub id: String,
    pub kind: String,
    pub at_ms: i64,
    pub subject: String,
    pub text: String,
    pub items: Value,
}

/// A notice on its way to one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct NoticeSend {
    pub row: i64,
    pub notice_row: i64,
    pub channel_id: String,
    pub channel_kind: String,
    pub channel_name: String,
    /// `waiting`, `sent`, `failed`.
    pub state: String,
    pub tries: u32,
    pub due_ms: i64,
    pub ended_ms: Option<i64>,
    pub code: String,
    pub said: String,
}

/// How a try ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendEnd {
    Taken,
    /// Tried again at an instant, or not any more.
    Refused {
        code: String,
        said: String,
        again_ms: Option<i64>,
    },
}

const NOTICE: &str = "n.row, n.id, n.kind, n.at_ms, n.subject, n.text, n.items";
const SEND: &str = "s.row, s.notice_row, s.channel_id, s.channel_kind, s.channel_name, s.state, s.tries, s.due_ms, \
     s.ended_ms, s.code, s.said";

fn notice_from(row: &Row<'_>) -> rusqlite::Result<Notice> {
    Ok(Notice {
        row: row.get(0)?,
        id: row.get(1)?,
        kind: row.get(2)?,
        at_ms: row.get(3)?,
        subject: row.get(4)?,
        text: row.get(5)?,
        items: json(row, 6)?,
    })
}

fn send_from(row: &Row<'_>, at: usize) -> rusqlite::Result<NoticeSend> {
    Ok(NoticeSend {
        row: row.get(at)?,
        notice_row: row.get(at + 1)?,
        channel_id: row.get(at + 2)?,
        channel_kind: row.get(at + 3)?,
        channel_name: row.get(at + 4)?,
        state: row.get(at + 5)?,
        tries: row.get(at + 6)?,
        due_ms: row.get(at + 7)?,
        ended_ms: row.get(at + 8)?,
        code: row.get(at + 9)?,
        said: row.get(at + 10)?,
    })
}

fn insert(c: &Sqlite, new: &NewNotice, now_ms: i64) -> Result<i64> {
    c.prepare_cached("INSERT INTO notices (id, kind, at_ms, subject, text, items) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![new.id, new.kind, now_ms, new.subject, new.text, new.items.to_string()])?;
    let row = c.last_insert_rowid();
    for (channel, is_shown) in &new.channels {
        let (state, ended_ms) = if *is_shown { ("sent", Some(now_ms)) } else { ("waiting", None) };
        c.prepare_cached(
            "INSERT INTO notice_sends (notice_row, channel_id, channel_kind, channel_name, state, due_ms, ended_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![row, channel.id, channel.kind, channel.name, state, now_ms, ended_ms])?;
        let send_row = c.last_insert_rowid();
        for (alert_row, is_end) in &new.tells {
            if *is_end {
                c.prepare_cached("UPDATE alert_tellings SET open = 0 WHERE alert_row = ?1 AND channel_id = ?2")?
                    .execute(params![alert_row, channel.id])?;
            } else {
                // told there before: it is not told again
                c.prepare_cached(
                    "INSERT INTO alert_tellings (alert_row, send_row, channel_id, open) VALUES (?1, ?2, ?3, 1)",
                )?
                .execute(params![alert_row, send_row, channel.id])?;
            }
        }
    }
    for (alert_row, _) in &new.tells {
        c.prepare_cached("UPDATE alerts SET notified_ms = ifnull(notified_ms, ?2) WHERE row = ?1")?
            .execute(params![alert_row, now_ms])?;
    }
    Ok(row)
}

impl Ledger {
    /// Writes notices down, to be sent. Answers their rows.
    ///
    /// # Errors
    /// One that tells a channel of an alert a second time breaks the index of tellings; nothing is written then.
    pub async fn record_notices(&self, new: Vec<NewNotice>, now_ms: i64) -> Result<Vec<i64>> {
        self.write(move |c| new.iter().map(|one| insert(c, one, now_ms)).collect()).await
    }

    /// Who was told of an alert and need not be told its end: they never heard of it, or it is not wanted there any more.
    pub async fn drop_tellings(&self, tellings: Vec<(i64, String)>) -> Result<()> {
        self.write(move |c| {
            let mut drop =
                c.prepare_cached("UPDATE alert_tellings SET open = 0 WHERE alert_row = ?1 AND channel_id = ?2")?;
            for (alert_row, channel_id) in &tellings {
                drop.execute(params![alert_row, channel_id])?;
            }
            Ok(())
        })
        .await
    }

    /// What is due, oldest first, each with its notice and its channel as it is now. What is due further ahead than `beyond_ms`
    /// was written while the clock stood wrong.
    pub async fn list_due_sends(
        &self,
        now_ms: i64,
        beyond_ms: i64,
        limit: u32,
    ) -> Result<Vec<(NoticeSend, Notice, Option<AlertChannel>)>> {
        self.read_at_once(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {NOTICE}, {SEND} FROM notice_sends s JOIN notices n ON n.row = s.notice_row
                 WHERE s.state = 'waiting' AND (s.due_ms <= ?1 OR s.due_ms > ?2) ORDER BY s.due_ms, s.row LIMIT ?3"
            ))?;
            let rows = query
                .query_map([now_ms, beyond_ms, i64::from(limit)], |row| Ok((send_from(row, 7)?, notice_from(row)?)))?;
            let mut channel = c.prepare_cached(
                "SELECT id, kind, name, enabled, settings, has_secret, created_ms FROM alert_channels WHERE id = ?1",
            )?;
            let mut due = Vec::new();
            for row in rows {
                let (send, notice) = row?;
                let to = channel.query_row([&send.channel_id], channel_from).optional()?;
                due.push((send, notice, to));
            }
            Ok(due)
        })
        .await
    }

    /// When the next one is due.
    pub async fn find_next_send_ms(&self) -> Result<Option<i64>> {
        self.read_at_once(|c| {
            let sql = "SELECT min(due_ms) FROM notice_sends WHERE state = 'waiting'";
            Ok(c.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
        })
        .await
    }

    /// Counts a try before it is made, so that one that ends with the program is not made for ever.
    pub async fn begin_send(&self, row: i64, again_ms: i64) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached(
                "UPDATE notice_sends SET tries = tries + 1, due_ms = ?2 WHERE row = ?1 AND state = 'waiting'",
            )?
            .execute([row, again_ms])?;
            Ok(())
        })
        .await
    }

    /// How a try ended. What was taken stays taken.
    pub async fn end_send(&self, row: i64, end: SendEnd, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let (state, code, said, due_ms) = match end {
                SendEnd::Taken => ("sent", String::new(), String::new(), None),
                SendEnd::Refused { code, said, again_ms: Some(again_ms) } => ("waiting", code, said, Some(again_ms)),
                SendEnd::Refused { code, said, again_ms: None } => ("failed", code, said, None),
            };
            let ended_ms = (state != "waiting").then_some(now_ms);
            c.prepare_cached(
                "UPDATE notice_sends SET state = ?2, code = ?3, said = ?4, due_ms = ifnull(?5, due_ms), ended_ms = ?6
                 WHERE row = ?1 AND state = 'waiting'",
            )?
            .execute(params![row, state, code, said, due_ms, ended_ms])?;
            Ok(())
        })
        .await
    }

    /// What was told, newest first, before a row, each with what became of it.
    pub async fn page_notices(&self, before: Option<i64>, limit: u32) -> Result<Vec<(Notice, Vec<NoticeSend>)>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {NOTICE} FROM notices n WHERE n.row < ?1 ORDER BY n.row DESC LIMIT ?2"
            ))?;
            let rows = query.query_map(params![before.unwrap_or(i64::MAX), limit.clamp(1, 200)], notice_from)?;
            let mut of =
                c.prepare_cached(&format!("SELECT {SEND} FROM notice_sends s WHERE s.notice_row = ?1 ORDER BY s.row"))?;
            rows.map(|notice| {
                let notice = notice?;
                let sends = of.query_map([notice.row], |row| send_from(row, 0))?;
                Ok((notice, sends.collect::<rusqlite::Result<_>>()?))
            })
            .collect()
        })
        .await
    }

    /// The last send to a channel.
    pub async fn find_last_send(&self, channel_id: &str) -> Result<Option<NoticeSend>> {
        let id = channel_id.to_owned();
        self.read_at_once(move |c| {
            let sql = format!("SELECT {SEND} FROM notice_sends s WHERE s.channel_id = ?1 ORDER BY s.row DESC LIMIT 1");
            Ok(c.prepare_cached(&sql)?.query_row([id], |row| send_from(row, 0)).optional()?)
        })
        .await
    }

    /// Notices of a kind of channel after a row, oldest first.
    pub async fn list_notices_after(&self, channel_kind: &'static str, after: i64, limit: u32) -> Result<Vec<Notice>> {
        self.read_at_once(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {NOTICE} FROM notices n WHERE n.row > ?2
                   AND EXISTS (SELECT 1 FROM notice_sends s WHERE s.notice_row = n.row AND s.channel_kind = ?1)
                 ORDER BY n.row LIMIT ?3"
            ))?;
            let rows = query.query_map(params![channel_kind, after, limit.clamp(1, 200)], notice_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Row of the newest notice; 0 where there is none.
    pub async fn find_newest_notice(&self) -> Result<i64> {
        self.read_at_once(|c| {
            Ok(c.prepare_cached("SELECT ifnull(max(row), 0) FROM notices")?.query_row([], |row| row.get(0))?)
        })
        .await
    }
}
