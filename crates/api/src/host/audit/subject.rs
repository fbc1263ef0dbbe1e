//! What a command is about, and what differs between how that stood before an act and after it.

use serde_json::{Map, Value};

/// Kind and id; the id is empty where there is only one, or none yet.
pub(super) type Subject = (&'static str, String);

/// What the commands of a group are about, and the fields that may name it. A whole name stands before its group.
const SUBJECTS: &[(&str, &str, &[&str])] = &[
    ("backfill.plan", "flow", &["flowId"]),
    ("backfill.", "backfill", &["id"]),
    ("approvals.", "approval", &["id"]),
    ("audit.get", "audit", &[]),
    ("backup.", "backup", &["file"]),
    ("bulk.", "bulk", &["id"]),
    ("clients.", "client", &[]),
    ("connections.", "connection", &["id", "connection"]),
    ("documents.accept_change", "change", &["id"]),
    ("documents.ignore_change", "change", &["id"]),
    ("documents.", "document", &["id"]),
    ("doubts.", "document", &["id", "documentId"]),
    ("drafts.", "document", &["documentId", "id"]),
    ("dry_run.", "mapping", &["mappingId", "id"]),
    ("export.", "export", &["id"]),
    ("failures.", "cause", &["key"]),
    ("flows.", "flow", &["id"]),
    ("imports.", "import", &["id"]),
    ("inbox.", "delivery", &["id"]),
    ("listener.", "listener", &[]),
    ("mappings.", "mapping", &["mappingId", "id"]),
    ("month.reopen", "closing", &["id"]),
    ("month.", "month", &[]),
    ("network.", "host", &["host"]),
    ("notes.save", "order", &["orderId"]),
    ("notes.", "note", &["id"]),
    ("operations.", "operation", &["id"]),
    ("people.set_guards", "guards", &[]),
    ("people.", "person", &["id"]),
    ("reconcile.ignore", "finding", &["id"]),
    ("reconcile.", "connection", &["connectionId"]),
    ("record.snooze", "document", &["documentId"]),
    ("record.", "order", &["orderId", "id"]),
    ("sandbox.", "sandbox", &[]),
    ("schedule.set_retention", "retention", &[]),
    ("schedule.", "job", &["id"]),
    ("session.sign_in", "person", &["name"]),
    ("vault.", "vault", &[]),
    ("workspace.", "workspace", &["id"]),
];

#[cfg(test)]
pub(crate) fn subject_kinds() -> impl Iterator<Item = &'static str> {
    SUBJECTS.iter().map(|(_, kind, _)| *kind)
}

pub(super) fn subject_of(command: &str, payload: &Value) -> Option<Subject> {
    let found = SUBJECTS.iter().find(|(name, ..)| command.starts_with(name))?;
    let (_, kind, fields) = found;
    let text =
        |field: &str| payload.get(field).and_then(Value::as_str).map(|text| text.chars().take(200).collect::<String>());
    let id = match *kind {
        "month" => {
            ["connectionId", "company", "month"].iter().filter_map(|field| text(field)).collect::<Vec<_>>().join("|")
        }
        "document" if command == "documents.retry" => match payload["ids"].as_array().map(Vec::as_slice) {
            Some([one]) => one.as_str().unwrap_or_default().to_owned(),
            _ => return None,
        },
        _ => fields.iter().find_map(|field| text(field)).unwrap_or_default(),
    };
    Some((kind, id))
}

/// Of what was made by the command, its id is in the answer.
pub(super) fn made(subject: Option<Subject>, answer: Option<&Value>) -> Option<Subject> {
    let (kind, id) = subject?;
    let made = || answer.and_then(|answer| answer["id"].as_str()).unwrap_or_default().to_owned();
    Some((kind, if id.is_empty() { made() } else { id }))
}

/// What differs: the fields before, and after. `None` where nothing does.
pub(super) fn changed(before: &Value, after: &Value) -> Option<(Value, Value)> {
    let (empty_before, empty_after) = (Map::new(), Map::new());
    let before = before.as_object().unwrap_or(&empty_before);
    let after = after.as_object().unwrap_or(&empty_after);
    let differs = |name: &&String| before.get(*name) != after.get(*name);
    let pick = |of: &Map<String, Value>| -> Value {
        let picked = of.iter().filter(|(name, _)| differs(name)).map(|(name, value)| (name.clone(), value.clone()));
        Value::Object(picked.collect())
    };
    let (was, is) = (pick(before), pick(after));
    (was != is).then_some((was, is))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::{COMMANDS, CommandKind};
    use serde_json::json;

    #[test]
    fn a_subject_is_found_by_the_field_that_names_it() {
        let of = |command: &str, payload: Value| subject_of(command, &payload);
        assert_eq!(of("documents.storno", json!({ "id": "doc_1" })), Some(("document", "doc_1".into())));
        assert_eq!(of("documents.accept_change", json!({ "id": "chg_1" })), Some(("change", "chg_1".into())));
        assert_eq!(of("drafts.save", json!({ "documentId": "doc_1" })), Some(("document", "doc_1".into())));
        assert_eq!(of("documents.retry", json!({ "ids": ["doc_1"] })), Some(("document", "doc_1".into())));
        assert_eq!(of("documents.retry", json!({ "ids": ["doc_1", "doc_2"] })), None);
        let month = json!({ "connectionId": "con_1", "company": "RO1", "month": "2026-10" });
        assert_eq!(of("month.close", month), Some(("month", "con_1|RO1|2026-10".into())));
        assert_eq!(of("app.set_preferences", json!({})), None);
        let new = of("flows.save", json!({ "id": null }));
        assert_eq!(made(new, Some(&json!({ "id": "flow_9" }))), Some(("flow", "flow_9".into())));
    }

    #[test]
    fn only_what_changed_is_kept_of_before_and_after() {
        let before = json!({ "state": "issued", "series": "FCT", "number": "7" });
        let after = json!({ "state": "reversed", "series": "FCT", "number": "7" });
        assert_eq!(changed(&before, &after), Some((json!({ "state": "issued" }), json!({ "state": "reversed" }))));
        assert_eq!(changed(&before, &before), None);
        assert_eq!(changed(&Value::Null, &json!({ "enabled": true })), Some((json!({}), json!({ "enabled": true }))));
    }

    #[test]
    fn every_act_is_about_something() {
        let without = COMMANDS.iter().filter(|info| info.kind == CommandKind::Act);
        let without: Vec<_> = without
            .filter(|info| !SUBJECTS.iter().any(|(name, ..)| info.name.starts_with(name)))
            .map(|info| info.name)
            .collect();
        assert_eq!(without, ["session.lock", "session.change_password"], "these are about whoever does them");
    }

    /// Acts without a before and after, and why: what they do stands in the request, or with what came of it.
    const EFFECT_ALONE: &[(&str, &[&str])] = &[
        (
            "a plan or a run of its own, told by its id in the answer",
            &["backfill.plan", "dry_run.cancel", "dry_run.start", "reconcile.run"],
        ),
        (
            "a file is made or looked at, and nothing is changed",
            &["backup.run", "backup.verify", "clients.export", "export.cancel", "export.start"],
        ),
        ("it replaces the ledger, which holds this log", &["backup.restore"]),
        ("what was erased must not stand here again; how much it was is in the answer", &["clients.erase"]),
        (
            "asks the other side and keeps its answer",
            &["connections.shop_hooks", "connections.test", "connections.wake", "doubts.look"],
        ),
        ("it stands at the shop, not here", &["connections.enable_shop_hook"]),
        ("the effect is documents: their timelines tell it", &["documents.retry", "mappings.retry_held"]),
        ("simulators, not the books", &["sandbox.add_orders", "sandbox.clear_faults", "sandbox.set_fault"]),
        ("a job runs now; what it did is in the schedule", &["schedule.run_now"]),
        ("about whoever does it", &["session.change_password", "session.lock", "session.sign_in"]),
        ("a passphrase is nowhere, and nothing else changes", &["vault.change_passphrase"]),
        (
            "a workspace is opened or made: what stands after it is all of it",
            &["workspace.create", "workspace.open_sandbox"],
        ),
    ];

    #[test]
    fn every_act_has_a_before_and_after_or_a_reason_for_having_none() {
        let alone = |name: &str| EFFECT_ALONE.iter().any(|(_, commands)| commands.contains(&name));
        let acts: Vec<&str> =
            COMMANDS.iter().filter(|info| info.kind == CommandKind::Act).map(|info| info.name).collect();
        for name in EFFECT_ALONE.iter().flat_map(|(_, commands)| commands.iter()) {
            assert!(acts.contains(name), "{name} is no act");
        }
        for name in acts.into_iter().filter(|name| !alone(name)) {
            let kind = SUBJECTS.iter().find(|(of, ..)| name.starts_with(of)).map(|(_, kind, _)| *kind);
            let is_read = kind.is_some_and(|kind| super::super::snapshot::READ.contains(&kind));
            assert!(is_read, "{name}: nothing is read of {kind:?} before and after it");
        }
    }
}
