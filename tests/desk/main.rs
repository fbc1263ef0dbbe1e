//! The operator's lists over a million documents in the real window, timed in the page: from an act to the frame that shows
//! what it asked for.
//!
//! Writes `target/bench/desk.json`. Wants a display and a keyring, the app built beside it, the workspace that `punte-cli seed`
//! made, and what Chromium says of its heap: `make bench` hands over both.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark")]

#[path = "../../crates/cli/benches/common/outside/results.rs"]
mod results;

use punte_tests::until;
use punte_tests::window::Window;
use results::{Results, median, out_dir, quantile};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const OPENINGS: usize = 5;
/// Longest that one act may take before the benchmark gives up.
const LIMIT: Duration = Duration::from_secs(60);
/// Between two acts, so that scrolling has come to rest.
const REST: Duration = Duration::from_millis(260);
const GOAL_MS: f64 = 100.0;
const STATES: [&str; 6] = ["issued", "held", "in_doubt", "mismatched", "reversed", "dismissed"];
const COLUMNS: [&str; 7] = ["state", "order", "number", "client", "taxId", "total", "issued"];
const SEARCHES: [&str; 20] = [
    "popescu",
    "ionescu maria",
    "600123",
    "FCT 5000",
    "cui:RO10000037",
    "client:popescu",
    "total:>500",
    "total:100..200",
    "issued:2025-03",
    "connection:con_seed_oblio",
    "kind:storno",
    "status:held",
    "status:held,in_doubt",
    "failure:vat_rate_unknown",
    "order:700000",
    "invoice:FCT5000",
    "andrei",
    "srl status:issued",
    "-status:issued",
    "nothing-is-called-so",
];

fn main() {
    let seeded = std::env::var_os("PUNTE_SEEDED").map(PathBuf::from);
    let seeded = seeded.expect("PUNTE_SEEDED: the folder of a workspace that `punte-cli seed` made");
    let work = out_dir().join("work");
    std::fs::create_dir_all(&work).unwrap();
    let home = tempfile::tempdir_in(&work).unwrap();
    let mut results = Results::new("desk.json");
    tokio::runtime::Runtime::new().unwrap().block_on(measure(home.path(), &seeded, &mut results));
    if let Some(heap) = std::env::var("PUNTE_HEAP_MIB").ok().and_then(|text| text.parse().ok()) {
        results.add("js_heap_mib", heap, "MiB", None);
    }
    results.write();
}

async fn measure(home: &Path, seeded: &Path, results: &mut Results) {
    let arguments = ["--workspace".to_owned(), seeded.display().to_string()];
    let window = Window::open_with(home, &arguments).await;
    window.click("lang-en").await;
    window.script("localStorage.setItem('punte.measure', '1')").await;
    window.close().await;

    let (mut shells, mut lists) = (Vec::new(), Vec::new());
    for _ in 1..OPENINGS {
        let window = Window::open_with(home, &arguments).await;
        let (shell, list) = open_ms(&window, home).await;
        shells.push(shell);
        lists.push(shell + list);
        window.close().await;
    }
    let window = Window::open_with(home, &arguments).await;
    let (shell, list) = open_ms(&window, home).await;
    shells.push(shell);
    lists.push(shell + list);
    results.add("open_ms", median(&mut lists), "ms", Some(1_500.0));
    results.add("open_shell_ms", median(&mut shells), "ms", None);

    let page = Page { window };
    page.whole().await;
    let mut add = |act: &str, mut times: Vec<f64>| {
        results.add(&format!("{act}_p95_ms"), quantile(&mut times, 0.95), "ms", Some(GOAL_MS));
        results.add(&format!("{act}_median_ms"), median(&mut times), "ms", None);
        results.add(&format!("{act}_max_ms"), quantile(&mut times, 1.0), "ms", None);
    };
    add("scroll", page.scroll().await);
    add("sort", page.sort().await);
    add("filter", page.filter().await);
    add("search", page.search().await);
    add("drawer", page.drawers().await);
    results.add("last_row_reached", f64::from(u8::from(page.last_row().await)), "1 or 0", Some(1.0));
    results.add("tree_pss_mib", pss_mib(page.window.app_pid(home).await), "MiB", None);
    page.window.picture("desk-million").await;
    page.window.close().await;
}

/// From the program's start to the frame with the screens, and from the click on Invoices to the frame with its rows.
async fn open_ms(window: &Window, home: &Path) -> (f64, f64) {
    window.find("nav-invoices").await;
    let shown = until("the screens", LIMIT, async || {
        let opened = window.script(
            "const opened = performance.getEntriesByName('open', 'measure')[0];
             return opened ? performance.timeOrigin + opened.startTime + opened.duration : null",
        );
        opened.await.as_f64().ok_or("not yet")
    })
    .await;
    let pid = window.app_pid(home).await;
    window
        .script(
            "const at = (id) => document.querySelector(`[data-testid=\"${id}\"]`);
             const from = performance.now();
             at('nav-invoices').click();
             const look = () => {
               const desk = at('desk');
               const done = desk?.dataset.settled === 'true' && desk.querySelector('.desk-row[data-testid]');
               if (!done) return requestAnimationFrame(look);
               const { port1, port2 } = new MessageChannel();
               port1.onmessage = () => { window.__listOpened = performance.now() - from; };
               requestAnimationFrame(() => port2.postMessage(null));
             };
             requestAnimationFrame(look);",
        )
        .await;
    let list = until("the list", LIMIT, async || {
        window.script("return window.__listOpened ?? null").await.as_f64().ok_or("not yet")
    })
    .await;
    (shown - started_ms(pid), list)
}

/// When a process began, in milliseconds since 1970, to the hundredth of a second.
fn started_ms(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let after_name: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = after_name[19].parse().unwrap();
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
    let up_s: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() * 1000.0;
    now_ms - up_s * 1000.0 + ticks * 10.0
}

/// What the app and the processes that it started hold, shared pages in parts, in MiB.
fn pss_mib(pid: u32) -> f64 {
    let mut parents = Vec::new();
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(child) = process.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(stat) = std::fs::read_to_string(process.path().join("stat")) else { continue };
        let parent = stat.rsplit(')').next().unwrap().split_whitespace().nth(1).unwrap().parse::<u32>().unwrap();
        parents.push((child, parent));
    }
    let mut tree = vec![pid];
    let mut at = 0;
    while let Some(parent) = tree.get(at).copied() {
        tree.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(child, _)| child));
        at += 1;
    }
    let pss = |pid: &u32| {
        let told = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = told.lines().find(|line| line.starts_with("Pss:"))?;
        line.split_whitespace().nth(1)?.parse::<f64>().ok()
    };
    tree.iter().filter_map(pss).sum::<f64>() / 1024.0
}

/// The list of invoices, on screen.
struct Page {
    window: Window,
}

impl Page {
    /// Until count and totals of the list are whole.
    async fn whole(&self) {
        self.window.wait_text("desk-summary", |text| text.contains("1,000,000")).await;
    }

    /// Does something by a script and answers what the page measured for it, in milliseconds.
    async fn timed(&self, act: &str, script: &str) -> f64 {
        self.window.script(&format!("window.__punteTimings.length = 0; {script}")).await;
        let asked = format!("return window.__punteTimings.find((one) => one.act === '{act}')?.ms ?? null");
        let ms = until(&format!("{act}: {script}"), LIMIT, async || {
            self.window.script(&asked).await.as_f64().ok_or("not yet")
        })
        .await;
        tokio::time::sleep(REST).await;
        ms
    }

    /// To places all over the list, and a page further from each.
    async fn scroll(&self) -> Vec<f64> {
        let mut times = Vec::new();
        for at in 1..=60_u32 {
            // spread over the list without any order
            let share = f64::from(at * 37 % 61) / 61.0;
            let script = format!("const desk = {DESK}; desk.scrollTop = desk.scrollHeight * {share};");
            times.push(self.timed("scroll", &script).await);
            times.push(self.timed("scroll", &format!("{DESK}.scrollTop += 400;")).await);
        }
        times
    }

    /// Every column on screen: up, down, and as it was.
    async fn sort(&self) -> Vec<f64> {
        let mut times = Vec::new();
        for column in COLUMNS {
            for _ in 0..3 {
                times.push(self.timed("sort", &format!("{}.click();", by_id(&format!("desk-sort-{column}")))).await);
            }
        }
        times
    }

    /// Every state, ticked and cleared again.
    async fn filter(&self) -> Vec<f64> {
        self.window.click("list-filter").await;
        let mut times = Vec::new();
        for state in STATES {
            for _ in 0..2 {
                self.window.find(&format!("filter-value-{state}")).await;
                let script = format!("{}.click();", by_id(&format!("filter-value-{state}")));
                times.push(self.timed("filter", &script).await);
            }
        }
        self.window.click("list-filter").await;
        times
    }

    /// Each text in place of the one before it; Enter ends the wait for more letters.
    async fn search(&self) -> Vec<f64> {
        let mut times = Vec::new();
        for text in SEARCHES.into_iter().chain([""]) {
            let script = format!(
                "const field = {};
                 Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, {});
                 field.dispatchEvent(new Event('input', {{ bubbles: true }}));
                 setTimeout(() => field.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true }})), 20);",
                by_id("list-search"),
                json!(text)
            );
            let took = self.timed("search", &script).await;
            println!("    {text:<32} {took:.0} ms");
            times.push(took);
        }
        times
    }

    /// Rows at many places, each opened over the record before it.
    async fn drawers(&self) -> Vec<f64> {
        let mut times = Vec::new();
        for at in 0..40_u32 {
            let share = f64::from(at * 17 % 41) / 41.0;
            self.timed("scroll", &format!("const desk = {DESK}; desk.scrollTop = 1 + desk.scrollHeight * {share};"))
                .await;
            let script = format!("{DESK}.querySelectorAll('.desk-row[data-testid]')[3].click();");
            times.push(self.timed("drawer", &script).await);
        }
        self.window.script("document.activeElement?.blur?.()").await;
        times
    }

    /// Whether End shows the list's last row, and that row is the first one where the order is the other way round.
    async fn last_row(&self) -> bool {
        let order = format!("{}.click();", by_id("desk-sort-order"));
        self.timed("sort", &order).await;
        let end = format!(
            "{DESK}.focus(); {DESK}.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'End', bubbles: true }}));"
        );
        self.window.script(&end).await;
        let last = self.row(1_000_001).await;
        self.timed("sort", &order).await;
        let first = self.row(2).await;
        println!("    last row {last}, first of the other order {first}");
        last == first
    }

    /// The test id of the row of an index, once it is on screen.
    async fn row(&self, index: u32) -> String {
        let script = format!("return {DESK}.querySelector('[aria-rowindex=\"{index}\"]')?.dataset.testid ?? null");
        until(&format!("row {index}"), LIMIT, async || {
            self.window.script(&script).await.as_str().map(str::to_owned).ok_or("not yet")
        })
        .await
    }
}

const DESK: &str = "document.querySelector('[data-testid=\"desk\"]')";

fn by_id(id: &str) -> String {
    format!("document.querySelector('[data-testid=\"{id}\"]')")
}
