//! Proforma first, invoice when paid: each once at both providers, whatever gets lost, refused or killed on the way.

use crate::World;
use punte_tests::{Buyer, Desk, order, until};
use serde_json::{Value, json};
use std::time::Duration;

const BOTH: [Buyer; 2] = [Buyer::Company, Buyer::Person];
const SOON: Duration = Duration::from_secs(40);

fn series_of(buyer: Buyer) -> &'static str {
    match buyer {
        Buyer::Company => "ACP",
        Buyer::Person => "ATP",
    }
}

/// The simulators' name of the create of a proforma.
fn create_of(buyer: Buyer) -> &'static str {
    match buyer {
        Buyer::Company => "create",
        Buyer::Person => "estimate_create",
    }
}

fn rules(buyer: Buyer) -> Value {
    json!({ "document": "proforma_then_invoice",
        "proforma": { "series": series_of(buyer), "statuses": ["on-hold"], "paymentMethods": ["bacs"] } })
}

/// An order that waits for a bank transfer.
fn unpaid(id: u64, buyer: Buyer) -> Value {
    let mut order = order(id, buyer);
    order["status"] = "on-hold".into();
    order["payment_method"] = "bacs".into();
    order
}

fn paid(mut order: Value) -> Value {
    order["status"] = "processing".into();
    order
}

async fn fault(world: &World, buyer: Buyer, id: u64, operation: &str, kind: &str) {
    let fault = json!({ "provider": buyer.provider(), "operation": operation, "kind": kind, "times": 1,
        "match": format!("#{id}") });
    world.sandbox.control.fault(fault).await;
}

async fn find(desk: &Desk, id: u64, role: &str) -> Option<Value> {
    let search = json!({ "search": id.to_string(), "filter": "", "after": null, "limit": 20 });
    let page = desk.call("documents.list", search).await;
    let number = id.to_string();
    page["rows"].as_array().unwrap().iter().find(|row| row["orderNumber"] == number && row["role"] == role).cloned()
}

async fn wait(desk: &Desk, id: u64, role: &str, state: &str) -> Value {
    until(&format!("the {role} of {id} {state}"), SOON, async || {
        let found = find(desk, id, role).await;
        found.clone().filter(|row| row["state"] == state).ok_or(found)
    })
    .await
}

impl World {
    /// What the provider holds for an order: its proformas, and its invoices.
    async fn held_there(&self, id: u64, buyer: Buyer) -> (Vec<Value>, Vec<Value>) {
        let all = self.sandbox.control.documents_of(buyer.provider(), id).await;
        all.into_iter().partition(|one| one["kind"] == "proforma")
    }

    /// One proforma and one invoice that was made from it, here and there.
    async fn is_proforma_then_invoice(&self, id: u64, buyer: Buyer) -> (Value, Value) {
        let invoice = wait(&self.desk, id, "invoice", "issued").await;
        let proforma = wait(&self.desk, id, "proforma", "issued").await;
        let (proformas, invoices) = self.held_there(id, buyer).await;
        assert_eq!((proformas.len(), invoices.len()), (1, 1), "{buyer:?}: {proformas:?} {invoices:?}");
        let made = json!([{ "series": invoice["series"], "number": invoice["number"] }]);
        assert_eq!(proformas[0]["invoiced_by"], made, "{buyer:?}: shown as invoiced there");
        let number = format!("{} {}", proforma["series"].as_str().unwrap(), proforma["number"].as_str().unwrap());
        assert_eq!(self.record(&invoice).await["followsFrom"], number);
        (proforma, invoice)
    }

    async fn offer(&self, document: &Value, act: &str) -> Value {
        let record = self.record(document).await;
        let offers = record["offers"].as_array().unwrap().clone();
        offers.into_iter().find(|offer| offer["act"] == act).unwrap()["blocked"].clone()
    }
}

#[tokio::test]
async fn an_unpaid_order_gets_a_proforma_and_its_invoice_once_it_is_paid() {
    let world = World::new().await;
    for (id, buyer) in (41001..).zip(BOTH) {
        let flow = world.rule(buyer, rules(buyer)).await;
        world.sandbox.control.order(unpaid(id, buyer)).await;
        let proforma = wait(&world.desk, id, "proforma", "issued").await;
        assert_eq!(proforma["series"], series_of(buyer));
        let (proformas, invoices) = world.held_there(id, buyer).await;
        assert_eq!((proformas.len(), invoices.len()), (1, 0), "{buyer:?}");
        assert!(proformas[0]["mentions"].as_str().unwrap().contains(proforma["reference"].as_str().unwrap()));
        for act in ["storno", "record_payment", "delete_payment", "send_einvoice", "invoice_again"] {
            let blocked = world.offer(&proforma, act).await;
            assert!(blocked == "proforma" || blocked == "not_offered", "{act}: {blocked}");
        }
        assert_eq!(world.offer(&proforma, "delete").await, Value::Null);
        let refused = json!({ "id": proforma["id"], "reason": "x" });
        assert_eq!(world.desk.try_call("documents.storno", refused).await.unwrap_err()["detail"], "proforma");
        until("looked at", SOON, async || {
            let row = find(&world.desk, id, "proforma").await.unwrap();
            if row["verification"] == "pending" { Err(row) } else { Ok(()) }
        })
        .await;

        world.sandbox.control.order(paid(unpaid(id, buyer))).await;
        let (proforma, invoice) = world.is_proforma_then_invoice(id, buyer).await;
        assert_eq!((&invoice["series"], &invoice["total"]), (&flow["series"], &proforma["total"]));
        assert_ne!(invoice["reference"], proforma["reference"]);
        assert_eq!(world.offer(&proforma, "delete").await, "is_invoiced");
        until("verified by a later read", SOON, async || {
            let row = find(&world.desk, id, "invoice").await.unwrap();
            if row["verification"] == "verified" { Ok(()) } else { Err(row) }
        })
        .await;
        // it is completed later, and nothing more follows
        world.sandbox.control.order(order(id, buyer)).await;
        until("completed here", SOON, async || {
            let record = world.record(&invoice).await;
            if record["order"]["status"] == "completed" { Ok(()) } else { Err(record["order"].clone()) }
        })
        .await;
        world.is_proforma_then_invoice(id, buyer).await;
        let listed = world.desk.call("connections.list", json!({})).await;
        let flow = listed["flows"].as_array().unwrap().iter().find(|one| one["id"] == flow["id"]).unwrap();
        assert_eq!((&flow["issued"], &flow["proformas"]), (&json!(1), &json!(1)));
    }
    let overview = world.desk.call("overview.get", json!({})).await;
    assert_eq!(overview["issuedToday"]["count"], 2, "proformas are no invoices: {overview}");
}

#[tokio::test]
async fn an_order_paid_at_once_and_one_that_is_paid_otherwise_get_an_invoice_alone() {
    let world = World::new().await;
    for (id, buyer) in (41011..).step_by(2).zip(BOTH) {
        world.rule(buyer, rules(buyer)).await;
        world.sandbox.control.order(paid(unpaid(id, buyer))).await;
        // by card, and not through yet
        let mut pending = unpaid(id + 1, buyer);
        pending["payment_method"] = "stripe".into();
        world.sandbox.control.order(pending.clone()).await;
        wait(&world.desk, id, "invoice", "issued").await;
        assert!(find(&world.desk, id + 1, "proforma").await.is_none(), "it waits, as without proformas");
        world.sandbox.control.order(paid(pending)).await;
        for id in [id, id + 1] {
            let invoice = wait(&world.desk, id, "invoice", "issued").await;
            let (proformas, invoices) = world.held_there(id, buyer).await;
            assert_eq!((proformas.len(), invoices.len()), (0, 1), "{buyer:?} {id}");
            assert_eq!(world.record(&invoice).await["followsFrom"], Value::Null);
        }
    }
}

#[tokio::test]
async fn a_lost_answer_at_either_step_is_found_or_sent_again_and_each_document_exists_once() {
    let world = World::new().await;
    for (n, (at_proforma, kind)) in
        [(true, "timeout_after"), (true, "timeout_before"), (false, "timeout_after"), (false, "timeout_before")]
            .into_iter()
            .enumerate()
    {
        for (m, buyer) in BOTH.into_iter().enumerate() {
            let id = 41021 + (n * 2 + m) as u64;
            world.rule(buyer, rules(buyer)).await;
            if at_proforma {
                fault(&world, buyer, id, create_of(buyer), kind).await;
                world.sandbox.control.order(unpaid(id, buyer)).await;
                wait(&world.desk, id, "proforma", "in_doubt").await;
            } else {
                world.sandbox.control.order(unpaid(id, buyer)).await;
                wait(&world.desk, id, "proforma", "issued").await;
                fault(&world, buyer, id, "create", kind).await;
            }
            world.sandbox.control.order(paid(unpaid(id, buyer))).await;
            world.is_proforma_then_invoice(id, buyer).await;
        }
    }
}

#[tokio::test]
async fn an_invoice_waits_until_its_proforma_is_settled() {
    let world = World::new().await;
    for (id, buyer) in (41031..).zip(BOTH) {
        world.rule(buyer, rules(buyer)).await;
        // nothing can be read that would settle it
        let blind = if buyer == Buyer::Company { "list" } else { "series" };
        fault(&world, buyer, id, create_of(buyer), "timeout_after").await;
        world.sandbox.control.order(unpaid(id, buyer)).await;
        wait(&world.desk, id, "proforma", "in_doubt").await;
        let down = json!({ "provider": buyer.provider(), "operation": blind, "kind": "html" });
        world.sandbox.control.fault(down).await;
        world.sandbox.control.order(paid(unpaid(id, buyer))).await;
        let waiting = wait(&world.desk, id, "invoice", "ready").await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        let record = world.record(&waiting).await;
        assert_eq!((&record["document"]["state"], &record["waitsForProforma"]), (&json!("ready"), &json!(true)));
        assert!(record["attempts"].as_array().unwrap().is_empty());
        world.sandbox.control.clear_faults().await;
        world.is_proforma_then_invoice(id, buyer).await;
    }
}

#[tokio::test]
async fn killed_at_either_step_both_are_settled_at_the_next_start() {
    let World { home, folder, sandbox, desk } = World::new().await;
    let mut world = World { home, folder, sandbox, desk };
    for (id, buyer) in (41041..).zip(BOTH) {
        world.rule(buyer, rules(buyer)).await;
        fault(&world, buyer, id, create_of(buyer), "timeout_after").await;
        world.sandbox.control.order(unpaid(id, buyer)).await;
        for count in [1, 2] {
            until("the provider acted", SOON, async || {
                let held = world.sandbox.control.documents_of(buyer.provider(), id).await.len();
                if held == count { Ok(()) } else { Err(held) }
            })
            .await;
            let World { home, folder, sandbox, desk } = world;
            desk.running.kill().await;
            let desk = Desk::start(home.path(), &folder).await;
            world = World { home, folder, sandbox, desk };
            let role = if count == 1 { "proforma" } else { "invoice" };
            assert_eq!(find(&world.desk, id, role).await.unwrap()["state"], "in_doubt", "{role}: not known");
            if count == 1 {
                // paid while nobody knows of the proforma
                fault(&world, buyer, id, "create", "timeout_after").await;
                world.sandbox.control.order(paid(unpaid(id, buyer))).await;
            }
        }
        world.is_proforma_then_invoice(id, buyer).await;
    }
}

#[tokio::test]
async fn an_order_that_changes_before_it_is_paid_is_invoiced_as_it_is_then() {
    let world = World::new().await;
    for (id, buyer) in (41051..).zip(BOTH) {
        world.rule(buyer, rules(buyer)).await;
        world.sandbox.control.order(unpaid(id, buyer)).await;
        let proforma = wait(&world.desk, id, "proforma", "issued").await;
        let mut larger = unpaid(id, buyer);
        let line = &mut larger["line_items"][0];
        line["quantity"] = 3.into();
        for (field, value) in
            [("subtotal", "150.00"), ("total", "150.00"), ("subtotal_tax", "31.50"), ("total_tax", "31.50")]
        {
            line[field] = value.into();
        }
        line["taxes"] = json!([{ "id": 1, "total": "31.50", "subtotal": "31.50" }]);
        (larger["total"], larger["total_tax"], larger["cart_tax"]) = ("181.50".into(), "31.50".into(), "31.50".into());
        larger["tax_lines"][0]["tax_total"] = "31.50".into();
        world.sandbox.control.order(larger.clone()).await;
        let told = until("the change told of", SOON, async || {
            let record = world.record(&proforma).await;
            let changes = record["changes"].as_array().unwrap().clone();
            if changes.iter().any(|one| one["state"] == "open") { Ok(changes) } else { Err(record["changes"].clone()) }
        })
        .await;
        let change = &told[0];
        assert_eq!(
            (&change["kind"], &change["proposal"], &change["blocked"]),
            (&json!("total"), &json!("nothing"), &json!("proforma"))
        );
        world.sandbox.control.order(paid(larger)).await;
        let (_, invoice) = world.is_proforma_then_invoice(id, buyer).await;
        assert_eq!(invoice["total"]["minor"], 18150);
        let (_, invoices) = world.held_there(id, buyer).await;
        assert_eq!(invoices[0]["total"], "181.50", "{buyer:?}: not the proforma's lines");
        if buyer == Buyer::Person {
            let record = world.record(&invoice).await;
            let sent: Value = serde_json::from_str(record["attempts"][0]["requestBody"].as_str().unwrap()).unwrap();
            assert_eq!(
                (&sent["useEstimateDetails"], sent["products"][0]["quantity"].as_u64()),
                (&json!(false), Some(3))
            );
        }
        until("nothing left to say of the proforma", SOON, async || {
            let record = world.record(&proforma).await;
            if record["document"]["changes"] == 0 { Ok(()) } else { Err(record["changes"].clone()) }
        })
        .await;
    }
}

#[tokio::test]
async fn a_refused_proforma_is_held_retried_by_a_person_and_invoiced_or_given_up_for_the_invoice() {
    let world = World::new().await;
    for (id, buyer) in (41061..).step_by(2).zip(BOTH) {
        world.rule(buyer, rules(buyer)).await;
        for id in [id, id + 1] {
            fault(&world, buyer, id, create_of(buyer), "refuse_vat").await;
            world.sandbox.control.order(unpaid(id, buyer)).await;
            let held = wait(&world.desk, id, "proforma", "held").await;
            assert_eq!(held["failure"]["kind"], "vat_rate_unknown");
        }
        let held = find(&world.desk, id, "proforma").await.unwrap();
        let retried = world.desk.call("documents.retry", json!({ "ids": [held["id"]] })).await;
        assert_eq!(retried["queued"], json!([held["id"]]));
        wait(&world.desk, id, "proforma", "issued").await;
        for id in [id, id + 1] {
            world.sandbox.control.order(paid(unpaid(id, buyer))).await;
        }
        world.is_proforma_then_invoice(id, buyer).await;
        // the other one's money came before it was mended
        let invoice = wait(&world.desk, id + 1, "invoice", "issued").await;
        let given_up = wait(&world.desk, id + 1, "proforma", "dismissed").await;
        assert_eq!(world.record(&invoice).await["followsFrom"], Value::Null);
        let timeline = world.record(&given_up).await["timeline"].as_array().unwrap().clone();
        assert!(timeline.iter().any(|event| event["what"] == "superseded"), "{timeline:?}");
        let (proformas, invoices) = world.held_there(id + 1, buyer).await;
        assert_eq!((proformas.len(), invoices.len()), (0, 1), "{buyer:?}");
    }
}

#[tokio::test]
async fn the_proforma_of_a_cancelled_order_is_pointed_out_and_deleted_by_a_person_alone() {
    let world = World::new().await;
    for (id, buyer) in (41071..).zip(BOTH) {
        world.rule(buyer, rules(buyer)).await;
        world.sandbox.control.order(unpaid(id, buyer)).await;
        let proforma = wait(&world.desk, id, "proforma", "issued").await;
        let mut cancelled = unpaid(id, buyer);
        cancelled["status"] = "cancelled".into();
        world.sandbox.control.order(cancelled).await;
        let change = until("pointed out", SOON, async || {
            let record = world.record(&proforma).await;
            let open = record["changes"].as_array().unwrap().iter().find(|one| one["state"] == "open").cloned();
            open.ok_or(record["changes"].clone())
        })
        .await;
        assert_eq!((&change["kind"], &change["proposal"]), (&json!("cancelled"), &json!("nothing")));
        let accept = json!({ "id": change["id"], "rate": null, "reason": "x" });
        assert_eq!(world.desk.try_call("documents.accept_change", accept).await.unwrap_err()["detail"], "proforma");
        assert_eq!(world.held_there(id, buyer).await.0.len(), 1, "by itself nothing is deleted");
        let delete = json!({ "id": proforma["id"], "kind": "delete", "reason": "comandă anulată", "payment": null, "email": null });
        world.desk.call("documents.operate", delete).await;
        wait(&world.desk, id, "proforma", "deleted").await;
        assert!(world.held_there(id, buyer).await.0.is_empty());
        assert_eq!(find(&world.desk, id, "proforma").await.unwrap()["changes"], 0);
    }
}

#[tokio::test]
async fn a_proforma_that_was_deleted_is_not_named_and_one_that_was_invoiced_by_hand_is_not_invoiced_again() {
    let world = World::new().await;
    for (id, buyer) in (41081..).zip(BOTH) {
        world.rule(buyer, rules(buyer)).await;
        world.sandbox.control.order(unpaid(id, buyer)).await;
        let proforma = wait(&world.desk, id, "proforma", "issued").await;
        world.sandbox.delete_proforma_by_hand(buyer, &proforma).await;
        world.sandbox.control.order(paid(unpaid(id, buyer))).await;
        let invoice = wait(&world.desk, id, "invoice", "issued").await;
        assert_eq!(world.record(&invoice).await["followsFrom"], Value::Null, "{buyer:?}");
        assert_eq!(world.held_there(id, buyer).await.1.len(), 1);
    }
    // only SmartBill names the invoices of a proforma
    let (id, buyer) = (41085, Buyer::Person);
    world.sandbox.control.order(unpaid(id, buyer)).await;
    let proforma = wait(&world.desk, id, "proforma", "issued").await;
    world.sandbox.invoice_proforma_by_hand(&proforma).await;
    world.sandbox.control.order(paid(unpaid(id, buyer))).await;
    let held = wait(&world.desk, id, "invoice", "held").await;
    assert_eq!(held["failure"]["kind"], "invoiced_elsewhere", "{held}");
}

#[tokio::test]
async fn what_would_get_a_proforma_is_counted_apart_and_is_not_taken_up_by_a_backfill() {
    let world = World::new().await;
    let (id, buyer) = (41091, Buyer::Person);
    let flow = world.rule(buyer, json!({})).await;
    world.sandbox.control.order(unpaid(id, buyer)).await;
    let preview = json!({ "shopId": flow["shopId"], "rules": rules(buyer), "condition": "" });
    let told = until("the order counted", SOON, async || {
        let told = world.desk.call("flows.preview_rules", preview.clone()).await;
        if told["proformas"] == 1 { Ok(told) } else { Err(told) }
    })
    .await;
    let left: u64 = told["notTaken"].as_array().unwrap().iter().map(|one| one["count"].as_u64().unwrap()).sum();
    assert_eq!(told["looked"].as_u64().unwrap(), told["matching"].as_u64().unwrap() + 1 + left, "{told}");
    let mut wrong = rules(buyer);
    wrong["proforma"]["series"] = "".into();
    let wrong = json!({ "shopId": flow["shopId"], "rules": wrong, "condition": "" });
    let refused = world.desk.try_call("flows.preview_rules", wrong).await.unwrap_err();
    assert_eq!(refused["field"], "rules.proformaSeries");
    // one from before the flow
    let mut old = unpaid(id + 1, buyer);
    old["date_created_gmt"] = "2026-01-15T10:00:00".into();
    world.sandbox.control.order(old).await;
    world.rule(buyer, rules(buyer)).await;
    wait(&world.desk, id, "proforma", "issued").await;
    let span = json!({ "flow": flow["id"], "from": "2026-01-15", "until": "2026-01-15" });
    world.desk.call("backfill.plan", span).await;
    let planned = until("the backfill planned", SOON, async || {
        let all = world.desk.call("backfill.list", json!({})).await;
        let found = all["backfills"].as_array().unwrap().iter().find(|one| one["state"] == "planned").cloned();
        found.ok_or(all)
    })
    .await;
    let groups = planned["groups"].as_array().unwrap();
    let unpaid: Vec<&Value> = groups.iter().filter(|group| group["reason"] == "not_paid").collect();
    assert_eq!(
        (unpaid.len(), &unpaid[0]["verdict"], &unpaid[0]["count"]),
        (1, &json!("left_out"), &json!(1)),
        "{planned}"
    );
    assert!(find(&world.desk, id + 1, "proforma").await.is_none());
}
