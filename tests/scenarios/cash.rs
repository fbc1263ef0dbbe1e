//! Cash: under a receipt that the provider numbers, within what the law allows.

use crate::World;
use punte_tests::{Buyer, order, until};
use serde_json::{Value, json};
use std::time::Duration;

const BOTH: [Buyer; 2] = [Buyer::Company, Buyer::Person];

fn receipts_of(buyer: Buyer) -> &'static str {
    match buyer {
        Buyer::Company => "ACH",
        Buyer::Person => "CHT",
    }
}

fn rules(buyer: Buyer, when: &str) -> Value {
    json!({ "collect": [{ "method": "stripe", "when": when, "as": "cash" }], "receiptSeries": receipts_of(buyer) })
}

/// The same goods, a hundred times as many: 12,100 lei, or 6,050 with half of that.
fn large(id: u64, buyer: Buyer, quantity: u64) -> Value {
    let mut order = order(id, buyer);
    let (net, tax) =
        (format!("{}.00", quantity * 50), format!("{}.{:02}", quantity * 1050 / 100, quantity * 1050 % 100));
    let total = quantity * 6050;
    let line = &mut order["line_items"][0];
    line["quantity"] = quantity.into();
    for (field, value) in [("subtotal", &net), ("total", &net), ("subtotal_tax", &tax), ("total_tax", &tax)] {
        line[field] = value.clone().into();
    }
    line["taxes"] = json!([{ "id": 1, "total": tax, "subtotal": tax }]);
    order["total"] = format!("{}.{:02}", total / 100, total % 100).into();
    (order["total_tax"], order["cart_tax"]) = (tax.clone().into(), tax.clone().into());
    order["tax_lines"][0]["tax_total"] = tax.into();
    order
}

impl World {
    async fn receipts(&self, id: u64, buyer: Buyer) -> Vec<Value> {
        let held = self.sandbox.control.documents_of(buyer.provider(), id).await;
        held.first().and_then(|one| one["payments"].as_array().cloned()).unwrap_or_default()
    }
}

#[tokio::test]
async fn cash_goes_under_a_receipt_with_the_invoice_or_when_the_order_is_paid() {
    let world = World::new().await;
    for (id, buyer) in (42001..).step_by(2).zip(BOTH) {
        let refused = json!({ "collect": rules(buyer, "now")["collect"] });
        let listed = world.desk.call("connections.list", json!({})).await;
        let preview = json!({ "shopId": listed["shops"][0]["id"], "rules": refused, "condition": "" });
        let wrong = world.desk.try_call("flows.preview_rules", preview).await.unwrap_err();
        assert_eq!(wrong["field"], "rules.receiptSeries");
        for (id, when) in [(id, "now"), (id + 1, "later")] {
            world.rule(buyer, rules(buyer, when)).await;
            world.sandbox.control.order(order(id, buyer)).await;
            world.desk.wait_for(id, "issued").await;
            let receipt = until("the receipt", Duration::from_secs(40), async || {
                let receipts = world.receipts(id, buyer).await;
                if receipts.len() == 1 { Ok(receipts[0].clone()) } else { Err(receipts) }
            })
            .await;
            assert_eq!(
                (&receipt["type"], &receipt["value"]),
                (&json!("Chitanta"), &json!("121.00")),
                "{buyer:?} {when}"
            );
            assert_ne!(receipt["number"], "");
        }
        let issued = world.desk.wait_for(id, "issued").await;
        let record = world.record(&issued).await;
        assert_eq!(record["draft"]["paymentKind"], "cash");
    }
}

#[tokio::test]
async fn more_cash_than_a_company_may_pay_is_held_until_it_is_paid_otherwise_and_a_person_may_pay_more() {
    let world = World::new().await;
    for (id, buyer, quantity, is_too_much) in
        [(42011, Buyer::Company, 100, true), (42012, Buyer::Person, 100, false), (42013, Buyer::Person, 200, true)]
    {
        world.rule(buyer, rules(buyer, "now")).await;
        world.sandbox.control.order(large(id, buyer, quantity)).await;
        if !is_too_much {
            world.desk.wait_for(id, "issued").await;
            continue;
        }
        let held = world.desk.wait_for(id, "held").await;
        assert_eq!(held["failure"]["kind"], "cash_limit", "{held}");
        assert_eq!(world.count(id, buyer).await, 0);
        let edits = json!([{ "field": "payment.kind", "value": "bank_transfer" }]);
        let save = json!({ "documentId": held["id"], "edits": edits, "revision": 0, "reason": "prin bancă" });
        world.desk.call("drafts.save", save).await;
        world.desk.call("documents.retry", json!({ "ids": [held["id"]] })).await;
        world.desk.wait_for(id, "issued").await;
        assert_eq!(
            world.receipts(id, buyer).await[0]["type"],
            if buyer == Buyer::Company { "Ordin de plata" } else { "Ordin plata" }
        );
    }
}

#[tokio::test]
async fn a_person_records_cash_in_the_flows_series_of_receipts_and_without_one_not_at_all() {
    let world = World::new().await;
    for (id, buyer) in (42021..).zip(BOTH) {
        let never = |receipts: &str| json!({ "collect": [{ "method": "stripe", "when": "never", "as": "other" }], "receiptSeries": receipts });
        world.rule(buyer, never("")).await;
        world.sandbox.control.order(order(id, buyer)).await;
        let issued = world.desk.wait_for(id, "issued").await;
        let day = world.sandbox.control.documents_of(buyer.provider(), id).await[0]["issue_date"].clone();
        let payment = json!({ "kind": "cash", "value": "121.00", "date": day, "documentNumber": "1" });
        let ask =
            json!({ "id": issued["id"], "kind": "record_payment", "reason": "", "payment": payment, "email": null });
        let wrong = world.desk.try_call("documents.operate", ask.clone()).await.unwrap_err();
        assert_eq!((&wrong["field"], &wrong["detail"]), (&json!("payment.kind"), &json!("receipt_series")));
        world.rule(buyer, never(receipts_of(buyer))).await;
        world.desk.call("documents.operate", ask).await;
        until("the receipt", Duration::from_secs(40), async || {
            let receipts = world.receipts(id, buyer).await;
            if receipts.len() == 1 && receipts[0]["type"] == "Chitanta" { Ok(()) } else { Err(receipts) }
        })
        .await;
    }
}
