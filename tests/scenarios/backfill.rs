//! Orders from before a flow: planned without issuing anything, then issued once each; what is cancelled stops.

use crate::World;
use punte_tests::until;
use serde_json::{Value, json};
use std::time::Duration;

async fn in_state(world: &World, flow: &str, state: &str) -> Value {
    until(&format!("the backfill is {state}"), Duration::from_secs(60), async || {
        let all = world.desk.call("backfill.list", json!({})).await;
        let listed = all["backfills"].as_array().unwrap();
        let found = listed.iter().find(|one| one["flowId"] == flow && one["state"] == state).cloned();
        found.ok_or(all)
    })
    .await
}

/// Orders of a plan that go one way.
fn count(backfill: &Value, verdict: &str) -> u64 {
    let groups = backfill["groups"].as_array().unwrap().iter().filter(|group| group["verdict"] == verdict);
    groups.map(|group| group["count"].as_u64().unwrap()).sum()
}

async fn documents(world: &World, flow: &str) -> u64 {
    let listed = world.desk.call("connections.list", json!({})).await;
    let flows = listed["flows"].as_array().unwrap();
    let flow = flows.iter().find(|one| one["id"] == flow).unwrap();
    ["issued", "held", "inDoubt", "waiting"].iter().map(|state| flow[state].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn older_orders_are_planned_then_issued_once_each() {
    let world = World::new().await;
    let desk = &world.desk;
    let listed = desk.call("connections.list", json!({})).await;
    let flow = listed["flows"].as_array().unwrap().iter().find(|one| one["name"] == "to smartbill").unwrap();
    let flow = flow["id"].as_str().unwrap();
    until("the shop's older orders are there and left alone", Duration::from_secs(30), async || {
        let page = desk.call("orders.list", json!({ "search": "", "filter": "", "after": null, "limit": 100 })).await;
        let rows = page["rows"].as_array().unwrap().clone();
        if rows.len() >= 30 && rows.iter().all(|row| row["decision"] != "document") { Ok(()) } else { Err(rows.len()) }
    })
    .await;
    let span = json!({ "flow": flow, "from": "2025-12-31", "until": "2027-12-30" });
    let far =
        desk.try_call("backfill.plan", json!({ "flow": flow, "from": "2020-01-01", "until": "2027-01-01" })).await;
    assert_eq!(far.unwrap_err()["field"], "from", "two years at most");
    desk.call("backfill.plan", span.clone()).await;
    let planned = in_state(&world, flow, "planned").await;
    let (issue, hold) = (count(&planned, "issue"), count(&planned, "hold"));
    assert!(issue > 5 && hold > 0 && count(&planned, "left_out") > 0, "{planned}");
    assert_eq!(documents(&world, flow).await, 0, "a plan issues nothing");

    desk.call("backfill.confirm", json!({ "id": planned["id"] })).await;
    let done = in_state(&world, flow, "done").await;
    assert_eq!(done["confirmedBy"], done["who"]);
    until("what was planned is there", Duration::from_secs(60), async || {
        let listed = desk.call("connections.list", json!({})).await;
        let now = listed["flows"].as_array().unwrap().iter().find(|one| one["id"] == flow).cloned().unwrap();
        if now["issued"] == issue && now["held"] == hold { Ok(()) } else { Err(now) }
    })
    .await;

    // the same again: everything is invoiced already, and nothing is to be done
    desk.call("backfill.plan", span).await;
    let again = until("planned again", Duration::from_secs(60), async || {
        let found = in_state(&world, flow, "planned").await;
        if found["id"] == planned["id"] { Err(found) } else { Ok(found) }
    })
    .await;
    assert_eq!((count(&again, "issue"), count(&again, "hold")), (0, 0), "{again}");
    assert_eq!(count(&again, "invoiced"), issue + hold);
    let state = world.sandbox.control.state().await;
    let documents = state["smartbill"]["documents"].as_array().unwrap();
    assert_eq!(documents.len() as u64, issue, "one each");
}

#[tokio::test]
async fn a_plan_that_is_cancelled_issues_nothing_and_can_be_made_anew() {
    let world = World::new().await;
    let listed = world.desk.call("connections.list", json!({})).await;
    let flow = listed["flows"][0]["id"].as_str().unwrap();
    let span = json!({ "flow": flow, "from": "2025-12-31", "until": "2027-12-30" });
    world.desk.call("backfill.plan", span.clone()).await;
    let planned = in_state(&world, flow, "planned").await;
    world.desk.call("backfill.cancel", json!({ "id": planned["id"] })).await;
    let late = world.desk.try_call("backfill.confirm", json!({ "id": planned["id"] })).await.unwrap_err();
    assert_eq!((&late["code"], &late["detail"]), (&json!("not_now"), &json!("not_planned")));
    assert_eq!(documents(&world, flow).await, 0);
    world.desk.call("backfill.plan", span).await;
    in_state(&world, flow, "planned").await;
}
