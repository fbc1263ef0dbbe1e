//! One record's draft changed by hand: kept with who and why, issued so, undone, and never once anything was sent.

use crate::World;
use crate::mappings::{publish, published, with_rule, without_city};
use punte_tests::{Buyer, order, until};
use serde_json::{Value, json};
use std::time::Duration;

fn edit(field: &str, value: &str) -> Value {
    json!({ "field": field, "value": value })
}

fn save(document: &Value, edits: Value, revision: u32, reason: &str) -> Value {
    json!({ "documentId": document["id"], "edits": edits, "reason": reason, "revision": revision })
}

fn value_of<'f>(fields: &'f Value, name: &str) -> &'f Value {
    let found = fields["fields"].as_array().unwrap().iter().find(|entry| entry["field"] == name);
    &found.unwrap_or_else(|| panic!("{name}: {fields}"))["value"]
}

impl World {
    async fn held_without_city(&self, id: u64, buyer: Buyer) -> Value {
        self.sandbox.control.order(without_city(id, buyer)).await;
        self.desk.wait_for(id, "held").await
    }

    async fn refused(&self, command: &str, payload: Value) -> (Value, Value) {
        let error = self.desk.try_call(command, payload).await.unwrap_err();
        (error["code"].clone(), error["detail"].clone())
    }
}

#[tokio::test]
async fn an_edited_record_is_issued_with_its_edits_whatever_the_mapping_became_meanwhile() {
    let world = World::new().await;
    for (id, buyer) in [(62001, Buyer::Company), (62002, Buyer::Person)] {
        let held = world.held_without_city(id, buyer).await;
        let fields = world.desk.call("drafts.fields", json!({ "id": held["id"] })).await;
        assert_eq!((value_of(&fields, "client.city"), &fields["revision"]), (&json!(""), &json!(0)));
        let edits = json!([edit("client.city", "Dej"), edit("client.name", "Țurcanu Ștefania Maria")]);
        let preview = json!({ "documentId": held["id"], "edits": edits });
        let preview = world.desk.call("drafts.preview", preview).await;
        assert_eq!((&preview["problems"], &preview["draft"]["city"]), (&json!([]), &json!("Dej")), "{preview}");
        assert!(
            world.desk.call("drafts.fields", json!({ "id": held["id"] })).await["edits"].is_null(),
            "nothing is kept"
        );
        let saved = world.desk.call("drafts.save", save(&held, edits, 0, "asked by phone")).await;
        assert_eq!((value_of(&saved, "client.city"), &saved["revision"]), (&json!("Dej"), &json!(1)));
        assert_eq!(saved["edits"]["reason"], "asked by phone");
        let city = json!({ "field": "client.city", "before": "", "after": "Dej" });
        assert!(saved["edits"]["changes"].as_array().unwrap().contains(&city), "{saved}");
        let still = world.desk.find_document(id).await.unwrap();
        assert_eq!((&still["state"], world.count(id, buyer).await), (&json!("held"), 0), "nothing is sent by it");
        let mapping = published(&world.desk).await;
        let thanks = with_rule(&mapping["published"], "document", "mentions", "\"Multumim\"", None);
        publish(&world.desk, &mapping, &thanks, "thanks").await.unwrap();
        let retried = world.desk.call("documents.retry", json!({ "ids": [held["id"]] })).await;
        assert_eq!(retried["queued"], json!([held["id"]]), "{retried}");
        let issued = world.desk.wait_for(id, "issued").await;
        let made = world.sandbox.control.documents_of(buyer.provider(), id).await;
        assert_eq!((made.len(), &made[0]["client"]), (1, &json!("Țurcanu Ștefania Maria")), "{made:?}");
        assert!(
            made[0]["mentions"].as_str().unwrap().starts_with("Multumim"),
            "the newer version made the rest: {made:?}"
        );
        let record = world.record(&issued).await;
        assert_eq!(record["draft"]["city"], "Dej");
        let timeline = record["timeline"].as_array().unwrap();
        let told = timeline.iter().find(|event| event["what"] == "draft_edited").unwrap();
        assert_eq!(
            (&told["facts"]["fields"], &told["facts"]["reason"]),
            (&json!("client.city, client.name"), &json!("asked by phone"))
        );
        assert!(!told["who"].as_str().unwrap().is_empty());
        let late = save(&held, json!([edit("client.city", "Gherla")]), 1, "late");
        assert_eq!(world.refused("drafts.save", late).await, (json!("not_now"), json!("not_open")));
        assert_eq!(world.refused("drafts.fields", json!({ "id": held["id"] })).await.1, "not_open");
    }
}

#[tokio::test]
async fn edits_are_undone_with_a_reason_and_those_of_another_window_are_not_overwritten() {
    let world = World::new().await;
    let held = world.held_without_city(62101, Buyer::Person).await;
    let dej = json!([edit("client.city", "Dej")]);
    world.desk.call("drafts.save", save(&held, dej.clone(), 0, "by phone")).await;
    let other = save(&held, json!([edit("client.city", "Gherla")]), 0, "by mail");
    assert_eq!(world.refused("drafts.save", other).await, (json!("not_now"), json!("moved_on")));
    let wrong = save(&held, json!([edit("lines[7].name", "x"), edit("document.total", "1")]), 1, "x");
    assert_eq!(
        world.refused("drafts.save", wrong).await,
        (json!("invalid_input"), json!("lines[7].name, document.total"))
    );
    let undo = json!({ "id": held["id"], "reason": "it was another order" });
    let undone = world.desk.call("drafts.undo", undo.clone()).await;
    assert_eq!(
        (&undone["edits"], &undone["revision"], value_of(&undone, "client.city")),
        (&Value::Null, &json!(2), &json!(""))
    );
    assert_eq!(world.refused("drafts.undo", undo).await.1, "not_edited");
    let skipped = world.desk.call("documents.retry", json!({ "ids": [held["id"]] })).await;
    assert_eq!(skipped["skipped"][0]["reason"], "still_failing", "what is undone no longer mends it");
    let timeline = world.record(&held).await["timeline"].clone();
    let told = timeline.as_array().unwrap().iter().find(|event| event["what"] == "draft_edit_undone").unwrap();
    assert_eq!(told["facts"], json!({ "fields": "client.city", "reason": "it was another order" }));
}

#[tokio::test]
async fn a_field_that_keeps_the_mapping_from_any_draft_is_set_by_hand_all_the_same() {
    let world = World::new().await;
    let mapping = published(&world.desk).await;
    let mut document = with_rule(&mapping["published"], "client", "phone", "order.billing.mobile", None);
    document["client"].as_array_mut().unwrap().iter_mut().for_each(|rule| {
        if rule["target"] == "city" {
            rule["whenEmpty"] = json!("hold");
        }
    });
    publish(&world.desk, &mapping, &document, "stricter").await.unwrap();
    let held = world.held_without_city(62201, Buyer::Person).await;
    assert!(world.record(&held).await["draft"].is_null());
    let fields = world.desk.call("drafts.fields", json!({ "id": held["id"] })).await;
    assert_eq!((value_of(&fields, "client.city"), value_of(&fields, "client.county")), (&json!(""), &json!("Cluj")));
    let half = save(&held, json!([edit("client.city", "Dej")]), 0, "by phone");
    assert_eq!(world.refused("drafts.save", half).await, (json!("not_now"), json!("no_draft")));
    let edits = json!([edit("client.city", "Dej"), edit("client.phone", "")]);
    world.desk.call("drafts.save", save(&held, edits, 0, "by phone")).await;
    world.desk.call("documents.retry", json!({ "ids": [held["id"]] })).await;
    let issued = world.desk.wait_for(62201, "issued").await;
    assert_eq!(world.record(&issued).await["draft"]["city"], "Dej");
}

#[tokio::test]
async fn what_takes_an_invoice_back_is_not_edited() {
    let world = World::new().await;
    world.sandbox.control.order(order(62301, Buyer::Company)).await;
    let issued = world.desk.wait_for(62301, "issued").await;
    let storno = world.desk.call("documents.storno", json!({ "id": issued["id"], "reason": "returned" })).await;
    assert_eq!(
        world.refused("drafts.fields", json!({ "id": storno["id"] })).await,
        (json!("not_now"), json!("takes_back"))
    );
    let edits = save(&storno, json!([edit("client.city", "Dej")]), 0, "x");
    assert_eq!(world.refused("drafts.save", edits).await.1, "takes_back");
}

#[tokio::test]
async fn a_record_that_is_due_is_sent_with_what_was_set_by_hand_meanwhile() {
    let world = World::new().await;
    let fault = json!({ "provider": "oblio", "operation": "any", "kind": "wrong_credential" });
    world.sandbox.control.fault(fault).await;
    world.sandbox.control.order(order(62401, Buyer::Company)).await;
    let stopped = until("the connection stopped", Duration::from_secs(20), async || {
        let listed = world.desk.call("connections.list", json!({})).await;
        let all = listed["billing"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["kind"] == "oblio" && one["health"] == "needs_reconnect").ok_or(listed)
    })
    .await;
    let ready = world.desk.wait_for(62401, "ready").await;
    let fields = world.desk.call("drafts.fields", json!({ "id": ready["id"] })).await;
    let revision = fields["revision"].as_u64().unwrap() as u32;
    let edits = json!([edit("client.name", "VATRA NOUĂ SRL"), edit("document.due_days", "30")]);
    let saved = world.desk.call("drafts.save", save(&ready, edits, revision, "renamed")).await;
    assert_eq!(value_of(&saved, "client.name"), "VATRA NOUĂ SRL");
    world.sandbox.control.clear_faults().await;
    let secret = json!({ "id": stopped["id"], "secret": world.sandbox.ports["oblio"]["secret"] });
    world.desk.call("connections.set_secret", secret).await;
    world.desk.wait_for(62401, "issued").await;
    let made = world.sandbox.control.documents_of("oblio", 62401).await;
    assert_eq!((made.len(), &made[0]["client"]), (1, &json!("VATRA NOUĂ SRL")), "{made:?}");
}

#[tokio::test]
async fn an_edit_of_a_line_is_not_made_to_another_line_that_took_its_place() {
    let world = World::new().await;
    let held = world.held_without_city(62601, Buyer::Person).await;
    let edits = json!([edit("client.city", "Dej"), edit("lines[1].vat_rate", "11")]);
    world.desk.call("drafts.save", save(&held, edits, 0, "these are books")).await;
    let mut changed = without_city(62601, Buyer::Person);
    changed["line_items"][0]["name"] = json!("Farfurie");
    world.sandbox.control.order(changed).await;
    let record = until("the changed order", Duration::from_secs(20), async || {
        let record = world.record(&held).await;
        if record["versions"][0]["version"] == 2 && record["problems"][0]["field"] == "lines[1].vat_rate" {
            Ok(record)
        } else {
            Err(record["problems"].clone())
        }
    })
    .await;
    assert_eq!(record["problems"][0]["detail"], "Cană «Ș» != Farfurie");
    let skipped = world.desk.call("documents.retry", json!({ "ids": [held["id"]] })).await;
    assert_eq!(skipped["skipped"][0]["reason"], "still_failing");
    assert_eq!(world.count(62601, Buyer::Person).await, 0, "nothing is sent at a rate that was meant for another line");
}
