//! One record's own edits.

use super::super::{Host, convert};
use crate::commands::Session;
use crate::dto::*;
use crate::error::ApiError;
use punte_domain::{DraftEdit, FieldChange};
use punte_engine::editor::RecordFields;

impl Host {
    pub(in super::super) async fn drafts_fields(&self, _: &Session, request: ById) -> Result<DraftFields, ApiError> {
        Ok(shown(self.workspace().await?.draft_fields(&request.id).await?))
    }

    pub(in super::super) async fn drafts_preview(
        &self,
        _: &Session,
        request: DraftEditRequest,
    ) -> Result<EditPreview, ApiError> {
        let preview = self.workspace().await?.preview_edits(&request.document_id, &edits(request.edits)).await?;
        Ok(EditPreview {
            draft: preview.draft.as_ref().map(convert::draft),
            problems: convert::problems(&preview.problems),
            changes: preview.changes.into_iter().map(change).collect(),
        })
    }

    pub(in super::super) async fn drafts_save(
        &self,
        session: &Session,
        request: DraftEditSave,
    ) -> Result<DraftFields, ApiError> {
        let DraftEditSave { document_id, edits: wanted, reason, revision } = request;
        let workspace = self.workspace().await?;
        let saved = workspace.save_edits(&document_id, edits(wanted), revision, &reason, &session.operator).await?;
        Ok(shown(saved))
    }

    pub(in super::super) async fn drafts_undo(
        &self,
        session: &Session,
        request: WithReason,
    ) -> Result<DraftFields, ApiError> {
        let workspace = self.workspace().await?;
        Ok(shown(workspace.undo_edits(&request.id, &request.reason, &session.operator).await?))
    }
}

fn edits(entries: Vec<DraftEditEntry>) -> Vec<DraftEdit> {
    entries.into_iter().map(|entry| DraftEdit { field: entry.field, value: entry.value, line: None }).collect()
}

fn entry(field: String, value: String) -> DraftEditEntry {
    DraftEditEntry { field, value }
}

pub(super) fn change(change: FieldChange) -> FieldChangeInfo {
    FieldChangeInfo { field: change.field, before: change.before, after: change.after }
}

fn shown(record: RecordFields) -> DraftFields {
    DraftFields {
        fields: record.fields.into_iter().map(|(field, value)| entry(field, value)).collect(),
        revision: record.revision,
        edits: record.edits.map(|(kept, changes)| DraftEdits {
            edits: kept.edits.into_iter().map(|edit| entry(edit.field, edit.value)).collect(),
            changes: changes.into_iter().map(change).collect(),
            author: kept.author,
            reason: kept.reason,
            at_ms: kept.at_ms,
        }),
    }
}
