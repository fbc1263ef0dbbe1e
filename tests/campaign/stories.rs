//! Told from start to finish: what takes an hour, in the hour of a simulated world.

use crate::wire::{OBLIO, SMARTBILL};
use crate::world::{Settings, World};
use punte_domain::DocumentState;
use punte_engine::store::ledger::{Connection, Document, ListQuery};
use std::collections::BTreeMap;
use std::time::Duration;

const ORDERS: u64 = 300;
const MINUTE: Duration = Duration::from_secs(60);
/// Requests that may try a provider that is down, in an hour and for both: one at a time, further and further apart.
const MOST_TRIES: usize = 60;

async fn documents(world: &Workspace) -> Vec<Document> {
    let query = ListQuery { limit: 500, ..ListQuery::default() };
    world.ledger().page_documents(query).await.unwrap()
}

type Workspace = punte_engine::Workspace;

fn by_state(documents: &[Document]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for document in documents {
        *counts.entry(document.state.as_str()).or_default() += 1;
    }
    counts
}

async fn stopped(workspace: &Workspace) -> Vec<Connection> {
    let connections = workspace.ledger().list_connections().await.unwrap();
    connections.into_iter().filter(|connection| connection.stop.is_some()).collect()
}

#[test]
fn both_providers_are_down_for_an_hour_and_the_three_hundred_orders_that_wait_go_once_each() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let settings = Settings { write_back: false, two_flows: false, ..Settings::of(2) };
        let mut world = World::new(settings);
        let mut life = world.set_up().await;
        tokio::time::sleep(5 * MINUTE).await;
        for host in [SMARTBILL, OBLIO] {
            world.net.take_down(host, 60 * MINUTE);
        }
        for drop in 0..ORDERS {
            world.order(drop);
            tokio::time::sleep(Duration::from_secs(8)).await;
        }
        // near the end of the hour: everything waits, nothing is failed, and each connection says it once
        tokio::time::sleep(15 * MINUTE).await;
        let waiting = documents(life.workspace()).await;
        let counts = by_state(&waiting);
        let held = counts.get("held").copied().unwrap_or(0);
        assert_eq!(waiting.len() as u64, ORDERS, "{counts:?}");
        assert_eq!(counts.get("ready").copied().unwrap_or(0) + held, waiting.len(), "{counts:?}");
        let stops = stopped(life.workspace()).await;
        let kinds: Vec<&str> = stops.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(stops.len(), 2, "{kinds:?}");
        for connection in &stops {
            let stop = connection.stop.as_ref().unwrap();
            assert!(stop.until_ms.is_some(), "{}: it comes back by itself: {stop:?}", connection.kind);
        }
        let tries = world.peek("SELECT id FROM attempts").len();
        assert!(tries <= MOST_TRIES, "{tries} requests at providers that are down");
        assert!(world.net.arrivals().is_empty(), "nothing reached them");

        // the hour is over: they go by themselves, at the providers' pace
        let mut minutes = 0;
        loop {
            tokio::time::sleep(MINUTE).await;
            minutes += 1;
            let counts = by_state(&documents(life.workspace()).await);
            if counts.get("issued").copied().unwrap_or(0) + held == waiting.len() {
                break;
            }
            assert!(minutes < 120, "two hours later: {counts:?}");
        }
        assert!(stopped(life.workspace()).await.is_empty(), "no connection is stopped any more");
        let issued = documents(life.workspace()).await;
        let state = world.sandbox.state();
        for document in issued.iter().filter(|document| document.state == DocumentState::Issued) {
            let there = state[&document.provider]["documents"].as_array().unwrap();
            let ours = |one: &&serde_json::Value| {
                one["mentions"].as_str().is_some_and(|text| text.contains(&document.reference))
            };
            assert_eq!(there.iter().filter(ours).count(), 1, "order {}", document.order_number);
        }
        let issued = issued.len() - held;
        eprintln!("an hour down: {issued} waited and went within {minutes} min of its end, {held} held, {tries} tries");
        life.end().await;
    });
}
