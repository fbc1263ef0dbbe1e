//! Pages by key, search without diacritics, counters that agree with a count, and plans that use an index.

use crate::support::{NOW_MS, World, head, incoming, issued, world};
use punte_store::ledger::{ListQuery, Placed};

async fn filled(count: u64) -> World {
    let world = world().await;
    for n in 1..=count {
        if n % 3 == 0 {
            let (sending, attempt) = world.sending(n).await;
            let number = format!("{n:04}");
            world.ledger.record_outcome(attempt, sending.row, issued(&number), "{}".into(), NOW_MS).await.unwrap();
        } else {
            world.ready(n).await;
        }
    }
    world
}

#[tokio::test]
async fn pages_follow_by_key_without_gap_or_repeat_while_rows_arrive() {
    let world = filled(25).await;
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let query = ListQuery { after, limit: 10, ..ListQuery::default() };
        let page = world.ledger.page_documents(query).await.unwrap();
        if page.is_empty() {
            break;
        }
        after = page.last().map(|document| document.row);
        seen.extend(page.into_iter().map(|document| document.order_number));
        if seen.len() == 10 {
            world.ready(100).await; // newer than the page: it does not shift what follows
        }
    }
    let wanted: Vec<String> = (1..=25).rev().map(|n: u64| n.to_string()).collect();
    assert_eq!(seen, wanted);
}

#[tokio::test]
async fn orders_stand_by_when_they_were_placed_whenever_they_came_and_pages_leave_none_out() {
    let world = world().await;
    let orders = [30, 10, 20, 20, 40].into_iter().zip(1..).map(|(created_ms, n)| {
        let mut order = incoming(n, "x");
        order.head.created_ms = created_ms;
        order
    });
    world.ledger.take_in(orders.collect(), None, NOW_MS).await.unwrap();
    let mut seen: Vec<Placed> = Vec::new();
    loop {
        let page = world.ledger.list_orders_placed_before(seen.last().copied(), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        seen.extend(page.iter().map(Placed::of));
    }
    let wanted = [(40, 5), (30, 1), (20, 4), (20, 3), (10, 2)].map(|(created_ms, row)| Placed { created_ms, row });
    assert_eq!(seen, wanted);
    let after = world.ledger.list_orders_placed_after(wanted[3], 10).await.unwrap();
    assert_eq!(after.iter().map(Placed::of).collect::<Vec<_>>(), [wanted[2], wanted[1], wanted[0]]);
}

#[tokio::test]
async fn search_finds_without_diacritics_and_by_number() {
    let world = filled(6).await;
    let mut other = incoming(77, "x");
    other.head = punte_domain::OrderHead { customer: "Ioana Pîrvu".into(), email: String::new(), ..head(77) };
    world.ledger.take_in(vec![other], None, NOW_MS).await.unwrap();
    let search = async |text: &str| {
        let query = ListQuery { search: text.into(), limit: 100, ..ListQuery::default() };
        world.ledger.page_orders(query).await.unwrap().len()
    };
    assert_eq!(search("stefan").await, 6);
    assert_eq!(search("ȘTEFAN țîr").await, 6);
    assert_eq!(search("pirvu").await, 1);
    assert_eq!(search("77").await, 1);
    assert_eq!(search("\"' OR 1=1 --").await, 0, "what is typed is words, never syntax");
    assert_eq!(search("*").await, 7, "no word at all is no search");
}

#[tokio::test]
async fn who_is_shown_no_address_and_no_code_finds_by_none() {
    let world = filled(3).await;
    let mut other = incoming(77, "x");
    other.head.tax_id = "1980101123452".into();
    other.head.email = "ion.pop@client.ro".into();
    other.head.customer = "Ioana Pîrvu".into();
    world.ledger.take_in(vec![other], None, NOW_MS).await.unwrap();
    let search = async |text: &str, is_veiled| {
        let query = ListQuery { search: text.into(), limit: 100, is_veiled, ..ListQuery::default() };
        world.ledger.page_orders(query).await.unwrap().len()
    };
    for told in ["ion.p", "1980101", "1980101123452", "ion.pop@client.ro", "pirvu 19801"] {
        assert_eq!((search(told, false).await, search(told, true).await), (1, 0), "{told}");
    }
    for open in ["pirvu", "77", "ioana 77"] {
        assert_eq!(search(open, true).await, 1, "{open}");
    }
    let raw = world.raw();
    raw.execute("UPDATE documents SET tax_id = '1980101123452' WHERE row = 1", []).unwrap();
    let documents = async |text: &str, is_veiled| {
        let query = ListQuery { search: text.into(), limit: 100, is_veiled, ..ListQuery::default() };
        world.ledger.page_documents(query).await.unwrap().len()
    };
    assert_eq!((documents("19801", false).await, documents("19801", true).await), (1, 0));
    assert_eq!((documents("0003", true).await, documents("pnt", true).await), (1, 3));
    let columns = |table: &str| {
        let sql = format!("SELECT group_concat(name, ' ') FROM pragma_table_info('{table}_search')");
        raw.query_row(&sql, [], |row| row.get::<_, String>(0)).unwrap()
    };
    let judged = "a new column is to be judged";
    assert_eq!(columns("orders"), "number customer email tax_id total_text", "{judged}");
    assert_eq!(columns("documents"), "order_number series number client tax_id total_text reference", "{judged}");
}

#[tokio::test]
async fn counters_agree_with_a_count() {
    let world = filled(12).await;
    let counts = world.ledger.read_counts().await.unwrap();
    let raw = world.raw();
    for state in ["held", "ready", "sending", "issued", "in_doubt"] {
        let counted: u32 =
            raw.query_row("SELECT count(*) FROM documents WHERE state = ?1", [state], |row| row.get(0)).unwrap();
        assert_eq!(counts.get(&format!("document:{state}")), counted, "{state}");
        assert_eq!(counts.get(&format!("flow:flow_1:{state}")), counted, "{state} of the flow");
    }
    assert_eq!(counts.get("orders"), 12);
    let sums = world.ledger.sum_issued(0).await.unwrap();
    assert_eq!((sums[0].count, sums[0].total_minor), (4, 4 * 5900));
}

#[tokio::test]
async fn what_screens_and_workers_ask_uses_an_index() {
    let world = filled(3).await;
    let raw = world.raw();
    for (query, index) in [
        (
            "SELECT row FROM documents WHERE state = 'held' AND row < 9 ORDER BY row DESC LIMIT 100",
            "documents_by_state",
        ),
        (
            "SELECT row FROM documents WHERE state = 'ready' AND billing_id = 'a' AND company = 'b' AND series = 'c' AND due_ms <= 5 ORDER BY due_ms, row LIMIT 8",
            "documents_due",
        ),
        ("SELECT row FROM orders WHERE wanted > 0 ORDER BY row LIMIT 100", "orders_undecided"),
        (
            "SELECT row FROM orders WHERE decision = 'waiting' AND row < 9 ORDER BY row DESC LIMIT 100",
            "orders_by_decision",
        ),
        ("SELECT row FROM attempts WHERE document_row = 1 ORDER BY row DESC LIMIT 1", "attempts_by_document"),
        (
            "SELECT row FROM orders INDEXED BY orders_list_created WHERE (created_ms, row) < (5, 9) ORDER BY created_ms DESC, row DESC LIMIT 9",
            "orders_list_created",
        ),
        ("SELECT count(*) FROM documents WHERE issued_ms >= 5 AND role <> 'proforma'", "documents_issued_at"),
    ] {
        let plan: Vec<String> = raw
            .prepare(&format!("EXPLAIN QUERY PLAN {query}"))
            .unwrap()
            .query_map([], |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(plan.iter().any(|step| step.contains(index)), "{query}: {plan:?}");
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{query} sorts: {plan:?}");
    }
}

#[tokio::test]
async fn a_number_is_found_however_it_is_printed() {
    let world = world().await;
    for (n, number) in [(1, "0007"), (2, "8"), (3, "0000000000000000010")] {
        let (sending, attempt) = world.sending(n).await;
        world.ledger.record_outcome(attempt, sending.row, issued(number), "{}".into(), NOW_MS).await.unwrap();
    }
    let at = async |number| {
        let found = world.ledger.find_at_number("oblio", "RO12345674", "FCT", false, number).await.unwrap();
        found.map(|(number, _)| number)
    };
    assert_eq!(at(7).await.as_deref(), Some("0007"));
    assert_eq!(at(8).await.as_deref(), Some("8"));
    assert_eq!(at(10).await.as_deref(), Some("0000000000000000010"));
    assert_eq!(at(70).await, None);
}
