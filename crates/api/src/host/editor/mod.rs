//! The mapping editor's commands: mappings and their versions here, trials, dry runs and records' own edits beside.

mod document;
mod dry_run;
mod record;
mod trial;

use super::connections::is_shop;
use super::{Host, records};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use punte_engine::Workspace;
use punte_engine::editor::{Fitting, MappingStart, MappingState};
use punte_engine::mapping::{Mapping, TARGETS, diff, functions, presets};
use punte_engine::store::ledger::{Flow, MappingRow};
use std::collections::BTreeMap;

/// What stands at the end of a mapping's file name.
const EXTENSION: &str = "punte-mapping.json";

impl Host {
    pub(super) async fn mappings_list(&self, _: &Session, _: Nothing) -> Result<Mappings, ApiError> {
        let workspace = self.workspace().await?;
        let flows = workspace.ledger().list_flows().await?;
        let read = workspace.orders_of_mappings().await?;
        let mappings = workspace.ledger().list_mappings().await?;
        let mut shops = BTreeMap::new();
        for shop in workspace.ledger().list_connections().await?.iter().filter(|one| is_shop(&one.kind)) {
            let Fitting { orders, mapping, preset } = workspace.fitting_for(shop, &read).await?;
            shops.insert(shop.id.clone(), ShopMapping { orders, mapping, preset: preset.map(str::to_owned) });
        }
        Ok(Mappings {
            shops,
            mappings: mappings.into_iter().map(|mapping| summary(mapping, &flows, &read)).collect(),
            presets: presets().iter().map(|id| (*id).to_owned()).collect(),
            targets: TARGETS
                .iter()
                .map(|target| TargetInfo {
                    section: target.section.to_owned(),
                    name: target.name.to_owned(),
                    kind: target.kind.as_str().to_owned(),
                    required: target.required,
                })
                .collect(),
            functions: functions()
                .iter()
                .map(|doc| FunctionInfo {
                    name: doc.name.to_owned(),
                    signature: doc.signature.to_owned(),
                    example: doc.example.to_owned(),
                    result: doc.result.to_owned(),
                })
                .collect(),
        })
    }

    pub(super) async fn mappings_get(&self, _: &Session, request: ById) -> Result<MappingInfo, ApiError> {
        let workspace = self.workspace().await?;
        let state = workspace.get_mapping(&request.id).await?;
        let flows = flows_of(&workspace, &state.id).await?;
        let MappingState { id, name, version, published, draft } = state;
        Ok(MappingInfo {
            id,
            name,
            version,
            published: document::shown(&published),
            draft: draft.map(|(mapping, kept)| KeptDraft {
                document: document::shown(&mapping),
                base_version: kept.base_version,
                saved_ms: kept.saved_ms,
                author: kept.author,
            }),
            flows,
        })
    }

    pub(super) async fn mappings_create(
        &self,
        session: &Session,
        request: MappingCreate,
    ) -> Result<MappingSummary, ApiError> {
        let start = match (request.preset, request.copy_of, request.document) {
            (None, None, None) => MappingStart::Nothing,
            (Some(preset), None, None) => MappingStart::Preset(preset),
            (None, Some(id), None) => MappingStart::CopyOf(id),
            (None, None, Some(given)) => MappingStart::Document(document::read(given)?),
            _ => return Err(ApiError::invalid("preset", "one start at most")),
        };
        let workspace = self.workspace().await?;
        let made = workspace.create_mapping(&request.name, start, &session.operator).await?;
        Ok(summary(made, &[], &workspace.orders_of_mappings().await?))
    }

    pub(super) async fn mappings_save_draft(
        &self,
        session: &Session,
        request: DraftSave,
    ) -> Result<DraftSaved, ApiError> {
        let mapping = document::read(request.document)?;
        let workspace = self.workspace().await?;
        let saved_ms = workspace
            .save_mapping_draft(&request.mapping_id, &mapping, request.base_version, &session.operator)
            .await?;
        Ok(DraftSaved { saved_ms })
    }

    pub(super) async fn mappings_discard_draft(&self, _: &Session, request: ById) -> Result<Nothing, ApiError> {
        self.workspace().await?.discard_mapping_draft(&request.id).await?;
        Ok(Nothing {})
    }

    pub(super) async fn mappings_publish(
        &self,
        session: &Session,
        request: PublishRequest,
    ) -> Result<Published, ApiError> {
        let mapping = document::read(request.document)?;
        let published = self
            .workspace()
            .await?
            .publish_mapping(&request.mapping_id, &mapping, request.base_version, &request.reason, &session.operator)
            .await?;
        Ok(Published { version: published.version, held: published.held, passing: published.passing })
    }

    pub(super) async fn mappings_retry_held(&self, session: &Session, request: ById) -> Result<RetryResult, ApiError> {
        let workspace = self.workspace().await?;
        let report = workspace.retry_held(&request.id, &session.operator).await?;
        Ok(records::retry_result(report, workspace.clock_now_ms()))
    }

    pub(super) async fn mappings_history(&self, _: &Session, request: ById) -> Result<MappingHistory, ApiError> {
        let versions = self.workspace().await?.list_mapping_versions(&request.id).await?;
        Ok(MappingHistory {
            versions: versions
                .into_iter()
                .map(|version| MappingVersionInfo {
                    version: version.version,
                    author: version.author,
                    reason: version.reason,
                    created_ms: version.created_ms,
                    documents: version.documents,
                })
                .collect(),
        })
    }

    pub(super) async fn mappings_version(
        &self,
        _: &Session,
        request: VersionRequest,
    ) -> Result<MappingDocument, ApiError> {
        let workspace = self.workspace().await?;
        Ok(document::shown(&workspace.get_mapping_version(&request.mapping_id, request.version).await?))
    }

    pub(super) async fn mappings_diff(&self, _: &Session, request: DiffRequest) -> Result<MappingDiff, ApiError> {
        let (before, after) = (document::read(request.before)?, document::read(request.after)?);
        Ok(MappingDiff { changes: diff(&before, &after).into_iter().map(document::change).collect() })
    }

    pub(super) async fn mappings_write_text(
        &self,
        _: &Session,
        request: MappingDocument,
    ) -> Result<MappingText, ApiError> {
        let mapping = document::read(request)?;
        Ok(MappingText { file_name: file_name(&mapping.name), content: mapping.to_text() })
    }

    pub(super) async fn mappings_read_text(
        &self,
        _: &Session,
        request: MappingText,
    ) -> Result<MappingDocument, ApiError> {
        let mapping =
            Mapping::parse(&request.content).map_err(|error| ApiError::invalid("content", error.to_string()))?;
        Ok(document::shown(&mapping))
    }
}

fn summary(mapping: MappingRow, flows: &[Flow], read: &[(String, Option<&'static str>)]) -> MappingSummary {
    let orders = read.iter().find(|(id, _)| *id == mapping.id).and_then(|(_, orders)| *orders);
    MappingSummary {
        orders: orders.unwrap_or_default().to_owned(),
        flows: flows.iter().filter(|flow| flow.mapping_id == mapping.id).map(|flow| flow.name.clone()).collect(),
        id: mapping.id,
        name: mapping.name,
        version: mapping.version,
        has_draft: mapping.has_draft,
    }
}

async fn flows_of(workspace: &Workspace, mapping_id: &str) -> Result<Vec<MappingFlow>, ApiError> {
    let connections = workspace.ledger().list_connections().await?;
    let kind_of =
        |id: &str| connections.iter().find(|one| one.id == id).map(|one| one.kind.clone()).unwrap_or_default();
    let flows = workspace.ledger().list_flows().await?.into_iter().filter(|flow| flow.mapping_id == mapping_id);
    Ok(flows.map(|flow| MappingFlow { provider: kind_of(&flow.billing_id), id: flow.id, name: flow.name }).collect())
}

/// A name that every file system takes.
fn file_name(name: &str) -> String {
    let bare: String =
        name.chars().map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { '-' } else { c }).take(100).collect();
    let bare = bare.trim().trim_matches('.');
    format!("{}.{EXTENSION}", if bare.is_empty() { "mapping" } else { bare })
}
