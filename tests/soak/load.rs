//! A day's work, spread evenly: orders of three shops, their webhooks, refunds, and now and then a provider that fails.

use punte_tests::{Buyer, Desk, SandboxProgram, order};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const SECRET: &str = "whsec_c2VjcmV0LW9mLWFuLWFwcGxpY2F0aW9uLTEyMzQ=";
const FIRST: u64 = 60_001;
/// Between two orders of the WooCommerce shop.
const ORDER_EVERY: Duration = Duration::from_millis(800);
/// Between two orders of each other shop.
const OTHERS_EVERY: Duration = Duration::from_secs(5);
/// One of so many orders is refunded, this long after it came.
const REFUND_ONE_OF: u64 = 12;
const REFUND_AFTER: u64 = 40;
/// A provider fails for a while, so often.
const OUTAGE_EVERY: Duration = Duration::from_secs(150);
const OUTAGE: Duration = Duration::from_secs(12);

/// What has been ordered so far.
#[derive(Default)]
pub struct Load {
    ordered: AtomicU64,
    others: AtomicU64,
    refunded: AtomicU64,
    outages: AtomicU64,
}

fn buyer_of(id: u64) -> Buyer {
    if id.is_multiple_of(3) { Buyer::Company } else { Buyer::Person }
}

/// One mug or two, so that not all are the same to look at.
fn order_of(id: u64) -> Value {
    let mut order = order(id, buyer_of(id));
    order["billing"]["address_1"] = format!("Str. Morii {}", id % 500).into();
    order["billing"]["email"] = format!("client{id}@example.com").into();
    order
}

impl Load {
    /// Connects what is not yet: another shop and an application, webhooks of all of them; refunds are taken back by themselves.
    pub async fn begin(desk: &Desk, sandbox: &SandboxProgram) -> Load {
        desk.call("listener.set", json!({ "enabled": true, "port": 0, "publicAddress": "" })).await;
        let listed = desk.call("connections.list", json!({})).await;
        for flow in listed["flows"].as_array().unwrap() {
            let mut input = flow.clone();
            (input["fullRefund"], input["partialRefund"]) = ("automatic".into(), "propose".into());
            desk.call("flows.save", input).await;
        }
        let own = listed["shops"][0]["id"].as_str().unwrap().to_owned();
        hook(desk, sandbox, "woocommerce", &own).await;
        let place = &sandbox.ports["shopify"];
        let of = |field: &str| place[field].as_str().unwrap().to_owned();
        for (kind, address, account, secret) in [
            ("shopify", of("url"), of("domain"), of("token")),
            ("webhook", "https://app.example.ro".to_owned(), "app".to_owned(), String::new()),
        ] {
            let shop = connect(desk, kind, &address, &account, &secret).await;
            hook(desk, sandbox, kind, &shop).await;
        }
        Load::default()
    }

    pub fn ordered(&self) -> u64 {
        self.ordered.load(Ordering::Relaxed) + 2 * self.others.load(Ordering::Relaxed)
    }

    pub fn refunded(&self) -> u64 {
        self.refunded.load(Ordering::Relaxed)
    }

    /// Brings the world to where it should be by now.
    pub async fn step(&self, at: Duration, sandbox: &SandboxProgram) {
        while self.ordered.load(Ordering::Relaxed) < due(at, ORDER_EVERY) {
            let n = self.ordered.fetch_add(1, Ordering::Relaxed);
            sandbox.control.order(order_of(FIRST + n)).await;
            if let Some(earlier) = n.checked_sub(REFUND_AFTER).filter(|n| n.is_multiple_of(REFUND_ONE_OF)) {
                let id = FIRST + earlier;
                let mut refunded = order_of(id);
                refunded["status"] = "refunded".into();
                refunded["refunds"] = json!([{ "id": 900_000 + id, "reason": "retur", "total": "-121.00" }]);
                sandbox.control.order(refunded).await;
                self.refunded.fetch_add(1, Ordering::Relaxed);
            }
        }
        while self.others.load(Ordering::Relaxed) < due(at, OTHERS_EVERY) {
            self.others.fetch_add(1, Ordering::Relaxed);
            sandbox.control.random_orders_at("shopify", 1).await;
            sandbox.control.random_orders_at("webhook", 1).await;
        }
        let (past, into) = (at.as_secs() / OUTAGE_EVERY.as_secs(), at.as_secs() % OUTAGE_EVERY.as_secs());
        let begun = self.outages.load(Ordering::Relaxed);
        if past > begun / 2 && begun.is_multiple_of(2) {
            self.outages.fetch_add(1, Ordering::Relaxed);
            let provider = if past.is_multiple_of(2) { "oblio" } else { "smartbill" };
            let kind = if past.is_multiple_of(3) { "reset" } else { "status_503" };
            sandbox.control.fault(json!({ "provider": provider, "operation": "any", "kind": kind })).await;
        } else if into >= OUTAGE.as_secs() && !begun.is_multiple_of(2) {
            self.outages.fetch_add(1, Ordering::Relaxed);
            sandbox.control.clear_faults().await;
        }
    }
}

fn due(at: Duration, every: Duration) -> u64 {
    (at.as_millis() / every.as_millis()) as u64
}

/// Connects a shop whose orders go to Oblio; answers its id.
async fn connect(desk: &Desk, kind: &str, address: &str, account: &str, secret: &str) -> String {
    let input = json!({ "id": null, "kind": kind, "name": kind, "address": address, "account": account, "secret": secret,
        "company": null, "series": null });
    let shop = desk.call("connections.save", input).await["id"].as_str().unwrap().to_owned();
    let preset = if kind == "webhook" { "generic" } else { kind };
    let mapping = json!({ "name": kind, "preset": preset, "copyOf": null, "document": null });
    let mapping = desk.call("mappings.create", mapping).await;
    let listed = desk.call("connections.list", json!({})).await;
    let billing = listed["billing"].as_array().unwrap().iter().find(|one| one["kind"] == "oblio").unwrap();
    let flow = json!({ "id": null, "name": format!("{kind} to oblio"), "shopId": shop, "billingId": billing["id"],
        "company": billing["company"], "series": billing["series"], "condition": "", "mappingId": mapping["id"],
        "seriesIsOurs": true, "enabled": true });
    desk.call("flows.save", flow).await;
    shop
}

async fn hook(desk: &Desk, sandbox: &SandboxProgram, kind: &str, shop: &str) {
    desk.call("connections.set_hook_secret", json!({ "id": shop, "secret": SECRET })).await;
    let hook = desk.call("connections.hook", json!({ "id": shop })).await;
    sandbox.control.hook(kind, hook["url"].as_str().unwrap(), SECRET).await;
}
