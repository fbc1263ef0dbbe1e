//! A set-up that comes in from a file: all of it in one write, or nothing.

use super::Ledger;
use super::connections::{Connection, Flow, put_connection, put_flow, put_stop};
use super::mappings::{NewVersion, put_first};
use crate::error::{Result, StoreError};
use rusqlite::Connection as Sqlite;

/// What is added together.
#[derive(Debug, Clone, Default)]
pub struct NewSetup {
    /// Each with the stop that it begins with, where it has one.
    pub connections: Vec<Connection>,
    /// By the ids that they get.
    pub mappings: Vec<(String, NewVersion)>,
    pub flows: Vec<Flow>,
}

impl Ledger {
    /// How everything that a set-up is compared with stands, as one text: whether it is still so is known by comparing two.
    pub async fn read_setup_state(&self) -> Result<String> {
        self.read_at_once(state).await
    }

    /// Adds connections, mappings and flows, none of which is there yet.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where what stands is not `seen` any more: nothing is written then.
    pub async fn add_setup(&self, new: NewSetup, seen: String, now_ms: i64) -> Result<()> {
        self.write(move |c| {
            if state(c)? != seen {
                return Err(StoreError::Stale("the set-up changed meanwhile".to_owned()));
            }
            for connection in &new.connections {
                put_connection(c, connection)?;
                connection.stop.iter().try_for_each(|stop| put_stop(c, &connection.id, stop))?;
            }
            for (id, version) in &new.mappings {
                put_first(c, id, version, now_ms)?;
            }
            new.flows.iter().try_for_each(|flow| put_flow(c, flow))
        })
        .await
    }
}

fn state(c: &Sqlite) -> Result<String> {
    let sql = "SELECT json_array(
       (SELECT json_group_array(json_array(id, kind, name, address, account, company)) FROM connections),
       (SELECT json_group_array(json_array(id, name, version)) FROM mappings),
       (SELECT json_group_array(json_array(id, shop_id, billing_id, company, series, condition, series_is_ours, rules))
          FROM flows))";
    Ok(c.query_row(sql, [], |row| row.get(0))?)
}
