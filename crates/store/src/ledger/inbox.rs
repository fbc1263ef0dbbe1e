//! Webhooks as they came: written down before they are answered, processed from here.

use super::Ledger;
use super::events::json_error;
use crate::error::{Result, StoreError};
use punte_domain::Failure;
use rusqlite::{Connection as Sqlite, OptionalExtension, Row, params};
use std::collections::BTreeMap;

/// Refused deliveries that are kept of one connection: whoever knocks without end fills nothing.
const REFUSED_KEPT: u32 = 500;
/// Of one connection the newest that nothing follows from: pings, and what a billing provider tells unsigned.
const TOLD_KEPT: u32 = 200;

/// A delivery as it came.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    pub id: String,
    pub connection_id: String,
    pub sent_ms: Option<i64>,
    pub delivery_id: Option<String>,
    pub event_id: Option<String>,
    pub topic: String,
    pub verdict: &'static str,
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// Of the whole body, in bytes.
    pub size: usize,
    /// SHA-256 of the whole body.
    pub digest: [u8; 32],
    pub work: DeliveryWork,
    pub id_means: IdMeans,
}

/// What the id of a delivery vouches for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdMeans {
    /// Nothing: two deliveries may share one.
    Nothing,
    /// One happening, however its body is written when it is told again.
    OneEvent,
    /// One body, signed with the id: another one under it is a forgery, not a new delivery.
    OneBody,
}

/// What follows from a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryWork {
    Nothing,
    /// An order to read again, by the shop's id.
    Order(String),
    /// The body itself is the order's version.
    Payload,
    /// Something changed: look for what.
    Poll,
}

/// Whether a delivery was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    New,
    /// The same again: harmless.
    Again,
    /// Another body under an id that is signed.
    Forged,
}

#[derive(Debug, Clone)]
pub struct Delivery {
    pub row: i64,
    pub id: String,
    pub connection_id: String,
    pub received_ms: i64,
    pub sent_ms: Option<i64>,
    pub delivery_id: Option<String>,
    pub event_id: Option<String>,
    pub topic: String,
    pub verdict: String,
    pub status: u16,
    /// Of the whole body, in bytes.
    pub size: i64,
    pub work: DeliveryWork,
    pub state: String,
    pub tries: u32,
    pub failure: Option<Failure>,
    /// Id and number of the order that it was about.
    pub order: Option<(String, String)>,
}

/// The part of a delivery that lists leave out.
#[derive(Debug, Clone)]
pub struct DeliveryBody {
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// Who had it processed again, when and why; newest first.
    pub replays: Vec<(String, i64, String)>,
}

/// Which deliveries to list, newest first.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    pub connection_id: Option<String>,
    /// A state, a verdict, or `refused`.
    pub show: Option<String>,
    /// A delivery id, event id, topic or order number, whole.
    pub text: String,
    pub before_row: Option<i64>,
    pub limit: u32,
}

/// Of one connection: the newest delivery that was accepted, and the newest that was not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LastDeliveries {
    pub accepted_ms: Option<i64>,
    pub refused_ms: Option<i64>,
}

/// By what a connection's address is derived, and how long its earlier signing secret is still good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HookState {
    pub revision: u32,
    pub old_secret_until_ms: Option<i64>,
}

const DELIVERY: &str = "d.row, d.id, d.connection_id, d.received_ms, d.sent_ms, d.delivery_id, d.event_id, d.topic, \
     d.verdict, d.status, d.size, d.subject, d.payload, d.state, d.tries, d.failure, o.id, o.number";
const FROM: &str = "deliveries d LEFT JOIN orders o ON o.row = d.order_row";
const REFUSED: &str = "d.verdict NOT IN ('accepted', 'ping', 'replayed')";

fn delivery_from(row: &Row<'_>) -> rusqlite::Result<Delivery> {
    let failure: Option<String> = row.get(15)?;
    let failure = failure.map(|text| serde_json::from_str(&text)).transpose().map_err(|error| json_error(15, error))?;
    let (subject, payload, state): (Option<String>, bool, String) = (row.get(11)?, row.get(12)?, row.get(13)?);
    let work = match (subject, payload, state.as_str()) {
        (Some(order), _, _) => DeliveryWork::Order(order),
        (None, true, _) => DeliveryWork::Payload,
        (None, false, "none") => DeliveryWork::Nothing,
        (None, false, _) => DeliveryWork::Poll,
    };
    let order: Option<String> = row.get(16)?;
    let number: Option<String> = row.get(17)?;
    Ok(Delivery {
        row: row.get(0)?,
        id: row.get(1)?,
        connection_id: row.get(2)?,
        received_ms: row.get(3)?,
        sent_ms: row.get(4)?,
        delivery_id: row.get(5)?,
        event_id: row.get(6)?,
        topic: row.get(7)?,
        verdict: row.get(8)?,
        status: row.get(9)?,
        size: row.get(10)?,
        work,
        state,
        tries: row.get(14)?,
        failure,
        order: order.zip(number),
    })
}

impl Ledger {
    /// Writes a delivery down, and answers after its commit whether it was there before. The same again is written, too, and
    /// nothing follows from it.
    pub async fn record_delivery(&self, new: NewDelivery, now_ms: i64) -> Result<Recorded> {
        self.write(move |c| {
            let recorded = if new.verdict == "accepted" { seen_before(c, &new)? } else { Recorded::New };
            let (verdict, status, work) = match recorded {
                Recorded::New => (new.verdict, new.status, new.work),
                Recorded::Again => ("replayed", 200, DeliveryWork::Nothing),
                Recorded::Forged => ("replayed", 409, DeliveryWork::Nothing),
            };
            let state = if work == DeliveryWork::Nothing { "none" } else { "waiting" };
            let payload = work == DeliveryWork::Payload;
            let subject = match work {
                DeliveryWork::Order(id) => Some(id),
                _ => None,
            };
            c.prepare_cached(
                "INSERT INTO deliveries (id, connection_id, received_ms, sent_ms, delivery_id, event_id, topic, verdict,
                   status, headers, body, size, digest, subject, payload, state, due_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?3)",
            )?
            .execute(params![
                new.id,
                new.connection_id,
                now_ms,
                new.sent_ms,
                new.delivery_id,
                new.event_id,
                new.topic,
                verdict,
                status,
                serde_json::to_string(&new.headers)?,
                if verdict == "replayed" { Vec::new() } else { new.body },
                new.size as i64,
                new.digest,
                subject,
                payload,
                state,
            ])?;
            if !matches!(verdict, "accepted" | "ping") {
                forget(c, &new.connection_id, "verdict NOT IN ('accepted', 'ping')", REFUSED_KEPT)?;
            } else if state == "none" {
                forget(c, &new.connection_id, "verdict IN ('accepted', 'ping') AND state = 'none'", TOLD_KEPT)?;
            }
            Ok(recorded)
        })
        .await
    }

    /// What waits to be processed and is due, oldest first; nothing of the connections in `closed`.
    pub async fn list_deliveries_due(&self, now_ms: i64, closed: Vec<String>, limit: u32) -> Result<Vec<Delivery>> {
        self.read(move |c| {
            let mut query = c.prepare_cached(&format!(
                "SELECT {DELIVERY} FROM {FROM} WHERE d.state = 'waiting' AND d.due_ms <= ?1
                   AND d.connection_id NOT IN (SELECT value FROM json_each(?3)) ORDER BY d.due_ms LIMIT ?2"
            ))?;
            let rows = query.query_map(params![now_ms, limit, serde_json::to_string(&closed)?], delivery_from)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// When the next one is due.
    pub async fn next_delivery_due(&self) -> Result<Option<i64>> {
        self.read_at_once(|c| {
            Ok(c.prepare_cached("SELECT min(due_ms) FROM deliveries WHERE state = 'waiting'")?
                .query_row([], |row| row.get(0))?)
        })
        .await
    }

    /// Ends deliveries: what they were about was taken in. `order` is the shop's identity and its id of the order.
    pub async fn finish_deliveries(&self, rows: Vec<i64>, order: Option<(String, String)>) -> Result<()> {
        self.write(move |c| {
            let (identity, id) = order.unzip();
            c.prepare_cached(
                "UPDATE deliveries SET state = 'done', failure = NULL, tries = tries + 1,
                   order_row = (SELECT row FROM orders WHERE shop_identity = ?2 AND order_id = ?3)
                 WHERE row IN (SELECT value FROM json_each(?1)) AND state = 'waiting'",
            )?
            .execute(params![serde_json::to_string(&rows)?, identity, id])?;
            // of a buyer who was erased, and of whom the order says nothing now either, no body says more
            c.prepare_cached(
                "UPDATE deliveries SET body = x'' WHERE row IN (SELECT value FROM json_each(?1)) AND state = 'done'
                   AND order_row IN (SELECT row FROM orders WHERE shop_identity = ?2 AND order_id = ?3 AND erased_version = version)",
            )?
            .execute(params![serde_json::to_string(&rows)?, identity, id])?;
            Ok(())
        })
        .await
    }

    /// Leaves deliveries for later, or, without an instant, to a person.
    pub async fn put_off_deliveries(&self, rows: Vec<i64>, due_ms: Option<i64>, failure: Failure) -> Result<()> {
        self.write(move |c| {
            c.prepare_cached(
                "UPDATE deliveries SET state = iif(?2 IS NULL, 'failed', 'waiting'), due_ms = ifnull(?2, due_ms),
                   failure = ?3, tries = tries + 1
                 WHERE row IN (SELECT value FROM json_each(?1)) AND state = 'waiting'",
            )?
            .execute(params![serde_json::to_string(&rows)?, due_ms, serde_json::to_string(&failure)?])?;
            Ok(())
        })
        .await
    }

    /// Has an accepted delivery processed once more, under its own id.
    ///
    /// # Errors
    /// [`StoreError::Stale`] for one that was refused, is being processed already, or that nothing follows from.
    pub async fn replay_delivery(&self, id: &str, (who, reason): (&str, &str), now_ms: i64) -> Result<()> {
        let (id, who, reason) = (id.to_owned(), who.to_owned(), reason.to_owned());
        self.write(move |c| {
            let known: Option<i64> = c
                .prepare_cached(
                    "UPDATE deliveries SET state = 'waiting', due_ms = ?2, failure = NULL
                     WHERE id = ?1 AND verdict = 'accepted' AND state IN ('done', 'failed') RETURNING row",
                )?
                .query_row(params![id, now_ms], |row| row.get(0))
                .optional()?;
            let row = known.ok_or_else(|| StoreError::Stale(format!("delivery {id} cannot be processed again")))?;
            c.prepare_cached(
                "INSERT INTO delivery_replays (delivery_row, who, reason, at_ms) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![row, who, reason, now_ms])?;
            Ok(())
        })
        .await
    }

    pub async fn list_deliveries(&self, query: DeliveryQuery) -> Result<Vec<Delivery>> {
        self.read(move |c| {
            let shown = match query.show.as_deref() {
                None => "?2 IS NULL".to_owned(),
                Some("refused") => format!("?2 IS NOT NULL AND {REFUSED}"),
                Some("waiting" | "done" | "failed" | "none") => "d.state = ?2".to_owned(),
                Some(_) => "d.verdict = ?2".to_owned(),
            };
            let mut statement = c.prepare_cached(&format!(
                "SELECT {DELIVERY} FROM {FROM}
                 WHERE (?1 IS NULL OR d.connection_id = ?1) AND {shown} AND (?3 IS NULL OR d.row < ?3)
                   AND (?4 = '' OR d.delivery_id = ?4 OR d.event_id = ?4 OR d.topic = ?4 OR o.number = ?4)
                 ORDER BY d.row DESC LIMIT ?5"
            ))?;
            let rows = statement.query_map(
                params![query.connection_id, query.show, query.before_row, query.text, query.limit],
                delivery_from,
            )?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    pub async fn find_delivery(&self, id: &str) -> Result<Delivery> {
        let id = id.to_owned();
        self.read_at_once(move |c| {
            c.prepare_cached(&format!("SELECT {DELIVERY} FROM {FROM} WHERE d.id = ?1"))?
                .query_row([&id], delivery_from)
                .optional()?
                .ok_or(StoreError::NotFound(id))
        })
        .await
    }

    pub async fn read_delivery_body(&self, row: i64) -> Result<DeliveryBody> {
        self.read_at_once(move |c| {
            let (headers, body): (String, Vec<u8>) = c
                .prepare_cached("SELECT headers, body FROM deliveries WHERE row = ?1")?
                .query_row([row], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let mut query = c.prepare_cached(
                "SELECT who, at_ms, reason FROM delivery_replays WHERE delivery_row = ?1 ORDER BY row DESC LIMIT 100",
            )?;
            let replays = query.query_map([row], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let replays = replays.collect::<rusqlite::Result<_>>()?;
            Ok(DeliveryBody { headers: serde_json::from_str(&headers)?, body, replays })
        })
        .await
    }

    /// Since an instant: waiting, done, failed and refused.
    pub async fn count_deliveries(&self, since_ms: i64) -> Result<[u32; 4]> {
        self.read(move |c| {
            Ok(c.prepare_cached(&format!(
                "SELECT count(*) FILTER (WHERE d.state = 'waiting'), count(*) FILTER (WHERE d.state = 'done'),
                   count(*) FILTER (WHERE d.state = 'failed'), count(*) FILTER (WHERE {REFUSED})
                 FROM deliveries d WHERE d.received_ms >= ?1"
            ))?
            .query_row([since_ms], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]))?)
        })
        .await
    }

    pub async fn find_last_deliveries(&self, connection_id: &str) -> Result<LastDeliveries> {
        let id = connection_id.to_owned();
        self.read_at_once(move |c| {
            let newest = |which: &str| -> Result<Option<i64>> {
                Ok(c.prepare_cached(&format!(
                    "SELECT d.received_ms FROM deliveries d WHERE d.connection_id = ?1 AND {which} ORDER BY d.row DESC LIMIT 1"
                ))?
                .query_row([&id], |row| row.get(0))
                .optional()?)
            };
            Ok(LastDeliveries { accepted_ms: newest("d.verdict = 'accepted'")?, refused_ms: newest(REFUSED)? })
        })
        .await
    }

    pub async fn find_hook_state(&self, connection_id: &str) -> Result<HookState> {
        let id = connection_id.to_owned();
        self.read_at_once(move |c| {
            let state = c
                .prepare_cached("SELECT revision, old_secret_until_ms FROM hooks WHERE connection_id = ?1")?
                .query_row([id], |row| Ok(HookState { revision: row.get(0)?, old_secret_until_ms: row.get(1)? }))
                .optional()?;
            Ok(state.unwrap_or_default())
        })
        .await
    }

    pub async fn save_hook_state(&self, connection_id: &str, state: HookState) -> Result<()> {
        let id = connection_id.to_owned();
        self.write(move |c| {
            c.execute(
                "INSERT INTO hooks (connection_id, revision, old_secret_until_ms) VALUES (?1, ?2, ?3)
                 ON CONFLICT (connection_id) DO UPDATE SET revision = ?2, old_secret_until_ms = ?3",
                params![id, state.revision, state.old_secret_until_ms],
            )?;
            Ok(())
        })
        .await
    }
}

/// Whether an accepted delivery bears the id of an earlier one. The id alone says nothing where nobody vouches for it.
fn seen_before(c: &Sqlite, new: &NewDelivery) -> Result<Recorded> {
    let Some(delivery_id) = &new.delivery_id else { return Ok(Recorded::New) };
    let mut query = c.prepare_cached(
        "SELECT digest FROM deliveries WHERE connection_id = ?1 AND delivery_id = ?2 AND verdict = 'accepted'",
    )?;
    let digests = query.query_map(params![new.connection_id, delivery_id], |row| row.get::<_, Vec<u8>>(0))?;
    let mut recorded = Recorded::New;
    for digest in digests {
        if digest? == new.digest {
            return Ok(Recorded::Again);
        }
        match new.id_means {
            IdMeans::Nothing => {}
            IdMeans::OneEvent => return Ok(Recorded::Again),
            IdMeans::OneBody => recorded = Recorded::Forged,
        }
    }
    Ok(recorded)
}

/// Takes away all but the newest of one sort of a connection's deliveries.
fn forget(c: &Sqlite, connection_id: &str, which: &str, kept: u32) -> Result<()> {
    c.prepare_cached(&format!(
        "DELETE FROM deliveries WHERE row IN (SELECT row FROM deliveries
           WHERE connection_id = ?1 AND {which} ORDER BY row DESC LIMIT 20 OFFSET ?2)"
    ))?
    .execute(params![connection_id, kept])?;
    Ok(())
}
