//! Documents of an order of eleven minutes ago, and a shop that says how the order stands now.

use super::*;
use crate::connect::secret_name;
use crate::intake::tests::{Desk, NOW_MS, connection, desk};
use crate::reads::tests::{flow, ready};
use async_trait::async_trait;
use bytes::Bytes;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_domain::{DocumentState, OrderStatus};
use punte_store::ledger::IncomingOrder;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

const MINUTE_MS: i64 = 60 * 1000;

/// The shop: what it answers, and how often it was asked.
#[derive(Default)]
struct Asked(Mutex<(Option<(u16, Value)>, u32)>);

impl Asked {
    fn says(&self, status: u16, body: Value) {
        lock(&self.0).0 = Some((status, body));
    }

    fn is_silent(&self) {
        lock(&self.0).0 = None;
    }

    fn times(&self) -> u32 {
        lock(&self.0).1
    }
}

#[async_trait]
impl Transport for Asked {
    async fn send(&self, request: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        assert!(request.url.starts_with("https://cana.ro/wp-json/wc/v3/orders/7?"), "{}", request.url);
        let mut held = lock(&self.0);
        held.1 += 1;
        let (status, body) = held.0.clone().ok_or_else(|| TransportError::Unreachable("down".into()))?;
        Ok(HttpAnswer { status, headers: Default::default(), body: Bytes::from(body.to_string()) })
    }
}

fn order(status: &str) -> Value {
    json!({
        "id": 7, "status": status, "currency": "RON", "total": "59.00", "date_created_gmt": "2026-11-20T08:00:00",
        "line_items": [{ "name": "Ceai", "quantity": 1, "total": "53.15", "total_tax": "5.85" }]
    })
}

struct World {
    desk: Desk,
    shop: Arc<Asked>,
    document: Document,
}

async fn world() -> World {
    let shop = Arc::new(Asked::default());
    let desk = desk(shop.clone());
    let workspace = &desk.workspace;
    let woocommerce = Connection { address: "https://cana.ro".into(), ..connection("con_shop", "woocommerce") };
    workspace.ledger.save_connection(woocommerce.clone()).await.unwrap();
    workspace.ledger.save_connection(connection("con_bill", "oblio")).await.unwrap();
    workspace.ledger.save_mapping("map_1", "preset", "{}".into(), "ana", NOW_MS).await.unwrap();
    workspace.ledger.save_flow(flow()).await.unwrap();
    workspace.deps.vault.set(&secret_name(&workspace.ledger.info().id, "con_shop"), "cs_1".into()).await.unwrap();
    let document = ready(workspace, 7).await;
    let known = shops::read_order(ShopKind::WooCommerce, &order("completed")).unwrap();
    let known: IncomingOrder = workspace.incoming(&woocommerce, "cana.ro".into(), known).unwrap();
    // what the shop had when the document was planned
    let mut newer = known;
    newer.head.modified_ms = NOW_MS;
    workspace.ledger.take_in(vec![newer], None, NOW_MS).await.unwrap();
    World { desk, shop, document }
}

impl World {
    async fn stands(&self) -> bool {
        self.desk.workspace.still_stands(&self.document).await.unwrap()
    }

    fn wait(&self, minutes: i64) {
        self.sleep(minutes);
        self.desk.clock.passed_ms.fetch_add((minutes * MINUTE_MS) as u64, Ordering::Relaxed);
    }

    /// Only the wall clock goes on.
    fn sleep(&self, minutes: i64) {
        self.desk.clock.now_ms.fetch_add(minutes * MINUTE_MS, Ordering::Relaxed);
    }

    /// The shop is asked every five minutes, and each time the document waits.
    async fn ask_in_vain(&self, minutes: i64) {
        for _ in 0..minutes / 5 {
            self.wait(5);
            assert!(!self.stands().await, "{:?}", self.order().await);
        }
    }

    async fn order(&self) -> OrderRow {
        self.desk.workspace.ledger.get_order_by_row(self.document.order_row).await.unwrap()
    }

    async fn document(&self) -> Document {
        self.desk.workspace.ledger.get_document_by_row(self.document.row).await.unwrap()
    }
}

#[tokio::test]
async fn only_what_was_taken_in_a_while_ago_is_asked_for_again_and_once() {
    let world = world().await;
    world.shop.says(200, order("completed"));
    assert!(world.stands().await);
    assert_eq!(world.shop.times(), 0, "sent at once, it costs no request");
    world.wait(11);
    assert!(world.stands().await && world.stands().await);
    assert_eq!(world.shop.times(), 1, "a second try soon after asks nobody");
    world.wait(11);
    assert!(world.stands().await);
    assert_eq!(world.shop.times(), 2);
}

#[tokio::test]
async fn an_order_in_the_trash_or_gone_is_cancelled_here_before_anything_is_sent_of_it() {
    let gone = json!({ "code": "woocommerce_rest_shop_order_invalid_id", "message": "ID invalid." });
    for (status, body) in [(200, order("trash")), (404, gone)] {
        let world = world().await;
        world.wait(11);
        world.shop.says(status, body);
        assert!(!world.stands().await, "{status}");
        let order = world.order().await;
        assert_eq!((order.head.status, order.version), (OrderStatus::Cancelled, 3), "{status}");
        assert!(order.wanted > 0, "it is decided anew, which pulls the document back");
        assert!(world.document().await.due_ms > Some(NOW_MS + 11 * MINUTE_MS), "and not sent before");
    }
}

#[tokio::test]
async fn a_route_that_is_not_there_proves_nothing_of_an_order() {
    let world = world().await;
    world.wait(11);
    world.shop.says(404, json!({ "code": "rest_no_route", "message": "No route." }));
    assert!(!world.stands().await);
    assert_eq!(world.order().await.head.status, OrderStatus::Completed);
    let held = world.document().await;
    assert_eq!(
        (held.state, held.failure.map(|one| one.kind)),
        (DocumentState::Held, Some(FailureKind::DocumentNotFound))
    );
}

#[tokio::test]
async fn a_silent_shop_makes_a_document_wait_for_hours_and_not_for_ever() {
    let world = world().await;
    world.desk.workspace.ledger.record_contact("con_shop", false, NOW_MS).await.unwrap();
    world.shop.is_silent();
    world.wait(11);
    assert!(!world.stands().await);
    world.ask_in_vain(345).await;
    assert_eq!(world.document().await.state, DocumentState::Ready, "it goes on by itself");
    world.wait(5);
    assert!(world.stands().await, "after six hours it is sent as it is known");
    let events = world.desk.workspace.ledger.list_events(world.document.order_row).await.unwrap();
    assert!(events.iter().any(|event| event.what == "shop_not_asked"), "and its record says so");
    // a computer that was off for a week is no silent shop
    let world = self::world().await;
    world.wait(7 * 24 * 60);
    assert!(!world.stands().await);
}

#[tokio::test]
async fn a_computer_that_slept_makes_no_shop_silent() {
    let world = world().await;
    let workspace = &world.desk.workspace;
    workspace.ledger.record_contact("con_shop", false, NOW_MS).await.unwrap();
    world.shop.is_silent();
    world.wait(11);
    assert!(!world.stands().await);
    workspace.note_resume();
    world.sleep(8 * 60);
    assert!(!world.stands().await, "the clock that counts did not go on");
    world.ask_in_vain(50).await;
    world.sleep(60);
    workspace.note_resume();
    world.wait(5);
    assert!(!world.stands().await);
    world.ask_in_vain(55).await;
    world.wait(5);
    assert!(world.stands().await, "an hour after it woke");
    // where that clock goes on, too
    let world = self::world().await;
    world.shop.is_silent();
    world.wait(11);
    assert!(!world.stands().await);
    world.wait(8 * 60);
    assert!(!world.stands().await, "two questions are no hour of them");
}

#[tokio::test]
async fn whatever_a_shop_answers_ends_its_silence() {
    let world = world().await;
    let workspace = &world.desk.workspace;
    world.shop.is_silent();
    world.wait(11);
    assert!(!world.stands().await);
    let is_silent = || lock(&workspace.asked).silent.contains_key("con_shop");
    assert!(is_silent());
    workspace.ledger.release_connection("con_shop").await.unwrap();
    world.shop.says(404, json!({ "code": "rest_no_route", "message": "No route." }));
    assert!(!world.stands().await);
    assert!(!is_silent(), "what is wrong is the record's");
    world.shop.is_silent();
    world.wait(1);
    assert!(!world.stands().await && is_silent());
    workspace.ledger.release_connection("con_shop").await.unwrap();
    world.shop.says(404, json!({ "code": "woocommerce_rest_shop_order_invalid_id", "message": "ID invalid." }));
    assert!(!world.stands().await);
    assert!(!is_silent(), "an order that is gone is an answer");
}
