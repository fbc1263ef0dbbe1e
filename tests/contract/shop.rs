//! What must hold for a shop.

use crate::World;
use punte_connectors::HttpTransport;
use punte_connectors::shops::{self, OrderQuery, Shop, ShopConfig, ShopKind};
use punte_domain::{FailureKind, OrderStatus};
use punte_sandbox::{FaultKind, Provider};
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn shop_of(world: &World, secret: Option<&str>) -> Arc<dyn Shop> {
    let end = &world.running.endpoints().woocommerce;
    let config = ShopConfig {
        base_url: end.url.clone(),
        key: end.key.clone(),
        secret: SecretString::from(secret.unwrap_or(&end.secret).to_owned()),
    };
    shops::connect(ShopKind::WooCommerce, config, Arc::new(HttpTransport::new(Default::default()))).unwrap()
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
    assert_eq!(absent.kind, FailureKind::OrderGone, "{absent:?}");
}

#[tokio::test]
async fn notes_are_written_once_and_leave_everything_else_alone() {
    let world = World::new().await;
    let shop = shop_of(&world, None);
    let orders = shop.list_orders(OrderQuery::CreatedSince(0), 1).await.unwrap().orders;
    let meta = |order: &punte_connectors::shops::ShopOrder| order.raw["meta_data"].as_array().unwrap().clone();
    let order = orders.iter().find(|order| !meta(order).is_empty()).unwrap();
    let id = order.head.order_id.as_str();
    let mut notes: BTreeMap<String, String> =
        [("punte_invoice", "ACO 0001"), ("punte_reference", "PNT-ȘȚ 🙂")].map(|(k, v)| (k.into(), v.into())).into();
    assert_eq!(shop.read_notes(id).await.unwrap(), BTreeMap::new());
    assert!(shop.write_notes(id, &notes).await.unwrap());
    assert_eq!(shop.read_notes(id).await.unwrap(), notes);
    let before = world.requests();
    assert!(!shop.write_notes(id, &notes).await.unwrap(), "the same again");
    assert_eq!(world.requests() - before, 1, "is one read and no write");
    notes.insert("punte_invoice".into(), "ACO 0002".into());
    assert!(shop.write_notes(id, &notes).await.unwrap());
    let after = shop.get_order(id).await.unwrap();
    let theirs = |order| meta(order).into_iter().filter(|row| !row["key"].as_str().unwrap().starts_with("punte_"));
    assert!(theirs(&after).eq(theirs(order)), "nobody else's row was touched");
    assert_eq!(meta(&after).len(), meta(order).len() + 2, "no key stands there twice");
}

#[tokio::test]
async fn a_note_that_was_cut_off_is_put_right_by_writing_it_again() {
    for (kind, acted) in [(FaultKind::Reset, true), (FaultKind::Status502, false)] {
        let world = World::new().await;
        let shop = shop_of(&world, None);
        let id = shop.list_orders(OrderQuery::CreatedSince(0), 1).await.unwrap().orders[0].head.order_id.clone();
        let notes = BTreeMap::from([("punte_invoice".to_owned(), "ACO 0001".to_owned())]);
        world.fault(Provider::WooCommerce, "update", kind);
        assert!(shop.write_notes(&id, &notes).await.is_err());
        assert_eq!(shop.write_notes(&id, &notes).await.unwrap(), !acted, "{kind:?}");
        assert_eq!(shop.read_notes(&id).await.unwrap(), notes);
    }
}
