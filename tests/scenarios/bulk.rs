//! Something done to many records: planned, confirmed, done once each, behind live orders; cut off and gone on with; stopped.

use crate::World;
use crate::mappings::{publish, published};
use punte_tests::{Buyer, Desk, order, until};
use serde_json::{Value, json};
use std::time::Duration;

impl World {
    /// Held records: the provider refuses each of these once.
    async fn refuse(&self, from: u64, count: u64, buyer: Buyer) {
        let fault =
            json!({ "provider": buyer.provider(), "operation": "create", "kind": "refuse_vat", "times": count });
        self.sandbox.control.fault(fault).await;
        for id in from..from + count {
            self.sandbox.control.order(order(id, buyer)).await;
        }
        self.wait_for_group(count).await;
    }

    /// The one open cause, once so many records are held for it.
    async fn wait_for_group(&self, count: u64) -> Value {
        until(&format!("{count} held for one cause"), Duration::from_secs(90), async || {
            let listed = self.desk.call("failures.list", json!({})).await;
            let groups = listed["groups"].as_array().unwrap().clone();
            let open: Vec<Value> = groups.into_iter().filter(|group| group["state"] == "open").collect();
            match open.as_slice() {
                [one] if one["count"] == count => Ok(one.clone()),
                _ => Err(listed),
            }
        })
        .await
    }

    async fn plan(&self, kind: &str, group: &Value) -> Value {
        let selection = json!({ "ids": [], "cause": group["key"], "except": [] });
        self.desk.call("bulk.plan", json!({ "kind": kind, "selection": selection })).await
    }

    async fn confirm(&self, job: &Value, reason: &str) {
        self.desk.call("bulk.confirm", json!({ "id": job["id"], "reason": reason })).await;
    }

    async fn wait_for_job(&self, job: &Value, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        until(what, Duration::from_secs(120), async || {
            let now = self.desk.call("bulk.get", json!({ "id": job["id"] })).await;
            if is(&now) { Ok(now) } else { Err(now) }
        })
        .await
    }

    /// Live documents at the provider for each of these orders.
    async fn counts(&self, from: u64, count: u64, buyer: Buyer) -> Vec<usize> {
        let mut counts = Vec::new();
        for id in from..from + count {
            counts.push(self.count(id, buyer).await);
        }
        counts
    }

    /// Every request that this provider is sent takes so long.
    async fn slow(&self, buyer: Buyer, delay_ms: u64) {
        let fault = json!({ "provider": buyer.provider(), "operation": "create", "kind": "slow", "times": 1000,
            "delay_ms": delay_ms });
        self.sandbox.control.fault(fault).await;
    }
}

fn is_over(job: &Value) -> bool {
    job["state"] == "done"
}

/// The lines' VAT rate by another rule.
fn with_rate(document: &Value, expression: &str) -> Value {
    let mut changed = document.clone();
    for block in changed["lines"].as_array_mut().unwrap() {
        for rule in block["fields"].as_array_mut().unwrap() {
            if rule["target"] == "vat_rate" {
                rule["expression"] = json!(expression);
            }
        }
    }
    changed
}

#[tokio::test]
async fn forty_orders_fail_on_a_vat_rate_and_are_retried_in_bulk_once_the_mapping_is_fixed() {
    let world = World::new().await;
    let mapping = published(&world.desk).await;
    publish(&world.desk, &mapping, &with_rate(&mapping["published"], "money(9)"), "the old rate").await.unwrap();
    for id in 71001..71041 {
        let buyer = if id % 4 == 0 { Buyer::Company } else { Buyer::Person };
        world.sandbox.control.order(order(id, buyer)).await;
    }
    let group = world.wait_for_group(40).await;
    assert_eq!(
        (&group["failure"]["kind"], &group["safeBecause"]),
        (&json!("vat_rate_not_legal"), &json!("nothing_sent"))
    );
    assert_eq!(group["totals"][0]["currency"], "RON");

    // without a fix the plan says that none would pass, and there is nothing to confirm
    let unfixed = world.plan("retry", &group).await;
    assert_eq!(
        (&unfixed["state"], &unfixed["waiting"], &unfixed["skipped"]),
        (&json!("planned"), &json!(0), &json!(40))
    );
    assert_eq!(unfixed["skips"], json!([{ "code": "still_failing", "count": 40 }]));
    let refused = world.desk.try_call("bulk.confirm", json!({ "id": unfixed["id"], "reason": "" })).await.unwrap_err();
    assert_eq!(refused["detail"], "bulk_empty");

    let wrong = published(&world.desk).await;
    publish(&world.desk, &wrong, &mapping["published"], "the rate of the order").await.unwrap();
    let plan = world.plan("retry", &group).await;
    assert_eq!((&plan["state"], &plan["waiting"], &plan["skipped"]), (&json!("planned"), &json!(40), &json!(0)));
    assert_eq!(plan["safe"], json!([{ "code": "nothing_sent", "count": 40 }]));
    assert_eq!(plan["providers"], json!([{ "code": "smartbill", "count": 30 }, { "code": "oblio", "count": 10 }]));
    assert_eq!(world.counts(71001, 3, Buyer::Person).await, [0, 0, 0], "a plan sends nothing");
    world.confirm(&plan, "").await;
    let over = world.wait_for_job(&plan, "the job is over", is_over).await;
    assert_eq!((&over["done"], &over["failed"], &over["inDoubt"]), (&json!(40), &json!(0), &json!(0)), "{over}");
    for id in 71001..71041 {
        let buyer = if id % 4 == 0 { Buyer::Company } else { Buyer::Person };
        assert_eq!(world.count(id, buyer).await, 1, "order {id}");
    }
    // the cause is not silently gone
    let listed = world.desk.call("failures.list", json!({})).await;
    let gone = listed["groups"].as_array().unwrap().iter().find(|one| one["key"] == group["key"]).unwrap();
    assert_eq!((&gone["state"], &gone["count"], &gone["wentThrough"]), (&json!("resolved"), &json!(0), &json!(40)));
    let report = json!({ "id": plan["id"], "state": "done", "after": null, "limit": 500 });
    let report = world.desk.call("bulk.report", report).await;
    assert_eq!(report["rows"].as_array().unwrap().len(), 40);
    assert!(report["rows"][0]["documentNumber"].is_string(), "{report}");
    let words = json!({ "order": "Comandă", "done": "făcut" });
    let file = world.desk.call("bulk.csv", json!({ "id": plan["id"], "words": words })).await;
    assert!(file["base64"].as_str().unwrap().len() > 1000 && file["mediaType"] == "text/csv");
}

#[tokio::test]
async fn a_job_that_was_killed_goes_on_and_does_nothing_twice() {
    let world = World::new().await;
    world.refuse(72001, 12, Buyer::Company).await;
    let group = world.wait_for_group(12).await;
    assert_eq!(group["failure"]["code"], "oblio.vat_not_set");
    let job = world.plan("retry", &group).await;
    world.slow(Buyer::Company, 300).await;
    world.confirm(&job, "").await;
    world.wait_for_job(&job, "some are done", |now| now["done"].as_u64() >= Some(3)).await;
    let World { home, folder, sandbox, desk } = world;
    desk.running.kill().await;
    let desk = Desk::start(home.path(), &folder).await;
    let world = World { home, folder, sandbox, desk };
    let over = world.wait_for_job(&job, "the job is over", is_over).await;
    assert_eq!((&over["done"], &over["failed"]), (&json!(12), &json!(0)), "{over}");
    assert_eq!(world.counts(72001, 12, Buyer::Company).await, [1; 12]);
}

#[tokio::test]
async fn a_cancelled_job_begins_nothing_more() {
    let world = World::new().await;
    world.refuse(73001, 10, Buyer::Person).await;
    let job = world.plan("retry", &world.wait_for_group(10).await).await;
    world.slow(Buyer::Person, 400).await;
    world.confirm(&job, "").await;
    world.wait_for_job(&job, "some are done", |now| now["done"].as_u64() >= Some(2)).await;
    let cancelled = world.desk.call("bulk.cancel", json!({ "id": job["id"] })).await;
    let (state, rest) = (&cancelled["state"], cancelled["cancelled"].as_u64().unwrap());
    assert!(state == "cancelled" && rest >= 5, "{cancelled}");
    // what was begun goes through; nothing else does
    let begun = 10 - rest;
    let issued = until("what was begun is issued", Duration::from_secs(30), async || {
        let counts = world.desk.call("counts.get", json!({})).await;
        if counts["held"] == rest && counts["issued"] == begun { Ok(counts) } else { Err(counts) }
    })
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(world.desk.call("counts.get", json!({})).await, issued, "and so it stays");
    assert_eq!(world.counts(73001, 10, Buyer::Person).await.iter().sum::<usize>() as u64, begun);
    let again = world.desk.try_call("bulk.cancel", json!({ "id": job["id"] })).await.unwrap_err();
    assert_eq!(again["detail"], "bulk_over");
}

#[tokio::test]
async fn a_live_order_overtakes_a_job_in_its_own_lane() {
    let world = World::new().await;
    world.refuse(74001, 10, Buyer::Person).await;
    let job = world.plan("retry", &world.wait_for_group(10).await).await;
    world.slow(Buyer::Person, 400).await;
    world.confirm(&job, "").await;
    world.wait_for_job(&job, "the job is at work", |now| now["done"].as_u64() >= Some(1)).await;
    for id in [74101, 74102, 74103] {
        world.sandbox.control.order(order(id, Buyer::Person)).await;
    }
    let mut waits = std::collections::BTreeSet::new();
    let seen = until("three live orders issued", Duration::from_secs(60), async || {
        let now = world.desk.call("bulk.get", json!({ "id": job["id"] })).await;
        waits.insert(now["waits"].as_str().unwrap_or_default().to_owned());
        for id in [74101, 74102, 74103] {
            let found = world.desk.find_document(id).await;
            if found.as_ref().is_none_or(|one| one["state"] != "issued") {
                return Err(found);
            }
        }
        Ok(world.desk.call("bulk.get", json!({ "id": job["id"] })).await)
    })
    .await;
    assert!(seen["waiting"].as_u64() >= Some(2), "the job still waits: {seen}");
    assert!(waits.contains("live"), "and says for what: {waits:?}");
    world.wait_for_job(&job, "and ends", is_over).await;
    assert_eq!(world.counts(74001, 10, Buyer::Person).await, [1; 10]);
}

#[tokio::test]
async fn a_cause_is_assigned_snoozed_and_dismissed_with_a_reason_and_wakes_for_the_next_record() {
    let world = World::new().await;
    world.refuse(75001, 2, Buyer::Company).await;
    let group = world.wait_for_group(2).await;
    let key = group["key"].clone();
    world.desk.call("failures.assign", json!({ "key": key, "owner": "Mara" })).await;
    let until_ms = group["lastMs"].as_i64().unwrap() + 3_600_000;
    world.desk.call("failures.snooze", json!({ "key": key, "untilMs": until_ms })).await;
    let one = world.desk.call("failures.list", json!({})).await["groups"][0].clone();
    assert_eq!(
        (&one["state"], &one["owner"], &one["snoozedUntilMs"]),
        (&json!("snoozed"), &json!("Mara"), &json!(until_ms))
    );
    world.order_with(75003, Buyer::Company, "refuse_vat", Value::Null).await;
    // the next record wakes it
    let job = world.plan("dismiss", &world.wait_for_group(3).await).await;
    let nameless = world.desk.try_call("bulk.confirm", json!({ "id": job["id"], "reason": " " })).await.unwrap_err();
    assert_eq!(nameless["field"], "reason");
    world.confirm(&job, "invoiced by hand").await;
    let over = world.wait_for_job(&job, "all dismissed", is_over).await;
    assert_eq!(over["done"], 3);
    assert_eq!(world.counts(75001, 3, Buyer::Company).await, [0; 3], "nothing was sent");
    assert_eq!(world.desk.call("counts.get", json!({})).await["dismissed"], 3);
}

#[tokio::test]
async fn invoices_are_taken_back_and_mailed_in_bulk_once_each() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for id in 76001..76005 {
        world.sandbox.control.order(order(id, Buyer::Person)).await;
    }
    for id in 76001..76005 {
        ids.push(world.desk.wait_for(id, "issued").await["id"].clone());
    }
    let plan = async |kind: &str| {
        let selection = json!({ "ids": ids, "except": [ids[3]] });
        world.desk.call("bulk.plan", json!({ "kind": kind, "selection": selection })).await
    };
    let mails = plan("email").await;
    assert_eq!((&mails["waiting"], &mails["ofRecords"]), (&json!(3), &json!(3)), "{mails}");
    world.confirm(&mails, "").await;
    assert_eq!(world.wait_for_job(&mails, "mailed", is_over).await["done"], 3);
    let sent = world.sandbox.control.state().await["smartbill"]["emails"].clone();
    assert_eq!(sent.as_array().map_or(0, Vec::len), 3, "{sent}");
    let reads = plan("refresh").await;
    world.confirm(&reads, "").await;
    assert_eq!(world.wait_for_job(&reads, "read", is_over).await["done"], 3);
    let stornos = plan("storno").await;
    world.confirm(&stornos, "a wrong price list").await;
    assert_eq!(world.wait_for_job(&stornos, "taken back", is_over).await["done"], 3);
    let state = world.sandbox.control.state().await["smartbill"]["documents"].clone();
    let made = state.as_array().unwrap().iter().filter(|one| one["kind"] == "storno").count();
    assert_eq!(made, 3, "{state}");
    // planned again, each is skipped with its reason
    let again = plan("storno").await;
    assert_eq!((&again["waiting"], &again["skipped"]), (&json!(0), &json!(3)), "{again}");
}

#[tokio::test]
async fn stornos_and_mails_that_a_kill_cuts_off_are_made_once_each() {
    let mut world = World::new().await;
    let mut ids = Vec::new();
    for id in 77001..77009 {
        world.sandbox.control.order(order(id, Buyer::Person)).await;
    }
    for id in 77001..77009 {
        ids.push(world.desk.wait_for(id, "issued").await["id"].clone());
    }
    let slow = json!({ "provider": "smartbill", "operation": "any", "kind": "slow", "times": 1000, "delay_ms": 250 });
    world.sandbox.control.fault(slow).await;
    for (kind, reason) in [("email", ""), ("storno", "a wrong price list")] {
        let selection = json!({ "ids": ids, "except": [] });
        let job = world.desk.call("bulk.plan", json!({ "kind": kind, "selection": selection })).await;
        world.confirm(&job, reason).await;
        world.wait_for_job(&job, "some are done", |now| now["done"].as_u64() >= Some(2)).await;
        let World { home, folder, sandbox, desk } = world;
        desk.running.kill().await;
        let desk = Desk::start(home.path(), &folder).await;
        world = World { home, folder, sandbox, desk };
        let over = world.wait_for_job(&job, "the job is over", is_over).await;
        // of a mail that was under way nobody can say whether it left: it is not sent again
        let (done, doubted) = (over["done"].as_u64().unwrap(), over["inDoubt"].as_u64().unwrap());
        assert!(done + doubted == 8 && doubted <= if kind == "email" { 1 } else { 0 }, "{kind}: {over}");
    }
    let state = world.sandbox.control.state().await["smartbill"].clone();
    let mut mailed: Vec<String> =
        state["emails"].as_array().unwrap().iter().map(|one| one["number"].to_string()).collect();
    let sent = mailed.len();
    mailed.sort();
    mailed.dedup();
    assert_eq!((mailed.len(), sent >= 7), (sent, true), "no mail twice: {mailed:?}");
    let made = state["documents"].as_array().unwrap().iter().filter(|one| one["kind"] == "storno").count();
    assert_eq!(made, 8);
}

#[tokio::test]
async fn what_belongs_to_a_flow_that_is_off_is_not_retried_and_says_so() {
    let world = World::new().await;
    world.refuse(78001, 2, Buyer::Company).await;
    let group = world.wait_for_group(2).await;
    for flow in world.desk.call("connections.list", json!({})).await["flows"].as_array().unwrap() {
        let mut input = flow.clone();
        input["enabled"] = false.into();
        world.desk.call("flows.save", input).await;
    }
    let job = world.plan("retry", &group).await;
    assert_eq!((&job["waiting"], &job["skips"]), (&json!(0), &json!([{ "code": "flow_off", "count": 2 }])));
    let refused = world.desk.try_call("bulk.confirm", json!({ "id": job["id"], "reason": "" })).await.unwrap_err();
    assert_eq!(refused["detail"], "bulk_empty");
}
