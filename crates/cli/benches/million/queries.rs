//! Pages, searches and counters over a million documents, through the ledger's own methods.

use crate::common::{self, Results, median, quantile};
use punte_engine::connectors::shops::{ShopKind, read_order};
use punte_engine::store::Ledger;
use punte_engine::store::ledger::{IncomingOrder, ListQuery};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const PAGE: u32 = 50;
const DOCUMENTS: i64 = 1_000_000;
const DOCUMENT_FILTERS: [&str; 6] = ["", "issued", "held", "cancelled", "reversed", "mismatched"];
const ORDER_FILTERS: [&str; 2] = ["", "document"];
/// What a person types on the way to a name, a number, a company, a reference; a name and a surname.
const TYPED: [&str; 28] = [
    "po",
    "pop",
    "popes",
    "popescu",
    "ste",
    "stefania",
    "țurc",
    "turcanu",
    "ioana ion",
    "andrei popescu",
    "mures",
    "10",
    "100",
    "1000",
    "10423",
    "500123",
    "1099999",
    "aco",
    "aco 50",
    "oltea",
    "serban",
    "zaha",
    "impex",
    "impex 55",
    "rusu bi",
    "client42",
    "18773424",
    "pnt",
];

pub fn measure(runtime: &tokio::runtime::Runtime, folder: &Path, results: &mut Results) {
    let ledger = Ledger::open(folder).unwrap();
    runtime.block_on(async {
        let (p50, p95) = pages(&ledger, 120).await;
        results.add("page_p50_ms", p50, "ms", None);
        results.add("page_p95_ms", p95, "ms", Some(5.0));
        let (p50, p95) = while_writing(&ledger, results).await;
        results.add("page_p50_ms_while_writing", p50, "ms", None);
        results.add("page_p95_ms_while_writing", p95, "ms", Some(5.0));
        let (p50, p95) = searches(&ledger).await;
        results.add("search_p50_ms", p50, "ms", None);
        results.add("search_p95_ms", p95, "ms", Some(30.0));
        let mut counters = Vec::new();
        for _ in 0..500 {
            let started = Instant::now();
            let counts = ledger.read_counts().await.unwrap();
            counters.push(ms(started));
            assert!(counts.get("orders") >= DOCUMENTS as u32);
        }
        results.add("counters_p50_ms", median(&mut counters), "ms", None);
        results.add("counters_p95_ms", quantile(&mut counters, 0.95), "ms", Some(1.0));
    });
}

fn ms(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1000.0
}

/// Pages of both lists under every filter, at depths spread over all rows. The p95 is the worst list's and filter's.
async fn pages(ledger: &Ledger, each: i64) -> (f64, f64) {
    let (mut all, mut worst): (Vec<f64>, (f64, String)) = (Vec::new(), (0.0, String::new()));
    let lists = DOCUMENT_FILTERS.iter().map(|filter| ("documents", *filter));
    for (list, filter) in lists.chain(ORDER_FILTERS.iter().map(|filter| ("orders", *filter))) {
        let mut times = Vec::new();
        for n in 0..each {
            let after = DOCUMENTS * ((n * 37) % each + 1) / each;
            let query =
                ListQuery { filter: filter.to_owned(), after: Some(after), limit: PAGE, ..ListQuery::default() };
            let started = Instant::now();
            let rows = match list {
                "documents" => ledger.page_documents(query).await.unwrap().len(),
                _ => ledger.page_orders(query).await.unwrap().len(),
            };
            times.push(ms(started));
            assert!(rows > 0, "{list} {filter} {after}");
        }
        let p95 = quantile(&mut times, 0.95);
        if p95 > worst.0 {
            worst = (p95, format!("{list} '{filter}'"));
        }
        all.append(&mut times);
    }
    println!("  slowest pages: {}", worst.1);
    (median(&mut all), worst.0)
}

async fn searches(ledger: &Ledger) -> (f64, f64) {
    let mut all = Vec::new();
    let mut slowest = (0.0, "");
    for round in 0..6 {
        for typed in TYPED {
            let filter = if round == 5 { "issued" } else { "" };
            let query =
                ListQuery { search: typed.to_owned(), filter: filter.into(), limit: PAGE, ..ListQuery::default() };
            let started = Instant::now();
            if round % 2 == 0 {
                ledger.page_orders(ListQuery { filter: String::new(), ..query }).await.unwrap();
            } else {
                ledger.page_documents(query).await.unwrap();
            }
            let took = ms(started);
            if took > slowest.0 {
                slowest = (took, typed);
            }
            all.push(took);
        }
    }
    println!("  slowest search: {:?}, {:.1} ms", slowest.1, slowest.0);
    (median(&mut all), quantile(&mut all, 0.95))
}

/// The same pages while orders are taken in one by one, as fast as they can be committed.
async fn while_writing(ledger: &Ledger, results: &mut Results) -> (f64, f64) {
    let connection = ledger.list_flows().await.unwrap()[0].shop_id.clone();
    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let base = 50_000_000 + ledger.info().epoch as u64 * 1_000_000;
    let writers: Vec<_> = (0..32)
        .map(|_| {
            let (ledger, stop, written, connection) =
                (ledger.clone(), stop.clone(), written.clone(), connection.clone());
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    let n = base + written.fetch_add(1, Ordering::Relaxed);
                    ledger.take_in(vec![incoming(n, &connection)], None, 1_800_000_000_000).await.unwrap();
                }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = Instant::now();
    let before = written.load(Ordering::Relaxed);
    let figures = pages(ledger, 120).await;
    let rate = (written.load(Ordering::Relaxed) - before) as f64 / started.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.unwrap();
    }
    // or the next run of the program would decide them
    let raw = rusqlite::Connection::open(ledger.folder().join("ledger.sqlite")).unwrap();
    raw.execute("UPDATE orders SET wanted = 0, decision = 'not_invoiced', reason = 'total_zero' WHERE wanted > 0", [])
        .unwrap();
    results.add("writes_per_s_beside_pages", rate, "writes/s", None);
    figures
}

fn incoming(n: u64, connection_id: &str) -> IncomingOrder {
    let read = read_order(ShopKind::File, &common::order(n)).unwrap();
    IncomingOrder {
        id: format!("ord_while_{n}"),
        shop_identity: "file:while".into(),
        connection_id: connection_id.to_owned(),
        head: read.head,
        raw: read.raw.to_string(),
        content_hash: n.to_string(),
    }
}
