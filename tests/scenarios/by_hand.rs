//! What people do at the provider and in the settings, behind the ledger's back: numbers deleted and given again, a flow that
//! moves to another series, an order refunded before its storno.

use crate::World;
use crate::operations::by_document;
use punte_tests::{Buyer, Desk, SandboxProgram, create_workspace, order, until};
use serde_json::json;
use std::time::Duration;

impl World {
    /// Simulators that give a deleted number again, at both providers.
    async fn with_returning_numbers() -> World {
        let home = tempfile::tempdir().unwrap();
        let sandbox = SandboxProgram::start_with(home.path(), &["--deleted-number-returns"]).await;
        let folder = create_workspace(home.path()).await;
        let desk = Desk::start(home.path(), &folder).await;
        desk.connect(&sandbox).await;
        World { home, folder, sandbox, desk }
    }
}

#[tokio::test]
async fn a_number_deleted_by_hand_and_given_again_is_the_new_documents_and_nothing_is_done_to_the_old_ones_name() {
    let world = World::with_returning_numbers().await;
    for (first, buyer) in [(25001, Buyer::Company), (25011, Buyer::Person)] {
        world.sandbox.control.order(order(first, buyer)).await;
        let old = world.desk.wait_for(first, "issued").await;
        world.sandbox.delete_by_hand(buyer, &old).await;
        // nothing is there to be cancelled
        let cancel = json!({ "id": old["id"], "kind": "cancel", "reason": "x", "payment": null, "email": null });
        world.desk.call("documents.operate", cancel.clone()).await;
        let refused = world.newest_operation(&old, "refused").await;
        assert_eq!(refused["failure"]["kind"], "document_not_found");
        // the next invoice gets the number
        world.sandbox.control.order(order(first + 1, buyer)).await;
        let new = world.desk.wait_for(first + 1, "issued").await;
        assert_eq!(new["number"], old["number"], "{buyer:?}: the number came back");
        assert_eq!(world.count(first + 1, buyer).await, 1, "one document");
        assert_eq!(world.desk.find_document(first).await.unwrap()["state"], "deleted");
        let again = world.desk.try_call("documents.operate", cancel).await.unwrap_err();
        assert_eq!(again["detail"], "deleted", "what bears the number now is another's");
        assert_eq!(world.count(first + 1, buyer).await, 1, "and it stands");
    }
}

#[tokio::test]
async fn a_storno_goes_into_its_invoices_series_after_the_flow_has_moved_on() {
    let world = World::new().await;
    let document = world.issued(25101, Buyer::Company).await;
    for flow in world.desk.call("connections.list", json!({})).await["flows"].as_array().unwrap() {
        let mut input = flow.clone();
        input["series"] = "MAG".into();
        world.desk.call("flows.save", input).await;
    }
    let storno = world.desk.call("documents.storno", json!({ "id": document["id"], "reason": "retur" })).await;
    until("the storno issued", Duration::from_secs(30), async || {
        let record = world.desk.call("record.get", by_document(&storno)).await;
        if record["document"]["state"] == "issued" { Ok(()) } else { Err(record["document"].clone()) }
    })
    .await;
    world.sandbox.control.order(order(25102, Buyer::Company)).await;
    assert_eq!(world.desk.wait_for(25102, "issued").await["series"], "MAG");
}

#[tokio::test]
async fn a_refused_storno_of_a_refunded_order_is_retried_as_the_storno_that_it_is() {
    let world = World::new().await;
    for (id, buyer, request) in [(25201, Buyer::Company, "create"), (25202, Buyer::Person, "reverse")] {
        let document = world.issued(id, buyer).await;
        let mut refunded = order(id, buyer);
        refunded["payment_method"] = "cod".into();
        refunded["status"] = "refunded".into();
        world.sandbox.control.order(refunded).await;
        let fault = json!({ "provider": buyer.provider(), "operation": request, "kind": "refuse_series", "times": 1 });
        world.sandbox.control.fault(fault).await;
        let storno = world.desk.call("documents.storno", json!({ "id": document["id"], "reason": "retur" })).await;
        let state = async |wanted: &str| {
            until(&format!("the storno {wanted}"), Duration::from_secs(30), async || {
                let found = world.desk.call("record.get", by_document(&storno)).await["document"].clone();
                if found["state"] == wanted { Ok(found) } else { Err(found) }
            })
            .await
        };
        state("held").await;
        let retried = world.desk.call("documents.retry", json!({ "ids": [storno["id"]] })).await;
        assert_eq!(retried["queued"], json!([storno["id"]]), "{buyer:?}: {retried}");
        assert_eq!(state("issued").await["total"]["minor"], -12100, "{buyer:?}: not the invoice again");
    }
}
