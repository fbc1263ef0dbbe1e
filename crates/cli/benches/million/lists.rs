//! The operator's lists over a million documents as `punte-cli seed` makes them: the first page of every sort and of the named
//! filters, any ordinal once a list was gone through, and how long that takes.

use crate::common::{self, Results, quantile};
use punte_engine::desk::{Query, Summary};
use punte_engine::store::ledger::table::ListName;
use punte_engine::{Timing, Workspace};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const DOCUMENTS: u64 = 1_000_000;
/// Of the newest document: fixed, so that dates in filters are too.
const NOW_MS: i64 = 1_795_600_000_000;
const PAGE: u32 = 100;
const FILTERS: [&str; 14] = [
    "status:issued",
    "status:held",
    "status:held,in_doubt",
    "status:mismatched",
    "order:600123",
    "invoice:FCT5000",
    "cui:RO10000037",
    "client:popescu",
    "total:>500",
    "issued:2025-03",
    "connection:con_seed_oblio",
    "kind:storno",
    "failure:vat_rate_unknown",
    "popescu status:issued total:100..200",
];
const LIMIT: Duration = Duration::from_secs(120);

/// The seeded workspace, made unless it is kept from an earlier run.
fn seeded(runtime: &tokio::runtime::Runtime, schema: &Path, results: &mut Results) -> PathBuf {
    let folder = schema.join("seeded");
    if !folder.join("whole").exists() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let started = Instant::now();
        runtime.block_on(punte_cli::seed::run(schema, Some(&folder), DOCUMENTS, NOW_MS, |_| {})).unwrap();
        results.add("seed_million_s", started.elapsed().as_secs_f64(), "s", Some(300.0));
        std::fs::write(folder.join("whole"), "").unwrap();
    }
    folder
}

/// `schema` is a folder that is thrown away when the schema changes.
pub fn measure(runtime: &tokio::runtime::Runtime, schema: &Path, results: &mut Results) {
    let folder = seeded(runtime, schema, results);
    let vault = std::sync::Arc::new(punte_vault::MemoryVault::default());
    let started = Instant::now();
    let workspace = Workspace::open(&folder, common::deps(&folder, vault, Timing::default())).unwrap();
    runtime.block_on(async {
        workspace.list_page(&query(ListName::Documents, "", None), 0, PAGE).await.unwrap();
        results.add("lists_open_ms", ms(started), "ms", Some(1_500.0));
        let (mut sorts, mut passes, mut ordinals) = (Vec::new(), Vec::new(), Vec::new());
        for list in [ListName::Documents, ListName::Orders] {
            for column in list.columns().iter().filter(|column| column.is_sortable()) {
                for descending in [false, true] {
                    let query = query(list, "", Some((column.id, descending)));
                    sorts.push(first_page(&workspace, &query).await);
                    passes.push(whole(&workspace, &query).await.0);
                    for from in [1, 250_000, 777_777, DOCUMENTS - 1] {
                        let started = Instant::now();
                        let page = workspace.list_page(&query, from, PAGE).await.unwrap();
                        ordinals.push(ms(started));
                        assert!(page.ready && !page.rows.is_empty(), "{query:?} {from}");
                    }
                }
            }
        }
        results.add("lists_first_page_p95_ms", quantile(&mut sorts, 0.95), "ms", Some(100.0));
        results.add("lists_first_page_max_ms", quantile(&mut sorts, 1.0), "ms", None);
        results.add("lists_ordinal_p95_ms", quantile(&mut ordinals, 0.95), "ms", Some(50.0));
        results.add("lists_pass_max_s", quantile(&mut passes, 1.0) / 1000.0, "s", None);
        let (mut filters, mut passes) = (Vec::new(), Vec::new());
        for text in FILTERS {
            for sort in [None, Some(("total", true))] {
                let query = query(ListName::Documents, text, sort);
                let first = first_page(&workspace, &query).await;
                let (took, summary) = whole(&workspace, &query).await;
                println!("  {text:<40} {:>8} rows, first page {first:.1} ms, whole {took:.0} ms", summary.count);
                filters.push(first);
                passes.push(took);
            }
        }
        results.add("lists_filter_p95_ms", quantile(&mut filters, 0.95), "ms", Some(100.0));
        results.add("lists_filter_pass_max_s", quantile(&mut passes, 1.0) / 1000.0, "s", None);
        workspace.stop().await;
    });
}

fn query(list: ListName, text: &str, sort: Option<(&str, bool)>) -> Query {
    let sort = sort.map(|(column, descending)| (column.to_owned(), descending));
    Query { list, text: text.to_owned(), sort, is_veiled: false }
}

fn ms(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1000.0
}

/// Until a page is there, asked for again as a screen would, with its rows read.
async fn first_page(workspace: &Arc<Workspace>, query: &Query) -> f64 {
    let started = Instant::now();
    loop {
        let page = workspace.list_page(query, 0, PAGE).await.unwrap();
        if page.ready {
            match query.list {
                ListName::Documents => drop(workspace.ledger().documents_by_row(page.rows).await.unwrap()),
                ListName::Orders => drop(workspace.ledger().orders_by_row(page.rows).await.unwrap()),
            }
            return ms(started);
        }
        assert!(started.elapsed() < LIMIT, "{query:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Until count and totals are whole.
async fn whole(workspace: &Arc<Workspace>, query: &Query) -> (f64, Summary) {
    let started = Instant::now();
    loop {
        let summary = workspace.list_summary(query).await.unwrap();
        if summary.complete {
            return (ms(started), summary);
        }
        assert!(started.elapsed() < LIMIT, "{query:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
