//! Promises that can be read from the ledger's file alone.

use crate::world::World;

/// A promise, and a query that answers the records that break it.
const PROMISES: &[(&str, &str)] = &[
    (
        "was sent although the ledger held a newer version of its order",
        "SELECT d.id FROM documents d
         JOIN events claimed ON claimed.document_row = d.row AND claimed.what = 'claimed'
         JOIN events changed ON changed.order_row = d.order_row AND changed.what = 'order_changed'
           AND changed.row < claimed.row AND CAST(json_extract(changed.facts, '$.version') AS INTEGER) > d.order_version
         WHERE d.role = 'invoice' AND d.number IS NOT NULL",
    ),
    (
        "was issued for another total than its version of the order has",
        "SELECT d.id FROM documents d
         JOIN order_versions v ON v.order_row = d.order_row AND v.version = d.order_version
         WHERE d.role = 'invoice' AND d.number IS NOT NULL
           AND abs(CAST(json_extract(v.raw, '$.total') AS REAL) - CAST(json_extract(d.draft, '$.order_total') AS REAL)) > 0.001",
    ),
    (
        "was sent again with another date",
        "SELECT d.id FROM documents d JOIN attempts again ON again.document_row = d.row AND again.trigger = 'repeat'
         WHERE again.issue_date <> (SELECT before.issue_date FROM attempts before
           WHERE before.document_row = d.row AND before.row < again.row ORDER BY before.row DESC LIMIT 1)",
    ),
    (
        "was sent again with another key, and was not refused before",
        "SELECT d.id FROM documents d JOIN attempts again ON again.document_row = d.row
         JOIN attempts before ON before.row = (SELECT max(row) FROM attempts
           WHERE document_row = d.row AND row < again.row)
         WHERE again.idempotency_key <> before.idempotency_key AND before.outcome <> 'refused'",
    ),
    (
        "was sent again although the last look proved nothing",
        "SELECT d.id FROM documents d JOIN attempts again ON again.document_row = d.row AND again.trigger = 'repeat'
         WHERE NOT coalesce((SELECT l.decisive AND json_extract(l.evidence, '$.complete')
             AND (d.provider <> 'smartbill' OR json_extract(l.evidence, '$.counter_unchanged'))
           FROM looks l WHERE l.document_row = d.row AND l.attempt_row = (SELECT max(row) FROM attempts before
             WHERE before.document_row = d.row AND before.row < again.row) ORDER BY l.row DESC LIMIT 1), 0)",
    ),
    (
        "has an attempt that never ended",
        "SELECT d.id FROM documents d JOIN attempts a ON a.document_row = d.row AND a.outcome = 'sending'",
    ),
];

/// In a series that others write in, nothing at SmartBill is sent again without a person.
const SHARED: &str = "SELECT d.id FROM documents d JOIN attempts a ON a.document_row = d.row
   WHERE d.provider = 'smartbill' AND a.trigger = 'repeat'";

/// Only what a restored ledger finds again was issued without an attempt in it.
const WITHOUT_ATTEMPT: &str = "SELECT d.id FROM documents d WHERE d.number IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.document_row = d.row)";

/// The counters that screens show, against a count.
const COUNTERS: &str = "SELECT c.name FROM counters c WHERE c.name LIKE 'document:%'
   AND c.value <> (SELECT count(*) FROM documents d WHERE 'document:' || d.state = c.name)";

pub fn broken(world: &World) -> Vec<String> {
    let mut broken = Vec::new();
    for (promise, query) in PROMISES {
        broken.extend(world.peek(query).into_iter().map(|id| format!("{id} {promise}")));
    }
    if !world.settings.ours {
        let again = world.peek(SHARED).into_iter();
        broken.extend(again.map(|id| format!("{id} was sent again in a series that others write in")));
    }
    if !world.restored {
        let bare = world.peek(WITHOUT_ATTEMPT).into_iter();
        broken.extend(bare.map(|id| format!("{id} is issued without an attempt")));
    }
    broken.extend(world.peek(COUNTERS).into_iter().map(|name| format!("the counter {name} is wrong")));
    let verdict = world.peek("PRAGMA integrity_check");
    if verdict != ["ok"] {
        broken.push(format!("the ledger is damaged: {verdict:?}"));
    }
    broken
}
