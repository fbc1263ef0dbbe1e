//! One client's data: taken away as a file, erased as far as fiscal law leaves it, and not brought back by what comes again.

use crate::World;
use base64::Engine;
use punte_tests::{Buyer, order, until};
use serde_json::{Value, json};
use std::time::Duration;

const EMAIL: &str = "zamfira.unica@example.com";

/// An order of a client whom nobody else is.
fn of_zamfira(id: u64) -> Value {
    let mut order = order(id, Buyer::Person);
    order["billing"]["first_name"] = "Zamfira".into();
    order["billing"]["last_name"] = "Unicescu".into();
    order["billing"]["email"] = EMAIL.into();
    order["billing"]["phone"] = "0755 123 987".into();
    let meta = order["meta_data"].as_array_mut().unwrap();
    meta.push(json!({ "key": "_billing_cnp", "value": "2980101123455" }));
    order
}

impl World {
    async fn decided_as(&self, id: u64, decision: &str) -> Value {
        until(&format!("order {id} {decision}"), Duration::from_secs(30), async || {
            let asked = json!({ "search": id.to_string(), "filter": "", "after": null, "limit": 10 });
            let page = self.desk.call("orders.list", asked).await;
            let found =
                page["rows"].as_array().unwrap().iter().find(|row| row["number"] == json!(id.to_string())).cloned();
            found.clone().filter(|row| row["decision"] == decision).ok_or(found)
        })
        .await
    }

    async fn find_client(&self, query: &str) -> Value {
        self.desk.call("clients.find", json!({ "query": query })).await
    }

    async fn erase_client(&self, query: &str) -> Value {
        self.desk.call("clients.erase", json!({ "query": query, "reason": "asked for it in writing" })).await
    }

    /// What of a list stands in the ledger's file or its log.
    fn stands_in_files(&self, told: &[&str]) -> Vec<String> {
        let files = ["ledger.sqlite", "ledger.sqlite-wal", "cache.sqlite", "cache.sqlite-wal"];
        let mut found = Vec::new();
        for file in files.map(|name| self.folder.join(name)).iter().filter(|file| file.exists()) {
            let bytes = std::fs::read(file).unwrap();
            let stands = |text: &&&str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            found.extend(told.iter().filter(stands).map(|text| format!("{text} in {}", file.display())));
        }
        found
    }

    async fn is_log_whole(&self) -> bool {
        self.desk.call("audit.verify", json!({})).await["broken"].is_null()
    }
}

#[tokio::test]
async fn of_a_client_without_an_invoice_nothing_is_left_and_their_order_comes_again_without_them() {
    let world = World::new().await;
    let mut ignored = of_zamfira(31001);
    ignored["status"] = "cancelled".into();
    world.sandbox.control.order(ignored.clone()).await;
    let row = world.decided_as(31001, "not_invoiced").await;
    let note = json!({ "orderId": row["id"], "id": null, "text": "A sunat Zamfira Unicescu, 0755 123 987" });
    world.desk.call("notes.save", note).await;
    let told = [EMAIL, "Unicescu", "unicescu", "0755 123 987", "0755123987", "2980101123455"];
    assert!(!world.stands_in_files(&told).is_empty());

    let found = world.find_client(EMAIL).await;
    assert_eq!(
        (found["clients"][0]["orders"].as_i64(), found["clients"][0]["documentCount"].as_i64()),
        (Some(1), Some(0))
    );
    let done = world.erase_client(EMAIL).await;
    assert_eq!((done["orders"].as_i64(), done["compacted"].as_bool()), (Some(1), Some(true)), "{done}");
    assert_eq!(world.stands_in_files(&told), Vec::<String>::new());
    assert!(world.is_log_whole().await);
    let again = world.desk.try_call("clients.erase", json!({ "query": EMAIL, "reason": "again" })).await.unwrap_err();
    assert_eq!(again["code"], "not_found");

    // the shop edits it, and the poll brings it
    ignored["customer_note"] = "Zamfira Unicescu".into();
    ignored["total"] = "122.00".into();
    world.sandbox.control.order(ignored.clone()).await;
    let version = until("the new version", Duration::from_secs(30), async || {
        let page = json!({ "search": "31001", "filter": "", "after": null, "limit": 10 });
        let row = world.desk.call("orders.list", page).await["rows"][0].clone();
        if row["total"]["minor"] == 12200 { Ok(row) } else { Err(row) }
    })
    .await;
    assert_eq!(version["customer"], "•••", "{version}");
    assert!(world.find_client(EMAIL).await["clients"].as_array().unwrap().is_empty());

    // it stands after all: an invoice is due, and has its client
    ignored["status"] = "completed".into();
    ignored["total"] = "121.00".into();
    world.sandbox.control.order(ignored).await;
    let issued = world.desk.wait_for(31001, "issued").await;
    assert_eq!(issued["client"], "Zamfira Unicescu", "{issued}");
    assert_eq!(world.count(31001, Buyer::Person).await, 1);
}

#[tokio::test]
async fn an_invoice_stays_its_order_is_erased_and_nothing_is_issued_twice() {
    let world = World::new().await;
    world.sandbox.control.order(of_zamfira(31101)).await;
    let mut wrong = of_zamfira(31102);
    wrong["total"] = "999.00".into();
    world.sandbox.control.order(wrong).await;
    world.sandbox.control.order(order(31103, Buyer::Person)).await;
    let issued = world.desk.wait_for(31101, "issued").await;
    let held = world.desk.wait_for(31102, "held").await;
    world.desk.wait_for(31103, "issued").await;

    let file = world.desk.call("clients.export", json!({ "query": "0755123987" })).await;
    let bytes = base64::engine::general_purpose::STANDARD.decode(file["base64"].as_str().unwrap()).unwrap();
    let exported: Value = serde_json::from_slice(&bytes).unwrap();
    let orders = exported["clients"][0]["orders"].as_array().unwrap();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[0]["versions"][0]["raw"]["billing"]["email"], EMAIL);
    assert_eq!(orders[0]["documents"][0]["number"], issued["number"]);

    let found = world.find_client(EMAIL).await;
    let client = &found["clients"][0];
    assert_eq!((client["orders"].as_i64(), client["documents"][0]["keptUntil"].is_string()), (Some(2), true));
    assert_eq!(client["open"][0]["why"], "document", "{client}");
    let done = world.erase_client(EMAIL).await;
    assert_eq!((done["orders"].as_i64(), done["documents"].as_i64()), (Some(1), Some(1)), "{done}");
    assert_eq!(done["left"][0]["number"], "31102");
    world.desk.call("documents.dismiss", json!({ "id": held["id"], "reason": "given up" })).await;
    let done = until("the rest erased", Duration::from_secs(20), async || {
        let done = world.erase_client(EMAIL).await;
        if done["left"].as_array().unwrap().is_empty() { Ok(done) } else { Err(done) }
    })
    .await;
    assert_eq!(done["orders"], 1);
    let reopened = world.desk.try_call("documents.reopen", json!({ "id": held["id"], "reason": "again" })).await;
    assert_eq!(reopened.unwrap_err()["detail"], "erased");

    let record = world.record(&issued).await;
    assert_eq!(record["draft"]["clientName"], "Zamfira Unicescu", "the invoice keeps its client: {record}");
    assert_eq!(record["order"]["customer"], "•••");

    // told again as it was, then with a refund
    world.sandbox.control.order(of_zamfira(31101)).await;
    let mut refunded = of_zamfira(31101);
    refunded["refunds"] = json!([{ "id": 7, "reason": "Zamfira Unicescu", "total": "-60.50" }]);
    world.sandbox.control.order(refunded).await;
    let record = until("the refund seen", Duration::from_secs(30), async || {
        let record = world.record(&issued).await;
        let has_change = record["changes"].as_array().is_some_and(|changes| !changes.is_empty());
        if has_change { Ok(record) } else { Err(record["order"].clone()) }
    })
    .await;
    assert_eq!(record["order"]["customer"], "•••");
    assert!(record["changes"].as_array().unwrap().iter().all(|one| one["kind"] != "billing"), "{}", record["changes"]);
    for (id, count) in [(31101, 1), (31102, 0), (31103, 1)] {
        assert_eq!(world.count(id, Buyer::Person).await, count, "{id}");
    }
    assert!(world.is_log_whole().await);
    let log = world.desk.call("audit.list", json!({ "text": "" })).await.to_string();
    assert!(!log.contains("nicescu") && !log.contains("unica@"), "{log}");
}
