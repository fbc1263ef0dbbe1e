//! How a command's subject stands: read before and after, so that what an act changed is on record.

use super::super::Host;
use super::super::rules::info_of;
use super::subject::{Reads, Work};
use crate::commands::Session;
use crate::dto::Nothing;
use crate::error::ApiError;
use punte_engine::Workspace;
use punte_engine::store::ledger::{Books, Connection};
use serde_json::{Map, Value, json};

/// Of a webhook's address so much is told: that it is another one, and not where to knock.
const TOLD_OF_HOOK: usize = 12;

impl Host {
    /// How a subject stands now; null where it is not there.
    pub(super) async fn snapshot(&self, workspace: &Workspace, session: &Session, reads: Reads, id: &str) -> Value {
        // what is only made by the command has no id before it
        if id.is_empty() && !reads.is_single() {
            return Value::Null;
        }
        match self.read_snapshot(workspace, session, reads, id).await {
            Ok(found) => found.unwrap_or_default(),
            Err(error) if error.code == crate::error::ErrorCode::NotFound => Value::Null,
            Err(error) => {
                tracing::warn!(?reads, %error, "what an act changes could not be read for the record");
                Value::Null
            }
        }
    }

    async fn read_snapshot(
        &self,
        workspace: &Workspace,
        session: &Session,
        reads: Reads,
        id: &str,
    ) -> Result<Option<Value>, ApiError> {
        let ledger = workspace.ledger();
        Ok(match reads {
            Reads::AlertChannel => super::super::alerts::channel_snapshot(workspace, id).await?,
            Reads::Alerts => Some(super::super::alerts::snapshot(workspace).await?),
            Reads::Connection => match ledger.list_connections().await?.into_iter().find(|one| one.id == id) {
                Some(one) => Some(connection(workspace, one).await?),
                None => None,
            },
            Reads::Hook => Some(hook(workspace, id).await),
            Reads::Flow => match ledger.find_flow(id).await? {
                Some(one) => Some(json!({
                    "name": one.name, "shopId": one.shop_id, "billingId": one.billing_id, "company": one.company,
                    "series": one.series, "condition": one.condition, "mappingId": one.mapping_id,
                    "enabled": one.enabled, "activeFromMs": one.active_from_ms, "seriesIsOurs": one.series_is_ours,
                    "writeBack": one.write_back, "fullRefund": one.full_refund, "partialRefund": one.partial_refund,
                    "rules": info_of(&one.rules),
                })),
                None => None,
            },
            Reads::Mapping => ledger
                .list_mappings()
                .await?
                .into_iter()
                .find(|one| one.id == id)
                .map(|one| json!({ "name": one.name, "version": one.version, "hasDraft": one.has_draft })),
            Reads::Listener => {
                let now = self.listener_get(session, Nothing {}).await?;
                Some(json!({ "enabled": now.enabled, "port": now.port, "publicAddress": now.public_address }))
            }
            Reads::Host => Some(json!({ "permitted": self.parts.private_hosts.list() })),
            Reads::Vault => {
                let now = self.vault_status();
                let is_open = now.state == punte_engine::vault::VaultState::Ready;
                Some(json!({ "kind": now.kind.map(|kind| kind.as_str()), "isOpen": is_open }))
            }
            Reads::Workspace => self.workspace_snapshot(workspace, id).await,
            Reads::Setup => Some(super::super::setup::snapshot(workspace).await?),
            Reads::Retention => Some(json!({ "months": ledger.read_retention_months().await? })),
            Reads::Backup => {
                let (set, _) = workspace.look_at_backups().await?;
                Some(json!({
                    "folder": set.folder, "everyHours": set.every_hours, "keep": set.keep, "encrypt": set.encrypt,
                    "passphraseSetMs": set.passphrase_ms,
                }))
            }
            Reads::Guards => {
                let now = workspace.read_guards().await?;
                Some(json!({
                    "lockAfterMin": now.lock_after_min, "storno": now.storno, "delete": now.delete,
                    "bulkOver": now.bulk_over, "limits": now.limits,
                }))
            }
            Reads::Person => workspace.list_operators().await?.into_iter().find(|one| one.id == id).map(|one| {
                json!({ "name": one.name, "role": one.role, "active": one.active, "passwordSetMs": one.changed_ms })
            }),
            Reads::Work(work) => read_work(workspace, work, id).await?,
        })
    }

    async fn workspace_snapshot(&self, workspace: &Workspace, id: &str) -> Option<Value> {
        let own = workspace.ledger().info().id.clone();
        let id = if id.is_empty() { &own } else { id };
        let quarantine = if *id == own { workspace.quarantine().map(|one| one.reason) } else { None };
        let state = self.state.lock().await;
        let known = state.settings.workspaces.iter().find(|known| known.id == *id)?;
        Some(json!({ "enabled": known.enabled, "quarantine": quarantine }))
    }
}

/// What stands on the records, and the work on them.
async fn read_work(workspace: &Workspace, work: Work, id: &str) -> Result<Option<Value>, ApiError> {
    let ledger = workspace.ledger();
    Ok(match work {
        Work::Document => match ledger.find_document(id).await? {
            Some(one) => {
                let (until_ms, edits) = ledger.find_set_on_document(id).await?.unwrap_or_default();
                let edits = edits.and_then(|edits| serde_json::from_str::<Value>(&edits).ok());
                Some(json!({
                    "state": one.state.as_str(), "series": one.series, "number": one.number,
                    "issueDate": one.issue_date, "editRevision": one.edit_revision, "snoozedUntilMs": until_ms,
                    "edits": edits.map(|edits| edits["edits"].clone()),
                }))
            }
            None => None,
        },
        Work::Operation => ledger.find_operation(id).await?.map(|one| json!({ "state": one.state.as_str() })),
        Work::Change => ledger.find_change(id).await?.map(|one| json!({ "state": one.state.as_str() })),
        Work::Finding => ledger.find_finding_state(id).await?.map(|state| json!({ "state": state })),
        Work::Cause => {
            let kept = ledger.find_cause_desk(id).await?;
            kept.map(|one| json!({ "owner": one.owner, "snoozedUntilMs": one.snoozed_until_ms }))
        }
        Work::Order => match ledger.find_order(id).await? {
            Some(order) => {
                let desk = ledger.read_desk(order.row).await?;
                let mut fields =
                    Map::from_iter(desk.notes.into_iter().map(|note| (format!("note {}", note.id), note.text.into())));
                fields.insert("owner".to_owned(), desk.owner.into());
                fields.insert("tags".to_owned(), desk.tags.into());
                Some(Value::Object(fields))
            }
            None => None,
        },
        Work::Note => ledger.find_note(id).await?.map(|note| json!({ "text": note.text, "deleted": note.is_deleted })),
        Work::Month => {
            let mut parts = id.split('|').map(str::to_owned);
            let (Some(billing_id), Some(company), Some(month)) = (parts.next(), parts.next(), parts.next()) else {
                return Ok(None);
            };
            let books = Books { billing_id, provider: String::new(), company };
            let closings = ledger.list_closings(&books, &month).await?;
            let closed = closings.iter().find(|closing| closing.reopened_ms.is_none());
            Some(json!({ "closed": closed.is_some(), "by": closed.map(|closing| closing.who.clone()) }))
        }
        Work::Closing => ledger.find_reopening(id).await?.map(|at_ms| json!({ "closed": at_ms.is_none() })),
        Work::Approval => ledger
            .find_approval(id)
            .await?
            .map(|one| json!({ "state": one.state, "decidedBy": one.decided_by, "code": one.code })),
        Work::Backfill => Some(json!({ "state": ledger.find_backfill(id).await?.state })),
        Work::Bulk => ledger.find_bulk_job(id).await?.map(|one| json!({ "state": one.state, "by": one.who })),
        Work::Import => Some(json!({ "state": ledger.find_import(id).await?.state })),
        Work::Delivery => {
            let one = ledger.find_delivery(id).await?;
            Some(json!({ "state": one.state, "tries": one.tries }))
        }
    })
}

/// Of a webhook's address, that it is another one; of its secret, that there is one, and since when another is.
async fn hook(workspace: &Workspace, id: &str) -> Value {
    // a connection that takes no webhooks has none of it
    let Ok(hook) = workspace.find_hook(id).await else { return Value::Null };
    json!({
        "webhook": hook.path.chars().take(TOLD_OF_HOOK).collect::<String>(), "hasHookSecret": hook.has_secret,
        "oldHookSecretUntilMs": hook.old_secret_until_ms,
    })
}

async fn connection(workspace: &Workspace, one: Connection) -> Result<Value, ApiError> {
    Ok(json!({
        "kind": one.kind, "name": one.name, "address": one.address, "account": one.account, "company": one.company,
        "series": one.series, "legacyRoutes": one.legacy_routes, "reserve": one.reserve, "warehouse": one.warehouse,
        "vatNames": one.vat_names, "secretSetMs": workspace.ledger().find_secret_change(&one.id).await?,
    }))
}
