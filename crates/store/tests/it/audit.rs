//! The audit log as a file that someone tampers with: every row changed, removed, moved or put in is found and named.

use crate::support::{NOW_MS, World, world};
use punte_store::Ledger;
use punte_store::ledger::{AuditActor, AuditFault, AuditHead, AuditQuery, AuditReport, LOST, NewAuditRow, Witness};
use serde_json::json;

const ACTS: i64 = 6;
const ROWS: i64 = ACTS * 2;

fn asked(n: i64) -> NewAuditRow {
    NewAuditRow {
        actor: AuditActor { who: "ana".into(), role: "admin".into(), host: "window".into() },
        act: "documents.storno".into(),
        subject: Some(("document".into(), format!("doc_{n}"))),
        outcome: "asked",
        facts: json!({ "request": { "id": format!("doc_{n}") } }),
        reason: "wrong address".into(),
        personal: Some(json!({ "/request/email": format!("client{n}@example.com") })),
        ..NewAuditRow::default()
    }
}

/// Six acts, asked for and ended: twelve rows.
async fn with_acts() -> World {
    let world = world().await;
    for n in 1..=ACTS {
        let head = world.ledger.add_audit(asked(n), NOW_MS + n).await.unwrap();
        let end = NewAuditRow {
            outcome: if n % 3 == 0 { "refused" } else { "done" },
            code: if n % 3 == 0 { "not_now".into() } else { String::new() },
            asked_row: Some(head.sequence),
            facts: json!({ "after": { "state": "reversed" } }),
            personal: None,
            ..asked(n)
        };
        world.ledger.add_audit(end, NOW_MS + n).await.unwrap();
    }
    world
}

/// As someone does who has the file and no respect for triggers.
fn tamper(world: &World, change: &str) {
    let raw = world.raw();
    let triggers = "audit_grows_at_its_end audit_is_not_changed audit_is_not_deleted audit_chain_is_not_changed \
                    audit_personal_is_not_changed audit_personal_is_not_replaced";
    let drops: String =
        triggers.split(' ').filter(|name| !name.is_empty()).map(|name| format!("DROP TRIGGER {name};")).collect();
    raw.execute_batch(&format!("PRAGMA foreign_keys = OFF; {drops} {change}")).unwrap();
}

async fn head(world: &World) -> Witness {
    Witness { from: "mark", head: world.ledger.read_audit_head().await.unwrap() }
}

fn named(report: &AuditReport) -> (i64, AuditFault) {
    let fault = report.fault.clone().unwrap_or_else(|| panic!("said to be whole: {report:?}"));
    (fault.row, fault.fault)
}

async fn verified(world: &World, witnesses: Vec<Witness>) -> AuditReport {
    world.ledger.verify_audit(witnesses).await.unwrap()
}

#[tokio::test]
async fn a_log_that_nobody_touched_is_whole_while_its_owner_works_and_after() {
    let world = with_acts().await;
    let witness = head(&world).await;
    let report = verified(&world, vec![witness.clone()]).await;
    assert_eq!(report.fault, None);
    assert_eq!((report.rows, report.head, report.witnessed), (ROWS, witness.head, 1));
    let beside = Ledger::verify_audit_in(world.folder.path(), vec![witness.clone()]).unwrap();
    assert_eq!(beside, report, "read beside its owner");
    let folder = world.folder;
    drop(world.ledger);
    assert_eq!(Ledger::verify_audit_in(folder.path(), vec![witness]).unwrap(), report);
    let reopened = Ledger::open(folder.path()).unwrap();
    assert_eq!(reopened.info().audit_sequence, ROWS);
    reopened.add_audit(asked(7), NOW_MS).await.unwrap();
    assert_eq!(
        reopened.verify_audit(Vec::new()).await.unwrap().rows,
        ROWS + 1,
        "the next owner goes on with the chain"
    );
}

#[tokio::test]
async fn every_column_of_every_row_that_is_changed_is_found_and_the_row_named() {
    let columns = [
        ("at_ms", "at_ms + 1"),
        ("who", "'bogdan'"),
        ("role", "'viewer'"),
        ("host", "'terminal'"),
        ("act", "'documents.retry'"),
        ("asked_row", "CASE WHEN asked_row IS NULL THEN 1 ELSE NULL END"),
        ("subject_kind", "'order'"),
        ("subject_id", "'doc_99'"),
        ("outcome", "'noted'"),
        ("code", "'forbidden'"),
        ("facts", "'{}'"),
        ("reason", "''"),
        ("personal_hash", "x'00'"),
        ("prev_hash", "randomblob(32)"),
        ("hash", "randomblob(32)"),
    ];
    let world = with_acts().await;
    let witness = head(&world).await;
    tamper(&world, "CREATE TABLE kept AS SELECT * FROM audit; DROP INDEX audit_ends;");
    for row in 1..=ROWS {
        for (column, value) in columns {
            world.raw().execute_batch(&format!("UPDATE audit SET {column} = {value} WHERE row = {row}")).unwrap();
            let found = named(&verified(&world, vec![witness.clone()]).await);
            assert_eq!(found, (row, AuditFault::Changed), "{column} of row {row}");
            world
                .raw()
                .execute_batch(&format!(
                    "UPDATE audit SET {column} = (SELECT {column} FROM kept WHERE kept.row = {row}) WHERE row = {row}"
                ))
                .unwrap();
        }
    }
    assert_eq!(verified(&world, vec![witness]).await.fault, None, "put back, it is whole again");
}

#[tokio::test]
async fn every_row_that_is_removed_is_found_whether_or_not_the_others_close_the_ranks() {
    for row in 1..=ROWS {
        for is_closed_up in [false, true] {
            let world = with_acts().await;
            let witness = head(&world).await;
            let mut change =
                format!("DELETE FROM audit_personal WHERE audit_row = {row}; DELETE FROM audit WHERE row = {row};");
            if is_closed_up {
                // one after the other, as the numbers are unique
                for later in row + 1..=ROWS {
                    change += &format!("UPDATE audit SET row = {later} - 1 WHERE row = {later};");
                    change += &format!("UPDATE audit_personal SET audit_row = {later} - 1 WHERE audit_row = {later};");
                }
            }
            tamper(&world, &change);
            let report = verified(&world, vec![witness]).await;
            assert_eq!(named(&report), (row, AuditFault::Removed { last: row }), "closed up: {is_closed_up}");
        }
    }
}

#[tokio::test]
async fn a_tail_that_is_cut_off_is_found_by_whoever_saw_the_head_and_only_by_them() {
    for kept in 0..ROWS {
        let world = with_acts().await;
        let witness = head(&world).await;
        tamper(
            &world,
            &format!("DELETE FROM audit_personal WHERE audit_row > {kept}; DELETE FROM audit WHERE row > {kept};"),
        );
        assert_eq!(verified(&world, Vec::new()).await.fault, None, "nobody can tell without the head");
        let report = verified(&world, vec![witness]).await;
        assert_eq!(named(&report), (kept + 1, AuditFault::Removed { last: ROWS }));
    }
}

#[tokio::test]
async fn two_rows_that_change_places_are_found_and_the_first_of_them_named() {
    for (one, other) in (1..ROWS).flat_map(|one| (one + 1..=ROWS).map(move |other| (one, other))) {
        let world = with_acts().await;
        let witness = head(&world).await;
        let swap = |table: &str, column: &str| {
            format!(
                "UPDATE {table} SET {column} = -1 WHERE {column} = {one};
                 UPDATE {table} SET {column} = {one} WHERE {column} = {other};
                 UPDATE {table} SET {column} = {other} WHERE {column} = -1;"
            )
        };
        tamper(&world, &(swap("audit", "row") + &swap("audit_personal", "audit_row")));
        let report = verified(&world, vec![witness]).await;
        assert_eq!(named(&report), (one, AuditFault::Moved { written_as: other }));
    }
}

#[tokio::test]
async fn a_row_put_in_anywhere_is_found_and_named() {
    for place in 1..=ROWS {
        let world = with_acts().await;
        let witness = head(&world).await;
        let mut change = String::new();
        for later in (place..=ROWS).rev() {
            change += &format!("UPDATE audit SET row = {later} + 1 WHERE row = {later};");
            change += &format!("UPDATE audit_personal SET audit_row = {later} + 1 WHERE audit_row = {later};");
        }
        change += &format!(
            "INSERT INTO audit SELECT {place}, at_ms, 'bogdan', role, host, act, NULL, '', '', 'noted', '', '{{}}', '', NULL,
               CASE WHEN {place} = 1 THEN prev_hash ELSE (SELECT hash FROM audit WHERE row = {place} - 1) END, randomblob(32)
             FROM audit WHERE row = CASE WHEN {place} = 1 THEN 2 ELSE 1 END;"
        );
        tamper(&world, &change);
        let report = verified(&world, vec![witness]).await;
        assert_eq!(named(&report), (place, AuditFault::Inserted));
        assert_eq!(report.fault.unwrap().who, "bogdan");
    }
}

#[tokio::test]
async fn a_row_added_behind_the_remembered_head_with_a_made_up_hash_is_found() {
    let world = with_acts().await;
    let witness = head(&world).await;
    tamper(
        &world,
        "INSERT INTO audit SELECT row + 1, at_ms, who, role, host, act, NULL, '', '', 'noted', '', '{}', '', NULL,
           randomblob(32), randomblob(32) FROM audit WHERE row = 12;",
    );
    assert_eq!(named(&verified(&world, vec![witness]).await), (ROWS + 1, AuditFault::Inserted));
}

#[tokio::test]
async fn a_log_that_was_written_anew_is_found_by_the_head_and_narrowed_down_by_an_anchor() {
    let honest = world().await;
    let mut seen = Vec::new();
    for n in 1..=4 {
        seen.push(honest.ledger.add_audit(asked(n), NOW_MS + n).await.unwrap());
    }
    let forged = with_acts().await;
    // the same salt and another history: what a forger with the file can make
    let salt: Vec<u8> = honest.raw().query_row("SELECT salt FROM audit_chain", [], |row| row.get(0)).unwrap();
    let witnesses =
        |heads: &[AuditHead]| heads.iter().map(|head| Witness { from: "anchor", head: *head }).collect::<Vec<_>>();
    assert_eq!(salt.len(), 32);
    let report = verified(&forged, witnesses(&seen[3..])).await;
    assert_eq!(named(&report), (4, AuditFault::Rewritten { known_to: 0, witness: "anchor" }));
    let report = verified(&honest, witnesses(&seen)).await;
    assert_eq!((report.fault, report.witnessed, report.witnessed_to), (None, 4, 4));
    let mut last_is_other = seen.clone();
    last_is_other[3].hash = [9; 32];
    let report = verified(&honest, witnesses(&last_is_other)).await;
    assert_eq!(named(&report), (4, AuditFault::Rewritten { known_to: 3, witness: "anchor" }));
}

#[tokio::test]
async fn what_is_kept_aside_may_be_erased_and_not_changed() {
    let world = with_acts().await;
    let witness = head(&world).await;
    assert_eq!(world.ledger.erase_audit_personal("document", "doc_3").await.unwrap(), 1);
    let gone = world.ledger.purge(Some(NOW_MS + 2), None, 100).await.unwrap();
    assert_eq!(gone.iter().find(|share| share.kind == "audit").unwrap().count, 1, "of the first act");
    let report = verified(&world, vec![witness.clone()]).await;
    assert_eq!((report.fault, report.erased), (None, 2), "the chain is whole without them");
    let (entry, kept) = world.ledger.find_audit(5).await.unwrap().unwrap();
    assert_eq!((entry.has_personal, kept.len()), (true, 0));
    assert_eq!(
        world.ledger.find_audit(8).await.unwrap().unwrap().1[0].payload["/request/email"],
        "client4@example.com"
    );
    let refused = world.raw().execute("UPDATE audit_personal SET payload = '{}'", []);
    assert!(refused.unwrap_err().to_string().contains("may only be erased"));
    tamper(&world, "UPDATE audit_personal SET payload = '{\"/request/email\":\"x\"}' WHERE audit_row = 7");
    assert_eq!(named(&verified(&world, vec![witness]).await), (7, AuditFault::PersonalChanged));
}

#[tokio::test]
async fn rows_are_neither_changed_nor_removed_nor_put_in_between() {
    let world = with_acts().await;
    let raw = world.raw();
    for refused in [
        "UPDATE audit SET who = 'bogdan' WHERE row = 3",
        "DELETE FROM audit WHERE row = 12",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE row = 12",
        "INSERT INTO audit SELECT 40, at_ms, who, role, host, act, NULL, '', '', 'noted', '', '{}', '', NULL, hash, hash FROM audit WHERE row = 12",
        "UPDATE audit_chain SET salt = x'00'",
        "DELETE FROM audit_chain",
        "INSERT OR REPLACE INTO audit_chain VALUES (1, x'00')",
        "INSERT OR REPLACE INTO audit_personal VALUES (1, x'00', '{}')",
        "INSERT INTO audit_personal VALUES (2, x'00', '{}')",
    ] {
        let error = raw.execute_batch(refused).expect_err(refused);
        assert!(error.to_string().contains("audit log"), "{refused}: {error}");
    }
    assert_eq!(verified(&world, vec![head(&world).await]).await.fault, None);
}

#[tokio::test]
async fn a_part_that_was_lost_before_the_ledger_was_opened_stays_on_record() {
    let world = world().await;
    world.ledger.add_audit(asked(1), NOW_MS).await.unwrap();
    let lost = AuditHead { sequence: 5, hash: [7; 32] };
    let witnesses = vec![Witness { from: "anchor", head: lost }];
    assert_eq!(named(&verified(&world, witnesses.clone()).await), (2, AuditFault::Removed { last: 5 }));
    let row = NewAuditRow {
        act: LOST.into(),
        outcome: "noted",
        facts: json!({ "kept": 1, "lost": lost.to_string() }),
        ..NewAuditRow::default()
    };
    // it came to be known only when another row had been written
    world.ledger.add_audit(asked(2), NOW_MS).await.unwrap();
    world.ledger.add_audit(row, NOW_MS).await.unwrap();
    for n in 4..=7 {
        let report = verified(&world, witnesses.clone()).await;
        assert_eq!(report.fault, None, "the log says itself that it was lost");
        assert_eq!((report.losses[0].row, report.losses[0].lost_from, report.losses[0].lost_to), (3, 2, 5));
        world.ledger.add_audit(asked(n), NOW_MS).await.unwrap();
    }
}

#[tokio::test]
async fn an_act_is_one_entry_with_its_end_and_found_by_whatever_is_known_of_it() {
    let world = with_acts().await;
    let cut_off = world.ledger.add_audit(asked(77), NOW_MS + 100).await.unwrap();
    let list = async |query: AuditQuery| -> Vec<i64> {
        let query = AuditQuery { limit: 100, ..query };
        world.ledger.list_audit(query).await.unwrap().iter().map(|entry| entry.row).collect()
    };
    let none = AuditQuery::default;
    assert_eq!(list(none()).await, [13, 11, 9, 7, 5, 3, 1], "newest first");
    assert_eq!(list(AuditQuery { outcome: Some("asked".into()), ..none() }).await, [cut_off.sequence], "never ended");
    assert_eq!(list(AuditQuery { outcome: Some("refused".into()), ..none() }).await, [11, 5]);
    assert_eq!(list(AuditQuery { subject: Some(("document".into(), "doc_2".into())), ..none() }).await, [3]);
    assert_eq!(list(AuditQuery { text: "DOC_77".into(), ..none() }).await, [13]);
    assert_eq!(list(AuditQuery { text: "100%".into(), ..none() }).await, [0; 0], "a sign is no pattern");
    assert_eq!(list(AuditQuery { who: Some("bogdan".into()), ..none() }).await, [0; 0]);
    assert_eq!(list(AuditQuery { act: Some("documents.storno".into()), before_row: Some(5), ..none() }).await, [3, 1]);
    let span = AuditQuery { from_ms: Some(NOW_MS + 2), to_ms: Some(NOW_MS + 4), ..none() };
    assert_eq!(list(span).await, [5, 3]);
    let entry = &world.ledger.list_audit(AuditQuery { limit: 100, ..none() }).await.unwrap()[1];
    assert_eq!((entry.outcome.as_str(), entry.code.as_str(), entry.end_row), ("refused", "not_now", Some(12)));
    assert_eq!(entry.end_facts.as_ref().unwrap()["after"]["state"], "reversed");
}
