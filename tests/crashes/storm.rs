//! The campaign in small over real sockets, in real time and real processes: faults at both simulators and at the shop, edits and
//! kills while orders flow; afterwards every order has its one document.
//!
//! `PUNTE_CRASH_SEED` chooses what happens; `PUNTE_STORM_ORDERS` how many orders flow.

use crate::{Dice, FIRST, buyer_of, documents, set};
use punte_tests::{Desk, SandboxProgram, create_workspace, order, until};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// One fault of a few requests. What acts late does so after the client gave up, and before the quiet time ends: also before one that
/// begins at the start after a kill, which may come at once.
fn fault(dice: &mut Dice) -> Value {
    let provider = ["smartbill", "oblio"][dice.between(0, 2) as usize];
    let times = dice.between(1, 3);
    let (operation, kind, delay_ms, acts) = match dice.between(0, 13) {
        0 | 1 => ("create", "timeout_after", None, None),
        2 => ("create", "timeout_before", None, None),
        3 => ("create", "late", Some(4_500), None),
        4 => ("any", "status_500", None, Some(true)),
        5 => ("any", "status_500", None, Some(false)),
        6 => ("create", "status_502", None, Some(true)),
        7 => ("any", "status_503", None, Some(false)),
        8 => ("create", "html", None, Some(true)),
        9 => ("create", "truncated", None, None),
        10 => ("any", "reset", None, None),
        11 => ("any", "status_429", Some(1_000), None),
        _ => return json!({ "provider": "woocommerce", "operation": "list", "kind": "status_500", "times": times }),
    };
    let mut fault = json!({ "provider": provider, "operation": operation, "kind": kind, "times": times });
    if let Some(delay_ms) = delay_ms {
        fault["delay_ms"] = json!(delay_ms);
    }
    if let Some(acts) = acts {
        fault["acts"] = json!(acts);
    }
    fault
}

/// A person opens what waits for one, and tries again what is held.
async fn help(desk: &Desk) {
    let all = desk.call("connections.list", json!({})).await;
    for connection in ["shops", "billing"].into_iter().flat_map(|kind| all[kind].as_array().unwrap()) {
        desk.call("connections.wake", json!({ "id": connection["id"] })).await;
    }
    let list = json!({ "search": "", "filter": "held", "after": null, "limit": 500 });
    let held = desk.call("documents.list", list).await;
    let ids: Vec<&Value> = held["rows"].as_array().into_iter().flatten().map(|row| &row["id"]).collect();
    if !ids.is_empty() {
        desk.call("documents.retry", json!({ "ids": ids })).await;
    }
}

/// What a failure needs to be understood: the counters, what holds the owner up, what each connection waits for, the open documents, and
/// what was seen of those in doubt.
async fn waiting(desk: &Desk, counts: Value) -> Value {
    let app = desk.call("app.get", json!({})).await;
    let connections = desk.call("connections.list", json!({})).await;
    let list = json!({ "search": "", "filter": "ready", "after": null, "limit": 5 });
    let open = desk.try_call("documents.list", list).await;
    let doubts = desk.try_call("doubts.list", json!({})).await.unwrap_or_else(|refused| refused);
    let open = open.unwrap_or_else(|refused| refused);
    json!({ "counts": counts, "app": app, "connections": connections, "open": open, "doubts": doubts })
}

#[tokio::test]
async fn through_a_storm_of_faults_every_order_has_its_one_document() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let (seed, orders) = (set("PUNTE_CRASH_SEED", now), set("PUNTE_STORM_ORDERS", 60));
    println!("PUNTE_CRASH_SEED={seed} ({orders} orders)");
    let mut dice = Dice(seed);
    let started = Instant::now();
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let mut desk = Desk::start(home.path(), &folder).await;
    desk.connect(&sandbox).await;
    let mut happened: BTreeMap<String, u32> = BTreeMap::new();
    for n in 0..orders {
        let id = FIRST + n;
        sandbox.control.order(order(id, buyer_of(id))).await;
        if dice.between(0, 3) == 0 {
            let fault = fault(&mut dice);
            *happened.entry(fault["kind"].as_str().unwrap().to_owned()).or_default() += 1;
            sandbox.control.fault(fault).await;
        }
        if dice.between(0, 6) == 0 {
            let edited = FIRST + dice.between(0, n + 1);
            let mut newer = order(edited, buyer_of(edited));
            newer["customer_note"] = json!(format!("n{n}"));
            sandbox.control.order(newer).await;
            *happened.entry("edited".to_owned()).or_default() += 1;
        }
        if dice.between(0, 12) == 0 {
            desk.running.kill().await;
            desk = Desk::start(home.path(), &folder).await;
            *happened.entry("killed".to_owned()).or_default() += 1;
        }
        tokio::time::sleep(Duration::from_millis(dice.between(300, 1_100))).await;
    }
    sandbox.control.clear_faults().await;
    let wanted = orders as u32;
    until("every order is invoiced", Duration::from_secs(120), async || {
        help(&desk).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let counts = desk.call("counts.get", json!({})).await;
        if counts["issued"] == wanted { Ok(()) } else { Err(waiting(&desk, counts).await) }
    })
    .await;
    let found = documents(&sandbox).await;
    let count = |id: u64| found.get(&id).copied().unwrap_or(0);
    let wrong: Vec<_> = (FIRST..FIRST + orders).map(|id| (id, count(id))).filter(|(_, count)| *count != 1).collect();
    println!("PUNTE_CRASH_SEED={seed}: {orders} orders through {happened:?} in {} s", started.elapsed().as_secs());
    assert!(wrong.is_empty(), "seed {seed}: orders with another number of documents than one: {wrong:?}");
}
