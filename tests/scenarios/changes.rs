//! What becomes of an order after its invoice: it is told, answered once by what takes back, and never by a second invoice.

use crate::World;
use punte_tests::{Buyer, order, until};
use serde_json::{Value, json};
use std::time::Duration;

const BOTH: [Buyer; 2] = [Buyer::Company, Buyer::Person];

/// The order that `World::issued` invoices.
fn invoiced(id: u64, buyer: Buyer) -> Value {
    let mut order = order(id, buyer);
    order["payment_method"] = "cod".into();
    order["payment_method_title"] = "Ramburs".into();
    order
}

/// A refund over one of the two mugs, as the shop lists it: in the order by its amount, on its own page by its lines.
fn one_mug(order: &mut Value, refund: u64) {
    order["refunds"].as_array_mut().unwrap().push(json!({ "id": refund, "reason": "retur", "total": "-60.50" }));
    let details = json!({ "id": refund, "amount": "60.50", "reason": "retur", "shipping_lines": [], "fee_lines": [],
        "line_items": [{ "id": 90, "name": "Cană «Ș»", "sku": "CANA-1", "quantity": -1, "total": "-50.00", "total_tax": "-10.50" }] });
    let known = order.get("refund_details").and_then(Value::as_array).cloned().unwrap_or_default();
    order["refund_details"] = known.into_iter().chain([details]).collect();
}

fn some_money(order: &mut Value, refund: u64, amount: &str) {
    let total = format!("-{amount}");
    order["refunds"].as_array_mut().unwrap().push(json!({ "id": refund, "reason": "", "total": total }));
}

impl World {
    async fn refunds(&self, full: &str, partial: &str) {
        for flow in self.desk.call("connections.list", json!({})).await["flows"].as_array().unwrap() {
            let mut input = flow.clone();
            (input["fullRefund"], input["partialRefund"]) = (full.into(), partial.into());
            self.desk.call("flows.save", input).await;
        }
    }

    /// The state of an order's invoice, as an export writes it.
    async fn exported(&self, id: u64) -> String {
        let query = json!({ "list": "documents", "text": format!("order:{id}"), "sort": null });
        let words = json!({ "state.issued": "emisă", "state.changed": "schimbată" });
        let request = json!({ "query": query, "ids": null, "except": [], "format": "csv", "words": words,
            "columns": [{ "id": "state", "heading": "Starea" }] });
        self.desk.call("export.start", request).await;
        let path = until("the export", Duration::from_secs(20), async || {
            let run = self.desk.call("export.get", json!({})).await["run"].clone();
            if run["state"] == "done" { Ok(run["path"].as_str().unwrap().to_owned()) } else { Err(run) }
        })
        .await;
        std::fs::read_to_string(path).unwrap()
    }

    /// The newest version of an order, and its record once that was compared.
    async fn change(&self, document: &Value, order: Value, wished: impl Fn(&Value) -> bool) -> Value {
        self.sandbox.control.order(order).await;
        until("the change seen", Duration::from_secs(30), async || {
            let changes = self.record(document).await["changes"].take();
            if wished(&changes) { Ok(()) } else { Err(changes) }
        })
        .await;
        // a record is read part by part: what was read while the change came may be older than the change
        self.record(document).await
    }

    async fn accept(&self, change: &Value) -> Result<Value, Value> {
        let request = json!({ "id": change["id"], "reason": "retur acceptat", "vatRate": null });
        self.desk.try_call("documents.accept_change", request).await
    }

    async fn state_of(&self, document: &Value, state: &str) -> Value {
        until(&format!("the document {state}"), Duration::from_secs(40), async || {
            let found = self.record(document).await["document"].clone();
            if found["state"] == state { Ok(found) } else { Err(found) }
        })
        .await
    }

    /// Everything at the provider that belongs to an order, by total; its storno is found by what it reverses.
    async fn totals(&self, id: u64, buyer: Buyer) -> Vec<String> {
        let state = self.sandbox.control.state().await;
        let all = state[buyer.provider()]["documents"].as_array().cloned().unwrap_or_default();
        let ours: Vec<Value> = self.sandbox.control.documents_of(buyer.provider(), id).await;
        let stornos = ours.iter().filter_map(|one| one["reversed_by"].as_str());
        let stornos: Vec<&Value> =
            stornos.filter_map(|number| all.iter().find(|one| one["number"] == number)).collect();
        let mut numbers: Vec<(&str, &str)> = ours
            .iter()
            .chain(stornos)
            .map(|one| (one["number"].as_str().unwrap(), one["total"].as_str().unwrap()))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.into_iter().map(|(_, total)| total.to_owned()).collect()
    }
}

fn is_open(changes: &Value) -> bool {
    changes[0]["state"] == "open" && changes[0]["rates"] == json!([]) && !changes[0]["preview"].is_null()
}

#[tokio::test]
async fn another_total_and_another_buyer_are_told_and_nothing_is_sent_by_itself() {
    let world = World::new().await;
    for (id, buyer) in (27001..).zip(BOTH) {
        let document = world.issued(id, buyer).await;
        let mut changed = invoiced(id, buyer);
        changed["total"] = "242.00".into();
        changed["total_tax"] = "42.00".into();
        changed["cart_tax"] = "42.00".into();
        let line = &mut changed["line_items"][0];
        for (field, value) in
            [("total", "200.00"), ("subtotal", "200.00"), ("total_tax", "42.00"), ("subtotal_tax", "42.00")]
        {
            line[field] = value.into();
        }
        changed["billing"]["address_1"] = "Str. Lungă 9".into();
        let record =
            world.change(&document, changed, |changes| changes.as_array().is_some_and(|all| all.len() == 2)).await;
        let changes = record["changes"].as_array().unwrap();
        let of = |kind: &str| changes.iter().find(|one| one["kind"] == kind).unwrap();
        assert_eq!(of("total")["facts"], json!([{ "field": "total", "before": "121.00", "after": "242.00" }]));
        let billing = &of("billing")["facts"][0];
        assert_eq!((&billing["field"], &billing["before"]), (&json!("client.address"), &json!("Str. Morii 4")));
        assert_eq!(
            (&of("total")["proposal"], &of("total")["preview"]["total"]["minor"]),
            (&json!("storno"), &json!(-12100))
        );
        let listed = world
            .desk
            .call("documents.list", json!({ "search": "", "filter": "changed", "after": null, "limit": 50 }))
            .await;
        assert!(listed["rows"].as_array().unwrap().iter().any(|row| row["id"] == document["id"]), "{listed}");
        assert_eq!(listed["total"], listed["rows"].as_array().unwrap().len());
        assert!(world.exported(id).await.contains("schimbată"), "a file says what the screen says first");
        // taken back at the shop it is over, and nothing was ever sent
        let record = world
            .change(&document, invoiced(id, buyer), |changes| {
                changes.as_array().unwrap().iter().all(|one| one["state"] == "closed")
            })
            .await;
        assert_eq!(record["document"]["changes"], 0);
        assert_eq!(world.totals(id, buyer).await, ["121.00"]);
    }
    assert_eq!(world.desk.call("counts.get", json!({})).await["changed"], 0);
}

#[tokio::test]
async fn a_full_refund_is_reversed_by_itself_exactly_once_where_the_flow_says_so() {
    let world = World::new().await;
    world.refunds("automatic", "propose").await;
    for (id, buyer) in (27011..).zip(BOTH) {
        let document = world.issued(id, buyer).await;
        let mut refunded = invoiced(id, buyer);
        refunded["status"] = "refunded".into();
        some_money(&mut refunded, 7000 + id, "121.00");
        world.sandbox.control.order(refunded.clone()).await;
        world.state_of(&document, "reversed").await;
        refunded["customer_note"] = "mulțumesc".into();
        world.sandbox.control.order(refunded).await;
        until("the note taken in", Duration::from_secs(20), async || {
            let record = world.record(&document).await;
            if record["versions"][0]["version"] == 3 { Ok(()) } else { Err(record["versions"][0]["version"].clone()) }
        })
        .await;
        assert_eq!(world.totals(id, buyer).await, ["121.00", "-121.00"]);
        let record = world.record(&document).await;
        assert_eq!(record["documents"].as_array().unwrap().len(), 2);
        assert_eq!((&record["changes"][0]["state"], &record["changes"][0]["who"]), (&json!("resolved"), &json!("")));
        let asked =
            record["timeline"].as_array().unwrap().iter().find(|one| one["what"] == "storno_automatic").unwrap();
        assert_eq!(asked["who"], "", "by Punte itself");
    }
}

#[tokio::test]
async fn a_partial_refund_is_corrected_by_negative_lines_once_though_the_answer_is_lost() {
    let world = World::new().await;
    for (id, buyer) in (27021..).zip(BOTH) {
        let document = world.issued(id, buyer).await;
        let mut refunded = invoiced(id, buyer);
        one_mug(&mut refunded, 7000 + id);
        let record = world.change(&document, refunded, is_open).await;
        let change = &record["changes"][0];
        assert_eq!((&change["kind"], &change["proposal"]), (&json!("refunded_partly"), &json!("partial_storno")));
        assert_eq!((&change["amount"]["minor"], &change["preview"]["total"]["minor"]), (&json!(6050), &json!(-6050)));
        assert_eq!(world.totals(id, buyer).await, ["121.00"], "a person decides");
        let fault = json!({ "provider": buyer.provider(), "operation": "create", "kind": "timeout_after", "times": 1 });
        world.sandbox.control.fault(fault).await;
        let made = world.accept(change).await.unwrap();
        assert_eq!(made["role"], "correction");
        assert_eq!(world.accept(change).await.unwrap_err()["detail"], "not_open");
        let correction = world.state_of(&made, "issued").await;
        let record = world.record(&correction).await;
        assert!(
            record["timeline"].as_array().unwrap().iter().any(|one| one["what"] == "found"),
            "settled by its reference"
        );
        let sent = record["attempts"][0]["requestBody"].as_str().unwrap();
        assert!(
            sent.contains(&format!(
                "{} {}",
                document["series"].as_str().unwrap(),
                document["number"].as_str().unwrap()
            )),
            "{sent}"
        );
        assert_eq!(record["draft"]["lines"][0]["quantity"], "-1");
        assert_eq!(record["draft"]["lines"][0]["name"], "Cană «Ș»");
        assert_eq!(world.totals(id, buyer).await, ["121.00", "-60.50"]);
        until("verified", Duration::from_secs(20), async || {
            let row = world.record(&correction).await["document"].clone();
            if row["verification"] == "verified" { Ok(()) } else { Err(row) }
        })
        .await;
        let invoice = world.record(&document).await;
        assert_eq!((&invoice["document"]["state"], &invoice["document"]["changes"]), (&json!("issued"), &json!(0)));
    }
}

#[tokio::test]
async fn two_refunds_make_two_corrections_and_the_rest_is_not_taken_back_twice() {
    let world = World::new().await;
    world.refunds("automatic", "automatic").await;
    for (id, buyer) in (27031..).zip(BOTH) {
        let document = world.issued(id, buyer).await;
        let mut refunded = invoiced(id, buyer);
        some_money(&mut refunded, 7000 + id, "20.00");
        world.sandbox.control.order(refunded.clone()).await;
        some_money(&mut refunded, 8000 + id, "30.00");
        world.sandbox.control.order(refunded.clone()).await;
        let totals = |wish: &'static [&'static str]| {
            let world = &world;
            async move {
                until("the corrections", Duration::from_secs(40), async || {
                    let mut totals = world.totals(id, buyer).await;
                    totals.sort_unstable();
                    if totals == wish { Ok(()) } else { Err(totals) }
                })
                .await;
            }
        };
        totals(&["-20.00", "-30.00", "121.00"]).await;
        refunded["status"] = "refunded".into();
        some_money(&mut refunded, 9000 + id, "71.00");
        world.sandbox.control.order(refunded).await;
        totals(&["-20.00", "-30.00", "-71.00", "121.00"]).await;
        world.state_of(&document, "reversed").await;
        let record = world.record(&document).await;
        assert!(
            record["changes"].as_array().unwrap().iter().all(|one| one["state"] != "open"),
            "{}",
            record["changes"]
        );
    }
}

#[tokio::test]
async fn a_cancelled_order_asks_for_the_storno_and_is_quiet_once_it_is_ignored() {
    let world = World::new().await;
    let document = world.issued(27041, Buyer::Person).await;
    let mut cancelled = invoiced(27041, Buyer::Person);
    cancelled["status"] = "cancelled".into();
    let record = world.change(&document, cancelled.clone(), is_open).await;
    let change = &record["changes"][0];
    assert_eq!((&change["kind"], &change["proposal"]), (&json!("cancelled"), &json!("storno")));
    let ignore = |reason: &str| json!({ "id": change["id"], "reason": reason });
    let refused = world.desk.try_call("documents.ignore_change", ignore(" ")).await.unwrap_err();
    assert_eq!(refused["field"], "reason");
    world.desk.call("documents.ignore_change", ignore("anulată din greșeală")).await;
    cancelled["customer_note"] = "revin".into();
    let record = world.change(&document, cancelled, |changes| changes[0]["state"] == "ignored").await;
    assert_eq!(
        (&record["changes"][0]["reason"], &record["document"]["changes"]),
        (&json!("anulată din greșeală"), &json!(0))
    );
    assert_eq!(world.accept(change).await.unwrap_err()["detail"], "not_open");
    assert_eq!(world.totals(27041, Buyer::Person).await, ["121.00"]);
    let other = world.issued(27042, Buyer::Company).await;
    let mut cancelled = invoiced(27042, Buyer::Company);
    cancelled["status"] = "cancelled".into();
    let record = world.change(&other, cancelled, is_open).await;
    world.accept(&record["changes"][0]).await.unwrap();
    world.state_of(&other, "reversed").await;
    assert_eq!(world.totals(27042, Buyer::Company).await, ["121.00", "-121.00"]);
}

#[tokio::test]
async fn where_a_flow_proposes_nothing_a_refund_stands_in_the_timeline_only() {
    let world = World::new().await;
    world.refunds("off", "off").await;
    let document = world.issued(27051, Buyer::Company).await;
    let mut refunded = invoiced(27051, Buyer::Company);
    some_money(&mut refunded, 7051, "20.00");
    let record = world.change(&document, refunded, |changes| changes[0]["state"] == "noted").await;
    assert_eq!(record["document"]["changes"], 0);
    assert!(record["timeline"].as_array().unwrap().iter().any(|one| one["what"] == "change_noted"));
    assert_eq!(world.totals(27051, Buyer::Company).await, ["121.00"]);
}

#[tokio::test]
async fn where_the_invoice_has_two_rates_a_person_chooses_which_was_refunded() {
    let world = World::new().await;
    world.refunds("propose", "automatic").await;
    for (id, buyer) in (27061..).zip(BOTH) {
        let mut mixed = invoiced(id, buyer);
        let book = json!({ "id": 3, "name": "Carte", "sku": "CARTE-1", "quantity": 1, "tax_class": "redusa",
            "subtotal": "40.00", "subtotal_tax": "4.40", "total": "40.00", "total_tax": "4.40",
            "taxes": [{ "id": 2, "total": "4.40", "subtotal": "4.40" }], "meta_data": [] });
        mixed["line_items"].as_array_mut().unwrap().push(book);
        (mixed["total"], mixed["total_tax"], mixed["cart_tax"]) = ("165.40".into(), "25.40".into(), "25.40".into());
        world.sandbox.control.order(mixed.clone()).await;
        let document = world.desk.wait_for(id, "issued").await;
        some_money(&mut mixed, 7000 + id, "10.00");
        let record = world
            .change(&document, mixed, |changes| changes[0]["state"] == "open" && changes[0]["automatic"] == false)
            .await;
        let change = &record["changes"][0];
        assert_eq!((&change["rates"], &change["preview"]), (&json!(["11", "21"]), &Value::Null));
        assert_eq!(world.accept(change).await.unwrap_err()["detail"], "which_rate");
        let chosen = json!({ "id": change["id"], "reason": "cartea", "vatRate": "11" });
        let made = world.desk.call("documents.accept_change", chosen).await;
        let log = world.desk.call("audit.list", json!({ "act": "documents.accept_change", "text": "" })).await;
        let invoice = format!("{} {}", document["series"].as_str().unwrap(), document["number"].as_str().unwrap());
        assert_eq!(log["rows"][0]["subject"]["label"], invoice, "by the invoice that it is of: {log}");
        let correction = world.state_of(&made, "issued").await;
        let record = world.record(&correction).await;
        assert_eq!(record["draft"]["lines"][0]["vatRate"], "11");
        assert_eq!(world.totals(id, buyer).await, ["165.40", "-10.00"]);
    }
}
