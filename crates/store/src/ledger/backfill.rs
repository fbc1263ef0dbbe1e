//! Orders from before a flow that it was told to take up: planned, then released little by little.

use super::Ledger;
use super::lanes::SENDABLE;
use super::orders::{ORDER, OrderRow, order_from};
use crate::error::{Result, StoreError};
use punte_domain::Failure;
use rusqlite::{OptionalExtension, Row, params};

/// What a person asked for.
#[derive(Debug, Clone)]
pub struct NewBackfill {
    pub id: String,
    pub flow_id: String,
    /// Orders placed from here on, UTC milliseconds.
    pub from_ms: i64,
    /// And before here.
    pub until_ms: i64,
    pub who: String,
}

#[derive(Debug, Clone)]
pub struct Backfill {
    pub row: i64,
    pub id: String,
    pub flow_id: String,
    pub from_ms: i64,
    pub until_ms: i64,
    pub who: String,
    pub state: String,
    /// Orders read at the shop so far.
    pub read: u32,
    pub failure: Option<Failure>,
    pub created_ms: i64,
    pub confirmed_by: Option<String>,
    pub ended_ms: Option<i64>,
}

/// One order of a plan.
#[derive(Debug, Clone)]
pub struct BackfillOrder {
    pub order_row: i64,
    /// `issue`, `hold`, `invoiced`, `left_out`.
    pub verdict: &'static str,
    pub reason: String,
    pub total_minor: i64,
    pub currency: String,
}

/// Orders of a plan that go one way for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackfillGroup {
    pub verdict: String,
    pub reason: String,
    pub currency: String,
    pub count: u32,
    pub total_minor: i64,
    /// Given to the flow so far.
    pub released: u32,
    /// Numbers of its first orders.
    pub samples: Vec<String>,
}

const BACKFILL: &str =
    "row, id, flow_id, from_ms, until_ms, who, state, read, failure, created_ms, confirmed_by, ended_ms";
const SAMPLES: u32 = 5;

fn backfill_from(row: &Row<'_>) -> rusqlite::Result<Backfill> {
    Ok(Backfill {
        row: row.get(0)?,
        id: row.get(1)?,
        flow_id: row.get(2)?,
        from_ms: row.get(3)?,
        until_ms: row.get(4)?,
        who: row.get(5)?,
        state: row.get(6)?,
        read: row.get(7)?,
        failure: super::events::optional_json(row, 8)?,
        created_ms: row.get(9)?,
        confirmed_by: row.get(10)?,
        ended_ms: row.get(11)?,
    })
}

impl Ledger {
    /// Begins to plan. One of a flow at a time: a plan that nobody confirmed gives way.
    ///
    /// # Errors
    /// [`StoreError::Stale`] while one of the flow is read or runs.
    pub async fn begin_backfill(&self, new: NewBackfill, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            let busy: bool = c.query_row(
                "SELECT EXISTS (SELECT 1 FROM backfills WHERE flow_id = ?1 AND state IN ('reading', 'running'))",
                [&new.flow_id],
                |row| row.get(0),
            )?;
            if busy {
                return Err(StoreError::Stale(format!("a backfill of flow {} is under way", new.flow_id)));
            }
            c.execute(
                "UPDATE backfills SET state = 'cancelled', ended_ms = ?2 WHERE flow_id = ?1 AND state = 'planned'",
                params![new.flow_id, now_ms],
            )?;
            c.execute(
                "INSERT INTO backfills (id, flow_id, from_ms, until_ms, who, state, created_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, 'reading', ?6)",
                params![new.id, new.flow_id, new.from_ms, new.until_ms, new.who, now_ms],
            )?;
            Ok(())
        })
        .await
    }

    pub async fn find_backfill(&self, id: &str) -> Result<Backfill> {
        let id = id.to_owned();
        self.read_at_once(move |c| {
            c.prepare_cached(&format!("SELECT {BACKFILL} FROM backfills WHERE id = ?1"))?
                .query_row([&id], backfill_from)
                .optional()?
                .ok_or(StoreError::NotFound(id))
        })
        .await
    }

    /// The newest of each flow that has one.
    pub async fn list_backfills(&self) -> Result<Vec<Backfill>> {
        self.read(|c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {BACKFILL} FROM backfills WHERE row IN (SELECT max(row) FROM backfills GROUP BY flow_id)
                 ORDER BY row DESC"
            ))?;
            let rows = query.query_map([], backfill_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Those in a state, oldest first.
    pub async fn list_backfills_in(&self, state: &'static str) -> Result<Vec<Backfill>> {
        self.read_at_once(move |c| {
            let mut query =
                c.prepare_cached(&format!("SELECT {BACKFILL} FROM backfills WHERE state = ?1 ORDER BY row"))?;
            let rows = query.query_map([state], backfill_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    pub async fn note_backfill_read(&self, row: i64, read: u32) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached("UPDATE backfills SET read = ?2 WHERE row = ?1")?.execute(params![row, read])?;
            Ok(())
        })
        .await
    }

    /// Moves a backfill from one state to another. Answers whether it was in the first.
    pub async fn move_backfill(
        &self,
        row: i64,
        (from, to): (&'static str, &'static str),
        who: Option<&str>,
        failure: Option<Failure>,
        now_ms: i64,
    ) -> Result<bool> {
        let who = who.map(str::to_owned);
        self.write(move |c| {
            let failure = failure.map(|failure| serde_json::to_string(&failure)).transpose()?;
            let moved = c.execute(
                "UPDATE backfills SET state = ?3, failure = ?4,
                   confirmed_by = iif(?3 = 'running', ?5, confirmed_by),
                   confirmed_ms = iif(?3 = 'running', ?6, confirmed_ms),
                   ended_ms = iif(?3 IN ('done', 'cancelled', 'failed'), ?6, NULL)
                 WHERE row = ?1 AND state = ?2",
                params![row, from, to, failure, who, now_ms],
            )?;
            Ok(moved > 0)
        })
        .await
    }

    /// Orders of a connection, oldest first, after an instant and row, and placed before `until_ms`.
    pub async fn list_orders_placed(
        &self,
        connection_id: &str,
        (after_ms, after_row): (i64, i64),
        until_ms: i64,
        limit: u32,
    ) -> Result<Vec<OrderRow>> {
        let id = connection_id.to_owned();
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {ORDER} FROM orders WHERE (created_ms, row) > (?1, ?2) AND created_ms < ?3 AND connection_id = ?4
                 ORDER BY created_ms, row LIMIT ?5"
            ))?;
            let rows = query.query_map(params![after_ms, after_row, until_ms, id, limit], order_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    pub async fn add_backfill_orders(&self, row: i64, orders: Vec<BackfillOrder>) -> Result<()> {
        self.write(move |c| {
            let mut insert = c.prepare_cached(
                "INSERT INTO backfill_orders (backfill_row, order_row, verdict, reason, total_minor, currency)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for one in orders {
                insert.execute(params![row, one.order_row, one.verdict, one.reason, one.total_minor, one.currency])?;
            }
            Ok(())
        })
        .await
    }

    pub async fn list_backfill_groups(&self, row: i64) -> Result<Vec<BackfillGroup>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(
                "SELECT verdict, reason, currency, count(*), sum(total_minor), sum(released) FROM backfill_orders
                 WHERE backfill_row = ?1 GROUP BY verdict, reason, currency ORDER BY count(*) DESC",
            )?;
            let rows = query.query_map([row], |row| {
                Ok(BackfillGroup {
                    verdict: row.get(0)?,
                    reason: row.get(1)?,
                    currency: row.get(2)?,
                    count: row.get(3)?,
                    total_minor: row.get(4)?,
                    released: row.get(5)?,
                    samples: Vec::new(),
                })
            })?;
            let mut groups: Vec<BackfillGroup> = rows.collect::<rusqlite::Result<_>>()?;
            let mut samples = c.prepare_cached(
                "SELECT o.number FROM backfill_orders b JOIN orders o ON o.row = b.order_row
                 WHERE b.backfill_row = ?1 AND b.verdict = ?2 AND b.reason = ?3 AND b.currency = ?4 ORDER BY b.row LIMIT ?5",
            )?;
            for group in &mut groups {
                let found =
                    samples.query_map(params![row, group.verdict, group.reason, group.currency, SAMPLES], |row| row.get(0))?;
                group.samples = found.collect::<rusqlite::Result<_>>()?;
            }
            Ok(groups)
        })
        .await
    }

    /// Gives the next orders of a running backfill to its flow: each is decided again. Answers how many.
    pub async fn release_backfill(&self, row: i64, limit: u32) -> Result<u32> {
        self.write(move |c| {
            let mut query = c.prepare_cached(
                "UPDATE backfill_orders SET released = 1 WHERE row IN (SELECT b.row FROM backfill_orders b
                   WHERE b.backfill_row = ?1 AND b.released = 0 AND b.verdict IN ('issue', 'hold')
                     AND (SELECT state FROM backfills WHERE row = ?1) = 'running' ORDER BY b.row LIMIT ?2)
                 RETURNING order_row",
            )?;
            let rows: Vec<i64> =
                query.query_map(params![row, limit], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            let mut want = c.prepare_cached("UPDATE orders SET wanted = wanted + 1 WHERE row = ?1")?;
            for order in &rows {
                want.execute([order])?;
            }
            Ok(rows.len() as u32)
        })
        .await
    }

    /// Whether a flow was told to take an order up that became due before it.
    pub async fn is_released(&self, flow_id: &str, order_row: i64) -> Result<bool> {
        let flow = flow_id.to_owned();
        self.read_at_once(move |c| {
            Ok(c.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM backfill_orders o JOIN backfills b ON b.row = o.backfill_row
                   WHERE o.order_row = ?2 AND o.released = 1 AND b.flow_id = ?1)",
            )?
            .query_row(params![flow, order_row], |row| row.get(0))?)
        })
        .await
    }

    /// Documents that are due to be sent and were not yet.
    pub async fn count_due(&self, now_ms: i64) -> Result<u32> {
        self.read_at_once(move |c| {
            let sql = format!("SELECT count(*) FROM documents WHERE {SENDABLE} AND due_ms <= ?1");
            Ok(c.prepare_cached(&sql)?.query_row([now_ms], |row| row.get(0))?)
        })
        .await
    }
}
