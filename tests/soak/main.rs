//! `punte-cli run` under load for eight simulated hours, in thirty real minutes: memory, open handles and the ledger's size are
//! measured from outside, and must not grow without end.
//!
//! `PUNTE_SOAK_MINUTES` makes it shorter or longer, with as many orders for each minute. Polls of a sandbox come every three
//! seconds instead of every minute, quiet times last three seconds instead of twenty minutes: an hour of a real day's work fits
//! into some minutes. What is judged is how the last third of the time differs from the one before it; the first one warms up: a
//! poll looks back ten real minutes, so it reads more and more until then.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a test")]

mod load;
mod measure;

use load::Load;
use measure::{Sample, judge, print_table, sample};
use punte_tests::{Desk, SandboxProgram, Scraped, create_workspace, free_port, until};
use serde_json::json;
use std::time::{Duration, Instant};

/// Real minutes that stand for eight hours.
const MINUTES: u64 = 30;
const SIMULATED_HOURS: f64 = 8.0;
const SAMPLES_EVERY: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn for_eight_hours_memory_handles_and_the_ledger_stay_in_bounds() {
    let given = std::env::var("PUNTE_SOAK_MINUTES").ok().and_then(|text| text.parse().ok());
    let lasts = Duration::from_secs(60 * given.unwrap_or(MINUTES));
    let port = free_port();
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start_with(home.path(), &folder, &[("PUNTE_METRICS_PORT", &port.to_string())]).await;
    desk.connect(&sandbox).await;
    let load = Load::begin(&desk, &sandbox).await;

    let began = Instant::now();
    let url = format!("http://127.0.0.1:{port}/metrics");
    let hours = |at: Duration| at.as_secs_f64() / lasts.as_secs_f64() * SIMULATED_HOURS;
    let mut samples: Vec<Sample> = Vec::new();
    let mut next = Duration::ZERO;
    println!("{}", Sample::HEADINGS);
    while began.elapsed() < lasts {
        load.step(began.elapsed(), &sandbox).await;
        if began.elapsed() >= next {
            next += SAMPLES_EVERY;
            let one = sample(&desk, &Scraped::from(&url).await, hours(began.elapsed()));
            println!("{one}");
            samples.push(one);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    sandbox.control.clear_faults().await;
    let last = until("what was ordered is over", Duration::from_secs(240), async || {
        let scraped = Scraped::from(&url).await;
        let open: f64 = ["ready", "sending", "in_doubt"]
            .iter()
            .map(|state| scraped.sum("punte_documents", &[("state", state)]))
            .sum();
        let taken = scraped.sum("punte_orders_taken_total", &[("change", "new")]);
        if open == 0.0 && taken >= load.ordered() as f64 { Ok(scraped) } else { Err((open, taken, load.ordered())) }
    })
    .await;
    println!("{}", sample(&desk, &last, SIMULATED_HOURS));
    let checked = desk.call("workspace.check", json!({})).await;
    let is_good = |one: &serde_json::Value| one["verdict"] == "good";
    assert!(checked["findings"].as_array().unwrap().iter().all(is_good), "{checked}");

    print_table(&samples, lasts);
    println!(
        "{} orders, {} refunds, {} webhooks, {} documents issued, {} held, {} requests, {} of them without an answer",
        load.ordered(),
        load.refunded(),
        last.sum("punte_deliveries_total", &[]),
        last.sum("punte_attempts_total", &[("outcome", "issued")]),
        last.sum("punte_documents", &[("state", "held")]),
        last.sum("punte_requests_total", &[]),
        last.sum("punte_requests_total", &[("answer", "none")]),
    );
    let wrong = judge(&samples);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
