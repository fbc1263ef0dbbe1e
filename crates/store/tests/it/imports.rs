//! Files of orders: what a batch writes at once, and where an import stops.

use crate::support::{NOW_MS, World, incoming, world};
use punte_domain::{Currency, Failure, FailureKind, Phase};
use punte_store::StoreError;
use punte_store::ledger::{
    BatchEnd, Import, ImportBatch, ImportReason, ImportReject, IncomingOrder, MOST_REJECTED, MOST_WAITING, NewImport,
    Taken,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl World {
    async fn begun(&self, id: &str) -> Import {
        let new = NewImport {
            id: id.into(),
            connection_id: "con_shop".into(),
            file_name: "orders.csv".into(),
            bytes: 100,
            who: "ana".into(),
        };
        self.ledger.begin_import(new, NOW_MS).await.unwrap();
        self.ledger.find_import(id).await.unwrap()
    }

    async fn running(&self, id: &str) -> Import {
        let import = self.begun(id).await;
        self.ledger.note_piece(import.row, (0, 100), Some("9c56".into()), NOW_MS).await.unwrap();
        assert!(self.ledger.start_import(import.row, None, NOW_MS).await.unwrap());
        self.ledger.find_import(id).await.unwrap()
    }

    async fn ended(&self, import: &Import, state: &'static str) {
        let failure = (state == "failed")
            .then(|| Failure::new(FailureKind::FileUnreadable, Phase::Prepare, "read file", "orders.csv"));
        assert!(self.ledger.end_import(import.row, ("running", state), (failure, None), NOW_MS).await.unwrap());
    }
}

fn why() -> ImportReason {
    ImportReason { code: "not_a_number".into(), facts: [("text".to_owned(), "mult".to_owned())].into() }
}

fn rejected(lines: std::ops::Range<u32>) -> Vec<ImportReject> {
    let one = |line| ImportReject { row: 0, line, order: None, field: "total".into(), reason: why() };
    lines.map(one).collect()
}

fn batch(after: u64, orders: std::ops::Range<u64>, lines: std::ops::Range<u32>) -> ImportBatch {
    let orders: Vec<_> = orders.map(|n| (n as u32, incoming(n, &format!("of {n}")))).collect();
    let rejected = rejected(lines);
    let position = after + (orders.len() + rejected.len()) as u64;
    ImportBatch { after, position, progress: 500, orders, rejected, first_flow_ms: Some(NOW_MS + DAY_MS) }
}

#[tokio::test]
async fn a_batch_is_counted_once_however_often_it_is_written() {
    let world = world().await;
    let import = world.running("imp_1").await;
    let take = async |batch| world.ledger.take_import_batch(import.row, batch, NOW_MS).await.unwrap();
    let taken = |new, unchanged| Taken { new, changed: 0, unchanged };
    assert_eq!(take(batch(0, 1..4, 7..9)).await, (BatchEnd::Taken, taken(3, 0)));
    assert_eq!(take(batch(0, 1..4, 7..9)).await, (BatchEnd::Stopped, taken(0, 0)), "it is in already");
    assert_eq!(take(batch(5, 3..6, 9..9)).await, (BatchEnd::Taken, taken(2, 1)));
    let now = world.ledger.find_import("imp_1").await.unwrap();
    assert_eq!((now.taken.new, now.taken.unchanged, now.rejected, now.position), (5, 1, 2, 8));
    assert_eq!(now.older, 5, "of the new ones, all before the flow");
    let kept = world.ledger.list_import_rejects(import.row, 0, 10).await.unwrap();
    assert_eq!(kept.iter().map(|one| one.line).collect::<Vec<_>>(), [7, 8]);
    let next = world.ledger.list_import_rejects(import.row, kept[0].row, 10).await.unwrap();
    assert_eq!(next, kept[1..]);
}

#[tokio::test]
async fn an_order_whose_id_another_has_is_told_and_replaces_nothing() {
    let world = world().await;
    let import = world.running("imp_1").await;
    let of_file = |n: u64, change: &dyn Fn(&mut IncomingOrder)| {
        let mut order = incoming(1, &format!("content {n}"));
        order.shop_identity = "file:con_shop".into();
        change(&mut order);
        order
    };
    let mut after = 0;
    let take = async |line: u32, after: &mut u64, change: &dyn Fn(&mut IncomingOrder)| {
        let orders = vec![(line, of_file(u64::from(line), change))];
        let batch = ImportBatch {
            after: *after,
            position: *after + 1,
            progress: 1,
            orders,
            rejected: Vec::new(),
            first_flow_ms: None,
        };
        *after += 1;
        world.ledger.take_import_batch(import.row, batch, NOW_MS).await.unwrap();
        let now = world.ledger.find_import("imp_1").await.unwrap();
        (now.taken.new, now.taken.changed, now.taken.unchanged, now.rejected)
    };
    assert_eq!(take(2, &mut after, &|_| {}).await, (1, 0, 0, 0));
    let other_day = |order: &mut IncomingOrder| order.head.created_ms -= 40 * DAY_MS;
    assert_eq!(take(3, &mut after, &other_day).await, (1, 0, 0, 1), "older, and of another shop");
    let later_year = |order: &mut IncomingOrder| {
        order.head.created_ms += 365 * DAY_MS;
        order.head.modified_ms += 365 * DAY_MS;
    };
    assert_eq!(take(4, &mut after, &later_year).await, (1, 0, 0, 2), "newer, and no version of it");
    let in_euro = |order: &mut IncomingOrder| order.head.currency = Currency::parse("EUR").unwrap();
    assert_eq!(take(5, &mut after, &in_euro).await, (1, 0, 0, 3));
    let for_another = |order: &mut IncomingOrder| {
        order.head.total_minor += 1000;
        (order.head.customer, order.head.email) = ("Dan Pop".into(), "dan@example.com".into());
    };
    assert_eq!(take(6, &mut after, &for_another).await, (1, 0, 0, 4));
    let dearer = |order: &mut IncomingOrder| {
        order.head.total_minor += 1000;
        order.head.modified_ms += 1;
    };
    assert_eq!(take(7, &mut after, &dearer).await, (1, 1, 0, 4), "another total for the same client is its version");
    assert_eq!(take(7, &mut after, &dearer).await, (1, 1, 1, 4), "the same again is unchanged");
    let told = world.ledger.list_import_rejects(import.row, 0, 10).await.unwrap();
    let told: Vec<_> = told
        .iter()
        .map(|one| (one.line, one.field.as_str(), one.reason.code.as_str(), one.reason.facts.len()))
        .collect();
    assert_eq!(
        told,
        [
            (3, "date", "other_day", 2),
            (4, "date", "other_day", 2),
            (5, "currency", "other_currency", 2),
            (6, "customer.name", "other_client", 2)
        ]
    );
    let known = world.ledger.find_order("ord_1").await.unwrap().unwrap();
    assert_eq!(known.version, 2, "of the first alone");
    let heads = vec![of_file(3, &other_day).head, of_file(7, &dearer).head];
    let found = world.ledger.find_other_orders("file:con_shop", heads.clone()).await.unwrap();
    assert_eq!(found.values().map(|other| other.differs).collect::<Vec<_>>(), ["day"]);
    assert!(world.ledger.find_other_orders("cana.ro", heads).await.unwrap().is_empty(), "a shop gives an id once");
}

#[tokio::test]
async fn after_a_cancel_nothing_more_is_taken() {
    let world = world().await;
    let import = world.running("imp_1").await;
    world.ledger.take_import_batch(import.row, batch(0, 1..4, 7..7), NOW_MS).await.unwrap();
    world.ended(&import, "cancelled").await;
    let (late, _) = world.ledger.take_import_batch(import.row, batch(3, 4..6, 8..9), NOW_MS).await.unwrap();
    assert_eq!(late, BatchEnd::Stopped);
    let now = world.ledger.find_import("imp_1").await.unwrap();
    assert_eq!((now.taken.new, now.rejected), (3, 0));
    assert!(world.ledger.find_order("ord_4").await.unwrap().is_none());
}

#[tokio::test]
async fn rejected_rows_are_kept_up_to_a_limit() {
    let world = world().await;
    let import = world.running("imp_1").await;
    let most = MOST_REJECTED;
    let (end, _) = world.ledger.take_import_batch(import.row, batch(0, 1..2, 0..most - 1), NOW_MS).await.unwrap();
    assert_eq!(end, BatchEnd::Taken);
    let (end, _) =
        world.ledger.take_import_batch(import.row, batch(u64::from(most), 2..3, 0..2), NOW_MS).await.unwrap();
    assert_eq!(end, BatchEnd::TooManyRejected);
    let now = world.ledger.find_import("imp_1").await.unwrap();
    assert_eq!((now.rejected, now.taken.new), (most, 2), "what was good of it is in");
    world.ended(&import, "failed").await;
    assert!(world.ledger.start_import(import.row, Some("{}".into()), NOW_MS).await.unwrap(), "with other columns");
    let again = world.ledger.find_import("imp_1").await.unwrap();
    assert_eq!((again.rejected, again.position, again.failure), (0, 0, None));
    assert!(world.ledger.list_import_rejects(import.row, 0, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_runs_at_a_time_and_few_wait() {
    let world = world().await;
    world.running("imp_1").await;
    let second = world.begun("imp_2").await;
    world.ledger.note_piece(second.row, (0, 100), Some("9c56".into()), NOW_MS).await.unwrap();
    assert!(!world.ledger.start_import(second.row, None, NOW_MS).await.unwrap(), "another one runs");
    let stale = world.ledger.note_piece(second.row, (0, 100), None, NOW_MS).await.unwrap_err();
    assert!(matches!(stale, StoreError::Stale(_)), "it is whole: {stale}");
    for n in 1..MOST_WAITING {
        world.begun(&format!("imp_1{n}")).await;
    }
    let new = NewImport {
        id: "imp_20".into(),
        connection_id: "con_shop".into(),
        file_name: "orders.csv".into(),
        bytes: 100,
        who: "ana".into(),
    };
    assert!(matches!(world.ledger.begin_import(new, NOW_MS).await, Err(StoreError::Stale(_))));
}

#[tokio::test]
async fn the_newest_twenty_are_kept_with_their_rows() {
    let world = world().await;
    for n in 1..26_u32 {
        let import = world.running(&format!("imp_{n:02}")).await;
        world.ledger.take_import_batch(import.row, batch(0, 0..0, n..n + 1), NOW_MS).await.unwrap();
        world.ended(&import, "done").await;
        assert!(world.ledger.let_import_file_go(import.row).await.unwrap());
        assert!(!world.ledger.let_import_file_go(import.row).await.unwrap(), "it is gone already");
    }
    let kept = world.ledger.list_imports().await.unwrap();
    assert_eq!((kept.len(), kept[0].id.as_str(), kept[19].id.as_str()), (20, "imp_25", "imp_06"));
    let rows: i64 = world.raw().query_row("SELECT count(*) FROM import_rejects", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 20);
}
