//! A shop of a hundred thousand orders, polled for the first time: the owner is killed half-way and started again, and has
//! each order once. Nothing is invoiced, for no flow is there: only taking in is measured.
//!
//! Writes `target/bench/polling.json`. Needs a keyring: `scripts/headless.sh cargo bench -p punte-cli --bench polling`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

#[path = "../common/outside/mod.rs"]
mod outside;

use outside::http::ask;
use outside::{Owner, Results, Simulators};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

const ORDERS: usize = 100_000;
/// What the simulators make at a time.
const AT_ONCE: usize = 20_000;
const LIMIT: Duration = Duration::from_secs(900);

fn main() {
    let work = outside::out_dir().join("work");
    std::fs::create_dir_all(&work).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run(&work));
}

async fn run(work: &Path) {
    let home = tempfile::tempdir_in(work).unwrap();
    let simulators = Simulators::start(home.path(), 0);
    let wanted = fill_shop(&simulators.ports).await;
    let owner = Owner::start(home.path(), None, &[]);
    let folder = owner.create_workspace().await;
    let ledger = folder.join("ledger.sqlite");
    let started = Instant::now();
    let shop = &simulators.ports["woocommerce"];
    let connection = json!({ "id": null, "kind": "woocommerce", "name": "Magazin", "address": shop["url"],
        "account": shop["key"], "secret": shop["secret"], "company": null, "series": null });
    owner.call("connections.save", connection).await;
    let killed_at = wait(&ledger, "SELECT count(*) FROM orders", ORDERS / 2).await;
    let mut peak_mib = owner.peak_mib();
    owner.kill();

    let owner = Owner::start(home.path(), Some(&folder), &[]);
    wait(&ledger, "SELECT count(*) FROM cursors", 1).await;
    let seconds = started.elapsed().as_secs_f64();
    peak_mib = peak_mib.max(owner.peak_mib());
    // the next poll looks again at what the overlap reaches
    owner.call("connections.wake", json!({ "id": first_shop(&owner).await })).await;
    wait(&ledger, "SELECT count(*) FROM orders", ORDERS).await;
    owner.kill();

    let once = taken_once(&ledger, &wanted);
    let mut results = Results::new("polling.json");
    results.add("polled_once_share", once as f64 / wanted.len() as f64, "share", Some(1.0));
    results.add("polled_orders", wanted.len() as f64, "orders", Some(ORDERS as f64));
    results.add("polled_killed_at", killed_at as f64, "orders", None);
    results.add("polled_s", seconds, "s", None);
    results.add("polled_peak_rss_mib", peak_mib, "MiB", Some(150.0));
    results.write();
    assert_eq!(once, wanted.len(), "an order is missing, or there twice");
}

/// Makes the orders at the shop; answers the ids of all that it has.
async fn fill_shop(ports: &Value) -> BTreeSet<String> {
    let control = ports["control"]["url"].as_str().unwrap();
    let mut ids = BTreeSet::new();
    for _ in 0..ORDERS / AT_ONCE {
        let added = ask(control, "/orders/woocommerce", None, &json!({ "random": AT_ONCE })).await;
        ids.extend(added["added"].as_array().unwrap().iter().map(Value::to_string));
    }
    assert_eq!(ids.len(), ORDERS);
    ids
}

async fn first_shop(owner: &Owner) -> Value {
    owner.call("connections.list", json!({})).await["shops"][0]["id"].clone()
}

/// Waits until a count in the ledger is reached; answers it.
async fn wait(ledger: &Path, count: &str, wanted: usize) -> usize {
    let raw = outside::read_only(ledger);
    let started = Instant::now();
    loop {
        let reached: i64 = raw.query_row(count, [], |row| row.get(0)).unwrap();
        if reached as usize >= wanted {
            return reached as usize;
        }
        assert!(started.elapsed() < LIMIT, "{count}: {reached} of {wanted} within {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// How many of the wanted orders are there exactly once, in one version; 0 where the ledger holds any of them more often.
fn taken_once(ledger: &Path, wanted: &BTreeSet<String>) -> usize {
    let raw = outside::read_only(ledger);
    let mut query = raw
        .prepare("SELECT o.order_id, count(*) FROM orders o JOIN order_versions v ON v.order_row = o.row GROUP BY o.order_id")
        .unwrap();
    let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).unwrap();
    rows.map(|row| row.unwrap()).filter(|(id, count)| *count == 1 && wanted.contains(id)).count()
}
