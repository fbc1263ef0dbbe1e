//! A month's documents and its closing, what is still to reach e-Factura, and the days in figures.

use crate::operations::issued_document;
use crate::support::{NOW_MS, World, world};
use punte_domain::DocumentState;
use punte_store::StoreError;
use punte_store::ledger::{Books, EInvoiceQuery, NewClosing};

fn books() -> Books {
    Books { billing_id: "con_bill".into(), provider: "oblio".into(), company: "RO12345674".into() }
}

/// Documents 1 to `count`, issued as numbers 0001 on; all on 18 November.
async fn november(count: u64) -> World {
    let world = world().await;
    for n in 1..=count {
        issued_document(&world, n, &format!("{n:04}")).await;
    }
    world
}

fn days(from: &str, to: &str) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

fn closing(id: &str, count: u32) -> NewClosing {
    NewClosing {
        id: id.into(),
        books: books(),
        month: "2026-11".into(),
        who: "ana".into(),
        note: "checked".into(),
        accepted: vec!["running".into()],
        count,
        sum_minor: 5900 * i64::from(count),
    }
}

fn set(world: &World, n: u64, change: &str) {
    world.raw().execute(&format!("UPDATE documents SET {change} WHERE id = 'doc_{n}'"), []).unwrap();
}

#[tokio::test]
async fn a_month_holds_the_documents_of_its_days_and_each_series_once() {
    let world = november(3).await;
    set(&world, 2, "issue_date = '2026-10-31'");
    set(&world, 3, "series = 'ATC'");
    assert_eq!(world.ledger.list_books().await.unwrap(), [books()]);
    assert_eq!(world.ledger.list_series_of(&books()).await.unwrap(), ["ATC", "FCT"]);
    let rows = world.ledger.list_month_documents(&books(), "FCT", days("2026-11-01", "2026-11-30")).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].number.as_str(), rows[0].total_minor), ("0001", 5900));
    assert!(rows[0].draft.is_some() && !rows[0].is_storno && !rows[0].is_mismatched);
    let numbers = async |from: &str, to: u64| {
        world.ledger.find_numbers(&books(), "FCT", days(from, "2026-11-30"), (1, to)).await.unwrap()
    };
    assert_eq!(numbers("2026-10-01", 9).await, [(1, DocumentState::Issued), (2, DocumentState::Issued)]);
    assert_eq!(numbers("2026-11-01", 9).await, [(1, DocumentState::Issued)]);
    assert_eq!(numbers("2026-10-01", 1).await, [(1, DocumentState::Issued)]);
}

#[tokio::test]
async fn a_closing_keeps_each_document_and_tells_what_changed_since() {
    let world = november(2).await;
    let ledger = &world.ledger;
    let other = ledger.close_month(closing("cls_0", 3), NOW_MS).await;
    assert!(matches!(other, Err(StoreError::Stale(_))), "another count than is there: {other:?}");
    assert!(ledger.list_closings(&books(), "2026-11").await.unwrap().is_empty(), "and nothing of it is left");
    ledger.close_month(closing("cls_1", 2), NOW_MS).await.unwrap();
    assert!(matches!(ledger.close_month(closing("cls_2", 2), NOW_MS).await, Err(StoreError::Stale(_))), "once");
    let closed = ledger.list_closings(&books(), "2026-11").await.unwrap();
    assert_eq!((closed[0].who.as_str(), closed[0].accepted.as_slice()), ("ana", ["running".to_owned()].as_slice()));
    let since = async || ledger.list_since_closing(&books(), "2026-11", closed[0].row, 10).await.unwrap();
    assert_eq!(since().await, []);
    set(&world, 1, "state = 'cancelled'");
    set(&world, 2, "paid_minor = 5900, changed_ms = changed_ms + 1");
    issued_document(&world, 3, "0003").await;
    let changes = since().await;
    let short: Vec<_> =
        changes.iter().map(|one| (one.document_id.as_str(), one.before.as_deref(), one.state.as_str())).collect();
    assert_eq!(short, [("doc_1", Some("issued"), "cancelled"), ("doc_3", None, "issued")], "a payment is no change");
    ledger.reopen_month("cls_1", "one more", "dan", NOW_MS + 5).await.unwrap();
    assert!(matches!(ledger.reopen_month("cls_1", "again", "dan", NOW_MS).await, Err(StoreError::NotFound(_))));
    let reopened = &ledger.list_closings(&books(), "2026-11").await.unwrap()[0];
    assert_eq!((reopened.reopened_ms, reopened.reopened_by.as_str()), (Some(NOW_MS + 5), "dan"));
    ledger.close_month(closing("cls_2", 3), NOW_MS).await.unwrap();
}

#[tokio::test]
async fn orders_without_an_invoice_are_counted_by_why() {
    let world = november(1).await;
    world
        .raw()
        .execute("UPDATE orders SET decision = 'not_invoiced', reason = 'total_zero' WHERE id = 'ord_1'", [])
        .unwrap();
    let left_out = world.ledger.count_left_out(&books(), NOW_MS, NOW_MS + 1).await.unwrap();
    assert_eq!((left_out[0].reason.as_str(), left_out[0].count, left_out[0].total_minor), ("total_zero", 1, 5900));
    assert!(world.ledger.count_left_out(&books(), NOW_MS + 1, NOW_MS + 2).await.unwrap().is_empty());
    let elsewhere = Books { company: "RO1".into(), ..books() };
    assert!(world.ledger.count_left_out(&elsewhere, NOW_MS, NOW_MS + 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_board_goes_from_the_oldest_day_on_and_leaves_out_what_is_accepted() {
    let world = november(5).await;
    for (n, change) in [
        (1, "einvoice = 'accepted'"),
        (2, "einvoice = 'rejected', issue_date = '2026-11-02'"),
        (3, "issue_date = '2026-11-01'"),
        (4, "einvoice = 'processing'"),
        (5, "state = 'cancelled'"),
    ] {
        set(&world, n, change);
    }
    let page = async |state: &str, after: Option<(String, i64)>, limit: u32| {
        let query = EInvoiceQuery {
            provider: "oblio".into(),
            state: state.into(),
            in_time_from: "2026-11-02".into(),
            from_day: "2026-09-01".into(),
            after,
            limit,
        };
        let rows = world.ledger.page_einvoices(query).await.unwrap();
        rows.into_iter().map(|row| (row.id, row.issue_date.unwrap(), row.row)).collect::<Vec<_>>()
    };
    let ids = |rows: &[(String, String, i64)]| rows.iter().map(|(id, _, _)| id.clone()).collect::<Vec<_>>();
    let first = page("", None, 2).await;
    assert_eq!(ids(&first), ["doc_3", "doc_2"]);
    let (_, day, row) = first.last().unwrap().clone();
    assert_eq!(ids(&page("", Some((day, row)), 2).await), ["doc_4"]);
    assert_eq!(ids(&page("not_sent", None, 9).await), ["doc_3"]);
    assert_eq!(ids(&page("rejected", None, 9).await), ["doc_2"]);
    assert_eq!(ids(&page("late", None, 9).await), ["doc_3"]);
    assert_eq!(ids(&page("in_time", None, 9).await), [""; 0]);
    let sums = world.ledger.sum_einvoices("oblio", "2026-09-01", "2026-11-02").await.unwrap();
    assert_eq!((sums.late, sums.in_time, sums.rejected, sums.processing), (1, 0, 1, 1));
    let later = world.ledger.sum_einvoices("oblio", "2026-11-02", "2026-11-02").await.unwrap();
    assert_eq!(later.late, 0, "what is older than the board looks back is not counted");
}

#[tokio::test]
async fn what_is_expected_is_counted_and_its_first_rows_are_shown() {
    let world = november(2).await;
    let (count, rows) = world.ledger.first_unverified(1).await.unwrap();
    assert_eq!((count, rows.len()), (2, 1));
    set(&world, 1, "einvoice_due_ms = 5");
    assert_eq!(world.ledger.first_in_einvoice(9).await.unwrap().0, 1);
    assert_eq!(world.ledger.first_undecided(9).await.unwrap().0, 0);
}

#[tokio::test]
async fn days_have_what_was_issued_by_currency_and_what_did_not_go() {
    let world = november(3).await;
    set(&world, 2, "currency = 'EUR', total_minor = 100");
    set(&world, 3, "state = 'cancelled'");
    world.ready(4).await;
    set(&world, 4, "state = 'held'");
    let days = world.ledger.sum_by_day(vec![NOW_MS - 10, NOW_MS, NOW_MS + 10]).await.unwrap();
    let short: Vec<_> = days.iter().map(|day| (day.issued, day.failed)).collect();
    assert_eq!(short, [(0, 0), (2, 1), (0, 0)]);
    assert_eq!(days[1].totals, [("EUR".to_owned(), 100), ("RON".to_owned(), 5900)].into());
}
