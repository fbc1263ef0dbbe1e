//! What a command is about, and what differs between how that stood before an act and after it.

use serde_json::{Map, Value};

/// Kind and id; the id is empty where there is only one, or none yet.
pub(super) type Subject = (&'static str, String);

/// What is read of a subject before and after an act. What is named here has a reader: `snapshot` matches it without a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    AlertChannel,
    Alerts,
    Backup,
    Connection,
    Flow,
    Guards,
    /// Of a connection, where its shop knocks and whether that is signed: a secret is looked for in the vault.
    Hook,
    Host,
    Listener,
    Mapping,
    Person,
    Retention,
    /// Names of connections, mappings and flows.
    Setup,
    Vault,
    Workspace,
    Work(Work),
}

/// The same of records, and of the work on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Approval,
    Backfill,
    Bulk,
    Cause,
    Change,
    Closing,
    Delivery,
    Document,
    Finding,
    Import,
    Month,
    Note,
    Operation,
    Order,
}

impl Reads {
    /// There is one of it, and it needs no id.
    pub(super) fn is_single(self) -> bool {
        matches!(
            self,
            Reads::Alerts
                | Reads::Backup
                | Reads::Guards
                | Reads::Listener
                | Reads::Retention
                | Reads::Setup
                | Reads::Vault
                | Reads::Workspace
        )
    }
}

/// What the commands of a group are about, the fields that may name it, and what is read of it. A whole name stands before its
/// group.
const SUBJECTS: &[(&str, &str, &[&str], Option<Reads>)] = &[
    ("backfill.plan", "flow", &["flowId"], None),
    ("backfill.", "backfill", &["id"], Some(Reads::Work(Work::Backfill))),
    ("alerts.set_channel", "channel", &["id"], Some(Reads::AlertChannel)),
    ("alerts.test", "channel", &["id"], None),
    ("alerts.", "alerts", &[], Some(Reads::Alerts)),
    ("approvals.", "approval", &["id"], Some(Reads::Work(Work::Approval))),
    ("audit.get", "audit", &["row"], None),
    ("backup.", "backup", &["file"], Some(Reads::Backup)),
    ("bulk.", "bulk", &["id"], Some(Reads::Work(Work::Bulk))),
    ("clients.", "client", &[], None),
    ("connections.renew_hook", "connection", &["id"], Some(Reads::Hook)),
    ("connections.set_hook_secret", "connection", &["id"], Some(Reads::Hook)),
    ("connections.", "connection", &["id", "connection"], Some(Reads::Connection)),
    ("documents.accept_change", "change", &["id"], Some(Reads::Work(Work::Change))),
    ("documents.ignore_change", "change", &["id"], Some(Reads::Work(Work::Change))),
    ("documents.", "document", &["id"], Some(Reads::Work(Work::Document))),
    ("doubts.", "document", &["id", "documentId"], Some(Reads::Work(Work::Document))),
    ("drafts.", "document", &["documentId", "id"], Some(Reads::Work(Work::Document))),
    ("dry_run.", "mapping", &["mappingId", "id"], None),
    ("export.", "export", &["id"], None),
    ("failures.", "cause", &["key"], Some(Reads::Work(Work::Cause))),
    ("flows.", "flow", &["id"], Some(Reads::Flow)),
    ("imports.", "import", &["id"], Some(Reads::Work(Work::Import))),
    ("inbox.", "delivery", &["id"], Some(Reads::Work(Work::Delivery))),
    ("listener.", "listener", &[], Some(Reads::Listener)),
    ("mappings.", "mapping", &["mappingId", "id"], Some(Reads::Mapping)),
    ("month.reopen", "closing", &["id"], Some(Reads::Work(Work::Closing))),
    ("month.", "month", &[], Some(Reads::Work(Work::Month))),
    ("network.", "host", &["host"], Some(Reads::Host)),
    ("notes.save", "order", &["orderId"], Some(Reads::Work(Work::Order))),
    ("notes.", "note", &["id"], Some(Reads::Work(Work::Note))),
    ("operations.", "operation", &["id"], Some(Reads::Work(Work::Operation))),
    ("people.set_guards", "guards", &[], Some(Reads::Guards)),
    ("people.", "person", &["id"], Some(Reads::Person)),
    ("reconcile.ignore", "finding", &["id"], Some(Reads::Work(Work::Finding))),
    ("reconcile.", "connection", &["connectionId"], None),
    ("record.snooze", "document", &["documentId"], Some(Reads::Work(Work::Document))),
    ("record.", "order", &["orderId", "id"], Some(Reads::Work(Work::Order))),
    ("sandbox.", "sandbox", &[], None),
    ("schedule.set_retention", "retention", &[], Some(Reads::Retention)),
    ("schedule.", "job", &["id"], None),
    ("session.sign_in", "person", &["name"], None),
    ("setup.", "setup", &[], Some(Reads::Setup)),
    ("support.", "bundle", &[], None),
    ("vault.", "vault", &[], Some(Reads::Vault)),
    ("workspace.", "workspace", &["id"], Some(Reads::Workspace)),
];

/// Acts without a before and after, and why: nothing is read for them. What they do stands in the request, or with
/// what came of it.
const EFFECT_ALONE: &[(&str, &[&str])] = &[
    (
        "a plan or a run of its own, told by its id in the answer",
        &["backfill.plan", "dry_run.cancel", "dry_run.start", "reconcile.run"],
    ),
    (
        "a file is made or looked at, and nothing is changed",
        &["backup.run", "backup.verify", "clients.export", "export.cancel", "export.start", "support.save"],
    ),
    ("it replaces the ledger, which holds this log", &["backup.restore"]),
    ("what was erased must not stand here again; how much it was is noted beside it", &["clients.erase"]),
    (
        "asks the other side and keeps its answer",
        &["connections.shop_hooks", "connections.test", "connections.wake", "doubts.look"],
    ),
    ("sends a notice that says it is a test; what became of it is among what was sent", &["alerts.test"]),
    ("it stands at the shop, not here", &["connections.enable_shop_hook"]),
    ("the effect is documents: their timelines tell it", &["documents.retry", "mappings.retry_held"]),
    ("simulators, not the books", &["sandbox.add_orders", "sandbox.clear_faults", "sandbox.set_fault"]),
    ("a job runs now; what it did is in the schedule", &["schedule.run_now"]),
    ("about whoever does it", &["session.change_password", "session.lock", "session.sign_in"]),
    ("a passphrase is nowhere, and nothing else changes", &["vault.change_passphrase"]),
];

#[cfg(test)]
pub(crate) fn subject_kinds() -> impl Iterator<Item = &'static str> {
    SUBJECTS.iter().map(|(_, kind, ..)| *kind)
}

pub(super) fn subject_of(command: &str, payload: &Value) -> Option<Subject> {
    let found = SUBJECTS.iter().find(|(name, ..)| command.starts_with(name))?;
    let (_, kind, fields, _) = found;
    let text = |field: &str| match payload.get(field) {
        Some(Value::String(text)) => Some(text.chars().take(200).collect::<String>()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
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

/// What is read before and after a command; of one whose effect stands alone, nothing.
pub(super) fn reads_of(command: &str) -> Option<Reads> {
    if EFFECT_ALONE.iter().any(|(_, commands)| commands.contains(&command)) {
        return None;
    }
    SUBJECTS.iter().find(|(name, ..)| command.starts_with(name))?.3
}

/// Of what was made by the command, its id is in the answer; a person's among everybody's, by the name that nobody else has.
pub(super) fn made(subject: Option<Subject>, payload: &Value, answer: Option<&Value>) -> Option<Subject> {
    let (kind, id) = subject?;
    let Some(answer) = answer.filter(|_| id.is_empty()) else { return Some((kind, id)) };
    let made = match kind {
        "person" => {
            let name = payload["name"].as_str().map(str::trim);
            let people = answer["people"].as_array().into_iter().flatten();
            people.into_iter().find(|one| name.is_some() && one["name"].as_str() == name).map(|one| &one["id"])
        }
        _ => answer.get("id"),
    };
    Some((kind, made.and_then(Value::as_str).unwrap_or_default().to_owned()))
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
        assert_eq!(made(new, &Value::Null, Some(&json!({ "id": "flow_9" }))), Some(("flow", "flow_9".into())));
        let people = json!({ "people": [{ "id": "op_1", "name": "Ana" }, { "id": "op_2", "name": "Dan" }] });
        let asked = json!({ "name": " Dan " });
        assert_eq!(made(of("people.add", asked.clone()), &asked, Some(&people)), Some(("person", "op_2".into())));
        assert_eq!(of("audit.get", json!({ "row": 7 })), Some(("audit", "7".into())));
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

    #[test]
    fn every_act_has_a_before_and_after_or_a_reason_for_having_none() {
        let acts: Vec<&str> =
            COMMANDS.iter().filter(|info| info.kind == CommandKind::Act).map(|info| info.name).collect();
        let alone: Vec<&str> = EFFECT_ALONE.iter().flat_map(|(_, commands)| commands.iter().copied()).collect();
        for name in &alone {
            assert!(acts.contains(name), "{name} is no act");
            assert_eq!(reads_of(name), None, "{name}: nothing is read of what does not change");
        }
        for name in acts.into_iter().filter(|name| !alone.contains(name)) {
            assert!(reads_of(name).is_some(), "{name}: nothing is read before and after it");
        }
    }

    #[test]
    fn a_webhooks_secret_is_looked_for_only_where_it_is_set() {
        let hooks: Vec<&str> =
            COMMANDS.iter().map(|info| info.name).filter(|name| reads_of(name) == Some(Reads::Hook)).collect();
        assert_eq!(hooks, ["connections.set_hook_secret", "connections.renew_hook"]);
        assert_eq!(reads_of("connections.save"), Some(Reads::Connection));
    }
}
