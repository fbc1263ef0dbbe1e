//! A shop that is polled for the first time, and the owner killed half-way: it goes on where it was, and ends with every order
//! once. `make bench` does the same with a hundred thousand.

use punte_tests::{Desk, SandboxProgram, create_workspace, until};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

const ORDERS: u64 = 5_000;

fn ledger(folder: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(folder.join("ledger.sqlite"), flags).unwrap();
    connection.busy_timeout(Duration::from_secs(10)).unwrap();
    connection
}

fn number(ledger: &Connection, query: &str) -> u64 {
    ledger.query_row(query, [], |row| row.get::<_, i64>(0)).unwrap() as u64
}

#[tokio::test]
async fn a_first_poll_that_is_killed_half_way_is_continued_without_loss_or_repeat() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let wanted: BTreeSet<String> = sandbox.control.random_orders_at("woocommerce", ORDERS).await.into_iter().collect();
    assert_eq!(wanted.len() as u64, ORDERS);
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    let shop = &sandbox.ports["woocommerce"];
    let connection = json!({ "id": null, "kind": "woocommerce", "name": "Magazin", "address": shop["url"],
        "account": shop["key"], "secret": shop["secret"], "company": null, "series": null });
    desk.call("connections.save", connection).await;
    let raw = ledger(&folder);
    let half = until("half of the orders", Duration::from_secs(90), async || {
        let count = number(&raw, "SELECT count(*) FROM orders");
        if count >= ORDERS / 2 { Ok(count) } else { Err(count) }
    })
    .await;
    desk.running.kill().await;
    drop(raw);
    assert!(half < ORDERS, "killed before its end: {half}");

    let raw = ledger(&folder);
    assert_eq!(number(&raw, "SELECT count(*) FROM cursors"), 0, "a pass that was cut off moves no cursor");
    let _desk = Desk::start(home.path(), &folder).await;
    until("the pass is over", Duration::from_secs(90), async || {
        let seen = (number(&raw, "SELECT count(*) FROM cursors"), number(&raw, "SELECT count(*) FROM orders"));
        if seen.0 == 1 { Ok(()) } else { Err(seen) }
    })
    .await;
    let mut query = raw
        .prepare(
            "SELECT o.order_id, count(*) FROM orders o JOIN order_versions v ON v.order_row = o.row GROUP BY o.row",
        )
        .unwrap();
    let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).unwrap();
    let taken: Vec<(String, i64)> = rows.collect::<Result<_, _>>().unwrap();
    let ids: BTreeSet<String> = taken.iter().map(|(id, _)| id.clone()).collect();
    assert_eq!(ids.len(), taken.len(), "no order is there twice");
    assert!(taken.iter().all(|(_, versions)| *versions == 1), "and none in a second version that says the same");
    let missing: Vec<&String> = wanted.difference(&ids).collect();
    assert!(missing.is_empty(), "{} are missing: {missing:?}", missing.len());
}
