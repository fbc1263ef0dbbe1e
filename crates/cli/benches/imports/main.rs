//! A CSV of a million rows, four orders in ten, sent to the owner in pieces and taken in: how many orders a second, and by how
//! much the owner's memory grows. Nothing is invoiced, for no flow is there; every order is decided on meanwhile.
//!
//! Writes `target/bench/imports.json`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

#[path = "../common/outside/mod.rs"]
mod outside;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use outside::{Owner, Results};
use serde_json::{Value, json};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

const ROWS: u32 = 1_000_000;
const ORDERS: u64 = ROWS as u64 / 10 * 4;
/// Orders that a first, small file has: after it everything is loaded that an import needs.
const WARM_ROWS: u32 = 1_000;
const PIECE: usize = 1024 * 1024;
const LIMIT: Duration = Duration::from_secs(900);
const HEADINGS: [&str; 14] = [
    "number",
    "date",
    "status",
    "total",
    "payment.method",
    "customer.name",
    "customer.email",
    "customer.address",
    "customer.city",
    "customer.county",
    "line.name",
    "line.quantity",
    "line.unit_price",
    "line.vat_rate",
];

fn main() {
    let work = outside::out_dir().join("work");
    std::fs::create_dir_all(&work).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run(&work));
}

async fn run(work: &Path) {
    let home = tempfile::tempdir_in(work).unwrap();
    let (warm, file) = (home.path().join("warm.csv"), home.path().join("orders.csv"));
    write_table(&warm, "W", WARM_ROWS);
    write_table(&file, "A", ROWS);
    let owner = Owner::start(home.path(), None, &["--no-keyring"]);
    owner.create_workspace().await;
    let id = send(&owner, &warm).await;
    take_in(&owner, &id, u64::from(WARM_ROWS) / 10 * 4).await;
    let before_mib = owner.peak_mib();

    let started = Instant::now();
    let id = send(&owner, &file).await;
    let sent_s = started.elapsed().as_secs_f64();
    let bytes = std::fs::metadata(&file).unwrap().len() as f64;
    let started = Instant::now();
    take_in(&owner, &id, ORDERS).await;
    let taken_s = started.elapsed().as_secs_f64();
    let peak_mib = owner.peak_mib();
    owner.kill();

    let mut results = Results::new("imports.json");
    results.add("import_sent_mib_per_s", bytes / f64::from(1 << 20) / sent_s, "MiB/s", None);
    results.add("import_orders_per_s", ORDERS as f64 / taken_s, "orders/s", Some(1_000.0));
    results.add("import_taken_s", taken_s, "s", None);
    results.add("import_rss_growth_mib", peak_mib - before_mib, "MiB", Some(150.0));
    results.add("import_peak_rss_mib", peak_mib, "MiB", None);
    results.write();
}

/// Orders of one to four lines.
fn write_table(path: &Path, prefix: &str, rows: u32) {
    let mut writer = csv::Writer::from_path(path).unwrap();
    writer.write_record(HEADINGS).unwrap();
    for row in 0..rows {
        let order = row / 10 * 4 + [0, 1, 1, 2, 2, 2, 3, 3, 3, 3][row as usize % 10];
        let total = (order % 4 + 1) * 1250;
        let (number, client) = (format!("{prefix}-{order:07}"), format!("Ana Ionescu {order}"));
        let date = format!("2026-{:02}-{:02} 10:{:02}:07", 9 + order % 3, 1 + order % 28, order % 60);
        let (total, email) = (format!("{}.{:02}", total / 100, total % 100), format!("ana{order}@example.com"));
        let (street, product) = (format!("Str. Fără Nume {order}"), format!("Cană ceramică {}", row % 1000));
        let start = [&number, &date, "paid", &total, "card", &client, &email, &street];
        let end = ["Cluj-Napoca", "CJ", &product, "1", "12.50", "21"];
        writer.write_record(start.iter().chain(&end)).unwrap();
    }
    writer.flush().unwrap();
}

async fn send(owner: &Owner, path: &Path) -> Value {
    let mut file = File::open(path).unwrap();
    let bytes = file.metadata().unwrap().len();
    let begin = json!({ "fileName": "orders.csv", "bytes": bytes, "connectionId": null });
    let id = owner.call("imports.begin", begin).await["id"].clone();
    let mut offset = 0;
    while offset < bytes {
        let mut piece = Vec::with_capacity(PIECE);
        file.by_ref().take(PIECE as u64).read_to_end(&mut piece).unwrap();
        let request = json!({ "id": id, "offset": offset, "base64": STANDARD.encode(&piece) });
        owner.call("imports.append", request).await;
        offset += piece.len() as u64;
    }
    id
}

/// Has a received file taken in and waits for the end.
async fn take_in(owner: &Owner, id: &Value, wanted: u64) {
    owner.call("imports.start", json!({ "id": id, "columns": null })).await;
    let started = Instant::now();
    loop {
        let now = owner.call("imports.get", json!({ "id": id })).await;
        if now["state"] != "running" {
            assert_eq!((&now["state"], &now["new"]), (&json!("done"), &json!(wanted)), "{now}");
            return;
        }
        assert!(started.elapsed() < LIMIT, "{now}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
