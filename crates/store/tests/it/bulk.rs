//! Jobs over many records: an item is marked before its act, and a job that was cancelled begins nothing more.

use crate::support::{NOW_MS, World, world};
use punte_store::StoreError;
use punte_store::ledger::{BulkJob, ItemEnd, LaneKey, NewBulkItem, NewBulkJob};

fn lane(series: &str) -> LaneKey {
    LaneKey { billing_id: "con_bill".into(), company: "RO12345674".into(), series: series.into() }
}

impl World {
    /// A job over these documents, confirmed.
    async fn job(&self, documents: &[u64]) -> BulkJob {
        let new =
            NewBulkJob { id: "bulk_1".into(), kind: "retry", who: "Ana".into(), of_records: documents.len() as u32 };
        let job = self.ledger.insert_bulk_job(new, NOW_MS).await.unwrap();
        let mut items = Vec::new();
        for n in documents {
            items.push(NewBulkItem {
                document_row: self.ready(*n).await.row,
                is_planned: true,
                why: "refused",
                failure: None,
                lane: lane(if n % 2 == 0 { "FCT" } else { "B" }),
            });
        }
        // named twice, it counts once
        items.push(items[0].clone());
        self.ledger.add_bulk_items(job.row, items).await.unwrap();
        self.ledger.finish_bulk_plan(job.row, "{}".into()).await.unwrap();
        self.ledger.confirm_bulk_job("bulk_1", "", "Ana", NOW_MS).await.unwrap();
        job
    }
}

fn done() -> ItemEnd {
    ItemEnd { state: "done", why: "", failure: None }
}

#[tokio::test]
async fn items_go_lane_by_lane_and_a_job_ends_with_its_last() {
    let world = world().await;
    let job = world.job(&[1, 2, 3]).await;
    let ledger = &world.ledger;
    assert_eq!(ledger.count_bulk_items(job.row).await.unwrap().get("planned"), 3);
    let next = ledger.list_next_bulk_items(job.row).await.unwrap();
    assert_eq!(next.iter().map(|item| item.lane.series.as_str()).collect::<Vec<_>>(), ["B", "FCT"]);
    for item in &next {
        ledger.begin_bulk_item(item.row, Some(item.document_row), 0, NOW_MS).await.unwrap();
        let twice = ledger.begin_bulk_item(item.row, Some(item.document_row), 0, NOW_MS).await;
        assert!(matches!(twice, Err(StoreError::Stale(_))), "an item begins once");
    }
    assert_eq!(ledger.count_bulk_doing(lane("B")).await.unwrap(), 1);
    assert!(!ledger.end_bulk_job_if_over(job.row, NOW_MS).await.unwrap());
    for item in ledger.list_bulk_doing(job.row).await.unwrap() {
        ledger.end_bulk_item(item.row, done(), NOW_MS).await.unwrap();
    }
    let last = ledger.list_next_bulk_items(job.row).await.unwrap().remove(0);
    ledger.begin_bulk_item(last.row, Some(last.document_row), 0, NOW_MS).await.unwrap();
    ledger.end_bulk_item(last.row, done(), NOW_MS).await.unwrap();
    assert!(ledger.end_bulk_job_if_over(job.row, NOW_MS + 9).await.unwrap());
    let over = ledger.find_bulk_job("bulk_1").await.unwrap().unwrap();
    assert_eq!((over.state.as_str(), over.finished_ms), ("done", Some(NOW_MS + 9)));
    let report = ledger.page_bulk_items(job.row, "done", None, 2).await.unwrap();
    assert_eq!(report.len(), 2);
    assert_eq!(ledger.page_bulk_items(job.row, "", Some(report[1].row), 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_cancelled_job_begins_nothing_more_and_a_plan_that_was_cut_off_is_none() {
    let world = world().await;
    let job = world.job(&[2, 4]).await;
    let ledger = &world.ledger;
    let first = ledger.list_next_bulk_items(job.row).await.unwrap().remove(0);
    ledger.begin_bulk_item(first.row, Some(first.document_row), 0, NOW_MS).await.unwrap();
    ledger.cancel_bulk_job("bulk_1", NOW_MS).await.unwrap();
    let counts = ledger.count_bulk_items(job.row).await.unwrap();
    assert_eq!((counts.get("left"), counts.get("cancelled")), (1, 1));
    assert!(ledger.cancel_bulk_job("bulk_1", NOW_MS).await.is_err(), "it is over");
    let new = NewBulkJob { id: "bulk_2".into(), kind: "retry", who: "Ana".into(), of_records: 1 };
    ledger.insert_bulk_job(new, NOW_MS).await.unwrap();
    ledger.sweep_bulk_plans(NOW_MS).await.unwrap();
    assert_eq!(ledger.find_bulk_job("bulk_2").await.unwrap().unwrap().state, "cancelled");
    assert!(ledger.confirm_bulk_job("bulk_2", "", "Ana", NOW_MS).await.is_err());
}

#[tokio::test]
async fn what_a_job_queued_is_not_live_and_everything_else_that_is_due_is() {
    let world = world().await;
    let job = world.job(&[2]).await;
    let ledger = &world.ledger;
    let live = async || ledger.is_live_due(lane("FCT"), false, NOW_MS).await.unwrap();
    assert!(live().await, "it is due by itself until the job takes it");
    let item = ledger.list_next_bulk_items(job.row).await.unwrap().remove(0);
    ledger.begin_bulk_item(item.row, Some(item.document_row), 0, NOW_MS).await.unwrap();
    assert!(!live().await);
    world.ready(7).await;
    assert!(live().await);
    assert!(!ledger.is_live_due(lane("OTHER"), false, NOW_MS).await.unwrap(), "another lane");
    assert!(ledger.is_live_due(lane("OTHER"), true, NOW_MS).await.unwrap(), "the whole connection");
}
