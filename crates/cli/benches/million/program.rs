//! `punte-cli run` over ledgers of different sizes: its memory, and how soon it sends.

use crate::common::{self, Results, Running, median, rss_mib};
use crate::generate::Ledgers;
use rusqlite::Connection;
use serde_json::Value;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The program settles down before its memory is read.
const SETTLES: Duration = Duration::from_secs(6);
const LIMIT: Duration = Duration::from_secs(60);

pub fn measure(runtime: &tokio::runtime::Runtime, ledgers: &Ledgers, ports: &Value, results: &mut Results) {
    let thousand = run(runtime, &ledgers.thousand, ports);
    results.add("run_idle_rss_mib", thousand.idle_rss_mib, "MiB", Some(40.0));
    results.add("first_send_ms_at_thousand", thousand.first_send_ms, "ms", None);
    results.add("run_thousand_rss_mib", thousand.asked_rss_mib, "MiB", None);
    let hundred = run(runtime, &ledgers.hundred_thousand, ports);
    results.add("run_hundred_thousand_rss_mib", hundred.asked_rss_mib, "MiB", None);
    let runs: Vec<Figures> = (0..3).map(|_| run(runtime, &ledgers.million, ports)).collect();
    let rss = runs.iter().map(|one| one.asked_rss_mib).fold(0.0, f64::max);
    results.add("run_million_rss_mib", rss, "MiB", Some(120.0));
    let mut sends: Vec<f64> = runs.iter().map(|one| one.first_send_ms).collect();
    results.add("first_send_ms_at_million", median(&mut sends), "ms", Some(500.0));
}

struct Figures {
    first_send_ms: f64,
    /// With nothing to do, before anybody asked anything.
    idle_rss_mib: f64,
    /// After a client asked for the overview, the failures and what is in doubt.
    asked_rss_mib: f64,
}

fn run(runtime: &tokio::runtime::Runtime, workspace: &Path, ports: &Value) -> Figures {
    make_due(workspace, ports, runtime);
    let home = tempfile::tempdir().unwrap();
    let creates = arrivals(ports).len();
    let mut command = Command::new(common::program());
    command.args(["run", "--workspace"]).arg(workspace).env("PUNTE_HOME", home.path()).stdout(Stdio::null());
    let (began, started) = (wall_ms(), Instant::now());
    let running = Running(command.spawn().unwrap());
    let arrived_ms = loop {
        let seen = arrivals(ports);
        if seen.len() > creates {
            break seen[seen.len() - 1];
        }
        assert!(started.elapsed() < LIMIT, "nothing was sent: {}", log_of(home.path()));
        pause(Duration::from_millis(5), runtime);
    };
    pause(SETTLES, runtime);
    let idle_rss_mib = rss_mib(running.0.id());
    let mut status = Command::new(common::program());
    status.args(["status", "--json", "--workspace"]).arg(workspace).env("PUNTE_HOME", home.path());
    let answer = status.output().unwrap();
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    let asked_rss_mib = rss_mib(running.0.id());
    let told = Command::new("kill").args(["-TERM", &running.0.id().to_string()]).status().unwrap();
    assert!(told.success());
    let mut running = running;
    running.0.wait().unwrap();
    Figures { first_send_ms: arrived_ms - began, idle_rss_mib, asked_rss_mib }
}

fn pause(duration: Duration, runtime: &tokio::runtime::Runtime) {
    runtime.block_on(async { tokio::time::sleep(duration).await });
}

/// The newest document waits to be sent, to where the simulators listen now.
fn make_due(workspace: &Path, ports: &Value, runtime: &tokio::runtime::Runtime) {
    let raw = Connection::open(workspace.join("ledger.sqlite")).unwrap();
    raw.execute(
        "UPDATE documents SET state = 'ready', verification = 'pending', number = NULL, provider_id = NULL, link = NULL,
           issued_ms = NULL, due_ms = 1, key_revision = key_revision + 1
         WHERE row = (SELECT max(row) FROM documents)",
        [],
    )
    .unwrap();
    // made elsewhere, and at home wherever it is measured
    raw.execute("UPDATE workspace SET machine = NULL, quarantine = NULL", []).unwrap();
    let at = &ports["oblio"];
    raw.execute(
        "UPDATE connections SET address = ?1, stop_failure = NULL, stopped_until_ms = NULL WHERE kind = 'oblio'",
        [at["url"].as_str().unwrap()],
    )
    .unwrap();
    let name: String = raw
        .query_row("SELECT w.id || '/' || c.id FROM workspace w, connections c WHERE c.kind = 'oblio'", [], |row| {
            row.get(0)
        })
        .unwrap();
    drop(raw);
    runtime.block_on(async {
        let keyring = punte_vault::OsKeyring::default();
        let standing = punte_vault::Keyring::look(&keyring).await;
        assert_eq!(standing, punte_vault::Standing::Open, "no keyring (scripts/headless.sh starts one)");
        punte_vault::Keyring::vault(&keyring)
            .set(&name, at["secret"].as_str().unwrap().to_owned().into())
            .await
            .unwrap();
    });
}

/// When each create arrived at Oblio's simulator, on this machine's clock.
fn arrivals(ports: &Value) -> Vec<f64> {
    let url = ports["control"]["url"].as_str().unwrap();
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    let host = url.trim_start_matches("http://");
    write!(stream, "GET /requests HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    let requests: Vec<Value> = serde_json::from_str(body).unwrap();
    let creates = requests.iter().filter(|one| one["provider"] == "oblio" && one["operation"] == "create");
    creates.map(|one| one["at_ms"].as_f64().unwrap()).collect()
}

fn wall_ms() -> f64 {
    #[allow(clippy::disallowed_methods, reason = "compared with what another process noted")]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0
}

fn log_of(home: &Path) -> String {
    let logs = std::fs::read_dir(home.join("logs")).into_iter().flatten();
    logs.filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok()).collect()
}
