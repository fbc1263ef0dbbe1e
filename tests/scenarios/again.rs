//! An order is invoiced again only after its invoice was proven reversed, deleted or cancelled, with a reason, once.

use crate::World;
use crate::operations::by_document;
use punte_tests::{Buyer, order, until};
use serde_json::{Value, json};
use std::time::Duration;

impl World {
    async fn wait_for_document(&self, document: &Value, state: &str) -> Value {
        until(&format!("the document {state}"), Duration::from_secs(40), async || {
            let found = self.desk.call("record.get", by_document(document)).await["document"].clone();
            if found["state"] == state { Ok(found) } else { Err(found) }
        })
        .await
    }

    async fn again(&self, document: &Value) -> Result<Value, Value> {
        self.desk.try_call("documents.invoice_again", json!({ "id": document["id"], "reason": "altă adresă" })).await
    }

    /// Live invoices at the provider that mention an order, stornos left out.
    async fn invoices(&self, id: u64, buyer: Buyer) -> usize {
        let held = self.sandbox.control.documents_of(buyer.provider(), id).await;
        held.iter().filter(|one| one["kind"] == "invoice").count()
    }
}

#[tokio::test]
async fn a_reversed_invoice_is_followed_by_one_more_with_a_reference_of_its_own() {
    let world = World::new().await;
    for (id, buyer) in (26001..).zip([Buyer::Company, Buyer::Person]) {
        let first = world.issued(id, buyer).await;
        assert_eq!(world.again(&first).await.unwrap_err()["detail"], "still_issued");
        world.desk.call("documents.storno", json!({ "id": first["id"], "reason": "altă adresă" })).await;
        world.wait_for_document(&first, "reversed").await;
        let second = world.wait_for_document(&world.again(&first).await.unwrap(), "issued").await;
        assert_ne!((&second["reference"], &second["number"]), (&first["reference"], &first["number"]));
        assert_eq!(world.invoices(id, buyer).await, 2, "the reversed one and its successor");
        assert_eq!(world.again(&first).await.unwrap_err()["detail"], "has_successor");
        assert_eq!(world.again(&second).await.unwrap_err()["detail"], "still_issued");
        // what the shop says later makes no third one
        let mut changed = order(id, buyer);
        changed["customer_note"] = "mulțumesc".into();
        world.sandbox.control.order(changed).await;
        until("the change decided", Duration::from_secs(20), async || {
            let record = world.record(&second).await;
            if record["versions"][0]["version"] == 2 { Ok(()) } else { Err(record["versions"][0]["version"].clone()) }
        })
        .await;
        let record = world.record(&second).await;
        assert_eq!(record["documents"].as_array().unwrap().len(), 3);
        // each version stands as it was received, and the second document was made of the first one
        assert_eq!((&record["madeOfVersion"], record["versions"].as_array().unwrap().len()), (&json!(1), 2));
        let mut notes = Vec::new();
        for version in [1, 2] {
            let asked = json!({ "orderId": record["order"]["id"], "version": version });
            let told = world.desk.call("record.order_version", asked).await;
            let received: Value = serde_json::from_str(told["json"].as_str().unwrap()).unwrap();
            notes.push(received["customer_note"].as_str().unwrap_or_default().to_owned());
        }
        assert_eq!(notes, ["", "mulțumesc"]);
        assert_eq!(world.invoices(id, buyer).await, 2);
    }
}

#[tokio::test]
async fn a_deleted_or_cancelled_invoice_is_followed_too_and_is_not_restored_beside_its_successor() {
    let world = World::new().await;
    for (id, kind, state) in [(26011, "delete", "deleted"), (26012, "cancel", "cancelled")] {
        let first = world.issued(id, Buyer::Company).await;
        let request =
            |kind: &str| json!({ "id": first["id"], "kind": kind, "reason": "x", "payment": null, "email": null });
        world.desk.call("documents.operate", request(kind)).await;
        world.wait_for_document(&first, state).await;
        world.wait_for_document(&world.again(&first).await.unwrap(), "issued").await;
        assert_eq!(world.invoices(id, Buyer::Company).await, 1, "{kind}: one live invoice");
        if kind == "cancel" {
            let refused = world.desk.try_call("documents.operate", request("restore")).await.unwrap_err();
            assert_eq!(refused["detail"], "has_successor");
        }
    }
}

#[tokio::test]
async fn an_order_that_the_shop_took_back_is_not_invoiced_again() {
    let world = World::new().await;
    let first = world.issued(26021, Buyer::Person).await;
    world.desk.call("documents.storno", json!({ "id": first["id"], "reason": "retur" })).await;
    world.wait_for_document(&first, "reversed").await;
    let mut refunded = order(26021, Buyer::Person);
    refunded["status"] = "refunded".into();
    world.sandbox.control.order(refunded).await;
    until("the refund taken in", Duration::from_secs(20), async || {
        let record = world.record(&first).await;
        if record["order"]["status"] == "refunded" { Ok(()) } else { Err(record["order"].clone()) }
    })
    .await;
    assert_eq!(world.again(&first).await.unwrap_err()["detail"], "order_withdrawn");
    assert_eq!(world.invoices(26021, Buyer::Person).await, 1);
}
