//! What is answered, written and made of deliveries, without a listener.

use super::*;
use crate::intake::tests::{NOW_MS, connection, desk, desk_in};
use async_trait::async_trait;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_store::ledger::DeliveryQuery;
use punte_vault::{MemoryVault, Vault};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::Notify;

struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        Err(TransportError::Unreachable("a test has no network".into()))
    }
}

fn knock(headers: &[(&'static str, &str)], body: &[u8]) -> Knock {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(*name, value.parse().unwrap());
    }
    Knock { topic: None, headers: map, body: body.to_vec(), is_too_large: false }
}

#[tokio::test]
async fn an_address_is_one_connections_until_it_is_renewed() {
    let desk = desk(Arc::new(Nowhere));
    let workspace = &desk.workspace;
    workspace.ledger.save_connection(connection("con_shop", "woocommerce")).await.unwrap();
    workspace.ledger.save_connection(connection("con_files", "file")).await.unwrap();
    let token = |path: &str| path.strip_prefix("/hooks/").unwrap().to_owned();
    let first = token(&workspace.find_hook("con_shop").await.unwrap().path);
    assert_eq!(first.len(), 32);
    assert_eq!(workspace.find_by_token(&first).await.unwrap().map(|one| one.id).as_deref(), Some("con_shop"));
    assert!(workspace.find_by_token(&first[..31]).await.unwrap().is_none());
    assert!(workspace.find_hook("con_files").await.is_err(), "files are not delivered");
    workspace.renew_hook("con_shop").await.unwrap();
    assert!(workspace.find_by_token(&first).await.unwrap().is_none(), "the address before it is answered no more");
    let second = token(&workspace.find_hook("con_shop").await.unwrap().path);
    assert_ne!(first, second);
    assert!(workspace.find_by_token(&second).await.unwrap().is_some());
}

#[tokio::test]
async fn a_providers_call_is_kept_and_answered_as_it_wants_and_nothing_follows() {
    let desk = desk(Arc::new(Nowhere));
    let workspace = &desk.workspace;
    workspace.ledger.save_connection(connection("con_oblio", "oblio")).await.unwrap();
    let oblio = workspace.ledger.get_connection("con_oblio").await.unwrap();
    let mut call = knock(&[("x-oblio-request-id", "req-1"), ("authorization", "Bearer secret")], b"{\"data\":{}}");
    call.topic = Some("stock".into());
    let answer = workspace.receive(&oblio, call).await.unwrap();
    assert_eq!(answer, HookAnswer { status: 200, body: "cmVxLTE=".into() });
    let listed =
        workspace.ledger.list_deliveries(DeliveryQuery { limit: 10, ..DeliveryQuery::default() }).await.unwrap();
    let one = &listed[0];
    assert_eq!((one.topic.as_str(), one.verdict.as_str(), one.state.as_str()), ("stock", "accepted", "none"));
    let kept = workspace.ledger.read_delivery_body(one.row).await.unwrap();
    assert!(!kept.headers.contains_key("authorization"), "a credential is not kept: {:?}", kept.headers);
}

#[tokio::test]
async fn refused_deliveries_are_cut_and_bounded() {
    let desk = desk(Arc::new(Nowhere));
    let workspace = &desk.workspace;
    workspace.ledger.save_connection(connection("con_shop", "woocommerce")).await.unwrap();
    let shop = workspace.ledger.get_connection("con_shop").await.unwrap();
    for _ in 0..520 {
        let answer =
            workspace.receive(&shop, knock(&[("content-type", "application/json")], &[b' '; 9000])).await.unwrap();
        assert_eq!(answer.status, 401, "there is no secret yet");
    }
    let listed =
        workspace.ledger.list_deliveries(DeliveryQuery { limit: 1000, ..DeliveryQuery::default() }).await.unwrap();
    assert_eq!(listed.len(), 500);
    assert_eq!(listed[0].size, 9000, "its size is told");
    assert_eq!(workspace.ledger.read_delivery_body(listed[0].row).await.unwrap().body.len(), REFUSED_BODY);
    assert_eq!(workspace.ledger.count_deliveries(NOW_MS - 1).await.unwrap(), [0, 0, 0, 500]);
}

/// A vault that answers its first question only when it is told to, with what it held when it was asked.
#[derive(Default)]
struct SlowVault {
    kept: MemoryVault,
    asked: AtomicU32,
    is_asked: Notify,
    may_answer: Notify,
}

#[async_trait]
impl Vault for SlowVault {
    async fn get(&self, name: &str) -> punte_vault::Result<Option<SecretString>> {
        let answer = self.kept.get(name).await;
        if self.asked.fetch_add(1, Ordering::SeqCst) == 0 {
            self.is_asked.notify_one();
            self.may_answer.notified().await;
        }
        answer
    }

    async fn set(&self, name: &str, secret: SecretString) -> punte_vault::Result<()> {
        self.kept.set(name, secret).await
    }

    async fn delete(&self, name: &str) -> punte_vault::Result<()> {
        self.kept.delete(name).await
    }
}

#[tokio::test]
async fn a_secret_set_while_a_delivery_is_judged_is_the_one_that_counts_from_then_on() {
    let vault = Arc::new(SlowVault::default());
    let desk = desk_in(Arc::new(Nowhere), vault.clone());
    let workspace = &desk.workspace;
    workspace.ledger.save_connection(connection("con_shop", "woocommerce")).await.unwrap();
    let shop = workspace.ledger.get_connection("con_shop").await.unwrap();
    let name = format!("{}/hook/now", crate::connect::secret_name(&workspace.ledger.info().id, "con_shop"));
    vault.kept.set(&name, "old".into()).await.unwrap();
    let texts = |secrets: Vec<SecretString>| -> Vec<String> {
        secrets.iter().map(|secret| secret.expose_secret().to_owned()).collect()
    };
    let judging = workspace.hook_secrets(&shop);
    let changing = async {
        vault.is_asked.notified().await;
        workspace.set_hook_secret("con_shop", "new".into()).await.unwrap();
        vault.may_answer.notify_one();
    };
    let (judged, ()) = tokio::join!(judging, changing);
    assert_eq!(texts(judged), ["old"], "it came while that was the secret");
    assert_eq!(texts(workspace.hook_secrets(&shop).await), ["new", "old"]);
}

fn about(order: u8) -> NewDelivery {
    NewDelivery {
        id: format!("dlv_{order}"),
        connection_id: "con_shop".into(),
        sent_ms: None,
        delivery_id: None,
        event_id: None,
        topic: "order.updated".into(),
        verdict: "accepted",
        status: 200,
        headers: BTreeMap::new(),
        body: Vec::new(),
        size: 0,
        digest: [order; 32],
        work: DeliveryWork::Order(order.to_string()),
        id_means: IdMeans::Nothing,
    }
}

#[tokio::test]
async fn an_event_told_again_is_the_same_however_its_body_is_written_and_a_signed_id_is_of_one_body() {
    let desk = desk(Arc::new(Nowhere));
    let ledger = &desk.workspace.ledger;
    ledger.save_connection(connection("con_shop", "stripe")).await.unwrap();
    let told = async |id: &str, digest: u8, id_means: IdMeans| {
        let delivery_id = Some("evt_1".to_owned());
        let new = NewDelivery { id: id.into(), delivery_id, digest: [digest; 32], id_means, ..about(1) };
        ledger.record_delivery(new, NOW_MS).await.unwrap()
    };
    assert_eq!(told("dlv_1", 1, IdMeans::OneEvent).await, Recorded::New);
    assert_eq!(told("dlv_2", 2, IdMeans::OneEvent).await, Recorded::Again, "pending_webhooks is another, say");
    let again = ledger.find_delivery("dlv_2").await.unwrap();
    assert_eq!((again.verdict.as_str(), again.status, again.state.as_str()), ("replayed", 200, "none"));
    assert_eq!(told("dlv_3", 3, IdMeans::OneBody).await, Recorded::Forged);
    assert_eq!(told("dlv_4", 1, IdMeans::OneBody).await, Recorded::Again);
    assert_eq!(told("dlv_5", 5, IdMeans::Nothing).await, Recorded::New);
}

/// A shop that has no order any more.
struct Emptied;

#[async_trait]
impl Transport for Emptied {
    async fn send(&self, _: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        let body = r#"{"code":"woocommerce_rest_shop_order_invalid_id","message":"ID invalid."}"#;
        Ok(HttpAnswer { status: 404, headers: Default::default(), body: body.into() })
    }
}

#[tokio::test]
async fn an_order_that_was_deleted_at_the_shop_is_cancelled_here() {
    let desk = desk(Arc::new(Emptied));
    let workspace = &desk.workspace;
    let shop = Connection { address: "https://cana.ro".into(), ..connection("con_shop", "woocommerce") };
    workspace.ledger.save_connection(shop.clone()).await.unwrap();
    let name = crate::connect::secret_name(&workspace.ledger.info().id, "con_shop");
    workspace.deps.vault.set(&name, "secret".into()).await.unwrap();
    let raw = serde_json::json!({
        "id": 1, "status": "completed", "currency": "RON", "total": "59.00", "date_created_gmt": "2026-11-20T08:00:00",
        "line_items": [{ "name": "Ceai", "quantity": 1, "total": "53.15", "total_tax": "5.85" }]
    });
    let order = punte_connectors::shops::read_order(ShopKind::WooCommerce, &raw).unwrap();
    workspace.take_orders(&shop, vec![order]).await.unwrap();
    for (order, topic) in [(1, "order.deleted"), (2, "order.deleted"), (3, "order.updated")] {
        let new = NewDelivery { topic: topic.into(), ..about(order) };
        workspace.ledger.record_delivery(new, NOW_MS).await.unwrap();
    }
    workspace.process_inbox().await.unwrap();
    let known = workspace.ledger.find_order_of("cana.ro", "1").await.unwrap().unwrap();
    assert_eq!((known.head.status, known.version), (punte_domain::OrderStatus::Cancelled, 2));
    let state = async |id: &str| workspace.ledger.find_delivery(id).await.unwrap().state;
    assert_eq!((state("dlv_1").await.as_str(), state("dlv_2").await.as_str()), ("done", "done"));
    assert_eq!(state("dlv_3").await, "failed", "of an order that was never seen here nothing is known");
    // told again, it is the same version
    workspace.ledger.record_delivery(NewDelivery { id: "dlv_9".into(), ..about(1) }, NOW_MS).await.unwrap();
    workspace.process_inbox().await.unwrap();
    assert_eq!(workspace.ledger.find_order_of("cana.ro", "1").await.unwrap().unwrap().version, 2);
}

#[tokio::test]
async fn what_nothing_follows_from_is_bounded_and_what_is_to_be_processed_is_not() {
    let desk = desk(Arc::new(Nowhere));
    let workspace = &desk.workspace;
    for (id, kind) in [("con_shop", "woocommerce"), ("con_bill", "smartbill")] {
        workspace.ledger.save_connection(connection(id, kind)).await.unwrap();
    }
    for order in 1..=3 {
        workspace.ledger.record_delivery(about(order), NOW_MS).await.unwrap();
    }
    let ping = knock(&[("content-type", "application/x-www-form-urlencoded")], b"webhook_id=7");
    for id in ["con_shop", "con_bill"] {
        let of = workspace.ledger.get_connection(id).await.unwrap();
        for _ in 0..205 {
            let call = Knock { headers: ping.headers.clone(), body: ping.body.clone(), ..knock(&[], b"") };
            assert_eq!(workspace.receive(&of, call).await.unwrap().status, 200, "{id}");
        }
        let all = DeliveryQuery { connection_id: Some(id.into()), limit: 1000, ..DeliveryQuery::default() };
        let kept = workspace.ledger.list_deliveries(all).await.unwrap();
        let waiting = kept.iter().filter(|one| one.state == "waiting").count();
        assert_eq!((kept.len() - waiting, waiting), (200, if id == "con_shop" { 3 } else { 0 }), "{id}");
    }
}

/// A shop that cannot be reached, and how often it was asked.
#[derive(Default)]
struct Down(AtomicU32);

#[async_trait]
impl Transport for Down {
    async fn send(&self, _: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(TransportError::Unreachable("down".into()))
    }
}

#[tokio::test]
async fn a_shop_that_stops_while_its_deliveries_are_processed_is_asked_no_more() {
    let down = Arc::new(Down::default());
    let desk = desk(down.clone());
    let workspace = &desk.workspace;
    workspace.ledger.save_connection(connection("con_shop", "woocommerce")).await.unwrap();
    let name = crate::connect::secret_name(&workspace.ledger.info().id, "con_shop");
    workspace.deps.vault.set(&name, "secret".into()).await.unwrap();
    for order in 1..=5 {
        workspace.ledger.record_delivery(about(order), NOW_MS).await.unwrap();
    }
    workspace.process_inbox().await.unwrap();
    assert_eq!(down.0.load(Ordering::SeqCst), 1, "the first found it down");
    let stop = workspace.ledger.get_connection("con_shop").await.unwrap().stop;
    assert!(stop.is_some());
    let waiting = workspace.ledger.count_deliveries(0).await.unwrap()[0];
    assert_eq!(waiting, 5, "they go on when it may be asked again");
}
