//! Random walks over the transitions: whatever was refused and whatever went through, the counters agree with a count, and
//! each state comes with what belongs to it.

use crate::support::{NOW_MS, World, decision, draft, incoming, intent, issued, plan, world};
use punte_domain::{
    ChangeKind, Difference, DocumentState, Failure, FailureKind, OperationKind, OrderChange, Phase, Proposal,
    RefundMode, Verification,
};
use punte_store::StoreError;
use punte_store::ledger::{
    Effect, Intent, NewLook, NewOperation, NewTakingBack, OperationOutcome, Outcome, SeenChange, Verified,
};
use std::collections::BTreeMap;

const ORDERS: u64 = 24;
const STEPS: u64 = 600;

/// A sequence of numbers that is the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

fn failure(phase: Phase) -> Failure {
    Failure::new(FailureKind::TimedOut, phase, "create invoice", "order")
}

/// The newest version of an order is decided: its invoice is planned anew where it is not sent yet.
async fn decide(world: &World, n: u64) -> Result<(), StoreError> {
    let order = world.ledger.find_order(&format!("ord_{n}")).await.unwrap().unwrap();
    let mut plan = plan(n);
    plan.document.order_version = order.version;
    plan.seen = Some(world.document(n).await.state);
    let seen = (order.version, order.wanted);
    world.ledger.record_decisions(order.row, seen, vec![decision(plan)], ("document", "rule"), NOW_MS).await
}

/// One transition of one record, which may well be refused. Answers its name.
async fn step(world: &World, dice: &mut Dice, n: u64) -> (&'static str, Result<(), StoreError>) {
    let ledger = &world.ledger;
    let order = dice.roll(ORDERS) + 1;
    let all = ledger.list_documents_of_order(world.document(order).await.order_row).await.unwrap();
    let mut under_way = ledger.list_in_state(DocumentState::Sending, 100).await.unwrap();
    under_way.extend(ledger.list_in_doubt(100).await.unwrap());
    // what is under way is walked on with more often
    let among = if under_way.is_empty() || dice.roll(2) == 0 { &all } else { &under_way };
    let document = &among[dice.roll(among.len() as u64) as usize];
    let (row, id) = (document.row, document.id.clone());
    let number = format!("{:04}", dice.roll(12));
    let attempt = ledger.find_last_attempt(row).await.unwrap().map_or(0, |attempt| attempt.row);
    let trigger = if dice.roll(2) == 0 { "automatic" } else { "repeat" };
    let outcome = match dice.roll(5) {
        0 | 1 => issued(&number),
        2 => Outcome::Refused(failure(Phase::Refused)),
        3 => Outcome::Back { failure: failure(Phase::NotSent), due_ms: NOW_MS },
        _ => Outcome::Unknown(failure(Phase::Unknown)),
    };
    let kind = [OperationKind::Cancel, OperationKind::Restore, OperationKind::Delete][dice.roll(3) as usize];
    let operation = ledger.list_operations(row).await.unwrap().into_iter().next();
    let seen = SeenChange {
        id: format!("chg_{n}"),
        change: OrderChange {
            kind: [ChangeKind::Total, ChangeKind::Billing][dice.roll(2) as usize],
            subject: String::new(),
            facts: vec![Difference { field: "total".into(), before: "59".into(), after: n.to_string() }],
            proposal: Proposal::Storno,
            amount_minor: 5900,
        },
        mode: [RefundMode::Off, RefundMode::Propose][dice.roll(2) as usize],
    };
    let version = ledger.get_order_by_row(document.order_row).await.unwrap().version;
    match dice.roll(17) {
        0..=2 => {
            let intent = Intent { attempt_id: format!("att_{n}"), trigger, ..intent(n) };
            ("intent", ledger.record_intent(row, intent, NOW_MS).await.map(|_| ()))
        }
        3..=5 => ("outcome", ledger.record_outcome(attempt, row, outcome, "{}".into(), NOW_MS).await),
        6 => ("requeue", ledger.requeue_as_it_is(row, "ana", NOW_MS).await),
        7 => ("hold", ledger.hold(row, failure(Phase::Prepare), NOW_MS).await),
        8 => {
            let who = if trigger == "repeat" { "ana" } else { "" };
            ("found", ledger.settle_found(row, "FCT".into(), number, None, None, who, "", NOW_MS).await)
        }
        9 => ("absent", ledger.settle_absent(row, failure(Phase::Refused), "", "", NOW_MS).await),
        10 => {
            let look = NewLook { decisive: true, evidence: Some("{}".into()), failure: None };
            ledger.park(row, "series_moved", NOW_MS).await.unwrap();
            ("look", ledger.record_look(row, look, true, NOW_MS).await)
        }
        11 => match dice.roll(2) {
            0 => ("dismiss", ledger.dismiss(&id, "no need", "ana", NOW_MS).await),
            _ => ("reopen", ledger.reopen(&id, "needed", "ana", NOW_MS).await),
        },
        12 => {
            let new = NewOperation {
                id: format!("op_{n}"),
                document_row: row,
                kind,
                params: "{}".into(),
                reason: "asked".into(),
                who: "ana".into(),
                about: String::new(),
            };
            ("operation", ledger.request_operation(new, NOW_MS).await.map(|_| ()))
        }
        13 => {
            let Some(operation) = operation else { return ("no operation", Ok(())) };
            let sent = ledger.record_operation_intent(operation.row, false, "{}".into(), String::new(), NOW_MS).await;
            if sent.is_err() {
                return ("operation not sent", Ok(()));
            }
            let effect = match operation.kind {
                OperationKind::Cancel => Effect::Cancelled,
                OperationKind::Restore => Effect::Restored,
                _ => Effect::Deleted,
            };
            let done = OperationOutcome::Done(effect);
            ("operation done", ledger.record_operation_outcome(operation.row, done, "{}".into(), NOW_MS).await)
        }
        14 => match dice.roll(3) {
            0 => {
                let verification = Verification::Verified;
                let read = Verified { verification, detail: None, due_ms: None };
                ("verified", ledger.record_verification(row, read, NOW_MS).await)
            }
            1 => ("mismatch", ledger.record_mismatches(vec![(row, "{\"field\":\"total\"}".into())], NOW_MS).await),
            _ => ("verify again", ledger.want_verification(row, NOW_MS).await),
        },
        15 => {
            let mut storno = plan(order).document;
            storno.id = format!("doc_s{n}");
            storno.issue_key = format!("cana.ro|{order}|correction:{n}|1");
            storno.reference = format!("PNT-S{n}");
            storno.role = format!("correction:{n}");
            storno.total_minor = if trigger == "repeat" { -2000 } else { -5900 };
            storno.draft = Some(draft());
            let (reason, who) = ("returned".into(), "ana".into());
            let part_after_minor = (trigger == "repeat").then_some(0);
            let new =
                NewTakingBack { original_row: row, document: storno, part_after_minor, change_row: None, reason, who };
            ("taking back", ledger.request_taking_back(new, NOW_MS).await.map(|_| ()))
        }
        _ => {
            if dice.roll(2) == 0 {
                ledger.take_in(vec![incoming(order, &format!("v{n}"))], None, NOW_MS).await.unwrap();
                return ("newer version", decide(world, order).await);
            }
            ("change", ledger.record_changes(row, version, vec![seen], NOW_MS).await)
        }
    }
}

/// What the counters say, and what a count says of the same; whatever is none is left out.
fn counted(raw: &rusqlite::Connection) -> (BTreeMap<String, i64>, BTreeMap<String, i64>) {
    let read = |sql: &str| -> BTreeMap<String, i64> {
        let mut query = raw.prepare(sql).unwrap();
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).filter(|(_, value)| *value != 0).collect()
    };
    let kept = read("SELECT name, value FROM counters");
    let real = read(
        "SELECT 'document:' || state, count(*) FROM documents GROUP BY state
         UNION ALL SELECT 'flow:' || flow_id || ':' || state, count(*) FROM documents GROUP BY flow_id, state
         UNION ALL SELECT 'order:' || decision, count(*) FROM orders GROUP BY decision
         UNION ALL SELECT 'orders', count(*) FROM orders
         UNION ALL SELECT 'mismatched', count(*) FROM documents WHERE verification = 'mismatched'
         UNION ALL SELECT 'changed', count(DISTINCT document_row) FROM changes WHERE state = 'open'",
    );
    (kept, real)
}

/// What may never be, whatever happened.
const NEVER: [(&str, &str); 8] = [
    ("due and not ready", "SELECT count(*) FROM documents WHERE (due_ms IS NOT NULL) <> (state = 'ready')"),
    (
        "being sent without an attempt that is",
        "SELECT count(*) FROM documents d WHERE state = 'sending' AND NOT EXISTS
       (SELECT 1 FROM attempts a WHERE a.document_row = d.row AND a.outcome = 'sending')",
    ),
    (
        "an attempt under way of what is not being sent",
        "SELECT count(*) FROM attempts a JOIN documents d ON d.row = a.document_row
       WHERE a.outcome = 'sending' AND d.state <> 'sending'",
    ),
    (
        "parked and not in doubt",
        "SELECT count(*) FROM documents WHERE parked_reason IS NOT NULL AND state <> 'in_doubt'",
    ),
    (
        "issued without a number",
        "SELECT count(*) FROM documents
       WHERE state IN ('issued', 'cancelled', 'reversed', 'deleted') AND number IS NULL",
    ),
    (
        "not issued with a number",
        "SELECT count(*) FROM documents
       WHERE state NOT IN ('issued', 'cancelled', 'reversed', 'deleted') AND number IS NOT NULL",
    ),
    (
        "taken back beyond its total",
        "SELECT count(*) FROM documents o WHERE o.total_minor <
       (SELECT -sum(c.total_minor) FROM documents c WHERE c.corrects_row = o.row
          AND c.state NOT IN ('dismissed', 'cancelled', 'deleted'))",
    ),
    (
        "an open change of what is no more",
        "SELECT count(*) FROM changes c JOIN documents d ON d.row = c.document_row
       WHERE c.state = 'open' AND d.state <> 'issued'",
    ),
];

#[tokio::test]
async fn counters_agree_with_counts_and_states_with_what_belongs_to_them() {
    let mut went_through: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in [7, 1971, 40_000_003] {
        let world = world().await;
        let (mut dice, raw) = (Dice(seed), world.raw());
        for n in 1..=ORDERS {
            world.ready(n).await;
        }
        for n in 1..=STEPS {
            let (what, done) = step(&world, &mut dice, n).await;
            *went_through.entry(what).or_default() += u32::from(done.is_ok());
            let (kept, real) = counted(&raw);
            assert_eq!(kept, real, "seed {seed}, step {n}: {what} {done:?}");
            for (never, sql) in NEVER {
                let count: i64 = raw.query_row(sql, [], |row| row.get(0)).unwrap();
                assert_eq!(count, 0, "{never}: seed {seed}, step {n}: {what} {done:?}");
            }
        }
    }
    for what in
        ["intent", "outcome", "requeue", "found", "absent", "operation done", "mismatch", "taking back", "change"]
    {
        assert!(went_through.get(what).is_some_and(|count| *count > 4), "hardly walked: {what} of {went_through:?}");
    }
}
