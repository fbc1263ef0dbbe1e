//! Every shop that can be asked, and every one that signs: the simulators' own signatures, over real HTTP, to one document each.

use crate::World;
use punte_tests::{Desk, SandboxProgram, create_workspace, until};
use serde_json::{Value, json};
use std::time::Duration;

const SECRET: &str = "whsec_c2lnbmVkLWJ5LXRoZS1zaW11bGF0b3ItMTIzNDU2Nzg=";

/// Connects a shop of a kind, with a flow to Oblio for which no mapping is named. Answers the connection's id.
async fn connect(desk: &Desk, kind: &str, address: &str, account: &str, secret: &str) -> String {
    let input = json!({ "id": null, "kind": kind, "name": kind, "address": address, "account": account, "secret": secret,
        "company": null, "series": null });
    let tested = desk.call("connections.test", input.clone()).await;
    assert_eq!(tested["ok"], true, "{kind}: {tested}");
    let shop = desk.call("connections.save", input).await["id"].as_str().unwrap().to_owned();
    let listed = desk.call("connections.list", json!({})).await;
    let billing = listed["billing"].as_array().unwrap().iter().find(|one| one["kind"] == "oblio").unwrap();
    let flow = json!({ "id": null, "name": format!("{kind} to oblio"), "shopId": shop, "billingId": billing["id"],
        "company": billing["company"], "series": billing["series"], "condition": "",
        "seriesIsOurs": true, "enabled": true });
    desk.call("flows.save", flow).await;
    shop
}

/// All documents, once there are so many and each is issued or held.
async fn documents(desk: &Desk, count: usize) -> Vec<Value> {
    until(&format!("{count} documents"), Duration::from_secs(60), async || {
        let page = json!({ "search": "", "filter": "", "after": null, "limit": 200 });
        let page = desk.call("documents.list", page).await;
        let rows = page["rows"].as_array().unwrap();
        let is_over = |row: &Value| row["state"] == "issued" || row["state"] == "held";
        if rows.len() == count && rows.iter().all(is_over) {
            return Ok(rows.clone());
        }
        let orders = json!({ "search": "", "filter": "", "after": null, "limit": 12 });
        Err((page, desk.call("connections.list", json!({})).await["shops"].clone(), orders))
    })
    .await
}

async fn polled(kind: &str, account: &str, secret: &str) {
    let world = World::new().await;
    let place = world.sandbox.ports[kind].clone();
    let of = |field: &str| place[field].as_str().unwrap().to_owned();
    let shop = connect(&world.desk, kind, &of("url"), &of(account), &of(secret)).await;
    world.sandbox.control.random_orders_at(kind, 6).await;
    let made = documents(&world.desk, 6).await;
    let issued: Vec<&Value> = made.iter().filter(|row| row["state"] == "issued").collect();
    assert!(issued.len() >= 4, "{made:#?}");
    let state = world.sandbox.control.state().await;
    assert_eq!(state["oblio"]["documents"].as_array().unwrap().len(), issued.len(), "one each");

    // signed by the simulator: accepted, and the order is read again; spoilt in any way it is refused
    let listening = world.desk.call("listener.set", json!({ "enabled": true, "port": 0, "publicAddress": "" })).await;
    assert!(listening["error"].is_null(), "{listening}");
    world.desk.call("connections.set_hook_secret", json!({ "id": shop, "secret": SECRET })).await;
    let hook = world.desk.call("connections.hook", json!({ "id": shop })).await;
    world.sandbox.control.hook(kind, hook["url"].as_str().unwrap(), SECRET).await;
    let order = world.sandbox.control.random_orders_at(kind, 1).await.remove(0);
    documents(&world.desk, 7).await;
    let deliver = async |more: Value| {
        let mut what = json!({ "shop": kind, "order": order });
        what.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        world.sandbox.control.deliver(what).await
    };
    for sent in deliver(json!({ "times": 3 })).await {
        assert_eq!(sent["status"], 200, "{sent}");
    }
    for spoilt in ["body", "signature"] {
        assert_eq!(deliver(json!({ "tamper": spoilt })).await[0]["status"], 401, "{spoilt}");
    }
    if kind == "stripe" {
        assert_eq!(deliver(json!({ "tamper": "stale" })).await[0]["status"], 400);
    }
    until("nothing waits in the inbox", Duration::from_secs(30), async || {
        let page = world.desk.call("inbox.list", json!({})).await;
        let rows = page["rows"].as_array().unwrap();
        let is_linked = |row: &Value| row["state"] == "done" && row["orderNumber"].is_string();
        let waits = page["counts"]["waiting"] != 0 || page["counts"]["failed"] != 0;
        if waits || !rows.iter().any(is_linked) { Err(page) } else { Ok(()) }
    })
    .await;
    assert_eq!(documents(&world.desk, 7).await.len(), 7, "no delivery makes a second document");
}

#[tokio::test]
async fn shopifys_orders_are_polled_and_its_webhooks_believed() {
    polled("shopify", "domain", "token").await;
}

#[tokio::test]
async fn stripes_sessions_are_polled_and_its_webhooks_believed() {
    polled("stripe", "account", "key").await;
}

/// As the pages tell it, and nothing more: a shop, billing, and a flow between them.
#[tokio::test]
async fn in_a_new_workspace_stripes_orders_become_invoices_without_a_word_about_mappings() {
    let home = tempfile::tempdir().unwrap();
    let sandbox = SandboxProgram::start(home.path()).await;
    let folder = create_workspace(home.path()).await;
    let desk = Desk::start(home.path(), &folder).await;
    desk.save_connection(&sandbox, "oblio").await;
    let of = |field: &str| sandbox.ports["stripe"][field].as_str().unwrap().to_owned();
    connect(&desk, "stripe", &of("url"), &of("account"), &of("key")).await;
    let listed = desk.call("mappings.list", json!({})).await;
    let mappings = listed["mappings"].as_array().unwrap();
    let by_orders = |orders: &str| mappings.iter().filter(|one| one["orders"] == orders).collect::<Vec<_>>();
    let (own, others) = (by_orders("stripe"), by_orders("woocommerce"));
    assert_eq!((mappings.len(), own.len(), others.len()), (2, 1, 1), "{listed}");
    assert_eq!((&own[0]["flows"], &own[0]["version"]), (&json!(["stripe to oblio"]), &json!(1)), "{listed}");
    assert_eq!(others[0]["flows"], json!([]), "{listed}");
    sandbox.control.random_orders_at("stripe", 5).await;
    let made = documents(&desk, 5).await;
    assert!(made.iter().filter(|row| row["state"] == "issued").count() >= 3, "{made:#?}");
    assert!(!json!(made).to_string().contains("mapping_error"), "{made:#?}");
}

#[tokio::test]
async fn an_applications_signed_orders_are_invoiced() {
    let world = World::new().await;
    let shop = connect(&world.desk, "webhook", "https://app.example.ro", "app", "").await;
    world.desk.call("listener.set", json!({ "enabled": true, "port": 0, "publicAddress": "" })).await;
    world.desk.call("connections.set_hook_secret", json!({ "id": shop, "secret": SECRET })).await;
    let hook = world.desk.call("connections.hook", json!({ "id": shop })).await;
    world.sandbox.control.hook("webhook", hook["url"].as_str().unwrap(), SECRET).await;
    world.sandbox.control.random_orders_at("webhook", 4).await;
    let made = documents(&world.desk, 4).await;
    assert!(made.iter().filter(|row| row["state"] == "issued").count() >= 3, "{made:#?}");
}

#[tokio::test]
async fn a_webhook_that_the_shop_gave_up_is_seen_and_switched_on_again() {
    let world = World::new().await;
    let listed = world.desk.call("connections.list", json!({})).await;
    let shop = listed["shops"][0]["id"].as_str().unwrap().to_owned();
    world.desk.call("listener.set", json!({ "enabled": true, "port": 0, "publicAddress": "" })).await;
    world.desk.call("connections.set_hook_secret", json!({ "id": shop, "secret": "what Punte has" })).await;
    let hook = world.desk.call("connections.hook", json!({ "id": shop })).await;
    // signed with another secret: refused five times, and the shop gives up
    world.sandbox.control.hook("woocommerce", hook["url"].as_str().unwrap(), "what the shop has").await;
    let order = world.sandbox.control.random_orders(1).await[0];
    let what = json!({ "shop": "woocommerce", "order": order, "topic": "order.updated", "times": 5 });
    for sent in world.sandbox.control.deliver(what).await {
        assert_ne!(sent["status"], 200, "{sent}");
    }
    let disabled = until("the shop gave it up", Duration::from_secs(20), async || {
        let own = world.desk.call("connections.shop_hooks", json!({ "id": shop })).await;
        let found = own["hooks"].as_array().unwrap().iter().find(|one| one["status"] == "disabled").cloned();
        found.ok_or(own)
    })
    .await;
    assert_eq!(disabled["isOurs"], true);
    let again = json!({ "connection": shop, "hook": disabled["id"] });
    let own = world.desk.call("connections.enable_shop_hook", again).await;
    let now = own["hooks"].as_array().unwrap().iter().find(|one| one["id"] == disabled["id"]).unwrap();
    assert_eq!(now["status"], "active");
}
