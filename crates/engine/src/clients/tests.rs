use super::*;
use crate::intake::tests::NOW_MS;
use crate::reads::tests::{desk_with, issued, ready};
use punte_domain::DocumentState;
use punte_store::ledger::{AuditQuery, DeliveryWork, IdMeans, NewDelivery};
use serde_json::Value;

#[test]
fn how_it_is_written_tells_by_what_somebody_is_looked_for() {
    for (query, by) in [
        (" Ana@Example.com ", Sought::Email("ana@example.com".into())),
        ("0740 123 456", Sought::Phone("740123456".into())),
        ("+40740123456", Sought::Phone("740123456".into())),
        ("RO12345674", Sought::TaxId("12345674".into())),
        ("1980101123452", Sought::TaxId("1980101123452".into())),
        ("Ana Popescu", Sought::Name("Ana Popescu".into())),
    ] {
        assert_eq!(sought(query).unwrap(), by, "{query}");
    }
    for query in ["", " a ", MASK, &format!("Ana {MASK}")] {
        assert!(sought(query).is_err(), "{query}");
    }
}

#[test]
fn an_invoice_is_kept_for_five_years_from_the_july_after_its_business_year() {
    let until = |day: &str| kept_until(day.parse().unwrap()).unwrap().to_string();
    assert_eq!((until("2026-01-01"), until("2026-12-31")), ("2032-06-30".into(), "2032-06-30".into()));
}

#[tokio::test]
async fn an_order_with_open_work_is_left_and_named_and_the_others_go() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    let invoice = issued(workspace, 1).await;
    let open = ready(workspace, 2).await;
    let order = workspace.ledger.get_order_by_row(invoice.order_row).await.unwrap();
    let query = order.head.email.clone();
    assert!(!query.is_empty(), "{:?}", order.head);

    let exported = workspace.export_client(&query, &[]).await.unwrap();
    let exported: Value = serde_json::from_slice(&exported.bytes).unwrap();
    assert_eq!(exported["clients"][0]["orders"].as_array().map(Vec::len), Some(2));
    assert_eq!(exported["clients"][0]["orders"][0]["documents"][0]["number"], "0001");

    assert!(workspace.erase_client(&query, &[], " ", "ion").await.is_err(), "a reason is needed");
    let done = workspace.erase_client(&query, &[], "asked for it", "ion").await.unwrap();
    assert_eq!((done.orders, done.documents, done.left.len()), (1, 1, 1));
    assert_eq!((done.left[0].0.row, done.left[0].1.why), (open.order_row, "document"));
    assert!(done.compacted);

    let noted = workspace.ledger.list_audit(AuditQuery { limit: 100, ..AuditQuery::default() }).await.unwrap();
    let erased = noted.iter().find(|one| one.act == "clients.erased").unwrap();
    assert_eq!((erased.facts["orders"].as_u64(), erased.facts["left"].as_u64()), (Some(1), Some(1)));
    assert!(!format!("{noted:?}").contains(&query), "the log does not name them");
}

#[tokio::test]
async fn of_an_erased_order_no_draft_is_made_and_what_was_issued_can_be_taken_back() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    let invoice = issued(workspace, 1).await;
    let order = workspace.ledger.get_order_by_row(invoice.order_row).await.unwrap();
    let done = workspace.erase_client(&order.head.email, &[], "asked for it", "ion").await.unwrap();
    assert_eq!(done.orders, 1);
    workspace.ledger.reconsider(order.row).await.unwrap();
    assert_eq!(workspace.decide_due().await.unwrap(), 1);
    assert_eq!(workspace.decide_due().await.unwrap(), 0, "left as it was decided");
    assert_eq!(workspace.ledger.list_documents_of_order(order.row).await.unwrap().len(), 1);

    let storno = workspace.storno(&invoice.id, "returned", "ion").await.unwrap();
    let (was, is) = (invoice.draft.unwrap(), storno.draft.unwrap());
    assert_eq!((is.client, storno.state), (was.client, DocumentState::Ready), "the client of the invoice");
    assert!(workspace.now_ms() >= NOW_MS);
}

#[tokio::test]
async fn an_emptied_delivery_is_not_processed_again() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    let new = NewDelivery {
        id: "dlv_1".into(),
        connection_id: "con_shop".into(),
        sent_ms: None,
        delivery_id: None,
        event_id: None,
        topic: "order.updated".into(),
        verdict: "accepted",
        status: 200,
        headers: Default::default(),
        body: br#"{"customer":{"email":"ana.popescu@example.com"}}"#.to_vec(),
        size: 48,
        digest: [1; 32],
        work: DeliveryWork::Payload,
        id_means: IdMeans::Nothing,
    };
    workspace.ledger.record_delivery(new, NOW_MS).await.unwrap();
    let kept = workspace.find_client("ana.popescu@example.com", &[]).await.unwrap();
    assert_eq!(kept.loose.deliveries, 0, "what waits to be processed stays");
    let row = workspace.ledger.find_delivery("dlv_1").await.unwrap().row;
    workspace.ledger.finish_deliveries(vec![row], None).await.unwrap();
    let done = workspace.erase_client("ana.popescu@example.com", &[], "asked for it", "ion").await.unwrap();
    assert_eq!((done.orders, done.loose.deliveries), (0, 1));
    let refused = workspace.replay_delivery("dlv_1", "ion", "once more").await.unwrap_err();
    assert!(matches!(refused, EngineError::NotNow("erased")), "{refused}");
}

#[tokio::test]
async fn a_retention_period_is_looked_at_before_it_is_set() {
    let desk = desk_with(false).await;
    let workspace = &desk.workspace;
    assert!(workspace.preview_retention(3).await.is_err(), "no such period");
    let shares = workspace.preview_retention(12).await.unwrap();
    let kinds: Vec<&str> = shares.iter().map(|share| share.kind).collect();
    assert_eq!(kinds, ["records", "looks", "findings", "approvals", "audit", "deliveries"]);
    assert_eq!(workspace.ledger.read_retention_months().await.unwrap(), 24, "nothing is set by looking");
}
