//! Trigger rules of a flow, from the shop to the provider: held, delayed, left alone, in another series, collected, followed.

use crate::World;
use crate::mappings::{published, with_rule};
use punte_tests::{Buyer, order, until};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(40);

impl World {
    /// Gives the flow of a buyer's provider these rules, in place of those that it has.
    pub async fn rule(&self, buyer: Buyer, rules: Value) -> Value {
        let listed = self.desk.call("connections.list", json!({})).await;
        let billing = listed["billing"].as_array().unwrap().iter().find(|one| one["kind"] == buyer.provider()).unwrap();
        let flows = listed["flows"].as_array().unwrap();
        let mut flow = flows.iter().find(|flow| flow["billingId"] == billing["id"]).unwrap().clone();
        flow["rules"] = rules;
        self.desk.call("flows.save", flow).await
    }

    /// Waits for what was decided about an order.
    async fn decided(&self, id: u64, reason: &str) -> Value {
        let number = id.to_string();
        until(&format!("order {id} decided as {reason}"), SOON, async || {
            let search = json!({ "search": id.to_string(), "filter": "", "after": null, "limit": 10 });
            let page = self.desk.call("orders.list", search).await;
            let found = page["rows"].as_array().unwrap().iter().find(|row| row["number"] == number).cloned();
            found.clone().filter(|row| row["reason"] == reason).ok_or(found)
        })
        .await
    }

    /// Kinds of the operations on a document once there are so many and all are done, oldest first.
    async fn operations_done(&self, document: &Value, count: usize) -> Vec<(String, String)> {
        until(&format!("{count} operations done"), SOON, async || {
            let record = self.record(document).await;
            let operations = record["operations"].as_array().unwrap().clone();
            let all: Vec<(String, String)> = operations
                .iter()
                .rev()
                .filter(|one| one["state"] == "done")
                .map(|one| (one["kind"].as_str().unwrap().to_owned(), one["who"].as_str().unwrap().to_owned()))
                .collect();
            if all.len() == count { Ok(all) } else { Err((operations, record["timeline"].clone())) }
        })
        .await
    }
}

#[tokio::test]
async fn an_order_above_the_limit_is_held_until_it_is_released_and_issued_once() {
    let world = World::new().await;
    for (id, buyer) in (31001..).zip([Buyer::Company, Buyer::Person]) {
        world.rule(buyer, json!({ "approveAbove": "120.99" })).await;
        world.sandbox.control.order(order(id, buyer)).await;
        let held = world.desk.wait_for(id, "held").await;
        assert_eq!(held["failure"]["kind"], "needs_approval", "{held}");
        assert_eq!(world.count(id, buyer).await, 0);
        let retry = |reason: &str| json!({ "ids": [held["id"]], "reason": reason });
        let without = world.desk.call("documents.retry", retry(" ")).await;
        assert_eq!(without["skipped"][0]["reason"], "needs_reason", "{without}");
        // the rules are read anew, and change nothing for it
        world.rule(buyer, json!({ "approveAbove": "120" })).await;
        assert_eq!(world.desk.wait_for(id, "held").await["failure"]["kind"], "needs_approval");
        world.desk.call("documents.retry", retry("verificată cu clientul")).await;
        let issued = world.desk.wait_for(id, "issued").await;
        assert_eq!(world.count(id, buyer).await, 1);
        let record = world.record(&issued).await;
        let released = record["timeline"].as_array().unwrap().iter().find(|event| event["what"] == "released").cloned();
        assert_eq!(released.unwrap()["facts"]["reason"], "verificată cu clientul");
    }
}

#[tokio::test]
async fn a_delayed_invoice_waits_says_so_and_goes_by_itself_when_the_delay_is_over() {
    let world = World::new().await;
    world.rule(Buyer::Person, json!({ "delayMinutes": 1 })).await;
    world.rule(Buyer::Company, json!({ "delayMinutes": 60 })).await;
    let began = Instant::now();
    world.sandbox.control.order(order(31011, Buyer::Person)).await;
    world.sandbox.control.order(order(31012, Buyer::Company)).await;
    for id in [31011, 31012] {
        let waits = world.decided(id, "delay").await;
        assert_eq!((&waits["decision"], &waits["documentState"]), (&json!("document"), &json!("ready")));
    }
    // another delay holds from then on
    world.rule(Buyer::Company, json!({})).await;
    world.desk.wait_for(31012, "issued").await;
    assert_eq!(world.count(31011, Buyer::Person).await, 0);
    until("the delay over", Duration::from_secs(100), async || {
        let row = world.desk.find_document(31011).await;
        row.clone().filter(|row| row["state"] == "issued").ok_or(row)
    })
    .await;
    assert!(began.elapsed() > Duration::from_secs(50), "{:?}", began.elapsed());
    assert_eq!(world.count(31011, Buyer::Person).await, 1);
}

#[tokio::test]
async fn orders_that_fit_a_series_rule_go_into_its_series_and_the_others_into_the_flows() {
    let world = World::new().await;
    for (id, buyer) in (31021..).step_by(2).zip([Buyer::Company, Buyer::Person]) {
        let of = |country: &str| json!([{ "series": "MAG", "when": { "countries": { "include": [country] } } }]);
        let flow = world.rule(buyer, json!({ "seriesRules": of("BG") })).await;
        world.sandbox.control.order(order(id, buyer)).await;
        assert_eq!(world.desk.wait_for(id, "issued").await["series"], flow["series"]);
        world.rule(buyer, json!({ "seriesRules": of("RO") })).await;
        world.sandbox.control.order(order(id + 1, buyer)).await;
        let issued = world.desk.wait_for(id + 1, "issued").await;
        assert_eq!(issued["series"], "MAG");
        assert_eq!(world.sandbox.control.documents_of(buyer.provider(), id + 1).await[0]["number"], issued["number"]);
    }
}

#[tokio::test]
async fn country_payment_method_and_amounts_leave_an_order_alone_with_the_reason() {
    let world = World::new().await;
    let cases = [
        (json!({ "countries": { "exclude": ["RO"] } }), "country"),
        (json!({ "paymentMethods": { "include": ["cod"] } }), "payment_method"),
        (json!({ "minTotal": "121.01" }), "below_minimum"),
        (json!({ "maxTotal": "120.99" }), "above_maximum"),
        (json!({ "statuses": ["open"] }), "wrong_status"),
    ];
    let mut last = json!({});
    for (n, (when, reason)) in cases.iter().enumerate() {
        let rules = json!({ "when": when });
        let saved = world.rule(Buyer::Person, rules.clone()).await;
        if n == 0 {
            world.sandbox.control.order(order(31031, Buyer::Person)).await;
        }
        let left = world.decided(31031, reason).await;
        assert_eq!(left["decision"], "not_invoiced");
        let preview = json!({ "shopId": saved["shopId"], "rules": rules, "condition": "" });
        let told = world.desk.call("flows.preview_rules", preview).await;
        let not_taken = told["notTaken"].as_array().unwrap();
        let left = not_taken.iter().map(|one| one["count"].as_u64().unwrap()).sum::<u64>();
        assert_eq!(told["looked"].as_u64(), Some(told["matching"].as_u64().unwrap() + left), "{told}");
        // the newest of the shop's orders comes first
        let own = not_taken.iter().find(|one| one["reason"] == *reason).unwrap_or_else(|| panic!("{reason}: {told}"));
        assert_eq!(own["orders"][0], "31031");
        last = saved;
    }
    assert_eq!(world.count(31031, Buyer::Person).await, 0);
    let wrong = json!({ "shopId": last["shopId"], "rules": { "delayMinutes": 43201 }, "condition": "" });
    assert_eq!(world.desk.try_call("flows.preview_rules", wrong).await.unwrap_err()["field"], "rules.delayMinutes");
    world.rule(Buyer::Person, json!({})).await;
    world.desk.wait_for(31031, "issued").await;
    assert_eq!(world.count(31031, Buyer::Person).await, 1);
}

#[tokio::test]
async fn a_payment_is_recorded_with_the_invoice_later_or_never_as_its_method_says() {
    let world = World::new().await;
    let collect = |when: &str, kind: &str| json!({ "collect": [{ "method": "stripe", "when": when, "as": kind }] });
    let of = async |id: u64| world.sandbox.control.documents_of("oblio", id).await[0].clone();
    let issue = async |id: u64, rules: Value| {
        world.rule(Buyer::Company, rules).await;
        world.sandbox.control.order(order(id, Buyer::Company)).await;
        world.desk.wait_for(id, "issued").await
    };
    let now = issue(31041, collect("now", "bank_transfer")).await;
    assert_eq!(of(31041).await["collected"], "121.00");
    assert_eq!(world.record(&now).await["draft"]["paymentKind"], "bank_transfer");
    let never = issue(31042, collect("never", "other")).await;
    assert_eq!(
        (&of(31042).await["collected"], &world.record(&never).await["draft"]["paymentKind"]),
        (&json!("0.00"), &Value::Null)
    );
    let later = issue(31043, collect("later", "card")).await;
    let done = world.operations_done(&later, 1).await;
    assert_eq!(done, [("record_payment".to_owned(), String::new())], "the shop says that it is paid");
    assert_eq!(of(31043).await["collected"], "121.00");
    assert!(world.record(&never).await["operations"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn an_invoice_is_handed_to_efactura_or_mailed_once_by_itself_where_its_provider_offers_it() {
    let world = World::new().await;
    let cases =
        [(31051, Buyer::Company, "send_einvoice", "send_email"), (31052, Buyer::Person, "send_email", "send_einvoice")];
    for (id, buyer, offered, other) in cases {
        world.rule(buyer, json!({ "sendEinvoice": true, "emailClient": true })).await;
        world.sandbox.control.order(order(id, buyer)).await;
        let issued = world.desk.wait_for(id, "issued").await;
        assert_eq!(world.operations_done(&issued, 1).await, [(offered.to_owned(), String::new())]);
        // the order changes, and is decided and followed anew
        let mut changed = order(id, buyer);
        changed["customer_note"] = "mulțumesc".into();
        world.sandbox.control.order(changed).await;
        let record = until("the change taken in", SOON, async || {
            let record = world.record(&issued).await;
            if record["versions"][0]["version"] == 2 { Ok(record) } else { Err(record["versions"].clone()) }
        })
        .await;
        let timeline = record["timeline"].as_array().unwrap();
        let noted: Vec<&Value> = timeline.iter().filter(|event| event["what"] == "not_followed").collect();
        assert_eq!(noted.len(), 1, "{noted:?}");
        assert_eq!(
            (&noted[0]["facts"]["operation"], &noted[0]["facts"]["why"]),
            (&json!(other), &json!("not_offered"))
        );
        assert_eq!(world.operations_done(&issued, 1).await.len(), 1);
    }
}

#[tokio::test]
async fn a_held_invoice_goes_with_its_order_to_the_flow_that_takes_it_now() {
    let world = World::new().await;
    let id = 31081;
    world.rule(Buyer::Company, json!({ "approveAbove": "10" })).await;
    world.sandbox.control.order(order(id, Buyer::Company)).await;
    let held = world.desk.wait_for(id, "held").await;
    world.rule(Buyer::Company, json!({ "when": { "countries": { "exclude": ["RO"] } } })).await;
    let mut other = world.rule(Buyer::Person, json!({})).await;
    assert_eq!(world.decided(id, "country").await["documentState"], "held");
    other["condition"] = json!("");
    world.desk.call("flows.save", other.clone()).await;
    let issued = world.desk.wait_for(id, "issued").await;
    assert_eq!((&issued["id"], &issued["series"]), (&held["id"], &other["series"]));
    assert_eq!((world.count(id, Buyer::Company).await, world.count(id, Buyer::Person).await), (0, 1));
    let record = world.record(&issued).await;
    assert!(record["timeline"].as_array().unwrap().iter().any(|event| event["what"] == "moved_flow"), "{record}");
}

#[tokio::test]
async fn an_invoice_that_waits_is_not_withdrawn_when_its_paid_order_is_completed() {
    let world = World::new().await;
    let id = 31091;
    world.rule(Buyer::Person, json!({ "when": { "statuses": ["paid"] }, "delayMinutes": 60 })).await;
    let mut paid = order(id, Buyer::Person);
    paid["status"] = json!("processing");
    world.sandbox.control.order(paid.clone()).await;
    assert_eq!(world.decided(id, "delay").await["documentState"], "ready");
    paid["status"] = json!("completed");
    world.sandbox.control.order(paid).await;
    let version = async || {
        let row = world.desk.find_document(id).await.unwrap();
        let record = world.record(&row).await;
        let timeline = record["timeline"].as_array().unwrap();
        timeline.iter().any(|event| event["what"] == "order_changed").then_some(row)
    };
    let row = until("its new version", SOON, async || version().await.ok_or("none")).await;
    assert_eq!(row["state"], "ready", "{row}");
    world.rule(Buyer::Person, json!({ "when": { "statuses": ["paid"] } })).await;
    world.desk.wait_for(id, "issued").await;
}

#[tokio::test]
async fn a_mapping_is_tried_with_the_rules_of_its_flow() {
    let world = World::new().await;
    let id = 31101;
    let flow = world.rule(Buyer::Person, json!({ "dueDays": 30, "language": "EN" })).await;
    world.sandbox.control.order(order(id, Buyer::Person)).await;
    world.desk.wait_for(id, "issued").await;
    let mapping = published(&world.desk).await;
    let due = with_rule(&mapping["published"], "document", "due_days", "15", None);
    let number = id.to_string();
    let run = json!({ "mappingId": mapping["id"], "document": due, "last": 10, "only": "all", "search": number });
    world.desk.call("dry_run.start", run).await;
    let run = until("the dry run is over", SOON, async || {
        let run = world.desk.call("dry_run.get", json!({ "id": mapping["id"] })).await["run"].clone();
        if run["state"] == "running" { Err(run) } else { Ok(run) }
    })
    .await;
    assert_eq!((&run["issue"], &run["changed"]), (&json!(1), &json!(0)), "the rules have the last word: {run}");
    let order =
        world.desk.call("orders.list", json!({ "search": number, "filter": "", "after": null, "limit": 1 })).await;
    let tried = json!({ "mappingId": mapping["id"], "document": due, "orderId": order["rows"][0]["id"], "json": null,
        "flowId": flow["id"] });
    let tried = world.desk.call("mappings.try", tried).await;
    let said = |field: &str| tried["byRules"].as_array().unwrap().iter().find(|one| one["field"] == field).cloned();
    let due_days = said("document.due_days").unwrap_or_else(|| panic!("{tried}"));
    assert_eq!((&due_days["before"], &due_days["after"]), (&json!("15"), &json!("30")));
    assert_eq!(said("document.language").unwrap()["after"], "EN");
}
