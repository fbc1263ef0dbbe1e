//! What a command is about, and how that stands: read before and after, so that what an act changed is on record.

use super::super::Host;
use crate::commands::Session;
use crate::dto::Nothing;
use punte_engine::Workspace;
use punte_engine::store::ledger::Books;
use serde_json::{Map, Value, json};

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

impl Host {
    /// How a subject stands now; null where it is not there, or nothing is read of its kind.
    pub(super) async fn snapshot(&self, workspace: &Workspace, session: &Session, subject: &Subject) -> Value {
        let (kind, id) = subject;
        match self.read_snapshot(workspace, session, kind, id).await {
            Ok(found) => found.unwrap_or_default(),
            Err(error) => {
                tracing::warn!(kind, %error, "what an act changes could not be read for the record");
                Value::Null
            }
        }
    }

    async fn read_snapshot(
        &self,
        workspace: &Workspace,
        session: &Session,
        kind: &str,
        id: &str,
    ) -> Result<Option<Value>, crate::error::ApiError> {
        let ledger = workspace.ledger();
        Ok(match kind {
            "connection" => ledger.list_connections().await?.into_iter().find(|one| one.id == id).map(|one| {
                json!({
                    "kind": one.kind, "name": one.name, "address": one.address, "account": one.account,
                    "company": one.company, "series": one.series, "legacyRoutes": one.legacy_routes,
                    "reserve": one.reserve, "warehouse": one.warehouse, "vatNames": one.vat_names,
                })
            }),
            "flow" => match ledger.find_flow(id).await? {
                Some(one) => Some(json!({
                    "name": one.name, "shopId": one.shop_id, "billingId": one.billing_id, "company": one.company,
                    "series": one.series, "condition": one.condition, "mappingId": one.mapping_id,
                    "enabled": one.enabled, "activeFromMs": one.active_from_ms, "seriesIsOurs": one.series_is_ours,
                    "writeBack": one.write_back, "fullRefund": one.full_refund, "partialRefund": one.partial_refund,
                    "rules": super::super::rules::info_of(&one.rules),
                })),
                None => None,
            },
            "document" => ledger.find_document(id).await?.map(|one| {
                json!({
                    "state": one.state.as_str(), "series": one.series, "number": one.number,
                    "issueDate": one.issue_date, "editRevision": one.edit_revision,
                })
            }),
            "operation" => ledger.find_operation(id).await?.map(|one| json!({ "state": one.state.as_str() })),
            "mapping" => ledger
                .list_mappings()
                .await?
                .into_iter()
                .find(|one| one.id == id)
                .map(|one| json!({ "name": one.name, "version": one.version })),
            "month" => {
                let mut parts = id.split('|').map(str::to_owned);
                let (Some(billing_id), Some(company), Some(month)) = (parts.next(), parts.next(), parts.next()) else {
                    return Ok(None);
                };
                let books = Books { billing_id, provider: String::new(), company };
                let closings = ledger.list_closings(&books, &month).await?;
                let closed = closings.iter().find(|closing| closing.reopened_ms.is_none());
                Some(json!({ "closed": closed.is_some(), "by": closed.map(|closing| closing.who.clone()) }))
            }
            "retention" => Some(json!({ "months": ledger.read_retention_months().await? })),
            "listener" => {
                let now = self.listener_get(session, Nothing {}).await?;
                Some(json!({ "enabled": now.enabled, "port": now.port, "publicAddress": now.public_address }))
            }
            "workspace" => {
                let state = self.state.lock().await;
                let known = state.settings.workspaces.iter().find(|known| known.id == id);
                known.map(|known| json!({ "enabled": known.enabled }))
            }
            "guards" => {
                let now = workspace.read_guards().await?;
                Some(json!({
                    "lockAfterMin": now.lock_after_min, "storno": now.storno, "delete": now.delete,
                    "bulkOver": now.bulk_over, "limits": now.limits,
                }))
            }
            "person" => workspace
                .list_operators()
                .await?
                .into_iter()
                .find(|one| one.id == id)
                .map(|one| json!({ "name": one.name, "role": one.role, "active": one.active })),
            _ => None,
        })
    }
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
}
