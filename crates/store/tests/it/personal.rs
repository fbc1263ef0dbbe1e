//! Erasing a client: what goes and what stays, that an order that comes again makes nothing twice, and that nothing of them is left
//! in the file.

use crate::support::{NOW_MS, World, decision, incoming, intent, issued, plan, world};
use punte_domain::erasure::Known;
use punte_domain::personal::MASK;
use punte_domain::{DocumentState, OrderStatus};
use punte_store::ledger::{
    AuditActor, DeliveryWork, Erased, IdMeans, IncomingOrder, NewAuditRow, NewDelivery, Outcome, Sought,
};
use serde_json::json;

const TOLD: [&str; 6] =
    ["ana.popescu@example.com", "Popescu", "1980101123452", "0740123456", "0740 123 456", "popescu"];

fn ana(n: u64, content: &str) -> IncomingOrder {
    let raw = json!({
        "id": n, "number": n.to_string(), "status": "completed", "currency": "RON", "total": "59.00", "touched": content,
        "billing": { "first_name": "Ana", "last_name": "Popescu", "email": "ana.popescu@example.com", "phone": "0740 123 456" },
        "meta_data": [{ "id": 1, "key": "_billing_cnp", "value": "1980101123452" }],
        "line_items": [{ "id": 1, "name": "Cană", "total": "59.00" }],
    });
    let mut order = incoming(n, content);
    order.head.customer = "Ana Popescu".into();
    order.head.email = "ana.popescu@example.com".into();
    order.head.tax_id = "1980101123452".into();
    IncomingOrder { raw: raw.to_string(), ..order }
}

async fn take(world: &World, order: IncomingOrder) -> i64 {
    let id = order.id.clone();
    world.ledger.take_in(vec![order], None, NOW_MS).await.unwrap();
    world.ledger.find_order(&id).await.unwrap().unwrap().row
}

async fn ignore(world: &World, row: i64) {
    let order = world.ledger.get_order_by_row(row).await.unwrap();
    let seen = (order.version, order.wanted);
    world.ledger.record_decisions(row, seen, Vec::new(), ("not_invoiced", "condition"), NOW_MS).await.unwrap();
}

async fn invoice(world: &World, n: u64) -> i64 {
    let row = take(world, ana(n, "first")).await;
    let mut plan = plan(n);
    plan.document.client = "Ana Popescu".into();
    let order = world.ledger.get_order_by_row(row).await.unwrap();
    let seen = (order.version, order.wanted);
    world.ledger.record_decisions(row, seen, vec![decision(plan)], ("document", "rule"), NOW_MS).await.unwrap();
    let document = world.document(n).await;
    let attempt = world.ledger.record_intent(document.row, intent(n), NOW_MS).await.unwrap();
    let record = json!({ "request": "ana.popescu@example.com" }).to_string();
    world.ledger.record_outcome(attempt.row, document.row, issued(&n.to_string()), record, NOW_MS).await.unwrap();
    row
}

/// Every place in the ledger's file and its log in which one of these stands.
fn grep(world: &World) -> Vec<String> {
    let files = ["ledger.sqlite", "ledger.sqlite-wal"].map(|name| world.folder.path().join(name));
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.exists()) {
        let bytes = std::fs::read(file).unwrap();
        for told in TOLD {
            if bytes.windows(told.len()).any(|window| window == told.as_bytes()) {
                found.push(format!("{told} in {}", file.display()));
            }
        }
    }
    found
}

fn known() -> Known {
    let mut known = Known::default();
    known.add_name("Ana Popescu");
    known.add("ana.popescu@example.com");
    known.add("1980101123452");
    known.add_phone("0740123456");
    known
}

#[tokio::test]
async fn of_a_client_without_a_document_nothing_is_left_in_the_file() {
    let world = world().await;
    let row = take(&world, ana(1, "first")).await;
    ignore(&world, row).await;
    take(&world, ana(1, "second")).await;
    ignore(&world, row).await;
    for n in 10..60 {
        take(&world, incoming(n, "other")).await;
    }
    world.ledger.add_note(row, "note_1", "Popescu, 0740 123 456", "ana", NOW_MS).await.unwrap();
    let audit = NewAuditRow {
        actor: AuditActor::default(),
        act: "orders.list".into(),
        outcome: "done",
        facts: json!({}),
        personal: Some(json!({ "/query": "ana.popescu@example.com" })),
        ..NewAuditRow::default()
    };
    world.ledger.add_audit(audit, NOW_MS).await.unwrap();
    world.ledger.record_delivery(delivery(), NOW_MS).await.unwrap();
    assert!(!grep(&world).is_empty());

    let loose = world.ledger.count_loose(&known()).await.unwrap();
    assert_eq!((loose.deliveries, loose.audit), (1, 1));
    assert_eq!(world.ledger.erase_loose(&known()).await.unwrap(), loose, "what was counted goes");
    assert_eq!(world.ledger.erase_order(row, "ion", NOW_MS).await.unwrap(), Erased::Done);
    world.ledger.merge_search().await.unwrap();
    assert!(world.ledger.compact(u64::MAX).await.unwrap());
    assert_eq!(grep(&world), Vec::<String>::new());

    let order = world.ledger.get_order_by_row(row).await.unwrap();
    assert!(order.is_erased());
    assert_eq!((order.head.customer.as_str(), order.head.email.as_str()), (MASK, ""));
    assert_eq!((order.head.number.as_str(), order.head.total_minor, order.version), ("1", 5900, 2));
    let raw = world.ledger.get_order_json(row).await.unwrap();
    assert!(raw.contains("\"total\":\"59.00\"") && raw.contains("Cană"), "{raw}");
    assert_eq!(world.ledger.erase_order(row, "ion", NOW_MS).await.unwrap(), Erased::Already);
    assert!(world.ledger.verify_audit(Vec::new()).await.unwrap().fault.is_none(), "the log is whole");
    let report = world.ledger.verify_audit(Vec::new()).await.unwrap();
    assert_eq!(report.erased, 1);
}

fn delivery() -> NewDelivery {
    NewDelivery {
        id: "dlv_1".into(),
        connection_id: "con_shop".into(),
        sent_ms: None,
        delivery_id: Some("1".into()),
        event_id: None,
        topic: "customer.updated".into(),
        verdict: "accepted",
        status: 200,
        headers: Default::default(),
        body: br#"{"email":"ana.popescu\u0040example.com"}"#.to_vec(),
        size: 40,
        digest: [1; 32],
        work: DeliveryWork::Nothing,
        id_means: IdMeans::Nothing,
    }
}

#[tokio::test]
async fn an_issued_document_stays_and_all_else_of_its_order_goes() {
    let world = world().await;
    let row = invoice(&world, 1).await;
    let before = world.document(1).await;
    assert_eq!(world.ledger.erase_order(row, "ion", NOW_MS).await.unwrap(), Erased::Done);
    let after = world.document(1).await;
    assert_eq!((after.issue_key, after.reference, after.number), (before.issue_key, before.reference, before.number));
    assert_eq!((after.client.as_str(), after.draft), ("Ana Popescu", before.draft), "the invoice's content");
    let attempt = world.ledger.find_last_attempt(after.row).await.unwrap().unwrap();
    assert_eq!((attempt.record.as_str(), attempt.draft.client.name.as_str()), ("{}", "Ștefan Țîru"), "what was sent");
    assert!(!world.ledger.get_order_json(row).await.unwrap().contains("ana.popescu"));
    let order = world.ledger.get_order_by_row(row).await.unwrap();
    assert_eq!((order.decision.as_str(), order.reason.as_str()), ("document", "rule"));

    let found = world.ledger.find_client_orders(&Sought::Name("ANA POPESCU".into()), 10).await.unwrap();
    assert_eq!(found, [row], "by the document's client");
    let kept = world.ledger.read_client_order(row).await.unwrap();
    assert_eq!((kept.is_erased, kept.name.as_str(), kept.documents.len()), (true, "Ana Popescu", 1));
}

#[tokio::test]
async fn what_is_open_is_not_erased() {
    let world = world().await;
    let row = take(&world, ana(1, "first")).await;
    let Erased::Open(open) = world.ledger.erase_order(row, "ion", NOW_MS).await.unwrap() else { panic!("erased") };
    assert_eq!(open.why, "undecided");
    world.ready(2).await;
    let ready = world.document(2).await;
    let Erased::Open(open) = world.ledger.erase_order(ready.order_row, "ion", NOW_MS).await.unwrap() else {
        panic!("erased")
    };
    assert_eq!((open.why, open.document_id.as_deref()), ("document", Some("doc_2")));
    assert_eq!(world.document(2).await.client, "Ștefan Țîru", "nothing of it went");
}

#[tokio::test]
async fn an_order_that_comes_again_makes_nothing_twice_and_brings_its_buyer_back_only_for_an_invoice() {
    let world = world().await;
    let row = invoice(&world, 1).await;
    let ignored = take(&world, ana(2, "first")).await;
    ignore(&world, ignored).await;
    for row in [row, ignored] {
        assert_eq!(world.ledger.erase_order(row, "ion", NOW_MS).await.unwrap(), Erased::Done);
    }
    let told = async |row: i64| {
        let raw = world.ledger.get_order_json(row).await.unwrap();
        let order = world.ledger.get_order_by_row(row).await.unwrap();
        (order.version, order.is_erased(), raw.contains("Popescu") || order.head.customer.contains("Ana"))
    };
    take(&world, ana(1, "first")).await;
    take(&world, ana(2, "first")).await;
    assert_eq!(
        (told(row).await, told(ignored).await),
        ((1, true, false), (1, true, false)),
        "the same version is none"
    );

    let mut refunded = ana(1, "refunded");
    (refunded.head.modified_ms, refunded.head.refunded_minor) = (NOW_MS + 1, 1000);
    take(&world, refunded).await;
    assert_eq!(told(row).await, (2, true, false), "taken in for what follows from it, without its buyer");
    assert_eq!(world.ledger.get_order_by_row(row).await.unwrap().head.refunded_minor, 1000);
    assert_eq!(world.ledger.list_documents_of_order(row).await.unwrap().len(), 1);

    let newer = |content: &str, at: i64, status| {
        let mut order = ana(2, content);
        (order.head.modified_ms, order.head.status) = (NOW_MS + at, status);
        order
    };
    take(&world, newer("cancelled", 1, OrderStatus::Cancelled)).await;
    assert_eq!(told(ignored).await, (2, true, false), "nothing is made out for what was cancelled");
    take(&world, newer("edited", 2, OrderStatus::Completed)).await;
    assert_eq!(told(ignored).await, (3, false, true), "an invoice may be due");
    ignore(&world, ignored).await;
    assert_eq!(told(ignored).await, (3, true, false), "none was: it goes again");
    take(&world, newer("paid", 3, OrderStatus::Completed)).await;
    let order = world.ledger.get_order_by_row(ignored).await.unwrap();
    let seen = (order.version, order.wanted);
    let mut due = plan(2);
    due.document.order_version = 4;
    world.ledger.record_decisions(ignored, seen, vec![decision(due)], ("document", "rule"), NOW_MS).await.unwrap();
    assert_eq!(told(ignored).await, (4, false, true), "an order as any other");
    assert_eq!(world.ledger.get_order_by_row(ignored).await.unwrap().erased_version, None);
}

#[tokio::test]
async fn a_draft_that_nothing_was_issued_from_loses_its_client() {
    let world = world().await;
    let (document, attempt) = world.sending(1).await;
    let failure = punte_domain::Failure::new(
        punte_domain::FailureKind::TaxIdInvalid,
        punte_domain::Phase::Refused,
        "create invoice",
        "order 1",
    )
    .with_detail("Ștefan Țîru");
    let refused = Outcome::Refused(failure);
    world.ledger.record_outcome(attempt, document.row, refused, "{\"a\":1}".into(), NOW_MS).await.unwrap();
    world.ledger.dismiss(&document.id, "by hand", "ion", NOW_MS).await.unwrap();
    let client = world.ledger.read_client_order(document.order_row).await.unwrap();
    world.ledger.erase_loose(&client.known).await.unwrap();
    assert_eq!(world.ledger.erase_order(document.order_row, "ion", NOW_MS).await.unwrap(), Erased::Done);
    let document = world.document(1).await;
    assert_eq!((document.state, document.client.as_str()), (DocumentState::Dismissed, MASK));
    let draft = document.draft.unwrap();
    assert_eq!((draft.client.name.as_str(), draft.client.address.as_str(), draft.lines.len()), (MASK, "", 1));
    let attempt = world.ledger.find_last_attempt(document.row).await.unwrap().unwrap();
    assert_eq!((attempt.record.as_str(), attempt.draft.client.name.as_str()), ("{}", MASK));
    assert_eq!(document.issue_key, "cana.ro|1|invoice|1", "its place is taken for good");
    world.ledger.merge_search().await.unwrap();
    assert!(world.ledger.compact(u64::MAX).await.unwrap());
    let bytes = std::fs::read(world.folder.path().join("ledger.sqlite")).unwrap();
    for told in ["Țîru", "tiru", "Morii", "stefan@"] {
        assert!(!bytes.windows(told.len()).any(|window| window == told.as_bytes()), "{told}");
    }
}

#[tokio::test]
async fn a_client_is_found_by_what_is_known_of_them() {
    let world = world().await;
    let row = take(&world, ana(1, "first")).await;
    take(&world, incoming(2, "other")).await;
    for sought in [
        Sought::Email("Ana.Popescu@Example.com".into()),
        Sought::Name("ana popescu".into()),
        Sought::Phone("740123456".into()),
        Sought::TaxId("1980101123452".into()),
    ] {
        assert_eq!(world.ledger.find_client_orders(&sought, 10).await.unwrap(), [row], "{sought:?}");
    }
    let nobody = Sought::Email("popescu@example.com".into());
    assert!(world.ledger.find_client_orders(&nobody, 10).await.unwrap().is_empty(), "the whole of it, or nobody");
    let exported = world.ledger.export_client_order(row).await.unwrap();
    assert_eq!(exported["versions"][0]["raw"]["billing"]["email"], "ana.popescu@example.com");
}

#[tokio::test]
async fn what_retention_counts_is_what_it_takes() {
    let world = world().await;
    invoice(&world, 1).await;
    world.ledger.record_delivery(delivery(), NOW_MS + 5).await.unwrap();
    let count = async |before_ms: i64| {
        let shares = world.ledger.count_purgeable(Some(before_ms), Some(before_ms), 100).await.unwrap();
        shares
            .into_iter()
            .filter(|share| share.count > 0)
            .map(|one| (one.kind, one.count, one.oldest_ms))
            .collect::<Vec<_>>()
    };
    assert_eq!(count(NOW_MS).await, []);
    let all = [("records", 1, Some(NOW_MS)), ("deliveries", 1, Some(NOW_MS + 5))];
    assert_eq!(count(NOW_MS + 10).await, all);
    let gone = world.ledger.purge(Some(NOW_MS + 10), Some(NOW_MS + 10), 100).await.unwrap();
    let gone: Vec<_> = gone.into_iter().filter(|one| one.count > 0).map(|one| (one.kind, one.count)).collect();
    assert_eq!(gone, [("records", 1), ("deliveries", 1)]);
    assert_eq!(count(NOW_MS + 10).await, []);
    let none = world.ledger.count_purgeable(None, None, 100).await.unwrap();
    assert!(none.iter().all(|share| share.count == 0), "everything is kept");
}
