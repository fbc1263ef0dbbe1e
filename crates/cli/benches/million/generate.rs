//! Large ledgers, multiplied from a small one that the engine made.

use crate::common;
use punte_domain::{IssueKey, Role, WorkspaceSeed};
use punte_engine::store::ledger::Writing;
use punte_engine::{Timing, Workspace};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Raised whenever what is generated changes.
const GENERATOR: u32 = 2;
const TEMPLATES: u64 = 60;
const FIRST_ORDER: i64 = 100_000;
/// Orders in one transaction while generating.
const BATCH: i64 = 50_000;

pub struct Ledgers {
    /// Holds them; thrown away when the schema changes.
    pub folder: PathBuf,
    pub thousand: PathBuf,
    pub hundred_thousand: PathBuf,
    pub million: PathBuf,
}

/// The ledgers, generated unless they are kept from an earlier run.
pub fn ledgers(runtime: &tokio::runtime::Runtime, work: &Path, ports: &Value) -> Ledgers {
    let template = work.join("template");
    runtime.block_on(make_template(&template, ports));
    let cache = common::out_dir().join("cache");
    let current = cache.join(format!("{:016x}", schema_hash(&template)));
    if cache.exists() {
        for other in std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path()) {
            if other != current {
                std::fs::remove_dir_all(other).unwrap();
            }
        }
    }
    let kept = |count: i64| {
        let folder = current.join(count.to_string());
        if !folder.join("whole").exists() {
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::copy(template.join("ledger.sqlite"), folder.join("ledger.sqlite")).unwrap();
            let started = Instant::now();
            multiply(&folder.join("ledger.sqlite"), count);
            std::fs::write(folder.join("whole"), "").unwrap();
            println!("  {count} orders generated in {:.0} s", started.elapsed().as_secs_f64());
        }
        folder
    };
    let (thousand, hundred_thousand, million) = (kept(1_000), kept(100_000), kept(1_000_000));
    Ledgers { folder: current, thousand, hundred_thousand, million }
}

/// Some orders, issued and verified at the simulators by the engine itself.
async fn make_template(folder: &Path, ports: &Value) {
    let vault = std::sync::Arc::new(punte_vault::MemoryVault::default());
    let deps = common::deps(folder, vault, Timing::default());
    let workspace = Workspace::create_with(folder, "Bench", false, deps, Writing::default()).unwrap();
    let billing = common::connect_billing(&workspace, ports, "oblio").await;
    let mapping = common::add_preset(&workspace).await;
    let shop = common::connect_file(&workspace, "Magazin").await;
    common::add_flow(&workspace, &shop, &billing, "ACO", &mapping).await;
    workspace.start().await.unwrap();
    common::take_in(&workspace, &shop, &common::export(1_001, TEMPLATES)).await;
    let raw = common::read_only(&folder.join("ledger.sqlite"));
    let started = Instant::now();
    loop {
        let verified: i64 = raw
            .query_row("SELECT count(*) FROM documents WHERE verification = 'verified'", [], |row| row.get(0))
            .unwrap();
        if verified == TEMPLATES as i64 {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{verified} of {TEMPLATES} verified");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(raw);
    workspace.stop().await;
    drop(workspace);
    // one file: everything in the log belongs into it
    let raw = Connection::open(folder.join("ledger.sqlite")).unwrap();
    raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

fn schema_hash(folder: &Path) -> u64 {
    let raw = common::read_only(&folder.join("ledger.sqlite"));
    let mut query = raw.prepare("SELECT coalesce(sql, '') FROM sqlite_schema ORDER BY name").unwrap();
    let sql: Vec<String> = query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut hasher = DefaultHasher::new();
    (GENERATOR, sql).hash(&mut hasher);
    hasher.finish()
}

/// A table's columns, and its rows for each of the template's orders.
struct Table {
    name: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<Vec<Sql>>>,
}

impl Table {
    fn read(raw: &Connection, name: &'static str, by_order: &str) -> Table {
        // what is made of other columns is not written
        let own = format!("SELECT name FROM pragma_table_xinfo('{name}') WHERE hidden = 0 ORDER BY cid");
        let columns: Vec<String> =
            raw.prepare(&own).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let sql = format!("SELECT {} FROM {name} WHERE {by_order} = ?1 ORDER BY row", columns.join(", "));
        let mut query = raw.prepare(&sql).unwrap();
        let width = columns.len();
        let orders = 1..=TEMPLATES as i64;
        let rows = orders
            .map(|order| {
                let read = |row: &rusqlite::Row<'_>| (0..width).map(|at| row.get::<_, Sql>(at)).collect();
                query.query_map([order], read).unwrap().map(Result::unwrap).collect()
            })
            .collect();
        Table { name, columns, rows }
    }

    fn insert(&self) -> String {
        let places: Vec<String> = (1..=self.columns.len()).map(|n| format!("?{n}")).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", self.name, self.columns.join(", "), places.join(", "))
    }
}

fn multiply(path: &Path, count: i64) {
    let raw = Connection::open(path).unwrap();
    raw.set_prepared_statement_cache_capacity(64);
    // a workspace of its own for whoever remembers it
    raw.execute("UPDATE workspace SET id = id || ?1", [format!("-{count}")]).unwrap();
    raw.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -524288; PRAGMA temp_store = MEMORY;
         PRAGMA foreign_keys = OFF;
         INSERT INTO documents_search (documents_search, rank) VALUES ('hashsize', 100000000);
         INSERT INTO orders_search (orders_search, rank) VALUES ('hashsize', 100000000);",
    )
    .unwrap();
    let tables = [
        Table::read(&raw, "orders", "row"),
        Table::read(&raw, "order_versions", "order_row"),
        Table::read(&raw, "documents", "order_row"),
        Table::read(&raw, "decisions", "order_row"),
        Table::read(&raw, "events", "order_row"),
    ];
    let seed = WorkspaceSeed(raw.query_row("SELECT seed FROM workspace", [], |row| row.get(0)).unwrap());
    let inserts: Vec<String> = tables.iter().map(Table::insert).collect();
    let mut at = TEMPLATES as i64;
    while at < count {
        raw.execute_batch("BEGIN").unwrap();
        for order in at + 1..=(at + BATCH).min(count) {
            add_order(&raw, &seed, &tables, &inserts, order);
        }
        raw.execute_batch("COMMIT").unwrap();
        at = (at + BATCH).min(count);
    }
    raw.execute_batch(
        "INSERT INTO documents_search (documents_search, rank) VALUES ('hashsize', 1048576);
         INSERT INTO orders_search (orders_search, rank) VALUES ('hashsize', 1048576);
         PRAGMA journal_mode = WAL;",
    )
    .unwrap();
}

/// One more order with all that follows from it: the template's rows under other keys, numbers and names.
fn add_order(raw: &Connection, seed: &WorkspaceSeed, tables: &[Table; 5], inserts: &[String], order: i64) {
    let template = (order as usize * 7) % TEMPLATES as usize;
    let old = Names::of_template(template as u64);
    let new = Names::generated(order);
    for (table, insert) in tables.iter().zip(inserts) {
        for row in &table.rows[template] {
            let values = table
                .columns
                .iter()
                .zip(row)
                .map(|(column, value)| changed(seed, (table.name, column), value, order, (&old, &new)));
            raw.prepare_cached(insert).unwrap().execute(params_from_iter(values)).unwrap();
        }
    }
}

struct Names {
    number: String,
    name: String,
    first: String,
    last: String,
}

impl Names {
    fn of_template(template: u64) -> Names {
        let n = 1_001 + template;
        let (first, last) = (
            common::FIRST[n as usize % common::FIRST.len()].to_owned(),
            common::LAST[(n as usize / 3) % common::LAST.len()].to_owned(),
        );
        Names { number: n.to_string(), name: format!("{first} {last}"), first, last }
    }

    /// A quarter bears one of the twenty common surnames, the others one of several thousand.
    fn generated(order: i64) -> Names {
        let mixed = mix(order as u64);
        let first = common::FIRST[(mixed % 16) as usize].to_owned();
        let last = if mixed % 4 == 1 {
            common::LAST[(mixed / 64 % 20) as usize].to_owned()
        } else {
            const START: [&str; 24] = [
                "Al", "Băl", "Căr", "Dob", "Dră", "Făg", "Gav", "Hor", "Iac", "Lăz", "Man", "Mir", "Neg", "Oltea",
                "Păun", "Rot", "San", "Șer", "Tăn", "Țep", "Ungur", "Vlăd", "Zah", "Cost",
            ];
            const MIDDLE: [&str; 20] = [
                "a", "e", "i", "o", "u", "an", "en", "in", "on", "un", "ar", "er", "ir", "or", "ur", "al", "el", "il",
                "ol", "ul",
            ];
            const END: [&str; 12] =
                ["escu", "eanu", "aru", "oiu", "ache", "icu", "ean", "ariu", "eș", "uță", "ilă", "odan"];
            format!(
                "{}{}{}",
                START[(mixed / 64 % 24) as usize],
                MIDDLE[(mixed / 4_096 % 20) as usize],
                END[(mixed / 262_144 % 12) as usize]
            )
        };
        Names { number: (FIRST_ORDER + order).to_string(), name: format!("{first} {last}"), first, last }
    }
}

/// Spreads consecutive numbers.
fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

fn key_of(order: i64) -> IssueKey {
    IssueKey {
        shop_identity: "file:bench".to_owned(),
        order_id: (FIRST_ORDER + order).to_string(),
        role: Role::Invoice,
        generation: 1,
    }
}

fn changed(
    seed: &WorkspaceSeed,
    (table, column): (&str, &str),
    value: &Sql,
    order: i64,
    (old, new): (&Names, &Names),
) -> Sql {
    match (table, column) {
        (_, "row") if matches!(table, "orders" | "documents") => Sql::Integer(order),
        (_, "row") => Sql::Null,
        (_, "order_row") => Sql::Integer(order),
        (_, "document_row") if !matches!(value, Sql::Null) => Sql::Integer(order),
        ("orders", "id") => Sql::Text(format!("ord_{order:032x}")),
        ("documents", "id") => Sql::Text(format!("doc_{order:032x}")),
        ("documents", "issue_key") => Sql::Text(key_of(order).to_string()),
        ("documents", "reference") => Sql::Text(seed.reference(&key_of(order)).to_string()),
        ("documents", "number") => Sql::Text(format!("{order:04}")),
        ("documents", "state") => Sql::Text(state_of(order).to_owned()),
        ("documents", "verification") => Sql::Text(if order % 500 == 3 { "mismatched" } else { "verified" }.to_owned()),
        ("documents", "failure") if state_of(order) == "held" => Sql::Text(
            r#"{"kind":"field_missing","phase":"prepare","operation":"map","object":"order","detail":"client.city"}"#
                .into(),
        ),
        (_, "created_ms" | "modified_ms" | "changed_ms" | "issued_ms" | "received_ms" | "decided_ms" | "at_ms") => {
            // spread over three years before the template's instant
            match value {
                Sql::Integer(ms) => Sql::Integer(ms - (1_000_000 - order) * 94_000),
                other => other.clone(),
            }
        }
        // of the long texts and the names; ids and what follows from them stay
        (
            _,
            "number" | "order_id" | "order_number" | "customer" | "client" | "head" | "raw" | "draft" | "total_text"
            | "email",
        ) => match value {
            Sql::Text(text) if text.contains(&old.number) || text.contains(&old.first) || text.contains(&old.last) => {
                let text = text.replace(&old.number, &new.number).replace(&old.name, &new.name);
                Sql::Text(text.replace(&old.last, &new.last).replace(&old.first, &new.first))
            }
            other => other.clone(),
        },
        _ => value.clone(),
    }
}

/// Nearly all issued, some of every other state that a document can rest in.
fn state_of(order: i64) -> &'static str {
    match order % 400 {
        11 | 211 | 371 => "held",
        57 | 257 => "cancelled",
        99 => "reversed",
        133 => "dismissed",
        _ => "issued",
    }
}
