//! What `punte-cli run` tells of itself: its numbers agree with the ledger, a real Prometheus takes them, everything on the dashboard
//! is there; and its traces reach a collector, without anything of a client.

use crate::World;
use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use punte_tests::{Buyer, Desk, Running, SandboxProgram, Scraped, create_workspace, free_port, order, run, until};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A world whose owner has more in its environment.
async fn world_with(more: &[(&str, &str)]) -> World {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start_with(home.path(), &folder, more).await;
    desk.connect(&sandbox).await;
    World { home, folder, sandbox, desk }
}

fn counted(folder: &Path, query: &str) -> f64 {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let ledger = Connection::open_with_flags(folder.join("ledger.sqlite"), flags).unwrap();
    ledger.query_row(query, [], |row| row.get::<_, i64>(0)).unwrap() as f64
}

fn prometheus() -> PathBuf {
    let unpacked = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/prometheus/usr/bin/prometheus");
    if Path::new(unpacked).exists() { unpacked.into() } else { "prometheus".into() }
}

/// Everything that a dashboard asks for, with its variables filled in.
fn expressions(board: &Value) -> Vec<String> {
    let targets = board["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let filled =
        |text: &str| text.replace("$__rate_interval", "1m").replace("$workspace", ".*").replace("$job", "punte");
    targets.map(|target| filled(target["expr"].as_str().unwrap())).collect()
}

/// Names of metrics in an expression.
fn named(expression: &str) -> Vec<String> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("punte_") || word.starts_with("process_")).map(str::to_owned).collect()
}

#[test]
fn the_dashboard_asks_for_what_there_is_and_for_all_of_it() {
    let text = include_str!("../../docs/grafana-dashboard.json");
    let asked: BTreeSet<String> =
        expressions(&serde_json::from_str(text).unwrap()).iter().flat_map(|one| named(one)).collect();
    let known: BTreeSet<String> = punte_engine::metrics::METRICS.iter().map(|metric| metric.name()).collect();
    let plain = |name: &String| {
        let ends = ["_bucket", "_sum", "_count"];
        ends.iter()
            .find_map(|end| name.strip_suffix(end))
            .filter(|stem| known.contains(*stem))
            .unwrap_or(name)
            .to_owned()
    };
    let asked: BTreeSet<String> = asked.iter().map(plain).collect();
    assert_eq!(asked, known);
}

#[tokio::test]
async fn the_numbers_agree_with_the_ledger_and_a_real_prometheus_takes_them() {
    let port = free_port().to_string();
    let world = world_with(&[("PUNTE_METRICS_PORT", &port)]).await;
    let url = format!("http://127.0.0.1:{port}/metrics");
    for id in 81001..81009 {
        world.sandbox.control.order(order(id, if id % 2 == 0 { Buyer::Company } else { Buyer::Person })).await;
    }
    world.order_with(81011, Buyer::Person, "refuse_series", json!({})).await;
    world.order_with(81012, Buyer::Company, "timeout_after", json!({ "acts": true, "delay_ms": 6000 })).await;
    for id in 81001..81009 {
        world.desk.wait_for(id, "issued").await;
    }
    world.desk.wait_for(81011, "held").await;
    world.desk.wait_for(81012, "issued").await;

    let folder = world.folder.clone();
    let scraped = until("the counters stand still", Duration::from_secs(20), async || {
        let scraped = Scraped::from(&url).await;
        let taken = scraped.sum("punte_orders_taken_total", &[("kind", "woocommerce"), ("change", "new")]);
        let orders = counted(&folder, "SELECT count(*) FROM orders");
        if taken == orders { Ok(scraped) } else { Err((taken, orders)) }
    })
    .await;
    for state in ["issued", "held", "ready", "in_doubt"] {
        let kept = counted(&folder, &format!("SELECT count(*) FROM documents WHERE state = '{state}'"));
        assert_eq!(scraped.sum("punte_documents", &[("state", state)]), kept, "{state}");
    }
    assert_eq!(scraped.sum("punte_attempts_total", &[("outcome", "refused")]), 1.0);
    assert_eq!(scraped.sum("punte_attempts_total", &[("outcome", "in_doubt"), ("provider", "oblio")]), 1.0);
    let attempts = counted(&folder, "SELECT count(*) FROM attempts");
    assert_eq!(scraped.sum("punte_attempts_total", &[]), attempts, "every attempt ended and was counted once");
    assert_eq!(scraped.sum("punte_failures_open", &[]), 1.0);
    for provider in ["smartbill", "oblio"] {
        let about = [("provider", provider), ("operation", "create_invoice")];
        let sent = scraped.sum("punte_request_duration_seconds_count", &about);
        assert_eq!(scraped.sum("punte_requests_total", &about), sent);
        assert!(sent >= 4.0, "{provider}: {sent}");
    }
    assert!(scraped.sum("punte_ledger_commit_writes_sum", &[]) >= scraped.sum("punte_ledger_commit_writes_count", &[]));
    assert!(scraped.sum("process_resident_memory_bytes", &[]) > 1e6 && scraped.sum("process_open_fds", &[]) > 3.0);
    assert!(scraped.sum("punte_poll_success_age_seconds", &[("kind", "woocommerce")]) < 30.0);
    let size = std::fs::metadata(folder.join("ledger.sqlite")).unwrap().len() as f64;
    assert_eq!(scraped.sum("punte_ledger_size_bytes", &[("file", "ledger")]), size);
    for word in ["Turcanu", "Ștefania", "example.com", "RO18773424", "Atelier", "FCT"] {
        assert!(!scraped.text.contains(word), "{word} is told");
    }

    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let foreign = http.get(&url).header("host", "punte.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403, "a page of the web does not get it");
    let other = create_workspace(world.home.path()).await;
    let arguments = ["run", "--workspace", other.to_str().unwrap(), "--metrics-port", &port];
    let taken = run("punte-cli", world.home.path(), &arguments).await;
    assert_eq!(taken.code, Some(1), "{taken:?}");
    assert!(taken.stderr.contains(&port), "a taken port is named: {taken:?}");

    let asked = ask_prometheus(world.home.path(), &port).await;
    assert_eq!(asked, Vec::<String>::new(), "what a real Prometheus says of the scrape and of the dashboard");
}

/// Has a Prometheus scrape a port, and asks it for everything on the dashboard. Answers what was wrong.
async fn ask_prometheus(home: &Path, port: &str) -> Vec<String> {
    let folder = home.join("prometheus");
    std::fs::create_dir_all(&folder).unwrap();
    let config = folder.join("prometheus.yml");
    let scrape = format!(
        "global: {{ scrape_interval: 1s }}\nscrape_configs:\n  - job_name: punte\n    static_configs:\n      - targets: [\"127.0.0.1:{port}\"]\n"
    );
    std::fs::write(&config, scrape).unwrap();
    let own = free_port();
    let arguments = [
        format!("--config.file={}", config.display()),
        format!("--storage.tsdb.path={}", folder.join("data").display()),
        format!("--web.listen-address=127.0.0.1:{own}"),
    ];
    let _running = Running::start_at(&prometheus(), home, &arguments);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let query = async |expression: &str| -> Result<Value, String> {
        let url = format!("http://127.0.0.1:{own}/api/v1/query");
        let asked = http.post(url).header("content-type", "application/x-www-form-urlencoded");
        let body = format!("query={}", encoded(expression));
        let answer = asked.body(body).send().await.map_err(|error| error.to_string())?;
        let text = answer.text().await.map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_str(&text).map_err(|_| text.clone())?;
        if answer["status"] == "success" { Ok(answer["data"]["result"].clone()) } else { Err(text) }
    };
    until("Prometheus has scraped three times", Duration::from_secs(30), async || {
        let seen = query("sum_over_time(up{job=\"punte\"}[1m]) >= 3").await?;
        if seen.as_array().is_some_and(|rows| !rows.is_empty()) { Ok(()) } else { Err(seen.to_string()) }
    })
    .await;
    let board: Value = serde_json::from_str(include_str!("../../docs/grafana-dashboard.json")).unwrap();
    let mut wrong = Vec::new();
    for expression in expressions(&board) {
        match query(&expression).await {
            // these have nothing in a sandbox that works: no limit, no finding, no alert, no operation, no webhook
            Ok(rows) if rows.as_array().is_some_and(Vec::is_empty) => {
                let may_be_empty =
                    ["limiter", "findings", "alerts", "operations", "deliveries", "backup", "commits_failed"];
                if !may_be_empty.iter().any(|word| expression.contains(word)) {
                    wrong.push(format!("nothing for {expression}"));
                }
            }
            Ok(_) => {}
            Err(said) => wrong.push(format!("{expression}: {said}")),
        }
    }
    wrong
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A collector that keeps what it is sent.
async fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = kept.clone();
    let take = post(move |body: Bytes| async move { keep.lock().unwrap().extend_from_slice(&body) });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/traces", take);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, kept)
}

#[tokio::test]
async fn what_was_done_is_traced_to_a_collector_by_ids_alone() {
    let (url, kept) = collector().await;
    let world = world_with(&[("PUNTE_OTLP", &url)]).await;
    world.sandbox.control.order(order(81021, Buyer::Person)).await;
    let document = world.desk.wait_for(81021, "issued").await;
    assert_eq!(world.desk.running.stop().await, Some(0));
    let sent = kept.lock().unwrap().clone();
    let text = String::from_utf8_lossy(&sent);
    let id = document["id"].as_str().unwrap();
    for wanted in ["punte", "poll", "decide", "map", "issue", "request", "create invoice", "smartbill", "issued", id] {
        assert!(text.contains(wanted), "{wanted} is not in the traces");
    }
    for word in ["81021", "Turcanu", "Țurcanu", "stefania@example.com", "Str. Morii", "Cană", "RO18773424"] {
        assert!(!text.contains(word), "{word} is in the traces");
    }
}
