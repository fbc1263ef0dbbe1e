//! Mappings as they are edited: tried, run dry, published with a reason, and what is held retried with them.

use crate::World;
use punte_tests::{Buyer, Desk, order, until};
use serde_json::{Value, json};
use std::time::Duration;

/// The mapping that the flows use.
pub async fn published(desk: &Desk) -> Value {
    let listed = desk.call("mappings.list", json!({})).await;
    desk.call("mappings.get", json!({ "id": listed["mappings"][0]["id"] })).await
}

/// A document with one more rule, or another one for its target.
pub fn with_rule(document: &Value, section: &str, target: &str, expression: &str, default: Option<&str>) -> Value {
    let mut changed = document.clone();
    let rules = changed[section].as_array_mut().unwrap();
    rules.retain(|rule| rule["target"] != target);
    let when_empty = if default.is_some() { "default" } else { "leave_out" };
    rules.push(json!({ "target": target, "expression": expression, "default": default, "whenEmpty": when_empty,
        "note": "" }));
    changed
}

/// A person's order without a city: held until somebody knows it.
pub fn without_city(id: u64, buyer: Buyer) -> Value {
    let mut order = order(id, buyer);
    order["billing"]["city"] = json!("");
    order
}

pub async fn publish(desk: &Desk, mapping: &Value, document: &Value, reason: &str) -> Result<Value, Value> {
    let request = json!({ "mappingId": mapping["id"], "document": document, "baseVersion": mapping["version"],
        "reason": reason });
    desk.try_call("mappings.publish", request).await
}

/// A run over the orders whose number begins so.
async fn dry_run(desk: &Desk, mapping: &Value, document: &Value, only: &str, search: &str) -> Value {
    let request =
        json!({ "mappingId": mapping["id"], "document": document, "last": 100, "only": only, "search": search });
    desk.call("dry_run.start", request).await;
    over(desk, mapping).await
}

async fn over(desk: &Desk, mapping: &Value) -> Value {
    until("the dry run is over", Duration::from_secs(60), async || {
        let run = desk.call("dry_run.get", json!({ "id": mapping["id"] })).await["run"].clone();
        if run["state"] == "running" { Err(run) } else { Ok(run) }
    })
    .await
}

#[tokio::test]
async fn a_held_order_is_issued_by_a_published_mapping_once_the_held_ones_are_retried() {
    let world = World::new().await;
    world.sandbox.control.order(without_city(61001, Buyer::Person)).await;
    let held = world.desk.wait_for(61001, "held").await;
    assert_eq!(held["failure"]["kind"], "address_incomplete");
    let mapping = published(&world.desk).await;
    let document = with_rule(&mapping["published"], "client", "city", "order?.billing?.city", Some("Dej"));
    let nameless = publish(&world.desk, &mapping, &document, " ").await.unwrap_err();
    assert_eq!((&nameless["code"], &nameless["field"]), (&json!("invalid_input"), &json!("reason")));
    let done = publish(&world.desk, &mapping, &document, "Dej where no city is given").await.unwrap();
    assert_eq!(done, json!({ "version": 2, "held": 1, "passing": 1 }));
    let still = world.desk.find_document(61001).await.unwrap();
    assert_eq!(
        (&still["state"], world.count(61001, Buyer::Person).await),
        (&json!("held"), 0),
        "nothing goes by itself"
    );
    let retried = world.desk.call("mappings.retry_held", json!({ "id": mapping["id"] })).await;
    assert_eq!(retried["queued"], json!([held["id"]]));
    world.desk.wait_for(61001, "issued").await;
    assert_eq!(world.count(61001, Buyer::Person).await, 1);
    let record = world.desk.call("record.get", json!({ "orderId": null, "documentId": held["id"] })).await;
    assert_eq!(record["madeBy"]["version"], 2, "a document remembers the version that made it");
    let history = world.desk.call("mappings.history", json!({ "id": mapping["id"] })).await;
    let told: Vec<_> = history["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| (&v["version"], &v["reason"], &v["documents"]))
        .collect();
    assert_eq!(told[0], (&json!(2), &json!("Dej where no city is given"), &json!(1)));
    assert_eq!(told[1].2, &json!(0), "its draft was made by the newer version");
    let first = json!({ "mappingId": mapping["id"], "version": 1 });
    assert_eq!(world.desk.call("mappings.version", first).await, mapping["published"]);
    let diff = json!({ "before": mapping["published"], "after": document });
    let changes = world.desk.call("mappings.diff", diff).await["changes"].clone();
    assert!(changes.as_array().unwrap().iter().any(|c| c["target"] == "city" && c["after"] == "Dej"), "{changes}");
}

#[tokio::test]
async fn publishing_on_an_outdated_base_is_refused_and_a_draft_survives_that_and_a_restart() {
    let mut world = World::new().await;
    let mapping = published(&world.desk).await;
    let theirs = with_rule(&mapping["published"], "document", "mentions", "\"theirs\"", None);
    publish(&world.desk, &mapping, &theirs, "theirs first").await.unwrap();
    let mine = with_rule(&mapping["published"], "document", "mentions", "\"mine\"", None);
    let draft = json!({ "mappingId": mapping["id"], "document": mine, "baseVersion": 1 });
    world.desk.call("mappings.save_draft", draft).await;
    let late = publish(&world.desk, &mapping, &mine, "mine").await.unwrap_err();
    assert_eq!((&late["code"], &late["detail"]), (&json!("not_now"), &json!("published_meanwhile")));
    assert_eq!(world.desk.running.stop().await, Some(0));
    world.desk = Desk::start(world.home.path(), &world.folder).await;
    let now = published(&world.desk).await;
    assert_eq!((&now["version"], &now["draft"]["baseVersion"]), (&json!(2), &json!(1)));
    let mentions = |document: &Value| {
        let rules = document["document"].as_array().unwrap();
        rules.iter().find(|rule| rule["target"] == "mentions").unwrap()["expression"].clone()
    };
    assert_eq!(mentions(&now["draft"]["document"]), "\"mine\"");
    assert_eq!(mentions(&now["published"]), "\"theirs\"");
    let (mine, base) = (&now["draft"]["document"], json!({ "id": now["id"], "version": 2 }));
    assert_eq!(publish(&world.desk, &base, mine, "mine, knowing theirs").await.unwrap()["version"], 3);
    assert!(published(&world.desk).await["draft"].is_null());
}

#[tokio::test]
async fn a_dry_run_counts_and_tells_the_differences_and_nothing_is_sent_by_it() {
    let world = World::new().await;
    for id in 61101..=61103 {
        world.sandbox.control.order(order(id, Buyer::Person)).await;
        world.desk.wait_for(id, "issued").await;
    }
    world.sandbox.control.order(without_city(61104, Buyer::Person)).await;
    world.desk.wait_for(61104, "held").await;
    let mut open = order(61105, Buyer::Person);
    open["status"] = json!("pending");
    world.sandbox.control.order(open).await;
    until("the open order is known", Duration::from_secs(20), async || {
        let search = json!({ "search": "61105", "filter": "", "after": null, "limit": 10 });
        let page = world.desk.call("orders.list", search).await;
        if page["rows"].as_array().unwrap().is_empty() { Err(page) } else { Ok(()) }
    })
    .await;
    let before = world.sandbox.control.state().await;
    let mapping = published(&world.desk).await;
    let thanks = with_rule(&mapping["published"], "document", "mentions", "\"Multumim\"", None);
    let document = with_rule(&thanks, "client", "city", "order?.billing?.city", Some("Dej"));
    let run = dry_run(&world.desk, &mapping, &document, "all", "6110").await;
    let count = |name: &str| run[name].as_u64().unwrap();
    assert_eq!((&run["state"], count("total"), count("done")), (&json!("done"), 5, 5), "{run}");
    assert_eq!((count("issue"), count("hold"), count("changed")), (4, 0, 4), "{run}");
    assert_eq!((count("mended"), count("broken"), count("leftOut")), (1, 0, 1), "{run}");
    assert_eq!((count("issueIssued"), count("holdIssued")), (3, 0), "three stay as they are: {run}");
    assert_eq!(run["notTaken"], json!([{ "reason": "not_completed", "count": 1, "orders": ["61105"] }]));
    assert_eq!(run["fields"][0], json!({ "field": "document.mentions", "count": 4 }));
    let rows = run["rows"].as_array().unwrap();
    assert_eq!(
        (&rows[0]["number"], &rows[0]["before"], &rows[0]["after"]),
        (&json!("61104"), &json!("hold"), &json!("issue"))
    );
    assert_eq!((&rows[0]["isIssued"], &rows[1]["isIssued"]), (&json!(false), &json!(true)), "newest first: {run}");
    let change = json!({ "field": "client.city", "before": "", "after": "Dej" });
    assert!(rows[0]["changes"].as_array().unwrap().contains(&change), "{run}");
    let narrow = with_rule(&mapping["published"], "client", "name", "order.nobody", None);
    let run = dry_run(&world.desk, &mapping, &narrow, "issued", "").await;
    assert_eq!((&run["total"], &run["broken"], &run["hold"]), (&json!(3), &json!(3), &json!(3)), "{run}");
    assert_eq!(run["rows"][0]["problems"][0]["field"], "client.name");
    let after = world.sandbox.control.state().await;
    for provider in ["oblio", "smartbill"] {
        assert_eq!(before[provider]["documents"], after[provider]["documents"], "nothing was sent");
    }
    assert_eq!(published(&world.desk).await["version"], 1, "and nothing kept");
}

#[tokio::test]
async fn a_dry_run_tries_orders_that_are_older_than_a_flow_which_is_not_switched_on_yet() {
    let world = World::new().await;
    let mut old = order(61121, Buyer::Person);
    for date in ["date_created_gmt", "date_modified_gmt", "date_paid_gmt", "date_completed_gmt"] {
        old[date] = json!("2026-03-02T10:00:00");
    }
    let shops = world.desk.call("connections.list", json!({})).await["shops"].clone();
    let ended = world.desk.import("orders.json", old.to_string().as_bytes(), shops[0]["id"].as_str()).await;
    assert_eq!(ended["new"], 1, "{ended}");
    until("the old order is left alone", Duration::from_secs(20), async || {
        let search = json!({ "search": "61121", "filter": "", "after": null, "limit": 1 });
        let row = world.desk.call("orders.list", search).await["rows"][0].clone();
        if row["reason"] == "before_flow" { Ok(()) } else { Err(row) }
    })
    .await;
    let mapping = published(&world.desk).await;
    let run = dry_run(&world.desk, &mapping, &mapping["published"], "all", "61121").await;
    assert_eq!((&run["issue"], &run["leftOut"]), (&json!(1), &json!(0)), "{run}");
    for flow in world.desk.call("connections.list", json!({})).await["flows"].as_array().unwrap() {
        let mut off = flow.clone();
        off["enabled"] = false.into();
        world.desk.call("flows.save", off).await;
    }
    let run = dry_run(&world.desk, &mapping, &mapping["published"], "all", "61121").await;
    assert_eq!((&run["issue"], &run["leftOut"]), (&json!(1), &json!(0)), "and switched off: {run}");
}

#[tokio::test]
async fn one_dry_run_of_a_mapping_at_a_time_and_cancel_stops_it() {
    let world = World::new().await;
    let old = |id| {
        let mut order = order(id, Buyer::Person);
        for date in ["date_created_gmt", "date_modified_gmt", "date_paid_gmt", "date_completed_gmt"] {
            order[date] = json!("2026-03-02T10:00:00");
        }
        order.to_string()
    };
    let lines: Vec<String> = (700_000..703_000).map(old).collect();
    let shops = world.desk.call("connections.list", json!({})).await["shops"].clone();
    // the flow is switched on after these became due: nothing is issued of them
    let ended = world.desk.import("orders.json", lines.join("\n").as_bytes(), shops[0]["id"].as_str()).await;
    assert_eq!(ended["new"], 3000, "{ended}");
    let new = json!({ "name": "Alta", "preset": "woocommerce_ro", "copyOf": null, "document": null });
    let mapping = world.desk.call("mappings.create", new).await;
    let document = world.desk.call("mappings.get", json!({ "id": mapping["id"] })).await["published"].clone();
    let request =
        json!({ "mappingId": mapping["id"], "document": document, "last": 10000, "only": "all", "search": "" });
    let started = world.desk.call("dry_run.start", request.clone()).await;
    assert_eq!(started["state"], "running");
    let second = world.desk.try_call("dry_run.start", request.clone()).await.unwrap_err();
    assert_eq!((&second["code"], &second["detail"]), (&json!("not_now"), &json!("dry_run_running")));
    world.desk.call("dry_run.cancel", json!({ "id": mapping["id"] })).await;
    let run = over(&world.desk, &mapping).await;
    assert_eq!(run["state"], "cancelled", "{run}");
    assert!(run["done"].as_u64().unwrap() < 3000, "{run}");
    let mut too_many = request;
    too_many["last"] = json!(10001);
    assert_eq!(world.desk.try_call("dry_run.start", too_many).await.unwrap_err()["field"], "last");
}

#[tokio::test]
async fn the_request_shown_of_a_held_order_is_the_one_that_its_provider_gets() {
    let world = World::new().await;
    for (id, buyer) in [(61201, Buyer::Company), (61211, Buyer::Person)] {
        // rates are read with the first create
        world.sandbox.control.order(order(id, buyer)).await;
        world.desk.wait_for(id, "issued").await;
        world.sandbox.control.order(without_city(id + 1, buyer)).await;
    }
    let mapping = published(&world.desk).await;
    let flows = mapping["flows"].as_array().unwrap();
    let document = with_rule(&mapping["published"], "client", "city", "order?.billing?.city", Some("Dej"));
    let mut shown = Vec::new();
    for (id, buyer) in [(61202, Buyer::Company), (61212, Buyer::Person)] {
        world.desk.wait_for(id, "held").await;
        let find = json!({ "mappingId": mapping["id"], "which": "number", "value": id.to_string(), "from": null,
            "document": null });
        let sample = world.desk.call("mappings.sample", find).await["sample"].clone();
        let flow = flows.iter().find(|flow| flow["provider"] == buyer.provider()).unwrap();
        let request = |document: &Value| {
            json!({ "mappingId": mapping["id"], "document": document, "orderId": sample["id"], "json": null,
                "flowId": flow["id"] })
        };
        let before = world.desk.call("mappings.try", request(&mapping["published"])).await;
        assert!(before["payload"].is_null() && before["problems"][0]["field"] == "client.city", "{before}");
        let tried = world.desk.call("mappings.try", request(&document)).await;
        assert_eq!((&tried["problems"], &tried["orderVat"]["minor"]), (&json!([]), &json!(2100)), "{tried}");
        let values = tried["values"].as_array().unwrap();
        let city = values.iter().find(|value| value["target"] == "client.city").unwrap();
        assert_eq!((&city["value"], &city["origin"]), (&json!("Dej"), &json!("default")), "{city}");
        assert!(values.iter().any(|value| value["target"] == "quantity" && value["itemName"] == "Cană «Ș»"), "{tried}");
        assert_eq!(tried["payload"]["provider"], buyer.provider());
        shown.push((id, tried["payload"]["json"].as_str().unwrap().to_owned()));
    }
    publish(&world.desk, &mapping, &document, "cities").await.unwrap();
    world.desk.call("mappings.retry_held", json!({ "id": mapping["id"] })).await;
    for (id, shown) in shown {
        let issued = world.desk.wait_for(id, "issued").await;
        let record = world.record(&issued).await;
        let sent: Value = serde_json::from_str(record["attempts"][0]["requestBody"].as_str().unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), sent, "order {id}");
    }
}

#[tokio::test]
async fn a_ledger_with_mappings_of_the_first_format_still_maps() {
    let mut world = World::new().await;
    assert_eq!(world.desk.running.stop().await, Some(0));
    let raw = rusqlite::Connection::open(world.folder.join("ledger.sqlite")).unwrap();
    let old = include_str!("../data/mapping-format-1.json");
    assert_eq!(raw.execute("UPDATE mapping_versions SET rules = ?1", [old]).unwrap(), 1);
    drop(raw);
    world.desk = Desk::start(world.home.path(), &world.folder).await;
    for (id, buyer) in [(61301, Buyer::Company), (61302, Buyer::Person)] {
        world.sandbox.control.order(order(id, buyer)).await;
        world.desk.wait_for(id, "issued").await;
        assert_eq!(world.count(id, buyer).await, 1);
    }
    let mapping = published(&world.desk).await;
    let text = world.desk.call("mappings.write_text", mapping["published"].clone()).await;
    assert_eq!(text["fileName"], "WooCommerce România.punte-mapping.json");
    assert_eq!(world.desk.call("mappings.read_text", text).await, mapping["published"]);
}

#[tokio::test]
async fn a_flow_takes_another_mapping_for_what_is_open_and_never_one_of_which_nothing_is_published() {
    let world = World::new().await;
    world.sandbox.control.order(without_city(61401, Buyer::Person)).await;
    world.desk.wait_for(61401, "held").await;
    let mapping = published(&world.desk).await;
    let document = with_rule(&mapping["published"], "client", "city", "order?.billing?.city", Some("Dej"));
    let create =
        |name: &str, document: Value| json!({ "name": name, "preset": null, "copyOf": null, "document": document });
    let empty = world.desk.call("mappings.create", create("Nou", Value::Null)).await;
    assert_eq!((&empty["version"], &empty["hasDraft"]), (&json!(0), &json!(false)));
    let other = world.desk.call("mappings.create", create("Cu oraș", document)).await;
    let flows = world.desk.call("connections.list", json!({})).await["flows"].clone();
    let flow = flows.as_array().unwrap().iter().find(|flow| flow["name"] == "to smartbill").unwrap().clone();
    let with = |mapping: &Value| {
        let mut changed = flow.clone();
        changed["mappingId"] = mapping["id"].clone();
        changed
    };
    let refused = world.desk.try_call("flows.save", with(&empty)).await.unwrap_err();
    assert_eq!((&refused["code"], &refused["field"]), (&json!("invalid_input"), &json!("mappingId")));
    let saved = world.desk.call("flows.save", with(&other)).await;
    assert_eq!(saved["mappingId"], other["id"]);
    world.desk.wait_for(61401, "issued").await;
    let listed = world.desk.call("mappings.list", json!({})).await;
    let named =
        |id: &Value| listed["mappings"].as_array().unwrap().iter().find(|m| m["id"] == *id).unwrap()["flows"].clone();
    assert_eq!((named(&other["id"]), named(&mapping["id"])), (json!(["to smartbill"]), json!(["to oblio"])));
}

#[tokio::test]
async fn an_order_to_look_at_is_found_in_every_way() {
    let world = World::new().await;
    for id in [61501, 61502, 61503] {
        let made = if id == 61502 { without_city(id, Buyer::Person) } else { order(id, Buyer::Person) };
        world.sandbox.control.order(made).await;
        world.desk.wait_for(id, if id == 61502 { "held" } else { "issued" }).await;
    }
    let mapping = published(&world.desk).await;
    let ask = async |which: &str, value: Value, from: Value| {
        let document = if which == "next_failing" { mapping["published"].clone() } else { Value::Null };
        let request =
            json!({ "mappingId": mapping["id"], "which": which, "value": value, "from": from, "document": document });
        world.desk.call("mappings.sample", request).await["sample"].clone()
    };
    let newest = ask("last", Value::Null, Value::Null).await;
    assert_eq!(newest["number"], "61503");
    let failed = ask("failed", Value::Null, Value::Null).await;
    assert_eq!(failed["number"], "61502");
    assert_eq!(ask("next", Value::Null, newest["id"].clone()).await["number"], "61502", "the next older one");
    assert_eq!(ask("previous", Value::Null, failed["id"].clone()).await["number"], "61503");
    assert!(ask("previous", Value::Null, newest["id"].clone()).await.is_null());
    assert_eq!(ask("next_failing", Value::Null, newest["id"].clone()).await["number"], "61502");
    let older = ask("next_failing", Value::Null, failed["id"].clone()).await;
    assert_ne!(older["number"], "61501", "that one passes; the shop's orders of before the flow are looked at, too");
    assert_eq!(ask("order", failed["id"].clone(), Value::Null).await["id"], failed["id"]);
    assert!(ask("number", json!("99999999"), Value::Null).await.is_null());
    let built_in = ask("sandbox", Value::Null, Value::Null).await;
    assert!(built_in["id"].is_null());
    let request = json!({ "mappingId": mapping["id"], "document": mapping["published"], "orderId": null,
        "json": built_in["json"], "flowId": null });
    let tried = world.desk.call("mappings.try", request).await;
    assert!(tried["draft"].is_object() && tried["problems"] == json!([]), "{tried}");
    let pasted =
        json!({ "mappingId": mapping["id"], "which": "pasted", "value": "[]", "from": null, "document": null });
    assert_eq!(world.desk.try_call("mappings.sample", pasted).await.unwrap_err()["field"], "json");
    let held = world.desk.call("mappings.samples", json!({ "search": "", "onlyHeld": true })).await;
    assert_eq!(held["orders"].as_array().unwrap().len(), 1);
}
