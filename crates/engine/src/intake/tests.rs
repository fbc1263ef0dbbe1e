//! A shop in memory, polled by a workspace whose clock stands where the test puts it.

use super::*;
use crate::clock::{Clock, SystemClock};
use crate::workspace::{Deps, Timing};
use async_trait::async_trait;
use punte_connectors::billing::CheckStep;
use punte_connectors::shops::OrderPage;
use punte_connectors::{Budgets, HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_domain::{Currency, OrderHead, OrderStatus};
use punte_vault::{MemoryVault, Vault};
use rust_decimal::dec;
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub(crate) const NOW_MS: i64 = 1_795_000_000_000;
const MINUTE_MS: i64 = 60 * 1000;

pub(crate) struct TestClock {
    pub now_ms: AtomicI64,
    /// What passed beside real time, in milliseconds.
    pub passed_ms: AtomicU64,
    rest: SystemClock,
}

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn monotonic(&self) -> Duration {
        self.rest.monotonic() + Duration::from_millis(self.passed_ms.load(Ordering::Relaxed))
    }

    fn new_id(&self, prefix: &str) -> String {
        self.rest.new_id(prefix)
    }

    fn random(&self) -> u64 {
        self.rest.random()
    }

    fn new_seed(&self) -> [u8; 32] {
        self.rest.new_seed()
    }
}

struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        Err(TransportError::Unreachable("a test has no network".into()))
    }
}

/// One order a page, by id. An order with a bad field is listed as rejected.
#[derive(Default)]
pub(crate) struct TestShop {
    orders: Mutex<BTreeMap<u64, TestOrder>>,
    /// Cancelled while this page is read.
    stop_at: Option<(u32, CancellationToken)>,
    /// What happens at the shop once a page was read: the page, and then an order as it is put.
    then: Mutex<Vec<(u32, u64, TestOrder)>>,
    /// What leaves its lists once a page was read: the page, and the order.
    pub leaving: Mutex<Vec<(u32, u64)>>,
    /// Its clock, where it tells it.
    told_ms: Mutex<Option<i64>>,
    /// It counts nothing, as Stripe does.
    is_uncounted: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct TestOrder {
    pub created_ms: i64,
    pub modified_ms: i64,
    pub bad: Option<&'static str>,
}

impl TestShop {
    pub fn put(&self, id: u64, created_ms: i64, modified_ms: i64, bad: Option<&'static str>) {
        self.orders.lock().unwrap().insert(id, TestOrder { created_ms, modified_ms, bad });
    }
}

#[async_trait]
impl Shop for TestShop {
    fn identity(&self) -> String {
        "cana.ro".into()
    }

    async fn check(&self) -> Vec<CheckStep> {
        Vec::new()
    }

    async fn list_orders(&self, query: OrderQuery, page: u32) -> std::result::Result<OrderPage, Failure> {
        let is_listed = |order: &TestOrder| match query {
            OrderQuery::ModifiedSince(at_ms) => order.modified_ms >= at_ms,
            OrderQuery::CreatedSince(at_ms) => order.created_ms >= at_ms,
            OrderQuery::CreatedWithin(from_ms, until_ms) => (from_ms..until_ms).contains(&order.created_ms),
        };
        let mut orders = self.orders.lock().unwrap();
        let listed: Vec<_> = orders.iter().filter(|(_, order)| is_listed(order)).collect();
        let answered_ms = *self.told_ms.lock().unwrap();
        let (total, pages) = (if self.is_uncounted { 0 } else { listed.len() as u64 }, listed.len() as u32);
        let mut answer = OrderPage { total, pages, answered_ms, ..OrderPage::default() };
        if let Some((id, order)) = listed.get(page as usize - 1) {
            match order.bad {
                None => answer.orders.push(shop_order(**id, order)),
                Some(field) => answer.rejected.push(RejectedOrder {
                    line: 1,
                    order: Some(id.to_string()),
                    field: field.into(),
                    reason: punte_connectors::shops::ReasonCode::Missing.into(),
                }),
            }
        }
        let due = self.then.lock().unwrap().extract_if(.., |(at, ..)| *at == page).collect::<Vec<_>>();
        orders.extend(due.into_iter().map(|(_, id, order)| (id, order)));
        for (_, id) in self.leaving.lock().unwrap().extract_if(.., |(at, _)| *at == page) {
            orders.remove(&id);
        }
        if let Some((_, stopping)) = self.stop_at.as_ref().filter(|(at, _)| *at == page) {
            stopping.cancel();
        }
        Ok(answer)
    }

    async fn get_order(&self, _: &str) -> std::result::Result<ShopOrder, Failure> {
        unreachable!("a poll reads lists")
    }

    async fn read_notes(&self, _: &str) -> std::result::Result<BTreeMap<String, String>, Failure> {
        unreachable!("a poll reads lists")
    }

    async fn write_notes(&self, _: &str, _: &BTreeMap<String, String>) -> std::result::Result<bool, Failure> {
        unreachable!("a poll writes nothing")
    }
}

pub(crate) fn shop_order(id: u64, order: &TestOrder) -> ShopOrder {
    let head = OrderHead {
        order_id: id.to_string(),
        number: id.to_string(),
        status: OrderStatus::Completed,
        status_text: "completed".into(),
        currency: Currency::RON,
        total: dec!(59),
        total_minor: 5900,
        refunded_minor: 0,
        refunds: Vec::new(),
        created_ms: order.created_ms,
        modified_ms: order.modified_ms,
        paid_ms: None,
        completed_ms: None,
        customer: "Ștefan Țîru".into(),
        email: "stefan@example.com".into(),
        tax_id: String::new(),
        invoiced_elsewhere: None,
        seen_as: Default::default(),
        place: Default::default(),
    };
    ShopOrder { head, raw: json!({ "id": id, "as_of": order.modified_ms }) }
}

/// A workspace in a folder that goes with it.
pub(crate) struct Desk {
    folder: PathBuf,
    pub clock: Arc<TestClock>,
    pub workspace: Arc<Workspace>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

struct World {
    desk: Desk,
    workspace: Arc<Workspace>,
    connection: Connection,
    shop: TestShop,
}

pub(crate) fn desk(transport: Arc<dyn Transport>) -> Desk {
    desk_in(transport, Arc::new(MemoryVault::default()))
}

pub(crate) fn desk_in(transport: Arc<dyn Transport>, vault: Arc<dyn Vault>) -> Desk {
    let now_ms = AtomicI64::new(NOW_MS);
    let clock = Arc::new(TestClock { now_ms, passed_ms: AtomicU64::default(), rest: SystemClock::default() });
    let folder = std::env::temp_dir().join(clock.new_id("punte-engine"));
    let deps = Deps {
        clock: clock.clone(),
        vault,
        transport,
        budgets: Arc::new(Budgets::new()),
        addresses: HashMap::new(),
        timing: Timing::default(),
        meters: Arc::default(),
        machine: "this one".into(),
        state: folder.join("state"),
    };
    let workspace = Workspace::create(&folder, "Atelier Cană", false, deps).unwrap();
    Desk { folder, clock, workspace }
}

pub(crate) fn connection(id: &str, kind: &str) -> Connection {
    Connection {
        id: id.into(),
        kind: kind.into(),
        name: id.into(),
        address: "http://127.0.0.1:9".into(),
        account: id.into(),
        company: None,
        series: None,
        is_sandbox: true,
        legacy_routes: false,
        reserve: 0,
        warehouse: String::new(),
        vat_names: BTreeMap::default(),
        stop: None,
        last_contact_ms: None,
        created_ms: NOW_MS,
    }
}

async fn world() -> World {
    let desk = desk(Arc::new(Nowhere));
    let workspace = desk.workspace.clone();
    let connection = connection("con_shop", "woocommerce");
    workspace.ledger.save_connection(connection.clone()).await.unwrap();
    World { desk, workspace, connection, shop: TestShop::default() }
}

impl World {
    async fn poll(&self) {
        self.workspace.poll_shop(&self.connection, &self.shop).await.unwrap();
    }

    fn pass_time(&self, by_ms: i64) -> i64 {
        self.desk.clock.now_ms.fetch_add(by_ms, Ordering::Relaxed) + by_ms
    }

    async fn cursor(&self) -> Option<(i64, i64)> {
        self.workspace.ledger.find_cursor("con_shop").await.unwrap()
    }

    /// Ids of the orders taken in, in the order they came.
    async fn taken(&self) -> Vec<String> {
        let orders = self.workspace.ledger.list_undecided(100).await.unwrap();
        orders.into_iter().map(|order| order.head.order_id).collect()
    }
}

#[test]
fn our_own_notes_make_no_new_version() {
    let before = json!({ "id": 1, "total": "59.00", "date_modified_gmt": "2026-11-23T10:00:00", "meta_data": [
        { "id": 7, "key": "av_facturare", "value": { "cui": "RO1" } }] });
    let mut after = before.clone();
    after["date_modified_gmt"] = "2026-11-23T10:05:00".into();
    let note = json!({ "id": 8, "key": "punte_invoice_number", "value": "0007" });
    after["meta_data"].as_array_mut().unwrap().push(note);
    assert_eq!(shops::content_of(&before), shops::content_of(&after));
    after["total"] = "60.00".into();
    assert_ne!(shops::content_of(&before), shops::content_of(&after));
}

#[tokio::test]
async fn an_old_order_completed_while_the_sweep_was_due_is_taken_in() {
    let world = world().await;
    world.shop.put(7, NOW_MS, NOW_MS, None);
    world.poll().await;
    assert_eq!(world.cursor().await, Some((NOW_MS, NOW_MS)), "the first sweep is the first poll");
    // a day off, in which an order of before the sweep's reach is completed and, an hour later, a new one comes
    let now_ms = world.pass_time(DAY_MS + 1);
    let completed_ms = now_ms - 60 * MINUTE_MS;
    world.shop.put(3, now_ms - 40 * DAY_MS, completed_ms, None);
    world.shop.put(8, now_ms, now_ms, None);
    world.poll().await;
    assert_eq!(world.taken().await, ["7", "3", "8"]);
    assert_eq!(world.cursor().await, Some((now_ms, now_ms)), "and the sweep was made");
}

#[tokio::test]
async fn a_sweep_takes_in_what_no_poll_shows_and_does_not_move_the_polls_cursor() {
    let world = world().await;
    world.shop.put(7, NOW_MS, NOW_MS, None);
    world.poll().await;
    let now_ms = world.pass_time(DAY_MS + 1);
    // a plugin wrote it with a modified date of long ago
    world.shop.put(8, now_ms - 2 * DAY_MS, NOW_MS - 2 * DAY_MS, None);
    world.poll().await;
    assert_eq!(world.taken().await, ["7", "8"]);
    assert_eq!(world.cursor().await, Some((NOW_MS, now_ms)));
    let later_ms = world.pass_time(MINUTE_MS);
    world.shop.put(9, later_ms - 2 * DAY_MS, NOW_MS - 2 * DAY_MS, None);
    world.poll().await;
    assert_eq!(world.taken().await, ["7", "8"], "no sweep is due within the day");
}

#[tokio::test]
async fn a_stop_amid_a_listing_leaves_the_cursor_where_it_was() {
    let mut world = world().await;
    world.shop.put(7, NOW_MS, NOW_MS, None);
    world.poll().await;
    let now_ms = world.pass_time(DAY_MS + 1);
    world.shop.put(8, now_ms, now_ms, None);
    world.shop.put(9, now_ms, now_ms - 30 * MINUTE_MS, None);
    world.shop.stop_at = Some((2, world.workspace.stopping.clone()));
    world.poll().await;
    assert_eq!(world.taken().await, ["7", "8"], "what was read is kept");
    assert_eq!(world.cursor().await, Some((NOW_MS, NOW_MS)), "the next start reads it all again");
}

#[tokio::test]
async fn a_change_during_a_long_pass_is_seen_by_the_next_poll() {
    for (clock, is_uncounted) in [(None, false), (None, true), (Some(3 * MINUTE_MS), false)] {
        let mut world = world().await;
        world.shop.is_uncounted = is_uncounted;
        let is_ahead_ms = clock.unwrap_or(0);
        world.shop.put(1, NOW_MS, NOW_MS, None);
        world.poll().await;
        let began_ms = world.pass_time(30 * MINUTE_MS);
        *world.shop.told_ms.lock().unwrap() = clock.map(|ahead_ms| began_ms + ahead_ms);
        world.shop.put(2, began_ms, began_ms - MINUTE_MS + is_ahead_ms, None);
        // the pass takes an hour: order 1 is changed after its page, and the last page's order is newer still
        let at = |minutes: i64| TestOrder {
            created_ms: NOW_MS,
            modified_ms: began_ms + minutes * MINUTE_MS + is_ahead_ms,
            bad: None,
        };
        world.shop.put(3, began_ms, began_ms + is_ahead_ms, None);
        world.shop.then.lock().unwrap().extend([(2, 2, at(20)), (2, 3, at(60))]);
        world.poll().await;
        assert_eq!(world.cursor().await.unwrap().0, began_ms + is_ahead_ms, "never beyond the beginning");
        world.pass_time(61 * MINUTE_MS);
        *world.shop.told_ms.lock().unwrap() = None;
        world.poll().await;
        let order =
            world.workspace.ledger.list_undecided(100).await.unwrap().into_iter().find(|one| one.head.order_id == "2");
        assert_eq!(order.unwrap().head.modified_ms, at(20).modified_ms, "told {clock:?}");
    }
}

#[tokio::test]
async fn an_order_dated_in_the_future_does_not_blind_polling() {
    let world = world().await;
    let far_ms = NOW_MS + 400 * DAY_MS;
    world.shop.put(1, NOW_MS, far_ms, None);
    world.poll().await;
    assert_eq!(world.cursor().await, Some((NOW_MS, NOW_MS)));
    let now_ms = world.pass_time(MINUTE_MS);
    world.shop.put(2, NOW_MS, now_ms, None);
    world.poll().await;
    assert_eq!(world.taken().await, ["1", "2"]);
    // a cursor that was carried off before is brought back
    let ledger = &world.workspace.ledger;
    ledger.take_in(Vec::new(), Some(("con_shop".into(), far_ms, NOW_MS)), now_ms).await.unwrap();
    assert_eq!(world.cursor().await.unwrap().0, far_ms);
    let now_ms = world.pass_time(MINUTE_MS);
    world.shop.put(3, NOW_MS - 50 * DAY_MS, now_ms, None);
    world.poll().await;
    assert_eq!(world.taken().await, ["1", "2", "3"]);
    assert_eq!(world.cursor().await.unwrap().0, now_ms);
}

#[tokio::test]
async fn an_unreadable_order_stays_in_sight_until_it_is_read_well() {
    let world = world().await;
    let told = || world.workspace.unreadable_orders(&world.connection).and_then(|failure| failure.detail);
    world.shop.put(7, NOW_MS, NOW_MS, Some("total"));
    world.shop.put(8, NOW_MS, NOW_MS, Some("currency"));
    world.poll().await;
    assert_eq!(told().as_deref(), Some("2 (8): currency — missing"));
    // an hour on, both have left the poll's overlap
    let now_ms = world.pass_time(60 * MINUTE_MS);
    world.shop.put(9, now_ms, now_ms, None);
    world.poll().await;
    world.poll().await;
    assert_eq!(told().as_deref(), Some("2 (8): currency — missing"), "neither has a decision yet");
    world.shop.put(7, NOW_MS, now_ms, Some("line_items"));
    world.poll().await;
    assert_eq!(told().as_deref(), Some("2 (7): line_items — missing"), "a newer problem replaces the older one");
    world.shop.put(7, NOW_MS, now_ms, None);
    world.poll().await;
    assert_eq!(told().as_deref(), Some("1 (8): currency — missing"));
    world.shop.put(8, NOW_MS, now_ms, None);
    world.poll().await;
    assert_eq!(told(), None);
}

#[test]
fn unreadable_orders_are_bounded_and_nameless_ones_last_until_a_sweep() {
    let bad = |order: Option<usize>| RejectedOrder {
        line: 1,
        order: order.map(|n| n.to_string()),
        field: "total".into(),
        reason: punte_connectors::shops::ReasonCode::Missing.into(),
    };
    let nameless = [bad(None)];
    let mut pass = Pass { is_whole: true, ..Pass::default() };
    assert_eq!(still_unreadable(&nameless, &pass, false), nameless);
    assert!(still_unreadable(&nameless, &pass, true).is_empty());
    pass.rejected = vec![bad(None)];
    assert_eq!(still_unreadable(&nameless, &pass, false), nameless, "told once");
    let earlier: Vec<RejectedOrder> = (0..MAX_UNREADABLE).map(|n| bad(Some(n))).collect();
    let all = still_unreadable(&earlier, &pass, false);
    assert_eq!((all.len(), all.last()), (MAX_UNREADABLE, nameless.last()), "the oldest goes first");
}
