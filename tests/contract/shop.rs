//! What must hold for a shop.

use crate::World;
use punte_connectors::HttpTransport;
use punte_connectors::shops::{OrderQuery, Shop, ShopConfig, connect_woocommerce};
use punte_domain::{FailureKind, OrderStatus};
use punte_sandbox::{FaultKind, Provider};
use secrecy::SecretString;
use std::collections::BTreeSet;
use std::sync::Arc;

fn shop_of(world: &World, secret: Option<&str>) -> Arc<dyn Shop> {
    let end = &world.running.endpoints().woocommerce;
    let config = ShopConfig {
        base_url: end.url.clone(),
        key: end.key.clone(),
        secret: SecretString::from(secret.unwrap_or(&end.secret).to_owned()),
    };
    connect_woocommerce(config, Arc::new(HttpTransport::new(Default::default())))
}

async fn whole_listing(shop: &dyn Shop, query: OrderQuery) -> Vec<punte_connectors::shops::ShopOrder> {
    let mut orders = Vec::new();
    for page in 1.. {
        let listed = shop.list_orders(query, page).await.unwrap();
        assert_eq!(listed.rejected, []);
        orders.extend(listed.orders);
        if page >= listed.pages {
            assert_eq!(orders.len() as u64, listed.total);
            break;
        }
    }
    orders
}

#[tokio::test]
async fn every_order_is_listed_once_over_all_pages() {
    let world = World::new().await;
    world.sandbox.add_random_orders(250).unwrap();
    let shop = shop_of(&world, None);
    let orders = whole_listing(shop.as_ref(), OrderQuery::CreatedSince(0)).await;
    let ids: BTreeSet<_> = orders.iter().map(|order| order.head.order_id.clone()).collect();
    assert_eq!((orders.len(), ids.len()), (290, 290));
    assert!(orders.iter().any(|order| order.head.status == OrderStatus::Refunded));
    assert!(orders.iter().any(|order| order.head.invoiced_elsewhere.is_some()), "another tool's result is seen");
}

#[tokio::test]
async fn what_changed_since_is_listed_and_one_order_can_be_read_again() {
    let world = World::new().await;
    let shop = shop_of(&world, None);
    let all = whole_listing(shop.as_ref(), OrderQuery::CreatedSince(0)).await;
    let newest = all.iter().map(|order| order.head.modified_ms).max().unwrap();
    world.sandbox.add_random_orders(1).unwrap();
    let changed = whole_listing(shop.as_ref(), OrderQuery::ModifiedSince(newest + 1000)).await;
    assert!(changed.len() == 1, "{} orders", changed.len());
    let again = shop.get_order(&changed[0].head.order_id).await.unwrap();
    assert_eq!(again.head, changed[0].head);
}

#[tokio::test]
async fn a_wrong_key_a_web_page_and_an_absent_order_are_told_apart() {
    let world = World::new().await;
    let wrong = shop_of(&world, Some("cs_wrong")).list_orders(OrderQuery::CreatedSince(0), 1).await.unwrap_err();
    assert_eq!(wrong.kind, FailureKind::CredentialRefused);
    let shop = shop_of(&world, None);
    world.fault(Provider::WooCommerce, "list", FaultKind::Html);
    let page = shop.list_orders(OrderQuery::CreatedSince(0), 1).await.unwrap_err();
    assert_eq!(page.kind, FailureKind::UnreadableAnswer);
    let absent = shop.get_order("99999999").await.unwrap_err();
    assert_eq!(absent.kind, FailureKind::DocumentNotFound, "{absent:?}");
}
