//! Due reads of issued documents, over a transport that lets nothing good through.

use super::*;
use crate::Timing;
use crate::connect::secret_name;
use crate::intake::tests::{Desk, NOW_MS, TestOrder, connection, desk, shop_order};
use async_trait::async_trait;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_domain::{Client, Currency, Draft, IssueKey, Line, LineKind, Role, fiscal_date};
use punte_store::ledger::{DecisionRow, DocumentPlan, Flow, IncomingOrder, Intent, NewDocument, Outcome};
use rust_decimal::dec;
use std::sync::atomic::Ordering;

/// Gives out tokens; every other answer is a web page, where there is any.
struct Broken {
    is_reachable: bool,
}

#[async_trait]
impl Transport for Broken {
    async fn send(&self, request: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        if !self.is_reachable {
            return Err(TransportError::Unreachable("down".into()));
        }
        let token = r#"{ "access_token": "t", "expires_in": "3600", "token_type": "Bearer" }"#;
        let body = if request.url.contains("token") { token } else { "<html>maintenance</html>" };
        Ok(HttpAnswer { status: 200, headers: Default::default(), body: Bytes::from_static(body.as_bytes()) })
    }
}

pub(crate) async fn desk_with(is_reachable: bool) -> Desk {
    let desk = desk(Arc::new(Broken { is_reachable }));
    let workspace = &desk.workspace;
    workspace.ledger.save_connection(connection("con_shop", "woocommerce")).await.unwrap();
    workspace.ledger.save_connection(connection("con_bill", "oblio")).await.unwrap();
    let name = secret_name(&workspace.ledger.info().id, "con_bill");
    workspace.deps.vault.set(&name, "secret".into()).await.unwrap();
    workspace.ledger.save_mapping("map_1", "preset", "{}".into(), "ana", NOW_MS).await.unwrap();
    workspace.ledger.save_flow(flow()).await.unwrap();
    desk
}

pub(crate) fn flow() -> Flow {
    Flow {
        id: "flow_1".into(),
        name: "orders to invoices".into(),
        shop_id: "con_shop".into(),
        billing_id: "con_bill".into(),
        company: "RO12345674".into(),
        series: "FCT".into(),
        condition: String::new(),
        mapping_id: "map_1".into(),
        enabled: true,
        active_from_ms: 0,
        series_is_ours: true,
        created_ms: NOW_MS,
        write_back: false,
        full_refund: Default::default(),
        partial_refund: Default::default(),
        rules: Default::default(),
    }
}

fn draft() -> Draft {
    let client = Client {
        name: "Ana".into(),
        is_company: false,
        tax_id: String::new(),
        vat_payer: false,
        reg_com: String::new(),
        address: "Str. 1".into(),
        city: "Cluj-Napoca".into(),
        county: "Cluj".into(),
        country: "Romania".into(),
        email: String::new(),
        phone: String::new(),
    };
    Draft {
        client,
        currency: Currency::RON,
        language: "RO".into(),
        precision: 2,
        lines: Vec::new(),
        payment: None,
        tax_point: fiscal_date(NOW_MS),
        due_days: None,
        mentions: String::new(),
        order_total: dec!(59),
        tolerance: rust_decimal::Decimal::ZERO,
        warehouse: String::new(),
        receipt_series: String::new(),
    }
}

/// One line over the whole order.
pub(crate) fn one_line() -> Line {
    Line {
        kind: LineKind::Product,
        name: "Cană".into(),
        code: String::new(),
        description: String::new(),
        unit: "buc".into(),
        quantity: rust_decimal::Decimal::ONE,
        unit_price: dec!(59),
        vat_rate: dec!(21),
        vat_name: String::new(),
        is_service: false,
    }
}

/// A document of `con_bill` that is due now.
pub(crate) async fn ready(workspace: &Workspace, n: u64) -> Document {
    let key = IssueKey { shop_identity: "cana.ro".into(), order_id: n.to_string(), role: Role::Invoice, generation: 1 };
    let reference = workspace.ledger.info().seed.reference(&key).as_str().to_owned();
    ready_as(workspace, n, reference, ("con_bill", "oblio")).await
}

/// As [`issued`], over these lines.
pub(crate) async fn issued_over(workspace: &Workspace, n: u64, lines: Vec<Line>) -> Document {
    let key = IssueKey { shop_identity: "cana.ro".into(), order_id: n.to_string(), role: Role::Invoice, generation: 1 };
    let reference = workspace.ledger.info().seed.reference(&key).as_str().to_owned();
    let draft = Draft { lines, ..draft() };
    issue(workspace, n, ready_of(workspace, n, reference, ("con_bill", "oblio"), draft).await).await
}

/// The same under a given reference, at another connection.
pub(crate) async fn ready_as(workspace: &Workspace, n: u64, reference: String, billing: (&str, &str)) -> Document {
    ready_of(workspace, n, reference, billing, draft()).await
}

async fn ready_of(
    workspace: &Workspace,
    n: u64,
    reference: String,
    (billing_id, provider): (&str, &str),
    draft: Draft,
) -> Document {
    let ledger = &workspace.ledger;
    let order = shop_order(n, &TestOrder { created_ms: NOW_MS, modified_ms: NOW_MS, bad: None });
    let incoming = IncomingOrder {
        id: format!("ord_{n}"),
        shop_identity: "cana.ro".into(),
        connection_id: "con_shop".into(),
        head: order.head,
        raw: order.raw.to_string(),
        content_hash: "first".into(),
    };
    ledger.take_in(vec![incoming], None, NOW_MS).await.unwrap();
    let order = ledger.find_order(&format!("ord_{n}")).await.unwrap().unwrap();
    let key = IssueKey { shop_identity: "cana.ro".into(), order_id: n.to_string(), role: Role::Invoice, generation: 1 };
    let document = NewDocument {
        id: format!("doc_{n}"),
        issue_key: key.to_string(),
        reference,
        flow_id: "flow_1".into(),
        billing_id: billing_id.into(),
        provider: provider.into(),
        company: "RO12345674".into(),
        series: "FCT".into(),
        role: "invoice".into(),
        generation: 1,
        order_number: n.to_string(),
        order_version: 1,
        mapping_id: "map_1".into(),
        mapping_version: 1,
        edit_revision: 0,
        draft: Some(draft),
        problems: Vec::new(),
        client: "Ana".into(),
        tax_id: String::new(),
        currency: "RON".into(),
        total_minor: 5900,
        total_text: "59".into(),
        due_ms: NOW_MS,
        delayed: false,
        follow_ups: None,
    };
    let plan = Some(DocumentPlan { document, seen: None, failure: None });
    let decision = DecisionRow { flow_id: "flow_1".into(), decision: "document", reason: "rule", plan, withdraw: None };
    let seen = (order.version, order.wanted);
    ledger.record_decisions(order.row, seen, vec![decision], ("document", "rule"), NOW_MS).await.unwrap();
    ledger.find_document(&format!("doc_{n}")).await.unwrap().unwrap()
}

/// An issued document of `con_bill`, to be verified now.
pub(crate) async fn issued(workspace: &Workspace, n: u64) -> Document {
    issue(workspace, n, ready(workspace, n).await).await
}

async fn issue(workspace: &Workspace, n: u64, document: Document) -> Document {
    let ledger = &workspace.ledger;
    let intent = Intent {
        billing_id: document.billing_id.clone(),
        company: document.company.clone(),
        series: document.series.clone(),
        attempt_id: format!("att_{n}"),
        trigger: "automatic",
        idempotency_key: format!("pnt-{n}"),
        baseline: "{}".into(),
        issue_date: "2026-11-18".into(),
        proforma_row: None,
    };
    let attempt = ledger.record_intent(document.row, intent, NOW_MS).await.unwrap();
    let outcome = Outcome::Issued {
        series: "FCT".into(),
        number: format!("000{n}"),
        provider_id: None,
        link: None,
        verify_due_ms: NOW_MS,
    };
    ledger.record_outcome(attempt.row, document.row, outcome, "{}".into(), NOW_MS).await.unwrap();
    ledger.find_document(&document.id).await.unwrap().unwrap()
}

async fn processing(workspace: &Workspace, n: u64) -> Document {
    let document = issued(workspace, n).await;
    workspace.ledger.record_einvoice_read(document.row, "processing", "", Some(NOW_MS), NOW_MS).await.unwrap();
    document
}

async fn due(workspace: &Workspace, at_ms: i64) -> usize {
    workspace.ledger.list_einvoices_due(at_ms, Vec::new(), 10).await.unwrap().len()
}

#[tokio::test]
async fn an_e_invoice_whose_answer_cannot_be_read_stops_nothing_and_is_read_again_later() {
    let desk = desk_with(true).await;
    let workspace = &desk.workspace;
    processing(workspace, 1).await;
    workspace.read_einvoices_due().await.unwrap();
    assert!(workspace.ledger.get_connection("con_bill").await.unwrap().stop.is_none(), "the others go on");
    assert_eq!(due(workspace, NOW_MS).await, 0, "not at once");
    let wait_ms = Timing::default().einvoice_read.as_millis() as i64;
    assert_eq!(due(workspace, NOW_MS + wait_ms).await, 1, "but later");
}

#[tokio::test]
async fn an_e_invoice_that_met_an_outage_is_put_off_with_it() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    processing(workspace, 1).await;
    processing(workspace, 2).await;
    workspace.read_einvoices_due().await.unwrap();
    let stop = workspace.ledger.get_connection("con_bill").await.unwrap().stop.unwrap();
    assert_eq!((stop.failure.kind, stop.count), (FailureKind::Unreachable, 1));
    assert_eq!(due(workspace, NOW_MS).await, 1, "the other was not asked for");
}

#[tokio::test]
async fn one_outage_stops_a_connection_once_however_many_documents_are_to_be_verified() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    for n in 1..=5 {
        issued(workspace, n).await;
    }
    workspace.verify_due().await.unwrap();
    let stop = workspace.ledger.get_connection("con_bill").await.unwrap().stop.unwrap();
    assert_eq!((stop.failure.kind, stop.count), (FailureKind::Unreachable, 1));
    let until_ms = stop.until_ms.unwrap();
    assert!(workspace.list_closed().await.unwrap().contains(&"con_bill".to_owned()));
    desk.clock.now_ms.store(until_ms, Ordering::Relaxed);
    assert!(workspace.list_closed().await.unwrap().is_empty(), "its rest is over: one request may try");
    workspace.verify_due().await.unwrap();
    assert_eq!(workspace.ledger.get_connection("con_bill").await.unwrap().stop.unwrap().count, 2);
}
