//! What is refused before it is planned, what a plan foresees, and when more is released.

use super::*;
use crate::connect::secret_name;
use crate::intake::tests::{Desk, NOW_MS, TestOrder, TestShop, connection, desk, shop_order};
use crate::reads::tests::{desk_with, flow, ready};
use async_trait::async_trait;
use bytes::Bytes;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_domain::FlowRules;
use punte_domain::rules::When;
use punte_store::ledger::IncomingOrder;
use rust_decimal::dec;

const BEGAN_MS: i64 = NOW_MS - 10 * DAY_MS;

/// A Shopify shop without the right to all orders; of everything else it says nothing readable.
struct ShortReach;

#[async_trait]
impl Transport for ShortReach {
    async fn send(&self, request: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        let rights = r#"{ "access_scopes": [{ "handle": "read_orders" }] }"#;
        let body = if request.url.contains("access_scopes") { rights } else { "<html>" };
        Ok(HttpAnswer { status: 200, headers: Default::default(), body: Bytes::from_static(body.as_bytes()) })
    }
}

/// A flow that was switched on ten days ago, with the preset of its shop.
async fn opened(rules: FlowRules) -> Desk {
    let desk = desk_with(false).await;
    let preset = punte_mapping::preset("woocommerce_ro").unwrap().to_text();
    desk.workspace.ledger.save_mapping("map_2", "preset", preset, "ana", NOW_MS).await.unwrap();
    let flow = Flow { mapping_id: "map_2".into(), active_from_ms: BEGAN_MS, rules, ..flow() };
    desk.workspace.ledger.save_flow(flow).await.unwrap();
    desk
}

/// An order placed, paid and completed at an instant, as the shop wrote it.
async fn placed(workspace: &Workspace, n: u64, at_ms: i64, raw: &str) -> OrderRow {
    let order = shop_order(n, &TestOrder { created_ms: at_ms, modified_ms: at_ms, bad: None });
    let incoming = IncomingOrder {
        id: format!("ord_{n}"),
        shop_identity: "cana.ro".into(),
        connection_id: "con_shop".into(),
        head: OrderHead { paid_ms: Some(at_ms), completed_ms: Some(at_ms), ..order.head },
        raw: raw.into(),
        content_hash: n.to_string(),
    };
    workspace.ledger.take_in(vec![incoming], None, NOW_MS).await.unwrap();
    workspace.ledger.find_order(&format!("ord_{n}")).await.unwrap().unwrap()
}

async fn foreseen(workspace: &Workspace, order: &OrderRow) -> (&'static str, String) {
    let flow = taken_up(&workspace.ledger.find_flow("flow_1").await.unwrap().unwrap());
    let connections = workspace.ledger.list_connections().await.unwrap();
    let mapping = workspace.active_mapping(&flow.mapping_id).await.unwrap();
    workspace.foresee(order, &flow, &connections, &mapping).await.unwrap()
}

/// A confirmed backfill of these orders.
async fn running(workspace: &Workspace, orders: &[&OrderRow]) -> i64 {
    let ledger = &workspace.ledger;
    let (from_ms, until_ms) = (BEGAN_MS - 30 * DAY_MS, NOW_MS);
    let new = NewBackfill { id: "bkf_1".into(), flow_id: "flow_1".into(), from_ms, until_ms, who: "ana".into() };
    ledger.begin_backfill(new, NOW_MS).await.unwrap();
    let row = ledger.find_backfill("bkf_1").await.unwrap().row;
    let planned = |order: &&OrderRow| BackfillOrder {
        order_row: order.row,
        verdict: "issue",
        reason: String::new(),
        total_minor: 5900,
        currency: "RON".into(),
    };
    ledger.add_backfill_orders(row, orders.iter().map(planned).collect()).await.unwrap();
    for step in [("reading", "planned"), ("planned", "running")] {
        assert!(ledger.move_backfill(row, step, Some("ana"), None, NOW_MS).await.unwrap());
    }
    row
}

#[tokio::test]
async fn a_flow_that_is_off_and_days_that_cannot_be_are_refused_before_anything_is_read() {
    let desk = opened(FlowRules::default()).await;
    let workspace = &desk.workspace;
    let plan =
        async |from_ms, until_ms| workspace.plan_backfill("flow_1", (from_ms, until_ms), "ana").await.map(|_| ());
    let two_years = MOST_DAYS * DAY_MS;
    for (from_ms, until_ms) in [(NOW_MS, NOW_MS), (NOW_MS, NOW_MS - DAY_MS), (NOW_MS - two_years - 2 * DAY_MS, NOW_MS)]
    {
        let refused = plan(from_ms, until_ms).await.unwrap_err();
        assert!(matches!(refused, EngineError::Invalid { field: "from", .. }), "{refused}");
    }
    assert!(workspace.list_backfills().await.unwrap().is_empty());
    plan(NOW_MS - two_years - CLOCK_CHANGE_MS, NOW_MS).await.unwrap();
    let off = Flow { enabled: false, ..workspace.ledger.find_flow("flow_1").await.unwrap().unwrap() };
    workspace.ledger.save_flow(off).await.unwrap();
    let refused = plan(NOW_MS - DAY_MS, NOW_MS).await.unwrap_err();
    assert!(matches!(refused, EngineError::NotNow("flow_off")), "{refused}");
}

#[tokio::test]
async fn days_that_the_shop_does_not_show_are_refused_rather_than_planned_without_their_orders() {
    let desk = desk(Arc::new(ShortReach));
    let workspace = &desk.workspace;
    workspace.ledger.save_connection(connection("con_shop", "shopify")).await.unwrap();
    workspace.ledger.save_connection(connection("con_bill", "oblio")).await.unwrap();
    workspace.ledger.save_mapping("map_1", "preset", "{}".into(), "ana", NOW_MS).await.unwrap();
    workspace.ledger.save_flow(flow()).await.unwrap();
    let name = secret_name(&workspace.ledger.info().id, "con_shop");
    workspace.deps.vault.set(&name, "shpat_1".into()).await.unwrap();
    let plan =
        async |days| workspace.plan_backfill("flow_1", (NOW_MS - days * DAY_MS, NOW_MS), "ana").await.map(|_| ());
    let refused = plan(61).await.unwrap_err();
    assert!(matches!(refused, EngineError::NotNow("older_than_shown")), "{refused}");
    assert!(workspace.list_backfills().await.unwrap().is_empty());
    plan(59).await.unwrap();
}

#[tokio::test]
async fn a_list_that_changes_while_it_is_read_is_read_again_and_never_taken_for_whole() {
    let desk = opened(FlowRules::default()).await;
    let workspace = &desk.workspace;
    let name = secret_name(&workspace.ledger.info().id, "con_shop");
    workspace.deps.vault.set(&name, "cs_1".into()).await.unwrap();
    let shop_connection = workspace.ledger.get_connection("con_shop").await.unwrap();
    let (from_ms, until_ms) = (BEGAN_MS, NOW_MS + DAY_MS);
    let new = NewBackfill { id: "bkf_1".into(), flow_id: "flow_1".into(), from_ms, until_ms, who: "ana".into() };
    workspace.ledger.begin_backfill(new, NOW_MS).await.unwrap();
    let backfill = workspace.ledger.find_backfill("bkf_1").await.unwrap();
    let shop = TestShop::default();
    for id in 2001..=2009 {
        shop.put(id, BEGAN_MS + id as i64, BEGAN_MS, None);
    }
    // placed after the reading began: a live order, which does not make the list another one
    shop.put(2010, NOW_MS + 1, NOW_MS + 1, None);
    let is_known = async |id: u64| {
        let orders = workspace.ledger.list_undecided(100).await.unwrap();
        orders.iter().any(|order| order.head.order_id == id.to_string())
    };
    // 2001 goes into the trash while its page is read, and 2002 moves to that page
    shop.leaving.lock().unwrap().push((1, 2001));
    assert_eq!(workspace.read_whole(&backfill, &shop_connection, &shop).await.unwrap(), Ok(()));
    assert!(is_known(2002).await, "it was read again");
    assert!(!is_known(2010).await);
    shop.leaving.lock().unwrap().extend([(1, 2003), (3, 2005), (5, 2009)]);
    let told = workspace.read_whole(&backfill, &shop_connection, &shop).await.unwrap();
    let failure = told.unwrap_err();
    assert_eq!((failure.kind, failure.detail.as_deref()), (FailureKind::ListingUnsteady, Some("6 → 5")));
}

#[tokio::test]
async fn a_plan_tells_what_is_issued_held_left_alone_and_invoiced_already() {
    let rules = FlowRules { when: When { max_total: Some(dec!(100)), ..When::default() }, ..FlowRules::default() };
    let desk = opened(rules).await;
    let workspace = &desk.workspace;
    let before_ms = BEGAN_MS - DAY_MS;
    let whole = punte_mapping::sandbox_order();
    let good = placed(workspace, 11, before_ms, whole).await;
    assert_eq!(foreseen(workspace, &good).await, ("issue", String::new()), "though it is from before the flow");
    let bare = placed(workspace, 12, before_ms, r#"{ "id": 12 }"#).await;
    let (verdict, why) = foreseen(workspace, &bare).await;
    assert!(verdict == "hold" && FailureKind::ALL.iter().any(|kind| kind.as_str() == why), "{verdict} {why}");
    let mut large = placed(workspace, 13, before_ms, whole).await;
    large.head.total = dec!(100.01);
    assert_eq!(foreseen(workspace, &large).await, ("left_out", "above_maximum".to_owned()));
    let mut elsewhere = placed(workspace, 15, before_ms, whole).await;
    elsewhere.head.invoiced_elsewhere = Some("SmartBill WEB 0012".into());
    assert_eq!(foreseen(workspace, &elsewhere).await, ("hold", "invoiced_elsewhere".to_owned()), "a person looks");
    let invoiced = ready(workspace, 14).await;
    let order = workspace.ledger.get_order_by_row(invoiced.order_row).await.unwrap();
    assert_eq!(foreseen(workspace, &order).await, ("invoiced", String::new()), "whatever state its document is in");
}

#[tokio::test]
async fn nothing_more_is_released_while_many_documents_wait_and_what_is_released_is_taken_up() {
    let desk = opened(FlowRules::default()).await;
    let workspace = &desk.workspace;
    let flow = workspace.ledger.find_flow("flow_1").await.unwrap().unwrap();
    let old = placed(workspace, 1001, BEGAN_MS - DAY_MS, "{}").await;
    let left = placed(workspace, 1002, BEGAN_MS - DAY_MS, "{}").await;
    let backfill = running(workspace, &[&old]).await;
    let of = async |order: &OrderRow| workspace.flow_for(&flow, order.row, &order.head).await.unwrap().active_from_ms;
    for n in 1..=u64::from(WAITING) {
        ready(workspace, n).await;
    }
    assert!(workspace.release_due().await.unwrap());
    assert_eq!(of(&old).await, BEGAN_MS, "what is bought now goes first");
    let sent = workspace.ledger.find_document("doc_1").await.unwrap().unwrap();
    let failure = Failure::new(FailureKind::SeriesUnknown, Phase::Prepare, "create invoice", "order 1");
    workspace.ledger.hold(sent.row, failure, NOW_MS).await.unwrap();
    assert!(workspace.release_due().await.unwrap());
    assert_eq!((of(&old).await, of(&left).await), (i64::MIN, BEGAN_MS), "only what was planned and released");
    assert!(workspace.is_in_state(backfill, "running").await);
    assert!(workspace.release_due().await.unwrap());
    assert!(workspace.is_in_state(backfill, "done").await, "nothing is left");
    assert!(!workspace.release_due().await.unwrap());
}

impl Workspace {
    async fn is_in_state(&self, row: i64, state: &'static str) -> bool {
        self.ledger.list_backfills_in(state).await.unwrap().iter().any(|one| one.row == row)
    }
}
