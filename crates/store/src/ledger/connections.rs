//! Connections (without secrets), flows and poll cursors.

use super::Ledger;
use crate::error::{Result, StoreError};
use punte_domain::{Failure, FlowRules, RefundMode};
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use std::collections::BTreeMap;

/// A configured link to an outside system. The secret is in the vault, under the connection's id.
#[derive(Debug, Clone)]
pub struct Connection {
    pub id: String,
    /// `woocommerce`, `smartbill`, `oblio`, `file`.
    pub kind: String,
    pub name: String,
    /// A URL, or `sandbox:NAME`, resolved when the workspace starts.
    pub address: String,
    pub account: String,
    pub company: Option<String>,
    pub series: Option<String>,
    pub is_sandbox: bool,
    /// SmartBill's older routes, for an account where the newer ones do not answer.
    pub legacy_routes: bool,
    /// Calls of every window that are left to other programs with the same credential, at most 25.
    pub reserve: u32,
    /// The provider's warehouse that goods leave; empty: its stock is not touched.
    pub warehouse: String,
    /// Percentage (`0`, `21`) to the rate's name at the provider, where it has several of that percentage.
    pub vat_names: BTreeMap<String, String>,
    pub stop: Option<Stop>,
    pub last_contact_ms: Option<i64>,
    pub created_ms: i64,
}

/// Why nothing is sent over a connection, and until when.
#[derive(Debug, Clone)]
pub struct Stop {
    pub failure: Failure,
    /// `None`: until a person does something.
    pub until_ms: Option<i64>,
    /// Times stopped without a success in between.
    pub count: u32,
}

#[derive(Debug, Clone)]
pub struct Flow {
    pub id: String,
    pub name: String,
    pub shop_id: String,
    pub billing_id: String,
    pub company: String,
    pub series: String,
    pub condition: String,
    pub mapping_id: String,
    pub enabled: bool,
    pub active_from_ms: i64,
    pub series_is_ours: bool,
    pub created_ms: i64,
    /// Series, number, link and reference are written back to the shop's order.
    pub write_back: bool,
    /// What follows from a refund of the whole order, and of a part, after its invoice was issued.
    pub full_refund: RefundMode,
    pub partial_refund: RefundMode,
    /// Which orders it takes, when and how.
    pub rules: FlowRules,
}

const CONNECTION: &str = "id, kind, name, address, account, company, series, is_sandbox, stop_failure, stopped_until_ms, \
     stop_count, last_contact_ms, created_ms, legacy_routes, reserve, \
     warehouse, vat_names";

fn connection_from(row: &Row<'_>) -> rusqlite::Result<Connection> {
    let stop: Option<String> = row.get(8)?;
    let stop = match stop.map(|text| serde_json::from_str::<Failure>(&text)) {
        Some(Ok(failure)) => Some(Stop { failure, until_ms: row.get(9)?, count: row.get(10)? }),
        Some(Err(error)) => return Err(super::events::json_error(8, error)),
        None => None,
    };
    Ok(Connection {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        address: row.get(3)?,
        account: row.get(4)?,
        company: row.get(5)?,
        series: row.get(6)?,
        is_sandbox: row.get(7)?,
        stop,
        last_contact_ms: row.get(11)?,
        created_ms: row.get(12)?,
        legacy_routes: row.get(13)?,
        reserve: row.get(14)?,
        warehouse: row.get(15)?,
        vat_names: super::events::optional_json(row, 16)?.unwrap_or_default(),
    })
}

fn flow_from(row: &Row<'_>) -> rusqlite::Result<Flow> {
    Ok(Flow {
        id: row.get(0)?,
        name: row.get(1)?,
        shop_id: row.get(2)?,
        billing_id: row.get(3)?,
        company: row.get(4)?,
        series: row.get(5)?,
        condition: row.get(6)?,
        mapping_id: row.get(7)?,
        enabled: row.get(8)?,
        active_from_ms: row.get(9)?,
        series_is_ours: row.get(10)?,
        created_ms: row.get(11)?,
        write_back: row.get(12)?,
        full_refund: mode_from(row, 13)?,
        partial_refund: mode_from(row, 14)?,
        rules: super::events::optional_json(row, 15)?.unwrap_or_default(),
    })
}

const FLOW: &str = "id, name, shop_id, billing_id, company, series, condition, mapping_id, enabled, active_from_ms, \
     series_is_ours, created_ms, write_back, full_refund, partial_refund, rules";

fn mode_from(row: &Row<'_>, column: usize) -> rusqlite::Result<RefundMode> {
    let text: String = row.get(column)?;
    RefundMode::parse(&text)
        .ok_or_else(|| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, text.into()))
}

impl Ledger {
    pub async fn list_connections(&self) -> Result<Vec<Connection>> {
        self.read_at_once(|c| {
            let mut query = c.prepare_cached(&format!("SELECT {CONNECTION} FROM connections ORDER BY row"))?;
            let rows = query.query_map([], connection_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    pub async fn get_connection(&self, id: &str) -> Result<Connection> {
        let id = id.to_owned();
        self.read_at_once(move |c| {
            c.prepare_cached(&format!("SELECT {CONNECTION} FROM connections WHERE id = ?1"))?
                .query_row([&id], connection_from)
                .optional()?
                .ok_or(StoreError::NotFound(id))
        })
        .await
    }

    /// Inserts a connection, or changes everything but its stop and its contact.
    pub async fn save_connection(&self, connection: Connection) -> Result<()> {
        self.write(move |c| {
            let n = connection;
            put_connection(c, &n)?;
            // what is not sent yet is mapped with the new choices
            c.execute(
                "UPDATE orders SET wanted = wanted + 1 WHERE row IN
                   (SELECT order_row FROM documents WHERE billing_id = ?1 AND state IN ('held', 'ready'))",
                [&n.id],
            )?;
            Ok(())
        })
        .await
    }

    /// Stops a connection once, whatever number of records ran into the cause: while a stop stands, another one counts for
    /// nothing, and of the two the one that lasts longer stays. A stop until after `beyond_ms` does not stand: no rest is so
    /// long.
    pub async fn stop_connection(
        &self,
        id: &str,
        failure: Failure,
        until_ms: Option<i64>,
        (now_ms, beyond_ms): (i64, i64),
    ) -> Result<()> {
        let id = id.to_owned();
        self.write(move |c| {
            let known: Option<Option<i64>> = c
                .prepare_cached("SELECT stopped_until_ms FROM connections WHERE id = ?1 AND stop_failure IS NOT NULL")?
                .query_row([&id], |row| row.get(0))
                .optional()?;
            let standing = known.filter(|until| until.is_none_or(|until| until > now_ms && until <= beyond_ms));
            let lasts = |until: Option<i64>| until.unwrap_or(i64::MAX);
            if standing.is_some_and(|standing| lasts(standing) >= lasts(until_ms)) {
                return Ok(());
            }
            c.prepare_cached(
                "UPDATE connections SET stop_failure = ?2, stopped_until_ms = ?3, stop_count = stop_count + ?4
                 WHERE id = ?1",
            )?
            .execute(params![id, serde_json::to_string(&failure)?, until_ms, standing.is_none()])?;
            Ok(())
        })
        .await
    }

    /// A person wants a stopped connection tried again; its count of stops stands until it answers.
    pub async fn release_connection(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.write(move |c| {
            c.execute("UPDATE connections SET stop_failure = NULL, stopped_until_ms = NULL WHERE id = ?1", [&id])?;
            Ok(())
        })
        .await
    }

    /// Ends every stop after which nothing had been sent, whatever else was noted meanwhile. Answers how many.
    pub async fn release_unreached(&self) -> Result<usize> {
        self.write(|c| {
            let released = c.execute(
                "UPDATE connections SET stop_failure = NULL, stopped_until_ms = NULL
                 WHERE json_extract(stop_failure, '$.phase') = 'not_sent'",
                [],
            )?;
            Ok(released)
        })
        .await
    }

    /// A connection's secret was replaced in the vault.
    pub async fn record_secret_change(&self, id: &str, now_ms: i64) -> Result<()> {
        let id = id.to_owned();
        self.write(move |c| {
            c.execute("UPDATE connections SET secret_changed_ms = ?2 WHERE id = ?1", params![id, now_ms])?;
            Ok(())
        })
        .await
    }

    /// When a connection's secret was last replaced; `None` for one of before that was noted.
    pub async fn find_secret_change(&self, id: &str) -> Result<Option<i64>> {
        let id = id.to_owned();
        self.read_at_once(move |c| {
            let sql = "SELECT secret_changed_ms FROM connections WHERE id = ?1";
            Ok(c.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?.flatten())
        })
        .await
    }

    /// Writes nothing, durably: finds out whether the ledger can be written.
    pub async fn probe_write(&self) -> Result<()> {
        self.write(|c| {
            c.execute("UPDATE workspace SET epoch = epoch", [])?;
            Ok(())
        })
        .await
    }

    /// Notes a good answer. `recovered` also ends a stop: only for a call that was let through while it stood.
    pub async fn record_contact(&self, id: &str, recovered: bool, now_ms: i64) -> Result<()> {
        let id = id.to_owned();
        self.write(move |c| record_contact(c, &id, recovered, now_ms)).await
    }

    /// The shop's identity in a connection's newest order; `None` while it has none.
    pub async fn find_shop_identity(&self, connection_id: &str) -> Result<Option<String>> {
        let id = connection_id.to_owned();
        self.read_at_once(move |c| {
            let sql = "SELECT shop_identity FROM orders WHERE connection_id = ?1 ORDER BY row DESC LIMIT 1";
            Ok(c.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()?)
        })
        .await
    }

    pub async fn list_flows(&self) -> Result<Vec<Flow>> {
        self.read_at_once(|c| {
            let mut query = c.prepare_cached(&format!("SELECT {FLOW} FROM flows ORDER BY row"))?;
            let rows = query.query_map([], flow_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    pub async fn find_flow(&self, id: &str) -> Result<Option<Flow>> {
        self.read_at_once(|c| {
            let sql = format!("SELECT {FLOW} FROM flows WHERE id = ?1");
            Ok(c.prepare_cached(&sql)?.query_row([id], flow_from).optional()?)
        })
        .await
    }

    /// Inserts or changes a flow; the orders of its shop are decided again.
    pub async fn save_flow(&self, flow: Flow) -> Result<()> {
        self.write(move |c| {
            put_flow(c, &flow)?;
            c.execute("UPDATE orders SET wanted = wanted + 1 WHERE connection_id = ?1", [&flow.shop_id])?;
            Ok(())
        })
        .await
    }

    /// Where the last whole pass over a shop ended: (newest modified instant on the shop's clock, last sweep).
    pub async fn find_cursor(&self, connection_id: &str) -> Result<Option<(i64, i64)>> {
        let id = connection_id.to_owned();
        self.read_at_once(move |c| {
            Ok(c.prepare_cached("SELECT modified_ms, swept_ms FROM cursors WHERE connection_id = ?1")?
                .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?)
        })
        .await
    }
}

pub(super) fn put_connection(c: &Sqlite, n: &Connection) -> Result<()> {
    c.prepare_cached(
        "INSERT INTO connections (id, kind, name, address, account, company, series, is_sandbox, created_ms,
           legacy_routes, reserve, warehouse, vat_names)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
         ON CONFLICT (id) DO UPDATE SET name = ?3, address = ?4, account = ?5, company = ?6, series = ?7,
           is_sandbox = ?8, legacy_routes = ?10, reserve = ?11, warehouse = ?12, vat_names = ?13",
    )?
    .execute(params![
        n.id,
        n.kind,
        n.name,
        n.address,
        n.account,
        n.company,
        n.series,
        n.is_sandbox,
        n.created_ms,
        n.legacy_routes,
        n.reserve,
        n.warehouse,
        serde_json::to_string(&n.vat_names)?
    ])?;
    Ok(())
}

pub(super) fn put_flow(c: &Sqlite, f: &Flow) -> Result<()> {
    let is_touched = f.rules != FlowRules::default();
    let rules = is_touched.then(|| serde_json::to_string(&f.rules)).transpose()?;
    c.prepare_cached(&format!(
        "INSERT INTO flows ({FLOW}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
         ON CONFLICT (id) DO UPDATE SET name = ?2, shop_id = ?3, billing_id = ?4, company = ?5, series = ?6,
           condition = ?7, mapping_id = ?8, enabled = ?9, active_from_ms = ?10, series_is_ours = ?11,
           write_back = ?13, full_refund = ?14, partial_refund = ?15, rules = ?16"
    ))?
    .execute(params![
        f.id,
        f.name,
        f.shop_id,
        f.billing_id,
        f.company,
        f.series,
        f.condition,
        f.mapping_id,
        f.enabled,
        f.active_from_ms,
        f.series_is_ours,
        f.created_ms,
        f.write_back,
        f.full_refund.as_str(),
        f.partial_refund.as_str(),
        rules
    ])?;
    Ok(())
}

/// Stops a connection that is new.
pub(super) fn put_stop(c: &Sqlite, id: &str, stop: &Stop) -> Result<()> {
    c.prepare_cached("UPDATE connections SET stop_failure = ?2, stopped_until_ms = ?3, stop_count = ?4 WHERE id = ?1")?
        .execute(params![id, serde_json::to_string(&stop.failure)?, stop.until_ms, stop.count])?;
    Ok(())
}

fn record_contact(c: &Sqlite, id: &str, recovered: bool, now_ms: i64) -> Result<()> {
    c.prepare_cached("UPDATE connections SET last_contact_ms = ?2 WHERE id = ?1")?.execute(params![id, now_ms])?;
    if recovered {
        c.prepare_cached(
            "UPDATE connections SET stop_failure = NULL, stopped_until_ms = NULL, stop_count = 0 WHERE id = ?1",
        )?
        .execute([id])?;
    }
    Ok(())
}

/// A cursor never moves back, but for one that stands in the future: that is brought back.
pub(super) fn record_cursor(
    c: &Sqlite,
    connection_id: &str,
    (modified_ms, swept_ms): (i64, i64),
    now_ms: i64,
) -> Result<()> {
    c.execute(
        "INSERT INTO cursors (connection_id, modified_ms, swept_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (connection_id) DO UPDATE SET swept_ms = max(swept_ms, ?3),
           modified_ms = iif(modified_ms > ?4, ?2, max(modified_ms, ?2))",
        params![connection_id, modified_ms, swept_ms, now_ms],
    )?;
    Ok(())
}
