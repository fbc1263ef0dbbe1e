//! Any row of a list by its ordinal, against a plain sort of all rows; filters against a plain look at each.

use crate::support::{NOW_MS, World, world};
use punte_store::ledger::table::{Clause, Column, Field, Filter, ListName, Place, Sorting, Test, Walk, Walked, Way};
use rusqlite::Connection as Sqlite;
use rusqlite::types::Value as Sql;
use std::sync::Arc;

/// Small numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn of<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len() as u64) as usize]
    }
}

/// Orders and documents with few different values in every column, and nothing in many.
async fn filled(count: u64) -> World {
    let world = world().await;
    let raw = Sqlite::open(world.folder.path().join("ledger.sqlite")).unwrap();
    raw.execute_batch("PRAGMA foreign_keys = OFF; BEGIN").unwrap();
    let mut dice = Dice(7);
    for n in 1..=count as i64 {
        let name = dice.of(&["Ștefan", "stefan", "Ana", "Țuțu", "ion", "Zoe", ""]);
        let order = dice.of(&["9", "10", "100", "0100", "A-7", "a-8"]).to_owned() + &dice.roll(40).to_string();
        let (currency, total) = (dice.of(&["RON", "EUR"]), dice.roll(9) as i64 * 100 - 200);
        raw.execute(
            "INSERT INTO orders (row, id, shop_identity, connection_id, order_id, number, status, status_text, currency,
               total_minor, total_text, customer, email, tax_id, created_ms, modified_ms, head, content_hash, version,
               received_ms, wanted, decision, reason)
             VALUES (?1, 'ord_' || ?1, 's', 'con_shop', ?1, ?2, ?3, '', ?4, ?5, ?5 / 100, ?6, ?7, ?8, ?9, ?10, '{}', 'h', 1,
               1, 0, ?11, ?12)",
            rusqlite::params![
                n,
                order,
                dice.of(&["completed", "paid"]),
                currency,
                total,
                name,
                dice.of(&["Ana@x.ro", "ion@x.ro", ""]),
                dice.of(&["", "RO1", "RO2"]),
                NOW_MS + dice.roll(5) as i64,
                NOW_MS + dice.roll(3) as i64,
                dice.of(&["document", "waiting"]),
                dice.of(&["taken", "no_flow"])
            ],
        )
        .unwrap();
        let number = (dice.roll(3) > 0).then(|| format!("{:04}", n * 37 % 1_009));
        let issued = number.as_ref().map(|_| NOW_MS + dice.roll(6) as i64);
        raw.execute(
            "INSERT INTO documents (row, id, issue_key, reference, order_row, flow_id, billing_id, provider, company, series,
               role, generation, state, verification, order_number, order_version, mapping_version, problems, client, tax_id,
               currency, total_minor, total_text, key_revision, tries, number, created_ms, changed_ms, issued_ms,
               paid_minor, einvoice, failure, reverses_row, open_changes)
             VALUES (?1, 'doc_' || ?1, 'key' || ?1, 'PNT-' || (?1 * 7919 % 1000003), ?1, 'flow_1', 'con_bill', ?2, 'RO1', ?3,
               'invoice', 1, ?4, ?5, ?6, 1, ?7, '[]', ?8, ?9, ?10, ?11, ?11 / 100, 1, 0, ?12, ?13, 1, ?14, ?15, ?16, ?17, ?18,
               ?19)",
            rusqlite::params![
                n,
                dice.of(&["oblio", "smartbill"]),
                dice.of(&["FCT", "ACO"]),
                dice.of(&["issued", "issued", "issued", "held", "in_doubt"]),
                dice.of(&["verified", "pending", "mismatched"]),
                order,
                dice.roll(3) as i64,
                name,
                dice.of(&["", "RO1", "RO2"]),
                currency,
                total,
                number,
                NOW_MS + dice.roll(4) as i64,
                issued,
                (dice.roll(2) > 0).then(|| dice.roll(3) as i64 * 100),
                (dice.roll(2) > 0).then(|| dice.of(&["accepted", "rejected"])),
                (dice.roll(4) == 0).then(|| format!("{{\"kind\":\"{}\"}}", dice.of(&["timed_out", "field_missing"]))),
                (dice.roll(9) == 0 && n > 1).then_some(1),
                dice.roll(2) as i64
            ],
        )
        .unwrap();
    }
    raw.execute_batch("COMMIT").unwrap();
    world
}

fn walk(list: ListName, filter: &Arc<Filter>, sorting: Sorting, way: Way) -> Walk {
    Walk {
        list,
        filter: filter.clone(),
        sorting,
        way,
        within: None,
        after: None,
        skip: 0,
        want: u64::MAX,
        keep: usize::MAX,
        look: u64::MAX,
        time: None,
        every: 0,
        sums: false,
    }
}

/// What a plain sort says.
fn sorted(world: &World, list: ListName, condition: &str, order: &str) -> Vec<i64> {
    let sql = format!("SELECT row FROM {} NOT INDEXED WHERE {condition} ORDER BY {order}", list.as_str());
    let raw = world.raw();
    let mut query = raw.prepare(&sql).unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// The expression that a column is to be sorted by, written anew.
fn key_of(list: ListName, column: &Column) -> &'static str {
    const FOLD: &str = "lower(replace(replace(replace(replace(N, 'Ș', 's'), 'ș', 's'), 'Ț', 't'), 'ț', 't'))";
    match (list, column.id) {
        (ListName::Documents, "order") => {
            "CASE WHEN order_number GLOB '*[^0-9]*' THEN lower(order_number) ELSE printf('%020d', order_number) END"
        }
        (ListName::Orders, "order") => {
            "CASE WHEN number GLOB '*[^0-9]*' THEN lower(number) ELSE printf('%020d', number) END"
        }
        (_, "number") => "CASE WHEN number IS NULL THEN '' ELSE series || ' ' || printf('%020d', number) END",
        (_, "client") => Box::leak(FOLD.replace('N', "client").into_boxed_str()),
        (_, "customer") => Box::leak(FOLD.replace('N', "customer").into_boxed_str()),
        (_, "taxId") => "tax_id",
        (_, "total") => "total_minor",
        (_, "connection") => "billing_id",
        (_, "role") => "CASE WHEN reverses_row IS NULL THEN role ELSE 'storno' END",
        (_, "issued") => "ifnull(issued_ms, 0)",
        (_, "created") => "created_ms",
        (_, "modified") => "modified_ms",
        (_, "einvoice") => "ifnull(einvoice, '')",
        (_, "paid") => "ifnull(paid_minor, -1)",
        (_, "mappingVersion") => "mapping_version",
        (_, "email") => "lower(email)",
        (_, other) => other,
    }
}

async fn all_of(world: &World, walk_it: Walk) -> Walked {
    world.ledger.walk(walk_it).await.unwrap()
}

#[tokio::test]
async fn every_ordinal_of_every_sort_is_what_a_plain_sort_says() {
    let world = filled(700).await;
    let everything = Arc::new(Filter::default());
    for list in [ListName::Documents, ListName::Orders] {
        let columns = list.columns().iter().filter(|column| column.is_sortable()).map(Some);
        for (column, descending) in columns.chain([None]).flat_map(|column| [(column, false), (column, true)]) {
            let direction = if descending { "DESC" } else { "ASC" };
            let order = match column {
                Some(column) => format!("{} {direction}, row {direction}", key_of(list, column)),
                None => format!("row {direction}"),
            };
            let wanted = sorted(&world, list, "1", &order);
            let sorting = Sorting { column, descending };
            let whole =
                all_of(&world, Walk { every: 50, sums: true, ..walk(list, &everything, sorting, Way::Walk) }).await;
            let named = format!("{list:?} {:?} {direction}", column.map(|column| column.id));
            assert_eq!(whole.rows, wanted, "{named}");
            assert_eq!(whole.totals.values().sum::<i64>(), sum(&world, list), "{named}");
            // from every kept place on, and a little further
            for (ordinal, place) in &whole.places {
                for skip in [0, 1, 49] {
                    let from = *ordinal + skip;
                    let page = Walk {
                        after: Some(place.clone()),
                        skip,
                        want: 20,
                        keep: 20,
                        ..walk(list, &everything, sorting, Way::Walk)
                    };
                    let rows = all_of(&world, page).await.rows;
                    let to = (from as usize + 20).min(wanted.len());
                    assert_eq!(rows, wanted[(from as usize).min(to)..to], "{named} from {from}");
                }
            }
        }
    }
}

fn sum(world: &World, list: ListName) -> i64 {
    let sql = format!("SELECT sum(total_minor) FROM {}", list.as_str());
    world.raw().query_row(&sql, [], |row| row.get(0)).unwrap()
}

fn clause(field: Field, test: Test) -> Clause {
    Clause { field, negated: false, test }
}

fn any(values: &[&str]) -> Test {
    Test::AnyOf(values.iter().map(|value| (*value).to_owned()).collect())
}

#[tokio::test]
async fn filters_find_what_a_look_at_each_row_finds_whichever_way() {
    let world = filled(400).await;
    let fold = "lower(replace(replace(replace(replace(client, 'Ș', 's'), 'ș', 's'), 'Ț', 't'), 'ț', 't'))";
    let cases: Vec<(Clause, String)> = vec![
        (clause(Field::State, any(&["held"])), "state = 'held'".into()),
        (clause(Field::State, any(&["held", "in_doubt"])), "state IN ('held', 'in_doubt')".into()),
        (clause(Field::State, any(&["mismatched"])), "verification = 'mismatched'".into()),
        (clause(Field::State, any(&["changed"])), "open_changes > 0".into()),
        (clause(Field::State, any(&["held", "mismatched"])), "state = 'held' OR verification = 'mismatched'".into()),
        (clause(Field::Client, Test::Words(vec!["stef".into()])), format!("{fold} LIKE 'stef%'")),
        (clause(Field::TaxId, any(&["RO1"])), "tax_id = 'RO1'".into()),
        (clause(Field::Total, Test::Between(Some(100), Some(400))), "total_minor >= 100 AND total_minor < 400".into()),
        (clause(Field::Issued, Test::Between(None, Some(NOW_MS + 2))), format!("issued_ms < {}", NOW_MS + 2)),
        (clause(Field::Created, Test::Between(Some(NOW_MS + 1), None)), format!("created_ms > {NOW_MS}")),
        (clause(Field::Failure, any(&["timed_out"])), "failure LIKE '%timed_out%'".into()),
        (clause(Field::EInvoice, any(&["accepted"])), "einvoice = 'accepted'".into()),
        (clause(Field::Series, any(&["fct"])), "series = 'FCT'".into()),
        (clause(Field::Kind, any(&["storno"])), "reverses_row IS NOT NULL".into()),
        (
            clause(Field::Invoice, Test::Numbers(vec![(None, "8".into()), (Some("fct".into()), "016".into())])),
            "number = '0008' OR (number = '0016' AND series = 'FCT')".into(),
        ),
    ];
    let total = ListName::Documents.sortable("total");
    for (one, said) in &cases {
        for (negated, second) in [(false, None), (true, None), (false, Some(&cases[6])), (true, Some(&cases[7]))] {
            let mut clauses = vec![Clause { negated, ..one.clone() }];
            // nothing is neither met nor not met
            let said = format!("ifnull({said}, 0)");
            let mut condition = if negated { format!("NOT ({said})") } else { said };
            if let Some((other, other_said)) = second {
                clauses.push(other.clone());
                condition = format!("({condition}) AND ({other_said})");
            }
            let filter = Arc::new(Filter { clauses, ..Filter::default() });
            for (column, order) in [(None, "row DESC".to_owned()), (total, "total_minor DESC, row DESC".to_owned())] {
                let sorting = Sorting { column, descending: true };
                let wanted = sorted(&world, ListName::Documents, &condition, &order);
                let way = world.ledger.choose_way(ListName::Documents, filter.clone(), sorting).await.unwrap();
                if let Way::Gather(by) = way {
                    let gathered = world.ledger.gather(ListName::Documents, filter.clone(), sorting, by).await.unwrap();
                    assert_eq!(gathered.rows, wanted, "gathered: {condition}");
                }
                let list = ListName::Documents;
                let within = world.ledger.rows_within(list, filter.clone()).await.unwrap().map(Arc::new);
                let mut ways = vec![(Way::Walk, within.clone())];
                if !filter.searches(list) {
                    ways.push((Way::Walk, None));
                } else if column.is_none() {
                    ways.push((Way::Search, None));
                }
                let is_single = matches!(&one.test, Test::AnyOf(values) if values.len() == 1);
                if is_single && !negated && column.is_none() && one.field != Field::Series {
                    ways.push((Way::Prefix(0), within));
                }
                for (way, within) in ways {
                    let walked =
                        all_of(&world, Walk { within, sums: true, ..walk(list, &filter, sorting, way.clone()) }).await;
                    assert_eq!(walked.rows, wanted, "{way:?}: {condition}");
                    assert_eq!(walked.matched, wanted.len() as u64);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_walk_ends_where_it_is_told_to_and_goes_on_from_there() {
    let world = filled(300).await;
    let filter = Arc::new(Filter { clauses: vec![clause(Field::State, any(&["held"]))], ..Filter::default() });
    let sorting = Sorting { column: ListName::Documents.sortable("client"), descending: false };
    let whole = all_of(&world, walk(ListName::Documents, &filter, sorting, Way::Walk)).await;
    let (mut rows, mut after): (Vec<i64>, Option<Place>) = (Vec::new(), None);
    for _ in 0..100 {
        let slice = Walk { look: 7, after: after.clone(), ..walk(ListName::Documents, &filter, sorting, Way::Walk) };
        let walked = all_of(&world, slice).await;
        assert!(walked.looked <= 7);
        rows.extend(walked.rows);
        after = walked.last.or(after);
        if walked.ended {
            break;
        }
    }
    assert_eq!(rows, whole.rows);
    assert!(matches!(after, Some(Place { key: Sql::Text(_), .. })));
}

#[tokio::test]
async fn every_sort_and_filter_goes_along_an_index() {
    let world = filled(50).await;
    let found = world.ledger.distinct_values(ListName::Documents, "currency", 10).await.unwrap();
    assert_eq!(found, ["EUR", "RON"]);
    let raw = world.raw();
    let names: Vec<String> = raw
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT LIKE 'sqlite%' AND name LIKE '%\\_list\\_%' ESCAPE '\\'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for name in names {
        let columns: Vec<String> = raw
            .prepare(&format!("SELECT name FROM pragma_index_info('{name}')"))
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        if columns[0] == "row" || name.ends_with("bare") || name.ends_with("failure") {
            continue;
        }
        let (table, key) = (name.split('_').next().unwrap(), &columns[0]);
        for query in [
            format!("SELECT row FROM {table} INDEXED BY {name} WHERE {key} = 'x' AND row < 5 ORDER BY row DESC"),
            format!("SELECT row FROM {table} INDEXED BY {name} WHERE {key} < 'x' ORDER BY {key} DESC, row DESC"),
        ] {
            let plan: Vec<String> = raw
                .prepare(&format!("EXPLAIN QUERY PLAN {query}"))
                .unwrap()
                .query_map([], |row| row.get(3))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            let said = plan.join("; ");
            assert!(said.contains("SEARCH") && !said.contains("TEMP B-TREE"), "{query}: {said}");
        }
    }
}
