//! Orders to issued invoices: the whole engine against the simulators over real HTTP, every commit durable, no limit on
//! calls; beside it what bare SQLite commits on the same disk.
//!
//! An order counts from the moment its export is handed over until its invoice is committed as issued. The read that
//! verifies an invoice goes on meanwhile; processor time is counted until the last invoice is verified, without the
//! simulators', which are a process of their own.
//!
//! Writes `target/bench/throughput.json`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

#[path = "../common/mod.rs"]
mod common;
mod disk;

use common::{Results, Simulators};
use punte_engine::store::ledger::Writing;
use punte_engine::{Timing, Workspace};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// SmartBill takes one create at a time in a series: so many series.
const SERIES: u64 = 40;
/// The longest that a run may take to issue or to verify everything.
const LIMIT: Duration = Duration::from_secs(120);

#[derive(Clone, Copy)]
struct Setup {
    kind: &'static str,
    concurrency: usize,
    orders: u64,
    group: usize,
}

struct Figures {
    issued_per_s: f64,
    verified_per_s: f64,
    cpu_ms_per_order: f64,
    /// Bytes that one write of the engine left in the ledger, on average.
    bytes_per_write: f64,
}

/// Writes that one order needs at least: taken in, decided, intent, outcome.
const WRITES_PER_ORDER: f64 = 4.0;

async fn run(setup: Setup, work: &Path) -> Figures {
    let folder = tempfile::tempdir_in(work).unwrap();
    let simulators = Simulators::start(folder.path(), SERIES as u32);
    let vault = std::sync::Arc::new(punte_vault::MemoryVault::default());
    let lanes = if setup.kind == "oblio" { 1 } else { SERIES.min(setup.concurrency as u64) };
    let timing = Timing { parallel: setup.concurrency, ..Timing::default() };
    let writing = Writing { group: setup.group, ..Writing::default() };
    let home = folder.path().join("ws");
    let deps = common::deps(folder.path(), vault, timing);
    let workspace = Workspace::create_with(&home, "Bench", false, deps, writing).unwrap();
    let billing = common::connect_billing(&workspace, &simulators.ports, setup.kind).await;
    let mapping = common::add_preset(&workspace).await;
    let mut shops = Vec::new();
    for lane in 0..lanes {
        let shop = common::connect_file(&workspace, &format!("Magazin {lane}")).await;
        let series = if setup.kind == "oblio" { "ACO".to_owned() } else { format!("S{:02}", lane + 1) };
        common::add_flow(&workspace, &shop, &billing, &series, &mapping).await;
        shops.push(shop);
    }
    workspace.start().await.unwrap();
    // the first ones fetch the token and the rates
    let warm = lanes * 5;
    for shop in &shops {
        common::take_in(&workspace, shop, &common::export(1, 5)).await;
    }
    reach(&workspace, "issued", warm).await;
    reach(&workspace, "verified", warm).await;

    let share = setup.orders / lanes;
    let exports: Vec<Vec<u8>> = shops.iter().map(|_| common::export(1_000, share)).collect();
    let size = ledger_size(&home);
    let (started, cpu) = (Instant::now(), common::cpu_ms());
    for (shop, export) in shops.iter().zip(&exports) {
        assert_eq!(common::take_in(&workspace, shop, export).await, share);
    }
    let orders = share * lanes;
    reach(&workspace, "issued", warm + orders).await;
    let issued_s = started.elapsed().as_secs_f64();
    reach(&workspace, "verified", warm + orders).await;
    let verified_s = started.elapsed().as_secs_f64();
    let cpu = common::cpu_ms() - cpu;
    workspace.stop().await;
    drop(workspace);
    let grown = ledger_size(&home) - size;
    Figures {
        issued_per_s: orders as f64 / issued_s,
        verified_per_s: orders as f64 / verified_s,
        cpu_ms_per_order: cpu / orders as f64,
        bytes_per_write: grown as f64 / orders as f64 / WRITES_PER_ORDER,
    }
}

/// Waits until so many documents are issued, or verified. Asks seldom, so that asking costs little.
async fn reach(workspace: &Arc<Workspace>, what: &str, wanted: u64) {
    let raw = common::read_only(&workspace.ledger().folder().join("ledger.sqlite"));
    let sql = match what {
        "issued" => "SELECT coalesce((SELECT value FROM counters WHERE name = 'document:issued'), 0)",
        _ => "SELECT count(*) FROM documents WHERE state = 'issued' AND verification = 'verified'",
    };
    let started = Instant::now();
    loop {
        let reached: i64 = raw.query_row(sql, [], |row| row.get(0)).unwrap();
        if reached >= wanted as i64 {
            return;
        }
        assert!(started.elapsed() < LIMIT, "{what}: {reached} of {wanted} within {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn ledger_size(folder: &Path) -> u64 {
    let raw = common::read_only(&folder.join("ledger.sqlite"));
    let pages: i64 = raw.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    let size: i64 = raw.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap();
    (pages * size) as u64
}

fn measure(runtime: &tokio::runtime::Runtime, work: &Path, setup: Setup, times: usize) -> Figures {
    let mut runs: Vec<Figures> = (0..times).map(|_| runtime.block_on(run(setup, work))).collect();
    runs.sort_by(|a, b| a.issued_per_s.total_cmp(&b.issued_per_s));
    let middle = runs.swap_remove(times / 2);
    println!(
        "  {} at {:>2}, groups of {:>2}: {:.0} issued/s, {:.0} verified/s, {:.2} ms of processor an order",
        setup.kind, setup.concurrency, setup.group, middle.issued_per_s, middle.verified_per_s, middle.cpu_ms_per_order
    );
    middle
}

fn main() {
    let work = common::out_dir().join("work");
    std::fs::create_dir_all(&work).unwrap();
    // what the program logs is a part of its work
    let _log = punte_logs::init(&work.join("logs"), punte_logs::Options::default()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let group = Writing::default().group;
    let setup = |kind, concurrency, orders| Setup { kind, concurrency, orders, group };
    let quick = std::env::args().any(|argument| argument == "--quick");
    if quick {
        let kind = if std::env::args().any(|argument| argument == "--smartbill") { "smartbill" } else { "oblio" };
        measure(&runtime, &work, setup(kind, 32, 3_000), 1);
        return;
    }
    let mut results = Results::new("throughput.json");
    for (kind, name) in [("oblio", "issued_per_s"), ("smartbill", "smartbill_issued_per_s")] {
        for (concurrency, orders) in [(1, 600), (8, 3_000)] {
            let figures = measure(&runtime, &work, setup(kind, concurrency, orders), 1);
            results.add(&format!("{name}_{concurrency}"), figures.issued_per_s, "orders/s", None);
        }
        let figures = measure(&runtime, &work, setup(kind, 32, 4_000), 3);
        results.add(&format!("{name}_32"), figures.issued_per_s, "orders/s", Some(1_000.0));
        if kind == "oblio" {
            report(&mut results, &figures, &runtime, &work);
        } else {
            results.add("smartbill_cpu_ms_per_order", figures.cpu_ms_per_order, "ms", Some(1.5));
        }
    }
    let _ = std::fs::remove_dir_all(&work);
    results.write();
}

/// What is told of the main run beside its speed.
fn report(results: &mut Results, figures: &Figures, runtime: &tokio::runtime::Runtime, work: &Path) {
    let limit = disk::measure(work, figures.bytes_per_write as usize);
    let singles = Setup { kind: "oblio", concurrency: 32, orders: 1_000, group: 1 };
    let single = measure(runtime, work, singles, 1);
    results.add("verified_per_s_32", figures.verified_per_s, "orders/s", None);
    results.add("cpu_ms_per_order", figures.cpu_ms_per_order, "ms", Some(1.5));
    results.add("bytes_per_write", figures.bytes_per_write, "bytes", None);
    results.add("sqlite_writes_per_s_single", limit.single, "writes/s", None);
    results.add("sqlite_writes_per_s_grouped", limit.grouped, "writes/s", None);
    let share = figures.issued_per_s * WRITES_PER_ORDER / limit.grouped;
    results.add("issued_share_of_commit_limit", share, "share", Some(0.5));
    results.add("issued_per_s_32_single_commits", single.issued_per_s, "orders/s", None);
    results.add("issued_vs_single_commit", figures.issued_per_s / single.issued_per_s, "times", Some(3.0));
}
