//! What is done to issued invoices, at both providers: done once with a good answer, and, cut off before or after acting,
//! settled by what the provider then tells.

use crate::World;
use punte_tests::{Buyer, order, until};
use serde_json::{Value, json};
use std::time::Duration;

/// What is asked for, and the simulator's name of the request.
#[derive(Clone, Copy)]
struct Asked {
    kind: &'static str,
    request: &'static str,
    /// The document's state once it is done.
    state: &'static str,
}

const RESTORE: Asked = Asked { kind: "restore", request: "restore", state: "issued" };
const DELETE_PAYMENT: Asked = Asked { kind: "delete_payment", request: "payment_delete", state: "issued" };
const CANCEL: Asked = Asked { kind: "cancel", request: "cancel", state: "cancelled" };
const DELETE: Asked = Asked { kind: "delete", request: "delete", state: "deleted" };
const EINVOICE: Asked = Asked { kind: "send_einvoice", request: "einvoice", state: "issued" };

fn payment(buyer: Buyer) -> Asked {
    let request = if buyer == Buyer::Company { "collect" } else { "payment" };
    Asked { kind: "record_payment", request, state: "issued" }
}

impl World {
    /// An issued, verified invoice of a buyer who pays on delivery: nothing is paid yet.
    pub async fn issued(&self, id: u64, buyer: Buyer) -> Value {
        let mut unpaid = order(id, buyer);
        unpaid["payment_method"] = "cod".into();
        unpaid["payment_method_title"] = "Ramburs".into();
        self.sandbox.control.order(unpaid).await;
        self.desk.wait_for(id, "issued").await;
        until("verified", Duration::from_secs(20), async || {
            let row = self.desk.find_document(id).await.unwrap();
            if row["verification"] == "verified" { Ok(row) } else { Err(row) }
        })
        .await
    }

    async fn operate(&self, document: &Value, kind: &str) -> Value {
        self.desk.call("documents.operate", self.request(document, kind)).await
    }

    fn request(&self, document: &Value, kind: &str) -> Value {
        let today = punte_domain::fiscal_date(chrono::Utc::now().timestamp_millis()).to_string();
        let payment = json!({ "kind": "bank_transfer", "value": "121.00", "date": today, "documentNumber": "OP 17" });
        let email = json!({ "to": "ana@example.com", "cc": "", "subject": "Factura", "body": "Bună ziua," });
        json!({ "id": document["id"], "kind": kind, "reason": "cerut de client",
            "payment": if kind == "record_payment" { payment } else { Value::Null },
            "email": if kind == "send_email" { email } else { Value::Null } })
    }

    /// Waits until the newest operation of a document is in a state.
    pub async fn newest_operation(&self, document: &Value, state: &str) -> Value {
        until(&format!("operation {state}"), Duration::from_secs(40), async || {
            let record = self.record(document).await;
            let newest = record["operations"][0].clone();
            if newest["state"] == state { Ok(newest) } else { Err(newest) }
        })
        .await
    }

    /// The document as the simulator holds it; `None` when it is gone.
    async fn held(&self, document: &Value) -> Option<Value> {
        let state = self.sandbox.control.state().await;
        let provider = document["provider"].as_str().unwrap();
        let all = state[provider]["documents"].as_array().cloned().unwrap_or_default();
        let is_it = |one: &Value| one["series"] == document["series"] && one["number"] == document["number"];
        all.into_iter().find(is_it)
    }

    /// Waits until an e-invoice was followed to its end.
    async fn accepted(&self, id: u64) {
        until("accepted by SPV", Duration::from_secs(40), async || {
            let row = self.desk.find_document(id).await.unwrap();
            if row["einvoice"]["state"] == "accepted" { Ok(()) } else { Err(row["einvoice"].clone()) }
        })
        .await;
    }

    async fn cut_off(&self, buyer: Buyer, request: &str, kind: &str) {
        let fault = json!({ "provider": buyer.provider(), "operation": request, "kind": kind, "times": 1 });
        self.sandbox.control.fault(fault).await;
    }
}

fn payments(held: &Value) -> usize {
    held["payments"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn each_operation_is_done_at_the_provider_and_stands_in_the_timeline() {
    let world = World::new().await;
    for (id, buyer) in (23001..).zip([Buyer::Company, Buyer::Person]) {
        let document = world.issued(id, buyer).await;
        world.operate(&document, "record_payment").await;
        world.newest_operation(&document, "done").await;
        assert_eq!(payments(&world.held(&document).await.unwrap()), 1, "{buyer:?}");
        let row = world.desk.find_document(id).await.unwrap();
        assert_eq!(row["paid"]["minor"], 12100, "{row}");
        for (kind, cancelled, state) in [("cancel", true, "cancelled"), ("restore", false, "issued")] {
            world.operate(&document, kind).await;
            world.newest_operation(&document, "done").await;
            assert_eq!(world.held(&document).await.unwrap()["cancelled"], cancelled, "{buyer:?} {kind}");
            assert_eq!(world.desk.find_document(id).await.unwrap()["state"], state);
        }
        world.operate(&document, "delete").await;
        world.newest_operation(&document, "done").await;
        assert!(world.held(&document).await.is_none(), "{buyer:?}: it is the last of its series");
        let record = world.record(&document).await;
        let timeline: Vec<&str> =
            record["timeline"].as_array().unwrap().iter().filter_map(|entry| entry["what"].as_str()).collect();
        for what in ["operation_requested", "operation_done", "cancelled", "restored", "deleted"] {
            assert!(timeline.contains(&what), "{what}: {timeline:?}");
        }
    }
}

#[tokio::test]
async fn a_storno_is_one_document_that_reverses_the_invoice() {
    let world = World::new().await;
    for (id, buyer) in (23011..).zip([Buyer::Company, Buyer::Person]) {
        let document = world.issued(id, buyer).await;
        let storno = world.desk.call("documents.storno", json!({ "id": document["id"], "reason": "retur" })).await;
        let record = until("the storno issued", Duration::from_secs(30), async || {
            let record = world.record(&storno).await;
            let done = record["document"]["state"] == "issued" && record["document"]["verification"] == "verified";
            if done { Ok(record) } else { Err(record["document"].clone()) }
        })
        .await;
        assert_eq!(record["document"]["total"]["minor"], -12100);
        assert_eq!(record["documents"].as_array().unwrap().len(), 2);
        assert_eq!(world.desk.call("record.get", by_document(&document)).await["document"]["state"], "reversed");
        let again = world.desk.try_call("documents.storno", json!({ "id": document["id"], "reason": "x" })).await;
        assert_eq!(again.unwrap_err()["detail"], "reversed", "never a second one");
        let held = world.held(&document).await.unwrap();
        assert!(!held["reversed_by"].is_null(), "{held}");
    }
}

pub fn by_document(document: &Value) -> Value {
    json!({ "documentId": document["id"], "orderId": null })
}

/// One operation cut off after and before acting.
async fn is_settled(buyer: Buyer, asked: Asked) {
    let world = World::new().await;
    for (id, fault, acted) in [(23101, "timeout_after", true), (23102, "timeout_before", false)] {
        let document = world.issued(id, buyer).await;
        // what is to be undone is done first
        let before = match asked.kind {
            "restore" => Some("cancel"),
            "delete_payment" => Some("record_payment"),
            _ => None,
        };
        if let Some(before) = before {
            world.operate(&document, before).await;
            world.newest_operation(&document, "done").await;
        }
        world.cut_off(buyer, asked.request, fault).await;
        world.operate(&document, asked.kind).await;
        world.newest_operation(&document, "in_doubt").await;
        let again = world.desk.try_call("documents.operate", world.request(&document, asked.kind)).await;
        assert_eq!(again.unwrap_err()["detail"], "operation_open", "nothing else while it is in doubt");
        // what answers yes again is asked for again; everything else is only done if it was done
        let done = acted || ["cancel", "restore"].contains(&asked.kind);
        let settled = world.newest_operation(&document, if done { "done" } else { "refused" }).await;
        let row = world.desk.find_document(id).await.unwrap();
        assert_eq!(row["state"], if done { asked.state } else { "issued" }, "{fault}");
        if !done {
            assert_eq!(settled["failure"]["kind"], "never_done");
        }
        let held = world.held(&document).await;
        match asked.kind {
            "delete" => assert_eq!(held.is_none(), acted, "{fault}"),
            "cancel" => assert_eq!(held.unwrap()["cancelled"], true, "{fault}"),
            "restore" => assert_eq!(held.unwrap()["cancelled"], false, "{fault}"),
            "delete_payment" => assert_eq!(payments(&held.unwrap()), usize::from(!acted), "{fault}: once or never"),
            "record_payment" => assert_eq!(payments(&held.unwrap()), usize::from(acted), "{fault}: once or never"),
            _ => {
                assert_eq!(held.unwrap()["einvoice_sent_ms"].is_null(), !acted, "{fault}");
                if acted {
                    world.accepted(id).await;
                }
            }
        }
    }
}

macro_rules! settled {
    ($($name:ident: $buyer:ident, $asked:expr;)+) => {
        $(#[tokio::test]
        async fn $name() {
            is_settled(Buyer::$buyer, $asked).await;
        })+
    };
}

settled! {
    a_cancel_cut_off_at_oblio_is_settled_by_the_state: Company, CANCEL;
    a_cancel_cut_off_at_smartbill_is_asked_for_again: Person, CANCEL;
    a_restore_cut_off_at_oblio_is_settled_by_the_state: Company, RESTORE;
    a_restore_cut_off_at_smartbill_is_asked_for_again: Person, RESTORE;
    a_deleted_payment_cut_off_is_settled_by_the_paid_amount: Person, DELETE_PAYMENT;
    a_delete_cut_off_at_oblio_is_settled_by_the_list: Company, DELETE;
    a_delete_cut_off_at_smartbill_is_settled_by_the_reference: Person, DELETE;
    a_payment_cut_off_at_oblio_is_settled_by_the_paid_amount: Company, payment(Buyer::Company);
    a_payment_cut_off_at_smartbill_is_settled_by_the_paid_amount: Person, payment(Buyer::Person);
    an_einvoice_cut_off_is_settled_by_its_status: Company, EINVOICE;
}

#[tokio::test]
async fn a_storno_cut_off_is_found_and_never_made_twice() {
    let world = World::new().await;
    for (id, buyer, request) in [(23201, Buyer::Company, "create"), (23211, Buyer::Person, "reverse")] {
        for (more, fault) in ["timeout_after", "timeout_before"].into_iter().enumerate() {
            let id = id + more as u64;
            let document = world.issued(id, buyer).await;
            world.cut_off(buyer, request, fault).await;
            let storno = world.desk.call("documents.storno", json!({ "id": document["id"], "reason": "retur" })).await;
            until("the storno in doubt", Duration::from_secs(20), async || {
                let record = world.record(&storno).await;
                if record["document"]["state"] == "in_doubt" { Ok(()) } else { Err(record["document"].clone()) }
            })
            .await;
            until("the storno found", Duration::from_secs(60), async || {
                let record = world.record(&storno).await;
                if record["document"]["state"] == "issued" { Ok(()) } else { Err(record["document"].clone()) }
            })
            .await;
            let state = world.sandbox.control.state().await;
            let all = state[buyer.provider()]["documents"].as_array().unwrap().clone();
            let stornos = all.iter().filter(|one| one["kind"] == "storno").count();
            assert_eq!(stornos, more + 1, "{buyer:?} {fault}: one for each invoice");
        }
    }
}

#[tokio::test]
async fn an_email_whose_answer_was_lost_is_never_sent_again_by_itself() {
    let world = World::new().await;
    let document = world.issued(23301, Buyer::Person).await;
    world.cut_off(Buyer::Person, "send", "timeout_before").await;
    world.operate(&document, "send_email").await;
    let lost = world.newest_operation(&document, "in_doubt").await;
    let close = json!({ "id": lost["id"], "reason": "clientul nu l-a primit" });
    world.desk.call("operations.close", close).await;
    world.newest_operation(&document, "closed").await;
    world.cut_off(Buyer::Person, "send", "timeout_after").await;
    world.operate(&document, "send_email").await;
    let doubted = world.newest_operation(&document, "in_doubt").await;
    assert_eq!(doubted["lookAtMs"], Value::Null, "nobody can tell");
    let doubts = world.desk.call("doubts.list", json!({})).await;
    assert_eq!(doubts["operations"][0]["id"], doubted["id"], "it is laid before a person");
    let close = json!({ "id": doubted["id"], "reason": "clientul a confirmat" });
    world.desk.call("operations.close", close).await;
    world.newest_operation(&document, "closed").await;
    let state = world.sandbox.control.state().await;
    assert_eq!(state["smartbill"]["emails"].as_array().unwrap().len(), 1, "the second, once; the first, never");
}

#[tokio::test]
async fn what_a_provider_does_not_offer_is_said_before_anything_is_sent() {
    let world = World::new().await;
    for (id, buyer, kind) in [(23401, Buyer::Company, "send_email"), (23402, Buyer::Person, "send_einvoice")] {
        let document = world.issued(id, buyer).await;
        let refused = world.desk.try_call("documents.operate", world.request(&document, kind)).await.unwrap_err();
        assert_eq!((&refused["code"], &refused["detail"]), (&json!("not_now"), &json!("not_offered")), "{kind}");
        let offers = world.record(&document).await["offers"].clone();
        let offer = offers.as_array().unwrap().iter().find(|offer| offer["act"] == kind).unwrap().clone();
        assert_eq!(offer["blocked"], "not_offered");
    }
}

#[tokio::test]
async fn a_right_that_lacks_for_one_document_is_its_own_matter_and_stops_no_connection() {
    let world = World::new().await;
    // the simulator lets nobody change this client's documents
    let mut untouchable = order(23411, Buyer::Person);
    untouchable["billing"]["first_name"] = "Client".into();
    untouchable["billing"]["last_name"] = "intangibil".into();
    world.sandbox.control.order(untouchable).await;
    let document = world.desk.wait_for(23411, "issued").await;
    world.operate(&document, "cancel").await;
    let refused = world.newest_operation(&document, "refused").await;
    assert_eq!(refused["failure"]["kind"], "right_missing", "{refused}");
    let overview = world.desk.call("overview.get", json!({})).await;
    let all = overview["connections"].as_array().unwrap();
    let smartbill = all.iter().find(|one| one["kind"] == "smartbill").unwrap();
    assert_eq!(smartbill["health"], "healthy", "{smartbill}");
    world.sandbox.control.order(order(23412, Buyer::Person)).await;
    world.desk.wait_for(23412, "issued").await;
}

#[tokio::test]
async fn bad_input_names_its_field_and_sends_nothing() {
    let world = World::new().await;
    let document = world.issued(23501, Buyer::Person).await;
    let payment = |field: &str, value: &str| {
        let mut request = world.request(&document, "record_payment");
        request["payment"][field] = value.into();
        request
    };
    for (request, field) in [
        (payment("value", "121.01"), "payment.value"),
        (payment("value", "-5"), "payment.value"),
        (payment("value", "mult"), "payment.value"),
        (payment("date", "2999-01-01"), "payment.date"),
        (payment("documentNumber", " "), "payment.documentNumber"),
    ] {
        let refused = world.desk.try_call("documents.operate", request).await.unwrap_err();
        assert_eq!(refused["field"], field, "{refused}");
    }
    let mut email = world.request(&document, "send_email");
    email["email"]["to"] = "ana@".into();
    assert_eq!(world.desk.try_call("documents.operate", email).await.unwrap_err()["field"], "email.to");
    let mut cancel = world.request(&document, "cancel");
    cancel["reason"] = " ".into();
    assert_eq!(world.desk.try_call("documents.operate", cancel).await.unwrap_err()["field"], "reason");
    assert!(world.record(&document).await["operations"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn the_pdf_comes_whole_and_an_einvoice_is_followed_to_its_end() {
    let world = World::new().await;
    for (id, buyer) in (23601..).zip([Buyer::Company, Buyer::Person]) {
        let document = world.issued(id, buyer).await;
        let file = world.desk.call("documents.pdf", json!({ "id": document["id"] })).await;
        assert_eq!(file["mediaType"], "application/pdf");
        // %PDF in base64
        assert!(file["base64"].as_str().unwrap().starts_with("JVBERi"), "{buyer:?}");
    }
    let document = world.desk.find_document(23601).await.unwrap();
    world.operate(&document, "send_einvoice").await;
    world.newest_operation(&document, "done").await;
    world.accepted(23601).await;
    let archive = world.desk.call("documents.einvoice_archive", json!({ "id": document["id"] })).await;
    assert_eq!(archive["mediaType"], "application/zip");
    let refused = world.desk.try_call("documents.operate", world.request(&document, "delete")).await.unwrap_err();
    assert_eq!(refused["detail"], "in_einvoice", "what is in e-Factura cannot be deleted");
}

#[tokio::test]
async fn killed_while_an_operation_is_under_way_it_is_in_doubt_at_the_next_start_and_settled() {
    let world = World::new().await;
    let document = world.issued(23701, Buyer::Company).await;
    world.cut_off(Buyer::Company, "collect", "timeout_after").await;
    world.operate(&document, "record_payment").await;
    until("the provider acted", Duration::from_secs(20), async || {
        if payments(&world.held(&document).await.unwrap()) == 1 { Ok(()) } else { Err(()) }
    })
    .await;
    let World { home, folder, sandbox, desk } = world;
    desk.running.kill().await;
    let desk = punte_tests::Desk::start(home.path(), &folder).await;
    let world = World { home, folder, sandbox, desk };
    let seen = world.record(&document).await["operations"][0].clone();
    assert_eq!(seen["failure"]["kind"], "interrupted", "{seen}");
    world.newest_operation(&document, "done").await;
    assert_eq!(payments(&world.held(&document).await.unwrap()), 1, "recorded once");
}

#[tokio::test]
async fn what_is_chosen_from_the_providers_lists_goes_onto_the_invoice() {
    let world = World::new().await;
    let listed = world.desk.call("connections.list", json!({})).await;
    for (id, buyer) in (23801..).zip([Buyer::Company, Buyer::Person]) {
        let all = listed["billing"].as_array().unwrap();
        let connection = all.iter().find(|one| one["kind"] == buyer.provider()).unwrap();
        let lists = world.desk.call("connections.lists", json!({ "id": connection["id"], "refresh": true })).await;
        assert!(lists["warehouses"].as_array().unwrap().contains(&json!("Depozit")), "{lists}");
        assert!(lists["series"].as_array().unwrap().len() > 1 && lists["vatRates"].as_array().unwrap().len() > 1);
        let again = world.desk.call("connections.lists", json!({ "id": connection["id"], "refresh": false })).await;
        assert_eq!(again["readMs"], lists["readMs"], "as it said last");
        let mut input = connection.clone();
        input["secret"] = "".into();
        input["warehouse"] = "Depozit".into();
        input["vatNames"] = json!({ "21": "Normala" });
        world.desk.call("connections.save", input).await;
        let mut stocked = order(id, buyer);
        stocked["line_items"][0]["sku"] = "STOC-01".into();
        world.sandbox.control.order(stocked).await;
        let issued = world.desk.wait_for(id, "issued").await;
        let sent = world.record(&issued).await["attempts"][0]["requestBody"].as_str().unwrap().to_owned();
        assert!(sent.contains("\"Depozit\"") && sent.contains("\"Normala\""), "{sent}");
    }
}
