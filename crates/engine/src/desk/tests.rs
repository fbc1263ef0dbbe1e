//! Lists of a workspace by ordinal, their summaries, and files made of them.

use super::export::{ExportColumn, ExportFormat, ExportOrder, ExportState};
use super::*;
use crate::intake::tests::{Desk, NOW_MS, TestOrder, connection, desk, shop_order};
use async_trait::async_trait;
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_store::ledger::IncomingOrder;
use std::collections::HashMap;

struct Nowhere;

#[async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        Err(TransportError::Unreachable("a test has no network".into()))
    }
}

/// Orders whose totals repeat, and of which every third is Ana's.
async fn filled(count: u64) -> Desk {
    let desk = desk(Arc::new(Nowhere));
    desk.workspace.ledger().save_connection(connection("con_shop", "file")).await.unwrap();
    take_in(&desk, 1..=count).await;
    desk
}

async fn take_in(desk: &Desk, numbers: std::ops::RangeInclusive<u64>) {
    let orders = numbers.map(|n| {
        let mut order = shop_order(n, &TestOrder { created_ms: NOW_MS + n as i64, modified_ms: NOW_MS, bad: None });
        order.head.total_minor = (n % 7) as i64 * 100;
        order.head.customer = if n % 3 == 0 { "Ana Țîru".into() } else { "=Ștefan".into() };
        (order.head.email, order.head.tax_id) = (format!("x{n}@shop.ro"), "1980101123452".into());
        IncomingOrder {
            id: format!("ord_{n}"),
            shop_identity: "s".into(),
            connection_id: "con_shop".into(),
            head: order.head,
            raw: "{}".into(),
            content_hash: n.to_string(),
        }
    });
    desk.workspace.ledger().take_in(orders.collect(), None, NOW_MS).await.unwrap();
    desk.workspace.changed(Change::Orders);
}

fn query(text: &str, sort: Option<(&str, bool)>) -> Query {
    let sort = sort.map(|(column, descending)| (column.to_owned(), descending));
    Query { list: ListName::Orders, text: text.to_owned(), sort, is_veiled: false }
}

async fn complete(desk: &Desk, query: &Query) -> Summary {
    for _ in 0..500 {
        let summary = desk.workspace.list_summary(query).await.unwrap();
        if summary.complete {
            return summary;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not complete: {:?}", desk.workspace.list_summary(query).await.unwrap());
}

async fn page(desk: &Desk, query: &Query, from: u64) -> Vec<i64> {
    for _ in 0..500 {
        let page = desk.workspace.list_page(query, from, 50).await.unwrap();
        if page.ready {
            return page.rows;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never ready");
}

#[tokio::test]
async fn any_ordinal_is_reached_before_and_after_the_list_was_gone_through() {
    let desk = filled(6_000).await;
    let mut by_total: Vec<i64> = (1..=6_000).collect();
    by_total.sort_by_key(|row| (row % 7, *row));
    let all = query("", Some(("total", false)));
    let ana = query("client:ana", Some(("total", true)));
    let anas: Vec<i64> = by_total.iter().rev().copied().filter(|row| row % 3 == 0).collect();
    let some = query("client:ana total:>3", None);
    let somes: Vec<i64> = (1..=6_000).rev().filter(|row| row % 3 == 0 && row % 7 > 3).collect();
    for _ in 0..2 {
        for (query, wanted) in [(&all, &by_total), (&ana, &anas), (&some, &somes)] {
            for from in [0, 49, 1_000, 1_777, 5_990, 9_000] {
                let to = (from + 50).min(wanted.len());
                assert_eq!(page(&desk, query, from as u64).await, wanted[from.min(to)..to], "{query:?} from {from}");
            }
            let summary = complete(&desk, query).await;
            assert_eq!(summary.count, wanted.len() as u64, "{query:?}");
            let sum: i64 = wanted.iter().map(|row| row % 7 * 100).sum();
            assert_eq!(summary.totals.get("RON"), Some(&sum), "{query:?}");
            assert_eq!(summary.of_rows, 6_000);
        }
    }
}

#[tokio::test]
async fn what_is_taken_in_since_is_counted_by_a_later_pass() {
    let desk = filled(30).await;
    let ana = query("client:ana", None);
    assert_eq!(complete(&desk, &ana).await.count, 10);
    take_in(&desk, 31..=33).await;
    let stale = desk.workspace.list_summary(&ana).await.unwrap();
    assert!(stale.count == 10 && !stale.complete, "the old number stands meanwhile, and is told as such");
    assert_eq!(complete(&desk, &ana).await.count, 11);
    assert_eq!(page(&desk, &ana, 0).await[0], 33);
}

#[tokio::test]
async fn what_was_not_understood_is_told_and_a_column_that_sorts_nothing_is_refused() {
    let desk = filled(3).await;
    let summary = complete(&desk, &query("ana nonsense:1", None)).await;
    assert_eq!((summary.count, summary.problems[0].code), (1, "unknown_field"));
    assert!(desk.workspace.list_page(&query("", Some(("document", false))), 0, 10).await.is_err());
}

#[tokio::test]
async fn who_is_shown_no_address_and_no_code_spells_none_out() {
    let desk = filled(30).await;
    let count =
        async |text: &str, is_veiled: bool| complete(&desk, &Query { is_veiled, ..query(text, None) }).await.count;
    for (text, whole, veiled) in [
        // a code's beginning, an address's, and all of them
        ("19801", 30, 0),
        ("x12", 1, 0),
        ("email:x1", 11, 0),
        ("-email:x1", 19, 30),
        ("email:x12@shop.ro", 1, 1),
        // x30, too, begins as x3 does
        ("email:X12@Shop.RO,x3@shop.ro", 3, 2),
        ("cui:19801", 0, 0),
        ("cui:1980101123452", 30, 30),
        ("ana", 10, 10),
        ("ana 19801", 10, 0),
    ] {
        assert_eq!((count(text, false).await, count(text, true).await), (whole, veiled), "{text}");
    }
    for (column, first) in [("email", 10), ("taxId", 1)] {
        let sorted = |is_veiled| Query { is_veiled, ..query("", Some((column, false))) };
        assert_eq!(page(&desk, &sorted(false), 0).await[0], first, "{column}");
        assert_eq!(page(&desk, &sorted(true), 0).await[0], 30, "{column}: the usual order");
    }
    let mut cursor = desk.workspace.open_query(&Query { is_veiled: true, ..query("x12", None) }).await.unwrap();
    assert!(desk.workspace.next_rows(&mut cursor, 10).await.unwrap().is_empty());
}

fn order(query: Query, format: ExportFormat) -> ExportOrder {
    let column = |id: &str| ExportColumn { id: id.to_owned(), heading: id.to_owned() };
    ExportOrder {
        query,
        ids: None,
        except: Vec::new(),
        format,
        columns: ["order", "customer", "total", "decision", "created"].map(column).into(),
        words: HashMap::from([("decision.waiting".to_owned(), "așteaptă".to_owned())]),
        is_veiled: false,
    }
}

async fn ended(desk: &Desk) -> super::export::ExportReport {
    for _ in 0..1_000 {
        let report = desk.workspace.export().unwrap();
        if report.state != ExportState::Running {
            return report;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it goes on and on");
}

#[tokio::test]
async fn a_whole_filter_becomes_a_file_in_its_order() {
    let desk = filled(1_300).await;
    let wanted = order(query("client:ana", Some(("order", false))), ExportFormat::Csv);
    desk.workspace.start_export(wanted).await.unwrap();
    let report = ended(&desk).await;
    assert_eq!((report.state, report.written, report.of_rows), (ExportState::Done, 433, Some(433)), "{report:?}");
    #[cfg(unix)]
    for path in [report.path.as_path(), report.path.parent().unwrap()] {
        use std::os::unix::fs::PermissionsExt;
        let others = std::fs::metadata(path).unwrap().permissions().mode() & 0o077;
        assert_eq!(others, 0, "{} is its user's alone", path.display());
    }
    let text = std::fs::read_to_string(&report.path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 434);
    assert_eq!(lines[0], "\u{feff}order;customer;total;decision;created");
    assert_eq!(lines[1], "3;Ana Țîru;3,00;așteaptă;2026-11-18 13:06:40");
    assert_eq!(text.len() as u64, report.bytes);
    let mut but_some = order(query("client:ana", Some(("order", false))), ExportFormat::Csv);
    but_some.except = vec!["ord_3".into(), "ord_9".into(), "nope".into()];
    desk.workspace.start_export(but_some).await.unwrap();
    let report = ended(&desk).await;
    assert_eq!((report.state, report.written, report.of_rows), (ExportState::Done, 431, Some(431)), "{report:?}");
    let text = std::fs::read_to_string(&report.path).unwrap();
    let first: Vec<&str> = text.lines().skip(1).take(2).filter_map(|line| line.split(';').next()).collect();
    assert_eq!(first, ["6", "12"]);
    let mut chosen = order(query("", None), ExportFormat::Xlsx);
    chosen.ids = Some(vec!["ord_5".into(), "ord_2".into(), "ord_5".into(), "nope".into()]);
    desk.workspace.start_export(chosen).await.unwrap();
    let report = ended(&desk).await;
    assert_eq!((report.state, report.written), (ExportState::Done, 2), "{report:?}");
    assert!(std::fs::read(&report.path).unwrap().starts_with(b"PK"));
}

#[tokio::test]
async fn a_veiled_file_tells_no_way_to_reach_a_client() {
    let desk = filled(1).await;
    let column = |id: &str| ExportColumn { id: id.to_owned(), heading: id.to_owned() };
    for (is_veiled, told) in [(false, "1;=Ștefan;1980101123452;x1@shop.ro"), (true, "1;=Ștefan;•••;x•••@shop.ro")]
    {
        let mut wanted = order(query("", None), ExportFormat::Csv);
        wanted.columns = ["order", "customer", "taxId", "email"].map(column).into();
        wanted.is_veiled = is_veiled;
        desk.workspace.start_export(wanted).await.unwrap();
        let text = std::fs::read_to_string(ended(&desk).await.path).unwrap();
        assert_eq!(text.lines().nth(1).unwrap().replace('\'', ""), told);
    }
}

#[tokio::test]
async fn a_cancelled_export_leaves_no_file_and_one_runs_at_a_time() {
    let desk = filled(4_000).await;
    let run = desk.workspace.start_export(order(query("", None), ExportFormat::Csv)).await.unwrap();
    let second = desk.workspace.start_export(order(query("", None), ExportFormat::Csv)).await;
    assert!(matches!(second, Err(EngineError::NotNow("export_running"))));
    desk.workspace.cancel_export(&run.id);
    assert_eq!(ended(&desk).await.state, ExportState::Cancelled);
    let left = std::fs::read_dir(run.path.parent().unwrap()).unwrap().count();
    assert_eq!(left, 0);
    let bad = desk.workspace.start_export(order(query("nonsense:1", None), ExportFormat::Csv)).await;
    assert!(matches!(bad, Err(EngineError::Invalid { field: "text", .. })));
}
