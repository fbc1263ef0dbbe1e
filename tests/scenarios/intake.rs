//! Orders that a shop gives out and nobody can read: said on the shop's card until they can be.

use crate::World;
use punte_tests::{Buyer, order, until};
use serde_json::{Value, json};
use std::time::Duration;

impl World {
    /// Waits until what the shop's card says is as wanted.
    async fn shop_card(&self, wanted: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        until(wanted, Duration::from_secs(30), async || {
            let overview = self.desk.call("overview.get", json!({})).await;
            let shop = overview["connections"][0].clone();
            if is_so(&shop) { Ok(shop) } else { Err(shop) }
        })
        .await
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_read_is_on_the_shops_card_until_it_is_put_right() {
    let world = World::new().await;
    let mut broken = order(25001, Buyer::Person);
    broken["total"] = "N/A".into();
    world.sandbox.control.order(broken).await;
    let card = world.shop_card("the card tells", |shop| shop["failure"]["kind"] == "order_unreadable").await;
    assert_eq!(card["health"], "degraded");
    let detail = card["failure"]["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("25001") && detail.contains("total"), "{card}");
    // another order goes its way meanwhile, and takes nothing off the card
    world.sandbox.control.order(order(25002, Buyer::Company)).await;
    world.desk.wait_for(25002, "issued").await;
    world.shop_card("the card still tells", |shop| shop["failure"]["kind"] == "order_unreadable").await;
    world.sandbox.control.order(order(25001, Buyer::Person)).await;
    world.desk.wait_for(25001, "issued").await;
    world.shop_card("the card is clean", |shop| shop["health"] == "healthy" && shop["failure"].is_null()).await;
    assert_eq!(world.count(25001, Buyer::Person).await, 1);
}
