//! Mappings: what is published, what is not yet, and one record's own edits beside them.

use crate::support::{NOW_MS, World, decision, draft, incoming, intent, issued, plan, world};
use punte_domain::{DocumentState, DraftEdit, Failure, FailureKind, Phase};
use punte_store::ledger::{EditsKept, MappingDraft, NewEvent, NewVersion, RecordEdits};
use punte_store::{Ledger, StoreError};
use serde_json::json;

fn version(document: &str) -> NewVersion {
    NewVersion { name: "Preset".into(), document: document.into(), author: "ana".into(), reason: "sectors".into() }
}

fn kept(document: &str, base_version: u32) -> MappingDraft {
    MappingDraft { document: document.into(), base_version, author: "ana".into(), saved_ms: NOW_MS }
}

fn edits(n: u64, city: &str) -> EditsKept {
    let mut edited = draft();
    edited.client.city = city.into();
    let mut plan = plan(n).document;
    plan.draft = Some(edited);
    EditsKept {
        edits: Some(RecordEdits {
            edits: vec![DraftEdit { field: "client.city".into(), value: city.into(), line: None }],
            author: "ana".into(),
            reason: "by phone".into(),
            at_ms: NOW_MS,
        }),
        plan,
        failure: None,
        note: NewEvent::new("draft_edited", json!({ "reason": "by phone" })).by("ana"),
    }
}

impl World {
    async fn city(&self, n: u64) -> String {
        self.document(n).await.draft.unwrap().client.city
    }
}

#[tokio::test]
async fn a_version_published_on_an_outdated_base_is_refused_and_the_draft_stays() {
    let world = world().await;
    world.ledger.save_mapping_draft("map_1", kept("mine", 1)).await.unwrap();
    world.ledger.save_mapping("map_1", "preset", "theirs".into(), "dan", NOW_MS).await.unwrap();
    let late = world.ledger.publish_mapping("map_1", 1, version("mine"), NOW_MS).await;
    assert!(matches!(late, Err(StoreError::PublishedMeanwhile(_))), "{late:?}");
    assert_eq!(world.ledger.find_mapping_draft("map_1").await.unwrap(), Some(kept("mine", 1)));
    assert_eq!(world.ledger.get_mapping("map_1").await.unwrap().rules, "theirs");
    assert_eq!(world.ledger.publish_mapping("map_1", 2, version("mine"), NOW_MS).await.unwrap(), 3);
    assert_eq!(world.ledger.find_mapping_draft("map_1").await.unwrap(), None, "what is published is no draft any more");
    assert_eq!(world.ledger.get_mapping_version("map_1", 2).await.unwrap(), "theirs");
    world.ledger.save_mapping_draft("map_1", kept("mine again", 3)).await.unwrap();
    let another = NewVersion { author: "dan".into(), ..version("his") };
    world.ledger.publish_mapping("map_1", 3, another, NOW_MS).await.unwrap();
    assert!(world.ledger.find_mapping_draft("map_1").await.unwrap().is_some(), "another's draft stays");
}

#[tokio::test]
async fn history_tells_who_why_and_how_many_invoices_each_version_made() {
    let world = world().await;
    world.ready(1).await;
    world.ready(2).await;
    world.ledger.publish_mapping("map_1", 1, version("two"), NOW_MS + 5).await.unwrap();
    let history = world.ledger.list_mapping_versions("map_1").await.unwrap();
    let told: Vec<_> = history.iter().map(|v| (v.version, v.reason.as_str(), v.documents, v.created_ms)).collect();
    assert_eq!(told, [(2, "sectors", 0, NOW_MS + 5), (1, "", 2, NOW_MS)]);
    assert_eq!(world.ledger.list_undecided(10).await.unwrap().len(), 2, "what is due is decided with the new version");
}

#[tokio::test]
async fn a_mapping_of_which_nothing_is_published_is_listed_and_cannot_map() {
    let world = world().await;
    world.ledger.create_mapping("map_2", "Nou", Some(kept("half", 0))).await.unwrap();
    let listed = world.ledger.list_mappings().await.unwrap();
    assert_eq!((listed[1].version, listed[1].has_draft), (0, true));
    assert!(matches!(world.ledger.get_mapping("map_2").await, Err(StoreError::NotFound(_))));
    world.ledger.discard_mapping_draft("map_2").await.unwrap();
    assert!(!world.ledger.list_mappings().await.unwrap()[1].has_draft);
    assert_eq!(world.ledger.publish_mapping("map_2", 0, version("whole"), NOW_MS).await.unwrap(), 1);
    assert!(world.ledger.save_mapping_draft("map_none", kept("x", 0)).await.is_err());
}

#[tokio::test]
async fn a_draft_is_there_after_another_start() {
    let world = world().await;
    world.ledger.save_mapping_draft("map_1", kept("mine", 1)).await.unwrap();
    let folder = world.folder;
    drop(world.ledger);
    let next = Ledger::open(folder.path()).unwrap();
    assert_eq!(next.find_mapping_draft("map_1").await.unwrap(), Some(kept("mine", 1)));
}

#[tokio::test]
async fn a_due_record_is_not_sent_with_its_old_draft_once_edits_are_kept() {
    let world = world().await;
    let ready = world.ready(1).await;
    world.ledger.save_edits(ready.row, 0, edits(1, "Dej"), NOW_MS).await.unwrap();
    let claim = world.ledger.record_intent(ready.row, intent(1), NOW_MS).await;
    assert!(matches!(claim, Err(StoreError::Stale(_))), "it is decided again first: {claim:?}");
    // a decision that was planned before the edits
    let order = world.ledger.find_order("ord_1").await.unwrap().unwrap();
    let mut old = plan(1);
    old.seen = Some(DocumentState::Ready);
    let seen = (order.version, order.wanted);
    let late =
        world.ledger.record_decisions(order.row, seen, vec![decision(old.clone())], ("document", "rule"), NOW_MS).await;
    assert!(matches!(late, Err(StoreError::Stale(_))), "it knows nothing of the edits: {late:?}");
    assert_eq!(world.city(1).await, "Dej");
    old.document = edits(1, "Dej").plan;
    old.document.edit_revision = 1;
    world.ledger.record_decisions(order.row, seen, vec![decision(old)], ("document", "rule"), NOW_MS).await.unwrap();
    let attempt = world.ledger.record_intent(ready.row, intent(2), NOW_MS).await.unwrap();
    assert_eq!(attempt.draft.client.city, "Dej");
}

#[tokio::test]
async fn edits_of_two_people_do_not_overwrite_each_other() {
    let world = world().await;
    let ready = world.ready(1).await;
    world.ledger.save_edits(ready.row, 0, edits(1, "Dej"), NOW_MS).await.unwrap();
    let late = world.ledger.save_edits(ready.row, 0, edits(1, "Gherla"), NOW_MS).await;
    assert!(matches!(late, Err(StoreError::Stale(_))), "{late:?}");
    let document = world.document(1).await;
    assert_eq!((document.edit_revision, document.edits.unwrap().edits[0].value.as_str()), (1, "Dej"));
    let undo = EditsKept { edits: None, plan: plan(1).document, ..edits(1, "") };
    world.ledger.save_edits(ready.row, 1, undo, NOW_MS).await.unwrap();
    let document = world.document(1).await;
    assert_eq!((document.edit_revision, document.edits), (2, None));
    assert_eq!(world.city(1).await, "Cluj-Napoca");
}

#[tokio::test]
async fn what_is_sent_or_issued_is_never_edited() {
    let world = world().await;
    let (sending, attempt) = world.sending(1).await;
    let refused = world.ledger.save_edits(sending.row, 0, edits(1, "Dej"), NOW_MS).await;
    assert!(matches!(refused, Err(StoreError::Stale(_))), "{refused:?}");
    world.ledger.record_outcome(attempt, sending.row, issued("0007"), "{}".into(), NOW_MS).await.unwrap();
    let refused = world.ledger.save_edits(sending.row, 0, edits(1, "Dej"), NOW_MS).await;
    assert!(matches!(refused, Err(StoreError::Stale(_))), "{refused:?}");
    let issued = world.document(1).await;
    assert_eq!((issued.edits, issued.edit_revision), (None, 0));
    assert_eq!(world.city(1).await, "Cluj-Napoca");
}

#[tokio::test]
async fn a_held_record_stays_held_when_edits_mend_it_and_keeps_what_the_provider_said() {
    let world = world().await;
    world.ledger.take_in(vec![incoming(1, "a")], None, NOW_MS).await.unwrap();
    let order = world.ledger.find_order("ord_1").await.unwrap().unwrap();
    let refused = Failure::new(FailureKind::RefusedOther, Phase::Refused, "create invoice", "order 1");
    let held = punte_store::ledger::DocumentPlan { failure: Some(refused.clone()), ..plan(1) };
    let seen = (order.version, order.wanted);
    world.ledger.record_decisions(order.row, seen, vec![decision(held)], ("document", "rule"), NOW_MS).await.unwrap();
    let row = world.document(1).await.row;
    world.ledger.save_edits(row, 0, edits(1, "Dej"), NOW_MS).await.unwrap();
    let ours = Failure::new(FailureKind::AddressIncomplete, Phase::Prepare, "map", "order 1");
    let worse = EditsKept { failure: Some(ours), ..edits(1, "") };
    world.ledger.save_edits(row, 1, worse, NOW_MS).await.unwrap();
    let document = world.document(1).await;
    assert_eq!((document.state, document.failure), (DocumentState::Held, Some(refused)));
    assert_eq!(world.ledger.list_undecided(10).await.unwrap().len(), 0, "a person retries it");
    let timeline = world.ledger.list_events(order.row).await.unwrap();
    assert_eq!(timeline.iter().filter(|event| event.what == "draft_edited" && event.who == "ana").count(), 2);
}

/// What version 8 added.
fn take_back_lists(raw: &rusqlite::Connection) {
    let texts = |sql: &str| -> Vec<String> {
        raw.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let indexes = "SELECT 'DROP INDEX ' || name FROM sqlite_schema
                   WHERE type = 'index' AND (name GLOB '*_list_*' OR name = 'orders_number_bare')
                     AND name NOT GLOB 'sqlite*'";
    let columns = "SELECT 'ALTER TABLE ' || t.value || ' DROP COLUMN ' || x.name
                   FROM json_each('[\"documents\",\"orders\"]') t, pragma_table_xinfo(t.value) x WHERE x.hidden = 2";
    for statement in texts(indexes).into_iter().chain(texts(columns)) {
        raw.execute_batch(&statement).unwrap();
    }
    raw.execute_batch("DROP TABLE saved_views; DROP TABLE list_layouts;").unwrap();
}

#[tokio::test]
async fn old_documents_learn_their_mapping_from_their_flow() {
    let world = world().await;
    world.ready(1).await;
    let folder = world.folder;
    drop(world.ledger);
    let raw = rusqlite::Connection::open(folder.path().join("ledger.sqlite")).unwrap();
    take_back_lists(&raw);
    raw.execute_batch(
        "DROP TABLE alert_tellings; DROP TABLE notice_sends; DROP TABLE notices; DROP TABLE alerts; DROP TABLE alert_channels;
         ALTER TABLE workspace DROP COLUMN alerts;
         DROP INDEX orders_erased; DROP INDEX orders_came_again; DROP INDEX findings_by_order;
         ALTER TABLE orders DROP COLUMN erased_ms; ALTER TABLE orders DROP COLUMN erased_version;
         DROP INDEX attempts_kept; DROP INDEX operations_kept; DROP INDEX looks_by_time; DROP INDEX findings_closed;
         DROP INDEX findings_by_run; DROP INDEX runs_ended;
         ALTER TABLE flows DROP COLUMN rules; DROP INDEX documents_follow_up_due;
         ALTER TABLE documents DROP COLUMN released; ALTER TABLE documents DROP COLUMN delayed;
         ALTER TABLE documents DROP COLUMN follow_ups; ALTER TABLE documents DROP COLUMN follow_up_due_ms;
         DROP TABLE approvals; DROP TABLE operators; ALTER TABLE workspace DROP COLUMN guards;
         ALTER TABLE connections DROP COLUMN secret_changed_ms;
         DROP TABLE audit_personal; DROP TRIGGER audit_is_not_deleted; DROP TABLE audit; DROP TABLE audit_chain;
         DROP TRIGGER proformas_counted_in; DROP TRIGGER proformas_counted_on;
         DROP INDEX documents_by_proforma; ALTER TABLE documents DROP COLUMN proforma_row;
         DROP TABLE import_rejects; DROP TABLE imports;
         DROP TABLE backfill_orders; DROP TABLE backfills;
         DROP TABLE delivery_replays; DROP TABLE deliveries; DROP TABLE hooks;
         DROP TABLE closing_documents; DROP TABLE closings; DROP INDEX documents_einvoice_open;
         DROP INDEX documents_failed_at;
         DROP TRIGGER causes_came; DROP TRIGGER causes_joined; DROP TRIGGER causes_went;
         DROP INDEX documents_by_cause; DROP INDEX documents_of_cause;
         ALTER TABLE documents DROP COLUMN fingerprint; ALTER TABLE documents DROP COLUMN failed_ms;
         ALTER TABLE documents DROP COLUMN snoozed_until_ms;
         DROP TABLE causes; DROP TABLE record_owners; DROP TABLE notes; DROP TABLE tags;
         DROP TABLE bulk_items; DROP TABLE bulk_jobs;
         DROP INDEX documents_by_mapping; ALTER TABLE documents DROP COLUMN mapping_id;
         ALTER TABLE documents DROP COLUMN edits; ALTER TABLE documents DROP COLUMN edit_revision;
         DROP TABLE mapping_drafts; ALTER TABLE mapping_versions DROP COLUMN reason; PRAGMA user_version = 6;",
    )
    .unwrap();
    drop(raw);
    let ledger = Ledger::open(folder.path()).unwrap();
    let document = ledger.find_document("doc_1").await.unwrap().unwrap();
    assert_eq!((document.mapping_id.as_str(), document.mapping_version, document.edits), ("map_1", 1, None));
    assert_eq!(ledger.list_mapping_versions("map_1").await.unwrap()[0].documents, 1);
}
