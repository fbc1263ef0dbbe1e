//! The audit log: what is written of every command, and how the log is read, verified and taken away.

mod held;
mod mask;
mod record;
mod snapshot;
mod subject;
#[cfg(test)]
mod tests;

pub(super) use record::Lately;
#[cfg(test)]
pub(crate) use record::reads_on_record;
#[cfg(test)]
pub(crate) use subject::subject_kinds;

use super::Host;
use crate::commands::Session;
use crate::dto::*;
use crate::error::{ApiError, ErrorCode};
use base64::Engine;
use punte_engine::Workspace;
use punte_engine::desk::export::{Cell, csv_text, csv_writer};
use punte_engine::store::ledger::{self, AuditFault, AuditQuery, Document, Witness};
use serde_json::{Value, json};
use std::collections::HashMap;

const PAGE: u32 = 100;
const EXPORT_PAGE: u32 = 1000;
/// Entries of one file: what is sent to a screen stays small enough for it.
const MOST_EXPORTED: usize = 100_000;

impl Host {
    /// Everybody on this machine who saw the head of a workspace's log, whether or not it runs here.
    pub async fn audit_witnesses(&self, workspace: &str) -> Vec<Witness> {
        let deps = &self.parts.deps;
        punte_engine::audit::witnesses(&deps.state, deps.vault.as_ref(), workspace).await
    }

    pub(super) async fn audit_list(&self, _: &Session, request: AuditRequest) -> Result<AuditPage, ApiError> {
        let workspace = self.workspace().await?;
        let found = workspace.ledger().list_audit(query_of(&request, PAGE)?).await?;
        let before = (found.len() == PAGE as usize).then(|| found.last().map(|one| one.row)).flatten();
        let mut rows: Vec<AuditEntry> = found.into_iter().map(AuditEntry::from).collect();
        self.name_subjects(&workspace, &mut rows).await?;
        Ok(AuditPage { rows, before })
    }

    pub(super) async fn audit_get(&self, _: &Session, request: AuditGet) -> Result<AuditDetail, ApiError> {
        let workspace = self.workspace().await?;
        let found = workspace.ledger().find_audit(request.row).await?;
        let (entry, kept) = found.ok_or_else(|| ApiError::not_found(&request.row.to_string()))?;
        let aside = kept.into_iter().flat_map(|one| match one.payload {
            Value::Object(fields) => fields.into_iter().map(|(path, value)| AuditAside { path, value }).collect(),
            value => vec![AuditAside { path: String::new(), value }],
        });
        let personal = request.personal.then(|| aside.collect());
        let mut entry = AuditEntry::from(entry);
        self.name_subjects(&workspace, std::slice::from_mut(&mut entry)).await?;
        Ok(AuditDetail { entry, personal })
    }

    /// Gives subjects the names that people know them by.
    async fn name_subjects(&self, workspace: &Workspace, entries: &mut [AuditEntry]) -> Result<(), ApiError> {
        let mut labels = labels(workspace).await?;
        let workspaces = self.state.lock().await.settings.workspaces.clone();
        labels.extend(workspaces.into_iter().map(|one| (("workspace", one.id), one.name)));
        for subject in entries.iter_mut().filter_map(|entry| entry.subject.as_mut()) {
            subject.label = label_of(workspace, &labels, subject).await?;
        }
        Ok(())
    }

    pub(super) async fn audit_verify(&self, _: &Session, request: AuditVerify) -> Result<AuditReport, ApiError> {
        let given = request.head.as_deref().map(str::trim).filter(|head| !head.is_empty());
        // of an anchor's line the head stands last
        let given = given.and_then(|line| line.split_whitespace().last());
        Ok(self.workspace().await?.verify_audit(given).await?.into())
    }

    pub(super) async fn audit_anchor(&self, _: &Session, _: Nothing) -> Result<AuditAnchors, ApiError> {
        let workspace = self.workspace().await?;
        let daily = workspace.list_anchors().iter().map(|anchor| anchor.line()).collect();
        Ok(AuditAnchors { line: workspace.anchor().await?.line(), daily })
    }

    pub(super) async fn audit_export(&self, _: &Session, request: AuditExport) -> Result<FileContent, ApiError> {
        let workspace = self.workspace().await?;
        let mut entries = Vec::new();
        let mut page = query_of(&request.filter, EXPORT_PAGE)?;
        loop {
            let found = workspace.ledger().list_audit(page.clone()).await?;
            let is_last = found.len() < EXPORT_PAGE as usize;
            page.before_row = found.last().map(|one| one.row);
            entries.extend(found.into_iter().map(AuditEntry::from));
            if is_last || entries.len() >= MOST_EXPORTED {
                break;
            }
        }
        let (bytes, media_type) = match request.format.as_str() {
            "csv" => (write_csv(&entries)?, "text/csv"),
            "jsonl" => (write_lines(&entries)?, "application/jsonl"),
            other => return Err(ApiError::invalid("format", other)),
        };
        Ok(FileContent {
            name: format!("audit-{}.{}", workspace.anchor().await?.date, request.format),
            media_type: media_type.to_owned(),
            base64: base64::engine::general_purpose::STANDARD.encode(bytes),
        })
    }
}

fn query_of(request: &AuditRequest, limit: u32) -> Result<AuditQuery, ApiError> {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let subject = match (filled(&request.subject_kind), filled(&request.subject_id)) {
        (Some(kind), id) => Some((kind, id.unwrap_or_default())),
        (None, Some(_)) => return Err(ApiError::invalid("subjectKind", "an id says nothing without its kind")),
        (None, None) => None,
    };
    Ok(AuditQuery {
        who: filled(&request.who),
        sign_in: "session.sign_in",
        act: filled(&request.act),
        subject,
        outcome: filled(&request.outcome),
        from_ms: request.from_ms,
        to_ms: request.to_ms,
        text: request.text.trim().chars().take(200).collect(),
        before_row: request.before,
        limit,
    })
}

/// Names of what there are few of, by kind and id.
async fn labels(workspace: &Workspace) -> Result<HashMap<(&'static str, String), String>, ApiError> {
    let ledger = workspace.ledger();
    let connections = ledger.list_connections().await?.into_iter().map(|one| (("connection", one.id), one.name));
    let flows = ledger.list_flows().await?.into_iter().map(|one| (("flow", one.id), one.name));
    let mappings = ledger.list_mappings().await?.into_iter().map(|one| (("mapping", one.id), one.name));
    let imports = ledger.list_imports().await?.into_iter().map(|one| (("import", one.id), one.file_name));
    let people = workspace.list_operators().await?.into_iter().map(|one| (("person", one.id), one.name));
    Ok(connections.chain(flows).chain(mappings).chain(imports).chain(people).collect())
}

async fn label_of(
    workspace: &Workspace,
    labels: &HashMap<(&'static str, String), String>,
    subject: &AuditSubject,
) -> Result<Option<String>, ApiError> {
    let ledger = workspace.ledger();
    let of_document = |one: Document| match &one.number {
        Some(number) => format!("{} {number}", one.series),
        None => one.order_number,
    };
    let at_row = match subject.kind.as_str() {
        "change" => ledger.find_change(&subject.id).await?.map(|one| one.document_row),
        "operation" => ledger.find_operation(&subject.id).await?.map(|one| one.document_row),
        _ => None,
    };
    if let Some(row) = at_row {
        return Ok(ledger.documents_by_row(vec![row]).await?.pop().map(of_document));
    }
    let known = || labels.iter().find(|((kind, id), _)| *kind == subject.kind && *id == subject.id);
    Ok(match subject.kind.as_str() {
        "document" => ledger.find_document(&subject.id).await?.map(of_document),
        "order" => ledger.find_order(&subject.id).await?.map(|one| one.head.number),
        _ => known().map(|(_, name)| name.clone()),
    })
}

impl From<ledger::AuditEntry> for AuditEntry {
    fn from(one: ledger::AuditEntry) -> Self {
        let mut facts = one.facts;
        let request = facts.get_mut("request").map(Value::take).unwrap_or_default();
        let end = one.end_facts.unwrap_or_default();
        let fields = |of: &str| end[of].as_object().cloned().unwrap_or_default();
        let (before, after) = (fields("before"), fields("after"));
        let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let of = |fields: &serde_json::Map<String, Value>, name: &String| fields.get(name).cloned().unwrap_or_default();
        let changes = names
            .into_iter()
            .map(|name| AuditChange { field: name.clone(), before: of(&before, name), after: of(&after, name) })
            .collect();
        AuditEntry {
            row: one.row,
            at_ms: one.at_ms,
            who: one.who,
            role: one.role,
            host: one.host,
            act: one.act,
            subject: one.subject.map(|(kind, id)| AuditSubject { kind, id, label: None }),
            approved_by: facts["approvedBy"].as_str().map(str::to_owned),
            facts: if one.outcome == "noted" { Some(facts) } else { end.get("held").cloned() },
            outcome: one.outcome,
            code: one.code,
            reason: one.reason,
            end_row: one.end_row,
            ended_ms: one.ended_ms,
            request,
            changes,
            has_personal: one.has_personal,
        }
    }
}

impl From<ledger::AuditReport> for AuditReport {
    fn from(report: ledger::AuditReport) -> Self {
        let broken = report.fault.map(|one| {
            let (other, witness) = match &one.fault {
                AuditFault::Removed { last } => (Some(*last), None),
                AuditFault::Moved { written_as } => (Some(*written_as), None),
                AuditFault::Rewritten { known_to, witness } => (Some(*known_to), Some((*witness).to_owned())),
                AuditFault::Changed | AuditFault::Inserted | AuditFault::PersonalChanged => (None, None),
            };
            let fault = one.fault.as_str().to_owned();
            AuditBreak { row: one.row, fault, other, witness, at_ms: one.at_ms, who: one.who, act: one.act }
        });
        let losses = report.losses.into_iter();
        AuditReport {
            rows: report.rows,
            head: report.head.to_string(),
            broken,
            erased: report.erased,
            losses: losses
                .map(|one| AuditLoss { row: one.row, at_ms: one.at_ms, from: one.lost_from, to: one.lost_to })
                .collect(),
            witnessed_to: report.witnessed_to,
            witnesses: report.witnessed,
        }
    }
}

const COLUMNS: [&str; 15] = [
    "row",
    "at",
    "who",
    "role",
    "host",
    "act",
    "subject_kind",
    "subject_id",
    "outcome",
    "code",
    "reason",
    "ended_at",
    "request",
    "changes",
    "held",
];

fn instant(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms).map(|at| at.to_rfc3339()).unwrap_or_default()
}

fn write_csv(entries: &[AuditEntry]) -> Result<Vec<u8>, ApiError> {
    let broken = |error: String| ApiError::new(ErrorCode::Internal, error);
    let mut writer = csv_writer(Vec::new(), &COLUMNS.map(str::to_owned)).map_err(broken)?;
    for one in entries {
        let is_noted = one.outcome == "noted";
        let held = one.facts.as_ref().filter(|_| !is_noted);
        let (kind, id) = one.subject.as_ref().map(|one| (one.kind.clone(), one.id.clone())).unwrap_or_default();
        let cells = [
            one.row.to_string(),
            instant(one.at_ms),
            one.who.clone(),
            one.role.clone(),
            one.host.clone(),
            one.act.clone(),
            kind,
            id,
            one.outcome.clone(),
            one.code.clone(),
            one.reason.clone(),
            one.ended_ms.map(instant).unwrap_or_default(),
            one.facts.as_ref().filter(|_| is_noted).unwrap_or(&one.request).to_string(),
            json!(one.changes).to_string(),
            held.map(Value::to_string).unwrap_or_default(),
        ];
        let cells = cells.map(Cell::Text);
        writer.write_record(cells.iter().map(csv_text)).map_err(|error| broken(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| broken(error.to_string()))
}

fn write_lines(entries: &[AuditEntry]) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    for one in entries {
        serde_json::to_writer(&mut bytes, one)
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}
