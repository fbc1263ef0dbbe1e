//! What is read before an intent keeps a document from being sent, and never leaves it half sent.

use super::*;
use crate::connect::secret_name;
use crate::error::EngineError;
use crate::intake::tests::{Desk, NOW_MS, connection, desk};
use crate::reads::tests::{flow, issued, ready, ready_as};
use crate::workspace::lock;
use async_trait::async_trait;
use bytes::Bytes;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_domain::{IssueKey, Role};
use punte_store::ledger::{Flow, Intent, NewDocument, NewTakingBack, Outcome, Verified};
use serde_json::{Value, json};
use std::sync::Mutex;

/// Gives out tokens and a list of documents; keeps what else it is asked, which are creates.
#[derive(Default)]
struct Books {
    rows: Mutex<Vec<Value>>,
    sent: Mutex<Vec<String>>,
}

#[async_trait]
impl Transport for Books {
    async fn send(&self, request: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        let body = if request.url.contains("token") {
            json!({ "access_token": "t", "expires_in": "3600", "token_type": "Bearer" })
        } else if request.url.contains("/list") {
            json!({ "status": 200, "statusMessage": "Success", "data": *lock(&self.rows) })
        } else {
            lock(&self.sent).push(request.url);
            return Err(TransportError::Unreachable("a create".into()));
        };
        Ok(HttpAnswer { status: 200, headers: Default::default(), body: Bytes::from(body.to_string()) })
    }
}

async fn opened() -> (Desk, Arc<Books>) {
    let books = Arc::new(Books::default());
    let desk = desk(books.clone());
    let workspace = &desk.workspace;
    workspace.ledger.save_connection(connection("con_shop", "woocommerce")).await.unwrap();
    workspace.ledger.save_connection(connection("con_bill", "oblio")).await.unwrap();
    let name = secret_name(&workspace.ledger.info().id, "con_bill");
    workspace.deps.vault.set(&name, "secret".into()).await.unwrap();
    let preset = punte_mapping::preset("woocommerce_ro").unwrap().to_text();
    workspace.ledger.save_mapping("map_1", "preset", preset, "ana", NOW_MS).await.unwrap();
    workspace.ledger.save_flow(flow()).await.unwrap();
    (desk, books)
}

/// Tries to send a document; answers how it stands then.
async fn tried(workspace: &Arc<Workspace>, document: &Document) -> Document {
    let connection = workspace.ledger.get_connection("con_bill").await.unwrap();
    workspace.issue(document.clone(), &connection).await.unwrap();
    workspace.ledger.get_document_by_row(document.row).await.unwrap()
}

async fn verified(workspace: &Workspace, document: &Document) {
    let read = Verified { verification: Verification::Verified, detail: None, due_ms: None };
    workspace.ledger.record_verification(document.row, read, NOW_MS).await.unwrap();
}

/// A document of which nobody knows whether it was issued.
async fn in_doubt(workspace: &Workspace, n: u64) -> Document {
    let due = ready(workspace, n).await;
    let intent = Intent {
        billing_id: due.billing_id.clone(),
        company: due.company.clone(),
        series: due.series.clone(),
        attempt_id: format!("att_{n}"),
        trigger: "automatic",
        idempotency_key: format!("pnt-{n}"),
        baseline: "{}".into(),
        issue_date: "2026-11-18".into(),
        proforma_row: None,
    };
    let attempt = workspace.ledger.record_intent(due.row, intent, NOW_MS).await.unwrap();
    let failure = Failure::new(FailureKind::TimedOut, Phase::Unknown, "create invoice", "order");
    let unknown = Outcome::Unknown(failure);
    workspace.ledger.record_outcome(attempt.row, due.row, unknown, "{}".into(), NOW_MS).await.unwrap();
    workspace.ledger.get_document_by_row(due.row).await.unwrap()
}

fn reference_of(workspace: &Workspace, n: u64) -> String {
    let key = IssueKey { shop_identity: "cana.ro".into(), order_id: n.to_string(), role: Role::Invoice, generation: 1 };
    workspace.ledger.info().seed.reference(&key).as_str().to_owned()
}

fn listed(document: &Document) -> Value {
    json!({ "id": "77", "seriesName": document.series, "number": document.number, "total": "59", "canceled": "0",
        "issueDate": document.issue_date, "mentions": format!("Comanda {}", document.reference) })
}

#[tokio::test]
async fn a_reference_that_cannot_be_read_is_told_before_an_intent_is_written() {
    let (desk, books) = opened().await;
    let broken = ready_as(&desk.workspace, 1, "PNT-broken".into(), ("con_bill", "oblio")).await;
    let held = tried(&desk.workspace, &broken).await;
    assert_eq!(held.state, DocumentState::Held, "not left as being sent until the next start");
    assert_eq!(held.failure.unwrap().detail.as_deref(), Some("PNT-broken"));
    assert!(desk.workspace.ledger.list_attempts(broken.row).await.unwrap().is_empty());
    assert!(lock(&books.sent).is_empty());
}

#[tokio::test]
async fn a_storno_goes_out_while_its_original_stands() {
    let (desk, books) = opened().await;
    let original = issued(&desk.workspace, 1).await;
    lock(&books.rows).push(listed(&original));
    let storno = desk.workspace.storno(&original.id, "returned", "ana").await.unwrap();
    tried(&desk.workspace, &storno).await;
    assert_eq!(lock(&books.sent).len(), 1);
}

#[tokio::test]
async fn a_storno_never_takes_back_what_stands_under_its_originals_number_now() {
    let (desk, books) = opened().await;
    let workspace = &desk.workspace;
    let original = issued(workspace, 1).await;
    verified(workspace, &original).await;
    let storno = workspace.storno(&original.id, "returned", "ana").await.unwrap();
    // deleted by hand, and its number given to another of ours, which a look found
    let other = in_doubt(workspace, 2).await;
    let found = workspace.ledger.settle_found(other.row, "FCT".into(), "0001".into(), None, None, "", "", NOW_MS);
    found.await.unwrap();
    let held = tried(workspace, &storno).await;
    assert_eq!(held.state, DocumentState::Held);
    assert_eq!(
        held.failure.map(|one| (one.kind, one.detail)),
        Some((FailureKind::DocumentCancelled, Some("deleted".into())))
    );
    assert!(lock(&books.sent).is_empty(), "it would have reversed the other one");
}

#[tokio::test]
async fn a_storno_of_what_the_provider_does_not_have_is_held_once_it_was_seen_there() {
    let (desk, books) = opened().await;
    let workspace = &desk.workspace;
    let original = issued(workspace, 1).await;
    let storno = workspace.storno(&original.id, "returned", "ana").await.unwrap();
    let waits = tried(workspace, &storno).await;
    assert_eq!(waits.state, DocumentState::Ready, "it may not be listed yet");
    assert!(waits.due_ms > Some(NOW_MS), "and is not asked about again at once");
    verified(workspace, &original).await;
    let held = tried(workspace, &storno).await;
    assert_eq!(held.state, DocumentState::Held);
    assert_eq!(held.failure.map(|one| one.kind), Some(FailureKind::DocumentNotFound));
    assert!(lock(&books.sent).is_empty());
}

#[tokio::test]
async fn nothing_begins_once_the_workspace_stops() {
    let (desk, books) = opened().await;
    let due = ready(&desk.workspace, 1).await;
    desk.workspace.stopping.cancel();
    let left = tried(&desk.workspace, &due).await;
    assert_eq!(left.state, DocumentState::Ready);
    assert!(lock(&books.sent).is_empty());
}

#[tokio::test]
async fn nothing_is_declared_absent_while_it_may_be_sent_again() {
    let (desk, _) = opened().await;
    let workspace = &desk.workspace;
    let document = in_doubt(workspace, 1).await;
    let declare = async || workspace.declare_absent(&document.id, "asked the provider", "ana").await;
    assert!(workspace.begin(&document), "a look, and what follows from it");
    let busy = declare().await;
    assert!(matches!(busy, Err(EngineError::NotNow("busy"))), "what was seen before it says nothing: {busy:?}");
    lock(&workspace.in_flight).remove(&document.row);
    let unseen = declare().await;
    assert!(matches!(unseen, Err(EngineError::NotNow("not_looked"))), "{unseen:?}");
}

#[tokio::test]
async fn a_series_that_takes_one_writer_has_one_over_all_connections() {
    let (desk, _) = opened().await;
    let workspace = &desk.workspace;
    for id in ["con_one", "con_two"] {
        workspace.ledger.save_connection(connection(id, "smartbill")).await.unwrap();
    }
    let first = ready_as(workspace, 1, "PNT-1".into(), ("con_one", "smartbill")).await;
    let second = ready_as(workspace, 2, "PNT-2".into(), ("con_two", "smartbill")).await;
    let is_begun = || lock(&workspace.in_flight).contains_key(&second.row);
    workspace.ledger.postpone(first.row, NOW_MS + 1).await.unwrap();
    assert!(workspace.begin(&first), "it is being sent");
    workspace.claim_due().await.unwrap();
    assert!(!is_begun(), "the counter of the series is read and moved by one at a time");
    lock(&workspace.in_flight).clear();
    workspace.claim_due().await.unwrap();
    assert!(is_begun());
}

#[tokio::test]
async fn of_one_series_all_flows_say_the_same_over_all_connections() {
    let (desk, _) = opened().await;
    let workspace = &desk.workspace;
    for id in ["con_one", "con_two"] {
        workspace.ledger.save_connection(connection(id, "smartbill")).await.unwrap();
    }
    let of = |id: &str, billing_id: &str, series_is_ours| Flow {
        id: id.into(),
        name: id.into(),
        billing_id: billing_id.into(),
        series_is_ours,
        ..flow()
    };
    workspace.save_flow(of("flow_one", "con_one", true)).await.unwrap();
    let other = workspace.save_flow(of("flow_two", "con_two", false)).await;
    assert!(matches!(other, Err(EngineError::Invalid { field: "seriesIsOurs", .. })), "{other:?}");
    workspace.save_flow(of("flow_two", "con_two", true)).await.unwrap();
    let elsewhere = Flow { company: "RO999".into(), ..of("flow_three", "con_two", false) };
    workspace.save_flow(elsewhere).await.unwrap();
}

#[tokio::test]
async fn a_correction_of_what_was_cancelled_by_hand_is_held() {
    let (desk, books) = opened().await;
    let workspace = &desk.workspace;
    let original = issued(workspace, 1).await;
    let mut cancelled = listed(&original);
    cancelled["canceled"] = "1".into();
    lock(&books.rows).push(cancelled);
    let mut draft = original.draft.clone();
    draft.iter_mut().for_each(|draft| draft.order_total = -draft.order_total);
    let key = format!("{}|correction:77", original.issue_key);
    let document = NewDocument {
        id: "doc_c".into(),
        issue_key: key,
        // of another document of this ledger, which is never made
        reference: reference_of(workspace, 9),
        flow_id: original.flow_id.clone(),
        billing_id: original.billing_id.clone(),
        provider: original.provider.clone(),
        company: original.company.clone(),
        series: original.series.clone(),
        role: "correction:77".into(),
        generation: 1,
        order_number: original.order_number.clone(),
        order_version: 1,
        mapping_id: "map_1".into(),
        mapping_version: 1,
        edit_revision: 0,
        draft,
        problems: Vec::new(),
        client: original.client.clone(),
        tax_id: String::new(),
        currency: original.currency.clone(),
        total_minor: -2000,
        total_text: "-20".into(),
        due_ms: NOW_MS,
        delayed: false,
        follow_ups: None,
    };
    let new = NewTakingBack {
        original_row: original.row,
        document,
        part_after_minor: Some(0),
        change_row: None,
        reason: "returned".into(),
        who: "ana".into(),
    };
    let correction = workspace.ledger.request_taking_back(new, NOW_MS).await.unwrap();
    let held = tried(workspace, &correction).await;
    assert_eq!(held.failure.map(|one| one.kind), Some(FailureKind::DocumentCancelled));
    assert_eq!(held.state, DocumentState::Held);
    assert!(workspace.ledger.list_attempts(correction.row).await.unwrap().is_empty());
    lock(&books.rows)[0]["canceled"] = "0".into();
    workspace.ledger.requeue_as_it_is(correction.row, "ana", NOW_MS).await.unwrap();
    let again = workspace.ledger.get_document_by_row(correction.row).await.unwrap();
    tried(workspace, &again).await;
    let attempts = workspace.ledger.list_attempts(correction.row).await.unwrap();
    assert_eq!(attempts.len(), 1, "restored, it is corrected");
}
