//! Notes, owners and tags of a record.

use crate::support::{NOW_MS, world};
use punte_store::StoreError;

#[tokio::test]
async fn a_note_is_its_authors_and_may_be_put_back() {
    let world = world().await;
    let order = world.ready(1).await.order_row;
    let ledger = &world.ledger;
    ledger.add_note(order, "note_1", "asked the client", "Ana", NOW_MS).await.unwrap();
    ledger.add_note(order, "note_2", "no answer", "Mara", NOW_MS + 1).await.unwrap();
    let texts = async || -> Vec<String> {
        ledger.read_desk(order).await.unwrap().notes.into_iter().map(|note| note.text).collect()
    };
    assert_eq!(texts().await, ["no answer", "asked the client"]);
    assert!(matches!(ledger.edit_note("note_1", "x", "Mara", NOW_MS).await, Err(StoreError::Stale(_))));
    assert!(matches!(ledger.delete_note("note_1", true, "Mara", NOW_MS).await, Err(StoreError::Stale(_))));
    ledger.edit_note("note_1", "asked twice", "Ana", NOW_MS + 5).await.unwrap();
    assert_eq!(ledger.read_desk(order).await.unwrap().notes[1].edited_ms, Some(NOW_MS + 5));
    ledger.delete_note("note_1", true, "Ana", NOW_MS + 6).await.unwrap();
    assert_eq!(texts().await, ["no answer"]);
    ledger.delete_note("note_1", false, "Ana", NOW_MS + 7).await.unwrap();
    assert_eq!(texts().await, ["no answer", "asked twice"]);
    let told: Vec<String> = ledger.list_events(order).await.unwrap().into_iter().map(|event| event.what).collect();
    assert!(told.ends_with(&["note_deleted".to_owned(), "note_restored".to_owned()]), "{told:?}");
}

#[tokio::test]
async fn owners_and_tags_are_kept_and_suggested() {
    let world = world().await;
    let (one, two) = (world.ready(1).await.order_row, world.ready(2).await.order_row);
    let ledger = &world.ledger;
    ledger.assign_record(one, "Mara", "Ana", NOW_MS).await.unwrap();
    ledger.set_tags(one, vec!["retur".into(), "client vechi".into()], "Ana", NOW_MS).await.unwrap();
    ledger.set_tags(two, vec!["retur".into()], "Ana", NOW_MS).await.unwrap();
    let desk = ledger.read_desk(one).await.unwrap();
    assert_eq!((desk.owner.as_str(), desk.tags), ("Mara", vec!["client vechi".to_owned(), "retur".to_owned()]));
    assert_eq!(desk.known_tags, ["retur", "client vechi"], "the most used first");
    assert_eq!(ledger.list_people().await.unwrap(), ["Mara"]);
    ledger.assign_record(one, "", "Ana", NOW_MS).await.unwrap();
    ledger.set_tags(one, Vec::new(), "Ana", NOW_MS).await.unwrap();
    let desk = ledger.read_desk(one).await.unwrap();
    assert!(desk.owner.is_empty() && desk.tags.is_empty());
}
