//! Files in a workspace whose clock stands where the test puts it; nothing else runs.

use super::*;
use crate::intake::tests::{Desk, NOW_MS, TestOrder, connection, desk, shop_order};
use punte_connectors::{HttpAnswer, HttpRequest, Limits, Transport, TransportError};
use punte_domain::FailureKind;
use punte_store::ledger::BatchEnd;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

struct Nowhere;

#[async_trait::async_trait]
impl Transport for Nowhere {
    async fn send(&self, _: HttpRequest, _: Limits) -> std::result::Result<HttpAnswer, TransportError> {
        Err(TransportError::Unreachable("a test has no network".into()))
    }
}

fn world() -> Desk {
    desk(Arc::new(Nowhere))
}

const HEADINGS: &str = "number,date,status,total,currency,customer.name,customer.address,customer.city,customer.county,\
     customer.country,line.name,line.quantity,line.unit_price,line.vat_rate\n";

/// A table of orders; what `total` makes of a number is its total.
fn table(numbers: std::ops::Range<u32>, total: impl Fn(u32) -> String) -> String {
    let mut text = HEADINGS.to_owned();
    for n in numbers {
        writeln!(
            text,
            "A-{n},2026-11-18 10:00,completed,{},RON,Ana Ion,Str. Test 9,Iași,IS,RO,Cană,1,59.00,21",
            total(n)
        )
        .unwrap();
    }
    text
}

fn good(numbers: std::ops::Range<u32>) -> String {
    table(numbers, |_| "59.00".to_owned())
}

async fn received(workspace: &Workspace, name: &str, text: &str, connection: Option<&str>) -> Import {
    let import = workspace.begin_import(name, text.len() as u64, connection, "ana").await.unwrap();
    workspace.append_import(&import.id, 0, text.as_bytes().to_vec()).await.unwrap()
}

async fn run(workspace: &Arc<Workspace>, id: &str) -> Import {
    workspace.start_import(id, None).await.unwrap();
    while workspace.import_due().await.unwrap() {}
    workspace.find_import(id).await.unwrap()
}

fn is_invalid<T: std::fmt::Debug>(answer: Result<T>, named: &str) -> bool {
    matches!(answer, Err(EngineError::Invalid { field, .. }) if field == named)
}

#[tokio::test]
async fn pieces_come_in_order_and_one_that_came_before_is_done() {
    let desk = world();
    let workspace = &desk.workspace;
    let import = workspace.begin_import("orders.csv", 8, None, "ana").await.unwrap();
    let append = |offset, piece: &str| workspace.append_import(&import.id, offset, piece.as_bytes().to_vec());
    assert!(is_invalid(append(4, "efgh").await, "offset"), "the first piece is missing");
    assert_eq!(append(0, "abcd").await.unwrap().received, 4);
    assert_eq!(append(0, "abcd").await.unwrap().received, 4, "the answer was lost: the same again");
    assert_eq!(append(2, "cd").await.unwrap().received, 4);
    assert!(is_invalid(append(0, "abXd").await, "offset"), "another piece than before");
    assert!(is_invalid(append(2, "cdef").await, "offset"), "half of it is new");
    assert!(is_invalid(append(4, "efghi").await, "base64"), "more than was announced");
    assert!(is_invalid(append(4, "").await, "base64"));
    let whole = append(4, "efgh").await.unwrap();
    assert_eq!((whole.state.as_str(), whole.received), ("received", 8));
    assert_eq!(whole.sha256.unwrap()[..8], *"9c56cc51", "of the whole file");
    assert_eq!(append(4, "efgh").await.unwrap().received, 8, "the last answer was lost");
    let path = workspace.import_path(&import);
    assert_eq!(std::fs::read(&path).unwrap(), b"abcdefgh");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_and_one_too_many_are_refused_before_any_piece() {
    let desk = world();
    let workspace = &desk.workspace;
    let begin = |bytes| workspace.begin_import("orders.csv", bytes, None, "ana");
    assert!(is_invalid(begin(0).await, "bytes"));
    assert!(is_invalid(begin(MOST_BYTES + 1).await, "bytes"));
    let first = begin(MOST_BYTES).await.unwrap();
    for _ in 1..MOST_WAITING {
        assert_eq!(begin(10).await.unwrap().connection_id, first.connection_id, "one connection for files");
    }
    assert!(is_invalid(begin(10).await, "bytes"));
    workspace.cancel_import(&first.id).await.unwrap();
    begin(10).await.unwrap();
}

#[tokio::test]
async fn good_orders_are_taken_once_and_bad_rows_are_kept_with_their_lines() {
    let desk = world();
    let workspace = &desk.workspace;
    let text = table(1..1202, |n| if n % 400 == 0 { "mult".to_owned() } else { "59.00".to_owned() });
    let import = received(workspace, "orders.csv", &text, None).await;
    let preview = workspace.preview_import(&import.id, None).await.unwrap();
    assert_eq!((preview.looked, preview.is_whole, preview.orders.len()), (1000, false, 20));
    assert_eq!((preview.rejected[0].line, preview.orders[0].lines), (401, 1));
    assert_eq!(workspace.ledger.read_counts().await.unwrap().get("orders"), 0, "a preview keeps none");
    let done = run(workspace, &import.id).await;
    assert_eq!(
        (done.state.as_str(), done.taken.new, done.rejected, done.progress),
        ("done", 1198, 3, 1000),
        "{done:?}"
    );
    assert!(!done.has_file && !workspace.import_path(&done).exists(), "an ended import keeps no file");
    let rejects = workspace.list_import_rejects(&done.id, 0).await.unwrap();
    let told: Vec<_> = rejects.rows.iter().map(|one| (one.line, one.order.as_deref().unwrap())).collect();
    assert_eq!(told, [(401, "A-400"), (801, "A-800"), (1201, "A-1200")]);
    assert!(!rejects.has_more);
    let again = received(workspace, "orders.csv", &text, None).await;
    let again = run(workspace, &again.id).await;
    assert_eq!((again.taken.new, again.taken.unchanged), (0, 1198), "the same file changes nothing");
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on_where_it_stood() {
    let desk = world();
    let workspace = &desk.workspace;
    let text = table(1..1101, |n| if n == 7 || n == 900 { "mult".to_owned() } else { "59.00".to_owned() });
    let import = received(workspace, "orders.csv", &text, None).await;
    workspace.start_import(&import.id, None).await.unwrap();
    // the first batch, as an earlier owner wrote it
    let mut batch = read_first(workspace, &import, 500);
    batch.after = 0;
    let (end, _) = workspace.ledger.take_import_batch(import.row, batch, NOW_MS).await.unwrap();
    assert_eq!(end, BatchEnd::Taken);
    while workspace.import_due().await.unwrap() {}
    let done = workspace.find_import(&import.id).await.unwrap();
    assert_eq!((done.state.as_str(), done.taken.new, done.taken.unchanged), ("done", 1098, 0), "none is read twice");
    let rejects = workspace.list_import_rejects(&done.id, 0).await.unwrap();
    assert_eq!(rejects.rows.iter().map(|one| one.line).collect::<Vec<_>>(), [8, 901], "none is told twice");
}

fn read_first(workspace: &Workspace, import: &Import, count: usize) -> punte_store::ledger::ImportBatch {
    let connection = connection(&import.connection_id, "file");
    let identity = format!("file:{}", import.connection_id);
    let (mut orders, mut rejected) = (Vec::new(), Vec::new());
    for one in file::open(&workspace.import_path(import), None).unwrap().take(count) {
        match one {
            Ok((line, order)) => {
                orders.push((line as u32, workspace.incoming(&connection, identity.clone(), order).unwrap()));
            }
            Err(bad) => rejected.push(preview::reject(bad)),
        }
    }
    let position = count as u64;
    punte_store::ledger::ImportBatch { after: 0, position, progress: 450, orders, rejected, first_flow_ms: None }
}

#[tokio::test]
async fn a_file_that_is_another_than_was_received_is_not_gone_on_with() {
    let desk = world();
    let workspace = &desk.workspace;
    let import = received(workspace, "orders.csv", &good(1..1101), None).await;
    workspace.start_import(&import.id, None).await.unwrap();
    let batch = read_first(workspace, &import, 500);
    workspace.ledger.take_import_batch(import.row, batch, NOW_MS).await.unwrap();
    std::fs::write(workspace.import_path(&import), good(500..1601)).unwrap();
    while workspace.import_due().await.unwrap() {}
    let ended = workspace.find_import(&import.id).await.unwrap();
    assert_eq!((ended.state.as_str(), ended.taken.new), ("failed", 500), "what was taken stays");
    assert_eq!(ended.failure.unwrap().kind, FailureKind::FileUnreadable);
}

#[tokio::test]
async fn what_nobody_asks_for_any_more_is_discarded_and_files_without_an_import_too() {
    let desk = world();
    let workspace = &desk.workspace;
    let begun = workspace.begin_import("half.csv", 100, None, "ana").await.unwrap();
    workspace.append_import(&begun.id, 0, b"number".to_vec()).await.unwrap();
    let whole = received(workspace, "whole.csv", &good(1..3), None).await;
    let stray = workspace.ledger.folder().join(FOLDER).join("imp_stray");
    std::fs::write(&stray, "").unwrap();
    workspace.clear_imports().await.unwrap();
    assert!(!stray.exists() && workspace.import_path(&begun).exists());
    desk.clock.now_ms.fetch_add(DAY_MS - 1, Ordering::Relaxed);
    workspace.import_due().await.unwrap();
    assert!(workspace.import_path(&whole).exists(), "a day is not over");
    desk.clock.now_ms.fetch_add(2, Ordering::Relaxed);
    workspace.import_due().await.unwrap();
    for import in [begun, whole] {
        assert!(!workspace.import_path(&import).exists());
        assert_eq!(workspace.find_import(&import.id).await.unwrap().state, "cancelled");
    }
}

#[tokio::test]
async fn an_export_is_not_taken_for_what_the_shop_itself_says() {
    let desk = world();
    let workspace = &desk.workspace;
    workspace.ledger.save_connection(connection("con_shop", "shopify")).await.unwrap();
    let import = received(workspace, "orders.csv", &good(1..3), Some("con_shop")).await;
    assert!(is_invalid(workspace.preview_import(&import.id, None).await, "connectionId"));
    assert!(is_invalid(workspace.start_import(&import.id, None).await, "connectionId"));
}

#[tokio::test]
async fn a_table_whose_columns_make_no_order_is_not_started() {
    let desk = world();
    let workspace = &desk.workspace;
    let import = received(workspace, "stock.csv", "sku,stock\nA,4\n", None).await;
    let preview = workspace.preview_import(&import.id, None).await.unwrap();
    assert!(preview.missing.contains(&"number".to_owned()), "{:?}", preview.missing);
    assert_eq!((preview.outline.unwrap().headings.len(), preview.looked), (2, 0));
    assert!(is_invalid(workspace.start_import(&import.id, None).await, "columns"));
    assert_eq!(workspace.find_import(&import.id).await.unwrap().state, "received", "it can be given columns");
}

#[tokio::test]
async fn what_cannot_be_read_says_why_and_a_default_that_cannot_be_keeps_the_headings() {
    let desk = world();
    let workspace = &desk.workspace;
    let page = received(workspace, "orders.csv", "<html></html>", None).await;
    let preview = workspace.preview_import(&page.id, None).await.unwrap();
    assert!(preview.outline.is_none());
    assert_eq!(preview.reason.unwrap().code, "web_page");
    let import = received(workspace, "orders.csv", &good(1..3), None).await;
    let mut columns = workspace.preview_import(&import.id, None).await.unwrap().columns.unwrap();
    columns.currency = "LEI".to_owned();
    let preview = workspace.preview_import(&import.id, Some(columns)).await.unwrap();
    assert_eq!(preview.reason.as_ref().map(|why| why.code.as_str()), Some("bad_default"));
    assert_eq!(preview.outline.unwrap().headings.len(), 14);
}

#[tokio::test]
async fn a_file_of_another_shop_is_told_apart_and_goes_to_a_connection_of_its_own() {
    let desk = world();
    let workspace = &desk.workspace;
    let first = received(workspace, "a.csv", &good(1..4), None).await;
    assert_eq!(run(workspace, &first.id).await.taken.new, 3);
    let others = good(2..6).replace("2026-11-18", "2025-03-02").replace("Ana Ion", "Dan Pop");
    let second = received(workspace, "b.csv", &others, None).await;
    let preview = workspace.preview_import(&second.id, None).await.unwrap();
    assert_eq!(preview.rejected.iter().map(|one| one.line).collect::<Vec<_>>(), [2, 3]);
    assert_eq!((preview.rejected[0].reason.code.as_str(), preview.orders.len()), ("other_day", 2));
    let done = run(workspace, &second.id).await;
    assert_eq!((done.taken.new, done.taken.unchanged, done.rejected), (2, 0, 2));
    let shop = workspace.connection_for_files_of(" Marketplace ").await.unwrap();
    assert_eq!(workspace.connection_for_files_of("marketplace").await.unwrap().id, shop.id, "made once");
    let third = received(workspace, "b.csv", &others, Some(&shop.id)).await;
    assert_eq!(run(workspace, &third.id).await.taken.new, 4, "each shop's 1042 is its own");
    workspace.ledger.save_connection(connection("con_shop", "shopify")).await.unwrap();
    let name = workspace.ledger.get_connection("con_shop").await.unwrap().name;
    assert!(is_invalid(workspace.connection_for_files_of(&name).await, "connectionName"));
}

#[tokio::test]
async fn an_order_of_a_file_seems_the_same_as_the_shops_where_number_currency_and_day_are() {
    let desk = world();
    let workspace = &desk.workspace;
    let shop = connection("con_shop", "woocommerce");
    workspace.ledger.save_connection(shop.clone()).await.unwrap();
    let order = |n, created_ms| shop_order(n, &TestOrder { created_ms, modified_ms: created_ms, bad: None });
    let incoming = workspace.incoming(&shop, "cana.ro".to_owned(), order(41, NOW_MS)).unwrap();
    workspace.ledger.take_in(vec![incoming], None, NOW_MS).await.unwrap();
    let same = async |head: &punte_domain::OrderHead, identity: &str| {
        workspace.ledger.find_seeming_same(identity, head, None).await.unwrap().map(|other| other.connection_id)
    };
    let shops = Some("con_shop".to_owned());
    assert_eq!(same(&order(41, NOW_MS + DAY_MS).head, "file:con_1").await, shops);
    for number in ["#41", " # 41", "4 1"] {
        let mut numbered = order(41, NOW_MS).head;
        numbered.number = number.into();
        assert_eq!(same(&numbered, "file:con_1").await, shops, "{number}");
    }
    assert_eq!(same(&order(41, NOW_MS + DAY_MS + 1).head, "file:con_1").await, None, "of another day");
    assert_eq!(same(&order(42, NOW_MS).head, "file:con_1").await, None, "of another number");
    let mut dearer = order(41, NOW_MS).head;
    dearer.total_minor += 1;
    assert_eq!(same(&dearer, "file:con_1").await, shops, "a person looks, whatever the totals are");
    assert_eq!(same(&order(41, NOW_MS).head, "cana.ro").await, None, "an order is no double of itself");
    let files = table(41..42, |_| "59.00".to_owned()).replace("A-41", "41");
    let import = received(workspace, "orders.csv", &files, None).await;
    assert_eq!(workspace.preview_import(&import.id, None).await.unwrap().doubled, 1);
}

#[tokio::test]
async fn two_shops_number_alike_and_one_sale_through_two_of_them_has_its_total_and_client_too() {
    let desk = world();
    let workspace = &desk.workspace;
    let shop = connection("con_shop", "woocommerce");
    workspace.ledger.save_connection(shop.clone()).await.unwrap();
    let mut order = shop_order(41, &TestOrder { created_ms: NOW_MS, modified_ms: NOW_MS, bad: None });
    (order.head.email, order.head.tax_id) = ("Ana@example.com".into(), "RO12345674".into());
    let head = order.head.clone();
    let incoming = workspace.incoming(&shop, "cana.ro".to_owned(), order).unwrap();
    workspace.ledger.take_in(vec![incoming], None, NOW_MS).await.unwrap();
    let is_same = async |change: &dyn Fn(&mut punte_domain::OrderHead)| {
        let mut other = head.clone();
        change(&mut other);
        workspace.ledger.find_seeming_same("webhook:app", &other, None).await.unwrap().is_some()
    };
    assert!(is_same(&|other| other.order_id = "another".into()).await);
    assert!(is_same(&|other| (other.email, other.tax_id) = ("ana@example.com ".into(), String::new())).await);
    assert!(is_same(&|other| (other.email, other.tax_id) = (String::new(), "12345674".into())).await);
    assert!(!is_same(&|other| other.total_minor += 1).await);
    assert!(!is_same(&|other| (other.email, other.tax_id) = ("dan@example.com".into(), String::new())).await);
    assert!(!is_same(&|other| (other.email, other.tax_id) = (String::new(), String::new())).await);
}

#[tokio::test]
async fn an_order_that_came_from_files_with_an_id_and_without_one_is_held_once() {
    let desk = world();
    let workspace = &desk.workspace;
    let without = received(workspace, "a.csv", &good(1..2), None).await;
    assert_eq!(workspace.preview_import(&without.id, None).await.unwrap().doubled, 0);
    run(workspace, &without.id).await;
    let text = good(1..2).replace("number,", "id,number,").replace("A-1,", "7410991464714,#a-1,");
    let with = received(workspace, "b.csv", &text, None).await;
    let preview = workspace.preview_import(&with.id, None).await.unwrap();
    assert_eq!((preview.doubled, preview.rejected.len()), (1, 0));
    assert_eq!(run(workspace, &with.id).await.taken.new, 1);
    let connections = workspace.ledger.list_connections().await.unwrap();
    let mut held = Vec::new();
    for order in workspace.ledger.list_undecided(10).await.unwrap() {
        let why = workspace.seems_doubled(&order, &connections, None).await.unwrap();
        held.push((order.head.order_id, why.map(|failure| failure.kind)));
    }
    assert_eq!(held, [("A-1".into(), None), ("7410991464714".into(), Some(FailureKind::MaybeDoubled))]);
}
