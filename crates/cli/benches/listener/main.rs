//! The webhooks' listener of `punte-cli serve` under load on loopback: deliveries offered at a rate whatever the answers take;
//! senders that wait for each answer, and the owner killed under them; and a crowd that is more than it takes at a time.
//!
//! Every delivery is signed and another order: each is judged, committed, answered, and its order taken in beside that.
//! Writes `target/bench/listener.json`.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

mod offer;
#[path = "../common/outside/mod.rs"]
mod outside;

use offer::{Place, Told, closed_loop, open_loop, sign};
use outside::{Owner, Results, quantile};
use serde_json::json;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const PER_S: u32 = 2_000;
const FOR_S: u32 = 20;
/// Connections that a sender at a rate may open: as many as the listener takes.
const CONNECTIONS: usize = 1_000;
const SENDERS: usize = 32;
const SENDERS_FOR: Duration = Duration::from_secs(15);
/// Far more than the listener writes down at a time.
const CROWD: usize = 900;
const CROWD_FOR: Duration = Duration::from_secs(3);

fn main() {
    let work = outside::out_dir().join("work");
    std::fs::create_dir_all(&work).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut results = Results::new("listener.json");
    runtime.block_on(async {
        at_a_rate(&work, &mut results).await;
        senders_that_wait(&work, &mut results).await;
        crowd(&work, &mut results).await;
    });
    results.write();
}

/// A workspace with one application that signs its orders, and `punte-cli serve` listening for it.
struct World {
    _home: tempfile::TempDir,
    folder: PathBuf,
    owner: Owner,
    place: Place,
}

impl World {
    async fn new(work: &Path) -> World {
        let home = tempfile::tempdir_in(work).unwrap();
        let owner = Owner::start(home.path(), None, &["--no-keyring"]);
        let folder = owner.create_workspace().await;
        let application = json!({ "id": null, "kind": "webhook", "name": "Aplicația", "address": "https://app.example.ro",
            "account": "app", "secret": "", "company": null, "series": null });
        let id = owner.call("connections.save", application).await["id"].clone();
        let listener = json!({ "enabled": true, "port": 0, "publicAddress": "" });
        assert!(owner.call("listener.set", listener).await["address"].is_string());
        owner.call("connections.set_hook_secret", json!({ "id": id, "secret": offer::secret() })).await;
        let url = owner.call("connections.hook", json!({ "id": id })).await["url"].as_str().unwrap().to_owned();
        let (base, path) = url.split_at(url.find("/hooks/").unwrap());
        let place = Place { base: base.to_owned(), path: path.to_owned() };
        World { _home: home, folder, owner, place }
    }

    /// Ids of the accepted deliveries in the ledger's file.
    fn recorded(&self) -> Vec<String> {
        let raw = outside::read_only(&self.folder.join("ledger.sqlite"));
        let mut query = raw.prepare("SELECT delivery_id FROM deliveries WHERE verdict = 'accepted'").unwrap();
        query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }
}

/// Which share of the acknowledged deliveries stands in the ledger, each once.
fn kept_share(told: &Told, recorded: &[String]) -> f64 {
    let known: HashSet<&String> = recorded.iter().collect();
    assert_eq!(known.len(), recorded.len(), "a delivery is there twice");
    let kept = told.accepted.iter().filter(|id| known.contains(id)).count();
    kept as f64 / told.accepted.len() as f64
}

async fn at_a_rate(work: &Path, results: &mut Results) {
    let world = World::new(work).await;
    let deliveries = sign("rate", (PER_S * FOR_S) as usize);
    let started = Instant::now();
    let mut told = open_loop(&world.place, deliveries, PER_S, CONNECTIONS).await;
    let took_s = started.elapsed().as_secs_f64();
    let recorded = world.recorded();
    let offered = f64::from(PER_S * FOR_S);
    results.add("hooks_offered_per_s", offered / took_s, "deliveries/s", Some(f64::from(PER_S) * 0.99));
    results.add("hooks_accepted_per_s", told.accepted.len() as f64 / took_s, "deliveries/s", None);
    results.add("hooks_p50_ms", quantile(&mut told.ms, 0.5), "ms", None);
    results.add("hooks_p95_ms", quantile(&mut told.ms, 0.95), "ms", Some(50.0));
    results.add("hooks_p99_ms", quantile(&mut told.ms, 0.99), "ms", None);
    results.add("hooks_peak_rss_mib", world.owner.peak_mib(), "MiB", Some(150.0));
    answered(results, "hooks", &told);
    results.add("hooks_kept_share", kept_share(&told, &recorded), "share", Some(1.0));
    assert_eq!(recorded.len(), told.accepted.len(), "what was not answered with 2xx was not written down");
    world.owner.kill();
}

/// That everything was answered as it should be: with 2xx, or 503 and when to come again.
fn answered(results: &mut Results, name: &str, told: &Told) {
    let all = told.count() as f64;
    results.add(&format!("{name}_sent_away"), told.sent_away as f64, "deliveries", None);
    results.add(&format!("{name}_answered_share"), (all - told.other.len() as f64) / all, "share", Some(1.0));
    if let Some(other) = told.other.first() {
        println!("  {name}: {} other answers, the first: {other}", told.other.len());
    }
}

async fn senders_that_wait(work: &Path, results: &mut Results) {
    let world = World::new(work).await;
    let deliveries = Arc::new(sign("senders", 100_000));
    let until = Instant::now() + SENDERS_FOR;
    let mut told = closed_loop(&world.place, deliveries, SENDERS, until).await;
    results.add("hooks_32_per_s", told.accepted.len() as f64 / SENDERS_FOR.as_secs_f64(), "deliveries/s", None);
    results.add("hooks_32_p50_ms", quantile(&mut told.ms, 0.5), "ms", None);
    results.add("hooks_32_p95_ms", quantile(&mut told.ms, 0.95), "ms", Some(25.0));
    answered(results, "hooks_32", &told);

    // the same again, and the owner is killed under it: whatever was acknowledged is in the file
    let deliveries = Arc::new(sign("killed", 100_000));
    let place = world.place.clone();
    let until = Instant::now() + SENDERS_FOR;
    let under_way = tokio::spawn(async move { closed_loop(&place, deliveries, SENDERS, until).await });
    tokio::time::sleep(Duration::from_secs(3)).await;
    let World { _home, folder, owner, place } = world;
    owner.kill();
    let more = under_way.await.unwrap();
    assert!(more.accepted.len() > 100, "killed under load: {} accepted", more.accepted.len());
    told.accepted.extend(more.accepted);
    let world = World { owner: Owner::start(_home.path(), Some(&folder), &["--no-keyring"]), _home, folder, place };
    results.add("hooks_kept_share_after_kill", kept_share(&told, &world.recorded()), "share", Some(1.0));
    world.owner.kill();
}

async fn crowd(work: &Path, results: &mut Results) {
    let world = World::new(work).await;
    let deliveries = Arc::new(sign("crowd", 200_000));
    let told = closed_loop(&world.place, deliveries, CROWD, Instant::now() + CROWD_FOR).await;
    results.add("hooks_crowd_per_s", told.accepted.len() as f64 / CROWD_FOR.as_secs_f64(), "deliveries/s", None);
    answered(results, "hooks_crowd", &told);
    results.add("hooks_crowd_kept_share", kept_share(&told, &world.recorded()), "share", Some(1.0));
    results.add("hooks_crowd_peak_rss_mib", world.owner.peak_mib(), "MiB", Some(150.0));
    world.owner.kill();
}
