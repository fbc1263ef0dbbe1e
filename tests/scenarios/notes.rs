//! Writing back to the shop: once, and read before anything is sent.

use crate::World;
use punte_tests::{Buyer, order, until};
use serde_json::{Value, json};
use std::time::Duration;

impl World {
    /// Both flows write back from now on.
    async fn write_back(&self) {
        for flow in self.desk.call("connections.list", json!({})).await["flows"].as_array().unwrap() {
            let mut input = flow.clone();
            input["writeBack"] = true.into();
            self.desk.call("flows.save", input).await;
        }
    }

    /// Our notes on an order, as the shop holds them.
    async fn notes(&self, id: u64) -> Vec<(String, String)> {
        let shop = &self.sandbox.ports["woocommerce"];
        let url = format!("{}/wp-json/wc/v3/orders/{id}", shop["url"].as_str().unwrap());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http
            .get(url)
            .basic_auth(shop["key"].as_str().unwrap(), shop["secret"].as_str())
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let order: Value = serde_json::from_str(&answer).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let meta = order["meta_data"].as_array().cloned().unwrap_or_default();
        let notes = meta.iter().map(|one| (text(&one["key"]), text(&one["value"])));
        notes.filter(|(key, _)| key.starts_with("punte_")).collect()
    }
}

#[tokio::test]
async fn series_number_link_and_reference_stand_on_the_order_once_and_make_no_new_version() {
    let world = World::new().await;
    world.write_back().await;
    world.sandbox.control.order(order(24001, Buyer::Company)).await;
    let issued = world.desk.wait_for(24001, "issued").await;
    let notes = until("the notes", Duration::from_secs(20), async || {
        let notes = world.notes(24001).await;
        if notes.is_empty() { Err(notes) } else { Ok(notes) }
    })
    .await;
    let of = |key: &str| {
        let found: Vec<&str> = notes.iter().filter(|(name, _)| name == key).map(|(_, value)| value.as_str()).collect();
        assert_eq!(found.len(), 1, "{key}: {notes:?}");
        found[0].to_owned()
    };
    assert_eq!(of("punte_invoice_number"), issued["number"].as_str().unwrap());
    assert_eq!(of("punte_invoice_series"), issued["series"].as_str().unwrap());
    assert_eq!(of("punte_reference"), issued["reference"].as_str().unwrap());
    assert!(of("punte_invoice_link").starts_with("http"));
    // cancelled at the provider, the order says so, and still only once
    let cancel = json!({ "id": issued["id"], "kind": "cancel", "reason": "retur", "payment": null, "email": null });
    world.desk.call("documents.operate", cancel).await;
    until("the note follows", Duration::from_secs(20), async || {
        let notes = world.notes(24001).await;
        let state = notes.iter().filter(|(key, _)| key == "punte_invoice_state").map(|(_, value)| value.clone());
        let states: Vec<String> = state.collect();
        if states == ["cancelled"] { Ok(()) } else { Err(states) }
    })
    .await;
    assert_eq!(world.record(&issued).await["versions"][0]["version"], 1, "our own notes are no news from the shop");
}

#[tokio::test]
async fn an_order_that_bears_the_note_of_an_invoice_unknown_here_is_held() {
    let world = World::new().await;
    world.write_back().await;
    let mut noted = order(24011, Buyer::Person);
    let meta = noted["meta_data"].as_array_mut().unwrap();
    meta.push(json!({ "key": "punte_invoice_series", "value": "ATC" }));
    meta.push(json!({ "key": "punte_invoice_number", "value": "0042" }));
    meta.push(json!({ "key": "punte_invoice_state", "value": "issued" }));
    world.sandbox.control.order(noted).await;
    let held = world.desk.wait_for(24011, "held").await;
    assert_eq!(held["failure"]["kind"], "invoiced_elsewhere", "{held}");
    assert!(held["failure"]["detail"].as_str().unwrap().contains("ATC 0042"));
    assert_eq!(world.count(24011, Buyer::Person).await, 0);
}
